"""The platform on a real Synapse: what people do comes in, what the bot does is there once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.clock import SystemClock
from bot.engine.errors import OutcomeUnknown, Refused
from bot.engine.ports import Op
from bot.model.event import MessageDeleted, MessageEdited, MessageReceived, PersonLeft, Reacted
from bot.model.identity import Identity
from bot.platforms.matrix.doors import TRIES, Doors
from bot.platforms.matrix.joined import Event, JoinedRoom, RoomBook
from bot.platforms.matrix.rooms import Doorkeeper, Successions
from bot.platforms.matrix.state import MemoryState
from tests.platforms.matrix.account import BotAccount, a_chunk, in_room
from tests.platforms.matrix.synapse import Synapse


@pytest_asyncio.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[BotAccount]:
    """A bot that does not encrypt, started."""
    account = await BotAccount.make(synapse, tmp_path, encryption="never")
    await account.start()
    yield account
    await account.platform.stop()


async def test_an_invitation_is_followed_and_what_is_said_is_heard(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    said = await ana.say(room, "!helio team create Atlas")
    heard = await bot.hear(MessageReceived)
    assert (heard.message_id, heard.place.address, heard.place_name) == (said, room, "Atlas")
    assert (heard.author.identity.account, heard.author.name) == (ana.user_id, "Ana")
    assert heard.admin and not heard.direct and heard.scope == room


async def test_what_was_said_before_the_invitation_is_not_heard(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas")
    await ana.say(room, "!helio not for the bot")
    await ana.invite(room, bot.user_id)
    await ana.say(room, "!helio for the bot")
    await bot.hear(MessageReceived)
    assert [e.text for e in bot.heard if isinstance(e, MessageReceived)] == ["!helio for the bot"]


async def test_the_same_key_is_one_message_also_after_a_restart(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    first = await bot.say(place, "good morning", "k.1")
    assert await bot.say(place, "good morning", "k.1") == first
    await bot.restart()
    assert await bot.say(place, "good morning", "k.1") == first
    synapse.stop(kill=True)
    synapse.start()
    assert await bot.say(place, "good morning", "k.1") == first
    assert [line.id for line in await ana.lines(place.address)] == [first]


async def test_what_was_sent_is_found_by_its_key(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    sent = await bot.say(place, "good morning", "k.1")
    await bot.say(place, "another", "k.2")
    since = bot.clock.now() - timedelta(hours=30)
    assert await bot.platform.find(place, a_chunk("k.1"), since) == [sent]
    assert await bot.platform.find(place, a_chunk("never"), since) == []


async def test_a_direct_conversation_is_heard_as_one(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    assert await bot.direct(ana.user_id) == place
    await ana.join(place.address)
    await ana.say(place.address, "hello")
    heard = await bot.hear(MessageReceived)
    assert heard.direct and heard.place == place


async def test_edits_reactions_and_deletions_are_heard(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    said = await ana.say(place.address, "helo")
    await ana.edit(place.address, said, "hello")
    sent = await bot.say(place, "hi", "k.1")
    reaction = await ana.react(place.address, sent, "✅")
    await ana.redact(place.address, reaction)
    await ana.redact(place.address, said)
    edited = await bot.hear(MessageEdited)
    assert (edited.message_id, edited.text) == (said, "hello")
    put = await bot.hear(Reacted, lambda event: not event.removed)
    assert (put.message_id, put.emoji) == (sent, "✅")
    assert (await bot.hear(Reacted, lambda event: event.removed)).message_id == sent
    assert (await bot.hear(MessageDeleted, lambda event: event.message_id == said)).author == edited.author


async def test_an_edit_by_somebody_else_is_no_edit(synapse: Synapse, bot: BotAccount) -> None:
    ana, bo = await synapse.human("Ana"), await synapse.human("Bo")
    room = await ana.create_room("Atlas", invite=[bot.user_id, bo.user_id])
    await bo.join(room)
    await bot.joined(room)
    said = await ana.say(room, "mine")
    await bo.edit(room, said, "not yours")
    await bo.say(room, "after it")
    await bot.hear(MessageReceived, lambda event: event.text == "after it")
    assert not [event for event in bot.heard if isinstance(event, MessageEdited)]


async def test_the_bot_edits_threads_reacts_and_deletes(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    said = await ana.say(room, "done")
    sent = await bot.say(in_room(room), "old", "k.1")
    for _ in range(2):
        await bot.platform.edit(in_room(room), sent, bot.content("new"), a_chunk("k.2", Op.EDIT))
        await bot.platform.react(in_room(room), said, "✅", a_chunk("k.3", Op.REACT))
    await bot.platform.react(in_room(room), said, "✅", a_chunk("k.9", Op.REACT))
    thread = await bot.platform.open_thread(in_room(room), sent, "Pets", a_chunk("k.1"))
    reply = await bot.say(in_room(room, thread), "mine is a cat", "k.4")
    lines = {line.id: line for line in await ana.lines(room)}
    assert (lines[sent].text, lines[reply].text, lines[reply].thread) == ("new", "mine is a cat", sent)
    assert await ana.reactions(room, said) == [(bot.user_id, "✅")]
    for _ in range(2):
        await bot.platform.delete(in_room(room), sent, a_chunk("k.5", Op.DELETE))
    assert sent not in {line.id for line in await ana.lines(room)}
    with pytest.raises(Refused):
        await bot.platform.edit(in_room(room), sent, bot.content("again"), a_chunk("k.6", Op.EDIT))


async def test_an_edit_asks_the_server_only_for_what_is_not_known(
    synapse: Synapse, bot: BotAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    sent = await bot.say(in_room(room), "old", "k.1")
    asked: list[str] = []
    call = bot.platform.session.call

    async def noting(method: str, where: str, *args: Any, **more: Any) -> dict[str, Any]:
        asked.append(where)
        return await call(method, where, *args, **more)

    monkeypatch.setattr(bot.platform.session, "call", noting)
    await bot.platform.edit(in_room(room), sent, bot.content("new"), a_chunk("k.2", Op.EDIT))
    assert asked and not [where for where in asked if "/event/" in where]
    await ana.redact(room, sent)
    await bot.until(lambda: sent not in bot.platform.mouth.standing)
    with pytest.raises(Refused):
        await bot.platform.edit(in_room(room), sent, bot.content("newer"), a_chunk("k.3", Op.EDIT))


async def test_bots_that_the_operator_names_are_known_as_bots(synapse: Synapse, tmp_path: Path) -> None:
    robo, ana = await synapse.human("Robo"), await synapse.human("Ana")
    bot = await BotAccount.make(synapse, tmp_path, encryption="never", ignored=(robo.user_id,))
    await bot.start()
    room = await ana.create_room("Atlas", invite=[bot.user_id, robo.user_id])
    await robo.join(room)
    await bot.joined(room)
    await robo.say(room, "!helio help")
    assert (await bot.hear(MessageReceived)).bot
    await ana.say(room, "!helio help")
    assert not (await bot.hear(MessageReceived, lambda event: event.author.name == "Ana")).bot
    await bot.platform.stop()


async def test_a_reply_in_a_thread_is_heard_there(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    sent = await bot.say(in_room(room), "Pets?", "k.1")
    await ana.thread_reply(room, sent, "a cat")
    assert (await bot.hear(MessageReceived)).place == in_room(room, sent)


async def test_nobody_and_nowhere_are_refused(synapse: Synapse, bot: BotAccount) -> None:
    with pytest.raises(Refused):
        await bot.platform.direct_place(Identity("matrix", f"@nobody:{synapse.server_name}"))
    with pytest.raises(Refused):
        await bot.say(in_room("!nowhere:nowhere.test"), "hello", "k.1")


async def test_a_direct_conversation_that_was_left_is_refused(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    await ana.leave(place.address)
    await bot.hear(PersonLeft)
    with pytest.raises(Refused):
        await bot.say(place, "hello", "k.1")


async def test_who_leaves_a_room_is_told_with_the_rooms_they_are_still_in(synapse: Synapse, bot: BotAccount) -> None:
    ana, bo = await synapse.human("Ana"), await synapse.human("Bo")
    rooms = [await ana.create_room(name, invite=[bot.user_id, bo.user_id]) for name in ("One", "Two")]
    for room in rooms:
        await bo.join(room)
        await bot.joined(room)
        await bot.until(partial(has_joined, bot, room, bo.user_id))
    await bo.leave(rooms[0])
    left = await bot.hear(PersonLeft)
    assert (left.author.identity.account, left.scope, left.elsewhere) == (bo.user_id, rooms[0], (rooms[1],))


def has_joined(bot: BotAccount, room: str, user_id: str) -> bool:
    return bot.platform.book.room(room).membership(user_id) == "join"


async def test_a_plain_bot_says_nothing_in_an_encrypted_room(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id], encrypted=True)
    await bot.joined(room)
    with pytest.raises(Refused):
        await bot.say(in_room(room), "secret", "k.1")
    assert await ana.lines(room) == []


async def test_points_are_named_around_each_effect(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    bot.points.clear()
    await bot.say(place, "hello", "k.1")
    assert bot.points == ["effect.before", "effect.after"]


async def test_an_event_that_is_too_large_is_refused(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    content = {"msgtype": "m.notice", "body": "x" * 70_000, "m.mentions": {}}
    with pytest.raises(Refused):
        await bot.platform.send(place, content, a_chunk("k.1"))


async def test_what_an_earlier_device_sent_is_not_sent_again(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    sent = await bot.say(place, "good morning", "k.1")
    await bot.platform.stop()
    bot.state.values.pop("device")
    (bot.settings.store / "token.json").unlink()
    bot.platform = bot.process()
    await bot.start()
    tried = bot.clock.now() - timedelta(minutes=5)
    assert await bot.say(place, "good morning", "k.1", first_try=tried) == sent


# --- invitations ------------------------------------------------------------------------------------------------


class Calls:
    """A homeserver with many invitations, one of them to a room that can't be reached."""

    user_id = "@bot:x"

    def __init__(self) -> None:
        self.joined: list[str] = []
        self.left: list[str] = []

    def rooms(self) -> Mapping[str, JoinedRoom]:
        return {}

    async def join(self, room_id: str, via: Sequence[str]) -> None:
        if room_id == "!unreachable":
            raise OutcomeUnknown("a server behind the server does not answer")
        self.joined.append(room_id)

    async def leave(self, room_id: str, reason: str) -> None:
        self.left.append(room_id)


def invitation(inviter: str) -> Sequence[Event]:
    content = {"membership": "invite"}
    return [{"type": "m.room.member", "state_key": "@bot:x", "sender": inviter, "content": content}]


def doors(calls: Calls) -> Doors:
    keeper = Doorkeeper(calls, None, ("x",))  # type: ignore[arg-type]  # what a room's invitation needs
    return Doors(calls, RoomBook("@bot:x"), keeper, Successions(), MemoryState(), SystemClock())  # type: ignore[arg-type]


async def test_one_room_that_can_not_be_reached_keeps_no_other_waiting_and_is_let_be_in_the_end() -> None:
    calls = Calls()
    attending, waiting = doors(calls), {room: invitation("@ana:x") for room in ("!unreachable", "!a", "!b")}
    for _ in range(TRIES - 1):
        with pytest.raises(OutcomeUnknown):
            await attending.attend(waiting)
    assert list(waiting) == ["!unreachable"] and calls.joined == ["!a", "!b"]
    await attending.attend(waiting)
    assert not waiting


async def test_a_flood_of_invitations_is_turned_down_slowly_and_those_allowed_are_followed() -> None:
    calls = Calls()
    waiting = {f"!{n}": invitation("@mallory:y") for n in range(10_000)} | {"!atlas": invitation("@ana:x")}
    again = await doors(calls).attend(waiting)
    assert calls.joined == ["!atlas"] and not waiting
    assert len(calls.left) == 5 and again is not None
