"""What `rooms` needs of the homeserver, over the session and what was read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from bot.engine.errors import OutcomeUnknown, PlaceGone, Refused, TryLater
from bot.platforms.matrix.answers import is_own
from bot.platforms.matrix.crypto import Crypto
from bot.platforms.matrix.http import Rejected, path
from bot.platforms.matrix.joined import JoinedRoom, RoomBook
from bot.platforms.matrix.session import Session


class Calls:
    """The `RoomCalls` of this account."""

    def __init__(self, session: Session, book: RoomBook, crypto: Crypto | None) -> None:
        """Stand on an open session; without `crypto`, nobody is asked for keys."""
        self.user_id = session.user_id
        self._session = session
        self._book = book
        self._crypto = crypto

    def rooms(self) -> Mapping[str, JoinedRoom]:
        """Return the rooms the bot is in, as last synced."""
        return self._book.rooms

    def direct(self) -> Mapping[str, Sequence[str]]:
        """Return the account's `m.direct`, as last synced or written: room ids by user."""
        return self._book.direct

    async def set_direct(self, content: Mapping[str, Sequence[str]]) -> None:
        """Write `m.direct`; `direct` returns it from then on."""
        where = path("user", self.user_id, "account_data", "m.direct")
        await self._session.call("PUT", where, {user: list(rooms) for user, rooms in content.items()})
        self._book.take_direct({user: list(rooms) for user, rooms in content.items()})

    async def create_room(self, content: Mapping[str, Any]) -> str:
        """Make a room by the body of `POST /createRoom`; return its id once its state is known.

        Raises TryLater or Refused only where there is none.
        """
        answer = await self._session.call("POST", path("createRoom"), content)
        room = str(answer["room_id"])
        try:
            await self.read_state(room)
        except (TryLater, Refused) as problem:
            raise OutcomeUnknown(f"a room was made, but can't be read yet: {problem}") from problem
        return room

    async def read_state(self, room_id: str) -> JoinedRoom:
        """Read the whole state of a room from the server. Raises PlaceGone where the bot is not in it any more."""
        try:
            answer = await self._session.call("GET", path("rooms", room_id, "state"))
        except Rejected as refusal:
            if refusal.status in (403, 404):
                self._book.forget(room_id)
                raise PlaceGone(str(refusal)) from refusal
            raise
        events = answer.get("items", ())
        # Who was put out of a room may read its state as it was then.
        if not any(is_own(event, self.user_id, "join") for event in events):
            self._book.forget(room_id)
            raise PlaceGone("the bot is not in the room")
        room = self._book.room(room_id)
        for event in events:
            room.take(event)
        room.whole = True
        return room

    async def learn_rooms(self) -> None:
        """Learn of the rooms that the bot is in and that no sync has told of yet."""
        answer = await self._session.call("GET", path("joined_rooms"))
        for room in answer.get("joined_rooms") or ():
            if isinstance(room, str) and room not in self._book.rooms:
                with suppress(PlaceGone):
                    await self.read_state(room)

    async def join(self, room_id: str, via: Sequence[str]) -> None:
        """Join a room, by way of servers that know it."""
        query = [("via", server) for server in via] + [("server_name", server) for server in via]
        await self._session.call("POST", path("join", room_id), {}, query=query)

    async def leave(self, room_id: str, reason: str) -> None:
        """Leave a room, or turn its invite down. Having left already is no error."""
        try:
            await self._session.call("POST", path("rooms", room_id, "leave"), {"reason": reason})
        except Rejected as refusal:
            if refusal.status not in (403, 404):
                raise
        self._book.forget(room_id)

    async def state(self, room_id: str, kind: str) -> Mapping[str, Any]:
        """Return the content of a joined room's state of a type with an empty state key, from the server."""
        return await self._session.call("GET", path("rooms", room_id, "state", kind, ""))

    async def exists(self, user_id: str) -> bool:
        """Say whether there is such a user, as far as the homeserver tells (by their profile)."""
        try:
            await self._session.call("GET", path("profile", user_id))
        except Rejected as refusal:
            if refusal.status in (400, 404) or refusal.errcode in ("M_NOT_FOUND", "M_INVALID_PARAM"):
                return False
            if refusal.status != 403:
                raise
        return True

    async def has_keys(self, user_id: str) -> bool:
        """Say whether a user has any device with encryption keys."""
        return self._crypto is not None and await self._crypto.has_devices(user_id)
