"""What the bot knows of the rooms it is in: who is there, what they may do, and whether it is encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]

KEPT = frozenset(
    {
        "m.room.create",
        "m.room.power_levels",
        "m.room.name",
        "m.room.canonical_alias",
        "m.room.encryption",
        "m.room.tombstone",
        "m.room.history_visibility",
    }
)
"""The state that is kept; members are kept apart, by far the most."""


@dataclass(frozen=True, slots=True)
class Person:
    """One user in a room: membership ("join", "invite", "leave", ...), and the name shown there."""

    membership: str
    name: str


@dataclass(slots=True)
class JoinedRoom:
    """One room as its state says. `state` has whole events by type, those in KEPT with an empty state key."""

    id: str
    state: dict[str, Event] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    version: int = 0
    """Grows whenever somebody comes, goes or changes their name."""
    whole: bool = False
    """Whether all of the state has been read, as it must be before anything encrypted is sent."""

    def content(self, kind: str) -> Mapping[str, Any]:
        """Return the content of one kept kind of state, empty where there is none."""
        event = self.state.get(kind)
        found = event.get("content") if event is not None else None
        return found if isinstance(found, Mapping) else {}

    @property
    def encrypted(self) -> bool:
        """Whether messages must be encrypted. Nothing ever makes a room plain again."""
        return "m.room.encryption" in self.state

    @property
    def name(self) -> str:
        """The name people see, or "" where the room has none."""
        for kind, key in (("m.room.name", "name"), ("m.room.canonical_alias", "alias")):
            found = self.content(kind).get(key)
            if isinstance(found, str) and found:
                return found
        return ""

    @property
    def replacement(self) -> str | None:
        """The room that this one was upgraded to."""
        found = self.content("m.room.tombstone").get("replacement_room")
        return found if isinstance(found, str) and found else None

    def membership(self, user: str) -> str:
        """Return how a user stands to the room; "leave" when they were never there."""
        person = self.people.get(user)
        return person.membership if person else "leave"

    def shown(self, user: str) -> str:
        """Return the name that the room shows for a user."""
        person = self.people.get(user)
        return person.name if person and person.name else user

    def readers(self) -> Iterator[str]:
        """Who is to be able to decrypt: those who have joined or are invited, if those may read."""
        invited = self.content("m.room.history_visibility").get("history_visibility") != "joined"
        for user, person in self.people.items():
            if person.membership == "join" or (invited and person.membership == "invite"):
                yield user

    def take(self, event: Event) -> None:
        """Take one state event; what is malformed is left out."""
        kind, key, content = event.get("type"), event.get("state_key"), event.get("content")
        if not isinstance(content, Mapping) or not isinstance(key, str):
            return
        if kind == "m.room.member":
            self._take_member(key, content)
        elif isinstance(kind, str) and kind in KEPT and key == "":
            if kind == "m.room.encryption" and not content and self.encrypted:
                return  # redacted, or somebody tries to switch it off: once encrypted, always encrypted
            self.state[kind] = event

    def _take_member(self, user: str, content: Mapping[str, Any]) -> None:
        membership, name = content.get("membership"), content.get("displayname")
        if not isinstance(membership, str):
            return
        known = self.people.get(user)
        shown = name if isinstance(name, str) else known.name if known and membership in ("leave", "ban") else ""
        if membership in ("leave", "ban") and known is None:
            return  # of those who left before we came, nobody asks
        if known is None or (known.membership, known.name) != (membership, shown):
            self.people[user] = Person(membership, shown)
            self.version += 1


class RoomBook:
    """All rooms the bot is in, and which of them are direct conversations."""

    def __init__(self, user_id: str) -> None:
        """Begin with none."""
        self.user_id = user_id
        self.rooms: dict[str, JoinedRoom] = {}
        self.direct: dict[str, list[str]] = {}
        """The rooms of `m.direct`, by user."""

    def room(self, id: str) -> JoinedRoom:
        """Return a room the bot is in, entered now if it is new."""
        return self.rooms.setdefault(id, JoinedRoom(id))

    def forget(self, id: str) -> bool:
        """Forget a room the bot has left; return whether it was known."""
        return self.rooms.pop(id, None) is not None

    def take_direct(self, content: Mapping[str, Any]) -> None:
        """Take the account's `m.direct`."""
        self.direct = {
            user: [room for room in rooms if isinstance(room, str)]
            for user, rooms in content.items()
            if isinstance(rooms, list)
        }

    def is_direct(self, id: str) -> bool:
        """Say whether a room is a private conversation with one person."""
        return any(id in rooms for rooms in self.direct.values())
