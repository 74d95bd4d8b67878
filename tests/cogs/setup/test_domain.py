"""What is read from a line, and in which order the steps come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import Feature
from cogs.setup.domain import (
    MOST_WRITTEN,
    Asked,
    Progress,
    Step,
    command_in,
    installed,
    kept,
    line_for,
    named_in,
    written,
)
from cogs.setup.domain import read as read_line

TEAMS = ("Blue", "Blue Whale", "Atlas")
VALUES = st.dictionaries(
    st.sampled_from(["at", "days", "questions"]), st.text(st.characters(exclude_categories=["Cs"]))
)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", Asked()),
        ("atlas", Asked(None, "Atlas")),
        ("blue whale", Asked(None, "Blue Whale")),
        ('"Blue Whale"', Asked(None, "Blue Whale")),
        ("standup", Asked(Step.STANDUP)),
        ("Handoff Blue Whale here", Asked(Step.HANDOFF, "Blue Whale", "here")),
        ("handoff “Blue” here", Asked(Step.HANDOFF, "Blue", "here")),
        ("handoff here", Asked(Step.HANDOFF, None, "here")),
        ("standup ?at=10", Asked(Step.STANDUP, None, "?at=10")),
        ("standup Atlases", Asked(Step.STANDUP, None, "Atlases")),
        ("bluewhale", None),
        ("atlas here", None),
        ("standups", None),
    ],
)
def test_a_step_and_a_team_are_read(text: str, asked: Asked | None) -> None:
    assert read_line(text, TEAMS) == asked


@pytest.mark.parametrize(
    ("line", "team"),
    [
        ('standup create "Blue Whale" at:10', "Blue Whale"),
        ("social on team:Atlas", "Atlas"),
        ("team create Blue", "Blue"),
        ("team create Bluebell", None),
    ],
)
def test_the_team_that_a_command_names_is_found(line: str, team: str | None) -> None:
    assert named_in(line, TEAMS) == team


def test_the_longest_command_counts() -> None:
    commands = {"team", "team create", "skip"}
    assert [command_in(line, commands) for line in ("Team create X", "team X", "ski")] == ["team create", "team", None]


@given(VALUES)
def test_what_was_written_in_a_form_comes_back(values: dict[str, str]) -> None:
    line = kept(values)
    assert len(line) <= MOST_WRITTEN
    assert " " not in line
    if line:
        assert (
            written(f"change {line}")
            == written(line)
            == {name: value for name, value in values.items() if value.strip()}
        )


def test_what_is_too_much_is_written_anew() -> None:
    assert kept({"questions": "x" * MOST_WRITTEN}) == ""


def test_what_belongs_to_no_form_is_told_apart() -> None:
    assert [written(rest) for rest in ("", "change", "tomorrow", "change it")] == [{}, {}, None, None]


def test_there_are_the_steps_whose_commands_there_are() -> None:
    assert installed({"team create", "team add"}) == [Step.TEAM, Step.PEOPLE]


def test_a_line_leads_back_to_a_team() -> None:
    assert (line_for(None), line_for("Blue Whale", "test")) == ("setup", 'setup team:"Blue Whale" test')


def test_social_threads_that_were_declined_are_done() -> None:
    assert Progress(list(Step), features={"social": Feature(False, "")}).done(Step.SOCIAL)
    assert not Progress(list(Step), features={"social": Feature(True, "")}).done(Step.SOCIAL)
