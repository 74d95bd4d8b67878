"""Messages on their way out: what a handler asked for, the chunks it was packed into, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from bot.model.identity import MemberId, MessageRef, Place, WorkspaceId
from bot.model.message import Message, Sentence


class TargetKind(StrEnum):
    """Where an outbound row goes."""

    MEMBER = "member"
    PLACE = "place"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an outbound row goes: a member's direct conversation, a place, or the thread under a post (by key).

    A member's row with a place is for them alone and goes there, not to their direct conversation: the response that
    an interaction waits for. `stream` orders: rows of one stream leave in the order they were queued.
    """

    kind: TargetKind
    member: MemberId | None = None
    place: Place | None = None
    root: str | None = None

    @property
    def stream(self) -> str:
        """The name under which order is kept."""
        if self.kind is TargetKind.MEMBER and self.place is None:
            return f"member:{self.member}"
        if self.kind is TargetKind.THREAD:
            return f"thread:{self.root}"
        place = self.place
        assert place is not None
        return f"place:{place.platform}:{place.address}:{place.thread or ''}"


class Op(StrEnum):
    """What an outbound row does."""

    SEND = "send"
    EDIT = "edit"
    DELETE = "delete"
    REACT = "react"


MOST_COPIES: Final = 3
"""In how many places one post may stand: one on each platform that there is."""
_COPY: Final = re.compile(r"@[2-9]$")


def copy_key(key: str, number: int) -> str:
    """Return the key of a post's further copy; the first is number 1, and has the key itself."""
    return key if number == 1 else f"{key}@{number}"


def copy_keys(key: str) -> tuple[str, ...]:
    """Return the keys that all copies of a post would have, given that of any of them."""
    first = _COPY.sub("", key)
    return tuple(copy_key(first, number) for number in range(1, MOST_COPIES + 1))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One outbound row, as a handler asked for it.

    `key` names it for ever: a second row with the same key is not stored. `root` is the key of the post that an
    edit, deletion or thread reply belongs to. `asked` is true for what answers the recipient's own message, press
    or command. `first` puts it before other parts of one parcel (a prompt). `date` is the occurrence's local date.
    `title` names the thread that the post opens, if it opens one. `ref` is the person's message that a reaction
    goes on, or whose deletion a change carries out. `not_before` holds it back until an instant (UTC); from
    `expires` (UTC) on it is not sent any more, but dropped, which raises `Expired`. What is `secret` goes out as a
    message of its own and is not kept afterwards.

    One that stands in several places is a row for each, under `copy_key`. What is then done to the first (a change, a
    deletion, something in its thread) is done to all when it is queued.
    """

    workspace: WorkspaceId
    target: Target
    kind: str
    key: str
    op: Op = Op.SEND
    message: Message | None = None
    root: str | None = None
    date: date | None = None
    asked: bool = False
    first: bool = False
    title: Sentence | None = None
    ref: MessageRef | None = None
    emoji: str | None = None
    not_before: datetime | None = None
    id: int = 0
    expires: datetime | None = None
    secret: bool = False


class ChunkState(StrEnum):
    """How far a stored chunk has come."""

    STORED = "stored"
    TRIED = "tried"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Part:
    """One outbound row inside a chunk's parcel, for logs and transcripts."""

    kind: str
    key: str
    date: date | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """One platform call, stored before it is made: what is sent under which key, and how far it has come.

    `of` is the chunk whose message an edit, deletion or thread belongs to. `marker` is the durable marker by
    which the message is found again when the platform may have forgotten the key.
    """

    id: int
    parcel: int
    platform: str
    stream: str
    op: Op
    key: str
    content: Mapping[str, Any]
    text: str
    parts: tuple[Part, ...]
    unasked: bool
    member: MemberId | None = None
    place: Place | None = None
    root: str | None = None
    """Key of the post in whose thread it goes, until the thread is known."""
    of: int | None = None
    state: ChunkState = ChunkState.STORED
    first_try: datetime | None = None
    """When a call was first made that had, or may have had, its effect (UTC)."""
    tries: int = 0
    message_id: str | None = None
    thread: str | None = None
    title: str | None = None
    """The name of the thread that this chunk's message opens, if it opens one."""
    emoji: str | None = None
    target_message: str | None = None
    stored: datetime | None = None
    """When it was packed (UTC), as long as it is on its way."""
    expires: datetime | None = None
    """The earliest of its rows' (UTC)."""
    secret: bool = False
    withdraws: bool = False
    """True for an edit that carries out a deletion: no earlier version may show any more what is gone now."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What leaves as one: outbound rows rendered together, as chunks without ids yet."""

    rows: tuple[int, ...]
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A chunk that a platform accepted: the message's id and place there, and its thread's if it opened one."""

    chunk: int
    message_id: str | None
    place: Place | None = None
    thread: str | None = None
