"""Killed (`kill -9`) at every named step of the one path, the bot loses nothing and says nothing twice.

Each case is a world on a SQLite file with a chat service that keeps its own log on disk. It is killed at the first, a
middle or the last pass of one step, started again, and plays to its end; what the service accepted and what the
journal holds are then compared with an undisturbed world's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.testing.crash import POINTS
from tests.simulation.playing import ROOT

pytestmark = pytest.mark.timeout(300)
SCENARIO = Path(__file__).with_name("crash.toml")


@pytest.fixture(scope="module")
def folder() -> Iterator[str]:
    """Where the worlds are: in memory if it can be, since a kill leaves written files alone, waited for or not."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as made:
        yield made


@pytest.fixture(scope="module")
def lines(folder: str) -> list[Any]:
    """What `bot.testing.crash_cases` tells: the undisturbed world, then a line for each case."""
    where = ["--folder", folder, "--scenario", str(SCENARIO)]
    command = [sys.executable, "-m", "bot.testing.crash_cases", *where, "--start", "2026-10-25T18:00Z", "--days", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_world_has_something_to_lose(lines: list[Any]) -> None:
    assert lines[0]["accepted"] > 20
    assert lines[0]["entries"] > 6


@pytest.mark.parametrize("point", POINTS)
def test_killed_there_nothing_is_lost_and_nothing_comes_twice(point: str, lines: list[Any]) -> None:
    assert lines[0]["passes"][point] >= 3, f"the world passes {point} too seldom to show anything"
    cases = [line for line in lines[1:] if line["points"] == [point]]
    assert len(cases) == 3
    for case in cases:
        assert case["happened"] == 1, f"{case['crashes']} did not happen"
        assert case["wrong"] == []
