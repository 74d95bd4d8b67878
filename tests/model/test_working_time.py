"""Working time: hours, weeks, shifts through clock changes, and the arithmetic on them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.model.working_time import (
    WEEKDAYS,
    WORKDAYS,
    DayOff,
    Hours,
    Leave,
    NoWorkingTime,
    Shift,
    UnknownZone,
    WorkingTime,
    WorkingWeek,
    exists,
    format_weekdays,
    parse_hours,
    parse_weekdays,
    utc,
    zone_info,
)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ZONES = sorted(z for z in available_timezones() if not z.startswith(("Factory", "localtime", "posix", "right/")))
# Clock changes that others do not have: of half an hour, of two, at midnight; odd offsets; the date line.
ODD_ZONES = [
    "America/Havana", "America/Nuuk", "America/St_Johns", "Antarctica/Troll", "Asia/Beirut", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati",
]  # fmt: skip
NINE_TO_FIVE = parse_hours("9-17")
NIGHT = parse_hours("22:00-06:00")
SUNDAY_TO_THURSDAY = parse_weekdays("sun-thu")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def works(
    zone: str,
    hours: str,
    days: str = "daily",
    leave: tuple[Leave, ...] = (),
    holidays: Callable[[date], str | None] = lambda _: None,
) -> WorkingTime:
    return WorkingTime(zone, WorkingWeek.uniform(parse_hours(hours), parse_weekdays(days)), leave, holidays)


def quarters(first: int = 0) -> st.SearchStrategy[time]:
    return st.integers(first, 95).map(lambda n: time(n // 4, n % 4 * 15))


zones = st.sampled_from(ODD_ZONES) | st.sampled_from(ZONES)
hours_of_day = st.tuples(quarters(), quarters()).filter(lambda t: t[0] != t[1]).map(lambda t: Hours(*t))
dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
weeks = (
    st.lists(st.none() | hours_of_day, min_size=7, max_size=7).filter(any).map(lambda days: WorkingWeek(tuple(days)))
)
leaves = st.lists(st.tuples(dates, st.integers(0, 20)), max_size=2).map(
    lambda spans: tuple(Leave(first, first + timedelta(days=n)) for first, n in spans)
)
working_times = st.builds(WorkingTime, zones, weeks, leaves)


def shifts_around(working: WorkingTime, a: datetime, b: datetime) -> list[Shift]:
    """Every shift that can have anything to do with [a, b], by the rule for one date alone."""
    days = range((b.date() - a.date()).days + 9)
    found = (working.shift(a.date() - 4 * DAY + n * DAY) for n in days)
    return [shift for shift in found if shift]


# Weekdays and hours as text


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("mon,wed,fri", {0, 2, 4}),
        ("mon wed", {0, 2}),
        ("sun-thu", {6, 0, 1, 2, 3}),
        ("sat - mon", {5, 6, 0}),
        ("mon–wed, sat", {0, 1, 2, 5}),  # an en dash, as phones write it
        ("Tuesdays", {1}),
        ("thurs,TUES", {3, 1}),
        ("fri-fri", {4}),
        ("daily", set(range(7))),
        ("Every day", set(range(7))),
        ("mon-sun", set(range(7))),
    ],
)
def test_weekdays_are_read_as_people_write_them(text: str, days: set[int]) -> None:
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("text", ["", " ", "mo", "t", "funday", "mon-", "-fri", "mon-fri-sun", "mon,", "1", "9-17"])
def test_nonsense_weekdays_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="weekdays"):
        parse_weekdays(text)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ({0, 1, 2, 3, 4}, "mon-fri"),
        ({0, 2}, "mon,wed"),
        ({0, 1}, "mon,tue"),
        ({6, 0}, "mon,sun"),
        ({6, 0, 1, 2, 3}, "sun-thu"),
        ({5, 6, 0, 2}, "wed,sat-mon"),
        ({0, 1, 2, 4, 5}, "mon-wed,fri,sat"),
        (set(range(7)), "daily"),
        (set(), ""),
    ],
)
def test_weekdays_have_one_canonical_text(days: set[int], text: str) -> None:
    assert format_weekdays(frozenset(days)) == text


def test_every_set_of_weekdays_survives_its_text() -> None:
    for size in range(1, 8):
        for days in combinations(range(7), size):
            assert parse_weekdays(format_weekdays(frozenset(days))) == set(days)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-17:30", time(9), time(17, 30)),
        ("9-17", time(9), time(17)),
        (" 9:15 – 17.45 ", time(9, 15), time(17, 45)),
        ("9h30-17h", time(9, 30), time(17)),
        ("9am-5pm", time(9), time(17)),
        ("12 pm to 12 AM", time(12), time(0)),
        ("22:00-06:00", time(22), time(6)),
        ("22-6", time(22), time(6)),
        ("12:00-05:00", time(12), time(5)),
        ("16:00-24:00", time(16), time(0)),
        ("8-0", time(8), time(0)),
        ("0-8", time(0), time(8)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, start: time, end: time) -> None:
    assert parse_hours(text) == Hours(start, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9",
        "09:00",
        "9-9",
        "0-24",
        "25-26",
        "9:60-17",
        "24:30-2",
        "13pm-5pm",
        "0am-5am",
        "9-17-18",
        "mon-fri",
    ],
)
def test_nonsense_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_hours(text)


@pytest.mark.parametrize("text", ["9-5", "10-6", "12-8"])
def test_hours_that_are_surely_not_meant_as_a_night_are_asked_back(text: str) -> None:
    with pytest.raises(ValueError, match="ambiguous"):
        parse_hours(text)


@given(hours_of_day)
def test_hours_survive_their_text(hours: Hours) -> None:
    assert parse_hours(str(hours)) == hours


@pytest.mark.parametrize(
    ("text", "overnight", "hours"), [("9-17:30", False, 8.5), ("22-6", True, 8), ("16-24", True, 8)]
)
def test_hours_know_their_length_and_whether_they_pass_midnight(text: str, overnight: bool, hours: float) -> None:
    assert parse_hours(text).overnight is overnight
    assert parse_hours(text).length == timedelta(hours=hours)


@pytest.mark.parametrize("end", [time(9), time(17, 0, 30), time(17, tzinfo=UTC)])
def test_hours_that_text_could_not_hold_are_refused(end: time) -> None:
    with pytest.raises(ValueError):
        Hours(time(9), end)


def test_a_week_is_stored_as_text_that_people_can_read() -> None:
    intervals = (*[NINE_TO_FIVE] * 5, parse_hours("10-14"), None)
    week = WorkingWeek(intervals)
    assert week.to_text() == "09:00-17:00 mon-fri; 10:00-14:00 sat"
    assert week.days == set(range(6))
    assert week.on(5) == parse_hours("10-14")
    assert week.on(6) is None


@given(st.lists(st.none() | hours_of_day, min_size=7, max_size=7).map(tuple))
@example((None,) * 7)
def test_a_week_survives_its_text(intervals: tuple[Hours | None, ...]) -> None:
    week = WorkingWeek(intervals)
    assert WorkingWeek.from_text(week.to_text()) == week


@pytest.mark.parametrize("text", ["", "09:00-17:00", "9-17 mon; 10-14 mon-tue", "mon-fri", "9-17 mon;"])
def test_a_week_text_that_nobody_wrote_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        WorkingWeek.from_text(text)


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ValueError, match="seven"):
        WorkingWeek((None,) * 6)


def test_leave_includes_both_its_ends() -> None:
    leave = Leave(date(2026, 8, 3), date(2026, 8, 5))
    assert [day for day in range(1, 8) if leave.covers(date(2026, 8, day))] == [3, 4, 5]


def test_leave_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Leave(date(2026, 8, 5), date(2026, 8, 4))


# Zones, and local time to instants


@pytest.mark.parametrize(
    "name",
    [
        "Nowhere/City", "", "America", "localtime", "Factory", "posixrules", "right/UTC", "posix/UTC",
        "../../etc/passwd", "/etc/localtime", "UTC\0", "x" * 300, "zone.tab",
    ],
)  # fmt: skip
def test_a_name_that_is_no_place_is_an_unknown_zone(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_info(name)
    with pytest.raises(UnknownZone):
        WorkingTime(name, WorkingWeek.uniform(NINE_TO_FIVE))


def test_every_zone_of_the_database_is_known() -> None:
    assert [zone_info(name).key for name in ZONES] == ZONES


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected", "there"),
    [
        ("Europe/Lisbon", date(2026, 7, 1), time(9), "2026-07-01T08:00", True),
        ("Europe/Lisbon", date(2026, 3, 29), time(1, 30), "2026-03-29T01:30", False),  # in a gap
        ("Europe/Lisbon", date(2026, 10, 25), time(1, 30), "2026-10-25T00:30", True),  # the first of two
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:45", False),  # half an hour
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 30), "2026-10-03T15:30", True),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45", True),
        ("Pacific/Apia", date(2011, 12, 29), time(9), "2011-12-29T19:00", True),
        ("Pacific/Apia", date(2011, 12, 30), time(9), "2011-12-30T19:00", False),
        ("Pacific/Apia", date(2011, 12, 31), time(9), "2011-12-30T19:00", True),
    ],
)
def test_local_time_becomes_an_instant(zone: str, day: date, at: time, expected: str, there: bool) -> None:
    assert utc(day, at, zone) == instant(expected)
    assert utc(day, at, zone).tzinfo is UTC
    assert exists(day, at, zone) is there


def test_the_second_of_two_equal_times_is_never_meant() -> None:
    day, at = date(2026, 10, 25), time(1, 30)
    assert utc(day, at.replace(fold=1), "Europe/Lisbon") == utc(day, at, "Europe/Lisbon")


@given(zones, dates, quarters())
@example("Europe/Lisbon", date(2026, 10, 25), time(1, 15))
@example("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45))
@example("America/Nuuk", date(2026, 3, 28), time(23, 30))
def test_an_existing_time_is_the_first_instant_that_reads_so_and_any_other_reads_later(
    zone: str, day: date, at: time
) -> None:
    wanted = datetime.combine(day, at, UTC)
    candidates = [wanted + timedelta(minutes=15 * n) for n in range(-15 * 4, 15 * 4 + 1)]
    read = [c.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) for c in candidates]
    assert exists(day, at, zone) is (wanted in read)
    if wanted in read:
        assert utc(day, at, zone) == candidates[read.index(wanted)]
    else:
        late = utc(day, at, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) - wanted
        assert timedelta() < late <= 2 * HOUR


# The shift of a date


@pytest.mark.parametrize(
    ("zone", "hours", "day", "start", "end"),
    [
        ("Europe/Lisbon", "9-17", date(2026, 1, 5), "2026-01-05T09:00", "2026-01-05T17:00"),
        ("Asia/Tokyo", "9-17", date(2026, 1, 5), "2026-01-05T00:00", "2026-01-05T08:00"),
        ("Pacific/Auckland", "9-17", date(2026, 1, 5), "2026-01-04T20:00", "2026-01-05T04:00"),
        ("Europe/Berlin", "22-6", date(2026, 1, 5), "2026-01-05T21:00", "2026-01-06T05:00"),
        ("Europe/Berlin", "22-6", date(2026, 3, 28), "2026-03-28T21:00", "2026-03-29T04:00"),  # seven hours
        ("Europe/Berlin", "22-6", date(2026, 10, 24), "2026-10-24T20:00", "2026-10-25T05:00"),  # nine
        ("Australia/Lord_Howe", "22-6", date(2026, 10, 3), "2026-10-03T11:30", "2026-10-03T19:00"),
        ("Australia/Lord_Howe", "22-6", date(2026, 4, 4), "2026-04-04T11:00", "2026-04-04T19:30"),
        ("Europe/Berlin", "16-24", date(2026, 1, 5), "2026-01-05T15:00", "2026-01-05T23:00"),
        ("America/Nuuk", "15-23:30", date(2026, 3, 28), "2026-03-28T17:00", "2026-03-29T01:30"),
        ("Pacific/Apia", "22-6", date(2011, 12, 29), "2011-12-30T08:00", "2011-12-30T16:00"),
    ],
)
def test_a_shift_runs_from_local_start_to_local_end(zone: str, hours: str, day: date, start: str, end: str) -> None:
    shift = works(zone, hours).shift(day)
    assert shift == Shift(day, instant(start), instant(end))
    assert shift.length == instant(end) - instant(start)


@pytest.mark.parametrize("hours", ["9-17", "22-6", "0-12"])
def test_a_date_that_the_zone_left_out_has_no_shift(hours: str) -> None:
    working = works("Pacific/Apia", hours)
    assert [s.date.day for s in working.shifts(date(2011, 12, 28), date(2011, 12, 31))] == [28, 29, 31]


@pytest.mark.parametrize("hours", ["2-3", "2:30-3:15"])
def test_hours_that_a_clock_change_swallows_are_no_shift_that_day(hours: str) -> None:
    working = works("Europe/Berlin", hours)
    assert [s.date.day for s in working.shifts(date(2026, 3, 28), date(2026, 3, 30))] == [28, 30]


def test_the_weekdays_are_local_ones() -> None:
    working = works("Pacific/Auckland", "9-17", "mon-fri")  # Monday morning there is Sunday in UTC
    monday = working.shift(date(2026, 1, 5))
    assert monday
    assert monday.start.weekday() == 6
    assert working.shift(date(2026, 1, 4)) is None


def test_a_week_may_go_from_sunday_to_thursday() -> None:
    working = works("Asia/Dubai", "9-17", "sun-thu")
    dates = [s.date.day for s in working.shifts(date(2026, 1, 1), date(2026, 1, 11))]
    assert dates == [1, 4, 5, 6, 7, 8, 11]


def test_there_is_no_shift_on_leave_and_on_holidays_and_the_reason_is_known() -> None:
    day = date(2026, 1, 5)
    working = works(
        "Europe/Lisbon",
        "9-17",
        "mon-fri",
        leave=(Leave(day + DAY, day + 2 * DAY, "moving house"), Leave(day + 20 * DAY, day + 21 * DAY)),
        holidays={day + 3 * DAY: "Founders' Day", day + 5 * DAY: "Saturday feast"}.get,
    )
    reasons = [working.reason_off(day + n * DAY) for n in range(7)]
    assert reasons == [
        None, DayOff.LEAVE, DayOff.LEAVE, DayOff.HOLIDAY, None, DayOff.WEEKDAY, DayOff.WEEKDAY,
    ]  # fmt: skip
    assert [s.date for s in working.shifts(day, day + 6 * DAY)] == [day, day + 4 * DAY]


def test_leave_on_a_holiday_is_leave() -> None:
    day = date(2026, 1, 5)
    working = works("Europe/Lisbon", "9-17", leave=(Leave(day, day),), holidays=lambda _: "feast")
    assert working.reason_off(day) is DayOff.LEAVE


def test_leave_counts_by_the_date_a_night_starts_on() -> None:
    day = date(2026, 1, 6)
    working = works("Europe/Berlin", "22-6", leave=(Leave(day, day),))
    assert working.is_working(instant("2026-01-06T03:00"))  # the night of the 5th
    assert not working.is_working(instant("2026-01-07T03:00"))


# Who is at work at an instant


def test_the_local_date_is_the_members_own() -> None:
    at = instant("2026-01-05T10:30")
    assert works("Pacific/Kiritimati", "9-17").local_date(at) == date(2026, 1, 6)
    assert works("Pacific/Pago_Pago", "9-17").local_date(at) == date(2026, 1, 4)
    assert works("Asia/Kathmandu", "9-17").local(at).time() == time(16, 15)


def test_a_naive_datetime_is_refused() -> None:
    working, naive = works("Europe/Lisbon", "9-17"), datetime(2026, 1, 5, 10)  # noqa: DTZ001
    for ask in (working.local_date, working.is_working, working.next_start, working.next_working):
        with pytest.raises(ValueError, match="time zone"):
            ask(naive)


@pytest.mark.parametrize(
    ("at", "expected"),
    [("08:59:59", False), ("09:00", True), ("16:59:59", True), ("17:00", False)],
)
def test_a_shift_includes_its_start_but_not_its_end(at: str, expected: bool) -> None:
    assert works("Europe/Lisbon", "9-17").is_working(instant(f"2026-01-05T{at}")) is expected


def test_after_midnight_a_night_shift_is_still_the_date_it_began_on() -> None:
    shift = works("Europe/Berlin", "22-6").current(instant("2026-01-06T02:00"))
    assert shift
    assert shift.date == date(2026, 1, 5)


def test_of_two_shifts_at_once_the_later_date_is_current() -> None:
    week = WorkingWeek((parse_hours("22-9"), parse_hours("8-16"), *[None] * 5))
    working = WorkingTime("UTC", week)
    found = [working.current(instant(f"2026-01-06T{hour}:30")) for hour in ("07", "08", "15")]
    assert [shift and shift.date.day for shift in found] == [5, 6, 6]


@pytest.mark.parametrize(
    ("zone", "hours", "at", "belongs_to"),
    [
        ("America/Nuuk", "15-23:30", "2026-03-29T01:15", date(2026, 3, 28)),  # an end in a gap at midnight
        ("Pacific/Apia", "22-6", "2011-12-30T15:00", date(2011, 12, 29)),  # the night before the missing date
        ("America/St_Johns", "0-8", "2006-10-29T02:45", date(2006, 10, 29)),  # clocks back to the day before
    ],
)
def test_a_shift_is_found_where_its_date_and_the_local_date_part(
    zone: str, hours: str, at: str, belongs_to: date
) -> None:
    working = works(zone, hours)
    assert working.local_date(instant(at)) != belongs_to
    shift = working.current(instant(at))
    assert shift
    assert shift.date == belongs_to


@given(working_times, moments)
def test_one_works_at_an_instant_just_when_some_shift_contains_it(working: WorkingTime, at: datetime) -> None:
    containing = [s for s in shifts_around(working, at, at) if s.start <= at < s.end]
    assert working.current(at) == (max(containing, key=lambda s: s.date) if containing else None)


# What comes next


@given(working_times, moments)
def test_the_next_start_is_the_first_later_one_and_work_begins_there(working: WorkingTime, after: datetime) -> None:
    start = working.next_start(after)
    assert start is not None
    assert start > after
    assert working.is_working(start)
    between = [s for s in shifts_around(working, after, start) if after < s.start < start]
    assert not between


def test_the_next_start_is_strictly_later() -> None:
    working = works("Europe/Lisbon", "9-17", "mon-fri")
    friday = instant("2026-01-09T09:00")
    assert working.next_start(friday - timedelta(seconds=1)) == friday
    assert working.next_start(friday) == instant("2026-01-12T09:00")


def test_the_next_start_is_looked_for_beyond_a_long_leave_but_not_beyond_the_horizon() -> None:
    leave = Leave(date(2026, 1, 1), date(2026, 12, 31))
    working = works("Europe/Lisbon", "9-17", "daily", leave=(leave,))
    after = instant("2026-01-01T12:00")
    assert working.next_start(after) == instant("2027-01-01T09:00")
    assert working.next_start(after, horizon_days=365) == instant("2027-01-01T09:00")
    assert working.next_start(after, horizon_days=364) is None


def test_a_member_without_working_days_never_starts() -> None:
    working = WorkingTime("Europe/Lisbon", WorkingWeek((None,) * 7))
    assert working.next_shift(instant("2026-01-01T12:00")) is None
    assert working.next_working(instant("2026-01-01T12:00")) is None
    assert list(working.shifts(date(2026, 1, 1), date(2026, 12, 31))) == []


def test_shifts_come_by_start_where_a_gap_at_midnight_swaps_two() -> None:
    saturday, sunday = parse_hours("23:30-23:55"), parse_hours("0-8")
    working = WorkingTime("America/Nuuk", WorkingWeek((*[None] * 5, saturday, sunday)))
    shift = working.next_shift(instant("2026-03-28T20:00"))
    assert shift == Shift(date(2026, 3, 29), instant("2026-03-29T01:00"), instant("2026-03-29T09:00"))
    following = working.next_shift(shift.start)
    assert following
    assert following.date == date(2026, 3, 28)


def test_the_next_working_instant_is_now_while_at_work() -> None:
    working = works("Europe/Lisbon", "9-17", "mon-fri")
    at_work, evening = instant("2026-01-09T16:00"), instant("2026-01-09T17:00")
    assert working.next_working(at_work) == at_work
    assert working.next_working(evening) == instant("2026-01-12T09:00")


# Arithmetic

durations = st.integers(0, 60 * 60 * 60).map(lambda seconds: timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("a", "b", "hours"),
    [
        ("2026-01-09T10:00", "2026-01-09T12:00", 2),
        ("2026-01-09T16:00", "2026-01-12T10:00", 2),  # over the weekend
        ("2026-01-09T18:00", "2026-01-12T08:00", 0),
        ("2026-01-05T00:00", "2026-01-12T00:00", 40),
        ("2026-01-09T10:00", "2026-01-09T10:00", 0),
    ],
)
def test_between_counts_working_time_only(a: str, b: str, hours: int) -> None:
    assert works("Europe/Lisbon", "9-17", "mon-fri").between(instant(a), instant(b)) == hours * HOUR


@pytest.mark.parametrize(("first_night", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-01-05", 8)])
def test_between_counts_the_hours_that_really_pass_in_a_night(first_night: str, hours: int) -> None:
    noon = instant(f"{first_night}T12:00")
    assert works("Europe/Berlin", "22-6").between(noon, noon + DAY) == hours * HOUR


def test_what_two_shifts_share_counts_once() -> None:
    week = WorkingWeek((parse_hours("22-9"), parse_hours("8-16"), *[None] * 5))
    working = WorkingTime("UTC", week)
    assert working.between(instant("2026-01-05T00:00"), instant("2026-01-08T00:00")) == 18 * HOUR
    assert working.add(instant("2026-01-05T22:00"), 12 * HOUR) == instant("2026-01-06T10:00")


@given(working_times, moments, st.integers(0, 12 * 24 * 60))
def test_between_is_the_number_of_minutes_that_some_shift_contains(
    working: WorkingTime, a: datetime, minutes: int
) -> None:
    a = a.replace(second=0, microsecond=0)
    b = a + timedelta(minutes=minutes)
    worked: set[int] = set()
    for shift in shifts_around(working, a, b):
        start, end = ((t - a) // timedelta(minutes=1) for t in (shift.start, shift.end))
        worked.update(range(max(start, 0), min(end, minutes)))
    assert working.between(a, b) == timedelta(minutes=len(worked))


@given(working_times, moments, durations)
def test_adding_a_duration_lets_just_that_much_working_time_pass(
    working: WorkingTime, start: datetime, duration: timedelta
) -> None:
    assume(working.between(start, start + 390 * DAY) >= duration)
    end = working.add(start, duration)
    assert working.between(start, end) == duration
    if duration:  # and no earlier instant would do
        assert working.between(start, end - timedelta(microseconds=1)) < duration


@given(working_times, moments, st.integers(0, 500), st.integers(0, 500))
def test_working_time_adds_up(working: WorkingTime, a: datetime, n: int, m: int) -> None:
    b, c = a + n * HOUR, a + (n + m) * HOUR
    assert working.between(a, b) + working.between(b, c) == working.between(a, c)


def test_adding_nothing_stays_where_it_is_even_off_work() -> None:
    night = instant("2026-01-05T03:00")
    assert works("Europe/Lisbon", "9-17").add(night, timedelta()) == night
    assert works("Europe/Lisbon", "9-17").add(night, timedelta(seconds=1)) == instant("2026-01-05T09:00:01")


def test_a_whole_day_of_work_ends_with_the_day_and_not_on_the_next() -> None:
    assert works("Europe/Lisbon", "9-17").add(instant("2026-01-05T09:00"), 8 * HOUR) == instant("2026-01-05T17:00")


def test_arithmetic_is_in_utc_whatever_zone_an_instant_comes_in() -> None:
    working, berlin = works("Europe/Berlin", "22-6"), ZoneInfo("Europe/Berlin")
    start, end = (instant(t).astimezone(berlin) for t in ("2026-03-28T22:00", "2026-03-29T03:00"))
    assert working.between(start, end) == 5 * HOUR  # six by the wall clock
    added = working.add(start, 5 * HOUR)
    assert (added, added.tzinfo) == (end, UTC)


@pytest.mark.parametrize(
    ("zone", "hours", "a", "b"),
    [
        ("Pacific/Apia", "22-6", "2011-12-30T15:00", "2011-12-30T15:30"),  # the night before the missing date
        ("America/St_Johns", "0-8", "2006-10-29T02:31", "2006-10-29T03:01"),  # clocks back to the day before
    ],
)
def test_arithmetic_finds_shifts_where_their_date_and_the_local_date_part(
    zone: str, hours: str, a: str, b: str
) -> None:
    working, half_an_hour = works(zone, hours), timedelta(minutes=30)
    assert working.between(instant(a), instant(b)) == half_an_hour
    assert working.add(instant(a), half_an_hour) == instant(b)


def test_time_does_not_run_backwards() -> None:
    working, at = works("Europe/Lisbon", "9-17"), instant("2026-01-05T12:00")
    with pytest.raises(ValueError, match="later"):
        working.between(at, at - timedelta(seconds=1))
    with pytest.raises(ValueError, match="negative"):
        working.add(at, timedelta(seconds=-1))


def test_working_time_that_does_not_come_is_an_error() -> None:
    at = instant("2026-01-05T12:00")
    with pytest.raises(NoWorkingTime):
        WorkingTime("UTC", WorkingWeek((None,) * 7)).add(at, HOUR)
    with pytest.raises(NoWorkingTime):
        works("UTC", "9-17").add(at, 8 * HOUR, horizon_days=0)
    assert works("UTC", "9-17").add(at, 8 * HOUR, horizon_days=1) == instant("2026-01-06T12:00")


def test_the_constants_name_the_week() -> None:
    assert format_weekdays(WORKDAYS) == "mon-fri"
    assert [date(2026, 1, 5 + n).strftime("%a").lower() for n in range(7)] == list(WEEKDAYS)
    assert WorkingWeek.uniform(NIGHT, SUNDAY_TO_THURSDAY).to_text() == "22:00-06:00 sun-thu"
