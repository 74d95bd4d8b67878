"""From answers to journal entries: one a line, requests to team mates, and how long a blocker has stood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.api import Entry, Kind, MemberId, State, after_name
from cogs.standup.answers import NOTE, Part, Reading
from cogs.standup.questions import Question, Vocabulary, plain

MOST_ITEMS = 50
"""An answer of more lines is one entry: it is a text or a log, not a list."""
TOPIC_NOTE = "+"
"""The topic of what was added without a question."""

_BULLET = re.compile(
    r"[ \t\u3000]*(?:[-*\u2022\u2013\u25e6\u00b7][ \t\u3000]+|\(?\d{1,2}[.)][ \t]+|[・‣●○◎■□◆◇▪▫][ \t\u3000]*"
    r"|[(（]?\d{1,2}(?:[）、]|．(?!\d))[ \t\u3000]*)"
)


def items(text: str) -> list[str]:
    """Divide an answer into its lines; what is indented under a bullet, and a block of code, stays with it."""
    found: list[str] = []
    bullet = fenced = False
    for line in text.splitlines():
        fence = line.lstrip().startswith("```")
        marker = None if fenced or fence else _BULLET.match(line)
        if fenced or (fence and found) or (bullet and line[:1] in " \t\u3000" and line.strip() and not marker):
            found[-1] += "\n" + (line if fenced or fence else line.strip())
        elif line.strip():
            bullet = marker is not None
            found.append(line[marker.end() :].strip() if marker else line.strip())
        fenced ^= fence
    found = [item for item in found if item.strip("-\u2013\u2014_*=. \t")]
    return found if len(found) <= MOST_ITEMS else [text]


def addressees(text: str, names: Mapping[str, MemberId]) -> tuple[MemberId, ...]:
    """Return the members that "@Name" in a text names, in order; of two names that fit, the longer one."""
    folded = text.casefold().replace("＠", "@")
    if "@" not in folded:
        return ()
    found: dict[MemberId, None] = {}
    longest_first = sorted(names, key=len, reverse=True)
    for at in re.finditer("@", folded):
        for name in longest_first:
            end = at.end() + len(name)
            if folded.startswith(name, at.end()) and after_name(folded, end) is not None:
                found[names[name]] = None
                break
    return tuple(found)


def names_of(members: Iterable[tuple[MemberId, str]], author: MemberId) -> dict[str, MemberId]:
    """Return the names that team mates go by: the whole one, and the first word of it where nobody shares that."""
    mates = [(member, name.casefold()) for member, name in members if member != author and name.strip()]
    firsts = [name.split()[0] for _, name in mates]
    short = {name.split()[0]: member for member, name in mates if firsts.count(name.split()[0]) == 1}
    return {**short, **{name: member for member, name in mates}}


def drafts(
    reading: Reading,
    questions: Sequence[Question],
    vocabulary: Vocabulary,
    names: Mapping[str, MemberId],
    blank: Callable[[Kind, str], Entry],
    quoting: Callable[[str, str], str],
) -> Iterator[Entry]:
    """Yield the entries that answers make, without ids; `blank` makes one of its kind and text, the rest filled in.

    A line that names team mates by "@Name" is a request to each of them, besides what it is by its question. A message
    that was picked by its menu is one entry. What somebody else said in it asks nobody for anything, for they have
    done that themselves if they wanted to; `quoting` makes of their name and words a sentence that says so.
    """
    for position in (*range(len(questions)), NOTE):
        kind = questions[position].kind if position != NOTE else Kind.NOTE
        topic = str(position + 1) if position != NOTE else TOPIC_NOTE
        for part in reading.parts.get(position, ()):
            said, at, speaker = part.piece.source, part.piece.at, part.piece.speaker
            found = _picked(part, reading) if part.piece.picked else _said(part, reading.text(position), vocabulary)
            if speaker:
                for item in found:
                    yield replace(blank(kind, quoting(speaker, item)), topic=topic, source=said, at=at)
                continue
            for item in found:
                yield replace(blank(kind, item), topic=topic, source=said, at=at)
                for member in addressees(item, names):
                    yield replace(blank(Kind.ASK, item), topic=topic, source=said, at=at, addressee=member)


def _picked(part: Part, reading: Reading) -> list[str]:
    """Return all that a picked message says, as one item, for its first part."""
    parts = [each for _, each in reading.of(part.piece)]
    return ["\n".join(each.text for each in parts)] if parts[0] is part else []


def _said(part: Part, answer: str, vocabulary: Vocabulary) -> list[str]:
    """Return the items of a part; none where the answer, or an item that more was added to, says nothing."""
    if vocabulary.is_nothing(answer):
        return []
    return [item for item in items(part.text) if not vocabulary.is_nothing(item)]


def reconcile(standing: Sequence[Entry], wanted: Sequence[Entry]) -> list[Entry]:
    """Return the wanted entries, as new versions of those that stand where they are the same or took their place."""
    left = list(standing)
    after: list[Entry | None] = [_take(left, entry, _same) for entry in wanted]
    for n, entry in enumerate(wanted):
        if after[n] is None:
            after[n] = _take(left, entry, _alike) or entry
    return [entry for entry in after if entry is not None]


def _take(left: list[Entry], wanted: Entry, fits: Callable[[Entry, Entry], bool]) -> Entry | None:
    for n, entry in enumerate(left):
        if fits(entry, wanted):
            del left[n]
            return replace(wanted, id=entry.id, state=entry.state)
    return None


def _same(a: Entry, b: Entry) -> bool:
    return (a.topic, a.kind, a.addressee, a.text) == (b.topic, b.kind, b.addressee, b.text)


def _alike(a: Entry, b: Entry) -> bool:
    return (a.topic, a.kind, a.addressee) == (b.topic, b.kind, b.addressee)


def with_since(wanted: Sequence[Entry], earlier: Sequence[Entry]) -> list[Entry]:
    """Date each blocker back to the day it was first told: while it stood open, it was told in the same words."""
    told: dict[str, Entry] = {}
    for entry in earlier:
        first = told.get(plain(entry.text))
        if first is None or (entry.since or entry.date) < (first.since or first.date):
            told[plain(entry.text)] = entry
    return [_since(entry, told.get(plain(entry.text))) if entry.kind is Kind.BLOCKER else entry for entry in wanted]


def _since(entry: Entry, first: Entry | None) -> Entry:
    return replace(entry, since=(first.since or first.date) if first else entry.date)


def settled(
    earlier: Sequence[Entry], wanted: Sequence[Entry], answered: bool, by_this: frozenset[int]
) -> tuple[list[Entry], frozenset[int]]:
    """Return the author's earlier blockers as they stand now, and the ids of those that this update resolved.

    Once the question for blockers is `answered`, what is not told again is over. `by_this` are those that this
    update had resolved before: they open again if it does not say so any more.
    """
    repeated = {plain(entry.text) for entry in wanted if entry.kind is Kind.BLOCKER}
    ours = {entry.id for entry in earlier if entry.state is State.OPEN} | by_this
    over = {e.id for e in earlier if e.id in ours and answered and plain(e.text) not in repeated}

    def now(entry: Entry) -> Entry:
        if entry.id not in ours:
            return entry
        return replace(entry, state=State.RESOLVED if entry.id in over else State.OPEN)

    return [now(entry) for entry in earlier], frozenset(over)
