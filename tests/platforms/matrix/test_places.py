"""Direct conversations that are there no more: who left theirs is left alone, everybody else gets another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio

from bot.engine.errors import PlaceGone, Refused
from bot.model.event import PersonLeft
from bot.model.identity import MemberId, Place
from tests.platforms.matrix.account import BotAccount
from tests.platforms.matrix.humans.plain import Human, eventually
from tests.platforms.matrix.living import LivingBot
from tests.platforms.matrix.synapse import Synapse


@pytest_asyncio.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[BotAccount]:
    """A bot that does not encrypt, started."""
    account = await BotAccount.make(synapse, tmp_path, encryption="never")
    await account.start()
    yield account
    await account.platform.stop()


async def lose(synapse: Synapse, room: str) -> None:
    """Take a room from the server, as a database that was lost does; who is in it is put out first."""
    where = f"/v2/rooms/{quote(room)}"
    deletion = (await synapse.admin("DELETE", where, {"purge": True}))["delete_id"]

    async def is_done() -> bool:
        return bool((await synapse.admin("GET", f"/v2/rooms/delete_status/{deletion}"))["status"] == "complete")

    await eventually(is_done)


async def a_conversation(synapse: Synapse, bot: BotAccount) -> tuple[Human, Place]:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    await bot.until(lambda: bot.platform.book.room(place.address).membership(ana.user_id) == "join")
    return ana, place


@pytest.mark.parametrize("restarted", [False, True])
async def test_one_that_the_server_lost_is_made_anew(synapse: Synapse, bot: BotAccount, restarted: bool) -> None:
    ana, place = await a_conversation(synapse, bot)
    if restarted:
        await bot.platform.stop()
    await lose(synapse, place.address)
    if restarted:
        bot.platform = bot.process()
        await bot.start()
    with pytest.raises(PlaceGone):
        await bot.say(place, "hello?", "k.1")
    another = await bot.direct(ana.user_id)
    assert another != place
    await bot.say(another, "hello!", "k.1")
    await ana.join(another.address)
    assert [line.text for line in await ana.lines(another.address)] == ["hello!"]


async def test_one_that_the_bot_was_put_out_of_is_made_anew(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room(invite=[bot.user_id], direct=True, preset="private_chat")
    await bot.joined(room)
    place = await bot.direct(ana.user_id)
    assert place.address == room
    await ana.kick(room, bot.user_id)
    with pytest.raises(PlaceGone):
        await bot.say(place, "hello?", "k.1")
    assert await bot.direct(ana.user_id) != place


async def test_one_that_the_person_left_is_not(synapse: Synapse, bot: BotAccount) -> None:
    ana, place = await a_conversation(synapse, bot)
    await ana.leave(place.address)
    await bot.hear(PersonLeft)
    with pytest.raises(Refused) as refused:
        await bot.say(place, "hello?", "k.1")
    assert not isinstance(refused.value, PlaceGone)
    with pytest.raises(Refused):
        await bot.direct(ana.user_id)


async def test_what_is_for_one_person_is_not_said_before_another(synapse: Synapse, bot: BotAccount) -> None:
    ana, place = await a_conversation(synapse, bot)
    bo = await synapse.human("Bo")
    await ana.invite(place.address, bo.user_id)
    await bo.join(place.address)
    await bot.until(lambda: bot.platform.book.room(place.address).membership(bo.user_id) == "join")
    with pytest.raises(PlaceGone):
        await bot.say(place, "for Ana alone", "k.1", member=MemberId(1))
    another = await bot.direct(ana.user_id)
    await bot.say(another, "for Ana alone", "k.1", member=MemberId(1))
    assert await ana.lines(place.address) == []


async def test_the_next_prompt_reaches_the_person_in_the_new_one(synapse: Synapse, tmp_path: Path) -> None:
    bot = await LivingBot.make(synapse, tmp_path, datetime(2026, 10, 26, 9, 0, tzinfo=UTC), encryption="never")
    await bot.start()
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    for command, answer in (
        ("team create Atlas zone:UTC", "The team Atlas is made"),
        ("standup create Atlas at:09:30 days:mon-fri", "Atlas now has a standup"),
    ):
        await ana.say(room, f"!helio {command}")
        await ana.hear_from(room, bot.user_id, answer)
    await bot.until(datetime(2026, 10, 26, 9, 30, tzinfo=UTC))
    first = await invitation(ana)
    await ana.join(first)
    await ana.hear_from(first, bot.user_id, "time for your Atlas update")
    await ana.say(first, "1. merged\n2. docs\n3. nothing")
    await ana.hear_from(first, bot.user_id, "Thank you!")
    await lose(synapse, first)
    await bot.until(datetime(2026, 10, 27, 9, 31, tzinfo=UTC))
    second = await invitation(ana)
    assert second != first
    await ana.join(second)
    lines = [line.text for line in await ana.lines(second) if line.sender == bot.user_id]
    assert len([text for text in lines if "time for your Atlas update" in text]) == 1
    await bot.close()


async def invitation(human: Human) -> str:
    """Wait until the person is invited to one room, and return it."""

    async def is_one() -> bool:
        return len(await human.invitations()) == 1

    await eventually(is_one)
    return next(iter(await human.invitations()))
