"""What the bot does in channels and direct conversations, each thing once, whatever breaks off meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.engine.errors import Barred, Closed, OutcomeUnknown, PlaceGone, Refused, TryLater
from bot.engine.ports import Op
from bot.model.identity import Place
from bot.model.message import Choice, Image, catalogue
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.media import File
from bot.platforms.discord.naming import NAME, answer_of, replies, time_of
from tests.platforms.discord import people
from tests.platforms.discord.people import Discord, Guild, User
from tests.platforms.discord.speaking import SKIP, Told, chunk, content, identity, place, speaking

_, n_ = catalogue("bot")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PAST = timedelta(minutes=3, seconds=1)
"""The local Discord remembers nonces for three minutes."""
POST = "/channels/{channel_id}/messages"


@dataclass
class World:
    """A server with a channel, somebody in it, and the bot."""

    discord: Discord
    ana: User
    guild: Guild
    general: people.Place
    bot: DiscordPlatform
    told: Told

    @property
    def there(self) -> Place:
        return place(self.general)

    async def direct(self) -> Place:
        return await self.bot.direct_place(identity(self.ana))

    async def texts(self, where: people.Place | None = None) -> list[str]:
        """What Ana sees of the bot's."""
        return [seen.text for seen in await self.ana.from_bot(where or self.general)]

    async def post(self, key: str, text: str = "good morning") -> str:
        return await self.bot.send(self.there, content(text), chunk(key))


@pytest_asyncio.fixture
async def world(discord: Discord) -> AsyncIterator[World]:
    ana = await discord.user("ana")
    guild = await discord.guild("Atlas", owner=ana)
    general = await guild.channel("general")
    told = Told()
    async with speaking(discord, told=told) as bot:
        yield World(discord, ana, guild, general, bot, told)


# --- once -------------------------------------------------------------------------------------------------------


async def test_a_message_whose_reply_was_lost_is_sent_once(world: World) -> None:
    await world.discord.fault(cut=True, method="POST", route=POST)
    with pytest.raises(OutcomeUnknown):
        await world.post("k1")
    sent = await world.post("k1")
    assert [str(seen.id) for seen in await world.ana.from_bot(world.general)] == [sent]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_an_error_of_discords_is_told_at_once_and_not_tried_again_here(world: World, status: int) -> None:
    await world.discord.fault(status, method="POST", route=POST)
    with pytest.raises(OutcomeUnknown):
        await world.post("k1")
    assert len(await world.discord.requests("POST", POST)) == 1


async def test_a_connection_that_is_reset_leaves_the_outcome_open(world: World) -> None:
    await world.discord.fault(reset=True, method="POST", route=POST)
    with pytest.raises(OutcomeUnknown):
        await world.post("k1")


async def test_a_half_open_connection_is_given_up(world: World) -> None:
    await world.discord.fault(hang=True, method="POST", route=POST)
    with pytest.raises(OutcomeUnknown, match="in time"):
        await world.bot.rest.call("POST", POST, {"content": "x"}, channel_id=str(world.general.id), timeout=0.2)


async def test_limits_mean_that_nothing_happened(world: World) -> None:
    await world.discord.fault(429, method="POST", route=POST, retry_after=30)
    with pytest.raises(TryLater) as late:
        await world.post("k1")
    assert late.value.after is not None and late.value.after.total_seconds() == pytest.approx(30, abs=1)


async def test_a_server_that_is_away_did_nothing(world: World) -> None:
    world.bot.rest.base = "http://127.0.0.1:9/api/v10"
    with pytest.raises(TryLater):
        await world.post("k1")


async def test_a_key_of_any_length_is_a_nonce(world: World) -> None:
    for key in ("x" * 26, "a key with spaces", "ключ", "setup:1:" + "y" * 200):
        first = await world.post(key)
        assert await world.post(key) == first
    assert len(await world.texts()) == 4


# --- found again ------------------------------------------------------------------------------------------------


async def test_past_the_window_a_message_with_buttons_is_found_by_its_key(world: World) -> None:
    shown = content("the same text", choices=(SKIP,))
    for key in ("k1", "k2"):
        await world.bot.send(world.there, shown, chunk(key))
    ids = [str(seen.id) for seen in await world.ana.from_bot(world.general)]
    await world.discord.skew(PAST)
    assert await world.bot.find(world.there, chunk("k2", content=shown), LONG_AGO) == [ids[1]]
    assert await world.bot.find(world.there, chunk("k3", content=shown), LONG_AGO) == []


async def test_past_the_window_one_without_buttons_is_one_of_those_that_say_the_same(world: World) -> None:
    first, _other, second = [await world.post(key, text) for key, text in (("a", "*hi* "), ("b", "ho"), ("c", "*hi* "))]
    asked = chunk("c", content=content("*hi* "))
    assert await world.bot.find(world.there, asked, LONG_AGO) == [first, second]
    later = time_of(second) + timedelta(minutes=2)
    assert await world.bot.find(world.there, asked, later) == []


async def test_what_others_say_is_nobodys_message(world: World) -> None:
    robo = await world.discord.user("robo")
    await world.guild.join(robo)
    await robo.say(world.general, "good morning")
    assert await world.bot.find(world.there, chunk("k1", content=content("good morning")), LONG_AGO) == []


async def test_a_long_history_is_read_to_its_end(world: World) -> None:
    await world.discord.settings(limits=False)
    for n in range(120):
        await world.ana.say(world.general, f"number {n}")
    sent = await world.post("k1")
    assert await world.bot.find(world.there, chunk("k1", content=content("good morning")), LONG_AGO) == [sent]


async def test_a_history_that_may_not_be_read_is_not_taken_for_an_empty_one(world: World) -> None:
    await world.post("k1")
    await world.general.deny("bot", "READ_MESSAGE_HISTORY")
    with pytest.raises(OutcomeUnknown, match="Read Message History"):
        await world.bot.find(world.there, chunk("k1", content=content("good morning")), LONG_AGO)


async def test_an_empty_history_is_one(world: World) -> None:
    assert await world.bot.find(world.there, chunk("k1", content=content("x")), LONG_AGO) == []
    assert await world.bot.find(await world.direct(), chunk("k1", content=content("x")), LONG_AGO) == []


# --- changing ---------------------------------------------------------------------------------------------------


async def test_an_edit_takes_buttons_away(world: World) -> None:
    sent = await world.bot.send(world.there, content("skip?", choices=(SKIP,)), chunk("k1"))
    await world.bot.edit(world.there, sent, content("skipped"), chunk("e1", Op.EDIT))
    (seen,) = await world.ana.from_bot(world.general)
    assert (seen.text, seen.buttons, seen.edited) == ("skipped", (), True)


async def test_a_thread_that_was_put_away_is_woken_for_a_change(world: World) -> None:
    sent = await world.post("k1")
    thread = await world.bot.open_thread(world.there, sent, "Pets", chunk("k1"))
    inside = Place(NAME, str(world.general.id), thread)
    reply = await world.bot.send(inside, content("mine"), chunk("k2"))
    await world.discord.skew(timedelta(days=8))
    await world.bot.react(inside, reply, "❤", chunk("r1", Op.REACT))
    await world.discord.skew(timedelta(days=8))
    await world.bot.edit(inside, reply, content("mine is a cat"), chunk("e1", Op.EDIT))
    (seen,) = await world.ana.from_bot(people.Place(world.discord, {"channel": thread}))
    assert (seen.text, list(seen.reactions)) == ("mine is a cat", ["❤️"])


@dataclass
class Reply:
    """Something of the bot's in a thread."""

    world: World
    thread: people.Place
    id: str

    @property
    def inside(self) -> Place:
        return Place(NAME, str(self.world.general.id), str(self.thread.id))

    async def change(self) -> None:
        await self.world.bot.edit(self.inside, self.id, content("changed"), chunk("e1", Op.EDIT))

    async def remove(self) -> None:
        await self.world.bot.delete(self.inside, self.id, chunk("d1", Op.DELETE))

    async def stands(self) -> list[str]:
        return await self.world.texts(self.thread)


@pytest_asyncio.fixture
async def reply(world: World) -> Reply:
    sent = await world.post("k1")
    thread = await world.bot.open_thread(world.there, sent, "Pets", chunk("k1"))
    where = people.Place(world.discord, {"channel": thread})
    id = await world.bot.send(Place(NAME, str(world.general.id), thread), content("mine"), chunk("k2"))
    return Reply(world, where, id)


async def test_nothing_is_changed_in_a_locked_thread_until_it_is_unlocked(reply: Reply) -> None:
    await reply.thread.lock()
    with pytest.raises(Barred, match="Manage Threads") as refusal:
        await reply.change()
    assert refusal.value.advice is not None and "unlocks it" in refusal.value.advice.text
    await reply.thread.lock(False)
    await reply.change()
    assert await reply.stands() == ["changed"]


async def test_in_a_locked_thread_that_is_not_put_away_the_bot_may_delete(reply: Reply) -> None:
    await reply.thread.lock()
    await reply.remove()
    assert await reply.stands() == []


@pytest.mark.parametrize("what", ["change", "remove"])
async def test_nothing_is_changed_or_removed_in_a_thread_that_is_put_away_and_locked(reply: Reply, what: str) -> None:
    await reply.thread.archive(locked=True)
    with pytest.raises(Barred, match="Manage Threads"):
        await getattr(reply, what)()
    assert await reply.stands() == ["mine"]
    await reply.thread.lock(False)
    await getattr(reply, what)()
    assert await reply.stands() == (["changed"] if what == "change" else [])


async def test_who_may_manage_threads_changes_what_stands_in_a_locked_one(reply: Reply) -> None:
    await reply.thread.archive(locked=True)
    await reply.world.general.allow("bot", "MANAGE_THREADS")
    await reply.change()
    assert await reply.stands() == ["changed"]


async def test_a_right_that_waking_a_thread_needs_is_named(reply: Reply) -> None:
    await reply.thread.archive()
    await reply.world.general.deny("bot", "SEND_MESSAGES_IN_THREADS")
    with pytest.raises(Barred, match=r"needs Send Messages in Threads$"):
        await reply.change()


async def test_what_is_said_in_a_locked_thread_is_refused_with_the_remedy(reply: Reply) -> None:
    await reply.thread.lock()
    with pytest.raises(Barred) as refusal:
        await reply.world.bot.send(reply.inside, content("more"), chunk("k3"))
    assert refusal.value.advice is not None


# --- buttons ----------------------------------------------------------------------------------------------------


async def test_a_button_tells_its_command_whatever_its_length(world: World) -> None:
    commands = ("skip", "me set zone:" + "Lisbon " * 30, "#odd", "say | this")
    choices = tuple(Choice(command, _("Do"), "✅") for command in commands)
    await world.bot.send(world.there, content("which?", choices=choices), chunk("k1"))
    (seen,) = await world.ana.from_bot(world.general)
    assert tuple([await world.bot.mouth.command_of(id) for id in seen.custom_ids]) == commands
    assert await world.bot.mouth.command_of("somebody else's") is None


# --- threads ----------------------------------------------------------------------------------------------------


async def test_a_thread_whose_reply_was_lost_is_opened_once(world: World) -> None:
    sent = await world.post("k1")
    await world.discord.fault(cut=True, method="POST", route="/threads$")
    with pytest.raises(OutcomeUnknown):
        await world.bot.open_thread(world.there, sent, "Pets", chunk("k1"))
    assert await world.bot.open_thread(world.there, sent, "Pets", chunk("k1")) == sent


async def test_a_threads_name_is_never_longer_than_discord_takes(world: World) -> None:
    sent = await world.post("k1")
    await world.bot.open_thread(world.there, sent, "Which\npet " * 40, chunk("k1"))
    (seen,) = await world.ana.from_bot(world.general)
    assert seen.thread is not None and seen.thread.name.startswith("Which pet Which") and len(seen.thread.name) <= 100


async def test_without_the_right_to_make_threads_replies_stand_for_one_and_somebody_is_told_once(world: World) -> None:
    await world.general.deny("bot", "CREATE_PUBLIC_THREADS")
    sent = await world.post("k1")
    thread = await world.bot.open_thread(world.there, sent, "Pets", chunk("k1"))
    assert thread == replies(sent)
    await world.bot.send(Place(NAME, str(world.general.id), thread), content("mine"), chunk("k2"))
    seen = await world.ana.from_bot(world.general)
    assert [(each.text, each.reply_to, each.notified) for each in seen] == [
        ("good morning", None, ()),
        ("mine", int(sent), ()),
    ]
    await world.bot.open_thread(world.there, await world.post("k3"), "Books", chunk("k3"))
    ((where, key, _sentence),) = world.told.there
    assert (where, key) == (world.there, f"discord:threads:{world.general.id}")


async def test_a_thread_that_is_gone_is_refused(world: World) -> None:
    sent = await world.post("k1")
    thread = await world.bot.open_thread(world.there, sent, "Pets", chunk("k1"))
    await people.Place(world.discord, {"channel": thread}).delete()
    with pytest.raises(PlaceGone):
        await world.bot.send(Place(NAME, str(world.general.id), thread), content("mine"), chunk("k2"))


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        (("SEND_MESSAGES",), "Send Messages"),
        (("VIEW_CHANNEL",), "View Channel"),
    ],
)
async def test_a_missing_right_is_named_with_how_to_grant_it(world: World, denied: tuple[str, ...], named: str) -> None:
    await world.general.deny("bot", *denied)
    with pytest.raises(Refused, match=named) as refusal:
        await world.post("k1")
    assert refusal.value.advice is not None and "Permissions" in refusal.value.advice.text


async def test_only_the_rights_that_are_missing_are_named(world: World) -> None:
    said = await world.ana.say(world.general, "done")
    await world.general.deny("bot", "ADD_REACTIONS")
    with pytest.raises(Refused, match=r"needs Add Reactions$"):
        await world.bot.react(world.there, str(said.id), "✅", chunk("r1", Op.REACT))


async def test_a_channel_that_was_deleted_is_gone(world: World) -> None:
    await world.general.delete()
    with pytest.raises(PlaceGone) as refusal:
        await world.post("k1")
    assert refusal.value.advice is not None


async def test_a_closed_conversation_is_told_with_what_people_can_do(world: World) -> None:
    direct = await world.direct()
    await world.ana.close_dms()
    with pytest.raises(Closed) as refusal:
        await world.bot.send(direct, content("hello"), chunk("k1", to=1))
    assert refusal.value.advice is not None and refusal.value.remedy is not None
    await world.ana.open_dms()
    await world.bot.send(direct, content("hello"), chunk("k1", to=1))


async def test_who_shares_no_server_with_the_bot_any_more_can_not_be_written_to(world: World) -> None:
    bo = await world.discord.user("bo")
    await world.guild.join(bo)
    direct = await world.bot.direct_place(identity(bo))
    await world.guild.leave(bo)
    with pytest.raises(Closed):
        await world.bot.send(direct, content("hello"), chunk("k1", to=1))


@pytest.mark.parametrize("address", ["general", "", "1/2", "../../users/@me", "answer/1/2"])
async def test_an_address_that_is_no_id_never_reaches_discord(world: World, address: str) -> None:
    where = Place(NAME, address)
    assert answer_of(where) is None
    asked = len(await world.discord.requests())
    with pytest.raises(Refused):
        await world.bot.send(where, content("hello"), chunk("k1"))
    assert len(await world.discord.requests()) == asked


# --- files ------------------------------------------------------------------------------------------------------


async def test_a_file_is_linked_as_it_is_now_and_never_kept(world: World) -> None:
    said = await world.ana.say(world.general, "look", mentions=("bot",), files={"cat.png": b"\x89PNG meow"})
    cat = File(str(said.channel_id), str(said.id), _id_of(said.attachments[0]["url"]), "cat.png")
    await world.discord.skew(timedelta(days=2))
    sent = await world.bot.send(world.there, content(Image(cat.reference, _("a cat"))), chunk("k1"))
    seen = (await world.ana.from_bot(world.general))[0]
    link = next(word for word in seen.content.split() if word.startswith("http"))
    assert await world.discord.download(link) == (200, b"\x89PNG meow")
    await world.discord.skew(timedelta(days=2))
    asked = chunk("k1", content=content(Image(cat.reference, _("a cat"))))
    assert await world.bot.find(world.there, asked, LONG_AGO) == [sent]


async def test_a_file_whose_message_is_gone_is_only_named(world: World) -> None:
    cat = File(str(world.general.id), "7", "8", "cat.png")
    await world.bot.send(world.there, content(Image(cat.reference, _("a cat"))), chunk("k1"))
    (text,) = await world.texts()
    assert text.endswith("cat.png") and "http" not in text


def _id_of(url: str) -> str:
    return url.split("/attachments/")[1].split("/")[1]
