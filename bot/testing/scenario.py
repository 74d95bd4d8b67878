"""Scenarios: who works where and what happens to them. `scenario_file` reads them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.model.working_time import Leave, Weekdays, WorkingWeek


class Answers(StrEnum):
    """How a simulated member answers."""

    AUTO = "auto"
    NONE = "none"
    SCRIPTED = "scripted"


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """A simulated member."""

    name: str
    zone: str
    week: WorkingWeek
    language: str | None = None
    holidays: str | None = None
    answers: Answers = Answers.AUTO
    admin: bool = False
    leave: tuple[Leave, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a member does: one of `says` (with `edits` it is a new text), `deletes`, `reacts`.

    `edits` and `deletes` count the member's `says` events without `edits`, from 1. `channel` is None for the
    direct conversation. `says_in` has the text in other languages, by tag, for members who write them.
    """

    member: str
    at: datetime
    says: str | None = None
    channel: str | None = None
    edits: int | None = None
    deletes: int | None = None
    reacts: str | None = None
    says_in: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Downtime:
    """When the bot's process is dead: [start, end), in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Scenario:
    """A team, its members, and what happens. Events and downtimes are in the order of their instants."""

    language: str
    team: str
    standup: time
    days: Weekdays
    social: Weekdays | None
    members: tuple[MemberPlan, ...]
    events: tuple[Event, ...] = ()
    downtimes: tuple[Downtime, ...] = ()

    @property
    def handoff_channel(self) -> str:
        """The name of the channel for handoffs."""
        return f"{slug(self.team)}-handoff"

    @property
    def social_channel(self) -> str:
        """The name of the channel for social prompts."""
        return f"{slug(self.team)}-social"

    @property
    def first_admin(self) -> MemberPlan:
        """Who sets the team up."""
        return next(member for member in self.members if member.admin)

    def member(self, name: str) -> MemberPlan:
        """Return a member by name; raises KeyError."""
        for member in self.members:
            if member.name == name:
                return member
        raise KeyError(name)

    def with_language(self, language: str) -> Scenario:
        """The same, with another language for channels and for members who name none; they write it, too."""
        told = tuple(self._told(event, self.member(event.member).language or language) for event in self.events)
        return replace(self, language=language, events=told)

    def _told(self, event: Event, language: str) -> Event:
        texts = dict(event.says_in)
        return replace(event, says=texts.get(language, texts.get(language.partition("-")[0], event.says)))


def slug(name: str) -> str:
    """A name as part of a channel's name: lower case, letters and digits of any script, joined by hyphens."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name).lower() if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", plain).strip("-")


def local_time(instant: datetime, zone: str) -> datetime:
    """An instant on the clocks of a zone."""
    return instant.astimezone(ZoneInfo(zone))
