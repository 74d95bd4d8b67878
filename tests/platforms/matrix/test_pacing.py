"""The sender learns the server's limits from its answers, and uses them fully. Servers here are models with a clock."""

from __future__ import annotations

import asyncio
import heapq
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.engine.errors import OutcomeUnknown, TryLater
from bot.platforms.matrix.pacing import WIDEST, Pace, Pacer, Slow, SlowDown
from bot.testing.clock import VirtualClock

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Server:
    """A server with Synapse's limiter: so many at once, and then `rate` a second. A refusal costs nothing."""

    rate: float | None = None
    burst: int = 10
    refused: int = 0
    taken: list[datetime] = field(default_factory=list)
    _level: float = 0
    _at: datetime = NOW

    def asked(self, now: datetime) -> timedelta | None:
        """Take a call, or return how long to wait."""
        if self.rate is not None:
            self._level = max(0.0, self._level - (now - self._at) / SECOND * self.rate)
            self._at = now
            if self._level + 1 > self.burst + 1e-9:
                self.refused += 1
                return timedelta(seconds=(self._level + 1 - self.burst) / self.rate)
            self._level += 1
        self.taken.append(now)
        return None


@dataclass
class World:
    """Calls that each take a while, made as the pace says, in virtual time."""

    server: Server
    latency: timedelta = timedelta(milliseconds=30)
    pace: Pace = field(default_factory=Pace)
    now: datetime = NOW
    widest: int = 0

    def send(self, calls: int) -> timedelta:
        """Make so many calls; return how long it took."""
        begun, under_way = self.now, list[tuple[datetime, int, timedelta | None]]()
        left, number = calls, 0
        while left or under_way:
            wait = self.pace.wait(self.now) if left else None
            if wait is not None and wait <= timedelta(0):
                self.pace.began(self.now)
                number, left = number + 1, left - 1
                heapq.heappush(under_way, (self.now + self.latency, number, self.server.asked(self.now)))
                self.widest = max(self.widest, self.pace.flying)
            elif under_way and (wait is None or under_way[0][0] <= self.now + wait):
                self.now, _number, refusal = heapq.heappop(under_way)
                if refusal is None:
                    self.pace.succeeded(self.now)
                else:
                    self.pace.limited(self.now, refusal)
                    left += 1
            else:
                assert wait is not None
                self.now += wait
        return self.now - begun


def test_where_nothing_limits_all_lanes_are_used() -> None:
    world = World(Server())
    took = world.send(10_000)
    assert world.widest == WIDEST
    assert 10_000 / (took / SECOND) > 0.95 * WIDEST / (world.latency / SECOND)


@pytest.mark.parametrize(("rate", "burst"), [(0.2, 10), (0.2, 1), (1.0, 5), (5.0, 10), (0.016, 10)])
def test_a_limit_is_learnt_and_used_fully(rate: float, burst: int) -> None:
    world = World(Server(rate, burst))
    took = world.send(200)
    ideal = timedelta(seconds=(200 - burst) / rate)
    assert took <= ideal * 1.1 + 15 * SECOND
    assert world.server.refused <= 60


def test_after_a_refusal_one_goes_at_a_time_where_a_call_takes_seconds() -> None:
    world = World(Server(0.2, 10))
    world.send(20)
    world.widest = 0
    world.send(10)
    assert world.widest == 1


def test_a_burst_is_used_again_after_a_rest() -> None:
    world = World(Server(0.2, 10))
    world.send(30)
    world.now += timedelta(hours=1)
    assert world.send(5) < SECOND


def test_a_limit_that_was_lifted_is_noticed() -> None:
    world = World(Server(0.2, 10))
    world.send(40)
    world.server.rate = None
    world.send(600)
    assert world.send(1_000) < 3 * SECOND


def test_a_limit_that_came_is_noticed() -> None:
    world = World(Server())
    world.send(500)
    world.server.rate, world.server.burst = 1.0, 5
    world.server._at = world.now
    assert world.send(100) < timedelta(seconds=115)


def test_refusals_of_calls_that_went_out_together_are_one() -> None:
    pace = Pace(width=WIDEST)
    for _n in range(WIDEST):
        assert pace.wait(NOW) == timedelta(0)
        pace.began(NOW)
    assert pace.wait(NOW) is None
    for _n in range(10):
        pace.succeeded(NOW)
    for _n in range(WIDEST - 10):
        pace.limited(NOW, 5 * SECOND)
    assert (pace.interval, pace.burst, pace.flying) == (5 * SECOND, 10, 0)
    assert pace.wait(NOW) == 5 * SECOND


def test_a_refusal_that_says_no_wait_is_waited_after_all_the_same() -> None:
    pace = Pace()
    pace.began(NOW)
    pace.limited(NOW, None)
    assert pace.wait(NOW) == SECOND


def test_a_call_that_fails_tells_nothing_of_limits() -> None:
    pace = Pace()
    pace.began(NOW)
    pace.failed()
    assert (pace.flying, pace.interval, pace.wait(NOW)) == (0, None, timedelta(0))


def test_the_finish_of_a_burst_is_when_its_last_call_goes() -> None:
    world = World(Server(0.2, 10))
    world.send(40)
    expected = world.pace.finish(world.now, 20)
    world.send(20)
    assert abs(world.server.taken[-1] - expected) <= 10 * SECOND
    assert World(Server()).pace.finish(NOW, 1_000) == NOW


# --- the pacer ------------------------------------------------------------------------------------------------


class Bench:
    """A pacer before a server, in virtual time."""

    def __init__(self, server: Server, patience: timedelta = 2 * SECOND) -> None:
        self.server = server
        self.clock = VirtualClock(NOW)
        self.warnings: list[Slow] = []
        self.pacer = Pacer(self.clock, self.warned, patience, self.sleep)

    async def warned(self, slow: Slow) -> None:
        self.warnings.append(slow)

    async def sleep(self, seconds: float) -> None:
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))
        await asyncio.sleep(0)

    async def call(self) -> str:
        wait = self.server.asked(self.clock.now())
        if wait is not None:
            raise SlowDown("too fast", wait)
        return "sent"

    async def send(self, name: str, *, urgent: bool = False) -> timedelta | None:
        """Make one call; return when to come back if it was put off."""
        try:
            assert await self.pacer.run(name, self.call, urgent=urgent) == "sent"
        except TryLater as later:
            return later.after
        return None

    def wait(self, length: timedelta) -> None:
        self.clock.move_to(self.clock.now() + length)


async def test_a_short_wait_is_waited() -> None:
    bench = Bench(Server(rate=1.0, burst=1))
    assert [await bench.send(f"k{n}") for n in range(5)] == [None] * 5
    assert bench.clock.now() - NOW >= 4 * SECOND


async def test_a_long_wait_is_given_back_with_a_turn_for_each() -> None:
    bench = Bench(Server(rate=0.2, burst=10))
    turns = [turn for n in range(30) if (turn := await bench.send(f"k{n}")) is not None]
    assert bench.clock.now() - NOW <= 2 * SECOND
    assert (len(turns), bench.pacer.waiting) == (20, 20)
    assert [later - sooner for sooner, later in pairwise(turns)] == [5 * SECOND] * 19


async def test_who_comes_back_at_their_turn_is_served() -> None:
    bench = Bench(Server(rate=0.2, burst=10))
    turns = {f"k{n}": turn for n in range(30) if (turn := await bench.send(f"k{n}")) is not None}
    begun = bench.clock.now()
    for name, turn in turns.items():
        bench.clock.move_to(max(bench.clock.now(), begun + turn))
        assert await bench.send(name) is None
    assert bench.pacer.waiting == 0
    assert bench.clock.now() - begun <= timedelta(seconds=105)


async def test_an_answer_goes_before_what_nobody_awaits() -> None:
    bench = Bench(Server(rate=0.2, burst=10))
    for n in range(100):
        await bench.send(f"prompt{n}")
    turn = await bench.send("answer", urgent=True)
    assert turn is not None
    assert turn <= 5 * SECOND
    bench.wait(turn)
    assert await bench.send("prompt50") is not None
    assert await bench.send("answer", urgent=True) is None


async def test_a_burst_of_more_than_ten_minutes_is_told_once() -> None:
    bench = Bench(Server(rate=0.2, burst=10))
    for n in range(310):
        await bench.send(f"k{n}")
    (slow,) = bench.warnings
    assert slow.interval == 5 * SECOND
    assert slow.finish - bench.clock.now() > timedelta(minutes=10)
    assert bench.pacer.pace.finish(bench.clock.now(), 300) - bench.clock.now() == timedelta(minutes=25)


async def test_a_burst_of_less_is_not_told() -> None:
    bench = Bench(Server(rate=0.2, burst=10))
    for n in range(100):
        await bench.send(f"k{n}")
    assert bench.warnings == []


async def test_the_next_long_burst_is_told_again() -> None:
    bench = Bench(Server(rate=0.2, burst=10))
    for burst in range(2):
        names = [f"{burst}.{n}" for n in range(200)]
        while names:
            names = [name for name in names if await bench.send(name) is not None]
            bench.wait(5 * SECOND)
        bench.wait(timedelta(hours=1))
    assert len(bench.warnings) == 2


async def test_what_was_given_up_is_not_waited_for() -> None:
    bench = Bench(Server(rate=0.2, burst=1))
    for n in range(50):
        await bench.send(f"k{n}")
    bench.wait(timedelta(hours=1))
    for n in range(3):
        await bench.send(f"new{n}")
    assert bench.pacer.waiting <= 3


async def test_other_failures_go_through_and_the_next_call_may_begin() -> None:
    bench = Bench(Server())

    async def breaks() -> str:
        raise OutcomeUnknown("the connection broke off")

    with pytest.raises(OutcomeUnknown):
        await bench.pacer.run("k1", breaks)
    assert bench.pacer.pace.flying == 0
    assert await bench.send("k1") is None


async def test_calls_at_once_are_as_many_as_the_pace_says() -> None:
    bench, most, now = Bench(Server()), 0, 0

    async def call() -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1

    await asyncio.gather(*(bench.pacer.run(f"k{n}", call) for n in range(200)))
    assert most == WIDEST


async def test_a_call_that_is_cancelled_is_not_counted_any_more() -> None:
    bench = Bench(Server())
    task = asyncio.create_task(bench.pacer.run("k1", lambda: asyncio.sleep(60)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await bench.send("k2") is None
