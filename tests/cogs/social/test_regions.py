"""Which members are a region, in which order regions come, and at which hour they post."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import Hours, Leave, MemberId, Shift, WorkingTime, WorkingWeek
from cogs.social.regions import GAP, WIDEST, Region, post_instant, regions_on, sun_order

MONDAY = date(2026, 11, 23)
NINE_TO_FIVE = Hours(time(9), time(17))


def working(zone: str, hours: Hours = NINE_TO_FIVE, leave: tuple[Leave, ...] = ()) -> WorkingTime:
    return WorkingTime(zone, WorkingWeek.uniform(hours), leave)


def zones_of(*members: WorkingTime, day: date = MONDAY) -> list[tuple[str, ...]]:
    times = {MemberId(number): times for number, times in enumerate(members)}
    return [region.zones for region in regions_on(day, times)]


# Who is a region


def test_members_whose_days_begin_near_each_other_are_a_region() -> None:
    assert zones_of(
        working("Europe/Lisbon"), working("America/New_York"), working("Europe/Madrid"), working("Asia/Tokyo")
    ) == [("America/New_York",), ("Asia/Tokyo",), ("Europe/Lisbon", "Europe/Madrid")]


def test_starts_three_hours_apart_are_two_regions() -> None:
    early, late = working("UTC"), working("UTC", Hours(time(12), time(20)))
    almost = working("UTC", Hours(time(11, 59), time(20)))
    assert len(zones_of(early, late)) == 2
    assert len(zones_of(early, almost)) == 1


def test_a_night_shift_is_a_region_of_its_own() -> None:
    assert zones_of(working("UTC"), working("UTC", Hours(time(22), time(6)))) == [("UTC",), ("UTC",)]


def test_the_zones_of_most_members_come_first() -> None:
    (zones,) = zones_of(working("Europe/Berlin"), working("Europe/Madrid"), working("Europe/Madrid"))
    assert zones == ("Europe/Madrid", "Europe/Berlin")


def test_a_region_may_lie_across_midnight_utc() -> None:
    members = (working("Asia/Tokyo"), working("Australia/Sydney"), working("Europe/Lisbon"))
    assert zones_of(*members) == [("Asia/Tokyo", "Australia/Sydney"), ("Europe/Lisbon",)]


def test_leave_and_holidays_do_not_take_a_region_away() -> None:
    away = working("Asia/Tokyo", leave=(Leave(MONDAY, MONDAY),))
    assert ("Asia/Tokyo",) in zones_of(away, working("Europe/Lisbon"))


def test_a_member_without_hours_is_in_no_region() -> None:
    idle = WorkingTime("Europe/Lisbon", WorkingWeek((None,) * 7))
    assert zones_of(idle) == []
    assert zones_of() == []


minutes = st.lists(st.integers(0, 1439), min_size=1, max_size=30)


@given(starts=minutes)
def test_every_member_is_in_one_region_and_no_region_is_wide(starts: list[int]) -> None:
    times = {
        MemberId(number): working("UTC", Hours(time(*divmod(start, 60)), time(*divmod((start + 60) % 1440, 60))))
        for number, start in enumerate(starts)
    }
    regions = regions_on(MONDAY, times)
    assert sorted(m for region in regions for m in region.members) == sorted(times)
    for region in regions:
        spread = [(starts[m] - region.start) % 1440 for m in region.members]
        assert max(spread) <= WIDEST
        assert all(later - earlier < GAP for earlier, later in zip(sorted(spread), sorted(spread)[1:], strict=False))


# Their order

ATLAS = [
    Region(("Asia/Tokyo",), (), 0),
    Region(("Europe/Lisbon",), (), 9 * 60),
    Region(("America/Denver",), (), 16 * 60),
]


def names(regions: tuple[Region, ...]) -> list[str]:
    return [region.name for region in regions]


def test_regions_come_in_the_order_of_the_sun_from_the_first_by_name() -> None:
    assert names(sun_order(ATLAS)) == ["America/Denver", "Asia/Tokyo", "Europe/Lisbon"]
    assert sun_order([]) == ()


@given(minutes=st.integers(0, 1439), shuffled_regions=st.permutations(ATLAS))
def test_the_order_stays_when_starts_move_across_midnight(minutes: int, shuffled_regions: list[Region]) -> None:
    moved = [Region(region.zones, (), (region.start + minutes) % 1440) for region in shuffled_regions]
    assert names(sun_order(moved)) == names(sun_order(ATLAS))


# Their hour


def shift(zone: str, start: datetime, end: datetime) -> tuple[str, Shift]:
    place = ZoneInfo(zone)
    begins, ends = (moment.replace(tzinfo=place).astimezone(UTC) for moment in (start, end))
    return zone, Shift(start.date(), begins, ends)


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=days), time(hour, minute))


def test_the_post_goes_out_at_ten_in_the_morning() -> None:
    assert post_instant([shift("Europe/Madrid", at(9), at(17))]) == datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "posted"),
    [
        (at(13, 30), at(20), datetime(2026, 11, 23, 12, 30, tzinfo=UTC)),
        (at(22), at(6, days=1), datetime(2026, 11, 23, 21, tzinfo=UTC)),
    ],
)
def test_the_post_waits_for_a_working_day_that_starts_later(begins: datetime, ends: datetime, posted: datetime) -> None:
    assert post_instant([shift("Europe/Madrid", begins, ends)]) == posted


def test_a_shift_that_is_over_by_ten_has_the_post_at_its_start() -> None:
    assert post_instant([shift("Europe/Madrid", at(4), at(9))]) == datetime(2026, 11, 23, 3, tzinfo=UTC)


def test_the_middle_member_decides() -> None:
    asia = [
        shift("Asia/Tokyo", at(9), at(18)),  # ten is 01:00 UTC
        shift("Asia/Kolkata", at(9), at(18)),  # ten is 04:30 UTC
        shift("Asia/Singapore", at(9), at(18)),  # ten is 02:00 UTC
    ]
    assert post_instant(asia) == datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert post_instant(asia[:2]) == datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_a_region_where_nobody_works_posts_nothing() -> None:
    assert post_instant([]) is None


@pytest.mark.parametrize("day", [date(2026, 3, 27), date(2026, 3, 30)])
def test_the_post_keeps_its_local_hour_when_clocks_change(day: date) -> None:
    nine, five = datetime.combine(day, time(9)), datetime.combine(day, time(17))
    instant = post_instant([shift("Europe/Madrid", nine, five)])
    assert instant is not None
    assert instant.astimezone(ZoneInfo("Europe/Madrid")).time() == time(10)


@given(
    zone=st.sampled_from(["Pacific/Auckland", "Asia/Kathmandu", "Europe/Lisbon", "America/St_Johns"]),
    minutes=st.integers(0, 365 * 24 * 60),
    hours=st.integers(1, 12),
)
def test_the_post_falls_into_the_shift(zone: str, minutes: int, hours: int) -> None:
    begins = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ends = begins + timedelta(hours=hours)
    day = begins.astimezone(ZoneInfo(zone)).date()
    instant = post_instant([(zone, Shift(day, begins, ends))])
    assert instant is not None
    assert begins <= instant < ends
