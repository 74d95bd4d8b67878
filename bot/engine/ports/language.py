"""Sentences, names of places and languages, in a reader's own language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from bot.model.identity import MemberId
from bot.model.message import Sentence, Value
from bot.model.working_time import Hours


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a message is rendered for: language tag, time zone, and where they read it.

    `zone` is None for a channel, whose readers share none: then instants are shown in `zones`, those of the people
    concerned. `pings` are the accounts that may be notified, by member. `now` is the present: a date of another year
    is shown with its year.
    """

    language: str
    zone: str | None = None
    zones: tuple[str, ...] = ()
    direct: bool = False
    pings: Mapping[MemberId, str] = field(default_factory=dict)
    now: datetime | None = None


class Style(Protocol):
    """How a platform writes values inside a sentence; what it returns None for, the localizer writes itself."""

    def text(self, written: str) -> str:
        """Escape what a person wrote."""
        ...

    def person(self, name: str, account: str | None) -> str:
        """Write a member's name; as a mention that notifies when `account` is given."""
        ...

    def command(self, words: str, room: bool = False) -> str:
        """Write words to type; with `room`, as they are typed in a room."""
        ...

    def option(self, name: str) -> str:
        """Write the name of a command's option as clients show it."""
        ...

    def moment(self, at: datetime, show: str) -> str | None:
        """Write an instant so that every reader sees it in their own time, where the platform can."""
        ...


class Localizer(Protocol):
    """Turns sentences and values into a reader's language (Babel, CLDR)."""

    def write(self, value: Value, reader: Reader, style: Style) -> str:
        """Return a sentence or value in the reader's language."""
        ...

    def languages(self) -> Sequence[str]:
        """Return the tags that there are catalogues for, English first."""
        ...

    def negotiate(self, tag: str) -> str | None:
        """Return the catalogue that serves a language tag best, or None."""
        ...


@dataclass(frozen=True, slots=True)
class ZoneMatch:
    """A time zone found for what a person typed, with the city's name in their language."""

    zone: str
    city: str


class Gazetteer(Protocol):
    """Knows zones and languages by the names people use for them (CLDR)."""

    def zones(self, text: str, language: str) -> Sequence[ZoneMatch]:
        """Return the zones that a zone name or city means: one when it is clear, more when it is ambiguous."""
        ...

    def nearest_zones(self, text: str, language: str, limit: int = 3) -> Sequence[ZoneMatch]:
        """Return the zones whose names look most like the text."""
        ...

    def zones_at(self, wall: Any, now: datetime, language: str) -> Sequence[ZoneMatch]:
        """Return zones, one per offset and well-known city, where the wall time is now (to the quarter hour)."""
        ...

    def language(self, text: str, language: str) -> str | None:
        """Return the supported tag for a tag or a language's name in its own or the reader's language."""
        ...

    def weekdays(self, text: str, language: str) -> frozenset[int]:
        """Return weekdays written in English or the reader's language; raises ValueError."""
        ...

    def time(self, text: str, language: str) -> time | None:
        """Return the wall time that was written in a usual way, or in English or the reader's language; or None."""
        ...

    def hours(self, text: str, language: str) -> Hours:
        """Return working hours written as a range of two times; raises ValueError."""
        ...

    def duration(self, text: str, language: str) -> timedelta | None:
        """Return a length of time written in English or the reader's language, or None; raises OverflowError."""
        ...

    def date(self, text: str, today: date, language: str, zone: str | None = None) -> date | None:
        """Return the date that an ISO date, a relative word, a weekday or the reader's own form means, or None.

        `zone` tells the region's order of day and month.
        """
        ...

    def means(self, text: str, words: Sentence, language: str) -> bool:
        """Return whether a text is one of the words (between commas) of a sentence, in English or the language."""
        ...

    def yes_no(self, text: str, language: str) -> bool | None:
        """Return whether the text says yes or no in English or the reader's language."""
        ...
