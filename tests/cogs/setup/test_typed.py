"""A team set up by typed words alone, as on the console."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.api import Purpose
from bot.testing.stage import Stage
from cogs.admin import cog as admin
from cogs.setup import cog as setup
from tests.cogs.setup.conftest import COGS, MONDAY_TEN, answer, channels, features


async def test_a_team_is_set_up_by_what_each_step_says() -> None:
    async with Stage.create(start=MONDAY_TEN, cogs=COGS) as stage:
        stage.account("Ana", admin=True)
        stage.account("Bo")
        stage.room("general")
        stage.room("lounge")
        assert "`!helio setup team create Atlas zone:Lisbon`" in await answer(stage, "setup")

        said = await answer(stage, "setup team create Blue Whale zone:Lisbon")
        assert "What comes next:" not in said  # the set-up says it
        assert "⬜ Channel for handoffs: none yet" in said
        assert '`!helio setup handoff "Blue Whale" here`' in said

        said = await answer(stage, '!helio setup handoff "Blue Whale" here', "general")
        assert "✅ Channel for handoffs: #general" in said
        assert '`!helio setup standup create "Blue Whale" at:10:00 days:mon-thu`' in said

        said = await answer(stage, 'setup standup create "Blue Whale" at:10:00 days:mon-thu')
        assert "✅ Standup: 10:00, Mon–Thu, 3 questions" in said
        assert '`team add "Blue Whale" @' in said

        said = await answer(stage, 'setup team add "Blue Whale" Bo')
        assert "✅ People: 2 people" in said
        assert '`!helio setup social "Blue Whale" here`' in said

        said = await answer(stage, '!helio setup social "Blue Whale" here', "lounge")
        assert "✅ Social threads: Mon, Wed and Fri, in #lounge" in said
        assert "Blue Whale is set up." in said

        assert "1. What did you finish?" in await answer(stage, "setup test")
        assert await channels(stage) == {Purpose.HANDOFF: "general", Purpose.SOCIAL: "lounge"}
        assert await features(stage) == {"standup": True, "social": True}
        await stage.until(datetime(2026, 10, 27, 10, tzinfo=UTC))
        assert [part.kind for seen in stage.to("Bo") for part in seen.parts].count("standup.prompt") == 1


async def test_it_says_that_it_can_be_left_and_goes_on_where_it_was(begun: Stage) -> None:
    assert "You can stop here: `setup` goes on" in await answer(begun, "setup")
    await begun.says("Ana", 'standup create "Blue Whale"')  # done without the set-up, it counts as well
    said = await answer(begun, "setup")
    assert "✅ Standup: 09:30, Mon–Fri, 3 questions" in said
    assert "⬜ Channel for handoffs" in said


async def test_a_team_that_is_set_up_says_so_and_what_can_be_changed(complete: Stage) -> None:
    said = await answer(complete, "setup")
    assert "⬜" not in said
    assert "Blue Whale is set up." in said
    assert '`standup edit "Blue Whale" at:10:00 days:mon-thu`' in said


async def test_a_step_that_is_done_says_so_and_how_to_change_it(complete: Stage) -> None:
    said = await answer(complete, "setup standup")
    assert "That is done. Standup: 09:30, Mon–Fri, 3 questions." in said
    assert '`standup questions "Blue Whale"`' in said


@pytest.mark.parametrize("words", ["handoff Blue Whale here", 'handoff "blue whale" here', "handoff #general"])
async def test_a_channel_is_chosen_where_it_is(begun: Stage, words: str) -> None:
    await begun.says("Ana", f"!helio setup {words}", "general")
    assert await channels(begun) == {Purpose.HANDOFF: "general"}


async def test_a_channel_is_chosen_by_a_press_there(begun: Stage) -> None:
    await begun.says("Ana", "!helio setup", "general")
    await begun.presses("Ana", 'setup team:"Blue Whale" handoff here', "general")
    assert await channels(begun) == {Purpose.HANDOFF: "general"}


async def test_a_step_may_be_put_off(begun: Stage) -> None:
    await begun.says("Ana", "setup")
    (seen,) = await begun.presses("Ana", 'setup team:"Blue Whale" standup')
    assert "Next, the standup" in seen.text


async def test_social_threads_may_be_left_out_or_declined(begun: Stage) -> None:
    await begun.says("Ana", "!helio setup handoff here", "general")
    await begun.says("Ana", 'setup standup create "Blue Whale"')
    assert "➖ Social threads (if you like): off" in await answer(begun, 'setup team add "Blue Whale" Bo')
    await begun.says("Ana", "!helio setup social here", "lounge")
    assert "✅ Social threads: off" in await answer(begun, 'setup social off "Blue Whale"')


async def test_members_who_are_not_in_the_team_are_offered(complete: Stage) -> None:
    await complete.says("Ana", "setup team create zone:Tokyo Atlas")
    assert "setup team add Atlas Bo" in await answer(complete, "setup team:Atlas people")


async def test_with_several_teams_it_asks_which(complete: Stage) -> None:
    await complete.says("Ana", "setup team create zone:Tokyo Atlas")
    assert "Which one do you want to set up?" in await answer(complete, "setup")
    assert "Setting up Blue Whale" in await answer(complete, "blue whale")
    assert "Setting up Atlas" in await answer(complete, "setup Atlas")


async def test_in_a_teams_channel_it_is_about_that_team(complete: Stage) -> None:
    await complete.says("Ana", "setup team create zone:Tokyo Atlas")
    assert "Setting up Blue Whale" in await answer(complete, "!helio setup", "lounge")


async def test_any_other_command_leads_on_and_says_all_it_has_to(complete: Stage) -> None:
    said = await answer(complete, 'setup standup questions "Blue Whale" What now? | blocker: And why not?')
    assert "1. What now? (note)\n2. And why not? (blocker)" in said
    assert "✅ Standup: 09:30, Mon–Fri, 2 questions" in said


async def test_without_the_cogs_of_a_step_there_is_no_such_step() -> None:
    async with Stage.create(start=MONDAY_TEN, cogs=(admin, setup)) as stage:
        await stage.team("Atlas", await stage.member("Ana", admin=True))
        said = await answer(stage, "setup")
        assert "Standup" not in said
        assert "Social" not in said
        assert "🧪" not in said
        for step in ("standup", "social", "test"):
            assert "I know no step" in await answer(stage, f"setup {step}")
