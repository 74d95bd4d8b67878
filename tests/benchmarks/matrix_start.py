"""The bot as it is run: from the start of its process to the first prompt, and what it holds with its rooms."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, select, update

from bot.clock import SystemClock
from bot.config import PREFIX
from bot.engine.engine import Engine
from bot.model.event import MessageReceived
from bot.model.identity import Account as Person
from bot.model.identity import Identity, Place
from bot.model.moment import to_micros
from bot.platforms.matrix.adapter import NAME
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from bot.storage.tables import TIMERS
from bot.testing.assembly import Kit
from bot.testing.clock import VirtualClock
from tests.benchmarks.matrix_accounts import PASSPHRASE, PASSWORD, Account, Room
from tests.benchmarks.matrix_bot import fill
from tests.benchmarks.processes import PATIENCE, busy, resident
from tests.platforms.matrix.humans.plain import Event, Human

FAR = timedelta(days=3650)
DUE = timedelta(minutes=3)
"""How long ago the prompts were due that the bot finds at its start."""
FIRST = 90.0
"""Seconds until a bot that has not prompted counts as broken."""
SETTLED = 1.0
"""Seconds after the prompt at which the process's memory is looked at."""


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds from the process's start to the prompt, the processor's part of them, and resident memory (MB) then."""

    seconds: float
    busy: float
    resident: float


# --- what the bot finds -----------------------------------------------------------------------------------------


def prepare(folder: Path, account: Account, prompts: int) -> None:
    """Write settings and a database with standups for the one person whom the bot talks to, none of them due."""
    asyncio.run(_prepare(folder, account, prompts))


async def _prepare(folder: Path, account: Account, prompts: int) -> None:
    (folder / "heliotrope.toml").write_text(_settings(account), encoding="utf-8")
    kit, now = Kit.installed(), SystemClock().now()
    clock = VirtualClock(now - timedelta(minutes=10))
    database = await Database.open(folder / "heliotrope.db")
    await upgrade(database, kit.cogs, clock.now())
    await database.run_sync(lambda connection: fill(connection, account, now, prompts))
    engine = Engine(database, {}, kit.services.registry, kit.services, clock)
    at = f"12:{(now - DUE).minute:02}"
    for team in range(1, prompts + 1):
        await engine.receive(_said(account, f"standup create Team{team} at:{at} days:daily", team, clock))
    await database.run_sync(lambda connection: _put_off(connection, prompts))
    await database.close()


def _settings(account: Account) -> str:
    values = {
        "homeserver": account.url,
        "user_id": account.user_id,
        "password": PASSWORD,
        "store_passphrase": PASSPHRASE,
    }
    return "[matrix]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


def _said(account: Account, text: str, number: int, clock: VirtualClock) -> MessageReceived:
    room = conversation(account)
    person = Person(Identity(NAME, room.people[0]), "Member 1")
    place, at = Place(NAME, room.id), clock.now()
    return MessageReceived(f"bench:{number}", place, person, at, direct=True, admin=True, message_id="", text=text)


def conversation(account: Account) -> Room:
    """Return the account's one direct conversation."""
    (room,) = account.direct(True)
    return room


def _put_off(connection: Connection, prompts: int) -> None:
    """Put all prompts off. Raises RuntimeError unless there are as many as standups."""
    moved = connection.execute(
        update(TIMERS).where(TIMERS.c.job == "prompt").values(due=TIMERS.c.due + FAR // timedelta(microseconds=1))
    )
    if moved.rowcount != prompts:
        raise RuntimeError(f"{moved.rowcount} prompts are planned, not {prompts}")


def arm(folder: Path) -> None:
    """Make one prompt due again, at the instant that it was planned for."""

    async def work() -> None:
        database = await Database.open(folder / "heliotrope.db")
        await database.run_sync(_arm)
        await database.close()

    asyncio.run(work())


def _arm(connection: Connection) -> None:
    later = to_micros(SystemClock().now() + FAR / 2)
    which = select(TIMERS.c.id).where(TIMERS.c.job == "prompt", TIMERS.c.due > later).limit(1)
    row = connection.execute(which).scalar_one()
    due = TIMERS.c.due - FAR // timedelta(microseconds=1)
    connection.execute(update(TIMERS).where(TIMERS.c.id == row).values(due=due))


# --- the bot's process ------------------------------------------------------------------------------------------


def starts(folder: Path, account: Account, human: Human, times: int) -> list[Started]:
    """Start the bot so often, on what the start before has left; each time a prompt is due."""
    _started(folder, account, human, prompted=False)
    found = []
    for _ in range(times):
        arm(folder)
        found.append(_started(folder, account, human, prompted=True))
    return found


def _started(folder: Path, account: Account, human: Human, *, prompted: bool) -> Started:
    """Start it, and wait for a message; where `prompted` is false, for all that it has to say on its first start."""

    async def work() -> Started:
        since = str((await human.sync())["next_batch"])
        begun = time.time()
        with _running(folder) as process:
            event = await _spoken(human, since, account, process, folder)
            seconds, spent = event["origin_server_ts"] / 1000 - begun, busy(process.pid)
            await asyncio.sleep(SETTLED if prompted else 3 * SETTLED)
            return Started(seconds, spent, resident(process.pid))

    try:
        return asyncio.run(work())
    finally:
        asyncio.run(human.http.close())


@contextmanager
def _running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The bot's process, ended in good order."""
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    with (folder / "bot.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stderr=log
        )
    try:
        yield process
        process.terminate()
        if process.wait(PATIENCE) != 0:
            raise RuntimeError(f"the bot ended with {process.returncode}:\n{_log(folder)}")
    finally:
        process.kill()
        process.wait()


async def _spoken(human: Human, since: str, account: Account, process: subprocess.Popen[bytes], folder: Path) -> Event:
    """Return the bot's first message to the person. Raises RuntimeError when it ends or says nothing."""
    room = conversation(account).id
    deadline = time.monotonic() + FIRST
    while time.monotonic() < deadline and process.poll() is None:
        answer = await human.sync(since, timeout_ms=1000)
        since = str(answer["next_batch"])
        events = answer["rooms"].get("join", {}).get(room, {}).get("timeline", {}).get("events", [])
        for event in _messages(events, account.user_id):
            return event
    raise RuntimeError(f"the bot has not prompted:\n{_log(folder)}")


def _messages(events: Sequence[Event], sender: str) -> list[Event]:
    return [event for event in events if event["sender"] == sender and event["type"] == "m.room.encrypted"]


def _log(folder: Path) -> str:
    return (folder / "bot.log").read_text(encoding="utf-8", errors="replace")[-3000:]
