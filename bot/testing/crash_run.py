"""`python -m bot.testing.crash_run`: play a world on files, killed where `--crash` says; run it again to go on.

    python -m bot.testing.crash_run --database w.db --log w.jsonl --scenario s.toml --start 2026-10-26 --days 2 \\
        --seed 1 --crash deliver.after_call:3

Exit status 0 when the world reached its end; the process dies by SIGKILL at the crash.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bot.testing.assembly import Kit
from bot.testing.crash import Case, Crash, Passes, live
from bot.testing.options import Unusable, instant
from bot.testing.scenario_file import ScenarioError


def main(arguments: list[str] | None = None) -> int:
    """Play one life; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot.testing.crash_run")
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--scenario", type=Path, required=True)
    parser.add_argument("--start", required=True)
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crash", type=Crash.parse, help="POINT:N, a named step and which pass of it")
    args = parser.parse_args(arguments)
    kit = Kit.installed()
    try:
        scenario = kit.scenario(args.scenario)
        case = Case(scenario, args.database, args.log, instant(args.start), args.days, args.seed)
    except (ScenarioError, Unusable) as error:
        print(f"crash_run: {error}", file=sys.stderr)
        return 2
    asyncio.run(live(case, kit, Passes(args.crash)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
