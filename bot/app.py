"""The composition root: the only place that names every concrete class."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import signal
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from bot.alarm import ApschedulerAlarm
from bot.clock import SystemClock, prefer_newest_tzdata
from bot.config import BadSettings, Settings
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
from bot.model.identity import Place
from bot.model.message import Sentence
from bot.platforms.console.adapter import ConsolePlatform
from bot.platforms.console.server import ConsoleServer
from bot.platforms.console.terminal import Terminal
from bot.platforms.discord import checking as discord_checking
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.naming import NAME as DISCORD
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.matrix.adapter import NAME as MATRIX
from bot.platforms.matrix.adapter import MatrixPlatform
from bot.platforms.matrix.checking import inspect
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import MemoryState, PlatformState
from bot.plugins import installed_cogs
from bot.storage import backup
from bot.storage.database import Database
from bot.storage.lock import locked
from bot.storage.migrate import pending, upgrade
from bot.storage.platform_state import StoredState
from bot.storage.tables import META

log = logging.getLogger(__name__)

KEPT = timedelta(days=90)
"""How long handled events and delivered messages are kept; what people wrote is kept until they are erased."""
HOUSEKEEPING = timedelta(hours=1)
LANES = 50
"""Conversations that are sent to at the same time: as many calls as Matrix's pacer has under way where it may."""


def services(cogs: Iterable[Cog] | None = None) -> Services:
    """Return the pure ports, filled: Babel's languages, CLDR's zones, public holidays, and the cogs installed."""
    catalogues = Catalogues()
    localizer = BabelLocalizer(catalogues)
    registry = Registry(installed_cogs() if cogs is None else cogs, localizer)
    return Services(localizer, CldrGazetteer(catalogues), PublicHolidays(), registry)


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
    """Run the bot until it is stopped by a signal (or, on the console, until its input ends).

    Raises BadSettings before anything is made, and BadCredentials where a platform does not accept the bot's account
    (any more).
    """
    account = _matrix_account(settings) if settings.matrix.homeserver else None
    stopped = _stop_signal()
    async with opened(settings) as held, AsyncExitStack() as closing:
        filled = services(held.cogs)
        console = _console(settings, held, closing) if settings.console.people else None

        async def announce(key: str, sentence: Sentence) -> None:
            await engine.announce(key, sentence)

        async def announce_there(place: Place, key: str, sentence: Sentence) -> None:
            await engine.announce_there(place, key, sentence)

        state = StoredState(held.database, MATRIX)
        matrix = MatrixPlatform(account, state, held.clock, tell=announce) if account is not None else None
        discord = None
        if (application := _discord_application(settings)) is not None:
            discord = DiscordPlatform(
                application,
                StoredState(held.database, DISCORD),
                held.clock,
                registry=filled.registry,
                localizer=filled.localizer,
                tell=announce,
                tell_there=announce_there,
            )
        chosen = (console and console[1], matrix, discord)
        platforms: list[Platform] = [each for each in chosen if each is not None]
        engine = Engine(
            held.database,
            {platform.name: platform for platform in platforms},
            filled.registry,
            filled,
            held.clock,
            prefix=settings.matrix.prefix or settings.rooms.prefix,
            lanes=LANES,
        )
        if discord is not None:
            discord.attend(engine.immediate)
        alarm = ApschedulerAlarm()
        alarm.every(HOUSEKEEPING, "housekeeping", partial(keep_house, settings, engine))
        alarm.start()
        closing.callback(alarm.stop)
        closing.push_async_callback(engine.stop)
        await keep_house(settings, engine)
        await _first_of(engine.start(), stopped.wait())  # a platform that is away is waited for
        if stopped.is_set():
            log.info("stopped before it was running")
            return
        settle()
        names = ", ".join(platform.name for platform in platforms)
        log.info("running on %s, with the database %s", names, settings.database.path.absolute())
        works: list[Coroutine[Any, Any, object]] = [engine.run(alarm), stopped.wait()]
        if console is not None:
            works.append(Terminal(*console, settings.console.people, settings.console.speaks).converse(engine.drain))
        if matrix is not None:
            works.append(matrix.watch())
        if discord is not None:
            works.append(discord.watch())
        await _first_of(*works)
    log.info("stopped")


def _console(settings: Settings, held: Opened, closing: AsyncExitStack) -> tuple[ConsoleServer, ConsolePlatform]:
    path = settings.database.path
    server = ConsoleServer(held.clock, path=path.with_name(f"{path.name}.console.jsonl"))
    closing.callback(server.close)
    return server, ConsolePlatform(server)


def _matrix_account(settings: Settings) -> MatrixSettings:
    chosen = settings.matrix
    if not chosen.user_id:
        raise BadSettings('matrix.user_id must be set with matrix.homeserver, as in user_id = "@helio:example.org"')
    return MatrixSettings(
        homeserver=chosen.homeserver,
        user_id=chosen.user_id,
        store=chosen.store,
        password=chosen.password.get_secret_value(),
        password_file=Path(chosen.password_file) if chosen.password_file else None,
        access_token=chosen.access_token.get_secret_value(),
        device_id=chosen.device_id,
        allowed_inviters=chosen.allowed_inviters,
        ignored=chosen.ignored,
        prefix=chosen.prefix or settings.rooms.prefix,
        store_passphrase=chosen.store_passphrase.get_secret_value(),
        encryption=chosen.encryption,
    )


def _discord_application(settings: Settings) -> DiscordSettings | None:
    chosen = settings.discord
    token = chosen.token.get_secret_value()
    if not token:
        return None
    return DiscordSettings(
        token=token,
        api_base=chosen.api_base,
        gateway=chosen.gateway,
        guilds=chosen.guilds,
        first_contact_per_hour=chosen.first_contact_per_hour,
        message_content=chosen.message_content,
        removed_kept_days=chosen.removed_kept_days,
        admin_roles=chosen.admin_roles,
    )


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


def settle() -> None:
    """Leave what is there by now out of garbage collections, each of which would stop everything for 0.2 s."""
    gc.collect()
    gc.freeze()


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
        lines += await _matrix_report(settings, MemoryState())
        lines += await _discord_report(settings)
        return [*lines, "migrations: none yet; the first run makes the database"]
    database = await Database.open(settings.database.path)
    try:
        waiting = await pending(database, cogs)
        old = any(cog == "bot" for cog, _revision in waiting)  # its tables may not be there yet
        lines += await _matrix_report(settings, MemoryState() if old else StoredState(database, MATRIX))
        lines += await _discord_report(settings)
    finally:
        await database.close()
    ahead = ", ".join(f"{cog} {revision}" for cog, revision in waiting)
    return [*lines, f"migrations to run: {ahead}" if waiting else "migrations: up to date"]


async def _matrix_report(settings: Settings, state: PlatformState) -> list[str]:
    return await inspect(_matrix_account(settings), state) if settings.matrix.homeserver else ["matrix: off"]


async def _discord_report(settings: Settings) -> list[str]:
    application = _discord_application(settings)
    return await discord_checking.inspect(application) if application is not None else ["discord: off"]


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
