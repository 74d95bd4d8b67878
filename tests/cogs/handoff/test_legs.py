"""The relay's pure rules: legs, when their baton passes, who takes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import WORKDAYS, Hours, Leave, MemberId, WorkingTime, WorkingWeek
from cogs.handoff.absence import Away, away
from cogs.handoff.domain import GAP, Leg, NamedLeg, Relay, legs_of, passes, report_at
from cogs.handoff.naming import BadLegs, parse_legs

MONDAY = date(2026, 10, 26)
FRIDAY = date(2026, 10, 30)
NINE_TO_FIVE = Hours(time(9), time(17))


def works(zone: str, hours: Hours = NINE_TO_FIVE, *leave: Leave) -> WorkingTime:
    return WorkingTime(zone, WorkingWeek.uniform(hours, WORKDAYS), leave)


def team(*zones: str) -> dict[MemberId, WorkingTime]:
    return {MemberId(n): works(zone) for n, zone in enumerate(zones, start=1)}


def groups(legs: tuple[Leg, ...]) -> list[tuple[int, ...]]:
    return [leg.members for leg in legs]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


AUCKLAND, KOLKATA, LONDON, ANGELES = (
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Europe/London",
    "America/Los_Angeles",
)


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ((LONDON,), [(1,)]),
        ((LONDON, "Europe/Berlin"), [(2, 1)]),
        ((AUCKLAND, KOLKATA, LONDON, ANGELES), [(1,), (2,), (3,), (4,)]),
        ((ANGELES, AUCKLAND), [(2,), (1,)]),
        # Dubai starts at 05:00, Lagos at 08:00: exactly three hours cut; Karachi (04:00) does not.
        (("Asia/Dubai", "Africa/Lagos", "Asia/Karachi"), [(3, 1), (2,)]),
        (("Asia/Dubai", "Europe/Helsinki", "Africa/Lagos"), [(1, 2, 3)]),
    ],
)
def test_a_date_is_cut_where_two_starts_lie_three_hours_apart(
    zones: tuple[str, ...], expected: list[tuple[int, ...]]
) -> None:
    assert groups(legs_of(MONDAY, team(*zones))) == expected


def test_a_leg_lasts_from_its_first_start_to_its_last_end() -> None:
    early = works("Europe/Berlin", Hours(time(8), time(19)))
    (leg,) = legs_of(MONDAY, {MemberId(1): works("Europe/Lisbon"), MemberId(2): early})
    assert (leg.start, leg.end) == (at(26, 7), at(26, 18))
    assert leg.zones == ("Europe/Berlin", "Europe/Lisbon")


def test_a_night_shift_belongs_to_the_date_it_starts_on() -> None:
    times = {MemberId(1): works(LONDON), MemberId(2): works(LONDON, Hours(time(22), time(6)))}
    day, night = legs_of(MONDAY, times)
    assert (night.members, night.start, night.end) == ((2,), at(26, 22), at(27, 6))
    assert Relay(times).receiver(night, night.end) == legs_of(MONDAY + timedelta(days=1), times)[0]
    assert Relay(times).receiver(day, day.end) == night


def test_a_clock_change_moves_a_leg_with_its_members() -> None:
    times = team("Europe/Lisbon", AUCKLAND)
    assert legs_of(date(2026, 10, 23), times)[1].end == at(23, 16)
    assert legs_of(MONDAY, times)[1].end == at(26, 17)


def test_legs_of_a_team_all_around_the_clock_are_of_one_date_each() -> None:
    times = team(AUCKLAND, "Pacific/Honolulu")
    first, last = legs_of(MONDAY, times)
    assert (first.start, last.end) == (at(25, 20), at(27, 3))


def test_members_of_a_named_leg_are_together_and_the_others_in_legs_of_their_own() -> None:
    times = team(AUCKLAND, LONDON, "Europe/Berlin", ANGELES)
    named = [NamedLeg("Pacific", (MemberId(1), MemberId(4)))]
    legs = legs_of(MONDAY, times, named)
    assert [(leg.name, leg.members) for leg in legs] == [("Pacific", (1, 4)), ("", (3, 2))]


def test_a_named_leg_of_which_nobody_works_is_no_leg() -> None:
    assert legs_of(date(2026, 10, 31), team(LONDON), [NamedLeg("EMEA", (MemberId(1),))]) == ()


@pytest.mark.parametrize(
    ("giving", "receiving"),
    [(AUCKLAND, KOLKATA), (KOLKATA, LONDON), (LONDON, ANGELES), (ANGELES, AUCKLAND)],
)
def test_the_baton_goes_around_the_world(giving: str, receiving: str) -> None:
    times = team(AUCKLAND, KOLKATA, LONDON, ANGELES)
    relay = Relay(times)
    day = MONDAY + timedelta(days=1)
    leg = next(leg for leg in relay.legs(day) if leg.zones == (giving,))
    taking = relay.receiver(leg, leg.end)
    assert taking is not None
    assert taking.zones == (receiving,)


def test_of_two_legs_at_work_the_one_with_most_of_its_day_left_takes_it() -> None:
    # Berlin ends at 16:00 UTC: New York (13-21) and Los Angeles (16-24) are both at work.
    relay = Relay(team("Europe/Berlin", "America/New_York", ANGELES))
    leg = relay.legs(MONDAY)[0]
    taking = relay.receiver(leg, leg.end)
    assert taking is not None
    assert taking.zones == (ANGELES,)


def test_on_a_friday_it_goes_to_who_starts_on_monday() -> None:
    relay = Relay(team(LONDON, AUCKLAND))
    leg = relay.legs(FRIDAY)[1]
    taking = relay.receiver(leg, leg.end)
    assert taking is not None
    assert (taking.date, taking.zones) == (date(2026, 11, 2), (AUCKLAND,))


def test_it_skips_a_leg_that_is_away_and_never_comes_back_to_its_givers() -> None:
    gone = Leave(date(2026, 10, 27), date(2026, 10, 28))
    times = {MemberId(1): works(LONDON), MemberId(2): works(AUCKLAND, NINE_TO_FIVE, gone)}
    relay = Relay(times)
    leg = relay.legs(MONDAY)[1]
    taking = relay.receiver(leg, leg.end)
    assert taking is not None
    assert (taking.date, taking.members) == (date(2026, 10, 29), (2,))


def test_nobody_takes_it_where_there_is_nobody_else() -> None:
    relay = Relay(team(LONDON))
    assert relay.receiver(relay.legs(MONDAY)[0], at(26, 17)) is None


def test_a_team_is_one_leg_by_its_usual_week_whatever_leave_says() -> None:
    assert Relay(team(LONDON, "Europe/Berlin")).alone(MONDAY)
    gone = {MemberId(1): works(LONDON), MemberId(2): works(AUCKLAND, NINE_TO_FIVE, Leave(MONDAY, FRIDAY))}
    assert not Relay(gone).alone(MONDAY)


def test_a_turn_of_the_relay_has_everybody_once() -> None:
    turn = Relay(team(AUCKLAND, LONDON, ANGELES)).turn(at(27, 12))
    assert groups(turn) == [(2,), (3,), (1,)]


def ends(leg: Leg) -> datetime:
    return leg.end


def test_the_next_pass_is_the_next_end_of_a_leg_that_is_not_covered() -> None:
    relay = Relay(team(AUCKLAND, LONDON, ANGELES))
    (first,) = passes(relay, at(27, 12), (), ends)
    assert (first.leg.zones, first.at) == ((LONDON,), at(27, 17))
    (second,) = passes(relay, at(27, 12), {(MemberId(2), date(2026, 10, 27))}, ends)
    assert (second.leg.zones, second.at) == ((ANGELES,), at(28, 0))


def test_after_a_downtime_all_passes_since_are_found_in_order() -> None:
    relay = Relay(team(AUCKLAND, LONDON, ANGELES))
    missed = list(passes(relay, at(27, 12), (), ends, until=at(28, 17)))
    assert [p.at for p in missed] == [at(27, 17), at(28, 0), at(28, 4), at(28, 17)]


@pytest.mark.parametrize(
    ("prompts", "expected"),
    [
        ({}, at(26, 11, 30)),  # nothing known: half an hour into the day, and two hours
        ({(1, MONDAY): at(26, 10)}, at(26, 12)),  # who is not prompted yet will be at that time
        # As on Friday, by the wall clock: 13:00 is one hour later in UTC since the clocks changed on Sunday.
        ({(1, date(2026, 10, 23)): datetime(2026, 10, 23, 12, tzinfo=UTC)}, at(26, 15)),
        # Friday's prompts came at 10:00 on the wall clock to both.
        ({(n, date(2026, 10, 23)): datetime(2026, 10, 23, 9, tzinfo=UTC) for n in (1, 2)}, at(26, 12)),
    ],
)
def test_a_lone_leg_reports_two_hours_after_its_standup(
    prompts: Mapping[tuple[MemberId, date], datetime], expected: datetime
) -> None:
    times = team(LONDON, LONDON)
    (leg,) = legs_of(MONDAY, times)
    assert report_at(leg, times, prompts) == expected


def test_who_is_on_leave_or_on_holiday_on_their_next_working_day_is_away() -> None:
    def feast(day: date) -> str | None:
        return "Feast" if day == date(2026, 11, 2) else None

    times = {
        MemberId(1): works(LONDON, NINE_TO_FIVE, Leave(date(2026, 10, 31), date(2026, 11, 4))),
        MemberId(2): WorkingTime(LONDON, WorkingWeek.uniform(NINE_TO_FIVE, WORKDAYS), (), feast),
        MemberId(3): works(LONDON),
        MemberId(4): works(LONDON, NINE_TO_FIVE, Leave(FRIDAY, FRIDAY)),
    }
    assert away(times, at(30, 17), times) == (
        Away(MemberId(1), False, date(2026, 11, 5)),
        Away(MemberId(2), True, date(2026, 11, 3)),
    )


# --- legs as an admin names them ------------------------------------------------------------------------------

NAMES = {"Ana": MemberId(1), "Bo": MemberId(2), "Cy": MemberId(3), "Anabel Lee": MemberId(4)}


def test_named_legs_are_read_with_or_without_at_signs_and_by_the_beginning_of_a_name() -> None:
    assert parse_legs("APAC: @ana, bo | EMEA: Cy, Anab", NAMES) == (
        NamedLeg("APAC", (MemberId(1), MemberId(2))),
        NamedLeg("EMEA", (MemberId(3), MemberId(4))),
    )


@pytest.mark.parametrize(
    ("text", "problem", "word"),
    [
        ("", "form", ""),
        ("APAC", "form", "APAC"),
        ("APAC: ", "form", "APAC:"),
        (": Ana", "form", ": Ana"),
        ("APAC: Zed", "unknown", "Zed"),
        ("APAC: An", "ambiguous", "An"),
        ("APAC: Ana | EMEA: Ana", "member twice", "Ana"),
        ("APAC: Ana | apac: Bo", "name twice", "apac"),
        (f"{'x' * 41}: Ana", "long", "x" * 41),
    ],
)
def test_named_legs_that_can_not_be_used_say_which_part_is_wrong(text: str, problem: str, word: str) -> None:
    with pytest.raises(BadLegs) as raised:
        parse_legs(text, NAMES)
    assert (raised.value.problem, raised.value.word) == (problem, word)


# --- whatever the team ----------------------------------------------------------------------------------------

ZONES = (
    AUCKLAND, KOLKATA, LONDON, ANGELES, "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu",
    "America/St_Johns", "Australia/Lord_Howe", "America/Nuuk", "Africa/Casablanca", "Asia/Tokyo", "America/Sao_Paulo",
)  # fmt: skip
TIMES = st.times().map(lambda t: t.replace(minute=t.minute // 15 * 15, second=0, microsecond=0, fold=0))
HOURS = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Hours(*pair))
DAYS = st.frozensets(st.integers(0, 6), min_size=1)
WORKING = st.builds(
    lambda zone, hours, days: WorkingTime(zone, WorkingWeek.uniform(hours, days)), st.sampled_from(ZONES), HOURS, DAYS
)
TEAMS = st.lists(WORKING, min_size=1, max_size=8).map(lambda all: {MemberId(n): t for n, t in enumerate(all, 1)})
DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def named(draw: st.DrawFn, times: Mapping[MemberId, WorkingTime]) -> list[NamedLeg]:
    legs: dict[int, list[MemberId]] = {}
    for member in times:
        legs.setdefault(draw(st.integers(0, 2)), []).append(member)
    return [NamedLeg(f"leg {n}", tuple(members)) for n, members in legs.items() if n]


@given(st.data(), TEAMS, DATES)
def test_everyone_who_works_on_a_date_is_in_exactly_one_leg(
    data: st.DataObject, times: dict[MemberId, WorkingTime], day: date
) -> None:
    legs = legs_of(day, times, data.draw(named(times)))
    assert sorted(m for leg in legs for m in leg.members) == [m for m in times if times[m].shift(day)]
    for leg in legs:
        shifts = [shift for m in leg.members if (shift := times[m].shift(day))]
        assert (leg.start, leg.end) == (min(s.start for s in shifts), max(s.end for s in shifts))


@given(TEAMS, DATES)
def test_between_automatic_legs_lie_three_hours_and_inside_them_less(
    times: dict[MemberId, WorkingTime], day: date
) -> None:
    def starts(leg: Leg) -> list[datetime]:
        return [shift.start for m in leg.members if (shift := times[m].shift(day))]

    legs = [starts(leg) for leg in legs_of(day, times)]
    assert all(b - a < GAP for leg in legs for a, b in pairwise(leg))
    assert all(after[0] - before[-1] >= GAP for before, after in pairwise(legs))


@given(TEAMS, DATES)
def test_who_takes_the_baton_is_never_who_gives_it(times: dict[MemberId, WorkingTime], day: date) -> None:
    relay = Relay(times)
    for leg in relay.legs(day):
        taking = relay.receiver(leg, leg.end)
        if taking is not None:
            assert taking.members
            assert not set(taking.members) & set(leg.members)
            assert taking.end > leg.end


@given(TEAMS, DATES)
def test_going_from_pass_to_pass_hands_off_every_shift_once(times: dict[MemberId, WorkingTime], day: date) -> None:
    relay = Relay(times)
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=9)
    covered: set[tuple[MemberId, date]] = set()
    floor = start
    while (upcoming := next(passes(relay, floor, covered, ends), None)) and upcoming.at <= end:
        for passed in passes(relay, floor, covered, ends, until=upcoming.at):
            assert passed.at == upcoming.at
            fresh = {(m, passed.leg.date) for m in passed.leg.members}
            assert not fresh & covered
            covered |= fresh
        floor = upcoming.at
    whole = {
        (m, leg.date)
        for n in range(-3, 12)
        for leg in relay.legs(day + timedelta(days=n))
        for m in leg.members
        if start < leg.end <= end
    }
    assert covered == whole
