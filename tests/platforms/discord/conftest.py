"""A local Discord for each test process, and a world of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.platforms.discord.people import Discord
from tests.platforms.discord.plain import Listener, redirect
from tests.platforms.discord.process import LocalDiscord

SLOWEST = 120
"""Seconds that a test with real processes may take on a machine that is busy with other things."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(SLOWEST))


@pytest.fixture(scope="session")
def discord_server() -> Iterator[LocalDiscord]:
    """The process's one local Discord. Tests ask for `discord`."""
    server = LocalDiscord()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def discord(discord_server: LocalDiscord) -> AsyncIterator[Discord]:
    """A world of the test's own; at the end, no request of the bot's may have broken the API's rules of form.

    Routes' limits are enforced with a tenth of their seconds, so that a test needs not wait as long as a bot has to.
    """
    async with aiohttp.ClientSession() as session:
        world = await discord_server.world(session, bucket_scale=0.1)
        yield world
        violations = await world.violations()
        await world.end()
    assert not violations, "\n".join(violations)


@pytest_asyncio.fixture
async def client(discord: Discord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    """discord.py's own client, led to this world and not yet connected; the server's answers are checked too."""
    await discord.settings(check_responses=True)
    redirect(monkeypatch, discord)
    listener = Listener()
    yield listener
    await listener.finish()
