"""Members who live on the console's chat service: in memory or in a file, with nothing between them and the bot."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.identity import Account, Identity, Place
from bot.platforms.console.adapter import NAME, ConsolePlatform
from bot.platforms.console.server import ConsoleServer, channel
from bot.testing.service import Resident


class ConsoleService:
    """The `ChatService` over a `ConsoleServer`, which is its own chronicle."""

    differences: Sequence[str] = ()
    """None: what the server has is what members see."""

    def __init__(self, server: ConsoleServer, name: str = NAME) -> None:
        self.server = server
        self.name = name
        self._platform: ConsolePlatform | None = None

    @property
    def chronicle(self) -> ConsoleServer:
        """What members did and saw until now."""
        return self.server

    # --- who is there ---------------------------------------------------------------------------------------

    async def move_in(self, residents: Sequence[Resident], channels: Sequence[str]) -> None:
        """Make accounts and channels."""
        for resident in residents:
            self.server.add_account(resident.name, admin=resident.admin)
        for name in channels:
            self.server.add_channel(name)

    def account(self, name: str) -> Account:
        """Return a resident's account: here it is the name."""
        return Account(Identity(self.name, name), name)

    def place(self, channel_name: str) -> Place:
        """Return where a channel is."""
        return Place(self.name, channel(channel_name))

    @property
    def scopes(self) -> Sequence[str]:
        """The one scope that everybody is in."""
        return (self.name,)

    # --- what members do ------------------------------------------------------------------------------------

    async def say(
        self, by: str, text: str, *, address: str | None = None, thread: str | None = None, act: str | None = None
    ) -> str:
        """Say something; the bot reads it when it is asked whether it `heard`."""
        return self.server.say(by, text, address=address, thread=thread, act=act)

    async def edit(self, by: str, message: str, text: str, *, act: str | None = None) -> None:
        """Change one's own message."""
        self.server.edit(by, message, text, act=act)

    async def delete(self, by: str, message: str, *, act: str | None = None) -> None:
        """Take one's own message back."""
        self.server.delete(by, message, act=act)

    async def react(self, by: str, message: str, emoji: str, *, act: str | None = None) -> None:
        """Put an emoji on a message."""
        self.server.react(by, message, emoji, act=act)

    # --- the bot --------------------------------------------------------------------------------------------

    async def process(self) -> ConsolePlatform:
        """Return the port for a new process of the bot."""
        self._platform = ConsolePlatform(self.server, name=self.name)
        return self._platform

    def cut_off(self) -> None:
        """End the bot's process: it reads no more."""
        self._platform = None

    async def heard(self) -> None:
        """Let the bot read what people did."""
        if self._platform is not None:
            await self._platform.read()

    async def shown(self) -> None:
        """Do nothing: what the bot did was seen as it was done."""
