"""Platform-neutral messages: translatable sentences in blocks, with choices.

A message is built by a cog, stored as JSON in the outbox, and rendered in the recipient's language by the
platform that delivers it. Plain `str` always means text that a person wrote: it is escaped where it is rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

from bot.model.identity import MemberId
from bot.model.moment import Day, Days, LanguageName, Moment, Show, Span, TimeOfDay, ZoneName


@dataclass(frozen=True, slots=True)
class Person:
    """A member inside a sentence. With `ping`, a mention that notifies them if they are on duty."""

    member: MemberId
    name: str
    ping: bool = False


@dataclass(frozen=True, slots=True)
class CommandText:
    """Words to type, shown as the platform's readers type them (with prefix or slash where one is needed).

    With `room`, as they are typed in a room, wherever this is read.
    """

    words: str
    room: bool = False


@dataclass(frozen=True, slots=True)
class OptionName:
    """A command's option by its English name, shown as the reader's client calls it."""

    name: str


@dataclass(frozen=True, slots=True)
class ChannelName:
    """A channel inside a sentence, by the name its people know."""

    name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Several values inside a sentence, joined as the reader's language joins a list."""

    items: tuple[Value, ...]
    either: bool = False
    """Join with "or" instead of "and"."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One whole translatable sentence with named placeholders.

    `text` is the English source and catalogue key in `domain`; `plural` and `count` select a plural form.
    """

    domain: str
    text: str
    values: tuple[tuple[str, Value], ...] = ()
    plural: str | None = None
    count: int | None = None


Value: TypeAlias = (
    str
    | int
    | Sentence
    | Person
    | CommandText
    | OptionName
    | ChannelName
    | Listing
    | Moment
    | Day
    | TimeOfDay
    | Span
    | Days
    | ZoneName
    | LanguageName
)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph: its sentences follow one another."""

    body: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that titles what follows it."""

    body: Value


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of lines; `ordered` numbers them from `first`."""

    items: tuple[Value, ...]
    ordered: bool = False
    first: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """What a person wrote, whole, with line breaks kept; `limit` shows at most so many characters of it."""

    text: str
    author: Person | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """Names with values, a line each."""

    pairs: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by reference, never re-hosted, with a description for people who do not see it."""

    reference: str
    description: Value


@dataclass(frozen=True, slots=True)
class Divider:
    """A visible break between parts of one message."""


Block: TypeAlias = Text | Heading | Bullets | Quote | Fields | Image | Divider


@dataclass(frozen=True, slots=True)
class Choice:
    """A button or reaction under a message; choosing it runs `command` as if the person had typed it."""

    command: str
    label: Sentence
    emoji: str
    form: bool = False
    """Only where the command opens a form; readers elsewhere have a way of their own, and are not shown it."""


@dataclass(frozen=True, slots=True)
class Message:
    """Blocks, and the choices under them."""

    blocks: tuple[Block, ...]
    choices: tuple[Choice, ...] = ()
    language: str = ""
    """The tag of the language that its one reader's client is in, where they are no member yet; "" otherwise."""

    @property
    def without_forms(self) -> Message:
        """The message as it is shown where there are no forms."""
        return replace(self, choices=tuple(choice for choice in self.choices if not choice.form))

    def __add__(self, other: Message) -> Message:
        """Join two messages into one, a divider between them."""
        return replace(self, blocks=(*self.blocks, Divider(), *other.blocks), choices=(*self.choices, *other.choices))


def say(*body: Value, choices: Iterable[Choice] = ()) -> Message:
    """Return a message of one paragraph."""
    return Message((Text(body),), tuple(choices))


def message(*blocks: Block | Value, choices: Iterable[Choice] = ()) -> Message:
    """Return a message of blocks; a bare sentence or text becomes a paragraph."""
    return Message(tuple(b if isinstance(b, _BLOCKS) else Text((b,)) for b in blocks), tuple(choices))


_BLOCKS = (Text, Heading, Bullets, Quote, Fields, Image, Divider)


def flowing(sentences: Iterable[str]) -> str:
    """Join written sentences into running text. Full-width punctuation has its space in itself: 了解です。では"""
    text = ""
    for sentence in sentences:
        apart = text and sentence and not text.endswith(_FULL_WIDTH)
        text += f" {sentence}" if apart else sentence
    return text


_FULL_WIDTH = ("。", "！", "？", "」", "）", "：", "、")


def catalogue(domain: str) -> tuple[Callable[..., Sentence], Callable[..., Sentence]]:
    """Return `_` and `n_` for a cog's catalogue.

    `_("Hello {name}", name=...)` makes a sentence; `n_("{count} answer", "{count} answers", 2)` one with plural
    forms. Both record the source text; translation happens where the message is rendered.
    """

    def singular(text: str, /, **values: Value) -> Sentence:
        return Sentence(domain, text, tuple(values.items()))

    def plural(one: str, many: str, count: int, /, **values: Value) -> Sentence:
        return Sentence(domain, one, (("count", count), *values.items()), many, count)

    return singular, plural


def people_in(node: object) -> Iterator[Person]:
    """Yield every person named anywhere in a message, in reading order."""
    if isinstance(node, Person):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            if type(item) not in _PLAIN:
                yield from people_in(item)
    else:
        for name, _ in _FIELDS.get(type(node), ()):
            value = getattr(node, name)
            if type(value) not in _PLAIN:
                yield from people_in(value)


_TYPES = {
    cls.__name__: cls
    for cls in (
        Sentence, Person, CommandText, OptionName, ChannelName, Listing, Moment, Day, TimeOfDay, Span, Days, ZoneName,
        LanguageName, Text, Heading, Bullets, Quote, Fields, Image, Divider, Choice, Message,
    )
}  # fmt: skip
_FIELDS: dict[type, tuple[tuple[str, Any], ...]] = {
    cls: tuple((field.name, field.default) for field in fields(cls)) for cls in _TYPES.values()
}
"""Names and defaults: what `fields` finds, found once."""
_PLAIN = frozenset({str, int, bool, type(None)})
"""What JSON has as it is: most of what a message is made of, so it is told apart first."""


def to_json(node: Any) -> Any:
    """Return a message or any part of it as JSON-ready data; `from_json` is its inverse."""
    match node:
        case tuple():
            return [item if type(item) in _PLAIN else to_json(item) for item in node]
        case None | bool() | int() | str():
            return str(node) if isinstance(node, Show) else node
        case date() | time():
            return node.isoformat()
        case timedelta():
            return node / timedelta(microseconds=1)
        case frozenset():
            return sorted(node)
        case _:
            data = {"$": type(node).__name__}
            for name, default in _FIELDS[type(node)]:
                value = getattr(node, name)
                if value != default:
                    data[name] = value if type(value) in _PLAIN else to_json(value)
            return data


_LEAVES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "Moment": {"at": datetime.fromisoformat, "show": Show},
    "Day": {"date": date.fromisoformat},
    "TimeOfDay": {"time": time.fromisoformat},
    "Span": {"length": lambda micros: timedelta(microseconds=micros)},
    "Days": {"weekdays": frozenset},
}


def from_json(data: Any) -> Any:
    """Return what `to_json` was given; raises KeyError for a type this version does not know."""
    if isinstance(data, list):
        return tuple([item if type(item) in _PLAIN else from_json(item) for item in data])
    if not isinstance(data, dict):
        return data
    name = data["$"]
    leaves = _LEAVES.get(name, {})
    values = {}
    for field, value in data.items():
        if field in leaves:
            values[field] = leaves[field](value)
        elif field != "$":
            values[field] = value if type(value) in _PLAIN else from_json(value)
    return _TYPES[name](**values)
