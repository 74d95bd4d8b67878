"""The test prompt: what members get, and nothing of it is kept."""

from __future__ import annotations

import pytest

from bot.engine.immediate import ShownForm
from bot.testing.client import Client
from bot.testing.stage import Stage
from tests.cogs.standup.conftest import at, kinds, last, prompts, states, texts

PRESS = "standup test Atlas press:{what}"


async def test_it_is_the_prompt_itself_with_a_label(stage: Stage) -> None:
    (test,) = await stage.says("Ana", "standup test Atlas")
    await stage.until(at(26, 9, 30))
    prompt = last(stage, "Ana", "standup.prompt").text
    label, _, body = test.text.partition("\n\n")
    assert label.startswith("This is a test of what Atlas is asked.")
    assert body.split("[")[0] == prompt.split("[")[0]


async def test_it_goes_to_the_admins_direct_chat_in_their_language(stage: Stage) -> None:
    await stage.says("Ana", "me language es")
    stage.room("general")
    test, told = await stage.says("Ana", "!helio standup test Atlas", "general")
    assert (test.to, told.to) == ("dm:Ana", "channel:general")
    assert "1. ¿Qué" in test.text


async def test_an_answer_to_it_is_not_kept(stage: Stage) -> None:
    await stage.says("Ana", "standup test Atlas")
    (seen,) = await stage.says("Ana", "merged the parser")
    assert "nothing is kept" in seen.text
    assert await texts(stage) == []
    (seen,) = await stage.says("Ana", "and what will become of that now?")
    assert "no question open" in seen.text


@pytest.mark.parametrize("what", ["skip", "snooze"])
async def test_its_choices_say_what_they_would_do_and_do_not_do_it(stage: Stage, what: str) -> None:
    await stage.says("Ana", "standup test Atlas")
    (seen,) = await stage.presses("Ana", PRESS.format(what=what))
    assert "This was a test" in seen.text
    await stage.until(at(26, 9, 30))
    assert len(prompts(stage, "Ana")) == 1
    assert set((await states(stage)).values()) == {"prompted"}


async def test_its_form_is_the_one_that_members_write_in(stage: Stage) -> None:
    client = Client(stage, "Ana", admin=True, waits=False)
    form = await client.opens(PRESS.format(what="write"))
    assert isinstance(form, ShownForm)
    assert [field.label for field in form.inputs][:1] == ["What did you finish?"]
    (seen,) = await client.sends(form, {"1": "all of it"})
    assert "This was a test" in seen.text
    assert await texts(stage) == []
    assert await client.opens("standup test Atlas") is None


async def test_the_real_prompt_takes_the_place_of_a_test(stage: Stage) -> None:
    await stage.until(at(26, 9, 20))
    await stage.says("Ana", "standup test Atlas")
    await stage.until(at(26, 9, 31))
    seen = await stage.says("Ana", "1. a\n2. b\n3. c")
    assert kinds(seen) == ["standup.receipt"]


async def test_while_a_real_question_is_open_answers_are_its(asked: Stage) -> None:
    await asked.says("Ana", "standup test Atlas")
    await asked.says("Ana", "1. a\n2. b\n3. c")
    assert len(await texts(asked)) == 3


async def test_without_a_standup_there_is_nothing_to_test(stage: Stage) -> None:
    await stage.says("Ana", "standup delete Atlas yes:yes")
    (seen,) = await stage.says("Ana", "standup test Atlas")
    assert "Atlas has no standup." in seen.text


async def test_a_test_sent_twice_is_two_messages(stage: Stage) -> None:
    for _ in range(2):
        (seen,) = await stage.says("Ana", "standup test Atlas")
        assert "This is a test" in seen.text
