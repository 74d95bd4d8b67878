"""Plays worlds for the tests here: in this process, or by the command line in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from functools import cache
from pathlib import Path

from bot.testing.assembly import Kit, in_memory
from bot.testing.scenario import Scenario
from bot.testing.scenario_file import parse
from bot.testing.transcript import Seen, Transcript

ROOT = Path(__file__).parents[2]


@cache
def kit() -> Kit:
    """All installed cogs, and their services."""
    return Kit.installed()


def scenario(text: str) -> Scenario:
    """Read a scenario."""
    return parse(text, kit().services)


async def played(text: str, start: datetime, end: datetime, seed: int = 1) -> list[Seen]:
    """Play a scenario in memory; return the transcript."""
    async with in_memory(scenario(text), kit(), start=start, end=end, seed=seed) as world:
        await world.begin()
        await world.run()
        return list(Transcript(world.chronicle).more())


def heliotrope(
    *arguments: str, typed: str = "", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line; its standard streams are pipes."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=50,
        env={**os.environ, "PYTHONUTF8": "1", **(environment or {})},
    )
