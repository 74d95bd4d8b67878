"""The bot's sender on a real homeserver: from stored chunks to the events that the server has accepted."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bot import logs
from bot.app import LANES
from bot.clock import SystemClock
from bot.engine.engine import Engine
from bot.engine.ports import Outgoing, Target
from bot.engine.transaction import to_member, to_place
from bot.model.identity import MemberId, Place, WorkspaceId
from bot.model.message import Message, message
from bot.model.working_time import WorkingWeek, parse_hours, parse_weekdays
from bot.platforms.matrix.adapter import NAME, MatrixPlatform
from bot.platforms.matrix.settings import MatrixSettings
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from bot.storage.platform_state import StoredState
from bot.storage.tables import CHUNKS, IDENTITIES, MEMBERS, TEAM_MEMBERS, TEAMS, WORKSPACES
from bot.testing.assembly import Kit
from tests.benchmarks.matrix_accounts import PASSPHRASE, PASSWORD, Account, Spent

WORKSPACE = WorkspaceId(1)


def said(number: int) -> Message:
    """Return a message of a prompt's size."""
    return message(f"Good morning ({number}). What did you finish, what comes next, and does anything block you?")


class BotSending:
    """An engine on a durable file. What is measured is what `deliver` does with chunks that are stored already."""

    def __init__(self, engine: Engine, database: Database, account: Account) -> None:
        """Take an engine that has started."""
        self._engine = engine
        self._database = database
        self._members = {room.id: MemberId(n) for n, room in enumerate(account.direct(False, True), 1)}
        self._account = account
        self._numbers = count(1)

    async def everywhere(self, encrypted: bool, messages: int) -> Spent:
        """Send to everybody in turn, as prompts go: each waits only for the one before it to the same person."""
        members = [self._members[room.id] for room in self._account.direct(encrypted)]
        left = messages
        while left > 0:  # what is queued at one time for one person would be one message
            await self._store([to_member(member) for member in members[:left]])
            left -= len(members)
        return await self._deliver(messages)

    async def in_order(self, encrypted: bool, messages: int) -> Spent:
        """Send to one room, where every message waits for the one before it."""
        room = self._account.direct(encrypted)[0]
        await self._store([to_place(Place(NAME, room.id))] * messages)
        return await self._deliver(messages)

    async def _store(self, targets: Sequence[Target]) -> None:
        numbers = [next(self._numbers) for _ in targets]
        rows = [
            Outgoing(WORKSPACE, target, "bench.note", f"bench:{number}", message=said(number))
            for target, number in zip(targets, numbers, strict=True)
        ]
        async with self._database.transaction() as stores:
            await stores.outbox.queue(rows, self._engine.clock.now())
        while await self._engine.pack():
            pass

    async def _deliver(self, messages: int) -> Spent:
        before = await self._database.run_sync(_sent)
        start, busy = time.perf_counter(), time.process_time()
        await self._engine.drain()
        spent = Spent(messages, time.perf_counter() - start, time.process_time() - busy)
        sent = await self._database.run_sync(_sent) - before
        if sent != messages:
            raise RuntimeError(f"{sent} of {messages} messages were sent")
        return spent


def _sent(connection: Connection) -> int:
    """How many messages the homeserver has given an id of its own."""
    which = select(func.count(CHUNKS.c.message.distinct())).where(CHUNKS.c.state == "sent")
    return int(connection.execute(which).scalar_one())


@asynccontextmanager
async def bot_sending(folder: Path, account: Account) -> AsyncIterator[BotSending]:
    """The bot in all of an account's rooms, with its keys shared wherever it encrypts."""
    logs.configure("ERROR")
    kit, clock = Kit.installed(), SystemClock()
    database = await Database.open(folder / "bot.db")
    await upgrade(database, kit.cogs, clock.now())
    await database.run_sync(lambda connection: fill(connection, account, clock.now()))
    platform = MatrixPlatform(settings(folder, account), StoredState(database, NAME), clock)
    engine = Engine(database, {NAME: platform}, kit.services.registry, kit.services, clock, lanes=LANES)
    await engine.start()
    sending = BotSending(engine, database, account)
    for encrypted in (False, True):
        await sending.everywhere(encrypted, len(account.direct(encrypted)))
    try:
        yield sending
    finally:
        await engine.stop()
        await database.close()


def settings(folder: Path, account: Account) -> MatrixSettings:
    """Return the account as the platform takes it, with its keys in a folder."""
    return MatrixSettings(
        account.url, account.user_id, folder / "device", password=PASSWORD, store_passphrase=PASSPHRASE
    )


# --- who is there ---------------------------------------------------------------------------------------------


def fill(connection: Connection, account: Account, now: datetime, teams: int = 1) -> None:
    """Put everybody with a direct conversation into one workspace, awake all day, and into each team."""
    week = WorkingWeek.uniform(parse_hours("06:00-23:00"), parse_weekdays("daily")).to_text()
    people = [room.people[0] for room in account.direct(False, True)]
    connection.execute(insert(WORKSPACES), {"id": WORKSPACE, "name": "Bench", "language": "en"})
    connection.execute(insert(MEMBERS), [_member(n, week, midday(now)) for n in range(1, len(people) + 1)])
    connection.execute(insert(IDENTITIES), [_identity(n, user) for n, user in enumerate(people, 1)])
    for team in range(1, teams + 1):
        row = {"id": team, "workspace": WORKSPACE, "name": f"Team{team}", "zone": midday(now), "owner": 1}
        connection.execute(insert(TEAMS), row)
        connection.execute(insert(TEAM_MEMBERS), [{"team": team, "member": n} for n in range(1, len(people) + 1)])


def midday(now: datetime) -> str:
    """Return a zone where it is between twelve and one."""
    ahead = 12 - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def _member(n: int, week: str, zone: str) -> dict[str, Any]:
    return {
        "id": n,
        "workspace": WORKSPACE,
        "name": f"Member {n}",
        "zone": zone,
        "week": week,
        "language": None,
        "holidays": None,
        "admin": int(n == 1),
        "zone_known": 1,
        "active": 1,
    }


def _identity(n: int, user: str) -> dict[str, Any]:
    return {
        "workspace": WORKSPACE,
        "member": n,
        "platform": NAME,
        "account": user,
        "name": f"Member {n}",
        "answered": 0,
    }
