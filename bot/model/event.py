"""What happens: events that platforms report, and events that one part of the bot raises for another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.model.identity import Account, MemberId, MessageRef, NamedPlace, Place, TeamId, WorkspaceId
from bot.model.journal import Entry
from bot.model.message import Sentence, Value
from bot.model.moment import EPOCH


@dataclass(frozen=True, slots=True)
class Restriction:
    """What the bot may not do in a place: `advice` says which rights it needs, and who can grant them."""

    place: Place
    advice: Sentence
    mute: bool = False
    """True where it can post nothing at all."""


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
    answer: Place | None = None
    """Where an answer goes, if not to `place`: the response that an interaction waits for."""
    scope_name: str = ""
    """What people call the tenant, where it has another name than the place."""
    language: str = ""
    """The language that the author's client is in, as a tag for which there are catalogues; "" where nobody says."""
    restrictions: tuple[Restriction, ...] = ()
    """Of the place and of those that are named, where the platform tells."""


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
class Picked:
    """The message in whose menu a command was picked: which one, and who wrote it."""

    source: MessageRef
    author: Account


@dataclass(frozen=True, slots=True)
class Commanded(MessageReceived):
    """A person used a command whose options their client kept apart: `text` is how it would be typed.

    `options` has the values as written, by parameter; a person among them is an account that `people`, `bots` or
    `absent` name, and a channel the address of one of `places`. `picked` is the message in whose menu it was used, if
    it was: what that says is the command's free text, and may be nothing where there are attachments.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    bots: tuple[Account, ...] = ()
    """Those that were named and are nobody's."""
    absent: tuple[Account, ...] = ()
    """Those who were named to be added to something, and are not there."""
    places: tuple[NamedPlace, ...] = ()
    picked: Picked | None = None


@dataclass(frozen=True, slots=True)
class Submitted(Inbound):
    """A person sent in a form: `form` is the command as typed that it was opened for, `values` are by input."""

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    message_id: str = ""
    """The message whose choice opened it, "" if it was a command."""
    people: tuple[Account, ...] = ()
    place_name: str = ""


@dataclass(frozen=True, slots=True)
class MessageEdited(Inbound):
    """The author changed a message's text; or, `withdrawn`, took a version of it back, so that `text` stands again."""

    message_id: str = ""
    text: str = ""
    withdrawn: bool = False

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
    place_name: str = ""


@dataclass(frozen=True, slots=True)
class Pressed(Inbound):
    """A person chose one of a message's choices (a button): `command` is the choice's command.

    `about` is the command, picked in a message's menu, that the choice is to be made for, if it is: the engine adds it.
    """

    message_id: str = ""
    command: str = ""
    place_name: str = ""
    about: Commanded | None = None


@dataclass(frozen=True, slots=True)
class Unreadable(Inbound):
    """A person said something that can't be decrypted: its key did not come. It is told when it comes after all."""

    message_id: str = ""


@dataclass(frozen=True, slots=True)
class PersonLeft(Inbound):
    """A person left a place, or was removed from it; `elsewhere` are the scopes where they still meet the bot."""

    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeGone(Inbound):
    """The bot was put out of a tenant (`scope`): what it knows there is kept until an instant (UTC), then erased."""

    until: datetime = EPOCH


@dataclass(frozen=True, slots=True)
class ScopeBack(Inbound):
    """The bot is in a tenant (`scope`) again."""


@dataclass(frozen=True, slots=True)
class PlaceLost(Inbound):
    """The place of the event, a channel, was deleted; `place_name` is what people called it."""

    place_name: str = ""


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
class MembersMerged:
    """Raised for cogs: two members are one person; rows that name `gone` in a column are `into`'s already.

    What names members elsewhere, as in a list, is the cog's to change.
    """

    workspace: WorkspaceId
    gone: MemberId
    into: MemberId


@dataclass(frozen=True, slots=True)
class TeamChanged:
    """Raised for cogs: a team was made, renamed or deleted, or who is in it or its channels changed."""

    workspace: WorkspaceId
    team: TeamId
    joined: tuple[MemberId, ...] = ()
    left: tuple[MemberId, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """What a cog does for a team: whether it is switched on, and how, in a few words."""

    on: bool
    how: Value


@dataclass(frozen=True, slots=True)
class TeamSurveyed:
    """Raised for cogs: somebody wants to see what a team has. A cog that was told to do something for it says so."""

    team: TeamId
    found: dict[str, Feature] = field(default_factory=dict)
    """By the cog's name."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that was dropped, or waits: its kind, key, local date, and the member it is for, as it was queued."""

    workspace: WorkspaceId
    kind: str
    key: str
    member: MemberId | None
    date: date | None


@dataclass(frozen=True, slots=True)
class Expired:
    """Raised for cogs: messages were dropped unsent, because the instant had come at which they expire."""

    messages: tuple[Unsent, ...]


@dataclass(frozen=True, slots=True)
class Unreached:
    """Raised for cogs: messages wait, because their members take nothing from the bot in private at present.

    The same message may be told of again.
    """

    messages: tuple[Unsent, ...]


@dataclass(frozen=True, slots=True)
class JournalChanged:
    """Raised for cogs: entries of one author's local date were written, changed or withdrawn."""

    workspace: WorkspaceId
    team: TeamId
    author: MemberId
    date: date
    before: tuple[Entry, ...]
    after: tuple[Entry, ...]
