"""A local Discord in a process of its own, with a server full of people whose direct conversations are open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from tests.platforms.discord.people import Discord, Place, User
from tests.platforms.discord.process import LocalDiscord


@dataclass(frozen=True, slots=True)
class Direct:
    """Somebody's id, and that of their conversation with the bot."""

    user: str
    channel: str


@dataclass(frozen=True, slots=True)
class Account:
    """What the bot is told of itself, and of those whom it talks to: the administrator is none of the `people`."""

    token: str
    api_base: str
    gateway: str
    guild: str
    admin: Direct
    people: tuple[Direct, ...]


@dataclass(frozen=True)
class Crowded:
    """The server as its people have it, with a channel for all, and its limits enforced."""

    discord: Discord
    account: Account
    general: Place
    admin: User

    def person(self, number: int) -> User:
        """Return somebody of the crowd."""
        return User(self.discord, int(self.account.people[number].user), f"member{number}")


@asynccontextmanager
async def crowded(people: int) -> AsyncIterator[Crowded]:
    """Start the server, and let so many people join. Requests are not checked: that would take longer than they do."""
    server = LocalDiscord("--no-openapi")
    try:
        async with aiohttp.ClientSession() as session:
            discord = await server.world(session, check_requests=False, limits=False)
            admin = await discord.user("ana")
            guild = await discord.guild("Polaris", owner=admin)
            general = await guild.channel("general")
            users = [str(user) for user in await guild.crowd(people)]
            directs = [Direct(user, await _opened(session, discord, user)) for user in [str(admin.id), *users]]
            account = Account(
                discord.token, discord.api_base, discord.gateway, str(guild.id), directs[0], tuple(directs[1:])
            )
            await discord.settings(limits=True)
            yield Crowded(discord, account, general, admin)
    finally:
        server.stop()


async def _opened(session: aiohttp.ClientSession, discord: Discord, user: str) -> str:
    """Return the conversation with somebody: open already, so this tells no more than its id."""
    async with session.post(
        f"{discord.api_base}/users/@me/channels",
        json={"recipient_id": user},
        headers={"Authorization": f"Bot {discord.token}"},
    ) as response:
        response.raise_for_status()
        return str((await response.json())["id"])
