"""A workspace full of members with standups, as it is the day before they are due."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bot.model.moment import to_micros
from bot.model.working_time import WorkingWeek, parse_hours
from bot.platforms.console.adapter import NAME
from bot.platforms.console.server import ConsoleServer
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from bot.storage.tables import IDENTITIES, MEMBERS, SCOPES, TEAM_MEMBERS, TEAMS, TIMERS, WORKSPACES
from bot.testing.assembly import Kit
from bot.testing.clock import VirtualClock
from bot.testing.installation import Installation
from bot.testing.on_console import ConsoleService
from tests.benchmarks.figures import Size

ZONE = "Europe/Lisbon"
SUNDAY = datetime(2026, 10, 25, 12, tzinfo=UTC)
DUE = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
"""When everybody's standup is due: 09:30 on Monday in Lisbon."""


@contextmanager
def temporary_file() -> Iterator[Path]:
    """A place for a database, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="heliotrope-bench-") as folder:
        yield Path(folder) / "heliotrope.db"


@asynccontextmanager
async def started(kit: Kit, file: Path | None) -> AsyncIterator[Installation]:
    """The bot with all its cogs on Sunday: on a durable SQLite file, as it is run in earnest, or in memory."""
    database = Database.in_memory() if file is None else await Database.open(file)
    try:
        clock = VirtualClock(SUNDAY)
        await upgrade(database, kit.cogs, clock.now())
        server = ConsoleServer(clock, path=file and file.with_suffix(".console.jsonl"))
        if _name(1) not in server.people:
            server.add_account(_name(1), admin=True)
        installation = Installation(clock, ConsoleService(server), database, kit.services)
        await installation.start()
        yield installation
        await installation.stop()
    finally:
        await database.close()


async def populate(installation: Installation, size: Size) -> float:
    """Fill the directory at once, then let the admin make each team's standup; return the seconds that took.

    Raises RuntimeError unless everybody is due at DUE then.
    """
    database = installation.storage
    assert isinstance(database, Database)
    await database.run_sync(lambda connection: _fill(connection, size))
    start = time.perf_counter()
    for team in range(1, size.teams + 1):
        await installation.service.say(_name(1), f"standup create Team{team:03} at:09:30 days:mon-fri")
        await installation.settle()
    seconds = time.perf_counter() - start
    scheduled = await database.run_sync(_scheduled)
    if scheduled != size.members:
        raise RuntimeError(f"{scheduled} of {size.members} members are scheduled")
    return seconds


def _fill(connection: Connection, size: Size) -> None:
    week = WorkingWeek.uniform(parse_hours("09:00-17:00")).to_text()
    connection.execute(insert(WORKSPACES), {"id": 1, "name": "Everybody", "language": "en"})
    connection.execute(insert(SCOPES), {"platform": NAME, "scope": NAME, "workspace": 1})
    numbers = range(1, size.members + 1)
    connection.execute(insert(MEMBERS), [_member(n, week) for n in numbers])
    connection.execute(insert(IDENTITIES), [_account(n) for n in numbers])
    connection.execute(insert(TEAMS), [_team(n) for n in range(1, size.teams + 1)])
    connection.execute(insert(TEAM_MEMBERS), [{"team": 1 + n % size.teams, "member": n} for n in numbers])


def _member(n: int, week: str) -> dict[str, Any]:
    """Every second one reads Spanish."""
    return {
        "id": n,
        "workspace": 1,
        "name": _name(n),
        "zone": ZONE,
        "week": week,
        "language": "es" if n % 2 else None,
        "holidays": None,
        "admin": int(n == 1),
        "zone_known": 1,
        "active": 1,
    }


def _account(n: int) -> dict[str, Any]:
    return {"workspace": 1, "member": n, "platform": NAME, "account": _name(n), "name": _name(n), "answered": 0}


def _team(n: int) -> dict[str, Any]:
    return {"id": n, "workspace": 1, "name": f"Team{n:03}", "zone": ZONE, "owner": 1}


def _name(n: int) -> str:
    return f"Member {n:06}"


def _scheduled(connection: Connection) -> int:
    """How many members have a prompt ahead, all at the same instant."""
    due = connection.execute(
        select(func.count()).select_from(TIMERS).where(TIMERS.c.job == "prompt", TIMERS.c.due == to_micros(DUE))
    )
    return int(due.scalar_one())
