"""Which of the members' doings the bot is told of on Discord, by the ids of the events that tell it.

While the bot does not run nobody tells it anything. When it runs again it reads back what was said in direct
conversations, and looks at what it had been told: each thing as it stands by then. What was said in channels
meanwhile, and reactions, it never gets to know.
"""

from __future__ import annotations

from datetime import datetime

from bot.engine.ports import Clock
from bot.platforms.discord.events import IN_DIRECT, in_server


class Doings:
    """What is still to be told, and when each thing was done."""

    def __init__(self, clock: Clock) -> None:
        """Take the world's clock."""
        self.at: dict[str, datetime] = {}
        """The instant of each doing, by its event's id."""
        self.untold: set[str] = set()
        """The ids of events that the bot is yet to be told of."""
        self._clock = clock
        self._said: dict[str, str] = {}
        """The event by which each message was told, or is to be, by the message's id."""

    def said(self, message: str, channel: str, guild: str, author: str) -> None:
        """Note what is told: what was said in a direct conversation (no guild), or in a server with a mention."""
        event = in_server(message, channel, guild, author) if guild else f"{IN_DIRECT}{message}:{channel}"
        self._said[message] = event
        self._expect(event)

    def edited(self, message: str, edited_at: str) -> None:
        """Note that a message has another text; of one that is yet to be told, that is the text that is told."""
        if self._tells(message):
            self._forget(f"e:{message}:")
            self._expect(f"e:{message}:{edited_at}")

    def deleted(self, message: str) -> None:
        """Note that a message is gone; of one that is yet to be told, nothing is told any more."""
        if self._tells(message):
            self._forget(f"e:{message}:")
            self._expect(f"d:{message}")
        elif message in self._said:
            self.untold.discard(self._said.pop(message))

    def reacted(self, message: str, user: str, emoji: str) -> None:
        """Note an emoji on one of the bot's messages."""
        self._expect(f"r:{message}:{user}:{emoji}:{self._clock.now().isoformat()}")

    def _tells(self, message: str) -> bool:
        """Say whether the bot was told of a message before, so that it is told what becomes of it."""
        return message in self._said and self._said[message] not in self.untold

    def _expect(self, event: str) -> None:
        self.at[event] = self._clock.now()
        self.untold.add(event)

    def _forget(self, prefix: str) -> None:
        self.untold = {event for event in self.untold if not event.startswith(prefix)}
