"""The rules for hours, leave and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import WORKDAYS, Absence, Hours, Leave, MemberId, WorkingTime, WorkingWeek
from bot.model.working_time import parse_hours
from cogs.people import domain
from cogs.people.domain import LeaveProblem

TODAY = date(2026, 10, 26)
NINE_TO_FIVE = Hours(time(9), time(17))
SHORT = Hours(time(10), time(14))
NIGHT = Hours(time(22), time(6))

WALLS = st.times().map(lambda t: time(t.hour, t.minute))
HOURS = st.tuples(WALLS, WALLS).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Hours(*pair))
DAYS = st.frozensets(st.integers(0, 6), min_size=1)
WEEKS = st.lists(st.none() | HOURS, min_size=7, max_size=7).map(lambda days: WorkingWeek(tuple(days)))
DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def absence(first: date, last: date, reason: str = "") -> Absence:
    return Absence(MemberId(1), first, last, reason)


# --- hours --------------------------------------------------------------------------------------------------


def test_hours_without_days_stay_on_the_days_worked_so_far() -> None:
    before = WorkingWeek.uniform(NINE_TO_FIVE, frozenset({0, 2}))
    assert domain.planned_week(before, SHORT, None, keep=False) == WorkingWeek.uniform(SHORT, frozenset({0, 2}))


def test_hours_without_days_for_somebody_who_worked_on_none_are_on_weekdays() -> None:
    off = WorkingWeek((None,) * 7)
    assert domain.planned_week(off, SHORT, None, keep=False).days == WORKDAYS


@given(WEEKS, HOURS, DAYS)
def test_the_other_days_are_off_unless_they_are_kept(before: WorkingWeek, hours: Hours, days: frozenset[int]) -> None:
    fresh = domain.planned_week(before, hours, days, keep=False)
    kept = domain.planned_week(before, hours, days, keep=True)
    for day in range(7):
        assert fresh.on(day) == (hours if day in days else None)
        assert kept.on(day) == (hours if day in days else before.on(day))


def _replay(commands: tuple[str, ...]) -> WorkingWeek:
    """Read `me hours` lines as the dispatcher would: hours, days, and options by name."""
    week = WorkingWeek((None,) * 7)
    for line in commands:
        hours, days, *options = line.removeprefix("me hours ").split()
        assert ("night:yes" in options) == parse_hours(hours).overnight
        chosen = WorkingWeek.from_text(f"{hours} {days}").days
        week = domain.planned_week(week, parse_hours(hours), chosen, keep="keep:yes" in options)
    return week


@given(WEEKS)
def test_the_commands_of_a_week_make_that_week(week: WorkingWeek) -> None:
    assert _replay(domain.hours_commands(week)) == week


# --- leave --------------------------------------------------------------------------------------------------

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (TODAY, TODAY, None),
        (TODAY, TODAY + timedelta(days=366), None),
        (TOMORROW, TOMORROW, None),
        (TODAY, YESTERDAY, LeaveProblem.PAST),
        (YESTERDAY, TOMORROW, LeaveProblem.PAST),
        (TOMORROW, TODAY, LeaveProblem.REVERSED),
        (TODAY, TODAY + timedelta(days=367), LeaveProblem.FAR),
        (TODAY, date.max, LeaveProblem.TOO_FAR),
    ],
)
def test_what_is_wrong_with_leave(first: date, last: date, problem: LeaveProblem | None) -> None:
    assert domain.leave_problem(first, last, TODAY) is problem


def test_leave_excuses_working_days_only() -> None:
    times = WorkingTime("Europe/Lisbon", WorkingWeek.uniform(NINE_TO_FIVE))
    effect = domain.leave_effect(times, date(2026, 10, 30), date(2026, 11, 3))  # Friday to Tuesday
    assert effect.excused == 3
    assert effect.back is not None
    assert effect.back.date == date(2026, 11, 4)


def test_a_public_holiday_in_leave_is_not_excused_twice() -> None:
    times = WorkingTime(
        "Europe/Lisbon",
        WorkingWeek.uniform(NINE_TO_FIVE),
        holidays=lambda day: "Natal" if day == date(2026, 12, 25) else None,
    )
    assert domain.leave_effect(times, date(2026, 12, 24), date(2026, 12, 25)).excused == 1


def test_the_way_back_goes_around_further_leave() -> None:
    times = WorkingTime(
        "Europe/Lisbon", WorkingWeek.uniform(NINE_TO_FIVE), (Leave(date(2026, 11, 4), date(2026, 11, 5)),)
    )
    effect = domain.leave_effect(times, date(2026, 11, 2), date(2026, 11, 3))
    assert effect.back is not None
    assert effect.back.date == date(2026, 11, 6)


@given(DATES, st.integers(0, 60), WEEKS)
def test_no_more_days_are_excused_than_the_leave_has(first: date, length: int, week: WorkingWeek) -> None:
    last = first + timedelta(days=length)
    effect = domain.leave_effect(WorkingTime("Asia/Kolkata", week), first, last)
    assert 0 <= effect.excused <= length + 1
    assert effect.back is None or effect.back.date > last


def test_leave_that_covers_the_first_day_is_replaced_and_no_other() -> None:
    covering, later = absence(TODAY, TOMORROW), absence(date(2026, 12, 1), date(2026, 12, 2))
    assert domain.overlapping([covering, later], TOMORROW) == covering
    assert domain.overlapping([covering, later], date(2026, 11, 1)) is None


def test_leave_is_split_into_running_and_planned() -> None:
    past, now = absence(YESTERDAY, YESTERDAY), absence(YESTERDAY, TODAY)
    later, soon = absence(date(2026, 12, 1), date(2026, 12, 2)), absence(TOMORROW, TOMORROW)
    assert domain.running_and_planned([later, past, soon, now], TODAY) == ([now], [soon, later])


@pytest.mark.parametrize(
    ("leave", "line"),
    [
        (absence(TODAY, date(2026, 12, 24)), "me away until 2026-12-24"),
        (absence(YESTERDAY, TOMORROW, "family"), "me away until 2026-10-27 family"),
        (
            absence(TOMORROW, date(2026, 12, 24), "a long trip"),
            "me away until 2026-12-24 starting:2026-10-27 a long trip",
        ),
    ],
)
def test_the_command_that_notes_leave_again(leave: Absence, line: str) -> None:
    assert domain.away_command(leave, TODAY) == line


# --- holidays -----------------------------------------------------------------------------------------------


def test_the_next_holiday_is_today_or_later() -> None:
    days = {YESTERDAY: "gone", date(2026, 12, 25): "Natal"}
    times = WorkingTime("Europe/Lisbon", WorkingWeek.uniform(NINE_TO_FIVE), holidays=days.get)
    assert domain.next_holiday(times, TODAY) == (date(2026, 12, 25), "Natal")


def test_without_a_calendar_there_is_no_next_holiday() -> None:
    assert domain.next_holiday(WorkingTime("Europe/Lisbon", WorkingWeek.uniform(NINE_TO_FIVE)), TODAY) is None


def test_a_night_shift_is_said_so_in_its_command() -> None:
    assert domain.hours_command(NIGHT, WORKDAYS) == "me hours 22:00-06:00 mon-fri night:yes"


def test_shifts_of_a_night_worker_start_on_their_own_date() -> None:
    """A night worker's leave of one day excuses the night that starts on it, not the one that ends on it."""
    times = WorkingTime("Europe/Lisbon", WorkingWeek.uniform(NIGHT), (Leave(TODAY, TODAY),))
    assert not times.is_working(datetime(2026, 10, 26, 23, tzinfo=UTC))
    assert domain.leave_effect(times, TODAY, TODAY).excused == 1


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (None, ""),
        ("  family \n visit ", "family visit"),
        ("\u202eevil\x07 a\u200bb", "evil ab"),
        ("👩\u200d🚀 space", "👩\u200d🚀 space"),
    ],
)
def test_a_reason_is_kept_on_one_line_without_what_nobody_sees(written: str | None, kept: str) -> None:
    assert domain.clean_reason(written) == kept
