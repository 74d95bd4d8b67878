"""Dates as people type them: "morgen", "Freitag", "24.12.", "12月24日(木)", "dentro de 3 días"."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from babel import Locale

from bot.i18n import weekdays, words
from bot.i18n.formats import formats_for, parse_locale
from bot.i18n.spelling import folded, in_digits, plain, spaceless

_RELATIVE: Final = ((words.TODAY, 0), (words.TOMORROW, 1), (words.DAY_AFTER_TOMORROW, 2), (words.YESTERDAY, -1))
_DAYS: Final = {"day": 1, "week": 7}
_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+")
_NUMERIC: Final = re.compile(r"\d{1,4}(?:\s*[./\-年月]\s*\d{1,4}){1,2}\s*[.日]?")
_IN_BRACKETS: Final = re.compile(r"\s*[(（]([^()（）]*)[)）]")
_LONGEST: Final = 60
_FURTHEST: Final = 8
"""So many years from one 29 February to the next, at the most."""


def parse(text: str, today: date, language: str, zone: str | None, known: words.Words) -> date | None:
    """Return the date that an ISO date, a relative word, a weekday or a date in the language's form means, or None.

    A weekday is the next one after today; a date without a year the next from today on.
    """
    written = text.strip()[:_LONGEST]
    for source, days in _RELATIVE:
        if plain(written) in known.of(source, language):
            return today + timedelta(days=days)
    for tag in dict.fromkeys((language, "en")):
        found = (
            _numeric(written, today, formats_for(tag, zone).locale)
            or _ahead(written, today, tag)
            or _named(written, today, tag, known)
        )
        if found:
            return found
    return _weekday(written, today, language, known)


def _numeric(text: str, today: date, locale: Locale) -> date | None:
    """Read "2026-12-24", and two or three numbers in the locale's order; a year has four digits or two."""
    text, weekday = _apart(text, str(locale))
    if not _NUMERIC.fullmatch(text):
        return None
    numbers = re.findall(r"\d+", text)
    order = "yMd" if len(numbers[0]) == 4 else _order(locale)
    if len(numbers) == 2:
        written = dict(zip(order.replace("y", ""), numbers, strict=True))
        return None if "-" in text else _coming(int(written["M"]), int(written["d"]), today, weekday)
    written = dict(zip(order, numbers, strict=True))
    if len(written["y"]) != 4 and (len(written["y"]) != 2 or " " in text):
        return None
    year = int(written["y"]) + (2000 if len(written["y"]) == 2 else 0)
    return _right(year, int(written["M"]), int(written["d"]), weekday)


@lru_cache(maxsize=64)
def _order(locale: Locale) -> str:
    """Return the order of year, month and day in the locale's short dates: "dMy" in German, "yMd" in Japanese."""
    return "".join(dict.fromkeys(sign for sign in locale.date_formats["short"].pattern if sign in "yMd"))


def _ahead(text: str, today: date, language: str) -> date | None:
    """Read "in 3 days" and "in 2 weeks" as CLDR has them."""
    fields = parse_locale(language)._data["date_fields"]  # Babel has no public way to them
    written = in_digits(folded(text))
    for unit, days in _DAYS.items():
        for form in set(fields[unit]["future"].values()):
            before, after = (re.escape(folded(part)) for part in form.split("{0}"))
            if match := re.fullmatch(rf"{before}\s*(\d{{1,4}})\s*{after}", written):
                return today + timedelta(days=int(match[1]) * days)
    return None


def _named(text: str, today: date, language: str, known: words.Words) -> date | None:
    """Read "24. Dezember 2026", "Thu, 24 Dec", "24 de diciembre": a month, its day, perhaps a year and a weekday."""
    months, days = _months(language), dict(weekdays.names(language))
    fillers = known.of(words.DATE_FILLERS, language)
    numbers: list[str] = []
    named: list[str] = []
    for match in _TOKEN.finditer(text):
        token, word = match[0], _whole(plain(match[0]), months)
        ordinal = word in fillers and text[match.start() - 1 : match.start()].isdecimal()  # "24th" is no Thursday
        if token.isdecimal():
            numbers.append(token)
        elif not ordinal and (word in months or word in days):
            named.append(word)
        elif word not in fillers:
            return None
    # "mar" is March and Tuesday in Spanish: what can only be a month is one first.
    named.sort(key=lambda word: (word not in months, word in days))
    month = months.get(named[0]) if named else None
    weekday = days.get(named[1], -1) if len(named) > 1 else None
    day = next((int(number) for number in numbers if len(number) < 3), None)
    year = next((int(number) for number in numbers if len(number) == 4), None)
    if month is None or day is None or len(named) > 2 or len(numbers) != 1 + (year is not None):
        return None
    return _right(year, month, day, weekday) if year is not None else _coming(month, day, today, weekday)


def _weekday(text: str, today: date, language: str, known: words.Words) -> date | None:
    """Read one weekday, "Friday" or "Friday next week"; what is ignored among weekdays is ignored here."""
    rest, weeks = _without(text, known.forms(words.NEXT_WEEK, language))
    ignoring = True
    while ignoring:
        rest, ignoring = _without(rest, known.forms(words.DATE_FILLERS, language))
    try:
        found = weekdays.parse(rest, language, known)
    except ValueError:
        return None
    if len(found) != 1:
        return None
    weekday = next(iter(found))
    if weeks:
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _without(text: str, forms: tuple[str, ...]) -> tuple[str, bool]:
    written = folded(text)
    for form in sorted(forms, key=len, reverse=True):
        bound = "" if spaceless(form) else r"\b"
        rest = re.sub(rf"^{re.escape(form)}{bound}\s*|\s*{bound}{re.escape(form)}$", "", written, count=1)
        if rest != written:
            return rest.strip(" ,のに"), True
    return written, False


def _apart(text: str, language: str) -> tuple[str, int | None]:
    """Return a date in digits without the weekday that may stand before it, or behind it in brackets."""
    written = in_digits(folded(text))
    names = dict(weekdays.names(language))
    if (match := _IN_BRACKETS.search(written)) and plain(match[1]) in names:
        return _IN_BRACKETS.sub("", written).strip(), names[plain(match[1])]
    head, comma, rest = written.partition(",")
    if comma and plain(head) in names:
        return rest.strip(), names[plain(head)]
    return written, None


def _right(year: int, month: int, day: int, weekday: int | None) -> date | None:
    """Return the date if there is one, and if it falls on the weekday that was written with it."""
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if weekday in (None, found.weekday()) else None


def _coming(month: int, day: int, today: date, weekday: int | None) -> date | None:
    """Return the next such date from today on."""
    for year in range(today.year, today.year + _FURTHEST + 1):
        found = _right(year, month, day, None)
        if found and found >= today:
            return found if weekday in (None, found.weekday()) else None
    return None


def _whole(word: str, months: dict[str, int]) -> str:
    """Return the month that alone begins like this ("Sept"), else the word."""
    found = [name for name in months if name.startswith(word)] if len(word) > 2 and word not in months else []
    return found[0] if len({months[name] for name in found}) == 1 else word


@lru_cache(maxsize=64)
def _months(language: str) -> dict[str, int]:
    """Return a language's names of the months, long and short, but not as single letters."""
    names = parse_locale(language).months
    forms = [names[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated")]
    return {plain(name): number for form in forms for number, name in form.items() if not plain(name)[:1].isdecimal()}
