"""A chronicle of what members did and saw on a service that keeps none in our words: records, and what they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.engine.ports import Clock
from bot.platforms.console.log import Log, Record
from bot.platforms.console.state import Standing, State, apply


class Observations:
    """The `Chronicle` in memory. `note` keeps a record of a kind that `bot.platforms.console.server` lists."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nothing; records are of the clock's instant."""
        self.log = Log()
        self._clock = clock
        self._state = State()

    @property
    def messages(self) -> Mapping[str, Standing]:
        """Every message as it stands now, by id."""
        return self._state.messages

    def done(self, act: str) -> str | None:
        """Return the id of the message that a member's act was about, or None if it is undone."""
        return self._state.acts.get(act)

    def said_by(self, name: str) -> Sequence[str]:
        """Return the ids of what a member said, oldest first."""
        return self._state.said.get(name, [])

    def last_from_bot(self, address: str) -> str | None:
        """Return the id of the bot's newest message in a conversation or channel."""
        return self._state.last_from_bot.get(address)

    def note(self, kind: str, data: Mapping[str, Any]) -> Record:
        """Keep that something happened now."""
        record = self.log.append(self._clock.now(), kind, data)
        apply(self._state, record)
        return record

    def where(self, message: str) -> dict[str, Any]:
        """Return what a record says of an earlier message: where it is, and which. Raises KeyError."""
        known = self.messages[message]
        return {"address": known.address, "thread": known.thread, "message": message}
