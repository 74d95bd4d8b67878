"""The welcome, `me show` and `team leave`."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.api import Purpose
from bot.testing.stage import Stage
from bot.testing.transcript import Seen
from tests.cogs.people.test_settings import answer, stored


def welcomes(stage: Stage, name: str) -> list[Seen]:
    return [seen for seen in stage.to(name) if any(part.kind == "people.welcome" for part in seen.parts)]


async def test_somebody_new_without_a_zone_is_asked_for_it_once(stage: Stage) -> None:
    stage.account("Cy")
    await stage.says("Ana", "team add Atlas Cy")
    await stage.says("Ana", "team create Borealis")
    await stage.says("Ana", "team add Borealis Cy")
    await stage.says("Ana", "team remove Atlas Cy")
    await stage.says("Ana", "team add Atlas Cy")
    await stage.until(datetime(2026, 11, 2, 12, tzinfo=UTC))
    (welcome,) = welcomes(stage, "Cy")
    for told in ("Atlas", "me timezone Lisbon", "09:00–17:00", "Who can read", "admins", "me away until", "team leave"):
        assert told in welcome.text
    assert "Lisbon" in welcome.text


async def test_a_welcome_waits_for_working_hours(stage: Stage) -> None:
    stage.account("Cy")
    await stage.until(datetime(2026, 10, 26, 20, tzinfo=UTC))
    await stage.says("Ana", "team add Atlas Cy")
    assert welcomes(stage, "Cy") == []
    await stage.until(datetime(2026, 10, 27, 12, tzinfo=UTC))
    (welcome,) = welcomes(stage, "Cy")
    assert welcome.at >= datetime(2026, 10, 27, 9, tzinfo=UTC)
    assert welcome.unasked


async def test_somebody_whose_zone_is_known_is_not_asked_for_it(stage: Stage) -> None:
    await stage.member("Di", zone="Europe/Lisbon")
    await stage.says("Ana", "team add Atlas Di")
    (welcome,) = welcomes(stage, "Di")
    assert "Who can read" in welcome.text
    assert "me timezone" not in welcome.text


async def test_whoever_is_only_renamed_or_given_a_channel_is_not_welcomed(stage: Stage) -> None:
    stage.room("lobby")
    before = len(welcomes(stage, "Ana"))
    await stage.says("Ana", "team rename Atlas Polaris")
    await stage.says("Ana", "!helio channel set Polaris handoff here", place="lobby")
    assert len(welcomes(stage, "Ana")) == before


async def test_the_welcome_is_in_the_persons_language(stage: Stage) -> None:
    await stage.member("Eva", zone="Europe/Madrid", language="es", zone_known=False)
    await stage.says("Ana", "team add Atlas Eva")
    (welcome,) = welcomes(stage, "Eva")
    assert "¿Dónde estás?" in welcome.text
    assert "Quién puede leer" in welcome.text


# --- me show ------------------------------------------------------------------------------------------------


async def test_people_see_all_that_is_known_of_them_and_who_reads_it(stage: Stage) -> None:
    await stage.says("Ana", "me holidays PT")
    await stage.says("Ana", "me away until 2026-12-31 starting:2026-12-24 home")
    said = await answer(stage, "me show")
    for known in (
        "Ana",
        "Lisbon, 10:00 now",
        "09:00–17:00 (Mon–Fri)",
        "English",
        "PT",
        "Thu, 24 Dec to Thu, 31 Dec (home)",
        "Atlas",
        "Console",
        "Who can read",
    ):
        assert known in said


async def test_a_zone_that_is_only_the_teams_is_said_to_be_so(stage: Stage) -> None:
    await stage.member("Cy", zone="Europe/Lisbon", zone_known=False)
    assert "you have not told me yours" in await answer(stage, "me show", "Cy")


async def test_where_others_read_along_reasons_and_accounts_stay_private(stage: Stage) -> None:
    stage.room("lobby")
    await stage.says("Bo", "me away until 2026-12-31 surgery")
    (seen,) = await stage.says("Bo", "!helio me show", place="lobby")
    assert "31 Dec" in seen.text
    assert "surgery" not in seen.text
    assert "Accounts" not in seen.text


async def test_people_see_what_is_known_of_them_in_spanish(stage: Stage) -> None:
    await stage.says("Ana", "me language es")
    said = await answer(stage, "me show")
    assert "Lo que sé de ti" in said
    assert "Horario de trabajo: 9:00–17:00 (lun–vie)" in said


# --- leaving a team -----------------------------------------------------------------------------------------


async def test_people_leave_a_team_themselves(stage: Stage) -> None:
    said = await answer(stage, "team leave Atlas", "Bo")
    bo = await stored(stage, "Bo")
    async with stage.transaction() as tx:
        assert not await tx.people.teams_of(bo.id)
    assert "out of Atlas" in said
    assert bo.active


async def test_an_owner_who_leaves_is_told_that_they_stay_the_owner(stage: Stage) -> None:
    assert "remain its owner" in await answer(stage, "team leave Atlas")


async def test_leaving_no_team_by_name_asks_which_and_changes_nothing(stage: Stage) -> None:
    said = await answer(stage, "team leave", "Bo")
    assert "Atlas" in said
    bo = await stored(stage, "Bo")
    async with stage.transaction() as tx:
        assert [team.name for team in await tx.people.teams_of(bo.id)] == ["Atlas"]
    await stage.presses("Bo", "team leave Atlas")
    async with stage.transaction() as tx:
        assert not await tx.people.teams_of(bo.id)


async def test_leaving_a_team_one_is_not_in_changes_nothing(stage: Stage) -> None:
    await stage.member("Di", zone="Europe/Lisbon")
    assert "You are not in Atlas" in await answer(stage, "team leave Atlas", "Di")
    assert "You are in no team" in await answer(stage, "team leave", "Di")


async def test_a_channel_of_the_team_is_no_place_for_a_welcome(stage: Stage) -> None:
    ana = await stored(stage, "Ana")
    async with stage.transaction() as tx:
        (team,) = await tx.people.teams_of(ana.id)
    await stage.channel(team, Purpose.HANDOFF, "handoffs")
    stage.account("Cy")
    await stage.says("Ana", "team add Atlas Cy")
    assert stage.inside("handoffs") == []
