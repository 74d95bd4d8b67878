"""Prompts: once for each local date, late or missed after downtime, and one reminder."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.api import OccurrenceState
from bot.testing.stage import Stage
from tests.cogs.standup.conftest import COGS, at, kinds, last, prompts, states


async def test_a_member_is_asked_at_the_time_on_working_days_only(stage: Stage) -> None:
    await stage.until(at(2, 12, month=11))
    assert [when for when, _ in prompts(stage, "Ana")] == [at(day, 9, 30) for day in range(26, 31)] + [
        at(2, 9, 30, month=11)
    ]


async def test_the_prompt_greets_lists_all_questions_and_offers_skip_and_snooze(asked: Stage) -> None:
    seen = last(asked, "Ana", "standup.prompt")
    assert "Hi Ana" in seen.text
    assert "1. What did you finish?\n2. What is next?\n3. Is anything in your way?" in seen.text
    assert "skip" in seen.text
    assert "snooze 1h" in seen.text
    assert (seen.parts[0].kind, seen.parts[0].date, seen.unasked) == ("standup.prompt", date(2026, 10, 26), True)
    assert seen.parts[0].key == "standup:1:prompt:1:2026-10-26"


async def test_the_prompt_recalls_what_the_member_planned(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. the docs\n3. none")
    await asked.until(at(27, 9, 30))
    assert "Your plan from Mon, 26 Oct:\n\n> the docs" in last(asked, "Ana", "standup.prompt").text


ZONES = ("Pacific/Auckland", "Asia/Kolkata", "Europe/London", "America/Los_Angeles", "Africa/Cairo")


@pytest.mark.parametrize(
    ("start", "days"), [(datetime(2026, 9, 24, tzinfo=UTC), 44), (datetime(2027, 3, 10, tzinfo=UTC), 26)]
)
async def test_each_working_date_is_asked_for_once_at_0930_through_clock_changes(start: datetime, days: int) -> None:
    async with Stage.create(start=start, cogs=COGS) as stage:
        crew = [await stage.member(zone, zone=zone, admin=True) for zone in ZONES]
        await stage.team("Atlas", *crew)
        await stage.says(ZONES[0], "standup create Atlas")
        await stage.until(start + timedelta(days=days))
        for zone in ZONES:
            got = prompts(stage, zone)
            local = [when.astimezone(ZoneInfo(zone)) for when, _ in got]
            assert {(wall.hour, wall.minute) for wall in local} == {(9, 30)}
            assert [wall.date() for wall in local] == [day for _, day in got]
            first = local[0].date()
            expected = [first + timedelta(days=n) for n in range((local[-1].date() - first).days + 1)]
            assert [wall.date() for wall in local] == [day for day in expected if day.weekday() < 5]


@pytest.mark.parametrize(
    ("hours", "expected"), [("11:00-19:00", at(26, 11)), ("22:00-06:00", at(26, 22)), ("06:00-10:00", at(26, 9, 30))]
)
async def test_the_prompt_comes_at_the_later_of_the_time_and_the_days_start(hours: str, expected: Any) -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", hours=hours, admin=True)
        await stage.team("Atlas", ana)
        await stage.says("Ana", "standup create Atlas")
        await stage.until(at(27, 5))
        assert prompts(stage, "Ana") == [(expected, date(2026, 10, 26))]


async def test_a_member_whose_day_ends_before_is_not_asked_and_the_owner_is_told_once() -> None:
    async with Stage.create(start=at(26, 9), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        bo = await stage.member("Bo", zone="Europe/Lisbon", hours="05:00-09:00")
        await stage.team("Atlas", ana, bo)
        await stage.says("Ana", "standup create Atlas")
        await stage.until(at(27, 12))
        await stage.says("Ana", "standup edit Atlas days:mon-thu")
        await stage.until(at(29, 12))
        assert prompts(stage, "Bo") == []
        warnings = [seen for seen in stage.to("Ana") if "standup.warning" in kinds([seen])]
        assert len(warnings) == 1
        assert (
            "Bo for Atlas updates (Mon–Fri): the standup is at 09:30, when their day (until 09:00) is over."
            in warnings[0].text
        )


async def test_leave_and_holidays_are_not_asked_for(stage: Stage) -> None:
    await stage.says("Ana", "me holidays PT")
    await stage.says("Ana", "me away until 2026-10-29 starting:2026-10-28")
    await stage.until(at(3, 8, month=12))
    days = [day for _, day in prompts(stage, "Ana") if day]
    assert date(2026, 10, 28) not in days
    assert date(2026, 10, 29) not in days
    assert date(2026, 12, 1) not in days  # the Restoration of Independence, a Tuesday
    assert date(2026, 12, 2) in days


async def test_a_prompt_missed_by_downtime_comes_late_and_says_so(stage: Stage) -> None:
    await stage.downtime(at(26, 9), at(26, 11))
    seen = last(stage, "Ana", "standup.prompt")
    assert (seen.at, seen.parts[0].date) == (at(26, 11), date(2026, 10, 26))
    assert "I am late: I was not running at 09:30" in seen.text
    async with stage.transaction() as tx:
        (occurrence,) = await tx.occurrences.find("standup:1")
    assert occurrence.late
    assert occurrence.due == at(26, 9, 30)


async def test_a_short_stop_is_no_reason_to_apologise(stage: Stage) -> None:
    await stage.downtime(at(26, 9, 29), at(26, 9, 33))
    assert "I am late" not in last(stage, "Ana", "standup.prompt").text


async def test_after_long_downtime_missed_dates_are_told_to_the_member_and_the_owner() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        bo = await stage.member("Bo", zone="Europe/Lisbon")
        await stage.team("Atlas", ana, bo)
        await stage.says("Ana", "standup create Atlas")
        await stage.downtime(at(26, 8), at(28, 11))
        assert prompts(stage, "Bo") == [(at(28, 11), date(2026, 10, 28))]
        told = last(stage, "Bo", "standup.missed")
        assert "on Mon, 26 Oct and Tue, 27 Oct: I was not running" in told.text
        assert kinds([told]) == ["standup.prompt", "standup.missed"]
        report = last(stage, "Ana", "standup.missed.admin").text
        assert "• Ana (Atlas): Mon, 26 Oct and Tue, 27 Oct\n• Bo (Atlas): Mon, 26 Oct and Tue, 27 Oct" in report
        assert await states(stage, bo.id) == {
            26: OccurrenceState.MISSED,
            27: OccurrenceState.MISSED,
            28: OccurrenceState.PROMPTED,
        }
        await stage.until(at(30, 9, 30))
        assert [day.day for _, day in prompts(stage, "Bo") if day] == [28, 29, 30]


async def test_a_day_missed_to_its_end_is_not_asked_for_in_the_evening(stage: Stage) -> None:
    await stage.downtime(at(26, 8), at(26, 18))
    assert prompts(stage, "Ana") == []
    await stage.until(at(27, 12))
    assert kinds(stage.to("Ana"))[-3:] == ["standup.missed", "standup.missed.admin", "standup.prompt"]
    assert [when for when, _ in prompts(stage, "Ana")] == [at(27, 9, 30)]


async def test_one_reminder_comes_two_hours_before_the_end(asked: Stage) -> None:
    seen = await asked.until(at(26, 17))
    assert [(one.at, kinds([one])) for one in seen] == [(at(26, 15), ["standup.reminder"])]
    assert "your day ends at 17:00" in seen[0].text


@pytest.mark.parametrize("said", ["1. a\n2. b\n3. none", "skip"])
async def test_who_has_answered_or_skipped_is_not_reminded(asked: Stage, said: str) -> None:
    await asked.says("Ana", said)
    assert await asked.until(at(26, 23)) == []


async def test_a_reminder_of_a_part_answered_update_names_what_is_open(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n3. none")
    (seen,) = await asked.until(at(26, 16))
    assert "Still open:\n\n2. What is next?" in seen.text


async def test_no_reminder_comes_within_two_hours_of_a_late_prompt(stage: Stage) -> None:
    await stage.downtime(at(26, 9), at(26, 13, 30))
    assert "standup.reminder" not in kinds(await stage.until(at(26, 23)))


async def test_who_left_for_the_day_is_not_reminded(asked: Stage) -> None:
    await asked.says("Ana", "me away until 2026-10-28")
    assert kinds(await asked.until(at(29, 9))) == []
    assert (await states(asked))[26] is OccurrenceState.EXCUSED


async def test_an_unanswered_day_lapses_at_its_end(asked: Stage) -> None:
    await asked.until(at(26, 16, 59))
    assert await states(asked) == {26: OccurrenceState.PROMPTED}
    await asked.until(at(26, 17))
    assert await states(asked) == {26: OccurrenceState.LAPSED}


async def test_part_answers_count_at_the_days_end(asked: Stage) -> None:
    await asked.says("Ana", "merged the parser")
    await asked.until(at(26, 18))
    assert await states(asked) == {26: OccurrenceState.ANSWERED}
