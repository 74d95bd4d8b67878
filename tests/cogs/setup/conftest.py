"""A service with two channels where nobody has set anything up yet, and what tests ask of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.api import Purpose, Team, TeamSurveyed
from bot.testing.client import Client
from bot.testing.stage import Stage
from cogs.admin import cog as admin
from cogs.handoff import cog as handoff
from cogs.people import cog as people
from cogs.setup import cog as setup
from cogs.social import cog as social
from cogs.standup import cog as standup

COGS = (people, admin, standup, handoff, social, setup)
MONDAY_TEN = datetime(2026, 10, 26, 10, tzinfo=UTC)
WHALE = "Blue Whale"


async def answer(stage: Stage, text: str, place: str | None = None, name: str = "Ana") -> str:
    """What the bot answers to a person where they said it, with ordinary spaces."""
    to = f"channel:{place}" if place else f"dm:{name}"
    seen = await stage.says(name, text, place)
    return "\n".join(one.text for one in seen if one.to == to).replace("\u00a0", " ")


async def teams(stage: Stage) -> dict[str, Team]:
    """The teams there are, by name."""
    async with stage.transaction() as tx:
        found = await tx.stores.directory.workspaces()
        return {team.name: team for workspace in found for team in await tx.people.teams(workspace.id)}


async def channels(stage: Stage, team: str = WHALE) -> dict[Purpose, str]:
    """The names of a team's channels, by what they are for."""
    found = (await teams(stage))[team]
    async with stage.transaction() as tx:
        return {channel.purpose: channel.name for channel in await tx.people.channels(found.id)}


async def features(stage: Stage, team: str = WHALE) -> dict[str, bool]:
    """Which cogs were told to do something for a team, and whether it is on."""
    survey = TeamSurveyed((await teams(stage))[team].id)
    async with stage.transaction() as tx:
        await tx.raise_event(survey)
    return {name: feature.on for name, feature in survey.found.items()}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Monday at ten: Ana may administer, Bo may not, and the bot has just been invited."""
    async with Stage.create(start=MONDAY_TEN, cogs=COGS) as made:
        made.account("Ana", admin=True)
        made.account("Bo")
        made.room("general")
        made.room("lounge")
        yield made


@pytest.fixture
def ana(stage: Stage) -> Client:
    """Ana's client, which has forms, in the channel general."""
    return Client(stage, "Ana", inside="general", admin=True)


@pytest.fixture
async def begun(stage: Stage) -> Stage:
    """The team Blue Whale is made, and nothing else."""
    await stage.says("Ana", "setup team create zone:Lisbon Blue Whale")
    return stage


@pytest.fixture
async def complete(begun: Stage) -> Stage:
    """Blue Whale is set up, with Bo in it."""
    for place, line in (
        ("general", "!helio setup handoff here"),
        (None, 'setup standup create "Blue Whale" at:09:30 days:mon-fri'),
        (None, 'setup team add "Blue Whale" Bo'),
        ("lounge", "!helio setup social here"),
    ):
        await begun.says("Ana", line, place)
    return begun
