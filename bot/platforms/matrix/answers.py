"""The parts of a sync answer, whatever shape a server gives them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.platforms.matrix.joined import Event


def merged(rooms: Mapping[str, Sequence[Event]]) -> Iterator[tuple[str, Event]]:
    """Yield the events of all rooms by their instants, each room's in its own order."""

    def numbered(room: str, events: Sequence[Event]) -> Iterator[tuple[int, str, int, Event]]:
        latest = 0
        for n, event in enumerate(events):
            latest = max(latest, sent_at(event))
            yield latest, room, n, event

    for _, room, _, event in heapq.merge(*(numbered(room, events) for room, events in rooms.items()), key=_order):
        yield room, event


def _order(item: tuple[int, str, int, Event]) -> tuple[int, str, int]:
    return item[:3]


def ours(events: list[Event], me: str) -> list[Event]:
    """Cut off what was said in a room before the bot was invited there."""
    for membership in ("invite", "join"):
        starts = [n for n, event in enumerate(events) if is_own_change(event, me, membership)]
        if starts:
            return events[starts[-1] :]
    return events


def is_own(event: Event, me: str, membership: str) -> bool:
    """Say whether an event makes a user's membership this, or says it again."""
    content = event.get("content")
    return (
        event.get("type") == "m.room.member"
        and event.get("state_key") == me
        and isinstance(content, Mapping)
        and content.get("membership") == membership
    )


def is_own_change(event: Event, me: str, membership: str) -> bool:
    """Say whether the bot's membership became this; a new name is told by a join too."""
    unsigned = event.get("unsigned")
    before = unsigned.get("prev_content") if isinstance(unsigned, Mapping) else None
    return is_own(event, me, membership) and not (
        isinstance(before, Mapping) and before.get("membership") == membership
    )


def is_own_join(event: Event, me: str) -> bool:
    """Say whether an event is the one by which a user came into a room."""
    return is_own_change(event, me, "join")


def section(answer: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    """Return the rooms of an answer of one kind of membership, those that are well-formed."""
    rooms = answer.get("rooms")
    found = rooms.get(name) if isinstance(rooms, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    return {id: part for id, part in found.items() if isinstance(part, Mapping)}


def events_of(holder: Any) -> list[Event]:
    """Return the events that a part of an answer holds, those that are objects at all."""
    events = holder.get("events") if isinstance(holder, Mapping) else None
    return [event for event in events if isinstance(event, Mapping)] if isinstance(events, list) else []


def state_of(part: Mapping[str, Any]) -> list[Event]:
    """Return a room's state in an answer."""
    return events_of(part.get("state"))


def timeline_of(part: Mapping[str, Any]) -> list[Event]:
    """Return a room's timeline in an answer."""
    return events_of(part.get("timeline"))


def limited(part: Mapping[str, Any]) -> bool:
    """Say whether an answer leaves events of a room out."""
    timeline = part.get("timeline")
    return isinstance(timeline, Mapping) and timeline.get("limited") is True and bool(timeline.get("prev_batch"))


def sent_at(event: Event) -> int:
    """Return the instant (ms) that an event says it was sent, 0 if none."""
    at = event.get("origin_server_ts")
    return at if isinstance(at, int) and not isinstance(at, bool) else 0


def latest(answer: Mapping[str, Any]) -> int:
    """Return the instant (ms) of the newest event in an answer."""
    parts = section(answer, "join").values()
    return max((sent_at(event) for part in parts for event in timeline_of(part)), default=0)
