"""500 random kills: at random steps and at random moments, several in one world, with time passing in between."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "tests" / "simulation" / "crash.toml"
KILLS = 500


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost_and_nothing_comes_twice(seed: int, tmp_path: Path) -> None:
    where = ["--folder", str(tmp_path), "--scenario", str(SCENARIO), "--start", "2026-10-25T18:00Z", "--days", "2"]
    command = [sys.executable, "-m", "bot.testing.crash_cases", *where, "--seed", str(seed), "--kills", str(KILLS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    lines: list[Any] = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(line["happened"] for line in lines[1:]) >= KILLS
    assert [line for line in lines[1:] if line["wrong"]] == []
