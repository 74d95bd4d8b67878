"""The database as the engine sees it: one writing transaction at a time, and reads beside it."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.engine import ports
from bot.engine.errors import StorageFull
from bot.model.identity import MemberId, WorkspaceId
from bot.storage.contacts import ContactRows
from bot.storage.conversations import ConversationRows
from bot.storage.directory import DirectoryRows
from bot.storage.directory_cache import Cache
from bot.storage.engines import Connections, MemoryConnections, connections_to
from bot.storage.erasing import erase
from bot.storage.executor import Executor, Rows
from bot.storage.inbox import InboxRows
from bot.storage.journal import JournalRows
from bot.storage.merging import merge_members, merge_workspaces
from bot.storage.occurrences import OccurrenceRows
from bot.storage.outbox import OutboxRows
from bot.storage.timers import TimerRows

T = TypeVar("T")

POSTGRESQL_DISK_FULL = "53100"


class OpenStores:
    """Everything durable inside one open transaction (the engine's `Stores`)."""

    directory: ports.Directory
    journal: ports.Journal
    occurrences: ports.Occurrences
    timers: ports.Timers
    conversations: ports.Conversations
    contacts: ports.Contacts
    inbox: ports.Inbox
    outbox: ports.Outbox

    def __init__(self, executor: Executor, cache: Cache) -> None:
        """Work through an executor whose transaction is open, with what is known of the directory."""
        self._executor = executor
        self._directory = DirectoryRows(executor, cache)
        self.directory = self._directory
        self.journal = JournalRows(executor)
        self.occurrences = OccurrenceRows(executor)
        self.timers = TimerRows(executor)
        self.conversations = ConversationRows(executor)
        self.contacts = ContactRows(executor)
        self.inbox = InboxRows(executor)
        self.outbox = OutboxRows(executor)

    @property
    def wrote_directory(self) -> bool:
        """Whether this transaction changed the directory."""
        return self._directory.wrote

    async def execute(self, statement: Any, parameters: Any = None) -> Rows:
        """Run one SQLAlchemy Core statement (a cog's own tables)."""
        return await self._executor.execute(statement, parameters)

    async def erase(self, workspace: WorkspaceId, cogs: Iterable[Any]) -> None:
        """Delete all that belongs to a workspace: the bot's rows, and those of the cogs with these MetaData."""
        self._directory.forget()
        await erase(self._executor, workspace, cogs)

    async def merge_members(self, gone: MemberId, into: MemberId, cogs: Iterable[Any]) -> None:
        """Make all that is of one member another's: the bot's rows, and those of the cogs with these MetaData."""
        self._directory.forget()
        await merge_members(self._executor, gone, into, cogs)

    async def merge_workspaces(self, gone: WorkspaceId, into: WorkspaceId, cogs: Iterable[Any]) -> None:
        """Make all that belongs to one workspace another's, and delete the empty one."""
        self._directory.forget()
        await merge_workspaces(self._executor, gone, into, cogs)


class Database:
    """One database (the engine's `Storage`). Opening it touches nothing: the first use does.

    A lock lets one transaction of this process write at a time, and the process lock (`bot.storage.lock`) lets one
    process. On that stands the cache of the directory: what it knows is the committed state as long as no
    transaction that wrote to the directory has committed since, and that one replaces the cache with an empty one.
    A transaction that writes to the directory has a cache of its own from then on, so that nothing it rolls back
    was ever seen; a read that began before keeps the cache, and the state, it began with.
    """

    def __init__(self, connections: Connections, path: Path | None = None) -> None:
        """Use `open` or `in_memory`."""
        self._connections = connections
        self._lock = asyncio.Lock()
        self._owner: asyncio.Task[Any] | None = None
        self._cache = Cache()
        self.path = path
        """The SQLite file, or None for a database in memory or on a server."""

    @classmethod
    async def open(cls, where: str | Path, *, durable: bool = True, inline: bool = False) -> Database:
        """Open a SQLite file, or the database at a SQLAlchemy URL such as "postgresql+asyncpg://...".

        `durable` waits for the disk at every commit; without it a power cut, not a crash of the process, can undo
        the last ones. `inline` runs statements in this thread (SQLite only).
        """
        return cls(*connections_to(where, durable=durable, inline=inline))

    @classmethod
    def in_memory(cls) -> Database:
        """Open an empty database in memory, gone when it is closed."""
        return cls(MemoryConnections())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[OpenStores]:
        """Commit on leaving, roll back on an exception. Raises StorageFull when nothing more can be written."""
        async with self._alone():
            with self._full_disk_said():
                async with self._connections.writing() as executor:
                    stores = OpenStores(executor, self._cache)
                    yield stores
            if stores.wrote_directory:
                self._cache = Cache()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[OpenStores]:
        """Read a consistent state; writing is refused."""
        if self._connections.reads_apart:
            cache = self._cache
            async with self._connections.reading() as executor:
                yield OpenStores(executor, cache)
        else:
            async with self._alone(), self._connections.reading() as executor:
                yield OpenStores(executor, self._cache)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Call `work` with a plain SQLAlchemy connection in a writing transaction: for migrations."""
        async with self._alone():
            with self._full_disk_said():
                result = await self._connections.run_sync(work)
            self._cache = Cache()
            return result

    async def close(self) -> None:
        """Close every connection."""
        await self._connections.close()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if self._owner is task and task is not None:
            raise RuntimeError("a transaction inside a transaction of the same task would wait for itself")
        async with self._lock:
            self._owner = task
            try:
                yield
            finally:
                self._owner = None

    @contextmanager
    def _full_disk_said(self) -> Iterator[None]:
        """Say in the engine's words that nothing more can be written, once it is rolled back."""
        try:
            yield
        except (DBAPIError, OSError) as error:
            if _is_full(error):
                where = f"{self.path.absolute()}" if self.path else "the database"
                raise StorageFull(f"the disk is full: {where} took no more, and is as it was; make room") from error
            raise


def _is_full(error: DBAPIError | OSError) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    said = getattr(error.orig, "sqlite_errorname", "")
    return said == "SQLITE_FULL" or getattr(error.orig, "sqlstate", "") == POSTGRESQL_DISK_FULL
