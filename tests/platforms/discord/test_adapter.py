"""Answers to interactions: at once, once, and to the person, however late the bot comes to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.engine.errors import Closed, OutcomeUnknown, Refused
from bot.engine.platform_state import MemoryState
from bot.engine.ports import Op, Part
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.ears import Deaf, Service
from bot.platforms.discord.limiter import Call, Haste
from bot.platforms.discord.naming import Answer, time_of
from tests.platforms.discord import people
from tests.platforms.discord.people import Discord, Interaction, User, eventually
from tests.platforms.discord.running import MovedClock
from tests.platforms.discord.speaking import SKIP, chunk, content, identity, place, speaking

DEFERRED = {"type": 5, "data": {"flags": 64}}
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
LATER = timedelta(minutes=15, seconds=1)


class Attentive(Deaf):
    """Keeps the interactions that come."""

    made: Attentive

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.taken: list[Mapping[str, Any]] = []
        Attentive.made = self

    async def interact(self, data: Mapping[str, Any]) -> None:
        self.taken.append(data)


@dataclass
class World:
    """Somebody who uses a command, and the bot that has to answer it."""

    discord: Discord
    ana: User
    general: people.Place
    bot: DiscordPlatform
    state: MemoryState = field(default_factory=MemoryState)
    clock: MovedClock = field(default_factory=MovedClock)

    async def asked(self) -> tuple[Interaction, Answer]:
        """Let her use a command; return it, and where the answer goes."""
        before = len(Attentive.made.taken)
        used = await self.ana.slash("why", self.general)
        await eventually(lambda: len(Attentive.made.taken) > before)
        data = Attentive.made.taken[-1]
        return used, Answer(data["id"], data["token"], str(self.ana.id))

    async def deferred(self) -> tuple[Interaction, Answer]:
        """The same, acknowledged."""
        used, answer = await self.asked()
        assert await self.bot.answers.acknowledge(answer.interaction, answer.token, DEFERRED)
        return used, answer

    async def later(self, by: timedelta) -> None:
        self.clock.by += by
        await self.discord.skew(by)


@pytest_asyncio.fixture
async def world(discord: Discord) -> AsyncIterator[World]:
    ana = await discord.user("ana")
    guild = await discord.guild("Atlas", owner=ana)
    general = await guild.channel("general")
    state, clock = MemoryState(), MovedClock()
    async with speaking(discord, state=state, clock=clock, hearing=Attentive) as bot:
        why = {"name": "why", "description": "Why was I asked?", "type": 1}
        where = "/applications/{application_id}/commands"
        await bot.rest.call("PUT", where, [why], application_id=bot.me.application_id)
        yield World(discord, ana, general, bot, state, clock)


def reply(key: str, **changes: Any) -> Any:
    return chunk(key, to=1, unasked=False, **changes)


async def test_an_answer_is_written_into_the_response_for_their_eyes_only(world: World) -> None:
    used, answer = await world.deferred()
    sent = await world.bot.send(answer.place, content("Because."), reply("k1"))
    seen = await used.answer()
    assert (str(seen.id), seen.text, seen.ephemeral) == (sent, "Because.", True)


async def test_an_answer_whose_reply_was_lost_is_written_once(world: World) -> None:
    used, answer = await world.deferred()
    await world.discord.fault(cut=True, method="PATCH", route="@original")
    with pytest.raises(OutcomeUnknown):
        await world.bot.send(answer.place, content("Because."), reply("k1"))
    await world.bot.send(answer.place, content("Because."), reply("k1"))
    assert (await used.answer()).text == "Because."
    assert (await used.state())["followups"] == []
    assert await world.ana.from_bot() == []


async def test_a_second_message_to_one_interaction_does_not_take_the_firsts_place(world: World) -> None:
    used, answer = await world.deferred()
    for key, text in (("k1", "Because."), ("k2", "And so.")):
        await world.bot.send(answer.place, content(text), reply(key))
        await world.bot.send(answer.place, content(text), reply(key))
    assert (await used.answer()).text == "Because."
    assert [seen.text for seen in await world.ana.from_bot()] == ["And so."]


async def test_what_an_answer_goes_on_with_comes_by_direct_message(world: World) -> None:
    used, answer = await world.deferred()
    more = reply("k2", parts=(Part("test.what.continued", "k1", None),))
    await world.bot.send(answer.place, content("Because."), reply("k1"))
    await world.bot.send(answer.place, content("And so."), more)
    assert (await used.answer()).text == "Because."
    assert [seen.text for seen in await world.ana.from_bot()] == ["And so."]


async def test_after_a_restart_the_response_is_looked_at_before_it_is_written(world: World) -> None:
    used, answer = await world.deferred()
    await world.bot.send(answer.place, content("Because.", choices=(SKIP,)), reply("k1"))
    await world.later(timedelta(seconds=10))
    async with speaking(world.discord, state=world.state, clock=world.clock) as again:
        await again.send(answer.place, content("Because.", choices=(SKIP,)), reply("k1"))
        await again.send(answer.place, content("And so."), reply("k2"))
    assert (await used.answer()).text == "Because."
    assert [seen.text for seen in await world.ana.from_bot()] == ["And so."]


async def test_a_response_that_still_waits_after_a_restart_is_written(world: World) -> None:
    used, answer = await world.deferred()
    await world.later(timedelta(seconds=10))
    async with speaking(world.discord, state=world.state, clock=world.clock) as again:
        await again.send(answer.place, content("Because."), reply("k1"))
    assert (await used.answer()).text == "Because."


async def test_once_the_response_can_not_be_written_any_more_the_answer_comes_by_direct_message(world: World) -> None:
    _used, answer = await world.deferred()
    await world.later(LATER)
    await world.bot.send(answer.place, content("Because."), reply("k1"))
    assert [seen.text for seen in await world.ana.from_bot()] == ["Because."]
    assert await world.discord.requests("PATCH", ORIGINAL) == []


async def test_so_it_does_when_discord_says_so_first(world: World) -> None:
    _used, answer = await world.deferred()
    await world.discord.skew(LATER)
    await world.bot.send(answer.place, content("Because."), reply("k1"))
    assert [seen.text for seen in await world.ana.from_bot()] == ["Because."]


async def test_with_their_direct_messages_closed_the_rest_stands_under_the_answer(world: World) -> None:
    used, answer = await world.deferred()
    await world.ana.close_dms()
    more = reply("k2", parts=(Part("test.what.continued", "k1", None),))
    await world.bot.send(answer.place, content("Because."), reply("k1"))
    await world.bot.send(answer.place, content("And so."), more)
    assert [(seen.text, seen.ephemeral) for seen in await used.followups()] == [("And so.", True)]
    await world.later(LATER)
    with pytest.raises(Closed):
        await world.bot.send(answer.place, content("And more."), replace(more, key="k3"))


async def test_an_answer_is_changed_and_taken_back_while_that_can_be(world: World) -> None:
    used, answer = await world.deferred()
    sent = await world.bot.send(answer.place, content("Because."), reply("k1"))
    await world.bot.edit(answer.place, sent, content("No."), reply("e1", op=Op.EDIT))
    assert (await used.answer()).text == "No."
    for _ in range(2):
        await world.bot.delete(answer.place, sent, reply("d1", op=Op.DELETE))
    assert (await used.state())["original"] is None
    await world.later(LATER)
    with pytest.raises(Refused):
        await world.bot.edit(answer.place, sent, content("Yes."), reply("e2", op=Op.EDIT))


async def test_an_ordinary_response_is_changed_for_ever(world: World) -> None:
    direct = (await world.bot.direct_place(identity(world.ana))).address
    before = len(Attentive.made.taken)
    used = await world.ana.slash("why")
    await eventually(lambda: len(Attentive.made.taken) > before)
    data = Attentive.made.taken[-1]
    answer = Answer(data["id"], data["token"], str(world.ana.id), direct)
    await world.bot.answers.acknowledge(answer.interaction, answer.token, {"type": 5})
    sent = await world.bot.send(answer.place, content("Because."), reply("k1"))
    await world.later(LATER)
    await world.bot.edit(answer.place, sent, content("No."), reply("e1", op=Op.EDIT))
    assert [seen.text for seen in await world.ana.from_bot()] == ["No."]
    assert used.id == int(data["id"])


# --- found again ------------------------------------------------------------------------------------------------


async def test_an_answer_that_came_by_direct_message_is_found_there(world: World) -> None:
    _used, answer = await world.deferred()
    await world.later(LATER)
    sent = await world.bot.send(answer.place, content("Because."), reply("k1"))
    since = world.clock.now()
    await world.later(timedelta(minutes=5))
    assert await world.bot.find(answer.place, reply("k1", content=content("Because.")), since) == [sent]
    assert await world.bot.find(answer.place, reply("k2", content=content("No.")), since) == ()


async def test_whether_a_response_was_written_can_not_be_told_once_it_is_closed(world: World) -> None:
    _used, answer = await world.deferred()
    since = time_of(answer.interaction) + timedelta(seconds=1)
    await world.later(LATER)
    with pytest.raises(OutcomeUnknown):
        await world.bot.find(answer.place, reply("k1", content=content("Because.")), since)


# --- acknowledged -----------------------------------------------------------------------------------------------


async def test_an_acknowledgement_whose_reply_was_lost_is_tried_again_within_the_three_seconds(world: World) -> None:
    used, answer = await world.asked()
    await world.discord.fault(cut=True, route="callback")
    assert await world.bot.answers.acknowledge(answer.interaction, answer.token, DEFERRED)
    assert not await used.failed()


async def test_an_acknowledgement_that_comes_too_late_says_so(world: World) -> None:
    _used, answer = await world.asked()
    await world.discord.skew(timedelta(seconds=4))
    assert not await world.bot.answers.acknowledge(answer.interaction, answer.token, DEFERRED)


async def test_an_acknowledgement_goes_while_sends_wait(world: World) -> None:
    limits = world.bot.rest.gate.limits
    limits.peak.a_second = 0.2
    posts = [
        asyncio.create_task(world.bot.send(place(world.general), content(f"post {n}"), chunk(f"p{n}")))
        for n in range(5)
    ]
    await asyncio.sleep(0)
    used, answer = await world.deferred()
    assert not await used.failed()
    await world.bot.send(answer.place, content("Because."), reply("k1"))
    assert (await used.answer()).text == "Because."
    now = world.bot.rest.gate.time()
    assert (limits.wait(Call("POST /x", "", Haste.ASKED), now) or 0) > 0
    for post in posts:
        post.cancel()
    await asyncio.gather(*posts, return_exceptions=True)
