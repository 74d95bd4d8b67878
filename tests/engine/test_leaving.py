"""People who leave are asked nothing more, what they looked after passes on, and who comes back is who they were."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest_asyncio
from sqlalchemy import insert

from bot.api import (
    Account,
    Conversation,
    Identity,
    Member,
    MemberId,
    Purpose,
    Scope,
    Team,
    TeamId,
    catalogue,
    say,
    to_member,
)
from bot.engine.ports import OccurrenceState
from bot.model.event import PersonLeft
from bot.model.identity import Place
from bot.storage.tables import IDENTITIES
from bot.testing.stage import Stage

_, n_ = catalogue("test")
MONDAY_EIGHT = datetime(2026, 10, 26, 8, tzinfo=UTC)
TEN = MONDAY_EIGHT + timedelta(hours=2)
WEEK = timedelta(days=7)


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """Ana (the owner), Bo and Chen, asked at 09:30; a room in another scope of their workspace."""
    async with Stage.create(start=MONDAY_EIGHT) as stage:
        ana = await stage.member("Ana", admin=True)
        bo, chen = await stage.member("Bo"), await stage.member("Chen")
        team = await stage.team("Atlas", ana, bo, chen)
        await stage.channel(team, Purpose.HANDOFF, "atlas-handoff")
        stage.room("garage", "garages")
        async with stage.transaction() as tx:
            await tx.people.add_scope(team.workspace, Scope("console", "garages"))
        await stage.says("Ana", "standup create Atlas at:09:30 days:mon-fri")
        await stage.until(MONDAY_EIGHT + timedelta(hours=1, minutes=15))
        yield stage


async def gone(stage: Stage, name: str) -> list[str]:
    """Let somebody leave both scopes; return what the bot said because of it."""
    await stage.leaves(name)
    return [seen.text for seen in await stage.leaves(name, "garages")]


async def member(stage: Stage, name: str) -> Member | None:
    async with stage.transaction() as tx:
        found = await tx.people.members_of_identity(Identity("console", name))
    return next(iter(found), None)


async def atlas(stage: Stage) -> Team:
    async with stage.transaction() as tx:
        (team,) = await tx.people.teams((await stage.workspace()).id)
    return team


async def crew(stage: Stage) -> list[str]:
    team = await atlas(stage)
    async with stage.transaction() as tx:
        return [m.name for m in await tx.people.members_of_team(team.id)]


# --- asked nothing more -------------------------------------------------------------------------------------


async def test_who_left_is_asked_nothing_more(stage: Stage) -> None:
    before = len(stage.to("Bo"))
    await gone(stage, "Bo")
    await stage.until(TEN + WEEK)
    assert len(stage.to("Bo")) == before
    assert [seen.kind for seen in stage.to("Chen")].count("standup.prompt") == 6
    assert await crew(stage) == ["Ana", "Chen"]


async def test_who_left_with_a_question_open_has_none_any_more(stage: Stage) -> None:
    bo = await member(stage, "Bo")
    assert bo is not None
    key = f"1:{bo.id}"
    await stage.until(TEN)
    async with stage.transaction() as tx:
        await tx.conversations.open(
            Conversation(0, bo.workspace, bo.id, "another", "kind", "subject", None, {}, tx.now + WEEK)
        )
        assert len(await tx.conversations.of_member(bo.id, tx.now)) == 2
        assert len(await tx.timers.find("standup", "prompt", [key])) == 1
    before = len(stage.to("Bo"))
    await gone(stage, "Bo")
    async with stage.transaction() as tx:
        assert list(await tx.conversations.of_member(bo.id, tx.now)) == []
        for job in ("prompt", "remind", "snooze"):
            assert list(await tx.timers.find("standup", job, [key])) == []
    await stage.until(TEN + WEEK)
    assert len(stage.to("Bo")) == before


async def test_what_was_held_back_for_who_left_is_never_sent(stage: Stage) -> None:
    bo = await member(stage, "Bo")
    assert bo is not None
    await stage.until(MONDAY_EIGHT + timedelta(hours=12))
    async with stage.transaction() as tx:
        tx.send(to_member(bo.id), say(_("Psst.")), workspace=bo.workspace, kind="test.held", key="held", asked=False)
    await stage.settle()
    await gone(stage, "Bo")
    await stage.until(TEN + WEEK)
    assert [seen for seen in stage.seen if "Psst" in seen.text] == []


async def test_the_team_hands_off_and_chats_without_who_left(stage: Stage) -> None:
    await stage.channel(await atlas(stage), Purpose.SOCIAL, "lounge")
    await stage.says("Ana", "social on Atlas days:mon,tue,wed,thu,fri")
    await stage.until(TEN)
    await stage.says("Bo", "done: the parser")
    await gone(stage, "Bo")
    await stage.until(TEN + WEEK)
    assert any("the parser" in seen.text for seen in stage.inside("atlas-handoff"))
    assert [seen.kind for seen in stage.inside("lounge")].count("social.prompt") >= 4
    assert not any("Bo" in seen.text for seen in stage.inside("atlas-handoff") if seen.at > TEN + timedelta(days=1))


async def test_who_left_is_counted_by_no_report_as_missed(stage: Stage) -> None:
    bo = await member(stage, "Bo")
    assert bo is not None
    await gone(stage, "Bo")
    await stage.until(TEN + WEEK)
    async with stage.transaction() as tx:
        found = await tx.occurrences.find(None, members=[bo.id], dates=(MONDAY_EIGHT.date(), (TEN + WEEK).date()))
    assert [o for o in found if o.state in (OccurrenceState.PROMPTED, OccurrenceState.MISSED)] == []


# --- who has not left ---------------------------------------------------------------------------------------


async def test_who_is_still_in_another_room_of_the_workspace_stays(stage: Stage) -> None:
    await stage.leaves("Bo")
    await stage.until(TEN)
    assert stage.to("Bo")[-1].kind == "standup.prompt"
    assert "Bo" in await crew(stage)


async def test_a_room_of_another_workspace_does_not_count(stage: Stage) -> None:
    stage.room("attic", "attics")
    stage.account("Eve", admin=True)
    await stage.says("Eve", "!helio team create Borealis", place="attic")
    await gone(stage, "Bo")
    assert await member(stage, "Bo") is None


async def test_who_closes_their_direct_conversation_stays(stage: Stage) -> None:
    event = PersonLeft(
        "1000", Place("console", "dm:Bo"), Account(Identity("console", "Bo"), "Bo"), MONDAY_EIGHT, direct=True
    )
    await stage.installation.engine.receive(event)
    assert await member(stage, "Bo") is not None


async def test_who_is_nobody_here_leaves_without_a_trace(stage: Stage) -> None:
    stage.account("Eve")
    assert await gone(stage, "Eve") == []


async def test_with_two_accounts_only_the_last_to_go_is_missed(stage: Stage) -> None:
    bo = await member(stage, "Bo")
    assert bo is not None
    matrix = Identity("matrix", "@bo:example.org")
    row = {"workspace": bo.workspace, "member": bo.id, "name": "Bo", "answered": 0}
    async with stage.transaction() as tx:
        await tx.execute(insert(IDENTITIES), {**row, "platform": matrix.platform, "account": matrix.account})
        await tx.people.add_scope(bo.workspace, Scope("matrix", "!room"))
    await gone(stage, "Bo")
    async with stage.transaction() as tx:
        assert list(await tx.people.members_of_identity(matrix)) == [bo]
        assert list((await tx.people.identities([bo.id]))[bo.id]) == [matrix]
    left = PersonLeft("$1", Place("matrix", "!room"), Account(matrix, "Bo"), MONDAY_EIGHT, scope="!room")
    await stage.installation.engine.receive(left)
    async with stage.transaction() as tx:
        assert not (await tx.people.member(bo.id)).active


# --- coming back --------------------------------------------------------------------------------------------


async def test_who_comes_back_and_is_added_is_the_member_they_were_and_is_asked_again(stage: Stage) -> None:
    await stage.says("Bo", "me timezone Kolkata")
    before = await member(stage, "Bo")
    await gone(stage, "Bo")
    stage.server.come_back("Bo")
    assert "in none of them" in (await stage.says("Bo", "help"))[-1].text
    (said,) = [s.text for s in await stage.says("Ana", "team add Atlas Bo") if s.to == "dm:Ana"]
    assert "Bo is in Atlas now" in said
    assert await member(stage, "Bo") == before
    later = await stage.until(TEN + timedelta(days=1))
    assert [seen.kind for seen in later if seen.to == "dm:Bo"].count("standup.prompt") == 1


# --- owners -------------------------------------------------------------------------------------------------


async def test_a_team_whose_owner_left_goes_to_another_of_its_admins(stage: Stage) -> None:
    chen = await member(stage, "Chen")
    assert chen is not None
    async with stage.transaction() as tx:
        await tx.people.save_member(replace(chen, admin=True))
    await gone(stage, "Ana")
    assert (await atlas(stage)).owner == chen.id
    told = [seen for seen in stage.seen if "is yours now" in seen.text]
    assert [(seen.to, seen.unasked) for seen in told] == [("dm:Chen", True)]
    assert "Ana has left, so the team Atlas is yours now" in told[0].text


async def test_without_another_admin_it_goes_to_the_longest_member(stage: Stage) -> None:
    await gone(stage, "Ana")
    bo = await member(stage, "Bo")
    assert bo is not None
    assert (await atlas(stage)).owner == bo.id


async def test_the_new_owner_is_told_once_in_their_working_hours(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + timedelta(hours=12))
    assert await gone(stage, "Ana") == []
    await stage.until(TEN + WEEK)
    (told,) = [seen for seen in stage.seen if "is yours now" in seen.text]
    assert told.at == MONDAY_EIGHT + timedelta(days=1, hours=1)


async def test_a_team_of_one_goes_to_an_admin_of_the_workspace(stage: Stage) -> None:
    bo = await member(stage, "Bo")
    assert bo is not None
    async with stage.transaction() as tx:
        team = await tx.people.create_team(Team(TeamId(0), bo.workspace, "Solo", "UTC", bo.id))
        await tx.people.add_to_team(team, bo)
    await gone(stage, "Bo")
    ana = await member(stage, "Ana")
    assert ana is not None
    async with stage.transaction() as tx:
        kept = await tx.people.team(team.id)
    assert kept is not None
    assert kept.owner == ana.id


async def test_when_all_have_left_the_team_stays_and_asks_nobody(stage: Stage) -> None:
    for name in ("Ana", "Bo", "Chen"):
        await gone(stage, name)
    before = len(stage.seen)
    await stage.until(TEN + WEEK)
    assert stage.seen[before:] == []
    assert (await atlas(stage)).owner != MemberId(0)
