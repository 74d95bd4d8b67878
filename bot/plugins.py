"""The installed cogs, found by entry point: ours like everyone's."""

from __future__ import annotations

from importlib.metadata import entry_points

from bot.engine.registry import BadCog
from bot.model.cog import Cog

GROUP = "heliotrope.cogs"


def installed_cogs() -> tuple[Cog, ...]:
    """Return every installed cog, by name; raises BadCog for an entry point that is none."""
    cogs = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        cog = entry.load()
        if not isinstance(cog, Cog):
            raise BadCog(f"entry point {entry.name!r} ({entry.value}) is a {type(cog).__name__}, not a bot.api.Cog")
        cogs.append(cog)
    return tuple(cogs)
