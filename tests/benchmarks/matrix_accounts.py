"""What the bot and its peer are told of their accounts; it imports nothing, so that memory can be compared."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "pw"
PASSPHRASE = "a passphrase that nobody else has"


@dataclass(frozen=True, slots=True)
class Room:
    """A room of an account: a direct conversation where one other person is in it."""

    id: str
    people: tuple[str, ...]
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Account:
    """A user for a bot, logged in nowhere, in rooms that everybody has joined."""

    url: str
    user_id: str
    rooms: tuple[Room, ...]

    def direct(self, *kinds: bool) -> list[Room]:
        """Return the direct conversations that are encrypted (True), those that are not (False), or both."""
        return [room for room in self.rooms if len(room.people) == 1 and room.encrypted in kinds]


@dataclass(frozen=True, slots=True)
class Spent:
    """What sending so many messages took: seconds, and seconds of the sending process's processor."""

    messages: int
    seconds: float
    busy: float
