"""When a team's next social prompt comes, who goes first, and from which theme. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.api import MemberId, TeamId, Weekdays, WorkingTime, WorkspaceId
from cogs.social.domain import host, posting_date, theme_for
from cogs.social.prompts import FROM_THE_TEAM, THEMES
from cogs.social.regions import Region, post_instant, regions_on

DAYS: Weekdays = frozenset({0, 2, 4})
"""Weekdays of prompts, if nobody says which."""
STILL_GOOD = timedelta(hours=6)
"""A prompt that could not go out for longer than this, or on its host's own date, is left out."""
HORIZON = timedelta(days=400)
_DAY = timedelta(days=1)

ALL_THEMES = tuple(theme.name for theme in THEMES)
NAMES = (*ALL_THEMES, FROM_THE_TEAM.name)
"""Every theme that can be named, the team's own last."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A team's social prompts: weekdays, themes (names; none means all), whether they are on, since when (UTC)."""

    team: TeamId
    workspace: WorkspaceId
    days: Weekdays
    themes: tuple[str, ...]
    on: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """One posting date: the instant (UTC), the region that goes first, and all of them in the sun's order."""

    date: date
    at: datetime
    host: Region
    regions: tuple[Region, ...]


def plans_for(day: date, days: Weekdays, times: Mapping[MemberId, WorkingTime]) -> tuple[Plan, ...]:
    """The plan of a posting date; if nobody of the host works that date, those of who may stand in, by turn."""
    regions = regions_on(day, times)
    if not regions:
        return ()
    first = host(day, days, regions)
    plans = []
    for region in (*regions[first:], *regions[:first]):
        shifts = [(times[m].zone, shift) for m in region.members if (shift := times[m].shift(day))]
        if (at := post_instant(shifts)) is not None:
            plans.append(Plan(day, at, region, regions))
        if plans and region is regions[first]:
            break
    return tuple(plans)


def upcoming(
    settings: Settings, times: Mapping[MemberId, WorkingTime], now: datetime, after: date | None
) -> Plan | None:
    """The first posting date later than `after` that is not past; due already, if it was missed just now."""
    day = (now - 2 * _DAY).date()
    if after is not None:
        day = max(day, after + _DAY)
    while (day := posting_date(day, settings.days)) <= (now + HORIZON).date():
        for plan in plans_for(day, settings.days, times):
            if plan.at >= settings.since and (plan.at >= now or _still_good(plan, times, now)):
                return plan
        day += _DAY
    return None


def _still_good(plan: Plan, times: Mapping[MemberId, WorkingTime], now: datetime) -> bool:
    clock = times[plan.host.members[0]]
    return now - plan.at <= STILL_GOOD and clock.local_date(now) == clock.local_date(plan.at)


def next_theme(day: date, settings: Settings, *, suggested: bool, waiting: bool, latest: str | None) -> str:
    """The theme of a posting date: its turn in the week's, or a suggestion that waits for its first post.

    `suggested` says whether the team has prompts of its own, `waiting` whether one was never posted; `latest` is
    the theme of the post before: two of the team's own never follow each other only because they are new.
    """
    if waiting and latest != FROM_THE_TEAM.name:
        return FROM_THE_TEAM.name
    return theme_for(day, themes_in_use(settings.themes, suggested=suggested), settings.days)


def themes_in_use(themes: Sequence[str], *, suggested: bool) -> tuple[str, ...]:
    """The themes that take turns: those chosen that have prompts, else all but the team's own."""
    known = NAMES if suggested else ALL_THEMES
    return tuple(name for name in known if name in themes) or ALL_THEMES
