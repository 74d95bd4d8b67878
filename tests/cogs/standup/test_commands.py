"""What administrators set up, and what everyone may see of it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.api import OccurrenceState
from bot.testing.stage import Stage
from tests.cogs.standup.conftest import COGS, at, atlas, kinds, last, prompts, states


async def test_create_says_when_everyone_is_asked() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        kai = await stage.member("Kai", zone="Pacific/Auckland")
        await stage.team("Atlas", ana, kai)
        await stage.says("Ana", "standup create Atlas at:10:15 days:mon,wed")
        seen = last(stage, "Ana", "standup.standup_create")
        assert "Atlas now has a standup: 10:15, Mon and Wed." in seen.text
        assert "• Ana: Mon, 26 Oct, 10:15 in Lisbon\n• Kai: Wed, 28 Oct, 10:15 in Auckland" in seen.text


async def test_a_team_has_one_standup(stage: Stage) -> None:
    (seen,) = await stage.says("Ana", "standup create Atlas at:11:00")
    assert "Atlas has a standup already: 09:30, Mon–Fri." in seen.text
    assert "standup edit Atlas" in seen.text
    await stage.until(at(26, 12))
    assert prompts(stage, "Ana") == [(at(26, 9, 30), date(2026, 10, 26))]


@pytest.mark.parametrize(
    "command",
    [
        "standup create Atlas",
        "standup edit Atlas at:10:00",
        "standup delete Atlas",
        "standup now Atlas",
        "standup pause Atlas",
        "standup resume Atlas",
        "standup questions Atlas set: A?",
    ],
)
async def test_members_change_nothing(stage: Stage, command: str) -> None:
    await stage.member("Bo", zone="Europe/Lisbon")
    (seen,) = await stage.says("Bo", command)
    assert "admin" in seen.text.lower()
    assert prompts(stage, "Ana") == []
    await stage.until(at(26, 9, 30))
    assert "What did you finish?" in last(stage, "Ana", "standup.prompt").text


@pytest.mark.parametrize(
    ("command", "wrong", "form"),
    [
        ("standup create Atlantis", "Atlantis", "Atlas"),
        ("standup create Atlas at:25:00", "25:00", "09:30"),
        ("standup create Atlas days:someday", "someday", "Mon–Fri"),
        ("standup edit Atlas", "What should change?", "standup edit Atlas at:10:00"),
        ("standup edit Atlas every:0", "every 1 to 12 weeks, not every 0", "`standup edit Atlas every:2`"),
        ("standup resume Atlas", "Atlas is not paused", ""),
        ("standup questions Atlas set: A? || B?", "One of the questions is empty.", "blocker:"),
        ("standup questions Atlas set: |", "There is no question in that.", "blocker:"),
        (f"standup questions Atlas set: {'x' * 301}", "longer than 300 characters", "blocker:"),
        (f"standup questions Atlas set: {'|'.join('abcdefghijk')}", "more than 10 questions", "blocker:"),
    ],
)
async def test_bad_input_is_explained_and_changes_nothing(stage: Stage, command: str, wrong: str, form: str) -> None:
    (seen,) = await stage.says("Ana", command)
    assert wrong in seen.text
    assert form in seen.text
    await stage.until(at(26, 9, 30))
    assert "1. What did you finish?" in last(stage, "Ana", "standup.prompt").text


async def test_a_team_without_a_standup_is_told_how_to_start_one() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", admin=True)
        await stage.team("Red Team", ana)
        (seen,) = await stage.says("Ana", "standup show Red Team")
        assert 'Red Team has no standup. To start one: `standup create "Red Team" at:09:30 days:mon-fri`' in seen.text
        (seen,) = await stage.says("Ana", "standup show")
        assert "No team here has a standup yet." in seen.text


async def test_every_second_week() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        await stage.team("Atlas", ana)
        (seen,) = await stage.says("Ana", "standup create Atlas days:mon every:2")
        assert "every 2 weeks" in seen.text
        await stage.until(at(30, 12, month=11))
        assert [day for _, day in prompts(stage, "Ana")] == [
            date(2026, 10, 26), date(2026, 11, 9), date(2026, 11, 23)
        ]  # fmt: skip


# --- edit -----------------------------------------------------------------------------------------------------


async def test_moving_the_time_after_the_prompt_asks_nobody_twice(asked: Stage) -> None:
    await asked.says("Ana", "standup edit Atlas at:11:00")
    await asked.until(at(27, 12))
    assert [when for when, _ in prompts(asked, "Ana")] == [at(26, 9, 30), at(27, 11)]


async def test_moving_the_time_before_the_prompt_moves_it(stage: Stage) -> None:
    await stage.until(at(26, 9))
    await stage.says("Ana", "standup edit Atlas at:14:00")
    await stage.until(at(26, 23))
    assert [when for when, _ in prompts(stage, "Ana")] == [at(26, 14)]


async def test_moving_the_time_into_the_past_asks_those_at_once_who_had_it_to_come(stage: Stage) -> None:
    await stage.says("Ana", "standup edit Atlas at:15:00")
    await stage.until(at(26, 14))
    seen = await stage.says("Ana", "standup edit Atlas at:09:30")
    assert "Who would have been asked later today is asked now." in " ".join(one.text for one in seen)
    assert prompts(stage, "Ana") == [(at(26, 14), date(2026, 10, 26))]
    assert "I am late" not in last(stage, "Ana", "standup.prompt").text
    await stage.until(at(27, 12))
    assert [when for when, _ in prompts(stage, "Ana")] == [at(26, 14), at(27, 9, 30)]


async def test_a_standup_created_after_its_time_asks_tomorrow() -> None:
    async with Stage.create(start=at(26, 12), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        await stage.team("Atlas", ana)
        await stage.says("Ana", "standup create Atlas")
        await stage.until(at(27, 12))
        assert [when for when, _ in prompts(stage, "Ana")] == [at(27, 9, 30)]


async def test_new_days(stage: Stage) -> None:
    await stage.says("Ana", "standup edit Atlas days:tue,thu")
    await stage.until(at(31, 12))
    assert [day.day for _, day in prompts(stage, "Ana") if day] == [27, 29]


# --- delete, pause, now ---------------------------------------------------------------------------------------


async def test_delete_asks_first(stage: Stage) -> None:
    (seen,) = await stage.says("Ana", "standup delete Atlas")
    assert "Stop asking Atlas for updates?" in seen.text
    await stage.says("Ana", "yes")
    await stage.until(at(27, 12))
    assert prompts(stage, "Ana") == []


async def test_a_standup_made_again_the_same_day_asks_nobody_twice(asked: Stage) -> None:
    await asked.says("Ana", "standup delete Atlas yes:yes")
    await asked.says("Ana", "standup create Atlas at:11:00")
    await asked.until(at(27, 12))
    assert [when for when, _ in prompts(asked, "Ana")] == [at(26, 9, 30), at(27, 11)]


async def test_pause_asks_nobody_until_resume(stage: Stage) -> None:
    (seen,) = await stage.says("Ana", "standup pause Atlas")
    assert "standup resume Atlas" in seen.text
    await stage.until(at(28, 12))
    assert prompts(stage, "Ana") == []
    await stage.says("Ana", "standup resume Atlas")
    await stage.until(at(29, 12))
    assert prompts(stage, "Ana") == [(at(29, 9, 30), date(2026, 10, 29))]


async def test_what_is_open_can_be_answered_through_a_pause(asked: Stage) -> None:
    await asked.says("Ana", "standup pause Atlas")
    await asked.says("Ana", "1. a\n2. b\n3. c")
    assert await states(asked) == {26: OccurrenceState.ANSWERED}


async def test_now_asks_those_at_work_and_their_prompt_is_not_sent_again() -> None:
    async with Stage.create(start=at(26, 9, 10), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        kai = await stage.member("Kai", zone="Pacific/Auckland")
        await stage.team("Atlas", ana, kai)
        await stage.says("Ana", "standup create Atlas")
        seen = await stage.says("Ana", "standup now Atlas")
        reply = " ".join(one.text for one in seen)
        assert "Asked now: Ana." in reply
        assert "• Kai: Tue, 27 Oct, 09:30 in Auckland" in reply
        again = await stage.says("Ana", "standup now Atlas")
        assert "Asked for today already: Ana." in again[0].text
        await stage.until(at(27, 9, 40))
        assert [when for when, _ in prompts(stage, "Ana")] == [at(26, 9, 10), at(27, 9, 30)]
        assert len(prompts(stage, "Kai")) == 1


async def test_now_is_not_for_a_paused_standup(stage: Stage) -> None:
    await stage.says("Ana", "standup pause Atlas")
    (seen,) = await stage.says("Ana", "standup now Atlas")
    assert "Atlas is paused." in seen.text


# --- questions ------------------------------------------------------------------------------------------------


async def test_own_questions_are_asked_from_the_next_prompt_on(asked: Stage) -> None:
    await asked.says("Ana", "standup questions Atlas set: What went well? | blocker: Any trouble?")
    (seen,) = await asked.says("Ana", "a")
    assert "2 of 3: What is next?" in seen.text
    await asked.until(at(27, 9, 30))
    assert "1. What went well?\n2. Any trouble?" in last(asked, "Ana", "standup.prompt").text
    (receipt,) = await asked.says("Ana", "What went well? lunch\nAny trouble? no keys")
    assert "1 blocker and 1 note" in receipt.text


async def test_reset_goes_back_to_the_usual_questions(stage: Stage) -> None:
    await stage.says("Ana", "standup questions Atlas set: What went well?")
    await stage.says("Ana", "standup questions Atlas reset")
    await stage.until(at(26, 9, 30))
    assert "1. What did you finish?" in last(stage, "Ana", "standup.prompt").text


async def test_one_question_needs_no_numbers(stage: Stage) -> None:
    await stage.says("Ana", "standup questions Atlas set: done: What went well?")
    await stage.until(at(26, 9, 30))
    assert "numbers" not in last(stage, "Ana", "standup.prompt").text
    (receipt,) = await stage.says("Ana", "lunch")
    assert kinds([receipt]) == ["standup.receipt"]


async def test_everyone_may_see_the_questions(stage: Stage) -> None:
    await stage.member("Bo")
    (seen,) = await stage.says("Bo", "standup questions Atlas")
    assert "1. What did you finish?" in seen.text


# --- show -----------------------------------------------------------------------------------------------------


async def crew(stage: Stage) -> None:
    """Bo joins, there is a channel, and the day passes."""
    bo = await stage.member("Bo", zone="Europe/Lisbon")
    async with stage.transaction() as tx:
        await tx.people.add_to_team(await atlas(tx), bo)
    stage.room("lounge")
    await stage.until(at(26, 18))


async def test_an_admin_sees_everyones_day(stage: Stage) -> None:
    await crew(stage)
    (seen,) = await stage.says("Ana", "standup show")
    assert "▌ Atlas: 09:30, Mon–Fri" in seen.text
    assert "• Ana: not answered\n• Bo: not answered" in seen.text
    assert "• Bo: Tue, 27 Oct, 09:30 in Lisbon" in seen.text


async def test_a_member_sees_their_own_day_only(stage: Stage) -> None:
    await crew(stage)
    (seen,) = await stage.says("Bo", "standup show Atlas")
    assert "• Bo: not answered" in seen.text
    assert "Ana: not answered" not in seen.text


async def test_a_channel_sees_nobodys_day(stage: Stage) -> None:
    await crew(stage)
    (seen,) = await stage.says("Ana", "!helio standup show Atlas", place="lounge")
    assert "not answered" not in seen.text
    assert "09:30, Mon–Fri" in seen.text


async def test_leave_is_shown_as_excused(stage: Stage) -> None:
    await stage.says("Ana", "me away until 2026-10-27")
    await stage.until(at(26, 12))
    (seen,) = await stage.says("Ana", "standup show")
    assert "• Ana: excused" in seen.text
