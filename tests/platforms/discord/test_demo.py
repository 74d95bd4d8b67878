"""`heliotrope demo --platform discord`: the same days as on the console, lived on a local Discord."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.engine.ports import Op
from bot.platforms.console.server import ServiceRefuses
from bot.testing import demo as command
from bot.testing import discord as demo_on_discord
from bot.testing import platforms
from bot.testing.assembly import Living, in_memory, on_console
from bot.testing.discord import Application, DiscordService, NoControl
from bot.testing.service import Stuck, channel
from bot.testing.transcript import Transcript, write
from bot.testing.world import World
from tests.platforms.discord.people import Discord
from tests.platforms.two_days import TWO_DAYS, is_whole, lines, played
from tests.simulation.playing import heliotrope, kit, scenario

TEAM = """
[team]
name = "Atlas"
[social]
days = "mon-fri"
[[member]]
name = "Ana"
zone = "Europe/Lisbon"
answers = "none"
admin = true
[[member]]
name = "Bo"
zone = "Asia/Kolkata"
answers = "none"
"""
LONG = " ".join(f"step {n} went well, and so on." for n in range(55))
CORRECTIONS = f"""
[team]
name = "Atlas"
standup = "09:00"
[[member]]
name = "Ana"
zone = "Europe/Lisbon"
answers = "scripted"
[[member]]
name = "Bo_b *x*"
zone = "Asia/Kolkata"
answers = "scripted"
[[event]]
member = "Bo_b *x*"
at = "2026-10-26T09:30"
says = "1. nothing worth it\\n2. tests\\n3. none"
[[event]]
member = "Ana"
at = "2026-10-26T10:00"
says = "1. **the** parser_x @everyone <@123> `code` https://example.org/a_b\\n2. - docs\\n3. @Bo_b *x* please look"
[[event]]
member = "Ana"
at = "2026-10-26T10:05"
says = "update 1. {LONG}"
[[event]]
member = "Ana"
at = "2026-10-26T10:06"
says = "update 2. {LONG}"
[[event]]
member = "Bo_b *x*"
at = "2026-10-26T18:00"
deletes = 1
[[event]]
member = "Ana"
at = "2026-10-26T12:35"
edits = 1
says = "1. the parser\\n2. docs\\n3. none"
[[event]]
member = "Ana"
at = "2026-10-26T17:30"
edits = 2
says = "update 1. the scanner; {LONG}"
[[event]]
member = "Ana"
at = "2026-10-26T17:31"
edits = 3
says = "update 2. little"
[[downtime]]
from = 2026-10-26T12:20Z
to = 2026-10-26T14:00Z
"""
"""Long messages that Discord takes in pieces, and what becomes of them; signs; changes while the bot is down."""
DISCORD = ["--platform", "discord"]
SERVER = ["--api-base", "http://127.0.0.1:9/api/v10"]
MONDAY = datetime(2026, 10, 26, 2, tzinfo=UTC)
"""Before anybody's prompt: 09:00 in Kolkata is 03:30 UTC."""


def control(discord: Discord) -> str:
    """The control API's address, without the world."""
    return discord.control.partition("/worlds/")[0]


async def test_two_days_are_the_same_as_on_the_console(discord: Discord, tmp_path: Path) -> None:
    """With every request checked against the API's description, in a world that enforces Discord's limits."""
    days, token = tmp_path / "two_days.toml", tmp_path / "token"
    # Discord shows bots what mentions them: nobody speaks to them by a prefix in a channel.
    days.write_text(TWO_DAYS.read_text(encoding="utf-8").replace("!helio ", "@Heliotrope "), encoding="utf-8")
    token.write_text(f"{discord.token}\n", encoding="utf-8")
    there, here = tmp_path / "discord.jsonl", tmp_path / "console.jsonl"
    where = ("--api-base", discord.api_base, "--gateway", discord.gateway, "--control", control(discord))

    on_discord, on_console = await asyncio.gather(
        asyncio.to_thread(played, there, *DISCORD, *where, "--token", str(token), scenario=days),
        asyncio.to_thread(played, here, scenario=days),
    )
    assert (on_discord.returncode, on_discord.stderr) == (0, "")
    assert on_console.returncode == 0, on_console.stderr

    expected, shown = lines(here), lines(there)
    for line in (*expected, *shown):
        del line["key"]  # counts the messages that were sent: Discord takes a long one in two
    assert shown == expected
    assert is_whole(expected)
    assert on_discord.stdout.splitlines()[-1] == on_console.stdout.splitlines()[-1]
    assert discord.token not in on_discord.stdout


def on(discord: Discord) -> Living:
    """Members on this world's server."""
    found = Application(
        discord.api_base, discord.gateway, control(discord), bot=str(discord.bot_id), token=discord.token
    )
    return partial(demo_on_discord.living, found, kit().services, "Atlas", {"Ana": "en", "Bo": "en"})


async def transcript(text: str, living: Living, tmp_path: Path) -> tuple[list[dict[str, Any]], Sequence[str]]:
    """Play a day and a bit; return the transcript's lines but their chunks' keys, and what was shown wrongly.

    At one instant those to different people are in the order of their addresses: conversations are read back as it
    comes.
    """
    span = {"start": MONDAY - timedelta(hours=6), "end": MONDAY + timedelta(hours=20)}
    async with in_memory(scenario(text), kit(), **span, seed=1, living=living) as world:
        await world.begin()
        await world.run()
        file = tmp_path / world.service.name
        with file.open("w", encoding="utf-8") as opened:
            write(Transcript(world.chronicle).more(), opened)
        differences = world.service.differences
    said = sorted(lines(file), key=lambda line: (line["at"], line["to"]))
    return [{name: each for name, each in line.items() if name != "key"} for line in said], differences


async def test_long_messages_and_corrections_are_the_same_as_on_the_console(discord: Discord, tmp_path: Path) -> None:
    expected, _none = await transcript(CORRECTIONS, on_console, tmp_path)
    shown, differences = await transcript(CORRECTIONS, on(discord), tmp_path)
    assert not differences
    assert shown == expected
    assert [line["kind"] for line in shown if len(line["text"]) > 2_000][:1] == ["handoff.update"]
    assert any("the scanner" in line["text"] and line["kind"] == "handoff.update.edit" for line in shown)


@asynccontextmanager
async def world(discord: Discord) -> AsyncIterator[tuple[World, DiscordService]]:
    """Ana and Bo with the bot, after Ana set up a standup."""
    end = MONDAY + timedelta(hours=8)
    async with in_memory(scenario(TEAM), kit(), start=MONDAY, end=end, seed=1, living=on(discord)) as world:
        assert isinstance(world.service, DiscordService)
        await world.begin()
        yield world, world.service


async def speak(discord: Discord, method: str, where: str, text: str) -> None:
    """Write as the bot, behind its back."""
    url, headers = f"{discord.api_base}/{where}", {"Authorization": f"Bot {discord.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, url, json={"content": text}) as done,
    ):
        assert done.status == 200, await done.text()


@pytest.mark.parametrize("name", ["atlas-handoff", "atlas-social"])
async def test_what_the_bot_does_not_know_to_have_sent_is_shown_all_the_same(discord: Discord, name: str) -> None:
    async with world(discord) as (living, service):
        await speak(discord, "POST", f"channels/{service.town.channels[channel(name)]}/messages", "said twice")
        await living.settle()

        again = [one for one in Transcript(living.chronicle).more() if not one.parts]
        assert [(one.to, one.text) for one in again] == [(f"channel:{name}", "said twice")]
        (difference,) = service.differences
        assert "said twice" in difference


async def test_what_the_bot_does_not_know_to_have_changed_is_shown_all_the_same(discord: Discord) -> None:
    async with world(discord) as (living, service):
        first, *_ = Transcript(living.chronicle).more()
        (seen, *_more) = await service.town.sees("Ana", "dm:Ana", since=first.message)
        await speak(discord, "PATCH", f"channels/{seen['channel_id']}/messages/{first.message}", "never mind")
        await living.settle()
        *_, last = Transcript(living.chronicle).more()
        assert (last.op, last.message, last.text, last.parts) == (Op.EDIT, first.message, "never mind", ())
        assert len(service.differences) == 1


async def test_what_a_member_can_not_see_is_in_no_transcript(discord: Discord) -> None:
    async with world(discord) as (living, service):
        where, bo = service.town.channels["#atlas-handoff"], service.town.users["Bo"]
        await discord.call("overwrite", channel=where, who=bo, deny=["view_channel"])
        before = len(living.chronicle.messages)
        await service.say("Ana", "@Heliotrope team show Atlas", address="#atlas-handoff")
        with pytest.raises(Stuck, match="nobody could look"):
            await living.settle()
        assert len(living.chronicle.messages) == before + 1  # what Ana said


async def test_the_clock_stands_still_until_the_bot_was_told(discord: Discord) -> None:
    async with world(discord) as (living, service):
        said = await service.say("Ana", "help")
        assert living.chronicle.said_by("Ana")[-1] == said
        await living.settle()
        answers = [one for one in Transcript(living.chronicle).more() if one.kind == "admin.help"]
        assert [one.at for one in answers] == [MONDAY]
        assert await discord.now() - MONDAY < timedelta(minutes=10)  # the server's time is the world's


async def test_what_is_done_while_the_bot_is_down_is_read_back_as_it_stands(discord: Discord) -> None:
    async with world(discord) as (living, service):
        await living.run()  # until everybody was asked
        known = await service.say("Ana", "1. parser\n2. tests\n3. none")
        gone = await service.say("Bo", "1. secret\n2. tests\n3. none")
        await living.settle()
        living.installation.kill()
        await service.edit("Ana", known, "1. the parser\n2. tests\n3. none")
        await service.delete("Bo", gone)
        new = await service.say("Ana", "update 2. docs")
        await service.edit("Ana", new, "update 2. the docs")
        unsaid = await service.say("Bo", "update 1. never mind")
        await service.delete("Bo", unsaid)
        await service.say("Ana", "@Heliotrope help", address=channel("atlas-handoff"))  # nobody reads that back
        await living.installation.start()
        await living.settle()

        receipts = [one for one in Transcript(living.chronicle).more() if one.kind == "standup.receipt"]
        assert any("> the parser" in one.text and "> the docs" in one.text for one in receipts)
        last = [one for one in receipts if one.to == "dm:Bo"][-1]
        assert "took back" in last.text
        assert not any("never mind" in one.text for one in receipts)


async def test_a_message_that_discord_does_not_take_is_said_whose_it_is(discord: Discord) -> None:
    async with world(discord) as (_living, service):
        with pytest.raises(ServiceRefuses, match="Discord does not let Ana say this"):
            await service.say("Ana", "x" * 2_001)


# --- what can't be done ---------------------------------------------------------------------------------------------


def demo(*options: str) -> int:
    """Run the command in this process; return its exit status."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([*DISCORD, *options]))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], ["--platform discord", "--api-base http://127.0.0.1:4500/api/v10"]),
        (["--api-base", "localhost"], ["--api-base", "'localhost'", "http://127.0.0.1:4500/api/v10"]),
        ([*SERVER, "--gateway", "http://x"], ["--gateway", "'http://x'", "ws://"]),
        ([*SERVER, "--gateway", "ws://127.0.0.1:9/gateway/1"], ["--gateway", "--token FILE"]),
        ([*SERVER, "--control", "here"], ["--control", "'here'", "http://127.0.0.1:4500/control"]),
        ([*SERVER, "--token", "nowhere"], ["--token", "nowhere", "No such file"]),
        ([*SERVER, "--token", os.devnull], ["--token", os.devnull, "one line"]),
        ([*SERVER, "--homeserver", "http://127.0.0.1:8008"], ["--homeserver", "--platform matrix"]),
        (["--api-base", "https://discord.com/api/v10"], ["https://discord.com", "a real Discord can't be simulated"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_option_is_one_line_and_status_2(
    options: list[str], said: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(platforms.TOKEN, raising=False)
    assert demo(*options) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    for part in said:
        assert part in err


@pytest.mark.parametrize("option", ["--api-base", "--gateway", "--control", "--token"])
def test_discords_options_go_with_discord(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo("--platform", "console", option, "x") == 2
    assert f"{option}: it goes with --platform discord" in capsys.readouterr().err


def test_a_server_that_is_down_is_one_line_and_status_2() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/api/v10"
        done = heliotrope("demo", *DISCORD, "--api-base", url)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--api-base" in done.stderr and "can't be reached" in done.stderr


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(text="<h1>It works!</h1>", content_type="text/html"),
        web.json_response({"message": "404: Not Found", "code": 0}, status=404),
    ],
    ids=["HTML", "an API without a control API"],
)
async def test_what_has_no_control_api_is_said_in_one_line_and_gets_no_token(answer: web.Response) -> None:
    asked: list[str] = []

    async def anything(request: web.Request) -> web.StreamResponse:
        asked.append(f"{request.path} {request.headers.get('Authorization')}")
        return web.Response(body=answer.body, status=answer.status, content_type=answer.content_type)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", anything)
    async with TestServer(app) as server:
        base = str(server.make_url("/api/v10"))
        with pytest.raises(NoControl, match="those of a real Discord can't be simulated") as raised:
            await demo_on_discord.application(base, gateway="", control="", token="not for everybody")
    assert "\n" not in str(raised.value)
    assert asked and not any("everybody" in each for each in asked)


async def test_a_token_that_the_server_does_not_know_is_said_in_one_line(discord: Discord) -> None:
    with pytest.raises(NoControl, match="knows no bot with the token") as raised:
        await demo_on_discord.application(
            discord.api_base, gateway="", control=control(discord), token=f"{discord.token}x"
        )
    assert "\n" not in str(raised.value) and discord.token not in str(raised.value)


async def test_a_bot_that_has_run_already_can_not_go_back_in_time(discord: Discord) -> None:
    async with world(discord):
        with pytest.raises(NoControl, match="has run already"):
            await demo_on_discord.application(
                discord.api_base, gateway="", control=control(discord), token=discord.token
            )
