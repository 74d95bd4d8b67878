"""Updates written in a form, and what becomes of them."""

from __future__ import annotations

import pytest

from bot.api import Kind, OccurrenceState, State
from bot.engine.immediate import Refusal, ShownForm
from bot.testing.client import Client
from bot.testing.stage import Stage
from tests.cogs.standup.conftest import COGS, at, kinds, last, states, texts

MONDAYS = "write 2026-10-26 Atlas"
ALL = [(Kind.DONE, "a"), (Kind.NEXT, "b"), (Kind.BLOCKER, "c")]


def ana(stage: Stage) -> Client:
    """Her client, in her direct conversation with the bot."""
    return Client(stage, "Ana", waits=False)


async def opened(stage: Stage, line: str = MONDAYS) -> ShownForm:
    form = await ana(stage).opens(line)
    assert isinstance(form, ShownForm), form
    return form


async def test_the_form_has_the_questions(asked: Stage) -> None:
    form = await opened(asked)
    assert form.title == "Your Atlas update"
    assert [(field.name, field.label, field.value) for field in form.inputs] == [
        ("1", "What did you finish?", ""),
        ("2", "What is next?", ""),
        ("3", "Is anything in your way?", ""),
    ]


async def test_the_form_is_filled_in_with_what_was_planned_the_last_time(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. the docs\nthe tests\n3. -")
    await asked.until(at(27, 9, 30))
    form = await opened(asked, "write 2026-10-27 Atlas")
    assert [field.value for field in form.inputs] == ["the docs\nthe tests", "", ""]


async def test_what_is_sent_in_becomes_the_update(asked: Stage) -> None:
    seen = await ana(asked).sends(await opened(asked), {"1": "a", "2": "b", "3": "c"})
    assert kinds(seen) == ["standup.receipt"]
    assert await texts(asked) == ALL
    assert await states(asked) == {26: OccurrenceState.ANSWERED}


async def test_sent_in_twice_it_is_one_update(asked: Stage) -> None:
    form = await opened(asked)
    for _ in range(2):
        await ana(asked).sends(form, {"1": "a", "2": "b", "3": "c"})
    assert await texts(asked) == ALL


async def test_an_answer_in_a_form_is_whole_whatever_it_looks_like(asked: Stage) -> None:
    await ana(asked).sends(await opened(asked), {"1": "2. b\nNext: c", "2": "b", "3": "-"})
    assert [text for kind, text in await texts(asked) if kind is Kind.DONE] == ["b", "Next: c"]
    assert [text for kind, text in await texts(asked) if kind is Kind.NEXT] == ["b"]


async def test_what_is_left_empty_is_asked_for_afterwards(asked: Stage) -> None:
    seen = await ana(asked).sends(await opened(asked), {"1": "a"})
    assert "2 of 3: What is next?" in seen[-1].text
    seen = await asked.says("Ana", "2. b\n3. c")
    assert kinds(seen) == ["standup.receipt"]
    assert await texts(asked) == ALL


async def test_an_empty_field_for_blockers_says_that_there_are_none_as_the_form_tells(asked: Stage) -> None:
    form = await opened(asked)
    assert "Leave it empty" in form.inputs[2].hint
    seen = await ana(asked).sends(form, {"1": "a", "2": "b", "3": ""})
    assert kinds(seen) == ["standup.receipt"]
    assert await texts(asked) == [(Kind.DONE, "a"), (Kind.NEXT, "b")]


async def test_opened_again_it_shows_what_was_written(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    assert [field.value for field in (await opened(asked)).inputs] == ["a", "b", "c"]


async def test_a_changed_answer_takes_the_place_of_what_was_typed(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    await ana(asked).sends(await opened(asked), {"2": "better"})
    assert await texts(asked) == [(Kind.DONE, "a"), (Kind.NEXT, "better"), (Kind.BLOCKER, "c")]
    assert "better" in last(asked, "Ana", "standup.receipt").text


async def test_what_was_typed_to_another_question_stays_that_message(asked: Stage) -> None:
    await asked.says("Ana", "a")
    await asked.says("Ana", "b")
    await asked.says("Ana", "c")
    await ana(asked).sends(await opened(asked), {"2": "better"})
    await asked.edits("Ana", 2, "a, and more")  # the first was the standup's making
    assert await texts(asked) == [(Kind.DONE, "a, and more"), (Kind.NEXT, "better"), (Kind.BLOCKER, "c")]


async def test_sent_in_as_it_was_it_changes_nothing(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    (seen,) = await ana(asked).sends(await opened(asked), {})
    assert "stays as it was" in seen.text


async def test_an_empty_form_is_no_update(asked: Stage) -> None:
    (seen,) = await ana(asked).sends(await opened(asked), {"1": " ", "2": "", "3": "\n"})
    assert "Nothing was written" in seen.text
    assert await states(asked) == {26: OccurrenceState.PROMPTED}


async def test_before_the_prompt_it_takes_the_prompts_place(stage: Stage) -> None:
    await stage.until(at(26, 9, 10))
    await ana(stage).sends(await opened(stage, "write"), {"1": "a", "2": "b", "3": "c"})
    await stage.until(at(26, 18))
    assert "standup.prompt" not in kinds(stage.to("Ana"))
    assert await texts(stage) == ALL


@pytest.mark.parametrize("line", ["write 2026-10-20 Atlas", "write 2027-01-04 Atlas"])
async def test_a_date_that_was_never_asked_for_opens_nothing(asked: Stage, line: str) -> None:
    refusal = await ana(asked).opens(line)
    assert isinstance(refusal, Refusal)
    assert "no Atlas update for" in refusal.parts[0].text


async def test_an_old_update_may_still_be_corrected(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    await asked.until(at(29, 12))
    await ana(asked).sends(await opened(asked), {"1": "more"})
    assert (Kind.DONE, "more") in await texts(asked)


async def test_taking_it_back_asks_first_and_leaves_nothing(asked: Stage) -> None:
    await ana(asked).sends(await opened(asked), {"1": "a", "2": "b", "3": "c"})
    (question,) = await asked.says("Ana", "withdraw")
    assert "Shall I take back" in question.text
    await asked.says("Ana", "yes")
    assert await texts(asked) == []
    assert await texts(asked, State.WITHDRAWN) == [(kind, "") for kind, _ in ALL]
    assert "took back" in last(asked, "Ana", "standup.receipt").text


async def test_there_is_nothing_to_take_back_of_an_update_that_was_not_written(asked: Stage) -> None:
    (seen,) = await asked.says("Ana", "withdraw")
    assert "You have written nothing" in seen.text


async def test_where_there_are_no_forms_the_questions_are_shown(asked: Stage) -> None:
    (seen,) = await asked.says("Ana", "write")
    assert "1. What did you finish?" in seen.text


async def test_where_there_are_no_forms_none_is_offered(asked: Stage) -> None:
    assert not any("✍" in seen.text or "✏" in seen.text for seen in asked.to("Ana"))


async def test_of_many_questions_the_open_ones_come_in_turns() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        await stage.team("Atlas", await stage.member("Ana", zone="Europe/Lisbon", admin=True))
        await stage.says("Ana", "standup create Atlas")
        await stage.says("Ana", "standup questions Atlas Q1? | Q2? | Q3? | Q4? | Q5? | Q6?")
        await stage.until(at(26, 9, 40))
        form = await opened(stage)
        assert [field.label for field in form.inputs] == ["Q1?", "Q2?", "Q3?", "Q4?", "Q5?"]
        await ana(stage).sends(form, {str(n): f"a{n}" for n in range(1, 6)})
        assert [field.label for field in (await opened(stage)).inputs] == ["Q6?"]


async def test_a_blocker_goes_to_the_question_for_blockers_whichever_is_open(asked: Stage) -> None:
    (seen,) = await asked.says("Ana", "!helio blocker the staging keys")
    assert "1 of 3" in seen.text
    assert await texts(asked) == [(Kind.BLOCKER, "the staging keys")]
    await asked.edits("Ana", 2, "!helio blocker the production keys")
    assert await texts(asked) == [(Kind.BLOCKER, "the production keys")]


async def test_a_message_from_the_menu_follows_its_edits_as_they_are(asked: Stage) -> None:
    client = ana(asked)
    await client.uses("blocker", text="the update server is down")
    assert await texts(asked) == [(Kind.BLOCKER, "the update server is down")]
    await client.edits("use-1", "the update server is slow")
    assert await texts(asked) == [(Kind.BLOCKER, "the update server is slow")]
