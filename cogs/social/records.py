"""What the social cog keeps of posts and suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.api import MemberId, MessageRef, TeamId, WorkspaceId


@dataclass(frozen=True, slots=True)
class Post:
    """A prompt that was posted; `date` is its host's local one, or None for an extra.

    `prompt` is the place in the theme, or a suggestion's number; `zones` are the host's, none where everyone is.
    """

    key: str
    workspace: WorkspaceId
    team: TeamId
    date: date | None
    theme: str
    prompt: int
    zones: tuple[str, ...]
    at: datetime


class Standing(StrEnum):
    """How far a suggestion has come."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A prompt that a member suggested to a team; `number` names it in its workspace.

    `edition` counts its texts, `requested` is the one that an admin was asked about (0: none); `posted` is when it
    was last posted (UTC), `source` the member's message.
    """

    workspace: WorkspaceId
    number: int
    team: TeamId
    author: MemberId
    text: str
    state: Standing
    source: MessageRef
    at: datetime
    edition: int = 1
    requested: int = 0
    posted: datetime | None = None

    @property
    def request(self) -> str:
        """The key of the message that asks an admin to decide."""
        return f"social:suggestion:{self.workspace}:{self.number}:{self.requested}"
