"""The composition root: the only place that names every concrete class."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from bot.alarm import ApschedulerAlarm
from bot.clock import SystemClock, prefer_newest_tzdata
from bot.config import Settings
from bot.engine.engine import Engine
from bot.engine.ports import Platform
from bot.engine.registry import Registry
from bot.engine.transaction import Services
from bot.holidays import PublicHolidays
from bot.i18n import BabelLocalizer, Catalogues, CldrGazetteer
from bot.logs import loop_trouble
from bot.model.cog import Cog
from bot.model.errors import HeliotropeError
from bot.model.event import MemberChanged
from bot.platforms.console.adapter import ConsolePlatform
from bot.platforms.console.server import ConsoleServer
from bot.platforms.console.terminal import Terminal
from bot.plugins import installed_cogs
from bot.storage import backup
from bot.storage.database import Database
from bot.storage.lock import locked
from bot.storage.migrate import pending, upgrade
from bot.storage.tables import META

log = logging.getLogger(__name__)

KEPT = timedelta(days=90)
"""How long handled events and delivered messages are kept; what people wrote is kept until they are erased."""
HOUSEKEEPING = timedelta(hours=1)


def services(cogs: Iterable[Cog] | None = None) -> Services:
    """Return the pure ports, filled: Babel's languages, CLDR's zones, public holidays, and the cogs installed."""
    catalogues = Catalogues()
    registry = Registry(installed_cogs() if cogs is None else cogs)
    return Services(BabelLocalizer(catalogues), CldrGazetteer(catalogues), PublicHolidays(), registry)


@dataclass(frozen=True)
class Opened:
    """A database that this process alone uses, at this version's tables."""

    database: Database
    cogs: Sequence[Cog]
    clock: SystemClock
    ran: Sequence[tuple[str, str]]
    """The migrations that opening it ran, as (cog, revision)."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Opened]:
    """Lock, open and upgrade the database. Raises DatabaseLocked, NewerDatabase and NotHeliotrope."""
    prefer_newest_tzdata()
    clock, cogs, path = SystemClock(), installed_cogs(), settings.database.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        database = await Database.open(path)
        try:
            ran = await upgrade(database, cogs, clock.now(), settings.backup.folder)
            yield Opened(database, cogs, clock, ran)
        finally:
            await database.close()


async def run(settings: Settings) -> None:
    """Run the bot until it is stopped by a signal (or, on the console alone, until its input ends)."""
    stopped = _stop_signal()
    async with opened(settings) as held:
        path = settings.database.path
        server = ConsoleServer(held.clock, path=path.with_name(f"{path.name}.console.jsonl"))
        console = ConsolePlatform(server)
        platforms: dict[str, Platform] = {console.name: console}
        filled = services(held.cogs)
        engine = Engine(
            held.database, platforms, filled.registry, filled, held.clock, prefix=settings.rooms.prefix, lanes=8
        )
        alarm = ApschedulerAlarm()
        alarm.every(HOUSEKEEPING, "housekeeping", partial(keep_house, settings, engine))
        alarm.start()
        try:
            await keep_house(settings, engine)
            await engine.start()
            terminal = Terminal(server, console, settings.console.people, settings.console.speaks)
            log.info("running on %s, with the database %s", ", ".join(platforms), path.absolute())
            await _first_of(engine.run(alarm), terminal.converse(engine.drain), stopped.wait())
        finally:
            alarm.stop()
            await engine.stop()
            server.close()
    log.info("stopped")


def _stop_signal() -> asyncio.Event:
    """Return what SIGTERM and ctrl-C set. A second one ends the process at once; nothing stored is lost by that."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        stopped.set()
        for each in signals:
            loop.remove_signal_handler(each)

    for each in signals:
        loop.add_signal_handler(each, stop)
    loop.set_exception_handler(loop_trouble)
    return stopped


async def _first_of(*works: Coroutine[Any, Any, object]) -> None:
    """Run all of them until one ends, and cancel the others; raise what the one raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def keep_house(settings: Settings, engine: Engine) -> None:
    """Back up when it is time, forget what was handled and delivered long ago, and see to new time zone rules."""
    await back_up_when_due(settings, engine.clock.now())
    async with engine.storage.transaction() as stores:
        now = engine.clock.now()
        await stores.inbox.purge(now - KEPT)
        await stores.outbox.purge(now - KEPT)
        await stores.conversations.purge(now)
    await replan_if_zones_changed(engine, prefer_newest_tzdata())


async def back_up_when_due(settings: Settings, now: datetime) -> None:
    """Back up unless that was done lately. A failure is logged: the bot goes on without, and tries again."""
    every = timedelta(hours=settings.backup.every_hours)
    try:
        made = await asyncio.to_thread(
            backup.automatic, settings.database.path, settings.backup.folder, now, settings.backup.keep, every
        )
    except (HeliotropeError, OSError) as problem:
        log.error("no backup was made in %s: %s", settings.backup.folder.absolute(), problem)
    else:
        if made is not None:
            log.info("backed up to %s", made)


async def replan_if_zones_changed(engine: Engine, tzdata: str) -> None:
    """Plan every member's timers again when the time zone rules are not those the timers were planned by."""
    async with engine.storage.transaction() as stores:
        known = (await stores.execute(select(META.c.value).where(META.c.key == "tzdata"))).rows
        if known and known[0].value == tzdata:
            return
        await stores.execute(delete(META).where(META.c.key == "tzdata"))
        await stores.execute(insert(META).values(key="tzdata", value=tzdata))
        if not known:
            return
        log.info("time zone rules changed from %s to %s: planning again", known[0].value, tzdata)
        tx = engine.transaction(stores)
        for workspace in await stores.directory.workspaces():
            for member in await tx.people.members_of_workspace(workspace.id):
                await tx.raise_event(MemberChanged(workspace.id, member.id))
        await stores.outbox.queue(tx.effects(), tx.now)


async def report(settings: Settings) -> list[str]:
    """Look at the installation without changing it; return lines for whoever runs it."""
    cogs = installed_cogs()
    filled = services(cogs)
    lines = [
        f"database: {settings.database.path.absolute()}",
        f"backups: {settings.backup.folder.absolute()}, every {settings.backup.every_hours} h, "
        f"the newest {settings.backup.keep} kept",
        f"time zone rules: {prefer_newest_tzdata()}",
        f"languages: {', '.join(filled.localizer.languages())}",
        f"cogs: {', '.join(cog.name for cog in cogs)}",
        f"commands: {len(filled.registry.commands)}",
        f"console: {', '.join(settings.console.people) or 'off'}",
    ]
    if not settings.database.path.exists():
        return [*lines, "migrations: none yet; the first run makes the database"]
    database = await Database.open(settings.database.path)
    try:
        waiting = await pending(database, cogs)
    finally:
        await database.close()
    ahead = ", ".join(f"{cog} {revision}" for cog, revision in waiting)
    return [*lines, f"migrations to run: {ahead}" if waiting else "migrations: up to date"]


def make_backup(settings: Settings, target: Path) -> None:
    """Copy the database, in use or not, to a new file, and check the copy."""
    _must_exist(settings.database.path)
    backup.backup(settings.database.path, target)


def restore_backup(settings: Settings, source: Path) -> Path | None:
    """Put a backup in the database's place; return where the replaced database is kept, if there was one."""
    _must_exist(source)
    path = settings.database.path
    path.parent.mkdir(parents=True, exist_ok=True)
    return backup.restore(source, path, installed_cogs(), SystemClock().now())


def _must_exist(file: Path) -> None:
    if not file.is_file():
        raise FileNotFoundError(errno.ENOENT, "there is no such file", str(file))
