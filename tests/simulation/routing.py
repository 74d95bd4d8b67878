"""Whose work each handoff passes on, when, and to whom: worked out anew from everybody's settings at the time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.model.moment import from_micros
from tests.simulation.fuzzed_teams import DAY, HOUR, FuzzedTeams, Settings

Leg = tuple[datetime, datetime, frozenset[int]]
"""Start, end, and who."""
HORIZON = 40


def misrouted(world: FuzzedTeams, posts: Sequence[Any]) -> Iterator[str]:
    """A line for each handoff with another leg, instant or receiver than the design has; of calm days only."""
    if any(words.startswith("handoff legs") for _, _, words in world.done):
        return
    for post in posts:
        handed = from_micros(post.handed)
        crew = _calm_crew(world, post.team, handed)
        if crew is None or post.report:
            continue
        day = date.fromisoformat(post.date)
        _, _, end, members, _, _ = json.loads(post.leg)
        mine = next((leg for leg in legs(crew, day) if members[0] in leg[2]), None)
        if (
            mine is None
            or from_micros(end) != mine[1]
            or from_micros(post.passed) != mine[1]
            or not mine[2] >= {*members}
        ):
            yield f"another leg than it should be: {post.key} {members} {mine}"
            continue
        taking = receiver(crew, mine, max(handed, from_micros(post.passed)))
        found = frozenset(json.loads(post.receiver)[3]) if post.receiver else None
        if found != (taking and taking[2]):
            yield f"handed to {found}, not to {taking}: {post.key} at {handed}"


def _calm_crew(world: FuzzedTeams, team: int, at: datetime) -> Mapping[int, Settings] | None:
    """The settings of the team's members, if nothing was changed in the days before."""
    held = [standups.get(team) for since, standups in world.standups if since <= at]
    lately = [standups.get(team) for since, standups in world.standups if at - 4 * DAY <= since <= at]
    members = held[-1].members if held and held[-1] else ()
    if any(one is None or one.members != members for one in lately) or not members:
        return None
    names = {member.id: member.name for member in world.members.values() if member.id in members}
    if any(at - 4 * DAY <= since <= at for name in names.values() for since, _ in world.settings[name][1:]):
        return None
    return {id: world.settings_at(name, at) for id, name in names.items()}


def legs(crew: Mapping[int, Settings], day: date) -> list[Leg]:
    """The legs of a local date: cut wherever two starts lie three hours or more apart."""
    shifts = sorted((shift, id) for id, settings in crew.items() if (shift := settings.shift(day)))
    found: list[list[tuple[tuple[datetime, datetime], int]]] = []
    for shift, id in shifts:
        if found and shift[0] - found[-1][-1][0][0] < 3 * HOUR:
            found[-1].append((shift, id))
        else:
            found.append([(shift, id)])
    return [(leg[0][0][0], max(s[1] for s, _ in leg), frozenset(id for _, id in leg)) for leg in found]


def receiver(crew: Mapping[int, Settings], giving: Leg, at: datetime) -> Leg | None:
    """The leg then at work with most of its day left, else the one that starts next; of those who do not give."""
    today = at.astimezone(UTC).date()
    others = list(_without(giving, (leg for n in range(-3, HORIZON) for leg in legs(crew, today + timedelta(days=n)))))
    at_work = [leg for leg in others if leg[0] <= at < leg[1]]
    if at_work:
        return max(at_work, key=lambda leg: (leg[1], leg[0]))
    return min((leg for leg in others if leg[0] > at), key=lambda leg: leg[0], default=None)


def _without(giving: Leg, among: Iterable[Leg]) -> Iterator[Leg]:
    for start, end, members in among:
        if rest := members - giving[2]:
            yield start, end, rest
