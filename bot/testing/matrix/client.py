"""A member's client: one account over plain HTTP, that says what it is told to and reads what the server shows it.

It does not encrypt. It follows invitations from those it knows, as a person would who was told to expect them.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from bot.engine.errors import OutcomeUnknown, TryLater
from bot.model.errors import HeliotropeError
from bot.platforms.console.server import ServiceRefuses
from bot.platforms.matrix.answers import limited, section, state_of, timeline_of
from bot.platforms.matrix.http import Homeserver, Query, Rejected, path
from bot.platforms.matrix.joined import Event
from bot.platforms.matrix.rights import invitation
from bot.platforms.matrix.sync import history
from bot.testing.matrix.accounts import Credentials
from bot.testing.matrix.reading import names_of
from bot.testing.service import Stuck

PATIENCE = 60.0
"""Seconds of real time in which a server that is away, or asks to go slower, must have answered."""
WAIT = 30
"""Seconds that the server holds an answer to a sync back until something happens."""
_PAGES = 50
_FILTER = json.dumps({"room": {"timeline": {"limit": 200}, "ephemeral": {"types": []}}, "presence": {"types": []}})


class Client:
    """One account's one device. `start` it to read; `news` is called whenever it has read something."""

    def __init__(self, url: str, account: Credentials, news: Callable[[], None]) -> None:
        """Take the account; nothing is asked yet."""
        self.account = account
        self.knows: set[str] = set()
        """The user ids whose invitations it follows."""
        self.events: dict[str, Event] = {}
        """What it was shown, by each of the names of `reading.names_of`; of two under one name, the first."""
        self.unread: deque[Event] = deque()
        """What it was shown, in that order, until somebody takes it out of here."""
        self.people: defaultdict[str, set[str]] = defaultdict(set)
        """Who is in a room, by the room's id."""
        self.encrypted: set[str] = set()
        self.directs: list[str] = []
        """Its direct conversations with the bot, the newest last."""
        self._server = Homeserver(url)
        self._server.token = account.token
        self._news = news
        self._numbers = count(1)
        self._since = ""
        self._reading: asyncio.Task[None] | None = None

    @property
    def failure(self) -> BaseException | None:
        """Why it reads no more, or None."""
        done = self._reading is not None and self._reading.done() and not self._reading.cancelled()
        return self._reading.exception() if done and self._reading else None

    async def start(self) -> None:
        """Read what there is, and go on reading."""
        await self._read(0)
        self._reading = asyncio.create_task(self._read_on())

    async def stop(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._server.close()

    # --- doing ----------------------------------------------------------------------------------------------

    async def create_room(self, wanted: Mapping[str, Any]) -> str:
        """Make a room by the body of `POST /createRoom`; return its id."""
        return str((await self.call("POST", path("createRoom"), wanted))["room_id"])

    async def send(self, room: str, kind: str, content: Mapping[str, Any], act: str | None) -> str:
        """Send an event, under the act's name as its transaction; return the event's id."""
        answer = await self.call("PUT", path("rooms", room, "send", kind, self._transaction(act)), content)
        return str(answer["event_id"])

    async def redact(self, room: str, event: str, act: str | None) -> str:
        """Take an event back; return the redaction's id."""
        answer = await self.call("PUT", path("rooms", room, "redact", event, self._transaction(act)), {})
        return str(answer["event_id"])

    async def change_levels(self, room: str, users: Mapping[str, int]) -> None:
        """Give people levels in a room."""
        where = path("rooms", room, "state", "m.room.power_levels", "")
        levels = await self.call("GET", where)
        await self.call("PUT", where, {**levels, "users": {**levels.get("users", {}), **users}})

    def _transaction(self, act: str | None) -> str:
        return act if act is not None else f"n{next(self._numbers)}"

    async def call(
        self,
        method: str,
        where: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Query | None = None,
    ) -> dict[str, Any]:
        """Call as this account, again while the server is away or asks to wait. Raises ServiceRefuses and Stuck."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while True:
            try:
                return await self._server.call(method, where, body, query=query)
            except Rejected as refusal:
                raise ServiceRefuses(f"{self.account.name} may not: {refusal}") from refusal
            except (TryLater, OutcomeUnknown) as problem:
                after = problem.after if isinstance(problem, TryLater) else None
                wait = 0.5 if after is None else after.total_seconds()
                unsure = isinstance(problem, OutcomeUnknown) and method == "POST"
                if unsure or loop.time() + wait > end:
                    raise Stuck(f"{self._server.url}: {problem}") from problem
            except HeliotropeError as problem:
                raise Stuck(f"{self.account.user_id} can't be used any more: {problem}") from problem
            await asyncio.sleep(wait)

    # --- reading --------------------------------------------------------------------------------------------

    async def _read_on(self) -> None:
        try:
            while True:
                await self._read(WAIT)
        finally:
            self._news()

    async def _read(self, wait: int) -> None:
        query = {"filter": _FILTER, "timeout": str(wait * 1000), "set_presence": "offline"}
        if self._since:
            query["since"] = self._since
        answer = await self.call("GET", path("sync"), query=query)
        for room, part in section(answer, "join").items():
            for event in [*await self._left_out(room, part), *state_of(part), *timeline_of(part)]:
                self.take(room, event)
        for room, part in section(answer, "invite").items():
            await self._invited(room, part.get("invite_state"))
        self._since = str(answer["next_batch"])
        self._news()

    async def _left_out(self, room: str, part: Mapping[str, Any]) -> list[Event]:
        """Return what the server left out of an answer, oldest first."""
        found: list[Event] = []
        if limited(part) and (start := part["timeline"].get("prev_batch")):
            async for page in history(self.call, room, start, pages=_PAGES):
                found.extend(page)
                if any(str(event.get("event_id")) in self.events for event in page):
                    break
        return found[::-1]

    async def _invited(self, room: str, state: object) -> None:
        found = invitation(state.get("events") if isinstance(state, Mapping) else None, self.account.user_id)
        if found is not None and found.inviter in self.knows:
            if found.direct and room not in self.directs:
                self.directs.append(room)
            await self.call("POST", path("join", room), {})

    def take(self, room: str, event: Event) -> None:
        """Read an event as the server shows it in a room; the second time it is shown it is none."""
        if str(event.get("event_id")) in self.events:
            return
        event = {**event, "room_id": room}
        for name in names_of(event):
            self.events.setdefault(name, event)
        if event.get("type") == "m.room.member":
            there = event["content"].get("membership") == "join"
            (self.people[room].add if there else self.people[room].discard)(str(event["state_key"]))
        if event.get("type") == "m.room.encryption":
            self.encrypted.add(room)
        self.unread.append(event)
