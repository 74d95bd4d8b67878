"""`heliotrope demo` prints a day that a person can read, and says in one line what it can't do."""

from __future__ import annotations

import argparse
import json
import os
from datetime import datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.testing import demo as command
from bot.testing import platforms
from tests.simulation.playing import heliotrope

MATRIX = ["--platform", "matrix"]
SERVER = "http://127.0.0.1:9"
FIELDS = ["at", "local", "to", "kind", "parts", "key", "date", "unasked", "text"]


def demo(*arguments: str) -> int:
    """Run the command in this process; return its exit status."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def done(folder: Path) -> CompletedProcess[str]:
    return heliotrope("demo", "--transcript", str(folder / "t.jsonl"))


def test_it_prints_the_day(done: CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr
    first, *_ = done.stdout.splitlines()
    assert "memory" in first
    for part in ("Mon 09:30 Auckland", "Mon 09:30 Kolkata", "Mon 09:30 Lisbon", "#atlas-handoff", "#atlas-social"):
        assert part in done.stdout
    assert "came outside anybody's working hours" in done.stdout
    assert done.stderr == ""


def test_it_is_plain_where_it_is_no_terminal(done: CompletedProcess[str]) -> None:
    assert "\x1b" not in done.stdout
    assert "╭" not in done.stdout


def test_the_transcript_has_exactly_the_promised_fields(done: CompletedProcess[str], folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "t.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 20
    for line in lines:
        assert list(line) == FIELDS
        assert datetime.fromisoformat(line["at"]).utcoffset() is not None
        assert (line["local"] is not None) == line["to"].startswith("dm:")
        assert line["to"].split(":")[0] in ("dm", "channel", "thread")
        assert line["kind"] == line["parts"][0]["kind"]
        assert all(list(part) == ["kind", "key", "date"] for part in line["parts"])
        if line["local"] is not None:
            assert datetime.fromisoformat(line["local"]) == datetime.fromisoformat(line["at"])
    kinds = {line["kind"] for line in lines}
    assert {"standup.prompt", "standup.receipt", "handoff.post", "social.prompt"} <= kinds


def test_the_language_is_that_of_channels_and_of_members_who_name_none() -> None:
    done = heliotrope("demo", "--days", "1", "--language", "es")
    assert done.returncode == 0, done.stderr
    assert "Atlas: Auckland → Calcuta" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--start", "monday"], ["--start", "'monday'", "2026-10-26"]),
        (["--start", "2026-10-26T08:00"], ["--start", "no offset", "+01:00"]),
        (["--start", "9999-01-01"], ["--start", "2100"]),
        (["--days", "0"], ["--days", "'0'"]),
        (["--days", "two"], ["--days", "'two'"]),
        (["--seed", "x"], ["--seed", "'x'"]),
        (["--speed", "fast"], ["--speed", "'fast'", "max"]),
        (["--speed", "-1"], ["--speed", "'-1'"]),
        (["--speed", "nan"], ["--speed", "'nan'"]),
        (["--language", "tlh"], ["--language", "'tlh'", "en, ", "es"]),
        (["--scenario", "nowhere.toml"], ["nowhere.toml"]),
        (["--transcript", "nowhere/t.jsonl"], ["--transcript", "nowhere"]),
        (["--platform", "irc"], ["--platform", "'irc'", "console, matrix or discord"]),
        (["--platform", "matrix"], ["--platform matrix", "--homeserver http://"]),
        (["--homeserver", "http://127.0.0.1:8008"], ["--homeserver", "--platform matrix"]),
        (["--registration-secret", "file"], ["--registration-secret", "--platform matrix"]),
        ([*MATRIX, "--homeserver", "localhost"], ["--homeserver", "'localhost'", "http://127.0.0.1:8008"]),
        ([*MATRIX, "--homeserver", SERVER], ["--registration-secret FILE", platforms.SECRET]),
        ([*MATRIX, "--homeserver", SERVER, "--registration-secret", "nowhere"], ["nowhere", "No such file"]),
        ([*MATRIX, "--homeserver", SERVER, "--registration-secret", os.devnull], [os.devnull, "one line"]),
        ([*MATRIX, "--homeserver", SERVER, "--registration-secret", __file__], ["one line"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_option_is_one_line_and_status_2(
    arguments: list[str], said: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(platforms.SECRET, raising=False)
    assert demo(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    for part in said:
        assert part in err


def test_a_wrong_scenario_is_one_line_with_its_file_and_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text('[team]\nname = "Atlas"\n[[member]]\nname = "Ana"\nzone = "Lisbon"\n', encoding="utf-8")
    assert demo("--scenario", str(path)) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    for part in (str(path), "member 1 (Ana): zone", '"Europe/Lisbon"'):
        assert part in err
