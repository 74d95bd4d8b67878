"""The journal's values: what people wrote, shared by all cogs and searchable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from bot.model.identity import MemberId, MessageRef, TeamId, WorkspaceId

LocalDate: TypeAlias = date


class Kind(StrEnum):
    """What an entry is to its readers."""

    DONE = "done"
    NEXT = "next"
    BLOCKER = "blocker"
    ASK = "ask"
    NOTE = "note"
    DECISION = "decision"
    KUDOS = "kudos"


class State(StrEnum):
    """Where an entry stands. Withdrawn entries keep their row but not their text."""

    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a person wrote. `id` is 0 until it is stored; `at` is when it was said, in UTC.

    `date` is the author's local date it counts for. `topic` is what the cog asked (a question's number, or "").
    `addressee` is who it needs, for an ask. `since` is the local date on which a blocker was first told.
    """

    workspace: WorkspaceId
    team: TeamId
    author: MemberId
    date: LocalDate
    kind: Kind
    text: str
    at: datetime
    topic: str = ""
    source: MessageRef | None = None
    addressee: MemberId | None = None
    since: LocalDate | None = None
    state: State = State.OPEN
    id: int = 0
