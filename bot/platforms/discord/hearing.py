"""What comes in from Discord: which event goes where, and the commands that people are offered."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from bot.model.event import Inbound
from bot.platforms.discord.backfill import Backfill
from bot.platforms.discord.commands import TreeTooLarge, fingerprint, tree
from bot.platforms.discord.directs import Directs
from bot.platforms.discord.ears import Service
from bot.platforms.discord.events import Reading
from bot.platforms.discord.guilds import Guilds
from bot.platforms.discord.interactions import Interactions
from bot.platforms.discord.membership import Membership
from bot.platforms.discord.rest import Rejected
from bot.platforms.discord.rights import Rights

log = logging.getLogger(__name__)

TREE: Final = "commands"
"""Under this name the state keeps the fingerprint of the commands that Discord has."""


class Hearing:
    """The platform's ears (see `Ears`)."""

    def __init__(self, service: Service) -> None:
        """Make the parts."""
        self._service = service
        self.guilds = Guilds(service)
        self.directs = Directs(service)
        rights = Rights(service, self.guilds)
        self.membership = Membership(service, self.guilds, rights, self.directs)
        self.reading = Reading(service, self.guilds, rights, self.directs)
        self.interactions = Interactions(service, self.reading)
        self.backfill = Backfill(service, self.reading)

    async def begin(self, position: str | None) -> None:
        """Take up what was known; how far each conversation was heard is kept by itself."""
        await self.guilds.load()
        await self.directs.load()
        await self.reading.load()

    async def opened(self) -> None:
        """Tell Discord the commands that there are, if they are not those that it was told last."""
        registry, localizer = self._service.registry, self._service.localizer
        if registry is None or localizer is None:
            return
        application = self._service.me.application_id
        try:
            commands = tree(registry.commands.values(), localizer)
            told = f"{application}:{fingerprint(commands)}"
            if await self._service.state.get(TREE) == told:
                return
            where = "/applications/{application_id}/commands"
            await self._service.rest.call("PUT", where, commands, application_id=application)
        except (TreeTooLarge, Rejected) as problem:
            log.critical("Discord can't be told the commands, so it offers those of before: %s", problem)
            return
        await self._service.state.set(TREE, told)
        log.info("told Discord %d commands", len(commands))

    async def hear(self, event: str, data: Mapping[str, Any]) -> None:
        """Take one event. What it raises of TryLater, OutcomeUnknown and StorageFull asks for it again."""
        match event:
            case "READY":
                await self.guilds.ready(data)
                await self.backfill.ready(data)
                self.membership.begin()
            case "MESSAGE_CREATE":
                await self._message(data)
            case "MESSAGE_UPDATE":
                await self._before(data)
                await self._report(await self.reading.edited(data))
            case "MESSAGE_DELETE":
                await self._deleted(data, [str(data["id"])])
            case "MESSAGE_DELETE_BULK":
                await self._deleted(data, [str(id) for id in data["ids"]])
            case "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE":
                removed = event == "MESSAGE_REACTION_REMOVE"
                await self._report(await self.reading.reaction(data, removed=removed))
            case _ if event.startswith(("GUILD_", "CHANNEL_", "THREAD_")):
                await self.guilds.hear(event, data)

    async def interact(self, data: Mapping[str, Any]) -> None:
        """Take an interaction."""
        await self.interactions.take(data)

    async def end(self) -> None:
        """Read nothing more back."""
        await self.membership.end()
        await self.backfill.stop()
        await self.reading.rights.end()

    async def _message(self, data: Mapping[str, Any]) -> None:
        channel, user = str(data["channel_id"]), str(data["author"]["id"])
        direct = not data.get("guild_id") and user != self._service.me.user_id
        if direct:
            await self.directs.met(user, channel)
            await self.backfill.first(channel)
        said = await self.reading.message(data)
        await self._report(said)
        if direct and said is not None:
            await self.directs.hear(channel, said.message_id)

    async def _deleted(self, data: Mapping[str, Any], ids: list[str]) -> None:
        await self._before(data)
        for id in ids:
            gone = await self.reading.deleted(str(data["channel_id"]), id, str(data.get("guild_id") or ""))
            await self._report(gone)

    async def _before(self, data: Mapping[str, Any]) -> None:
        """Handle first what was said before in the same direct conversation."""
        if not data.get("guild_id"):
            await self.backfill.first(str(data["channel_id"]))

    async def _report(self, event: Inbound | None) -> None:
        if event is not None:
            await self._service.report(event)
