"""When a standup asks, whom it has missed, and which date an update is for."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import Hours, Leave, Schedule, WorkingTime, WorkingWeek, due
from cogs.standup import domain

WEEKDAYS = frozenset(range(5))
LISBON = WorkingTime("Europe/Lisbon", WorkingWeek.uniform(Hours(time(9), time(17))))
AWAY = WorkingTime(LISBON.zone, LISBON.week, (Leave(date(2026, 10, 27), date(2026, 10, 28)),))
NIGHT = WorkingTime("Europe/Lisbon", WorkingWeek.uniform(Hours(time(22), time(6))))
AT_0930 = Schedule(time(9, 30))
MONDAY = date(2026, 10, 26)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def due_at(day: date, working: WorkingTime) -> datetime:
    """The instant of a date on which something is due."""
    instant = due(AT_0930, day, working)
    assert instant is not None
    return instant


def ends(day: date, working: WorkingTime) -> datetime:
    """The end of a working date."""
    shift = working.shift(day)
    assert shift is not None
    return shift.end


def turn(day: int, now: datetime, planned: datetime | None = None, working: WorkingTime = LISBON) -> domain.Turn:
    """What is to do when a date's timer goes off."""
    first = date(2026, 10, day)
    return domain.turn(AT_0930, working, first, planned or due_at(first, working), now)


@pytest.mark.parametrize(
    ("now", "late"),
    [(at(26, 9, 30), False), (at(26, 9, 35), False), (at(26, 9, 36), True), (at(26, 16, 59), True)],
)
def test_a_prompt_more_than_five_minutes_late_is_late(now: datetime, late: bool) -> None:
    found = turn(26, now)
    assert found.ask == domain.Ask(MONDAY, at(26, 9, 30), late)
    assert found.missed == ()
    assert found.next == domain.Next(date(2026, 10, 27), at(27, 9, 30))


def test_a_day_that_is_over_was_missed() -> None:
    found = turn(26, at(26, 17))
    assert [missed.date.day for missed in found.missed] == [26]
    assert found.ask is None
    assert found.next == domain.Next(date(2026, 10, 27), at(27, 9, 30))


def test_after_a_long_downtime_each_working_date_is_missed_at_once() -> None:
    found = turn(22, at(27, 11))
    assert [missed.date.day for missed in found.missed] == [22, 23, 26]
    assert found.ask == domain.Ask(date(2026, 10, 27), at(27, 9, 30), True)
    assert found.next == domain.Next(date(2026, 10, 28), at(28, 9, 30))


def test_leave_during_a_downtime_is_not_missed() -> None:
    found = turn(26, at(29, 12), working=AWAY)
    assert [missed.date.day for missed in found.missed] == [26]
    assert found.ask is not None
    assert found.ask.date.day == 29


def test_a_date_that_is_off_by_now_is_left_out() -> None:
    found = turn(27, at(27, 9, 30), planned=at(27, 9, 30), working=AWAY)
    assert (found.missed, found.ask) == ((), None)
    assert found.next == domain.Next(date(2026, 10, 29), at(29, 9, 30))


def test_a_date_that_is_due_later_by_now_is_asked_later() -> None:
    found = turn(26, at(26, 8), planned=at(26, 8))
    assert found.next == domain.Next(MONDAY, at(26, 9, 30))
    assert found.ask is None


def test_a_date_asked_at_once_because_its_time_moved_is_not_late() -> None:
    found = turn(26, at(26, 14), planned=at(26, 14))
    assert found.ask is not None
    assert not found.ask.late


@given(st.integers(0, 40 * 24 * 60), st.sampled_from([LISBON, AWAY, NIGHT]))
def test_whenever_the_bot_is_back_every_date_is_either_missed_asked_or_next(minutes: int, working: WorkingTime) -> None:
    start = due_at(MONDAY, working)
    now = start + timedelta(minutes=minutes)
    found = domain.turn(AT_0930, working, MONDAY, start, now)
    assert found.next is not None
    next_ = found.next
    asked = [found.ask.date] if found.ask else []
    seen = [*(missed.date for missed in found.missed), *asked, next_.date]
    days = (MONDAY + timedelta(days=n) for n in range(60))
    assert seen == [day for day in days if due(AT_0930, day, working) and day <= next_.date]
    assert next_.at > now
    assert all(ends(missed.date, working) <= now for missed in found.missed)
    assert all(now < ends(day, working) for day in asked)


@pytest.mark.parametrize(
    ("now", "planned", "claimed", "expected"),
    [
        (at(26, 8), None, (), domain.Next(MONDAY, at(26, 9, 30))),
        (at(26, 10), None, (), domain.Next(date(2026, 10, 27), at(27, 9, 30))),
        (at(26, 10), MONDAY, (), domain.Next(MONDAY, at(26, 10))),
        (at(26, 17), MONDAY, (), domain.Next(date(2026, 10, 27), at(27, 9, 30))),
        (at(26, 10), MONDAY, (MONDAY,), domain.Next(date(2026, 10, 27), at(27, 9, 30))),
        (at(26, 8), MONDAY, (MONDAY,), domain.Next(date(2026, 10, 27), at(27, 9, 30))),
        (at(26, 8), None, (MONDAY, date(2026, 10, 27)), domain.Next(date(2026, 10, 28), at(28, 9, 30))),
    ],
)
def test_a_changed_plan_asks_no_date_twice_nor_late(
    now: datetime, planned: date | None, claimed: tuple[date, ...], expected: Any
) -> None:
    assert domain.plan(AT_0930, LISBON, now, planned, claimed) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (at(26, 9, 30), at(26, 15)),
        (at(26, 13), at(26, 15)),
        (at(26, 13, 1), None),
        (at(26, 16), None),
    ],
)
def test_the_reminder_keeps_two_hours_from_the_end_and_from_the_prompt(asked: datetime, expected: Any) -> None:
    assert domain.remind_at(asked, at(26, 17)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(26, 8), 26),
        (at(26, 12), 26),
        (at(26, 23), 26),
        (at(27, 2), 27),
        (at(31, 12), 30),
    ],
)
def test_an_update_is_for_the_nearest_working_day(now: datetime, expected: Any) -> None:
    found = domain.date_for(AT_0930, LISBON, now)
    assert found is not None
    assert found.day == expected


@pytest.mark.parametrize(("now", "expected"), [(at(27, 2), 26), (at(27, 8), 26), (at(27, 20), 27)])
def test_an_update_at_night_is_for_the_shift_it_is_in(now: datetime, expected: Any) -> None:
    found = domain.date_for(AT_0930, NIGHT, now)
    assert found is not None
    assert found.day == expected


def test_far_from_any_working_day_there_is_no_date() -> None:
    long_leave = WorkingTime(LISBON.zone, LISBON.week, (Leave(date(2026, 10, 1), date(2026, 10, 30)),))
    assert domain.date_for(AT_0930, long_leave, at(20, 12)) is None


@pytest.mark.parametrize(
    ("time_", "working", "expected"),
    [
        (time(9, 30), LISBON, frozenset()),
        (time(17), LISBON, WEEKDAYS),
        (time(7), LISBON, frozenset()),
        (time(12), NIGHT, frozenset()),
    ],
)
def test_a_time_after_the_days_end_fits_nobody(time_: time, working: WorkingTime, expected: Any) -> None:
    assert domain.unfit(Schedule(time_), working) == expected
