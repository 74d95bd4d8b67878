"""What people see: messages, and modals that open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.people.places import Place

if TYPE_CHECKING:
    from tests.platforms.discord.people.world import Discord

Json = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """A message as a person sees it, as it was when they looked."""

    server: Discord = field(repr=False, compare=False)
    place: Place = field(repr=False)
    id: int
    channel_id: int
    author_id: int
    author: str
    text: str
    """Its content and its text displays, line by line."""
    content: str
    edited: bool
    ephemeral: bool
    loading: bool
    """Whether it says "is thinking…"."""
    at: datetime
    reply_to: int | None
    thread: Place | None
    mentions: tuple[int, ...]
    notified: tuple[int, ...]
    """Ids of the users whom its mentions rang for."""
    reactions: Mapping[str, tuple[int, ...]]
    attachments: tuple[Json, ...]
    """Each with filename, url (signed, expires), content_type, size."""
    components: tuple[Json, ...] = field(repr=False)
    embeds: tuple[Json, ...] = field(repr=False)
    flags: int = field(repr=False)
    kind: int = field(repr=False)
    nonce: str | int | None = field(repr=False)
    pinned: bool = field(repr=False)

    @property
    def from_bot(self) -> bool:
        return self.author_id == self.server.bot_id

    @property
    def buttons(self) -> tuple[str, ...]:
        """Labels (or emojis) of the buttons that can be pressed."""
        return tuple(each.get("label") or each["emoji"]["name"] for each in self._buttons() if not each.get("disabled"))

    @property
    def disabled(self) -> tuple[str, ...]:
        """Labels of those that cannot."""
        return tuple(each.get("label") or each["emoji"]["name"] for each in self._buttons() if each.get("disabled"))

    @property
    def custom_ids(self) -> tuple[str, ...]:
        return tuple(each["custom_id"] for each in _walk(self.components) if each.get("custom_id"))

    @property
    def v2(self) -> bool:
        """Whether it is made of components only (IS_COMPONENTS_V2)."""
        return bool(self.flags & 1 << 15)

    def _buttons(self) -> Iterator[Json]:
        return (each for each in _walk(self.components) if each["type"] == 2)


@dataclass(frozen=True)
class Input:
    """One input of a modal, as it came."""

    label: str
    custom_id: str
    value: str
    required: bool
    long: bool
    least: int
    most: int
    placeholder: str
    description: str
    kind: int = 4


def message(server: Discord, found: Json, place: Place | None) -> Seen:
    """Return a message as the control API gives it, as a value."""
    thread = None
    if found["thread_id"] is not None:
        thread = Place(server, {"channel": found["thread_id"]}, found["thread_name"])
    return Seen(
        server=server,
        place=place or Place(server, {"channel": found["channel_id"]}),
        id=int(found["id"]),
        channel_id=int(found["channel_id"]),
        author_id=int(found["author_id"]),
        author=found["author"],
        text=found["text"],
        content=found["content"],
        edited=found["edited"],
        ephemeral=found["ephemeral"],
        loading=found["loading"],
        at=datetime.fromisoformat(found["at"]),
        reply_to=int(found["reply_to"]) if found["reply_to"] else None,
        thread=thread,
        mentions=tuple(map(int, found["mentions"])),
        notified=tuple(map(int, found["notified"])),
        reactions={emoji: tuple(map(int, users)) for emoji, users in found["reactions"].items()},
        attachments=tuple(found["attachments"]),
        components=tuple(found["components"]),
        embeds=tuple(found["embeds"]),
        flags=found["flags"],
        kind=found["kind"],
        nonce=found["nonce"],
        pinned=found["pinned"],
    )


def _walk(components: Any) -> Iterator[Json]:
    for each in components:
        yield each
        yield from _walk(each.get("components", ()))
        if "accessory" in each:
            yield each["accessory"]


def text_input(one: Json, description: str) -> Input:
    return Input(
        label=one["label"],
        custom_id=one["custom_id"],
        value=one.get("value") or "",
        required=one.get("required", True) is not False,
        long=one.get("style") == 2,
        least=one.get("min_length") or 0,
        most=one.get("max_length") or 4000,
        placeholder=one.get("placeholder") or "",
        description=description,
        kind=one["type"],
    )
