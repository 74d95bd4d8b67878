"""The alarm clock (APScheduler): wakes the engine at the next due instant, and runs housekeeping."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

_WAKE = "wake"
# A wake-up may ask for the next one at once, before APScheduler has seen that it has returned: with its default
# of one running instance the next one would be skipped for good.
_MANY = 1000


class ApschedulerAlarm:
    """The `Alarm` port. It holds one wake-up and the housekeeping intervals, in memory: timers are the engine's rows.

    A late call is made late, never left out: APScheduler's default gives up after a second. Start and stop it in the
    running event loop; what was asked for before the start counts from then on.
    """

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._ringing = False

    def start(self) -> None:
        """Begin to ring."""
        self._scheduler.start()
        self._ringing = True

    def stop(self) -> None:
        """Ring no more; housekeeping that is under way is cancelled."""
        if self._ringing:
            self._ringing = False
            self._scheduler.shutdown(wait=False)

    def wake_at(self, instant: datetime | None, wake: Callable[[], None]) -> None:
        """Call `wake` once at the instant (UTC), instead of any earlier request; None cancels it."""
        if instant is None:
            if self._scheduler.get_job(_WAKE):
                self._scheduler.remove_job(_WAKE)
            return
        self._scheduler.add_job(
            _ring, DateTrigger(instant), args=(wake,), id=_WAKE, replace_existing=True, max_instances=_MANY
        )

    def every(self, interval: timedelta, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run a coroutine function at each interval, the first time after one; never twice at once.

        A second call with the same name replaces the first. What it raises is logged, and it runs again next time.
        """
        trigger = IntervalTrigger(seconds=interval.total_seconds(), timezone=UTC)
        self._scheduler.add_job(_run, trigger, args=(work,), id=f"every:{name}", name=name, replace_existing=True)


async def _ring(wake: Callable[[], None]) -> None:
    """Call in the event loop; APScheduler gives a plain function to a thread."""
    wake()


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    """Await whatever it gives; APScheduler knows a coroutine function only by its definition."""
    await work()
