"""What the account is asked beside messages: invitations, and rooms that were upgraded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.engine.errors import OutcomeUnknown, Refused, TryLater
from bot.engine.ports import Clock
from bot.platforms.matrix.calls import Calls
from bot.platforms.matrix.joined import Event, RoomBook
from bot.platforms.matrix.pacing import SlowDown
from bot.platforms.matrix.rooms import Doorkeeper, Successions, follow
from bot.platforms.matrix.state import PlatformState

log = logging.getLogger(__name__)

SUCCESSIONS = "successions"
"""The name under which the state keeps which room follows which."""
TRIES = 20
"""Tries for one invitation whose room can't be reached; it is found again at the next start."""


@dataclass
class Doors:
    """Answers invitations and follows upgrades, as fast as the server lets it."""

    calls: Calls
    book: RoomBook
    doorkeeper: Doorkeeper
    successions: Successions
    state: PlatformState
    clock: Clock
    _tries: dict[str, int] = field(default_factory=dict)

    async def attend(self, invitations: dict[str, Sequence[Event]]) -> datetime | None:
        """Answer what can be answered now, taking it out; return when to come back for those turned down.

        Raises TryLater or OutcomeUnknown when some must be tried again, after all others were answered.
        """
        late: TryLater | OutcomeUnknown | None = None
        for room in list(invitations):
            try:
                await self.doorkeeper.invited(room, list(invitations[room]))
            except SlowDown:
                raise
            except (TryLater, OutcomeUnknown) as problem:
                self._tries[room] = self._tries.get(room, 0) + 1
                if self._tries[room] < TRIES:
                    late = problem
                    continue
                log.error("the invitation to %s is let be: %s", room, problem)
            except Refused as refusal:
                log.warning("the invitation to %s can't be followed: %s", room, refusal)
            invitations.pop(room, None)
            self._tries.pop(room, None)
        await self._follow()
        again = await self.doorkeeper.turn_down(self.clock.now())
        if late is not None:
            raise late
        return again

    async def _follow(self) -> None:
        for room in list(self.book.rooms.values()):
            if room.replacement is None or self.successions.newest(room.id) != room.id:
                continue
            try:
                followed = await follow(self.calls, room, self.successions)
            except Refused as refusal:
                log.info("%s was upgraded, but can't be followed yet: %s", room.id, refusal)
                continue
            if followed is not None:
                await self.state.set(SUCCESSIONS, self.successions.dump())
