"""`team create`, `rename`, `timezone`, `delete`, `add`, `remove`, `show` and `list`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.api import Member, Team, TeamId
from bot.testing.stage import Stage
from cogs.admin import cog as admin
from cogs.people import cog as people
from tests.cogs.admin.conftest import MONDAY_TEN


async def answer(stage: Stage, text: str, name: str = "Ana", place: str | None = None) -> str:
    """What the bot says in the place it was asked in (a welcome may go out elsewhere)."""
    to = f"channel:{place}" if place else f"dm:{name}"
    (said,) = [seen.text for seen in await stage.says(name, text, place=place) if seen.to == to]
    return said


async def teams(stage: Stage) -> dict[str, Team]:
    async with stage.transaction() as tx:
        return {team.name: team for team in await tx.people.teams((await stage.workspace()).id)}


async def members(stage: Stage, team: str) -> dict[str, Member]:
    async with stage.transaction() as tx:
        found = next(t for t in await tx.people.teams((await stage.workspace()).id) if t.name == team)
        return {member.name: member for member in await tx.people.members_of_team(found.id)}


# --- create -------------------------------------------------------------------------------------------------


async def test_whoever_creates_a_team_owns_it_and_is_in_it(stage: Stage) -> None:
    said = await answer(stage, "team create Borealis zone:Kolkata")
    team = (await teams(stage))["Borealis"]
    crew = await members(stage, "Borealis")
    assert list(crew) == ["Ana"]
    assert (team.owner, team.zone) == (crew["Ana"].id, "Asia/Kolkata")
    for told in (
        "Borealis",
        "Kolkata",
        "team add Borealis",
        "`!helio channel set Borealis handoff here`",
        "team delete",
    ):
        assert told in said


async def test_a_team_has_its_creators_zone_if_none_is_given(stage: Stage) -> None:
    await stage.says("Ana", "team create Borealis")
    assert (await teams(stage))["Borealis"].zone == "Europe/Lisbon"


async def test_a_name_may_have_spaces_and_is_quoted_in_what_is_to_be_typed(stage: Stage) -> None:
    said = await answer(stage, "team create North  Sea zone:Lisbon")
    assert "North Sea" in await teams(stage)
    assert 'team add "North Sea"' in said
    assert "North Sea" in await answer(stage, "team show North Sea")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("team create", "team create <name> [zone:zone]"),
        ("team create 42", "digits"),
        ("team create " + "x" * 10_000, "60 characters"),
        ("team create one\ntwo", "one line"),
        (f"team create {'x' * 61}", "60 characters"),
        ('team create the "A" team', "quotation marks"),
        ("team create ATLAS", "already"),
        ("team create Borealis zone:Lisbonn", "Lisbon"),
        ("team rename Atlas", "team rename Atlas Polaris"),
        ("team rename Atlas 42", "digits"),
        ("team rename Nowhere Polaris", "Nowhere"),
        ("team delete Nowhere", "Atlas"),
        ("team add Atlas Nobody", "Nobody"),
        ("team add Nowhere Dee", "Nowhere"),
        ("team add Atlas Bo", "already"),
        ("team remove Atlas Dee", "Dee"),
        ("team timezone Atlas Lisbonn", "Lisbon"),
        ("team show Nowhere", "Atlas"),
    ],
)
async def test_what_can_not_be_done_changes_nothing_and_shows_the_right_form(
    stage: Stage, line: str, shown: str
) -> None:
    before = (await teams(stage), await members(stage, "Atlas"))
    assert shown in await answer(stage, line)
    assert (await teams(stage), await members(stage, "Atlas")) == before


@pytest.mark.parametrize(
    "line",
    [
        "team create Borealis",
        "team rename Atlas Polaris",
        "team timezone Atlas Kolkata",
        "team delete Atlas yes:yes",
        "team add Atlas Dee",
        "team remove Atlas Chen",
    ],
)
async def test_only_admins_change_teams(stage: Stage, line: str) -> None:
    before = (await teams(stage), await members(stage, "Atlas"))
    await stage.says("Bo", line)
    assert (await teams(stage), await members(stage, "Atlas")) == before


async def test_the_first_team_of_all_makes_the_workspace_and_asks_its_founder_for_a_zone() -> None:
    async with Stage.create(start=MONDAY_TEN, cogs=[people, admin]) as stage:
        stage.account("Ana", admin=True)
        stage.room("lobby")
        seen = await stage.says("Ana", "!helio team create Atlas zone:Lisbon", place="lobby")
        (reply,) = [one.text for one in seen if one.to == "channel:lobby"]
        (welcome,) = [one for one in seen if one.to == "dm:Ana"]
        assert "The team Atlas is made" in reply
        assert "me timezone Lisbon" in welcome.text
        assert not welcome.unasked
        await stage.says("Ana", "me timezone Lisbon")
        assert "Ana: 10:00 in Lisbon" in await answer(stage, "team show")


# --- rename, timezone, delete -------------------------------------------------------------------------------


async def test_a_team_is_renamed_and_told_the_way_back(stage: Stage) -> None:
    said = await answer(stage, "team rename Atlas North Sea")
    assert list(await teams(stage)) == ["North Sea"]
    assert 'team rename "North Sea" Atlas' in said
    await stage.says("Ana", 'team rename "North Sea" Atlas')
    assert list(await teams(stage)) == ["Atlas"]


async def test_a_team_may_change_the_case_of_its_own_name(stage: Stage) -> None:
    await stage.says("Ana", "team rename Atlas ATLAS")
    assert list(await teams(stage)) == ["ATLAS"]


async def test_members_without_a_zone_of_their_own_follow_their_teams(stage: Stage) -> None:
    await stage.says("Ana", "team add Atlas Dee")
    said = await answer(stage, "team timezone Atlas Kolkata")
    crew = await members(stage, "Atlas")
    assert crew["Dee"].zone == "Asia/Kolkata"
    assert not crew["Dee"].zone_known
    assert crew["Bo"].zone == "Pacific/Auckland"
    assert "1 member who" in said
    assert "team timezone Atlas Europe/Lisbon" in said


async def test_a_team_is_deleted_only_after_asking(stage: Stage) -> None:
    said = await answer(stage, "team delete Atlas")
    assert "3 members" in said
    assert "stays in the record" in said
    assert list(await teams(stage)) == ["Atlas"]
    said = await answer(stage, "yes")
    assert await teams(stage) == {}
    assert "Atlas is deleted" in said


async def test_no_to_the_question_keeps_the_team(stage: Stage) -> None:
    await stage.says("Ana", "team delete Atlas")
    await stage.says("Ana", "no")
    assert list(await teams(stage)) == ["Atlas"]


# --- add and remove -----------------------------------------------------------------------------------------


async def test_somebody_new_starts_with_the_teams_zone_and_usual_hours(stage: Stage) -> None:
    said = await answer(stage, "team add Atlas Dee")
    dee = (await members(stage, "Atlas"))["Dee"]
    assert (dee.zone, dee.zone_known, dee.language) == ("Europe/Lisbon", False, None)
    assert dee.week.to_text() == "09:00-17:00 mon-fri"
    assert "Dee is in Atlas now" in said
    assert "Lisbon" in said
    assert "team remove Atlas Dee" in said


async def test_somebody_known_is_added_as_they_are(stage: Stage) -> None:
    await stage.says("Ana", "team create Borealis")
    said = await answer(stage, "team add Borealis Bo")
    assert (await members(stage, "Borealis"))["Bo"] == (await members(stage, "Atlas"))["Bo"]
    assert "I know their time zone" in said


async def test_somebody_known_without_zone_and_team_starts_with_the_teams_zone(stage: Stage) -> None:
    await stage.member("Eve", zone="UTC", zone_known=False)
    said = await answer(stage, "team add Atlas Eve")
    assert (await members(stage, "Atlas"))["Eve"].zone == "Europe/Lisbon"
    assert "I go by Lisbon" in said


async def test_somebody_removed_stays_in_the_workspace_and_can_be_added_again(stage: Stage) -> None:
    bo = (await members(stage, "Atlas"))["Bo"]
    said = await answer(stage, "team remove Atlas Bo")
    assert "Bo" not in await members(stage, "Atlas")
    assert "team add Atlas Bo" in said
    await stage.says("Ana", "team add Atlas Bo")
    assert (await members(stage, "Atlas"))["Bo"] == bo


async def test_removing_somebody_twice_says_so(stage: Stage) -> None:
    await stage.says("Ana", "team remove Atlas Bo")
    assert "Bo is not in Atlas" in await answer(stage, "team remove Atlas Bo")


async def test_an_owner_who_is_removed_stays_the_owner(stage: Stage) -> None:
    said = await answer(stage, "team remove Atlas Ana")
    assert "remain its owner" in said


# --- show and list ------------------------------------------------------------------------------------------


async def test_a_team_shows_who_works_and_who_is_next_on_their_own_clocks(stage: Stage) -> None:
    said = await answer(stage, "team show Atlas")
    assert "1 of 3 is at work now" in said
    assert "Next is Chen, in 6 hours" in said
    assert "Ana: 10:00 in Lisbon, until 17:00. Hours: 09:00–17:00 (Mon–Fri)." in said
    assert "Chen: 03:00 in Los Angeles, from 09:00, in 6 hours" in said
    assert "Bo: 23:00 in Auckland, from Tue, 27 Oct at 09:00" in said
    assert said.index("Ana:") < said.index("Chen:") < said.index("Bo:")
    assert "channel set Atlas handoff here" in said


async def test_who_is_on_leave_is_shown_as_away_without_the_reason(stage: Stage) -> None:
    await stage.says("Chen", "me away until 2026-10-28 surgery")
    said = await answer(stage, "team show Atlas")
    assert "away, back Thu, 29 Oct at 09:00" in said
    assert "surgery" not in said


async def test_who_has_a_public_holiday_is_shown_so(stage: Stage) -> None:
    await stage.says("Bo", "me holidays NZ")  # Labour Day is Monday, 26 October 2026
    assert "public holiday, back Tue, 27 Oct at 09:00" in await answer(stage, "team show Atlas")


async def test_the_only_team_needs_no_name(stage: Stage) -> None:
    assert await answer(stage, "team show") == await answer(stage, "team show Atlas")


async def test_of_several_teams_all_are_listed_and_one_press_shows_one(stage: Stage) -> None:
    await stage.says("Ana", "team create Borealis")
    said = await answer(stage, "team show")
    assert said == await answer(stage, "team list")
    assert "Atlas: 3 members, 1 at work now" in said
    assert "Borealis: 1 member, 1 at work now" in said
    (shown,) = await stage.presses("Ana", "team show Borealis")
    assert "1 of 1 is at work now" in shown.text


async def test_an_empty_team_says_how_to_fill_it(stage: Stage) -> None:
    await stage.says("Ana", "team create Borealis")
    await stage.says("Ana", "team remove Borealis Ana")
    said = await answer(stage, "team show Borealis")
    assert "Nobody is in this team yet" in said
    assert "team add Borealis <member>" in said


async def test_without_teams_the_way_to_make_one_is_shown(stage: Stage) -> None:
    await stage.says("Ana", "team delete Atlas yes:yes")
    assert "Make one" in await answer(stage, "team show")
    assert "An admin makes one" in await answer(stage, "team list", "Bo")


async def test_a_team_is_shown_in_a_room(stage: Stage) -> None:
    said = await answer(stage, "!helio team show Atlas", "Bo", place="lobby")
    assert "Ana: 10:00 in Lisbon" in said
    assert "`!helio channel set Atlas handoff here`" in said


async def test_teams_are_spoken_of_in_spanish(stage: Stage) -> None:
    await stage.says("Ana", "me language es")
    said = await answer(stage, "team show Atlas")
    assert "Ahora trabaja 1 de 3." in said
    assert "Ana: 10:00 en Lisboa, hasta las 17:00." in said
    said = await answer(stage, "team create Boreal")
    assert "El equipo Boreal está creado" in said


# --- names and zones that are not clear ----------------------------------------------------------------------


async def test_a_team_keeps_its_name_without_a_word_of_change(stage: Stage) -> None:
    said = await answer(stage, "team rename Atlas Atlas")
    assert said.startswith("There is a team Atlas already, so nothing has changed.")


@pytest.mark.parametrize("chosen", ["2", "Los Angeles", "los ángeles."])
async def test_an_ambiguous_city_is_chosen_for_the_command_it_was_typed_in(stage: Stage, chosen: str) -> None:
    asked = await answer(stage, "team create Portland crew zone:Portland")
    assert "“Portland” can mean New York or Los Angeles." in asked
    await stage.says("Ana", chosen)
    assert (await teams(stage))["Portland crew"].zone == "America/Los_Angeles"


async def test_of_many_teams_only_those_with_a_like_name_are_shown(stage: Stage) -> None:
    async with stage.transaction() as tx:
        atlas = (await tx.people.teams((await stage.workspace()).id))[0]
        for number in range(12):
            await tx.people.create_team(replace(atlas, id=TeamId(0), name=f"Crew {number}"))
    said = await answer(stage, "team show Atals")
    assert said == (
        "There is no team “Atals” here. Did you mean Atlas? `team list` shows them all. Names with spaces go in quotes."
    )


@pytest.mark.parametrize("quoted", ["«North Sea»", "“North Sea”", "'North Sea'", '"North Sea"'])
async def test_a_name_is_understood_in_whatever_quotes_it_is_typed(stage: Stage, quoted: str) -> None:
    await stage.says("Ana", "team create North Sea")
    await stage.says("Ana", f"team add {quoted} Bo")
    assert set(await members(stage, "North Sea")) == {"Ana", "Bo"}


async def test_a_name_can_be_copied_from_what_the_bot_showed(stage: Stage) -> None:
    await stage.says("Ana", "team add Atlas @\u200bDee")
    assert "Dee" in await members(stage, "Atlas")
