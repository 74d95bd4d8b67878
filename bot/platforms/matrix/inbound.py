"""What happens in the account's rooms, as the engine is told of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.engine.errors import Refused
from bot.engine.ports import Clock
from bot.model.event import Inbound, PersonLeft, Reacted, Unreadable
from bot.model.identity import Account, Identity, Place
from bot.platforms.matrix import events as reading
from bot.platforms.matrix.answers import sent_at
from bot.platforms.matrix.crypto import VERIFICATION, Crypto
from bot.platforms.matrix.http import Rejected, path
from bot.platforms.matrix.joined import Event, JoinedRoom, RoomBook
from bot.platforms.matrix.pending import Pending, Waiting
from bot.platforms.matrix.rights import Rights
from bot.platforms.matrix.rooms import Successions, is_direct
from bot.platforms.matrix.session import Session
from bot.platforms.matrix.versions import edits_among

log = logging.getLogger(__name__)

Receive = Callable[[Inbound], Awaitable[None]]


THREADS = 5_000
"""Threads whose newest message is remembered."""


def _ignore(id: str) -> None:
    """Do nothing about it."""


@dataclass
class Ears:
    """The reader's listener: decrypts, understands and reports. `doors` and `keys` are set when they have work."""

    session: Session
    book: RoomBook
    crypto: Crypto | None
    pending: Pending
    successions: Successions
    clock: Clock
    receive: Receive
    verifying: Callable[[str, Event], Awaitable[None]]
    threads: dict[str, str]
    """The newest message in a thread, by the thread's root."""
    me: reading.Me = field(default_factory=lambda: reading.Me(""))
    out_of: Callable[[str], None] = _ignore
    """Told of each room that the bot is out of, or not invited to any more."""
    taken_back: Callable[[str], None] = _ignore
    """Told of each event that was redacted."""
    first: Callable[[str], str] = str
    """The id by which the engine knows a message of the bot's own."""
    memory: reading.Memory = field(default_factory=reading.Memory)
    invitations: dict[str, Sequence[Event]] = field(default_factory=dict)
    doors: asyncio.Event = field(default_factory=asyncio.Event)
    keys: asyncio.Event = field(default_factory=asyncio.Event)
    _rosters: dict[str, tuple[tuple[tuple[str, int], ...], reading.Roster]] = field(default_factory=dict)

    # --- the reader's listener ------------------------------------------------------------------------------

    async def keys_came(self, answer: Mapping[str, Any]) -> None:
        """Take what came for the device, and read what waited for it."""
        if self.crypto is None:
            return
        came = self.crypto.take(answer)
        self.keys.set()
        if came:
            await self.retry(came)

    async def retry(self, sessions: set[tuple[str, str]] | None = None) -> None:
        """Read what waited for these keys (None: whatever waits)."""
        for waiting in self.pending.of(sessions):
            if await self._understood(waiting.room, waiting.event, None):
                await self.pending.done(waiting)

    async def happened(self, room: str, event: Event, position: str | None) -> None:
        """Report one event, or keep it until it can be decrypted."""
        if "state_key" in event:
            await self._changed(self.book.room(room), event, position)
            return
        if not await self._understood(room, event, position):
            await self.pending.add(room, dict(event), self.clock.now())

    async def invited(self, room: str, state: Sequence[Event]) -> None:
        """Note an invitation, to be answered beside the reading."""
        self.invitations[room] = state
        self.doors.set()

    async def removed(self, room: str) -> None:
        """Note that the bot is out of a room, or its invitation was taken back."""
        self._rosters.pop(room, None)
        self.invitations.pop(room, None)
        self.out_of(room)

    # --- one event ------------------------------------------------------------------------------------------

    async def _understood(self, id: str, event: Event, position: str | None) -> bool:
        """Report an event; return False where its key is missing."""
        if event.get("type") == "m.room.encrypted":
            if event.get("sender") == self.session.user_id:
                return True
            try:
                plain = self.crypto.decrypt(id, event) if self.crypto is not None else event
            except Refused as refusal:
                log.warning("in %s, %s is left out: %s", id, event.get("event_id"), refusal)
                return True
            if plain is None:
                return False
            event = plain
        if is_verification(event):
            await self.verifying(id, event)
            return True
        self.memory.take(event)
        self._note_thread(event)
        if event.get("type") == "m.room.redaction":
            self.taken_back(reading.refers_to(event) or "")
        if event.get("sender") == self.session.user_id:
            return True
        told = await self._read(id, event)
        if told is not None:
            administered = self.administered(told.author.identity.account) if told.direct else None
            told = replace(told, place=replace(told.place, thread=told.place.thread and self.first(told.place.thread)))
            if isinstance(told, Reacted):
                told = replace(told, message_id=self.first(told.message_id))
            await self.receive(replace(told, position=position, admin_of=administered))
        return True

    async def _read(self, id: str, event: Event) -> Inbound | None:
        wanted = reading.refers_to(event)
        known = await self._look_up(id, wanted) if wanted is not None else None
        found = reading.read(event, self.room(self.book.room(id)), self.me, self.clock.now(), known)
        if isinstance(found, reading.Reread):
            standing = await self._standing(id, found.message_id)
            return None if standing is None else reading.restored(found, standing)
        if isinstance(found, reading.Ignored):
            if found.malformed:
                log.warning("in %s, %s is malformed: %s", id, event.get("event_id"), found.reason)
            return None
        return found

    async def _look_up(self, room: str, id: str) -> reading.Known | None:
        known = self.memory.get(id)
        if known is None:
            event = await self.fetch(room, id)
            known = reading.known_from(event) if event is not None else None
        return known

    async def fetch(self, room: str, id: str) -> Event | None:
        """Return an event as the server has it, decrypted if it can be; None if there is none that the bot may see."""
        try:
            event: Event = await self.session.call("GET", path("rooms", room, "event", id))
        except Rejected:
            return None
        return self._decrypted(room, event)

    def _decrypted(self, room: str, event: Event) -> Event:
        if event.get("type") != "m.room.encrypted" or self.crypto is None:
            return event
        try:
            return self.crypto.decrypt(room, event) or event
        except Refused:
            return event

    async def _standing(self, room: str, id: str) -> Event | None:
        """Return the newest version of a message that stands: an edit of its own author, or itself."""
        original = await self.fetch(room, id)
        if original is None:
            return None
        where = path("rooms", room, "relations", id, "m.replace", version="/_matrix/client/v1")
        try:
            answer = await self.session.call("GET", where, query={"limit": "50"})
        except Rejected:
            return original
        edits = edits_among(answer.get("chunk"), str(original.get("sender")))
        newest = max(edits, key=lambda e: (sent_at(e), str(e.get("event_id"))), default=None)
        return original if newest is None else self._decrypted(room, newest)

    def _note_thread(self, event: Event) -> None:
        content = event.get("content")
        relation = content.get("m.relates_to") if isinstance(content, Mapping) else None
        if isinstance(relation, Mapping) and relation.get("rel_type") == "m.thread":
            root = str(relation.get("event_id"))
            self.threads.pop(root, None)
            self.threads[root] = str(event.get("event_id"))
            if len(self.threads) > THREADS:
                del self.threads[next(iter(self.threads))]

    # --- rooms and people -----------------------------------------------------------------------------------

    def room(self, room: JoinedRoom) -> reading.Room:
        """Return a room as its events are read: under the address that its first forerunner had."""
        address = self.successions.original(room.id)
        direct = is_direct(room, self.session.user_id, self.book.direct)
        admins = self.administers_somewhere if direct else rights(room).administers
        return reading.Room(address, self._roster(room, direct), admins, room.name, direct, "" if direct else address)

    def _roster(self, room: JoinedRoom, direct: bool) -> reading.Roster:
        """Return who can be named in a room: in a direct conversation, all whom the person meets in others."""
        seen = [room]
        if direct:
            person = next(
                (u for u, p in room.people.items() if u != self.session.user_id and p.membership == "join"), ""
            )
            seen = [r for r in self.book.rooms.values() if r is room or r.membership(person) == "join"]
        versions = tuple((r.id, r.version) for r in seen)
        known = self._rosters.get(room.id)
        if known is None or known[0] != versions:
            joined = {u: p.name for r in seen for u, p in r.people.items() if p.membership == "join"}
            known = self._rosters[room.id] = (versions, reading.Roster(joined))
        return known[1]

    def administers_somewhere(self, user: str) -> bool:
        """Say whether a user administers a room that the bot is in: a direct conversation can't tell."""
        return bool(self.administered(user))

    def administered(self, user: str) -> tuple[str, ...]:
        """Return the scopes that a user administers."""
        rooms = (r for r in self.book.rooms.values() if not is_direct(r, self.session.user_id, self.book.direct))
        return tuple(self.successions.original(room.id) for room in rooms if rights(room).administers(user))

    async def _changed(self, room: JoinedRoom, event: Event, position: str | None) -> None:
        user = event.get("state_key")
        before = room.membership(user) if isinstance(user, str) else ""
        direct = is_direct(room, self.session.user_id, self.book.direct)
        room.take(event)
        if event.get("type") == "m.room.tombstone":
            self.doors.set()
        if event.get("type") != "m.room.member" or not isinstance(user, str) or user == self.session.user_id:
            return
        if before == "join" and room.membership(user) in ("leave", "ban"):
            await self._person_left(room, user, event, direct, position)

    async def _person_left(self, room: JoinedRoom, user: str, event: Event, direct: bool, position: str | None) -> None:
        me, address = self.session.user_id, self.successions.original(room.id)
        elsewhere = tuple(
            self.successions.original(other.id)
            for other in self.book.rooms.values()
            if other.id != room.id and other.membership(user) == "join" and not is_direct(other, me, self.book.direct)
        )
        left = PersonLeft(
            id=str(event.get("event_id")),
            place=Place(reading.NAME, address),
            author=Account(Identity(reading.NAME, user), room.shown(user)),
            at=reading.instant(event, self.clock.now()),
            scope="" if direct else address,
            direct=direct,
            position=position,
            elsewhere=elsewhere,
        )
        await self.receive(left)

    async def hint(self) -> None:
        """Tell those whose messages in direct conversations could not be read that they could not."""
        now = self.clock.now()
        for waiting in self.pending.to_hint(now):
            if (told := self._unreadable(waiting)) is not None:
                await self.receive(told)
            await self.pending.hinted(waiting)
        await self.pending.purge(now)

    def _unreadable(self, waiting: Waiting) -> Unreadable | None:
        room, sender = self.book.rooms.get(waiting.room), waiting.event.get("sender")
        if room is None or not isinstance(sender, str):
            return None
        if not is_direct(room, self.session.user_id, self.book.direct):
            return None
        id = str(waiting.event.get("event_id"))
        return Unreadable(
            id=f"{id} unreadable",
            place=Place(reading.NAME, self.successions.original(room.id)),
            author=Account(Identity(reading.NAME, sender), room.shown(sender)),
            at=waiting.since,
            direct=True,
            message_id=id,
        )


def is_verification(event: Event) -> bool:
    """Say whether an event is a step of a verification in a room."""
    content = event.get("content")
    request = isinstance(content, Mapping) and content.get("msgtype") == f"{VERIFICATION}request"
    return request or str(event.get("type")).startswith(VERIFICATION)


def rights(room: JoinedRoom) -> Rights:
    """Return who may do what in a room."""
    return Rights.of(room.state.get("m.room.create"), room.state.get("m.room.power_levels"))
