"""A pass of the engine that finds nothing to do, with 100,000 members scheduled: what every wake-up costs."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import mean, quantiles

from bot.testing.assembly import Kit
from tests.benchmarks.figures import Figure, Size
from tests.benchmarks.population import populate, started, temporary_file
from tests.benchmarks.processes import fresh


def measure(size: Size) -> list[Figure]:
    """Measure it on a durable file and in memory."""
    with temporary_file() as file:
        on_file = fresh(run, size, file)
    return [_figure("file", on_file), _figure("memory", fresh(run, size, None))]


def run(size: Size, file: Path | None) -> list[float]:
    """Return how long each idle pass (tick, pack, deliver) took, in milliseconds."""
    return asyncio.run(_run(size, file))


async def _run(size: Size, file: Path | None) -> list[float]:
    async with started(Kit.installed(), file) as installation:
        await populate(installation, size)
        taken: list[float] = []
        for _ in range(size.passes):
            start = time.perf_counter()
            await installation.engine.drain()
            taken.append((time.perf_counter() - start) * 1000)
        return taken


def _figure(where: str, taken: list[float]) -> Figure:
    worst = quantiles(taken, n=100)[98]
    return Figure(f"{where}: tick, pack and deliver", f"{mean(taken):.2f} ms", f"99 of 100 under {worst:.2f} ms")
