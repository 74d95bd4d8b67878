"""`python -m bot.testing.crash_cases`: kill worlds at every named step, or at random, and compare what comes of them.

Prints a JSON object a line: first the undisturbed world's passes of each step, then each case with its crashes, how
many of them happened, and what was lost or came twice. Starts no threads, so that lives can be forked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.testing.assembly import Kit
from bot.testing.crash import POINTS, Case, Crash, differences, outcome, play, undisturbed
from bot.testing.members import Dice
from bot.testing.options import instant

KILLS = 8
"""Crashes in one random case."""
LATER = (0, 0, 1, 7, 11, 25)
"""Minutes that pass while the process is dead, in random cases; a repeated key is safe for ten."""
SHORTEST_LIFE = 0.02
"""Seconds of real time after which a random kill from outside comes at the earliest."""


def main() -> int:
    """Play all cases; return 0, and leave judging them to whoever reads the lines."""
    parser = argparse.ArgumentParser(prog="python -m bot.testing.crash_cases")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--scenario", type=Path, required=True)
    parser.add_argument("--start", required=True)
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, help="so many at random, instead of every named step")
    args = parser.parse_args()
    kit = Kit.installed()
    scenario = kit.scenario(args.scenario)

    def case(name: str) -> Case:
        folder: Path = args.folder / name
        folder.mkdir()
        start = instant(args.start)
        return Case(scenario, folder / "world.db", folder / "log.jsonl", start, args.days, args.seed)

    expected = asyncio.run(undisturbed(case("undisturbed"), kit))
    _tell(passes=expected.passes, accepted=expected.accepted.total(), entries=expected.entries.total())
    killed = 0
    cases = _random(expected.passes, args.seed) if args.kills else _named(expected.passes)
    for n, (crashes, later) in enumerate(cases):
        if args.kills and killed >= args.kills:
            break
        this = replace(case(f"case{n}"), crashes=crashes, later=later)
        happened = play(this, kit)
        killed += happened
        found = asyncio.run(outcome(this))
        wrong = differences(expected, found, merged=later > timedelta())
        _tell(
            crashes=[str(crash) for crash in crashes],
            points=[crash.point for crash in crashes],
            later=later / timedelta(minutes=1),
            happened=happened,
            wrong=wrong,
        )
    return 0


def _named(passes: Mapping[str, int]) -> Iterator[tuple[tuple[Crash, ...], timedelta]]:
    """Each step at its first, a middle and its last pass."""
    for point in POINTS:
        last = passes.get(point, 0)
        for n in sorted({1, (last + 1) // 2, last} - {0}):
            yield (Crash(point, n),), timedelta()


def _random(passes: Mapping[str, int], seed: int) -> Iterator[tuple[tuple[Crash, ...], timedelta]]:
    """Some crashes at random steps, and some from outside at random moments, without end."""
    dice = Dice("crashes", seed)
    while True:
        crashes = []
        for _ in range(KILLS):
            point = dice.one(POINTS)
            if dice.chance(0.6):
                crashes.append(Crash(point, 1 + int(dice.throw() * max(1, passes.get(point, 1) / KILLS * 2))))
            else:
                crashes.append(Crash(after=SHORTEST_LIFE + dice.throw() * 0.4))
        yield tuple(crashes), timedelta(minutes=dice.one(LATER))


def _tell(**line: Any) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
