"""Skip, snooze and update, at any time; and members of two teams."""

from __future__ import annotations

from datetime import date

import pytest

from bot.api import Kind, OccurrenceState
from bot.testing.stage import Stage
from cogs.admin import cog as admin
from cogs.people import cog as people
from cogs.standup import cog as standup
from tests.cogs.standup.conftest import ANA, COGS, MONDAY, at, entries, kinds, last, prompts, states, texts

# --- skip -----------------------------------------------------------------------------------------------------


async def test_skip_closes_the_day_without_fuss(asked: Stage) -> None:
    (seen,) = await asked.says("Ana", "skip")
    assert "All right, no Atlas update for Mon, 26 Oct." in seen.text
    assert await states(asked) == {26: OccurrenceState.SKIPPED}
    assert await asked.until(at(26, 23)) == []
    assert await states(asked) == {26: OccurrenceState.SKIPPED}


async def test_skip_by_the_button_and_by_a_reaction(asked: Stage) -> None:
    await asked.reacts("Ana", "⏭")
    assert await states(asked) == {26: OccurrenceState.SKIPPED}


async def test_skip_before_the_prompt_keeps_it_away(stage: Stage) -> None:
    await stage.until(at(26, 8))
    await stage.says("Ana", "skip")
    await stage.until(at(27, 10))
    assert prompts(stage, "Ana") == [(at(27, 9, 30), date(2026, 10, 27))]
    assert (await states(stage))[26] is OccurrenceState.SKIPPED


async def test_skip_after_part_of_the_answers_keeps_those(asked: Stage) -> None:
    await asked.says("Ana", "a")
    (seen,) = await asked.says("Ana", "skip")
    assert "What you wrote counts." in seen.text
    assert await texts(asked) == [(Kind.DONE, "a")]
    assert await states(asked) == {26: OccurrenceState.ANSWERED}


async def test_there_is_nothing_to_skip_once_all_is_answered(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    (seen,) = await asked.says("Ana", "skip")
    assert "There is nothing to skip" in seen.text
    assert "Tue, 27 Oct, 09:30" in seen.text


async def test_update_after_skip_opens_it_again(asked: Stage) -> None:
    await asked.says("Ana", "skip")
    (seen,) = await asked.says("Ana", "update")
    assert "1. What did you finish?" in seen.text
    assert await states(asked) == {26: OccurrenceState.PROMPTED}
    await asked.says("Ana", "1. a\n2. b\n3. c")
    assert await states(asked) == {26: OccurrenceState.ANSWERED}


async def test_update_with_text_after_skip_answers(asked: Stage) -> None:
    await asked.says("Ana", "skip")
    (seen,) = await asked.says("Ana", "update a")
    assert "2 of 3" in seen.text
    await asked.says("Ana", "b")
    assert await texts(asked) == [(Kind.DONE, "a"), (Kind.NEXT, "b")]


# --- snooze ---------------------------------------------------------------------------------------------------


async def test_snooze_asks_again_in_an_hour_and_is_no_second_prompt(asked: Stage) -> None:
    (seen,) = await asked.says("Ana", "snooze 1h")
    assert "again at 10:40" in seen.text
    seen_later = await asked.until(at(26, 12))
    assert [(one.at, kinds([one])) for one in seen_later] == [(at(26, 10, 40), ["standup.snoozed"])]
    assert len(prompts(asked, "Ana")) == 1


async def test_a_snoozed_question_that_is_answered_meanwhile_stays_away(asked: Stage) -> None:
    await asked.says("Ana", "snooze 1h")
    await asked.says("Ana", "1. a\n2. b\n3. c")
    assert await asked.until(at(26, 23)) == []


async def test_no_reminder_within_two_hours_of_a_snoozed_question(asked: Stage) -> None:
    await asked.says("Ana", "snooze 4h")
    assert kinds(await asked.until(at(26, 23))) == ["standup.snoozed"]


async def test_a_short_snooze_moves_no_reminder(asked: Stage) -> None:
    await asked.says("Ana", "snooze 10m")
    assert kinds(await asked.until(at(26, 23))) == ["standup.snoozed", "standup.reminder"]


@pytest.mark.parametrize(
    ("length", "wrong"),
    [("4m", "The shortest snooze is 5 minutes."), ("8h", "8 hours from now is after your day ends at 17:00")],
)
async def test_a_snooze_is_of_five_minutes_up_to_the_days_end(asked: Stage, length: str, wrong: str) -> None:
    (seen,) = await asked.says("Ana", f"snooze {length}")
    assert wrong in seen.text
    assert "snooze 30m" in seen.text
    assert kinds(await asked.until(at(26, 16))) == ["standup.reminder"]


async def test_after_the_days_end_there_is_no_time_to_snooze(asked: Stage) -> None:
    await asked.until(at(26, 17))
    (seen,) = await asked.says("Ana", "snooze 1h")
    assert "there is no time left to snooze" in seen.text


async def test_there_is_nothing_to_snooze_before_the_prompt(stage: Stage) -> None:
    await stage.until(at(26, 8))
    (seen,) = await stage.says("Ana", "snooze 1h")
    assert "There is no open question to snooze. Next time I ask you: Mon, 26 Oct, 09:30." in seen.text


# --- update ---------------------------------------------------------------------------------------------------


async def test_update_before_the_prompt_takes_its_place(stage: Stage) -> None:
    await stage.until(at(26, 7))
    (receipt,) = await stage.says("Ana", "update 1. a\n2. b\n3. c")
    assert kinds([receipt]) == ["standup.receipt"]
    assert {e.date for e in await entries(stage)} == {MONDAY}
    await stage.until(at(27, 10))
    assert prompts(stage, "Ana") == [(at(27, 9, 30), date(2026, 10, 27))]
    assert (await states(stage))[26] is OccurrenceState.ANSWERED


async def test_a_bare_update_before_the_prompt_asks_the_questions(stage: Stage) -> None:
    await stage.until(at(26, 8))
    (seen,) = await stage.says("Ana", "update")
    assert "Your Atlas update for Mon, 26 Oct:" in seen.text
    assert kinds([seen]) == ["standup.question"]
    await stage.says("Ana", "a")
    assert await texts(stage) == [(Kind.DONE, "a")]
    await stage.until(at(26, 12))
    assert prompts(stage, "Ana") == []


async def test_update_adds_to_an_answer_by_heading_or_number_else_as_a_note(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    await asked.says("Ana", "update blocker: c2")
    await asked.says("Ana", "update 1. a2")
    (confirmed, receipt) = await asked.says("Ana", "update lunch was good")
    assert "Added to your Atlas update" in confirmed.text
    assert receipt.op == "edit"
    assert "Added:\n\n> lunch was good" in receipt.text
    assert await texts(asked) == [
        (Kind.DONE, "a"),
        (Kind.NEXT, "b"),
        (Kind.BLOCKER, "c"),
        (Kind.BLOCKER, "c2"),
        (Kind.DONE, "a2"),
        (Kind.NOTE, "lunch was good"),
    ]


async def test_a_bare_update_shows_what_there_is_and_takes_what_comes(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    (seen,) = await asked.says("Ana", "update")
    assert "> a" in seen.text
    await asked.says("Ana", "2. b2")
    assert (Kind.NEXT, "b2") in await texts(asked)


async def test_an_update_command_can_be_edited_and_deleted(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    await asked.says("Ana", "update 1. a2")
    await asked.edits("Ana", 3, "update 1. a3")
    assert (Kind.DONE, "a3") in await texts(asked)
    await asked.deletes("Ana", 3)
    assert [text for _, text in await texts(asked)] == ["a", "b", "c"]


async def test_update_after_a_missed_day_still_counts_for_it(stage: Stage) -> None:
    await stage.downtime(at(26, 8), at(26, 18))
    await stage.says("Ana", "update 1. a\n2. b\n3. c")
    assert await states(stage) == {26: OccurrenceState.ANSWERED}


async def test_on_a_long_leave_no_update_is_due(stage: Stage) -> None:
    await stage.says("Ana", "me away until 2026-11-20")
    await stage.until(at(5, 12, month=11))
    (seen,) = await stage.says("Ana", "update hello")
    assert "No update of yours is due around now. Next time I ask you: Mon, 23 Nov, 09:30." in seen.text
    assert await entries(stage) == []


async def test_update_in_a_channel_answers_in_the_direct_chat(asked: Stage) -> None:
    asked.room("lounge")
    seen = await asked.says("Ana", "!helio update 1. a\n2. b\n3. c", place="lounge")
    where = {one.to: kinds([one]) for one in seen}
    assert where == {"dm:Ana": ["standup.receipt"], "channel:lounge": ["standup.update"]}
    assert len(await entries(asked)) == 3


async def test_without_a_standup_the_commands_say_so() -> None:
    async with Stage.create(start=at(26, 9), cogs=COGS) as stage:
        ana = await stage.member("Ana")
        await stage.team("Atlas", ana)
        for command in ("skip", "snooze 1h", "update", "standup mine"):
            (seen,) = [one for one in await stage.says("Ana", command) if "people.welcome" not in kinds([one])]
            assert "None of your teams has a standup yet." in seen.text


async def test_members_see_how_their_own_days_went(asked: Stage) -> None:
    await asked.until(at(27, 9, 40))
    await asked.says("Ana", "skip")
    (seen,) = await asked.says("Ana", "standup mine")
    assert "• Tue, 27 Oct: skipped\n• Mon, 26 Oct: not answered" in seen.text


# --- two teams ------------------------------------------------------------------------------------------------


@pytest.fixture
async def both(stage: Stage) -> Stage:
    """Ana is in Atlas and in Red Team, both asked at 09:30."""
    async with stage.transaction() as tx:
        ana = await tx.people.member(ANA)
    await stage.team("Red Team", ana)
    await stage.says("Ana", 'standup create "Red Team"')
    await stage.until(at(26, 9, 30))
    return stage


async def test_both_teams_prompts_come_once_each(both: Stage) -> None:
    await both.until(at(27, 10))
    keys = [part.key for seen in both.to("Ana") for part in seen.parts if part.kind == "standup.prompt"]
    assert sorted(keys) == [f"standup:{n}:prompt:1:2026-10-{day}" for n in (1, 2) for day in (26, 27)]


async def test_the_choices_name_their_team(both: Stage) -> None:
    assert 'skip "Red Team"' in last(both, "Ana", "standup.prompt").text
    await both.presses("Ana", 'skip "Red Team"')
    async with both.transaction() as tx:
        (red,) = await tx.occurrences.find("standup:2")
    assert red.state is OccurrenceState.SKIPPED
    assert await states(both) == {26: OccurrenceState.PROMPTED}


async def test_a_free_answer_is_asked_for_its_team_and_kept(both: Stage) -> None:
    (seen,) = await both.says("Ana", "1. a\n2. b\n3. c")
    assert "Atlas" in seen.text
    assert await entries(both) == []
    await both.says("Ana", "2")
    assert {entry.team for entry in await entries(both)} == {2}


@pytest.mark.parametrize("command", ["skip", "snooze 1h", "update"])
async def test_a_command_that_fits_both_is_asked_for_its_team(both: Stage, command: str) -> None:
    (seen,) = await both.says("Ana", command)
    assert "Which team is it for: Atlas or Red Team?" in seen.text
    assert f'{command} "Red Team"' in seen.text
    assert await states(both) == {26: OccurrenceState.PROMPTED}


async def test_a_command_may_name_its_team(both: Stage) -> None:
    await both.says("Ana", "skip Red Team")
    await both.says("Ana", "snooze 1h Atlas")
    assert kinds(await both.until(at(26, 11))) == ["standup.snoozed"]


async def test_an_update_may_name_its_team(both: Stage) -> None:
    await both.says("Ana", "skip Atlas")
    await both.says("Ana", "skip Red Team")
    await both.says("Ana", "update Red Team: 1. a\n2. b\n3. c")
    assert [(entry.team, entry.text) for entry in await entries(both)] == [(2, "a"), (2, "b"), (2, "c")]


# --- whoever is in no team, or in another ---------------------------------------------------------------------


@pytest.mark.parametrize("command", ["skip", "snooze 1h", "update hello", "standup mine"])
async def test_who_is_in_no_team_is_told_so(stage: Stage, command: str) -> None:
    await stage.member("Dee", language="es")
    (seen,) = await stage.says("Dee", command)
    assert seen.text.startswith("No estás en ningún equipo, así que no hay ninguna actualización que escribir.")


@pytest.mark.parametrize("command", ["skip Red", "snooze 1h Red"])
async def test_a_team_that_the_member_is_not_in_is_not_taken_for_theirs(asked: Stage, command: str) -> None:
    bo = await asked.member("Bo")
    await asked.team("Red", bo)
    await asked.settle()
    (seen,) = await asked.says("Ana", f"!helio {command}")
    assert seen.text == "You are not in Red, so I ask you nothing for it. Your teams are in `me show`."
    assert await states(asked) == {26: OccurrenceState.PROMPTED}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("update 2. the docs", [(Kind.NEXT, "the docs")]),
        ("Update next: the docs", [(Kind.NEXT, "the docs")]),
        ("update the docs", [(Kind.DONE, "update the docs")]),
    ],
)
async def test_with_a_question_open_update_is_a_command_where_it_names_a_question(
    asked: Stage, text: str, expected: list[tuple[Kind, str]]
) -> None:
    await asked.says("Ana", text)
    assert await texts(asked) == expected


async def test_an_edit_of_an_update_that_named_its_question_is_read_like_it(asked: Stage) -> None:
    await asked.says("Ana", "update 2. the docs")
    await asked.edits("Ana", 2, "update 2. the guide")
    assert await texts(asked) == [(Kind.NEXT, "the guide")]


# --- taken back after there is nothing to ask any more ---------------------------------------------------------


@pytest.mark.parametrize("end", ["team remove Atlas Bo", "team delete Atlas yes:yes", "standup delete Atlas yes:yes"])
async def test_what_is_taken_back_after_the_asking_stopped_opens_no_question(end: str) -> None:
    async with Stage.create(start=at(26, 0), cogs=(people, admin, standup)) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        bo = await stage.member("Bo", zone="Europe/Lisbon")
        await stage.team("Atlas", ana, bo)
        await stage.says("Ana", "standup create Atlas")
        await stage.until(at(26, 10))
        await stage.says("Bo", "1. a\n2. b\n3. c")
        await stage.says("Ana", end)
        (receipt,) = await stage.deletes("Bo", 1)
        assert "open again" not in receipt.text
        assert await entries(stage) == []
        (seen,) = await stage.says("Bo", "hello there, is anybody in")
        assert "I kept nothing of that" in seen.text
        before = len(stage.to("Bo"))
        await stage.until(at(26, 23))
        assert stage.to("Bo")[before:] == []


async def test_what_is_skipped_is_the_day_it_was_said_on_however_late_it_is_read(asked: Stage) -> None:
    asked.kill()
    asked.server.say("Ana", "skip")
    asked.clock.move_to(at(28, 8))
    await asked.restart()
    await asked.until(at(28, 9, 30))
    assert (await states(asked))[26] is OccurrenceState.SKIPPED
    assert prompts(asked, "Ana")[-1][1] == date(2026, 10, 28)


async def test_a_day_that_was_skipped_while_nobody_listened_is_not_missed(stage: Stage) -> None:
    stage.kill()
    stage.clock.move_to(at(26, 10))
    stage.server.say("Ana", "skip")
    stage.clock.move_to(at(27, 8))
    await stage.restart()
    await stage.until(at(27, 9, 30))
    assert await states(stage) == {26: OccurrenceState.SKIPPED, 27: OccurrenceState.PROMPTED}
    assert "standup.missed" not in kinds(stage.to("Ana"))


@pytest.mark.parametrize("emoji", ["⏭", "⏰"])
async def test_a_choice_under_yesterdays_prompt_leaves_todays_alone(asked: Stage, emoji: str) -> None:
    old = next(seen.message for seen in asked.to("Ana") if "standup.prompt" in kinds([seen]))
    await asked.until(at(27, 9, 40))
    asked.server.react("Ana", old, emoji)
    (seen,) = await asked.settle()
    assert "That was the prompt for Mon, 26 Oct" in seen.text
    assert (await states(asked))[27] is OccurrenceState.PROMPTED
