"""From what a member says to answers: which question each part of a message is for. Nothing of a text is lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from bot.api import MessageRef
from cogs.standup.questions import plain

NOTE = -1
"""The position of what was added without a question to answer."""
PICTURE = "🖼"
"""Stands before the reference of a picture that is an answer."""

_KEYCAP = "\ufe0f?\u20e3"
_DASH = "-\u2010-\u2015\u2212\uff0d"
_SIGNS = "①-⑳⑴-⒇⒈-⒛⓵-⓾❶-❿➀-➉➊-➓㊀-㊉"
"""Numbers that are one sign each."""
_NUMBERED = re.compile(
    r"(?P<indent>[ \t\u3000]*)[*_]{0,2}"
    rf"(?:[(（［【〔\[]?(?P<n>\d{{1,2}})"
    rf"(?:[)）］】〕。、]|．(?!\d)|\](?!\()|\.?[{_DASH}](?=\s)|\.(?=\s|[*_]|$)|[ \t]?:(?=\s|$)|[ \t\u3000]?：(?!\d))"
    rf"|(?P<k>\d){_KEYCAP}|(?P<s>[{_SIGNS}])[.．:：、)）]?)"
    r"[*_]{0,2}[ \t\u3000]*"
)
_LEAD = re.compile(rf"[^\w\n{_SIGNS}]{{0,8}}(?:(?:\d{{1,2}}[.)．）、]|[{_SIGNS}])[^\w\n]{{0,4}})?")
_ENDS = re.compile(rf"[?？]?[ \t\u3000]*[:：]|[?？]|[】〕］」』\]]|[ \t\u3000][{_DASH}](?=[ \t\u3000])")
_AFTER = re.compile(r"[*_]{0,3}[:：]?[*_]{0,3}[ \t\u3000]*")
_TAIL = re.compile(r"\w[\s*_#?!.)\]？！．。）】〕］」』-]*$")
_FORM = "form:"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a message, and the position of the question it answers (`NOTE` for none)."""

    question: int
    text: str
    picture: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where in the text an answer begins: the marker's place, and the question it names."""

    question: int
    start: int
    end: int


def is_blank(text: str) -> bool:
    """Whether there is nothing in a text that a reader could see."""
    return not text.translate(dict.fromkeys(map(ord, _INVISIBLE))).strip()


def is_empty_form(text: str, phrases: Mapping[str, int], count: int, asked: int) -> bool:
    """Whether a message has nothing but numbers or headings, and no answer to any of them."""
    marks = _headings(text, phrases) or _numbers(text, count, asked)
    return bool(marks) and not any(_sections(text, marks, asked))


def parse(text: str, phrases: Mapping[str, int], count: int, asked: int) -> tuple[Section, ...]:
    """Divide a message among `count` questions; `asked` is the position of the open one, or `NOTE`.

    In this order, the first that applies:

    - Headings ("Next: ...", or a line "Next" of its own with text after it) by `phrases` divide it.
    - Numbers at the beginning of lines do, if all are numbers of questions, rise, and none is of a question
      before the one asked. So "1. a, 2. b" in answer to the second question is a list, and the second's answer.
    - It is the answer to the question asked, whole.

    What stands before the first marker answers the question asked if no marker names it and it comes before
    them, else it goes with the first. Sections without text are left out.
    """
    marks = _headings(text, phrases) or _numbers(text, count, asked)
    if not marks:
        return (Section(asked, text.strip()),)
    found = list(_sections(text, marks, asked))
    return tuple(found) or (Section(asked, text.strip()),)


def _sections(text: str, marks: Sequence[_Mark], asked: int) -> Iterator[Section]:
    before = text[: marks[0].start]
    if not is_blank(before):
        named = {mark.question for mark in marks}
        own = asked not in named and NOTE < asked < marks[0].question
        yield Section(asked if own else marks[0].question, before.strip())
    ends = [*(mark.start for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=True):
        if not is_blank(text[mark.end : end]):
            yield Section(mark.question, text[mark.end : end].strip())


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines outside of code blocks, each with its place."""
    place, fenced = 0, False
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield place, line.rstrip("\r\n")
        place += len(line)


def _headings(text: str, phrases: Mapping[str, int]) -> list[_Mark]:
    marks = []
    for place, line in _lines(text):
        if not line.strip():
            continue
        lead = _LEAD.match(line)
        start = lead.end() if lead else 0
        end = _ENDS.search(line, start)
        if end and (question := phrases.get(plain(line[start : end.end()]))) is not None:
            after = _AFTER.match(line, end.end())
            marks.append(_Mark(question, place, place + (after.end() if after else end.end())))
        elif _TAIL.search(line) and (question := phrases.get(plain(line[start:]))) is not None:
            if is_blank(text[place + len(line) :]):
                continue  # the last word of a message is not the heading of nothing
            marks.append(_Mark(question, place, place + len(line)))
    return marks


def _numbers(text: str, count: int, asked: int) -> list[_Mark]:
    found = [(m, place) for place, line in _lines(text) if (m := _NUMBERED.match(line))]
    if not found:
        return []
    least = min(len(m["indent"]) for m, _ in found)
    outer = [(m, place) for m, place in found if len(m["indent"]) == least]
    marks = [_Mark(_number(m) - 1, place, place + m.end()) for m, place in outer]
    positions = [mark.question for mark in marks]
    rising = all(a < b for a, b in pairwise(positions))
    if rising and max(0, asked) <= positions[0] and positions[-1] < count:
        return marks
    return []


def _number(match: re.Match[str]) -> int:
    return int(match["n"] or match["k"] or unicodedata.numeric(match["s"]))


# --- an update as a whole -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """One message that belongs to an update. `asked` is the question that was open when it was said."""

    asked: int
    text: str
    attachments: tuple[str, ...]
    source: MessageRef
    at: datetime
    command: bool = False
    """Whether it was said with the command `update`."""
    id: int = 0
    picked: str = ""
    """The id of the message that it is, if the member picked that by its menu."""
    speaker: str = ""
    """What people call whoever wrote that, if it was somebody else."""

    @property
    def whole(self) -> bool:
        """Whether it was written in a form, or picked, and so answers its one question whatever it looks like."""
        return bool(self.picked) or self.source.message_id.startswith(_FORM)

    def is_message(self, source: MessageRef) -> bool:
        """Whether it came from this message, said by the member or picked by them."""
        return self.source.place.platform == source.place.platform and source.message_id in (
            self.source.message_id,
            self.picked,
        )


def written_in_form(use: str) -> str:
    """Return what stands for a message where there is none: the use of a form."""
    return f"{_FORM}{use}"


@dataclass(frozen=True, slots=True)
class Part:
    """What one message says to one question."""

    text: str
    piece: Piece
    picture: bool = False
    """Whether it is the reference of a picture instead of words."""


@dataclass(frozen=True)
class Reading:
    """What a member's messages mean together, by the question's position; `NOTE` has what answers none."""

    count: int
    parts: Mapping[int, Sequence[Part]] = field(default_factory=dict)

    @property
    def open(self) -> tuple[int, ...]:
        """The questions without an answer."""
        return tuple(n for n in range(self.count) if n not in self.parts)

    @property
    def complete(self) -> bool:
        """Whether every question has an answer."""
        return not self.open

    @property
    def empty(self) -> bool:
        """Whether nothing was said at all."""
        return not self.parts

    def text(self, question: int) -> str:
        """The whole answer to a question."""
        return "\n".join(part.text for part in self.parts.get(question, ()))

    def own(self, question: int) -> str:
        """What the member themself answered to a question: all but what others said."""
        return "\n".join(part.text for part in self.parts.get(question, ()) if not part.piece.speaker)

    def words(self, question: int) -> str:
        """What the member themself wrote in answer to a question, without pictures."""
        return "\n".join(p.text for p in self.parts.get(question, ()) if not (p.piece.speaker or p.picture))

    def pictures(self, question: int) -> tuple[str, ...]:
        """The references of the member's own pictures in answer to a question."""
        found = [part.text for part in self.parts.get(question, ()) if part.picture and not part.piece.speaker]
        return tuple(text.removeprefix(PICTURE).strip() for text in found)

    def of(self, piece: Piece) -> Sequence[tuple[int, Part]]:
        """What a message says, each with the question's position."""
        return [(n, part) for n, parts in self.parts.items() for part in parts if part.piece.id == piece.id]


def read(pieces: Iterable[Piece], phrases: Mapping[str, int], count: int) -> Reading:
    """Read messages in the order they were said; each keeps the question it was said to, whatever changes."""
    parts: dict[int, list[Part]] = {}
    for piece in pieces:
        for section in _of(piece, phrases, count):
            parts.setdefault(section.question, []).append(Part(section.text, piece, section.picture))
    return Reading(count, parts)


def _of(piece: Piece, phrases: Mapping[str, int], count: int) -> Iterator[Section]:
    last = piece.asked
    if is_blank(piece.text):
        pass
    elif piece.whole:
        yield Section(piece.asked, piece.text)
    else:
        for section in parse(piece.text, phrases, count, piece.asked):
            last = section.question
            yield section
    for reference in piece.attachments:
        yield Section(last, f"{PICTURE} {reference}", picture=True)


def begun(text: str, longest: int) -> tuple[str, str]:
    """Return the beginning of a text that has at most so many characters, as UTF-16 counts them, and its rest.

    It ends where a line or a word does, if there is such a place in its second half.
    """
    fits = len(text.encode("utf-16-le", "surrogatepass")[: 2 * longest].decode("utf-16-le", "ignore"))
    if fits == len(text):
        return text, ""
    at = next((at for sign in "\n " if (at := text.rfind(sign, fits // 2, fits + 1)) > 0), fits)
    return text[:at], text[at:]


_COMMAND = re.compile(r"\s*(?:\S+\s+)?/?(?:update|blocker)\b[ \t]*", re.IGNORECASE)


def without_command(text: str) -> str:
    """Return an edited message's text without the words of the command that it was said with."""
    found = _COMMAND.match(text)
    return text[found.end() :].strip() if found else text.strip()


def names_question(text: str, phrases: Mapping[str, int]) -> bool:
    """Whether a text begins with `update` and then, by number or heading, the question it answers.

    With a question open, "update the docs" is an answer; "update 2. the docs" is the command that help shows.
    """
    found = re.match(r"\s*update\s+", text, re.IGNORECASE)
    if found is None:
        return False
    rest = text[found.end() :]
    return bool(_NUMBERED.match(rest)) or any(mark.start == 0 for mark in _headings(rest, phrases))
