"""The server's time, which tests may move, and the ids that carry it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""Where Discord's ids begin to count."""

_MILLISECOND = timedelta(milliseconds=1)
_COUNTERS = 1 << 12
_WORKERS = 1 << 10


class ServerClock:
    """Real time, moved on by `skew`; or an instant at which it stands still, moved by `skew` too."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self._skew = timedelta()
        self._standing: datetime | None = None

    def now(self) -> datetime:
        return self._standing if self._standing is not None else self._system.now() + self._skew

    def skew(self, by: timedelta) -> None:
        if self._standing is not None:
            self._standing += by
        else:
            self._skew += by

    def stand(self, at: datetime | None) -> None:
        """Stand still at this instant; None lets time run on from where it stands."""
        if at is None and self._standing is not None:
            self._skew = self._standing - self._system.now()
        self._standing = at


class Snowflakes:
    """Ids that grow: 42 bits of milliseconds since 2015, then 10 for the worker, 12 that count."""

    def __init__(self, clock: ServerClock, worker: int) -> None:
        self._clock = clock
        self._worker = worker % _WORKERS
        self._moment = 0
        self._count = 0

    def next(self) -> int:
        moment = (self._clock.now() - EPOCH) // _MILLISECOND
        if moment > self._moment:
            self._moment, self._count = moment, 0
        else:  # the same millisecond, or the clock went back: ids still grow
            self._count += 1
            if self._count == _COUNTERS:
                self._moment, self._count = self._moment + 1, 0
        return (self._moment << 22) | (self._worker << 12) | self._count


def time_of(snowflake: int) -> datetime:
    return EPOCH + (snowflake >> 22) * _MILLISECOND


def snowflake_at(instant: datetime) -> int:
    """Return the smallest id of that instant."""
    return max(0, (instant - EPOCH) // _MILLISECOND) << 22
