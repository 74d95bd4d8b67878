"""The homeserver and the people that the tests on Matrix rely on do what they claim."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import aiohttp
import pytest

from tests.platforms.matrix import synapse as synapse_module
from tests.platforms.matrix.humans.js import Crowd, Trust
from tests.platforms.matrix.humans.plain import Human, MatrixError
from tests.platforms.matrix.installing import CannotInstall, Installation, run
from tests.platforms.matrix.synapse import Synapse

PICTURE = bytes(range(256)) * 40


async def room_of(ana: Human, bo: Human, *, encrypted: bool = False, version: str | None = None) -> str:
    room = await ana.create_room("Atlas", invite=[bo.user_id], encrypted=encrypted, version=version)
    await bo.join(room)
    return room


# --- plain ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["11", "12"])
async def test_people_talk_in_rooms_of_both_versions(synapse: Synapse, version: str) -> None:
    ana, bo = await synapse.human("Ana"), await synapse.human("Bo")
    room = await room_of(ana, bo, version=version)
    said = await ana.say(room, "good morning")
    await ana.edit(room, said, "good evening")
    reply = await bo.thread_reply(room, said, "you too")
    wrong = await bo.say(room, "never mind")
    await bo.redact(room, wrong)
    kept = await bo.react(room, said, "✅")
    await ana.redact(room, await ana.react(room, said, "❌"))
    shown = [(line.id, line.text, line.thread) for line in await bo.lines(room)]
    assert shown == [(said, "good evening", ""), (reply, "you too", said)]
    assert kept and await ana.reactions(room, said) == [(bo.user_id, "✅")]
    assert (await ana.state(room, "m.room.create"))["room_version"] == version


async def test_people_are_invited_leave_and_get_power(synapse: Synapse) -> None:
    ana, bo = await synapse.human("Ana"), await synapse.human("Bo")
    room = await ana.create_room(invite=[bo.user_id], version="11")
    assert await bo.until_invited(ana.user_id) == room
    await bo.join(room)
    await ana.set_power(room, bo.user_id, 100)
    assert (await bo.power_levels(room))["users"][bo.user_id] == 100
    await bo.leave(room)
    await ana.until_member(room, bo.user_id, "leave")


async def test_what_was_said_survives_a_killed_server(synapse: Synapse) -> None:
    ana, bo = await synapse.human("Ana"), await synapse.human("Bo")
    room = await room_of(ana, bo)
    await ana.say(room, "before")
    synapse.stop(kill=True)
    with pytest.raises(aiohttp.ClientError):
        await ana.say(room, "nobody hears")
    synapse.start()
    await bo.say(room, "after")
    assert [line.text for line in await ana.lines(room)] == ["before", "after"]


async def test_a_server_that_lost_its_database_knows_nobody(synapse: Synapse) -> None:
    ana = await synapse.human("Ana")
    synapse.stop()
    synapse.lose_database()
    synapse.start()
    with pytest.raises(MatrixError) as refused:
        await ana.sync()
    assert refused.value.errcode == "M_UNKNOWN_TOKEN"
    assert (await synapse.human("Ana")).user_id != ana.user_id


async def test_default_limits_hold_until_they_are_lifted(default_synapse: Synapse) -> None:
    ana = await default_synapse.human("Ana")
    room = await ana.create_room()
    with pytest.raises(MatrixError) as refused:
        for n in range(30):
            await ana.say(room, str(n))
    assert (refused.value.status, refused.value.errcode) == (429, "M_LIMIT_EXCEEDED")
    assert refused.value.retry_after_ms > 1_000
    said = len(await ana.lines(room))
    await default_synapse.lift_limits(ana.user_id)
    for n in range(30):
        await ana.say(room, str(n))
    assert len(await ana.lines(room)) == said + 30
    await default_synapse.restore_limits(ana.user_id)


# --- encrypted --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["11", "12"])
async def test_strict_clients_read_each_other(synapse: Synapse, version: str) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.js_human("Bo")
    room = await room_of(ana, bo, encrypted=True, version=version)
    said = await ana.say(room, "good morning")
    heard = await bo.hear_from(room, ana.user_id, "good morning")
    assert (heard.id, heard.encrypted, heard.undecryptable, heard.shield) == (said, True, "", "")
    await ana.edit(room, said, "good evening")
    await bo.hear_from(room, ana.user_id, "good evening")
    reply = await bo.thread_reply(room, said, "you too")
    assert (await ana.hear_from(room, bo.user_id, "you too")).thread == said
    await bo.react(room, said, "✅")
    await bo.redact(room, reply)
    await ana.until(room, lambda events: not any(e["event_id"] == reply and e["content"] for e in events) or None)
    assert await ana.reactions(room, said) == [(bo.user_id, "✅")]
    assert [line.text for line in await ana.lines(room)] == ["good evening"]


async def test_the_server_sees_no_word_of_an_encrypted_room(synapse: Synapse) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.human("Bo")
    room = await room_of(ana, bo, encrypted=True)
    said = await ana.say(room, "between us")
    seen = {event["event_id"]: event for event in await bo.messages(room)}
    assert seen[said]["type"] == "m.room.encrypted"
    assert "between us" not in str(seen[said])


async def test_a_picture_is_encrypted_with_its_room(synapse: Synapse) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.js_human("Bo")
    room = await room_of(ana, bo, encrypted=True)
    shown = await ana.picture(room, PICTURE)
    line = await bo.hear(room, lambda line: line.id == shown)
    assert await bo.download(line) == PICTURE
    stored = await bo.http.download(line.content["file"]["url"], bo.token)
    assert len(stored) == len(PICTURE) and stored != PICTURE


async def test_a_picture_in_a_plain_room_is_plain(synapse: Synapse) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.human("Bo")
    room = await room_of(ana, bo)
    shown = await ana.picture(room, PICTURE)
    line = await bo.hear(room, lambda line: line.id == shown)
    assert await bo.http.download(line.content["url"], bo.token) == PICTURE


async def test_strict_clients_neither_hear_nor_inform_an_unsigned_device(synapse: Synapse) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.js_human("Bo")
    room = await room_of(ana, bo, encrypted=True)
    stranger = await bo.unsigned_device()
    said = await stranger.say(room, "I am Bo, trust me")
    assert (await ana.hear(room, lambda line: line.id == said)).undecryptable == "UNSIGNED_SENDER_DEVICE"
    told = await ana.say(room, "for signed devices")
    assert (await bo.hear(room, lambda line: line.id == told)).text == "for signed devices"
    withheld = await stranger.hear(room, lambda line: line.id == told)
    assert withheld.undecryptable == "MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE"


async def test_a_new_signed_device_reads_what_is_said_from_now_on(synapse: Synapse) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.js_human("Bo")
    room = await room_of(ana, bo, encrypted=True)
    phone = await bo.new_device()
    await ana.until_trust(bo.user_id, phone.device_id, Trust(signed=True, verified=False))
    said = await ana.say(room, "on all your devices")
    for device in (bo, phone):
        assert (await device.hear(room, lambda line: line.id == said)).text == "on all your devices"
    assert set(await ana.devices(bo.user_id)) == {bo.device_id, phone.device_id}
    await phone.log_out()
    await ana.until_device_gone(bo.user_id, phone.device_id)


@pytest.mark.parametrize("where", ["device", "room"])
async def test_two_people_compare_emoji(synapse: Synapse, where: str) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.js_human("Bo")
    room = await room_of(ana, bo, encrypted=True)
    asked = {"device": bo.device_id} if where == "device" else {"room": room}
    hers, his = await asyncio.gather(ana.verify(bo.user_id, **asked), bo.accept_verification(ana.user_id))
    assert hers.emoji == his.emoji and len(his.emoji) == 7
    await asyncio.gather(ana.confirm(hers), bo.confirm(his))
    await ana.until_trust(bo.user_id, bo.device_id, Trust(signed=True, verified=True))


async def test_emoji_that_differ_verify_nobody(synapse: Synapse) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.js_human("Bo")
    await room_of(ana, bo, encrypted=True)
    hers, _ = await asyncio.gather(ana.verify(bo.user_id, device=bo.device_id), bo.accept_verification(ana.user_id))
    await ana.mismatch(hers)
    assert await ana.trust(bo.user_id, bo.device_id) == Trust(signed=True, verified=False)


async def test_encrypted_talk_goes_on_after_a_killed_server(synapse: Synapse) -> None:
    ana, bo = await synapse.js_human("Ana"), await synapse.js_human("Bo")
    room = await room_of(ana, bo, encrypted=True)
    await ana.say(room, "before")
    synapse.stop(kill=True)
    synapse.start()
    await bo.say(room, "after")
    await ana.hear_from(room, bo.user_id, "after")
    await bo.hear_from(room, ana.user_id, "before")
    assert [line.text for line in await ana.lines(room)] == ["before", "after"]


# --- what is missing --------------------------------------------------------------------------------------------


@pytest.fixture
def no_node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_node")
def test_without_node_tests_skip_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TESTS_REQUIRE_NODE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no node"):
        Crowd().start()


@pytest.mark.usefixtures("no_node")
def test_without_node_tests_fail_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTS_REQUIRE_NODE", "1")
    with pytest.raises(pytest.fail.Exception, match="there is no node"):
        Crowd().start()


def test_an_old_node_is_told_from_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v18.19.0\n")
        (tmp_path / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TESTS_REQUIRE_NODE", "1")
    with pytest.raises(pytest.fail.Exception, match=r"node is v18\.19\.0"):
        Crowd().start()


def test_an_installation_is_made_once_and_again_for_other_versions(tmp_path: Path) -> None:
    source, made = tmp_path / "versions", []
    source.write_text("1")
    installation = Installation(tmp_path / "ready", source, lambda: made.append(source.read_text()))
    for version in ("1", "1", "2"):
        source.write_text(version)
        installation.ensure()
    assert made == ["1", "2"]


def test_a_failed_installation_is_none_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        run("sh", "-c", "echo no network >&2; exit 3")

    installation = Installation(tmp_path / "ready", Path(__file__), fail)
    with pytest.raises(CannotInstall, match="no network"):
        installation.ensure()
    assert not installation.ready
    monkeypatch.setattr(synapse_module, "INSTALLATION", installation)
    assert synapse_module.main(["install"]) == 0
    assert "will be skipped" in capsys.readouterr().out
