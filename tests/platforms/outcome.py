"""What came of a day on a chat service, compared with the same day on which nothing went wrong; and what goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.storage.database import Database
from bot.testing.crash import POINTS
from tests.platforms.lives import Strike, Victim

BETWEEN = "\n\n───\n\n"
"""What stands between the parts of one message: what is packed together depends on what comes meanwhile."""


@dataclass(frozen=True)
class Outcome:
    """What came of a day, each thing with how often it is there."""

    seen: Counter[tuple[str, ...]]
    """What people see: (reader, where, in which thread, who says it, what)."""
    entries: Counter[tuple[str, ...]]

    def differences(self, expected: Outcome) -> list[str]:
        """What was lost or came twice, a line each; nothing if all is well."""
        found = []
        for name in ("seen", "entries"):
            wanted: Counter[tuple[str, ...]] = getattr(expected, name)
            there: Counter[tuple[str, ...]] = getattr(self, name)
            found += [f"lost, of what is {name}: {' | '.join(item)} x{n}" for item, n in (wanted - there).items()]
            found += [f"too much is {name}: {' | '.join(item)} x{n}" for item, n in (there - wanted).items()]
        return found


async def entries(path: Path) -> Counter[tuple[str, ...]]:
    """Read what a database's journal holds."""
    database = await Database.open(path, inline=True)
    async with database.reading() as stores:
        found = Counter(
            tuple(
                str(it) for it in (e.author, e.date, e.kind, e.topic, e.text, e.state, e.addressee or "", e.since or "")
            )
            for e in await stores.journal.entries()
        )
    await database.close()
    return found


def strikes(victim: Victim, *points: str) -> tuple[Strike, ...]:
    """Read "effect.after:2": at the second pass of that step; without a number, at the first."""
    parted = [point.partition(":") for point in points]
    return tuple(Strike(victim, point, int(n or 1)) for point, _, n in parted)


def seldom(planned: Mapping[str, Sequence[Strike]], times: int) -> list[str]:
    """The named steps at which a plan strikes less often than that."""
    often = Counter(strike.point for moment in planned.values() for strike in moment)
    return [point for point in POINTS if often[point] < times]
