"""When a member works: hours, weeks, leave and holidays, and the arithmetic on them.

Instants are aware datetimes, given and returned in UTC; dates and times of day are the member's local ones.
A naive datetime raises ValueError. The rules are in the design, section 6: local intent becomes an instant by
`utc` and nowhere else, and a shift belongs to the local date it starts on.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import Protocol, Self
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekdays = frozenset[int]  # Monday = 0, as date.weekday() has it
WORKDAYS: Weekdays = frozenset(range(5))

_EVERY_DAY: Weekdays = frozenset(range(7))
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)
# Dates around a local date whose shifts can contain one of its instants, latest first. Tomorrow: clocks
# that go back across midnight. Two days ago: a night shift before a date that the zone left out.
_NEARBY = (_DAY, timedelta(), -_DAY, -2 * _DAY)
# Not places: the machine's own zone, a placeholder, a rule template, and trees that only some systems have
# ("right/" counts leap seconds, so its UTC is not UTC).
_NOT_PLACES = ("localtime", "Factory", "posixrules", "posix/", "right/")
_DASH = "[-\u2013\u2014]"
_TIME = r"(\d{1,2})(?:[:.h](\d{2})?)?\s*(am|pm)?"
_HOURS = re.compile(rf"\s*{_TIME}\s*(?:{_DASH}|to)\s*{_TIME}\s*", re.IGNORECASE)


class UnknownZone(ValueError):
    """A name that is not a place's time zone in the tz database."""


class NoWorkingTime(LookupError):
    """The working time asked for does not come within the horizon."""


class DayOff(StrEnum):
    """Why a member does not work on a date."""

    LEAVE = "leave"
    HOLIDAY = "holiday"
    WEEKDAY = "weekday"


@cache
def zone_info(name: str) -> ZoneInfo:
    """The tz database's zone of that name ("Europe/Lisbon"); the one place that asks zoneinfo.

    Raises UnknownZone. Cached for the life of the process: another tz database needs a restart.
    """
    if not name.startswith(_NOT_PLACES):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # OSError: a folder ("America") or a name too long for a file
            pass
    raise UnknownZone(f"unknown time zone: {name!r}")


def utc(day: date, at: time, zone: str) -> datetime:
    """The instant (UTC) of a local wall time: a time in a gap moves on by it, a repeated one is the first.

    Raises UnknownZone. The rule is PEP 495's fold=0 (design, section 6).
    """
    return datetime.combine(day, at.replace(fold=0), zone_info(zone)).astimezone(UTC)


def exists(day: date, at: time, zone: str) -> bool:
    """Whether the zone's clocks show that wall time on that date. Raises UnknownZone."""
    back = utc(day, at, zone).astimezone(zone_info(zone))
    return (back.date(), back.time()) == (day, at.replace(fold=0))


def parse_weekdays(text: str) -> Weekdays:
    """Read "mon-fri", "mon,wed,fri", "sun-thu" (wraps), full names, "daily" or "every day", in any case.

    Raises ValueError.
    """
    words = re.sub(rf"\s*{_DASH}\s*", "-", text.strip().lower())
    if words in ("daily", "every day", "everyday"):
        return _EVERY_DAY
    days: set[int] = set()
    for part in re.split(r"[\s,]+", words):
        first, _, last = part.partition("-")
        start = _weekday(first, text)
        end = _weekday(last, text) if "-" in part else start
        days.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(days)


def _weekday(word: str, text: str) -> int:
    for number, name in enumerate(_DAY_NAMES):
        if len(word) >= 3 and (name + "s").startswith(word):
            return number
    raise ValueError(f'not weekdays: {text!r}; write them like "mon-fri" or "mon,wed,fri"')


def format_weekdays(days: Weekdays) -> str:
    """Canonical text for `parse_weekdays`: "mon-fri", "mon,wed", "sun-thu", "daily"; "" for no days."""
    if days == _EVERY_DAY:
        return "daily"
    runs: dict[int, str] = {}
    for first in (day for day in days if (day - 1) % 7 not in days):
        run = [first]
        while (run[-1] + 1) % 7 in days:
            run.append((run[-1] + 1) % 7)
        if len(run) > 2:
            runs[first] = f"{WEEKDAYS[first]}-{WEEKDAYS[run[-1]]}"
        else:
            runs.update((day, WEEKDAYS[day]) for day in run)
    return ",".join(runs[first] for first in sorted(runs))


@dataclass(frozen=True, slots=True)
class Hours:
    """One local working interval [start, end), in whole minutes; an end before the start is on the next date.

    Raises ValueError for equal times, seconds, or times with a zone.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if any(t.second or t.microsecond or t.tzinfo or t.fold for t in (self.start, self.end)):
            raise ValueError("working hours are local times in whole minutes")
        if self.start == self.end:
            raise ValueError("working hours start and end at the same time")

    @property
    def overnight(self) -> bool:
        """Whether the end is on the date after the start."""
        return self.end <= self.start

    @property
    def length(self) -> timedelta:
        """The length by the wall clock; on a day of a clock change the shift is longer or shorter."""
        minutes = (self.end.hour - self.start.hour) * 60 + self.end.minute - self.start.minute
        return timedelta(minutes=minutes % (24 * 60))

    def to_text(self) -> str:
        """The text that `parse_hours` reads back: "09:00-17:00"."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def __str__(self) -> str:
        return self.to_text()


def parse_hours(text: str) -> Hours:
    """Read "09:00-17:30", "9-17", "9am-5pm", "22:00-06:00" (overnight) or "16:00-24:00" (until midnight).

    Raises ValueError; also for "9-5", which would be twenty hours and surely is not meant.
    """
    match = _HOURS.fullmatch(text)
    if not match:
        raise ValueError(f'not working hours: {text!r}; write them like "09:00-17:30"')
    start = _time(text, match[1], match[2], match[3])
    end = _time(text, match[4], match[5], match[6])
    bare = not any(match.group(2, 3, 5, 6))
    if bare and time() < end < start <= time(12):
        raise ValueError(f'{text!r} is ambiguous: write "09:00-17:00", or "9am-5pm"')
    return Hours(start, end)


def _time(text: str, hour: str, minute: str | None, half: str | None) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    elif half or hours > 24 or minutes > 59 or (hours == 24 and minutes):
        raise ValueError(f"no such time of day in {text!r}")
    return time(hours % 24, minutes)


@dataclass(frozen=True, slots=True)
class WorkingWeek:
    """The hours of the seven weekdays, Monday first; None is a day off. Raises ValueError if not seven."""

    intervals: tuple[Hours | None, ...]

    def __post_init__(self) -> None:
        if len(self.intervals) != 7:
            raise ValueError("a working week has seven entries, Monday first")

    @classmethod
    def uniform(cls, hours: Hours, days: Weekdays = WORKDAYS) -> Self:
        """The same hours on each of those days."""
        return cls(tuple(hours if day in days else None for day in range(7)))

    def on(self, weekday: int) -> Hours | None:
        """The hours of a weekday, Monday = 0."""
        return self.intervals[weekday]

    @property
    def days(self) -> Weekdays:
        """The weekdays with hours."""
        return frozenset(day for day, hours in enumerate(self.intervals) if hours)

    def to_text(self) -> str:
        """The whole week as text for storage: "09:00-17:00 mon-fri; 10:00-14:00 sat", or "off"."""
        by_hours: dict[Hours, set[int]] = {}
        for day, hours in enumerate(self.intervals):
            if hours:
                by_hours.setdefault(hours, set()).add(day)
        parts = (f"{hours} {format_weekdays(frozenset(days))}" for hours, days in by_hours.items())
        return "; ".join(parts) or "off"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote. Raises ValueError, also when a weekday has two intervals."""
        intervals: list[Hours | None] = [None] * 7
        for part in text.split(";") if text.strip() != "off" else ():
            hours, _, days = part.strip().partition(" ")
            for day in parse_weekdays(days):
                if intervals[day]:
                    raise ValueError(f"{WEEKDAYS[day]} has two intervals in {text!r}")
                intervals[day] = parse_hours(hours)
        return cls(tuple(intervals))


@dataclass(frozen=True, slots=True)
class Leave:
    """Local dates off, both ends included. Raises ValueError if it ends before it begins."""

    first: date
    last: date
    reason: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("leave ends before it begins")

    def covers(self, day: date) -> bool:
        """Whether that local date is one of them."""
        return self.first <= day <= self.last


class HolidayCalendar(Protocol):
    """Public holidays by place."""

    def holiday(self, calendar: str, day: date) -> str | None:
        """The holiday's name on that local date in a calendar such as "PT" or "US-CA", or None."""
        ...


def no_holidays(day: date) -> str | None:
    """The calendar of a member who keeps none."""
    return None


@dataclass(frozen=True, slots=True)
class Shift:
    """One stretch of work [start, end) in UTC, and the local date it belongs to: the one it starts on."""

    date: date
    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """The time that really passes, clock changes included."""
        return self.end - self.start


@lru_cache(maxsize=2**14)  # members share zones and hours, and time moves slowly: nearly every call is a hit
def _shift(day: date, start: time, end: time, zone: str) -> Shift | None:
    began = utc(day, start, zone)
    ended = utc(day + _DAY if end <= start else day, end, zone)
    noon = utc(day, time(12), zone).astimezone(zone_info(zone))
    skipped = noon.date() != day  # a changed clock moves noon by hours, a missing date moves it by a day
    return None if skipped or ended <= began else Shift(day, began, ended)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A member's working time: the zone, the week, and the dates off. Raises UnknownZone."""

    zone: str
    week: WorkingWeek
    leave: tuple[Leave, ...] = ()
    holidays: Callable[[date], str | None] = no_holidays
    _tz: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tz", zone_info(self.zone))

    def local(self, instant: datetime) -> datetime:
        """The instant on the member's own clock."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return instant.astimezone(self._tz)

    def local_date(self, instant: datetime) -> date:
        """The date on the member's own calendar at that instant."""
        return self.local(instant).date()

    def reason_off(self, day: date) -> DayOff | None:
        """Why the member does not work on that local date; a weekday off comes first, it needs no excuse."""
        if self.week.intervals[day.weekday()] is None:
            return DayOff.WEEKDAY
        for leave in self.leave:
            if leave.covers(day):
                return DayOff.LEAVE
        return DayOff.HOLIDAY if self.holidays(day) else None

    def shift(self, day: date) -> Shift | None:
        """The shift that starts on that local date, or None: off, or nothing left of it after a clock change.

        A date that the zone left out (Apia's 30 December 2011) has none either.
        """
        hours = self.week.intervals[day.weekday()]
        if hours is None or self.reason_off(day):
            return None
        return _shift(day, hours.start, hours.end, self.zone)

    def shifts(self, first: date, last: date) -> Iterator[Shift]:
        """The shifts of the local dates from first to last, both included, by date."""
        day = first
        while day <= last:
            if shift := self.shift(day):
                yield shift
            day += _DAY

    def current(self, instant: datetime) -> Shift | None:
        """The shift at work at that instant; of two that overlap, the one of the later date."""
        today = self.local_date(instant)
        for step in _NEARBY:
            shift = self.shift(today + step)
            if shift and shift.start <= instant < shift.end:
                return shift
        return None

    def is_working(self, instant: datetime) -> bool:
        """Whether some shift contains the instant."""
        return self.current(instant) is not None

    def next_shift(self, after: datetime, horizon_days: int = 400) -> Shift | None:
        """The first shift that starts later than that instant, if one does within the horizon."""
        return next((shift for shift in self._from(after, horizon_days) if shift.start > after), None)

    def next_start(self, after: datetime, horizon_days: int = 400) -> datetime | None:
        """The first start of a shift later than that instant, if there is one within the horizon."""
        shift = self.next_shift(after, horizon_days)
        return shift.start if shift else None

    def next_working(self, instant: datetime) -> datetime | None:
        """The instant itself if it is working time, else the next start."""
        return instant if self.is_working(instant) else self.next_start(instant)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The working time from a to b; what two shifts share counts once. Raises ValueError if a > b."""
        if a > b:
            raise ValueError("the first instant is later than the second")
        total, counted, b = timedelta(), a.astimezone(UTC), b.astimezone(UTC)
        for shift in self._from(a, (self.local_date(b) - self.local_date(a)).days + 1):
            start, end = max(shift.start, counted), min(shift.end, b)
            if start < end:
                total, counted = total + (end - start), end
        return total

    def add(self, start: datetime, duration: timedelta, horizon_days: int = 400) -> datetime:
        """The first instant (UTC) by which that much working time has passed since start.

        Raises ValueError for a negative duration, and NoWorkingTime if it does not pass within the horizon.
        """
        if duration < timedelta():
            raise ValueError("a duration of working time is not negative")
        counted = start.astimezone(UTC)
        if not duration:
            return counted
        for shift in self._from(start, horizon_days):
            begin = max(shift.start, counted)
            if shift.end - begin >= duration:
                return begin + duration
            if shift.end > begin:
                duration, counted = duration - (shift.end - begin), shift.end
        raise NoWorkingTime(f"not enough working time in the next {horizon_days} days")

    def _from(self, instant: datetime, days: int) -> Iterator[Shift]:
        """The shifts from just before an instant until so many local dates after it, by start.

        Dates alone do not order starts: one in a gap at midnight (Nuuk, in March) moves past the next date's.
        """
        today = self.local_date(instant)
        held: Shift | None = None
        for shift in self.shifts(today - 2 * _DAY, today + timedelta(days=days)):
            if held and shift.start < held.start:
                yield shift
                continue
            if held:
                yield held
            held = shift
        if held:
            yield held
