"""Who is still in which server: without a privileged intent nobody tells when people leave, so it is looked at.

Once a day everybody whom the bot knows to be in a server is looked up there, and at once whoever can't be written to
for want of a common server. https://discord.com/developers/docs/events/gateway#gateway-intents
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, Final

from bot.engine.errors import OutcomeUnknown, TryLater
from bot.model.event import PersonLeft
from bot.model.identity import Account, Identity, Place
from bot.platforms.discord.directs import Directs
from bot.platforms.discord.ears import Service
from bot.platforms.discord.guilds import Guilds
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.rest import Rejected
from bot.platforms.discord.rights import Rights

log = logging.getLogger(__name__)

LOOKED: Final = "members.looked"
"""Under this name the state keeps when everybody was looked up last."""
EVERY: Final = timedelta(days=1)
AGAIN: Final = 3_600.0
"""Seconds between two looks at whether it is time."""
PAUSE: Final = 0.2
"""Seconds between two calls: nobody waits for them, and others have the limit to themselves."""
GONE: Final = frozenset({10007, 10013})
"""Unknown member, unknown user: they are not in the server. Any other refusal is about the bot's own standing there."""


class Membership:
    """Reports who is in a server no more."""

    def __init__(self, service: Service, guilds: Guilds, rights: Rights, directs: Directs) -> None:
        """Work with what is known of servers and people."""
        self._service = service
        self._guilds = guilds
        self._rights = rights
        self._directs = directs
        self._tasks: set[asyncio.Task[None]] = set()
        service.contact.apart = self._apart

    def begin(self) -> None:
        """Look from now on, whenever it is time."""
        if not self._tasks:
            self._start(self._mind())

    async def end(self) -> None:
        """Look no more."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def look(self) -> None:
        """Look everybody up."""
        for user in await self._rights.people():
            await self.look_up(user)

    async def look_up(self, user: str) -> None:
        """Report the servers that somebody is in no more. Raises TryLater."""
        for guild in await self._rights.met_in(user):
            if guild in self._guilds.present() and await self._left(guild, user):
                await self._report(guild, user)
            await asyncio.sleep(PAUSE)

    async def _report(self, guild: str, user: str) -> None:
        log.info("%s has left the server %s", user, guild)
        others = [other for other in self._guilds.present() if other != guild]
        elsewhere = tuple([other for other in others if await self._guilds.has(other, user)])
        author, now = Account(Identity(NAME, user), user), self._service.clock.now()
        id = f"left:{guild}:{user}:{now.isoformat()}"
        await self._service.report(PersonLeft(id, Place(NAME, guild), author, now, guild, elsewhere=elsewhere))
        await self._rights.forget(user, guild)

    async def _left(self, guild: str, user: str) -> bool:
        where = "/guilds/{guild_id}/members/{user_id}"
        try:
            await self._service.rest.call("GET", where, haste=Haste.UNASKED, guild_id=guild, user_id=user)
        except Rejected as refusal:
            return refusal.code in GONE
        return False

    async def _mind(self) -> None:
        while True:
            try:
                now = self._service.clock.now()
                looked = await self._service.state.get(LOOKED)
                if looked is not None and now - datetime.fromisoformat(looked) >= EVERY:
                    await self.look()
                    looked = None
                if looked is None:
                    await self._service.state.set(LOOKED, now.isoformat())
            except (TryLater, OutcomeUnknown) as problem:
                log.warning("who is still in which server could not be looked up: %s", problem)
            except Exception:
                log.exception("who is still in which server could not be looked up")
            await asyncio.sleep(AGAIN)

    def _apart(self, channel: str, user: str) -> None:
        """See which server somebody has left who shares none with the bot."""
        whose = user or self._directs.user(channel)
        if whose:
            self._start(self._looked_up(whose))

    async def _looked_up(self, user: str) -> None:
        try:
            await self.look_up(user)
        except (TryLater, OutcomeUnknown) as problem:
            log.warning("which server %s has left could not be looked up: %s", user, problem)
        except Exception:  # nobody waits for this task, so nobody else would hear of it
            log.exception("which server %s has left could not be looked up", user)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
