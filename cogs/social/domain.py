"""The rules of the social channel: which prompt, which theme, which region's turn.

Everything here follows from its arguments, so any process at any time comes to the same answer. "Days" are
the weekdays a channel posts on (Monday is 0), "posting dates" the dates that fall on them.
"""

import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from cogs.social.prompts import HINTS

LONGEST_SUGGESTION = 300
EVERY_DAY = frozenset(range(7))


# Prompts: a deck for each theme of a channel


def shuffled(theme: str, channel_seed: str, round_: int, size: int, last: int | None) -> tuple[int, ...]:
    """The order of a theme's prompts in one round, never beginning with the `last` of the round before.

    Fisher-Yates over a BLAKE2b stream: `random` does not promise the same shuffle in every version of Python.
    """
    numbers = _stream(f"{theme}\n{channel_seed}\n{round_}")
    order = list(range(size))
    for here in range(size - 1, 0, -1):
        there = next(numbers) % (here + 1)
        order[here], order[there] = order[there], order[here]
    if size > 1 and order[0] == last:
        there = 1 + next(numbers) % (size - 1)
        order[0], order[there] = order[there], order[0]
    return tuple(order)


def _stream(key: str) -> Iterator[int]:
    """Endless 64-bit numbers; that many bits make the bias of a remainder far too small to matter here."""
    step = 0
    while True:
        block = hashlib.blake2b(f"{key}\n{step}".encode(), digest_size=8).digest()
        yield int.from_bytes(block, "big")
        step += 1


@dataclass(frozen=True, slots=True)
class Deck:
    """Where a channel stands in a theme's prompts; `last` is the last prompt of the round before.

    A round is dealt for the `size` the catalogue has at its first draw, and keeps to it: prompts added since
    wait for the next round, prompts that are gone are passed over. So no prompt comes again before the deck
    is through, as long as the catalogue grows and shrinks at its end. All fields are to be stored; a deck
    stored without its `size` takes the catalogue's.
    """

    theme: str
    seed: str
    round: int = 0
    position: int = 0
    last: int | None = None
    size: int = 0

    def draw(self, size: int) -> tuple[int, "Deck"]:
        """The next prompt's index in a catalogue of `size`, and the deck after it."""
        if size < 1:
            raise ValueError("a deck needs a prompt")
        dealt = (self.size if self.position else 0) or size
        order = shuffled(self.theme, self.seed, self.round, dealt, self.last)
        for position in range(self.position, dealt):
            if order[position] < size:
                return order[position], replace(self, position=position + 1, size=dealt)
        latest = order[min(self.position, dealt) - 1]
        return Deck(self.theme, self.seed, self.round + 1, last=latest).draw(size)


# Dates: themes and hosts


def posting_date(day: date, days: frozenset[int]) -> date:
    """The first posting date on or after a day."""
    if not days or not days <= EVERY_DAY:
        raise ValueError("a channel posts on one weekday or more, Monday (0) to Sunday (6)")
    while day.weekday() not in days:
        day += timedelta(days=1)
    return day


def theme_for(
    day: date, themes: Sequence[str], days: frozenset[int], hints: Mapping[str, frozenset[int]] = HINTS
) -> str:
    """The theme of a posting date (for a day between two: of the next).

    The themes stand in a queue, and each week takes the next ones, one for each of its posting dates; so in
    as many weeks as there are themes, each gets as many turns as a week has posting dates. Within the week, a
    theme with hinted weekdays takes the latest of them that is free, the one with the fewest hints first; the
    others fill the week in the order of the queue, and avoid the theme of the date before or after where they
    can.
    """
    if not themes:
        raise ValueError("a channel needs a theme")
    day = posting_date(day, days)
    first = _week(day) * len(days)
    queue = [themes[number % len(themes)] for number in range(first, first + len(days))]
    return _week_plan(queue, sorted(days), hints)[day.weekday()]


def _week_plan(queue: list[str], days: list[int], hints: Mapping[str, frozenset[int]]) -> dict[int, str]:
    plan: dict[int, str] = {}
    free, waiting = list(days), list(queue)
    for theme in sorted(dict.fromkeys(queue), key=lambda name: len(hints.get(name, ()))):
        if hinted := [weekday for weekday in free if weekday in hints.get(theme, ())]:
            plan[hinted[-1]] = theme
            free.remove(hinted[-1])
            waiting.remove(theme)
    for weekday in free:
        place = days.index(weekday)
        beside = {plan.get(other) for other in (*days[:place][-1:], *days[place + 1 :][:1])}
        plan[weekday] = next((theme for theme in waiting if theme not in beside), waiting[0])
        waiting.remove(plan[weekday])
    return plan


def host(day: date, days: frozenset[int], regions: Sequence[Any]) -> int:
    """Which region (its place in `regions`) hosts a posting date (for a day between two: the next).

    The posting dates since 0001-01-01 are counted round the regions. Where that alone would give a region the
    same weekdays for ever (three regions, three dates a week), the count skips one region each time it comes
    to the same weekdays again. So over n weeks each of n regions hosts once on every posting weekday, and
    nobody waits for more than 2n - 1 posting dates, as long as days and regions stay the same.
    """
    if not regions:
        raise ValueError("a channel needs a region")
    day = posting_date(day, days)
    earlier = _week(day) * len(days) + sum(weekday < day.weekday() for weekday in days)
    again = math.lcm(len(days), len(regions))
    skipped = earlier // again if again < len(days) * len(regions) else 0
    return (earlier + skipped) % len(regions)


def _week(day: date) -> int:
    """Weeks since 0001-01-01, which was a Monday."""
    return (day.toordinal() - 1) // 7


# Suggestions from members


class SuggestionFault(StrEnum):
    """Why a suggested prompt cannot be taken."""

    EMPTY = "empty"
    TOO_LONG = "too_long"


class BadSuggestion(ValueError):
    """A suggested prompt that cannot be taken."""

    def __init__(self, reason: SuggestionFault) -> None:
        super().__init__(reason.value)
        self.reason = reason


def clean_suggestion(text: str) -> str:
    """A suggested prompt on one line: runs of blanks and control characters become one space."""
    spaced = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    cleaned = " ".join(spaced.split())
    if not any(sign.isprintable() and not sign.isspace() for sign in cleaned):
        raise BadSuggestion(SuggestionFault.EMPTY)
    if len(cleaned) > LONGEST_SUGGESTION:
        raise BadSuggestion(SuggestionFault.TOO_LONG)
    return cleaned


_SUGGESTING = re.compile(r"\bsocial\s+suggest\b(.*)", re.DOTALL | re.IGNORECASE)
_TEAM_OPTION = r"team:(?:\"[^\"]*\"|“[^”]*”|\S+)"


def suggested_text(said: str) -> str | None:
    """The suggestion in a whole message that suggested one ("!helio social suggest TEXT"), or None."""
    found = _SUGGESTING.search(said)
    if found is None:
        return None
    text = re.sub(rf"^\s*{_TEAM_OPTION}(?=\s|$)", "", found[1], flags=re.IGNORECASE)
    return re.sub(rf"(?<=\s){_TEAM_OPTION}\s*$", "", text, flags=re.IGNORECASE)


# Themes by name


def folded(text: str) -> str:
    """A text for comparing: without case, accents, and blanks around it."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).casefold().split())


def parse_themes(
    text: str, known: Sequence[str], named: Callable[[str], str | None] = lambda word: None
) -> tuple[str, ...]:
    """Read "pets, reading" as known names, each once, in the order of `known`. Raises LookupError for another.

    `named` gives the name that stands for a word of another language.
    """
    words = [word for word in re.split(r"[,;、，；・\n]|\s+", text) if word.strip()]
    wanted = {word: folded(word) if folded(word) in known else named(word) for word in words}
    unknown = [word for word, name in wanted.items() if name is None]
    if unknown:
        raise LookupError(unknown[0])
    return tuple(name for name in known if name in wanted.values())


def team_like(text: str, teams: Sequence[str]) -> str | None:
    """Return the team's name that a text may have been meant to be: it is a slip or a space away."""
    squeezed = {"".join(name.casefold().split()): name for name in teams}
    near = get_close_matches("".join(text.strip('"“”').casefold().split()), squeezed, 1, 0.8)
    return squeezed[near[0]] if near else None


def split_team(text: str, teams: Sequence[str]) -> tuple[str | None, str]:
    """Cut the team's name off the front of "Atlas pets": the name (None if there is none) and the rest."""
    head = text.lstrip().lstrip('"“')
    for name in sorted(teams, key=len, reverse=True):
        rest = head[len(name) :]
        if head[: len(name)].casefold() == name.casefold() and (not rest or rest[0] in ' \t\n"”'):
            return name, rest.lstrip('"”').strip()
    return None, text.strip()
