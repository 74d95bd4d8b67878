"""What a world consists of: users, guilds, channels, messages. Plain data, with ids as ints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]

TEXT, DM, ANNOUNCEMENT, PUBLIC_THREAD, FORUM = 0, 1, 5, 11, 15
"""Kinds of channels."""
DEFAULT, THREAD_CREATED, REPLY, COMMAND_ANSWER, THREAD_STARTER, MENU_ANSWER = 0, 18, 19, 20, 21, 23
"""Kinds of messages."""
SUPPRESS_EMBEDS, HAS_THREAD, EPHEMERAL, LOADING, SILENT, COMPONENTS_V2 = (
    1 << 2,
    1 << 5,
    1 << 6,
    1 << 7,
    1 << 12,
    1 << 15,
)
"""Flags of messages."""


@dataclass(slots=True)
class User:
    id: int
    name: str
    locale: str = "en-US"
    display: str | None = None
    bot: bool = False
    dms_open: bool = True
    """Whether the bot's direct messages reach them."""
    deleted: bool = False


@dataclass(slots=True)
class Role:
    id: int
    name: str
    permissions: int
    position: int = 0
    of_bot: int | None = None
    """The bot whose own role this is; nobody else can have it."""


@dataclass(slots=True)
class Member:
    user: User
    joined: datetime
    roles: set[int] = field(default_factory=set)
    nick: str | None = None


@dataclass(slots=True)
class Overwrite:
    kind: int
    """0 for a role, 1 for a member."""
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Guild:
    id: int
    name: str
    owner_id: int
    locale: str
    created: datetime
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    """Channels and threads."""
    commands_for: set[tuple[str, int]] = field(default_factory=set)
    """(command, user or role): who may use a command by an admin's word, whatever its default permissions."""
    down: bool = False
    """Whether the guild suffers an outage."""


@dataclass(slots=True)
class Attachment:
    id: int
    filename: str
    content_type: str
    data: bytes
    description: str | None = None


@dataclass(slots=True)
class Thread:
    owner_id: int
    created: datetime
    auto_archive: int = 1440
    """Minutes without a message until it is archived."""
    archived: bool = False
    locked: bool = False
    active_at: datetime | None = None
    archived_at: datetime | None = None
    members: dict[int, datetime] = field(default_factory=dict)
    sent: int = 0


@dataclass(slots=True)
class Channel:
    id: int
    kind: int
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    people: tuple[int, ...] = ()
    """The two who share a DM."""
    topic: str | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    """By id, oldest first."""
    ephemeral: dict[int, Message] = field(default_factory=dict)
    """What only one person sees; no history has it."""
    last_message_id: int | None = None
    thread: Thread | None = None

    def any_message(self, message_id: int) -> Message | None:
        return self.messages.get(message_id) or self.ephemeral.get(message_id)


@dataclass(slots=True)
class Message:
    id: int
    channel: Channel
    author: User
    at: datetime
    content: str = ""
    kind: int = DEFAULT
    flags: int = 0
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reference: tuple[int, int] | None = None
    """The channel and message that this is a reply to (or the start of the thread)."""
    mentions: list[int] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    notified: set[int] = field(default_factory=set)
    """Whom its mentions rang for, when it was new: edits ring for nobody."""
    reactions: dict[str, dict[int, None]] = field(default_factory=dict)
    edited: datetime | None = None
    thread: Channel | None = None
    only_for: int | None = None
    pinned: bool = False
    interaction: Json | None = None
    """The `interaction_metadata` of an answer to an interaction."""
    nonce: str | int | None = None
    revision: int = 0
    """How often it was changed."""
