"""An installation of the bot in a world of its own: chat service, storage and engine, and a virtual clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.engine.engine import Engine
from bot.engine.ports import Platform, Probe, Storage, no_probe
from bot.engine.transaction import Services, Transaction
from bot.testing.clock import VirtualClock
from bot.testing.service import Attends, ChatService


class Installation:
    """The parts, put together. The engine can be killed, and started again on the same storage.

    `others` are chat services beside the one that members live on.
    """

    def __init__(
        self,
        clock: VirtualClock,
        service: ChatService,
        storage: Storage,
        services: Services,
        probe: Probe = no_probe,
        others: Sequence[ChatService] = (),
    ) -> None:
        self.clock = clock
        self.service = service
        self.others = others
        self.storage = storage
        self.services = services
        self._probe = probe
        self._engine: Engine | None = None

    @property
    def running(self) -> bool:
        """Whether the bot's process is alive."""
        return self._engine is not None

    @property
    def engine(self) -> Engine:
        """The engine that runs. Raises RuntimeError while there is none."""
        if self._engine is None:
            raise RuntimeError("the bot is not running")
        return self._engine

    async def start(self) -> None:
        """Start a new process of the bot on what the last one left; it reads back what was said meanwhile."""
        registry = self.services.registry
        started = [await service.process() for service in (self.service, *self.others)]
        platforms: dict[str, Platform] = {platform.name: platform for platform in started}
        self._engine = Engine(self.storage, platforms, registry, self.services, self.clock, self._probe)
        for platform in started:
            if isinstance(platform, Attends):
                platform.attend(self._engine.immediate)
        await self._engine.start()

    def kill(self) -> None:
        """End the process where it is: it gets no chance to finish or to note anything."""
        if self._engine is not None:
            for service in (self.service, *self.others):
                service.cut_off()
        self._engine = None

    async def stop(self) -> None:
        """End the process in good order."""
        if self._engine is not None:
            await self._engine.stop()
        self.kill()

    async def settle(self) -> None:
        """Let the bot do everything there is to do at this instant; nothing if it is not running.

        Afterwards nothing is in flight: neither from the members to the bot, nor from it to them.
        """
        if self._engine is not None:
            for service in (self.service, *self.others):
                await service.heard()
            await self._engine.drain()
            for service in (self.service, *self.others):
                await service.shown()

    async def next_due(self) -> datetime | None:
        """When the bot has something to do next, later than now; None for never, or if it is not running."""
        due = await self._engine.next_due() if self._engine else None
        if due is not None and due <= self.clock.now():  # what is due and stays undone must not stop the world
            return self.clock.now() + timedelta(minutes=1)
        return due

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A real transaction, to prepare and look at state; what it sends goes out when the bot settles."""
        async with self.storage.transaction() as stores:
            tx = Transaction(stores, self.clock.now(), self.services, self._tell)
            yield tx
            if effects := tx.effects():
                await stores.outbox.queue(effects, tx.now)

    async def _tell(self, tx: Transaction, event: Any) -> None:
        for listener in self.services.registry.listeners(type(event)):
            await listener(tx, event)
