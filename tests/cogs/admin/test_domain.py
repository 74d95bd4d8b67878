"""The rules for teams' names, and for who of a team is at work."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import Hours, Member, MemberId, WorkingTime, WorkingWeek, WorkspaceId, quoted
from cogs.admin import domain
from cogs.admin.domain import NameProblem

MONDAY_NOON = datetime(2026, 10, 26, 12, tzinfo=UTC)
ZONES = ("Pacific/Auckland", "Asia/Kolkata", "Europe/Lisbon", "America/New_York", "America/Los_Angeles")


# --- names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("Atlas", None),
        ("North Sea", None),
        ("Équipe 7", None),
        ("日本", None),
        ("🦊", None),
        ("x" * 60, None),
        ("", NameProblem.EMPTY),
        ("   ", NameProblem.EMPTY),
        ("x" * 61, NameProblem.LONG),
        ("one\ntwo", NameProblem.LINES),
        ("one\r\ntwo", NameProblem.LINES),
        ("42", NameProblem.DIGITS),
        ("4 2", NameProblem.DIGITS),
        ("٤٢", NameProblem.DIGITS),
        ('"North Sea"', None),
        ("“North Sea”", None),
        ('""', NameProblem.EMPTY),
        ('the "A" team', NameProblem.SIGNS),
        ("zone:Lisbon", NameProblem.SIGNS),
        ("bell\a", NameProblem.SIGNS),
        ("«North Sea»", None),
        ("'North Sea'", None),
        ("Juan's", None),
        ("👩\u200d🚀", None),
        ("\u200b", NameProblem.EMPTY),
        ("\u200d", NameProblem.EMPTY),
        ("\u202eevil", NameProblem.SIGNS),
        ("At\u200blas", NameProblem.SIGNS),
        ("a`b", NameProblem.SIGNS),
    ],
)
def test_what_is_wrong_with_a_name(written: str, problem: NameProblem | None) -> None:
    assert domain.name_problem(domain.clean_name(written)) is problem


@given(st.text())
def test_a_name_that_is_taken_stays_as_it_is_when_it_is_typed_again(written: str) -> None:
    name = domain.clean_name(written)
    if domain.name_problem(name) is None:
        assert domain.clean_name(name) == name
        assert domain.clean_name(quoted(name)) == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Atlas", "ATLAS", True),
        ("Straße", "STRASSE", True),
        ("North  Sea", "north sea", True),
        ("e\u0301quipe", "\u00e9quipe", True),
        ("\uff21tlas", "Atlas", True),
        ("Atlas", "Atlas 2", False),
    ],
)
def test_names_are_the_same_to_a_reader_who_ignores_case(one: str, other: str, same: bool) -> None:
    assert domain.same_name(one, other) is same


# --- the board ----------------------------------------------------------------------------------------------


def member(number: int, zone: str) -> Member:
    week = WorkingWeek.uniform(Hours(time(9), time(17)))
    return Member(MemberId(number), WorkspaceId(1), f"Member {number}", zone, week)


def times(members: list[Member]) -> dict[MemberId, WorkingTime]:
    return {m.id: WorkingTime(m.zone, m.week) for m in members}


def test_who_works_is_in_the_order_they_finish_and_the_others_in_the_order_they_start() -> None:
    members = [member(number, zone) for number, zone in enumerate(ZONES)]
    board = domain.board(members, times(members), MONDAY_NOON)
    assert [desk.member.zone for desk in board.working] == ["Europe/Lisbon"]
    assert [desk.member.zone for desk in board.waiting] == [
        "America/New_York",
        "America/Los_Angeles",
        "Pacific/Auckland",
        "Asia/Kolkata",
    ]


def test_whoever_never_works_comes_last() -> None:
    idle = Member(MemberId(9), WorkspaceId(1), "Aardvark", "Europe/Lisbon", WorkingWeek((None,) * 7))
    members = [idle, member(1, "Pacific/Auckland")]
    assert [desk.member.id for desk in domain.board(members, times(members), MONDAY_NOON).waiting] == [1, 9]


@given(st.lists(st.sampled_from(ZONES), max_size=8), st.integers(0, 14 * 24 * 60))
def test_everyone_is_on_the_board_once_and_the_order_holds(zones: list[str], minutes: int) -> None:
    now = MONDAY_NOON + timedelta(minutes=minutes)
    members = [member(number, zone) for number, zone in enumerate(zones)]
    board = domain.board(members, times(members), now)
    assert sorted(d.member.id for d in (*board.working, *board.waiting)) == [m.id for m in members]
    ends = [desk.shift.end for desk in board.working if desk.shift]
    starts = [desk.shift.start for desk in board.waiting if desk.shift]
    assert ends == sorted(ends)
    assert starts == sorted(starts)
    assert all(end > now for end in ends)
    assert all(start > now for start in starts)


# --- the nearest command ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("standpu", "standup"),
        ("team crate", "team create"),
        ("me tim", "me timezone"),
        ("TEAM SHWO", "team show"),
    ],
)
def test_the_nearest_command_comes_first(said: str, first: str) -> None:
    known = ["team create", "team show", "me timezone", "standup", "channel set"]
    assert domain.nearest(said, known)[0] == first


@pytest.mark.parametrize("said", ["", "qqqqqqqq", "??"])
def test_nothing_near_gives_nothing(said: str) -> None:
    assert domain.nearest(said, ["team create", "team show"]) == ()
