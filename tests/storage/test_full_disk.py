"""A full disk is loud and leaves nothing half-written."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.engine.errors import StorageFull
from bot.engine.ports import Outgoing, Target, TargetKind
from bot.model.identity import MemberId, WorkspaceId
from bot.model.message import say
from bot.storage.database import Database
from bot.storage.migrate import upgrade

NOW = datetime(2026, 10, 26, 9, tzinfo=UTC)


@pytest.fixture(params=[False, True], ids=["aiosqlite", "inline"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with a few pages left to grow into."""
    database = await Database.open(tmp_path / "bot.db", inline=request.param)
    await upgrade(database, [], NOW)
    async with database.transaction() as stores:
        (pages,) = (await stores.execute(text("PRAGMA page_count"))).rows[0]
        await stores.execute(text(f"PRAGMA max_page_count = {pages + 20}"))
        await stores.outbox.queue([row("small", 10)], NOW)
    yield database
    await database.close()


def row(key: str, size: int) -> Outgoing:
    target = Target(TargetKind.MEMBER, member=MemberId(1))
    return Outgoing(WorkspaceId(1), target, "standup.prompt", key, message=say("x" * size))


async def test_what_does_not_fit_is_rolled_back_whole(database: Database) -> None:
    with pytest.raises(StorageFull):
        async with database.transaction() as stores:
            await stores.directory.create_workspace("Atlas", "en", "console", "world")
            await stores.outbox.queue([row(f"big {number}", 100_000) for number in range(10)], NOW)
    async with database.reading() as stores:
        assert list(await stores.directory.workspaces()) == []
        assert [r.key for r in await stores.outbox.waiting(NOW, 10)] == ["small"]
        assert [r[0] for r in (await stores.execute(text("PRAGMA integrity_check"))).rows] == ["ok"]


async def test_what_fits_is_stored_after_that(database: Database) -> None:
    with pytest.raises(StorageFull):
        async with database.transaction() as stores:
            await stores.outbox.queue([row("big", 1_000_000)], NOW)
    async with database.transaction() as stores:
        await stores.outbox.queue([row("another", 10)], NOW)
    async with database.reading() as stores:
        assert [r.key for r in await stores.outbox.waiting(NOW, 10)] == ["small", "another"]


async def test_a_full_disk_elsewhere_is_said_in_the_same_words(database: Database) -> None:
    with pytest.raises(StorageFull):
        async with database.transaction() as stores:
            await stores.outbox.queue([row("lost", 10)], NOW)
            raise OSError(errno.ENOSPC, "No space left on device")
    async with database.reading() as stores:
        assert [r.key for r in await stores.outbox.waiting(NOW, 10)] == ["small"]
