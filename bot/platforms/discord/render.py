"""How Discord shows a message: text in Discord's Markdown, choices as buttons, instants in each reader's time.

Texts are plain `content`, which notifications and screen readers show; only the mentions of those who are to act
notify anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.engine.marking import neutral
from bot.engine.packing import PlainStyle
from bot.engine.ports import Localizer, Reader, Rendered
from bot.model.command import CommandSpec
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
)
from bot.model.moment import Moment, Show
from bot.platforms.discord import emoji
from bot.platforms.discord.hints import Hints, hints_for
from bot.platforms.discord.marks import MarkedStyle, Run, joint, mark, runs_of, units
from bot.platforms.discord.media import parse

LIMIT = 2_000
"""Characters in one message's text."""
BUTTONS_IN_ROW = 5
MOST_BUTTONS = 25
LONGEST_LABEL = 80
MOST_MENTIONS = 100
SUPPRESS_EMBEDS = 1 << 2
"""The flag without which Discord shows a preview of every address that somebody wrote."""
NOTHING = "\u200b"
"""What stands where a line, or a whole text, would be empty: Discord takes neither."""
RULE = "───"
"""The divider between parts of one message."""
PRIMARY, SECONDARY = 1, 2
BUTTON, ROW = 2, 1

_, _n = catalogue("bot")


def render(
    message: Message, reader: Reader, localizer: Localizer, commands: Mapping[str, CommandSpec] | None = None
) -> Sequence[Rendered]:
    """Return the bodies of messages that show a message, choices in the last.

    What is typed is named as clients take it if the `commands` are given, else as it is typed on other platforms.
    A content has at most LIMIT characters; the texts of one message joined have every character of it. A button's
    custom id is its choice's command: it gets the key of its message when it is sent.
    """
    writer = _Writer(reader, localizer, hints_for(reader, localizer, commands) if commands else Hints())
    groups = [tuple(writer.block(block)) for block in message.blocks]
    groups.append(tuple(writer.typed(choice) for choice in message.choices[MOST_BUTTONS:]))
    pieces = list(_pieces([group for group in groups if any(line.runs for line in group)]))
    rendered = []
    for number, piece in enumerate(pieces, start=1):
        last = number == len(pieces)
        choices = message.choices[:MOST_BUTTONS] if last else ()
        buttons = [writer.button(choice) for choice in choices]
        content = {**_content(piece), "components": rows(buttons)}
        shown = " ".join(f"[{each['emoji']['name']} {each['label']}]" for each in buttons)
        rendered.append(Rendered(content, "\n\n".join(part for part in (_plain(piece), shown) if part)))
    return rendered


def rows(buttons: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return buttons in rows, as Discord wants them."""
    return [
        {"type": ROW, "components": list(buttons[first : first + BUTTONS_IN_ROW])}
        for first in range(0, len(buttons), BUTTONS_IN_ROW)
    ]


# --- blocks become lines --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph, or a line of a block: what stands before it in plain text and in Markdown, and its runs."""

    runs: tuple[Run, ...]
    sign: str = ""
    markup: str = ""

    @property
    def plain(self) -> str:
        return f"{self.sign}{''.join(run.plain for run in self.runs)}"

    @property
    def markdown(self) -> str:
        text = "".join(run.markdown for run in self.runs)
        return self.markup + (text or NOTHING) if self.markup else text

    @property
    def size(self) -> int:
        return units(self.markup) + sum(run.size for run in self.runs) + 2


QUOTE = "> "


@dataclass(frozen=True, slots=True)
class _Writer:
    reader: Reader
    localizer: Localizer
    hints: Hints

    def value(self, value: Value) -> str:
        return self.localizer.write(value, self.reader, MarkedStyle(self.plain_moment, self.hints))

    def plain_moment(self, at: datetime, show: str) -> str:
        return neutral(self.localizer.write(Moment(at, Show(show)), self.reader, PlainStyle()))

    def plain(self, value: Value) -> str:
        return " ".join(neutral(self.localizer.write(value, self.reader, PlainStyle())).split())

    def line(self, *values: Value, sign: str = "", markup: str = "") -> _Line:
        return _Line(runs_of(" ".join(self.value(value) for value in values)), sign, markup)

    def block(self, block: Block) -> Iterator[_Line]:
        match block:
            case Text(body):
                yield self.line(*body)
            case Heading(body):
                yield self.line(body, sign="▌ ", markup="### ")
            case Bullets(items, ordered, first):
                for n, item in enumerate(items, start=first):
                    sign = f"{n}. " if ordered else "• "
                    yield self.line(item, sign=sign, markup=sign if ordered else "- ")
            case Quote():
                yield from self.quote(block)
            case Fields(pairs):
                for name, value in pairs:
                    strong = tuple(replace(run, kind="b") if run.kind == "t" else run for run in self.line(name).runs)
                    yield _Line((*strong, Run("t", ": "), *self.line(value).runs))
            case Image(reference, description):
                yield self.picture(reference, description)
            case Divider():
                yield _Line((Run("t", RULE),))

    def quote(self, quote: Quote) -> Iterator[_Line]:
        text = neutral(quote.text)
        if quote.limit is not None and len(text) > quote.limit:
            text = text[: joint(text, quote.limit)].rstrip() + "…"
        if quote.author:
            by = self.line(quote.author)
            yield replace(by, runs=(*by.runs, Run("t", ":")))
        style = MarkedStyle(self.plain_moment, self.hints)
        for line in text.split("\n"):
            yield _Line(runs_of(style.text(line)), QUOTE, QUOTE)

    def picture(self, reference: str, description: Value) -> _Line:
        shown = self.value(_("[picture: {description}]", description=description))
        file = parse(reference)
        link = mark(Run("f", file.name, reference)) if file is not None else neutral(reference)
        return _Line(runs_of(f"{shown} {link}"))

    def typed(self, choice: Choice) -> _Line:
        label, words = self.value(choice.label), self.value(CommandText(choice.command))
        return _Line(runs_of(f"{neutral(choice.emoji)} {label}: {words}"))

    def button(self, choice: Choice) -> dict[str, Any]:
        return {
            "type": BUTTON,
            "style": PRIMARY if choice.form else SECONDARY,
            "label": _shortened(self.plain(choice.label), LONGEST_LABEL) or "…",
            "emoji": {"name": emoji.written(choice.emoji)},
            "custom_id": choice.command,
        }


def _shortened(text: str, longest: int) -> str:
    if units(text) <= longest:
        return text
    while units(text) > longest - 1:
        text = text[: joint(text, len(text) - 1)]
    return text.rstrip() + "…"


# --- lines become messages ------------------------------------------------------------------------------------

_Group = tuple[_Line, ...]


def _content(groups: Sequence[_Group]) -> dict[str, Any]:
    runs = [run for group in groups for line in group for run in line.runs]
    people = list(dict.fromkeys(run.to for run in runs if run.kind == "u"))[:MOST_MENTIONS]
    pictured = any(run.kind == "f" for run in runs)
    return {
        "content": "\n\n".join("\n".join(line.markdown for line in group) for group in groups),
        "allowed_mentions": {"parse": [], "users": people, "replied_user": False},
        "flags": 0 if pictured else SUPPRESS_EMBEDS,
    }


def _plain(groups: Sequence[_Group]) -> str:
    return "\n\n".join("\n".join(line.plain for line in group) for group in groups)


def _pieces(groups: Sequence[_Group]) -> Iterator[list[_Group]]:
    """Part groups into messages: between groups if possible, else between lines, else where a word ends."""
    piece: list[_Group] = []
    size = 0
    for part in _parts(groups):
        more = _size(part)
        if piece and size + more > LIMIT:
            titles = _titles(piece)
            if sum(map(_size, titles)) + more > LIMIT:
                titles = []
            yield piece[: len(piece) - len(titles)]
            piece, size = [*titles], sum(map(_size, titles))
        piece.append(part)
        size += more
    yield piece or [(_Line((Run("t", NOTHING),)),)]


def _size(group: _Group) -> int:
    return sum(line.size for line in group)


def _titles(piece: Sequence[_Group]) -> list[_Group]:
    """Return the headings that a piece would end with: they belong to what follows them."""
    last = len(piece)
    while last > 1 and piece[last - 1][0].sign == "▌ ":
        last -= 1
    return list(piece[last:])


def _parts(groups: Sequence[_Group]) -> Iterator[_Group]:
    """Yield groups, those that fit in no message in parts: the first of them fills the message that is begun."""
    begun = 0
    for group in groups:
        size = _size(group)
        if size <= LIMIT:
            begun = begun + size if begun + size <= LIMIT else size
            yield group
            continue
        part: list[_Line] = []
        room = LIMIT - begun
        for line in (short for long in group for short in _short(long)):
            if part and _size(tuple(part)) + line.size > room:
                yield tuple(part)
                part, room = [], LIMIT
            elif not part and line.size > room:
                room = LIMIT
            part.append(line)
        yield tuple(part)
        begun = _size(tuple(part))


def _short(line: _Line) -> Iterator[_Line]:
    """Yield a line, cut up if no message can hold it. What goes on is a quote still, but no further item."""
    if line.size <= LIMIT:
        yield line
        return
    room = LIMIT - units(line.markup) - 2
    held: list[Run] = []
    size = 0
    for word in (word for run in line.runs for word in run.words(room)):
        if held and size + word.size > room:
            yield replace(line, runs=tuple(held))
            if line.sign != QUOTE:
                line = replace(line, sign="", markup="")
            held, size = [], 0
        held.append(word)
        size += word.size
    yield replace(line, runs=tuple(held))
