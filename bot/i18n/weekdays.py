"""Weekdays in the reader's language: "lunes a viernes", "lun, mié y vie", "todos los días"."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.i18n import words
from bot.i18n.formats import parse_locale
from bot.i18n.spelling import plain
from bot.model.working_time import WORKDAYS

_TOKEN = re.compile(r"[^\W_]+|[-\u2013\u2014~\uff5e\u301c]")


def parse(text: str, language: str, known: words.Words) -> frozenset[int]:
    """Read weekdays in a language or English, with lists and ranges; a range may wrap. Raises ValueError."""
    whole = plain(text)
    if whole in known.of(words.EVERY_DAY, language):
        return frozenset(range(7))
    if whole in known.of(words.WORKING_DAYS, language):
        return WORKDAYS
    until = known.of(words.UNTIL, language)
    fillers = known.of(words.FILLERS, language) - until
    days: set[int] = set()
    last, ranging = None, False
    for token in _TOKEN.findall(text):
        word = plain(token)
        if not word or word in until:
            if last is None or ranging:
                raise ValueError(f"not weekdays: {text!r}")
            ranging = True
        elif word not in fillers:
            day = _weekday(word, language)
            days.update(_between(last, day) if ranging and last is not None else {day})
            last, ranging = day, False
    if ranging or not days:
        raise ValueError(f"not weekdays: {text!r}")
    return frozenset(days)


def _between(first: int, last: int) -> set[int]:
    return {(first + step) % 7 for step in range((last - first) % 7 + 1)}


def _weekday(word: str, language: str) -> int:
    for tag in (language, "en"):
        names = _names(tag)
        exact = [day for name, day in names if word in (name, name + "s")]
        found = set(exact or [day for name, day in names if len(word) >= 3 and name.startswith(word)])
        if len(found) == 1:
            return found.pop()
    raise ValueError(f"not a weekday: {word!r}")


@lru_cache(maxsize=64)
def _names(language: str) -> tuple[tuple[str, int], ...]:
    """Return a language's names of the weekdays, long and short, but not as single letters."""
    names = parse_locale(language).days
    forms = [names[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated", "short")]
    return tuple({(plain(name), day): None for form in forms for day, name in form.items()})
