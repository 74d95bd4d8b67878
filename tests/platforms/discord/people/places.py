"""Servers, channels, roles: what tests set up around people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tests.platforms.discord.people.person import User
    from tests.platforms.discord.people.world import Discord

Who: TypeAlias = "User | Role | str"
"""A user, a role, "everyone", or "bot" (the bot itself)."""


@dataclass(frozen=True)
class Place:
    """A channel, a thread or a DM: `spec` is what the control API calls it."""

    server: Discord = field(repr=False, compare=False)
    spec: Mapping[str, str]
    name: str = ""

    @property
    def id(self) -> int:
        """The channel's id; a DM's own is in the messages (`channel_id`)."""
        return int(self.spec["channel"])

    async def delete(self) -> None:
        """Delete the channel or thread."""
        await self.server.call("delete_channel", channel=str(self.id))

    async def archive(self, locked: bool = False) -> None:
        """Close a thread."""
        await self.server.call("archive", channel=str(self.id), locked=locked)

    async def lock(self, locked: bool = True) -> None:
        """Lock or unlock a thread."""
        await self.server.call("lock", channel=str(self.id), locked=locked)

    async def allow(self, who: Who, *permissions: str) -> None:
        """Overwrite for a role, a user, "everyone" or "bot" (its own): allowed here."""
        await self.server.call("overwrite", channel=str(self.id), who=_who(who), allow=permissions)

    async def deny(self, who: Who, *permissions: str) -> None:
        """The same, denied; each call replaces the overwrite."""
        await self.server.call("overwrite", channel=str(self.id), who=_who(who), deny=permissions)


@dataclass(frozen=True)
class Role:
    server: Discord = field(repr=False, compare=False)
    guild: Guild = field(repr=False)
    id: int
    name: str

    async def change(self, *permissions: str) -> None:
        """Give it these permissions in place of its own."""
        await self.server.call("change_role", guild=str(self.guild.id), role=str(self.id), permissions=permissions)

    async def delete(self) -> None:
        await self.server.call("delete_role", guild=str(self.guild.id), role=str(self.id))


@dataclass(frozen=True)
class Guild:
    server: Discord = field(repr=False, compare=False)
    id: int
    name: str
    owner: User

    async def channel(self, name: str, kind: int = 0) -> Place:
        """Make a text channel (5: announcements, 15: forum)."""
        made = await self.server.call("channel", guild=str(self.id), name=name, kind=kind)
        return Place(self.server, {"channel": made["id"]}, name)

    async def role(self, name: str, *permissions: str) -> Role:
        made = await self.server.call("role", guild=str(self.id), name=name, permissions=permissions)
        return Role(self.server, self, int(made["id"]), name)

    async def join(self, user: User, *roles: Role, admin: bool = False, nick: str | None = None) -> None:
        """Let somebody join; `admin` with a role that has Manage Server."""
        if admin:
            roles = (*roles, await self.role("Admin", "manage_guild"))
        ids = [str(each.id) for each in roles]
        await self.server.call("join", guild=str(self.id), user=str(user.id), roles=ids, nick=nick)

    async def leave(self, user: User) -> None:
        await self.server.call("leave", guild=str(self.id), user=str(user.id))

    async def give(self, user: User, *roles: Role) -> None:
        await self.server.call("change_member", guild=str(self.id), user=str(user.id), add=[str(r.id) for r in roles])

    async def take(self, user: User, *roles: Role) -> None:
        await self.server.call(
            "change_member", guild=str(self.id), user=str(user.id), remove=[str(r.id) for r in roles]
        )

    async def allow_command(self, command: str, who: User | Role) -> None:
        """As admins do under Integrations: let them use a command whatever its default permissions say."""
        await self.server.call("allow_command", guild=str(self.id), command=command, who=str(who.id))

    async def take_permissions(self, *permissions: str) -> None:
        """Take permissions away from the bot in the whole server (from everyone, and from its own role)."""
        await self.server.call("take_permissions", guild=str(self.id), permissions=permissions)

    async def change_bot(self, *permissions: str) -> None:
        """Give the bot's own role these permissions in place of its own."""
        await self.server.call("change_role", guild=str(self.id), role="bot", permissions=permissions)

    async def change_everyone(self, *permissions: str) -> None:
        await self.server.call("change_role", guild=str(self.id), role="everyone", permissions=permissions)

    async def remove_bot(self) -> None:
        await self.server.call("remove_bot", guild=str(self.id))

    async def add_bot(self, *permissions: str) -> None:
        """Invite the bot, its role with these permissions beyond what everyone has."""
        await self.server.call("add_bot", guild=str(self.id), permissions=permissions)

    async def crowd(self, count: int, prefix: str = "member") -> list[int]:
        """Let so many people join at once, each with their DM channel open already; return their ids. For benches."""
        made = await self.server.call("crowd", guild=str(self.id), count=count, prefix=prefix)
        return [int(each) for each in made]

    async def outage(self, down: bool = True) -> None:
        await self.server.call("outage", guild=str(self.id), down=down)


def _who(who: Who) -> str:
    return who if isinstance(who, str) else str(who.id)
