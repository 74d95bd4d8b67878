"""What holds for a person's hours, leave and holidays, without asking anybody."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bot.api import WORKDAYS, Absence, Hours, Shift, Weekdays, WorkingTime, WorkingWeek

LONGEST_DAY = timedelta(hours=16)
SURELY_MEANT = timedelta(days=366)
"""Leave that ends later than this is asked about."""
LONGEST_LEAVE = timedelta(days=3 * 366)
"""Leave that ends later than this is refused: whoever is gone for years leaves the team instead."""
LONGEST_REASON = 100
_DAY = timedelta(days=1)
_JOINERS = "\u200c\u200d"
"""Invisible, and part of how some scripts and emoji are written."""


def planned_week(before: WorkingWeek, hours: Hours, days: Weekdays | None, keep: bool) -> WorkingWeek:
    """Return the week with those hours on those days.

    Without days they are the days worked so far, else Monday to Friday. The other days are off, or stay as
    they were with `keep`.
    """
    chosen = days or before.days or WORKDAYS
    fresh = WorkingWeek.uniform(hours, chosen)
    if not keep:
        return fresh
    return WorkingWeek(tuple(new or old for new, old in zip(fresh.intervals, before.intervals, strict=True)))


def by_hours(week: WorkingWeek) -> tuple[tuple[Hours, Weekdays], ...]:
    """Return the week's different hours, each with its weekdays, in the order of the week."""
    days: dict[Hours, set[int]] = {}
    for day, hours in enumerate(week.intervals):
        if hours:
            days.setdefault(hours, set()).add(day)
    return tuple((hours, frozenset(on)) for hours, on in days.items())


def hours_command(hours: Hours, days: Weekdays, *, keep: bool = False) -> str:
    """Return the command that sets those hours on those days."""
    words = f"me hours {WorkingWeek.uniform(hours, days).to_text()}"
    if hours.overnight:
        words += " night:yes"
    return f"{words} keep:yes" if keep else words


def hours_commands(week: WorkingWeek) -> tuple[str, ...]:
    """Return the commands that make this week, in order; none for a week without hours."""
    return tuple(hours_command(hours, days, keep=n > 0) for n, (hours, days) in enumerate(by_hours(week)))


class LeaveProblem(StrEnum):
    """Why leave can't be noted as it was given."""

    PAST = "past"
    REVERSED = "reversed"
    FAR = "far"
    TOO_FAR = "too far"
    WORDY = "wordy"


def clean_reason(written: str | None) -> str:
    """Return a reason as it is kept: on one line, without signs that nobody sees."""
    shown = (
        c for c in written or "" if unicodedata.category(c) not in ("Cc", "Cf", "Cs") or c.isspace() or c in _JOINERS
    )
    return " ".join("".join(shown).split())


def leave_problem(first: date, last: date, today: date, reason: str = "") -> LeaveProblem | None:
    """Return what is wrong with leave from `first` through `last`, or None."""
    if len(reason) > LONGEST_REASON:
        return LeaveProblem.WORDY
    if last < today or first < today:
        return LeaveProblem.PAST
    if last < first:
        return LeaveProblem.REVERSED
    if last - today > LONGEST_LEAVE:
        return LeaveProblem.TOO_FAR
    return LeaveProblem.FAR if last - today > SURELY_MEANT else None


@dataclass(frozen=True, slots=True)
class LeaveEffect:
    """What leave does: how many working days it excuses, and the first shift after it, if one is in sight."""

    excused: int
    back: Shift | None


def leave_effect(times: WorkingTime, first: date, last: date) -> LeaveEffect:
    """Return the effect of leave on someone's working time, whether `times` has it in it already or not."""
    without = replace(times, leave=())
    days = (first + n * _DAY for n in range((last - first).days + 1))
    excused = sum(without.reason_off(day) is None for day in days)
    back = next(times.shifts(last + _DAY, last + 400 * _DAY), None)
    return LeaveEffect(excused, back)


def overlapping(absences: Iterable[Absence], first: date) -> Absence | None:
    """Return the leave that new leave from `first` on takes the place of: the one that covers that date."""
    return next((a for a in absences if a.first <= first <= a.last), None)


def running_and_planned(absences: Iterable[Absence], today: date) -> tuple[Sequence[Absence], Sequence[Absence]]:
    """Split leave that has not ended into what runs today and what is still to come, earliest first."""
    open_ones = sorted((a for a in absences if a.last >= today), key=lambda a: (a.first, a.last))
    return [a for a in open_ones if a.first <= today], [a for a in open_ones if a.first > today]


def away_command(absence: Absence, today: date, *, sure: bool = False) -> str:
    """Return the command that notes this leave (again) as of `today`."""
    words = f"me away until {absence.last.isoformat()}"
    if absence.first > today:
        words += f" starting:{absence.first.isoformat()}"
    if sure:
        words += " sure:yes"
    return f"{words} {absence.reason}".rstrip()


def leave_command(team: str) -> str:
    """Return the command that takes a person out of a team."""
    return f'team leave "{team}"' if " " in team else f"team leave {team}"


def next_holiday(times: WorkingTime, today: date) -> tuple[date, str] | None:
    """Return the next public holiday from `today` on within a year, and its name."""
    for n in range(367):
        day = today + n * _DAY
        if name := times.holidays(day):
            return day, name
    return None
