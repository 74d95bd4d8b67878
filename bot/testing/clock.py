"""Clocks for worlds: one that stands still until it is moved, and one that ticks from wherever it is set."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class VirtualClock:
    """The port `Clock` for tests and simulations."""

    def __init__(self, start: datetime) -> None:
        """Start at an instant; raises ValueError for one without a zone."""
        if start.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Make it that instant; raises ValueError for one that has passed."""
        if instant < self._now:
            raise ValueError(f"the clock does not go back from {self._now} to {instant}")
        self._now = instant.astimezone(UTC)


class TickingClock:
    """The port `Clock` that ticks in real time from an instant on: for what waits for a server meanwhile."""

    def __init__(self, start: datetime) -> None:
        """Begin to tick at an instant."""
        self._start = start.astimezone(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)
