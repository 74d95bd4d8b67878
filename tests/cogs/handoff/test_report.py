"""A team of one leg: its report, and when it comes."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.api import Kind
from tests.cogs.handoff.company import company, utc

ONE = {"Ana": "Europe/Lisbon", "Cy": "Europe/Berlin"}


async def test_the_report_comes_two_hours_after_the_last_of_its_standups() -> None:
    async with company(ONE) as c:
        await c.stage.until(utc(26, 8, 30))
        await c.prompted(utc(26, 8, 30), "Cy")
        await c.writes("Cy", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 9, 30))
        await c.prompted(utc(26, 9, 30), "Ana")
        await c.stage.until(utc(26, 12))
        (post,) = c.channel()
        assert post.at == utc(26, 11, 30)
        assert post.text == "▌ Atlas: report for Mon, 26 Oct\n\n▌ ✅ Done\n\nCy: x"


async def test_it_follows_the_standup_of_the_team_and_not_of_one_member() -> None:
    async with company(ONE) as c:
        await c.prompted(utc(26, 13), "Cy", subject="standup:2")
        await c.prompted(utc(26, 9), "Ana", "Cy")
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 15))
        assert [seen.at for seen in c.channel()] == [utc(26, 11)]


async def test_without_any_standup_it_comes_two_and_a_half_hours_into_the_day() -> None:
    async with company(ONE) as c:
        await c.stage.until(utc(26, 9, 45))
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 12))
        assert [seen.at for seen in c.channel()] == [utc(26, 11, 30)]


@pytest.mark.parametrize(
    ("prompted", "answered", "posted"),
    [(None, utc(26, 13), utc(26, 13)), (utc(26, 14), utc(26, 14, 5), utc(26, 16))],
)
async def test_a_report_that_nobody_wrote_for_waits_for_the_first_answer(
    prompted: datetime | None, answered: datetime, posted: datetime
) -> None:
    async with company(ONE) as c:
        await c.stage.until(prompted or answered)
        if prompted:
            await c.prompted(prompted, "Ana", "Cy")
        await c.stage.until(answered)
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 17))
        assert [seen.at for seen in c.channel()] == [posted]


async def test_the_admin_sets_the_hour_on_the_teams_clock() -> None:
    async with company(ONE) as c:
        (reply,) = await c.stage.says("Ana", "handoff report Atlas at:15:00")
        assert reply.text == "Atlas gets its report at 15:00 (Lisbon)."
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 16))
        assert [seen.at for seen in c.channel()] == [utc(26, 15)]
        (reply,) = await c.stage.says("Ana", "handoff report Atlas")
        assert reply.text == "Atlas gets its report two hours after its standup."


async def test_answers_after_the_report_amend_it_and_there_is_one_a_day() -> None:
    async with company(ONE) as c:
        for day in (26, 27):
            await c.stage.until(utc(day, 10))
            await c.writes("Ana", (Kind.DONE, f"on {day}"), day=date(2026, 10, day))
            await c.stage.until(utc(day, 14))
            await c.writes("Cy", (Kind.NEXT, f"more on {day}"), day=date(2026, 10, day))
        await c.stage.until(utc(28, 0))
        assert [seen.text.splitlines()[0] for seen in c.channel()] == [
            "▌ Atlas: report for Mon, 26 Oct",
            "▌ Atlas: report for Tue, 27 Oct",
        ]
        assert ["more on" in seen.text for seen in c.channel("handoff.edit")] == [True, True]


async def test_a_team_that_works_on_no_weekend_has_no_report_there() -> None:
    async with company(ONE, start=utc(30, 12)) as c:
        await c.stage.until(utc(2, 8, month=11))
        assert c.stage.seen == []
