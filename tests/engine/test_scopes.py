"""Tenants that put the bot out: asked nothing, kept for a while, and then erased or left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.api import MemberId, Purpose, Scope, Team
from bot.model.event import Inbound, PlaceLost, ScopeBack, ScopeGone
from bot.model.identity import Account, Identity, Place
from bot.platforms.console import server as chat
from bot.platforms.console.adapter import NAME
from bot.testing.stage import Stage

MONDAY_EIGHT = datetime(2026, 10, 26, 8, tzinfo=UTC)
DAY = timedelta(days=1)
BOT = Account(Identity(NAME, "Heliotrope"), "Heliotrope")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Ana (the owner) and Bo, asked at 09:30, with a channel for handoffs."""
    async with Stage.create(start=MONDAY_EIGHT) as stage:
        ana, bo = await stage.member("Ana", admin=True), await stage.member("Bo")
        team = await stage.team("Atlas", ana, bo)
        await stage.channel(team, Purpose.HANDOFF, "atlas-handoff")
        await stage.says("Ana", "standup create Atlas at:09:30 days:mon-fri")
        yield stage


async def happens(stage: Stage, kind: type[Inbound], scope: str = NAME, **more: Any) -> None:
    now = stage.clock.now()
    id = f"{kind.__name__}:{scope}:{now}"
    place = more.pop("place", Place(NAME, scope))
    await stage.installation.engine.receive(kind(id, place, BOT, now, scope, **more))
    await stage.settle()


async def put_out(stage: Stage, scope: str = NAME) -> None:
    await happens(stage, ScopeGone, scope, until=stage.clock.now() + 30 * DAY)


async def teams(stage: Stage) -> list[Team]:
    async with stage.transaction() as tx:
        return [team for each in await tx.stores.directory.workspaces() for team in await tx.people.teams(each.id)]


def told(stage: Stage, text: str) -> list[str]:
    return [seen.to for seen in stage.seen if text in seen.text]


async def test_the_admins_alone_are_told_and_nobody_is_asked_any_more(stage: Stage) -> None:
    await put_out(stage)
    assert told(stage, "I was removed from") == ["dm:Ana"]
    assert told(stage, "until Wed, 25 Nov") == ["dm:Ana"]
    await stage.until(MONDAY_EIGHT + 7 * DAY)
    assert not [seen for seen in stage.seen if seen.kind == "standup.prompt"]


async def test_who_comes_back_in_time_is_asked_again_and_about_nothing_that_was_missed(stage: Stage) -> None:
    await put_out(stage)
    await stage.until(MONDAY_EIGHT + 2 * DAY)
    await happens(stage, ScopeBack)
    assert told(stage, "everything goes on as before") == ["dm:Ana"]
    await stage.until(MONDAY_EIGHT + 2 * DAY + timedelta(hours=3))
    prompts = [(seen.to, seen.at.date()) for seen in stage.seen if seen.kind == "standup.prompt"]
    assert sorted(prompts) == [(to, (MONDAY_EIGHT + 2 * DAY).date()) for to in ("dm:Ana", "dm:Bo")]
    await stage.until(MONDAY_EIGHT + 40 * DAY)
    assert [team.name for team in await teams(stage)] == ["Atlas"]


async def test_who_does_not_come_back_is_erased(stage: Stage) -> None:
    await put_out(stage)
    await stage.until(MONDAY_EIGHT + 29 * DAY)
    assert await teams(stage)
    await stage.until(MONDAY_EIGHT + 31 * DAY)
    assert await teams(stage) == []


async def test_a_day_before_all_is_erased_the_admins_are_told_once(stage: Stage) -> None:
    await put_out(stage)
    await stage.until(MONDAY_EIGHT + 29 * DAY - timedelta(minutes=1))
    assert told(stage, "erased soon") == []
    await stage.until(MONDAY_EIGHT + 31 * DAY)
    assert told(stage, "All that I know of its teams is erased soon: Wed, 25 Nov, 08:00.") == ["dm:Ana"]
    assert next(seen.at for seen in stage.seen if "erased soon" in seen.text) == MONDAY_EIGHT + 29 * DAY


async def test_whom_nothing_reaches_holds_the_erasing_up_no_longer(stage: Stage) -> None:
    await put_out(stage)
    stage.server.set_closed("Ana")
    await stage.until(MONDAY_EIGHT + 31 * DAY)
    assert told(stage, "erased soon") == []
    assert await teams(stage) == []


async def test_who_comes_back_on_the_last_day_is_kept(stage: Stage) -> None:
    await put_out(stage)
    await stage.until(MONDAY_EIGHT + 29 * DAY + timedelta(hours=5))
    await happens(stage, ScopeBack)
    await stage.until(MONDAY_EIGHT + 40 * DAY)
    assert [team.name for team in await teams(stage)] == ["Atlas"]


async def test_after_a_downtime_the_admins_have_an_hour_left(stage: Stage) -> None:
    await put_out(stage)
    stage.clock.move_to(MONDAY_EIGHT + 35 * DAY)
    await stage.settle()
    assert told(stage, "erased soon: Mon, 30 Nov, 09:00.") == ["dm:Ana"]
    assert await teams(stage)
    await stage.until(MONDAY_EIGHT + 35 * DAY + timedelta(hours=1))
    assert await teams(stage) == []


async def test_what_is_kept_for_no_time_is_announced_no_second_time(stage: Stage) -> None:
    await happens(stage, ScopeGone, until=stage.clock.now())
    assert told(stage, "erased soon") == []
    assert await teams(stage) == []


async def test_a_workspace_with_another_tenant_goes_on_without_the_one(stage: Stage) -> None:
    async with stage.transaction() as tx:
        (workspace,) = await tx.stores.directory.workspaces()
        await tx.people.add_scope(workspace.id, Scope(NAME, "annex"))
    await put_out(stage, "annex")
    assert told(stage, "then they go on without it") == ["dm:Ana"]
    await stage.until(MONDAY_EIGHT + timedelta(hours=3))
    assert len([seen for seen in stage.seen if seen.kind == "standup.prompt"]) == 2
    await stage.until(MONDAY_EIGHT + 30 * DAY - timedelta(minutes=1))
    async with stage.transaction() as tx:
        assert len(await tx.people.scopes(workspace.id)) == 2
    await stage.until(MONDAY_EIGHT + 31 * DAY)
    assert told(stage, "erased soon") == []
    assert [team.name for team in await teams(stage)] == ["Atlas"]
    async with stage.transaction() as tx:
        assert [scope.name for scope in await tx.people.scopes(workspace.id)] == [NAME]


async def test_people_of_a_lost_tenant_who_have_another_platform_stay(stage: Stage) -> None:
    async with stage.transaction() as tx:
        (workspace,) = await tx.stores.directory.workspaces()
        await tx.people.add_scope(workspace.id, Scope("elsewhere", "!room"))
        fresh = next(m for m in await tx.people.members_of_workspace(workspace.id) if m.name == "Bo")
        other = Account(Identity("elsewhere", "@eve"), "Eve")
        await tx.people.create_member(replace(fresh, id=MemberId(0), name="Eve"), other)
    await put_out(stage)
    async with stage.transaction() as tx:
        assert [m.name for m in await tx.people.members_of_workspace(workspace.id)] == ["Eve"]


async def test_a_tenant_of_no_workspace_is_left_without_a_trace(stage: Stage) -> None:
    await put_out(stage, "nowhere")
    await happens(stage, ScopeBack, "nowhere")
    assert stage.seen[-1].kind != "bot.scope"


async def test_the_owner_is_told_of_a_deleted_channel_once_and_what_mends_it(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + timedelta(hours=1, minutes=15))
    place = Place(NAME, chat.channel("atlas-handoff"))
    for _times in range(2):
        await happens(stage, PlaceLost, place=place, place_name="atlas-handoff")
    assert told(stage, "Atlas has none for handoffs now") == ["dm:Ana"]
    assert told(stage, "!helio channel set Atlas handoff") == ["dm:Ana"]
    (atlas,) = await teams(stage)
    async with stage.transaction() as tx:
        assert not await tx.people.channels(atlas.id)
