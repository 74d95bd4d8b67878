"""Every inbound event once, and how far each platform has been read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.model.event import Inbound
from bot.model.moment import to_micros
from bot.storage.executor import Executor, one
from bot.storage.tables import INBOX, POSITIONS

_EVENT = (INBOX.c.platform == one("of_platform")) & (INBOX.c.event == one("of_event"))
_KNOWN = select(INBOX.c.at).where(_EVENT)
_ACCEPT = insert(INBOX)
_HEARD = (
    select(INBOX.c.event)
    .where(INBOX.c.platform == one("of_platform"), INBOX.c.event.startswith(one("prefix")), INBOX.c.at >= one("since"))
    .order_by(INBOX.c.at, INBOX.c.event)
)
_PURGE = delete(INBOX).where(INBOX.c.at < one("before"))
_POSITION = select(POSITIONS.c.position).where(POSITIONS.c.platform == one("of_platform"))
_FORGET_POSITION = delete(POSITIONS).where(POSITIONS.c.platform == one("of_platform"))
_NEW_POSITION = insert(POSITIONS)


class InboxRows:
    """The engine's `Inbox`."""

    def __init__(self, executor: Executor) -> None:
        """Work through an executor whose transaction is open."""
        self._execute = executor.execute

    async def accept(self, event: Inbound) -> bool:
        """Store the event's id and position; return False if it was there already.

        The position is stored even then: an event told again comes from reading on.
        """
        platform = event.place.platform
        if event.position is not None:
            await self._execute(_FORGET_POSITION, {"of_platform": platform})
            await self._execute(_NEW_POSITION, {"platform": platform, "position": event.position})
        if (await self._execute(_KNOWN, {"of_platform": platform, "of_event": event.id})).rows:
            return False
        await self._execute(_ACCEPT, {"platform": platform, "event": event.id, "at": to_micros(event.at)})
        return True

    async def position(self, platform: str) -> str | None:
        """Return how far a platform has been read."""
        rows = (await self._execute(_POSITION, {"of_platform": platform})).rows
        return rows[0].position if rows else None

    async def heard(self, platform: str, prefix: str, since: datetime) -> Sequence[str]:
        """Return the ids that begin so of a platform's events from an instant on."""
        values = {"of_platform": platform, "prefix": prefix, "since": to_micros(since)}
        return [row.event for row in (await self._execute(_HEARD, values)).rows]

    async def purge(self, before: datetime) -> int:
        """Forget events from before that instant; return how many."""
        return (await self._execute(_PURGE, {"before": to_micros(before)})).rowcount
