"""A whole bot on the local Discord: its engine and cogs, on a database in memory that outlives its runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.app import services
from bot.clock import SystemClock
from bot.engine.engine import Engine
from bot.engine.platform_state import MemoryState
from bot.engine.ports import Platform, Probe, no_probe
from bot.engine.transaction import Services, Transaction
from bot.model.event import Inbound
from bot.model.message import Sentence
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.settings import DiscordSettings
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.migrate import create_all
from tests.platforms.discord.people import Discord, User

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
"""A Monday, later than any on which this runs: the local Discord's time only goes on."""
_SERVICES: list[Services] = []


def installed() -> Services:
    """What is installed, read once: catalogues take their time."""
    if not _SERVICES:
        _SERVICES.append(services(installed_cogs()))
    return _SERVICES[0]


class MovedClock:
    """The system's clock, moved on as a test moves the server's."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def now(self) -> datetime:
        """Return the instant."""
        return SystemClock().now() + self.by


class LoopAlarm:
    """The port `Alarm` on the running loop."""

    def __init__(self, clock: MovedClock) -> None:
        self._clock = clock
        self._handle: asyncio.TimerHandle | None = None

    def wake_at(self, instant: datetime | None, wake: Callable[[], None]) -> None:
        """Wake once, at the instant."""
        if self._handle is not None:
            self._handle.cancel()
        if instant is not None:
            seconds = max(0.0, min((instant - self._clock.now()).total_seconds(), 3_600.0))
            self._handle = asyncio.get_running_loop().call_later(seconds, wake)


@dataclass
class RunningBot:
    """The bot's settings and storage, and the run on them."""

    discord: Discord
    settings: DiscordSettings
    database: Database
    state: MemoryState = field(default_factory=MemoryState)
    clock: MovedClock = field(default_factory=MovedClock)
    probe: Probe = no_probe
    told: list[tuple[str, Sentence]] = field(default_factory=list)
    heard: list[Inbound] = field(default_factory=list)
    """What was reported to the engine, in all runs."""
    before: Callable[[Inbound], Any] | None = None
    """Called, and awaited, before an event reaches the engine: a test's obstacle."""

    def __post_init__(self) -> None:
        self._running: asyncio.Task[None] | None = None
        self.engine: Engine | None = None
        self.platform: DiscordPlatform | None = None

    def others(self) -> list[Platform]:
        """Make the platforms beside Discord that a run is on."""
        return []

    async def start(self) -> None:
        """Begin a run on what the last one left."""
        ports = installed()
        platform = self.platform = DiscordPlatform(
            self.settings,
            self.state,
            self.clock,
            registry=ports.registry,
            localizer=ports.localizer,
            probe=self.probe,
            tell=self._tell,
        )
        platforms: dict[str, Platform] = {NAME: platform, **{other.name: other for other in self.others()}}
        engine = self.engine = Engine(
            self.database, platforms, ports.registry, ports, self.clock, probe=self.probe, lanes=8
        )
        platform.attend(engine.immediate)
        receive = engine.receive

        async def noted(event: Inbound) -> None:
            if self.before is not None:
                await self.before(event)
            self.heard.append(event)
            await receive(event)

        for each in platforms.values():
            await each.start(noted, None)
        self._running = asyncio.create_task(engine.run(LoopAlarm(self.clock)))

    async def stop(self) -> None:
        """End the run in good order."""
        if self._running is not None and self.engine is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            await self.engine.stop()
        self._running = self.engine = self.platform = None

    async def restart(self) -> None:
        """Another run."""
        await self.stop()
        await self.start()

    async def at(self, instant: datetime) -> None:
        """Move both clocks to an instant, from which they run on."""
        await self.later(instant - self.clock.now())

    async def later(self, by: timedelta) -> None:
        """Move both clocks on."""
        self.clock.by += by
        await self.discord.skew(by)

    def of(self, kind: type[Inbound], user: User | None = None) -> list[Any]:
        """Return the events of a kind that were reported, of one person."""
        return [
            event
            for event in self.heard
            if isinstance(event, kind) and (user is None or event.author.identity.account == str(user.id))
        ]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Look into, or change, what is stored."""
        assert self.engine is not None
        async with self.database.transaction() as stores:
            tx = self.engine.transaction(stores)
            yield tx
            await stores.outbox.queue(tx.effects(), tx.now)

    async def _tell(self, key: str, sentence: Sentence) -> None:
        self.told.append((key, sentence))


@asynccontextmanager
async def running(
    discord: Discord, *, start: bool = True, at: datetime = MONDAY, **settings: Any
) -> AsyncIterator[RunningBot]:
    """Run a bot in a world of the local Discord, from an instant on: in everybody's working hours."""
    chosen = DiscordSettings(discord.token, discord.api_base, discord.gateway, identify_every=0.0)
    database = Database.in_memory()
    await create_all(database, list(installed_cogs()))
    bot = RunningBot(discord, replace(chosen, **settings), database)
    try:
        await bot.at(at)
        if start:
            await bot.start()
        yield bot
    finally:
        await bot.stop()
        await database.close()
