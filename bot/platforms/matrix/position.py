"""How far the account has been read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

REMEMBERED = 60
"""Ids of events reported lately that stand in a position: more than are reported between two stored ones."""


@dataclass(frozen=True, slots=True)
class Position:
    """The server's token, and what was reported from behind it on.

    `number` grows with every stored one, so that of two the newer is known. `latest` is the server's instant (ms) of
    the newest event reported: by it, reading goes on where the server has forgotten the token.
    """

    number: int
    token: str
    latest: int
    seen: tuple[str, ...] = ()

    def behind(self, event_id: str, at: int) -> Position:
        """Return the position behind one more event of the same answer."""
        seen = (*(known for known in self.seen if known != event_id), event_id)[-REMEMBERED:]
        return replace(self, number=self.number + 1, latest=max(self.latest, at), seen=seen)

    def at(self, token: str) -> Position:
        """Return the position behind the whole answer."""
        return replace(self, number=self.number + 1, token=token)

    def text(self) -> str:
        """Return it as it is stored."""
        return json.dumps([self.number, self.token, self.latest, list(self.seen)], separators=(",", ":"))


def newest(stored: Iterable[str | None]) -> Position | None:
    """Return the newest of positions as they were stored; what can't be read counts as not stored."""
    found = [position for text in stored if text and (position := _read(text)) is not None]
    return max(found, key=lambda position: position.number, default=None)


def _read(text: str) -> Position | None:
    try:
        number, token, latest, seen = json.loads(text)
        return Position(int(number), str(token), int(latest), tuple(str(id) for id in seen))
    except (ValueError, TypeError):
        return None
