"""Connections: SQLAlchemy engines set up so that this project, not the driver, says when a transaction begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection, StaticPool

from bot.storage.executor import AsyncExecutor, Executor, InlineExecutor

T = TypeVar("T")

WAIT_SECONDS = 30
"""How long a connection waits for another's lock: a backup's, or a person's with the sqlite3 shell."""

# isolation_level None keeps the sqlite3 module from beginning transactions by its own rules; `_prepare` does it.
# What people wrote stays out of errors, and so out of the log.
_SQLITE: dict[str, Any] = {
    "connect_args": {"isolation_level": None, "timeout": WAIT_SECONDS, "cached_statements": 1000},
    "hide_parameters": True,
}


class Connections(Protocol):
    """Where connections come from: several ways to reach a database, behind one shape."""

    reads_apart: bool
    """Whether reads have connections of their own, and so run beside a writing transaction."""

    def writing(self) -> AbstractAsyncContextManager[Executor]:
        """Give an executor in a new transaction, committed on leaving and rolled back on an exception."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Executor]:
        """Give an executor that sees one consistent state and can't write."""
        ...

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Call `work` with a plain connection in a writing transaction."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


def connections_to(where: str | Path, *, durable: bool, inline: bool) -> tuple[Connections, Path | None]:
    """Return the connections to a SQLite file or a SQLAlchemy URL, and the file if it is one."""
    if isinstance(where, str) and "://" in where:
        url = make_url(where)
        if url.get_backend_name() != "sqlite":
            if inline:
                raise ValueError("only SQLite runs inline")
            return ServerConnections(where), None
        if not url.database or url.database == ":memory:":
            return MemoryConnections(), None
        where = url.database
    path = Path(where)
    return (InlineConnections(path, durable) if inline else FileConnections(path, durable)), path


class ServerConnections:
    """PostgreSQL by asyncpg."""

    reads_apart = True

    def __init__(self, url: str) -> None:
        """Take a URL such as "postgresql+asyncpg://user@host/name"."""
        self._writer = self._reader = create_async_engine(url, hide_parameters=True)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Executor]:
        """Give an executor in a new transaction."""
        async with self._writer.begin() as connection:
            yield AsyncExecutor(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Executor]:
        """Give an executor that can't write."""
        async with self._reader.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield AsyncExecutor(connection)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Call `work` with a plain connection in a writing transaction."""
        async with self._writer.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()


class FileConnections:
    """A SQLite file by aiosqlite: one connection writes, others read."""

    reads_apart = True

    def __init__(self, path: Path, durable: bool) -> None:
        """Take the file, and whether a commit waits for the disk."""
        self._writer = _async_engine(path, durable, reads=False)
        self._reader = _async_engine(path, durable, reads=True)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Executor]:
        """Give an executor in a new transaction."""
        async with self._writer.begin() as connection:
            yield AsyncExecutor(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Executor]:
        """Give an executor that can't write."""
        async with self._reader.connect() as connection:
            yield AsyncExecutor(connection)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Call `work` with a plain connection in a writing transaction."""
        async with self._writer.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()


class InlineConnections:
    """A SQLite file in this thread."""

    reads_apart = True

    def __init__(self, path: Path, durable: bool) -> None:
        """Take the file, and whether a commit waits for the disk."""
        self._writer = create_engine(f"sqlite:///{path}", **_SQLITE, pool_size=1, max_overflow=0)
        self._reader = create_engine(f"sqlite:///{path}", **_SQLITE)
        _prepare(self._writer, durable, reads=False)
        _prepare(self._reader, durable, reads=True)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Executor]:
        """Give an executor in a new transaction."""
        with self._writer.begin() as connection:
            yield InlineExecutor(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Executor]:
        """Give an executor that can't write."""
        with self._reader.connect() as connection:
            yield InlineExecutor(connection)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Call `work` with a plain connection in a writing transaction."""
        with self._writer.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()


class MemoryConnections:
    """A SQLite database in memory: in this thread, one connection for writing and one for reading, in turn.

    The reading one is `query_only` for good: setting that anew each time would make SQLite prepare every statement
    of the connection anew.
    """

    reads_apart = False

    def __init__(self) -> None:
        """Make an empty database."""
        url = f"sqlite:///file:heliotrope-{uuid4().hex}?mode=memory&cache=shared&uri=true"
        writer, reader = (create_engine(url, **_SQLITE, poolclass=StaticPool) for _ in range(2))
        _prepare(writer, durable=False, reads=False)
        _prepare(reader, durable=False, reads=True)
        self._engines = (writer, reader)
        self._writer, self._reader = writer.connect(), reader.connect()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Executor]:
        """Give an executor in a new transaction."""
        with self._writer.begin():
            yield InlineExecutor(self._writer)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Executor]:
        """Give an executor that can't write."""
        with self._reader.begin():
            yield InlineExecutor(self._reader)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Call `work` with a plain connection in a writing transaction."""
        with self._writer.begin():
            return work(self._writer)

    async def close(self) -> None:
        """Close every connection."""
        self._reader.close()
        self._writer.close()
        for engine in self._engines:
            engine.dispose()


def _async_engine(path: Path, durable: bool, *, reads: bool) -> AsyncEngine:
    one: dict[str, Any] = {} if reads else {"pool_size": 1, "max_overflow": 0}
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", **_SQLITE, **one)
    _prepare(engine.sync_engine, durable, reads=reads)
    return engine


def _prepare(engine: Engine, durable: bool, *, reads: bool) -> None:
    """Set up every connection, and begin transactions ourselves.

    A transaction that reads first and writes later fails at once if another has written in between, however long
    it may wait: so writing ones take the write lock when they begin. WAL lets reads go on meanwhile.
    """
    settings = [
        "PRAGMA journal_mode = WAL",
        f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}",
        "PRAGMA foreign_keys = ON",
        f"PRAGMA query_only = {'ON' if reads else 'OFF'}",
    ]
    begin = "BEGIN" if reads else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for setting in settings:
            cursor.execute(setting)
        cursor.close()

    def begin_transaction(dbapi_connection: PoolProxiedConnection) -> None:
        cursor = dbapi_connection.cursor()
        cursor.execute(begin)
        cursor.close()

    # A listener for "begin" would do too; but once there is one, SQLAlchemy looks for listeners at every statement.
    engine.dialect.do_begin = begin_transaction  # type: ignore[method-assign]  # this engine's own dialect
