"""Kills a simulated world at named steps of the one path, starts it again, and tells what came of it.

A life is one process of the world on its files: it ends by `kill -9` (from inside, at a named step, or from outside
after a while) or by reaching the world's end. Lives are forked from a process that has loaded everything already.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.engine.ports import CRASH_POINTS, Op, Probe
from bot.platforms.console.server import ConsoleServer
from bot.storage.database import Database
from bot.testing.assembly import Kit, on_files
from bot.testing.clock import VirtualClock
from bot.testing.scenario import Scenario
from bot.testing.transcript import Transcript

POINTS = (*CRASH_POINTS, "effect.before", "effect.after")
"""Every named step, those of the console's log included."""
_REPLY = re.compile(r"reply:console:(\d+):")


class Wrecked(Exception):
    """A life ended otherwise than it should have; the message says how."""


@dataclass(frozen=True, slots=True)
class Crash:
    """How a life ends: at the n-th pass of a named step, or some seconds of real time after its start."""

    point: str = ""
    n: int = 1
    after: float | None = None

    def __str__(self) -> str:
        return f"{self.point}:{self.n}" if self.after is None else f"after {self.after:.3f} s"

    @classmethod
    def parse(cls, text: str) -> Crash:
        """Read "deliver.after_call:3"; raises ValueError."""
        point, _, n = text.partition(":")
        if point not in POINTS or not n.isdecimal() or int(n) < 1:
            raise ValueError(f"{text!r} is no crash; write one like deliver.after_call:3, of {', '.join(POINTS)}")
        return cls(point, int(n))


@dataclass(frozen=True)
class Case:
    """A world on files, and the crashes that befall it, one a life; after them it lives to its end.

    `later` is how much the world's clock moves on while the process is dead.
    """

    scenario: Scenario
    database: Path
    log: Path
    start: datetime
    days: int
    seed: int
    crashes: Sequence[Crash] = ()
    later: timedelta = timedelta()


@dataclass(frozen=True)
class Outcome:
    """What came of a world: what the chat service accepted, and what the journal holds, each with its number."""

    accepted: Counter[tuple[Any, ...]]
    parts: Counter[tuple[Any, ...]]
    """What was sent, part by part: the same however parts were merged into messages."""
    entries: Counter[tuple[Any, ...]]
    passes: Mapping[str, int] = field(default_factory=dict)


class Passes:
    """A probe that counts, and kills this process where the crash says so."""

    def __init__(self, crash: Crash | None) -> None:
        self.counts: Counter[str] = Counter()
        self._crash = crash

    def __call__(self, point: str) -> None:
        """Note a pass."""
        self.counts[point] += 1
        crash = self._crash
        if crash is not None and point == crash.point and self.counts[point] == crash.n:
            os.kill(os.getpid(), signal.SIGKILL)


async def live(case: Case, kit: Kit, probe: Probe, *, later: timedelta = timedelta()) -> None:
    """One life, to the world's end."""
    end = case.start + timedelta(days=case.days)
    async with on_files(
        case.scenario,
        kit,
        database=case.database,
        log=case.log,
        start=case.start,
        end=end,
        seed=case.seed,
        probe=probe,
    ) as world:
        world.move_to(min(world.clock.now() + later, end))
        await world.begin()
        await world.run()


def play(case: Case, kit: Kit) -> int:
    """Play a case with all its lives; return how many of its crashes happened. Raises Wrecked.

    A crash whose step is not passed often enough any more does not happen: that life reaches the end.
    """
    for happened, crash in enumerate(case.crashes):
        if not _life(case, kit, crash, later=case.later if happened else timedelta()):
            return happened
    if not _life(case, kit, None, later=case.later if case.crashes else timedelta()):
        return len(case.crashes)
    raise Wrecked("killed by nobody")


def _life(case: Case, kit: Kit, crash: Crash | None, later: timedelta) -> bool:
    """Fork a life and wait for it; whether it was killed."""
    child = os.fork()
    if not child:
        status = 1
        try:
            asyncio.run(live(case, kit, Passes(crash), later=later))
            status = 0
        except BaseException:  # the child must end here, whatever happened to it, and say so
            traceback.print_exc()
        finally:
            os._exit(status)
    if crash is not None and crash.after is not None:
        time.sleep(crash.after)
        os.kill(child, signal.SIGKILL)  # harmless if it has ended: it is not waited for yet
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, -signal.SIGKILL):
        raise Wrecked(f"a life ended with {code}; its traceback is above")
    return code != 0


async def outcome(case: Case) -> Outcome:
    """Read what came of a case from its files."""
    server = ConsoleServer(VirtualClock(case.start), path=case.log)
    names = {str(record.n): record.data.get("act", "") for record in server.log.after(0)}

    def named(key: str) -> str:
        return _REPLY.sub(lambda match: f"reply:{names[match[1]]}:", key)

    seen = list(Transcript(server).more())
    accepted = Counter(
        (str(one.op), one.to, one.kind, tuple(named(part.key) for part in one.parts), one.date) for one in seen
    )
    parts = Counter(
        (one.to, part.kind, named(part.key), part.date) for one in seen if one.op is Op.SEND for part in one.parts
    )
    server.close()
    database = await Database.open(case.database, inline=True)
    async with database.reading() as stores:
        entries = Counter(
            (e.author, e.date, str(e.kind), e.topic, e.text, str(e.state), e.addressee, e.since)
            for e in await stores.journal.entries()
        )
    await database.close()
    return Outcome(accepted, parts, entries)


async def undisturbed(case: Case, kit: Kit) -> Outcome:
    """Play a case in this process without any crash, and count the passes of each step."""
    passes = Passes(None)
    await live(case, kit, passes)
    found = await outcome(case)
    return replace(found, passes=passes.counts)


def differences(expected: Outcome, found: Outcome, *, merged: bool = False) -> list[str]:
    """What was lost or came twice, a line each; nothing if all is well.

    `merged` is for worlds in which time passed while nobody was alive: what was pending may go out as one.
    """
    lines = []
    for name in ("parts" if merged else "accepted", "entries"):
        before: Counter[tuple[Any, ...]] = getattr(expected, name)
        after: Counter[tuple[Any, ...]] = getattr(found, name)
        lines += [f"{name}: lost {_shown(item)} x{n}" for item, n in (before - after).items()]
        lines += [f"{name}: too many {_shown(item)} x{n}" for item, n in (after - before).items()]
    return lines


def _shown(item: tuple[Any, ...]) -> str:
    return " | ".join(part.isoformat() if isinstance(part, date) else str(part) for part in item)
