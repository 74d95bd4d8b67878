"""300 random kills of the bot and 30 of Synapse on a team's days on Matrix: at random steps, calls and moments.

`HELIOTROPE_CHAOS_SEED=7` plays other days than the usual, `HELIOTROPE_CHAOS_KILLS=100` fewer of them, and
`HELIOTROPE_CHAOS_DAY=12` begins with the twelfth.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.testing.crash import POINTS
from bot.testing.members import Dice
from tests.platforms.matrix.kills import World
from tests.platforms.matrix.lives import Strike
from tests.platforms.matrix.one_day import START, live_the_day
from tests.platforms.matrix.planned import (
    JOIN,
    MAKE_ROOM,
    REACT,
    RECORD_ROOM,
    SEND,
    SHARE_KEYS,
    SYNC,
    undisturbed,
)
from tests.platforms.matrix.synapse import Synapse
from tests.platforms.matrix.wire import Cut

SEED = int(os.environ.get("HELIOTROPE_CHAOS_SEED", "1"))
KILLS = int(os.environ.get("HELIOTROPE_CHAOS_KILLS", "300"))
DAY = int(os.environ.get("HELIOTROPE_CHAOS_DAY", "1"))
SERVER_KILLS = KILLS // 10
MOMENTS = (
    *("invitation", "set-up", "greeting", "prompt", "answer", "additions"),
    *("edit", "deletion", "handoff", "reaction", "answer again"),
)
CALLS = (JOIN, MAKE_ROOM, REACT, RECORD_ROOM, SEND, SHARE_KEYS, SYNC)
FROM_OUTSIDE = 12
"""Kills from outside on one day."""
PATIENCE = 150.0
"""Seconds that something on such a day may take."""


@pytest.mark.timeout(5400)
async def test_nothing_is_lost_and_nothing_comes_twice(synapse: Synapse, tmp_path: Path) -> None:
    killed: Counter[str] = Counter()
    day = DAY - 1
    while killed["bot"] < KILLS or killed["server"] < SERVER_KILLS:
        day += 1
        dice = Dice("kills on Matrix", SEED, day)
        planned = a_plan(dice)
        encrypted = dice.chance(0.6)
        case = f"seed {SEED}, day {day}, {'encrypted' if encrypted else 'plain'}"
        expected = await undisturbed(synapse, tmp_path / f"{encrypted}", encrypted)
        async with World.make(synapse, tmp_path / f"day{day}", encrypted, START, **planned, strict=False) as world:
            world.bot.patience = PATIENCE
            try:
                async with killing(world, dice, killed):
                    await live_the_day(world)
            except Exception as problem:
                raise AssertionError(f"{case}, after {world.happened()}: {problem}\n{world.bot.log()}") from problem
            for victim in ("bot", "server"):
                killed[victim] += sum(it.victim == victim for it in world.befallen())
            print(f"{case}: {world.happened()}; so far {dict(killed)}", flush=True)
            wrong = await world.differences(expected)
            assert not wrong, "\n".join([f"{case}, after {world.happened()}", *wrong, world.bot.log()])
        await synapse.crowd.go_home()


def a_plan(dice: Dice) -> dict[str, Any]:
    """What is to befall a day at named steps and calls; some of it never will."""
    strikes, cuts = {}, {}
    relayed = dice.chance(0.5)
    for moment in MOMENTS:
        at = [dice.one(POINTS) for _ in range(dice.one((0, 1, 2, 3)))]
        strikes[moment] = [Strike(_victim(dice), point, dice.one((1, 1, 1, 2, 3))) for point in at]
        if relayed and dice.chance(0.5):
            cuts[moment] = [Cut(_victim(dice), dice.one(CALLS), "answer" if dice.chance(0.7) else "request")]
    return {"strikes": strikes, "cuts": cuts, "absences": dice.chance(0.7)}


def _victim(dice: Dice) -> Any:
    return "server" if dice.chance(0.1) else "bot"


@asynccontextmanager
async def killing(world: World, dice: Dice, killed: Counter[str]) -> AsyncIterator[None]:
    """Kill from outside meanwhile, at random moments."""

    over = asyncio.Event()

    async def kill() -> None:
        for _ in range(FROM_OUTSIDE):
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), 0.2 + dice.throw() * 2)
                return
            victim = _victim(dice)
            if victim == "server":
                await world.bot.kill_server()
            elif not await world.bot.strike_down():
                continue
            killed[victim] += 1

    task = asyncio.create_task(kill())
    try:
        yield
    finally:
        over.set()
        await task
