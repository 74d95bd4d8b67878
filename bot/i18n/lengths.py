"""Lengths of time as people type them: "1h30", "45 Min.", "1時間半", "hora y media"."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache
from typing import Final

from bot.i18n import words
from bot.i18n.formats import parse_locale
from bot.i18n.spelling import folded, in_digits, plain, spaceless

_UNITS: Final = (
    (words.WEEKS, "duration-week", timedelta(weeks=1)),
    (words.DAYS, "duration-day", timedelta(days=1)),
    (words.HOURS, "duration-hour", timedelta(hours=1)),
    (words.MINUTES, "duration-minute", timedelta(minutes=1)),
)
"""Units from the largest on: their words, their name in CLDR, and their length."""
_NUMBER: Final = r"(?P<number>\d{1,15}(?:[.,]\d{1,3})?|[.,]5)"
_LONGEST: Final = 60
_TWO: Final = re.compile(r"(2)")


def parse(text: str, language: str, known: words.Words) -> timedelta | None:
    """Return the length of time that "1h30", "2 days", "45" (minutes) or the language's own ways mean, or None.

    Raises OverflowError for a length that no computer counts.
    """
    if plain(text) in known.of(words.HALF_HOUR, language):
        return timedelta(minutes=30)
    if plain(text) in known.of(words.HOUR_AND_HALF, language):
        return timedelta(minutes=90)
    written = in_digits(folded(text[:_LONGEST]).rstrip(" .。"))
    written = re.sub(rf"^(?:{_any(known.forms(words.ONE, language))})(?=\s)", "1", written)
    for pattern in _examples(known.forms(words.HOURS_AND_HALF, language)):
        if match := pattern.fullmatch(written):
            return timedelta(hours=int(match[1]), minutes=30)
    return _sum(written, _units(language, known), _any(known.forms(words.FILLERS, language)))


def _sum(written: str, units: tuple[tuple[re.Pattern[str], timedelta], ...], fillers: str) -> timedelta | None:
    """Add up numbers with units, the larger before the smaller; minutes may stand without theirs at the end."""
    whole, rest, found = timedelta(), written, False
    for number, (unit, length) in enumerate(units):
        match = unit.match(rest)
        if match is None and number == len(units) - 1:
            match = re.fullmatch(rf"{_NUMBER}", rest)
        if match:
            found = True
            whole += float(match["number"].replace(",", ".")) * length
            rest = re.sub(rf"^\s*(?:,|(?:{fillers})(?=[\s\d]))?\s*", "", rest[match.end() :])
    return whole if found and not rest else None


def _units(language: str, known: words.Words) -> tuple[tuple[re.Pattern[str], timedelta], ...]:
    """Return what reads a number with each unit, from the largest unit on."""
    return tuple(
        (_unit((*known.forms(source, language), *_in_cldr(language, cldr))), length) for source, cldr, length in _UNITS
    )


@lru_cache(maxsize=256)
def _unit(names: tuple[str, ...]) -> re.Pattern[str]:
    ends = r"(?![^\W\d_])" if not any(map(spaceless, names)) else r"(?![a-z])"
    return re.compile(rf"{_NUMBER}\s*(?:{_any(names)})\.?{ends}")


@lru_cache(maxsize=256)
def _in_cldr(language: str, unit: str) -> tuple[str, ...]:
    """Return CLDR's names of a unit, long and short."""
    forms = parse_locale(language)._data["unit_patterns"].get(unit, {})  # Babel has no public way to them
    patterns = {form for width in ("long", "short") for key, form in forms.get(width, {}).items() if key != "per"}
    return tuple(sorted(folded(pattern.replace("{0}", "")) for pattern in patterns))


@lru_cache(maxsize=64)
def _examples(forms: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile("".join(r"(\d{1,3})" if part == "2" else _loosely(part) for part in _TWO.split(form)))
        for form in forms
        if form.count("2") == 1
    )


def _loosely(literal: str) -> str:
    return r"\s*" + re.escape(literal.strip()).replace(r"\ ", r"\s*") + r"\s*"


@lru_cache(maxsize=256)
def _any(forms: tuple[str, ...]) -> str:
    return "|".join(re.escape(form) for form in sorted({form.rstrip(".") for form in forms}, key=len, reverse=True))
