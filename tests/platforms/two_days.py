"""Two days of four people on four continents, played by the command line on a platform, and what is to compare."""

from __future__ import annotations

import json
import re
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from tests.simulation.playing import heliotrope

TWO_DAYS = Path(__file__).with_name("two_days.toml")
START = "2026-10-25T20:00Z"
_REPLY = re.compile(r'"reply:(console:\d+|matrix:\$[^:"]+|discord:[a-z]:[^"]+):(?=\d+")')


def lines(file: Path) -> list[dict[str, Any]]:
    """A transcript's lines; the ids in keys that platforms give, to what people say, are all the same."""
    text = _REPLY.sub('"reply:*:', file.read_text(encoding="utf-8"))
    return [json.loads(line) for line in text.splitlines()]


def played(
    file: Path, *options: str, scenario: Path = TWO_DAYS, environment: dict[str, str] | None = None
) -> CompletedProcess[str]:
    """Play the two days by the command line, with a transcript."""
    days = ("--scenario", str(scenario), "--start", START, "--days", "2", "--transcript", str(file))
    return heliotrope("demo", *days, *options, environment=environment)


def is_whole(transcript: list[dict[str, Any]]) -> bool:
    """Say whether all happened in the two days that they are played for."""
    kinds = {part["kind"] for line in transcript for part in line["parts"]}
    happened = {"standup.prompt", "standup.receipt", "handoff.post", "social.prompt", "standup.skip"} <= kinds
    return happened and {line["to"].split(":")[0] for line in transcript} == {"dm", "channel", "thread"}
