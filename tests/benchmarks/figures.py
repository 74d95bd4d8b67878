"""What a benchmark reports, and how much it is asked to do."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: members in teams of one workspace, passes with nothing to do, days of the world.

    On Matrix: rooms of one account, and messages in each round. On Discord: how many are prompted at one instant.
    """

    members: int
    teams: int
    passes: int
    days: int
    rooms: int
    messages: int
    crowds: tuple[int, ...]


FULL = Size(100_000, 100, 1_000, 365, 300, 120, (1_000, 10_000))
QUICK = Size(5_000, 5, 200, 14, 20, 60, (1_000,))


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report: what was measured, what came out, and what that means."""

    what: str
    value: str
    means: str = ""


@dataclass(frozen=True, slots=True)
class Passes:
    """Calls that were made until there was nothing more to do, how long each took, and the processor's part."""

    done: int
    seconds: tuple[float, ...]
    busy: float
    """Seconds of the processor for all of them: what is left of the time on a machine with nothing else to do."""

    @property
    def total(self) -> float:
        """Seconds in all."""
        return sum(self.seconds)

    @property
    def longest(self) -> float:
        """The longest call, in milliseconds."""
        return max(self.seconds) * 1000


async def until_done(step: Callable[[], Awaitable[int]]) -> Passes:
    """Call a step until it finds nothing more to do."""
    seconds: list[float] = []
    done, before = 0, time.process_time()
    while True:
        start = time.perf_counter()
        found = await step()
        seconds.append(time.perf_counter() - start)
        done += found
        if not found:
            return Passes(done, tuple(seconds), time.process_time() - before)
