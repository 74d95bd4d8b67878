"""100,000 members whose standup is due at one instant: from their timers to stored chunks, ready to be sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.storage.database import Database
from bot.storage.tables import CHUNKS
from bot.testing.assembly import Kit
from bot.testing.installation import Installation
from tests.benchmarks.figures import Figure, Passes, Size, until_done
from tests.benchmarks.population import DUE, populate, started, temporary_file
from tests.benchmarks.processes import fresh, peak


@dataclass(frozen=True, slots=True)
class Run:
    """What it took: the timers' transactions, those of packing, and the process's memory at its peak, in MB."""

    prompted: Passes
    packed: Passes
    peak: float


def measure(size: Size) -> list[Figure]:
    """Measure it on a durable file and in memory."""
    with temporary_file() as file:
        on_file = fresh(run, size, file)
    return [*_figures("file", size, on_file), *_figures("memory", size, fresh(run, size, None))]


def run(size: Size, file: Path | None) -> Run:
    """Prompt everybody; raises RuntimeError unless each member has exactly one chunk afterwards."""
    return asyncio.run(_run(size, file))


async def _run(size: Size, file: Path | None) -> Run:
    async with started(Kit.installed(), file) as installation:
        await populate(installation, size)
        installation.clock.move_to(DUE)
        prompted = await until_done(installation.engine.tick)
        packed = await until_done(installation.engine.pack)
        await _check(installation, size)
        return Run(prompted, packed, peak())


async def _check(installation: Installation, size: Size) -> None:
    def stored(connection: Connection) -> tuple[int, int]:
        which = select(func.count(), func.count(CHUNKS.c.member.distinct())).where(CHUNKS.c.state == "stored")
        chunks, members = connection.execute(which).one()
        return chunks, members

    database = installation.storage
    assert isinstance(database, Database)
    found = await database.run_sync(stored)
    if found != (size.members, size.members):
        raise RuntimeError(f"{found[0]} chunks for {found[1]} of {size.members} members")


def _figures(where: str, size: Size, run: Run) -> list[Figure]:
    total = run.prompted.total + run.packed.total
    return [
        Figure(
            f"{where}: {size.members:,} due members to stored chunks",
            f"{total:.1f} s",
            f"{run.prompted.total:.1f} s for the jobs, {run.packed.total:.1f} s to pack and render; "
            f"{run.prompted.busy + run.packed.busy:.1f} s of the processor",
        ),
        Figure(
            f"{where}: longest transaction",
            f"{max(run.prompted.longest, run.packed.longest):.0f} ms",
            "the longest anybody else has to wait to write",
        ),
        Figure(f"{where}: chunks a second", f"{size.members / total:,.0f}", "Discord takes 50 a second"),
        Figure(f"{where}: resident at the most", f"{run.peak:.0f} MB", "with the setting up"),
    ]
