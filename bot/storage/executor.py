"""One way to run a statement, over an asynchronous connection or straight in this thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeVar

from sqlalchemy import BindParameter, Connection, CursorResult, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.prepared import prepared

T = TypeVar("T")

# Databases limit the values of one statement (SQLite 32,766, PostgreSQL 32,767).
IN_ONE_STATEMENT = 10_000


def one(name: str) -> BindParameter[Any]:
    """Stand in a statement for a value given when it runs: so statements are built and compiled once."""
    return bindparam(name)


def many(name: str) -> BindParameter[Any]:
    """Stand in an IN for a list of values given when the statement runs."""
    return bindparam(name, expanding=True)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement gave (the engine's `Result`)."""

    rows: Sequence[Any]
    rowcount: int


NO_ROWS = Rows((), 0)


class Executor(Protocol):
    """Runs statements inside one open transaction."""

    async def execute(self, statement: Any, parameters: Any = None) -> Rows:
        """Run a statement once, or once for each of a sequence of parameters (not at all if that is empty)."""
        ...


class AsyncExecutor:
    """Over SQLAlchemy's asynchronous engine: aiosqlite or asyncpg."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work on a connection whose transaction is open."""
        self._connection = connection

    async def execute(self, statement: Any, parameters: Any = None) -> Rows:
        """Run a statement; see `Executor`."""
        if _for_none(parameters):
            return NO_ROWS
        return _rows(await self._connection.execute(statement, parameters))


class InlineExecutor:
    """Straight through the sqlite3 module, in this thread: what the simulated world needs to be fast.

    aiosqlite goes to another thread and back for every statement. It blocks the loop while SQLite works, which is
    microseconds in memory.
    """

    def __init__(self, connection: Connection) -> None:
        """Work on a connection whose transaction is open."""
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection

    async def execute(self, statement: Any, parameters: Any = None) -> Rows:
        """Run a statement; see `Executor`."""
        if _for_none(parameters):
            return NO_ROWS
        known = prepared(statement, parameters)
        if known is None:
            return _rows(self._connection.execute(statement, parameters))
        return Rows(*known.run(self._driver, parameters))


def _for_none(parameters: Any) -> bool:
    return parameters is not None and not parameters and not isinstance(parameters, Mapping)


def _rows(result: CursorResult[Any]) -> Rows:
    if result.returns_rows:
        rows = result.all()
        return Rows(rows, len(rows))
    return Rows((), result.rowcount)


def batches(items: Iterable[T], size: int = IN_ONE_STATEMENT) -> Iterator[list[T]]:
    """Yield the items in lists short enough for the values of one statement; nothing for no items."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
