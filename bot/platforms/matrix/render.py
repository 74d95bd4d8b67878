"""How Matrix shows a message: `m.notice` events with a plain and an HTML body, pictures as events of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from bot.engine.marking import neutral
from bot.engine.ports import Localizer, Reader, Rendered
from bot.model.message import (
    Block,
    Bullets,
    Choice,
    CommandText,
    Divider,
    Fields,
    Heading,
    Image,
    Message,
    Quote,
    Text,
    Value,
    catalogue,
    flowing,
)
from bot.platforms.matrix.marks import MarkedStyle, Run, border, cut, joint, mark, runs_of
from bot.platforms.matrix.media import parse

LIMIT = 8_000
"""Characters in one plain body."""
LARGEST = 44_000
"""Bytes of a content as JSON in ASCII: encrypted (4/3 of it, and an envelope) it is below the 65,536 of an event."""
CHOICES = "heliotrope.choices"
"""The key of a content under which its choices stand until it is sent; `parted` takes them out."""
RULE = "───"
"""The divider between parts of one message, in a plain body."""

_, _n = catalogue("bot")
_LINK = re.compile(r"https?://[^\s<>\"]+")
_EXCERPT = 200


def render(message: Message, reader: Reader, localizer: Localizer, prefix: str = "!helio") -> Sequence[Rendered]:
    """Return the contents of `m.room.message` events that show a message, choices in the last text.

    A text has at most LIMIT characters, a content at most LARGEST bytes; the texts of one message joined have
    every character of it. Pictures follow the text that has them.
    """
    message = message.without_forms
    writer = _Writer(reader, localizer, MarkedStyle(reader.direct, prefix))
    groups = [tuple(writer.block(block)) for block in message.blocks]
    groups.append(tuple(writer.choice(choice) for choice in message.choices))
    pieces = list(_pieces([group for group in groups if any(line.runs for line in group)]))
    rendered = []
    for number, piece in enumerate(pieces, start=1):
        content = _content(piece)
        if message.choices and number == len(pieces):
            content[CHOICES] = [{"command": choice.command, "emoji": choice.emoji} for choice in message.choices]
        rendered += [Rendered(content, content["body"]), *_files(piece)]
    return rendered


def parted(content: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the event's content as it is sent, and the emojis to be put under it as reactions."""
    sent = {key: value for key, value in content.items() if key != CHOICES}
    return sent, tuple(dict.fromkeys(choice["emoji"] for choice in content.get(CHOICES, ())))


def edited(content: Mapping[str, Any], message_id: str) -> dict[str, Any]:
    """Return the content of the event that makes a message show this content instead; it notifies nobody.

    Clients that know no edits see the beginning of the text: the whole of it twice might be too large.
    """
    new, _emojis = parted(content)
    body = str(new["body"])
    return {
        "msgtype": "m.notice",
        "body": f"* {body[: joint(body, _EXCERPT)]}…" if len(body) > _EXCERPT else f"* {body}",
        "m.mentions": {},
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": message_id},
    }


def in_thread(content: Mapping[str, Any], root: str, latest: str | None = None) -> dict[str, Any]:
    """Return a content as a message in the thread under `root`; old clients see it as a reply to `latest`."""
    reply = {"is_falling_back": True, "m.in_reply_to": {"event_id": latest or root}}
    return {**content, "m.relates_to": {"rel_type": "m.thread", "event_id": root, **reply}}


# --- blocks become lines --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph, or a line of a block. `kind` says what it is in HTML, `sign` stands before it in a plain body."""

    kind: str
    runs: tuple[Run, ...]
    sign: str = ""

    @property
    def plain(self) -> str:
        return f"{self.sign}{''.join(run.plain for run in self.runs)}".rstrip(" " if self.kind == "quote" else "")

    @property
    def html(self) -> str:
        return "".join(run.html for run in self.runs)

    @property
    def flat(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class _Writer:
    reader: Reader
    localizer: Localizer
    style: MarkedStyle

    def value(self, value: Value) -> str:
        return self.localizer.write(value, self.reader, self.style)

    def line(self, kind: str, *values: Value, sign: str = "") -> _Line:
        return _Line(kind, runs_of(flowing(self.value(value) for value in values)), sign)

    def block(self, block: Block) -> Iterator[_Line]:
        match block:
            case Text(body):
                yield self.line("p", *body)
            case Heading(body):
                yield self.line("h", body, sign="▌ ")
            case Bullets(items, ordered, first):
                for n, item in enumerate(items, start=first):
                    yield self.line("ol" if ordered else "ul", item, sign=f"{n}. " if ordered else "• ")
            case Quote():
                yield from self.quote(block)
            case Fields(pairs):
                for name, value in pairs:
                    strong = tuple(
                        replace(run, kind="b") if run.kind == "t" else run for run in self.line("", name).runs
                    )
                    yield _Line("field", (*strong, Run("b", ":"), Run("t", " "), *self.line("", value).runs))
            case Image(reference, description):
                yield self.picture(reference, description)
            case Divider():
                yield _Line("hr", (Run("t", RULE),))

    def quote(self, quote: Quote) -> Iterator[_Line]:
        text = neutral(quote.text)
        if quote.limit is not None and len(text) > quote.limit:
            text = text[: joint(text, quote.limit)].rstrip() + "…"
        if quote.author:
            by = self.line("by", quote.author)
            yield replace(by, runs=(*by.runs, Run("t", ":")))
        for line in text.split("\n"):
            yield _Line("quote", runs_of(self.style.text(line)), "> ")

    def picture(self, reference: str, description: Value) -> _Line:
        shown = self.value(_("[picture: {description}]", description=description))
        link = self.style.text(reference)
        if (file := parse(reference)) is not None:
            link = mark(Run("f", file.name or file.url, reference))
        elif _LINK.fullmatch(reference) and neutral(reference) == reference:
            link = mark(Run("a", reference, reference))
        return _Line("p", runs_of(f"{shown} {link}"))

    def choice(self, choice: Choice) -> _Line:
        label, typed = self.value(choice.label), self.value(CommandText(choice.command))
        same = label.casefold() == choice.command.casefold()
        emoji = neutral(choice.emoji)
        return _Line("choice", runs_of(f"{emoji} {typed}" if same else f"{emoji} {label}: {typed}"))


# --- lines become events --------------------------------------------------------------------------------------

_Group = tuple[_Line, ...]


def _content(groups: Sequence[_Group]) -> dict[str, Any]:
    people = [run.to for group in groups for line in group for run in line.runs if run.kind == "u" and run.to]
    return {
        "msgtype": "m.notice",
        "body": "\n\n".join("\n".join(line.plain for line in group) for group in groups),
        "format": "org.matrix.custom.html",
        "formatted_body": "".join(_html(group) for group in groups),
        "m.mentions": {"user_ids": sorted(set(people))} if people else {},
    }


def _html(group: _Group) -> str:
    parts = []
    for kind, lines in groupby(group, key=lambda line: line.kind):
        found = list(lines)
        match kind:
            case "h":
                parts += [f"<h4>{line.html}</h4>" for line in found]
            case "ul" | "ol":
                start = f' start="{found[0].sign.partition(".")[0]}"' if kind == "ol" else ""
                items = "".join(f"<li>{line.html}</li>" for line in found)
                parts.append(f"<{kind}{start}>{items}</{kind}>")
            case "quote":
                parts.append(f"<blockquote>{'<br>'.join(line.html for line in found)}</blockquote>")
            case "hr":
                parts.append("<hr>")
            case _:
                parts.append(f"<p>{'<br>'.join(line.html for line in found)}</p>")
    return "".join(parts)


def _files(groups: Sequence[_Group]) -> Iterator[Rendered]:
    """Yield the events that show the files of a text, each once."""
    runs = (run for group in groups for line in group for run in line.runs if run.kind == "f" and run.to)
    for reference, run in {run.to: run for run in runs}.items():
        file = parse(reference)
        if file is not None:
            yield Rendered(file.content(run.text), run.text)


# --- splitting ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Size:
    """At most how many characters of plain body and bytes of content something takes."""

    characters: int = 0
    bytes: int = 0

    def __add__(self, other: _Size) -> _Size:
        return _Size(self.characters + other.characters, self.bytes + other.bytes)

    @property
    def fits(self) -> bool:
        return self.characters <= LIMIT and self.bytes <= LARGEST - 1_000


def _ascii(text: str) -> int:
    return len(json.dumps(text)) - 2


def _size(lines: Sequence[_Line]) -> _Size:
    """Return the size of lines, what stands between them and around them included."""
    mentions = sum(len(run.to) + 3 for line in lines for run in line.runs if run.kind == "u")
    plain = "\n".join(line.plain for line in lines)
    tags = 40 * len(lines) + 40
    return _Size(len(plain) + 2, _ascii(plain) + _ascii("".join(line.html for line in lines)) + tags + mentions)


def _pieces(groups: Sequence[_Group]) -> Iterator[list[_Group]]:
    """Part groups into messages: between groups if possible, else between lines, else where a word ends."""
    piece: list[_Group] = []
    size = _Size()
    for part in _parts(groups):
        more = _size(part)
        if piece and not (size + more).fits:
            titles = _titles(piece)
            if not (_size([line for title in titles for line in title]) + more).fits:
                titles = []
            yield piece[: len(piece) - len(titles)]
            piece = [*titles]
            size = sum((_size(title) for title in titles), _Size())
        piece.append(part)
        size += more
    yield piece


def _titles(piece: Sequence[_Group]) -> list[_Group]:
    """Return the headings that a piece would end with: they belong to what follows them."""
    last = len(piece)
    while last > 1 and piece[last - 1][0].kind == "h":
        last -= 1
    return list(piece[last:])


def _parts(groups: Sequence[_Group]) -> Iterator[_Group]:
    """Yield groups, those that fit in no message in parts."""
    for group in groups:
        if _size(group).fits:
            yield group
            continue
        part: list[_Line] = []
        size = _Size()
        for line in (short for long in group for short in _short(long)):
            more = _size([line])
            if part and not (size + more).fits:
                yield tuple(part)
                part, size = [], _Size()
            part.append(line)
            size += more
        yield tuple(part)


def _short(line: _Line) -> Iterator[_Line]:
    """Yield a line, cut up if no message can hold it. What goes on is a quote still, but no further item."""
    while not _size([line]).fits:
        text = line.flat
        first, rest = cut(line.runs, border(text, min(_holds(line), len(text) - 1)))
        yield replace(line, runs=first)
        line = replace(line, runs=rest) if line.kind == "quote" else _Line("p", rest)
    yield line


def _holds(line: _Line) -> int:
    """Return how many characters of a line fit in a message, never too many."""
    size, held = _size([replace(line, runs=())]), 0
    for run in line.runs:
        size += _Size(2, 2 * len(json.dumps(run.to)) * 6 + 100)
        for character in run.text:
            html = replace(run, kind="t", text=character).html
            # A space may become a no-break one, a tab four of them.
            extra = 24 if character in " \t" else 0
            size += _Size(1, _ascii(character) + _ascii(html) + extra)
            if not size.fits:
                return max(held, 1)
            held += 1
    return held
