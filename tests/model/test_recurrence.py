"""Schedules: which dates they name, and the one instant at which each is due."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.model.recurrence import Occurrence, Schedule, due, fits, next_occurrence
from bot.model.working_time import (
    Hours,
    Leave,
    WorkingTime,
    WorkingWeek,
    exists,
    parse_hours,
    parse_weekdays,
    utc,
)

DAY = timedelta(days=1)
EVERY_DAY = parse_weekdays("daily")
ZONES = sorted(z for z in available_timezones() if not z.startswith(("Factory", "localtime", "posix", "right/")))
ODD_ZONES = ["America/Nuuk", "Antarctica/Troll", "Australia/Lord_Howe", "Europe/Berlin", "Africa/Cairo"]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def works(zone: str, hours: str, days: str = "daily", leave: tuple[Leave, ...] = ()) -> WorkingTime:
    return WorkingTime(zone, WorkingWeek.uniform(parse_hours(hours), parse_weekdays(days)), leave)


def at(text: str, days: str = "daily") -> Schedule:
    return Schedule(time.fromisoformat(text), parse_weekdays(days))


def dues(schedule: Schedule, working: WorkingTime, first: date, days: int) -> Iterator[Occurrence]:
    """Every occurrence of some dates, asked for one by one."""
    for day in (first + n * DAY for n in range(days)):
        if moment := due(schedule, day, working):
            yield Occurrence(day, moment)


def changes(zone: str, first: datetime, days: int) -> list[tuple[datetime, timedelta | None]]:
    """The offset at first, and every change of it in so many days, to the minute."""

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(ZoneInfo(zone)).utcoffset()

    found = [(first, offset(first))]
    for day in (first + n * DAY for n in range(days)):
        low, high = day, day + DAY
        if offset(low) != offset(high):
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            found.append((high.replace(second=0, microsecond=0), offset(high)))
    return found


@cache
def zones_that_differ(first: date, days: int) -> list[str]:
    """One of all the zones whose clocks read the same throughout those dates and a few days around."""
    start = utc(first - 3 * DAY, time(), "UTC")
    return list({tuple(changes(zone, start, days + 6)): zone for zone in ZONES}.values())


def quarters() -> st.SearchStrategy[time]:
    return st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


hours_of_day = st.tuples(quarters(), quarters()).filter(lambda t: t[0] != t[1]).map(lambda t: Hours(*t))
weeks = st.lists(st.none() | hours_of_day, min_size=7, max_size=7).map(lambda days: WorkingWeek(tuple(days)))
working_times = st.builds(WorkingTime, st.sampled_from(ODD_ZONES) | st.sampled_from(ZONES), weeks)
schedules = st.builds(Schedule, quarters(), st.frozensets(st.integers(0, 6), min_size=1))
dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))


# Which dates a schedule names


def test_a_schedule_names_its_weekdays() -> None:
    schedule = at("09:30", "mon,wed,fri")
    assert [day for day in range(1, 15) if schedule.on(date(2026, 1, day))] == [2, 5, 7, 9, 12, 14]


@pytest.mark.parametrize(
    ("days", "anchor", "on"),
    [
        ("mon", date(2026, 1, 5), [5, 19]),
        ("mon", date(2026, 1, 12), [12, 26]),
        ("tue", date(2026, 1, 5), [6, 20]),  # the first scheduled date at or after the anchor is on
        ("tue", date(2026, 1, 7), [13, 27]),
        ("mon-fri", date(2026, 1, 5), [5, 6, 7, 8, 9, 19, 20, 21, 22, 23]),
        ("mon-fri", date(2026, 1, 7), [5, 6, 7, 8, 9, 19, 20, 21, 22, 23]),  # and so is the rest of its week
        ("mon-fri", date(2026, 1, 10), [1, 2, 12, 13, 14, 15, 16, 26, 27, 28, 29, 30]),
        ("sun-thu", date(2026, 1, 4), [4, 5, 6, 7, 8, 18, 19, 20, 21, 22]),  # Sunday begins that week
        ("sun-thu", date(2026, 1, 6), [4, 5, 6, 7, 8, 18, 19, 20, 21, 22]),
        ("sat,sun", date(2026, 1, 4), [3, 4, 17, 18, 31]),
        ("mon,thu", date(2026, 1, 8), [5, 8, 19, 22]),
        ("daily", date(2026, 1, 7), [5, 6, 7, 8, 9, 10, 11, 19, 20, 21, 22, 23, 24, 25]),
    ],
)
def test_every_second_week_is_counted_in_weeks_that_the_days_make(days: str, anchor: date, on: list[int]) -> None:
    schedule = Schedule(time(9), parse_weekdays(days), every_weeks=2, anchor=anchor)
    assert [day for day in range(1, 32) if schedule.on(date(2026, 1, day))] == on


@given(st.frozensets(st.integers(0, 6), min_size=1), st.integers(2, 6), dates)
def test_every_n_weeks_repeats_after_n_weeks_and_has_each_weekday_once_in_them(
    days: frozenset[int], n: int, anchor: date
) -> None:
    schedule = Schedule(time(9), days, every_weeks=n, anchor=anchor)
    on = [day for day in (anchor + k * DAY for k in range(7 * n)) if schedule.on(day)]
    assert sorted(day.weekday() for day in on) == sorted(days)
    assert all(schedule.on(day + n * 7 * DAY) and not schedule.on(day + 7 * DAY) for day in on)
    assert on[0] == next(d for d in (anchor + k * DAY for k in range(7)) if d.weekday() in days)


def test_a_schedule_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="weekdays"):
        Schedule(time(9), frozenset())
    with pytest.raises(ValueError, match="weekdays"):
        Schedule(time(9), frozenset({7}))
    with pytest.raises(ValueError, match="wall time"):
        Schedule(time(9, tzinfo=UTC))
    with pytest.raises(ValueError, match="anchor"):
        Schedule(time(9), every_weeks=2)
    with pytest.raises(ValueError, match="every"):
        Schedule(time(9), every_weeks=0, anchor=date(2026, 1, 5))


# When a date's occurrence is due


@pytest.mark.parametrize(
    ("zone", "hours", "schedule", "day", "expected"),
    [
        # by day: the time, the start of work if later, nothing at or after the end
        ("Europe/Lisbon", "9-17", "09:30", date(2026, 1, 5), "2026-01-05T09:30"),
        ("Europe/Lisbon", "9-17", "09:00", date(2026, 1, 5), "2026-01-05T09:00"),
        ("Europe/Lisbon", "10-17", "09:30", date(2026, 1, 5), "2026-01-05T10:00"),
        ("Europe/Lisbon", "9-17", "16:59", date(2026, 1, 5), "2026-01-05T16:59"),
        ("Europe/Lisbon", "9-17", "17:00", date(2026, 1, 5), None),
        ("Europe/Lisbon", "9-17", "23:00", date(2026, 1, 5), None),
        ("Pacific/Auckland", "9-17", "09:30", date(2026, 1, 5), "2026-01-04T20:30"),
        ("Europe/Lisbon", "16-24", "23:30", date(2026, 1, 5), "2026-01-05T23:30"),
        ("Europe/Lisbon", "16-24", "00:00", date(2026, 1, 5), "2026-01-05T16:00"),
        # by night: the date it starts on
        ("Europe/Lisbon", "22-6", "22:00", date(2026, 1, 5), "2026-01-05T22:00"),
        ("Europe/Lisbon", "22-6", "23:30", date(2026, 1, 5), "2026-01-05T23:30"),
        ("Europe/Lisbon", "22-6", "00:00", date(2026, 1, 5), "2026-01-06T00:00"),
        ("Europe/Lisbon", "22-6", "02:00", date(2026, 1, 5), "2026-01-06T02:00"),
        ("Europe/Lisbon", "22-6", "06:00", date(2026, 1, 5), "2026-01-05T22:00"),
        ("Europe/Lisbon", "22-6", "09:30", date(2026, 1, 5), "2026-01-05T22:00"),
        # clock changes: a gap moves forward, of two equal times the first
        ("Europe/Berlin", "0-8", "02:30", date(2026, 3, 29), "2026-03-29T01:30"),
        ("Europe/Berlin", "0-8", "02:30", date(2026, 10, 25), "2026-10-25T00:30"),
        ("Europe/Berlin", "22-6", "02:30", date(2026, 3, 28), "2026-03-29T01:30"),
        ("Europe/Berlin", "22-6", "02:30", date(2026, 10, 24), "2026-10-25T00:30"),
        ("Australia/Lord_Howe", "0-8", "02:15", date(2026, 10, 4), "2026-10-03T15:45"),
        ("Australia/Lord_Howe", "0-8", "01:45", date(2026, 4, 5), "2026-04-04T14:45"),
        ("America/Nuuk", "15-23:45", "23:30", date(2026, 3, 28), "2026-03-29T01:30"),
        ("Pacific/Apia", "9-17", "09:30", date(2011, 12, 29), "2011-12-29T19:30"),
        ("Pacific/Apia", "9-17", "09:30", date(2011, 12, 30), None),
        ("Pacific/Apia", "9-17", "09:30", date(2011, 12, 31), "2011-12-30T19:30"),
        ("Pacific/Apia", "22-6", "02:00", date(2011, 12, 29), "2011-12-30T12:00"),
    ],
)
def test_an_occurrence_is_due_at_the_time_within_that_dates_work(
    zone: str, hours: str, schedule: str, day: date, expected: str | None
) -> None:
    assert due(at(schedule), day, works(zone, hours)) == (instant(expected) if expected else None)


def test_a_time_that_a_gap_moves_beyond_the_end_of_work_is_due_at_the_start() -> None:
    working = works("Europe/Berlin", "22:00-03:00")  # on the last Sunday of March 02:30 becomes 03:30
    assert due(at("02:30"), date(2026, 3, 27), working) == instant("2026-03-28T01:30")
    assert due(at("02:30"), date(2026, 3, 28), working) == instant("2026-03-28T21:00")


def test_nothing_is_due_where_schedule_or_member_is_off() -> None:
    leave = Leave(date(2026, 1, 7), date(2026, 1, 7))
    working = works("Asia/Dubai", "9-17", "sun-thu", leave=(leave,))
    found = [o.date.day for o in dues(at("09:30", "mon-fri"), working, date(2026, 1, 1), 14)]
    assert found == [1, 5, 6, 8, 12, 13, 14]


def test_after_midnight_the_schedules_weekday_is_the_one_the_night_starts_on() -> None:
    found = list(dues(at("02:00", "mon"), works("UTC", "22-6"), date(2026, 1, 1), 14))
    assert found == [
        Occurrence(date(2026, 1, 5), instant("2026-01-06T02:00")),
        Occurrence(date(2026, 1, 12), instant("2026-01-13T02:00")),
    ]


def test_two_dates_whose_work_overlaps_are_not_due_at_once() -> None:
    week = WorkingWeek((parse_hours("22-9"), parse_hours("8-16"), *[None] * 5))
    found = list(dues(at("08:30"), WorkingTime("UTC", week), date(2026, 1, 5), 2))
    assert [o.at for o in found] == [instant("2026-01-05T22:00"), instant("2026-01-06T08:30")]


@pytest.mark.parametrize(
    ("schedule", "hours", "expected"),
    [("08:00", "9-17", True), ("16:59", "9-17", True), ("17:00", "9-17", False), ("12:00", "22-6", True)],
)
def test_an_admin_can_be_told_beforehand_that_a_time_never_fits(schedule: str, hours: str, expected: bool) -> None:
    assert fits(at(schedule).at, parse_hours(hours)) is expected
    assert (due(at(schedule), date(2026, 1, 5), works("UTC", hours)) is not None) is expected


@given(schedules, working_times, dates)
def test_what_is_due_is_within_the_shift_of_its_date(schedule: Schedule, working: WorkingTime, day: date) -> None:
    moment, shift = due(schedule, day, working), working.shift(day)
    hours = working.week.on(day.weekday())
    expected = bool(schedule.on(day) and shift and hours and fits(schedule.at, hours))
    assert (moment is not None) is expected
    if moment and shift:
        assert shift.start <= moment < shift.end


@pytest.mark.parametrize(
    ("hours", "schedule"), [("9-17", "09:30"), ("22-6", "02:30"), ("0-8", "00:15"), ("15-23:45", "23:30")]
)
def test_in_every_zone_each_date_of_two_years_is_due_once_and_at_the_wall_time(hours: str, schedule: str) -> None:
    first, days = date(2026, 1, 1), 730
    wanted, expected = at(schedule), [first + n * DAY for n in range(days)]
    for zone in zones_that_differ(first, days):
        working, tz = works(zone, hours), ZoneInfo(zone)
        found = list(dues(wanted, working, first, days))
        assert [o.date for o in found] == expected, zone
        assert all(a.at < b.at for a, b in pairwise(found)), zone
        odd = [o for o in found if o.at.astimezone(tz).time() != wanted.at]
        after_midnight = DAY if hours == "22-6" else timedelta()
        assert not any(exists(o.date + after_midnight, wanted.at, zone) for o in odd), zone


# The next one


@given(schedules, working_times, dates)
@example(
    at("08:00"),
    WorkingTime("UTC", WorkingWeek((parse_hours("22-9"), parse_hours("8-16")) + (None,) * 5)),
    date(2026, 1, 5),
)
def test_going_from_one_occurrence_to_the_next_visits_every_due_date_once(
    schedule: Schedule, working: WorkingTime, first: date
) -> None:
    starts = [shift.start for shift in working.shifts(first, first + 30 * DAY)]
    assume(starts == sorted(starts))  # a gap at midnight may swap two; see test_working_time
    expected = list(dues(schedule, working, first, 30))
    visited: list[Occurrence] = []
    after = utc(first - DAY, time(), "UTC")
    while (found := next_occurrence(schedule, working, after, first, 60)) and found.date < first + 30 * DAY:
        visited.append(found)
        after = found.at
    assert visited == expected


def test_the_next_occurrence_is_strictly_later() -> None:
    schedule, working = at("09:30", "mon-fri"), works("Europe/Lisbon", "9-17")
    friday, monday = (Occurrence(date(2026, 1, d), instant(f"2026-01-{d:02}T09:30")) for d in (9, 12))
    assert next_occurrence(schedule, working, friday.at - timedelta(seconds=1)) == friday
    assert next_occurrence(schedule, working, friday.at) == monday


def test_after_midnight_last_nights_occurrence_is_still_to_come() -> None:
    found = next_occurrence(at("02:00"), works("UTC", "22-6"), instant("2026-01-06T01:00"))
    assert found == Occurrence(date(2026, 1, 5), instant("2026-01-06T02:00"))


def test_last_nights_occurrence_is_found_across_a_date_that_the_zone_left_out() -> None:
    found = next_occurrence(at("02:00"), works("Pacific/Apia", "22-6"), instant("2011-12-30T11:00"))
    assert found == Occurrence(date(2011, 12, 29), instant("2011-12-30T12:00"))


def test_a_traveller_is_not_asked_again_on_a_date_already_asked() -> None:
    schedule, asked = at("09:30"), date(2026, 1, 6)
    after = instant("2026-01-05T20:30")  # asked in Auckland; in Honolulu the 6th is yet to come
    there = works("Pacific/Honolulu", "9-17")
    again = next_occurrence(schedule, there, after)
    assert again
    assert again.date == asked
    found = next_occurrence(schedule, there, after, not_before=asked + DAY)
    assert found == Occurrence(date(2026, 1, 7), instant("2026-01-07T19:30"))


def test_the_next_occurrence_is_looked_for_as_far_as_the_horizon() -> None:
    working = works("UTC", "9-17", leave=(Leave(date(2026, 1, 6), date(2026, 1, 15)),))
    after = instant("2026-01-05T12:00")
    found = next_occurrence(at("09:30"), working, after, horizon_days=11)
    assert found == Occurrence(date(2026, 1, 16), instant("2026-01-16T09:30"))
    assert next_occurrence(at("09:30"), working, after, horizon_days=10) is None
    assert next_occurrence(at("18:00"), works("UTC", "9-17"), after) is None


def test_the_horizon_is_counted_from_the_first_date_allowed() -> None:
    far = date(2028, 1, 3)
    found = next_occurrence(at("09:30"), works("UTC", "9-17"), instant("2026-01-05T12:00"), far)
    assert found == Occurrence(far, instant("2028-01-03T09:30"))
