"""Workspaces, members, teams and channels: the directory's values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.model.identity import ChannelId, MemberId, Place, TeamId, WorkspaceId
from bot.model.message import Sentence
from bot.model.working_time import WorkingWeek


@dataclass(frozen=True, slots=True)
class Workspace:
    """One tenant: everything else belongs to exactly one of these."""

    id: WorkspaceId
    name: str
    language: str
    """Language tag for channels, and for members who name none."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a workspace, with what is needed to reach them in their own working time."""

    id: MemberId
    workspace: WorkspaceId
    name: str
    zone: str
    """IANA time zone name."""
    week: WorkingWeek
    language: str | None = None
    """Language tag, or None for the workspace's."""
    holidays: str | None = None
    """Public holidays calendar such as "PT" or "US-CA"; None observes none."""
    admin: bool = False
    """Whether the platform last said that this person may administer the workspace."""
    zone_known: bool = True
    """False while the zone is only the team's and the person has not been heard on it."""
    active: bool = True
    """False once the person has left: asked nothing more, entries kept."""


class Purpose(StrEnum):
    """What a channel serves a team for."""

    HANDOFF = "handoff"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True)
class Team:
    """Members who share a standup, a handoff channel and social channels."""

    id: TeamId
    workspace: WorkspaceId
    name: str
    zone: str
    owner: MemberId
    """Who created it; told of what needs an administrator."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A place that an administrator gave to a team for a purpose."""

    id: ChannelId
    workspace: WorkspaceId
    team: TeamId
    purpose: Purpose
    place: Place
    name: str
    scope: str = ""
    """The tenant that the place is in, as the platform names it; "" where that was not noted."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A stretch of whole local days a member is away; both ends included."""

    member: MemberId
    first: date
    last: date
    reason: str = ""


class Reach(StrEnum):
    """Whether the bot can write to a member in private."""

    REACHED = "reached"
    WAITING = "waiting"
    """Nothing was ever sent to them there, nor have they written."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether the bot can write to a member in private, and on which platform.

    Where it can't, `since` tells from when on (UTC), and `remedy` how the member changes that, in words to them.
    """

    reach: Reach
    platform: str
    since: datetime | None = None
    remedy: Sentence | None = None
