"""What a platform keeps beside the inbox: small texts by name, in the bot's own database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class PlatformState(Protocol):
    """Durable texts by name, one platform's own. What is secret in them is encrypted before it comes here."""

    async def get(self, key: str) -> str | None:
        """Return what was stored under the name, or None."""
        ...

    async def set(self, key: str, value: str) -> None:
        """Store it durably, instead of what was there."""
        ...

    async def under(self, prefix: str) -> Mapping[str, str]:
        """Return what is stored under names that begin so, by whole name."""
        ...


class MemoryState:
    """The same in memory, for tests and tools that look without changing anything."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.values: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        """Return what was stored under the name, or None."""
        return self.values.get(key)

    async def set(self, key: str, value: str) -> None:
        """Keep it, instead of what was there."""
        self.values[key] = value

    async def under(self, prefix: str) -> Mapping[str, str]:
        """Return what is stored under names that begin so, by whole name."""
        return {key: value for key, value in self.values.items() if key.startswith(prefix)}
