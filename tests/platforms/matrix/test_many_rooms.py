"""A workspace of several rooms, and who is in none of them any more: on a real Synapse, with the whole bot."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest_asyncio

from tests.platforms.matrix.humans.plain import Human, Line, eventually
from tests.platforms.matrix.living import LivingBot
from tests.platforms.matrix.synapse import Synapse


@pytest_asyncio.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[LivingBot]:
    """A bot with all its cogs, at nine on a Monday."""
    bot = await LivingBot.make(synapse, tmp_path, datetime(2026, 10, 26, 9, tzinfo=UTC), encryption="never")
    await bot.start()
    yield bot
    await bot.close()


async def says(human: Human, room: str, text: str, bot: LivingBot, answer: str) -> Line:
    """Say something for the bot, and return what it answers."""
    before = {line.id for line in await human.lines(room)}
    await human.say(room, text)
    return await human.hear(
        room, lambda line: line.sender == bot.user_id and line.id not in before and answer in line.text
    )


async def invitation(human: Human) -> str:
    """Wait until the bot invites somebody to their conversation, and return it."""

    async def is_there() -> bool:
        return bool(await human.invitations())

    await eventually(is_there)
    return next(iter(await human.invitations()))


async def test_another_room_joins_by_a_code(synapse: Synapse, bot: LivingBot) -> None:
    ana, bo = await synapse.human("Ana"), await synapse.human("Bo")
    first = await ana.create_room("Atlas", invite=[bot.user_id])
    await says(ana, first, "!helio team create Atlas zone:UTC", bot, "The team Atlas is made")
    await says(ana, first, "!helio workspace code", bot, "in private")
    direct = await invitation(ana)
    await ana.join(direct)
    told = await ana.hear_from(direct, bot.user_id, "workspace join")
    (command,) = re.findall(r"!helio workspace join [A-Z0-9-]+", told.text)
    second = await bo.create_room("Borealis", invite=[bot.user_id])
    stranger = await says(bo, second, "!helio team show Atlas", bot, "")
    assert "Ana" not in stranger.text
    await says(bo, second, command, bot, "")
    shown = await says(bo, second, "!helio team show Atlas", bot, "Atlas")
    assert "Ana" in shown.text


async def test_the_bot_is_spoken_to_by_a_mention_too(synapse: Synapse, bot: LivingBot) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await ana.say(room, "team create Nothing zone:UTC")
    await says(ana, room, f"{bot.user_id}: team create Atlas zone:UTC", bot, "The team Atlas is made")
    assert not [line for line in await ana.lines(room) if line.sender == bot.user_id and "Nothing" in line.text]


async def test_who_leaves_is_asked_nothing_more(synapse: Synapse, bot: LivingBot) -> None:
    ana, bo = await synapse.human("Ana"), await synapse.human("Bo")
    room = await ana.create_room("Atlas", invite=[bot.user_id, bo.user_id])
    await bo.join(room)
    await says(ana, room, "!helio team create Atlas zone:UTC", bot, "The team Atlas is made")
    await says(ana, room, f"!helio team add Atlas {bo.user_id}", bot, "is in Atlas now")
    await says(ana, room, "!helio standup create Atlas at:09:30 days:mon-fri", bot, "Atlas now has a standup")
    await bot.until(datetime(2026, 10, 26, 9, 30, tzinfo=UTC))

    direct = await invitation(bo)
    await bo.join(direct)
    await bo.hear_from(direct, bot.user_id, "time for your Atlas update")
    before = len(await bo.lines(direct))
    await bo.leave(room)
    await says(ana, room, "!helio team show Atlas", bot, "Atlas")
    await bot.until(datetime(2026, 10, 28, 12, 0, tzinfo=UTC))
    asked = [line.text for line in (await bo.lines(direct))[before:] if "update" in line.text]
    assert asked == []
