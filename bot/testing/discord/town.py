"""Who lives in a world's server and where: accounts, channels, and the direct conversations that are known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.platforms.console.server import ServiceRefuses
from bot.platforms.console.state import BOT
from bot.testing.discord.control import Control
from bot.testing.scenario import slug
from bot.testing.service import Resident, channel, direct

_LOCALES = {"en": "en-US", "es": "es-ES"}
"""What Discord calls languages, where it is not their tag."""


class Town:
    """The world's one server. Empty until `found`."""

    def __init__(self, control: Control, bot: str, languages: Mapping[str, str]) -> None:
        """Use the control API; `bot` is the bot's account, `languages` are residents' by name."""
        self.guild = ""
        self.users: dict[str, str] = {}
        """Accounts by name."""
        self.channels: dict[str, str] = {}
        """Channels by address."""
        self.directs: dict[str, str] = {}
        """Residents' names, by the channel of their direct conversation, as far as that is known."""
        self._control = control
        self._bot = bot
        self._languages = languages

    async def found(self, name: str, residents: Sequence[Resident], channels: Sequence[str]) -> None:
        """Give everybody an account; the first admin makes the server and its channels, and invites everybody."""
        call = self._control.call
        for resident in residents:
            language = self._languages.get(resident.name, "en")
            locale, account = _LOCALES.get(language, language), slug(resident.name) or "member"
            made = await call("user", name=account, locale=locale, display=resident.name)
            self.users[resident.name] = str(made["id"])
        founder = next(resident for resident in residents if resident.admin)
        self.guild = str((await call("guild", name=name, owner=self.users[founder.name]))["id"])
        role = await call("role", guild=self.guild, name="Admin", permissions=["manage_guild"])
        for resident in residents:
            if resident is not founder:
                roles = [role["id"]] if resident.admin else []
                await call("join", guild=self.guild, user=self.users[resident.name], roles=roles)
        for each in channels:
            self.channels[channel(each)] = str((await call("channel", guild=self.guild, name=each))["id"])

    @property
    def names(self) -> Mapping[str, str]:
        """What accounts are called, the bot's included."""
        return {**{user: name for name, user in self.users.items()}, self._bot: BOT}

    def spec(self, address: str, thread: str | None = None) -> dict[str, str]:
        """Return a place as the control API names it. Raises ServiceRefuses for one that is not there."""
        if address.startswith("dm:"):
            return {"dm": self.users[address.removeprefix("dm:")]}
        if address not in self.channels:
            raise ServiceRefuses(f"there is no {address}")
        return {"channel": thread or self.channels[address]}

    async def address(self, channel: str) -> str:
        """Return the address of a channel or direct conversation. Raises KeyError for one that nobody sees."""
        known = next((address for address, id in self.channels.items() if id == channel), None)
        if known is not None:
            return known
        if channel not in self.directs:
            await self._look_for_directs()
        return direct(self.directs[channel])

    async def _look_for_directs(self) -> None:
        for name in self.users.keys() - set(self.directs.values()):
            said: list[dict[str, Any]] = await self.sees(name, direct(name))
            if said:
                self.directs[str(said[0]["channel_id"])] = name

    def readers(self, address: str) -> Sequence[str]:
        """Return the names of those who read a place."""
        return [address.removeprefix("dm:")] if address.startswith("dm:") else list(self.users)

    async def sees(self, name: str, address: str, thread: str | None = None, since: str = "0") -> list[dict[str, Any]]:
        """Return what somebody sees in a place from a message on, oldest first."""
        place = self.spec(address, thread)
        found: list[dict[str, Any]] = await self._control.call("sees", user=self.users[name], place=place, since=since)
        return found

    def typed(self, text: str, address: str) -> str:
        """Return what a client sends for a typed text: names behind an "@" become mentions of those who are there."""
        users = {BOT: self._bot} if address.startswith("dm:") else {BOT: self._bot, **self.users}
        known = {name.casefold(): user for name, user in users.items()}
        names = "|".join(re.escape(name) for name in sorted(users, key=len, reverse=True))
        return re.sub(rf"@({names})(?!\w)", lambda found: f"<@{known[found[1].casefold()]}>", text, flags=re.IGNORECASE)
