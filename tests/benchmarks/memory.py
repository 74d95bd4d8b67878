"""What 100,000 scheduled members take, beside a scheduler with a job for each of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bot.testing.assembly import Kit
from tests.benchmarks import peer
from tests.benchmarks.figures import Figure, Size
from tests.benchmarks.population import populate, started, temporary_file
from tests.benchmarks.processes import fresh, resident


@dataclass(frozen=True, slots=True)
class Held:
    """Resident memory in MB: before the database is opened, and with the engine at rest on it."""

    before: float
    after: float


def measure(size: Size) -> list[Figure]:
    """Schedule everybody in one process, and look at the memory of another one that runs on what that one left."""
    with temporary_file() as file:
        seconds = fresh(schedule, size, file)
        held = fresh(hold, file)
    theirs = fresh(peer.measure, size.members)
    grown = held.after - held.before
    return [
        Figure(
            f"{size.members:,} members scheduled, resident",
            f"{held.after:.0f} MB",
            f"{grown:.0f} MB of it for the open database; the rest are the program and its libraries",
        ),
        Figure(
            "APScheduler, a job each, resident", f"{theirs.after:.0f} MB", f"{theirs.grown:.0f} MB of it for the jobs"
        ),
        Figure("memory for the schedules, theirs to ours", f"{theirs.grown / max(grown, 1):.0f} : 1"),
        Figure("scheduling them, durable file", f"{seconds:.1f} s", "by the bot's own commands; survives a restart"),
        Figure("APScheduler, adding them, memory", f"{theirs.seconds:.1f} s", "gone with the process"),
        Figure("time to schedule, theirs to ours", f"{theirs.seconds / seconds:.1f} : 1"),
    ]


def schedule(size: Size, file: Path) -> float:
    """Set everything up; return the seconds that the standups' commands took."""

    async def work() -> float:
        async with started(Kit.installed(), file) as installation:
            return await populate(installation, size)

    return asyncio.run(work())


def hold(file: Path) -> Held:
    """Run the engine on the file until it is at rest."""

    async def work() -> Held:
        kit = Kit.installed()
        before = resident()
        async with started(kit, file) as installation:
            await installation.settle()
            if await installation.next_due() is None:
                raise RuntimeError("nobody is scheduled")
            return Held(before, resident())

    return asyncio.run(work())
