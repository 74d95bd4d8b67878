"""The same team lives the same days on every storage: what differs is only the keys' instance."""

import importlib
import importlib.util
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.console.server import ConsoleServer
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from bot.testing.assembly import Kit, in_memory
from bot.testing.clock import VirtualClock
from bot.testing.installation import Installation
from bot.testing.on_console import ConsoleService
from bot.testing.service import Chronicle
from bot.testing.transcript import Transcript
from bot.testing.world import World

START = datetime(2026, 10, 25, 18, tzinfo=UTC)
END = START + timedelta(days=2)
MISSING = [name for name in ("pgserver", "asyncpg") if importlib.util.find_spec(name) is None]


@pytest.fixture(
    params=[
        "aiosqlite",
        pytest.param(
            "postgresql",
            marks=pytest.mark.skipif(bool(MISSING), reason=f"no PostgreSQL here: no package {', '.join(MISSING)}"),
        ),
    ]
)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database as an installation has it: a durable file, or a server's."""
    if request.param == "aiosqlite":
        opened = await Database.open(tmp_path / "bot.db")
        yield opened
        await opened.close()
        return
    server = importlib.import_module("pgserver").get_server(tmp_path / "postgresql", cleanup_mode="delete")
    opened = await Database.open(server.get_uri().replace("postgresql://", "postgresql+asyncpg://"))
    yield opened
    await opened.close()
    server.cleanup()


async def test_two_days_are_the_same_as_in_memory(database: Database) -> None:
    kit = Kit.installed()
    scenario = kit.scenario(None)
    async with in_memory(scenario, kit, start=START, end=END, seed=1) as world:
        await world.begin()
        await world.run()
        expected = _lived(world.chronicle)

    clock = VirtualClock(START)
    server = ConsoleServer(clock)
    await upgrade(database, kit.cogs, START)
    installation = Installation(clock, ConsoleService(server), database, kit.services)
    world = World(scenario, installation, start=START, end=END, seed=1)
    await world.begin()
    await world.run()

    assert len(expected) > 40
    assert _lived(server) == expected


def _lived(chronicle: Chronicle) -> list[dict[str, Any]]:
    lines = [json.loads(seen.to_line()) for seen in Transcript(chronicle).more()]
    for line in lines:
        del line["key"]
    return lines
