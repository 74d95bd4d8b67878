"""A team set up by forms and presses, as where a platform has them."""

from __future__ import annotations

import pytest

from bot.api import Purpose
from bot.engine.immediate import Refusal, ShownForm
from bot.testing.client import Client
from bot.testing.stage import Stage
from cogs.setup import step_messages
from cogs.setup.domain import Step
from tests.cogs.setup.conftest import WHALE, answer, channels, features, teams


async def opened(ana: Client, line: str) -> ShownForm:
    form = await ana.opens(line)
    assert isinstance(form, ShownForm), form
    return form


STANDUP = 'setup team:"Blue Whale" standup'


async def test_a_team_is_set_up_by_forms_and_presses(stage: Stage, ana: Client) -> None:
    assert await ana.opens("setup") is None  # it is no form, it is where the set-up stands
    (seen,) = await ana.uses("setup")
    assert "First the team" in seen.text

    seen = (await ana.sends(await opened(ana, "setup team"), {"name": WHALE, "zone": "Lisbon"}))[-1]
    assert "✅ Team: Blue Whale, Lisbon" in seen.text
    (seen,) = await ana.presses('setup team:"Blue Whale" handoff here')
    assert "✅ Channel for handoffs: #general" in seen.text
    (seen,) = await ana.sends(await opened(ana, STANDUP), {"questions": "done: What went well?\nWhat else?"})
    assert "✅ Standup: 09:30, Mon–Fri, 2 questions" in seen.text
    assert "1. What went well? (done)" in seen.text
    await ana.uses("team add", people=("Bo",), team=WHALE, member="Bo")
    lounge = Client(stage, "Ana", inside="lounge", admin=True)
    seen = (await lounge.presses('setup team:"Blue Whale" social here'))[0]
    assert "Blue Whale is set up." in seen.text

    seen, told = await ana.presses('setup team:"Blue Whale" test')
    assert (seen.to, told.to) == ("dm:Ana", "channel:answer-9")
    assert "1. What went well?" in seen.text
    assert await channels(stage) == {Purpose.HANDOFF: "general", Purpose.SOCIAL: "lounge"}
    assert await features(stage) == {"standup": True, "social": True}


async def test_the_form_of_a_standup_is_filled_in_with_what_is_usual(begun: Stage, ana: Client) -> None:
    form = await opened(ana, STANDUP)
    assert [(field.name, field.value) for field in form.inputs] == [
        ("at", "09:30"),
        ("days", "Mon–Fri"),
        ("questions", ""),
    ]


async def test_what_is_wrong_in_a_form_is_told_and_it_opens_again_as_written(begun: Stage, ana: Client) -> None:
    wrong = {"at": "25:99", "questions": "One? | Two?"}
    (seen,) = await ana.sends(await opened(ana, STANDUP), wrong)
    assert "“25:99” is not a time of day." in seen.text
    assert await features(begun) == {}
    again = await opened(ana, step_messages.again((await teams(begun))[WHALE], Step.STANDUP, wrong).command)
    assert {field.name: field.value for field in again.inputs} == wrong | {"days": "Mon–Fri"}


async def test_questions_that_are_wrong_leave_the_time_unset_too(begun: Stage, ana: Client) -> None:
    (seen,) = await ana.sends(await opened(ana, STANDUP), {"questions": "x" * 301})
    assert "longer than 300 characters" in seen.text
    assert await features(begun) == {}


@pytest.mark.parametrize(("name", "zone"), [("12", "Lisbon"), (WHALE, "Nowhere at all"), ('Blue: "Whale"', "Lisbon")])
async def test_a_team_that_can_not_be_made_is_not(stage: Stage, ana: Client, name: str, zone: str) -> None:
    (seen,) = await ana.sends(await opened(ana, "setup team"), {"name": name, "zone": zone})
    assert "Where we are" in seen.text
    assert await teams(stage) == {}


async def test_of_several_cities_one_is_chosen_and_the_set_up_goes_on(stage: Stage, ana: Client) -> None:
    (seen,) = await ana.sends(await opened(ana, "setup team"), {"name": WHALE, "zone": "Lisbo"})
    choice = 'setup team create zone:"Europe/Lisbon" Blue Whale'
    assert choice in seen.text
    seen = (await ana.presses(choice))[-1]
    assert "✅ Team: Blue Whale, Lisbon" in seen.text


async def test_in_the_form_of_a_standup_there_is_what_is_left_empty_stays(complete: Stage, ana: Client) -> None:
    assert await ana.opens(STANDUP) is None  # pressed or typed, it says what there is
    form = await opened(ana, f"{STANDUP} change")
    assert {field.value for field in form.inputs} == {""}
    assert form.inputs[0].hint == "Empty: as it is (09:30, Mon–Fri, 3 questions)"
    assert "09:30, Mon–Fri, 3 questions" in (await ana.sends(form, {}))[-1].text
    assert "09:30, Mon, 3 questions" in (await ana.sends(form, {"days": "mon"}))[-1].text
    assert "09:30, Mon, 1 question" in (await ana.sends(form, {"questions": "How is it?"}))[-1].text


async def test_two_admins_at_once_make_one_standup(begun: Stage, ana: Client) -> None:
    form = await opened(ana, STANDUP)
    await begun.says("Ana", 'standup create "Blue Whale" at:11:00')
    (seen,) = await ana.sends(form, {})
    assert "Blue Whale has a standup already: 11:00" in seen.text
    assert "Where we are" in seen.text
    assert "11:00, Mon–Fri" in await answer(begun, "setup")


async def test_a_standup_that_was_deleted_meanwhile_is_not_changed(complete: Stage, ana: Client) -> None:
    form = await opened(ana, f"{STANDUP} change")
    await complete.says("Ana", 'standup delete "Blue Whale" yes:yes')
    (seen,) = await ana.sends(form, {"at": "10:00"})
    assert "Blue Whale has no standup." in seen.text


async def test_a_form_for_a_team_that_was_deleted_meanwhile_says_so(begun: Stage, ana: Client) -> None:
    form = await opened(ana, STANDUP)
    await begun.says("Ana", 'team delete "Blue Whale" yes:yes')
    (seen,) = await ana.sends(form, {})
    assert "There is no team “Blue Whale” here." in seen.text


async def test_who_may_not_administer_opens_nothing(begun: Stage) -> None:
    assert isinstance(await Client(begun, "Bo", inside="general").opens("setup team"), Refusal)


async def test_steps_are_suggested(begun: Stage, ana: Client) -> None:
    assert [one.value for one in await ana.is_suggested("setup", "step", "s")] == ["standup", "social"]
