"""Runs the benchmarks and prints what came out, with what it was measured on."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bot.app import LANES
from bot.engine.engine import TIMERS
from bot.engine.packing import BATCH
from tests.benchmarks import discord, discord_people, due, idle, machine, matrix, memory, year
from tests.benchmarks.figures import FULL, QUICK, Figure, Size


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark: its title, what it is measured with, and what to hold it against."""

    measure: Callable[[Size], Sequence[Figure]]
    title: str
    settings: str
    reference: str = ""


ON_FILE = "file: SQLite by aiosqlite, WAL, synchronous = FULL; memory: SQLite in memory, no durability. All cogs."
BENCHMARKS: Mapping[str, Benchmark] = {
    "due": Benchmark(
        due.measure,
        "Everybody is due at one instant",
        f"{ON_FILE} {TIMERS} timers or {BATCH} rows a transaction.",
        "A bare due column, without occurrences, questions, reminders or rendering, took 0.99 s, worst batch 50 ms.",
    ),
    "idle": Benchmark(
        idle.measure,
        "Nothing is due",
        ON_FILE,
        "A bare due column took 0.14 ms.",
    ),
    "year": Benchmark(
        year.measure,
        "The simulated year",
        "SQLite in memory, no durability, one process; every member answers, skips, corrects or is late by the seed.",
    ),
    "memory": Benchmark(
        memory.measure,
        "What scheduled members take",
        "Each in a process of its own: a durable SQLite file, beside APScheduler's MemoryJobStore with CronTriggers.",
    ),
    "matrix": Benchmark(
        matrix.measure,
        "On Matrix",
        f"A real Synapse on SQLite without limits, {matrix.CONVERSATIONS} direct conversations of each kind. The bot: "
        f"chunks stored on a durable file, {LANES} streams at once, reading on. nio: AsyncClient.room_send alone.",
    ),
    "discord": Benchmark(
        discord.measure,
        "On Discord",
        f"The local Discord in a process of its own, which lets 50 calls a second through; conversations are open. "
        f"The bot: all cogs, a durable file, {LANES} streams at once; people use it {discord_people.A_SECOND} times a "
        "second.",
    ),
}


def main() -> None:
    """Run those named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(BENCHMARKS)}; default all")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK.members:,} members and {QUICK.days} days")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    console = Console(highlight=False)
    for line in machine.described():
        console.print(line, markup=False)
    for name in options.names or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        figures = benchmark.measure(QUICK if options.quick else FULL)
        console.print()
        console.print(_table(benchmark, figures))


def _table(benchmark: Benchmark, figures: Sequence[Figure]) -> Table:
    notes = "\n".join(note for note in (benchmark.settings, benchmark.reference) if note)
    table = Table(title=benchmark.title, caption=notes, title_justify="left", caption_justify="left")
    table.add_column("measured")
    table.add_column("result", justify="right", no_wrap=True)
    table.add_column("meaning")
    for figure in figures:
        table.add_row(figure.what, figure.value, figure.means)
    return table


if __name__ == "__main__":
    main()
