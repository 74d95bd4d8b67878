"""Schedules: local intent ("09:30 on working days"), and the one instant it means for a member and a date.

Wall times and dates are the member's local ones, instants are aware datetimes in UTC (design, section 6).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.model.working_time import WORKDAYS, Hours, Weekdays, WorkingTime, utc

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A local wall time on some weekdays, every week or every n weeks.

    For n weeks the `anchor` says which: the first of `days` at or after it is on, and so is the rest of its
    week. A week begins after the longest run of days off, so that Sunday to Thursday stays one week.
    Raises ValueError for no days, a time with a zone, or n weeks without an anchor.
    """

    at: time
    days: Weekdays = WORKDAYS
    every_weeks: int = 1
    anchor: date | None = None
    _week: date | None = field(init=False, repr=False, compare=False)  # the first date of a week that is on

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("a schedule needs weekdays, Monday = 0")
        if self.at.tzinfo or self.at.fold:
            raise ValueError("a schedule's time is a local wall time")
        if self.every_weeks < 1 or (self.every_weeks > 1 and self.anchor is None):
            raise ValueError("a schedule is for every week, or for every n weeks from an anchor")
        object.__setattr__(self, "_week", self.anchor and _week_of(self.anchor, self.days))

    def on(self, day: date) -> bool:
        """Whether the schedule names that local date."""
        if day.weekday() not in self.days:
            return False
        if self.every_weeks == 1 or self._week is None:
            return True
        return (day - self._week).days // 7 % self.every_weeks == 0


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One schedule on one local date for one member, due at an instant in UTC."""

    date: date
    at: datetime


def fits(at: time, hours: Hours) -> bool:
    """Whether a schedule's time leads to a prompt in those hours; if not, the admin is warned.

    Only a time after the day's end does not. A night has no such time: it is inside, or waits for the start.
    """
    return hours.overnight or at < hours.end


def due(schedule: Schedule, day: date, working: WorkingTime) -> datetime | None:
    """When a local date's occurrence is due (UTC): at the schedule's time, or at the shift's start if later.

    None if the schedule or the member is off that date, or if the time does not fit the weekday's hours.

    - Whether it fits is decided by the wall clock, so that no clock change takes an occurrence away: a time
      that a gap moves beyond the shift's end is due at the start.
    - In a night shift a time after midnight and before the end (02:00 in 22:00-06:00) is the next calendar
      date's, and belongs to the date the shift starts on. Every other time before the start means the start,
      and so does one at which the next date's own shift has begun: two dates are never due at once.
    """
    if not schedule.on(day) or (shift := working.shift(day)) is None:
        return None
    hours = working.week.on(day.weekday())
    if hours is None or not fits(schedule.at, hours):
        return None
    after_midnight = hours.overnight and schedule.at < hours.end
    instant = utc(day + _DAY if after_midnight else day, schedule.at, working.zone)
    if not shift.start <= instant < shift.end:
        return shift.start
    following = working.shift(day + _DAY) if after_midnight else None
    return shift.start if following and following.start <= instant else instant


def next_occurrence(
    schedule: Schedule,
    working: WorkingTime,
    after: datetime,
    not_before: date | None = None,
    horizon_days: int = 400,
) -> Occurrence | None:
    """The first local date, not before `not_before`, whose due instant is later than `after` (UTC).

    Later dates are due later, so that going on from each instant visits every date once. None if there is
    none within the horizon, counted in dates from the later of the two.
    """
    # Last night's may still come, and the zone may have left a date out in between.
    day = working.local_date(after) - 2 * _DAY
    if not_before is not None:
        day = max(day, not_before)
    for _ in range(horizon_days + 3):
        instant = due(schedule, day, working)
        if instant is not None and instant > after:
            return Occurrence(day, instant)
        day += _DAY
    return None


def _week_of(anchor: date, days: Weekdays) -> date:
    """Where the week begins that has the first scheduled date at or after the anchor."""
    first = next(day for day in (anchor + step * _DAY for step in range(7)) if day.weekday() in days)
    begins = max(sorted(days), key=lambda weekday: _days_off_before(weekday, days))
    return first - (first.weekday() - begins) % 7 * _DAY


def _days_off_before(weekday: int, days: Weekdays) -> int:
    return next(run for run in range(7) if (weekday - run - 1) % 7 in days)
