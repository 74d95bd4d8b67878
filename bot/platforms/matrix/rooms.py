"""Rooms over their life: a direct conversation for each person, invites, upgrades."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from bot.engine.errors import Closed, OutcomeUnknown, Refused, TryLater
from bot.model.message import catalogue
from bot.platforms.matrix import begun
from bot.platforms.matrix.joined import JoinedRoom
from bot.platforms.matrix.rights import Invitation, Leaves, invitation, may_invite, server_of
from bot.platforms.matrix.settings import Encryption
from bot.platforms.matrix.state import MemoryState, PlatformState

_, n_ = catalogue("bot")
log = logging.getLogger(__name__)

MADE_FOR: Final = "heliotrope.direct"
"""The key in `m.room.create` of a direct conversation's room that says for whom it was made."""
MEGOLM: Final = {"algorithm": "m.megolm.v1.aes-sha2"}
REASON: Final = "This bot joins only on invites from people whom its operator has named."
"""What whoever invited the bot reads when it declines. It is English: nothing is known of them."""
_PRESENT = ("join", "invite")


class RoomCalls(Protocol):
    """What rooms need of the homeserver. Calls raise TryLater, Refused or OutcomeUnknown from engine.errors."""

    user_id: str

    def rooms(self) -> Mapping[str, JoinedRoom]:
        """Return the rooms the bot is in, as last synced."""
        ...

    def direct(self) -> Mapping[str, Sequence[str]]:
        """Return the account's `m.direct`, as last synced or written: room ids by user."""
        ...

    async def set_direct(self, content: Mapping[str, Sequence[str]]) -> None:
        """Write `m.direct`; `direct` returns it from then on."""
        ...

    async def create_room(self, content: Mapping[str, Any]) -> str:
        """Make a room by the body of `POST /createRoom`; return its id. OutcomeUnknown: it may be there."""
        ...

    async def learn_rooms(self) -> None:
        """Learn of the rooms that the bot is in and that no sync has told of yet."""
        ...

    async def join(self, room_id: str, via: Sequence[str]) -> None:
        """Join a room; no harm if that is done already."""
        ...

    async def leave(self, room_id: str, reason: str) -> None:
        """Leave a room, or decline its invite."""
        ...

    async def read_state(self, room_id: str) -> JoinedRoom:
        """Return a joined room with its whole state, from the server. Raises PlaceGone where the bot is not in it."""
        ...

    async def exists(self, user_id: str) -> bool:
        """Say whether there is such a user, as far as the homeserver tells (by their profile)."""
        ...

    async def has_keys(self, user_id: str) -> bool:
        """Say whether a user has any device with encryption keys."""
        ...


# --- direct conversations -------------------------------------------------------------------------------------


def is_direct(room: JoinedRoom, me: str, direct: Mapping[str, Sequence[str]]) -> bool:
    """Say whether a room is a private conversation with one person.

    `m.direct` or who made it says so, and nobody else is in it or invited: what is for one person only is never
    said before a third, whatever an invite called the room.
    """
    others = {user for user, person in room.people.items() if user != me and person.membership in _PRESENT}
    named = {user for user, rooms in direct.items() if room.id in rooms} | {_made_for(room, me)}
    return len(others) <= 1 and bool(others & named if others else named - {None})


def left_alone(reason: str) -> Closed:
    """Return the refusal of a direct conversation that its person left."""
    return Closed(
        reason,
        _("They have left their direct conversation with me. They come back by inviting me to a new one."),
        _("To hear from me directly again, invite me to a direct conversation."),
    )


def _made_for(room: JoinedRoom, me: str) -> str | None:
    """Return whom the bot itself made a room for, as a direct conversation."""
    event = room.state.get("m.room.create")
    person = room.content("m.room.create").get(MADE_FOR)
    return person if event is not None and event.get("sender") == me and isinstance(person, str) else None


class DirectRooms:
    """The direct conversation with each person: found again, or made once."""

    def __init__(self, calls: RoomCalls, encryption: Encryption, state: PlatformState | None = None) -> None:
        self._calls = calls
        self._encryption = encryption
        self._making: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._recording = asyncio.Lock()
        self._made: dict[str, str] = {}
        self._begun = begun.Begun(MemoryState() if state is None else state)

    async def room_with(self, user_id: str) -> str:
        """Return the room's id. Raises Refused where there is no such person, or they left the one there was.

        A room that was made, but not recorded because the bot was killed then, is found by what it was made for.
        """
        if server_of(user_id) is None or user_id == self._calls.user_id:
            raise Refused(f"there is nobody to talk to called {user_id!r}")
        async with self._making[user_id]:
            known = self._known(user_id)
            if known is None and await self._begun.has(user_id):
                known = await self._look_for(user_id)
            if known is None:
                known = self._made[user_id] = await self._make(user_id)
            await self.record(user_id, known)
            await self._begun.done(user_id)
            return known

    async def _look_for(self, user_id: str) -> str | None:
        """Look for a room that was asked for without an answer, as long as the server may still be making it."""
        loop = asyncio.get_running_loop()
        last = loop.time() + begun.STILL_COMING
        while True:
            await self._calls.learn_rooms()
            for half_made in [r for r in self._calls.rooms().values() if _made_for(r, self._calls.user_id) == user_id]:
                await self._calls.read_state(half_made.id)
            known = self._known(user_id)
            if known is not None or loop.time() >= last:
                return known
            await asyncio.sleep(begun.LOOK_AGAIN)

    async def record(self, user_id: str, room_id: str) -> None:
        """Put a room first among those that `m.direct` has for a person; what else is there stays."""
        if room_id in self._calls.direct().get(user_id, ()):
            return
        async with self._recording:
            direct = {user: list(rooms) for user, rooms in self._calls.direct().items()}
            others = direct.get(user_id, [])
            if room_id not in others:
                await self._calls.set_direct(direct | {user_id: [room_id, *others]})

    def forget(self, room_id: str) -> None:
        """Note that the bot is in a room no longer."""
        self._made = {user: room for user, room in self._made.items() if room != room_id}

    def _known(self, user_id: str) -> str | None:
        """Return the room to use. Raises Closed if the person left it: who closes a door wants to be left alone."""
        rooms, me = self._calls.rooms(), self._calls.user_id
        for id in self._candidates(user_id):
            room = rooms[id]
            if room.membership(user_id) in _PRESENT and is_direct(room, me, {user_id: [id]}) and not room.replacement:
                return id
        for id in self._candidates(user_id):
            if rooms[id].membership(user_id) in ("leave", "ban") and user_id in rooms[id].people:
                raise left_alone(f"{user_id} left their direct conversation")
        fresh = self._made.get(user_id)  # made in this process, and not synced yet
        return fresh if fresh is not None and fresh not in rooms else None

    def _candidates(self, user_id: str) -> Iterator[str]:
        """Yield the rooms that are recorded for a person, then those made for them: for these all are looked at."""
        rooms, me = self._calls.rooms(), self._calls.user_id
        yield from (id for id in self._calls.direct().get(user_id, ()) if id in rooms)
        yield from (id for id, room in rooms.items() if _made_for(room, me) == user_id)

    async def _make(self, user_id: str) -> str:
        if not await self._calls.exists(user_id):
            raise Refused(f"there is no user {user_id}")
        encrypted = self._encryption == "always" or (self._encryption == "auto" and await self._calls.has_keys(user_id))
        state = {"type": "m.room.encryption", "state_key": "", "content": MEGOLM}
        wanted = {
            "preset": "trusted_private_chat",
            "visibility": "private",
            "is_direct": True,
            "invite": [user_id],
            "creation_content": {MADE_FOR: user_id},
            "initial_state": [state] if encrypted else [],
        }
        await self._begun.note(user_id)
        try:
            return await self._calls.create_room(wanted)
        except (TryLater, Refused):  # there is none, that is certain
            await self._begun.done(user_id)
            raise


# --- invites --------------------------------------------------------------------------------------------------


class Doorkeeper:
    """Follows invites from people and servers that are allowed, and turns the others down politely."""

    def __init__(
        self, calls: RoomCalls, direct: DirectRooms, allowed: Sequence[str], leaves: Leaves | None = None
    ) -> None:
        self._calls = calls
        self._direct = direct
        self._allowed = tuple(allowed)
        self._leaves = leaves or Leaves()

    async def invited(self, room_id: str, invite_state: object) -> Invitation | None:
        """Join if the invite may be followed, and return it; else note it to be turned down, and return None.

        An invite to the room that one of the bot's own was upgraded to may be anybody's: clients send them then.
        """
        found = invitation(invite_state, self._calls.user_id)
        if found is None:
            return None
        upgraded = any(room.replacement == room_id for room in self._calls.rooms().values())
        if not upgraded and not may_invite(found.inviter, self._allowed):
            if self._leaves.add(room_id):
                log.info("turning down an invite from %s, who is not among the allowed inviters", found.inviter)
            return None
        self._leaves.forget(room_id)
        await self._calls.join(room_id, [server_of(found.inviter) or ""])
        if found.direct:
            await self._direct.record(found.inviter, room_id)
        return found

    def withdrawn(self, room_id: str) -> None:
        """Note that an invite was taken back: there is nothing to turn down."""
        self._leaves.forget(room_id)

    async def turn_down(self, now: datetime) -> datetime | None:
        """Leave those that may be left now; return when to come back, or None when none waits."""
        while (room_id := self._leaves.take(now)) is not None:
            try:
                await self._calls.leave(room_id, REASON)
            except (TryLater, OutcomeUnknown):
                self._leaves.add(room_id)
                break
            except Refused as refusal:
                log.info("an invite could not be turned down: %s", refusal)
        return self._leaves.due()


# --- upgrades -------------------------------------------------------------------------------------------------


class Successions:
    """Upgraded rooms: the address that people's channels are stored under stays, the room behind it changes."""

    def __init__(self, stored: str | None = None) -> None:
        """Take what `dump` gave."""
        self._next: dict[str, str] = {}
        self.refused: set[str] = set()
        """Rooms that were pointed to as successors and can't be followed to, until the bot is in them."""
        for old, new in json.loads(stored or "{}").items():
            self.replaced(old, new)

    def dump(self) -> str:
        """Return it as a text to be stored."""
        return json.dumps(self._next)

    def newest(self, address: str) -> str:
        """Return the room that an address leads to now."""
        while address in self._next:
            address = self._next[address]
        return address

    def original(self, room_id: str) -> str:
        """Return the address that the room's first forerunner had."""
        before = {new: old for old, new in self._next.items()}
        while room_id in before:
            room_id = before[room_id]
        return room_id

    def replaced(self, old: str, new: str) -> bool:
        """Note an upgrade; False for one that is known, that leads in a circle, or to where another one has led."""
        if old in self._next or new in self._next.values() or self.newest(new) == old:
            return False
        self._next[old] = new
        return True


async def follow(calls: RoomCalls, old: JoinedRoom, successions: Successions) -> str | None:
    """Join the room that one was upgraded to; return its id when it is newly known as the successor.

    The new room must name the old one as its predecessor: otherwise it is left again. Only somebody with the power
    to close the old room can have pointed to it, so no invite is needed. Raises TryLater and OutcomeUnknown as
    joining does, and Refused the first time that the bot is not let in; an invite mends that.
    """
    new = old.replacement
    if new is None or new == old.id or successions.newest(old.id) != old.id:
        return None
    if new in successions.refused and new not in calls.rooms():
        return None
    via = server_of(old.state["m.room.tombstone"].get("sender"))
    try:
        await calls.join(new, [via] if via else [])
    except Refused:
        successions.refused.add(new)
        raise
    predecessor = (await calls.read_state(new)).content("m.room.create").get("predecessor")
    if not isinstance(predecessor, Mapping) or predecessor.get("room_id") != old.id:
        log.warning("a room said that it was upgraded to one that does not come from it")
        successions.refused.add(new)
        await calls.leave(new, "This room does not say that it replaces the one that led here.")
        return None
    return new if successions.replaced(old.id, new) else None
