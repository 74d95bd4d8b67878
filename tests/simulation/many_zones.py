"""A team of 48 members in 40 zones: every kind of offset, daylight saving in both hemispheres, two languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

ZONES = (
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Apia", "Pacific/Honolulu",
    "Pacific/Marquesas", "Pacific/Pago_Pago", "Australia/Sydney", "Australia/Lord_Howe", "Australia/Adelaide",
    "Australia/Eucla", "Australia/Perth", "Asia/Tokyo", "Asia/Shanghai", "Asia/Jakarta",
    "Asia/Yangon", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Karachi", "Asia/Kabul",
    "Asia/Dubai", "Asia/Tehran", "Africa/Nairobi", "Europe/Istanbul", "Africa/Cairo",
    "Africa/Johannesburg", "Europe/Berlin", "Africa/Casablanca", "Africa/Lagos", "Europe/London",
    "Atlantic/Azores", "America/Sao_Paulo", "America/St_Johns", "America/Santiago", "America/Bogota",
    "America/New_York", "America/Chicago", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
)  # fmt: skip
"""Forty; the first eight have two members each."""
SUNDAY_WEEK: Mapping[str, frozenset[int]] = {"Africa/Cairo": frozenset({6, 0, 1, 2, 3})}
"""Zones whose members work from Sunday to Thursday, with those weekdays (Monday is 0)."""
SPANISH = frozenset({"America/Bogota", "America/Santiago", "Pacific/Auckland"})
LEAVE: Mapping[str, tuple[date, date]] = {
    "Berlin": (date(2026, 10, 19), date(2026, 10, 30)),
    "Tokyo": (date(2026, 11, 3), date(2026, 11, 3)),
    "Chicago": (date(2026, 10, 29), date(2026, 11, 3)),
}
"""Who is away, with both ends included."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A member: name, zone, the weekdays they work on, when they are away."""

    name: str
    zone: str
    days: frozenset[int]
    leave: tuple[date, date] | None

    def works_on(self, day: date) -> bool:
        """Whether that local date is a working one."""
        away = self.leave is not None and self.leave[0] <= day <= self.leave[1]
        return day.weekday() in self.days and not away


def _someone(n: int) -> Someone:
    zone = ZONES[n % len(ZONES)]
    name = zone.split("/")[-1].replace("_", " ") + (" Two" if n >= len(ZONES) else "")
    return Someone(name, zone, SUNDAY_WEEK.get(zone, frozenset(range(5))), LEAVE.get(name))


MEMBERS = tuple(_someone(n) for n in range(48))


def _table(member: Someone) -> str:
    lines = ["[[member]]", f'name = "{member.name}"', f'zone = "{member.zone}"']
    lines.append(f'days = "{"sun-thu" if member.zone in SUNDAY_WEEK else "mon-fri"}"')
    if member.zone in SPANISH:
        lines.append('language = "es"')
    if member.leave is not None:
        lines.append(f"leave = [{{ from = {member.leave[0]}, to = {member.leave[1]} }}]")
    return "\n".join(lines)


TEAM = """
[team]
name = "Everywhere"
standup = "09:30"
days = "daily"
[social]
days = "mon,wed,fri"
"""
SCENARIO = "\n".join([TEAM, *(_table(member) for member in MEMBERS)])
"""Everybody works from 09:00 to 17:00 and is asked at 09:30 on each of their own working days."""
