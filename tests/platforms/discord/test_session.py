"""The bot's session with Discord: tokens, lost connections, and what must never stop it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import Route

from bot.engine.errors import BadCredentials, StorageFull, TryLater
from bot.engine.platform_state import MemoryState
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.ears import Deaf, Service
from bot.platforms.discord.gateway import Connection
from tests.platforms.discord.people import Discord, eventually
from tests.platforms.discord.running import MovedClock
from tests.platforms.discord.speaking import account, hear_nothing, speaking


class Noted(Deaf):
    """Notes the events, and fails at those that a test wants it to."""

    made: Noted

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.events: list[str] = []
        self.interactions: list[Mapping[str, Any]] = []
        self.problems: dict[str, list[Exception]] = {}
        self.going = asyncio.Event()
        self.going.set()
        Noted.made = self

    async def hear(self, event: str, data: Mapping[str, Any]) -> None:
        await self.going.wait()
        if self.problems.get(event):
            raise self.problems[event].pop(0)
        self.events.append(event)

    async def interact(self, data: Mapping[str, Any]) -> None:
        self.interactions.append(data)

    def count(self, event: str) -> int:
        return self.events.count(event)


def platform(discord: Discord, **settings: Any) -> DiscordPlatform:
    return DiscordPlatform(account(discord, **settings), MemoryState(), MovedClock(), hearing=Noted)


async def test_a_start_ends_once_the_session_has_begun(discord: Discord) -> None:
    async with speaking(discord, hearing=Noted):
        assert Noted.made.events[0] == "READY"
        assert (await discord.statistics())["connected"] == 1
    await eventually(lambda: _connected(discord, 0))


async def _connected(discord: Discord, count: int) -> bool:
    return bool((await discord.statistics())["connected"] == count)


# --- tokens -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "wrong.token.here"])
async def test_a_wrong_token_is_one_line_for_the_operator(discord: Discord, token: str) -> None:
    bot = platform(discord, token=token)
    with pytest.raises(BadCredentials) as problem:
        await bot.start(hear_nothing, None)
    assert "discord.token" in str(problem.value) and "\n" not in str(problem.value)


async def test_a_token_that_only_the_gateway_refuses_is_one_too(discord: Discord) -> None:
    async with speaking(discord) as bot:
        await discord.drop_gateway(code=4004)
        with pytest.raises(BadCredentials, match=r"discord\.token"):
            await asyncio.wait_for(bot.watch(), 20)


async def test_an_intent_that_is_not_granted_is_said(discord: Discord) -> None:
    bot = platform(discord, message_content=True)
    with pytest.raises(BadCredentials, match="message_content = false"):
        await bot.start(hear_nothing, None)


async def test_a_token_that_is_revoked_stops_the_bot_loudly_and_for_good(
    discord: Discord, caplog: pytest.LogCaptureFixture
) -> None:
    async with speaking(discord) as bot:
        await discord.revoke_token()
        with pytest.raises(BadCredentials), caplog.at_level(logging.CRITICAL):
            await asyncio.wait_for(bot.watch(), 20)
        assert [record.levelname for record in caplog.records if record.name.startswith("bot")] == ["CRITICAL"]
        asked = len(await discord.requests())
        for _ in range(5):
            with pytest.raises(TryLater):
                await bot.rest.call("GET", "/users/@me")
        statistics = await discord.statistics()
        assert len(await discord.requests()) == asked
        assert (statistics["connected"], statistics["sessions_started"]) == (0, 1)


# --- connections ------------------------------------------------------------------------------------------------


async def test_a_dropped_connection_is_resumed_and_misses_nothing(discord: Discord) -> None:
    ana = await discord.user("ana")
    await discord.guild("Atlas", owner=ana)
    async with speaking(discord, hearing=Noted):
        await discord.drop_gateway()
        await ana.say(ana.dm, "said meanwhile")
        await eventually(lambda: Noted.made.count("MESSAGE_CREATE") == 1)
        assert (await discord.statistics())["sessions_started"] == 1
        assert Noted.made.count("RESUMED") == 1


async def test_a_session_is_resumed_even_after_the_server_was_away(discord: Discord) -> None:
    ana = await discord.user("ana")
    await discord.guild("Atlas", owner=ana)
    async with speaking(discord, hearing=Noted):
        await discord.refuse_gateway(2)
        await discord.drop_gateway()
        await ana.say(ana.dm, "said meanwhile")
        await eventually(lambda: Noted.made.count("MESSAGE_CREATE") == 1, 30)
        assert (await discord.statistics())["sessions_started"] == 1


async def test_a_lost_session_is_followed_by_a_new_one(discord: Discord) -> None:
    async with speaking(discord, hearing=Noted):
        await discord.lose_sessions()
        await eventually(lambda: Noted.made.count("READY") == 2)


async def test_a_server_that_asks_to_reconnect_is_obeyed(discord: Discord) -> None:
    async with speaking(discord, hearing=Noted):
        await discord.ask_to_reconnect()
        await eventually(lambda: Noted.made.count("RESUMED") == 1)


async def test_an_invalid_session_is_begun_anew(discord: Discord) -> None:
    async with speaking(discord, hearing=Noted):
        await discord.invalidate_sessions()
        await eventually(lambda: Noted.made.count("READY") == 2)


async def test_discord_being_away_at_the_start_is_waited_for(discord: Discord) -> None:
    await discord.fault(503, route="/users/@me$", times=1)
    await discord.refuse_gateway(1)
    async with speaking(discord, hearing=Noted):
        assert Noted.made.count("READY") == 1


async def test_each_shard_has_a_session(discord: Discord) -> None:
    await discord.settings(shards=2)
    async with speaking(discord, hearing=Noted):
        assert Noted.made.count("READY") == 2
        assert (await discord.statistics())["connected"] == 2


# --- what comes in ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("MESSAGE_CREATE", {}),
        ("MESSAGE_CREATE", None),
        ("MESSAGE_CREATE", [1]),
        ("GUILD_CREATE", {"id": "x"}),
        ("INTERACTION_CREATE", {"id": 7}),
        ("NO_SUCH_EVENT", {"a": 1}),
        ("READY", {}),
        ("RESUMED", None),
    ],
)
async def test_a_malformed_event_stops_nothing(discord: Discord, event: str, data: Any) -> None:
    ana = await discord.user("ana")
    await discord.guild("Atlas", owner=ana)
    async with speaking(discord, hearing=Noted):
        await discord.dispatch(event, data)
        await ana.say(ana.dm, "hello")
        await eventually(lambda: Noted.made.count("MESSAGE_CREATE") >= 1)
        assert (await discord.statistics())["sessions_started"] == 1


class Socket:
    """A connection's socket that only closes."""

    closed = 0

    async def close(self, code: int) -> None:
        self.closed = code


async def test_behind_a_frame_that_can_not_be_inflated_a_connection_is_made_anew() -> None:
    socket: Any = Socket()
    connection = Connection(socket, loop=asyncio.get_running_loop())
    connection.shard_id = 0
    with pytest.raises(ReconnectWebSocket):
        await connection.received_message(b"what is this?\x00\x00\xff\xff")
    assert socket.closed == 4000


@pytest.mark.parametrize("frame", ["", "{", "[]", "7", '{"op": "x"}', '{"op": 10, "d": {}}'])
async def test_a_frame_that_can_not_be_read_is_left(frame: str) -> None:
    socket: Any = Socket()
    await Connection(socket, loop=asyncio.get_running_loop()).received_message(frame)


async def test_an_event_that_can_not_be_handled_stops_nothing(discord: Discord) -> None:
    ana = await discord.user("ana")
    await discord.guild("Atlas", owner=ana)
    async with speaking(discord, hearing=Noted):
        Noted.made.problems["MESSAGE_CREATE"] = [ValueError("what is this?")]
        await ana.say(ana.dm, "one")
        await ana.say(ana.dm, "two")
        await eventually(lambda: Noted.made.count("MESSAGE_CREATE") == 1)


async def test_an_event_that_could_not_be_stored_is_told_again(discord: Discord) -> None:
    ana = await discord.user("ana")
    await discord.guild("Atlas", owner=ana)
    async with speaking(discord, hearing=Noted):
        Noted.made.problems["MESSAGE_CREATE"] = [StorageFull("no room"), TryLater("not now")]
        await ana.say(ana.dm, "one")
        await eventually(lambda: Noted.made.count("MESSAGE_CREATE") == 1)


async def test_interactions_do_not_wait_behind_other_events(discord: Discord) -> None:
    async with speaking(discord, hearing=Noted):
        Noted.made.going.clear()
        await discord.dispatch("MESSAGE_CREATE", {"id": "1"})
        await discord.dispatch("INTERACTION_CREATE", {"id": "2"})
        await eventually(lambda: len(Noted.made.interactions) == 1)
        assert Noted.made.count("MESSAGE_CREATE") == 0
        Noted.made.going.set()


async def test_a_call_with_a_token_that_is_not_valid_any_more_is_the_end_too(discord: Discord) -> None:
    async with speaking(discord) as bot:
        await discord.fault(401, route="/channels")
        with pytest.raises(BadCredentials):
            await bot.rest.call("GET", "/channels/{channel_id}", channel_id="7")
        with pytest.raises(BadCredentials):
            await asyncio.wait_for(bot.watch(), 20)


async def test_nothing_leaks_to_another_server(discord: Discord) -> None:
    async with speaking(discord):
        assert Route.BASE == "https://discord.com/api/v10"
        assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "wss://gateway.discord.gg/"


# --- calls ------------------------------------------------------------------------------------------------------


async def test_a_short_refusal_for_limits_is_waited_out(discord: Discord) -> None:
    async with speaking(discord) as bot:
        await discord.fault(429, route="/users/@me$", retry_after=0.05)
        assert (await bot.rest.call("GET", "/users/@me"))["id"] == str(discord.bot_id)


async def test_a_long_one_is_put_off_as_long_as_discord_says(discord: Discord) -> None:
    async with speaking(discord) as bot:
        await discord.fault(429, route="/users/@me$", retry_after=60)
        with pytest.raises(TryLater) as late:
            await bot.rest.call("GET", "/users/@me")
        assert late.value.after is not None and late.value.after > timedelta(seconds=50)
