"""What the standup cog keeps: standups, and what each member was asked on a local date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.api import MemberId, Schedule, TeamId, WorkspaceId
from cogs.standup.answers import Piece
from cogs.standup.questions import Question


class Status(StrEnum):
    """Whether a standup asks."""

    ACTIVE = "active"
    PAUSED = "paused"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Standup:
    """A team's standup. `id` is 0 until it is stored."""

    id: int
    workspace: WorkspaceId
    team: TeamId
    name: str
    schedule: Schedule
    questions: tuple[Question, ...]
    status: Status
    creator: MemberId
    created: datetime
    company: bool = False
    """Whether other standups of the workspace were active when it was read to ask for it."""

    @property
    def subject(self) -> str:
        """The name of its occurrences."""
        return f"standup:{self.id}"

    def key(self, member: MemberId) -> str:
        """The key of a member's timers."""
        return f"{self.id}:{member}"


@dataclass(frozen=True, slots=True)
class Update:
    """What a member was asked on a local date, and how far that has come."""

    workspace: WorkspaceId
    standup: int
    team: TeamId
    member: MemberId
    date: date
    questions: tuple[Question, ...]
    asked: datetime
    ends: datetime
    """The end of the day it is for; what is answered later is late."""
    expires: datetime
    """Until when what the member says is an answer."""
    skipped: bool = False
    snoozed: datetime | None = None
    receipts: int = 0
    reopened: int = 0
    """How often the member was shown what they had written so far."""
    resolved: frozenset[int] = frozenset()
    """The journal's ids of earlier blockers that this update resolved."""

    @property
    def subject(self) -> str:
        """The name of the standup's occurrences."""
        return f"standup:{self.standup}"

    @property
    def timer(self) -> str:
        """The key of the member's timers."""
        return f"{self.standup}:{self.member}"

    def post(self, what: str) -> str:
        """The key of a message about this update."""
        return f"standup:{self.standup}:{what}:{self.member}:{self.date.isoformat()}"


@dataclass(frozen=True, slots=True)
class Kept:
    """An update with the messages that answer it, in the order they were said."""

    update: Update
    pieces: tuple[Piece, ...] = field(default=())


NOWHERE = 0
"""What stands for the number of a post that nothing could be posted in."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody who can't be written to, and is asked for a local date in their team's channel: by its `post`-th post.

    `listed` is False once they are named there no more. As long as there is no channel to ask in, `post` is `NOWHERE`.
    """

    workspace: WorkspaceId
    standup: int
    member: MemberId
    date: date
    post: int
    listed: bool = True

    def key(self, post: int) -> str:
        """The key of that date's post with this number."""
        return f"standup:{self.standup}:unreached:{self.date.isoformat()}:{post}"
