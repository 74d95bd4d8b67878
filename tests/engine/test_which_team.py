"""Somebody in two workspaces is asked which team it is about where that is unclear; neither shows in the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.engine.immediate import Refusal, ShownForm
from bot.model.identity import Account, Identity, MemberId, TeamId
from bot.model.people import Member, Team
from bot.model.working_time import WorkingWeek, parse_hours, parse_weekdays
from bot.platforms.console.server import direct
from bot.testing.client import Client
from bot.testing.stage import Stage
from bot.testing.transcript import Seen

MONDAY_EIGHT = datetime(2026, 10, 26, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = WorkingWeek.uniform(parse_hours("09:00-17:00"), parse_weekdays("mon-fri"))


async def second_guild(stage: Stage, *names: str) -> Team:
    """Make the workspace of another guild, with a room and a team of people who have accounts already."""
    stage.room("borealis-room", "north")
    async with stage.storage.transaction() as stores:
        north = await stores.directory.create_workspace("North", "en", "console", "north")
    async with stage.transaction() as tx:
        members = [
            await tx.people.create_member(
                Member(MemberId(0), north.id, name, "UTC", WEEK, admin=name == "Bo"),
                Account(Identity("console", name), name),
            )
            for name in names
        ]
        team = await tx.people.create_team(Team(TeamId(0), north.id, "Borealis", "UTC", members[0].id))
        for member in members:
            await tx.people.add_to_team(team, member)
    return team


async def another_atlas(stage: Stage) -> TeamId:
    """Make a team in the second guild that is called like the one in the first; Bo is in it."""
    async with stage.transaction() as tx:
        bo = (await tx.people.members_of_identity(Identity("console", "Bo")))[1]
        team = await tx.people.create_team(Team(TeamId(0), bo.workspace, "Atlas", "UTC", bo.id))
        await tx.people.add_to_team(team, bo)
    return team.id


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """Ana and Bo in Atlas, asked at 09:30; Bo and Dee in another guild's Borealis, asked at 10:00."""
    async with Stage.create(start=MONDAY_EIGHT) as stage:
        ana, bo = await stage.member("Ana", admin=True), await stage.member("Bo", admin=True)
        stage.account("Dee")
        await stage.team("Atlas", ana, bo)
        stage.room("atlas-room")
        await second_guild(stage, "Bo", "Dee")
        await stage.says("Ana", "standup create Atlas at:09:30 days:mon-fri")
        await stage.says("Bo", "!helio standup create Borealis at:10:00 days:mon-fri", "borealis-room")
        await stage.until(MONDAY_EIGHT + HOUR + timedelta(minutes=45))
        yield stage


def said(seen: list[Seen]) -> str:
    return "\n".join(one.text for one in seen)


async def entries(stage: Stage) -> dict[str, list[str]]:
    async with stage.transaction() as tx:
        found = {}
        for workspace in await tx.stores.directory.workspaces():
            for team in await tx.people.teams(workspace.id):
                found[team.name] = [e.text for e in await tx.journal.entries(team=team.id) if e.text]
        return found


async def test_an_answer_goes_where_the_only_open_question_is(stage: Stage) -> None:
    await stage.says("Bo", "done: merged the parser")
    assert await entries(stage) == {"Atlas": ["merged the parser"], "Borealis": []}


async def test_with_questions_open_in_both_it_is_asked_by_the_teams_names_and_passed_on(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    (asked,) = await stage.says("Bo", "done: merged the parser")
    assert asked.kind == "bot.which_team"
    assert "Atlas in Stage" in asked.text
    assert "Borealis in North" in asked.text
    assert await entries(stage) == {"Atlas": [], "Borealis": []}
    await stage.says("Bo", "2")
    assert await entries(stage) == {"Atlas": [], "Borealis": ["merged the parser"]}


@pytest.mark.parametrize("answer", ["Borealis", "borealis!", "North"])
async def test_the_team_may_be_named(stage: Stage, answer: str) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    await stage.says("Bo", answer)
    assert (await entries(stage))["Borealis"] == ["merged the parser"]


async def test_the_team_may_be_chosen_by_a_press_or_a_reaction(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    await stage.presses("Bo", "1")
    assert await entries(stage) == {"Atlas": ["merged the parser"], "Borealis": []}


async def test_a_reaction_chooses_the_team(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    await stage.reacts("Bo", "2️⃣")
    assert await entries(stage) == {"Atlas": [], "Borealis": ["merged the parser"]}


async def test_all_that_was_said_meanwhile_is_passed_on_in_its_order(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    await stage.says("Bo", "blocker: the build is red")
    await stage.says("Bo", "Atlas")
    assert (await entries(stage))["Atlas"] == ["merged the parser", "the build is red"]


async def test_what_is_kept_is_edited_and_deleted_with_its_message(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    await stage.says("Bo", "done: nothing else")
    n = len(stage.server.said_by("Bo"))
    await stage.edits("Bo", n - 1, "done: merged the lexer")
    await stage.deletes("Bo", n)
    await stage.says("Bo", "Atlas")
    assert await entries(stage) == {"Atlas": ["merged the lexer"], "Borealis": []}


async def test_an_edit_afterwards_changes_it_where_it_went(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    n = len(stage.server.said_by("Bo"))
    await stage.says("Bo", "Borealis")
    await stage.edits("Bo", n, "done: merged the lexer")
    assert await entries(stage) == {"Atlas": [], "Borealis": ["merged the lexer"]}


async def test_the_team_chosen_last_counts_until_another_asks(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    await stage.says("Bo", "Atlas")
    seen = await stage.says("Bo", "blocker: the build is red")
    assert "bot.which_team" not in [one.kind for one in seen]
    assert (await entries(stage))["Atlas"] == ["merged the parser", "the build is red"]


async def test_a_command_that_names_a_team_needs_no_question(stage: Stage) -> None:
    seen = await stage.says("Bo", "team show Borealis")
    assert "Dee" in said(seen)


async def test_a_command_of_the_cog_that_asked_goes_where_it_asked(stage: Stage) -> None:
    seen = await stage.says("Bo", "skip")
    assert "bot.which_team" not in [one.kind for one in seen]
    async with stage.transaction() as tx:
        (bo,) = [m for m in await tx.people.members_of_identity(Identity("console", "Bo")) if m.workspace == 1]
        (occurrence,) = await tx.occurrences.find(
            None, members=[bo.id], dates=(MONDAY_EIGHT.date(), MONDAY_EIGHT.date())
        )
    assert occurrence.state.name == "SKIPPED"


async def test_a_bare_command_about_oneself_is_asked_about_and_done_once_in_one_workspace(stage: Stage) -> None:
    (asked,) = await stage.says("Bo", "me timezone Lisbon")
    assert asked.kind == "bot.which_team"
    await stage.says("Bo", "Borealis")
    async with stage.transaction() as tx:
        zones = {m.workspace: m.zone for m in await tx.people.members_of_identity(Identity("console", "Bo"))}
    assert zones == {1: "UTC", 2: "Europe/Lisbon"}


async def test_a_command_that_only_reads_is_asked_about_too(stage: Stage) -> None:
    (asked,) = await stage.says("Bo", "me show")
    assert asked.kind == "bot.which_team"
    assert "Borealis" in said(await stage.says("Bo", "2"))


async def test_help_needs_no_team(stage: Stage) -> None:
    seen = await stage.says("Bo", "help")
    assert "bot.which_team" not in [one.kind for one in seen]


async def test_a_yes_goes_where_it_was_asked_for(stage: Stage) -> None:
    await stage.says("Bo", "team delete Borealis")
    await stage.says("Bo", "yes")
    assert "Borealis" not in await entries(stage)


async def test_a_press_under_a_prompt_is_about_the_team_that_asked(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    seen = await stage.presses("Bo", "skip")
    assert "bot.which_team" not in [one.kind for one in seen]


async def test_nothing_of_one_guild_is_shown_in_the_other(stage: Stage) -> None:
    for line in ("me show", "team show", "team list", "help", "workspace show", "standup list", "why", "update"):
        for name, room in (("Ana", None), ("Ana", "atlas-room"), ("Bo", "atlas-room")):
            text = said(await stage.says(name, f"!helio {line}", room))
            assert "Borealis" not in text, (line, name, room)
            assert "North" not in text, (line, name, room)
            assert "Dee" not in text, (line, name, room)
        for name, room in (("Dee", None), ("Bo", "borealis-room")):
            text = said(await stage.says(name, f"!helio {line}", room))
            assert "Atlas" not in text or line == "help", (line, name, room, text)
            assert "Ana" not in text, (line, name, room)
    await stage.until(MONDAY_EIGHT + 24 * HOUR)
    assert not [seen for seen in stage.to("Ana") if "Borealis" in seen.text or "Dee" in seen.text]
    assert not [seen for seen in stage.to("Dee") if "Ana" in seen.text]


# --- one question at a time ---------------------------------------------------------------------------------


def shown(stage: Stage, name: str = "Bo") -> list[str]:
    """Return the questions which team something is for that somebody sees, as they read now, with their choices."""
    standing = [m for m in stage.server.messages.values() if m.address == direct(name) and not m.deleted]
    return [m.text for m in standing if "which team" in m.text.lower()]


def newest(stage: Stage, name: str = "Bo") -> str:
    """Return the id of the bot's newest message to somebody."""
    found = stage.server.last_from_bot(direct(name))
    assert found is not None
    return found


async def test_a_question_that_is_answered_reads_as_settled_and_has_no_choices_any_more(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    assert "[1️⃣ Atlas in Stage: 1]" in shown(stage)[-1]
    await stage.says("Bo", "Borealis")
    assert shown(stage) == ["You told me which team this was for: Borealis in North."]


async def test_of_several_questions_only_the_newest_is_open(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    await stage.says("Bo", "blocker: the build is red")
    first, second = shown(stage)
    assert first == "I asked again below which team this is for."
    assert "[1️⃣ Atlas in Stage: 1]" in second
    await stage.presses("Bo", "2")
    assert shown(stage) == [first, "You told me which team this was for: Borealis in North."]


async def test_a_question_is_taken_away_with_what_it_was_about(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    await stage.deletes("Bo", len(stage.server.said_by("Bo")))
    assert shown(stage) == []


@pytest.mark.parametrize("react", [False, True])
async def test_pressing_an_older_question_explains_and_changes_nothing(stage: Stage, react: bool) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    old = newest(stage)
    await stage.says("Bo", "blocker: the build is red")
    if react:
        stage.server.react("Bo", old, "2️⃣")
    else:
        stage.server.press("Bo", old, "2")
    (seen,) = await stage.settle()
    assert seen.text == "That is settled already, so nothing has changed."
    assert await entries(stage) == {"Atlas": [], "Borealis": []}
    await stage.says("Bo", "1")
    assert (await entries(stage))["Atlas"] == ["merged the parser", "the build is red"]


async def test_a_question_is_settled_for_whoever_is_in_one_workspace_by_now(stage: Stage) -> None:
    await stage.says("Bo", "me timezone Lisbon")
    async with stage.transaction() as tx:
        bo = (await tx.people.members_of_identity(Identity("console", "Bo")))[1]
        await tx.people.save_member(replace(bo, active=False))
    (seen,) = await stage.presses("Bo", "1")
    assert seen.text == "That is settled already, so nothing has changed."


async def test_an_emoji_that_is_no_choice_or_is_taken_away_again_says_nothing(stage: Stage) -> None:
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await stage.says("Bo", "done: merged the parser")
    old = newest(stage)
    await stage.says("Bo", "1")
    stage.server.react("Bo", old, "🎉")
    stage.server.react("Bo", old, "2️⃣", removed=True)
    assert await stage.settle() == []


async def test_a_question_that_nobody_answered_in_time_says_that_nothing_was_done(stage: Stage) -> None:
    await stage.says("Bo", "me timezone Lisbon")
    old = newest(stage)
    await stage.until(MONDAY_EIGHT + 4 * HOUR)
    stage.server.press("Bo", old, "1")
    (seen,) = await stage.settle()
    assert "lapsed" in seen.text
    async with stage.transaction() as tx:
        assert {m.zone for m in await tx.people.members_of_identity(Identity("console", "Bo"))} == {"UTC"}


# --- forms --------------------------------------------------------------------------------------------------


async def ways(client: Client, line: str) -> list[str]:
    """Return the commands of the choices that are offered where it is unclear for which team a form is."""
    assert isinstance(await client.opens(line), Refusal)
    assert all(choice.form for choice in client.offered)
    return [choice.command for choice in client.offered]


async def test_where_it_is_unclear_for_which_team_a_form_is_each_is_a_choice_that_opens_it(stage: Stage) -> None:
    client = Client(stage, "Bo", waits=False)
    assert isinstance(await client.opens("write"), ShownForm)  # only Atlas has asked
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    refused = await client.opens("write")
    assert isinstance(refused, Refusal)
    assert "teams of several workspaces" in refused.parts[0].text
    assert "• Atlas in Stage\n• Borealis in North" in refused.parts[0].text
    _atlas, borealis = await ways(client, "write")
    form = await client.opens(borealis)
    assert isinstance(form, ShownForm)
    await client.sends(form, {form.inputs[0].name: "merged the lexer"})
    assert await entries(stage) == {"Atlas": [], "Borealis": ["merged the lexer"]}


async def test_a_form_that_opens_for_one_team_alone_opens_at_once(stage: Stage) -> None:
    async with stage.transaction() as tx:
        bo = (await tx.people.members_of_identity(Identity("console", "Bo")))[0]
        for team in await tx.people.teams_of(bo.id):
            await tx.people.remove_from_team(team, bo)
    await stage.until(MONDAY_EIGHT + 26 * HOUR)  # only Borealis asks
    form = await Client(stage, "Bo", waits=False).opens("write")
    assert isinstance(form, ShownForm)
    assert "Borealis" in form.title


async def test_a_form_opens_for_the_team_that_is_named(stage: Stage) -> None:
    client = Client(stage, "Bo", waits=False)
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    form = await client.opens("write team:Borealis")
    assert isinstance(form, ShownForm)
    await client.sends(form, {form.inputs[0].name: "merged the lexer"})
    assert await entries(stage) == {"Atlas": [], "Borealis": ["merged the lexer"]}


async def test_what_a_form_says_goes_to_the_team_that_it_was_opened_for(stage: Stage) -> None:
    client = Client(stage, "Bo", waits=False)
    form = await client.opens("write")
    assert isinstance(form, ShownForm)
    await stage.until(MONDAY_EIGHT + 3 * HOUR)  # the other team has asked meanwhile
    await client.sends(form, {form.inputs[0].name: "merged the parser"})
    assert await entries(stage) == {"Atlas": ["merged the parser"], "Borealis": []}


async def test_what_a_form_says_that_tells_no_team_is_kept_until_it_is_clear(stage: Stage) -> None:
    client = Client(stage, "Bo", waits=False)
    form = await client.opens("write")
    assert isinstance(form, ShownForm)
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    asked = await client.sends(replace(form, command="write"), {form.inputs[0].name: "merged the parser"})
    assert "bot.which_team" in [one.kind for one in asked]
    await stage.says("Bo", "Atlas")
    assert await entries(stage) == {"Atlas": ["merged the parser"], "Borealis": []}


@pytest.mark.parametrize("other", [True, False])
async def test_a_choice_for_a_workspace_that_one_has_left_explains_itself(stage: Stage, other: bool) -> None:
    client = Client(stage, "Bo", waits=False)
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    _atlas, borealis = await ways(client, "write")
    form = await client.opens(borealis)
    assert isinstance(form, ShownForm)
    async with stage.transaction() as tx:
        members = await tx.people.members_of_identity(Identity("console", "Bo"))
        for member in members[1:] if other else members:
            await tx.people.save_member(replace(member, active=False))
    refused = await client.opens(borealis)
    assert isinstance(refused, Refusal)
    assert "a workspace that you are in no more" in refused.parts[0].text
    await client.sends(form, {form.inputs[0].name: "merged the lexer"})
    assert await entries(stage) == {"Atlas": [], "Borealis": []}


# --- suggestions --------------------------------------------------------------------------------------------


async def test_only_teams_of_ones_own_are_suggested(stage: Stage) -> None:
    suggested = await Client(stage, "Dee").is_suggested("team show", "team", "")
    assert [(one.value, one.shown) for one in suggested] == [("Borealis", "Borealis")]


async def test_in_private_the_teams_of_all_ones_workspaces_are_suggested_with_the_workspaces_names(
    stage: Stage,
) -> None:
    client = Client(stage, "Bo", waits=False)
    suggested = await client.is_suggested("team show", "team", "")
    assert [(one.value, one.shown) for one in suggested] == [
        ("Atlas", "Atlas in Stage"),
        ("Borealis", "Borealis in North"),
    ]
    assert [one.value for one in await client.is_suggested("team show", "team", "bor")] == ["Borealis"]


async def test_in_a_channel_only_the_teams_of_its_workspace_are_suggested(stage: Stage) -> None:
    client = Client(stage, "Bo", inside="atlas-room")
    assert [one.shown for one in await client.is_suggested("team show", "team", "")] == ["Atlas"]


async def test_of_two_teams_with_one_name_the_suggested_one_is_meant(stage: Stage) -> None:
    other = await another_atlas(stage)
    client = Client(stage, "Bo", waits=False)
    suggested = await client.is_suggested("team show", "team", "atl")
    assert [one.shown for one in suggested] == ["Atlas in Stage", "Atlas in North"]
    north = suggested[1]
    assert str(other) in north.value
    assert "Ana" not in said(await client.uses("team show", team=north.value))
    assert "Ana" in said(await client.uses("team show", team=suggested[0].value))


async def test_what_else_is_suggested_is_of_the_workspace_whose_team_is_named(stage: Stage) -> None:
    async with stage.transaction() as tx:
        bo = (await tx.people.members_of_identity(Identity("console", "Bo")))[1]
        await tx.people.save_member(replace(bo, zone="Asia/Tokyo"))
    client = Client(stage, "Bo", admin=True, waits=False)
    zones = await client.is_suggested("team timezone", "zone", "", team="Borealis")
    assert [one.value for one in zones] == ["Asia/Tokyo"]
    zones = await client.is_suggested("team timezone", "zone", "")
    assert [one.value for one in zones] == ["UTC", "Asia/Tokyo"]


async def test_what_is_wrong_with_a_command_is_told_where_its_team_is(stage: Stage) -> None:
    seen = said(await Client(stage, "Bo", admin=True, waits=False).uses("team timezone", team="Borealis", zone="Xyzzy"))
    assert "Xyzzy" in seen
    assert "no team" not in seen


async def test_a_message_that_was_picked_in_private_is_kept_as_that_until_it_is_clear_for_whom(stage: Stage) -> None:
    client = Client(stage, "Bo", waits=False)
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    asked = await client.picks("update", "m1", "1. the build is red", author="Dee")
    assert "Which team is this for?" in said(asked)
    await stage.says("Bo", "Atlas")
    assert (await entries(stage))["Atlas"] == ["Dee wrote: 1. the build is red"]


async def test_ones_own_message_that_was_picked_may_change_until_it_is_clear_for_whom(stage: Stage) -> None:
    client = Client(stage, "Bo", waits=False)
    await stage.until(MONDAY_EIGHT + 3 * HOUR)
    await client.picks("update", "m1", "the build is red")
    await client.edits("m1", "the build is green")
    await stage.says("Bo", "Borealis")
    assert (await entries(stage))["Borealis"] == ["the build is green"]
