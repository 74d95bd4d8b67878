"""What people, other servers and a homeserver in trouble may send: it stops nothing, and hides nothing from others."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from nio.crypto.sessions import OutboundGroupSession

from bot.clock import SystemClock
from bot.engine.errors import Refused, TryLater
from bot.model.event import MessageReceived, Reacted
from bot.model.message import Quote, message
from bot.model.moment import Moment
from bot.platforms.matrix import sync
from bot.platforms.matrix.crypto import MEGOLM, Crypto
from bot.platforms.matrix.http import Rejected
from bot.platforms.matrix.inbound import Ears
from bot.platforms.matrix.joined import KEPT, RoomBook
from bot.platforms.matrix.machine import opened
from bot.platforms.matrix.pending import Pending
from bot.platforms.matrix.position import Position
from bot.platforms.matrix.rooms import Successions
from bot.platforms.matrix.state import MemoryState
from bot.platforms.matrix.sync import Reader
from bot.platforms.matrix.verification import Verifier
from tests.cli.process import environment
from tests.platforms.matrix.account import BotAccount, a_chunk, in_room
from tests.platforms.matrix.humans.plain import Human
from tests.platforms.matrix.living import LivingBot
from tests.platforms.matrix.synapse import Synapse

ME, ROOM = "@bot:x", "!r"
FOREVER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


class NoServer:
    """A session whose server knows nothing."""

    user_id = ME
    device_id = "DEVICE"
    served: int | None = None

    async def call(self, method: str, where: str, *args: Any, **more: Any) -> dict[str, Any]:
        raise Rejected(404, {"errcode": "M_NOT_FOUND"})


@pytest.fixture
def crypto(tmp_path: Path) -> Iterator[Crypto]:
    """A device's keys without a server."""
    made = Crypto(NoServer(), MemoryState())  # type: ignore[arg-type]  # it is asked for nothing but its names
    made._olm = opened(ME, "DEVICE", tmp_path / "device.db", "00" * 32)
    yield made
    made.close()


# --- what is encrypted ------------------------------------------------------------------------------------------


def encrypted(crypto: Crypto, plain: str) -> dict[str, Any]:
    """Return an event that a member of the room has encrypted, whatever is in it."""
    group = OutboundGroupSession()
    group.mark_as_shared()
    crypto.olm.create_group_session("their key", "their fingerprint", ROOM, group.id, group.session_key)
    content = {"algorithm": MEGOLM, "session_id": group.id, "ciphertext": group.encrypt(plain)}
    return {"type": "m.room.encrypted", "sender": "@eve:y", "event_id": f"${group.id}", "content": content}


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "null",
        "[]",
        "7",
        "{",
        "[" * 20_000,
        '{"content": {}}',
        f'{{"room_id": "{ROOM}", "type": 7, "content": {{}}}}',
    ],
)
def test_whatever_is_encrypted_is_refused_alone(crypto: Crypto, plain: str) -> None:
    with pytest.raises(Refused):
        crypto.decrypt(ROOM, encrypted(crypto, plain))


@pytest.mark.parametrize("content", [None, 7, {}, {"algorithm": MEGOLM}, {"algorithm": [MEGOLM], "session_id": "s"}])
def test_a_malformed_encrypted_event_is_refused(crypto: Crypto, content: object) -> None:
    with pytest.raises(Refused):
        crypto.decrypt(ROOM, {"type": "m.room.encrypted", "content": content})


def test_a_message_encrypted_for_another_room_is_refused(crypto: Crypto) -> None:
    with pytest.raises(Refused, match="another room"):
        crypto.decrypt(ROOM, encrypted(crypto, '{"room_id": "!other", "type": "m.room.message", "content": {}}'))


async def test_a_message_that_is_sent_again_as_it_was_encrypted_is_heard_once(synapse: Synapse, tmp_path: Path) -> None:
    bot = await BotAccount.make(synapse, tmp_path)
    await bot.start()
    ana = await synapse.js_human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id], encrypted=True)
    await bot.joined(room)
    await ana.until_member(room, bot.user_id)
    said = await ana.say(room, "!helio once")
    await bot.hear(MessageReceived)
    (event,) = [event for event in await Human.messages(ana, room) if event["event_id"] == said]
    await Human.send(ana, room, "m.room.encrypted", event["content"])
    await ana.say(room, "!helio after it")
    await bot.hear(MessageReceived, lambda event: event.text == "!helio after it")
    assert [e.text for e in bot.heard if isinstance(e, MessageReceived)] == ["!helio once", "!helio after it"]
    await bot.platform.stop()


# --- keys -------------------------------------------------------------------------------------------------------

TO_DEVICE = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["m.room.encrypted", "m.room_key", "m.room_key_request", "m.key.verification.start"])
        | JSON,
        "sender": st.just("@eve:y") | JSON,
        "content": st.dictionaries(
            st.sampled_from(["algorithm", "sender_key", "ciphertext", "action", "body", "request_id"]), JSON
        )
        | JSON,
    },
)


@FOREVER
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "to_device": st.fixed_dictionaries({"events": st.lists(TO_DEVICE | JSON, max_size=3) | JSON}) | JSON,
            "device_lists": st.fixed_dictionaries({"changed": JSON, "left": JSON}) | JSON,
            "device_one_time_keys_count": st.fixed_dictionaries({"signed_curve25519": JSON}) | JSON,
            "device_unused_fallback_key_types": JSON,
        },
    )
)
@example({"device_one_time_keys_count": {"signed_curve25519": "many"}, "device_lists": {"changed": 7, "left": 7}})
def test_an_answers_news_of_keys_may_have_any_shape(crypto: Crypto, answer: dict[str, Any]) -> None:
    assert crypto.take(answer) == set()


KEYS = {"curve25519:D": "A" * 43, "ed25519:D": "A" * 43}
SIGNED = {"@eve:y": {"ed25519:D": "A" * 86}}
DEVICE = {"user_id": "@eve:y", "device_id": "D", "algorithms": [], "keys": KEYS, "signatures": SIGNED}


@FOREVER
@given(st.sampled_from(sorted(DEVICE)), JSON, JSON)
@example("keys", {**KEYS, "ed25519:D": "no key"}, None)
@example("keys", {**KEYS, "curve25519:D": "A" * 43}, {"device_display_name": 7})
@example("signatures", {"@eve:y": {"ed25519:D": "nonsense"}}, None)
async def test_keys_of_any_shape_keep_nobody_else_from_being_written_to(
    crypto: Crypto, part: str, value: Any, unsigned: Any
) -> None:
    answers = iter([{"device_keys": {"@eve:y": {"D": {**DEVICE, part: value, "unsigned": unsigned}}, "@mel:y": value}}])

    async def call(*args: Any, **more: Any) -> Any:
        return next(answers)

    crypto.session.call = call  # type: ignore[method-assign]  # the server's answer is what is tested
    await crypto._query(["@eve:y", "@mel:y"])
    assert {"@eve:y", "@mel:y"} <= crypto.olm.tracked_users


@FOREVER
@given(JSON | st.fixed_dictionaries({"@eve:y": st.fixed_dictionaries({"D": st.dictionaries(st.text(), JSON) | JSON})}))
@example({"@eve:y": {"D": {"signed_curve25519:A": {"key": "A" * 43, "signatures": SIGNED}}}})
@example({"@eve:y": {"D": {"signed_curve25519:A": {"key": "no key", "signatures": SIGNED}}}})
async def test_claimed_keys_may_have_any_shape(crypto: Crypto, claimed: Any) -> None:
    async def call(*args: Any, **more: Any) -> Any:
        return {"one_time_keys": claimed}

    crypto.session.call = call  # type: ignore[method-assign]  # the server's answer is what is tested
    await crypto._claim({"@eve:y": ["D"]})


async def test_a_member_with_nonsense_for_keys_keeps_the_bot_from_nobody(synapse: Synapse, tmp_path: Path) -> None:
    bot = await BotAccount.make(synapse, tmp_path)
    await bot.start()
    ana, eve = await synapse.js_human("Ana"), await synapse.human("Eve")
    names = {"user_id": eve.user_id, "device_id": eve.device_id, "algorithms": [MEGOLM]}
    keys = {f"{kind}:{eve.device_id}": "nonsense" for kind in ("ed25519", "curve25519")}
    signatures = {eve.user_id: {f"ed25519:{eve.device_id}": "nonsense"}}
    await eve.call("POST", "/keys/upload", {"device_keys": {**names, "keys": keys, "signatures": signatures}})
    room = await ana.create_room("Atlas", invite=[bot.user_id, eve.user_id], encrypted=True)
    await eve.join(room)
    await bot.joined(room)
    await bot.until(lambda: bot.platform.book.room(room).membership(eve.user_id) == "join")
    await bot.say(in_room(room), "for all who can read", "k.1")
    await ana.hear_from(room, bot.user_id, "for all who can read")
    await bot.platform.stop()


# --- verifications ----------------------------------------------------------------------------------------------

START = {
    "from_device": "D",
    "method": "m.sas.v1",
    "key_agreement_protocols": ["curve25519-hkdf-sha256"],
    "message_authentication_codes": ["hkdf-hmac-sha256.v2"],
    "hashes": ["sha256"],
}


@FOREVER
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["request", "start", "key", "mac", "done", "cancel"]),
            st.sampled_from([{"from_device": "D", "methods": ["m.sas.v1"]}, START, {"key": "A" * 43}, {"key": "?"}])
            | st.dictionaries(st.sampled_from([*START, "methods", "key", "mac", "keys"]), JSON),
        ),
        max_size=5,
    )
)
@example([("request", {"from_device": "D", "methods": ["m.sas.v1"]}), ("start", {**START, "hashes": 7})])
@example([("request", {"from_device": "D", "methods": ["m.sas.v1"]}), ("start", START), ("key", {"key": "?"})])
async def test_verifications_may_go_any_way(crypto: Crypto, steps: list[tuple[str, dict[str, Any]]]) -> None:
    async def show(user: str, emoji: str, id: str) -> None: ...
    async def reply(step: str, content: dict[str, Any]) -> None: ...

    verifier = Verifier(crypto, lambda user: True, show)
    for step, content in steps:
        await verifier.take("@eve:y", f"m.key.verification.{step}", content, "id", reply)


# --- events -----------------------------------------------------------------------------------------------------

EVENT = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            [*KEPT, "m.room.message", "m.reaction", "m.room.redaction", "m.room.member", "m.room.encrypted"]
        )
        | JSON,
        "sender": st.sampled_from([ME, "@ana:x"]) | JSON,
        "state_key": st.sampled_from(["", ME, "@ana:x"]) | JSON,
        "event_id": st.sampled_from(["$1", "$2"]) | JSON,
        "origin_server_ts": st.sampled_from([0, 1_700_000_000_000, 2**53]) | JSON,
        "redacts": st.sampled_from(["$1", "$2"]) | JSON,
        "unsigned": JSON,
        "content": st.dictionaries(
            st.sampled_from(["msgtype", "body", "membership", "displayname", "m.relates_to", "m.new_content", "users"]),
            st.sampled_from(["join", "leave", "m.text"])
            | st.fixed_dictionaries({"rel_type": st.sampled_from(["m.replace", "m.thread"]), "event_id": st.just("$1")})
            | JSON,
        )
        | JSON,
    },
)


def ears(told: list[object], crypto: Crypto | None = None) -> Ears:
    async def receive(event: object) -> None:
        told.append(event)

    async def verifying(room: str, event: object) -> None: ...

    session: Any = NoServer()
    pending, clock = Pending(MemoryState()), SystemClock()
    return Ears(session, RoomBook(ME), crypto, pending, Successions(), clock, receive, verifying, {})


@FOREVER
@given(st.lists(EVENT, max_size=6))
@example(
    [
        {"type": "m.room.member", "state_key": "@ana:x", "content": {"membership": "join"}},
        {"type": "m.room.member", "state_key": "@ana:x", "content": {"membership": "leave"}, "origin_server_ts": 2**53},
    ]
)
async def test_events_of_any_shape_stop_nothing(events: list[dict[str, Any]]) -> None:
    told: list[object] = []
    listening = ears(told)
    for event in events:
        await listening.happened(ROOM, event, None)
    good = {"msgtype": "m.text", "body": "after all that"}
    said = {"type": "m.room.message", "sender": "@bo:x", "event_id": "$good", "origin_server_ts": 1, "content": good}
    await listening.happened(ROOM, said, None)
    assert isinstance(told[-1], MessageReceived) and told[-1].text == "after all that"


async def test_an_event_from_the_future_does_not_make_the_past_count_as_told() -> None:
    session: Any = NoServer()
    session.served = 1_700_000_000_000
    event = {"type": "m.room.message", "event_id": "$1", "origin_server_ts": 253_000_000_000_000}
    answers = iter([{"rooms": {"join": {ROOM: {"timeline": {"events": [event]}}}}}])

    async def call(*args: Any, **more: Any) -> dict[str, Any]:
        return {**next(answers), "next_batch": "s1"}

    session.call = call
    reader = Reader(session, RoomBook(ME), MemoryState(), ears([]), Position(1, "s0", 0))
    await reader.step()
    assert reader.position.latest == 1_700_000_001_000


# --- a homeserver in trouble ------------------------------------------------------------------------------------


async def test_a_server_that_says_nothing_any_more_is_asked_anew(
    synapse: Synapse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "WAIT", 0.5)
    monkeypatch.setattr(sync, "SLACK", 0.5)
    monkeypatch.setattr(Reader.step, "__defaults__", (0.5,))
    bot = await BotAccount.make(synapse, tmp_path, encryption="never")
    await bot.start()
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    assert synapse._process is not None
    synapse._process.send_signal(signal.SIGSTOP)  # its connections stand, and nothing comes
    try:
        await asyncio.sleep(2)
    finally:
        synapse._process.send_signal(signal.SIGCONT)
    await ana.say(room, "!helio are you there?")
    await bot.hear(MessageReceived)
    await bot.say(in_room(room), "yes", "k.1")
    await bot.platform.stop()


async def test_a_token_that_is_revoked_ends_the_program_with_one_line_and_status_2(
    synapse: Synapse, tmp_path: Path
) -> None:
    bot, ana = await synapse.register(synapse.fresh("helio")), await synapse.human("Ana")
    account = f'[matrix]\nhomeserver = "{synapse.url}"\nuser_id = "{bot}"\npassword = "pw"\nencryption = "never"\n'
    (tmp_path / "heliotrope.toml").write_text(f'{account}allowed_inviters = ["{synapse.server_name}"]\n')
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=tmp_path, env=environment(), stderr=asyncio.subprocess.PIPE
    )
    room = await ana.create_room("Atlas", invite=[bot])
    await ana.until_member(room, bot)
    devices = (await synapse.admin("GET", f"/v2/users/{bot}/devices"))["devices"]
    await synapse.admin("POST", f"/v2/users/{bot}/delete_devices", {"devices": [d["device_id"] for d in devices]})
    _out, log = await asyncio.wait_for(process.communicate(), 60)
    (said,) = [line for line in log.decode().splitlines() if line.startswith("heliotrope run: ")]
    assert process.returncode == 2 and "revoked" in said and "Traceback" not in log.decode()


async def test_the_largest_message_that_is_rendered_is_taken_encrypted(synapse: Synapse, tmp_path: Path) -> None:
    bot = await BotAccount.make(synapse, tmp_path)
    await bot.start()
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    long = '<&>"\U0001f308 ñ日本' * 4_000
    parts = bot.contents(message(Quote(long)))
    assert len(parts) > 2
    for number, content in enumerate(parts):
        await bot.platform.send(place, content, a_chunk(f"k.{number}"))
    shown = await ana.until(place.address, lambda events: events if len(events) >= len(parts) else None)
    assert not [event for event in shown if event.get("undecryptable")]
    await bot.platform.stop()


async def test_at_a_servers_own_limits_the_finish_is_told_once_and_lifted_limits_are_used(
    default_synapse: Synapse, tmp_path: Path
) -> None:
    bot = await BotAccount.make(default_synapse, tmp_path, encryption="never")
    await bot.start()
    ana = await default_synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)

    async def sent(number: int) -> bool:
        try:
            await bot.say(in_room(room), str(number), f"k.{number}")
        except TryLater:
            return False
        return True

    waiting = [number for number in range(200) if not await sent(number)]
    assert 150 < len(waiting) < 195
    async with asyncio.timeout(60):
        while not bot.told:  # the first refusal names a part of the interval; the next ones tell it whole
            await asyncio.sleep(0.5)
            waiting = [number for number in waiting if not await sent(number)]
    ((key, sentence),) = bot.told
    finish = dict(sentence.values)["finish"]
    assert key.startswith("matrix:slow:") and isinstance(finish, Moment)
    assert finish.at > bot.clock.now() + timedelta(minutes=10)
    await default_synapse.lift_limits(bot.user_id)
    await bot.restart()
    assert all([await sent(number) for number in waiting])
    lines = [line.text for line in await ana.lines(room)]
    assert sorted(map(int, lines)) == list(range(200))
    await bot.platform.stop()
    await default_synapse.restore_limits(bot.user_id)


# --- people -----------------------------------------------------------------------------------------------------


async def test_a_reaction_to_an_old_message_is_told_as_one_to_that(synapse: Synapse, tmp_path: Path) -> None:
    bot = await BotAccount.make(synapse, tmp_path, encryption="never")
    await bot.start()
    ana = await synapse.human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    old = await bot.say(in_room(room), "Monday's question", "k.1")
    for number in range(60):
        await bot.say(in_room(room), f"later: {number}", f"k.later.{number}")
    await bot.restart()  # which knows no event of before
    reaction = await ana.react(room, old, "❌")
    put = await bot.hear(Reacted)
    assert (put.message_id, put.emoji, put.removed) == (old, "❌", False)
    await ana.redact(room, reaction)
    taken_back = await bot.hear(Reacted, lambda event: event.removed)
    assert (taken_back.message_id, taken_back.emoji) == (old, "❌")
    await bot.platform.stop()


async def test_a_name_full_of_html_and_mentions_is_a_name(synapse: Synapse, tmp_path: Path) -> None:
    bot = await LivingBot.make(synapse, tmp_path, datetime(2026, 10, 26, 9, 0, tzinfo=UTC), encryption="never")
    await bot.start()
    ana, eve = await synapse.human("Ana"), await synapse.human("Eve")
    name = f"<b>@room</b> {ana.user_id} [x](https://matrix.to/#/{ana.user_id})</p><script>"
    await eve.set_display_name(name)
    room = await ana.create_room("Atlas", invite=[bot.user_id, eve.user_id])
    await eve.join(room)
    await ana.say(room, "!helio team create Atlas zone:UTC")
    await ana.hear_from(room, bot.user_id, "The team Atlas is made")
    await ana.say(room, f"!helio team add Atlas {eve.user_id}", mentions=[eve.user_id])
    line = await ana.hear_from(room, bot.user_id, "is in Atlas now")
    assert "<b>@room</b>" in line.text and "<b>" not in line.content["formatted_body"]
    assert "<script" not in line.content["formatted_body"]
    assert line.content["m.mentions"].get("user_ids", [eve.user_id]) == [eve.user_id]
    assert "room" not in line.content["m.mentions"]
    await bot.close()
