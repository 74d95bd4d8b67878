"""Who may administer a server: by the rights that Discord tells with what they do, or by a role the operator chose.

What is told in a server is kept, for in direct conversations nobody tells. Before an administrators' command is
used there, it is looked up.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.engine.errors import OutcomeUnknown, TryLater
from bot.platforms.discord.ears import Service
from bot.platforms.discord.guilds import Guild, Guilds
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.rest import Rejected

log = logging.getLogger(__name__)

ADMINISTRATOR: Final = 1 << 3
MANAGE_GUILD: Final = 1 << 5
FRESH: Final = timedelta(minutes=1)
"""How long a right that was looked up counts without another look."""
MOST_LOOKED_UP: Final = 10
"""Servers that are asked about somebody who is not known to administer any."""


def may_administer(permissions: int, roles: Iterable[str], chosen: Collection[str]) -> bool:
    """Say whether permission bits or roles make an administrator; `chosen` are the roles that the operator named."""
    return bool(permissions & (ADMINISTRATOR | MANAGE_GUILD)) or not set(chosen).isdisjoint(roles)


def permissions(user: str, roles: Iterable[str], guild: Guild) -> int:
    """Return somebody's permission bits in a server, apart from any channel."""
    if user == guild.owner:
        return ADMINISTRATOR
    bits = 0
    for id in (guild.id, *roles):
        bits |= guild.roles.get(id, 0)
    return bits


class Rights:
    """What is known of who administers which server."""

    def __init__(self, service: Service, guilds: Guilds) -> None:
        """Keep it in the platform's state."""
        self._service = service
        self._guilds = guilds
        self._known: dict[str, dict[str, bool]] = {}
        self._looked: dict[str, tuple[datetime, tuple[str, ...]]] = {}
        self._writing: set[asyncio.Task[None]] = set()

    async def by_member(self, user: str, guild: str, member: Mapping[str, Any]) -> bool:
        """Return whether a member of a server, as an event shows them, administers it, and keep that."""
        roles = [str(role) for role in member.get("roles", ())]
        if "permissions" in member:
            bits = int(member["permissions"])
        else:
            known = await self._guilds.guild(guild)
            bits = permissions(user, roles, known) if known is not None else 0
        admin = may_administer(bits, roles, self._service.settings.admin_roles)
        await self._keep(user, {guild: admin})
        return admin

    async def kept(self, user: str) -> tuple[str, ...]:
        """Return the servers that somebody administers, as was last told."""
        return tuple(sorted(guild for guild, admin in (await self._of(user)).items() if admin))

    async def met(self, user: str, guild: str) -> None:
        """Note that somebody is in a server, whatever they may do there."""
        if guild not in await self._of(user):
            await self._keep(user, {guild: False})

    async def people(self) -> list[str]:
        """Return everybody of whom a server is known that they are in."""
        stored = await self._service.state.under(_key(""))
        return sorted({*self._known, *(key.removeprefix(_key("")) for key in stored)})

    async def met_in(self, user: str) -> tuple[str, ...]:
        """Return the servers that somebody is in, as far as is known."""
        return tuple(sorted(await self._of(user)))

    async def forget(self, user: str, guild: str) -> None:
        """Note that somebody is in a server no more."""
        known = await self._of(user)
        if known.pop(guild, None) is not None:
            self._looked.pop(user, None)
            await self._service.state.set(_key(user), json.dumps(known))

    async def looked_up(self, user: str) -> tuple[str, ...]:
        """Return the servers that somebody administers now; as was last told, where Discord can't be asked."""
        now = self._service.clock.now()
        looked = self._looked.get(user)
        if looked is not None and now - looked[0] < FRESH:
            return looked[1]
        known = await self._of(user)
        asked = list(known) if any(known.values()) else list({*known, *self._guilds.present()[:MOST_LOOKED_UP]})
        try:
            answers = await asyncio.gather(*(self._look(user, guild) for guild in asked))
        except (TryLater, OutcomeUnknown) as problem:
            log.warning("who administers what could not be looked up: %s", problem)
            return await self.kept(user)
        await self._keep(user, dict(zip(asked, answers, strict=True)))
        found = await self.kept(user)
        self._looked[user] = (now, found)
        return found

    async def _look(self, user: str, guild: str) -> bool:
        known = await self._guilds.guild(guild)
        if known is None:
            return False
        where = "/guilds/{guild_id}/members/{user_id}"
        try:
            member = await self._service.rest.call("GET", where, haste=Haste.ASKED, guild_id=guild, user_id=user)
        except Rejected:
            return False
        roles = [str(role) for role in member.get("roles", ())]
        return may_administer(permissions(user, roles, known), roles, self._service.settings.admin_roles)

    async def _of(self, user: str) -> dict[str, bool]:
        known = self._known.get(user)
        if known is None:
            known = self._known[user] = json.loads(await self._service.state.get(_key(user)) or "{}")
        return known

    async def _keep(self, user: str, told: Mapping[str, bool]) -> None:
        known = await self._of(user)
        if any(known.get(guild) != admin for guild, admin in told.items()):
            known.update(told)
            self._looked.pop(user, None)
            # Not waited for: somebody may be waiting for an answer, and it is told again soon enough.
            writing = asyncio.create_task(self._service.state.set(_key(user), json.dumps(known)))
            self._writing.add(writing)
            writing.add_done_callback(self._written)

    def _written(self, writing: asyncio.Task[None]) -> None:
        self._writing.discard(writing)
        if not writing.cancelled() and (problem := writing.exception()) is not None:
            log.warning("who administers what could not be stored: %s", problem)

    async def end(self) -> None:
        """Wait for what is being stored."""
        await asyncio.gather(*self._writing, return_exceptions=True)


def _key(user: str) -> str:
    return f"rights:{user}"
