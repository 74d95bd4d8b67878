"""The peer: APScheduler with a cron job in memory for every member."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from tests.benchmarks.population import ZONE
from tests.benchmarks.processes import resident


@dataclass(frozen=True, slots=True)
class Added:
    """Seconds it took to add the jobs, and resident memory in MB before and after."""

    seconds: float
    before: float
    after: float

    @property
    def grown(self) -> float:
        """Memory that the jobs take."""
        return self.after - self.before


def prompt(member: int) -> None:
    """What a job would do."""


def measure(members: int) -> Added:
    """Add a job for each member to a scheduler that runs, but fires nothing."""
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start(paused=True)
    before = resident()
    start = time.perf_counter()
    for member in range(members):
        trigger = CronTrigger(day_of_week="mon-fri", hour=9, minute=30, timezone=ZONE)
        scheduler.add_job(prompt, trigger, args=(member,), id=str(member), misfire_grace_time=None)
    seconds = time.perf_counter() - start
    added = Added(seconds, before, resident())
    scheduler.shutdown(wait=False)
    return added
