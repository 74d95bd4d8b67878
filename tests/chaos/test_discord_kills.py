"""200 random kills of the bot on a team's days on Discord, while calls fail, break off or hang and sessions are lost.

`HELIOTROPE_CHAOS_SEED=7` plays other days than the usual; `HELIOTROPE_CHAOS_KILLS=100` fewer of them.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.testing.crash import POINTS
from bot.testing.members import Dice
from tests.platforms.discord.kills import World
from tests.platforms.discord.one_day import MOMENTS, START, live_the_day
from tests.platforms.discord.process import LocalDiscord
from tests.platforms.discord.test_kills import ACKNOWLEDGE, ANSWER, EDIT, OPEN, SEND, THREAD, undisturbed
from tests.platforms.lives import Strike

SEED = int(os.environ.get("HELIOTROPE_CHAOS_SEED", "1"))
KILLS = int(os.environ.get("HELIOTROPE_CHAOS_KILLS", "200"))
CALLS = (ACKNOWLEDGE, ANSWER, EDIT, OPEN, SEND, THREAD)
FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 500},
    {"status": 503},
    {"status": 429},
    {"status": 429, "is_global": True},
    {"reset": True},
    {"cut": True},
    {"hang": True},
    {"cut": True, "hang": True},
)
"""An error, a limit, a connection that breaks off before or after the effect, a half-open one likewise."""
FROM_OUTSIDE = 8
"""Kills and lost sessions from outside on one day."""
PATIENCE = 150.0
"""Seconds that something on such a day may take."""


@pytest.mark.timeout(5400)
async def test_nothing_is_lost_and_nothing_comes_twice(discord_server: LocalDiscord, tmp_path: Path) -> None:
    expected = await undisturbed(discord_server, tmp_path)
    happened: Counter[str] = Counter()
    day = 0
    while happened["kills"] < KILLS:
        day += 1
        dice = Dice("kills on Discord", SEED, day)
        case = f"seed {SEED}, day {day}"
        async with aiohttp.ClientSession() as session:
            discord = await discord_server.world(session, bucket_scale=0.1)
            planned = a_plan(dice)
            async with World.make(discord, tmp_path / f"day{day}", START, **planned, strict=False) as world:
                world.bot.patience = PATIENCE
                try:
                    async with disturbing(world, dice, happened):
                        await live_the_day(world)
                except Exception as problem:
                    raise AssertionError(f"{case}, after {await world.happened()}: {problem}") from problem
                happened["kills"] += len(world.bot.fallen)
                happened["faults"] += len((await discord.statistics())["faults_happened"])
                print(f"{case}: {await world.happened()}; so far {dict(happened)}", flush=True)
                wrong = (await world.outcome()).differences(expected)
                assert not wrong, "\n".join([f"{case}, after {await world.happened()}", *wrong, world.bot.log()])
            violations = await discord.violations()
            await discord.end()
        assert not violations, "\n".join([case, *violations])


def a_plan(dice: Dice) -> dict[str, Any]:
    """What is to befall a day at named steps and calls; some of it never will."""
    strikes, faults = {}, {}
    for moment in MOMENTS:
        at = [dice.one(POINTS) for _ in range(dice.one((0, 1, 2, 3)))]
        strikes[moment] = [Strike("bot", point, dice.one((1, 1, 1, 2, 3))) for point in at]
        if dice.chance(0.5):
            faults[moment] = [{**dice.one(CALLS), **dice.one(FAULTS), "skip": dice.one((0, 0, 1))}]
    return {"strikes": strikes, "faults": faults, "absences": dice.chance(0.5)}


@asynccontextmanager
async def disturbing(world: World, dice: Dice, happened: Counter[str]) -> AsyncIterator[None]:
    """Kill from outside meanwhile, and drop what the gateway holds, at random moments."""
    over = asyncio.Event()

    async def disturb() -> None:
        for _ in range(FROM_OUTSIDE):
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), 0.2 + dice.throw() * 2)
                return
            if dice.chance(0.3):
                await world.discord.drop_gateway()
                happened["dropped sessions"] += 1
            elif dice.chance(0.3):
                await world.discord.lose_sessions()
                happened["lost sessions"] += 1
            elif await world.bot.strike_down():
                happened["kills"] += 1

    task = asyncio.create_task(disturb())
    try:
        yield
    finally:
        over.set()
        await task
