"""Lives of a whole bot on its files, to be killed at will: `python -m tests.platforms.<platform>.life`.

A life is a process with the engine, all cogs and a platform, as the bot runs in earnest; its clock alone is
moved by whoever drives it. Lives are forked from this process, which has loaded everything already. It speaks by
lines of JSON (tests/platforms/lives.py is the other end):

    in   {"live": {...}}                      begin a life (see each platform's `Birth`), with "strike" and "held" as
                                              below; an "impatient" one lets time pass where a call is to be tried again
         {"until": "2026-10-26T09:30+00:00", "number": 7}  let time pass, and tell when nothing is left to do
         {"strike": ["effect.before", 2, "stop"]}   stop (or "kill") yourself at the second pass of this step from now
         {"hold": true}, {"hold": false}      let time stand still, though calls be tried again; and go on
         {"end": true}                        end in good order
    out  {"born": pid}, {"awake": pid}, {"now": instant}, {"idle": 7}, {"held": true},
         {"struck": point, "how": "stop"}, {"stopped": true}, {"ended": status}
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from bot.app import services
from bot.engine import trouble
from bot.engine.delivery import LONGEST_PAUSE
from bot.engine.transaction import Services
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.lock import locked
from tests.platforms.living import LivingBot

DATABASE = "helio.db"
"""The database's file in a life's folder."""
SOON = LONGEST_PAUSE + timedelta(seconds=30)
"""Time that passes by itself where calls may fail: they are tried again within it."""


@dataclass(frozen=True, kw_only=True)
class Birth:
    """What a life begins with: its files, the instant (ISO, UTC) it wakes up at; and its account, by platform."""

    folder: str
    now: str

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """Read one."""
        return cls(**{field.name: str(data[field.name]) for field in fields(cls)})

    @property
    def database(self) -> Path:
        return Path(self.folder) / DATABASE


Born = TypeVar("Born", bound=Birth)


def tell(**line: Any) -> None:
    """Say something to whoever drives; it is in the pipe, whatever becomes of this process."""
    os.write(sys.stdout.fileno(), json.dumps(line).encode() + b"\n")


class Points:
    """A probe that strikes once, where it was told to: by SIGKILL, or by stopping for a while."""

    def __init__(self) -> None:
        self.on_stop: Callable[[], None] = lambda: None
        self._strike: tuple[str, int, str] | None = None

    def arm(self, strike: list[Any] | None) -> None:
        """Strike at the n-th pass of a step from now on: (point, n, "kill" or "stop")."""
        self._strike = (str(strike[0]), int(strike[1]), str(strike[2])) if strike else None

    def __call__(self, point: str) -> None:
        """Note a pass."""
        if self._strike is None or self._strike[0] != point:
            return
        point, left, how = self._strike
        self._strike = (point, left - 1, how)
        if left > 1:
            return
        self._strike = None
        tell(struck=point, how=how)
        if how == "stop":
            self.on_stop()
        os.kill(os.getpid(), signal.SIGSTOP if how == "stop" else signal.SIGKILL)


Begin = Callable[[Born, Database, Services, Points], LivingBot]
"""Put a bot together that wakes up at its birth's instant."""


class Life:
    """One process of a bot. Its time goes on only as it is told to, and not while it is held."""

    def __init__(self, bot: LivingBot, points: Points, order: Mapping[str, Any]) -> None:
        self.bot = bot
        self.points = points
        self.points.arm(order["strike"])
        self._passing = asyncio.Lock()
        self._impatient = bool(order["impatient"])
        self._going = asyncio.Event()
        if not order["held"]:
            self._going.set()
        self.points.on_stop = self._going.clear
        bot.announces = True
        self._move = bot.move_to
        bot.move_to = self._move_to  # type: ignore[method-assign]  # a life tells of each move before it is made

    async def live(self) -> None:
        """Live until told to end, or until nobody drives any more."""
        commands = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(commands), os.fdopen(os.dup(0), "rb")
        )
        await self.bot.start()
        tell(awake=os.getpid())
        retrying = asyncio.create_task(self._retry()) if self._impatient else None
        passing: list[asyncio.Task[None]] = []
        while line := await commands.readline():
            match json.loads(line):
                case {"until": instant, "number": number}:
                    passing.append(asyncio.create_task(self._pass(datetime.fromisoformat(instant), number)))
                    passing[-1].add_done_callback(_must_be_well)
                case {"strike": strike}:
                    self.points.arm(strike)
                case {"hold": True}:
                    self._going.clear()
                    tell(held=True)
                case {"hold": False}:
                    self._going.set()
                case _:
                    break
        if retrying is not None:
            retrying.cancel()
        await self.bot.close()

    async def _pass(self, instant: datetime, number: int) -> None:
        async with self._passing:
            await self.bot.until(instant)
        tell(idle=number)

    async def _retry(self) -> None:
        """Let as much time pass as calls wait for that had no answer."""
        alarm, clock = self.bot.alarm, self.bot.clock
        while True:
            async with self._passing:
                due, now = alarm.due, clock.now()
                soon = due is not None and now < due <= now + SOON
                if due is not None and soon and alarm.idle.is_set() and not self.bot.awaited:
                    await self._move_to(due)
                    await alarm.ring()
            await asyncio.sleep(0.05)

    async def _move_to(self, instant: datetime) -> None:
        """The clock never goes back, in no later life either."""
        await self._going.wait()
        if instant > self.bot.clock.now():
            tell(now=instant.isoformat())
            await self._move(instant)


def _must_be_well(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        traceback.print_exception(task.exception())
        os._exit(1)


def _live(birth: Born, order: dict[str, Any], begin: Begin[Born], ports: Services) -> int:
    """Live one life in this process; return its exit status."""

    async def whole() -> None:
        points = Points()
        bot = begin(birth, await Database.open(birth.database), ports, points)
        await Life(bot, points, order).live()

    try:
        with locked(birth.database):
            asyncio.run(whole())
    except BaseException:  # a fork must not go on as its parent would
        traceback.print_exc()
        return 1
    return 0


def main(read: Callable[[dict[str, Any]], Born], begin: Begin[Born]) -> int:
    """Fork the lives that are asked for, one after the other, and tell how each ends."""
    logging.basicConfig(level=logging.INFO, format="%(process)d %(levelname)s %(name)s: %(message)s")
    # Seconds: a server that was just killed is back soon, and one on this machine is quick.
    trouble.FIRST_PAUSE = 0.05
    ports = services(installed_cogs())
    while line := _line():
        order = json.loads(line)
        if "live" not in order:
            continue  # it was for a life that had just been killed
        sys.stdout.flush()
        child = os.fork()
        if not child:
            os._exit(_live(read(order["live"]), order, begin, ports))
        tell(born=child)
        while True:
            _pid, status = os.waitpid(child, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                break
            tell(stopped=True)
        tell(ended=os.waitstatus_to_exitcode(status))
    return 0


def _line() -> bytes:
    """Read one line and no byte more: what follows it may be for a life. Empty at the end."""
    found = b""
    while not found.endswith(b"\n"):
        select.select([0], [], [])  # a life that was killed has left the pipe in its own mode
        byte = os.read(0, 1)
        if not byte:
            return b""
        found += byte
    return found
