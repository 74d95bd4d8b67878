"""A Monday morning in Lisbon, with a team of three around the world."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio

from bot.testing.stage import Stage
from cogs.admin import cog as admin
from cogs.people import cog as people

MONDAY_TEN = datetime(2026, 10, 26, 10, tzinfo=UTC)


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """Ana (Lisbon, an admin), Bo (Auckland) and Chen (Los Angeles) are the team Atlas; Dee has an account only."""
    async with Stage.create(start=MONDAY_TEN, cogs=[people, admin]) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        bo = await stage.member("Bo", zone="Pacific/Auckland")
        chen = await stage.member("Chen", zone="America/Los_Angeles")
        await stage.team("Atlas", ana, bo, chen)
        stage.account("Dee")
        stage.room("lobby")
        await stage.settle()
        yield stage
