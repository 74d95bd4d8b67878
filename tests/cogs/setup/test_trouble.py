"""What can go wrong on the way, and that the set-up stands where it was afterwards."""

from __future__ import annotations

import pytest

from bot.testing.stage import Stage
from tests.cogs.setup.conftest import answer, channels, features, teams


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('setup standup create "Blue Whale" at:25:99', "“25:99” is not a time of day."),
        ("setup standup create Atlas", "There is no team “Atlas” here."),
        ("setup team create Blue Whale", "There is a team Blue Whale already"),
        ('setup social on "Blue Whale"', "has no channel for social threads yet"),
        ("setup test", "Blue Whale has no standup."),
    ],
)
async def test_what_is_wrong_with_a_step_is_told_with_the_way_back(begun: Stage, line: str, problem: str) -> None:
    before = await answer(begun, "setup")
    said = await answer(begun, line)
    assert problem in said
    assert "Where we are" in said
    assert await features(begun) == {}
    assert await answer(begun, "setup") == before


@pytest.mark.parametrize("words", ["nonsense", "setup", "standup tomorrow", "handoffs"])
async def test_what_is_no_step_is_refused_with_the_steps_there_are(begun: Stage, words: str) -> None:
    said = await answer(begun, f"setup {words}")
    assert "I know no step, team or command" in said
    assert "`setup handoff`, `setup standup`" in said


@pytest.mark.parametrize("line", ["setup handoff here", "setup social Blue Whale here", "setup handoff #general"])
async def test_in_a_private_conversation_it_says_where_to_choose_a_channel(begun: Stage, line: str) -> None:
    said = await answer(begun, line)
    assert "private conversation" in said
    assert f'`!helio setup {line.split()[1]} "Blue Whale" here`' in said
    assert await channels(begun) == {}


async def test_a_channel_is_given_to_no_other_team_than_the_one_that_was_typed(begun: Stage) -> None:
    said = await answer(begun, '!helio setup handoff "Blue Whales" here', "general")
    assert "I know no step, team or command" in said
    assert await channels(begun) == {}


async def test_a_channel_that_is_not_this_one_is_refused(begun: Stage) -> None:
    assert "I can't tell which channel “lounge” is" in await answer(begun, "!helio setup handoff lounge", "general")
    assert await channels(begun) == {}


@pytest.mark.parametrize("line", ["setup", "setup team", "setup team create Atlas", "setup test"])
async def test_only_admins_set_up(begun: Stage, line: str) -> None:
    await begun.says("Ana", 'team add "Blue Whale" Bo')
    assert "Only admins can use `setup`." in await answer(begun, line, name="Bo")
    assert list(await teams(begun)) == ["Blue Whale"]


async def test_a_choice_made_a_second_time_changes_nothing(begun: Stage) -> None:
    await begun.says("Ana", "setup standup")
    usual = 'setup standup create "Blue Whale" at:09:30 days:mon-fri'
    message = begun.server.last_from_bot("dm:Ana")
    assert message is not None
    said = []
    for _ in range(2):
        begun.server.press("Ana", message, usual)
        said += await begun.settle()
    assert "has a standup already" in said[-1].text


async def test_before_there_is_a_team_every_step_says_what_comes_first(stage: Stage) -> None:
    for line in ("setup standup", "setup test", "setup people"):
        assert "First the team" in await answer(stage, line)
    assert "First the team" in await answer(stage, "!helio setup handoff here", "general")
    assert await teams(stage) == {}


async def test_a_social_channel_that_is_gone_is_to_be_chosen_again(complete: Stage) -> None:
    team = (await teams(complete))["Blue Whale"]
    async with complete.transaction() as tx:
        for channel in await tx.people.channels(team.id):
            await tx.stores.directory.remove_channel(channel.id)
    said = await answer(complete, "setup")
    assert "⬜ Channel for handoffs: none yet" in said
    assert "➖ Social threads (if you like): on, but without a channel" in said
    await complete.says("Ana", "!helio setup handoff here", "general")
    assert "✅ Social threads: Mon, Wed and Fri, in #lounge" in await answer(
        complete, "!helio setup social here", "lounge"
    )


async def test_of_more_teams_than_can_be_offered_one_is_typed(begun: Stage) -> None:
    for n in range(9):
        await begun.says("Ana", f"team create Team {n}a")
    assert '`setup team:"Blue Whale"`' in await answer(begun, "setup")
