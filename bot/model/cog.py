"""A cog: the plugin that adds one feature, declared as data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Cog:
    """What a plugin brings, by name.

    `commands`: handlers decorated with `@command`, called with a `Call` and the converted parameters.
    `jobs`: by name, `async def (tx, due: Sequence[Timer])`, called with the timers of that job that are due.
    `listeners`: by event type, `async def (tx, event)`, called in the transaction that raised the event.
    `conversations`: by kind, `async def (tx, conversation, said) -> Message | None`, called when the member answers.
    `tables`: the cog's own SQLAlchemy `MetaData`, and `migrations` the package of its Alembic versions.
    `domain` is the catalogue; by default the cog's name.
    """

    name: str
    commands: Sequence[Handler] = ()
    jobs: Mapping[str, Handler] = field(default_factory=dict)
    listeners: Mapping[type, Handler] = field(default_factory=dict)
    conversations: Mapping[str, Handler] = field(default_factory=dict)
    tables: Any = None
    migrations: str | None = None
    domain: str = ""
    summary: str = ""
    """What it adds, one English catalogue sentence for help."""

    @property
    def catalogue(self) -> str:
        """The catalogue's domain."""
        return self.domain or self.name
