"""How the console shows a message: plain text, split where a reader would pause.

What people write can't act: control characters become visible signs, an "@" of theirs gets a zero-width space
behind it (so that it notifies nobody), and their further lines are indented, so that none looks like ours.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.engine import marking
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

LIMIT = 4000
"""Characters in one message."""
PREFIX = "!helio "
"""What goes before a command in a room."""
RULE = "───"
"""The divider between parts of one message."""

_, _n = catalogue("bot")


def neutral(written: str) -> str:
    """Return what a person wrote with nothing in it that a terminal or the service acts on, but its lines."""
    return _notifying_nobody(marking.neutral(written))


def _notifying_nobody(text: str) -> str:
    return text.replace("@", "@\u200b")


@dataclass(frozen=True, slots=True)
class ConsoleStyle:
    """Values inside a sentence, as a console reader sees them."""

    direct: bool

    def text(self, written: str) -> str:
        """Neutralise what a person wrote, and indent its further lines."""
        return neutral(written).replace("\n", "\n  ")

    def person(self, name: str, account: str | None) -> str:
        """Write a name; "@Name" notifies the account."""
        return self.text(name) if account is None else f"@{account}"

    def command(self, words: str, room: bool = False) -> str:
        """Write words to type, with the prefix where one is needed; names in them notify nobody either."""
        typed = " ".join(neutral(words).replace("`", "'").split("\n"))
        return f"`{PREFIX if room or not self.direct else ''}{typed}`"

    def option(self, name: str) -> str:
        """Write an option's name in English, as it is typed."""
        return neutral(name)

    def moment(self, at: datetime, show: str) -> str | None:
        """Leave it to the localizer: a console can't show each reader their own time."""
        return None


def render(message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
    """Return the console messages (of at most LIMIT characters) that show a message, choices in the last."""
    message = message.without_forms
    style = ConsoleStyle(reader.direct)
    writer = _Writer(reader, localizer, style)
    blocks = [writer.block(block) for block in message.blocks]
    if message.choices:
        blocks.append(" ".join(writer.choice(choice) for choice in message.choices))
    texts = list(split("\n\n".join(block for block in blocks if block)))
    choices = [{"command": choice.command, "emoji": choice.emoji} for choice in message.choices]
    rendered = []
    for number, text in enumerate(texts, start=1):
        content: dict[str, object] = {"text": text, "language": reader.language}
        if reader.zone is not None:
            content["zone"] = reader.zone
        if choices and number == len(texts):
            content["choices"] = choices
        rendered.append(Rendered(content, text))
    return rendered


@dataclass(frozen=True, slots=True)
class _Writer:
    reader: Reader
    localizer: Localizer
    style: ConsoleStyle

    def value(self, value: Value) -> str:
        return self.localizer.write(value, self.reader, self.style)

    def block(self, block: Block) -> str:
        match block:
            case Text(body):
                return flowing(self.value(value) for value in body)
            case Heading(body):
                return f"▌ {self.value(body)}"
            case Bullets(items, ordered, first):
                marks = (f"{n}." if ordered else "•" for n in range(first, first + len(items)))
                return "\n".join(f"{mark} {self.value(item)}" for mark, item in zip(marks, items, strict=True))
            case Quote():
                return self.quote(block)
            case Fields(pairs):
                return "\n".join(f"{self.value(name)}: {self.value(value)}" for name, value in pairs)
            case Image(reference, description):
                picture = _("[picture: {description}]", description=description)
                return f"{self.value(picture)} {self.style.text(reference)}"
            case Divider():
                return RULE

    def quote(self, quote: Quote) -> str:
        text = marking.neutral(quote.text)
        if quote.limit is not None and len(text) > quote.limit:
            text = text[: _joint(text, quote.limit)].rstrip() + "…"
        lines = "\n".join(f"{QUOTED}{line}".rstrip() for line in _notifying_nobody(text).split("\n"))
        return f"{self.value(quote.author)}:\n{lines}" if quote.author else lines

    def choice(self, choice: Choice) -> str:
        label = self.value(choice.label)
        if label.casefold() == choice.command.casefold():
            return f"[{choice.emoji} {label.lower()}]"
        typed = self.value(CommandText(choice.command)).strip("`")
        return f"[{choice.emoji} {label}: {typed}]"


QUOTED = "> "


def split(text: str, limit: int = LIMIT) -> Iterator[str]:
    """Cut a text into pieces of at most `limit` characters: where a paragraph, else a line, else a word ends.

    No character is lost: the pieces joined are the text, and a quoted line that goes on is marked again.
    """
    while len(text) > limit:
        cut = _border(text, limit)
        piece, text = text[:cut], text[cut:]
        yield piece
        line = piece[piece.rfind("\n") + 1 :]
        if line.startswith(QUOTED):  # cut inside a quoted line: what follows is still the person's, not the bot's
            text = QUOTED + text
    yield text


def _border(text: str, limit: int) -> int:
    for border in ("\n\n", "\n", " "):
        cut = text.rfind(border, limit // 2, limit + 1 - len(border))
        if cut >= 0:
            return cut + len(border)
    return _joint(text, limit)


def _joint(text: str, cut: int) -> int:
    """The last place at or before `cut` that is not inside a letter with its accents or a composed emoji."""
    place = cut
    while place > cut - 32 and (_continues(text[place]) or text[place - 1] == "\u200d"):
        place -= 1
    return place if place > cut - 32 else cut


def _continues(character: str) -> bool:
    return (
        unicodedata.combining(character) > 0
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or character in "\u200b\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
