"""What of a leg's entries goes into its post, and how short: pure rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.api import Entry, Kind, MemberId, State, after_name

_MARK = re.compile(r"^\s*(?:[-*•–—▪◦]\s+|\d{1,2}[.)]\s+|[・‣●○◎■□◆◇]\s*|[(（]?\d{1,2}(?:[）、]|．(?!\d))\s*)")
_PICTURE = re.compile(r"🖼 \S+")
"""A picture in an answer: where it stands is longer than it looks, and leads nowhere when it is cut."""
_STANDS = "\0"
_FENCE = re.compile(r"\s*```\w*\s*")
_SPACES = re.compile(r"\s+")
_NO_WORDS = re.compile(r"\W+")
ASK_LENGTH = 160
BLOCKER_LENGTH = 120
MOST_ASKS = 10
MOST_BLOCKERS = 10


@dataclass(frozen=True, slots=True)
class Blocker:
    """A blocker: who said it, its text, for how many days it has been one, and whether it is over since."""

    author: MemberId
    text: str
    days: int
    solved: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """What one person wrote of a kind: its first lines, shortened, and how many more there are."""

    author: MemberId
    items: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Digest:
    """The parts of a post in reading order; `others` counts, by part, the people whose lines found no room.

    `asks` stand together by whom they need.
    """

    asks: tuple[Entry, ...]
    blockers: tuple[Blocker, ...]
    decided: tuple[Lines, ...]
    done: tuple[Lines, ...]
    next: tuple[Lines, ...]
    notes: tuple[Lines, ...]
    others: Mapping[str, int]

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not any((self.asks, self.blockers, self.decided, self.done, self.next, self.notes))


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a part is shown, so that a post of many people stays one that is read at a glance."""

    people: int
    lines: int
    length: int


def room_for(people: int) -> Room:
    """More people, less of each."""
    if people <= 6:
        return Room(6, 3, 90)
    if people <= 12:
        return Room(12, 2, 70)
    return Room(20, 1, 60)


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """Those that say something and were not taken back."""
    return [e for e in entries if e.state is not State.WITHDRAWN and e.text.strip()]


def digest(
    entries: Sequence[Entry],
    open_blockers: Sequence[Entry],
    day: date,
    order: Sequence[MemberId],
    receiving: Collection[MemberId] = (),
) -> Digest:
    """Compile what was written for a leg's date, and the blockers of its members that are open; people in `order`.

    What stands among the asks does not stand in another part again, but for blockers.
    """
    entries = standing(entries)
    place = {member: number for number, member in enumerate(order)}
    room = room_for(len({e.author for e in entries}))
    others: dict[str, int] = {}

    shown = asks(entries, receiving)
    asked = {(e.author, e.text) for e in shown}

    def part(*kinds: Kind) -> tuple[Lines, ...]:
        found = [e for e in entries if e.kind in kinds and (e.author, e.text) not in asked]
        authors = sorted({e.author for e in found}, key=lambda m: (place.get(m, len(place)), m))
        if len(authors) > room.people:
            others[kinds[0].value] = len(authors) - room.people
        return tuple(_lines(m, [e.text for e in found if e.author == m], room) for m in authors[: room.people])

    return Digest(
        shown,
        blockers([*entries, *open_blockers], day),
        part(Kind.DECISION),
        part(Kind.DONE),
        part(Kind.NEXT),
        part(Kind.NOTE, Kind.KUDOS),
        others,
    )


def asks(entries: Iterable[Entry], receiving: Collection[MemberId] = ()) -> tuple[Entry, ...]:
    """Open asks, those of one addressee together: first those of who is `receiving`, last those of nobody."""
    found = [e for e in entries if e.kind is Kind.ASK and e.state is State.OPEN]
    first: dict[MemberId | None, int] = {}
    for entry in sorted(found, key=lambda e: (e.at, e.id)):
        first.setdefault(entry.addressee, len(first))
    return tuple(
        sorted(
            found,
            key=lambda e: (e.addressee is None, e.addressee not in receiving, first[e.addressee], e.at, e.id),
        )
    )


def blockers(entries: Iterable[Entry], day: date) -> tuple[Blocker, ...]:
    """Blockers, the oldest first, those solved since last; one told on several days counts once, from the first."""
    told: dict[tuple[MemberId, str], Entry] = {}
    for entry in sorted(standing(entries), key=lambda e: (e.date, e.id)):
        if entry.kind is Kind.BLOCKER:
            name = (entry.author, _bare(entry.text))
            before = told.get(name, entry)
            since = min(before.since or before.date, entry.since or entry.date)
            told[name] = replace(entry, since=since)
    found = [
        Blocker(e.author, e.text, max((day - (e.since or e.date)).days, 0), e.state is State.RESOLVED)
        for e in told.values()
    ]
    return tuple(sorted(found, key=lambda b: (b.solved, -b.days)))


def _bare(text: str) -> str:
    """The words of a text: what makes two blockers the same."""
    return _NO_WORDS.sub(" ", text).casefold().strip()


def _lines(author: MemberId, texts: Iterable[str], room: Room) -> Lines:
    lines = [line for text in texts for line in lines_of(text)]
    shown = tuple(shorten(line, room.length) for line in lines[: room.lines])
    return Lines(author, shown, len(lines) - len(shown))


def lines_of(text: str) -> list[str]:
    """A text's lines without list marks, empty ones and the signs around a block of code."""
    lines = (raw for raw in text.splitlines() if not _FENCE.fullmatch(raw))
    return [line for raw in lines if (line := one_line(_MARK.sub("", raw)))]


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return _SPACES.sub(" ", text).strip()


def shorten(text: str, length: int) -> str:
    """One line of at most so many characters and an ellipsis, cut between words (a word too long: anywhere).

    A picture counts as one character, and is kept whole or left out.
    """
    text = one_line(text.replace(_STANDS, ""))
    pictures = iter(_PICTURE.findall(text))
    text = _PICTURE.sub(_STANDS, text)
    if len(text) > length:
        cut = text.rfind(" ", length // 2, length + 1)
        text = text[: cut if cut > 0 else length].rstrip(" ,;:.") + "…"
    return re.sub(_STANDS, lambda _: next(pictures), text)


def without_name(text: str, name: str) -> str:
    """What an ask says after the "@Name" of its addressee that it begins with, where that stands beside it anyway."""
    text = one_line(text)
    called = f"@{name}".casefold()
    for length in (len(called), len(called.split()[0])):
        end = after_name(text, length)
        if text[:length].casefold().replace("＠", "@") == called[:length] and end is not None:
            return text[end:].lstrip(" ,:;–—-、，：　") or text
    return text


# --- asks and the people they need ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """An ask that its addressee has been told of: by a message of key `key`, or ("" ) by a mention in the post.

    `fingerprint` is of what the message shows, `version` counts how often it was changed.
    """

    entry: int
    addressee: MemberId
    key: str
    fingerprint: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What a change of somebody's asks means: messages to rewrite, those that are void now, asks nobody knows of."""

    same: tuple[tuple[Told, Entry], ...]
    void: tuple[Told, ...]
    new: tuple[Entry, ...]


def compare(told: Sequence[Told], now: Collection[Entry]) -> Changes:
    """Match asks with what was told of them: by entry, else (rewritten in one go) by addressee."""
    by_entry = {t.entry: t for t in told}
    same = [(by_entry[e.id], e) for e in now if e.id in by_entry and by_entry[e.id].addressee == e.addressee]
    kept = {t.entry for t, _ in same}
    new = [e for e in now if e.id not in kept]
    void: list[Told] = []
    for orphan in (t for t in told if t.entry not in kept):
        heir = next((e for e in new if e.addressee == orphan.addressee), None)
        if heir is None:
            void.append(orphan)
        else:
            same.append((orphan, heir))
            new.remove(heir)
    return Changes(tuple(same), tuple(void), tuple(new))
