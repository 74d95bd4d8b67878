"""A database is brought up to this version, or left exactly as it is."""

from __future__ import annotations

import importlib
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, create_engine

from bot.engine.errors import NewerDatabase
from bot.model.cog import Cog
from bot.storage.database import Database
from bot.storage.migrate import create_all, pending, upgrade
from bot.storage.revisions import NotHeliotrope
from bot.storage.tables import METADATA

NOW = datetime(2026, 10, 26, 9, tzinfo=UTC)
COGS = sorted(entry_points(group="heliotrope.cogs"), key=lambda entry: entry.name)

FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "garden_0001", None, None, None
def upgrade():
    op.create_table("garden_beds", sa.Column("id", sa.Integer, primary_key=True), sqlite_strict=True)
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "garden_0002", "garden_0001", None, None
def upgrade():
    op.add_column("garden_beds", sa.Column("name", sa.Text))
    op.execute("INSERT INTO garden_beds (name) VALUES ('tomatoes')")
"""
BROKEN = SECOND + '    op.execute("INSERT INTO no_such_table VALUES (1)")\n'


class Garden:
    """A cog whose migrations are written by the test, into a package of their own."""

    def __init__(self, folder: Path) -> None:
        self.migrations = folder / "garden_migrations"
        self.migrations.mkdir()
        (self.migrations / "__init__.py").write_text('"""Migrations."""\n')
        self.cog = Cog("garden", migrations="garden_migrations")

    def has(self, *revisions: str) -> Garden:
        """Install a version of the cog with these migrations."""
        for old in self.migrations.glob("0*.py"):
            old.unlink()
        for number, revision in enumerate(revisions, start=1):
            (self.migrations / f"000{number}_step.py").write_text(revision)
        return self


@pytest.fixture
def garden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Garden]:
    """A cog with two migrations."""
    monkeypatch.syspath_prepend(tmp_path)
    yield Garden(tmp_path).has(FIRST, SECOND)
    sys.modules.pop("garden_migrations", None)
    importlib.invalidate_caches()


async def upgraded(path: Path, *cogs: Cog) -> list[tuple[str, str]]:
    database = await Database.open(path)
    try:
        return await upgrade(database, cogs, NOW)
    finally:
        await database.close()


def rows(path: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


async def test_a_new_file_gets_every_table_and_its_own_instance(tmp_path: Path, garden: Garden) -> None:
    paths = [tmp_path / "a.db", tmp_path / "b.db"]
    for path in paths:
        done = await upgraded(path, garden.cog)
        own = [("bot", f"bot_000{n}") for n in (1, 2, 3, 4)]
        assert done == [*own, ("garden", "garden_0001"), ("garden", "garden_0002")]
        assert rows(path, "SELECT name FROM garden_beds") == [("tomatoes",)]
        assert rows(path, "SELECT version_num FROM alembic_version_bot") == [("bot_0004",)]
        assert rows(path, "SELECT version_num FROM alembic_version_garden") == [("garden_0002",)]
    a, b = (rows(path, "SELECT value FROM meta WHERE key = 'instance'")[0][0] for path in paths)
    assert len(a) == len(b) == 8
    assert a != b


async def test_the_second_time_there_is_nothing_to_do(tmp_path: Path, garden: Garden) -> None:
    path = tmp_path / "bot.db"
    await upgraded(path, garden.cog)
    before = content(tmp_path)
    assert await upgraded(path, garden.cog) == []
    assert content(tmp_path) == before


async def test_what_is_pending_is_told_without_doing_it(tmp_path: Path, garden: Garden) -> None:
    path = tmp_path / "bot.db"
    await upgraded(path, garden.has(FIRST).cog)
    garden.has(FIRST, SECOND)
    database = await Database.open(path)
    assert await pending(database, [garden.cog]) == [("garden", "garden_0002")]
    assert await pending(database, [garden.cog]) == [("garden", "garden_0002")]
    await database.close()


async def test_an_upgrade_of_what_holds_something_is_preceded_by_a_backup(tmp_path: Path, garden: Garden) -> None:
    path = tmp_path / "bot.db"
    await upgraded(path, garden.has(FIRST).cog)
    assert not any("before-upgrade" in name for name in content(tmp_path))
    garden.has(FIRST, SECOND)
    assert await upgraded(path, garden.cog) == [("garden", "garden_0002")]
    saved = tmp_path / "bot-before-upgrade-20261026T090000Z.db"
    assert rows(saved, "SELECT version_num FROM alembic_version_garden") == [("garden_0001",)]
    assert rows(path, "SELECT version_num FROM alembic_version_garden") == [("garden_0002",)]


async def test_an_upgrade_that_fails_half_way_changes_nothing(tmp_path: Path, garden: Garden) -> None:
    path = tmp_path / "bot.db"
    await upgraded(path, garden.has(FIRST).cog)
    before = rows(path, "SELECT type, name, sql FROM sqlite_master")
    garden.has(FIRST, BROKEN)
    with pytest.raises(Exception, match="no_such_table"):
        await upgraded(path, garden.cog)
    assert rows(path, "SELECT type, name, sql FROM sqlite_master") == before
    assert rows(path, "SELECT version_num FROM alembic_version_garden") == [("garden_0001",)]


async def test_a_database_of_a_newer_version_is_refused_and_untouched(tmp_path: Path, garden: Garden) -> None:
    path = tmp_path / "kept" / "bot.db"
    path.parent.mkdir()
    await upgraded(path, garden.cog)
    garden.has(FIRST)
    before = content(path.parent)
    with pytest.raises(NewerDatabase, match="garden_0002"):
        await upgraded(path, garden.cog)
    assert content(path.parent) == before


async def test_a_newer_bot_is_refused_and_untouched_before_the_file_is_switched_to_wal(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "bot.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:  # a rollback journal: switching would rewrite the header
        connection.execute("CREATE TABLE alembic_version_bot (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version_bot VALUES ('bot_9999')")
        connection.commit()
    before = content(path.parent)
    with pytest.raises(NewerDatabase, match="bot_9999"):
        await upgraded(path)
    assert content(path.parent) == before


@pytest.mark.parametrize("made", ["another program's database", "no database"])
async def test_another_program_s_file_is_refused_and_untouched(tmp_path: Path, made: str) -> None:
    path = tmp_path / "kept" / "bot.db"
    path.parent.mkdir()
    if made == "no database":
        path.write_text("My letters\n" * 1000)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE letters (text)")
    before = content(path.parent)
    with pytest.raises(NotHeliotrope):
        await upgraded(path)
    assert content(path.parent) == before


async def test_a_cog_that_is_gone_is_no_obstacle(tmp_path: Path, garden: Garden) -> None:
    path = tmp_path / "bot.db"
    await upgraded(path, garden.cog)
    assert await upgraded(path) == []
    assert rows(path, "SELECT name FROM garden_beds") == [("tomatoes",)]


async def test_tables_made_at_once_hold_the_cogs_too() -> None:
    tables = MetaData()
    Table("garden_beds", tables, Column("id", Integer, primary_key=True), Column("name", Text), sqlite_strict=True)
    database = Database.in_memory()
    await create_all(database, [Cog("garden", tables=tables)])
    async with database.transaction() as stores:
        assert (await stores.execute(tables.tables["garden_beds"].insert(), {"name": "peas"})).rowcount == 1
    await database.close()


async def test_the_bot_s_migrations_make_the_tables_that_the_code_expects(tmp_path: Path) -> None:
    await upgraded(tmp_path / "bot.db")
    assert differences(tmp_path / "bot.db", METADATA) == []


@pytest.mark.parametrize("entry", COGS, ids=lambda entry: entry.name)
async def test_a_cog_s_migrations_make_the_tables_that_its_code_expects(tmp_path: Path, entry: EntryPoint) -> None:
    cog: Cog = entry.load()
    if cog.tables is None:
        assert cog.migrations is None
        return
    assert cog.migrations is not None
    await upgraded(tmp_path / "bot.db", cog)
    assert differences(tmp_path / "bot.db", cog.tables) == []
    names = rows(tmp_path / "bot.db", "SELECT name FROM sqlite_master WHERE type IN ('table', 'index')")
    others = {name for (name,) in names if not name.startswith((cog.name + "_", "alembic_", "sqlite_"))}
    await upgraded(tmp_path / "without.db")
    without = {name for (name,) in rows(tmp_path / "without.db", "SELECT name FROM sqlite_master")}
    assert others <= without, "tables and indexes start with the cog's name"


def differences(path: Path, metadata: MetaData) -> list[Any]:
    """What Alembic sees, and what it does not look at: strictness, keys, and which rows an index holds."""
    mine = set(metadata.tables)

    def included(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return kind != "table" or name in mine

    migrated, made = create_engine(f"sqlite:///{path}"), create_engine("sqlite://")
    with migrated.connect() as connection, made.connect() as fresh:
        context = MigrationContext.configure(connection, opts={"include_object": included, "compare_type": True})
        seen: list[Any] = list(compare_metadata(context, metadata))
        metadata.create_all(fresh)
        left, right = structure(connection, mine), structure(fresh, mine)
        seen += [(name, left.get(name), right.get(name)) for name in sorted({*left, *right})
                 if left.get(name) != right.get(name)]  # fmt: skip
    migrated.dispose()
    made.dispose()
    return seen


def structure(connection: Connection, tables: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table in tables:
        strict = connection.exec_driver_sql(f"SELECT strict FROM pragma_table_list('{table}')").scalars().all()
        columns = connection.exec_driver_sql(f"PRAGMA table_info('{table}')").all()
        found[table] = (strict, sorted((c.name, c.type, c.notnull, c.dflt_value, c.pk) for c in columns))
        definition = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar()
        found[table] += ("AUTOINCREMENT" in (definition or ""),)
        for index in connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,)
        ):
            found[index.name] = " ".join(index.sql.split())
    return found


def test_there_are_cogs_to_look_at() -> None:
    assert COGS, "install the project (make install): entry points name the cogs"
