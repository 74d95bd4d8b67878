"""Who may do what: a room's admins by its state alone, whose invites are followed, how often leaving is polite."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

Event = Mapping[str, Any]

ADMIN = 50
"""The level below which nobody is an admin, however little a room asks for."""

_USER_ID = re.compile(r"@[^:\x00-\x20]*:(?P<server>[^\x00-\x20]+)")
_LONGEST_ID = 255


def server_of(user_id: object) -> str | None:
    """Return the server name of a well-formed user id, else None. (Room ids have none: never ask for theirs.)"""
    if not isinstance(user_id, str) or len(user_id) > _LONGEST_ID:
        return None
    found = _USER_ID.fullmatch(user_id)
    return found["server"] if found else None


# --- admins ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rights:
    """The levels that a room's state gives to exact user ids. Names, aliases and defaults for all make no admin."""

    levels: Mapping[str, float]
    """Levels by user id; infinite for the creators of a room of version 12 or newer."""
    needed: float
    """What one needs to change the levels themselves."""

    @classmethod
    def of(cls, create: Event | None, power_levels: Event | None) -> Rights:
        """Read whole state events: `m.room.create`, and `m.room.power_levels` if there is one; any JSON will do."""
        version = _version(create)
        content = _content(power_levels)
        users = content.get("users")
        lenient = version is not None and version < 10
        levels: dict[str, float] = {}
        if isinstance(users, Mapping):
            read = ((user, _level(level, lenient)) for user, level in users.items())
            levels = {user: level for user, level in read if level is not None and server_of(user)}
        creators = _creators(create)
        if version is not None and version >= 12:
            levels |= dict.fromkeys(creators, inf)
        elif power_levels is None:
            levels |= dict.fromkeys(creators[:1], 100)
        return cls(levels, max(ADMIN, _needed(content, lenient)))

    def administers(self, user_id: str) -> bool:
        """Say whether this very user may change who may do what in the room."""
        return self.levels.get(user_id, 0) >= self.needed


def _content(event: object) -> Mapping[str, Any]:
    content = event.get("content") if isinstance(event, Mapping) else None
    return content if isinstance(content, Mapping) else {}


def _version(create: object) -> int | None:
    """Return a room's version; None for one that this bot does not know, whose rules may be any."""
    version = _content(create).get("room_version", "1")
    if version == "org.matrix.hydra.11":  # what version 12 was called before
        return 12
    return int(version) if isinstance(version, str) and re.fullmatch("[0-9]{1,4}", version) else None


def _level(value: object, lenient: bool) -> float | None:
    """Return a level; rooms before version 10 may have them as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-(2**53), min(value, 2**53))
    if lenient and isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,16}\s*", value):
        return int(value)
    return None


def _needed(content: Mapping[str, Any], lenient: bool) -> float:
    """Return the level at which power levels may be changed."""
    events = content.get("events")
    own = _level(events.get("m.room.power_levels"), lenient) if isinstance(events, Mapping) else None
    default = _level(content.get("state_default"), lenient)
    return next((level for level in (own, default) if level is not None), ADMIN)


def _creators(create: Event | None) -> list[str]:
    """Return who made the room, its sender first, and whom they named as creators too."""
    if not isinstance(create, Mapping):
        return []
    more = _content(create).get("additional_creators")
    named = more if isinstance(more, list) else []
    return [user for user in (create.get("sender"), *named) if isinstance(user, str) and server_of(user)]


# --- invites --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who invited the bot, and whether to a direct conversation, as they say."""

    inviter: str
    direct: bool


def invitation(invite_state: object, user_id: str) -> Invitation | None:
    """Return the invitation in an invited room's stripped state, or None where nobody invited this user."""
    for event in invite_state if isinstance(invite_state, list) else ():
        if isinstance(event, Mapping) and event.get("type") == "m.room.member" and event.get("state_key") == user_id:
            content, sender = _content(event), event.get("sender")
            if content.get("membership") == "invite" and isinstance(sender, str) and server_of(sender):
                return Invitation(sender, content.get("is_direct") is True)
    return None


def may_invite(inviter: str, allowed: Iterable[str]) -> bool:
    """Say whether an invite is followed. `allowed` has user ids and server names; both must be the very same."""
    server = server_of(inviter)
    return server is not None and any(entry in (inviter, server) for entry in allowed)


@dataclass(slots=True)
class Leaves:
    """Invites to be turned down, `burst` at once and then one in each `every`; beyond `limit` they stay open.

    What stays open is found again at the next start. Pure: every instant (UTC) is given.
    """

    every: timedelta = timedelta(seconds=10)
    burst: int = 5
    limit: int = 1000
    _waiting: OrderedDict[str, None] | None = None
    _empty_until: datetime | None = None

    @property
    def waiting(self) -> Collection[str]:
        """The rooms whose invites are to be turned down still, in that order."""
        return tuple(self._waiting or ())

    def add(self, room_id: str) -> bool:
        """Note an invite to turn down; False if there are too many, or it is noted already."""
        waiting = self._waiting = self._waiting if self._waiting is not None else OrderedDict()
        if room_id in waiting or len(waiting) >= self.limit:
            return False
        waiting[room_id] = None
        return True

    def forget(self, room_id: str) -> None:
        """Note that an invite was taken back, or has been followed after all."""
        if self._waiting:
            self._waiting.pop(room_id, None)

    def take(self, now: datetime) -> str | None:
        """Return a room to leave now, or None when there is none or it is too early."""
        due = self.due()
        if not self._waiting or due is None or (self._empty_until is not None and now < due):
            return None
        self._empty_until = max(self._empty_until or now, now) + self.every
        return self._waiting.popitem(last=False)[0]

    def due(self) -> datetime | None:
        """Return when `take` gives the next one (long past for at once), or None when none waits."""
        if not self._waiting:
            return None
        if self._empty_until is None:
            return datetime.min.replace(tzinfo=UTC)
        return self._empty_until - self.every * (self.burst - 1)
