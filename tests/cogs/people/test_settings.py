"""`me timezone`, `me hours`, `me language` and `me holidays`."""

from __future__ import annotations

from datetime import time

import pytest

from bot.api import Hours, Member, WorkingWeek
from bot.testing.stage import Stage


async def stored(stage: Stage, name: str) -> Member:
    async with stage.transaction() as tx:
        members = await tx.people.members_of_workspace((await stage.workspace()).id)
    return next(member for member in members if member.name == name)


async def answer(stage: Stage, text: str, name: str = "Ana") -> str:
    (seen,) = await stage.says(name, text)
    return seen.text


# --- timezone -----------------------------------------------------------------------------------------------


async def test_a_city_sets_the_zone_and_shows_its_time_and_the_way_back(stage: Stage) -> None:
    said = await answer(stage, "me timezone Kolkata")
    assert (await stored(stage, "Ana")).zone == "Asia/Kolkata"
    assert "In Kolkata it is 3:30\N{NO-BREAK SPACE}pm now (Mon, 26 Oct)." in said  # as it is written there
    assert "me timezone Europe/Lisbon" in said


async def test_the_way_back_works(stage: Stage) -> None:
    before = await stored(stage, "Ana")
    await stage.says("Ana", "me timezone Kolkata")
    await stage.says("Ana", "me timezone Europe/Lisbon")
    assert await stored(stage, "Ana") == before


async def test_a_zone_that_was_only_the_teams_is_known_once_it_is_said(stage: Stage) -> None:
    await stage.member("Cy", zone="Europe/Lisbon", zone_known=False)
    said = await answer(stage, "me timezone Europe/Lisbon", "Cy")
    assert (await stored(stage, "Cy")).zone_known
    assert "To undo" not in said


async def test_an_unknown_city_changes_nothing_and_names_the_nearest(stage: Stage) -> None:
    before = await stored(stage, "Ana")
    said = await answer(stage, "me timezone Lisbonn")
    assert await stored(stage, "Ana") == before
    assert "Lisbon" in said


async def test_a_time_lists_the_zones_where_it_is_that_time_and_one_press_chooses(stage: Stage) -> None:
    said = await answer(stage, "me timezone 15:30")
    assert "15:30" in said
    assert (await stored(stage, "Ana")).zone == "Europe/Lisbon"
    await stage.presses("Ana", "me timezone Asia/Kolkata")
    assert (await stored(stage, "Ana")).zone == "Asia/Kolkata"


async def test_no_zone_shows_the_right_form(stage: Stage) -> None:
    assert "me timezone Lisbon" in await answer(stage, "me timezone")


# --- hours --------------------------------------------------------------------------------------------------


async def test_hours_and_days_are_confirmed_with_the_way_back(stage: Stage) -> None:
    said = await answer(stage, "me hours 08:30-16:00 mon-thu")
    week = (await stored(stage, "Ana")).week
    assert week == WorkingWeek.uniform(Hours(time(8, 30), time(16)), frozenset(range(4)))
    assert "08:30–16:00 (Mon–Thu)" in said
    assert "me hours 09:00-17:00 mon-fri" in said
    assert "at work until 16:00" in said


async def test_hours_of_one_day_can_leave_the_others_as_they_are(stage: Stage) -> None:
    await stage.says("Ana", "me hours 10:00-14:00 fri keep:yes")
    week = (await stored(stage, "Ana")).week
    assert week.on(4) == Hours(time(10), time(14))
    assert week.on(0) == Hours(time(9), time(17))


async def test_hours_of_one_day_say_how_the_others_are_kept(stage: Stage) -> None:
    said = await answer(stage, "me hours 10:00-14:00 fri")
    assert "me hours 10:00-14:00 fri keep:yes" in said


async def test_hours_that_end_before_they_start_are_a_night_shift_only_after_asking(stage: Stage) -> None:
    before = await stored(stage, "Ana")
    said = await answer(stage, "me hours 22:00-06:00 mon-fri")
    assert await stored(stage, "Ana") == before
    assert "22:00" in said
    assert "me hours 06:00-22:00 mon-fri" in said
    await stage.says("Ana", "me hours 22:00-06:00 mon-fri night:yes")
    assert (await stored(stage, "Ana")).week == WorkingWeek.uniform(Hours(time(22), time(6)))


async def test_yes_to_the_question_makes_it_a_night_shift(stage: Stage) -> None:
    await stage.says("Ana", "me hours 22:00-06:00 mon-fri")
    (seen,) = await stage.says("Ana", "yes")
    assert (await stored(stage, "Ana")).week == WorkingWeek.uniform(Hours(time(22), time(6)))
    assert "overnight" in seen.text


@pytest.mark.parametrize(
    "line",
    [
        "me hours 09:00-09:00",
        "me hours 00:00-16:01",
        "me hours 18:00-17:00",
        "me hours 18:00-17:00 mon-fri night:yes",
        "me hours 9-5",
        "me hours all day",
        "me hours 09:00-25:00",
        "me hours 09:00-17:00 someday",
        "me hours",
    ],
)
async def test_hours_that_nobody_works_change_nothing_and_show_the_right_form(stage: Stage, line: str) -> None:
    before = await stored(stage, "Ana")
    said = await answer(stage, line)
    assert await stored(stage, "Ana") == before
    assert "09:00-17:30" in said or "Mon–Fri" in said


async def test_sixteen_hours_are_still_a_working_day(stage: Stage) -> None:
    await stage.says("Ana", "me hours 06:00-22:00 sat")
    assert (await stored(stage, "Ana")).week.on(5) == Hours(time(6), time(22))


# --- language -----------------------------------------------------------------------------------------------


async def test_the_reply_to_a_new_language_is_in_it(stage: Stage) -> None:
    said = await answer(stage, "me language español")
    assert (await stored(stage, "Ana")).language == "es"
    assert "Desde ahora te escribo en español" in said
    assert "me language en" in said


async def test_an_unknown_language_changes_nothing_and_names_those_there_are(stage: Stage) -> None:
    before = await stored(stage, "Ana")
    said = await answer(stage, "me language klingon")
    assert await stored(stage, "Ana") == before
    assert "Spanish" in said


# --- holidays -----------------------------------------------------------------------------------------------


async def test_a_holidays_calendar_is_confirmed_by_its_next_day(stage: Stage) -> None:
    said = await answer(stage, "me holidays PT")
    assert (await stored(stage, "Ana")).holidays == "PT"
    assert "1 Nov" in said
    assert "me holidays none" in said


async def test_holidays_are_cleared_with_the_way_back(stage: Stage) -> None:
    await stage.says("Ana", "me holidays US-CA")
    said = await answer(stage, "me holidays none")
    assert (await stored(stage, "Ana")).holidays is None
    assert "me holidays US-CA" in said


async def test_an_unknown_calendar_changes_nothing(stage: Stage) -> None:
    before = await stored(stage, "Ana")
    said = await answer(stage, "me holidays XX")
    assert await stored(stage, "Ana") == before
    assert "US-CA" in said


# --- in Spanish, in a room ----------------------------------------------------------------------------------


async def test_settings_are_confirmed_in_spanish(stage: Stage) -> None:
    await stage.member("Eva", zone="Europe/Madrid", language="es")
    said = await answer(stage, "me hours 10:00-18:30 lun-vie", "Eva")
    assert "Tu horario de trabajo: 10:00–18:30 (lun–vie)." in said
    assert "Hora actual en Madrid: 11:00" in said
    assert "Para deshacerlo" in said


async def test_settings_can_be_told_in_a_room(stage: Stage) -> None:
    stage.room("lobby")
    (seen,) = await stage.says("Bo", "!helio me timezone Kolkata", place="lobby")
    assert seen.to == "channel:lobby"
    assert (await stored(stage, "Bo")).zone == "Asia/Kolkata"
    assert "`!helio me timezone Pacific/Auckland`" in seen.text


# --- as people type -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["me hours 08:30 - 16:00", "me hours 08:30 to 16:00", "me hours ０８:３０－１６:００", "`me hours 8:30–16:00`"],
)
async def test_hours_are_read_however_they_are_spaced(stage: Stage, text: str) -> None:
    await stage.says("Ana", text)
    assert (await stored(stage, "Ana")).week == WorkingWeek.uniform(Hours(time(8, 30), time(16)))


@pytest.mark.parametrize("chosen", ["1", "yes", "lisbon"])
async def test_the_nearest_city_is_taken_by_its_number_its_name_or_a_yes(stage: Stage, chosen: str) -> None:
    await stage.says("Ana", "me timezone Kolkata")
    assert "Did you mean Reykjavik?" in await answer(stage, "me timezone Reykjavikk")
    await stage.says("Ana", chosen.replace("lisbon", "Reykjavík"))
    assert (await stored(stage, "Ana")).zone == "Atlantic/Reykjavik"
