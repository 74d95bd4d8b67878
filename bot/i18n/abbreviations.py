"""Zones for what is no place: "EST", "CET", "EST5EDT", "GMT+3", "+05:30".

Such a name says an offset of now, not which rules hold in spring, and the same letters mean several places;
so it gives the places that use it, and the person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Final

from bot.i18n.zones import UTC_ZONE, countries, offsets, same_rules, winter_and_summer

_TODAY: Final = {
    "MET": "CET",
    "MEST": "CEST",
    "MEZ": "CET",
    "MESZ": "CEST",
    "GREENWICH": "GMT",
    "GMT0": "GMT",
}
"""Names that the tz database no longer uses, by those it does."""
_AMERICAN: Final = {"ET": "EST5EDT", "CT": "CST6CDT", "MT": "MST7MDT", "PT": "PST8PDT"}
"""What people in North America say all year round."""
_FORMER: Final = {
    "BRT": "America/Sao_Paulo", "ART": "America/Argentina/Buenos_Aires", "COT": "America/Bogota",
    "PET": "America/Lima", "CLT": "America/Santiago", "UYT": "America/Montevideo", "SGT": "Asia/Singapore",
    "ICT": "Asia/Bangkok", "NPT": "Asia/Kathmandu", "TRT": "Europe/Istanbul", "GST": "Asia/Dubai",
}  # fmt: skip
"""Abbreviations that people use and the tz database has replaced by numbers."""

_OFFSET: Final = re.compile(r"(etc/)?(?:gmt|utc)?\s*([+-])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_LETTERS: Final = re.compile(r"(?:etc/)?([a-z]{2,9}0?)", re.IGNORECASE)
_PAIR: Final = re.compile(r"([a-z]{3})\d([a-z]{3})", re.IGNORECASE)


def zones(text: str, rank: Callable[[str], int]) -> tuple[str, ...]:
    """Return the zones in which an abbreviation or offset is in use, by rank; one for each set of rules."""
    text = text.strip().replace("\u2212", "-")
    if offset := _OFFSET.fullmatch(text):
        return _at_offset(*offset.groups(), rank=rank)
    if former := _FORMER.get(text.upper()):
        return (former,)
    text = _AMERICAN.get(text.upper(), text)
    if pair := _PAIR.fullmatch(text):
        found = _users(pair[1].upper()) & _users(pair[2].upper())
    elif letters := _LETTERS.fullmatch(text):
        name = letters[1].upper()
        found = _users(_TODAY.get(name, name))
    else:
        return ()
    ordered = _each_clock_first(_distinct(found, rank))
    return (*ordered, UTC_ZONE) if "GMT" in text.upper() else ordered


def _at_offset(
    etc: str | None, sign: str, hours: str, minutes: str | None, *, rank: Callable[[str], int]
) -> tuple[str, ...]:
    length = timedelta(hours=int(hours), minutes=int(minutes or 0))
    east = (sign == "+") != bool(etc)  # POSIX counts to the west: Etc/GMT+3 is what people call GMT-3
    offset = length if east else -length
    found = {zone for zone, used in _offsets().items() if offset in used}
    return _each_clock_first(_distinct(found, rank))


def _each_clock_first(zones: tuple[str, ...]) -> tuple[str, ...]:
    """Put the best known zone of each clock first: UTC+2 is Berlin's in summer, Cairo's in winter, Harare's always."""
    best: dict[frozenset[timedelta], str] = {}
    for zone in zones:
        best.setdefault(_offsets()[zone], zone)
    return tuple(dict.fromkeys((*best.values(), *zones)))


def _distinct(found: set[str] | frozenset[str], rank: Callable[[str], int]) -> tuple[str, ...]:
    """Return the best known zone of each set of rules; Guernsey's clocks are London's."""
    best: dict[str, str] = {}
    for zone in sorted(found, key=lambda zone: (rank(zone), zone)):
        best.setdefault(same_rules(zone), zone)
    return tuple(best.values())


@cache
def _offsets() -> dict[str, frozenset[timedelta]]:
    """Return the offsets in use in each zone that people live in."""
    lived_in = (zone for zone in countries() if not zone.startswith("Antarctica/"))
    return {zone: frozenset(offset_pair) for zone in lived_in if (offset_pair := offsets(zone))}


@cache
def _users(letters: str) -> frozenset[str]:
    return frozenset(zone for zone in _offsets() if letters in (at.tzname() for at in winter_and_summer(zone)))
