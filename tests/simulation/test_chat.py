"""`heliotrope chat`, typed through a pipe."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Protocol

import pytest

from bot.engine.errors import DatabaseLocked
from bot.storage.lock import locked
from bot.testing import chat as command
from tests.simulation.playing import heliotrope


class Chat(Protocol):
    def __call__(self, *lines: str, name: str = "Ana", more: tuple[str, ...] = ()) -> str:
        """Type lines and end the input; return what was shown."""
        ...


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Chat:
    """The command in this process."""

    def typed(*lines: str, name: str = "Ana", more: tuple[str, ...] = ()) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        assert command.run(parser.parse_args(["--as", name, *more])) == 0
        return capsys.readouterr().out

    return typed


def test_through_a_pipe_it_starts_a_minute_before_the_standup_and_ends_with_the_input() -> None:
    done = heliotrope("chat", "--as", "Ana", typed="/next\n")
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("You are Ana.")
    assert "It is Mon 26 Oct 09:29 for you." in lines
    assert lines[-1] == "It is Mon 26 Oct 09:30 for you."


def test_the_prompt_comes_next_and_an_answer_is_answered(chat: Chat) -> None:
    out = chat("/next", "1. merged the parser\\", "2. the docs\\", "3. nothing", "/quit", "never typed")
    before, _, after = out.partition("[Mon 26 Oct 09:30] Heliotrope:")
    assert "09:29 for you" in before
    assert "It is Mon 26 Oct 09:30 for you." in after
    assert "merged the parser" in after.split("09:30 for you.")[1]
    assert "never typed" not in out


def test_commands_work_without_a_prefix(chat: Chat) -> None:
    out = chat("me show", name="Mia")
    assert "Auckland" in out.split("09:29 for you.")[1]


def test_what_others_left_in_the_channels_is_there(chat: Chat) -> None:
    assert "in #atlas-handoff" in chat(name="Sam")


def test_the_clock_shows_everybody(chat: Chat) -> None:
    out = chat("/clock")
    for name in ("Ana", "Mia", "Priya", "Arjun", "Oliver", "Bruno", "Sam", "Lucía"):
        assert f"{name} (" in out
    assert "Mon 26 Oct 22:29  Mia (Auckland)" in out


def test_help_says_what_can_be_typed(chat: Chat) -> None:
    out = chat("/help")
    for word in ("/next", "/clock", "/quit"):
        assert word in out


def test_what_cannot_be_done_is_said(chat: Chat) -> None:
    out = chat("/edit nothing said yet", "/react ✅", "/in handoff", "/in nowhere hello", name="Mia")
    assert out.count("nothing was said yet") == 2
    assert "write the channel" in out
    assert "there is no #nowhere" in out


def test_another_name_is_one_line_with_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["--as", "Nobody"])) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "Ana, Mia, Priya" in err


def test_a_database_that_is_kept_goes_on_where_it_was_left(chat: Chat, tmp_path: Path) -> None:
    kept = ("--database", str(tmp_path / "kept.db"))
    chat("/next", more=kept)
    assert chat(more=kept).splitlines()[-1] == "It is Mon 26 Oct 09:30 for you."


def test_a_database_in_use_by_another_process_is_left_alone(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    args = parser.parse_args(["--as", "Ana", "--database", str(tmp_path / "kept.db")])
    with locked(tmp_path / "kept.db"), pytest.raises(DatabaseLocked):
        command.run(args)
    assert not (tmp_path / "kept.db").exists()
