"""Where people took back what the bot's messages quote: no earlier version of those may say it still.

An edit leaves what was there before it: whoever is in a room may read every version of a message, and the server
keeps them all. So an edit that carries out a deletion redacts all edits before it. The event that the message was
first sent as can't be redacted without the message: where it says anything that the new version does not, it is
redacted all the same, and the new version goes out as a message of its own, in the same thread, notifying nobody.
People lose the message's place in the timeline then, not more: the engine goes on to name it by its first id, and
what people do with the new one is told as done with the first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.platforms.matrix.state import PlatformState

MOVES = "moves"
"""The name under which the state keeps them."""
KEPT = 2_000
"""Moves that are remembered, the newest; an edit of a message that moved before them is refused as of one deleted."""


@dataclass(frozen=True, slots=True)
class Move:
    """One message took the place of another, under the key of the change that did it.

    `left` are the events that are still to be redacted for it.
    """

    to: str
    key: str
    left: tuple[str, ...] = ()


class Moves:
    """All of them, by the id that the message had at first; stored at every step."""

    def __init__(self, state: PlatformState) -> None:
        """Keep them in the state; `load` first."""
        self._state = state
        self._moves: dict[str, Move] = {}
        self._first: dict[str, str] = {}

    async def load(self) -> None:
        """Read what was kept."""
        kept = json.loads(await self._state.get(MOVES) or "{}")
        self._moves = {first: Move(move["to"], move["key"], tuple(move["left"])) for first, move in kept.items()}
        self._first = {move.to: first for first, move in self._moves.items()}

    def newest(self, message_id: str) -> str:
        """Return the message that is shown in a message's place now."""
        move = self._moves.get(message_id)
        return message_id if move is None else move.to

    def first(self, message_id: str) -> str:
        """Return the id by which the engine knows a message."""
        return self._first.get(message_id, message_id)

    def by(self, message_id: str, key: str) -> Move | None:
        """Return the move of a message that a change made, if it did."""
        move = self._moves.get(message_id)
        return move if move is not None and move.key == key else None

    async def note(self, message_id: str, move: Move) -> None:
        """Store a move, before anything is redacted for it."""
        before = self._moves.pop(message_id, None)
        if before is not None:
            self._first.pop(before.to, None)
        self._moves[message_id] = move
        self._first[move.to] = message_id
        while len(self._moves) > KEPT:
            forgotten = self._moves.pop(next(iter(self._moves)))
            self._first.pop(forgotten.to, None)
        await self._store()

    async def settled(self, message_id: str) -> None:
        """Store that all was redacted."""
        self._moves[message_id] = replace(self._moves[message_id], left=())
        await self._store()

    async def _store(self) -> None:
        await self._state.set(MOVES, json.dumps({first: asdict(move) for first, move in self._moves.items()}))


def says_more(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """Say whether a content shows anything, a line or a file, that a newer one does not; None can't be read."""
    if before is None or before.get("msgtype") != after.get("msgtype"):
        return True
    return not _shown(before) <= _shown(after)


def _shown(content: Mapping[str, Any]) -> set[str]:
    file = content.get("file")
    address = file.get("url") if isinstance(file, Mapping) else content.get("url")
    lines = {line.strip() for line in str(content.get("body", "")).split("\n")}
    return (lines | {str(address)} if address else lines) - {""}


def edits_among(events: object, sender: str) -> Sequence[Mapping[str, Any]]:
    """Return the events of an account in an answer about a message's edits, whatever shape it has."""
    listed = events if isinstance(events, list) else []
    return [event for event in listed if isinstance(event, Mapping) and event.get("sender") == sender]
