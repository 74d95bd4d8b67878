"""One person with accounts on two platforms: joined by a code, asked once, parted again; nothing is lost."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.engine import reach
from bot.model.event import Inbound, MessageDeleted, MessageEdited, MessageReceived, PersonLeft, Submitted
from bot.model.identity import Account, Identity, MemberId, Place, TeamId
from bot.model.people import Absence, Member, Purpose, Team
from bot.model.working_time import WorkingWeek, parse_hours, parse_weekdays
from bot.testing.stage import Annex, Stage

MONDAY_EIGHT = datetime(2026, 10, 26, 8, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
NINE_TO_FIVE = WorkingWeek.uniform(parse_hours("09:00-17:00"), parse_weekdays("mon-fri"))
ANA, ANA_THERE = Account(Identity("console", "Ana"), "Ana"), Account(Identity(Annex.NAME, "ana2"), "ana2")


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """Ana and Bo in Atlas, asked at 09:30; Ana has an account on a second platform, ana2, which is nobody's."""
    async with Stage.create(start=MONDAY_EIGHT, annex=True) as stage:
        ana, bo = await stage.member("Ana", admin=True), await stage.member("Bo")
        team = await stage.team("Atlas", ana, bo)
        await stage.channel(team, Purpose.HANDOFF, "atlas-handoff")
        await stage.says("Ana", "standup create Atlas at:09:30 days:mon-fri")
        stage.annex.account("ana2")
        yield stage


async def a_code(stage: Stage, name: str = "Ana") -> str:
    """Have somebody ask for a code on the main platform, and return it."""
    seen = await stage.says(name, "me link")
    (code,) = re.findall(r"me link ([0-9A-Z]{4}-[0-9A-Z]{4})", seen[-1].text)
    return str(code)


async def link(stage: Stage) -> str:
    """Join Ana's two accounts; return what the second one was told."""
    seen = await stage.annex.says("ana2", f"me link {await a_code(stage)}")
    return "\n".join(one.text for one in seen)


async def member_there(stage: Stage, name: str = "ana2", *teams: Team) -> Member:
    """Make an account of the second platform a member of the workspace of its own."""
    workspace = await stage.workspace()
    async with stage.transaction() as tx:
        await tx.stores.directory.add_scope(workspace.id, Annex.NAME, Annex.NAME)
        account = Account(Identity(Annex.NAME, name), name)
        member = Member(MemberId(0), workspace.id, name, "Asia/Tokyo", NINE_TO_FIVE)
        member = await tx.people.create_member(member, account)
        for team in teams:
            await tx.people.add_to_team(team, member)
    return member


async def another_team(stage: Stage, name: str) -> Team:
    workspace = await stage.workspace()
    async with stage.transaction() as tx:
        (bo,) = await tx.people.members_of_identity(Identity("console", "Bo"))
        return await tx.people.create_team(Team(TeamId(0), workspace.id, name, "UTC", bo.id))


async def who(stage: Stage, account: Account) -> list[MemberId]:
    async with stage.transaction() as tx:
        return [m.id for m in await tx.people.members_of_identity(account.identity)]


def prompts(stage: Stage) -> tuple[int, int]:
    """How many prompts Ana got on the main platform, and on the other."""
    here = [seen for seen in stage.to("Ana") if seen.kind == "standup.prompt"]
    there = [seen for seen in stage.annex.to("ana2") if seen.kind == "standup.prompt"]
    return len(here), len(there)


# --- codes ------------------------------------------------------------------------------------------------------


async def test_a_code_from_one_platform_joins_the_account_on_the_other(stage: Stage) -> None:
    told = await link(stage)
    assert "Ana on Console and ana2 on Annex are one person to me now." in told
    assert await who(stage, ANA) == await who(stage, ANA_THERE) != []


async def test_the_account_that_got_the_code_is_told_too(stage: Stage) -> None:
    await link(stage)
    last = stage.to("Ana")[-1]
    assert "ana2 on Annex are one person" in last.text
    assert "me unlink" in last.text


async def test_a_code_works_once(stage: Stage) -> None:
    code = await a_code(stage)
    await stage.annex.says("ana2", f"me link {code}")
    stage.annex.account("eve")
    (seen,) = await stage.annex.says("eve", f"me link {code}")
    assert "wrong, used up or older" in seen.text
    assert await who(stage, Account(Identity(Annex.NAME, "eve"), "eve")) == []


async def test_a_code_works_for_ten_minutes(stage: Stage) -> None:
    code = await a_code(stage)
    await stage.until(MONDAY_EIGHT + timedelta(minutes=10))
    (seen,) = await stage.annex.says("ana2", f"me link {code}")
    assert "wrong, used up or older" in seen.text
    assert await who(stage, ANA_THERE) == []


async def test_a_newer_code_replaces_the_one_before(stage: Stage) -> None:
    code = await a_code(stage)
    await a_code(stage)
    await stage.annex.says("ana2", f"me link {code}")
    assert await who(stage, ANA_THERE) == []


async def test_who_types_wrong_codes_has_to_wait_even_with_a_right_one(stage: Stage) -> None:
    code = await a_code(stage)
    for _n in range(5):
        await stage.annex.says("ana2", "me link AAAA-AAAA")
    (seen,) = await stage.annex.says("ana2", f"me link {code}")
    assert "too many wrong codes" in seen.text
    assert await who(stage, ANA_THERE) == []
    await stage.until(MONDAY_EIGHT + HOUR)
    await link(stage)
    assert await who(stage, ANA_THERE) == await who(stage, ANA)


async def test_a_code_typed_where_others_read_is_void(stage: Stage) -> None:
    code = await a_code(stage)
    await member_there(stage)
    stage.annex.room("lobby")
    (seen,) = await stage.annex.says("ana2", f"!helio me link {code}", "lobby")
    assert "void" in seen.text
    await stage.annex.says("ana2", f"me link {code}")
    assert await who(stage, ANA_THERE) != await who(stage, ANA)


async def test_a_code_asked_for_in_a_room_comes_in_private(stage: Stage) -> None:
    seen = await stage.says("Ana", "!helio me link", "atlas-handoff")
    assert not [s for s in seen if s.to != "dm:Ana" and re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", s.text)]
    assert [s for s in seen if s.to == "dm:Ana" and re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", s.text)]


async def test_a_code_is_neither_logged_nor_kept_once_it_was_told(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = await a_code(stage)
    await stage.annex.says("ana2", f"me link {code}")
    assert code not in caplog.text
    async with stage.transaction() as tx:
        for table, columns in (("outbox", "message"), ("chunks", "content || text"), ("conversations", "data")):
            rows = (await tx.execute(text(f"SELECT coalesce({columns}, '') AS kept FROM {table}"))).rows
            assert not [row for row in rows if code in row.kept]
        assert (await tx.execute(text("SELECT digest FROM people_codes"))).rows == []


@pytest.mark.parametrize("name", ["Ana", "Bo"])
async def test_two_accounts_on_one_platform_are_not_joined(stage: Stage, name: str) -> None:
    (seen,) = await stage.says(name, f"me link {await a_code(stage)}")
    assert "two different platforms" in seen.text
    assert await who(stage, ANA) != await who(stage, Account(Identity("console", "Bo"), "Bo"))


async def test_an_account_that_is_joined_is_not_joined_with_another_there(stage: Stage) -> None:
    await link(stage)
    stage.annex.account("ana3")
    await stage.until(MONDAY_EIGHT + timedelta(minutes=1))
    (seen,) = await stage.annex.says("ana3", f"me link {await a_code(stage)}")
    assert "one person with ana2 on Annex already" in seen.text
    assert await who(stage, Account(Identity(Annex.NAME, "ana3"), "ana3")) == []


async def test_joining_what_is_joined_changes_nothing(stage: Stage) -> None:
    await link(stage)
    await stage.until(MONDAY_EIGHT + timedelta(minutes=1))
    code = await a_code(stage)
    await stage.until(MONDAY_EIGHT + timedelta(minutes=2))
    (seen,) = await stage.annex.says("ana2", f"me link {code}")
    assert "already" in seen.text


async def test_two_strangers_have_nothing_to_join(stage: Stage) -> None:
    stage.account("Zoe")
    (seen,) = await stage.annex.says("ana2", f"me link {await a_code(stage, 'Zoe')}")
    assert "Neither of your accounts is in a team yet" in seen.text


async def test_a_stranger_may_ask_for_the_code_and_the_member_type_it(stage: Stage) -> None:
    (told,) = await stage.annex.says("ana2", "me link")
    (code,) = re.findall(r"me link ([0-9A-Z]{4}-[0-9A-Z]{4})", told.text)
    await stage.says("Ana", f"me link {code}")
    assert await who(stage, ANA) == await who(stage, ANA_THERE)


# --- asked once ---------------------------------------------------------------------------------------------


async def test_through_days_a_linked_person_is_asked_once_where_they_answered_last(stage: Stage) -> None:
    await link(stage)
    await stage.until(MONDAY_EIGHT + 2 * HOUR)
    assert prompts(stage) == (0, 1)
    await stage.says("Ana", "done: merged the parser")
    await stage.until(MONDAY_EIGHT + DAY + 2 * HOUR)
    assert prompts(stage) == (1, 1)
    await stage.until(MONDAY_EIGHT + 2 * DAY + 2 * HOUR)
    assert prompts(stage) == (2, 1)
    await stage.annex.says("ana2", "done: merged the lexer")
    await stage.until(MONDAY_EIGHT + 4 * DAY + 2 * HOUR)
    assert prompts(stage) == (2, 3)
    async with stage.transaction() as tx:
        (ana,) = await tx.people.members_of_identity(ANA.identity)
        entries = [(e.date.day, e.text) for e in await tx.journal.entries(authors=[ana.id]) if e.text]
    assert entries == [(26, "merged the parser"), (28, "merged the lexer")]


async def test_a_restart_asks_nobody_twice(stage: Stage) -> None:
    await link(stage)
    await stage.until(MONDAY_EIGHT + 2 * HOUR)
    stage.kill()
    await stage.restart()
    await stage.until(MONDAY_EIGHT + 5 * HOUR)
    assert prompts(stage) == (0, 1)


async def test_what_was_written_on_one_platform_is_edited_there_after_the_other_was_used(stage: Stage) -> None:
    await link(stage)
    await stage.until(MONDAY_EIGHT + 2 * HOUR)
    await stage.says("Ana", "done: merged the parser")
    n = len(stage.server.said_by("Ana"))
    await stage.annex.says("ana2", "me show")
    await stage.edits("Ana", n, "done: merged the lexer")
    async with stage.transaction() as tx:
        (ana,) = await tx.people.members_of_identity(ANA.identity)
        assert [e.text for e in await tx.journal.entries(authors=[ana.id]) if e.text] == ["merged the lexer"]


async def test_a_linked_member_is_named_without_a_ping_where_they_have_no_account(stage: Stage) -> None:
    await member_there(stage, "Cy")
    async with stage.transaction() as tx:
        (team,) = await tx.people.teams((await stage.workspace()).id)
        (cy,) = await tx.people.members_of_identity(Identity(Annex.NAME, "Cy"))
        await tx.people.add_to_team(team, cy)
    stage.annex.account("Cy")
    await stage.until(MONDAY_EIGHT + 12 * HOUR)
    await stage.says("Bo", "update ask @Cy could you look at the build?")
    await stage.until(MONDAY_EIGHT + 2 * DAY)
    assert [seen for seen in stage.annex.to("Cy") if seen.kind == "standup.prompt"]
    assert not [seen for seen in stage.inside("atlas-handoff") if "@Cy" in seen.text]


# --- both were members --------------------------------------------------------------------------------------


async def test_where_both_were_members_the_settings_of_the_one_who_asked_stay_and_the_teams_of_both(
    stage: Stage,
) -> None:
    borealis = await another_team(stage, "Borealis")
    there = await member_there(stage, "ana2", borealis)
    told = await link(stage)
    assert "Both were known to me in Stage" in told
    async with stage.transaction() as tx:
        (ana,) = await tx.people.members_of_identity(ANA_THERE.identity)
        teams = [team.name for team in await tx.people.teams_of(ana.id)]
        gone = await tx.people.member(there.id)
    assert (ana.name, ana.zone) == ("Ana", "UTC")
    assert teams == ["Atlas", "Borealis"]
    assert not gone.active


async def test_leave_of_both_counts(stage: Stage) -> None:
    there = await member_there(stage)
    async with stage.transaction() as tx:
        await tx.people.take_leave(there, Absence(there.id, date(2026, 10, 27), date(2026, 10, 27)))
    await link(stage)
    await stage.until(MONDAY_EIGHT + DAY + 4 * HOUR)
    assert sum(prompts(stage)) == 1


async def test_what_both_wrote_on_one_day_is_one_persons_and_kept_with_its_messages(stage: Stage) -> None:
    async with stage.transaction() as tx:
        (atlas,) = await tx.people.teams((await stage.workspace()).id)
    await member_there(stage, "ana2", atlas)
    async with stage.transaction() as tx:
        (there,) = await tx.people.members_of_identity(ANA_THERE.identity)
        await tx.people.save_member(Member(there.id, there.workspace, "ana2", "UTC", NINE_TO_FIVE))
    await stage.until(MONDAY_EIGHT + 2 * HOUR)
    assert prompts(stage) == (1, 1)
    await stage.says("Ana", "done: merged the parser")
    await stage.annex.says("ana2", "done: merged the lexer")
    n = len(stage.annex.server.said_by("ana2"))
    await link(stage)
    async with stage.transaction() as tx:
        (ana,) = await tx.people.members_of_identity(ANA.identity)
        assert {e.author for e in await tx.journal.entries(team=atlas.id)} == {ana.id}
        texts = sorted(e.text for e in await tx.journal.entries(authors=[ana.id]) if e.text)
    assert texts == ["merged the lexer", "merged the parser"]
    stage.annex.server.edit("ana2", stage.annex.server.said_by("ana2")[n - 1], "done: merged the linker")
    await stage.settle()
    await stage.says("Ana", "blocker: the build is red")
    async with stage.transaction() as tx:
        texts = sorted(e.text for e in await tx.journal.entries(authors=[ana.id]) if e.text)
    assert texts == ["merged the linker", "merged the parser", "the build is red"]
    await stage.until(MONDAY_EIGHT + DAY + 2 * HOUR)
    assert sum(prompts(stage)) == 3


async def test_open_questions_of_the_one_that_goes_are_closed(stage: Stage) -> None:
    borealis = await another_team(stage, "Borealis")
    there = await member_there(stage, "ana2", borealis)
    await stage.says("Ana", "standup create Borealis at:09:00 days:mon-fri")
    await link(stage)
    async with stage.transaction() as tx:
        assert list(await tx.conversations.of_member(there.id, tx.now)) == []
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    assert sum(prompts(stage)) == 2  # one for each team


async def test_legs_that_named_the_one_that_goes_name_the_one_that_stays(stage: Stage) -> None:
    async with stage.transaction() as tx:
        (atlas,) = await tx.people.teams((await stage.workspace()).id)
    await member_there(stage, "ana2", atlas)
    await stage.says("Ana", "handoff legs Atlas Early: ana2 | Late: Bo")
    await link(stage)
    (seen,) = await stage.annex.says("ana2", "handoff show Atlas")
    assert "Ana" in seen.text
    assert "Early" in seen.text
    assert "ana2" not in seen.text


async def test_who_left_a_workspace_of_both_platforms_with_one_account_is_still_asked_on_the_other(
    stage: Stage,
) -> None:
    await member_there(stage)
    await link(stage)
    await stage.leaves("Ana")
    await stage.until(MONDAY_EIGHT + 2 * HOUR)
    assert prompts(stage) == (0, 1)


async def test_who_left_a_workspace_of_one_platform_is_not_asked_on_another_by_their_link(stage: Stage) -> None:
    await link(stage)
    await stage.leaves("Ana")
    await stage.until(MONDAY_EIGHT + 2 * DAY)
    assert prompts(stage) == (0, 0)
    assert await who(stage, ANA_THERE) == []


# --- parted -------------------------------------------------------------------------------------------------


async def test_unlinking_asks_first_and_says_what_each_keeps(stage: Stage) -> None:
    await link(stage)
    await stage.until(MONDAY_EIGHT + timedelta(minutes=1))
    (asked,) = await stage.says("Ana", "me unlink")
    assert "Part Ana on Console from ana2 on Annex?" in asked.text
    assert "In Stage, Ana on Console keeps everything, and ana2 on Annex is not known there any more." in asked.text
    assert await who(stage, ANA) == await who(stage, ANA_THERE)
    await stage.says("Ana", "yes")
    assert await who(stage, ANA_THERE) == []


async def test_where_only_one_platform_has_a_tenant_its_account_keeps_everything(stage: Stage) -> None:
    await link(stage)
    before = await who(stage, ANA)
    await stage.annex.says("ana2", "me unlink yes:yes")
    assert await who(stage, ANA) == before
    assert await who(stage, ANA_THERE) == []
    await stage.until(MONDAY_EIGHT + 2 * HOUR)
    assert prompts(stage) == (1, 0)


async def test_where_both_platforms_have_one_the_other_account_starts_anew_without_teams(stage: Stage) -> None:
    there = await member_there(stage)
    await link(stage)
    before = await who(stage, ANA)
    await stage.says("Ana", "me unlink yes:yes")
    assert await who(stage, ANA) == before
    (anew,) = await who(stage, ANA_THERE)
    assert anew not in (before[0], there.id)
    async with stage.transaction() as tx:
        member = await tx.people.member(anew)
        assert not await tx.people.teams_of(anew)
    assert (member.name, member.zone, member.admin) == ("ana2", "UTC", False)


async def test_who_is_not_linked_has_nothing_to_part(stage: Stage) -> None:
    (seen,) = await stage.says("Ana", "me unlink")
    assert "not joined with any other" in seen.text


async def test_after_parting_they_can_be_joined_again(stage: Stage) -> None:
    await link(stage)
    await stage.annex.says("ana2", "me unlink yes:yes")
    await link(stage)
    assert await who(stage, ANA) == await who(stage, ANA_THERE)


async def test_ones_accounts_are_shown_in_private(stage: Stage) -> None:
    await link(stage)
    seen = await stage.annex.says("ana2", "me show")
    assert "ana2 on Annex" in seen[-1].text
    assert "Ana on Console" in seen[-1].text


# --- where they are asked -------------------------------------------------------------------------------------------


async def first_account(stage: Stage) -> str:
    """The platform on which Ana is asked next."""
    async with stage.transaction() as tx:
        (ana,) = await tx.people.members_of_identity(ANA.identity)
        return (await tx.people.identities([ana.id]))[ana.id][0].platform


async def test_a_platform_whose_clock_is_ahead_does_not_win_for_hours(stage: Stage) -> None:
    await link(stage)
    async with stage.transaction() as tx:
        ahead = MessageReceived("e1", Place(Annex.NAME, "dm"), ANA_THERE, tx.now + 5 * HOUR, direct=True)
        await reach.heard(tx.stores, ahead, tx.now)
    assert await first_account(stage) == Annex.NAME
    await stage.until(MONDAY_EIGHT + HOUR)
    await stage.says("Ana", "me show")
    assert await first_account(stage) == "console"


@pytest.mark.parametrize("kind", [MessageDeleted, MessageEdited, PersonLeft])
async def test_mending_taking_back_and_leaving_are_no_answers(stage: Stage, kind: type[Inbound]) -> None:
    await link(stage)
    await stage.until(MONDAY_EIGHT + HOUR)
    await stage.says("Ana", "me show")
    async with stage.transaction() as tx:
        await reach.heard(tx.stores, kind("e1", Place(Annex.NAME, "dm"), ANA_THERE, tx.now, direct=True), tx.now)
    assert await first_account(stage) == "console"


async def test_a_form_that_is_sent_in_from_a_channel_is_an_answer(stage: Stage) -> None:
    await link(stage)
    await stage.until(MONDAY_EIGHT + HOUR)
    async with stage.transaction() as tx:
        sent = Submitted("e1", Place("console", "#lobby"), ANA, tx.now, form="write")
        await reach.heard(tx.stores, sent, tx.now)
    assert await first_account(stage) == "console"
