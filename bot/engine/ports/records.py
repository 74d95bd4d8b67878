"""What is durable besides messages: timers, open questions, occurrences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.model.identity import MemberId, MessageRef, WorkspaceId
from bot.model.message import Sentence


@dataclass(frozen=True, slots=True)
class Timer:
    """A durable request to run a cog's job at an instant. `wall` and `zone` say which local intent it came from."""

    cog: str
    job: str
    key: str
    due: datetime
    workspace: WorkspaceId
    member: MemberId | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    wall: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How far the bot comes in private under one account. All instants are UTC.

    `reached` is when something first arrived; `closed` since when nothing does, and then `again` is when to try next,
    and `remedy` how the person changes that, in words to them.
    """

    reached: datetime | None = None
    closed: datetime | None = None
    again: datetime | None = None
    remedy: Sentence | None = None

    def shut(self, now: datetime) -> bool:
        """Return whether nothing is to be tried at this instant."""
        return self.closed is not None and self.again is not None and self.again > now


@dataclass(frozen=True, slots=True)
class Conversation:
    """An open question to a member: what they say next is an answer to it. `data` is the cog's own JSON state."""

    id: int
    workspace: WorkspaceId
    member: MemberId
    cog: str
    kind: str
    subject: str
    label: Sentence | None
    data: Mapping[str, Any]
    expires: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What a member said, edited or pressed in answer: text, picture references, the message itself, instant (UTC).

    `about` is the local date that the message is about under which a choice was made; None for what was typed.
    """

    text: str
    attachments: tuple[str, ...]
    source: MessageRef
    at: datetime
    about: date | None = None


class OccurrenceState(StrEnum):
    """Where one schedule stands on one local date for one member (see the design's words)."""

    SCHEDULED = "scheduled"
    PROMPTED = "prompted"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    EXCUSED = "excused"
    LAPSED = "lapsed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One schedule on one local date for one member. `subject` names the schedule ("standup:3")."""

    workspace: WorkspaceId
    subject: str
    member: MemberId
    date: date
    state: OccurrenceState
    due: datetime
    late: bool = False
