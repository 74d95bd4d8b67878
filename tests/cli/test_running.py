"""`heliotrope run` in a terminal, in real time: what is typed is answered, and no end of the process loses anything."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bot.clock import SystemClock
from tests.cli.process import LOG, Command, Running, replies, said, say


def test_the_first_admin_makes_a_team_a_channel_and_a_standup_and_answers_it(folder: Path) -> None:
    with Running(folder) as bot:
        bot.says("team create Atlas zone:Lisbon")
        bot.shows("The team Atlas is made")
        bot.says("#general !helio channel set Atlas handoff here")
        bot.shows("[#general] Heliotrope: #general is where Atlas hands over")
        # It runs in real time, and an update is for a working day that runs: whichever half of the day it is.
        begins, ends = ("00:00", "13:00") if SystemClock().now().hour < 12 else ("11:00", "23:59")
        bot.says(f"me hours {begins}-{ends} mon-sun", "me timezone UTC")
        bot.says(f"standup create Atlas at:{begins} days:mon-sun")
        bot.shows("Atlas now has a standup")
        bot.says("update", "merged the parser", "the docs")
        bot.shows("3 of 3")
        bot.says("none")
        bot.shows("merged the parser")
        assert bot.end_input() == 0
    assert "ERROR" not in bot.log


def test_someone_else_can_be_the_one_who_types(folder: Path) -> None:
    with Running(folder, variables={"HELIOTROPE_CONSOLE__SPEAKS": "Bo"}) as bot:
        bot.says("#general hello", "#general !helio me show")
        bot.shows("you are in none of them yet")
        assert bot.end_input() == 0
    assert bot.text.startswith("You are Bo.")


def test_a_stranger_is_answered_and_keeps_nobody_waiting(folder: Path, command: Command) -> None:
    say(folder, "good morning", "team create Atlas")
    ended = command("run")
    assert ended.returncode == 0
    assert "you are in none of them yet" in ended.stdout
    assert "The team Atlas is made" in ended.stdout


def test_letters_that_are_no_text_are_said_as_far_as_they_can_be(folder: Path) -> None:
    with Running(folder) as bot:
        bot.types(b"team create \xff\xfeAtlas\n")
        bot.shows("Atlas is made")
        assert bot.end_input() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_with_status_0_though_its_input_is_open(number: signal.Signals, folder: Path) -> None:
    with Running(folder) as bot:
        bot.logs("running on console")
        assert bot.stop(number) == 0
    assert bot.log.endswith("stopped\n")
    assert "Traceback" not in bot.log


def test_killed_while_lines_arrive_it_loses_none_and_answers_none_twice(folder: Path, command: Command) -> None:
    with Running(folder) as bot:
        bot.says("team create Atlas", *["me show"] * 20)
        bot.shows("The team Atlas is made")
        bot.stop(signal.SIGKILL)
    assert command("run").returncode == 0
    assert said(folder)
    assert replies(folder) == said(folder)


def test_what_was_said_while_it_was_down_is_answered_after_the_start(folder: Path, command: Command) -> None:
    say(folder, "team create Atlas")
    command("run")
    say(folder, "team show Atlas", "me show")
    ended = command("run")
    assert "Atlas" in ended.stdout
    assert replies(folder) == said(folder)


def test_a_console_log_that_is_not_this_databases_is_refused(folder: Path, command: Command) -> None:
    say(folder, "team create Atlas")
    command("run")
    (folder / LOG).unlink()
    say(folder, "team show Atlas")
    ended = command("run")
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("heliotrope run: the console's log is not the one that belongs")
