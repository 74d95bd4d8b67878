"""Messages picked by their menus: one entry each, whoever wrote them, and the questions stay open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.api import Kind, OccurrenceState, State
from bot.engine.immediate import ShownForm
from bot.model.identity import Identity
from bot.testing.client import Client
from bot.testing.stage import Stage
from tests.cogs.standup.conftest import COGS, at, atlas, entries, kinds, last, states, texts

ALL = "1. a\n2. b\n3. c"


@pytest.fixture
def ana(asked: Stage) -> Client:
    """Her client, in a channel, where each answer is for her alone."""
    return Client(asked, "Ana", inside="general")


async def said_last(stage: Stage) -> str:
    """The id of the message that the newest entry stands in."""
    source = (await entries(stage))[-1].source
    assert source is not None
    return source.message_id


async def test_what_is_added_is_a_note_and_every_question_stays_open(asked: Stage, ana: Client) -> None:
    seen = await ana.picks("update", "m1", "merged the parser")
    assert await texts(asked) == [(Kind.NOTE, "merged the parser")]
    assert len(seen) == 1
    assert "Added to your Atlas update for Mon, 26 Oct as a note:" in seen[0].text
    assert "merged the parser" in seen[0].text
    assert "3 questions are still open." in seen[0].text
    (seen_next,) = await asked.says("Ana", "the map")
    assert "2 of 3" in seen_next.text
    assert (Kind.DONE, "the map") in await texts(asked)


async def test_numbers_and_headings_in_a_picked_message_answer_nothing(asked: Stage, ana: Client) -> None:
    await ana.picks("update", "m1", "1. write\n2. deploy\nBlockers: the keys")
    assert await texts(asked) == [(Kind.NOTE, "1. write\n2. deploy\nBlockers: the keys")]


async def test_a_marked_message_is_one_blocker(asked: Stage, ana: Client) -> None:
    (seen,) = await ana.picks("blocker", "m1", "- the keys\n- the tests")
    assert "as a blocker:" in seen.text
    assert await texts(asked) == [(Kind.BLOCKER, "- the keys\n- the tests")]


async def test_a_picked_message_that_says_nothing_is_taken_all_the_same(asked: Stage, ana: Client) -> None:
    await ana.picks("update", "m1", "nothing")
    assert await texts(asked) == [(Kind.NOTE, "nothing")]


async def test_a_picture_and_its_words_are_one_entry(asked: Stage, ana: Client) -> None:
    await ana.picks("update", "m1", "the graph", attachments=("cat.png",))
    await ana.picks("blocker", "m2", "", attachments=("dog.png",))
    assert await texts(asked) == [(Kind.NOTE, "the graph\n🖼 cat.png"), (Kind.BLOCKER, "🖼 dog.png")]


async def test_a_message_of_nothing_visible_is_not_added(asked: Stage, ana: Client) -> None:
    (seen,) = await ana.picks("update", "m1", "\u200b")
    assert "came through empty" in seen.text
    assert await texts(asked) == []


async def test_a_form_shows_the_words_of_an_answer_and_keeps_its_pictures(asked: Stage, ana: Client) -> None:
    await ana.picks("blocker", "m1", "the keys", attachments=("cat.png",))
    await asked.says("Ana", "1. a\n2. b")
    client = Client(asked, "Ana", waits=False)
    form = await client.opens("write 2026-10-26 Atlas")
    assert isinstance(form, ShownForm)
    assert [field.value for field in form.inputs] == ["a", "b", "the keys"]
    await client.sends(form, {"3": "all keys"})
    assert [text for kind, text in await texts(asked) if kind is Kind.BLOCKER] == ["all keys", "🖼 cat.png"]


async def test_a_form_shows_what_was_added_and_changes_it(asked: Stage, ana: Client) -> None:
    await asked.says("Ana", ALL)
    await ana.picks("update", "m1", "the parser")
    client = Client(asked, "Ana", waits=False)
    form = await client.opens("write 2026-10-26 Atlas")
    assert isinstance(form, ShownForm)
    assert [(field.label, field.value) for field in form.inputs][3:] == [("Added:", "the parser")]
    await client.sends(form, {"0": "the lexer"})
    assert (Kind.NOTE, "the lexer") in await texts(asked)
    assert len(await texts(asked)) == 4


async def test_what_was_added_is_taken_out_by_emptying_its_field(asked: Stage, ana: Client) -> None:
    await asked.says("Ana", ALL)
    await ana.picks("update", "m1", "the parser")
    client = Client(asked, "Ana", waits=False)
    form = await client.opens("write 2026-10-26 Atlas")
    assert isinstance(form, ShownForm)
    await client.sends(form, {"0": ""})
    assert await texts(asked) == [(Kind.DONE, "a"), (Kind.NEXT, "b"), (Kind.BLOCKER, "c")]
    assert "Added" not in last(asked, "Ana", "standup.receipt").text


async def test_an_empty_field_for_blockers_says_nothing_of_what_others_wrote(asked: Stage, ana: Client) -> None:
    await ana.picks("blocker", "m1", "the build is red", author="Bo")
    await asked.says("Ana", "1. a\n2. b")
    client = Client(asked, "Ana", waits=False)
    form = await client.opens("write 2026-10-26 Atlas")
    assert isinstance(form, ShownForm)
    await client.sends(form, {"1": "more"})
    assert "> -" not in last(asked, "Ana", "standup.receipt").text
    assert (Kind.BLOCKER, "Bo wrote: the build is red") in await texts(asked)


# --- whose words ----------------------------------------------------------------------------------------------


async def test_what_somebody_else_wrote_says_so(asked: Stage, ana: Client) -> None:
    (seen,) = await ana.picks("update", "m1", "the build is red", author="Carla *Núñez*")
    assert await texts(asked) == [(Kind.NOTE, "Carla *Núñez* wrote: the build is red")]
    assert "Carla *Núñez* wrote:" in seen.text
    assert "If you edit" not in seen.text
    await asked.says("Ana", ALL)
    receipt = last(asked, "Ana", "standup.receipt").text
    assert "Added:" in receipt
    assert "Carla *Núñez* wrote:" in receipt


async def test_whose_words_they_are_is_said_in_the_language_of_the_channels(asked: Stage, ana: Client) -> None:
    async with asked.transaction() as tx:
        await tx.people.save_workspace(replace(await asked.workspace(), language="de"))
    await ana.picks("blocker", "m1", "der Build ist rot", author="Bo")
    assert await texts(asked) == [(Kind.BLOCKER, "Bo schrieb: der Build ist rot")]


async def test_somebody_elses_words_ask_nobody_for_anything(asked: Stage, ana: Client) -> None:
    bo = await asked.member("Bo")
    async with asked.transaction() as tx:
        await tx.people.add_to_team(await atlas(tx), bo)
    await ana.picks("update", "m1", "@Bo please look", author="Carla")
    await ana.picks("update", "m2", "@Bo please look")
    found = [(entry.kind, entry.text) for entry in await entries(asked)]
    assert found == [
        (Kind.NOTE, "Carla wrote: @Bo please look"),
        (Kind.NOTE, "@Bo please look"),
        (Kind.ASK, "@Bo please look"),
    ]


async def test_a_form_shows_and_changes_ones_own_words_only(asked: Stage, ana: Client) -> None:
    await ana.picks("blocker", "m1", "the build is red", author="Bo")
    await asked.says("Ana", "1. a\n2. b")
    client = Client(asked, "Ana", waits=False)
    form = await client.opens("write 2026-10-26 Atlas")
    assert isinstance(form, ShownForm)
    await client.sends(form, {"3": "and the keys"})
    assert set(await texts(asked)) == {
        (Kind.DONE, "a"),
        (Kind.NEXT, "b"),
        (Kind.BLOCKER, "Bo wrote: the build is red"),
        (Kind.BLOCKER, "and the keys"),
    }


# --- once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("author", ["", "Bo"])
async def test_marking_what_was_added_makes_one_blocker_of_it(asked: Stage, ana: Client, author: str) -> None:
    await ana.picks("update", "m1", "the keys", author=author)
    (seen,) = await ana.picks("blocker", "m1", "the keys", author=author)
    ((kind, _),) = await texts(asked)
    assert kind is Kind.BLOCKER
    assert "is a blocker there now" in seen.text


@pytest.mark.parametrize("author", ["", "Bo"])
@pytest.mark.parametrize(
    ("first", "then", "kind", "told"),
    [
        ("blocker", "update", Kind.BLOCKER, "already, as a blocker:"),
        ("blocker", "blocker", Kind.BLOCKER, "already, as a blocker:"),
        ("update", "update", Kind.NOTE, "already, as a note:"),
    ],
)
async def test_what_is_there_is_not_added_again(
    asked: Stage, ana: Client, author: str, first: str, then: str, kind: Kind, told: str
) -> None:
    await ana.picks(first, "m1", "the keys", author=author)
    (seen,) = await ana.picks(then, "m1", "the keys", author=author)
    assert [found for found, _ in await texts(asked)] == [kind]
    assert told in seen.text


async def test_what_was_changed_in_a_message_is_taken_over_when_it_is_picked_again(asked: Stage, ana: Client) -> None:
    await ana.picks("update", "m1", "the keys", author="Bo")
    (seen,) = await ana.picks("blocker", "m1", "all keys", author="Bo")
    assert "is a blocker there now" in seen.text
    assert "I have taken over what was changed in it." in seen.text
    assert await texts(asked) == [(Kind.BLOCKER, "Bo wrote: all keys")]


async def test_an_answer_that_is_marked_becomes_a_blocker_and_its_question_opens_again(
    asked: Stage, ana: Client
) -> None:
    direct = Client(asked, "Ana")
    await asked.says("Ana", "the keys are missing")
    seen = await direct.picks("blocker", await said_last(asked), "the keys are missing")
    assert await texts(asked) == [(Kind.BLOCKER, "the keys are missing")]
    assert "2 questions are still open." in seen[-1].text


async def test_a_message_with_several_answers_stays_as_it_is(asked: Stage) -> None:
    await asked.says("Ana", ALL)
    (seen,) = await Client(asked, "Ana").picks("blocker", await said_last(asked), ALL)
    assert "already, as your answer:" in seen.text
    assert await texts(asked) == [(Kind.DONE, "a"), (Kind.NEXT, "b"), (Kind.BLOCKER, "c")]


async def test_the_same_message_may_be_marked_again_on_another_day_and_both_follow_it(asked: Stage) -> None:
    client = Client(asked, "Ana", inside="general")
    await client.picks("blocker", "m1", "the keys")
    await asked.until(at(27, 9, 40))
    await client.picks("blocker", "m1", "the keys")
    assert await texts(asked) == [(Kind.BLOCKER, "the keys")] * 2
    await client.edits("m1", "all keys")
    assert await texts(asked) == [(Kind.BLOCKER, "all keys")] * 2


# --- taken back and changed -----------------------------------------------------------------------------------


async def test_ones_own_message_is_followed(asked: Stage, ana: Client) -> None:
    await ana.picks("update", "m1", "update: merged the parser")
    await ana.edits("m1", "update: merged the lexer")
    assert await texts(asked) == [(Kind.NOTE, "update: merged the lexer")]
    await ana.deletes("m1")
    assert await texts(asked) == []
    assert await states(asked) == {26: OccurrenceState.PROMPTED}


@pytest.mark.parametrize("author", ["", "Bo"])
async def test_what_was_picked_can_be_taken_out_alone(asked: Stage, ana: Client, author: str) -> None:
    await asked.says("Ana", ALL)
    await ana.picks("update", "m1", "the keys", author=author)
    assert len(await texts(asked)) == 4
    seen = await ana.presses("withdraw 2026-10-26 Atlas only:2")
    assert any("It is not in your Atlas update for Mon, 26 Oct any more." in one.text for one in seen)
    assert await texts(asked) == [(Kind.DONE, "a"), (Kind.NEXT, "b"), (Kind.BLOCKER, "c")]
    assert "the keys" not in last(asked, "Ana", "standup.receipt").text
    assert [text for _, text in await texts(asked, State.WITHDRAWN)] == [""]
    seen = await ana.presses("withdraw 2026-10-26 Atlas only:2")
    assert "any more" in seen[-1].text


async def test_a_mark_resolves_no_earlier_blocker(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. the keys")
    await asked.until(at(27, 9, 40))
    await Client(asked, "Ana", inside="general").picks("blocker", "m1", "the tests")
    assert [text for kind, text in await texts(asked) if kind is Kind.BLOCKER] == ["the keys", "the tests"]


async def test_before_the_prompt_the_questions_come_with_it(stage: Stage) -> None:
    await stage.until(at(26, 9, 10))
    seen = await Client(stage, "Ana", inside="general").picks("update", "m1", "merged the parser")
    assert sorted(kinds(seen)) == ["standup.question", "standup.update"]
    direct = last(stage, "Ana", "standup.question").text
    assert "1. What did you finish? No answer yet." in direct
    assert "merged the parser" in direct


async def test_after_a_skip_what_is_added_counts_and_nothing_is_asked(asked: Stage) -> None:
    await asked.says("Ana", "skip")
    (seen,) = await Client(asked, "Ana", inside="general").picks("update", "m1", "merged the parser")
    assert "as a note" in seen.text
    assert await texts(asked) == [(Kind.NOTE, "merged the parser")]
    assert await asked.until(at(26, 23)) == []


async def test_without_a_question_for_blockers_a_marked_message_is_a_note_and_that_is_said(stage: Stage) -> None:
    await stage.says("Ana", "!helio standup questions Atlas What went well?")
    await stage.until(at(26, 9, 40))
    (seen,) = await Client(stage, "Ana", inside="general").picks("blocker", "m1", "the keys")
    assert "as a note, as none of its questions is about blockers:" in seen.text
    assert await texts(stage) == [(Kind.NOTE, "the keys")]


# --- several teams --------------------------------------------------------------------------------------------


async def test_in_a_teams_channel_that_team_is_meant_and_no_message_names_one() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        for team in ("Atlas", "Blue Whale"):
            await stage.team(team, ana)
            await stage.says("Ana", f'standup create "{team}"')
        await stage.until(at(26, 9, 40))
        (seen,) = await Client(stage, "Ana", inside="general").picks("update", "m1", "Atlas is down")
        assert seen.text.startswith("Which team is it for: Atlas or Blue Whale?")
        assert "update Atlas …" not in seen.text
        assert await texts(stage) == []


@pytest_asyncio.fixture
async def two() -> AsyncIterator[Stage]:
    """Ana in two teams, both of which have asked."""
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        for team in ("Atlas", "Blue Whale"):
            await stage.team(team, ana)
            await stage.says("Ana", f'standup create "{team}"')
        await stage.until(at(26, 9, 40))
        yield stage


async def by_team(stage: Stage) -> dict[str, list[tuple[Kind, str]]]:
    async with stage.transaction() as tx:
        (member,) = await tx.people.members_of_identity(Identity("console", "Ana"))
        teams = await tx.people.teams_of(member.id)
        return {t.name: [(e.kind, e.text) for e in await tx.journal.entries(team=t.id) if e.text] for t in teams}


@pytest.mark.parametrize(("words", "kind"), [("update", Kind.NOTE), ("blocker", Kind.BLOCKER)])
async def test_a_team_is_chosen_by_a_button_that_adds_the_picked_message(two: Stage, words: str, kind: Kind) -> None:
    client = Client(two, "Ana", inside="general")
    await client.picks(words, "m1", "1. Atlas is down", attachments=("cat.png",))
    (seen,) = await two.presses("Ana", f'{words} "Blue Whale"', "answer-1")
    assert "Blue Whale update" in seen.text
    assert await by_team(two) == {"Atlas": [], "Blue Whale": [(kind, "1. Atlas is down\n🖼 cat.png")]}
    await client.edits("m1", "1. Atlas is up")
    assert (await by_team(two))["Blue Whale"] == [(kind, "1. Atlas is up\n🖼 cat.png")]


async def test_of_two_picked_messages_each_goes_where_its_own_button_says(two: Stage) -> None:
    client = Client(two, "Ana", inside="general")
    await client.picks("update", "m1", "one")
    await client.picks("update", "m2", "two")
    await two.presses("Ana", "update Atlas", "answer-2")
    await two.presses("Ana", "update Atlas", "answer-1")
    (again,) = await two.presses("Ana", 'update "Blue Whale"', "answer-1")
    assert again.text == "That is settled already, so nothing has changed."
    assert await by_team(two) == {"Atlas": [(Kind.NOTE, "two"), (Kind.NOTE, "one")], "Blue Whale": []}


async def test_somebody_elses_message_keeps_its_author_until_the_team_is_chosen(two: Stage) -> None:
    await Client(two, "Ana", inside="general").picks("update", "m1", "the map is late", author="Zoe")
    await two.presses("Ana", "update Atlas", "answer-1")
    ((kind, text),) = (await by_team(two))["Atlas"]
    assert kind is Kind.NOTE
    assert "Zoe" in text
    assert "the map is late" in text


@pytest.mark.parametrize("answer", ["2", "Blue Whale"])
async def test_in_private_the_team_of_a_picked_message_is_typed_too(two: Stage, answer: str) -> None:
    await Client(two, "Ana").picks("update", "m1", "merged the parser")
    await two.says("Ana", answer)
    assert await by_team(two) == {"Atlas": [], "Blue Whale": [(Kind.NOTE, "merged the parser")]}


async def test_a_picked_message_may_change_or_be_taken_back_until_its_team_is_chosen(two: Stage) -> None:
    client = Client(two, "Ana", inside="general")
    await client.picks("update", "m1", "gren")
    await client.picks("update", "m2", "a secret")
    await client.edits("m1", "green")
    await client.deletes("m2")
    for n in (1, 2):
        await two.presses("Ana", "update Atlas", f"answer-{n}")
    assert await by_team(two) == {"Atlas": [(Kind.NOTE, "green")], "Blue Whale": []}
