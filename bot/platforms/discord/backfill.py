"""What happened while nobody listened, read back: after a start, and after a session that could not be resumed.

Discord replays nothing to a session that begins. So each direct conversation is read from the last message that was
heard in it, and what people said in the last week is looked at again: what was changed or deleted counts as that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from bot.engine.errors import OutcomeUnknown, StorageFull, TryLater
from bot.engine.trouble import Trouble
from bot.model.event import MessageDeleted, MessageEdited
from bot.platforms.discord import naming
from bot.platforms.discord.ears import Service
from bot.platforms.discord.events import IN_DIRECT, Reading, Taken
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.rest import Rejected

log = logging.getLogger(__name__)

LOOKED_AT: Final = timedelta(days=7)
"""How far back messages are looked at again."""
READ: Final = "read"
"""Under this name the state keeps the id up to which all conversations were read back, whatever was heard in them."""
BEFORE: Final = timedelta(minutes=1)
"""How much earlier than that is read from: clocks differ."""
AT_ONCE: Final = 8
"""Conversations that are read at the same time."""
AT_START: Final = 10.0
"""Seconds that a session's begin waits for what is read back; what takes longer goes on beside what happens."""
PAGE: Final = 100
MOST_PAGES: Final = 100
GONE: Final = frozenset({10003, 10008})
"""Unknown Channel, Unknown Message."""


class Backfill:
    """Reads back, each conversation before anything new in it is handled."""

    def __init__(self, service: Service, reading: Reading) -> None:
        """Work with the platform's parts."""
        self._service = service
        self._reading = reading
        self._pending: dict[str, asyncio.Task[None]] = {}
        self._known: dict[str, list[str]] = {}
        self._floor = "0"
        self._work: asyncio.Task[None] | None = None

    async def ready(self, data: Mapping[str, Any]) -> None:
        """Read back after a session began; return when that is done, or takes long."""
        shard, shards = data.get("shard") or (0, 1)
        await self.stop()
        await self._reading.directs.load()  # the bot has begun some itself
        began = naming.snowflake_at(self._service.clock.now() - BEFORE)
        self._floor = await self._service.state.get(READ) or began
        week = self._service.clock.now() - LOOKED_AT
        self._known = await self._heard() if shard == 0 else {}
        channels = self._reading.directs.channels() if shard == 0 else []
        sources = {
            id: taken
            for id, taken in self._reading.taken.items()
            if naming.time_of(id) >= week and (int(taken.guild) >> 22) % shards == shard
        }
        gate = asyncio.Semaphore(AT_ONCE)
        self._pending = {channel: asyncio.create_task(self._turn(gate, channel)) for channel in channels}
        self._work = asyncio.create_task(self._all(began, list(self._pending.values()), sources, shard))
        await asyncio.wait([self._work], timeout=AT_START)

    async def stop(self) -> None:
        """Read no further."""
        tasks = [*self._pending.values(), *([self._work] if self._work is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._pending, self._work = {}, None

    async def first(self, channel: str) -> None:
        """Read a conversation back, if that is still to be done, before what is new in it is handled."""
        task = self._pending.get(channel)
        if task is not None:
            await asyncio.shield(task)

    async def _all(
        self, began: str, conversations: Sequence[asyncio.Task[None]], sources: Mapping[str, Taken], shard: int
    ) -> None:
        await asyncio.gather(*conversations)
        if shard == 0:
            await self._service.state.set(READ, began)
        for id, taken in sources.items():
            await self._patiently(f"looking at {id} again", self._look, id, taken)
        self._known = {}

    async def _heard(self) -> dict[str, list[str]]:
        """Return the messages of the last week that were taken in direct conversations, by channel."""
        immediate = self._service.immediate
        since = self._service.clock.now() - LOOKED_AT
        found: dict[str, list[str]] = {}
        for id in await immediate.heard(NAME, IN_DIRECT, since) if immediate is not None else ():
            _m, message, channel = id.split(":")
            found.setdefault(channel, []).append(message)
        return found

    async def _turn(self, gate: asyncio.Semaphore, channel: str) -> None:
        async with gate:
            await self._patiently(f"reading {channel} back", self._conversation, channel)
        self._pending.pop(channel, None)

    async def _patiently(self, doing: str, work: Callable[..., Awaitable[None]], *what: Any) -> None:
        """Do something until it is done; what can't be done at all is left."""
        trouble = Trouble(doing)
        while True:
            try:
                await work(*what)
            except (TryLater, OutcomeUnknown, StorageFull) as problem:
                await trouble.pause(problem)
                continue
            except Rejected as refusal:
                log.info("%s: %s", doing, refusal)
            except Exception:
                log.exception("%s failed", doing)
            return trouble.over()

    # --- direct conversations -----------------------------------------------------------------------------------

    async def _conversation(self, channel: str) -> None:
        """Report what is new in a conversation, and what was changed or deleted of what was said in the week."""
        week = naming.snowflake_at(self._service.clock.now() - LOOKED_AT)
        heard = max(self._reading.directs.heard(channel) or "0", self._floor, key=int)
        known = self._known.get(channel, [])
        messages, whole = await self._history(channel, min(heard, week, key=int) if known else heard)
        for message in messages:
            id = str(message["id"])
            if id in known:
                if (edited := await self._reading.edited(message)) is not None:
                    await self._service.report(edited)
            elif int(id) > int(heard) and (said := await self._reading.message(message)) is not None:
                await self._service.report(said)
                await self._reading.directs.hear(channel, id)
        there = {str(message["id"]) for message in messages}
        for id in [each for each in known if each not in there] if whole else ():
            if (deleted := await self._reading.deleted(channel, id)) is not None:
                await self._service.report(deleted)

    async def _history(self, channel: str, after: str) -> tuple[list[Mapping[str, Any]], bool]:
        """Return the messages behind one, the oldest first, and whether these are all."""
        found: list[Mapping[str, Any]] = []
        for _page in range(MOST_PAGES):
            page = await self._service.rest.call(
                "GET",
                "/channels/{channel_id}/messages",
                query={"after": after, "limit": PAGE},
                haste=Haste.READING,
                channel_id=channel,
            )
            found += sorted(page, key=lambda message: int(message["id"]))
            if len(page) < PAGE:
                return found, True
            after = str(found[-1]["id"])
        return found, False

    # --- messages in servers ------------------------------------------------------------------------------------

    async def _look(self, id: str, taken: Taken) -> None:
        """Report what became of a message in a server."""
        where = "/channels/{channel_id}/messages/{message_id}"
        try:
            message = await self._service.rest.call(
                "GET", where, haste=Haste.READING, channel_id=taken.channel, message_id=id
            )
        except Rejected as refusal:
            if refusal.code not in GONE:
                raise
            became: MessageEdited | MessageDeleted | None = await self._reading.deleted(taken.channel, id, taken.guild)
        else:
            became = await self._reading.edited({**message, "guild_id": taken.guild})
        if became is not None:
            await self._service.report(became)
