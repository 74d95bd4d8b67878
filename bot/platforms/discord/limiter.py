"""How fast Discord lets the bot call: asked before each call, so that no call is refused for it.

All of a bot's calls share 50 a second; what answers an interaction is exempt. Beside that each route has buckets of
its own, which only the headers of answers tell of. 10,000 answers of 401, 403 or 429 within ten minutes ban the
machine's address.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from itertools import count, islice
from typing import Final

from bot.engine.errors import TryLater

A_SECOND: Final = 45
"""Calls a second, of the 50 that Discord allows: the rest is for what the network delays and then delivers at once."""
BURST: Final = 2
"""Calls that may go at once after a rest."""
AT_MOST: Final = 47
"""Calls a second while those are made up for that the process woke up too late for."""
MADE_UP: Final = 10
"""Calls that may be made up for so. With BURST no second has more than 49."""
MOST_INVALID: Final = 8_000
"""Answers of 401, 403 and 429 within WATCHED after which nothing but answers to people is sent."""
WATCHED: Final = 600.0
_UNTOLD: Final = float("inf")
"""When a bucket is full again, until the next answer says."""
_ROUNDING: Final = 1e-6
"""Seconds that are none: sums of fractions are not exact."""
_KEPT: Final = 2_000
"""Buckets that are kept although they are full again."""


class Haste(IntEnum):
    """Whose call goes first."""

    ANSWERING = 0
    """Answers an interaction: within three seconds, outside of the limit for all calls."""
    ASKED = 1
    UNASKED = 2
    READING = 3


class SlowDown(TryLater):
    """Discord did nothing, for the bot calls too fast (429); `after` as it said."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer's headers say of its bucket. Times are seconds."""

    bucket: str
    limit: int
    remaining: int
    reset_after: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429: how many seconds to wait, whether for all calls, and whether others share the limit ("shared")."""

    retry_after: float
    everything: bool = False
    shared: bool = False


def read(headers: Mapping[str, str]) -> Said | None:
    """Return what headers say of a bucket, or None where they say nothing that can be used."""
    try:
        return Said(
            headers["X-RateLimit-Bucket"],
            int(headers["X-RateLimit-Limit"]),
            int(headers["X-RateLimit-Remaining"]),
            max(0.0, float(headers["X-RateLimit-Reset-After"])),
        )
    except (KeyError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Call:
    """What a call is limited by: its route as in "POST /channels/{channel_id}/messages", and whose it is.

    `major` are the ids that part a route's buckets: of the channel, the server, or the webhook with its token.
    """

    route: str
    major: str
    haste: Haste


@dataclass(slots=True)
class _Bucket:
    """How many calls may still go until `resets`; None as long as nothing is known of a limit."""

    limit: int | None = None
    remaining: int = 1
    resets: float = 0.0
    flying: int = 0
    told: bool = False

    def wait(self, now: float) -> float | None:
        """Return the seconds until a call may go; None if one that is under way must tell more first."""
        if not self.told:
            return None if self.flying else 0.0
        if now >= self.resets - _ROUNDING:
            if self.limit is None:
                return 0.0
            self.remaining, self.resets = self.limit - self.flying, _UNTOLD
        if self.remaining <= 0 and self.resets == _UNTOLD and not self.flying:  # those that went broke off
            self.remaining = self.limit or 1
        if self.remaining > 0:
            return 0.0
        return None if self.resets == _UNTOLD else self.resets - now

    def at_rest(self, now: float) -> bool:
        return not self.flying and (now >= self.resets or self.resets == _UNTOLD)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A call that was let in."""

    call: Call
    bucket: _Bucket


@dataclass(slots=True)
class Pace:
    """So many calls a second, and so many at once after a rest (a token bucket)."""

    a_second: float
    at_once: int
    _credit: float = field(init=False)
    _counted: float = 0.0

    def __post_init__(self) -> None:
        self._credit = self.at_once

    def wait(self, now: float) -> float:
        return max(1 - self._credit_at(now), 0.0) / self.a_second

    def began(self, now: float) -> None:
        self._credit, self._counted = self._credit_at(now) - 1, now

    def _credit_at(self, now: float) -> float:
        return min(self._credit + (now - self._counted) * self.a_second, float(self.at_once))


@dataclass(slots=True)
class Limits:
    """What is known of Discord's limits. Pure: every instant is given in seconds of one clock that only goes on.

    A call that `peak` would let go waits for `sustained` too: lateness is made up for, but never in a crowd.
    """

    sustained: Pace = field(default_factory=lambda: Pace(A_SECOND, BURST + MADE_UP))
    peak: Pace = field(default_factory=lambda: Pace(AT_MOST, BURST))
    most_invalid: int = MOST_INVALID
    _barred: float = 0.0
    _hashes: dict[str, str] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)
    _buckets: OrderedDict[tuple[str, str], _Bucket] = field(default_factory=OrderedDict)
    _invalid: deque[float] = field(default_factory=deque)

    def wait(self, call: Call, now: float) -> float | None:
        """Return the seconds until a call may begin; None if one that is under way must end first."""
        own = self._bucket(call, now).wait(now)
        if own is None or call.haste is Haste.ANSWERING:
            return own
        paced = max(self.sustained.wait(now), self.peak.wait(now))
        wait = max(own, paced, self._barred - now, self._banned_for(now))
        return wait if wait > _ROUNDING else 0.0

    def began(self, call: Call, now: float) -> Ticket:
        """Note that a call begins; its ticket says so when it ends."""
        bucket = self._bucket(call, now)
        bucket.remaining -= 1
        bucket.flying += 1
        if call.haste is not Haste.ANSWERING:
            self.sustained.began(now)
            self.peak.began(now)
        return Ticket(call, bucket)

    def ended(self, ticket: Ticket, now: float, said: Said | None = None, *, answered: bool = True) -> None:
        """Note a call's end, with what its answer said of the bucket; `answered` is false where it had none."""
        ticket.bucket.flying -= 1
        if said is not None:
            self._learn(ticket, said, now)
        elif answered:
            ticket.bucket.told = True

    def refused(self, ticket: Ticket, now: float, refusal: Refusal) -> None:
        """Note a 429, after `ended`."""
        if not refusal.shared:
            self.invalid(now)
        if refusal.everything:
            self._barred = max(self._barred, now + refusal.retry_after)
            return
        bucket = self._bucket(ticket.call, now)
        bucket.told, bucket.remaining = True, 0
        bucket.resets = now + refusal.retry_after

    def invalid(self, now: float) -> int:
        """Note an answer of 401, 403 or 429; return how many there were of late."""
        self._invalid.append(now)
        return self._late(now)

    def _late(self, now: float) -> int:
        while self._invalid and self._invalid[0] <= now - WATCHED:
            self._invalid.popleft()
        return len(self._invalid)

    def _banned_for(self, now: float) -> float:
        if self._late(now) < self.most_invalid:
            return 0.0
        return self._invalid[-self.most_invalid] + WATCHED - now

    def _bucket(self, call: Call, now: float) -> _Bucket:
        key = (self._hashes.get(call.route, call.route), call.major)
        bucket = self._buckets.get(key)
        if bucket is None:
            size = self._sizes.get(key[0])
            bucket = self._buckets[key] = _Bucket(size, size, _UNTOLD, told=True) if size else _Bucket()
            self._sweep(now)
        self._buckets.move_to_end(key)
        return bucket

    def _learn(self, ticket: Ticket, said: Said, now: float) -> None:
        """Take what an answer said: routes share a bucket where Discord names the same one for them."""
        call = ticket.call
        known = self._hashes.get(call.route, call.route)
        if known != said.bucket:
            self._hashes[call.route] = said.bucket
            self._rename(known, said.bucket, call)
        bucket = self._buckets.setdefault((said.bucket, call.major), ticket.bucket)
        self._sizes[said.bucket] = said.limit
        # Answers come in any order, and those that are under way are counted here already: the least is right.
        bucket.remaining = min(bucket.remaining, said.remaining) if bucket.limit is not None else said.remaining
        bucket.told, bucket.limit = True, said.limit
        bucket.resets = now + said.reset_after

    def _rename(self, known: str, bucket: str, call: Call) -> None:
        """Keep what is known under a route's name, of those that are under way too, under its bucket's."""
        moved = [key for key in self._buckets if key == (known, call.major) or key[0] == known == call.route]
        for key in moved:
            self._buckets.setdefault((bucket, key[1]), self._buckets.pop(key))

    def _sweep(self, now: float) -> None:
        """Forget the longest unused buckets, if they are full again: more go than come."""
        if len(self._buckets) > _KEPT:
            for key in list(islice(self._buckets, 2)):
                if self._buckets[key].at_rest(now):
                    del self._buckets[key]


@dataclass(order=True, slots=True)
class _Waiting:
    haste: Haste
    number: int
    call: Call = field(compare=False)
    turn: asyncio.Future[Ticket] = field(compare=False)


@dataclass
class Gate:
    """Lets each call through as `Limits` says, the hastiest first.

    A call that would wait longer than `patience` for its own bucket or for a bar is put off (TryLater) instead, so
    that it holds up nobody.
    """

    time: Callable[[], float]
    limits: Limits = field(default_factory=Limits)
    patience: float = 5.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _waiting: list[_Waiting] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _pump: asyncio.Task[None] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return len(self._waiting)

    async def enter(self, call: Call) -> Ticket:
        """Wait until a call may begin, which it does then. Raises TryLater if that is not soon."""
        now = self.time()
        first = not self._waiting or call.haste is Haste.ANSWERING
        if first and self.limits.wait(call, now) == 0.0:
            return self.limits.began(call, now)
        mine = _Waiting(call.haste, next(self._numbers), call, asyncio.get_running_loop().create_future())
        heapq.heappush(self._waiting, mine)
        self._changed.set()
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._let_in())
        try:
            return await mine.turn
        except asyncio.CancelledError:
            if mine.turn.done() and not mine.turn.cancelled() and mine.turn.exception() is None:
                self.left(mine.turn.result(), answered=False)  # it was let in, and will not call
            raise

    def left(self, ticket: Ticket, said: Said | None = None, *, answered: bool = True) -> None:
        """Note the end of a call that was let in."""
        self.limits.ended(ticket, self.time(), said, answered=answered)
        self._changed.set()

    def refused(self, ticket: Ticket, refusal: Refusal) -> None:
        """Note a 429 for a call that has left."""
        self.limits.refused(ticket, self.time(), refusal)

    def close(self) -> None:
        """Send away all who wait."""
        for each in self._waiting:
            if not each.turn.done():
                each.turn.set_exception(TryLater("the connection is being closed"))
        self._waiting.clear()
        self._changed.set()

    async def _let_in(self) -> None:
        while self._waiting:
            self._changed.clear()
            pause = self._round(self.time())
            if not self._waiting:
                return
            if pause == 0.0:
                continue
            if pause is None:
                await self._changed.wait()
                continue
            changed = asyncio.ensure_future(self._changed.wait())
            asleep = asyncio.ensure_future(self.sleep(pause))
            try:
                await asyncio.wait({changed, asleep}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                changed.cancel()
                asleep.cancel()

    def _round(self, now: float) -> float | None:
        """Let in all whose turn it is; return the seconds until the next look, None for after a change."""
        held: list[_Waiting] = []
        shortest: float | None = None
        while self._waiting:
            first = heapq.heappop(self._waiting)
            if first.turn.done():
                continue
            wait = self.limits.wait(first.call, now)
            if wait == 0.0:
                first.turn.set_result(self.limits.began(first.call, now))
            elif wait is not None and wait > self.patience:
                first.turn.set_exception(TryLater("Discord lets no more through now", timedelta(seconds=wait)))
            else:
                held.append(first)
                shortest = wait if shortest is None else shortest if wait is None else min(shortest, wait)
        for each in held:
            heapq.heappush(self._waiting, each)
        return shortest
