"""A server on the local Discord with a bot and a team in it, as most tests of the whole bot begin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.model.people import Member
from tests.platforms.discord.people import Discord, Guild, Place, Seen, User
from tests.platforms.discord.running import RunningBot, running


@dataclass
class Atlas:
    """Ana administers the server, Bo is in it as "Bo Smith"; both are in the team Atlas, which has a standup."""

    discord: Discord
    bot: RunningBot
    guild: Guild
    general: Place
    ana: User
    bo: User

    async def says(self, words: str, **options: Any) -> Seen:
        """Ana uses a command in the channel, and reads the answer."""
        return await (await self.ana.slash(words, self.general, options)).answer()

    async def asks(self) -> tuple[Seen, Seen]:
        """Ask the team now; return the prompts that Ana and Bo get."""
        await self.says("standup now", team="Atlas")
        return await self.ana.reads("Atlas update"), await self.bo.reads("Atlas update")

    async def member(self, user: User) -> Member:
        """Return who somebody is to the bot."""
        async with self.bot.transaction() as tx:
            for workspace in await tx.stores.directory.workspaces():
                for member in await tx.people.members_of_workspace(workspace.id):
                    accounts = (await tx.people.identities([member.id]))[member.id]
                    if any(account.account == str(user.id) for account in accounts):
                        return member
        raise LookupError(f"{user.name} is no member")

    async def entries(self, user: User) -> list[str]:
        """Return what stands in the journal of somebody."""
        member = await self.member(user)
        async with self.bot.transaction() as tx:
            return [entry.text for entry in await tx.journal.entries(authors=[member.id]) if entry.text]


@asynccontextmanager
async def atlas(discord: Discord, *, team: bool = True, **settings: Any) -> AsyncIterator[Atlas]:
    """Set the server, its people and its team up; with `team` false there is none yet."""
    ana, bo = await discord.user("ana"), await discord.user("bo")
    guild = await discord.guild("Polaris", owner=ana)
    general = await guild.channel("general")
    await guild.join(bo, nick="Bo Smith")
    async with running(discord, **settings) as bot:
        await discord.connected()
        made = Atlas(discord, bot, guild, general, ana, bo)
        if team:
            await made.says("team create", name="Atlas")
            await made.says("team add", team="Atlas", member=bo)
            await made.says("standup create", team="Atlas", at="09:30")
        yield made
