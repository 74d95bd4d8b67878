"""What the bot does in rooms, each thing under a key that the server remembers for this device."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.engine.errors import Refused
from bot.engine.ports import Chunk, Probe
from bot.model.identity import Place
from bot.platforms.matrix.calls import Calls
from bot.platforms.matrix.crypto import Crypto
from bot.platforms.matrix.http import LARGEST_EVENT, Rejected, path
from bot.platforms.matrix.joined import Event, JoinedRoom, RoomBook
from bot.platforms.matrix.pacing import Pacer
from bot.platforms.matrix.render import edited, in_thread, parted
from bot.platforms.matrix.rooms import Successions
from bot.platforms.matrix.session import Session
from bot.platforms.matrix.sync import history

KEY = "org.heliotrope.key"
"""Where an event's content carries the key it was sent under."""
FIND_PAGES = 50
STALE = 90.0
"""Seconds without an answer to a sync after which a room's encryption is asked for before anything plain is sent."""
_PRESENT = ("join", "invite")

Done = TypeVar("Done")


@dataclass
class Mouth:
    """Sends, changes, redacts and finds events; `heard` is the loop's instant of the last answer to a sync."""

    session: Session
    book: RoomBook
    crypto: Crypto | None
    calls: Calls
    pacer: Pacer
    successions: Successions
    probe: Probe
    heard: float = 0.0
    threads: dict[str, str] = field(default_factory=dict)
    """The newest message in a thread, by the thread's root."""

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Post under the chunk's key as transaction id, which the server remembers for this device."""
        room = await self.room(place)
        bare, emojis = parted(content)
        body: Mapping[str, Any] = {**bare, KEY: chunk.key}
        if place.thread is not None:
            body = in_thread(body, place.thread, self.threads.get(place.thread))
        message = await self._sent_by_another_device(place, chunk)
        if message is None:
            message = await self.put(room, "m.room.message", body, chunk.key, urgent=not chunk.unasked)
        await self._offer(room, message, emojis, chunk)
        return message

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        """Show other content in the bot's message. Raises Refused when the message is gone."""
        room = await self.room(place)
        await self._must_stand(room, message_id)
        bare, emojis = parted(content)
        body = {**edited(bare, message_id), KEY: chunk.key}
        await self.put(room, "m.room.message", body, chunk.key, urgent=not chunk.unasked)
        await self._offer(room, message_id, emojis, chunk)

    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None:
        """Redact a message; no harm if that is done already."""
        room = await self.room(place)
        where = path("rooms", room.id, "redact", message_id, chunk.key)
        try:
            await self._effect(chunk.key, lambda: self.session.call("PUT", where, {}), urgent=True)
        except Rejected as refusal:
            if refusal.status != 404:
                raise

    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None:
        """Put the bot's emoji on a message, once."""
        await self._annotate(await self.room(place), message_id, emoji, chunk.key, urgent=not chunk.unasked)

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        """Read the room's history back to the instant for the event whose content carries the key."""
        room = await self.room(place)
        earliest = (since - timedelta(minutes=10)).timestamp() * 1000
        async for page in history(self.session.call, room.id, None, pages=FIND_PAGES):
            for event in page:
                content = event.get("content")
                mine = event.get("sender") == self.session.user_id and isinstance(content, Mapping)
                if mine and content.get(KEY) == key:
                    return str(event["event_id"])
            if page[-1].get("origin_server_ts", 0) < earliest:
                return None
        return None

    # --- sending --------------------------------------------------------------------------------------------

    async def room(self, place: Place) -> JoinedRoom:
        """Return the room a place stands for now. Raises Refused where nobody would read it."""
        id = self.successions.newest(place.address)
        room = self.book.rooms.get(id)
        if room is None or not room.whole:
            room = await self.calls.read_state(id)
        if self._is_deserted(room):
            raise Refused("nobody else is in the room")
        if not room.encrypted and asyncio.get_running_loop().time() - self.heard > STALE:
            await self._ask_encryption(room)
        return room

    def _is_deserted(self, room: JoinedRoom) -> bool:
        me = self.session.user_id
        return not any(p.membership in _PRESENT for user, p in room.people.items() if user != me)

    async def _ask_encryption(self, room: JoinedRoom) -> None:
        try:
            content = await self.session.call("GET", path("rooms", room.id, "state", "m.room.encryption", ""))
        except Rejected as refusal:
            if refusal.status != 404:
                raise
        else:
            room.take({"type": "m.room.encryption", "state_key": "", "content": content})

    async def _sent_by_another_device(self, place: Place, chunk: Chunk) -> str | None:
        """Look for what an earlier device of ours may have sent: the server remembers keys for one device alone."""
        device = self.session.device
        if chunk.first_try is None or device is None or device.since <= chunk.first_try:
            return None
        return await self.find(place, chunk.key, chunk.first_try)

    async def _must_stand(self, room: JoinedRoom, message_id: str) -> None:
        try:
            event: Event = await self.session.call("GET", path("rooms", room.id, "event", message_id))
        except Rejected as refusal:
            if refusal.status == 404:
                raise Refused(f"there is no message {message_id}") from refusal
            raise
        unsigned = event.get("unsigned")
        if not event.get("content") or (isinstance(unsigned, Mapping) and "redacted_because" in unsigned):
            raise Refused(f"the message {message_id} was deleted")

    async def put(self, room: JoinedRoom, kind: str, content: Mapping[str, Any], key: str, *, urgent: bool) -> str:
        """Send an event, encrypted where the room is; return its id."""

        async def call() -> str:
            sent, body = kind, content
            if room.encrypted:
                if self.crypto is None:
                    raise Refused('the room is encrypted, and matrix.encryption is "never"')
                sent, body = "m.room.encrypted", await self.crypto.encrypt(room, kind, content)
            if len(json.dumps(body).encode()) > LARGEST_EVENT:
                raise Refused("the message is larger than an event may be")
            answer = await self.session.call("PUT", path("rooms", room.id, "send", sent, key), body)
            return str(answer["event_id"])

        return await self._effect(key, call, urgent=urgent)

    async def _effect(self, key: str, call: Callable[[], Awaitable[Done]], *, urgent: bool) -> Done:
        self.probe("effect.before")
        done = await self.pacer.run(key, call, urgent=urgent)
        self.probe("effect.after")
        return done

    async def _offer(self, room: JoinedRoom, message: str, emojis: Sequence[str], chunk: Chunk) -> None:
        for number, emoji in enumerate(emojis):
            await self._annotate(room, message, emoji, f"{chunk.key}.{number}", urgent=not chunk.unasked)

    async def _annotate(self, room: JoinedRoom, message: str, emoji: str, key: str, *, urgent: bool) -> None:
        """Put an emoji on a message; reactions stay in the clear in encrypted rooms too, as all clients send them."""
        content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": message, "key": emoji}, KEY: key}
        where = path("rooms", room.id, "send", "m.reaction", key)
        try:
            await self._effect(key, lambda: self.session.call("PUT", where, content), urgent=urgent)
        except Rejected as refusal:
            if refusal.errcode != "M_DUPLICATE_ANNOTATION":
                raise
