"""A whole bot on a chat service: its engine and its cogs, with a clock that jumps where a test wants it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.app import services
from bot.engine.engine import Engine
from bot.engine.ports import Platform, Probe
from bot.engine.transaction import Services
from bot.model.identity import Place
from bot.model.message import Sentence
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.testing.clock import VirtualClock

PATIENCE = 90.0
"""Seconds of real time until a bot that is not done with an instant counts as stuck."""


def no_probe(point: str) -> None:
    """Note nothing."""


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


class LivingBot(ABC):
    """The bot's storage, and the process that runs on it.

    Its time is virtual and moves by `until` alone; people and the chat service live in real time.
    """

    def __init__(
        self,
        database: Database,
        clock: VirtualClock,
        *,
        ports: Services | None = None,
        probe: Probe = no_probe,
        lanes: int = 8,
    ) -> None:
        self.database = database
        self.clock = clock
        self.alarm = JumpingAlarm()
        self.told: list[tuple[str, Sentence]] = []
        self.announces = False
        """Whether what it tells the operator is announced, as in earnest, or only noted in `told`."""
        self._services = services(installed_cogs()) if ports is None else ports
        self._probe = probe
        self._lanes = lanes
        self._engine: Engine | None = None
        self._running: asyncio.Task[Any] | None = None

    @property
    def awaited(self) -> bool:
        """Whether the server waits for an answer to what somebody uses: no time may be made to pass then."""
        return False

    @abstractmethod
    def platform(self) -> Platform:
        """Make the one platform that a process runs on."""

    def engine(self, platform: Platform) -> Engine:
        """Make the engine that runs on it."""
        return Engine(
            self.database,
            {platform.name: platform},
            self._services.registry,
            self._services,
            self.clock,
            probe=self._probe,
            lanes=self._lanes,
        )

    async def start(self) -> None:
        """Start a process on what the last one left."""
        self._engine = self.engine(self.platform())
        await self._engine.start()
        self._running = asyncio.create_task(self._engine.run(self.alarm))

    async def stop(self) -> None:
        """End the process in good order."""
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
            await self.alarm.ring()
            while (due := self.alarm.due) is not None and due <= instant:
                if due > self.clock.now():
                    await self.move_to(due)
                else:  # tried, and to be tried again
                    await asyncio.sleep(0.05)
                await self.alarm.ring()
            await self.move_to(instant)
            await self.alarm.ring()

    async def after(self, length: timedelta) -> None:
        """Let some time pass."""
        await self.until(self.clock.now() + length)

    async def move_to(self, instant: datetime) -> None:
        """Make it that instant."""
        self.clock.move_to(instant)

    async def _tell(self, key: str, sentence: Sentence) -> None:
        self.told.append((key, sentence))
        if self.announces and self._engine is not None:
            await self._engine.announce(key, sentence)

    async def _tell_there(self, place: Place, key: str, sentence: Sentence) -> None:
        self.told.append((key, sentence))
        if self.announces and self._engine is not None:
            await self._engine.announce_there(place, key, sentence)
