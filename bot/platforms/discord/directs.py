"""The bot's direct conversations as they are heard: whose each is, and up to which message it was."""

from __future__ import annotations

from typing import Final

from bot.platforms.discord.contact import channel_key
from bot.platforms.discord.ears import Service

HEARD: Final = "heard:"
"""What the names begin with under which the state keeps a conversation's last message."""


class Directs:
    """Direct conversations by their channel."""

    def __init__(self, service: Service) -> None:
        """Keep what was heard in the platform's state."""
        self._service = service
        self._users: dict[str, str] = {}
        self._heard: dict[str, str] = {}

    async def load(self) -> None:
        """Take up which conversations there are, and how far they were heard."""
        opened, heard = channel_key(""), await self._service.state.under(HEARD)
        stored = await self._service.state.under(opened)
        self._users |= {channel: key.removeprefix(opened) for key, channel in stored.items()}
        self._heard |= {key.removeprefix(HEARD): message for key, message in heard.items()}

    async def met(self, user: str, channel: str) -> None:
        """Note that somebody does something in their conversation: it is there, and open."""
        self._users[channel] = user
        await self._service.contact.met(user, channel)

    def user(self, channel: str) -> str | None:
        """Return whose conversation a channel is, or None."""
        return self._users.get(channel)

    def channels(self) -> list[str]:
        """Return all conversations, the one heard last first."""
        return sorted(self._users, key=lambda channel: int(self._heard.get(channel, "0")), reverse=True)

    def heard(self, channel: str) -> str | None:
        """Return the last message that was heard in a conversation, or None."""
        return self._heard.get(channel)

    async def hear(self, channel: str, message: str) -> None:
        """Note that all is handled that was said in a conversation up to a message."""
        if int(message) > int(self._heard.get(channel, "0")):
            self._heard[channel] = message
            await self._service.state.set(HEARD + channel, message)
