"""A whole bot on a real homeserver: its engine and its cogs, with a clock that jumps where a test wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import services
from bot.engine.engine import Engine
from bot.model.message import Sentence
from bot.platforms.matrix.adapter import NAME, MatrixPlatform
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import MemoryState
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.migrate import create_all
from bot.testing.clock import VirtualClock
from tests.platforms.matrix.synapse import SERVER_NAME, Synapse

PATIENCE = 90.0
"""Seconds of real time until a bot that is not done with an instant counts as stuck."""


class JumpingAlarm:
    """The port `Alarm` for a clock that stands still: it rings when the clock has been moved far enough."""

    def __init__(self) -> None:
        self.due: datetime | None = None
        self.idle = asyncio.Event()
        self._wake: Callable[[], None] = lambda: None

    def wake_at(self, instant: datetime | None, wake: Callable[[], None]) -> None:
        """The engine has nothing more to do until then."""
        self.due, self._wake = instant, wake
        self.idle.set()

    async def ring(self) -> None:
        """Wake the engine, and wait until it has nothing more to do."""
        self.idle.clear()
        self._wake()
        await self.idle.wait()


class LivingBot:
    """The bot's storage and settings, and the process that runs on them.

    Its time is virtual and moves by `until` alone; people, the server and the sync loop live in real time.
    """

    def __init__(self, settings: MatrixSettings, database: Database, clock: VirtualClock) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock
        self.state = MemoryState()
        self.told: list[tuple[str, Sentence]] = []
        self._services = services(installed_cogs())
        self._alarm = JumpingAlarm()
        self._engine: Engine | None = None
        self._running: asyncio.Task[Any] | None = None

    @classmethod
    async def make(cls, synapse: Synapse, folder: Path, start: datetime, **settings: Any) -> LivingBot:
        """Give a bot a fresh account and an empty database in memory; it is not started."""
        user_id = await synapse.register(synapse.fresh("helio"))
        chosen = {"password": "pw", "allowed_inviters": (SERVER_NAME,), "store_passphrase": "correct horse", **settings}
        database = Database.in_memory()
        await create_all(database, list(installed_cogs()))
        account = MatrixSettings(synapse.url, user_id, folder / "device", **chosen)
        return cls(account, database, VirtualClock(start))

    @property
    def user_id(self) -> str:
        return self.settings.user_id

    async def start(self) -> None:
        """Start a process on what the last one left."""
        platform = MatrixPlatform(self.settings, self.state, self.clock, tell=self._tell)
        registry = self._services.registry
        self._engine = Engine(self.database, {NAME: platform}, registry, self._services, self.clock, lanes=8)
        await self._engine.start()
        self._running = asyncio.create_task(self._engine.run(self._alarm))

    async def stop(self) -> None:
        """End the process in good order; the device stays logged in."""
        if self._running is not None and self._engine is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            await self._engine.stop()
        self._running = self._engine = None

    async def close(self) -> None:
        """Stop, and let go of the database."""
        await self.stop()
        await self.database.close()

    async def until(self, instant: datetime) -> None:
        """Let time pass until an instant, and all that is due by then happen, one instant after the other."""
        async with asyncio.timeout(PATIENCE):
            await self._alarm.ring()
            while (due := self._alarm.due) is not None and due <= instant:
                if due > self.clock.now():
                    self.clock.move_to(due)
                else:  # tried, and to be tried again
                    await asyncio.sleep(0.05)
                await self._alarm.ring()
            self.clock.move_to(instant)
            await self._alarm.ring()

    async def after(self, length: timedelta) -> None:
        """Let some time pass."""
        await self.until(self.clock.now() + length)

    async def _tell(self, key: str, sentence: Sentence) -> None:
        self.told.append((key, sentence))
