"""The relay: who forms a leg on a date, when its baton passes, and which leg takes it.

Pure rules. Instants are aware datetimes in UTC; a leg's date is the local date of each of its members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from bot.api import MemberId, Shift, WorkingTime, utc

GAP = timedelta(hours=3)
"""Two starts so far apart, or further, belong to different legs."""
USEFUL = timedelta(hours=24)
"""A handoff that could not be posted for so long is no use any more: its receivers have had a day since."""
LATE = timedelta(minutes=15)
"""From when on a post says that it is late."""
AFTER_STANDUP = timedelta(hours=2)
"""How long after its standup a team of one leg gets its report."""
USUAL_STANDUP = timedelta(minutes=30)
"""How long after the start of the day a standup is taken to be, where none has been yet."""

_DAY = timedelta(days=1)
_EARLIEST = timedelta(hours=14)  # a local date begins at most so long before the same date in UTC
_HORIZON = 40  # days to look ahead: the longest holidays of a whole leg, and a working week


@dataclass(frozen=True, slots=True)
class NamedLeg:
    """A leg as the admin names it: its display name, and who is in it."""

    name: str
    members: tuple[MemberId, ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """Members whose shifts of their local date `date` are one stretch [start, end) of the relay.

    `members` are in the order they start, `zones` are theirs, each once; `name` is the admin's, or "".
    """

    date: date
    start: datetime
    end: datetime
    members: tuple[MemberId, ...]
    zones: tuple[str, ...]
    name: str = ""

    def without(self, members: Collection[MemberId]) -> Leg:
        """The same stretch for its other members."""
        return replace(self, members=tuple(m for m in self.members if m not in members))


@dataclass(frozen=True, slots=True)
class Pass:
    """A leg with the instant at which its work is handed on: its end, or a lone leg's report."""

    leg: Leg
    at: datetime


@dataclass(frozen=True)
class Relay:
    """A team's legs: the working times of its members, and the legs that its admin named."""

    times: Mapping[MemberId, WorkingTime]
    named: Sequence[NamedLeg] = ()
    _legs: dict[date, tuple[Leg, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _alone: dict[date, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def legs(self, day: date) -> tuple[Leg, ...]:
        """The legs of a local date, in the order they start; every member with a shift is in exactly one."""
        if day not in self._legs:
            self._legs[day] = legs_of(day, self.times, self.named)
        return self._legs[day]

    def leg_of(self, member: MemberId, day: date) -> Leg | None:
        """The leg that a member's date is in, or None on a day off."""
        return next((leg for leg in self.legs(day) if member in leg.members), None)

    def alone(self, day: date) -> bool:
        """Whether the week around that date has but one leg a date, leave and holidays aside: a team that reports."""
        if day not in self._alone:
            week = (day + step * _DAY for step in range(-3, 4))
            self._alone[day] = all(len(self._usual.legs(each)) <= 1 for each in week)
        return self._alone[day]

    @cached_property
    def _usual(self) -> Relay:
        return Relay({m: WorkingTime(t.zone, t.week) for m, t in self.times.items()}, self.named)

    def receiver(self, leg: Leg, at: datetime) -> Leg | None:
        """The leg that takes the baton at an instant: at work with most of its day left, else the next to start.

        Those who give are not among those who take: a leg of nobody else takes nothing. None if nobody else
        works within the horizon.
        """
        others = (found.without(leg.members) for found in self._around(at))
        here = [found for found in others if found.members and found.start <= at < found.end]
        return max(here, key=lambda found: (found.end, found.start)) if here else self._next(at, leg)

    def turn(self, now: datetime) -> tuple[Leg, ...]:
        """Legs at work or ahead, by start, until somebody's turn comes again: one turn of the relay."""
        ahead = sorted(
            (leg for day in _dates(now, 3, 8) for leg in self.legs(day) if leg.end > now),
            key=lambda leg: (leg.start, leg.date),
        )
        turn: list[Leg] = []
        seen: set[MemberId] = set()
        for leg in ahead:
            if seen & set(leg.members):
                break
            turn.append(leg)
            seen |= set(leg.members)
        return tuple(turn)

    def running(self, now: datetime) -> Iterator[Leg]:
        """The legs at work, those that end first first; then those that ended within a day, the latest first."""
        found = [leg for leg in self._around(now) if leg.start <= now < leg.end + USEFUL]
        yield from sorted((leg for leg in found if now < leg.end), key=lambda leg: leg.end)
        yield from sorted((leg for leg in found if leg.end <= now), key=lambda leg: leg.end, reverse=True)

    def _around(self, instant: datetime) -> Iterator[Leg]:
        for day in _dates(instant, 3, 2):
            yield from self.legs(day)

    def _next(self, after: datetime, giving: Leg) -> Leg | None:
        best: Leg | None = None
        for day in _dates(after, 2, _HORIZON):
            if best and _begins(day) > best.start:
                break
            for leg in (found.without(giving.members) for found in self.legs(day)):
                if leg.members and leg.start > after and (best is None or leg.start < best.start):
                    best = leg
        return best


def legs_of(day: date, times: Mapping[MemberId, WorkingTime], named: Sequence[NamedLeg] = ()) -> tuple[Leg, ...]:
    """The legs of a local date: the named ones, and the others cut where two starts lie GAP or more apart."""
    shifts = {m: shift for m, t in times.items() if (shift := t.shift(day))}
    legs = []
    for given in named:
        if members := [m for m in dict.fromkeys(given.members) if m in shifts]:
            legs.append(_leg({m: shifts.pop(m) for m in members}, times, given.name))
    cluster: dict[MemberId, Shift] = {}
    latest: datetime | None = None
    for member, shift in sorted(shifts.items(), key=lambda item: (item[1].start, item[0])):
        if latest and shift.start - latest >= GAP:
            legs.append(_leg(cluster, times))
            cluster = {}
        cluster[member] = shift
        latest = shift.start
    if cluster:
        legs.append(_leg(cluster, times))
    return tuple(sorted(legs, key=lambda leg: (leg.start, leg.members)))


def _leg(shifts: Mapping[MemberId, Shift], times: Mapping[MemberId, WorkingTime], name: str = "") -> Leg:
    members = tuple(sorted(shifts, key=lambda m: (shifts[m].start, m)))
    zones = tuple(dict.fromkeys(times[m].zone for m in members))
    first = shifts[members[0]]
    return Leg(first.date, first.start, max(s.end for s in shifts.values()), members, zones, name)


# --- when -----------------------------------------------------------------------------------------------------

Covered = Collection[tuple[MemberId, date]]
"""Whose work of which local date has been handed off."""


def passes(
    relay: Relay,
    after: datetime,
    covered: Covered,
    passes_at: Callable[[Leg], datetime],
    until: datetime | None = None,
) -> Iterator[Pass]:
    """Legs with somebody not covered that pass later than `after`: all up to `until`, or else the next one.

    In the order of their instants. A leg's members who are covered are left out of it.
    """
    found: list[Pass] = []
    for day in _dates(after, 3, _HORIZON):
        if found and until is None and _begins(day) > min(p.at for p in found):
            break
        if until is not None and _begins(day) > until:
            break
        for leg in relay.legs(day):
            rest = leg.without({m for m in leg.members if (m, leg.date) in covered})
            at = passes_at(leg)
            if rest.members and at > after and (until is None or at <= until):
                found.append(Pass(rest, at))
    found.sort(key=lambda p: (p.at, p.leg.start, p.leg.members))
    yield from found if until is not None else found[:1]


Prompts = Mapping[tuple[MemberId, date], datetime]
"""When a standup was due, by member and their local date."""


def report_at(leg: Leg, times: Mapping[MemberId, WorkingTime], prompts: Prompts) -> datetime:
    """When a lone leg gets its report if the admin sets no hour: two hours after the last of its standups.

    Who was not prompted yet is taken to be so at the wall time of the latest date that is known.
    """
    wall = _wall_time(times, prompts)
    return max(_standup(m, leg, times[m], prompts, wall) for m in leg.members) + AFTER_STANDUP


def _wall_time(times: Mapping[MemberId, WorkingTime], prompts: Prompts) -> time | None:
    """The wall time of most members' prompts on the latest date."""
    latest = max((day for _, day in prompts), default=None)
    walls = Counter(times[m].local(due).time() for (m, day), due in prompts.items() if day == latest)
    return max(walls, key=lambda wall: (walls[wall], wall), default=None)


def _standup(member: MemberId, leg: Leg, times: WorkingTime, prompts: Prompts, wall: time | None) -> datetime:
    if known := prompts.get((member, leg.date)):
        return known
    shift = times.shift(leg.date)
    if shift is None:
        return leg.start
    if wall is None:
        return shift.start + USUAL_STANDUP
    at = utc(leg.date, wall, times.zone)
    return at if shift.start <= at < shift.end else shift.start


def dates_around(instant: datetime, before: int, after: int) -> tuple[date, date]:
    """The first and last local date of those `before` and `after` days around an instant's date in UTC."""
    today = instant.astimezone(UTC).date()
    return today - before * _DAY, today + after * _DAY


def _dates(instant: datetime, before: int, after: int) -> Iterator[date]:
    first, last = dates_around(instant, before, after)
    while first <= last:
        yield first
        first += _DAY


def _begins(day: date) -> datetime:
    """The earliest instant at which that local date is anywhere."""
    return datetime.combine(day, time(), UTC) - _EARLIEST
