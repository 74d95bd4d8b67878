"""A team in Auckland, Lisbon and New York, on the midnight (UTC) before a Monday."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio

from bot.api import Purpose, Team
from bot.testing.stage import Stage
from cogs.admin import cog as admin
from cogs.social import cog as social

START = datetime(2026, 10, 26, tzinfo=UTC)
COGS = (social, admin)


async def set_up(stage: Stage) -> Team:
    """Put Ana (the owner, an admin), Bo and Cy in the team Atlas."""
    ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
    bo = await stage.member("Bo", zone="Pacific/Auckland")
    cy = await stage.member("Cy", zone="America/New_York")
    return await stage.team("Atlas", ana, bo, cy)


@pytest_asyncio.fixture
async def bare() -> AsyncIterator[Stage]:
    """The team, without a channel for social threads."""
    async with Stage.create(start=START, cogs=COGS) as stage:
        await set_up(stage)
        yield stage


@pytest_asyncio.fixture
async def stage(bare: Stage) -> Stage:
    """The team with its channel #lounge."""
    await bare.channel(await atlas(bare), Purpose.SOCIAL, "lounge")
    return bare


@pytest_asyncio.fixture
async def spanish() -> AsyncIterator[Stage]:
    """The same in a workspace that reads Spanish."""
    async with Stage.create(start=START, language="es", cogs=COGS) as stage:
        await stage.channel(await set_up(stage), Purpose.SOCIAL, "lounge")
        yield stage


async def atlas(stage: Stage) -> Team:
    """The team as stored."""
    async with stage.transaction() as tx:
        return next(t for t in await tx.people.teams((await stage.workspace()).id) if t.name == "Atlas")
