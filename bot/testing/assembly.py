"""Puts simulated worlds together: in memory, or on files that survive a crash."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.app import services
from bot.engine.ports import Probe, no_probe
from bot.engine.transaction import Services
from bot.model.cog import Cog
from bot.platforms.console.server import ConsoleServer
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.lock import locked
from bot.storage.migrate import create_all, upgrade
from bot.testing.clock import VirtualClock
from bot.testing.installation import Installation
from bot.testing.on_console import ConsoleService
from bot.testing.scenario import Scenario
from bot.testing.scenario_file import ScenarioError, parse
from bot.testing.service import ChatService
from bot.testing.world import World, last_instant

EXAMPLE = Path(__file__).parents[2] / "deploy" / "examples" / "atlas.toml"
PACKAGED = Path(__file__).with_name("atlas.toml")


@dataclass(frozen=True)
class Kit:
    """What every world of a process shares: the cogs, and the services that know them."""

    cogs: tuple[Cog, ...]
    services: Services

    @classmethod
    def installed(cls) -> Kit:
        """The kit with all installed cogs."""
        cogs = installed_cogs()
        return cls(cogs, services(cogs))

    def scenario(self, path: Path | None) -> Scenario:
        """Read a scenario from a file, or the example if there is none given. Raises ScenarioError."""
        path = path or (EXAMPLE if EXAMPLE.exists() else PACKAGED)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ScenarioError(f"{path}: {error}") from error
        try:
            return parse(text, self.services)
        except ScenarioError as error:
            raise ScenarioError(f"{path}: {error}") from error


Living = Callable[[VirtualClock], AbstractAsyncContextManager[ChatService]]
"""Makes the chat service that a world's members live on, and takes it down after the world."""


@asynccontextmanager
async def on_console(clock: VirtualClock) -> AsyncIterator[ChatService]:
    """Members who live on the console's chat service, in memory."""
    yield ConsoleService(ConsoleServer(clock))


@asynccontextmanager
async def in_memory(
    scenario: Scenario, kit: Kit, *, start: datetime, end: datetime, seed: int, living: Living = on_console
) -> AsyncIterator[World]:
    """A world with the bot in memory; nothing of it is left afterwards, but what a real chat service keeps."""
    clock = VirtualClock(start)
    database = Database.in_memory()
    try:
        await create_all(database, kit.cogs)
        async with living(clock) as service:
            installation = Installation(clock, service, database, kit.services)
            try:
                yield World(scenario, installation, start=start, end=end, seed=seed)
            finally:
                await installation.stop()
    finally:
        await database.close()


@asynccontextmanager
async def on_files(
    scenario: Scenario,
    kit: Kit,
    *,
    database: Path,
    log: Path,
    start: datetime,
    end: datetime,
    seed: int,
    probe: Probe = no_probe,
) -> AsyncIterator[World]:
    """A world on a SQLite file and a file-backed chat service; one that was killed goes on where they end.

    Raises DatabaseLocked if another process plays it.
    """
    with locked(database):
        clock = VirtualClock(start)
        server = ConsoleServer(clock, path=log, probe=probe)
        clock.move_to(max(start, last_instant(server, start)))
        opened = await Database.open(database, durable=True, inline=True)
        try:
            await upgrade(opened, kit.cogs, clock.now())
            installation = Installation(clock, ConsoleService(server), opened, kit.services, probe)
            yield World(scenario, installation, start=start, end=end, seed=seed, note_time=server.note_time)
            await installation.stop()
        finally:
            await opened.close()
            server.close()
