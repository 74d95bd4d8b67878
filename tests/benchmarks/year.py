"""A year of 48 members in 40 zones through the simulated world: real engine, storage in memory, all cogs."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.testing.assembly import Kit, in_memory
from bot.testing.scenario_file import parse
from bot.testing.transcript import Transcript
from tests.benchmarks.figures import Figure, Size
from tests.benchmarks.processes import fresh, peak
from tests.simulation.many_zones import MEMBERS, SCENARIO, ZONES

START = datetime(2026, 9, 1, tzinfo=UTC)
PROMISED = 240
"""Seconds for the year, on two cores."""


@dataclass(frozen=True, slots=True)
class Played:
    """How long it took in seconds, the processor's part of it, and what the transcript has."""

    seconds: float
    busy: float
    transcripts: int
    prompts: int
    unasked: int
    peak: float


def measure(size: Size) -> list[Figure]:
    """Play the world."""
    played = fresh(play, size.days)
    promise = f"{played.busy:.1f} s of the processor; promised: under {PROMISED // 60} minutes a year"
    if size.days >= 365:
        promise += ": kept" if played.seconds < PROMISED else ": NOT KEPT"
    each = played.seconds / played.transcripts * 1000
    return [
        Figure(f"{size.days} days, {len(MEMBERS)} members, {len(ZONES)} zones", f"{played.seconds:.1f} s", promise),
        Figure("transcript", f"{played.transcripts:,} lines", f"{each:.2f} ms each, all that led to it included"),
        Figure("of them prompts", f"{played.prompts:,}", f"{played.unasked:,} lines nobody asked for"),
        Figure("resident at the most", f"{played.peak:.0f} MB", "the database and the chat service's log included"),
    ]


def play(days: int) -> Played:
    """Play that many days, timed with the world's setting up; raises RuntimeError if the bot failed at anything."""
    return asyncio.run(_play(days))


async def _play(days: int) -> Played:
    kit = Kit.installed()
    scenario = parse(SCENARIO, kit.services)
    start, before = time.perf_counter(), time.process_time()
    async with in_memory(scenario, kit, start=START, end=START + timedelta(days=days), seed=1) as world:
        await world.begin()
        await world.run()
        seen = list(Transcript(world.chronicle).more())
        seconds, busy = time.perf_counter() - start, time.process_time() - before
    if faults := sum(one.kind == "bot.fault" for one in seen):
        raise RuntimeError(f"the bot failed {faults} times")
    prompts = sum(part.kind == "standup.prompt" for one in seen for part in one.parts)
    return Played(seconds, busy, len(seen), prompts, sum(one.unasked for one in seen), peak())
