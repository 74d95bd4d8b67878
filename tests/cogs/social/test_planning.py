"""When a team's next prompt comes, who goes first, and from which theme."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.api import Hours, Leave, MemberId, TeamId, WorkingTime, WorkingWeek, WorkspaceId
from cogs.social.planning import (
    ALL_THEMES,
    HORIZON,
    NAMES,
    Settings,
    next_theme,
    plans_for,
    themes_in_use,
    upcoming,
)

NINE_TO_FIVE = WorkingWeek.uniform(Hours(time(9), time(17)))
LISBON = {MemberId(1): WorkingTime("Europe/Lisbon", NINE_TO_FIVE)}
MONDAY = date(2026, 11, 23)
SUNDAY_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)


def settings(*days: int, since: datetime = SUNDAY_NOON, themes: tuple[str, ...] = ()) -> Settings:
    return Settings(TeamId(1), WorkspaceId(1), frozenset(days or (0, 2, 4)), themes, True, since)


def test_the_next_prompt_comes_on_the_first_posting_date() -> None:
    plan = upcoming(settings(), LISBON, SUNDAY_NOON, None)
    assert plan is not None
    assert (plan.date, plan.at) == (MONDAY, TEN)


def test_a_date_that_was_posted_is_not_planned_again() -> None:
    plan = upcoming(settings(), LISBON, SUNDAY_NOON, MONDAY)
    assert plan is not None
    assert plan.date == MONDAY + timedelta(days=2)


@pytest.mark.parametrize(
    ("late", "planned"),
    [
        (timedelta(), MONDAY),
        (timedelta(hours=6), MONDAY),
        (timedelta(hours=6, minutes=1), MONDAY + timedelta(days=2)),
        (timedelta(days=1), MONDAY + timedelta(days=2)),
    ],
)
def test_a_late_prompt_is_still_good_for_six_hours(late: timedelta, planned: date) -> None:
    plan = upcoming(settings(), LISBON, TEN + late, None)
    assert plan is not None
    assert plan.date == planned


def test_a_late_prompt_is_no_good_on_its_hosts_next_date() -> None:
    night = {MemberId(1): WorkingTime("Europe/Lisbon", WorkingWeek.uniform(Hours(time(22), time(6))))}
    at_one = datetime(2026, 11, 24, 1, tzinfo=UTC)
    plan = upcoming(settings(), night, at_one, None)
    assert plan is not None
    assert plan.date == MONDAY + timedelta(days=2)


def test_nothing_is_made_up_for_from_before_it_was_switched_on() -> None:
    plan = upcoming(settings(since=TEN + timedelta(hours=1)), LISBON, TEN + timedelta(hours=1), None)
    assert plan is not None
    assert plan.date == MONDAY + timedelta(days=2)


def test_a_region_off_duty_passes_its_turn_on() -> None:
    times = {**LISBON, MemberId(2): WorkingTime("Asia/Tokyo", NINE_TO_FIVE)}
    whole_day = Leave(MONDAY, MONDAY)
    for away in times:
        left = {m: WorkingTime(t.zone, t.week, (whole_day,)) if m == away else t for m, t in times.items()}
        (plan,) = plans_for(MONDAY, frozenset({0}), left)
        assert away not in plan.host.members


def test_who_stands_in_is_the_first_by_turn_whose_hour_is_not_past() -> None:
    zones = ["Asia/Tokyo", "Europe/Lisbon", "America/Denver"]
    times = {MemberId(number): WorkingTime(zone, NINE_TO_FIVE) for number, zone in enumerate(zones)}
    (turn,) = plans_for(MONDAY, frozenset({0}), times)
    (host,) = turn.host.members
    times[host] = WorkingTime(times[host].zone, NINE_TO_FIVE, (Leave(MONDAY, MONDAY),))
    stand_ins = plans_for(MONDAY, frozenset({0}), times)
    assert len(stand_ins) == 2
    for now in (stand_ins[0].at, stand_ins[1].at):
        plan = upcoming(settings(0, since=now), times, now, None)
        assert plan is not None
        assert plan.at == now


def test_a_host_who_was_missed_passes_no_turn_on() -> None:
    tokyo = {MemberId(2): WorkingTime("Asia/Tokyo", NINE_TO_FIVE)}
    times = {**LISBON, **tokyo}
    monday = next(
        day
        for day in (MONDAY + timedelta(weeks=week) for week in range(2))
        if plans_for(day, frozenset({0}), times)[0].host.zones == ("Asia/Tokyo",)
    )
    later = datetime.combine(monday, time(9), UTC)
    plan = upcoming(settings(0), times, later, None)
    assert plan is not None
    assert plan.date == monday + timedelta(days=7)


def test_a_date_when_nobody_works_is_left_out() -> None:
    off = {MemberId(1): WorkingTime("Europe/Lisbon", NINE_TO_FIVE, (Leave(MONDAY, MONDAY),))}
    plan = upcoming(settings(), off, SUNDAY_NOON, None)
    assert plan is not None
    assert plan.date == MONDAY + timedelta(days=2)


def test_nothing_is_planned_for_nobody() -> None:
    assert upcoming(settings(), {}, SUNDAY_NOON, None) is None
    long = Leave(MONDAY, MONDAY + HORIZON + timedelta(days=9))
    off = {MemberId(1): WorkingTime("Europe/Lisbon", NINE_TO_FIVE, (long,))}
    assert upcoming(settings(), off, SUNDAY_NOON, None) is None


# Themes


def test_a_new_suggestion_is_the_next_prompt() -> None:
    theme = next_theme(MONDAY, settings(), suggested=True, waiting=True, latest="pets")
    assert theme == "team"


def test_two_suggestions_in_a_row_are_kept_apart() -> None:
    theme = next_theme(MONDAY, settings(), suggested=True, waiting=True, latest="team")
    assert theme in ALL_THEMES


def test_the_chosen_themes_take_turns() -> None:
    days = [MONDAY + timedelta(days=number) for number in range(0, 28, 7)]
    chosen = settings(0, themes=("pets", "food"))
    shown = {next_theme(day, chosen, suggested=False, waiting=False, latest=None) for day in days}
    assert shown == {"pets", "food"}


def test_the_teams_own_theme_takes_turns_only_if_it_is_chosen_and_has_prompts() -> None:
    assert themes_in_use(("pets", "team"), suggested=True) == ("pets", "team")
    assert themes_in_use(("pets", "team"), suggested=False) == ("pets",)
    assert themes_in_use(("team",), suggested=False) == ALL_THEMES
    assert themes_in_use((), suggested=True) == ALL_THEMES == NAMES[:-1]
