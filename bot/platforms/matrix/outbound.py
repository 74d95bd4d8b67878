"""What the bot does in rooms, each thing under a key that the server remembers for this device."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.engine.errors import PlaceGone, Refused
from bot.engine.ports import Chunk, Probe
from bot.model.identity import Place
from bot.platforms.matrix.calls import Calls
from bot.platforms.matrix.crypto import Crypto
from bot.platforms.matrix.http import LARGEST_EVENT, Rejected, path
from bot.platforms.matrix.joined import Event, JoinedRoom, RoomBook
from bot.platforms.matrix.pacing import Pacer
from bot.platforms.matrix.render import edited, in_thread, parted
from bot.platforms.matrix.rooms import Successions, is_direct, left_alone
from bot.platforms.matrix.session import Session
from bot.platforms.matrix.sync import event_id, history
from bot.platforms.matrix.versions import Move, Moves, edits_among, says_more

KEY = "org.heliotrope.key"
"""Where an event's content carries the key it was sent under."""
FIND_PAGES = 50
STANDING = 20_000
"""Messages of the bot's own that are remembered to stand; of others the server is asked before they are edited."""
_PRESENT = ("join", "invite")

Done = TypeVar("Done")


@dataclass
class Mouth:
    """Sends, changes, redacts and finds events.

    **Nothing is sent in the clear into a room that is encrypted.** Anybody with the power may switch encryption on
    at any instant, and no server makes a client prove that it knows. So right before each event that would go out
    in the clear, the server is asked whether the room is encrypted still not (a millisecond of its time beside the
    ten that a message takes). What was acknowledged to somebody before that question is kept to. What remains is
    the way of the message itself: encryption that the server takes between its answer and our event, some
    milliseconds later, comes too late for this one message.
    """

    session: Session
    book: RoomBook
    crypto: Crypto | None
    calls: Calls
    pacer: Pacer
    successions: Successions
    moves: Moves
    probe: Probe
    threads: dict[str, str] = field(default_factory=dict)
    """The newest message in a thread, by the thread's root."""
    standing: OrderedDict[str, None] = field(default_factory=OrderedDict)
    """Messages of the bot's own that were sent in this process, and that nobody is known to have taken back."""

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Post under the chunk's key as transaction id, which the server remembers for this device."""
        room = await self.room(place)
        if chunk.member is not None and not is_direct(room, self.session.user_id, self.book.direct):
            raise PlaceGone("others have come into the conversation, so it is private no more")
        bare, emojis = parted(content)
        body: Mapping[str, Any] = {**bare, KEY: chunk.key}
        if place.thread is not None:
            body = in_thread(body, place.thread, self.threads.get(place.thread))
        message = await self._sent_by_another_device(place, chunk)
        if message is None:
            message = await self.put(room, "m.room.message", body, chunk.key, urgent=not chunk.unasked)
        self._stands(message)
        await self._offer(room, message, emojis, chunk)
        return message

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        """Show other content in the bot's message. Raises Refused when the message is gone."""
        room = await self.room(place)
        if chunk.withdraws:
            await self._edit_for_good(room, place, message_id, content, chunk)
        else:
            await self._replace(room, self.moves.newest(message_id), content, chunk)

    async def _replace(self, room: JoinedRoom, message: str, content: Mapping[str, Any], chunk: Chunk) -> str:
        await self._must_stand(room, message)
        bare, emojis = parted(content)
        body = {**edited(bare, message), KEY: chunk.key}
        edit = await self.put(room, "m.room.message", body, chunk.key, urgent=not chunk.unasked)
        await self._offer(room, message, emojis, chunk)
        return edit

    async def _edit_for_good(
        self, room: JoinedRoom, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk
    ) -> None:
        """Show other content so that no version says any more what a person took back: see `versions`.

        A chunk that is tried again does what is left to do: nothing is posted twice, no redaction is left out.
        """
        moved = self.moves.by(message_id, chunk.key)
        if moved is None:
            message = self.moves.newest(message_id)
            edits = await self._edits(room, message)
            begun = any(edit.get("content", {}).get(KEY) == chunk.key for edit in edits)
            if begun or not says_more(await self._first_version(room, message), content):
                newest = await self._replace(room, message, content, chunk)
                await self._redact_all(room, [id for id in map(event_id, edits) if id != newest], chunk)
                return
            fresh = await self._post_anew(room, place, content, chunk)
            moved = Move(fresh, chunk.key, (*map(event_id, edits), message))
            await self.moves.note(message_id, moved)
        await self._redact_all(room, moved.left, chunk)
        await self.moves.settled(message_id)

    async def _post_anew(self, room: JoinedRoom, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        key = f"{chunk.key}.anew"
        bare, emojis = parted(content)
        body: Mapping[str, Any] = {**bare, "m.mentions": {}, KEY: key}
        if place.thread is not None:
            body = in_thread(body, place.thread, self.threads.get(place.thread))
        # Whoever tries again, perhaps after the server has forgotten the key, looks first.
        message = None if chunk.first_try is None else await self.find(place, key, chunk.first_try)
        if message is None:
            message = await self.put(room, "m.room.message", body, key, urgent=not chunk.unasked)
        self._stands(message)
        await self._offer(room, message, emojis, chunk)
        return message

    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None:
        """Redact a message; no harm if that is done already."""
        room = await self.room(place)
        message = self.moves.newest(message_id)
        await self._redact_all(room, map(event_id, await self._edits(room, message)), chunk)
        await self._redact(room, message, chunk.key)

    async def _redact_all(self, room: JoinedRoom, events: Iterable[str], chunk: Chunk) -> None:
        for id in events:
            await self._redact(room, id, f"{chunk.key}.{id}")

    async def _redact(self, room: JoinedRoom, id: str, key: str) -> None:
        self.taken_back(id)
        where = path("rooms", room.id, "redact", id, key)
        try:
            await self._effect(key, lambda: self.session.call("PUT", where, {}), urgent=True)
        except Rejected as refusal:
            if refusal.status != 404:
                raise

    async def _edits(self, room: JoinedRoom, message: str) -> list[Event]:
        """Return the bot's edits of a message that nobody redacted."""
        where = path("rooms", room.id, "relations", message, "m.replace", version="/_matrix/client/v1")
        found: list[Event] = []
        query = {"limit": "50"}
        for _ in range(FIND_PAGES):
            try:
                answer = await self.session.call("GET", where, query=query)
            except Rejected as refusal:
                if refusal.status == 404:
                    break
                raise
            found += edits_among(answer.get("chunk"), self.session.user_id)
            if not isinstance(answer.get("next_batch"), str):
                break
            query["from"] = answer["next_batch"]
        return found

    async def _first_version(self, room: JoinedRoom, message: str) -> Mapping[str, Any] | None:
        """Return the content that a message was sent with; None where it can't be decrypted any more."""
        event: Event = await self._standing(room, message)
        if event.get("type") == "m.room.encrypted":
            try:
                event = (self.crypto.decrypt(room.id, event) if self.crypto is not None else None) or {}
            except Refused:
                return None
        content = event.get("content")
        return content if isinstance(content, Mapping) else None

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
        """Return the room a place stands for now. Raises Refused where nobody would read it, and PlaceGone."""
        id = self.successions.newest(place.address)
        room = self.book.rooms.get(id)
        if room is None or not room.whole:
            room = await self.calls.read_state(id)
        if self._is_deserted(room):
            private = is_direct(room, self.session.user_id, self.book.direct)
            raise left_alone("its person left it") if private else Refused("nobody else is in the room")
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

    def _stands(self, message_id: str) -> None:
        self.standing[message_id] = None
        if len(self.standing) > STANDING:
            self.standing.popitem(last=False)

    def taken_back(self, message_id: str) -> None:
        """Note that an event was redacted, whoever did it."""
        self.standing.pop(message_id, None)

    async def _must_stand(self, room: JoinedRoom, message_id: str) -> None:
        """Raise Refused for a message that was deleted. The server is asked only where that is not known already."""
        if message_id not in self.standing:
            await self._standing(room, message_id)

    async def _standing(self, room: JoinedRoom, message_id: str) -> Event:
        """Return a message as the server has it. Raises Refused where it was deleted."""
        try:
            event: Event = await self.session.call("GET", path("rooms", room.id, "event", message_id))
        except Rejected as refusal:
            if refusal.status == 404:
                raise Refused(f"there is no message {message_id}") from refusal
            raise
        unsigned = event.get("unsigned")
        if not event.get("content") or (isinstance(unsigned, Mapping) and "redacted_because" in unsigned):
            raise Refused(f"the message {message_id} was deleted")
        self._stands(message_id)
        return event

    async def put(self, room: JoinedRoom, kind: str, content: Mapping[str, Any], key: str, *, urgent: bool) -> str:
        """Send an event, encrypted where the room is; return its id. Raises PlaceGone if the bot is out of it."""

        async def call() -> str:
            sent, body = kind, content
            if not room.encrypted:
                await self._ask_encryption(room)
            if room.encrypted:
                if self.crypto is None:
                    raise Refused('the room is encrypted, and matrix.encryption is "never"')
                sent, body = "m.room.encrypted", await self.crypto.encrypt(room, kind, content)
            if len(json.dumps(body).encode()) > LARGEST_EVENT:
                raise Refused("the message is larger than an event may be")
            answer = await self.session.call("PUT", path("rooms", room.id, "send", sent, key), body)
            return str(answer["event_id"])

        try:
            return await self._effect(key, call, urgent=urgent)
        except Rejected as refusal:
            if refusal.status in (403, 404):
                await self.calls.read_state(room.id)  # which raises where the bot is out
            raise

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
