"""Everything durable: one Protocol a table or two, and the transaction that holds them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Any, Protocol

from bot.engine.ports.outbound import Chunk, ChunkState, Outgoing, Parcel, Sent
from bot.engine.ports.records import Contact, Conversation, Occurrence, OccurrenceState, Timer
from bot.model.event import Inbound
from bot.model.identity import Account, ChannelId, Identity, MemberId, MessageRef, Place, Scope, TeamId, WorkspaceId
from bot.model.journal import Entry, Kind, State
from bot.model.message import Message, Sentence
from bot.model.people import Absence, Channel, Member, Purpose, Team, Workspace


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
    async def save_workspace(self, workspace: Workspace) -> None: ...
    async def scopes(self, workspace: WorkspaceId) -> Sequence[Scope]: ...
    async def add_scope(self, workspace: WorkspaceId, platform: str, scope: str) -> None:
        """Make a tenant part of a workspace, instead of the one it was part of."""
        ...

    async def remove_scope(self, platform: str, scope: str) -> None:
        """Make a tenant part of no workspace."""
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

    async def members_ever(self, identity: Identity) -> Sequence[Member]:
        """Return the members that an account is or was before it left, active or not, one per workspace."""
        ...

    async def accounts(self, member: MemberId) -> Sequence[Account]:
        """Return a member's accounts with the names displayed for them, the one answered from last first."""
        ...

    async def add_account(self, member: Member, account: Account) -> None:
        """Give a member one more account, which must be nobody's in their workspace."""
        ...

    async def remove_account(self, workspace: WorkspaceId, identity: Identity) -> None:
        """Make an account nobody's in a workspace, as if it had never been there."""
        ...

    async def answered_from(self, identity: Identity, at: datetime) -> None:
        """Note that a person spoke from this account, if they have others to be reached by."""
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
    async def remove_channel(self, id: ChannelId) -> None: ...
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


class Contacts(Protocol):
    """To whom something was ever sent in private, and who takes nothing at present; by account."""

    async def of(self, accounts: Iterable[Identity]) -> Mapping[Identity, Contact]:
        """Return what is known of these accounts; those of whom nothing is are left out."""
        ...

    async def reached(self, accounts: Iterable[Identity], at: datetime) -> None:
        """Note that something arrived."""
        ...

    async def closed(self, account: Identity, at: datetime, again: datetime, remedy: Sentence | None) -> bool:
        """Note that they take nothing; return whether that is news. Since when it is so stays as first noted."""
        ...

    async def retry(self, account: Identity, at: datetime) -> datetime | None:
        """Let a closed one be tried now; return until when it was not to be, or None where there was no such wait."""
        ...


class Inbox(Protocol):
    """Every inbound event once."""

    async def accept(self, event: Inbound) -> bool:
        """Store the event's id and position; return False if it was there already."""
        ...

    async def position(self, platform: str) -> str | None: ...
    async def heard(self, platform: str, prefix: str, since: datetime) -> Sequence[str]:
        """Return the ids that begin so of a platform's events from an instant (UTC) on, in their order."""
        ...

    async def purge(self, before: datetime) -> int: ...


class Outbox(Protocol):
    """Outbound rows, the parcels they were packed into, and the chunks of those."""

    async def queue(self, rows: Sequence[Outgoing], now: datetime) -> None:
        """Store rows; one whose key is known already is left out."""
        ...

    async def waiting(self, now: datetime, limit: int) -> Sequence[Outgoing]:
        """Return rows not packed yet whose `not_before` has come, oldest first."""
        ...

    async def waiting_for(self, members: Iterable[MemberId], after: int, now: datetime) -> Sequence[Outgoing]:
        """Return what else waits for these members behind the row with that id, oldest first."""
        ...

    async def hold(self, rows: Mapping[int, datetime]) -> None:
        """Put rows off until an instant each."""
        ...

    async def shelve(self, rows: Mapping[int, datetime], end: datetime) -> None:
        """Put rows off until an instant each; one that never expires does so at `end` from now on."""
        ...

    async def release(self, members: Iterable[MemberId], until: datetime) -> None:
        """Let what was put off for these members until that instant, or until it expires, be looked at now."""
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

    async def recall(self, parcels: Iterable[int], now: datetime, *, asked: bool = False) -> frozenset[int]:
        """Queue the rows of these parcels again, with their newest messages; return the parcels that were recalled.

        Only what nobody asked for (unless `asked`), packed for a person, and of which no try had, or may have had, an
        effect: its key means nothing yet, and whether it may go now is attention's to say again.
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
    async def untried(self, chunks: Iterable[int]) -> None:
        """Take the note back that calls were about to be made: they were not, or certainly had no effect."""
        ...

    async def retry(self, chunk: int, at: datetime, *, counts: bool = True) -> None:
        """Try again at that instant; what is behind it in its stream waits too. It `counts` if the call was made."""
        ...

    async def give_up(self, chunk: int, state: ChunkState, reason: str) -> None: ...
    async def blank(self, chunks: Iterable[int]) -> None:
        """Forget what chunks said that came to their end, and the rows that they were made from."""
        ...

    async def forget_place(self, platform: str, address: str) -> None:
        """Send nothing more to a place: drop what is on its way there, and what would change what stands there."""
        ...

    async def row_of_message(self, ref: MessageRef) -> Outgoing | None:
        """Return the first row that went out as this platform message."""
        ...

    async def next_due(self) -> datetime | None: ...
    async def purge(self, before: datetime) -> int: ...


class Stores(Protocol):
    """Everything durable, inside one transaction."""

    directory: Directory
    journal: Journal
    occurrences: Occurrences
    timers: Timers
    conversations: Conversations
    contacts: Contacts
    inbox: Inbox
    outbox: Outbox

    async def execute(self, statement: Any, parameters: Any = None) -> Result:
        """Run one SQLAlchemy Core statement (a cog's own tables)."""
        ...

    async def erase(self, workspace: WorkspaceId, cogs: Iterable[Any]) -> None:
        """Delete all that belongs to a workspace: the bot's rows, and those of the cogs with these MetaData."""
        ...

    async def merge_members(self, gone: MemberId, into: MemberId, cogs: Iterable[Any]) -> None:
        """Make all that is of one member another's; what both were asked once counts as answered if one did."""
        ...

    async def merge_workspaces(self, gone: WorkspaceId, into: WorkspaceId, cogs: Iterable[Any]) -> None:
        """Make all that belongs to one workspace another's, and delete the empty one.

        Nobody has an account in both any more: such members are merged before.
        """
        ...


class Storage(Protocol):
    """A database: transactions that write, one at a time, and reads beside them."""

    def transaction(self) -> AbstractAsyncContextManager[Stores]:
        """Commit on leaving, roll back on an exception. Raises StorageFull when nothing more can be written."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Stores]:
        """Read a consistent state; writing is refused."""
        ...
