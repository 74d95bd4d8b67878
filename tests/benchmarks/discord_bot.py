"""The bot on a local Discord: from the instant at which everybody's prompt is due, as it is run in earnest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select

from bot import logs
from bot.alarm import ApschedulerAlarm
from bot.app import LANES, settle
from bot.clock import SystemClock
from bot.engine.engine import Engine
from bot.model.event import MessageReceived
from bot.model.identity import Account as Person
from bot.model.identity import Identity, Place
from bot.model.moment import to_micros
from bot.model.working_time import WorkingWeek, parse_hours, parse_weekdays
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.contact import channel_key
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.settings import DiscordSettings
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from bot.storage.platform_state import StoredState
from bot.storage.tables import (
    IDENTITIES,
    MEMBERS,
    PLATFORM_STATE,
    SCOPES,
    TEAM_MEMBERS,
    TEAMS,
    TIMERS,
    WORKSPACES,
)
from bot.testing.assembly import Kit
from tests.benchmarks.discord_crowd import Account, Direct
from tests.benchmarks.matrix_bot import midday
from tests.benchmarks.processes import peak, resident

WORKSPACE = 1
IN_A_TEAM = 1_000


@dataclass(frozen=True, slots=True)
class Used:
    """What the process has used: seconds of the processor so far, and resident memory now and at its peak, in MB."""

    busy: float
    resident: float
    peak: float


class BotPrompting:
    """An engine that runs on a durable file, connected to Discord."""

    def __init__(
        self, engine: Engine, database: Database, account: Account, zone: ZoneInfo, running: asyncio.Task[None]
    ) -> None:
        """Take an engine that has started, everybody's time zone, and the engine's run."""
        self._engine = engine
        self._database = database
        self._account = account
        self._zone = zone
        self._running = running

    async def schedule(self, due: datetime) -> float:
        """Make every team's standup, due at an instant (a whole minute, UTC); return the seconds that took.

        Raises RuntimeError unless everybody's prompt is due then.
        """
        start = time.perf_counter()
        for team in range(1, _teams(self._account) + 1):
            await self._engine.receive(self._said(team, due))
        taken = time.perf_counter() - start
        found = await self._database.run_sync(lambda connection: _due(connection, due))
        if found != len(self._account.people):
            raise RuntimeError(f"{found} of {len(self._account.people)} members are due")
        return taken

    def _said(self, team: int, due: datetime) -> MessageReceived:
        admin = self._account.admin
        at = due.astimezone(self._zone)
        return MessageReceived(
            f"bench:{team}",
            Place(NAME, admin.channel),
            Person(Identity(NAME, admin.user), "Ana"),
            self._engine.clock.now(),
            direct=True,
            admin=True,
            message_id="",
            text=f"standup create Team{team:03} at:{at:%H:%M} days:daily",
        )

    async def used(self) -> Used:
        """Return what it has used so far. Raises what the engine ended with, if it has."""
        if self._running.done():
            self._running.result()
        return Used(time.process_time(), resident(), peak())


@asynccontextmanager
async def bot_prompting(folder: Path, account: Account) -> AsyncIterator[BotPrompting]:
    """The bot on an empty file, which is told of the workspace and then of its conversations.

    They are stored only once it is connected: otherwise it would read all of them back first.
    """
    logs.configure("WARNING")
    kit, clock, alarm = Kit.installed(), SystemClock(), ApschedulerAlarm()
    database = await Database.open(folder / "bot.db")
    await upgrade(database, kit.cogs, clock.now())
    zone = midday(clock.now())
    await database.run_sync(lambda connection: _fill(connection, account, zone))
    settings = DiscordSettings(account.token, account.api_base, account.gateway, identify_every=0.0)
    services = kit.services
    platform = DiscordPlatform(
        settings, StoredState(database, NAME), clock, registry=services.registry, localizer=services.localizer
    )
    engine = Engine(database, {NAME: platform}, services.registry, services, clock, lanes=LANES)
    platform.attend(engine.immediate)
    await engine.start()
    await database.run_sync(lambda connection: _met(connection, account))
    settle()
    alarm.start()
    running = asyncio.create_task(engine.run(alarm))
    try:
        yield BotPrompting(engine, database, account, ZoneInfo(zone), running)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        alarm.stop()
        await engine.stop()
        await database.close()


# --- who is there ---------------------------------------------------------------------------------------------


def _teams(account: Account) -> int:
    return -(-len(account.people) // IN_A_TEAM)


def _fill(connection: Connection, account: Account, zone: str) -> None:
    """Put everybody into one workspace, awake all day, and all but the administrator into a team."""
    week = WorkingWeek.uniform(parse_hours("06:00-23:00"), parse_weekdays("daily")).to_text()
    everybody = list(enumerate([account.admin, *account.people], 1))
    connection.execute(insert(WORKSPACES), {"id": WORKSPACE, "name": "Polaris", "language": "en"})
    connection.execute(insert(SCOPES), {"platform": NAME, "scope": account.guild, "workspace": WORKSPACE})
    connection.execute(insert(MEMBERS), [_member(n, week, zone) for n, _ in everybody])
    connection.execute(insert(IDENTITIES), [_identity(n, direct) for n, direct in everybody])
    teams = range(1, _teams(account) + 1)
    rows = [{"id": n, "workspace": WORKSPACE, "name": f"Team{n:03}", "zone": zone, "owner": 1} for n in teams]
    connection.execute(insert(TEAMS), rows)
    members = [{"team": 1 + n % len(teams), "member": n} for n, _ in everybody[1:]]
    connection.execute(insert(TEAM_MEMBERS), members)


def _member(n: int, week: str, zone: str) -> dict[str, Any]:
    """Every second one reads Spanish."""
    return {
        "id": n,
        "workspace": WORKSPACE,
        "name": f"Member {n:06}",
        "zone": zone,
        "week": week,
        "language": "es" if n % 2 == 0 else None,
        "holidays": None,
        "admin": int(n == 1),
        "zone_known": 1,
        "active": 1,
    }


def _identity(n: int, direct: Direct) -> dict[str, Any]:
    return {
        "workspace": WORKSPACE,
        "member": n,
        "platform": NAME,
        "account": direct.user,
        "name": f"Member {n:06}",
        "answered": 0,
    }


def _met(connection: Connection, account: Account) -> None:
    """Store every conversation, as if each had been opened before."""
    rows = [
        {"platform": NAME, "key": channel_key(each.user), "value": each.channel}
        for each in (account.admin, *account.people)
    ]
    connection.execute(insert(PLATFORM_STATE), rows)


def _due(connection: Connection, at: datetime) -> int:
    which = select(func.count()).select_from(TIMERS).where(TIMERS.c.job == "prompt", TIMERS.c.due == to_micros(at))
    return int(connection.execute(which).scalar_one())
