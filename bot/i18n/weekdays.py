"""Weekdays in the reader's language: "lunes a viernes", "Mo, Mi und Fr", "月火水木金", "todos los días"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.i18n import words
from bot.i18n.formats import parse_locale
from bot.i18n.spelling import plain, spaceless
from bot.model.working_time import WORKDAYS

WEEKEND = frozenset({5, 6})
_TOKEN = re.compile(r"[^\W_]+|[-\u2010-\u2015\u2212~\uff5e\u301c]")
_DASH = "\u30fc"
"""The Japanese sign for a long vowel, which people type for the dash that it looks like: 月ー金."""


def parse(text: str, language: str, known: words.Words) -> frozenset[int]:
    """Read weekdays in a language or English, with lists and ranges; a range may wrap. Raises ValueError."""
    whole = plain(text)
    for source, days in ((words.EVERY_DAY, range(7)), (words.WORKING_DAYS, WORKDAYS), (words.WEEKEND, WEEKEND)):
        if whole in known.of(source, language):
            return frozenset(days)
    until = known.of(words.UNTIL, language)
    fillers = known.of(words.FILLERS, language) - until
    found: set[int] = set()
    last, ranging = None, False
    for word in _words(text, language, until | fillers):
        if not word or word in until:
            if last is None or ranging:
                raise ValueError(f"not weekdays: {text!r}")
            ranging = True
        elif word not in fillers:
            day = _weekday(word, language)
            found.update(_between(last, day) if ranging and last is not None else {day})
            last, ranging = day, False
    if ranging or not found:
        raise ValueError(f"not weekdays: {text!r}")
    return frozenset(found)


def _words(text: str, language: str, others: frozenset[str]) -> Iterator[str]:
    """Yield the words of a text, "" for a dash; what is written without spaces is parted by the words there are."""
    vocabulary = {name for name, _day in names(language)} | others
    for token in _TOKEN.findall(text.replace(_DASH, "-")):
        if any(map(spaceless, token)):
            yield from _parted(plain(token), vocabulary)
        else:
            yield plain(token)


def _parted(word: str, vocabulary: set[str]) -> Iterator[str]:
    """Yield the longest known words that a text is made of; its rest as one word where none is known."""
    while word:
        length = next((n for n in range(len(word), 0, -1) if word[:n] in vocabulary), len(word))
        yield word[:length]
        word = word[length:]


def _between(first: int, last: int) -> set[int]:
    return {(first + step) % 7 for step in range((last - first) % 7 + 1)}


def _weekday(word: str, language: str) -> int:
    for tag in (language, "en"):
        known = names(tag)
        exact = [day for name, day in known if word in (name, name + "s")]
        found = set(exact or [day for name, day in known if len(word) >= 3 and name.startswith(word)])
        if len(found) == 1:
            return found.pop()
    raise ValueError(f"not a weekday: {word!r}")


@lru_cache(maxsize=64)
def names(language: str) -> tuple[tuple[str, int], ...]:
    """Return a language's names of the weekdays, spelled plainly, with the weekday (Monday is 0) that each is.

    Long and short ones, but not as single letters; in Japanese, 月曜 as well.
    """
    known = parse_locale(language).days
    forms = [known[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated", "short")]
    found = {(plain(name), day): None for form in forms for day, name in form.items()}
    for name, day in tuple(found):
        if spaceless(name) and name.endswith("日") and len(name) == 3:
            found[name[:-1], day] = None
    return tuple(found)
