"""Where the time comes from, what wakes the engine, and the steps that it can be stopped at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class Alarm(Protocol):
    """Wakes the engine; holds nothing that must survive a restart."""

    def wake_at(self, instant: datetime | None, wake: Callable[[], None]) -> None:
        """Call `wake` once at the instant (UTC), instead of any earlier request; None cancels it."""
        ...


class Holidays(Protocol):
    """Public holidays."""

    def holiday(self, calendar: str, day: date, language: str = "en") -> str | None:
        """Return the holiday's name, or None: in the language where the calendar has it, else the country's own."""
        ...

    def known(self, calendar: str) -> bool:
        """Return whether there is such a calendar."""
        ...

    def suggest(self, calendar: str) -> Sequence[str]:
        """Return calendars whose names look like it."""
        ...


class Probe(Protocol):
    """Told by name each time a step of the one path is reached; tests kill the process there."""

    def __call__(self, point: str) -> None:
        """Note that the step was reached."""
        ...


def no_probe(point: str) -> None:
    """Note nothing: the probe of a bot that nobody watches."""


CRASH_POINTS = (
    "inbox.before_commit",
    "inbox.after_commit",
    "timers.before_commit",
    "timers.after_commit",
    "pack.before_commit",
    "pack.after_commit",
    "deliver.before_try",
    "deliver.after_try",
    "deliver.before_call",
    "deliver.after_call",
    "deliver.before_mark",
    "deliver.after_mark",
)
"""Every named step of the one path, in its order. Platforms' tests add `effect.before` and `effect.after`."""
