"""A client that nobody here wrote: discord.py's, which only writes down what it hears."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import discord
import pytest
import yarl

from tests.platforms.discord.people import Discord, eventually


class Listener(discord.Client):
    """Writes events down; `answer` is called with each interaction."""

    def __init__(self, **options: Any) -> None:
        intents = discord.Intents.none()
        for name in ("guilds", "guild_messages", "dm_messages", "guild_reactions", "dm_reactions"):
            setattr(intents, name, True)
        super().__init__(**{"intents": intents, "guild_ready_timeout": 0.05, "max_messages": None, **options})
        self.heard: list[tuple[str, Any]] = []
        self.answer: Any = None
        self._running: asyncio.Task[None] | None = None

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Not wait the five seconds that the real service wants between sessions."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if not event.startswith("socket"):
            self.heard.append((event, args[0] if args else None))
        if event == "interaction" and self.answer is not None:
            self._tasks = [*getattr(self, "_tasks", []), asyncio.ensure_future(self.answer(args[0]))]
        super().dispatch(event, *args, **kwargs)

    def all(self, event: str) -> list[Any]:
        return [argument for name, argument in self.heard if name == event]

    async def hears(self, event: str, count: int = 1) -> Any:
        """Wait for an event; return the newest."""

        def check() -> Any:
            found = self.all(event)
            assert len(found) >= count, f"{event}: {len(found)}; heard {[name for name, _ in self.heard]}"
            return found[-1]

        found = await eventually(lambda: [check()])
        return found[0]

    async def run_for(self, server: Discord) -> None:
        """Log in, connect, and wait until it is ready."""
        self._running = asyncio.create_task(self.start(server.token))
        ready = asyncio.create_task(self.hears("ready"))
        await asyncio.wait([self._running, ready], return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            ready.cancel()
            self._running.result()

    async def ended(self) -> BaseException | None:
        """Wait until it ends by itself; return what it ended with."""
        assert self._running is not None
        with suppress(BaseException):
            await asyncio.wait_for(asyncio.shield(self._running), 20)
        return self._running.exception()

    async def finish(self) -> None:
        await self.close()
        if self._running is not None:
            self._running.cancel()
            with suppress(BaseException):
                await self._running


def redirect(monkeypatch: pytest.MonkeyPatch, server: Discord) -> None:
    """Lead discord.py to the local server: both of them, REST and gateway."""
    monkeypatch.setattr(discord.http.Route, "BASE", server.api_base)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway))


async def refused(request: Any) -> tuple[int, int]:
    """Await a request that the API has to refuse; return its status and code."""
    try:
        await request
    except discord.HTTPException as error:
        return error.status, error.code
    raise AssertionError("it was not refused")
