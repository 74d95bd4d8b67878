"""`me away until` and `me back`."""

from __future__ import annotations

from datetime import date

import pytest

from bot.api import Absence
from bot.testing.stage import Stage
from tests.cogs.people.test_settings import answer, stored

Dates = list[tuple[date, date, str]]


async def leave(stage: Stage, name: str = "Ana") -> Dates:
    member = await stored(stage, name)
    async with stage.transaction() as tx:
        absences: dict[int, list[Absence]] = {k: list(v) for k, v in (await tx.people.absences([member.id])).items()}
    return sorted((a.first, a.last, a.reason) for a in absences.get(member.id, []))


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


async def test_leave_runs_from_today_through_the_date_with_its_reason(stage: Stage) -> None:
    said = await answer(stage, "me away until 2026-11-03 family in Porto")
    assert await leave(stage) == [(day(10, 26), day(11, 3), "family in Porto")]
    assert "from today through Tue, 3 Nov" in said
    assert "family in Porto" in said
    assert "7 working days are excused" in said
    assert "first day back is Wed, 4 Nov" in said
    assert "me back" in said


async def test_a_reason_is_kept_on_one_line(stage: Stage) -> None:
    await stage.says("Ana", "me away until 2026-11-03 family\nin Porto")
    assert await leave(stage) == [(day(10, 26), day(11, 3), "family in Porto")]


async def test_leave_can_start_later(stage: Stage) -> None:
    said = await answer(stage, "me away until 2026-12-31 starting:2026-12-24")
    assert await leave(stage) == [(day(12, 24), day(12, 31), "")]
    assert "from Thu, 24 Dec through Thu, 31 Dec" in said


async def test_leave_of_one_day_is_today_only(stage: Stage) -> None:
    said = await answer(stage, "me away until 2026-10-26")
    assert await leave(stage) == [(day(10, 26), day(10, 26), "")]
    assert "1 working day is" in said or "The prompts of 1 working day are excused" in said


async def test_today_is_todays_date_where_the_person_is(stage: Stage) -> None:
    """It is Monday 23:00 in Auckland, and still Monday there half an hour before Tuesday."""
    await stage.says("Bo", "me timezone Pacific/Kiritimati")  # Tuesday, 00:00
    said = await answer(stage, "me away until 2026-10-26", "Bo")
    assert await leave(stage, "Bo") == []
    assert "Tue, 27 Oct" in said


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("me away until 2026-10-25", "me away until 2026-11-09"),
        ("me away until 2026-12-24 starting:2026-10-20", "me away until 2026-11-09"),
        ("me away until 2026-12-24 starting:2026-12-25", "starting:2026-11-02"),
        ("me away until 2031-01-01", "team leave"),
        ("me away until 9999-12-31 sure:yes", "team leave"),
        ("me away until 2026-02-30", "2027-01-31"),
        ("me away until whenever", "2027-01-31"),
        ("me away until 2026-12-24 " + "x" * 10_000, "100 characters"),
        ("me away until", "me away until friday"),
    ],
)
async def test_impossible_leave_changes_nothing_and_shows_the_right_form(stage: Stage, line: str, shown: str) -> None:
    said = await answer(stage, line)
    assert await leave(stage) == []
    assert shown in said


async def test_leave_of_more_than_a_year_is_noted_only_after_asking(stage: Stage) -> None:
    said = await answer(stage, "me away until 2028-01-07 a sabbatical")
    assert await leave(stage) == []
    assert "more than a year" in said
    await stage.says("Ana", "yes")
    assert await leave(stage) == [(day(10, 26), day(1, 7, 2028), "a sabbatical")]


async def test_a_new_end_takes_the_place_of_the_old_one(stage: Stage) -> None:
    await stage.says("Ana", "me away until 2026-11-20 family")
    said = await answer(stage, "me away until 2026-11-03")
    assert await leave(stage) == [(day(10, 26), day(11, 3), "")]
    assert "family" in said


async def test_other_leave_stays(stage: Stage) -> None:
    await stage.says("Ana", "me away until 2027-01-02 starting:2026-12-24 home")
    await stage.says("Ana", "me away until 2026-10-28 flu")
    assert await leave(stage) == [(day(10, 26), day(10, 28), "flu"), (day(12, 24), day(1, 2, 2027), "home")]


async def test_coming_back_ends_the_leave_that_runs_and_leaves_what_is_planned(stage: Stage) -> None:
    await stage.says("Ana", "me away until 2027-01-02 starting:2026-12-24 home")
    await stage.says("Ana", "me away until 2026-10-28 flu")
    said = await answer(stage, "me back")
    assert await leave(stage) == [(day(12, 24), day(1, 2, 2027), "home")]
    assert "Welcome back" in said
    assert "Still planned" in said
    assert "me away until 2026-10-28 flu" in said


async def test_coming_back_before_leaving_cancels_what_is_planned(stage: Stage) -> None:
    await stage.says("Ana", "me away until 2026-12-31 starting:2026-12-24 home")
    said = await answer(stage, "me back")
    assert await leave(stage) == []
    assert "Cancelled" in said
    assert "me away until 2026-12-31 starting:2026-12-24 home" in said


async def test_coming_back_from_nowhere_changes_nothing(stage: Stage) -> None:
    said = await answer(stage, "me back")
    assert "no leave noted" in said
    assert "me away until 2026-11-09" in said


async def test_leave_is_confirmed_in_spanish(stage: Stage) -> None:
    await stage.says("Ana", "me language es")
    said = await answer(stage, "me away until 2026-11-03 familia")
    assert "Estás fuera desde hoy hasta el mar, 3 nov, ese día incluido." in said
    assert "7 días de trabajo" in said
