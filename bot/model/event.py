"""What happens: events that platforms report, and events that one part of the bot raises for another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.model.identity import Account, MemberId, MessageRef, Place, TeamId, WorkspaceId
from bot.model.journal import Entry


@dataclass(frozen=True, slots=True)
class Inbound:
    """Something that happened on a platform, told once: `id` is unique per platform and stable when told again.

    `place` is where, `author` who (with the rights the platform gives them there), `at` when, in UTC.
    `scope` names the tenant on the platform (a guild, a room's workspace); `direct` marks a private conversation
    with the bot. `position`, when set, is stored with the event, so that reading goes on behind it after a restart.
    """

    id: str
    place: Place
    author: Account
    at: datetime
    scope: str = ""
    direct: bool = False
    admin: bool = False
    admin_of: tuple[str, ...] | None = None
    """In a direct conversation, the scopes that the author administers; None where `admin` says all there is."""
    bot: bool = False
    """True for other bots, bridges' notices and the bot itself: never answered."""
    position: str | None = None


@dataclass(frozen=True, slots=True)
class MessageReceived(Inbound):
    """A person said something. `people` are the accounts that the platform found named in the text."""

    message_id: str = ""
    text: str = ""
    attachments: tuple[str, ...] = ()
    """References to pictures or files, as the platform can show them again."""
    addressed: bool = False
    """True when the text was addressed to the bot by mention (the mention is cut off)."""
    people: tuple[Account, ...] = ()
    place_name: str = ""
    """The channel's name as people see it."""

    @property
    def ref(self) -> MessageRef:
        """The message itself, to follow its edits and deletion."""
        return MessageRef(self.place, self.message_id)


@dataclass(frozen=True, slots=True)
class MessageEdited(Inbound):
    """The author changed a message's text."""

    message_id: str = ""
    text: str = ""

    @property
    def ref(self) -> MessageRef:
        """The message that was changed."""
        return MessageRef(self.place, self.message_id)


@dataclass(frozen=True, slots=True)
class MessageDeleted(Inbound):
    """A message was taken back, by its author or a moderator."""

    message_id: str = ""

    @property
    def ref(self) -> MessageRef:
        """The message that is gone."""
        return MessageRef(self.place, self.message_id)


@dataclass(frozen=True, slots=True)
class Reacted(Inbound):
    """A person put an emoji on a message, or took it away again."""

    message_id: str = ""
    emoji: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Pressed(Inbound):
    """A person chose one of a message's choices (a button): `command` is the choice's command."""

    message_id: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable(Inbound):
    """A person said something that can't be decrypted: its key did not come. It is told when it comes after all."""

    message_id: str = ""


@dataclass(frozen=True, slots=True)
class PersonLeft(Inbound):
    """A person left a place, or was removed from it; `elsewhere` are the scopes where they still meet the bot."""

    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceEdited:
    """Raised for cogs: a message said by `member` has a new text."""

    member: MemberId
    source: MessageRef
    text: str


@dataclass(frozen=True, slots=True)
class SourceDeleted:
    """Raised for cogs: a message said by `member` is gone."""

    member: MemberId
    source: MessageRef


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """Raised for cogs: a member's zone, hours, leave, holidays or activity changed; schedules may move."""

    workspace: WorkspaceId
    member: MemberId


@dataclass(frozen=True, slots=True)
class TeamChanged:
    """Raised for cogs: a team was made, renamed or deleted, or who is in it or its channels changed."""

    workspace: WorkspaceId
    team: TeamId
    joined: tuple[MemberId, ...] = ()
    left: tuple[MemberId, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class JournalChanged:
    """Raised for cogs: entries of one author's local date were written, changed or withdrawn."""

    workspace: WorkspaceId
    team: TeamId
    author: MemberId
    date: date
    before: tuple[Entry, ...]
    after: tuple[Entry, ...]
