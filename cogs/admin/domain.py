"""What holds for teams' names, and who of a team is at work now or next."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum

from bot.api import Hours, Member, MemberId, Shift, Weekdays, WorkingTime, WorkingWeek

LONGEST_NAME = 60
_QUOTES = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("'", "'"), ("‘", "’"))
_JOINERS = "\u200c\u200d"
"""Invisible, and part of how some scripts and emoji are written."""


class NameProblem(StrEnum):
    """Why a team can't have a name."""

    EMPTY = "empty"
    LONG = "long"
    LINES = "lines"
    DIGITS = "digits"
    SIGNS = "signs"


def clean_name(written: str) -> str:
    """Return a team's name as it is kept: nothing around it, single spaces in it, composed letters."""
    name = re.sub(r"[^\S\r\n]+", " ", unicodedata.normalize("NFC", written)).strip()
    return name[1:-1].strip() if len(name) > 1 and (name[0], name[-1]) in _QUOTES else name


def name_problem(name: str) -> NameProblem | None:
    """Return why a cleaned name can't be a team's, or None.

    A number could be a team's id, and a name with quotes or a colon could not be typed in a command; one with
    invisible signs could pass for another's, or turn the text around it.
    """
    if "\n" in name or "\r" in name:
        return NameProblem.LINES
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in name):
        return NameProblem.EMPTY
    if len(name) > LONGEST_NAME:
        return NameProblem.LONG
    if name.replace(" ", "").isdigit():
        return NameProblem.DIGITS
    if any(sign in '"“”„«»`:' or _invisible(sign) for sign in name):
        return NameProblem.SIGNS
    return None


def _invisible(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "C" and sign not in _JOINERS


def same_name(one: str, other: str) -> bool:
    """Return whether two names are the same to a reader who ignores case."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", clean_name(name)).casefold()


@dataclass(frozen=True, slots=True)
class Desk:
    """A member on the team's board: at work in `shift`, or due to start it (None: not within a year)."""

    member: Member
    times: WorkingTime
    shift: Shift | None


@dataclass(frozen=True, slots=True)
class Board:
    """A team at one instant: who works, first to finish first, and who does not, next to start first."""

    working: tuple[Desk, ...]
    waiting: tuple[Desk, ...]


def board(members: Iterable[Member], times: Mapping[MemberId, WorkingTime], now: datetime) -> Board:
    """Return who of a team is at work, and the others in the order in which they start."""
    working, waiting = [], []
    for member in members:
        mine = times[member.id]
        if shift := mine.current(now):
            working.append(Desk(member, mine, shift))
        else:
            waiting.append(Desk(member, mine, mine.next_shift(now)))
    working.sort(key=lambda desk: (desk.shift.end if desk.shift else now, desk.member.name))
    waiting.sort(key=lambda desk: (desk.shift is None, desk.shift.start if desk.shift else now, desk.member.name))
    return Board(tuple(working), tuple(waiting))


def by_hours(week: WorkingWeek) -> tuple[tuple[Hours, Weekdays], ...]:
    """Return the week's different hours, each with its weekdays, in the order of the week."""
    days: dict[Hours, set[int]] = {}
    for day, hours in enumerate(week.intervals):
        if hours:
            days.setdefault(hours, set()).add(day)
    return tuple((hours, frozenset(on)) for hours, on in days.items())


def nearest(said: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three of the known words that look like what was said, best first."""
    words = " ".join(said.lower().split())[:LONGEST_NAME]
    names = list(known)
    starts = [name for name in names if words and name.startswith(words)]
    return tuple(dict.fromkeys([*starts, *get_close_matches(words, names, n=3, cutoff=0.55)]))[:3]
