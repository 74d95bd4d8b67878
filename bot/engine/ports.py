"""The Protocols that the engine stands on. `app` fills them; `bot.testing` has a fake of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.model.event import Inbound
from bot.model.identity import Account, ChannelId, Identity, MemberId, MessageRef, Place, Scope, TeamId, WorkspaceId
from bot.model.journal import Entry, Kind, State
from bot.model.message import Message, Sentence, Value
from bot.model.people import Absence, Channel, Member, Purpose, Team, Workspace

# --- time ---------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class Alarm(Protocol):
    """Wakes the engine; holds nothing that must survive a restart."""

    def wake_at(self, instant: datetime | None, wake: Callable[[], None]) -> None:
        """Call `wake` once at the instant (UTC), instead of any earlier request; None cancels it."""
        ...


class Probe(Protocol):
    """Told by name each time a step of the one path is reached; tests kill the process there."""

    def __call__(self, point: str) -> None:
        """Note that the step was reached."""
        ...


CRASH_POINTS = (
    "inbox.before_commit",
    "inbox.after_commit",
    "timers.before_commit",
    "timers.after_commit",
    "pack.before_commit",
    "pack.after_commit",
    "deliver.before_try",
    "deliver.after_try",
    "deliver.before_call",
    "deliver.after_call",
    "deliver.before_mark",
    "deliver.after_mark",
)
"""Every named step of the one path, in its order. Platforms' tests add `effect.before` and `effect.after`."""


# --- durable values -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Timer:
    """A durable request to run a cog's job at an instant. `wall` and `zone` say which local intent it came from."""

    cog: str
    job: str
    key: str
    due: datetime
    workspace: WorkspaceId
    member: MemberId | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    wall: str | None = None
    zone: str | None = None


class TargetKind(StrEnum):
    """Where an outbound row goes."""

    MEMBER = "member"
    PLACE = "place"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an outbound row goes: a member's direct conversation, a place, or the thread under a post (by key).

    `stream` orders: rows of one stream leave in the order they were queued.
    """

    kind: TargetKind
    member: MemberId | None = None
    place: Place | None = None
    root: str | None = None

    @property
    def stream(self) -> str:
        """The name under which order is kept."""
        if self.kind is TargetKind.MEMBER:
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


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One outbound row, as a handler asked for it.

    `key` names it for ever: a second row with the same key is not stored. `root` is the key of the post that an
    edit, deletion or thread reply belongs to. `asked` is true for what answers the recipient's own message, press
    or command. `first` puts it before other parts of one parcel (a prompt). `date` is the occurrence's local date.
    `title` names the thread that the post opens, if it opens one. `ref` is the person's message that a reaction
    goes on. `not_before` holds it back until an instant (UTC).
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
    tries: int = 0
    message_id: str | None = None
    thread: str | None = None
    title: str | None = None
    """The name of the thread that this chunk's message opens, if it opens one."""
    emoji: str | None = None
    target_message: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """An open question to a member: what they say next is an answer to it. `data` is the cog's own JSON state."""

    id: int
    workspace: WorkspaceId
    member: MemberId
    cog: str
    kind: str
    subject: str
    label: Sentence | None
    data: Mapping[str, Any]
    expires: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What a member said, edited or pressed in answer: text, picture references, the message itself, instant (UTC)."""

    text: str
    attachments: tuple[str, ...]
    source: MessageRef
    at: datetime


class OccurrenceState(StrEnum):
    """Where one schedule stands on one local date for one member (see the design's words)."""

    SCHEDULED = "scheduled"
    PROMPTED = "prompted"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    EXCUSED = "excused"
    LAPSED = "lapsed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One schedule on one local date for one member. `subject` names the schedule ("standup:3")."""

    workspace: WorkspaceId
    subject: str
    member: MemberId
    date: date
    state: OccurrenceState
    due: datetime
    late: bool = False


# --- storage --------------------------------------------------------------------------------------------------


class Result(Protocol):
    """What a statement gave: its rows (attribute access by column name), and how many rows it changed."""

    @property
    def rows(self) -> Sequence[Any]:
        """The rows, empty for a statement that returns none."""
        ...

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        ...


class Directory(Protocol):
    """Workspaces, members, teams, leave and channels: reading and writing, inside one transaction."""

    async def workspace(self, id: WorkspaceId) -> Workspace: ...
    async def workspaces(self) -> Sequence[Workspace]: ...
    async def workspace_of_scope(self, platform: str, scope: str) -> Workspace | None: ...
    async def create_workspace(self, name: str, language: str, platform: str, scope: str) -> Workspace: ...
    async def scopes(self, workspace: WorkspaceId) -> Sequence[Scope]: ...
    async def add_scope(self, workspace: WorkspaceId, platform: str, scope: str) -> None:
        """Make a tenant part of a workspace, instead of the one it was part of."""
        ...

    async def member(self, id: MemberId) -> Member: ...
    async def members(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Member]: ...
    async def members_of_identity(self, identity: Identity) -> Sequence[Member]: ...
    async def members_of_workspace(self, workspace: WorkspaceId) -> Sequence[Member]: ...
    async def identities(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Sequence[Identity]]: ...
    async def create_member(self, member: Member, account: Account) -> Member:
        """Store a new member with their first account; one who comes back keeps their id and their settings."""
        ...

    async def save_member(self, member: Member) -> None: ...
    async def account_left(self, workspace: WorkspaceId, identity: Identity, at: datetime) -> None:
        """Note that nobody is met under this account there any more, until it is made a member's again."""
        ...

    async def absences(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Sequence[Absence]]: ...
    async def add_absence(self, absence: Absence) -> None: ...
    async def remove_absences(self, member: MemberId, ending_from: date) -> Sequence[Absence]: ...
    async def team(self, id: TeamId) -> Team | None: ...
    async def teams(self, workspace: WorkspaceId) -> Sequence[Team]: ...
    async def teams_of(self, member: MemberId) -> Sequence[Team]: ...
    async def create_team(self, team: Team) -> Team: ...
    async def save_team(self, team: Team) -> None: ...
    async def delete_team(self, id: TeamId) -> None: ...
    async def members_of_team(self, id: TeamId) -> Sequence[Member]: ...
    async def add_to_team(self, team: TeamId, member: MemberId) -> bool: ...
    async def remove_from_team(self, team: TeamId, member: MemberId) -> bool: ...
    async def channels(self, team: TeamId, purpose: Purpose | None = None) -> Sequence[Channel]: ...
    async def channel(self, id: ChannelId) -> Channel | None: ...
    async def channel_at(self, place: Place) -> Channel | None: ...
    async def set_channel(self, channel: Channel) -> Channel: ...
    async def direct_place(self, identity: Identity) -> Place | None: ...
    async def set_direct_place(self, identity: Identity, place: Place) -> None: ...


class Journal(Protocol):
    """The shared record of what people wrote."""

    async def add(self, entries: Sequence[Entry]) -> Sequence[Entry]: ...
    async def save(self, entries: Sequence[Entry]) -> None: ...
    async def entries(
        self,
        *,
        team: TeamId | None = None,
        authors: Iterable[MemberId] | None = None,
        dates: tuple[date, date] | None = None,
        kinds: Iterable[Kind] | None = None,
        states: Iterable[State] | None = None,
        source: MessageRef | None = None,
    ) -> Sequence[Entry]: ...


class Occurrences(Protocol):
    """One row per schedule, member and local date, kept unique whatever moves."""

    async def claim(self, occurrences: Sequence[Occurrence]) -> Sequence[Occurrence]:
        """Store those that are new, and return exactly those; what was claimed before is left as it is."""
        ...

    async def settle(
        self,
        subject: str,
        member: MemberId,
        day: date,
        state: OccurrenceState,
        only_from: Iterable[OccurrenceState] | None = None,
    ) -> bool:
        """Move one to a state, if it is in one of `only_from`; return whether it moved."""
        ...

    async def find(
        self,
        subject: str | None,
        *,
        members: Iterable[MemberId] | None = None,
        dates: tuple[date, date] | None = None,
    ) -> Sequence[Occurrence]:
        """Return those of a subject, or with None of every subject (then name members and dates)."""
        ...


class Timers(Protocol):
    """Durable timers, unique by cog, job and key."""

    async def set(self, timers: Sequence[Timer]) -> None:
        """Store timers, each instead of an earlier one with its cog, job and key."""
        ...

    async def cancel(self, cog: str, job: str, keys: Iterable[str]) -> None: ...
    async def take_due(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Remove and return those due, in the order of their instants."""
        ...

    async def next_due(self) -> datetime | None: ...
    async def find(self, cog: str, job: str, keys: Iterable[str]) -> Sequence[Timer]: ...


class Conversations(Protocol):
    """Open questions, at most one per member, cog, kind and subject."""

    async def open(self, *conversations: Conversation) -> None:
        """Open each (`id` 0), instead of an earlier one with its member, cog, kind and subject."""
        ...

    async def save(self, conversation: Conversation) -> None: ...
    async def close(self, member: MemberId, cog: str, kind: str, subject: str) -> None: ...
    async def of_member(self, member: MemberId, now: datetime) -> Sequence[Conversation]: ...
    async def purge(self, before: datetime) -> int: ...


class Inbox(Protocol):
    """Every inbound event once."""

    async def accept(self, event: Inbound) -> bool:
        """Store the event's id and position; return False if it was there already."""
        ...

    async def position(self, platform: str) -> str | None: ...
    async def purge(self, before: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """What leaves as one: outbound rows rendered together, as chunks without ids yet."""

    rows: tuple[int, ...]
    chunks: tuple[Chunk, ...]


class Outbox(Protocol):
    """Outbound rows, the parcels they were packed into, and the chunks of those."""

    async def queue(self, rows: Sequence[Outgoing], now: datetime) -> None:
        """Store rows; one whose key is known already is left out."""
        ...

    async def waiting(self, now: datetime, limit: int) -> Sequence[Outgoing]:
        """Return rows not packed yet whose `not_before` has come, oldest first."""
        ...

    async def hold(self, rows: Mapping[int, datetime]) -> None:
        """Put rows off until an instant each."""
        ...

    async def drop(self, rows: Iterable[int]) -> None:
        """Mark rows as superseded: they are never packed."""
        ...

    async def amend(self, key: str, message: Message | None) -> bool:
        """Give the row with this key another message (None: drop it), if it is not packed yet; return whether."""
        ...

    async def store(self, parcels: Sequence[Parcel], now: datetime) -> None:
        """Store parcels with their chunks and mark their rows packed. A chunk with key "" gets its own."""
        ...

    async def recall(self, before: datetime, now: datetime) -> int:
        """Queue again what was packed for a person before an instant and never tried, with its newest messages.

        Only what nobody asked for: whether it may go now is attention's to say again. Returns how many rows.
        """
        ...

    async def parcel_of(self, key: str) -> tuple[Sequence[Outgoing], Sequence[Chunk]] | None:
        """Return the rows (with their newest message) and chunks that the row with this key went out as."""
        ...

    async def to_send(self, platform: str, now: datetime, limit: int) -> Sequence[Chunk]:
        """Return, per stream, the chunks that may go now, in order; none behind one that waits or is held."""
        ...

    async def tried(self, chunks: Iterable[int], now: datetime) -> None:
        """Note that a call is about to be made; the first note's instant stays."""
        ...

    async def sent(self, results: Sequence[Sent], now: datetime) -> None: ...
    async def retry(self, chunk: int, at: datetime) -> None: ...
    async def give_up(self, chunk: int, state: ChunkState, reason: str) -> None: ...
    async def sent_by(self, key: str) -> Sequence[Chunk]:
        """Return the sent chunks of the row with this key."""
        ...

    async def row_of_message(self, ref: MessageRef) -> Outgoing | None:
        """Return the first row that went out as this platform message."""
        ...

    async def next_due(self) -> datetime | None: ...
    async def purge(self, before: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """A chunk that a platform accepted: the message's id and place there, and its thread's if it opened one."""

    chunk: int
    message_id: str | None
    place: Place | None = None
    thread: str | None = None


class Stores(Protocol):
    """Everything durable, inside one transaction."""

    directory: Directory
    journal: Journal
    occurrences: Occurrences
    timers: Timers
    conversations: Conversations
    inbox: Inbox
    outbox: Outbox

    async def execute(self, statement: Any, parameters: Any = None) -> Result:
        """Run one SQLAlchemy Core statement (a cog's own tables)."""
        ...


class Storage(Protocol):
    """A database: transactions that write, one at a time, and reads beside them."""

    def transaction(self) -> AbstractAsyncContextManager[Stores]:
        """Commit on leaving, roll back on an exception. Raises StorageFull when nothing more can be written."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Stores]:
        """Read a consistent state; writing is refused."""
        ...


# --- platforms ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rendered:
    """One platform message: the platform's own content (JSON), and its plain text."""

    content: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a message is rendered for: language tag, time zone, and where they read it.

    `zone` is None for a channel, whose readers share none: then instants are shown in `zones`, those of the people
    concerned. `pings` are the accounts that may be notified, by member.
    """

    language: str
    zone: str | None = None
    zones: tuple[str, ...] = ()
    direct: bool = False
    pings: Mapping[MemberId, str] = field(default_factory=dict)


class Style(Protocol):
    """How a platform writes values inside a sentence; what it returns None for, the localizer writes itself."""

    def text(self, written: str) -> str:
        """Escape what a person wrote."""
        ...

    def person(self, name: str, account: str | None) -> str:
        """Write a member's name; as a mention that notifies when `account` is given."""
        ...

    def command(self, words: str, room: bool = False) -> str:
        """Write words to type; with `room`, as they are typed in a room."""
        ...

    def moment(self, at: datetime, show: str) -> str | None:
        """Write an instant so that every reader sees it in their own time, where the platform can."""
        ...


class Localizer(Protocol):
    """Turns sentences and values into a reader's language (Babel, CLDR)."""

    def write(self, value: Value, reader: Reader, style: Style) -> str:
        """Return a sentence or value in the reader's language."""
        ...

    def languages(self) -> Sequence[str]:
        """Return the tags that there are catalogues for, English first."""
        ...

    def negotiate(self, tag: str) -> str | None:
        """Return the catalogue that serves a language tag best, or None."""
        ...


@dataclass(frozen=True, slots=True)
class ZoneMatch:
    """A time zone found for what a person typed, with the city's name in their language."""

    zone: str
    city: str


class Gazetteer(Protocol):
    """Knows zones and languages by the names people use for them (CLDR)."""

    def zones(self, text: str, language: str) -> Sequence[ZoneMatch]:
        """Return the zones that a zone name or city means: one when it is clear, more when it is ambiguous."""
        ...

    def nearest_zones(self, text: str, language: str, limit: int = 3) -> Sequence[ZoneMatch]:
        """Return the zones whose names look most like the text."""
        ...

    def zones_at(self, wall: Any, now: datetime, language: str) -> Sequence[ZoneMatch]:
        """Return zones, one per offset and well-known city, where the wall time is now (to the quarter hour)."""
        ...

    def language(self, text: str, language: str) -> str | None:
        """Return the supported tag for a tag or a language's name in its own or the reader's language."""
        ...

    def weekdays(self, text: str, language: str) -> frozenset[int]:
        """Return weekdays written in English or the reader's language; raises ValueError."""
        ...

    def yes_no(self, text: str, language: str) -> bool | None:
        """Return whether the text says yes or no in English or the reader's language."""
        ...


class Holidays(Protocol):
    """Public holidays."""

    def holiday(self, calendar: str, day: date) -> str | None:
        """Return the holiday's name, or None."""
        ...

    def known(self, calendar: str) -> bool:
        """Return whether there is such a calendar."""
        ...

    def suggest(self, calendar: str) -> Sequence[str]:
        """Return calendars whose names look like it."""
        ...


class Platform(Protocol):
    """A chat platform's outbound half. Calls raise `TryLater`, `Refused` or `OutcomeUnknown` from engine.errors."""

    name: str
    safe_window: timedelta
    """How long a repeated key is certain to have no second effect."""

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Turn a message into one or more platform messages; pure."""
        ...

    async def direct_place(self, identity: Identity) -> Place:
        """Return the direct conversation with a person, made if there is none."""
        ...

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Post under the chunk's key; return the message's id."""
        ...

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None: ...
    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None: ...
    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None: ...
    async def open_thread(self, place: Place, message_id: str, title: str, chunk: Chunk) -> str:
        """Return the thread under a message, made if there is none (idempotent)."""
        ...

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        """Look in the history for a message that carries the key's durable marker; return its id."""
        ...

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None:
        """Begin to report what happens, from behind the stored position on."""
        ...

    async def stop(self) -> None: ...
