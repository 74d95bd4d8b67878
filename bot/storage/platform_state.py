"""What a platform remembers between runs, by key."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from bot.storage.database import Database
from bot.storage.tables import PLATFORM_STATE

_OF = PLATFORM_STATE.c


class StoredState:
    """One platform's keys and values, each change durable by itself. Call it outside of transactions."""

    def __init__(self, database: Database, platform: str) -> None:
        """Keep them in this database, under the platform's name."""
        self._database = database
        self._platform = platform

    async def get(self, key: str) -> str | None:
        """Return the value that was set last, or None."""
        mine = select(_OF.value).where(_OF.platform == self._platform, _OF.key == key)
        async with self._database.reading() as stores:
            rows = (await stores.execute(mine)).rows
        return str(rows[0].value) if rows else None

    async def under(self, prefix: str) -> Mapping[str, str]:
        """Return the values of the keys that begin so."""
        mine = select(_OF.key, _OF.value).where(
            _OF.platform == self._platform, _OF.key.startswith(prefix, autoescape=True)
        )
        async with self._database.reading() as stores:
            return {row.key: row.value for row in (await stores.execute(mine)).rows}

    async def set(self, key: str, value: str) -> None:
        """Store a value instead of the one before."""
        async with self._database.transaction() as stores:
            await stores.execute(delete(PLATFORM_STATE).where(_OF.platform == self._platform, _OF.key == key))
            await stores.execute(insert(PLATFORM_STATE).values(platform=self._platform, key=key, value=value))
