"""`enforce_nonce`: for some minutes, an author's same nonce returns the first message and makes no other."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from tests.platforms.discord.local.clock import ServerClock
from tests.platforms.discord.local.settings import Settings
from tests.platforms.discord.local.state import Message

Key = tuple[int, str]


class Nonces:
    """What each author's nonces made, for as long as the window is."""

    def __init__(self, clock: ServerClock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._made: dict[Key, tuple[datetime, Message]] = {}
        self._order: deque[Key] = deque()

    def seen(self, author_id: int, nonce: str) -> Message | None:
        self._forget()
        found = self._made.get((author_id, nonce))
        return found[1] if found else None

    def remember(self, author_id: int, nonce: str, message: Message) -> None:
        key = (author_id, nonce)
        if key not in self._made:
            self._order.append(key)
        self._made[key] = (self._clock.now(), message)

    def _forget(self) -> None:
        oldest = self._clock.now() - timedelta(seconds=self._settings.nonce_window)
        while self._order and self._made[self._order[0]][0] <= oldest:
            del self._made[self._order.popleft()]
