"""Reading the account: nothing lost and nothing twice, whatever happens to bot and server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import example, given
from hypothesis import strategies as st

from bot.engine.errors import PlaceGone, StorageFull, TryLater
from bot.model.event import Inbound, MessageReceived
from bot.platforms.matrix.joined import KEPT, RoomBook
from bot.platforms.matrix.position import REMEMBERED, Position, newest
from bot.platforms.matrix.state import MemoryState
from bot.platforms.matrix.sync import GATHERING, Reader
from tests.platforms.matrix.account import BotAccount, in_room
from tests.platforms.matrix.humans.plain import MatrixError
from tests.platforms.matrix.synapse import Synapse


@pytest_asyncio.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[BotAccount]:
    """A bot that does not encrypt, started."""
    account = await BotAccount.make(synapse, tmp_path, encryption="never")
    await account.start()
    yield account
    await account.platform.stop()


def texts(bot: BotAccount) -> list[str]:
    return [event.text for event in bot.heard if isinstance(event, MessageReceived)]


async def started_anew(bot: BotAccount, position: str | None = None) -> None:
    bot.platform = bot.process()
    await bot.start(position)


async def test_all_that_was_said_while_the_bot_was_down_is_heard_in_order(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    await bot.platform.stop()
    said = [f"!helio {n}" for n in range(130)]
    for text in said:
        await ana.say(room, text)
    await started_anew(bot)
    await bot.until(lambda: len(texts(bot)) >= 130)
    assert texts(bot) == said


async def test_a_position_goes_on_right_behind_its_event(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    for text in ("one", "two", "three"):
        await ana.say(room, text)
    await bot.until(lambda: len(texts(bot)) == 3)
    first = next(event for event in bot.heard if isinstance(event, MessageReceived))
    await bot.platform.stop()
    bot.heard.clear()
    bot.state.values.pop("position")
    await started_anew(bot, first.position)
    assert texts(bot) == ["two", "three"]


async def test_an_invitation_while_the_bot_was_down_is_followed(synapse: Synapse, bot: BotAccount) -> None:
    await bot.platform.stop()
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await ana.say(room, "!helio hello")
    await started_anew(bot)
    await bot.hear(MessageReceived)
    assert texts(bot) == ["!helio hello"]


async def test_an_invitation_from_elsewhere_is_turned_down(synapse: Synapse, tmp_path: Path) -> None:
    bot = await BotAccount.make(synapse, tmp_path, encryption="never", allowed_inviters=("elsewhere.test",))
    await bot.start()
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await ana.until_member(room, bot.user_id, "leave")
    assert (await ana.state(room, "m.room.member", bot.user_id)).get("reason")
    await bot.platform.stop()


@pytest.mark.parametrize("down", [False, True])
async def test_a_room_that_the_bot_was_put_out_of_is_forgotten(synapse: Synapse, bot: BotAccount, down: bool) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    if down:
        await bot.platform.stop()
    await ana.kick(room, bot.user_id)
    if down:
        await started_anew(bot)
    await bot.until(lambda: room not in bot.platform.book.rooms)
    with pytest.raises(PlaceGone):
        await bot.say(in_room(room), "hello?", "k.1")


async def test_what_could_not_be_stored_is_told_again_and_keeps_its_order(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    full = True

    async def receive(event: Inbound) -> None:
        if full:
            raise StorageFull("no space")
        await bot.receive(event)

    bot.platform._receive = receive
    for text in ("one", "two"):
        await ana.say(room, text)
    await asyncio.sleep(0.5)
    full = False
    await bot.until(lambda: len(texts(bot)) == 2)
    assert texts(bot) == ["one", "two"]


async def test_a_server_that_goes_and_comes_is_waited_for(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    synapse.stop(kill=True)
    with pytest.raises(TryLater):
        await bot.say(place, "is anybody there?", "k.1")
    synapse.start()
    await ana.say(place.address, "back")
    await bot.hear(MessageReceived, lambda event: event.text == "back")
    await bot.say(place, "is anybody there?", "k.1")
    assert [line.text for line in await ana.lines(place.address)] == ["back", "is anybody there?"]


async def test_a_bot_that_is_started_before_its_server_waits(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    await bot.platform.stop()
    await ana.say(room, "!helio hello")
    synapse.stop()
    bot.platform = bot.process()
    await bot.start()
    with pytest.raises(TryLater):
        await bot.say(in_room(room), "too early", "k.1")
    synapse.start()
    await bot.hear(MessageReceived)
    await bot.say(in_room(room), "now", "k.1")


async def test_a_position_that_the_server_does_not_know_loses_nothing(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    await ana.say(room, "one")
    await bot.until(lambda: texts(bot) == ["one"])
    await bot.platform.stop()
    known = newest([bot.state.values["position"]])
    assert known is not None
    bot.state.values["position"] = Position(known.number, "nonsense", known.latest, known.seen).text()
    for n in range(2, 70):
        await ana.say(room, str(n))
    await started_anew(bot)
    await bot.until(lambda: len(texts(bot)) >= 69)
    assert texts(bot) == ["one", *map(str, range(2, 70))]


async def test_a_position_ahead_of_a_server_that_went_back_loses_nothing(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    await ana.say(room, "one")
    await bot.until(lambda: texts(bot) == ["one"])
    await bot.platform.stop()
    known = newest([bot.state.values["position"]])
    assert known is not None
    ahead = "s" + "_".join(str(int(part) + 1_000) for part in known.token[1:].split("_"))
    bot.state.values["position"] = Position(known.number, ahead, known.latest, known.seen).text()
    await ana.say(room, "two")
    await started_anew(bot)
    await bot.until(lambda: len(texts(bot)) >= 2)
    assert texts(bot) == ["one", "two"]


async def test_malformed_events_stop_nothing(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    bad: list[tuple[str, dict[str, Any]]] = [
        ("m.room.message", {}),
        ("m.room.message", {"msgtype": 7, "body": ["x"]}),
        ("m.room.message", {"msgtype": "m.text", "body": "x", "m.relates_to": "nobody"}),
        ("m.room.message", {"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": "m.replace"}}),
        ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": 7, "key": {}}}),
        ("m.room.encrypted", {}),
        ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "session_id": 1, "ciphertext": {}}),
        ("x" * 200, {"body": "x"}),
    ]
    for kind, content in bad:
        with contextlib.suppress(MatrixError):  # a server refuses some of them; another's server would not
            await ana.send(room, kind, content)
    assert len([event for event in await ana.messages(room) if "state_key" not in event]) >= 4
    for kind, content in (("m.room.name", {"name": ["x"]}), ("m.room.tombstone", {"replacement_room": 7})):
        with contextlib.suppress(MatrixError):
            await ana.set_state(room, kind, content)
    await ana.say(room, "after all that")
    await bot.hear(MessageReceived, lambda event: event.text == "after all that")


async def test_a_power_level_that_changes_is_seen(synapse: Synapse, bot: BotAccount) -> None:
    ana, bo = await synapse.human("Ana"), await synapse.human("Bo")
    room = await ana.create_room("Atlas", invite=[bot.user_id, bo.user_id], version="11")
    await bo.join(room)
    await bot.joined(room)
    await bo.say(room, "first")
    await ana.set_power(room, bo.user_id, 100)
    await bo.say(room, "second")
    await bot.until(lambda: len(texts(bot)) == 2)
    assert [e.admin for e in bot.heard if isinstance(e, MessageReceived)] == [False, True]


async def test_an_upgraded_room_is_followed_under_its_old_address(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id], version="11")
    await bot.joined(room)
    fresh = await ana.upgrade(room, "12")
    await ana.invite(fresh, bot.user_id)
    await bot.joined(fresh)
    await bot.until(lambda: bot.platform.successions.newest(room) == fresh)
    await bot.say(in_room(room), "moved along", "k.1")
    await ana.hear_from(fresh, bot.user_id, "moved along")
    await ana.say(fresh, "welcome")
    heard = await bot.hear(MessageReceived, lambda event: event.text == "welcome")
    assert (heard.place.address, heard.scope) == (room, room)


# --- answers of any shape -------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MEMBER = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from([*KEPT, "m.room.member"]) | JSON,
        "state_key": st.sampled_from(["", "@bot:x", "@ana:x"]) | JSON,
        "content": st.dictionaries(st.sampled_from(["membership", "displayname", "name", "replacement_room"]), JSON)
        | JSON,
        "event_id": JSON,
        "origin_server_ts": JSON,
        "unsigned": JSON,
    },
)
EVENTS = st.fixed_dictionaries({"events": st.lists(MEMBER | JSON, max_size=4)}) | JSON
PART = st.fixed_dictionaries({}, optional={"state": EVENTS, "timeline": EVENTS, "invite_state": EVENTS}) | JSON
ROOMS = st.dictionaries(st.sampled_from(["join", "invite", "leave"]), st.dictionaries(st.just("!r"), PART) | JSON)


class Deaf:
    """Is told everything and keeps nothing."""

    async def keys_came(self, answer: Any) -> None: ...
    async def happened(self, room: str, event: Any, position: str | None) -> None: ...
    async def invited(self, room: str, state: Any) -> None: ...
    async def removed(self, room: str) -> None: ...


@given(st.lists(st.fixed_dictionaries({}, optional={"rooms": ROOMS | JSON, "account_data": EVENTS}), max_size=3))
@example([{"rooms": {"join": {"!r": {"timeline": {"events": [{"event_id": []}]}}}}}])
async def test_an_answer_of_any_shape_stops_nothing(answers: list[dict[str, Any]]) -> None:
    waiting = iter(answers)

    class Scripted:
        user_id = "@bot:x"
        served = None

        async def call(self, method: str, where: str, *args: Any, **more: Any) -> dict[str, Any]:
            return {**next(waiting, {}), "next_batch": "s1"} if where.endswith("sync") else {"chunk": []}

    book = RoomBook("@bot:x")
    reader = Reader(Scripted(), book, MemoryState(), Deaf())  # type: ignore[arg-type]  # only `call` is used
    await reader.begin(Position(1, "s0", 0).text())
    await reader.step()
    for room in book.rooms.values():
        assert isinstance(room.name, str) and isinstance(room.encrypted, bool)
        assert list(room.readers()) is not None and room.replacement != ""


@pytest.mark.parametrize(
    ("senders", "pauses"),
    [(["@bot:x"] * 40, [GATHERING]), (["@bot:x"], []), (["@bot:x"] * 40 + ["@ana:x"], []), ([], [])],
    ids=["a burst of its own", "one of its own", "somebody else too", "nothing"],
)
async def test_the_echo_of_a_burst_is_asked_for_in_bulk_and_nobody_else_waits(
    monkeypatch: pytest.MonkeyPatch, senders: list[str], pauses: list[float]
) -> None:
    events = [{"type": "m.x", "event_id": f"${n}", "sender": sender} for n, sender in enumerate(senders)]
    answers = iter([{}, {}, {"rooms": {"join": {"!r": {"timeline": {"events": events}}}}}])
    slept: list[float] = []

    class Scripted:
        user_id = "@bot:x"
        served = None

        async def call(self, method: str, where: str, *args: Any, **more: Any) -> dict[str, Any]:
            return {**next(answers, {}), "next_batch": "s1"}

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    reader = Reader(Scripted(), RoomBook("@bot:x"), MemoryState(), Deaf())  # type: ignore[arg-type]  # only `call`
    await reader.begin(Position(1, "s0", 0).text())
    monkeypatch.setattr(asyncio, "sleep", sleep)
    for _ in range(3):
        await reader.step()
    assert slept == pauses


# --- positions --------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.text(max_size=20), st.integers(0, 2**50)), max_size=100))
def test_positions_come_back_as_they_were_stored(events: list[tuple[str, int]]) -> None:
    position = Position(0, "s1", 0)
    for id, at in events:
        position = position.behind(id, at)
    assert newest([position.text()]) == position
    assert len(position.seen) <= REMEMBERED
    assert newest([position.text(), position.at("s2").text(), None, "nonsense"]) == position.at("s2")
