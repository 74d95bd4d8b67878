"""The servers that the bot is in: their channels and roles, and what happens when it is put out of one."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bot.engine.errors import OutcomeUnknown, TryLater
from bot.model.event import PlaceLost, ScopeBack, ScopeGone
from bot.model.identity import Account, Identity, Place
from bot.model.message import catalogue
from bot.platforms.discord.ears import Service
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.naming import NAME, is_id
from bot.platforms.discord.rest import Rejected
from bot.platforms.discord.wanting import THREADS

_, n_ = catalogue("bot")
log = logging.getLogger(__name__)

PRESENT: Final = "guilds"
"""Under this name the state keeps each server's name, and since when the bot is not in it any more."""


@dataclass(slots=True)
class Guild:
    """A server: its name, owner, the permission bits of its roles, and its channels and threads by id."""

    id: str
    name: str = ""
    owner: str = ""
    roles: dict[str, int] = field(default_factory=dict)
    role_names: dict[str, str] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, or a thread in the one that is its parent."""

    id: str
    name: str = ""
    parent: str = ""
    """The channel that a thread is in, "" for what is no thread."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place as the engine names it, and what people call the channel."""

    place: Place
    name: str = ""


class Guilds:
    """What is known of the servers, kept up by the gateway's events."""

    def __init__(self, service: Service) -> None:
        """Know none yet."""
        self._service = service
        self._guilds: dict[str, Guild] = {}
        self._present: dict[str, dict[str, str]] = {}

    async def load(self) -> None:
        """Take up which servers there were."""
        self._present = json.loads(await self._service.state.get(PRESENT) or "{}")

    def serves(self, guild: str) -> bool:
        """Say whether the bot is to do anything in a server."""
        chosen = self._service.settings.guilds
        return not chosen or guild in chosen

    def present(self) -> list[str]:
        """Return the servers that the bot is in."""
        return [id for id, kept in self._present.items() if not kept["gone"]]

    def name(self, guild: str) -> str:
        """Return what people call a server, "" for one that is not known."""
        known = self._guilds.get(guild)
        return (known.name if known is not None else "") or self._present.get(guild, {}).get("name", "")

    async def named(self, guild: str) -> str:
        """Return what people call a server that may not have been heard of yet; "" where that can't be found out."""
        name = self.name(guild)
        if name:
            return name
        try:
            known = await self.guild(guild)
        except (TryLater, OutcomeUnknown):
            return ""
        return known.name if known is not None else ""

    def channel_name(self, guild: str, channel: str) -> str | None:
        """Return what people call a channel of a server, or None."""
        known = self._guilds.get(guild)
        found = known.channels.get(channel) if known is not None else None
        return found.name if found is not None else None

    def role_name(self, guild: str, role: str) -> str | None:
        """Return what people call a role of a server, or None."""
        known = self._guilds.get(guild)
        return known.role_names.get(role) if known is not None else None

    async def guild(self, id: str) -> Guild | None:
        """Return a server with its roles; None where the bot is not in it. Raises TryLater."""
        if id not in self._guilds or not self._guilds[id].owner:  # of some only a channel has been heard of
            try:
                self._take(await self._service.rest.call("GET", "/guilds/{guild_id}", haste=Haste.ASKED, guild_id=id))
            except Rejected:
                return None
        return self._guilds[id]

    async def has(self, guild: str, user: str) -> bool:
        """Return whether somebody is in a server; where Discord can't be asked now, whether they may be."""
        where = "/guilds/{guild_id}/members/{user_id}"
        try:
            await self._service.rest.call("GET", where, haste=Haste.ASKED, guild_id=guild, user_id=user)
        except Rejected:
            return False
        except (TryLater, OutcomeUnknown):
            return True
        return True

    async def where(self, guild: str, channel: str, shown: Mapping[str, Any] | None = None) -> Where | None:
        """Return the place that a channel or thread of a server is; None for one that is not there.

        `shown` is the channel as an event has it. Raises TryLater where Discord must be asked and can't be.
        """
        known = self._guilds.setdefault(guild, Guild(guild)).channels
        if shown is not None and "type" in shown:
            self._channel(guild, shown)
        if channel not in known:
            try:
                self._channel(guild, await self._read(channel))
            except Rejected:
                return None
        found = known[channel]
        if not found.parent:
            return Where(Place(NAME, channel), found.name)
        parent = known.get(found.parent)
        return Where(Place(NAME, found.parent, channel), parent.name if parent is not None else "")

    async def _read(self, channel: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = await self._service.rest.call(
            "GET", "/channels/{channel_id}", haste=Haste.ASKED, channel_id=channel
        )
        return found

    # --- what happens -------------------------------------------------------------------------------------------

    async def ready(self, data: Mapping[str, Any]) -> None:
        """Compare the servers of a session that begins with those that there were: the bot may have been put out."""
        there = {str(guild["id"]) for guild in data.get("guilds", ())}
        shard, shards = data.get("shard") or (0, 1)
        for id in self.present():
            if id not in there and (int(id) >> 22) % shards == shard:
                await self._gone(id)

    async def hear(self, event: str, data: Mapping[str, Any]) -> None:
        """Take an event about a server, its roles, channels or threads."""
        guild = str(data.get("guild_id") or data.get("id", ""))
        if not is_id(guild) or not self.serves(guild):
            return
        match event:
            case "GUILD_CREATE" if not data.get("unavailable"):
                self._take(data)
                await self._here(guild)
            case "GUILD_UPDATE":
                self._take(data)
            case "GUILD_DELETE" if not data.get("unavailable"):
                await self._gone(guild)
            case "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE":
                self._channel(guild, data)
            case "THREAD_LIST_SYNC":
                for thread in data.get("threads", ()):
                    self._channel(guild, thread)
            case "CHANNEL_DELETE":
                await self._channel_gone(guild, data)
            case "THREAD_DELETE":
                self._guilds.get(guild, Guild(guild)).channels.pop(str(data["id"]), None)
            case "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE":
                self._role(self._guilds.setdefault(guild, Guild(guild)), data["role"])
            case "GUILD_ROLE_DELETE":
                await self._role_gone(guild, str(data["role_id"]))

    def _take(self, data: Mapping[str, Any]) -> None:
        """Take a server as an event or the API shows it; channels only come with GUILD_CREATE."""
        id = str(data["id"])
        before = self._guilds.get(id, Guild(id))
        guild = Guild(id, str(data.get("name", "")), str(data.get("owner_id", "")), channels=before.channels)
        for role in data.get("roles", ()):
            self._role(guild, role)
        self._guilds[id] = guild
        for channel in (*data.get("channels", ()), *data.get("threads", ())):
            self._channel(id, channel)

    def _role(self, guild: Guild, role: Mapping[str, Any]) -> None:
        guild.roles[str(role["id"])] = int(role["permissions"])
        guild.role_names[str(role["id"])] = str(role["name"])

    def _channel(self, guild: str, shown: Mapping[str, Any]) -> None:
        parent = str(shown.get("parent_id") or "") if shown.get("type") in THREADS else ""
        known = self._guilds.setdefault(guild, Guild(guild)).channels
        known[str(shown["id"])] = Channel(str(shown["id"]), str(shown.get("name") or ""), parent)

    async def _channel_gone(self, guild: str, data: Mapping[str, Any]) -> None:
        id = str(data["id"])
        known = self._guilds.setdefault(guild, Guild(guild)).channels
        name = str(data.get("name") or (known[id].name if id in known else ""))
        for gone in [each.id for each in known.values() if id in (each.id, each.parent)]:
            del known[gone]
        now = self._service.clock.now()
        lost = PlaceLost(f"lost:{id}", Place(NAME, id), self._me(), now, guild, place_name=name)
        await self._service.report(lost)

    async def _role_gone(self, guild: str, role: str) -> None:
        known = self._guilds.setdefault(guild, Guild(guild))
        name = known.role_names.pop(role, role)
        known.roles.pop(role, None)
        if role in self._service.settings.admin_roles:
            told = _(
                "The role {role} that discord.admin_roles names was deleted in {server}: it makes nobody an admin now."
                " Whoever may manage the server still is one.",
                role=name,
                server=known.name or guild,
            )
            await self._service.tell(f"discord:role:{role}", told)

    # --- being put out ------------------------------------------------------------------------------------------

    async def _here(self, guild: str) -> None:
        kept = self._present.get(guild, {"name": "", "gone": ""})
        if kept["gone"]:
            now = self._service.clock.now()
            id = f"back:{guild}:{kept['gone']}"
            await self._service.report(ScopeBack(id, Place(NAME, guild), self._me(), now, guild))
        await self._note(guild, None)

    async def _gone(self, guild: str) -> None:
        if self._present.get(guild, {}).get("gone"):
            return
        now = self._service.clock.now()
        until = now + timedelta(days=self._service.settings.removed_kept_days)
        id = f"gone:{guild}:{now.isoformat()}"
        await self._service.report(ScopeGone(id, Place(NAME, guild), self._me(), now, guild, until=until))
        await self._note(guild, now)
        self._guilds.pop(guild, None)

    async def _note(self, guild: str, gone: datetime | None) -> None:
        noted = {"name": self.name(guild), "gone": gone.isoformat() if gone is not None else ""}
        if self._present.get(guild) != noted:
            self._present[guild] = noted
            await self._service.state.set(PRESENT, json.dumps(self._present))

    def _me(self) -> Account:
        me = self._service.me
        return Account(Identity(NAME, me.user_id), me.name)
