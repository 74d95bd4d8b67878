"""How fast the homeserver lets the bot send: learnt from its answers, used fully, told when it is too slow.

A homeserver lets through a burst, and then one message in each interval; what comes too early it refuses with the
time to wait. Nothing of that is known before it refuses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from bot.engine.errors import TryLater
from bot.engine.ports import Clock

Result = TypeVar("Result")

WIDEST: Final = 50
"""Calls under way at once where nothing limits them; more only wait for one another in the server."""
LONG: Final = timedelta(minutes=10)
"""A burst that takes longer is told."""
_LARGEST_BURST: Final = 10
_UNTIL_FASTER: Final = 20
_UNLIMITED: Final = timedelta(milliseconds=20)
_LONGEST: Final = timedelta(minutes=10)
_UNSAID: Final = timedelta(seconds=1)
_ZERO: Final = timedelta(0)


class SlowDown(TryLater):
    """The homeserver did nothing, for the bot sends too fast (429); `after` as it said."""


@dataclass(slots=True)
class Pace:
    """What is known of the server's limits. Pure: every instant (UTC) is given, and never earlier than the last.

    `interval` is the time for one call, None as long as no limit is known; `burst` is how many may go at once after
    a rest.
    """

    interval: timedelta | None = None
    burst: float = 1
    width: int = 1
    flying: int = 0
    _credit: float = 0
    _counted: datetime | None = None
    _barred: datetime | None = None
    _last: datetime | None = None
    _good: int = 0
    _stale: int = 0

    def wait(self, now: datetime, reserved: int = 0) -> timedelta | None:
        """Return how long until the next call may begin; None if one that is under way must end first.

        `reserved` calls go before it.
        """
        if self.flying >= self.width:
            return None
        barred = max(self._barred - now, _ZERO) if self._barred else _ZERO
        if self.interval is None:
            return barred
        missing = max(1 + reserved - self._credit_at(now), 0)
        return max(barred, missing * self.interval)

    def began(self, now: datetime) -> None:
        """Note that a call begins."""
        self.flying += 1
        if self.interval is not None:
            self._credit = self._credit_at(now) - 1
        self._counted = now

    def succeeded(self, now: datetime) -> None:
        """Note that the server took a call."""
        self._ended()
        self._last = now
        self._good += 1
        if self.interval is None:
            self.width = min(self.width + 1, WIDEST)  # so it doubles in the time of one call
        elif self._good >= _UNTIL_FASTER:  # perhaps the limit was raised meanwhile
            self._faster()

    def failed(self) -> None:
        """Note that a call ended in another way, which tells nothing of limits."""
        self._ended()

    def limited(self, now: datetime, after: timedelta | None) -> None:
        """Note that the server refused a call, with the wait that it said."""
        stale = self._ended()
        wait = after or self.interval or _UNSAID
        self.interval = min(self._learnt(now, wait, stale), _LONGEST)
        self.width = max(1, min(WIDEST, int(timedelta(seconds=1) / self.interval)))
        self._good = 0
        self._stale = self.flying
        self._barred = max(self._barred or now, now + wait)
        # At the instant that the server named, one may go.
        self._counted, self._credit = now, 1 - (self._barred - now) / self.interval

    def _learnt(self, now: datetime, wait: timedelta, stale: bool) -> timedelta:
        """Return the interval as it must be for this refusal: a wait is never longer than it."""
        if self.interval is None:
            self.burst = max(1, min(self._good, _LARGEST_BURST))
            return wait
        if stale:  # it began before the last refusal, which told the same
            return max(self.interval, wait)
        # From the last call that was taken to this refusal is a part of the interval, the wait is the rest.
        passed = min(now - self._last, self.interval) if self._last else _ZERO
        if passed + wait <= self.interval:  # not too fast on the whole, so too many at once
            self.burst = max(1, self.burst / 2)
        return max(self.interval, passed + wait)

    def _ended(self) -> bool:
        """Count a call that ended; return whether it began before the last refusal."""
        self.flying -= 1
        stale = self._stale > 0
        self._stale -= stale
        return stale

    def finish(self, now: datetime, waiting: int) -> datetime:
        """Return when so many calls will have gone through, as far as is known now."""
        if self.interval is None or waiting <= 0:
            return now
        at_once = min(max(self._credit_at(now), 0), waiting)
        barred = max(self._barred - now, _ZERO) if self._barred else _ZERO
        return now + max(barred, (waiting - at_once) * self.interval)

    def _credit_at(self, now: datetime) -> float:
        """Return how many calls may go at this instant."""
        if self.interval is None or self._counted is None:
            return self._credit
        gained = max(now - self._counted, _ZERO) / self.interval
        return max(self._credit, min(self._credit + gained, self.burst))

    def _faster(self) -> None:
        assert self.interval is not None
        self._good = 0
        self.burst = min(self.burst + 1, _LARGEST_BURST)
        self.interval /= 2
        if self.interval < _UNLIMITED:
            self.interval, self._barred = None, None
        else:
            self.width = max(1, min(WIDEST, int(timedelta(seconds=1) / self.interval)))


@dataclass(frozen=True, slots=True)
class Slow:
    """What the operator is told: so many messages wait, one goes in each interval, the last one at `finish` (UTC)."""

    waiting: int
    interval: timedelta
    finish: datetime


@dataclass
class Pacer:
    """The one sender of limited calls: lets each through as `Pace` says.

    A call that may go within `patience` waits for it; a later one raises TryLater with its turn, so that nothing
    else waits for it: whoever comes back under the same name at its turn is served. `urgent` calls answer
    somebody, and go before those that nobody awaits. `warn` is called once for each burst that will take longer
    than ten minutes.
    """

    clock: Clock
    warn: Callable[[Slow], Awaitable[None]]
    patience: timedelta = timedelta(seconds=2)
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    pace: Pace = field(default_factory=Pace)
    _put_off: dict[str, datetime] = field(default_factory=dict)
    _urgent: set[str] = field(default_factory=set)
    _asleep: int = 0
    _warned: bool = False
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def waiting(self) -> int:
        """How many calls were put off and have not come back."""
        return len(self._put_off)

    async def run(self, name: str, call: Callable[[], Awaitable[Result]], *, urgent: bool = False) -> Result:
        """Make a call when the server lets it through; return its result, or raise what it raises.

        `call` raises SlowDown where the server refused it for its limits.
        """
        while True:
            await self._turn(name, urgent)
            self.pace.began(self.clock.now())
            try:
                result = await call()
            except SlowDown as refusal:
                self.pace.limited(self.clock.now(), refusal.after)
            except BaseException:
                self.pace.failed()
                self._forget(name)
                raise
            else:
                self.pace.succeeded(self.clock.now())
                self._forget(name)
                return result
            finally:
                self._ended.set()

    async def _turn(self, name: str, urgent: bool) -> None:
        """Wait until a call may begin; raises TryLater if that is not soon."""
        while True:
            now = self.clock.now()
            wait = self.pace.wait(now, 0 if urgent else len(self._urgent - {name}))
            if wait is None:
                self._ended.clear()
                await self._ended.wait()
                continue
            if wait <= _ZERO:
                return
            if not urgent:
                wait += self._asleep * (self.pace.interval or _ZERO)
            if wait > self.patience:
                turn = self._put_off_until(name, now, wait, urgent)
                await self._tell(now)
                raise TryLater("the homeserver lets no more through now", turn - now)
            self._asleep += 1
            try:
                await self.sleep(wait / timedelta(seconds=1))
            finally:
                self._asleep -= 1

    def _put_off_until(self, name: str, now: datetime, wait: timedelta, urgent: bool) -> datetime:
        """Return a call's turn: behind those that wait already, unless it has waited or is urgent."""
        for given_up in [name for name, turn in self._put_off.items() if turn + LONG < now]:
            self._forget(given_up)
        turn = now + wait
        if urgent:
            self._urgent.add(name)
        elif name not in self._put_off and self._put_off and self.pace.interval is not None:
            turn = max(turn, max(self._put_off.values()) + self.pace.interval)
        self._put_off[name] = turn
        return turn

    def _forget(self, name: str) -> None:
        self._put_off.pop(name, None)
        self._urgent.discard(name)
        if not self._put_off:
            self._warned = False

    async def _tell(self, now: datetime) -> None:
        finish = self.pace.finish(now, self.waiting)
        if finish - now > LONG and not self._warned and self.pace.interval is not None:
            self._warned = True
            await self.warn(Slow(self.waiting, self.pace.interval, finish))
