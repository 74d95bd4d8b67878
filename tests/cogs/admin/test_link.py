"""`workspace link`: two workspaces become one, with all that is in them, and a team may span both platforms."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest_asyncio
from sqlalchemy import text

from bot.model.identity import Account, Identity, MemberId, TeamId
from bot.model.people import Member, Purpose, Team
from bot.model.working_time import WorkingWeek, parse_hours, parse_weekdays
from bot.platforms.console.server import channel
from bot.testing.stage import Annex, Stage

MONDAY_EIGHT = datetime(2026, 10, 26, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NINE_TO_FIVE = WorkingWeek.uniform(parse_hours("09:00-17:00"), parse_weekdays("mon-fri"))


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """Ana and Bo in Atlas; on a second platform Eve and Fay in a German workspace's Atlas and Borealis, all asked."""
    async with Stage.create(start=MONDAY_EIGHT, annex=True) as stage:
        ana, bo = await stage.member("Ana", admin=True), await stage.member("Bo")
        team = await stage.team("Atlas", ana, bo)
        await stage.channel(team, Purpose.HANDOFF, "atlas-handoff")
        await stage.says("Ana", "standup create Atlas at:09:30 days:mon-fri")
        annex = stage.annex
        annex.account("Eve", admin=True)
        annex.account("Fay")
        annex.room("lobby")
        async with stage.storage.transaction() as stores:
            lab = await stores.directory.create_workspace("Lab", "de", Annex.NAME, Annex.NAME)
        async with stage.transaction() as tx:
            people = [
                await tx.people.create_member(
                    Member(MemberId(0), lab.id, name, "UTC", NINE_TO_FIVE, admin=name == "Eve"),
                    Account(Identity(Annex.NAME, name), name),
                )
                for name in ("Eve", "Fay")
            ]
            for name in ("Atlas", "Borealis"):
                made = await tx.people.create_team(Team(TeamId(0), lab.id, name, "UTC", people[0].id))
                for member in people:
                    await tx.people.add_to_team(made, member)
        await annex.says("Eve", "!helio standup create Borealis at:10:00 days:mon-fri", "lobby")
        await stage.until(MONDAY_EIGHT + timedelta(minutes=1))
        yield stage


async def a_code(stage: Stage) -> str:
    (told,) = await stage.says("Ana", "workspace code")
    (found,) = set(re.findall(r"workspace link (\w{4}-\w{4})", told.text))
    return str(found)


async def in_lobby(stage: Stage, line: str, name: str = "Eve") -> str:
    seen = await stage.annex.says(name, f"!helio {line}", "lobby")
    return "\n".join(one.text for one in seen)


async def joined(stage: Stage) -> str:
    await in_lobby(stage, f"workspace link {await a_code(stage)}")
    told = await in_lobby(stage, "workspace link yes:yes")
    assert list(await teams(stage)) == ["Stage"]
    return told


async def teams(stage: Stage) -> dict[str, list[str]]:
    """Every workspace's teams."""
    async with stage.transaction() as tx:
        every = await tx.stores.directory.workspaces()
        return {w.name: [t.name for t in await tx.people.teams(w.id)] for w in every}


async def test_it_is_asked_first_with_what_happens(stage: Stage) -> None:
    asked = await in_lobby(stage, f"workspace link {await a_code(stage)}")
    assert "Lab" in asked
    assert "Stage" in asked
    assert "Atlas 2" in asked
    assert "Borealis" in asked
    assert await teams(stage) == {"Stage": ["Atlas"], "Lab": ["Atlas", "Borealis"]}


async def test_the_question_is_its_askers_and_answered_once(stage: Stage) -> None:
    await in_lobby(stage, f"workspace link {await a_code(stage)}")
    asked = stage.annex.server.last_from_bot(channel("lobby"))
    assert asked is not None
    stage.annex.account("Gil", admin=True)

    async def presses(name: str) -> str:
        before = len(stage.annex.seen)
        stage.annex.server.press(name, asked, "workspace link yes:yes")
        await stage.settle()
        return "\n".join(one.text for one in stage.annex.seen[before:])

    assert "jemand" in await presses("Gil")
    assert list(await teams(stage)) == ["Stage", "Lab"]
    assert "Stage" in await presses("Eve")
    assert list(await teams(stage)) == ["Stage"]
    assert "settled already" in await presses("Eve")


async def test_all_teams_come_along_and_one_whose_name_is_taken_has_another(stage: Stage) -> None:
    await joined(stage)
    assert await teams(stage) == {"Stage": ["Atlas", "Atlas 2", "Borealis"]}


async def test_no_row_of_any_table_is_left_behind(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.annex.says("Fay", "done: merged the lexer")
    async with stage.transaction() as tx:
        names = [r.name for r in (await tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).rows]
        tables = []
        for name in names:
            columns = [r.name for r in (await tx.execute(text(f"SELECT name FROM pragma_table_info('{name}')"))).rows]
            if "workspace" in columns:
                tables.append(name)
        count = {t: (await tx.execute(text(f"SELECT count(*) AS n FROM {t}"))).rows[0].n for t in tables}
    assert count["journal"] == 1
    await joined(stage)
    async with stage.transaction() as tx:
        for table in tables:
            left = (await tx.execute(text(f"SELECT count(*) AS n FROM {table} WHERE workspace = 2"))).rows[0].n
            assert left == 0, table
            now = (await tx.execute(text(f"SELECT count(*) AS n FROM {table}"))).rows[0].n
            assert table in ("outbox", "admin_links") or now >= count[table], table


async def test_everybody_is_asked_as_before_on_their_own_platform(stage: Stage) -> None:
    await joined(stage)
    await stage.until(MONDAY_EIGHT + 2 * DAY + 4 * HOUR)
    asked = {
        name: len([s for s in seen if s.kind == "standup.prompt"])
        for name, seen in (
            ("Ana", stage.to("Ana")),
            ("Bo", stage.to("Bo")),
            ("Eve", stage.annex.to("Eve")),
            ("Fay", stage.annex.to("Fay")),
        )
    }
    assert asked == {"Ana": 3, "Bo": 3, "Eve": 3, "Fay": 3}


async def test_people_go_on_being_written_to_in_their_language(stage: Stage) -> None:
    await joined(stage)
    before = len(stage.annex.to("Fay"))
    await stage.until(MONDAY_EIGHT + 4 * HOUR)
    assert any("Borealis" in s.text and "Zeit" in s.text for s in stage.annex.to("Fay")[before:])


async def test_an_answer_given_to_a_question_from_before_counts(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await joined(stage)
    await stage.annex.says("Fay", "done: merged the lexer")
    async with stage.transaction() as tx:
        (fay,) = await tx.people.members_of_identity(Identity(Annex.NAME, "Fay"))
        entries = [e for e in await tx.journal.entries(authors=[fay.id]) if e.text]
        team = await tx.people.team(entries[0].team)
    assert [e.text for e in entries] == ["merged the lexer"]
    assert team is not None
    assert (team.name, entries[0].workspace) == ("Borealis", fay.workspace)


async def test_a_team_spans_both_platforms_with_its_handoff_on_one(stage: Stage) -> None:
    await joined(stage)
    await stage.annex.says("Eve", "team show Atlas")
    async with stage.transaction() as tx:
        (atlas,) = [t for t in await tx.people.teams((await stage.workspace()).id) if t.name == "Atlas"]
        (fay,) = await tx.people.members_of_identity(Identity(Annex.NAME, "Fay"))
        await tx.people.add_to_team(atlas, fay)
    await stage.until(MONDAY_EIGHT + 2 * HOUR)
    await stage.says("Ana", "done: merged the parser")
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.annex.says("Fay", "done: merged the lexer")
    await stage.annex.says("Fay", "Atlas")
    await stage.until(MONDAY_EIGHT + DAY)
    posts = "\n".join(s.text for s in stage.inside("atlas-handoff"))
    assert "merged the lexer" in posts
    assert "Fay" in posts
    assert "@Fay" not in posts


async def test_who_is_in_both_is_one_member_afterwards(stage: Stage) -> None:
    workspace = await stage.workspace()
    async with stage.transaction() as tx:
        eve = Member(MemberId(0), workspace.id, "Eve A", "Asia/Tokyo", NINE_TO_FIVE)
        await tx.people.create_member(eve, Account(Identity(Annex.NAME, "Eve"), "Eve"))
    told = await joined(stage)
    assert "1" in told
    async with stage.transaction() as tx:
        (eve,) = await tx.people.members_of_identity(Identity(Annex.NAME, "Eve"))
        teams = [t.name for t in await tx.people.teams_of(eve.id)]
        owned = [t.name for t in await tx.people.teams(workspace.id) if t.owner == eve.id]
    assert (eve.name, eve.zone) == ("Eve A", "Asia/Tokyo")
    assert teams == owned == ["Atlas 2", "Borealis"]


async def test_rights_are_those_of_each_platforms_own(stage: Stage) -> None:
    await joined(stage)
    assert "Atlas" in "\n".join(s.text for s in await stage.annex.says("Eve", "team delete Atlas"))
    (seen,) = await stage.says("Bo", "team delete Borealis")
    assert "Only admins" in seen.text


async def test_a_code_is_used_up_by_asking_and_kept_nowhere(stage: Stage) -> None:
    code = await a_code(stage)
    await in_lobby(stage, f"workspace link {code}")
    async with stage.transaction() as tx:
        for table, columns in (("outbox", "message"), ("chunks", "content || text"), ("conversations", "data")):
            rows = (await tx.execute(text(f"SELECT coalesce({columns}, '') AS kept FROM {table}"))).rows
            assert not [row for row in rows if code in row.kept]
    await in_lobby(stage, f"workspace link {code}")
    async with stage.transaction() as tx:
        assert len((await tx.execute(text("SELECT id FROM admin_wrong_codes"))).rows) == 1


async def test_without_a_code_there_is_nothing_to_say_yes_to(stage: Stage) -> None:
    await in_lobby(stage, "workspace link yes:yes")
    await in_lobby(stage, f"workspace link {await a_code(stage)}")
    await stage.until(MONDAY_EIGHT + 2 * HOUR)
    await in_lobby(stage, "workspace link yes:yes")
    assert await teams(stage) == {"Stage": ["Atlas"], "Lab": ["Atlas", "Borealis"]}


async def test_only_admins_link(stage: Stage) -> None:
    await in_lobby(stage, f"workspace link {await a_code(stage)}", "Fay")
    await in_lobby(stage, "workspace link yes:yes", "Fay")
    assert "Lab" in await teams(stage)


async def test_a_workspace_is_not_linked_with_itself_nor_from_a_private_conversation(stage: Stage) -> None:
    code = await a_code(stage)
    (seen,) = await stage.says("Ana", f"!helio workspace link {code}", "atlas-handoff")
    assert "itself" in seen.text
    (seen,) = await stage.annex.says("Eve", f"workspace link {code}")
    assert await teams(stage) == {"Stage": ["Atlas"], "Lab": ["Atlas", "Borealis"]}
