"""The local Discord's messages, as discord.py's client and a person see them."""

from __future__ import annotations

import io
from datetime import timedelta

import discord as dpy
import pytest

from tests.platforms.discord.people import Discord, Guild, NotPossible, Place, User, eventually
from tests.platforms.discord.plain import Listener, refused


@pytest.fixture
async def ana(discord: Discord) -> User:
    return await discord.user("ana", locale="es-ES", display="Ana")


@pytest.fixture
async def atlas(discord: Discord, ana: User) -> Guild:
    return await discord.guild("Atlas", owner=ana)


@pytest.fixture
async def general(atlas: Guild) -> Place:
    return await atlas.channel("general")


@pytest.fixture
async def bot(client: Listener, discord: Discord, general: Place) -> Listener:
    """The client, connected, after the guild and its channel were made."""
    await client.run_for(discord)
    return client


def channel_of(bot: Listener, place: Place) -> dpy.TextChannel:
    channel = bot.get_channel(place.id)
    assert isinstance(channel, dpy.TextChannel)
    return channel


async def open_dm(bot: Listener, user: User) -> dpy.DMChannel:
    return await (await bot.fetch_user(user.id)).create_dm()


async def test_a_client_logs_in_and_finds_its_servers(bot: Listener, atlas: Guild, general: Place) -> None:
    assert [guild.name for guild in bot.guilds] == ["Atlas"]
    assert [channel.name for channel in bot.guilds[0].channels] == ["general"]
    assert bot.guilds[0].me.guild_permissions.send_messages
    assert bot.guilds[0].owner_id == atlas.owner.id


async def test_a_direct_message_goes_both_ways_through_one_channel(bot: Listener, ana: User) -> None:
    channel = await open_dm(bot, ana)
    sent = await channel.send("Good morning")
    assert (await open_dm(bot, ana)).id == channel.id
    seen = await ana.reads("Good morning")
    assert seen.id == sent.id
    assert seen.from_bot
    await ana.say(ana.dm, "I did the map")
    heard = await bot.hears("message", 2)
    assert heard.content == "I did the map"
    assert heard.channel.id == channel.id


async def test_a_nonce_makes_one_message_within_its_window(bot: Listener, discord: Discord, ana: User) -> None:
    channel = await open_dm(bot, ana)
    first = await channel.send("asked once", nonce="row-1")
    again = await channel.send("asked once", nonce="row-1")
    assert again.id == first.id
    assert len(await ana.from_bot()) == 1
    await discord.skew(timedelta(minutes=3, seconds=1))
    late = await channel.send("asked once", nonce="row-1")
    assert late.id != first.id


async def test_history_never_has_the_nonce(bot: Listener, ana: User) -> None:
    channel = await open_dm(bot, ana)
    sent = await channel.send("asked once", nonce="row-1")
    assert str(sent.nonce) == "row-1"
    assert [message.nonce async for message in channel.history()] == [None]
    assert (await channel.fetch_message(sent.id)).nonce is None


async def test_a_nonce_is_25_characters_at_most(bot: Listener, ana: User, discord: Discord) -> None:
    channel = await open_dm(bot, ana)
    await channel.send("fits", nonce="x" * 25)
    assert await refused(channel.send("too long", nonce="x" * 26)) == (400, 50035)
    if discord.openapi is not None:
        assert "nonce" in "".join(await discord.forgive())


async def test_edits_and_deletes_by_people_are_told(bot: Listener, ana: User) -> None:
    said = await ana.say(ana.dm, "I did the mop")
    await ana.edit(said, "I did the map")
    edited = await bot.hears("raw_message_edit")
    assert edited.message_id == said.id
    assert edited.data["content"] == "I did the map"
    assert edited.data["edited_timestamp"]
    await ana.delete(said)
    deleted = await bot.hears("raw_message_delete")
    assert (deleted.message_id, deleted.channel_id) == (said.id, said.channel_id)


async def test_a_bot_edits_and_deletes_its_own_messages_only(bot: Listener, ana: User, general: Place) -> None:
    channel = channel_of(bot, general)
    own = await channel.send("first")
    await own.edit(content="second")
    seen = await ana.reads("second", general)
    assert seen.edited
    foreign = channel.get_partial_message((await ana.say(general, "mine")).id)
    assert await refused(foreign.edit(content="yours")) == (403, 50005)
    assert await refused(foreign.delete()) == (403, 50013)
    in_dm = await ana.say(ana.dm, "mine too")
    dm = await open_dm(bot, ana)
    assert await refused(dm.get_partial_message(in_dm.id).delete()) == (403, 50003)
    await own.delete()
    assert not await ana.from_bot(general)


async def test_reactions_go_both_ways(bot: Listener, discord: Discord, ana: User, general: Place) -> None:
    post = await channel_of(bot, general).send("a question")
    await post.add_reaction("🌻")
    seen = await ana.reads("a question", general)
    assert seen.reactions == {"🌻": (discord.bot_id,)}
    await ana.react(seen, "👍")
    added = await bot.hears("raw_reaction_add", 2)
    assert (added.message_id, added.user_id, str(added.emoji)) == (post.id, ana.id, "👍")
    assert added.member is not None
    await ana.unreact(seen, "👍")
    removed = await bot.hears("raw_reaction_remove")
    assert str(removed.emoji) == "👍"
    assert await refused(post.add_reaction("thumbsup")) == (400, 10014)


async def test_a_thread_has_the_id_of_its_message(bot: Listener, ana: User, general: Place) -> None:
    post = await channel_of(bot, general).send("Whose pet is this?")
    thread = await post.create_thread(name="Pets")
    assert thread.id == post.id
    await thread.send("Tell!")
    seen = await ana.reads("Whose pet", general)
    assert seen.thread is not None
    assert [message.text for message in await ana.sees(seen.thread)] == ["Tell!"]
    await ana.say(seen.thread, "Mine")
    heard = await bot.hears("message", 3)
    assert heard.channel.id == thread.id
    assert await refused(post.create_thread(name="Again")) == (400, 160004)


async def test_a_thread_is_archived_by_time_and_woken_by_a_message(
    bot: Listener, discord: Discord, general: Place
) -> None:
    post = await channel_of(bot, general).send("Whose pet is this?")
    thread = await post.create_thread(name="Pets", auto_archive_duration=1440)
    inside = await thread.send("Tell!")
    await discord.skew(timedelta(days=1, minutes=1))
    assert await refused(inside.edit(content="Do tell!")) == (400, 50083)
    assert await refused(inside.add_reaction("👍")) == (400, 50083)
    await thread.send("Anybody?")
    await inside.edit(content="Do tell!")


async def test_a_closed_dm_is_refused_and_opens_again(bot: Listener, ana: User) -> None:
    channel = await open_dm(bot, ana)
    await ana.close_dms()
    assert (await open_dm(bot, ana)).id == channel.id
    assert await refused(channel.send("hello")) == (403, 50007)
    await ana.open_dms()
    await channel.send("hello")


async def test_without_a_shared_server_there_is_no_dm(bot: Listener, discord: Discord, atlas: Guild) -> None:
    bo = await discord.user("bo")
    channel = await open_dm(bot, bo)
    assert await refused(channel.send("hello")) == (403, 50278)
    await atlas.join(bo)
    await channel.send("hello")


async def test_nobody_can_be_written_to_who_is_not_a_person(bot: Listener, discord: Discord, atlas: Guild) -> None:
    robot = await discord.user("robot", bot=True)
    await atlas.join(robot)
    assert await refused(open_dm(bot, robot)) == (403, 50007)
    assert await refused(bot.http.start_private_message(discord.bot_id)) == (400, 50033)
    assert await refused(bot.http.start_private_message(7)) == (400, 50033)


async def test_message_content_is_withheld_without_the_intent(bot: Listener, ana: User, general: Place) -> None:
    secret = await ana.say(general, "the plan", files={"plan.png": b"\x89PNG"})
    heard = await bot.hears("message")
    assert (heard.content, heard.attachments, heard.components, heard.embeds) == ("", [], [], [])
    fetched = await channel_of(bot, general).fetch_message(secret.id)
    assert (fetched.content, fetched.attachments) == ("", [])
    assert fetched.author.id == ana.id


async def test_dms_and_mentions_come_whole_without_the_intent(bot: Listener, ana: User, general: Place) -> None:
    await ana.say(general, "the plan", mentions=("bot",), files={"plan.png": b"\x89PNG"})
    heard = await bot.hears("message")
    assert "the plan" in heard.content
    assert [each.filename for each in heard.attachments] == ["plan.png"]
    await ana.say(ana.dm, "", files={"cat.png": b"\x89PNG"})
    assert [each.filename for each in (await bot.hears("message", 2)).attachments] == ["cat.png"]


async def test_a_reply_to_the_bot_mentions_it(bot: Listener, ana: User, general: Place) -> None:
    await channel_of(bot, general).send("a question")
    await ana.say(general, "an answer", reply_to=await ana.reads("a question", general))
    heard = await bot.hears("message", 2)
    assert heard.content == "an answer"
    assert heard.reference.resolved.content == "a question"


async def test_with_the_intent_content_comes_whole(
    client: Listener, discord: Discord, ana: User, general: Place
) -> None:
    await discord.settings(intents=["message_content"])
    client._connection._intents.message_content = True
    await client.run_for(discord)
    await ana.say(general, "the plan")
    assert (await client.hears("message")).content == "the plan"


async def test_permissions_are_named_by_their_codes(bot: Listener, ana: User, atlas: Guild, general: Place) -> None:
    channel = channel_of(bot, general)
    post = await channel.send("here")
    await general.deny("bot", "create_public_threads")
    assert await refused(post.create_thread(name="Talk")) == (403, 50013)
    await general.deny("everyone", "send_messages")
    assert await refused(channel.send("no")) == (403, 50013)
    await general.deny("everyone", "read_message_history")
    assert [message async for message in channel.history()] == []
    assert await refused(channel.fetch_message(post.id)) == (403, 50013)
    await general.deny("everyone", "view_channel")
    assert await refused(channel.send("no")) == (403, 50001)
    await general.delete()
    assert await refused(channel.send("no")) == (404, 10003)


async def test_what_the_bot_does_not_see_it_does_not_hear(bot: Listener, ana: User, general: Place) -> None:
    await general.deny("everyone", "view_channel")
    await ana.say(general, "between us")
    await ana.say(ana.dm, "hello")
    await bot.hears("message")
    assert [each.content for each in bot.all("message")] == ["hello"]


async def test_mentions_ring_only_for_those_allowed(
    bot: Listener, discord: Discord, atlas: Guild, general: Place
) -> None:
    bo, chloe = await discord.user("bo"), await discord.user("chloe")
    await atlas.join(bo)
    await atlas.join(chloe)
    channel = channel_of(bot, general)
    text = f"{bo.mention} and {chloe.mention} and @everyone"
    allowed = dpy.AllowedMentions(everyone=False, roles=False, users=[dpy.Object(bo.id)])
    post = await channel.send(text, allowed_mentions=allowed)
    seen = await bo.reads("and", general)
    assert seen.notified == (bo.id,)
    await post.edit(content=text + "!", allowed_mentions=dpy.AllowedMentions(everyone=False, users=True))
    seen = await bo.reads("!", general)
    assert set(seen.mentions) == {bo.id, chloe.id}
    assert seen.notified == (bo.id,)  # an edit rings for nobody


async def test_links_to_attachments_expire_and_are_given_anew(
    bot: Listener, discord: Discord, ana: User, general: Place
) -> None:
    sent = await channel_of(bot, general).send("look", file=dpy.File(io.BytesIO(b"\x89PNG..."), "cat.png"))
    assert sent.attachments[0].content_type == "image/png"
    assert await discord.download(sent.attachments[0].url) == (200, b"\x89PNG...")
    await discord.skew(timedelta(days=1, minutes=1))
    assert (await discord.download(sent.attachments[0].url))[0] == 404
    fresh = (await ana.reads("look", general)).attachments[0]["url"]
    assert (await discord.download(fresh))[0] == 200
    assert (await discord.download(fresh.replace("hm=", "hm=0")))[0] == 404


async def test_history_is_read_in_pages(bot: Listener, ana: User, discord: Discord) -> None:
    await discord.settings(limits=False)
    channel = await open_dm(bot, ana)
    ids = [(await channel.send(str(number))).id for number in range(7)]

    async def page(**ends: int) -> list[int]:
        return [int(each["id"]) for each in await bot.http.logs_from(channel.id, 3, **ends)]

    assert await page() == [ids[6], ids[5], ids[4]]
    assert await page(before=ids[3]) == [ids[2], ids[1], ids[0]]
    assert await page(after=ids[3]) == [ids[6], ids[5], ids[4]]
    assert await page(after=ids[0]) == [ids[3], ids[2], ids[1]]
    assert await page(around=ids[3]) == [ids[4], ids[3], ids[2]]


async def test_ids_carry_the_servers_time(bot: Listener, ana: User, discord: Discord) -> None:
    await discord.skew(timedelta(days=400))
    message = await (await open_dm(bot, ana)).send("later")
    assert abs(dpy.utils.snowflake_time(message.id) - await discord.now()) < timedelta(seconds=10)


async def test_the_bot_is_removed_and_invited_again(bot: Listener, atlas: Guild, general: Place) -> None:
    channel = channel_of(bot, general)
    await atlas.remove_bot()
    await bot.hears("guild_remove")
    assert await refused(channel.send("no")) == (403, 50001)
    await atlas.add_bot("manage_threads")
    await bot.hears("guild_join")
    assert bot.guilds[0].me.guild_permissions.manage_threads
    await channel.send("back")


async def test_an_outage_is_no_removal(bot: Listener, atlas: Guild) -> None:
    await atlas.outage()
    await bot.hears("guild_unavailable")
    await atlas.outage(down=False)
    await bot.hears("guild_available", 2)
    assert not bot.all("guild_remove")


async def test_members_are_looked_up_one_by_one(bot: Listener, discord: Discord, atlas: Guild, ana: User) -> None:
    guild = bot.guilds[0]
    assert (await guild.fetch_member(ana.id)).name == "ana"
    bo = await discord.user("bo")
    assert await refused(guild.fetch_member(bo.id)) == (404, 10007)
    await atlas.join(bo, admin=True, nick="Bo!")
    member = await guild.fetch_member(bo.id)
    assert member.display_name == "Bo!"
    await atlas.leave(bo)
    assert await refused(guild.fetch_member(bo.id)) == (404, 10007)
    assert not bot.all("raw_member_remove")  # needs the members intent
    assert await refused(bot.http.get_members(guild.id, 10, None)) == (403, 50001)


async def test_channels_roles_and_threads_are_told_when_they_go(bot: Listener, ana: User, atlas: Guild) -> None:
    place, role = await atlas.channel("short-lived"), await atlas.role("Leads")
    await bot.hears("guild_channel_create")
    thread = await ana.thread(place, "talk")
    await bot.hears("thread_create")
    await thread.delete()
    await bot.hears("raw_thread_delete")
    await place.delete()
    await bot.hears("guild_channel_delete")
    await bot.hears("guild_role_create")
    await role.delete()
    await bot.hears("guild_role_delete")


async def test_a_reply_needs_its_message(bot: Listener, general: Place) -> None:
    channel = channel_of(bot, general)
    post = await channel.send("first")
    reply = await post.reply("second")
    assert reply.reference is not None
    await post.delete()
    assert await refused(channel.send("third", reference=post)) == (400, 50035)
    lenient = dpy.MessageReference(message_id=post.id, channel_id=channel.id, fail_if_not_exists=False)
    await channel.send("third", reference=lenient)


async def test_people_can_do_no_more_than_their_clients_let_them(
    bot: Listener, discord: Discord, ana: User, general: Place
) -> None:
    bo = await discord.user("bo")
    with pytest.raises(NotPossible, match="does not see"):
        await bo.sees(general)
    with pytest.raises(NotPossible, match="does not see"):
        await bo.say(general, "let me in")
    await channel_of(bot, general).send("hello")
    with pytest.raises(NotPossible, match="their own"):
        await ana.edit(await ana.reads("hello", general), "bye")
    with pytest.raises(NotPossible, match="2000"):
        await ana.say(general, "x" * 2001)


async def test_requests_are_written_down(bot: Listener, discord: Discord, ana: User) -> None:
    await (await open_dm(bot, ana)).send("hello")
    posts = await discord.requests("POST", "/channels/{channel_id}/messages")
    assert [each["status"] for each in posts] == [200]
    await eventually(lambda: posts[0]["monotonic"] > 0)
