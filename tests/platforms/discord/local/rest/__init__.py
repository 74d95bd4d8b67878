"""The REST routes under /api/v10, one module a kind of thing."""

from __future__ import annotations

from tests.platforms.discord.local.rest import (
    applications,
    callbacks,
    channels,
    guilds,
    messages,
    reactions,
    threads,
    users,
    webhooks,
)
from tests.platforms.discord.local.routing import Table

_MODULES = (applications, callbacks, channels, guilds, messages, reactions, threads, users, webhooks)


def table() -> Table:
    return Table(route for module in _MODULES for route in module.routes.all)
