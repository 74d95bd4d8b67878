"""What is known of the directory without asking the database again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

from bot.model.identity import MemberId
from bot.storage.executor import Executor, batches

T = TypeVar("T")

_UNKNOWN = object()


class Cache:
    """What was read of the directory, by kind and id; emptied when it holds more than one process should."""

    LIMIT = 50_000

    def __init__(self) -> None:
        """Know nothing."""
        self._values: dict[tuple[str, Any], Any] = {}

    def get(self, kind: str, id: Any) -> Any:
        """Return what is known, or `_UNKNOWN`."""
        return self._values.get((kind, id), _UNKNOWN)

    def put(self, kind: str, id: Any, value: Any) -> None:
        """Remember a value."""
        if len(self._values) >= self.LIMIT:
            self._values.clear()
        self._values[kind, id] = value


class CachedRows:
    """Reads through the cache (see `Database` on why that is safe); a write forgets all of it."""

    def __init__(self, executor: Executor, cache: Cache) -> None:
        """Work through an executor whose transaction is open."""
        self._execute = executor.execute
        self._cache = cache
        self.wrote = False
        """Whether this transaction changed the directory."""

    def forget(self) -> None:
        """Note that the directory is changed by other statements than these."""
        self._changed()

    def _changed(self) -> None:
        """Forget all, in a cache that only this transaction sees."""
        self._cache = Cache()
        self.wrote = True

    async def _cached(self, kind: str, id: Any, read: Callable[[], Awaitable[T]]) -> T:
        value = self._cache.get(kind, id)
        if value is _UNKNOWN:
            value = await read()
            self._cache.put(kind, id, value)
        return value  # type: ignore[no-any-return]  # what `read` gave, now or earlier

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return (await self._execute(statement, values)).rows

    async def _each(
        self, kind: str, ids: Iterable[MemberId], statement: Any, read: Callable[[Any], dict[int, Any]], nothing: Any
    ) -> dict[MemberId, Any]:
        """Return what is known or read of each id; `nothing` stands for ids without rows, None leaves them out."""
        wanted = list(dict.fromkeys(ids))
        found = {id: self._cache.get(kind, id) for id in wanted}
        missing = [id for id in wanted if found[id] is _UNKNOWN]
        for batch in batches(missing):
            values = read(await self._rows(statement, ids=batch))
            for id in batch:
                found[id] = values.get(id, nothing)
                if found[id] is None:
                    del found[id]
                else:
                    self._cache.put(kind, id, found[id])
        return found
