"""Encryption on a real Synapse, with matrix-js-sdk in its strict mode on the other side."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.engine.errors import BadCredentials, Refused
from bot.engine.ports import Op
from bot.model.event import MessageDeleted, MessageEdited, MessageReceived, Reacted, Unreadable
from bot.model.message import Image, Message
from bot.platforms.matrix import pending
from bot.platforms.matrix.checking import inspect
from tests.platforms.matrix.account import BotAccount, a_chunk, in_room
from tests.platforms.matrix.humans.js import DriverError, JsHuman, Trust
from tests.platforms.matrix.humans.plain import Human, eventually, lines
from tests.platforms.matrix.synapse import Synapse


@pytest_asyncio.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[BotAccount]:
    """A bot that encrypts where it can, started."""
    account = await BotAccount.make(synapse, tmp_path)
    await account.start()
    yield account
    await account.platform.stop()


async def test_the_device_signs_itself_and_stays_the_same(synapse: Synapse, bot: BotAccount) -> None:
    crypto, device = bot.platform.crypto, bot.platform.session.device_id
    assert crypto is not None and crypto.signed
    fingerprint, kept = crypto.fingerprint, bot.state.values["signing"]
    await bot.restart()
    crypto = bot.platform.crypto
    assert crypto is not None and crypto.signed
    assert (crypto.fingerprint, bot.platform.session.device_id) == (fingerprint, device)
    assert bot.state.values["signing"] == kept
    assert bot.told == []


async def test_an_encrypted_direct_conversation_goes_both_ways(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    await bot.say(place, "good morning", "k.1")
    line = await ana.hear_from(place.address, bot.user_id, "good morning")
    event = next(event for event in await ana.messages(place.address) if event["event_id"] == line.id)
    assert (event["encrypted"], event["undecryptable"]) == (True, "")
    await ana.say(place.address, "done: the lexer")
    heard = await bot.hear(MessageReceived)
    assert (heard.text, heard.direct) == ("done: the lexer", True)
    assert not [e for e in await _raw(synapse, bot, place.address) if e["type"] == "m.room.message"]


async def _raw(synapse: Synapse, bot: BotAccount, room: str) -> list[dict[str, object]]:
    answer = await bot.platform.session.call(
        "GET", f"/_matrix/client/v3/rooms/{room}/messages", query={"dir": "b", "limit": "100"}
    )
    return list(answer["chunk"])


async def test_the_same_key_is_one_message_in_an_encrypted_room_too(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    first = await bot.say(place, "good morning", "k.1")
    await bot.restart()
    assert await bot.say(place, "good morning", "k.1") == first
    assert await bot.platform.find(place, a_chunk("k.1"), bot.clock.now()) == [first]
    await bot.say(place, "and after the restart", "k.2")
    await ana.hear_from(place.address, bot.user_id, "and after the restart")
    assert len([line for line in await ana.lines(place.address) if line.sender == bot.user_id]) == 2


async def test_what_was_said_while_the_bot_was_down_is_decrypted(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.js_human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id], encrypted=True)
    await bot.joined(room)
    await ana.until_member(room, bot.user_id)
    await bot.platform.stop()
    for n in range(3):
        await ana.say(room, f"!helio {n}")
    bot.platform = bot.process()
    await bot.start()
    await bot.hear(MessageReceived, lambda event: event.text == "!helio 2")
    assert [e.text for e in bot.heard if isinstance(e, MessageReceived)] == ["!helio 0", "!helio 1", "!helio 2"]


async def test_a_new_device_reads_what_comes_after_it(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    await bot.say(place, "to the phone", "k.1")
    laptop = await ana.new_device()
    await bot.say(place, "to both", "k.2")
    await laptop.hear_from(place.address, bot.user_id, "to both")
    await ana.hear_from(place.address, bot.user_id, "to both")
    await laptop.say(place.address, "from the laptop")
    assert (await bot.hear(MessageReceived)).text == "from the laptop"


async def test_who_has_gone_is_given_no_further_keys(synapse: Synapse, bot: BotAccount) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.js_human("Bo")
    room = await ana.create_room("Atlas", invite=[bot.user_id, bo.user_id], encrypted=True)
    await bo.join(room)
    await bot.joined(room)
    await bot.until(lambda: bot.platform.book.room(room).membership(bo.user_id) == "join")
    await bot.say(in_room(room), "to both", "k.1")
    await bo.hear_from(room, bot.user_id, "to both")
    crypto = bot.platform.crypto
    assert crypto is not None
    before = crypto.olm.outbound_group_sessions[room].id
    await bo.leave(room)
    await bot.until(lambda: bot.platform.book.room(room).membership(bo.user_id) == "leave")
    await bot.say(in_room(room), "to Ana alone", "k.2")
    after = crypto.olm.outbound_group_sessions[room]
    assert after.id != before
    assert bo.user_id not in {user for user, _device in after.users_shared_with}


async def test_a_message_whose_key_comes_late_is_read_then_and_hinted_at_before(
    synapse: Synapse, bot: BotAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    crypto, ears = bot.platform.crypto, bot.platform.ears
    assert crypto is not None
    take, kept = crypto.take, []

    def without_keys(answer: Any) -> set[tuple[str, str]]:
        kept.append(answer.get("to_device"))
        return take({**answer, "to_device": {}})

    monkeypatch.setattr(crypto, "take", without_keys)
    monkeypatch.setattr(pending, "HINT_AFTER", timedelta(0))
    said = await ana.say(place.address, "done: the lexer")
    assert (await bot.hear(Unreadable)).message_id == said
    assert not [event for event in bot.heard if isinstance(event, MessageReceived)]
    monkeypatch.setattr(crypto, "take", take)
    for to_device in kept:
        await ears.keys_came({"to_device": to_device})
    assert (await bot.hear(MessageReceived)).message_id == said
    assert len([event for event in bot.heard if isinstance(event, Unreadable)]) == 1


async def test_a_message_without_its_key_is_kept_over_a_restart(
    synapse: Synapse, bot: BotAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    crypto = bot.platform.crypto
    assert crypto is not None
    monkeypatch.setattr(crypto, "decrypt", lambda room, event: None)
    said = await ana.say(place.address, "done: the lexer")
    await bot.until(lambda: said in bot.state.values.get("undecrypted", ""))
    await bot.restart()
    assert (await bot.hear(MessageReceived)).message_id == said
    await bot.until(lambda: said not in bot.state.values["undecrypted"])


async def test_edits_threads_reactions_and_deletions_work_encrypted_both_ways(
    synapse: Synapse, bot: BotAccount
) -> None:
    ana = await synapse.js_human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id], encrypted=True)
    await bot.joined(room)
    await ana.until_member(room, bot.user_id)
    root = await bot.say(in_room(room), "old", "k.1")
    await bot.platform.edit(in_room(room), root, bot.content("new"), a_chunk("k.2", Op.EDIT))
    reply = await bot.say(in_room(room, root), "in the thread", "k.3")
    line = await ana.hear(room, lambda line: line.id == reply)
    assert (line.text, line.thread) == ("in the thread", root)
    assert (await ana.hear(room, lambda line: line.id == root and line.text == "new")).thread == ""
    said = await ana.thread_reply(room, root, "helo")
    heard = await bot.hear(MessageReceived)
    assert (heard.text, heard.place) == ("helo", in_room(room, root))
    await ana.edit(room, said, "hello")
    edited = await bot.hear(MessageEdited)
    assert (edited.message_id, edited.text, edited.place) == (said, "hello", in_room(room, root))
    await ana.react(room, root, "✅")
    assert (await bot.hear(Reacted)).emoji == "✅"
    await ana.redact(room, said)
    assert (await bot.hear(MessageDeleted)).message_id == said
    await bot.platform.delete(in_room(room), root, a_chunk("k.4", Op.DELETE))
    await ana.until(room, lambda events: root not in {line.id for line in lines(events)} or None)


async def test_encryption_that_is_switched_on_later_is_kept_to(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.js_human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    first = await bot.say(in_room(room), "in the clear", "k.1")
    await ana.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    await bot.until(lambda: bot.platform.book.room(room).encrypted)
    sent = await bot.say(in_room(room), "not in the clear", "k.2")
    event = next(event for event in await _raw(synapse, bot, room) if event["event_id"] == sent)
    assert event["type"] == "m.room.encrypted" and "not in the clear" not in json.dumps(event)
    assert (await ana.hear(room, lambda line: line.id == sent)).text == "not in the clear"
    assert await bot.say(in_room(room), "in the clear", "k.1") == first


@pytest.mark.parametrize("encryption", ["auto", "never"])
async def test_encryption_that_no_sync_has_told_of_is_kept_to(
    synapse: Synapse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encryption: str
) -> None:
    bot = await BotAccount.make(synapse, tmp_path, encryption=encryption)
    await bot.start()
    ana = await synapse.js_human("Ana")
    room = await ana.create_room("Atlas", invite=[bot.user_id])
    await bot.joined(room)
    await bot.say(in_room(room), "in the clear", "k.1")

    async def deaf(room: str, event: object, position: str | None) -> None: ...

    monkeypatch.setattr(bot.platform.ears, "happened", deaf)
    await ana.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    assert not bot.platform.book.room(room).encrypted
    if encryption == "never":
        with pytest.raises(Refused, match="encrypted"):
            await bot.say(in_room(room), "secret", "k.2")
    else:
        sent = await bot.say(in_room(room), "secret", "k.2")
        assert (await ana.hear(room, lambda line: line.id == sent)).text == "secret"
    assert "secret" not in json.dumps(await _raw(synapse, bot, room))
    await bot.platform.stop()


@pytest.mark.parametrize(("encryption", "encrypted"), [("always", True), ("auto", False)])
async def test_a_direct_conversation_is_encrypted_as_the_operator_says(
    synapse: Synapse, tmp_path: Path, encryption: str, encrypted: bool
) -> None:
    bot = await BotAccount.make(synapse, tmp_path, encryption=encryption)
    await bot.start()
    ana = await synapse.human("Ana")
    place = await bot.direct(ana.user_id)
    assert bot.platform.book.room(place.address).encrypted is encrypted
    await bot.platform.stop()


async def test_a_bot_killed_before_it_noted_its_position_reads_the_same_again(
    synapse: Synapse, bot: BotAccount
) -> None:
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    await bot.until(lambda: bot.platform.book.room(place.address).membership(ana.user_id) == "join")
    before = bot.state.values["position"]
    said = await ana.say(place.address, "done: the lexer")
    first = await bot.hear(MessageReceived)
    await bot.platform.stop()
    bot.state.values["position"] = before
    bot.heard.clear()
    bot.platform = bot.process()
    await bot.start()
    again = await bot.hear(MessageReceived)
    assert (again.id, again.message_id, again.text) == (first.id, said, first.text)
    assert json.loads(bot.state.values.get("undecrypted", "[]")) == []


async def test_pictures_come_with_what_decrypts_them(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    await ana.picture(place.address, b"not really a picture")
    (reference,) = (await bot.hear(MessageReceived)).attachments
    for number, content in enumerate(bot.contents(Message((Image(reference, "a cat"),)))):
        await bot.platform.send(place, content, a_chunk(f"k.{number}"))
    line = await ana.hear(place.address, lambda line: line.sender == bot.user_id and "file" in line.content)
    assert await ana.download(line) == b"not really a picture"


async def test_a_lost_store_is_healed_as_a_new_device_with_one_notice(synapse: Synapse, bot: BotAccount) -> None:
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    first = await bot.say(place, "before", "k.1")
    old = bot.platform.session.device_id
    await bot.platform.stop()
    for file in bot.settings.store.glob("*"):
        file.unlink()
    bot.platform = bot.process()
    await bot.start()
    assert bot.platform.session.device_id != old
    assert bot.platform.crypto is not None and bot.platform.crypto.signed
    assert len({key for key, _ in bot.told}) == 1
    await bot.say(place, "after", "k.2")
    await ana.hear_from(place.address, bot.user_id, "after")
    await ana.say(place.address, "welcome back")
    await bot.hear(MessageReceived, lambda event: event.text == "welcome back")
    tried = bot.clock.now() - timedelta(minutes=5)
    assert await bot.say(place, "before", "k.1", first_try=tried) == first


async def test_another_passphrase_is_refused_and_breaks_nothing(synapse: Synapse, bot: BotAccount) -> None:
    await bot.platform.stop()
    right = bot.settings
    bot.change(store_passphrase="wrong")
    bot.platform = bot.process()
    with pytest.raises(BadCredentials, match="store_passphrase"):
        await bot.start()
    await bot.platform.stop()
    bot.settings = right
    bot.platform = bot.process()
    await bot.start()


async def test_the_check_shows_the_device_and_that_it_is_signed(synapse: Synapse, bot: BotAccount) -> None:
    crypto, device = bot.platform.crypto, bot.platform.session.device_id
    assert crypto is not None
    lines = await inspect(bot.settings, bot.state)
    assert f"matrix device: {device}, fingerprint {crypto.fingerprint[:4]} {crypto.fingerprint[4:8]}" in lines[2]
    assert lines[3] == "matrix device signed: yes"
    synapse.stop()
    assert "can't be reached" in (await inspect(bot.settings, bot.state))[2]
    bot.change(user_id="@another:heliotrope.test")
    assert (await inspect(bot.settings, bot.state))[2] == "matrix device: none yet; the first run makes it"


async def test_a_server_that_lost_its_database_is_given_the_keys_again(synapse: Synapse, bot: BotAccount) -> None:
    crypto, device = bot.platform.crypto, bot.platform.session.device_id
    assert crypto is not None
    fingerprint = crypto.fingerprint
    watch = asyncio.create_task(bot.platform.watch())
    synapse.stop()
    synapse.lose_database()
    synapse.start()
    await synapse.register(bot.user_id[1:].partition(":")[0])
    with pytest.raises(BadCredentials, match="revoked"):
        await asyncio.wait_for(watch, 30)
    await bot.restart()
    crypto = bot.platform.crypto
    assert crypto is not None and crypto.signed
    assert (crypto.fingerprint, bot.platform.session.device_id) == (fingerprint, device)
    ana = await synapse.js_human("Ana")
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    await bot.say(place, "all over again", "k.1")
    await ana.hear_from(place.address, bot.user_id, "all over again")


# --- fallback keys ----------------------------------------------------------------------------------------------


async def exhausted(human: Human, bot: BotAccount, device: str) -> dict[str, Any]:
    """Claim all one-time keys of the bot, and return the fallback key that the server gives then."""
    wanted = {"one_time_keys": {bot.user_id: {device: "signed_curve25519"}}}
    while True:
        answer = await human.call("POST", "/keys/claim", wanted)
        (key,) = answer["one_time_keys"][bot.user_id][device].values()
        if key.get("fallback"):
            return dict(key)


async def test_who_finds_no_one_time_key_left_takes_the_fallback_key_which_is_replaced(
    synapse: Synapse, bot: BotAccount
) -> None:
    ana, eve = await synapse.js_human("Ana"), await synapse.human("Eve")
    room = await ana.create_room("Atlas", invite=[bot.user_id], encrypted=True)
    await bot.joined(room)
    await ana.until_member(room, bot.user_id)
    device = bot.platform.session.device_id

    async def unused() -> bool:
        answer = await bot.platform.session.call("GET", "/_matrix/client/v3/sync", query={"timeout": "0"})
        return bool(answer["device_unused_fallback_key_types"] == ["signed_curve25519"])

    await eventually(unused)
    await bot.platform.stop()
    first = await exhausted(eve, bot, device)
    await ana.say(room, "!helio hello")
    bot.platform = bot.process()
    await bot.start()
    assert (await bot.hear(MessageReceived)).text == "!helio hello"
    await eventually(unused)
    assert (await exhausted(eve, bot, device))["key"] != first["key"]


async def test_nothing_secret_stands_in_the_state(synapse: Synapse, bot: BotAccount) -> None:
    kept = json.dumps(bot.state.values)
    token = json.loads((bot.settings.store / "token.json").read_text())["token"]
    assert token not in kept and "correct horse" not in kept
    assert oct((bot.settings.store / "token.json").stat().st_mode)[-3:] == "600"
    assert "pw" not in json.loads(bot.state.values["device"]).values()


# --- verification by emoji --------------------------------------------------------------------------------------


async def an_admin(synapse: Synapse, bot: BotAccount) -> tuple[JsHuman, str]:
    ana = await synapse.js_human("Ana")
    team = await ana.create_room("Atlas", invite=[bot.user_id], encrypted=True)
    await bot.joined(team)
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    await bot.until(lambda: bot.platform.book.room(place.address).membership(ana.user_id) == "join")
    await bot.say(place, "hello", "k.hello")
    await ana.hear_from(place.address, bot.user_id, "hello")
    return ana, place.address


@pytest.mark.parametrize("by_device", [False, True])
async def test_an_admin_verifies_the_bot_by_emoji(synapse: Synapse, bot: BotAccount, by_device: bool) -> None:
    ana, room = await an_admin(synapse, bot)
    device = bot.platform.session.device_id
    assert not (await ana.trust(bot.user_id, device)).verified
    where = {"device": device} if by_device else {"room": room}
    shown = await ana.verify(bot.user_id, **where)
    said = await ana.hear(room, lambda line: line.sender == bot.user_id and line.text != "hello")
    assert said.text.split() == list(shown.emoji)
    await ana.confirm(shown)
    await ana.until_trust(bot.user_id, device, Trust(signed=True, verified=True))


async def test_somebody_else_may_not_verify_it(synapse: Synapse, bot: BotAccount) -> None:
    bo = await synapse.js_human("Bo")
    place = await bot.direct(bo.user_id)
    await bo.join(place.address)
    await bot.say(place, "hello", "k.hello")
    await bo.hear_from(place.address, bot.user_id, "hello")
    with pytest.raises(DriverError, match="cancelled"):
        await bo.verify(bot.user_id, room=place.address)
