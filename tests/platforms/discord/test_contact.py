"""How quickly the bot gets to know people, and what it remembers of them."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.errors import Refused, TryLater
from bot.engine.platform_state import MemoryState
from bot.model.identity import Identity
from bot.platforms.discord.contact import HOUR, Pace
from bot.platforms.discord.naming import NAME
from tests.platforms.discord.people import Discord, User
from tests.platforms.discord.running import MovedClock
from tests.platforms.discord.speaking import identity, speaking

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
OPEN = "/users/@me/channels"


def opened_at(an_hour: int, arrivals: list[int]) -> list[datetime]:
    """Let people arrive, at minutes from now, who come back at their turns; return when each was opened."""
    pace, opened = Pace(an_hour), list[datetime]()
    waiting = deque(sorted((NOW + timedelta(minutes=at), number) for number, at in enumerate(arrivals)))
    while waiting:
        now, number = waiting.popleft()
        wait = pace.wait(str(number), now)
        if wait:
            waiting = deque(sorted([*waiting, (now + wait, number)]))
            continue
        pace.began(str(number), now)
        opened.append(now)
    return opened


@given(st.integers(1, 5), st.lists(st.integers(0, 300), min_size=1, max_size=40))
def test_no_hour_has_more_new_conversations_than_allowed_and_nobody_waits_for_ever(
    an_hour: int, arrivals: list[int]
) -> None:
    opened = opened_at(an_hour, arrivals)
    assert len(opened) == len(arrivals)
    assert all(later - earlier >= HOUR for earlier, later in zip(opened, opened[an_hour:], strict=False))
    longest = HOUR * (len(arrivals) // an_hour + 1)
    assert max(opened) <= NOW + timedelta(minutes=max(arrivals)) + longest


def test_many_who_come_at_once_are_opened_as_quickly_as_allowed() -> None:
    opened = opened_at(20, [0] * 60)
    assert [sum(at == NOW + n * HOUR for at in opened) for n in range(3)] == [20, 20, 20]


def test_who_is_tried_again_counts_once() -> None:
    pace = Pace(1)
    pace.began("ana", NOW)
    assert pace.wait("ana", NOW) == timedelta(0)
    assert pace.wait("bo", NOW) == HOUR


async def crowd(discord: Discord, count: int) -> list[User]:
    owner = await discord.user("ana")
    guild = await discord.guild("Atlas", owner=owner)
    people = [await discord.user(f"user{n}") for n in range(count)]
    for each in people:
        await guild.join(each)
    return people


async def test_first_contact_is_paced_over_a_restart(discord: Discord) -> None:
    people = await crowd(discord, 3)
    state, clock = MemoryState(), MovedClock()
    async with speaking(discord, state=state, clock=clock, first_contact_per_hour=2) as bot:
        for each in people[:2]:
            await bot.direct_place(identity(each))
    async with speaking(discord, state=state, clock=clock, first_contact_per_hour=2) as bot:
        with pytest.raises(TryLater) as late:
            await bot.direct_place(identity(people[2]))
        assert late.value.after is not None and timedelta(minutes=59) < late.value.after <= HOUR
        await bot.direct_place(identity(people[0]))
        clock.by += HOUR
        await bot.direct_place(identity(people[2]))
    assert len(await discord.requests("POST", OPEN)) == 3


async def test_a_known_conversation_is_not_opened_again_after_a_restart(discord: Discord) -> None:
    (bo,) = await crowd(discord, 1)
    state = MemoryState()
    async with speaking(discord, state=state) as bot:
        place = await bot.direct_place(identity(bo))
    async with speaking(discord, state=state) as bot:
        assert await bot.direct_place(identity(bo)) == place
    assert len(await discord.requests("POST", OPEN)) == 1


async def test_a_conversation_that_somebody_began_is_no_first_contact(discord: Discord) -> None:
    bo, cy = await crowd(discord, 2)
    async with speaking(discord, first_contact_per_hour=1) as bot:
        await bot.contact.met(str(bo.id), "77")
        assert (await bot.direct_place(identity(bo))).address == "77"
        await bot.direct_place(identity(cy))


async def test_a_conversation_that_is_gone_is_opened_anew(discord: Discord) -> None:
    (bo,) = await crowd(discord, 1)
    async with speaking(discord) as bot:
        await bot.contact.met(str(bo.id), "77")
        bot.contact.forget("77")
        place = await bot.direct_place(identity(bo))
        assert place.address != "77"
        assert await bot.direct_place(identity(bo)) == place


async def test_an_outage_uses_up_no_first_contacts(discord: Discord) -> None:
    bo, cy = await crowd(discord, 2)
    async with speaking(discord, first_contact_per_hour=1) as bot:
        await discord.fault(429, route=f"^{OPEN}$", retry_after=30)
        with pytest.raises(TryLater):
            await bot.direct_place(identity(bo))
        bot.rest.gate.limits._buckets.clear()
        await bot.direct_place(identity(cy))


@pytest.mark.parametrize("account", ["7", "nobody", "", "1/../2", "9" * 30])
async def test_nobody_is_refused(discord: Discord, account: str) -> None:
    async with speaking(discord) as bot:
        with pytest.raises(Refused):
            await bot.direct_place(Identity(NAME, account))
