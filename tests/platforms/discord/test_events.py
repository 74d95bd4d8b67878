"""What people write and do on Discord, as the engine hears of it; and texts made readable, as a pure matter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.model.event import MessageDeleted, MessageEdited, MessageReceived, Reacted
from bot.platforms.discord import mentions
from bot.platforms.discord.media import parse
from tests.platforms.discord.atlas import Atlas, atlas
from tests.platforms.discord.people import Discord, eventually

NAMES = {"11": "Bo Smith", "12": "Chen", "13": 'Jo "Fix" Doe'}


@pytest.fixture
async def here(discord: Discord) -> AsyncIterator[Atlas]:
    async with atlas(discord) as here:
        yield here


# --- texts --------------------------------------------------------------------------------------------------


def read(text: str, **more: Any) -> str:
    return mentions.readable(text, NAMES.get, {"21": "general"}.get, {"31": "Leads"}.get, **more)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("with <@11> and <@!12>", "with @Bo Smith and @Chen"),
        ("see <#21>, <@&31>", "see #general, @Leads"),
        ("unknown <@99> <#98> <@&97>", "unknown <@99> <#98> <@&97>"),
        ("nice <:parrot:555> <a:party:556>", "nice :parrot: :party:"),
        ("at <t:1700000000:f> 1 < 2", "at <t:1700000000:f> 1 < 2"),
        ("", ""),
    ],
)
def test_ids_in_a_text_become_names_where_these_are_known(text: str, shown: str) -> None:
    assert read(text) == shown


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("kudos <@11> for helping <@11>", 'kudos "@Bo Smith" for helping @Bo Smith'),
        ("kudos <@12> for it", "kudos @Chen for it"),
        ("kudos <@13> for it", "kudos @13 for it"),
    ],
)
def test_in_a_command_the_first_name_is_held_together(text: str, typed: str) -> None:
    assert read(text, command=True) == typed


@pytest.mark.parametrize(
    ("text", "rest", "addressed"),
    [
        ("<@7> team show", "team show", True),
        ("  <@!7>, team show", "team show", True),
        ("<@7>", "", True),
        ("team show <@7>", "team show <@7>", False),
        ("<@8> hello", "<@8> hello", False),
        ("thanks <@7>!", "thanks <@7>!", False),
    ],
)
def test_a_text_is_for_the_bot_that_begins_with_its_mention(text: str, rest: str, addressed: bool) -> None:
    assert mentions.addressed(text, "7") == mentions.Words(rest, addressed)


@pytest.mark.parametrize(
    ("user", "member", "shown"),
    [
        ({"id": "1", "username": "bo"}, None, "bo"),
        ({"id": "1", "username": "bo", "global_name": "Bo"}, {"nick": None}, "Bo"),
        ({"id": "1", "username": "bo", "global_name": "Bo"}, {"nick": "Bo Smith"}, "Bo Smith"),
    ],
)
def test_people_are_called_as_the_server_shows_them(user: Any, member: Any, shown: str) -> None:
    assert mentions.shown(user, member) == shown


# --- direct conversations -----------------------------------------------------------------------------------


async def test_what_is_written_in_private_is_an_answer_and_its_change_and_deletion_follow(here: Atlas) -> None:
    await here.asks()
    said = await here.bo.say(here.bo.dm, "1. the map\n2. the legend\n3. none")
    await here.bo.reads("Atlas update")
    await kept(here, ["the map", "the legend"])
    await here.bo.edit(said, "1. the atlas\n2. the legend\n3. none")
    await kept(here, ["the atlas", "the legend"])
    await here.bo.delete(said)
    await kept(here, [])
    (edited,), (deleted,) = here.bot.of(MessageEdited, here.bo), here.bot.of(MessageDeleted, here.bo)
    assert edited.ref == deleted.ref == here.bot.of(MessageReceived, here.bo)[0].ref


async def test_files_are_kept_by_where_they_stand(here: Atlas) -> None:
    await here.asks()
    said = await here.bo.say(here.bo.dm, "the map", files={"my map.png": b"\x89PNG"})
    (heard,) = await eventually(lambda: here.bot.of(MessageReceived, here.bo))
    (file,) = [parse(each) for each in heard.attachments]
    assert file is not None
    assert (file.channel, file.message, file.name) == (str(said.channel_id), str(said.id), "my map.png")


async def test_a_preview_that_discord_adds_is_no_change(here: Atlas) -> None:
    said = await here.bo.say(here.bo.dm, "see https://example.org")
    await eventually(lambda: here.bot.of(MessageReceived, here.bo))
    whole = {"id": str(said.id), "channel_id": str(said.channel_id), "type": 0, "content": said.content}
    author = {"id": str(here.bo.id), "username": "bo"}
    await here.discord.dispatch("MESSAGE_UPDATE", {**whole, "author": author, "edited_timestamp": None, "embeds": [{}]})
    await here.bo.say(here.bo.dm, "me show")
    await here.bo.reads("What I know")
    assert here.bot.of(MessageEdited) == []


async def test_a_reaction_stands_for_the_choice_with_its_emoji(here: Atlas) -> None:
    _anas, prompt = await here.asks()
    await here.bo.react(prompt, "⏭️")
    await here.bo.reads("no Atlas update for")
    await here.bo.unreact(prompt, "⏭️")
    heard = await eventually(lambda: each if len(each := here.bot.of(Reacted, here.bo)) == 2 else None)
    assert [(each.emoji, each.removed) for each in heard] == [("⏭️", False), ("⏭️", True)]


# --- servers ------------------------------------------------------------------------------------------------


async def test_in_a_server_only_what_begins_with_a_mention_is_for_the_bot(here: Atlas) -> None:
    await here.bo.say(here.general, "team show Atlas")
    await here.bo.say(here.general, "team show Atlas", mentions=("bot",))
    await here.bo.reads("at work now", here.general)
    (heard,) = here.bot.of(MessageReceived, here.bo)
    assert (heard.text, heard.addressed, heard.place_name) == ("team show Atlas", True, "general")
    assert (heard.author.name, heard.scope, heard.admin) == ("Bo Smith", str(here.guild.id), False)


async def test_people_who_are_mentioned_are_who_is_meant(here: Atlas) -> None:
    chen = await here.discord.user("chen")
    await here.guild.join(chen, nick="Chen Li")
    await here.ana.say(here.general, f"team add Atlas {chen.mention}", mentions=("bot",))
    await here.ana.reads("Chen Li is in Atlas now", here.general)


async def test_rights_come_with_each_message(here: Atlas) -> None:
    await here.bo.say(here.general, "team create Mine", mentions=("bot",))
    await here.bo.reads("Only admins can use", here.general)
    await here.guild.give(here.bo, await here.guild.role("Lead", "manage_guild"))
    await here.bo.say(here.general, "team create Mine", mentions=("bot",))
    await here.bo.reads("The team Mine is made", here.general)


async def test_what_is_said_in_a_thread_is_said_in_its_channel(here: Atlas) -> None:
    post = await here.bo.say(here.general, "a post")
    thread = await here.bo.thread(here.general, "Maps", post)
    await here.bo.say(thread, "team show Atlas", mentions=("bot",))
    await here.bo.reads("at work now", thread)
    (heard,) = here.bot.of(MessageReceived, here.bo)
    assert (heard.place.address, heard.place.thread) == (str(here.general.id), str(thread.id))
    assert heard.place_name == "general"


async def test_a_changed_and_a_deleted_mention_are_followed(here: Atlas) -> None:
    said = await here.bo.say(here.general, "update the map", mentions=("bot",))
    await kept(here, ["the map"])
    await here.bo.edit(said, f"{here.discord.bot_mention} update the atlas")
    await eventually(lambda: here.bot.of(MessageEdited, here.bo))
    await here.bo.delete(said)
    await kept(here, [])


async def test_other_bots_are_not_answered(here: Atlas) -> None:
    other = await here.discord.user("other", bot=True)
    await here.guild.join(other)
    await here.discord.call(
        "say", user=str(other.id), place=here.general.spec, text=f"{here.discord.bot_mention} team show Atlas"
    )
    heard = await eventually(lambda: [each for each in here.bot.of(MessageReceived) if each.bot])
    assert [each.author.name for each in heard] == ["other"]


@pytest.mark.parametrize("allowed", [False, True])
async def test_pictures_in_threads_come_where_the_operator_lets_the_bot_read(discord: Discord, allowed: bool) -> None:
    await discord.settings(intents=["message_content"] if allowed else [])
    async with atlas(discord, message_content=allowed) as here:
        thread = await here.bo.thread(here.general, "Pets", await here.bo.say(here.general, "a post"))
        await here.bo.say(here.general, "not in a thread", files={"dog.png": b"\x89PNG"})
        await here.bo.say(thread, "my cat", files={"cat.png": b"\x89PNG"})
        await here.bo.say(thread, "team show Atlas", mentions=("bot",))
        await here.bo.reads("at work now", thread)
        heard = [(each.text, len(each.attachments)) for each in here.bot.of(MessageReceived, here.bo)]
        assert heard == [*([("my cat", 1)] if allowed else []), ("team show Atlas", 0)]


# --- what goes wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("MESSAGE_CREATE", {"id": "1"}),
        ("MESSAGE_CREATE", {"id": "x", "channel_id": None, "author": {"id": 7}, "content": 5}),
        ("MESSAGE_UPDATE", []),
        ("MESSAGE_DELETE", {"id": None, "channel_id": "1"}),
        ("MESSAGE_DELETE_BULK", {"channel_id": "1"}),
        ("MESSAGE_REACTION_ADD", {"user_id": "1"}),
        ("GUILD_CREATE", {"id": "1", "roles": [{}]}),
        ("GUILD_DELETE", {"id": "no snowflake"}),
        ("CHANNEL_DELETE", {}),
        ("SOMETHING_NEW", {"a": 1}),
    ],
)
async def test_a_malformed_event_stops_nothing(here: Atlas, event: str, data: Any) -> None:
    await here.discord.dispatch(event, data)
    await here.bo.say(here.bo.dm, "me show")
    await here.bo.reads("What I know")


async def test_an_event_that_can_not_be_understood_for_now_is_taken_up_again(here: Atlas) -> None:
    post = await here.bo.say(here.general, "a post")
    thread = await here.bo.thread(here.general, "Maps", post)
    await here.bot.restart()
    await thread.archive()
    await here.bot.restart()
    await here.discord.fault(503, route="/channels/{channel_id}$", method="GET")
    await here.bo.say(thread, "team show Atlas", mentions=("bot",))
    await here.bo.reads("at work now", thread)


async def kept(here: Atlas, texts: list[str]) -> None:
    """Wait until this is what stands in the journal of Bo."""

    async def check() -> bool:
        found = await here.entries(here.bo)
        assert found == texts
        return True

    await eventually(check)
