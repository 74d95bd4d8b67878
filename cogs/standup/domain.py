"""When a standup asks: the rules of prompts, catching up, reminders and the date an update is for.

Pure. Instants are aware datetimes in UTC, dates are the member's local ones.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.api import Schedule, Weekdays, WorkingTime, due, next_occurrence

GRACE = timedelta(minutes=5)
"""A prompt that is later than this says that it is late."""
REMIND_BEFORE = timedelta(hours=2)
"""How long before the day's end the one reminder comes, and how long after the prompt at the earliest."""
LEAST_SNOOZE = timedelta(minutes=5)
PATIENCE = timedelta(days=4)
"""How long after the day's end a late answer is still taken as one, if no prompt comes first: a long weekend."""
EARLY = timedelta(hours=12)
"""How long before a working day starts its update may be written."""
MOST_WEEKS = 12

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ask:
    """A date to prompt for, and when that was due."""

    date: date
    due: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Next:
    """The date to prompt for next, and when."""

    date: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to do when a prompt's timer goes off: dates that are over, the date to ask for, the one after."""

    missed: tuple[Ask, ...]
    ask: Ask | None
    next: Next | None


def following(schedule: Schedule, working: WorkingTime, after: datetime, from_date: date | None = None) -> Next | None:
    """The first date that is due later than an instant."""
    found = next_occurrence(schedule, working, after, from_date)
    return Next(found.date, found.at) if found else None


def turn(schedule: Schedule, working: WorkingTime, day: date, planned: datetime, now: datetime) -> Turn:
    """Decide about the date `day`, whose prompt was planned for an instant, and all that came due since.

    While the day still runs it is asked for, once, and late if it is; a day that is over was missed. If by now
    the date is due later, or not at all, there is only a next one.
    """
    at = due(schedule, day, working)
    if at is None or at > now:
        return Turn((), None, following(schedule, working, now, day))
    at = max(at, planned)
    missed: list[Ask] = []
    while True:
        shift = working.shift(day)
        after = following(schedule, working, at, day + _DAY)
        asked = Ask(day, at, now - at > GRACE)
        if shift is not None and now < shift.end:
            return Turn(tuple(missed), asked, after)
        missed.append(asked)
        if after is None or after.at > now:
            return Turn(tuple(missed), None, after)
        day, at = after.date, after.at


def plan(
    schedule: Schedule, working: WorkingTime, now: datetime, planned: date | None, claimed: Collection[date]
) -> Next | None:
    """The next prompt after something changed; never for a date that is `claimed`.

    A date whose prompt was still to come (`planned`) keeps it: if the change put its time into the past, it is
    asked for at once while that day runs. No other date is asked for after its time.
    """
    if planned is not None and planned not in claimed:
        at, shift = due(schedule, planned, working), working.shift(planned)
        if at is not None and shift is not None and at <= now < shift.end:
            return Next(planned, now)
    found = following(schedule, working, now)
    while found and found.date in claimed:
        found = following(schedule, working, found.at, found.date + _DAY)
    return found


def remind_at(asked: datetime, ends: datetime) -> datetime | None:
    """When to remind of a prompt, or None where that would come within two hours of it."""
    at = ends - REMIND_BEFORE
    return at if at - asked >= REMIND_BEFORE else None


def date_for(schedule: Schedule, working: WorkingTime, now: datetime) -> date | None:
    """The date that an update written now is for: the working day at hand, else the nearest one around.

    Nearest is the one that ended last (within a few days) or the one that starts next (within half a day).
    None if there is neither.
    """
    today = working.local_date(now)
    days = (today + step * _DAY for step in range(-6, 3))
    shifts = [s for day in days if due(schedule, day, working) and (s := working.shift(day))]
    current = [s for s in shifts if s.start <= now < s.end]
    if current:
        return current[-1].date
    before = max((s for s in shifts if now - PATIENCE <= s.end <= now), key=lambda s: s.end, default=None)
    after = min((s for s in shifts if now < s.start <= now + EARLY), key=lambda s: s.start, default=None)
    if before and after:
        return after.date if after.start - now < now - before.end else before.date
    nearest = before or after
    return nearest.date if nearest else None


def unfit(schedule: Schedule, working: WorkingTime) -> Weekdays:
    """The weekdays on which the standup's time lies after the member's day has ended, so that nobody is asked."""
    return frozenset(
        day
        for day in schedule.days
        if (hours := working.week.on(day)) and not hours.overnight and schedule.at >= hours.end
    )
