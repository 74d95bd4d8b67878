"""What people took back is gone from every version of what the bot said, on a real Synapse."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.engine.errors import Refused
from bot.engine.ports import Op
from bot.model.event import MessageReceived, Reacted
from bot.model.identity import Place
from bot.model.message import Choice, Message, Quote, catalogue, message
from bot.platforms.matrix.state import MemoryState
from bot.platforms.matrix.versions import KEPT, Move, Moves, says_more
from tests.platforms.matrix.account import BotAccount, a_chunk, in_room
from tests.platforms.matrix.humans.plain import Human, eventually
from tests.platforms.matrix.living import LivingBot
from tests.platforms.matrix.synapse import Synapse

_, n_ = catalogue("bot")
SECRET = "the staging password is rosebud"
NOTHING = "Nothing is noted."


class Killed(BaseException):
    """What a killed process does next: nothing."""


@pytest_asyncio.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[BotAccount]:
    """A bot that does not encrypt, started."""
    account = await BotAccount.make(synapse, tmp_path, encryption="never")
    await account.start()
    yield account
    await account.platform.stop()


async def a_room(synapse: Synapse, bot: BotAccount) -> tuple[Human, Place]:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    return ana, in_room(room)


async def edit(bot: BotAccount, place: Place, sent: str, what: str | Message, key: str, **chunk: Any) -> None:
    await bot.platform.edit(place, sent, bot.content(what), a_chunk(key, Op.EDIT, **chunk))


async def withdraw(bot: BotAccount, place: Place, sent: str, what: str | Message, key: str, **chunk: Any) -> None:
    """Edit as the engine does when a person took back what the message quotes."""
    await edit(bot, place, sent, what, key, withdraws=True, **chunk)


async def all_versions(human: Human, place: Place) -> str:
    return json.dumps(await human.messages(place.address))


# --- the two ways -----------------------------------------------------------------------------------------------


async def test_a_message_that_quoted_it_from_the_start_is_replaced_by_one_that_does_not(
    synapse: Synapse, bot: BotAccount
) -> None:
    ana, place = await a_room(synapse, bot)
    sent = await bot.say(place, message("Noted:", Quote(SECRET)), "k.1")
    await edit(bot, place, sent, message("Noted:", Quote(f"{SECRET}!")), "k.2")
    await withdraw(bot, place, sent, NOTHING, "k.3")
    assert "rosebud" not in await all_versions(ana, place)
    (line,) = await ana.lines(place.address)
    assert (line.text, line.id == sent) == (NOTHING, False)


async def test_a_message_that_quoted_it_only_in_an_edit_stays_where_it_is(synapse: Synapse, bot: BotAccount) -> None:
    ana, place = await a_room(synapse, bot)
    sent = await bot.say(place, NOTHING, "k.1")
    await edit(bot, place, sent, message(NOTHING, Quote(SECRET)), "k.2")
    await edit(bot, place, sent, message(NOTHING, Quote(f"{SECRET}!")), "k.3")
    await withdraw(bot, place, sent, NOTHING, "k.4")
    assert "rosebud" not in await all_versions(ana, place)
    assert [(line.id, line.text) for line in await ana.lines(place.address)] == [(sent, NOTHING)]


async def test_an_edit_that_takes_nothing_back_leaves_the_versions_before_it(synapse: Synapse, bot: BotAccount) -> None:
    ana, place = await a_room(synapse, bot)
    sent = await bot.say(place, "one", "k.1")
    await edit(bot, place, sent, "two", "k.2")
    await edit(bot, place, sent, "three", "k.3")
    shown = await all_versions(ana, place)
    assert all(f'"body": "{text}"' in shown for text in ("one", "two", "three"))
    assert [(line.id, line.text) for line in await ana.lines(place.address)] == [(sent, "three")]


async def test_a_message_of_the_bot_is_deleted_with_its_edits(synapse: Synapse, bot: BotAccount) -> None:
    ana, place = await a_room(synapse, bot)
    sent = await bot.say(place, "Shall this go out?", "k.1")
    await edit(bot, place, sent, SECRET, "k.2")
    for _ in range(2):
        await bot.platform.delete(place, sent, a_chunk("k.3", Op.DELETE))
    assert "rosebud" not in await all_versions(ana, place)
    assert await ana.lines(place.address) == []


async def test_encrypted_versions_are_taken_back_too(synapse: Synapse, tmp_path: Path) -> None:
    bot = await BotAccount.make(synapse, tmp_path)
    await bot.start()
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    kept = await bot.say(place, NOTHING, "k.1")
    await edit(bot, place, kept, SECRET, "k.2")
    lost = await bot.say(place, f"Thank you! {SECRET}", "k.3")
    await withdraw(bot, place, kept, NOTHING, "k.4")
    await withdraw(bot, place, lost, "Thank you!", "k.5")

    async def is_so() -> bool:
        return [line.text for line in await ana.lines(place.address)] == [NOTHING, "Thank you!"]

    await eventually(is_so)
    assert (await ana.lines(place.address))[0].id == kept
    events = [event for event in await Human.messages(ana, place.address) if event["type"] == "m.room.encrypted"]
    assert len([event for event in events if event["content"]]) == 3  # what stands, and the edit that says the same
    await bot.platform.stop()


# --- afterwards -------------------------------------------------------------------------------------------------


async def test_the_new_message_goes_on_under_the_first_ones_name(synapse: Synapse, bot: BotAccount) -> None:
    ana, place = await a_room(synapse, bot)
    sent = await bot.say(place, SECRET, "k.1")
    later = Choice("later", _("Later"), "⏰")
    await withdraw(bot, place, sent, Message(message("When?").blocks, (later,)), "k.2")
    (line,) = await ana.lines(place.address)
    assert await ana.reactions(place.address, line.id) == [(bot.user_id, "⏰")]
    taken = await ana.react(place.address, line.id, "⏰")
    assert (await bot.hear(Reacted)).message_id == sent
    await ana.redact(place.address, taken)
    assert (await bot.hear(Reacted, lambda event: event.removed)).message_id == sent
    await ana.thread_reply(place.address, line.id, "at noon")
    assert (await bot.hear(MessageReceived)).place == in_room(place.address, sent)
    await bot.restart()
    await edit(bot, place, sent, "Noon, then.", "k.3")
    assert (line.id, "Noon, then.") in [(line.id, line.text) for line in await ana.lines(place.address)]
    await withdraw(bot, place, sent, "Never, then.", "k.4")
    assert [line.text for line in await ana.lines(place.address) if line.sender == bot.user_id] == ["Never, then."]
    await bot.platform.delete(place, sent, a_chunk("k.5", Op.DELETE))
    assert [line.text for line in await ana.lines(place.address) if line.sender == bot.user_id] == []


async def test_it_stays_in_its_thread(synapse: Synapse, bot: BotAccount) -> None:
    ana, place = await a_room(synapse, bot)
    root = await bot.say(place, "Handoff", "k.1")
    inside = in_room(place.address, root)
    sent = await bot.say(inside, SECRET, "k.2")
    await withdraw(bot, inside, sent, NOTHING, "k.3")
    assert [(line.text, line.thread) for line in await ana.lines(place.address)] == [("Handoff", ""), (NOTHING, root)]


async def test_what_somebody_deleted_meanwhile_is_refused(synapse: Synapse, bot: BotAccount) -> None:
    ana, place = await a_room(synapse, bot)
    sent = await bot.say(place, SECRET, "k.1")
    await bot.platform.delete(place, sent, a_chunk("k.2", Op.DELETE))
    with pytest.raises(Refused):
        await withdraw(bot, place, sent, NOTHING, "k.3")
    assert await ana.lines(place.address) == []


# --- killed in between ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [SECRET, NOTHING])
async def test_wherever_it_is_killed_nothing_is_left_and_nothing_is_twice(
    synapse: Synapse, bot: BotAccount, first: str
) -> None:
    ana, place = await a_room(synapse, bot)
    for at in count(1):
        sent = await bot.say(place, first, f"{at}.1")
        await edit(bot, place, sent, f"{SECRET}!", f"{at}.2")
        passed: list[str] = []

        def kill(point: str, at: int = at, passed: list[str] = passed) -> None:
            passed.append(point)
            if len(passed) == at:
                raise Killed

        bot.probe = kill
        try:
            await withdraw(bot, place, sent, NOTHING, f"{at}.3")
            break
        except Killed:
            bot.probe = bot.points.append
        await bot.restart()
        await withdraw(bot, place, sent, NOTHING, f"{at}.3", first_try=bot.clock.now())
        assert "rosebud" not in await all_versions(ana, place)
        assert [line.text for line in await ana.lines(place.address)] == [NOTHING] * at
    assert at > 4


# --- the whole way ----------------------------------------------------------------------------------------------

MONDAY = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)


async def test_what_a_person_takes_back_is_in_no_version_of_any_message(synapse: Synapse, tmp_path: Path) -> None:
    bot = await LivingBot.make(synapse, tmp_path, MONDAY, encryption="never")
    await bot.start()
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id], version="11")
    for command, answer in (
        ("team create Atlas zone:UTC", "The team Atlas is made"),
        ("channel set Atlas handoff here", "hands over"),
        ("standup create Atlas at:09:30 days:mon-fri", "Atlas now has a standup"),
    ):
        await ana.say(room, f"!helio {command}")
        await ana.hear_from(room, bot.user_id, answer)
    await bot.until(datetime(2026, 10, 26, 9, 30, tzinfo=UTC))

    async def invited() -> bool:
        return bool(await ana.invitations())

    await eventually(invited)
    (direct,) = await ana.invitations()
    await ana.join(direct)
    await ana.hear_from(direct, bot.user_id, "time for your Atlas update")
    answer = await ana.say(direct, f"1. merged\n2. {SECRET}\n3. nothing")
    await ana.hear_from(direct, bot.user_id, "rosebud")
    await ana.edit(direct, answer, f"1. merged it\n2. {SECRET}\n3. nothing")
    await ana.hear_from(direct, bot.user_id, "merged it")
    await ana.redact(direct, answer)

    async def is_gone() -> bool:
        events = [event for event in await ana.messages(direct) if event["sender"] == bot.user_id]
        return "rosebud" not in json.dumps(events)

    await eventually(is_gone)
    await bot.close()


# --- pure -------------------------------------------------------------------------------------------------------


def notice(body: str, **more: Any) -> dict[str, Any]:
    return {"msgtype": "m.notice", "body": body, **more}


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        (notice("a\nb"), notice("a\nb"), False),
        (notice("a"), notice("b\n a\n"), False),
        (notice("a\n\nb"), notice("a"), True),
        (notice("a"), notice("ab"), True),
        (None, notice("a"), True),
        ({"msgtype": "m.image", "body": "a", "url": "mxc://x/1"}, notice("a"), True),
        (notice("a", url="mxc://x/1"), notice("a"), True),
        (notice("a", file={"url": "mxc://x/1"}), notice("a", url="mxc://x/1"), False),
        (notice("a", file=7), notice("a"), False),
    ],
)
def test_a_version_that_says_more(before: Any, after: Any, more: bool) -> None:
    assert says_more(before, after) is more


async def test_moves_are_kept_and_not_for_ever() -> None:
    state = MemoryState()
    moves = Moves(state)
    await moves.note("$a", Move("$b", "k.1", ("$a",)))
    await moves.note("$a", Move("$c", "k.2", ("$b",)))
    again = Moves(state)
    await again.load()
    assert (again.newest("$a"), again.first("$c"), again.first("$b")) == ("$c", "$a", "$b")
    assert again.by("$a", "k.1") is None and again.by("$a", "k.2") == Move("$c", "k.2", ("$b",))
    await again.settled("$a")
    assert again.by("$a", "k.2") == Move("$c", "k.2")
    for number in range(KEPT):
        await again.note(f"${number}", Move(f"$to{number}", "k"))
    assert (again.newest("$a"), again.first("$c")) == ("$a", "$c")
