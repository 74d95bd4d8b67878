"""Reading the account: one answer after another, each told whole before the next is asked for.

The position is stored only behind what was accepted, so a killed process reads again what it had not told. Where
the server leaves messages out of an answer, they are read back; where it has forgotten the position, reading goes
on by the instant of the newest event told.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.platforms.matrix.answers import (
    events_of,
    is_own,
    is_own_join,
    latest,
    limited,
    merged,
    ours,
    section,
    sent_at,
    state_of,
    timeline_of,
)
from bot.platforms.matrix.http import Rejected, path
from bot.platforms.matrix.joined import Event, RoomBook
from bot.platforms.matrix.position import Position, newest
from bot.platforms.matrix.session import Session
from bot.platforms.matrix.state import PlatformState

log = logging.getLogger(__name__)

POSITION = "position"
"""The name under which the state keeps the position behind answers that told of nothing."""
WAIT = 30.0
"""Seconds that the server holds an answer back until something happens."""
SLACK = 20.0
"""Seconds more, until the connection counts as half-open."""
FIRST = 600.0
BEHIND = 180.0
"""Seconds that an answer with all rooms may take, and one about a time that is past."""
TIMELINE = 50
PAGE = 100
PAGES = 200
"""Pages of history read back at most for one room: 20,000 events."""
OVERLAP = 5 * 60_000
"""Milliseconds before the newest event told from which on, without a position, events are told again."""

BURST = 10
"""Events of the bot's own that an answer brings, and no others, while the bot sends as fast as it can."""
GATHERING = 0.5
"""Seconds before the next answer is asked for then: each one costs the server about as much as sending a message."""

_FILTER = json.dumps(
    {
        "room": {"timeline": {"limit": TIMELINE}, "ephemeral": {"types": []}},
        "presence": {"types": []},
    }
)


class Listener(Protocol):
    """Who is told."""

    async def keys_came(self, answer: Mapping[str, Any]) -> None:
        """Take an answer's messages to this device and its news of keys, before its rooms are read."""
        ...

    async def happened(self, room: str, event: Event, position: str | None) -> None:
        """Take one event of a room; raises StorageFull to be told again."""
        ...

    async def invited(self, room: str, state: Sequence[Event]) -> None:
        """Note an invitation, with what the server shows of the room."""
        ...

    async def removed(self, room: str) -> None:
        """Note that the bot is in a room no longer."""
        ...


@dataclass
class Reader:
    """Reads the account for a listener. `begin` once, then `step` again and again."""

    session: Session
    book: RoomBook
    state: PlatformState
    listener: Listener
    position: Position = field(default_factory=lambda: Position(0, "", 0))
    _todo: deque[tuple[str, Event]] = field(default_factory=deque)
    _next: str | None = None
    _echoes: int = 0
    """How many events the last answer brought, if all of them were the bot's own."""

    # --- beginning ------------------------------------------------------------------------------------------

    async def begin(self, stored: str | None) -> None:
        """Learn the rooms and invitations as they are now, and tell what happened behind the stored position."""
        known = newest([stored, await self.state.get(POSITION)])
        self.position = known or self.position
        now = await self._ask(None, 0)
        await self._note_membership(now)
        if known is None:
            await self.listener.keys_came(now)
            self._learn(now)
            self.position = Position(1, str(now["next_batch"]), self._until_now(latest(now)))
            await self._store()
            return
        await self._catch_up(now)

    async def look_again(self) -> None:
        """After an outage: do the same as at the beginning, from where reading stands."""
        now = await self._ask(None, 0)
        await self._note_membership(now)
        await self._catch_up(now)

    async def _catch_up(self, now: Mapping[str, Any]) -> None:
        """Tell all behind the position, and what of the present answer a server that went back left out."""
        present = set(section(now, "join"))
        for room in [id for id in self.book.rooms if id not in present]:
            await self._left(room)
        self._learn(now)
        try:
            missed = await self._ask(self.position.token, 0)
        except Rejected as refusal:
            log.warning("the homeserver does not know the position any more: %s", refusal)
            await self.listener.keys_came(now)
            missed = dict(now, rooms={})
        else:
            await self.listener.keys_came(missed)
        self._next = str(missed["next_batch"])
        told = await self._timelines(missed)
        ids = {event_id(event) for events in told.values() for event in events}
        for room, events in (await self._since_latest(now)).items():
            told[room] = [*(event for event in events if event_id(event) not in ids), *told.get(room, ())]
        seen = set(self.position.seen)
        self._todo.extend(item for item in merged(told) if event_id(item[1]) not in seen)
        await self._tell()

    async def _since_latest(self, now: Mapping[str, Any]) -> dict[str, list[Event]]:
        """Return what the rooms show of the time behind the newest event told, read back where they show too little."""
        after = self.position.latest - OVERLAP
        found: dict[str, list[Event]] = {}
        for room, part in section(now, "join").items():
            timeline = timeline_of(part)
            if timeline and sent_at(timeline[0]) > after and limited(part):
                timeline = [*await self._back(room, part, until=lambda e: sent_at(e) <= after), *timeline]
            newer = [event for event in timeline if sent_at(event) > after]
            if newer:
                found[room] = ours(newer, self.session.user_id)
        return found

    # --- one answer after another ---------------------------------------------------------------------------

    async def step(self, wait: float = WAIT) -> bool:
        """Tell what is left of the last answer, or ask for the next one and tell it; return whether it told any."""
        if self._next is not None:
            return await self._tell()
        if self._echoes > BURST:
            await asyncio.sleep(GATHERING)
        try:
            answer = await self._ask(self.position.token, wait)
        except Rejected as refusal:
            log.warning("the homeserver does not know the position any more: %s", refusal)
            await self.look_again()
            return True
        await self.listener.keys_came(answer)
        await self._note_membership(answer)
        for room, part in section(answer, "join").items():
            for event in state_of(part):
                self.book.room(room).take(event)
        self._next = str(answer["next_batch"])
        self._todo.extend(merged(await self._timelines(answer)))
        others = any(event.get("sender") != self.session.user_id for _room, event in self._todo)
        self._echoes = 0 if others else len(self._todo)
        return await self._tell()

    async def _ask(self, since: str | None, wait: float) -> dict[str, Any]:
        query = {"filter": _FILTER, "timeout": str(int(wait * 1000)), "set_presence": "online"}
        if since is not None:
            query["since"] = since
        patience = FIRST if since is None else wait + SLACK if wait else BEHIND
        answer = await self.session.call("GET", path("sync"), query=query, timeout=patience)
        if not isinstance(answer.get("next_batch"), str):
            raise Rejected(200, {"errcode": "M_BAD_JSON", "error": "a sync answer without next_batch"})
        return answer

    async def _tell(self) -> bool:
        """Tell all that is to do, in order, and then store the position behind it."""
        told = bool(self._todo)
        while self._todo:
            room, event = self._todo[0]
            behind = self.position.behind(event_id(event), self._until_now(sent_at(event)))
            # The bot's own messages are reported to nobody, and there are many: none needs a position of its own.
            own = event.get("sender") == self.session.user_id and "state_key" not in event
            await self.listener.happened(room, event, None if own else behind.text())
            self.position = behind
            self._todo.popleft()
        assert self._next is not None
        if self._next != self.position.token:
            self.position = self.position.at(self._next)
            await self._store()
        self._next = None
        return told

    def _until_now(self, at: int) -> int:
        """Return an instant (ms) that an event claims, but none in the future: all before it would count as told."""
        return at if self.session.served is None else min(at, self.session.served + 1_000)

    async def _store(self) -> None:
        await self.state.set(POSITION, self.position.text())

    # --- rooms ----------------------------------------------------------------------------------------------

    def _learn(self, answer: Mapping[str, Any]) -> None:
        """Take the rooms' whole state, as an answer without a position has it."""
        for id, part in section(answer, "join").items():
            room = self.book.room(id)
            for event in [*state_of(part), *timeline_of(part)]:
                room.take(event)
            room.whole = True

    async def _note_membership(self, answer: Mapping[str, Any]) -> None:
        for event in events_of(answer.get("account_data")):
            if event.get("type") == "m.direct" and isinstance(event.get("content"), Mapping):
                self.book.take_direct(event["content"])
        for id, part in section(answer, "invite").items():
            await self.listener.invited(id, events_of(part.get("invite_state")))
        for id in section(answer, "leave"):
            await self._left(id)

    async def _left(self, id: str) -> None:
        self.book.forget(id)
        await self.listener.removed(id)

    async def _timelines(self, answer: Mapping[str, Any]) -> dict[str, list[Event]]:
        """Return each room's events of an answer, with those that it leaves out."""
        found = {}
        for id, part in section(answer, "join").items():
            events = timeline_of(part)
            if limited(part):
                events = [*await self._back(id, part, to=self.position.token), *events]
            if any(is_own_join(event, self.session.user_id) for event in events):
                events = await self._from_invitation(id, part, events)
            if events:
                found[id] = events
        return found

    async def _from_invitation(self, id: str, part: Mapping[str, Any], events: list[Event]) -> list[Event]:
        """Return a newly joined room's events from the bot's invitation on; what was said before is not for it."""
        me = self.session.user_id
        if limited(part) and not any(is_own(event, me, "invite") for event in events):
            earlier = await self._back(id, part, until=lambda event: is_own(event, me, "invite"), pages=5)
            if any(is_own(event, me, "invite") for event in earlier):
                known = {event_id(event) for event in earlier}
                events = [*earlier, *(event for event in events if event_id(event) not in known)]
        for event in events:
            self.book.room(id).take(event)
        self.book.room(id).whole = True
        return ours(events, me)

    async def _back(
        self,
        room: str,
        part: Mapping[str, Any],
        *,
        to: str | None = None,
        until: Callable[[Event], bool] | None = None,
        pages: int = PAGES,
    ) -> list[Event]:
        """Read a room's history back from the beginning of an answer's timeline; return it, oldest first."""
        found: list[Event] = []
        start = part["timeline"].get("prev_batch")
        async for page in history(self.session.call, room, start, to=to, pages=pages):
            found.extend(page)
            if until is not None and any(until(event) for event in page):
                break
        else:
            if len(found) >= pages * PAGE:
                log.error("in %s more was said than can be read back: all before %d events is lost", room, len(found))
        return found[::-1]


async def history(
    call: Callable[..., Awaitable[dict[str, Any]]], room: str, start: str | None, *, to: str | None = None, pages: int
) -> Any:
    """Yield pages of a room's history, newest first, from a token (None: from its end) on backwards."""
    for _ in range(pages):
        query = {"dir": "b", "limit": str(PAGE)}
        query |= {"from": start} if start else {}
        query |= {"to": to} if to else {}
        answer = await call("GET", path("rooms", room, "messages"), query=query)
        chunk = answer.get("chunk")
        page = [event for event in chunk if isinstance(event, Mapping)] if isinstance(chunk, list) else []
        if page:
            yield page
        start = answer.get("end")
        if not isinstance(start, str) or (not page and to is not None):
            return


def event_id(event: Event) -> str:
    """Return an event's id as text, whatever a server put there."""
    return str(event.get("event_id"))
