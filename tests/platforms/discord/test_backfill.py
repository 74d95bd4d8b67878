"""What happened while nobody listened is read back, once, and nothing that is known already is told again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.model.event import MessageDeleted, MessageEdited, MessageReceived
from tests.platforms.discord.atlas import Atlas, atlas
from tests.platforms.discord.people import Discord, User, eventually

ANSWER = "1. the map\n2. the legend\n3. none"
MESSAGES = "/channels/{channel_id}/messages"


@pytest.fixture
async def here(discord: Discord) -> AsyncIterator[Atlas]:
    async with atlas(discord) as here:
        yield here


async def test_an_answer_that_was_given_while_the_bot_was_away_is_taken(here: Atlas) -> None:
    await here.asks()
    await here.bot.stop()
    await here.bo.say(here.bo.dm, ANSWER)
    await here.bot.start()
    assert await here.entries(here.bo) == ["the map", "the legend"]


async def test_what_was_changed_or_deleted_meanwhile_counts_as_that(here: Atlas) -> None:
    await here.asks()
    bos, anas = await here.bo.say(here.bo.dm, ANSWER), await here.ana.say(here.ana.dm, ANSWER)
    await said(here, here.bo, here.ana)
    await here.bot.stop()
    await here.bo.edit(bos, ANSWER.replace("map", "atlas"))
    await here.ana.delete(anas)
    await here.bot.start()
    assert await here.entries(here.bo) == ["the atlas", "the legend"]
    assert await here.entries(here.ana) == []


async def test_what_was_said_changed_and_deleted_meanwhile_is_what_it_came_to(here: Atlas) -> None:
    await here.asks()
    await here.bot.stop()
    bos, anas = await here.bo.say(here.bo.dm, ANSWER), await here.ana.say(here.ana.dm, ANSWER)
    await here.bo.edit(bos, ANSWER.replace("map", "atlas"))
    await here.ana.delete(anas)
    await here.bot.start()
    assert await here.entries(here.bo) == ["the atlas", "the legend"]
    assert await here.entries(here.ana) == []


async def test_after_a_lost_session_what_nobody_replays_is_read_back(here: Atlas) -> None:
    await here.asks()
    await here.discord.lose_sessions()
    await here.bo.say(here.bo.dm, ANSWER)
    await said(here, here.bo)
    assert await here.entries(here.bo) == ["the map", "the legend"]


async def test_after_a_resumed_session_nothing_is_read_back(here: Atlas) -> None:
    await here.asks()
    before = len(await here.discord.requests("GET", MESSAGES))
    await here.discord.drop_gateway()
    await here.bo.say(here.bo.dm, ANSWER)
    await said(here, here.bo)
    assert (await here.discord.statistics())["sessions_resumed"] == 1
    assert len(await here.discord.requests("GET", MESSAGES)) == before


async def test_what_was_heard_is_not_told_again(here: Atlas) -> None:
    await here.asks()
    answer = await here.bo.say(here.bo.dm, ANSWER)
    await said(here, here.bo)
    await here.bo.edit(answer, ANSWER.replace("map", "atlas"))
    await eventually(lambda: here.bot.of(MessageEdited, here.bo))
    before = len(await here.bo.from_bot())
    for _times in range(2):
        await here.bot.restart()
        await here.says("team show", team="Atlas")
    assert len(await here.bo.from_bot()) == before
    assert len(here.bot.of(MessageReceived, here.bo)) == 1


async def test_a_conversation_is_read_back_before_what_is_new_in_it_is_handled(here: Atlas) -> None:
    await here.asks()
    await here.bot.stop()
    await here.bo.say(here.bo.dm, "first")
    await here.discord.fault(503, method="GET", route=f"{MESSAGES}$", times=2)
    starting = here.bot.start()
    await here.bo.say(here.bo.dm, "second")
    await starting
    await here.bo.say(here.bo.dm, "third")
    heard = await eventually(lambda: found if len(found := here.bot.of(MessageReceived, here.bo)) == 3 else None)
    assert [each.text for each in heard] == ["first", "second", "third"]


async def test_what_is_older_than_what_was_heard_stays_what_it_was(here: Atlas) -> None:
    await here.bo.say(here.bo.dm, "me show")
    await here.bo.reads("What I know")
    here.bot.state.values = {k: v for k, v in here.bot.state.values.items() if not k.startswith("heard:")}
    await here.bot.restart()
    assert [each.text for each in here.bot.of(MessageReceived, here.bo)] == ["me show"]


async def test_a_conversation_that_can_not_be_read_keeps_no_other_waiting(here: Atlas) -> None:
    await here.asks()
    await here.bot.stop()
    await here.bo.say(here.bo.dm, ANSWER)
    await here.ana.say(here.ana.dm, ANSWER)
    await here.discord.fault(403, code=50001, method="GET", route=f"{MESSAGES}$")
    await here.bot.start()
    found = [await here.entries(user) for user in (here.ana, here.bo)]
    assert sorted(found) == [[], ["the map", "the legend"]]


async def test_a_long_absence_is_read_back_whole(here: Atlas) -> None:
    await here.bo.say(here.bo.dm, "me show")
    await here.bo.reads("What I know")
    await here.bot.stop()
    for number in range(130):
        await here.bo.say(here.bo.dm, f"message {number}")
    await here.bot.start()
    texts = [each.text for each in here.bot.of(MessageReceived, here.bo)]
    assert texts == ["me show", *(f"message {number}" for number in range(130))]


# --- servers ------------------------------------------------------------------------------------------------


async def test_messages_in_servers_that_were_taken_are_looked_at_again(here: Atlas) -> None:
    kept = await here.bo.say(here.general, "update the map", mentions=("bot",))
    gone = await here.ana.say(here.general, "update the legend", mentions=("bot",))
    await said(here, here.bo, here.ana)
    await here.bot.stop()
    await here.bo.edit(kept, f"{here.discord.bot_mention} update the atlas")
    await here.ana.delete(gone)
    await here.bot.start()
    (edited,) = await eventually(lambda: here.bot.of(MessageEdited, here.bo))
    assert edited.text == "update the atlas"
    await eventually(lambda: here.bot.of(MessageDeleted, here.ana))
    assert await here.entries(here.ana) == []


async def test_what_was_taken_by_a_menu_is_looked_at_again(here: Atlas) -> None:
    mine = await here.bo.say(here.general, "merged the parser")
    await (await here.bo.menu("Add to my update", mine)).answer()
    await here.bot.stop()
    await here.bo.delete(mine)
    await here.bot.start()
    await eventually(lambda: here.bot.of(MessageDeleted, here.bo))
    assert await here.entries(here.bo) == []


async def said(here: Atlas, *users: User) -> None:
    """Wait until what people said has been handled."""

    def all_of_them() -> bool:
        return all(here.bot.of(MessageReceived, user) for user in users)

    await eventually(all_of_them)
    async with here.bot.transaction():
        pass  # which waits for the one that handles the last of it
