"""A backup is known to be whole, and putting it back never hands out a key that stands for something else."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.engine.errors import DatabaseLocked, NewerDatabase
from bot.engine.ports import Chunk, Op, Outgoing, Parcel, Part, Target, TargetKind
from bot.model.identity import MemberId, WorkspaceId
from bot.model.message import say
from bot.storage.backup import automatic, backup, restore
from bot.storage.database import Database
from bot.storage.lock import locked
from bot.storage.migrate import upgrade
from bot.storage.revisions import NotHeliotrope

NOW = datetime(2026, 10, 26, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database in use, with a workspace and one stored chunk."""
    database = await Database.open(tmp_path / "bot.db")
    await upgrade(database, [], NOW)
    async with database.transaction() as stores:
        await stores.directory.create_workspace("Atlas", "en", "console", "world")
    await store_chunk(database, "before")
    yield database
    await database.close()


async def store_chunk(database: Database, key: str) -> str:
    """Queue and pack one message; return its chunk's key."""
    to = Target(TargetKind.MEMBER, member=MemberId(1))
    row = Outgoing(WorkspaceId(1), to, "standup.prompt", key, message=say("Hello"))
    chunk = Chunk(0, 0, "console", to.stream, Op.SEND, "", {}, key, (Part(row.kind, key, None),), unasked=True)
    async with database.transaction() as stores:
        await stores.outbox.queue([row], NOW)
        (stored,) = await stores.outbox.waiting(NOW, 10)
        await stores.outbox.store([Parcel((stored.id,), (chunk,))], NOW)
        chunks = await stores.outbox.to_send("console", NOW, 100)
        return next(c.key for c in chunks if c.text == key)


def rows(path: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_a_backup_of_a_database_in_use_has_what_was_committed(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with database.transaction() as stores:
        await stores.directory.create_workspace("Not yet", "en", "console", "later")
        backup(path, tmp_path / "copy" / "bot.db")
    copy = tmp_path / "copy" / "bot.db"
    assert rows(copy, "SELECT name FROM workspaces") == [("Atlas",)]
    assert names(copy.parent) == ["bot.db"]
    reopened = await Database.open(copy)
    assert await upgrade(reopened, [], NOW) == []
    async with reopened.reading() as stores:
        assert [c.text for c in await stores.outbox.to_send("console", NOW, 10)] == ["before"]
    await reopened.close()


async def test_a_backup_overwrites_nothing(database: Database, tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("dear")
    with pytest.raises(FileExistsError):
        backup(tmp_path / "bot.db", tmp_path / "letters")
    assert (tmp_path / "letters").read_text() == "dear"


def test_what_is_no_database_of_ours_is_not_backed_up(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("dear " * 1000)
    for name in ("letters", "missing"):
        with pytest.raises(NotHeliotrope):
            backup(tmp_path / name, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    assert not (tmp_path / "missing").exists()


async def test_a_backup_taken_while_the_bot_writes_is_whole(database: Database, tmp_path: Path) -> None:
    path, done = tmp_path / "bot.db", threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
            number = 0
            while not done.is_set():
                number += 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO workspaces (name, language) VALUES (?, 'en')", (f"w{number}",))
                connection.execute("INSERT INTO scopes VALUES ('console', ?, last_insert_rowid())", (f"w{number}",))
                connection.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backup(path, tmp_path / f"{number}.db")
    finally:
        done.set()
        writer.join()
    for number in range(5):
        (workspaces,) = rows(tmp_path / f"{number}.db", "SELECT count(*) FROM workspaces")
        (scopes,) = rows(tmp_path / f"{number}.db", "SELECT count(*) FROM scopes")
        assert workspaces == scopes


async def test_a_restored_database_is_the_backup_and_the_replaced_one_is_kept(
    database: Database, tmp_path: Path
) -> None:
    path, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    backup(path, copy)
    await store_chunk(database, "after")
    await database.close()
    source = copy.read_bytes()
    kept = restore(copy, path, [], NOW)
    assert kept == tmp_path / "bot-replaced-20261026T090000Z.db"
    assert rows(path, "SELECT text FROM chunks") == [("before",)]
    assert rows(kept, "SELECT text FROM chunks ORDER BY id") == [("before",), ("after",)]
    assert copy.read_bytes() == source
    assert not (tmp_path / "bot.db-wal").exists()


async def test_the_log_of_a_killed_process_goes_with_the_database_it_belongs_to(
    database: Database, tmp_path: Path
) -> None:
    path, copy, killed = tmp_path / "bot.db", tmp_path / "copy.db", tmp_path / "killed"
    backup(path, copy)
    await store_chunk(database, "only in the log")
    killed.mkdir()
    for name in ("bot.db", "bot.db-wal"):  # what kill -9 leaves
        (killed / name).write_bytes((tmp_path / name).read_bytes())
    kept = restore(copy, killed / "bot.db", [], NOW)
    assert kept is not None
    assert rows(killed / "bot.db", "SELECT text FROM chunks") == [("before",)]
    assert ("only in the log",) in rows(kept, "SELECT text FROM chunks")


async def test_keys_after_a_restore_were_never_handed_out_before(database: Database, tmp_path: Path) -> None:
    path, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    backup(path, copy)
    lost = await store_chunk(database, "lost")
    await database.close()
    restore(copy, path, [], NOW)
    reopened = await Database.open(path)
    again = await store_chunk(reopened, "instead")
    async with reopened.reading() as stores:
        kept = (await stores.outbox.to_send("console", NOW, 10))[0].key
    await reopened.close()
    assert again.split(".")[1] == lost.split(".")[1], "the same number, in a lost and in a new life"
    assert again != lost
    assert kept.split(".")[0] == lost.split(".")[0], "what was stored before keeps its key"


async def test_a_backup_can_be_put_where_there_was_nothing(database: Database, tmp_path: Path) -> None:
    backup(tmp_path / "bot.db", tmp_path / "copy.db")
    (tmp_path / "new").mkdir()
    assert restore(tmp_path / "copy.db", tmp_path / "new" / "bot.db", [], NOW) is None
    assert rows(tmp_path / "new" / "bot.db", "SELECT name FROM workspaces") == [("Atlas",)]


async def test_nothing_is_restored_while_another_process_uses_the_database(database: Database, tmp_path: Path) -> None:
    backup(tmp_path / "bot.db", tmp_path / "copy.db")
    await database.close()
    before = (tmp_path / "bot.db").read_bytes()
    with locked(tmp_path / "bot.db"), pytest.raises(DatabaseLocked):
        restore(tmp_path / "copy.db", tmp_path / "bot.db", [], NOW)
    assert (tmp_path / "bot.db").read_bytes() == before


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        ("UPDATE alembic_version_bot SET version_num = 'bot_9999'", NewerDatabase),
        ("DROP TABLE alembic_version_bot", NotHeliotrope),
        ("INSERT INTO scopes VALUES ('console', 'nowhere', 99)", NotHeliotrope),
        (None, NotHeliotrope),
    ],
)
async def test_an_unfit_backup_is_refused_and_the_database_stays(
    database: Database, tmp_path: Path, damage: str | None, error: type[Exception]
) -> None:
    path, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    backup(path, copy)
    await database.close()
    if damage is None:
        content = bytearray(copy.read_bytes())
        content[4096 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4096)
        copy.write_bytes(content)
    else:
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute(damage)
            connection.commit()
    before = path.read_bytes()
    with pytest.raises(error):
        restore(copy, path, [], NOW)
    assert path.read_bytes() == before
    assert names(tmp_path) == ["bot.db", "bot.db.lock", "copy.db"]


async def test_one_automatic_backup_a_day_and_the_newest_are_kept(database: Database, tmp_path: Path) -> None:
    path, folder = tmp_path / "bot.db", tmp_path / "backups"
    first = automatic(path, folder, NOW)
    assert first == folder / "heliotrope-20261026T090000Z.db"
    assert automatic(path, folder, NOW + timedelta(hours=3)) is None
    (folder / "mine.db").write_text("not the bot's")
    for day in range(1, 10):
        assert automatic(path, folder, NOW + day * DAY, keep=3) is not None
    assert names(folder) == [
        "heliotrope-20261102T090000Z.db",
        "heliotrope-20261103T090000Z.db",
        "heliotrope-20261104T090000Z.db",
        "mine.db",
    ]
