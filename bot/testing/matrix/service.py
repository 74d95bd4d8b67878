"""Members who live on a Matrix homeserver: each with an account and a client of their own.

The first admin makes the channels' rooms and invites everybody, the bot too. Direct conversations are opened by
whoever speaks first there. Nothing is encrypted: the members' clients can't.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.model.identity import Account, Identity, Place
from bot.platforms.console.server import ServiceRefuses
from bot.platforms.matrix.adapter import NAME, MatrixPlatform
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import MemoryState
from bot.testing.chronicle import Observations
from bot.testing.clock import TickingClock, VirtualClock
from bot.testing.matrix.accounts import Household, NoAccounts
from bot.testing.matrix.client import Client
from bot.testing.matrix.rooms import Rooms
from bot.testing.matrix.sights import Sights
from bot.testing.news import News
from bot.testing.service import Resident, Stuck, channel, direct
from bot.testing.watched import WatchedPlatform

OLDER = timedelta(days=1)
"""The bot's device is older than anything that it sends: else it looks for what an earlier device has sent."""
POWER = 100


class MatrixService:
    """The `ChatService` on a homeserver. Made by `living`."""

    name = NAME

    def __init__(self, url: str, household: Household, clock: VirtualClock) -> None:
        self.household = household
        self.chronicle = Observations(clock)
        self._url = url
        self._clock = clock
        self._ticking = TickingClock(clock.now() - OLDER)
        self._state = MemoryState()
        self._news = News(url, self._check)
        self.clients = {name: Client(url, account, self._news.came) for name, account in household.members.items()}
        """The members' clients, by name."""
        self._names = {account.user_id: name for name, account in household.members.items()}
        self._rooms = Rooms(self.clients)
        self._sights = Sights(household.bot.user_id, self._rooms, self.chronicle)
        self._opened: dict[str, str] = {}
        """The rooms of direct conversations that members opened, by user id."""
        self._done_at: dict[str, datetime] = {}
        self._unheard: set[str] = set()
        self._matrix: MatrixPlatform | None = None
        self._watched: WatchedPlatform | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def differences(self) -> Sequence[str]:
        """Where members were shown other words than the chronicle has."""
        return self._sights.differences

    async def close(self) -> None:
        """Let go of the server; accounts and rooms stay as they are."""
        if self._ending is not None:
            await asyncio.gather(self._ending, return_exceptions=True)
        for client in self.clients.values():
            await client.stop()

    # --- who is there ---------------------------------------------------------------------------------------

    async def move_in(self, residents: Sequence[Resident], channels: Sequence[str]) -> None:
        """Let every client read, the first admin make the rooms, and the others join them."""
        if self._rooms.channels:
            return
        founder = next(resident for resident in residents if resident.admin)
        others = [client.account.user_id for name, client in self.clients.items() if name != founder.name]
        inviters = {self.household.bot.user_id, self.clients[founder.name].account.user_id}
        for client in self.clients.values():
            client.knows = inviters
            await client.start()
        admins = {self._user(r.name): POWER for r in residents if r.admin and r is not founder}
        for name in channels:
            self._rooms.channels[channel(name)] = await self._found(self.clients[founder.name], name, others, admins)
        await self._news.until(self._rooms.everybody_is_in, "everybody to be in the rooms")
        if any(client.encrypted for client in self.clients.values()):
            raise NoAccounts(f"{self._url} encrypts every room, and the members of a demo write in the clear")

    async def _found(self, founder: Client, name: str, others: Sequence[str], admins: dict[str, int]) -> str:
        invited = [*others, self.household.bot.user_id]
        room = await founder.create_room({"name": name, "preset": "private_chat", "invite": invited})
        if admins:
            await founder.change_levels(room, admins)
        return room

    def account(self, name: str) -> Account:
        """Return a resident's account."""
        return Account(Identity(NAME, self._user(name)), name)

    def place(self, channel_name: str) -> Place:
        """Return a channel's room."""
        return Place(NAME, self._rooms.channels[channel(channel_name)])

    @property
    def scopes(self) -> Sequence[str]:
        """The rooms of the channels: each is a scope."""
        return tuple(self._rooms.channels.values())

    def _user(self, name: str) -> str:
        return self.household.members[name].user_id

    # --- what members do ------------------------------------------------------------------------------------

    async def say(
        self, by: str, text: str, *, address: str | None = None, thread: str | None = None, act: str | None = None
    ) -> str:
        """Say something, and wait until the bot was told."""
        if act is not None and (done := self.chronicle.done(act)) is not None:
            return done
        address = address or direct(by)
        room = await self._room(by, address)
        content: dict[str, Any] = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        if thread is not None:
            reply = {"is_falling_back": True, "m.in_reply_to": {"event_id": thread}}
            content["m.relates_to"] = {"rel_type": "m.thread", "event_id": thread, **reply}
        message = await self.clients[by].send(room, "m.room.message", content, act)
        where = {"address": address, "thread": thread, "message": message}
        await self._did("said", message, {"by": by, **where, "text": text}, act)
        return message

    async def edit(self, by: str, message: str, text: str, *, act: str | None = None) -> None:
        """Send the event that makes one's own message show another text."""
        if act is None or self.chronicle.done(act) is None:
            where = self._own(by, message)
            new = {"msgtype": "m.text", "body": text, "m.mentions": {}}
            relation = {"rel_type": "m.replace", "event_id": message}
            content = {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
            room = await self._room(by, where["address"])
            event = await self.clients[by].send(room, "m.room.message", content, act)
            await self._did("edited", event, {"by": by, **where, "text": text}, act)

    async def delete(self, by: str, message: str, *, act: str | None = None) -> None:
        """Redact one's own message."""
        if act is None or self.chronicle.done(act) is None:
            where = self._own(by, message)
            room = await self._room(by, where["address"])
            event = await self.clients[by].redact(room, message, act)
            await self._did("deleted", event, {"by": by, **where}, act)

    async def react(self, by: str, message: str, emoji: str, *, act: str | None = None) -> None:
        """Put an emoji on a message."""
        if act is None or self.chronicle.done(act) is None:
            where = self.chronicle.where(message)
            relation = {"rel_type": "m.annotation", "event_id": self._sights.current(message), "key": emoji}
            room = await self._room(by, where["address"])
            event = await self.clients[by].send(room, "m.reaction", {"m.relates_to": relation}, act)
            await self._did("reacted", event, {"by": by, **where, "emoji": emoji, "removed": False}, act)

    def _own(self, by: str, message: str) -> dict[str, Any]:
        if self.chronicle.messages[message].by != by:
            raise ServiceRefuses(f"{message} is not {by}'s message")
        return self.chronicle.where(message)

    async def _did(self, kind: str, event: str, data: dict[str, Any], act: str | None) -> None:
        """Note what the server took from a member; and wait until the bot was told, if there is one."""
        self.chronicle.note(kind, data if act is None else {**data, "act": act})
        self._done_at[event] = self._clock.now()
        self._unheard.add(event)
        if self._watched is not None:
            await self.heard()

    async def _room(self, by: str, address: str) -> str:
        """Return the room of an address; a member's own direct conversation is opened if there is none."""
        if address != direct(by):
            if address not in self._rooms.channels:
                raise ServiceRefuses(f"there is no {address}")
            return self._rooms.channels[address]
        client, bot = self.clients[by], self.household.bot.user_id
        if not client.directs:
            wanted = {"preset": "trusted_private_chat", "is_direct": True, "invite": [bot]}
            room = await client.create_room(wanted)
            client.directs.append(room)
            self._opened[client.account.user_id] = room
            if self._watched is not None:
                await self.heard()
        return client.directs[-1]

    # --- the bot --------------------------------------------------------------------------------------------

    async def process(self) -> WatchedPlatform:
        """Return the port for a new process on the bot's one device."""
        if self._ending is not None:
            await self._ending
        bot = self.household.bot
        settings = MatrixSettings(
            self._url,
            bot.user_id,
            Path(),  # with a token and without encryption, nothing is kept there
            access_token=bot.token,
            device_id=bot.device_id,
            allowed_inviters=tuple(self._names),
            encryption="never",
        )
        self._matrix = MatrixPlatform(settings, self._state, self._ticking)
        self._watched = WatchedPlatform(
            self._matrix, self._clock, names=self._names, done_at=self._done_at, news=self._news.came
        )
        return self._watched

    def cut_off(self) -> None:
        """End the process: it hears and reaches nothing from now on; its connections are closed beside."""
        if self._watched is not None:
            self._watched.cut()
            self._ending = asyncio.create_task(self._watched.stop())
        self._watched = self._matrix = None

    async def heard(self) -> None:
        """Wait until the bot is in every room that it was invited to, and was told every act."""
        watched = self._watched
        assert watched is not None, "the bot does not run"
        await self._news.until(
            lambda: self._bot_is_in() and self._unheard <= watched.heard, "the bot to hear its members"
        )
        self._unheard.clear()

    def _bot_is_in(self) -> bool:
        assert self._matrix is not None
        rooms, directs = self._matrix.book.rooms, self._matrix.calls.direct()
        joined = all(room in rooms and rooms[room].whole for room in (*self.scopes, *self._opened.values()))
        return joined and all(room in directs.get(user, ()) for user, room in self._opened.items())

    async def shown(self) -> None:
        """Wait until members were shown what the server took from the bot, and note that as they were shown it."""
        watched = self._watched
        assert watched is not None, "the bot does not run"
        while watched.accepted:
            one = watched.accepted.pop(0)
            await self._news.until(
                partial(self._sights.seen, one), f"members to be shown {one.key} in {one.place.address}"
            )
            self._sights.note(one)
        self._check()
        self._sights.note_unexplained(self.clients.values())

    # --- waiting --------------------------------------------------------------------------------------------

    def _check(self) -> None:
        """Raise Stuck where a client or the bot has given up."""
        failed = next((client.failure for client in self.clients.values() if client.failure is not None), None)
        if failed is not None:
            raise failed if isinstance(failed, Stuck) else Stuck(f"a member's client failed: {failed!r}")
        if self._watched is not None and self._watched.failure is not None:
            raise self._watched.failure
        if self._matrix is not None and self._matrix.session.failure is not None:
            raise Stuck(f"the bot can't use its account any more: {self._matrix.session.failure}")


@asynccontextmanager
async def living(url: str, household: Household, clock: VirtualClock) -> AsyncIterator[MatrixService]:
    """Members with these accounts; their clients end with it."""
    service = MatrixService(url, household, clock)
    try:
        yield service
    finally:
        await service.close()
