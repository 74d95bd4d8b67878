"""`workspace code`, `workspace join`, `workspace leave`, `workspace language` and `workspace show`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from sqlalchemy import text

from bot.api import Identity, Member, Place, Scope, WorkspaceId, catalogue, say, to_place, to_thread
from bot.testing.stage import Stage
from cogs.admin import codes
from cogs.admin import cog as admin
from cogs.people import cog as people
from tests.cogs.admin.conftest import MONDAY_TEN

_, n_ = catalogue("test")
EVE = Identity("console", "Eve")


@pytest_asyncio.fixture
async def rooms(stage: Stage) -> AsyncIterator[Stage]:
    """The stage with a room in another scope, which no workspace has yet, and Eve, an admin nobody knows."""
    stage.room("garage", "garages")
    stage.account("Eve", admin=True)
    yield stage


async def answer(stage: Stage, line: str, name: str = "Ana", place: str = "garage") -> str:
    """What the bot says in a room to a command."""
    seen = await stage.says(name, f"!helio {line}", place=place)
    (said,) = [one.text for one in seen if one.to == f"channel:{place}"]
    return said


async def a_code(stage: Stage) -> str:
    (told,) = await stage.says("Ana", "workspace code")
    (found,) = re.findall(rf"`!helio workspace join ([{codes.ALPHABET}]{{4}}-[{codes.ALPHABET}]{{4}})`", told.text)
    return str(found)


async def scopes(stage: Stage) -> dict[str, WorkspaceId | None]:
    """The workspaces of the two scopes."""
    async with stage.transaction() as tx:
        found = {name: await tx.people.workspace_of(Scope("console", name)) for name in ("console", "garages")}
    return {name: workspace.id if workspace else None for name, workspace in found.items()}


async def members_of(stage: Stage, who: Identity) -> list[Member]:
    async with stage.transaction() as tx:
        return list(await tx.people.members_of_identity(who))


# --- the code -----------------------------------------------------------------------------------------------


async def test_a_code_is_told_with_what_to_type_and_how_long_it_works(rooms: Stage) -> None:
    (told,) = await rooms.says("Ana", "workspace code")
    assert re.search(r"`!helio workspace join \w{4}-\w{4}`", told.text)
    assert re.search(r"mention me there and write “workspace join \w{4}-\w{4}”", told.text)
    assert "once, until 11:00" in told.text


async def test_a_code_asked_for_in_a_room_is_told_in_private(rooms: Stage) -> None:
    seen = await rooms.says("Ana", "!helio workspace code", place="lobby")
    (in_room,) = [one.text for one in seen if one.to == "channel:lobby"]
    (private,) = [one.text for one in seen if one.to == "dm:Ana"]
    assert "workspace join" not in in_room
    assert "workspace join" in private


async def test_only_admins_get_codes_and_use_them(rooms: Stage) -> None:
    assert "Only admins" in await answer(rooms, "workspace code", "Bo", "lobby")
    await answer(rooms, f"workspace join {await a_code(rooms)}", "Bo")
    assert (await scopes(rooms))["garages"] is None


async def test_of_a_code_only_a_digest_is_kept(rooms: Stage) -> None:
    made = await a_code(rooms)
    async with rooms.transaction() as tx:
        rows = (await tx.execute(text("SELECT digest FROM admin_codes"))).rows
    assert [row.digest for row in rows] == [codes.digest(made)]
    assert made.replace("-", "") not in rows[0].digest.upper()


def test_a_code_may_be_typed_in_any_case_and_grouping() -> None:
    same = {
        codes.digest(written)
        for written in ("K7QX-M3PA", "k7qxm3pa", " k7qx m3pa ", "Ｋ７ＱＸ－Ｍ３ＰＡ", "`K7QX-M3PA`")
    }
    assert len(same) == 1


def test_codes_differ_and_have_only_clear_signs() -> None:
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    assert not {sign for code in made for sign in code} - set(codes.ALPHABET) - {"-"}


# --- joining ------------------------------------------------------------------------------------------------


async def test_a_room_of_another_scope_joins_the_workspace_of_the_code(rooms: Stage) -> None:
    before = await scopes(rooms)
    assert before["garages"] is None
    said = await answer(rooms, f"workspace join {(await a_code(rooms)).lower()}")
    assert "This room is part of Stage now" in said
    assert await scopes(rooms) == {"console": before["console"], "garages": before["console"]}
    assert "1 of 3 is at work now" in await answer(rooms, "team show Atlas", "Bo")


async def test_who_joins_a_room_stays_the_member_they_are(rooms: Stage) -> None:
    ana = Identity("console", "Ana")
    before = await members_of(rooms, ana)
    await answer(rooms, f"workspace join {await a_code(rooms)}")
    assert await members_of(rooms, ana) == before


async def test_a_stranger_who_joins_a_room_is_a_member_from_then_on(rooms: Stage) -> None:
    await answer(rooms, f"workspace join {await a_code(rooms)}", "Eve")
    (eve,) = await members_of(rooms, EVE)
    assert (eve.workspace, eve.zone_known) == ((await rooms.workspace()).id, False)
    async with rooms.transaction() as tx:
        assert len(await tx.stores.directory.workspaces()) == 1


async def test_a_code_works_once(rooms: Stage) -> None:
    made = await a_code(rooms)
    await answer(rooms, f"workspace join {made}")
    rooms.room("attic", "attics")
    assert "wrong, used up or older" in await answer(rooms, f"workspace join {made}", place="attic")


async def test_a_code_works_for_an_hour(rooms: Stage) -> None:
    made = await a_code(rooms)
    await rooms.until(MONDAY_TEN + codes.LASTS)
    assert "wrong, used up or older" in await answer(rooms, f"workspace join {made}")
    assert (await scopes(rooms))["garages"] is None


async def test_a_wrong_code_makes_no_workspace_and_no_member(rooms: Stage) -> None:
    assert "nothing has changed" in await answer(rooms, "workspace join AAAA-AAAA", "Eve")
    assert (await scopes(rooms))["garages"] is None
    assert await members_of(rooms, EVE) == []


async def test_after_five_wrong_codes_not_even_the_right_one_is_looked_at_for_an_hour(rooms: Stage) -> None:
    await rooms.says("Eve", "!helio workspace join AAAA-AAAA", place="garage")
    await rooms.until(MONDAY_TEN + timedelta(minutes=30))
    for _ in range(4):
        assert "wrong, used up or older" in await answer(rooms, "workspace join AAAA-AAAA", "Eve")
    made = await a_code(rooms)
    assert "Try again in 30 minutes" in await answer(rooms, f"workspace join {made}", "Eve")
    assert (await scopes(rooms))["garages"] is None
    await rooms.until(MONDAY_TEN + codes.LASTS)
    assert "part of Stage now" in await answer(rooms, f"workspace join {made}", "Eve")


async def test_wrong_codes_count_for_the_account_alone(rooms: Stage) -> None:
    for _ in range(6):
        await rooms.says("Eve", "!helio workspace join AAAA-AAAA", place="garage")
    assert "part of Stage now" in await answer(rooms, f"workspace join {await a_code(rooms)}")


async def test_a_room_whose_workspace_has_teams_stays_there(rooms: Stage) -> None:
    await answer(rooms, "team create Borealis", "Eve")
    before, made = await scopes(rooms), await a_code(rooms)
    said = await answer(rooms, f"workspace join {made}", "Eve")
    assert "has teams of its own" in said
    assert "team delete Borealis" in said
    assert await scopes(rooms) == before
    rooms.room("attic", "attics")
    assert "part of Stage now" in await answer(rooms, f"workspace join {made}", place="attic")


async def test_a_room_whose_workspace_is_empty_moves_with_the_settings_of_who_moves_it(rooms: Stage) -> None:
    await answer(rooms, "team create Borealis", "Eve")
    await rooms.says("Eve", "me timezone Kolkata")
    await answer(rooms, "team delete Borealis yes:yes", "Eve")
    said = await answer(rooms, f"workspace join {await a_code(rooms)}", "Eve")
    assert "part of Stage now" in said
    (eve,) = await members_of(rooms, EVE)
    assert (eve.workspace, eve.zone, eve.zone_known) == ((await rooms.workspace()).id, "Asia/Kolkata", True)


async def test_a_room_of_the_same_workspace_leaves_the_code_as_it_is(rooms: Stage) -> None:
    made = await a_code(rooms)
    assert "already" in await answer(rooms, f"workspace join {made}", place="lobby")
    assert "part of Stage now" in await answer(rooms, f"workspace join {made}")


async def test_a_private_conversation_joins_nothing(rooms: Stage) -> None:
    (said,) = await rooms.says("Ana", f"workspace join {await a_code(rooms)}")
    assert "private conversation" in said.text


async def test_without_a_code_the_right_form_is_shown(rooms: Stage) -> None:
    assert "workspace join <code>" in await answer(rooms, "workspace join")


async def test_a_room_is_told_in_the_language_of_the_workspace_it_joins() -> None:
    async with Stage.create(start=MONDAY_TEN, language="es", cogs=[people, admin]) as stage:
        await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        stage.room("garage", "garages")
        said = await answer(stage, f"workspace join {await a_code(stage)}")
        assert "Esta sala ya forma parte de Stage" in said


# --- show ---------------------------------------------------------------------------------------------------


async def test_a_workspace_shows_its_rooms_teams_and_admins(rooms: Stage) -> None:
    await answer(rooms, f"workspace join {await a_code(rooms)}")
    (shown,) = await rooms.says("Bo", "workspace show")
    for told in ("Workspace Stage", "Rooms: 2 rooms or servers on Console", "Teams: Atlas", "Admins: Ana", "3 people"):
        assert told in shown.text


async def test_an_empty_workspace_says_so() -> None:
    async with Stage.create(start=MONDAY_TEN, cogs=[people, admin]) as stage:
        await stage.member("Bo")
        (shown,) = await stage.says("Bo", "workspace show")
        assert "Rooms: 1 room or server on Console" in shown.text
        assert "Teams: none yet" in shown.text


# --- strangers ----------------------------------------------------------------------------------------------


async def test_an_admin_whom_nobody_knows_is_told_how_to_start(rooms: Stage) -> None:
    said = await answer(rooms, "help", "Eve")
    assert "team create NAME" in said
    assert "workspace join CODE" in said
    assert "Ask an admin" not in said


async def test_an_admin_who_is_no_member_of_a_rooms_workspace_is_told_how_to_be(rooms: Stage) -> None:
    said = await answer(rooms, "help", "Eve", "lobby")
    assert "team create NAME" in said
    assert "add yourself to one: `!helio team add TEAM" in said


async def test_who_is_no_admin_is_told_to_ask_one(rooms: Stage) -> None:
    assert "Ask an admin to add you" in await answer(rooms, "help", "Dee")


async def test_a_founder_starts_with_the_zone_of_their_team(rooms: Stage) -> None:
    seen = await rooms.says("Eve", "!helio team create Borealis zone:Lisbon", place="garage")
    (eve,) = await members_of(rooms, EVE)
    assert (eve.zone, eve.zone_known) == ("Europe/Lisbon", False)
    (welcome,) = [one.text for one in seen if one.to == "dm:Eve"]
    assert "your team's clock: Lisbon" in welcome
    assert "UTC" not in welcome


async def test_a_founder_who_told_their_zone_keeps_it(stage: Stage) -> None:
    await stage.says("Ana", "team create Borealis zone:Kolkata")
    (ana,) = await members_of(stage, Identity("console", "Ana"))
    assert ana.zone == "Europe/Lisbon"


async def test_who_left_comes_back_by_name_with_the_settings_they_had(stage: Stage) -> None:
    (before,) = await members_of(stage, Identity("console", "Bo"))
    await stage.leaves("Bo")
    assert "Bo" in await answer(stage, "team add Atlas Bo", place="lobby")
    assert await members_of(stage, Identity("console", "Bo")) == []
    stage.server.come_back("Bo")
    assert "Bo is in Atlas now" in await answer(stage, "team add Atlas Bo", place="lobby")
    assert await members_of(stage, Identity("console", "Bo")) == [before]


# --- the language -------------------------------------------------------------------------------------------


async def test_an_admin_chooses_the_language_of_channels_and_of_whoever_named_none(stage: Stage) -> None:
    await stage.says("Bo", "me language en")
    seen = await stage.says("Ana", "!helio workspace language Deutsch", place="lobby")
    (said,) = [one.text for one in seen if one.to == "channel:lobby"]
    assert said == (
        "Ab jetzt schreibe ich hier auf Deutsch, und auch allen, die keine andere Sprache gewählt haben. "
        "Wer eine andere möchte: `me language español`. Zurück geht es so: `!helio workspace language en`."
    ).replace("`me", "`!helio me")
    assert "Sprache: Deutsch" in (await stage.says("Ana", "workspace show"))[0].text
    assert "Language: German" in (await stage.says("Bo", "workspace show"))[0].text


async def test_a_workspace_may_begin_with_its_language(rooms: Stage) -> None:
    assert "日本語で書きます" in await answer(rooms, "workspace language 日本語", "Eve")
    assert "チーム" in await answer(rooms, "team create Borealis zone:東京", "Eve")


async def test_only_an_admin_chooses_the_language_and_only_one_there_is(stage: Stage) -> None:
    seen = await stage.says("Bo", "!helio workspace language de", place="lobby")
    assert "Only admins" in seen[0].text
    seen = await stage.says("Ana", "!helio workspace language klingon", place="lobby")
    assert "I don't speak “klingon” yet." in seen[0].text
    assert "Language: English" in (await stage.says("Ana", "workspace show"))[0].text


# --- leaving ------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def joined(rooms: Stage) -> Stage:
    """The garage is part of the workspace, and where Atlas hands off."""
    await answer(rooms, f"workspace join {await a_code(rooms)}")
    await answer(rooms, "channel set Atlas handoff here")
    return rooms


async def post(stage: Stage, key: str, words: str) -> None:
    """Post in the garage, as a cog would."""
    async with stage.transaction() as tx:
        to = to_place(Place("console", "#garage"))
        workspace = (await stage.workspace()).id
        tx.send(to, say(_("{words}", words=words)), workspace=workspace, kind="test.post", key=key)


async def test_before_a_room_leaves_it_is_asked_which_teams_can_not_post_there_any_more(joined: Stage) -> None:
    before = await scopes(joined)
    said = await answer(joined, "workspace leave")
    assert "Take this room out of Stage? Atlas can't post here any more" in said
    assert "`!helio workspace leave yes:yes`" in said
    assert await scopes(joined) == before


async def test_a_room_that_left_shows_nothing_of_the_workspace_any_more(joined: Stage) -> None:
    await post(joined, "stands", "a plan")
    await joined.settle()
    await joined.says("Ana", "!helio workspace leave", place="garage")
    await post(joined, "waits", "a secret")
    (left,) = await joined.reacts("Ana", "✅", "garage")
    assert "This room is not part of Stage any more" in left.text
    assert (await scopes(joined))["garages"] is None
    async with joined.transaction() as tx:
        workspace = (await joined.workspace()).id
        tx.edit("stands", say(_("{words}", words="a secret")), workspace=workspace, kind="test.edit", key="e")
        told = say(_("{words}", words="a secret"))
        tx.send(to_thread("stands"), told, workspace=workspace, kind="test.reply", key="r")
    assert await joined.settle() == []
    assert "you are in none of them yet" in await answer(joined, "team show Atlas", "Bo")
    assert "Atlas: none yet" in await answer(joined, "channel show", "Bo", "lobby")


async def test_what_people_of_a_room_that_left_have_told_and_are_in_stays(joined: Stage) -> None:
    await joined.says("Eve", "!helio team add Atlas Eve", place="garage")
    await answer(joined, "workspace leave yes:yes")
    assert "2 of 4 are at work now" in await answer(joined, "team show Atlas", "Bo", "lobby")


async def test_a_room_that_left_may_join_again_or_have_a_workspace_of_its_own(joined: Stage) -> None:
    await answer(joined, "workspace leave yes:yes")
    assert "part of Stage now" in await answer(joined, f"workspace join {await a_code(joined)}")
    await answer(joined, "workspace leave yes:yes")
    await answer(joined, "team create Borealis", "Eve")
    found = await scopes(joined)
    assert found["garages"] not in (None, found["console"])


async def test_a_workspaces_only_room_stays(rooms: Stage) -> None:
    assert "the only room of Stage" in await answer(rooms, "workspace leave yes:yes", place="lobby")
    assert (await scopes(rooms))["console"] is not None


async def test_a_private_conversation_leaves_nothing(joined: Stage) -> None:
    (said,) = await joined.says("Ana", "workspace leave yes:yes")
    assert "private conversation" in said.text
    assert (await scopes(joined))["garages"] is not None


async def test_only_admins_take_a_room_out(joined: Stage) -> None:
    assert "Only admins" in await answer(joined, "workspace leave yes:yes", "Bo")
    assert (await scopes(joined))["garages"] is not None


async def test_a_code_is_not_kept_once_it_is_told(rooms: Stage) -> None:
    made = await a_code(rooms)
    async with rooms.transaction() as tx:
        for table in ("outbox", "chunks"):
            assert made not in str((await tx.execute(text(f"SELECT * FROM {table}"))).rows)
