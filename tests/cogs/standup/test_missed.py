"""Dates that passed without a prompt: told once, to people at work, and only what still counts as missed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.api import OccurrenceState
from bot.engine.errors import OutcomeUnknown, TryLater
from bot.platforms.console.adapter import ConsolePlatform
from bot.testing.stage import Stage
from tests.cogs.standup.conftest import ANA, COGS, at, kinds, last, prompts, states


@contextmanager
def outage(problem: Exception) -> Iterator[None]:
    """A chat service that takes no message of the bot."""

    async def fail(*_anything: Any) -> str:
        raise problem

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ConsolePlatform, "send", fail)
        yield


DOWN = TryLater("down for maintenance")


async def test_a_missed_date_that_was_answered_before_anybody_was_told_is_not_mentioned(stage: Stage) -> None:
    await stage.downtime(at(26, 8), at(26, 18))
    await stage.says("Ana", "update 1. a\n2. b\n3. c")
    await stage.until(at(27, 12))
    assert "standup.missed" not in kinds(stage.to("Ana"))
    assert "standup.missed.admin" not in kinds(stage.to("Ana"))


async def test_of_several_missed_dates_the_answered_one_is_left_out(stage: Stage) -> None:
    await stage.downtime(at(26, 8), at(27, 18))
    await stage.says("Ana", "update 1. a\n2. b\n3. c")
    await stage.until(at(28, 12))
    told = last(stage, "Ana", "standup.missed")
    assert "could not ask for your Atlas update on Mon, 26 Oct: I was not running" in told.text
    assert "• Ana (Atlas): Mon, 26 Oct\n" in last(stage, "Ana", "standup.missed.admin").text


async def test_what_two_downtimes_missed_is_told_at_once(stage: Stage) -> None:
    await stage.downtime(at(26, 8), at(26, 18))
    await stage.downtime(at(27, 8), at(27, 18))
    await stage.until(at(28, 12))
    notices = [seen for seen in stage.to("Ana") if "standup.missed" in kinds([seen])]
    assert [(seen.at, kinds([seen])) for seen in notices] == [(at(28, 9), ["standup.missed", "standup.missed.admin"])]
    assert "Mon, 26 Oct and Tue, 27 Oct" in notices[0].text


async def test_who_left_the_team_meanwhile_is_not_told() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        bo = await stage.member("Bo", zone="Europe/Lisbon")
        team = await stage.team("Atlas", ana, bo)
        await stage.says("Ana", "standup create Atlas")
        await stage.downtime(at(26, 8), at(26, 18))
        async with stage.transaction() as tx:
            await tx.people.remove_from_team(team, bo)
        await stage.until(at(27, 12))
        assert "standup.missed" not in kinds(stage.to("Bo"))


async def test_a_prompt_that_could_not_be_sent_for_an_hour_is_sent(stage: Stage) -> None:
    with outage(DOWN):
        await stage.until(at(26, 10, 30))
    await stage.until(at(26, 16))
    assert [day for _, day in prompts(stage, "Ana") if day] == [at(26, 0).date()]
    assert await states(stage) == {26: OccurrenceState.PROMPTED}


async def test_a_prompt_that_did_not_get_through_on_its_day_is_missed_and_said_so(stage: Stage) -> None:
    with outage(DOWN):
        await stage.until(at(26, 20))
    assert await states(stage) == {26: OccurrenceState.MISSED}
    await stage.until(at(27, 12))
    assert prompts(stage, "Ana") == [(at(27, 9, 30), at(27, 0).date())]
    assert kinds(stage.to("Ana"))[-3:] == ["standup.missed", "standup.missed.admin", "standup.prompt"]
    told = last(stage, "Ana", "standup.missed").text
    assert "My question for your Atlas update on Mon, 26 Oct did not get through to you in time." in told
    assert "what I sent them did not get through" in told


async def test_after_a_missed_prompt_nothing_is_open(stage: Stage) -> None:
    with outage(DOWN):
        await stage.until(at(26, 20))
    async with stage.transaction() as tx:
        assert await tx.conversations.of_member(ANA, tx.now) == []
        assert await tx.timers.find("standup", "remind", [f"1:{ANA}"]) == []


async def test_a_prompt_that_may_have_arrived_is_not_missed(stage: Stage) -> None:
    await stage.until(at(26, 9, 15))  # what welcomes her has arrived
    with outage(OutcomeUnknown("reset")):
        await stage.until(at(26, 20))
    await stage.until(at(27, 8))
    assert await states(stage) == {26: OccurrenceState.LAPSED}
    assert [day for _, day in prompts(stage, "Ana")] == [at(26, 0).date()]


async def test_who_answered_without_the_prompt_has_missed_nothing(stage: Stage) -> None:
    with outage(DOWN):
        await stage.until(at(26, 10))
        await stage.says("Ana", "update 1. a\n2. b\n3. c")
        await stage.until(at(26, 20))
    await stage.until(at(27, 9))
    assert await states(stage) == {26: OccurrenceState.ANSWERED}
    assert "standup.missed" not in kinds(stage.to("Ana"))


async def test_who_took_leave_meanwhile_is_excused(stage: Stage) -> None:
    with outage(DOWN):
        await stage.until(at(26, 10))
        await stage.says("Ana", "me away until 2026-10-26")
        await stage.until(at(26, 20))
    assert await states(stage) == {26: OccurrenceState.EXCUSED}


async def test_a_reminder_that_did_not_get_through_in_time_is_dropped(stage: Stage) -> None:
    await stage.until(at(26, 14))
    with outage(DOWN):
        await stage.until(at(26, 20))
    await stage.until(at(27, 12))
    assert "standup.reminder" not in kinds(stage.to("Ana"))
