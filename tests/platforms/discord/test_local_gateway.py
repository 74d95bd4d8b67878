"""The local Discord's gateway, as discord.py's client meets it: sessions that are kept, lost and cut."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord as dpy
import pytest

from tests.platforms.discord.people import Discord, Guild, User, eventually
from tests.platforms.discord.plain import Listener


@pytest.fixture
async def ana(discord: Discord) -> User:
    return await discord.user("ana")


@pytest.fixture
async def atlas(discord: Discord, ana: User) -> Guild:
    return await discord.guild("Atlas", owner=ana)


@pytest.fixture
async def bot(client: Listener, discord: Discord, atlas: Guild) -> AsyncIterator[Listener]:
    await client.run_for(discord)
    yield client


def said_to(bot: Listener) -> list[str]:
    return [message.content for message in bot.all("message")]


async def test_a_wrong_token_does_not_log_in(client: Listener, discord: Discord) -> None:
    with pytest.raises(dpy.LoginFailure):
        await client.login("not.the.token")


async def test_a_revoked_token_ends_the_connection_for_good(bot: Listener, discord: Discord, ana: User) -> None:
    await discord.revoke_token()
    ended = await bot.ended()
    assert isinstance(ended, dpy.ConnectionClosed)
    assert ended.code == 4004


async def test_a_cut_connection_is_resumed_and_nothing_is_lost(bot: Listener, discord: Discord, ana: User) -> None:
    await ana.say(ana.dm, "before")
    await bot.hears("message")
    await discord.refuse_gateway(1)
    await discord.drop_gateway()
    await ana.say(ana.dm, "meanwhile")
    await bot.hears("resumed")
    await bot.hears("message", 2)
    assert said_to(bot) == ["before", "meanwhile"]
    assert len(bot.all("ready")) == 1


async def test_a_close_code_is_resumed_from(bot: Listener, discord: Discord, ana: User) -> None:
    await discord.drop_gateway(4000)
    await ana.say(ana.dm, "meanwhile")
    await bot.hears("resumed")
    assert said_to(bot) == ["meanwhile"]


async def test_after_a_lost_session_nothing_is_replayed(bot: Listener, discord: Discord, ana: User) -> None:
    await discord.refuse_gateway(1)
    await discord.lose_sessions()
    await ana.say(ana.dm, "meanwhile")
    await bot.hears("ready", 2)
    await ana.say(ana.dm, "after")
    await bot.hears("message")
    assert said_to(bot) == ["after"]
    assert not bot.all("resumed")


async def test_an_invalid_session_is_started_anew(bot: Listener, discord: Discord, ana: User) -> None:
    await discord.invalidate_sessions(resumable=False)
    await bot.hears("ready", 2)
    assert (await discord.statistics())["sessions_started"] == 2


async def test_a_resumable_invalid_session_is_resumed(bot: Listener, discord: Discord, ana: User) -> None:
    await discord.invalidate_sessions(resumable=True)
    await bot.hears("resumed")
    assert (await discord.statistics())["sessions_started"] == 1


async def test_a_client_asked_to_reconnect_resumes(bot: Listener, discord: Discord) -> None:
    await discord.ask_to_reconnect()
    await bot.hears("resumed")


async def test_a_closed_client_leaves_no_session(bot: Listener, discord: Discord) -> None:
    await bot.close()
    await eventually(lambda: _disconnected(discord))


async def _disconnected(discord: Discord) -> bool:
    return bool((await discord.statistics())["connected"] == 0)


async def test_a_silent_connection_is_noticed_by_its_heartbeats(
    client: Listener, discord: Discord, atlas: Guild, ana: User
) -> None:
    await discord.settings(heartbeat_interval=0.2)
    client._connection.heartbeat_timeout = 0.5
    await client.run_for(discord)
    await discord.silence_gateway()
    await ana.say(ana.dm, "meanwhile")
    await client.hears("resumed")
    assert said_to(client) == ["meanwhile"]


async def test_a_malformed_event_reaches_the_client(bot: Listener, discord: Discord) -> None:
    await discord.dispatch("MESSAGE_CREATE", {"id": "not an id"})
    assert isinstance(await bot.ended(), (KeyError, ValueError))  # discord.py's gateway loop dies of it


async def test_shards_hear_of_their_own_guilds_and_the_first_of_dms(
    client: Listener, discord: Discord, monkeypatch: pytest.MonkeyPatch, ana: User
) -> None:
    """AutoShardedClient, on two shards, whose guilds are told apart by their ids."""
    await discord.settings(shards=2)
    guilds = [await discord.guild(f"Guild {number}", owner=ana) for number in range(8)]
    client_of_two = _Sharded(intents=client.intents)
    try:
        await client_of_two.run_for(discord)
        assert {guild.id: guild.shard_id for guild in client_of_two.guilds} == {
            guild.id: (guild.id >> 22) % 2 for guild in guilds
        }
        await ana.say(ana.dm, "hello")
        await client_of_two.hears("message")
        assert said_to(client_of_two) == ["hello"]
        assert (await discord.statistics())["connected"] == 2
    finally:
        await client_of_two.finish()


class _Sharded(Listener, dpy.AutoShardedClient):
    """The listener, on as many shards as the gateway wants."""


def gateway(discord: Discord) -> Any:
    """Open the gateway as a client that misbehaves would."""
    return aiohttp.ClientSession().ws_connect(discord.gateway)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("not json", 4002),
        ({"op": 77}, 4003),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 2, "d": {"token": "wrong", "intents": 0}}, 4004),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1 << 15}}, 4014),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1 << 1}}, 4014),
        ({"op": 2, "d": {"token": "TOKEN"}}, 4013),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 0, "shard": [2, 2]}}, 4010),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 0}}, 4004),
    ],
)
async def test_a_misbehaving_client_is_closed_with_its_code(discord: Discord, sent: Any, code: int) -> None:
    text = sent if isinstance(sent, str) else json.dumps(sent).replace("TOKEN", discord.token)
    async with aiohttp.ClientSession() as session, session.ws_connect(discord.gateway) as socket:
        assert json.loads((await socket.receive()).data)["op"] == 10
        await socket.send_str(text)
        await socket.receive()
        assert socket.close_code == code


async def test_an_unknown_session_cannot_be_resumed(discord: Discord) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(discord.gateway) as socket:
        await socket.receive()
        await socket.send_json({"op": 6, "d": {"token": discord.token, "session_id": "x", "seq": 0}})
        answer = json.loads((await socket.receive()).data)
        assert (answer["op"], answer["d"]) == (9, False)
