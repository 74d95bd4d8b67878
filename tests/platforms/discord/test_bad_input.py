"""What people, servers and operators get wrong on Discord: it is said in words, and nothing else is harmed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.platforms.discord.membership import Membership
from tests.platforms.discord.atlas import Atlas, atlas
from tests.platforms.discord.people import Discord, NotPossible, Place, eventually
from tests.platforms.lives import ROOT

PATIENCE = 60.0
"""Seconds in which a process has ended."""


@pytest.fixture
async def here(discord: Discord) -> AsyncIterator[Atlas]:
    async with atlas(discord) as here:
        yield here


# --- the command line -------------------------------------------------------------------------------------------


async def run(discord: Discord, folder: Path, token: str) -> asyncio.subprocess.Process:
    """Start `heliotrope run` as an operator does."""
    account = {"TOKEN": token, "API_BASE": discord.api_base, "GATEWAY": discord.gateway}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run"),
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HELIOTROPE_DATABASE__PATH": str(folder / "helio.db"),
            **{f"HELIOTROPE_DISCORD__{name}": value for name, value in account.items()},
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """Wait for its end; return its status, and what it said on stderr."""
    async with asyncio.timeout(PATIENCE):
        _out, said = await process.communicate()
    return process.returncode, said.decode()


async def test_a_wrong_token_ends_the_program_with_one_line(discord: Discord, tmp_path: Path) -> None:
    status, said = await ended(await run(discord, tmp_path, "wrong.token.here"))
    assert status == 2
    assert "Traceback" not in said and "wrong.token.here" not in said
    (line,) = [line for line in said.splitlines() if "discord.token" in line]
    assert line == said.splitlines()[-1] and line.startswith("heliotrope run: ")


async def test_a_token_that_is_revoked_ends_the_program_and_it_connects_no_more(
    discord: Discord, tmp_path: Path
) -> None:
    process = await run(discord, tmp_path, discord.token)
    await discord.connected()
    await discord.revoke_token()
    status, said = await ended(process)
    assert status == 2
    assert "Traceback" not in said and "CRITICAL" in said
    assert "discord.token" in said.splitlines()[-1]
    assert (await discord.statistics())["sessions_started"] == 1


async def test_it_ends_at_once_while_discord_is_away_at_the_start(discord: Discord, tmp_path: Path) -> None:
    await discord.fault(503, times=-1)
    process = await run(discord, tmp_path, discord.token)

    async def called() -> bool:
        return bool(await discord.requests())

    await eventually(called, PATIENCE)
    process.send_signal(signal.SIGTERM)
    status, said = await ended(process)
    assert status == 0
    assert "running on discord" not in said and "stopped before it was running" in said


# --- what people send -------------------------------------------------------------------------------------------


async def test_an_answer_as_long_as_a_form_takes_is_kept_whole_and_a_longer_one_can_not_be_sent(here: Atlas) -> None:
    prompt, _bos = await here.asks()
    form = await (await here.ana.press(prompt, "Write")).modal()
    longest = form.inputs[0].most
    with pytest.raises(NotPossible):
        await form.submit({"What did you finish?": "x" * (longest + 1)})
    await (await form.submit({"What did you finish?": "x" * longest})).acknowledged()
    await eventually(lambda: here.entries(here.ana))
    assert await here.entries(here.ana) == ["x" * longest]


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("standup create", {"team": "Atlas", "at": "banana"}),
        ("standup create", {"team": "Nobody", "at": "09:30"}),
        ("standup edit", {"team": "Atlas", "days": "someday"}),
        ("me timezone", {"zone": "Nowhere"}),
        ("me away until", {"day": "yesterweek"}),
    ],
)
async def test_an_option_of_the_wrong_kind_is_explained_with_the_right_form(
    here: Atlas, words: str, options: dict[str, str]
) -> None:
    before = (await here.says("standup show", team="Atlas")).text
    answer = await here.says(words, **options)
    assert next(iter(options.values())) in answer.text or list(options.values())[-1] in answer.text
    assert (await here.says("standup show", team="Atlas")).text == before


async def test_who_left_the_server_holds_nobody_up(here: Atlas) -> None:
    await here.guild.leave(here.bo)
    await here.says("standup now", team="Atlas")
    await here.ana.reads("time for your Atlas update")
    await here.ana.say(here.ana.dm, "1. the map\n2. the legend\n3. none")
    await here.ana.reads("Thank you!")
    assert all("time for your Atlas update" not in each.text for each in await here.bo.from_bot())


async def test_who_left_the_server_is_taken_out_of_its_teams_when_nothing_reaches_them_any_more(here: Atlas) -> None:
    await here.bo.reads("Hello")
    await here.guild.leave(here.bo)
    await here.says("standup now", team="Atlas")

    async def out() -> bool:
        return "Bo Smith" not in (await here.says("team show", team="Atlas")).text

    await eventually(out)
    told = await here.ana.reads("I could not reach Bo Smith")
    assert "in no server with me any more" in told.text and "closed" not in told.text
    await here.guild.join(here.bo, nick="Bo Smith")
    assert "in none of them yet" in (await (await here.bo.slash("me show", here.general)).answer()).text
    assert "Bo Smith is in Atlas now" in (await here.says("team add", team="Atlas", member=here.bo)).text
    assert "Atlas" in (await (await here.bo.slash("me show", here.general)).answer()).text


async def test_who_left_one_of_two_servers_is_out_of_its_teams_within_a_day(here: Atlas) -> None:
    other = await here.discord.guild("Vega", owner=here.ana)
    office = await other.channel("office")
    await other.join(here.bo)
    for words, options in (
        ("team create", {"name": "Borealis"}),
        ("team add", {"team": "Borealis", "member": here.bo}),
    ):
        await (await here.ana.slash(words, office, options)).answer()
    await here.bo.reads("Borealis")
    await here.guild.leave(here.bo)
    await here.bot.stop()
    await here.bot.later(timedelta(days=1, hours=1))
    await here.bot.start()

    async def out() -> bool:
        return "Bo Smith" not in (await here.says("team show", team="Atlas")).text

    await eventually(out)
    shown = await (await here.ana.slash("team show", office, team="Borealis")).answer()
    assert "bo" in shown.text


async def test_a_fault_while_it_is_looked_up_who_left_is_in_the_log(
    here: Atlas, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(Membership, "look_up", broken)
    await here.bo.reads("Hello")
    await here.guild.leave(here.bo)
    await here.says("standup now", team="Atlas")
    logged = f"which server {here.bo.id} has left could not be looked up"
    (record,) = await eventually(lambda: [each for each in caplog.records if each.getMessage() == logged])
    assert record.exc_info is not None


# --- threads ----------------------------------------------------------------------------------------------------


async def test_what_is_withdrawn_is_taken_from_a_locked_thread_once_it_is_unlocked(here: Atlas) -> None:
    await here.asks()
    await here.says("me timezone", zone="Los Angeles")
    await here.ana.speaks("de")
    await here.says("channel set", team="Atlas", purpose="handoff", where=here.general)
    said = await here.bo.say(here.bo.dm, "1. the secret map\n2. the legend\n3. none")
    await here.bo.reads("Thank you!")
    await here.bot.stop()
    await here.bot.later(timedelta(hours=7, minutes=20))
    await here.bot.start()

    async def opened() -> Place | None:
        return next((each.thread for each in await here.bo.from_bot(here.general) if each.thread is not None), None)

    thread = await eventually(opened)
    assert thread is not None
    await here.bo.reads("the secret map", thread)
    await thread.archive(locked=True)
    await here.bo.delete(said)
    told = await here.ana.reads("Der Thread ist gesperrt")
    assert "das Recht „Threads verwalten“" in told.text and "jede Stunde" in told.text
    assert [each for each in await here.bo.from_bot(thread) if "the secret map" in each.text]
    await thread.lock(False)
    await here.bot.stop()
    await here.bot.later(timedelta(hours=1))
    await here.bot.start()

    async def gone() -> bool:
        return not [each for each in await here.bo.from_bot(thread) if "the secret map" in each.text]

    await eventually(gone)


# --- people in no team --------------------------------------------------------------------------------------------


async def test_strangers_are_told_what_they_can_do_whatever_they_use(here: Atlas) -> None:
    eve = await here.discord.user("eve")
    await here.guild.join(eve)
    for place in (here.general, eve.dm):
        assert "About Heliotrope" in (await (await eve.slash("about", place)).answer()).text
        for words in ("help", "me show", "skip"):
            said = (await (await eve.slash(words, place)).answer()).text
            assert "/team add" in said and "/about" in said, (words, said)
    await here.guild.allow_command("setup", eve)
    assert "/team add" in (await (await eve.slash("setup", here.general)).answer()).text


async def test_a_stranger_gets_a_code_in_private_alone(here: Atlas) -> None:
    eve = await here.discord.user("eve")
    await here.guild.join(eve)
    assert "to me directly" in (await (await eve.slash("me link", here.general)).answer()).text
    assert "in private" in (await (await eve.slash("me link")).answer()).text
    await eve.reads("It works once")
    assert all("It works once" not in each.text for each in await eve.from_bot(here.general))
