"""What a handler works with: one transaction's state, and the effects that leave after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from bot.engine import reach
from bot.engine.people import People
from bot.engine.ports import (
    Conversations,
    Gazetteer,
    Holidays,
    Localizer,
    Occurrences,
    Op,
    Outgoing,
    Result,
    Said,
    Stores,
    Target,
    TargetKind,
    Timers,
    copy_key,
)
from bot.model.event import Inbound, JournalChanged, MessageDeleted, MessageEdited, Restriction
from bot.model.identity import MemberId, MessageRef, Place, Scope, TeamId, WorkspaceId
from bot.model.journal import Entry, Kind, State
from bot.model.message import Message, Sentence
from bot.model.people import Channel, Member, Reached, Workspace

if TYPE_CHECKING:
    from bot.engine.registry import Registry
    from bot.model.command import CommandSpec


class Listeners(Protocol):
    """Calls every cog's listener for an event, in the transaction that raised it."""

    async def __call__(self, tx: Transaction, event: Any) -> None:
        """Call them in the order of the cogs' names."""
        ...


@dataclass(frozen=True)
class Services:
    """The pure ports that handlers may ask: languages, zones and cities, public holidays, and what is registered."""

    localizer: Localizer
    gazetteer: Gazetteer
    holidays: Holidays
    registry: Registry


@dataclass(frozen=True, slots=True)
class Cause:
    """The person's event that a transaction answers: who, where, and the event. Timers have none."""

    member: MemberId | None
    place: Place
    direct: bool
    event: Inbound


def to_member(member: MemberId) -> Target:
    """Address a member's direct conversation."""
    return Target(TargetKind.MEMBER, member=member)


def to_place(place: Place) -> Target:
    """Address a place."""
    return Target(TargetKind.PLACE, place=place)


def to_channel(channel: Channel) -> Target:
    """Address a team's channel."""
    return Target(TargetKind.PLACE, place=channel.place)


def to_thread(post: str) -> Target:
    """Address the thread under the post with this key."""
    return Target(TargetKind.THREAD, root=post)


class Transaction:
    """One transaction: reads and writes see each other; effects leave only after it is committed.

    `now` is its one instant (UTC). `people`, `journal`, `timers`, `occurrences` and `conversations` are the bot's own
    records; `execute` runs a SQLAlchemy Core statement on the cog's own tables. It does no network I/O.
    """

    def __init__(
        self,
        stores: Stores,
        now: datetime,
        services: Services,
        listeners: Listeners,
        cause: Cause | None = None,
        read_only: bool = False,
    ) -> None:
        """Wrap the stores of an open storage transaction."""
        self.stores = stores
        self.now = now
        self.services = services
        self.cause = cause
        self.read_only = read_only
        self.people = People(stores.directory, services.holidays, self.raise_event)
        self.journal = JournalBook(self)
        self.timers: Timers = stores.timers
        self.occurrences: Occurrences = stores.occurrences
        self.conversations: Conversations = stores.conversations
        self._listeners = listeners
        self._effects: list[Outgoing] = []

    async def execute(self, statement: Any, parameters: Any = None) -> Result:
        """Run one SQLAlchemy Core statement; `parameters` a mapping, or a sequence of mappings for many rows."""
        return await self.stores.execute(statement, parameters)

    def send(
        self,
        to: Target,
        message: Message,
        *,
        workspace: WorkspaceId,
        kind: str,
        key: str,
        day: date | None = None,
        asked: bool | None = None,
        first: bool = False,
        title: Sentence | None = None,
        not_before: datetime | None = None,
        expires: datetime | None = None,
        secret: bool = False,
        also: Sequence[Target] = (),
    ) -> None:
        """Queue a message. `kind` is "cog.what"; `key` names it for ever and is sent at most once.

        `asked` is worked out when left out: true for what goes back to the person or place that caused this
        transaction. `first` puts it before other parts when several go out as one. `title` opens a thread under it.
        From `expires` (UTC) on it is not sent any more, unless it may have been sent before: it is dropped, and
        listeners for `Expired` are told. A `secret` goes out alone, and is not kept once it is sent. `also` are
        further places where the same post stands: changes of it, and what is said in its thread, go there too.
        """
        self._effects.extend(
            Outgoing(
                workspace,
                place,
                kind,
                copy_key(key, number),
                message=message,
                date=day,
                asked=self._answers(place) if asked is None else asked,
                first=first,
                title=title,
                not_before=not_before,
                expires=expires,
                secret=secret,
            )
            for number, place in enumerate((to, *also), start=1)
        )

    def edit(self, post: str, message: Message, *, workspace: WorkspaceId, kind: str, key: str) -> None:
        """Queue a new version of the message with key `post`; of several waiting versions the newest wins.

        `key` names this version.
        """
        target = Target(TargetKind.THREAD, root=post)
        self._effects.append(
            Outgoing(
                workspace, target, kind, key, Op.EDIT, message, root=post, asked=self.cause is not None,
                ref=self._taken_back(),
            )
        )  # fmt: skip

    def delete(self, post: str, *, workspace: WorkspaceId, kind: str) -> None:
        """Queue the deletion of the message with key `post`."""
        target = Target(TargetKind.THREAD, root=post)
        self._effects.append(Outgoing(workspace, target, kind, f"{post}:delete", Op.DELETE, root=post))

    def react(self, ref: MessageRef, emoji: str, *, workspace: WorkspaceId, kind: str) -> None:
        """Queue a reaction to a person's message."""
        key = f"react:{ref.place.platform}:{ref.place.address}:{ref.message_id}:{emoji}"
        self._effects.append(
            Outgoing(workspace, to_place(ref.place), kind, key, Op.REACT, ref=ref, emoji=emoji, asked=True)
        )

    def reply(self, message: Message, *, workspace: WorkspaceId, kind: str, key: str | None = None) -> None:
        """Queue an answer to the event that caused this transaction, where it happened.

        `key` defaults to one made from the event's id. Raises ValueError in a timer's transaction.
        """
        if self.cause is None:
            raise ValueError("nobody asked: a timer's transaction has nothing to reply to")
        place, answer = self.cause.place, self.cause.event.answer
        if answer is not None and self.cause.member is not None:
            to = Target(TargetKind.MEMBER, self.cause.member, answer)
        elif answer is not None:
            to = to_place(answer)
            message = replace(message, language=self.cause.event.language)
        elif self.cause.direct and self.cause.member is not None:
            to = to_member(self.cause.member)
        else:
            to = to_place(place)
        key = key or f"reply:{place.platform}:{self.cause.event.id}:{len(self._effects)}"
        self.send(to, message, workspace=workspace, kind=kind, key=key, asked=True)

    async def forget_place(self, place: Place) -> None:
        """Send nothing more to a place, of what is queued or to be changed there; what is sent from now on goes."""
        await self.stores.outbox.forget_place(place.platform, place.address)

    async def drop_unsent(self, key: str) -> bool:
        """Drop the message with this key if it still waits, as for working hours; return False if it may have left."""
        return await self.stores.outbox.amend(key, None)

    async def reach(self, members: Iterable[MemberId]) -> Mapping[MemberId, Reached]:
        """Return how far the bot comes with members in private; those who have no account (any more) are left out."""
        return await reach.reach_of(self.stores, members)

    async def raise_event(self, event: Any) -> None:
        """Tell every cog's listener for this type of event, before this call returns."""
        await self._listeners(self, event)

    def queue(self, effects: Iterable[Outgoing]) -> None:
        """Queue rows that were made elsewhere, such as the answer of a command that only read."""
        self._effects.extend(effects)

    def effects(self) -> Sequence[Outgoing]:
        """Return what was queued, in order."""
        return tuple(self._effects)

    def _taken_back(self) -> MessageRef | None:
        """Return the person's message whose words this transaction takes back, if that is what happened."""
        match self.cause and self.cause.event:
            case MessageDeleted() as event:
                return event.ref
            case MessageEdited(withdrawn=True) as event:
                return event.ref
        return None

    def _answers(self, to: Target) -> bool:
        if self.cause is None:
            return False
        if to.kind is TargetKind.MEMBER:
            return to.member == self.cause.member
        return to.place == self.cause.place


class JournalBook:
    """The journal as cogs see it: every change raises `JournalChanged` in the same transaction."""

    def __init__(self, tx: Transaction) -> None:
        """Work inside one transaction."""
        self._tx = tx

    async def entries(
        self,
        *,
        team: TeamId | None = None,
        authors: Iterable[MemberId] | None = None,
        dates: tuple[date, date] | None = None,
        kinds: Iterable[Kind] | None = None,
        states: Iterable[State] | None = None,
        source: MessageRef | None = None,
    ) -> Sequence[Entry]:
        """Return entries that match everything given, oldest first; `dates` are local and both included."""
        return await self._tx.stores.journal.entries(
            team=team, authors=authors, dates=dates, kinds=kinds, states=states, source=source
        )

    async def revise(self, before: Sequence[Entry], after: Sequence[Entry]) -> Sequence[Entry]:
        """Replace entries: new ones (`id` 0) are added, changed ones saved, missing ones withdrawn with their text.

        Returns what stands afterwards. Raises `JournalChanged` once for each team, author and local date touched.
        """
        journal = self._tx.stores.journal
        old: Mapping[int, Entry] = {e.id: e for e in before}
        kept = {e.id for e in after if e.id}
        withdrawn = [replace(e, text="", state=State.WITHDRAWN) for e in before if e.id not in kept]
        changed = [e for e in after if e.id and old.get(e.id) != e]
        added = await journal.add([e for e in after if not e.id]) if any(not e.id for e in after) else ()
        if changed or withdrawn:
            await journal.save([*changed, *withdrawn])
        fresh = iter(added)
        stands = tuple(e if e.id else next(fresh) for e in after)
        if added or changed or withdrawn:
            await self._tell(before, stands)
        return stands

    async def _tell(self, before: Sequence[Entry], after: Sequence[Entry]) -> None:
        days = dict.fromkeys((e.workspace, e.team, e.author, e.date) for e in (*before, *after))
        for workspace, team, author, day in days:
            was = tuple(e for e in before if (e.team, e.author, e.date) == (team, author, day))
            now = tuple(e for e in after if (e.team, e.author, e.date) == (team, author, day))
            await self._tx.raise_event(JournalChanged(workspace, team, author, day, was, now))


@dataclass(frozen=True)
class Call:
    """One use of a command: who, where, with which right, in which language, in which transaction.

    Of a `founds` command that a stranger uses where there is no workspace, neither workspace nor member is stored
    yet (their ids are 0): the handler calls `founded` or `within` before it does anything for them.
    """

    tx: Transaction
    workspace: Workspace
    member: Member
    place: Place
    place_name: str
    direct: bool
    admin: bool
    language: str
    spec: CommandSpec
    said: Said

    @property
    def scope(self) -> Scope | None:
        """The tenant that the command was typed in; None in a private conversation that belongs to none."""
        name = self.tx.cause.event.scope if self.tx.cause is not None else ""
        return Scope(self.place.platform, name) if name else None

    @property
    def private(self) -> bool:
        """Whether only the caller reads the answer."""
        return self.direct or (self.tx.cause is not None and self.tx.cause.event.answer is not None)

    def restriction(self, place: Place) -> Restriction | None:
        """Return what the bot may not do in a place that the call names or was made in, as far as that is known."""
        known = self.tx.cause.event.restrictions if self.tx.cause is not None else ()
        return next((each for each in known if each.place == place), None)

    async def reread(self) -> Member:
        """Return the caller as stored now, after changes in this transaction."""
        return await self.tx.people.member(self.member.id)

    async def founded(self) -> Call:
        """Return the call in a workspace that is stored: if there is none yet, the tenant's own is made now."""
        if self.workspace.id or self.scope is None:
            return self
        name, language = self.workspace.name, self.workspace.language
        directory = self.tx.stores.directory
        return await self.within(await directory.create_workspace(name, language, self.scope.platform, self.scope.name))

    async def within(self, workspace: Workspace) -> Call:
        """Return the call in another workspace, of which the caller is a member from now on."""
        cause = self.tx.cause
        if cause is None:
            raise ValueError("nobody asked: a timer's transaction has no caller")
        author = cause.event.author
        known = await self.tx.people.members_of_identity(author.identity)
        member = next((m for m in known if m.workspace == workspace.id), None)
        if member is None:
            fresh = replace(self.member, id=MemberId(0), workspace=workspace.id)
            member = await self.tx.people.create_member(fresh, author)
        self.tx.cause = replace(cause, member=member.id)
        return replace(self, workspace=workspace, member=member)
