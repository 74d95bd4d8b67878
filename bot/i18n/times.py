"""Times of day and working hours as people type them: "9.30 Uhr", "午後5時半", "de 9 a 17 h".

How a language writes a time stands in its catalogue as examples: "9時半" says that any hour may stand for the 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from functools import lru_cache
from typing import Final

from bot.i18n import words
from bot.i18n.spelling import folded, in_digits, plain, spaceless
from bot.model.working_time import Hours, parse_hours

_ANYWHERE: Final = re.compile(r"(?P<hour>\d{1,2})(?:[:.h]?(?P<minute>\d{2}))?|(?P<full>\d{1,2})h")
_RANGE: Final = re.compile("[-\u2010-\u2015\u2212~\uff5e\u301c\u30fc]")
_NUMBER: Final = re.compile(r"(\d+)")
_ROLES: Final = {
    "9": r"(?P<hour>\d{1,2})", "30": r"(?P<minute>\d{2})", "10": r"(?P<coming>\d{1,2})", "5": r"(?P<some>\d{1,2})",
}  # fmt: skip
_STEP: Final = 5
"""Minutes past and to an hour are told in such steps: "9 to 5" is no time, but a working day."""
_LONGEST: Final = 60


def parse(text: str, language: str, known: words.Words) -> time | None:
    """Return the wall time that "09:30", "9", "9.30", "0930", "9:30pm" or the language's own ways mean, or None."""
    found = _clock(text, language, known)
    return time(*found) if found and found[0] < 24 else None


def hours(text: str, language: str, known: words.Words) -> Hours:
    """Return the working hours that a range of two times means. Raises ValueError."""
    try:
        return parse_hours(folded(text))
    except ValueError as not_international:
        start, end = _sides(_counted(folded(text[: 2 * _LONGEST]), language, known), language, known) or ("", "")
        clocks = [_canonical(side, language, known) for side in (start, end)]
        if not all(clocks):
            raise not_international
        return parse_hours("-".join(str(clock) for clock in clocks))


def _clock(text: str, language: str, known: words.Words) -> tuple[int, int] | None:
    written = _counted(in_digits(folded(text[:_LONGEST]).rstrip(" .。,、")), language, known)
    if plain(written) in known.of(words.NOON, language):
        return 12, 0
    if plain(written) in known.of(words.MIDNIGHT, language):
        return 0, 0
    for half, rest in _halves(written, language, known):
        for pattern in (_ANYWHERE, *_patterns(known.forms(words.OCLOCK, language), 0)):
            if match := pattern.fullmatch(rest):
                return _checked(match, 0, half, written)
        for pattern in _patterns(known.forms(words.HALF_PAST, language), 30):
            if match := pattern.fullmatch(rest):
                return _checked(match, 30, half, written)
        for source in (words.PAST, words.TO):
            for pattern in _patterns(known.forms(source, language), 5):
                if match := pattern.fullmatch(rest):
                    return _off(match, half, written)
    return None


def _counted(written: str, language: str, known: words.Words) -> str:
    """Return a text with numbers in letters in digits: "zwanzig nach neun" is "20 nach 9"."""
    numbers = _numbers(known.forms(words.NUMBERS, language))
    if not numbers or not any(map(str.isalpha, written)):
        return written
    return _counting(tuple(numbers)).sub(lambda match: numbers[match[0]], written)


@lru_cache(maxsize=64)
def _numbers(forms: tuple[str, ...]) -> dict[str, str]:
    """Return digits by the words for them; the language's go before the English ones."""
    found: dict[str, str] = {}
    for form in forms:
        digits, _space, word = form.partition(" ")
        if digits.isdecimal() and word:
            found.setdefault(word, digits)
    return found


@lru_cache(maxsize=64)
def _counting(numbers: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(numbers, key=len, reverse=True)
    return re.compile("|".join(_alone(word) for word in longest_first))


def _alone(word: str) -> str:
    return re.escape(word) if spaceless(word) else rf"(?<!\w){re.escape(word)}(?!\w)"


def _off(match: re.Match[str], half: str, written: str) -> tuple[int, int] | None:
    """Return the time that so many minutes, or a quarter, past or to an hour are."""
    some = int(match.groupdict().get("some") or 15)
    if some % _STEP or not 0 < some < 30:
        return None
    return _checked(match, 60 - some if "coming" in match.groupdict() else some, half, written)


def _halves(written: str, language: str, known: words.Words) -> Iterator[tuple[str, str]]:
    """Yield the half of the day that a time names ("am", "pm" or ""), and what is left of it."""
    yield "", written
    for half, source in (("am", words.BEFORE_NOON), ("pm", words.AFTER_NOON)):
        for pattern in _marks(known.forms(source, language)):
            rest = pattern.sub("", written, count=1).strip()
            if rest != written:
                yield half, rest


def _checked(match: re.Match[str], minute: int, half: str, written: str) -> tuple[int, int] | None:
    found = match.groupdict()
    if found.get("coming"):
        hour = (int(found["coming"]) - 1) % (12 if int(found["coming"]) < 13 else 24) or 12
    else:
        hour = int(found.get("hour") or found["full"])
    minute = int(found["minute"]) if found.get("minute") else minute
    if hour > 24 or minute > 59 or (hour == 24 and minute) or (half and hour > 12):
        return None
    if half and hour == 0 and not any(map(spaceless, written)):
        return None  # "0 am" is a slip; 午前0時 is midnight
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour, minute


_NUMBERS_IN: Final = {0: {"9"}, 30: {"9", "30", "10"}, 5: {"9", "10", "5"}}
"""The numbers that stand in an example, by its minutes."""


@lru_cache(maxsize=64)
def _patterns(examples: tuple[str, ...], minute: int) -> tuple[re.Pattern[str], ...]:
    """Return what reads times written like the examples; one that names other numbers is no example."""
    wanted = _NUMBERS_IN[minute]
    return tuple(
        re.compile("".join(_part(part) for part in _NUMBER.split(example)))
        for example in examples
        if set(_NUMBER.findall(example)) <= wanted and _NUMBER.search(example)
    )


def _part(part: str) -> str:
    if part in _ROLES:
        return _ROLES[part]
    literal = re.escape(part.strip()).replace(r"\ ", r"\s*").replace(":", "[:.]")
    return rf"\s*{literal}\s*" if literal else r"\s*"


@lru_cache(maxsize=64)
def _marks(forms: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return what finds such words at a time's beginning or end, "p. m." like "pm"; the longest first."""
    found = []
    for form in sorted(forms, key=len, reverse=True):
        signs = re.sub(r"[\s.]", "", form)
        spelled = r"\.?\s*".join(map(re.escape, signs))
        bound = "" if spaceless(signs) else r"\b"
        found.append(re.compile(rf"^{spelled}{bound}\.?\s*|\s*{spelled}\.?$"))
    return tuple(found)


def _sides(text: str, language: str, known: words.Words) -> tuple[str, str] | None:
    """Part a range: by a dash, or by the language's word for "to"."""
    written = folded(text[: 2 * _LONGEST])
    parting = [_RANGE, *(_word(form) for form in known.forms(words.UNTIL, language))]
    ignored = [_word(form) for form in known.forms(words.FILLERS, language)]
    for pattern in parting:
        sides = pattern.split(written)
        if len(sides) == 2 and all(side.strip() for side in sides):
            return _without(sides[0], ignored), _without(sides[1], ignored)
    return None


def _without(side: str, ignored: list[re.Pattern[str]]) -> str:
    side = side.strip()
    for pattern in ignored:
        for at in (pattern.match(side), *(m for m in pattern.finditer(side) if m.end() == len(side))):
            if at:
                side = (side[: at.start()] + side[at.end() :]).strip()
                break
    return side


@lru_cache(maxsize=512)
def _word(form: str) -> re.Pattern[str]:
    bound = "" if spaceless(form) else r"\b"
    return re.compile(rf"{bound}{re.escape(form)}{bound}")


def _canonical(side: str, language: str, known: words.Words) -> str:
    """Return one end of a range as `parse_hours` reads it; "" if it is no time. A bare number stays one."""
    if side.isdecimal() and len(side) < 3:
        return side
    found = _clock(side, language, known)
    return f"{found[0]:02}:{found[1]:02}" if found else ""
