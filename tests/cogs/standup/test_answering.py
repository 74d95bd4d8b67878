"""Answers: one at a time or all at once, changed, taken back, late."""

from __future__ import annotations

from datetime import date

import pytest

from bot.api import Entry, Kind, OccurrenceState, State
from bot.testing.stage import Stage
from tests.cogs.standup.conftest import COGS, MONDAY, at, entries, kinds, last, prompts, states, texts

ALL = [(Kind.DONE, "a"), (Kind.NEXT, "b"), (Kind.BLOCKER, "c")]


async def test_one_message_a_question_in_order(asked: Stage) -> None:
    assert "2 of 3: What is next?" in (await asked.says("Ana", "a"))[0].text
    assert "3 of 3: Is anything in your way?" in (await asked.says("Ana", "b"))[0].text
    (receipt,) = await asked.says("Ana", "c")
    assert kinds([receipt]) == ["standup.receipt"]
    assert receipt.parts[0].key == "standup:1:receipt:1:2026-10-26"
    assert await texts(asked) == ALL
    assert await states(asked) == {26: OccurrenceState.ANSWERED}


@pytest.mark.parametrize(
    "said", ["1. a\n2. b\n3. c", "Done: a\nNext: b\nBlockers: c", "Hecho: a\nSiguiente: b\nBloqueos: c"]
)
async def test_all_answers_in_one_message(asked: Stage, said: str) -> None:
    (receipt,) = await asked.says("Ana", said)
    assert kinds([receipt]) == ["standup.receipt"]
    assert not receipt.unasked
    assert await texts(asked) == ALL


async def test_the_receipt_shows_what_was_understood(asked: Stage) -> None:
    (receipt,) = await asked.says("Ana", "1. a\na2\n2. b\n3. nothing")
    assert "Thank you! Your Atlas update for Mon, 26 Oct:" in receipt.text
    assert "1. What did you finish?\n\n> a\n> a2" in receipt.text
    assert "3. Is anything in your way?\n\n> nothing" in receipt.text
    assert "I noted 2 things done and 1 thing planned." in receipt.text


async def test_part_of_the_answers_leads_to_the_next_open_question(asked: Stage) -> None:
    (seen,) = await asked.says("Ana", "1. a\n3. c")
    assert "2 of 3: What is next?" in seen.text
    (receipt,) = await asked.says("Ana", "b")
    assert "> b" in receipt.text


async def test_entries_carry_date_topic_and_source(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    first = (await entries(asked))[0]
    assert (first.date, first.topic, first.at) == (MONDAY, "1", at(26, 9, 40))
    assert first.source is not None


@pytest.mark.parametrize("said", ["", "  \n ", "\u200b", "1.\n2.\n3."])
async def test_an_empty_answer_leaves_the_question_open(asked: Stage, said: str) -> None:
    (seen,) = await asked.says("Ana", said)
    assert "That came through empty. The question is still open: What did you finish?" in seen.text
    assert await entries(asked) == []
    await asked.says("Ana", "1. a\n2. b\n3. c")
    assert await texts(asked) == ALL


async def test_a_picture_or_an_emoji_is_an_answer(asked: Stage) -> None:
    await asked.says("Ana", "", attachments=("http://x/cat.png",))
    await asked.says("Ana", "🚀")
    (receipt,) = await asked.says("Ana", "-")
    assert "🖼 http://x/cat.png" in receipt.text
    assert await texts(asked) == [(Kind.DONE, "🖼 http://x/cat.png"), (Kind.NEXT, "🚀")]


async def test_a_very_long_answer_is_kept_whole_and_shown_short(asked: Stage) -> None:
    long = "x" * 10_000
    await asked.says("Ana", long)
    await asked.says("Ana", "b")
    (receipt,) = await asked.says("Ana", "none")
    assert len(receipt.text) < 1_000
    assert "…" in receipt.text
    assert (await texts(asked))[0] == (Kind.DONE, long)


async def test_what_people_write_is_shown_as_text(asked: Stage) -> None:
    await asked.says("Ana", "1. @everyone {name}\n2. {0}\n3. none")
    assert "{name}" in last(asked, "Ana", "standup.receipt").text


async def test_a_line_for_a_mate_is_a_request_to_them() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        bo = await stage.member("Bo Li", zone="Europe/Lisbon")
        await stage.team("Atlas", ana, bo)
        await stage.says("Ana", "standup create Atlas")
        await stage.until(at(26, 9, 40))
        (receipt,) = await stage.says("Ana", "1. a\n2. b\n3. need the keys from @bo")
        assert "1 blocker and 1 request to Bo Li" in receipt.text
        asks = [entry for entry in await entries(stage) if entry.kind is Kind.ASK]
        assert [(ask.addressee, ask.text) for ask in asks] == [(bo.id, "need the keys from @bo")]


# --- changing -------------------------------------------------------------------------------------------------


async def test_editing_a_message_changes_entries_and_the_receipt_in_place(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    before = await entries(asked)
    (receipt,) = await asked.edits("Ana", 2, "1. better\n2. b\n3. c")
    assert (receipt.op, kinds([receipt])) == ("edit", ["standup.receipt"])
    assert "> better" in receipt.text
    assert [e.text for e in await entries(asked)] == ["better", "b", "c"]
    assert [e.id for e in await entries(asked)] == [e.id for e in before]


async def test_an_edited_message_keeps_its_question(asked: Stage) -> None:
    await asked.says("Ana", "a")
    await asked.says("Ana", "b")
    await asked.edits("Ana", 3, "better")
    await asked.says("Ana", "c")
    assert await texts(asked) == [(Kind.DONE, "a"), (Kind.NEXT, "better"), (Kind.BLOCKER, "c")]


async def test_an_edit_may_complete_the_update(asked: Stage) -> None:
    await asked.says("Ana", "a")
    (receipt,) = await asked.edits("Ana", 2, "1. a\n2. b\n3. c")
    assert (receipt.op, kinds([receipt])) == ("send", ["standup.receipt"])
    assert await asked.until(at(26, 23)) == []


async def test_deleting_an_answer_withdraws_its_entries_and_opens_its_question(asked: Stage) -> None:
    for said in ("a", "b", "c"):
        await asked.says("Ana", said)
    (receipt,) = await asked.deletes("Ana", 3)
    assert receipt.op == "edit"
    assert "2. What is next? No answer yet." in receipt.text
    assert await texts(asked) == [(Kind.DONE, "a"), (Kind.BLOCKER, "c")]
    await asked.says("Ana", "new plan")
    assert (Kind.NEXT, "new plan") in await texts(asked)


async def test_taking_everything_back_puts_the_day_back_to_asked(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    (receipt,) = await asked.deletes("Ana", 2)
    assert "You took back your Atlas update for Mon, 26 Oct" in receipt.text
    assert await texts(asked) == []
    assert await states(asked) == {26: OccurrenceState.PROMPTED}
    seen = await asked.until(at(26, 18))
    assert kinds(seen) == ["standup.reminder"]
    assert await states(asked) == {26: OccurrenceState.LAPSED}


async def test_withdrawn_entries_keep_no_text(asked: Stage) -> None:
    await asked.says("Ana", "1. secret\n2. b\n3. c")
    await asked.deletes("Ana", 2)
    assert {text for _, text in await texts(asked, State.WITHDRAWN)} == {""}


async def test_editing_last_weeks_answer_asks_nothing_again(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    await asked.until(at(28, 10))
    await asked.edits("Ana", 2, "1. a")
    assert [e.text for e in await entries(asked)] == ["a"]
    await asked.says("Ana", "1. x\n2. y\n3. z")
    wednesday = [e.text for e in await entries(asked) if e.date == date(2026, 10, 28)]
    assert wednesday == ["x", "y", "z"]


async def test_changing_yesterdays_answer_leaves_todays_question_open(asked: Stage) -> None:
    await asked.says("Ana", "1. a\n2. b\n3. c")
    await asked.until(at(27, 9, 40))
    await asked.edits("Ana", 2, "1. better\n2. b\n3. c")
    await asked.says("Ana", "x")
    assert [(e.date.day, e.text) for e in await entries(asked)][-1] == (27, "x")
    assert kinds(await asked.until(at(27, 16))) == ["standup.reminder"]


async def test_other_messages_edits_change_nothing(asked: Stage) -> None:
    await asked.says("Ana", "me show")
    assert await asked.edits("Ana", 2, "1. a") == []
    assert await entries(asked) == []


# --- late -----------------------------------------------------------------------------------------------------


async def test_an_answer_after_the_days_end_counts_for_that_day_and_says_so(asked: Stage) -> None:
    await asked.until(at(26, 20))
    (receipt,) = await asked.says("Ana", "1. a\n2. b\n3. c")
    assert "I added this to your Atlas update for Mon, 26 Oct" in receipt.text
    assert {e.date for e in await entries(asked)} == {MONDAY}
    assert await states(asked) == {26: OccurrenceState.ANSWERED}


async def test_fridays_update_can_be_answered_until_mondays_prompt(stage: Stage) -> None:
    await stage.until(at(1, 22, month=11))
    await stage.says("Ana", "1. a\n2. b\n3. c")
    assert {e.date for e in await entries(stage)} == {date(2026, 10, 30)}


async def test_after_the_next_prompt_answers_are_for_the_new_day(asked: Stage) -> None:
    await asked.says("Ana", "a")
    await asked.until(at(27, 9, 30))
    await asked.says("Ana", "x")
    assert [(e.date.day, e.text) for e in await entries(asked)] == [(26, "a"), (27, "x")]
    assert "2 of 3" in asked.to("Ana")[-1].text


async def test_what_was_said_before_a_late_prompt_is_for_the_day_before(asked: Stage) -> None:
    await asked.until(at(26, 18))
    asked.kill()
    asked.clock.move_to(at(27, 8))
    asked.server.say("Ana", "1. a\n2. b\n3. c", address="dm:Ana")
    asked.clock.move_to(at(27, 11))
    await asked.restart()
    assert {e.date for e in await entries(asked)} == {MONDAY}
    assert [day.day for _, day in prompts(asked, "Ana") if day] == [26, 27]
    await asked.says("Ana", "x")
    assert {e.date.day for e in await entries(asked)} == {26, 27}


# --- blockers -------------------------------------------------------------------------------------------------


async def told(stage: Stage, *blockers: str) -> list[Entry]:
    """Answer from Monday on, each day with other blockers; return them all."""
    for day, blocker in zip((26, 27, 28), blockers, strict=False):
        await stage.until(at(day, 9, 40))
        await stage.says("Ana", f"1. a\n2. b\n3. {blocker}")
    return [e for e in await entries(stage, State.OPEN, State.RESOLVED) if e.kind is Kind.BLOCKER]


async def test_a_repeated_blocker_counts_from_the_day_it_was_first_told(stage: Stage) -> None:
    found = await told(stage, "no keys", "No keys.", "no  keys!")
    assert [(e.date.day, e.since and e.since.day, e.state) for e in found] == [
        (26, 26, State.OPEN),
        (27, 26, State.OPEN),
        (28, 26, State.OPEN),
    ]


async def test_a_blocker_that_is_not_told_again_is_resolved(stage: Stage) -> None:
    found = await told(stage, "no keys\nred build", "red build")
    assert [(e.text, e.date.day, e.state) for e in found] == [
        ("no keys", 26, State.RESOLVED),
        ("red build", 26, State.OPEN),
        ("red build", 27, State.OPEN),
    ]


async def test_no_blockers_resolves_them_all(stage: Stage) -> None:
    assert [e.state for e in await told(stage, "no keys", "none")] == [State.RESOLVED]


async def test_a_blocker_stands_while_its_question_is_open(stage: Stage) -> None:
    await told(stage, "no keys")
    await stage.until(at(27, 9, 40))
    await stage.says("Ana", "1. a\n2. b")
    assert (Kind.BLOCKER, "no keys") in await texts(stage)


async def test_taking_back_the_answer_that_resolved_a_blocker_opens_it_again(stage: Stage) -> None:
    await told(stage, "no keys", "none")
    await stage.deletes("Ana", 3)
    assert (Kind.BLOCKER, "no keys") in await texts(stage)


async def test_a_blocker_that_came_back_after_it_was_resolved_is_new(stage: Stage) -> None:
    found = await told(stage, "no keys", "none", "no keys")
    assert [(e.date.day, e.since and e.since.day, e.state) for e in found] == [
        (26, 26, State.RESOLVED),
        (28, 28, State.OPEN),
    ]
