"""Zones, hours, leave and teams change while the standup goes on: no local date is asked for twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.api import OccurrenceState
from bot.testing.stage import Stage
from tests.cogs.standup.conftest import ANA, COGS, at, atlas, kinds, prompts, states


async def travel(zone: str, *moves: tuple[datetime, str], until: datetime) -> list[tuple[datetime, int]]:
    """When somebody was prompted who moves at some instants, and for which days of October."""
    async with Stage.create(start=at(25, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone=zone, admin=True)
        await stage.team("Atlas", ana)
        await stage.says("Ana", "standup create Atlas")
        for when, where in moves:
            await stage.until(when)
            await stage.says("Ana", f"me timezone {where}")
        await stage.until(until)
        return [(when, day.day) for when, day in prompts(stage, "Ana") if day]


async def test_from_auckland_to_los_angeles_the_date_that_comes_again_is_not_asked_again() -> None:
    # Tuesday 27 October, noon in Auckland, is Monday afternoon in Los Angeles.
    found = await travel("Pacific/Auckland", (at(26, 23), "America/Los_Angeles"), until=at(29, 12))
    assert found == [
        (at(25, 20, 30), 26),
        (at(26, 20, 30), 27),
        (at(28, 16, 30), 28),
    ]


async def test_there_and_back_within_a_day() -> None:
    found = await travel(
        "Pacific/Auckland",
        (at(26, 21), "America/Los_Angeles"),
        (at(26, 22), "Pacific/Auckland"),
        until=at(28, 12),
    )
    assert [day for _, day in found] == [26, 27, 28]


async def test_from_los_angeles_to_auckland_the_new_date_is_asked_for_in_its_morning() -> None:
    # Monday 11:00 in Los Angeles is Tuesday 07:00 in Auckland.
    found = await travel("America/Los_Angeles", (at(26, 18), "Pacific/Auckland"), until=at(27, 12))
    assert found == [
        (at(26, 16, 30), 26),
        (at(26, 20, 30), 27),
    ]


async def test_who_lands_after_the_time_is_asked_at_once_for_a_date_that_was_to_come() -> None:
    # Monday 16:00 in Los Angeles is Tuesday noon in Auckland.
    found = await travel("America/Los_Angeles", (at(26, 23), "Pacific/Auckland"), until=at(27, 22))
    assert found == [
        (at(26, 16, 30), 26),
        (at(26, 23), 27),
        (at(27, 20, 30), 28),
    ]


async def test_who_lands_after_the_day_is_over_is_asked_the_next_morning() -> None:
    # Monday 22:00 in Los Angeles is Tuesday 18:00 in Auckland.
    found = await travel("America/Los_Angeles", (at(27, 5), "Pacific/Auckland"), until=at(27, 22))
    assert [day for _, day in found] == [26, 28]


async def test_the_time_follows_new_hours(stage: Stage) -> None:
    await stage.says("Ana", "me hours 12:00-20:00 mon-fri")
    await stage.until(at(26, 23))
    assert [when for when, _ in prompts(stage, "Ana")] == [at(26, 12)]


async def test_back_from_leave_in_the_morning_is_asked_the_same_day(stage: Stage) -> None:
    await stage.says("Ana", "me away until 2026-10-30")
    await stage.until(at(28, 9))
    await stage.says("Ana", "me back")
    await stage.until(at(28, 12))
    assert [when for when, _ in prompts(stage, "Ana")] == [at(28, 9, 30)]


async def test_back_from_leave_after_the_time_is_asked_the_next_day(stage: Stage) -> None:
    await stage.says("Ana", "me away until 2026-10-30")
    await stage.until(at(28, 14))
    await stage.says("Ana", "me back")
    await stage.until(at(29, 12))
    assert [when for when, _ in prompts(stage, "Ana")] == [at(29, 9, 30)]


async def test_a_night_shift_is_asked_for_the_date_it_starts_on() -> None:
    async with Stage.create(start=at(26, 12), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", hours="22:00-06:00", admin=True)
        await stage.team("Atlas", ana)
        await stage.says("Ana", "standup create Atlas at:02:00")
        await stage.until(at(27, 2, 10))
        assert prompts(stage, "Ana") == [(at(27, 2), date(2026, 10, 26))]
        await stage.says("Ana", "1. a\n2. b\n3. c")
        assert await states(stage) == {26: OccurrenceState.ANSWERED}
        seen = await stage.until(at(28, 2))
        assert kinds(seen) == ["standup.prompt"]


async def test_who_joins_is_asked_from_then_on(stage: Stage) -> None:
    bo = await stage.member("Bo", zone="Europe/Lisbon")
    await stage.until(at(26, 12))
    async with stage.transaction() as tx:
        await tx.people.add_to_team(await atlas(tx), bo)
    await stage.until(at(27, 12))
    assert [when for when, _ in prompts(stage, "Bo")] == [at(27, 9, 30)]


async def test_who_leaves_is_asked_and_reminded_no_more(asked: Stage) -> None:
    async with asked.transaction() as tx:
        await tx.people.remove_from_team(await atlas(tx), await tx.people.member(ANA))
    assert kinds(await asked.until(at(28, 12))) == []
    (seen,) = await asked.says("Ana", "1. a")
    assert "standup.question" not in kinds([seen])


async def test_a_deleted_team_is_asked_no_more(asked: Stage) -> None:
    async with asked.transaction() as tx:
        await tx.people.delete_team(await atlas(tx))
    assert kinds(await asked.until(at(28, 12))) == []


async def test_a_renamed_team_is_asked_by_its_new_name(stage: Stage) -> None:
    async with stage.transaction() as tx:
        await tx.people.save_team(replace(await atlas(tx), name="Polaris"))
    seen = await stage.until(at(26, 9, 30))
    assert "your Polaris update" in seen[-1].text


async def test_a_change_during_downtime_loses_no_missed_date(stage: Stage) -> None:
    await stage.until(at(26, 8))
    stage.kill()
    stage.clock.move_to(at(27, 12))
    stage.server.say("Ana", "me hours 09:00-18:00 mon-fri", address="dm:Ana")
    await stage.restart()
    assert await states(stage) == {26: OccurrenceState.MISSED, 27: OccurrenceState.PROMPTED}
