"""Who and where: names for workspaces, members, channels and the places a platform knows them by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

WorkspaceId = NewType("WorkspaceId", int)
MemberId = NewType("MemberId", int)
TeamId = NewType("TeamId", int)
ChannelId = NewType("ChannelId", int)


@dataclass(frozen=True, slots=True)
class Identity:
    """One account of a person on one platform, such as a Matrix user id."""

    platform: str
    account: str


def platform_name(platform: str) -> str:
    """Return what people call a platform."""
    return platform.capitalize()


@dataclass(frozen=True, slots=True)
class Account:
    """A person as a platform shows them: an identity and the name displayed for it."""

    identity: Identity
    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """A tenant as a platform names it: a guild, or a room. `name` is the platform's own, and is never parsed."""

    platform: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a message can stand: a direct conversation, a channel or a thread in one.

    `address` and `thread` are the platform's own opaque identifiers and are never parsed.
    """

    platform: str
    address: str
    thread: str | None = None

    @property
    def channel(self) -> Place:
        """The place without the thread: the channel that a thread is in, and any other place itself."""
        return Place(self.platform, self.address)


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place that somebody named, with the name its people know."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One message on a platform: the platform's identifier of it, within its place."""

    place: Place
    message_id: str
