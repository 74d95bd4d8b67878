"""Messages that can't be decrypted yet: kept until their key comes."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.platforms.matrix.state import PlatformState

log = logging.getLogger(__name__)

PENDING = "undecrypted"
"""The name under which the state keeps them."""
HINT_AFTER = timedelta(seconds=45)
"""When the person is told that their message can't be read; keys that are on their way come within seconds."""
KEPT = timedelta(days=7)
LIMIT = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event, since when (UTC) it waits, and whether its sender was told."""

    room: str
    event: dict[str, Any]
    since: datetime
    hinted: bool = False

    @property
    def session(self) -> tuple[str, str]:
        """The session whose key it waits for."""
        return self.room, str(self.event.get("content", {}).get("session_id"))


class Pending:
    """All of them, in the order they came."""

    def __init__(self, state: PlatformState) -> None:
        """Keep them in the state."""
        self._state = state
        self._waiting: dict[str, Waiting] = {}

    async def load(self) -> None:
        """Read what was kept."""
        for item in json.loads(await self._state.get(PENDING) or "[]"):
            waiting = Waiting(item["room"], item["event"], datetime.fromisoformat(item["since"]), item["hinted"])
            self._waiting[str(waiting.event.get("event_id"))] = waiting

    async def add(self, room: str, event: dict[str, Any], now: datetime) -> None:
        """Keep one event; the oldest is given up where there are too many."""
        id = str(event.get("event_id"))
        if id in self._waiting:
            return
        log.info("in %s, %s can't be decrypted yet", room, id)
        self._waiting[id] = Waiting(room, event, now)
        while len(self._waiting) > LIMIT:
            del self._waiting[next(iter(self._waiting))]
        await self._store()

    def of(self, sessions: Collection[tuple[str, str]] | None = None) -> Iterator[Waiting]:
        """Return those that wait for one of these keys, or all of them."""
        return iter([w for w in self._waiting.values() if sessions is None or w.session in sessions])

    async def done(self, waiting: Waiting) -> None:
        """Forget one that was read, or never can be."""
        if self._waiting.pop(str(waiting.event.get("event_id")), None) is not None:
            await self._store()

    def to_hint(self, now: datetime) -> list[Waiting]:
        """Return those whose senders should be told now."""
        return [w for w in self._waiting.values() if not w.hinted and now - w.since >= HINT_AFTER]

    async def hinted(self, waiting: Waiting) -> None:
        """Note that its sender was told."""
        self._waiting[str(waiting.event.get("event_id"))] = replace(waiting, hinted=True)
        await self._store()

    async def purge(self, now: datetime) -> None:
        """Give up those that waited too long."""
        old = [id for id, waiting in self._waiting.items() if now - waiting.since > KEPT]
        for id in old:
            del self._waiting[id]
        if old:
            await self._store()

    async def _store(self) -> None:
        items = [
            {"room": w.room, "event": w.event, "since": w.since.isoformat(), "hinted": w.hinted}
            for w in self._waiting.values()
        ]
        await self._state.set(PENDING, json.dumps(items))
