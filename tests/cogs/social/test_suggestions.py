"""Prompts that members suggest: asked about, accepted, declined, posted, changed and withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.engine.ports import Op
from bot.model.identity import Identity
from bot.testing.stage import Stage
from bot.testing.transcript import Seen
from cogs.social import store
from cogs.social.records import Standing, Suggestion
from tests.cogs.social.conftest import START, atlas

BRIDGE = "Which bridge is yours?"
ANAS_MORNING = START + timedelta(hours=9)
TUESDAY = START + timedelta(days=1)


async def kept(stage: Stage) -> list[Suggestion]:
    team = (await atlas(stage)).id
    async with stage.transaction() as tx:
        return list(await store.suggestions_of(tx, [team], list(Standing)))


def prompts(stage: Stage) -> list[Seen]:
    return [seen for seen in stage.seen if seen.kind == "social.prompt"]


def last(stage: Stage, name: str) -> Seen:
    return stage.to(name)[-1]


# --- suggesting ---------------------------------------------------------------------------------------------


async def test_a_suggestion_is_kept_and_the_owner_is_asked_in_their_own_time(stage: Stage) -> None:
    (thanks,) = await stage.says("Cy", f"social suggest {BRIDGE}")
    assert "suggestion 1 for Atlas" in thanks.text
    assert "I will ask Ana" in thanks.text
    (asked,) = await stage.until(ANAS_MORNING)
    assert (asked.to, asked.at, asked.unasked) == ("dm:Ana", ANAS_MORNING, True)
    assert f"> {BRIDGE}" in asked.text
    assert "Cy suggests" in asked.text
    assert [(each.text, each.state) for each in await kept(stage)] == [(BRIDGE, Standing.PENDING)]


async def test_an_accepted_suggestion_is_the_next_prompt_with_its_authors_name(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.until(ANAS_MORNING)
    seen = await stage.presses("Ana", "social accept 1")
    assert any("is accepted: it comes in one of the next threads" in each.text for each in seen)
    await stage.until(TUESDAY)
    (prompt,) = prompts(stage)
    assert "From the team" in prompt.text
    assert f"{BRIDGE} (suggested by Cy)" in prompt.text
    assert "Your suggestion 1 for the social threads of Atlas is accepted." in last(stage, "Cy").text
    assert last(stage, "Cy").unasked


async def test_an_accepted_suggestion_is_posted_once_and_then_makes_room(stage: Stage) -> None:
    await stage.says("Ana", f"social suggest {BRIDGE}")
    await stage.says("Ana", "social on Atlas")
    await stage.until(START + timedelta(weeks=8))
    assert len(prompts(stage)) == 24
    assert len([prompt for prompt in prompts(stage) if BRIDGE in prompt.text]) == 1


async def test_two_suggestions_are_not_posted_one_after_the_other(stage: Stage) -> None:
    await stage.says("Ana", "social suggest First?")
    await stage.says("Ana", "social suggest Second?")
    await stage.says("Ana", "social on Atlas")
    await stage.until(START + timedelta(weeks=2))
    first, second = [place for place, prompt in enumerate(prompts(stage)) if "From the team" in prompt.text]
    assert (first, second) == (0, 2)
    assert "First?" in prompts(stage)[first].text


async def test_a_declined_suggestion_is_never_posted_and_its_author_hears_it_kindly(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.until(ANAS_MORNING)
    await stage.reacts("Ana", "❌")
    await stage.until(START + timedelta(weeks=2))
    assert not [prompt for prompt in prompts(stage) if BRIDGE in prompt.text]
    assert "not posted this time" in last(stage, "Cy").text
    assert [each.state for each in await kept(stage)] == [Standing.DECLINED]


async def test_the_request_shows_what_was_decided(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.until(ANAS_MORNING)
    seen = await stage.presses("Ana", "social accept 1")
    (edit,) = [each for each in seen if each.op is Op.EDIT]
    assert "It is accepted. To undo: `social decline 1`." in edit.text
    assert "✅" not in edit.text


async def test_a_decision_can_be_undone(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.says("Ana", "social decline 1")
    await stage.says("Ana", "social accept 1")
    assert [each.state for each in await kept(stage)] == [Standing.ACCEPTED]


async def test_an_admins_own_suggestion_is_accepted_at_once(stage: Stage) -> None:
    seen = await stage.says("Ana", f"social suggest {BRIDGE}")
    assert "You are an admin, so it is accepted" in seen[0].text
    assert await stage.until(TUESDAY) == []


async def test_now_posts_suggestions_on_demand_each_before_one_comes_again(stage: Stage) -> None:
    for text in ("First?", "Second?"):
        await stage.says("Ana", f"social suggest {text}")
    for _ in range(3):
        stage.clock.move_to(stage.clock.now() + timedelta(minutes=1))
        await stage.says("Ana", "social now team")
    texts = [prompt.text.splitlines()[2] for prompt in prompts(stage)]
    assert texts == [f"{text} (suggested by Ana)" for text in ("First?", "Second?", "First?")]


async def test_a_suggestion_survives_a_restart(stage: Stage) -> None:
    await stage.says("Ana", f"social suggest {BRIDGE}")
    await stage.says("Ana", "social on Atlas")
    await stage.downtime(START + timedelta(hours=1), START + timedelta(hours=2))
    await stage.until(TUESDAY)
    assert BRIDGE in prompts(stage)[0].text


async def test_show_tells_an_admin_what_waits(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    assert "1 by Cy" in (await stage.says("Ana", "social show"))[0].text
    assert "1 by Cy" not in (await stage.says("Cy", "social show"))[0].text


async def test_what_a_member_writes_mentions_nobody(stage: Stage) -> None:
    await stage.says("Ana", "social suggest Hello @Bo and @everyone?")
    await stage.says("Ana", "social now team")
    assert "@Bo" not in prompts(stage)[0].text
    assert "Hello @\u200bBo" in prompts(stage)[0].text


# --- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d"])
async def test_an_empty_suggestion_is_refused_with_the_right_form(stage: Stage, text: str) -> None:
    (said,) = await stage.says("Cy", f"social suggest {text}")
    assert "`social suggest " in said.text
    assert await kept(stage) == []


async def test_a_suggestion_of_ten_thousand_characters_is_refused(stage: Stage) -> None:
    (said,) = await stage.says("Cy", "social suggest " + "a" * 10_000)
    assert "10,000 characters long; a prompt has at most 300" in said.text
    assert await kept(stage) == []


async def test_a_suggestion_is_for_a_team_one_is_in(stage: Stage) -> None:
    await stage.member("Dee", zone="Asia/Kolkata")
    (said,) = await stage.says("Dee", f"social suggest {BRIDGE}")
    assert "you are in none" in said.text
    (said,) = await stage.says("Dee", f"social suggest team:Atlas {BRIDGE}")
    assert "You are not in Atlas" in said.text
    assert await kept(stage) == []


@pytest.mark.parametrize("command", ["social accept 7", "social decline 7"])
async def test_an_unknown_number_is_answered_with_those_that_wait(stage: Stage, command: str) -> None:
    assert "None is waiting" in (await stage.says("Ana", command))[0].text
    await stage.says("Cy", f"social suggest {BRIDGE}")
    assert "The one that waits is 1." in (await stage.says("Ana", command))[0].text


async def test_a_number_that_is_none_is_refused(stage: Stage) -> None:
    assert "not a whole number" in (await stage.says("Ana", "social accept one"))[0].text


@pytest.mark.parametrize("verdict", ["accept", "decline"])
async def test_deciding_twice_changes_nothing(stage: Stage, verdict: str) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.says("Ana", f"social {verdict} 1")
    before = await kept(stage)
    assert "already, so nothing has changed" in (await stage.says("Ana", f"social {verdict} 1"))[-1].text
    assert await kept(stage) == before


# --- the author's message changes ---------------------------------------------------------------------------


async def test_an_edit_changes_what_the_owner_is_asked(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.until(ANAS_MORNING)
    (edit,) = await stage.edits("Cy", 1, "social suggest Which tunnel is yours?")
    assert (edit.to, edit.op) == ("dm:Ana", Op.EDIT)
    assert "> Which tunnel is yours?" in edit.text
    assert [each.text for each in await kept(stage)] == ["Which tunnel is yours?"]


async def test_an_edit_after_the_yes_needs_another_yes(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.until(ANAS_MORNING)
    await stage.presses("Ana", "social accept 1")
    seen = await stage.edits("Cy", 1, "social suggest Buy my book")
    assert "I ask Ana again" in next(each.text for each in seen if each.to == "dm:Cy")
    asked = next(each for each in seen if each.to == "dm:Ana" and each.op is Op.SEND)
    assert "> Buy my book" in asked.text
    assert BRIDGE not in asked.text
    assert [each.state for each in await kept(stage)] == [Standing.PENDING]


async def test_an_edit_changes_what_was_posted(stage: Stage) -> None:
    await stage.says("Ana", f"social suggest {BRIDGE}")
    await stage.says("Ana", "social now team")
    (edit,) = await stage.edits("Ana", 1, "social suggest Which tunnel is yours?")
    assert (edit.to, edit.op) == ("channel:lounge", Op.EDIT)
    assert "Which tunnel is yours? (suggested by Ana)" in edit.text
    assert BRIDGE not in edit.text


async def test_an_edit_after_the_post_needs_no_new_yes(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.until(ANAS_MORNING)
    await stage.presses("Ana", "social accept 1")
    await stage.says("Ana", "social now team")
    seen = await stage.edits("Cy", 1, "social suggest Which tunnel is yours?")
    assert {(each.to, each.op) for each in seen} == {("dm:Ana", Op.EDIT), ("channel:lounge", Op.EDIT)}
    assert [each.state for each in await kept(stage)] == [Standing.ACCEPTED]


async def test_an_edit_that_is_too_long_changes_nothing_and_says_so(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    before = await kept(stage)
    (said,) = await stage.edits("Cy", 1, "social suggest " + "a" * 301)
    assert "Suggestion 1 stays as it was" in said.text
    assert await kept(stage) == before


async def test_an_edit_to_something_else_withdraws_it(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    (said,) = await stage.edits("Cy", 1, "never mind")
    assert "suggestion 1 is withdrawn" in said.text
    assert await stage.until(ANAS_MORNING) == []


async def test_a_deleted_suggestion_is_gone_everywhere(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.until(ANAS_MORNING)
    await stage.presses("Ana", "social accept 1")
    await stage.says("Ana", "social now team")
    seen = await stage.deletes("Cy", 1)
    assert {(each.to, each.op) for each in seen} == {("dm:Ana", Op.DELETE), ("channel:lounge", Op.EDIT)}
    edit = next(each for each in seen if each.op is Op.EDIT)
    assert BRIDGE not in edit.text
    assert "Cy" not in edit.text
    assert [(each.text, each.state) for each in await kept(stage)] == [("", Standing.WITHDRAWN)]
    assert "no suggestion 1" in (await stage.says("Ana", "social accept 1"))[0].text


async def test_numbers_are_never_given_again(stage: Stage) -> None:
    await stage.says("Cy", f"social suggest {BRIDGE}")
    await stage.deletes("Cy", 1)
    (said,) = await stage.says("Cy", "social suggest Which tunnel?")
    assert "suggestion 2" in said.text


async def test_once_the_owner_has_left_another_admin_is_asked(stage: Stage) -> None:
    await stage.member("Eve", zone="Europe/Lisbon", admin=True)
    team = await atlas(stage)
    async with stage.transaction() as tx:
        owner = await tx.people.member(team.owner)
        await tx.people.remove_from_team(team, owner)
        await tx.people.save_member(replace(owner, active=False))
    (thanks,) = await stage.says("Cy", f"social suggest {BRIDGE}")
    assert "I will ask Eve" in thanks.text
    (asked,) = await stage.until(datetime(2026, 10, 26, 9, tzinfo=UTC))
    assert asked.to == "dm:Eve"


@pytest.mark.parametrize("chosen", ["1", "Atlas", "press"])
async def test_with_several_teams_it_is_asked_which_and_the_suggestion_is_kept_as_written(
    stage: Stage, chosen: str
) -> None:
    async with stage.transaction() as tx:
        (cy,) = await tx.people.members_of_identity(Identity("console", "Cy"))
        (ana,) = await tx.people.members_of_identity(Identity("console", "Ana"))
    await stage.team("Beta", ana, cy)
    await stage.team("Gamma", ana)
    await stage.settle()
    (asked,) = await stage.says("Cy", f"social suggest {BRIDGE}")
    assert "Which one do you mean?" in asked.text
    assert "Gamma" not in asked.text
    if chosen == "press":
        await stage.presses("Cy", f"social suggest team:Atlas {BRIDGE}")
    else:
        await stage.says("Cy", chosen)
    assert [each.text for each in await kept(stage)] == [BRIDGE]
    await stage.edits("Cy", 1, "social suggest Which tunnel?")
    assert [each.text for each in await kept(stage)] == ["Which tunnel?"]
