"""Calls keep to Discord's limits before Discord has to say so. Discord here is a model with a clock."""

from __future__ import annotations

import asyncio
import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.errors import TryLater
from bot.platforms.discord.limiter import (
    A_SECOND,
    AT_MOST,
    BURST,
    MADE_UP,
    WATCHED,
    Call,
    Gate,
    Haste,
    Limits,
    Pace,
    Refusal,
    Said,
    Ticket,
    read,
)

POST = "POST /channels/{channel_id}/messages"
CALLBACK = Call("POST /interactions/{webhook_id}/{webhook_token}/callback", "1+token", Haste.ANSWERING)


def post(channel: int = 1, haste: Haste = Haste.UNASKED) -> Call:
    return Call(POST, str(channel), haste)


@dataclass
class Discord:
    """Fixed windows: 50 calls a second in all, and so many for each bucket; a refused call counts all the same."""

    limit: int = 5
    seconds: float = 5.0
    taken: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _all: tuple[float, int] = (0.0, 0)
    _buckets: dict[str, tuple[float, int]] = field(default_factory=lambda: defaultdict(lambda: (0.0, 0)))

    def asked(self, call: Call, now: float) -> Said | None:
        """Take a call and say how its bucket stands, or refuse it."""
        if call.haste is not Haste.ANSWERING:
            ends, used = self._all if now < self._all[0] else (now + 1.0, 0)
            self._all = ends, used + 1
            if used >= 50:
                self.refused.append("global")
                return None
        ends, used = self._buckets[call.major]
        ends, used = (ends, used) if now < ends else (now + self.seconds, 0)
        self._buckets[call.major] = ends, used + 1
        if used >= self.limit:
            self.refused.append("bucket")
            return None
        self.taken.append(now)
        return Said("b1", self.limit, self.limit - used - 1, ends - now)


@dataclass
class World:
    """Calls that each take a while to arrive and to be answered, in virtual time."""

    discord: Discord = field(default_factory=Discord)
    limits: Limits = field(default_factory=Limits)
    now: float = 0.0

    def send(self, calls: list[Call], lanes: int, latency: float) -> float:
        """Make calls, so many at a time; return how long it took."""
        begun, waiting = self.now, list(calls)
        flying: list[tuple[float, int, Ticket, Said | None]] = []
        while waiting or flying:
            wait = self.limits.wait(waiting[0], self.now) if waiting and len(flying) < lanes else None
            if wait == 0.0:
                ticket = self.limits.began(waiting[0], self.now)
                said = self.discord.asked(waiting.pop(0), self.now + latency / 2)
                heapq.heappush(flying, (self.now + latency, len(waiting), ticket, said))
                continue
            first = flying[0][0] if flying else float("inf")
            assert wait is not None or flying, "nothing is under way, and nothing may begin"
            if wait is not None and self.now + wait < first:
                self.now += wait
                continue
            self.now, _number, ticket, said = heapq.heappop(flying)
            self.limits.ended(ticket, self.now, said)
        return self.now - begun


def woken_late(limits: Limits, lateness: list[float], calls: int = 300) -> list[float]:
    """Return when calls begin that always wait, by a process that wakes up so many seconds late each time in turn."""
    taken: list[float] = []
    now = 0.0
    for each in cycle(lateness):
        wait = limits.wait(post(len(taken)), now)
        assert wait is not None
        now += wait + each if wait else 0.0
        while limits.wait(post(len(taken)), now) == 0.0:
            limits.began(post(len(taken)), now)
            taken.append(now)
        if len(taken) >= calls:
            return taken
    raise AssertionError


def test_a_thousand_conversations_go_at_the_floor_and_nothing_is_refused() -> None:
    world = World()
    took = world.send([post(n) for n in range(1_000)], lanes=20, latency=0.1)
    assert world.discord.refused == []
    assert took <= 1.05 * 1_000 / A_SECOND


def test_no_second_has_more_calls_than_there_may_be() -> None:
    world = World()
    world.send([post(n) for n in range(300)], lanes=50, latency=0.01)
    taken = world.discord.taken
    assert max(sum(start <= at < start + 1.0 for at in taken) for start in taken) <= AT_MOST + BURST


@given(st.lists(st.floats(0.0, 0.25), min_size=1, max_size=300), st.floats(0.2, 20.0))
def test_waking_up_late_never_makes_a_second_too_full(lateness: list[float], span: float) -> None:
    taken = woken_late(Limits(), lateness)
    assert max(sum(start <= at < start + 1.0 for at in taken) for start in taken) <= AT_MOST + BURST
    most = A_SECOND * span + BURST + MADE_UP + 1
    assert max(sum(start <= at < start + span for at in taken) for start in taken) <= most


def test_what_was_missed_by_waking_up_late_is_made_up_for() -> None:
    taken = woken_late(Limits(), [0.0] * 99 + [0.1], calls=1_000)
    assert taken[-1] <= 1.005 * 1_000 / A_SECOND


@given(
    limit=st.integers(1, 10),
    seconds=st.floats(0.5, 10),
    lanes=st.integers(1, 20),
    latency=st.floats(0.001, 2),
    channels=st.lists(st.integers(0, 3), min_size=1, max_size=60),
)
def test_no_bucket_is_ever_overrun(limit: int, seconds: float, lanes: int, latency: float, channels: list[int]) -> None:
    world = World(Discord(limit, seconds))
    world.send([post(channel) for channel in channels], lanes, latency)
    assert world.discord.refused == []
    assert len(world.discord.taken) == len(channels)


def test_answers_to_interactions_never_wait_for_the_others() -> None:
    limits = Limits()
    for n in range(BURST):
        assert limits.wait(post(n), 0.0) == 0.0
        limits.began(post(n), 0.0)
    assert limits.wait(post(99), 0.0) == pytest.approx(1 / AT_MOST)
    assert limits.wait(CALLBACK, 0.0) == 0.0


def test_after_a_global_refusal_all_wait_but_answers_to_interactions() -> None:
    limits = Limits()
    ticket = limits.began(post(), 0.0)
    limits.ended(ticket, 0.1)
    limits.refused(ticket, 0.1, Refusal(3.0, everything=True))
    assert limits.wait(post(2), 1.1) == pytest.approx(2.0)
    assert limits.wait(CALLBACK, 1.1) == 0.0
    assert limits.wait(post(2), 3.2) == 0.0


def test_a_refused_bucket_rests_and_others_go() -> None:
    limits = Limits()
    ticket = limits.began(post(1), 0.0)
    limits.ended(ticket, 0.1)
    limits.refused(ticket, 0.1, Refusal(2.0))
    assert limits.wait(post(1), 1.1) == pytest.approx(1.0)
    assert limits.wait(post(2), 1.1) == 0.0
    assert limits.wait(post(1), 2.2) == 0.0


def test_routes_that_share_a_bucket_share_its_limit() -> None:
    limits = Limits()
    patch = Call("PATCH /channels/{channel_id}/messages/{message_id}", "1", Haste.UNASKED)
    first, second = limits.began(post(1), 0.0), limits.began(patch, 0.0)
    limits.ended(first, 1.0, Said("b1", 5, 1, 4.0))
    limits.ended(second, 1.0, Said("b1", 5, 0, 4.0))
    assert limits.wait(post(1), 1.0) == limits.wait(patch, 1.0) == pytest.approx(4.0)
    assert limits.wait(post(2), 1.0) == 0.0


def test_calls_that_broke_off_hold_nobody_up() -> None:
    limits = Limits()
    for _ in range(20):
        assert limits.wait(post(), 10.0) == 0.0
        limits.ended(limits.began(post(), 10.0), 10.0, answered=False)
        limits = Limits(_hashes=dict(limits._hashes), _sizes={"b1": 1}, _buckets=limits._buckets)
    limits.ended(limits.began(post(), 20.0), 20.0, Said("b1", 1, 0, 1.0))
    for at in (22.0, 23.0):
        assert limits.wait(post(), at) == 0.0
        limits.ended(limits.began(post(), at), at, answered=False)


def test_a_route_without_limits_is_not_held_up() -> None:
    limits = Limits()
    limits.ended(limits.began(CALLBACK, 0.0), 0.1)
    for _ in range(10):
        assert limits.wait(CALLBACK, 0.2) == 0.0
        limits.began(CALLBACK, 0.2)


def test_too_many_refusals_stop_all_but_answers_to_interactions_until_they_are_old() -> None:
    limits = Limits(most_invalid=3)
    for at in (0.0, 1.0, 2.0):
        limits.invalid(at)
    assert limits.wait(post(), 10.0) == pytest.approx(WATCHED - 10.0)
    assert limits.wait(CALLBACK, 10.0) == 0.0
    assert limits.wait(post(), WATCHED + 0.5) == 0.0


def test_refusals_of_a_limit_that_others_share_do_not_count_against_us() -> None:
    limits = Limits(most_invalid=1)
    ticket = limits.began(post(), 0.0)
    limits.ended(ticket, 0.0)
    limits.refused(ticket, 0.0, Refusal(0.5, shared=True))
    assert limits.wait(post(2), 1.0) == 0.0


def test_what_is_known_of_old_conversations_is_forgotten() -> None:
    limits = Limits()
    for n in range(10_000):
        ticket = limits.began(post(n), float(n))
        limits.ended(ticket, n + 0.5, Said("b1", 5, 4, 5.0))
    assert len(limits._buckets) < 2_100


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-RateLimit-Bucket": "b"}, {**dict.fromkeys(("X-RateLimit-Bucket", "X-RateLimit-Limit"), "x")}],
)
def test_headers_that_say_nothing_useful_are_left(headers: dict[str, str]) -> None:
    assert read(headers) is None


def test_headers_are_read() -> None:
    headers = {
        "X-RateLimit-Bucket": "b1",
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "4",
        "X-RateLimit-Reset-After": "1.5",
    }
    assert read(headers) == Said("b1", 5, 4, 1.5)


# --- the gate ---------------------------------------------------------------------------------------------------


class Ticking:
    """A clock that stands still until everybody sleeps, and then goes on to the next who wakes."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.now += seconds


def gate(limits: Limits | None = None) -> Gate:
    clock = Ticking()
    return Gate(clock.time, limits or Limits(Pace(10, 1), Pace(10, 1)), sleep=clock.sleep)


async def test_the_hastiest_go_first() -> None:
    door, order = gate(), list[str]()

    async def call(name: str, haste: Haste, channel: int) -> None:
        door.left(await door.enter(post(channel, haste)))
        order.append(name)

    door.left(await door.enter(post(0)))
    await asyncio.gather(
        call("reading", Haste.READING, 1),
        call("prompt", Haste.UNASKED, 2),
        call("reply", Haste.ASKED, 3),
        call("prompt 2", Haste.UNASKED, 4),
    )
    assert order == ["reply", "prompt", "prompt 2", "reading"]


async def test_an_answer_to_an_interaction_passes_those_who_wait() -> None:
    door = gate()
    door.left(await door.enter(post(0)))
    waiting = [asyncio.create_task(door.enter(post(n))) for n in range(1, 4)]
    await asyncio.sleep(0)
    door.left(await door.enter(CALLBACK))
    assert door.time() == 0.0
    await asyncio.gather(*waiting)


async def test_who_would_wait_too_long_is_put_off_and_holds_up_nobody() -> None:
    door = gate()
    ticket = await door.enter(post(1))
    door.left(ticket, Said("b1", 1, 0, 60.0))
    with pytest.raises(TryLater) as late:
        await door.enter(post(1))
    assert late.value.after is not None and late.value.after.total_seconds() == pytest.approx(60.0)
    await door.enter(post(2))


async def test_who_gives_up_waiting_takes_nothing_with_them() -> None:
    door = gate()
    door.left(await door.enter(post(0)))
    gives_up = asyncio.create_task(door.enter(post(1)))
    await asyncio.sleep(0)
    gives_up.cancel()
    await asyncio.gather(gives_up, return_exceptions=True)
    door.left(await door.enter(post(1)))
    assert door.waiting == 0


async def test_who_waits_when_the_connection_is_closed_is_sent_away() -> None:
    door = gate()
    door.left(await door.enter(post(0)))
    waiting = asyncio.create_task(door.enter(post(1)))
    await asyncio.sleep(0)
    door.close()
    with pytest.raises(TryLater):
        await waiting
    door.left(await door.enter(CALLBACK))
