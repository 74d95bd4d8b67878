"""Instants, and values of time as they appear inside sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Return microseconds since 1970-01-01 UTC; raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (instant - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the UTC instant that `to_micros` gave the number for."""
    return EPOCH + timedelta(microseconds=micros)


class Show(StrEnum):
    """How much of an instant a reader needs."""

    TIME = "time"
    DATE = "date"
    DATE_TIME = "datetime"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant inside a sentence, shown to each reader in their own zone.

    `zone` pins it to one zone (that of the person it is about) instead of the reader's.
    """

    at: datetime
    show: Show = Show.DATE_TIME
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A local calendar date inside a sentence."""

    date: date
    weekday: bool = True


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A local wall time inside a sentence."""

    time: time


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time inside a sentence."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Days:
    """A set of weekdays inside a sentence, Monday = 0."""

    weekdays: frozenset[int]


@dataclass(frozen=True, slots=True)
class ZoneName:
    """A time zone inside a sentence, shown as its city in the reader's language."""

    zone: str


@dataclass(frozen=True, slots=True)
class LanguageName:
    """A language inside a sentence, shown in the reader's language."""

    tag: str
