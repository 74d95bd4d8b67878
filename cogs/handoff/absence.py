"""Who is not there when the baton passes: pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.api import MemberId, WorkingTime


@dataclass(frozen=True, slots=True)
class Away:
    """A member whose next usual working day is taken by leave or a holiday, and the date they are back (if known)."""

    member: MemberId
    holiday: bool
    back: date | None


def away(times: Mapping[MemberId, WorkingTime], at: datetime, members: Iterable[MemberId]) -> tuple[Away, ...]:
    """Who of those members is not there on the working day they have at an instant, or have next."""
    found = []
    for member in members:
        working = times[member]
        usual = WorkingTime(working.zone, working.week)
        shift = usual.current(at) or usual.next_shift(at, 14)
        reason = working.reason_off(shift.date) if shift else None
        if shift and reason:
            back = working.next_shift(shift.start)
            found.append(Away(member, reason == "holiday", back.date if back else None))
    return tuple(found)
