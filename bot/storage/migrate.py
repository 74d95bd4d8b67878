"""Makes tables, and upgrades those of a running installation: one version table for the bot and for each cog."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Connection, insert, inspect, select, text

from bot.model.cog import Cog
from bot.storage.backup import backup, new_instance, stamp
from bot.storage.database import Database
from bot.storage.revisions import Chain, chains, recorded_in_file, refuse_newer
from bot.storage.tables import META, METADATA

IN_MEMORY = "inmemory"


async def create_all(database: Database, cogs: Iterable[Cog], instance: str = IN_MEMORY) -> None:
    """Make every table at once, without migrations: for a database in memory, which nobody ever upgrades."""
    tables = [cog.tables for cog in cogs if cog.tables is not None]

    def make(connection: Connection) -> None:
        for metadata in (METADATA, *tables):
            metadata.create_all(connection)
        _begin_meta(connection, instance)

    await database.run_sync(make)


async def pending(database: Database, cogs: Iterable[Cog]) -> list[tuple[str, str]]:
    """Return what an upgrade would run, as (cog or "bot", revision) in order. Raises NewerDatabase."""
    recorded = await _recorded(database)
    return _missing(recorded, chains(cogs))


async def upgrade(
    database: Database, cogs: Iterable[Cog], now: datetime, backups: Path | None = None
) -> list[tuple[str, str]]:
    """Bring a database up to this version, all of it or nothing; return what was run.

    Looks first, without writing: raises NewerDatabase for one that a newer version made, and NotHeliotrope for
    another program's, untouched. A SQLite file that holds something is backed up first, into `backups` or beside it.
    """
    known = chains(cogs)
    recorded = await _recorded(database)
    missing = _missing(recorded, known)
    if not missing:
        return []
    if recorded and database.path is not None:
        folder = backups or database.path.parent
        target = folder / f"{database.path.stem}-before-upgrade-{stamp(now)}{database.path.suffix}"
        await asyncio.to_thread(backup, database.path, target)

    def run(connection: Connection) -> None:
        for chain in known:
            _upgrade_chain(connection, chain)
        if connection.execute(select(META.c.key)).first() is None:
            _begin_meta(connection, new_instance())

    await database.run_sync(run)
    return missing


def _begin_meta(connection: Connection, instance: str) -> None:
    connection.execute(insert(META), [{"key": "instance", "value": instance}, {"key": "next_id", "value": "1"}])


def _missing(recorded: Mapping[str, Sequence[str]], known: Iterable[Chain]) -> list[tuple[str, str]]:
    known = list(known)
    refuse_newer(recorded, known)
    return [(c.name, revision) for c in known for revision in c.missing(recorded.get(c.name, ()))]


async def _recorded(database: Database) -> Mapping[str, Sequence[str]]:
    if database.path is not None:  # not through the database: connecting would switch the file to WAL
        return await asyncio.to_thread(recorded_in_file, database.path)

    def read(connection: Connection) -> Mapping[str, Sequence[str]]:
        tables = [t for t in inspect(connection).get_table_names() if t.startswith("alembic_version_")]
        return {
            table.removeprefix("alembic_version_"): [
                row.version_num for row in connection.execute(text(f'SELECT version_num FROM "{table}"'))
            ]
            for table in tables
        }

    return await database.run_sync(read)


def _upgrade_chain(connection: Connection, chain: Chain) -> None:
    def steps(revision: Any, _context: Any) -> Any:
        return chain.script._upgrade_revs("heads", revision)

    with EnvironmentContext(Config(), chain.script, fn=steps) as environment:
        # One transaction around all of it is ours: SQLite can undo CREATE TABLE, whatever Alembic assumes of it.
        environment.configure(
            connection, version_table=chain.version_table, transactional_ddl=True, transaction_per_migration=False
        )
        environment.run_migrations()
