"""A bot that is killed and goes on: the driving end of `tests.platforms.life`.

Whoever drives says until when time is to pass and where the next strikes fall; whenever a life ends by one, the next
begins on the same files, and goes on to the same instant.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Generic, Literal, NamedTuple

from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.migrate import create_all
from tests.platforms.life import Born

ROOT = Path(__file__).parents[2]
"""Where the project stands: lives are started from there."""

PATIENCE = 60.0
"""Seconds of real time until a bot, or a life of it, that does not get further counts as stuck."""


Victim = Literal["bot", "server"]


class Strike(NamedTuple):
    """What befalls whom at the n-th pass of a named step, counted from when the strike before it fell."""

    victim: Victim
    point: str
    n: int = 1

    def __str__(self) -> str:
        return f"{self.victim} at {self.point}:{self.n}"


DEAD, UNBORN = 0, -1
"""What stands for the process id while there is none."""


class Wrecked(Exception):
    """A life ended otherwise than it should have; the message says how."""


class Bot(Generic[Born]):
    """One account's bot, through all its lives; `module` is its platform's end of them."""

    module: str

    def __init__(self, birth: Born) -> None:
        self.birth = birth
        self.patience = PATIENCE
        self.impatient = False
        """Whether time passes by itself where calls are to be tried again."""
        self.strikes: deque[Strike] = deque()
        """Those still to come."""
        self.fallen: list[Strike] = []
        """Those that fell, in their order."""
        self.lives = 0
        """How many have begun."""
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._log: IO[bytes] | None = None
        self._target: dict[str, Any] = {}
        self._holds = 0
        self._held = 0
        self._idle = 0
        self._pid = DEAD
        self._awake = DEAD
        self._up = False
        self._changed = asyncio.Condition()
        self._wreck: Exception | None = None

    async def prepare(self) -> None:
        """Make its folder, and an empty database on disk."""
        await asyncio.to_thread(Path(self.birth.folder).mkdir, parents=True)
        database = await Database.open(self.birth.database)
        await create_all(database, installed_cogs())
        await database.close()

    # --- its lives ----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin a life, and go on where the last one was killed."""
        if self._process is None:
            self._log = (Path(self.birth.folder) / "life.log").open("ab")
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", self.module),
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=self._log,
            )
            self._reading = asyncio.create_task(self._read())
        self._up = True
        await self._begin()

    async def _begin(self) -> None:
        self._pid = UNBORN
        self.lives += 1
        strike = self._next_strike()
        await self._say(live=asdict(self.birth), strike=strike, held=self._holds > 0, impatient=self.impatient)
        if self._target:
            await self._say(**self._target)

    def _next_strike(self) -> list[Any] | None:
        if not self.strikes:
            return None
        victim, point, n = self.strikes[0]
        return [point, n, "kill" if victim == "bot" else "stop"]

    async def strike(self, strikes: Iterable[Strike]) -> None:
        """Have these strikes fall, one after the other, the first of them in the life that is."""
        self.strikes = deque(strikes)
        if self._pid != DEAD:
            await self._say(strike=self._next_strike())

    async def until(self, instant: datetime) -> None:
        """Let time pass until an instant, in as many lives as it takes, and all that is due by then happen."""
        number = self._target.get("number", 0) + 1
        self._target = {"until": instant.isoformat(), "number": number}
        await self._say(**self._target)
        await self._wait(lambda: self._idle == number, f"it to be {instant}")

    async def kill(self) -> None:
        """Kill it from outside, whatever it does; it stays dead until `start`."""
        self._up = False
        await self._wait(lambda: self._pid != UNBORN, "it to be born")
        self._signal(signal.SIGKILL)
        await self._wait(lambda: self._pid == DEAD, "it to be dead")

    async def strike_down(self) -> bool:
        """Kill it from outside, and let the next life begin at once; return whether there was anybody to kill."""
        pid = self._pid
        if not self._up or pid in (DEAD, UNBORN):
            return False
        self._signal(signal.SIGKILL)
        await self._wait(lambda: self._pid != pid, "it to be dead")
        return True

    async def awake(self) -> None:
        """Wait until the life that is has started its platform."""
        await self._wait(lambda: self._pid not in (DEAD, UNBORN) and self._awake == self._pid, "it to be awake")

    def _signal(self, number: signal.Signals) -> None:
        if self._pid not in (DEAD, UNBORN):
            with suppress(ProcessLookupError):
                os.kill(self._pid, number)

    async def end(self) -> None:
        """End it in good order."""
        self._up = False
        await self._say(end=True)
        await self._wait(lambda: self._pid == DEAD, "it to end")
        await self.close()

    async def close(self) -> None:
        """Let go of the processes, however they are."""
        self._up = False
        self._signal(signal.SIGKILL)
        if self._process is not None and self._reading is not None and self._log is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
            await self._process.wait()
            self._log.close()
        self._process = None

    def log(self) -> str:
        """The end of what its lives logged."""
        return (Path(self.birth.folder) / "life.log").read_text(errors="replace")[-6_000:]

    # --- the wire -----------------------------------------------------------------------------------------------

    async def _say(self, **order: Any) -> None:
        assert self._process is not None and self._process.stdin is not None, "it was never started"
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        try:
            while line := await self._process.stdout.readline():
                await self._hear(json.loads(line))
        except Exception as problem:
            self._wreck = problem
        async with self._changed:
            self._wreck = self._wreck or Wrecked("the process with its lives has ended")
            self._changed.notify_all()

    async def _hear(self, news: dict[str, Any]) -> None:
        match news:
            case {"born": pid}:
                self._pid = pid
            case {"awake": pid}:
                self._awake = pid
            case {"now": instant}:
                self.birth = replace(self.birth, now=instant)
            case {"idle": number}:
                self._idle = number
            case {"struck": point, "how": how}:
                self._note_strike(point, "bot" if how == "kill" else "server")
            case {"stopped": True}:
                self.stopped()
            case {"ended": status}:
                self._pid = DEAD
                if status not in (0, -signal.SIGKILL):
                    raise Wrecked(f"a life ended with {status}:\n{self.log()}")
                if self._up:
                    await self._begin()
            case {"held": True}:
                self._held += 1
        async with self._changed:
            self._changed.notify_all()

    def _note_strike(self, point: str, victim: Victim) -> None:
        """The next one has fallen; or one did that was called off too late."""
        expected = self.strikes and (self.strikes[0].point, self.strikes[0].victim) == (point, victim)
        self.fallen.append(self.strikes.popleft() if expected else Strike(victim, point))

    def stopped(self) -> None:
        """The bot has stopped itself at a step; whoever struck so lets it go on."""
        raise Wrecked("it stopped itself, and nobody was to have it do so")

    async def _wait(self, is_so: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(self.patience), self._changed:
                await self._changed.wait_for(lambda: is_so() or self._wreck is not None)
        except TimeoutError:
            raise Wrecked(f"waited {self.patience:.0f} s for {what}:\n{self.log()}") from None
        self.check()

    def check(self) -> None:
        """Raise what went wrong with its lives, if something did."""
        if self._wreck is not None:
            raise self._wreck
