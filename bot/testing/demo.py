"""`heliotrope demo`: a simulated team's days, printed as a person would read them."""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from bot.testing import options, platforms
from bot.testing.assembly import Kit, in_memory
from bot.testing.day import DayPrinter
from bot.testing.discord import NoControl
from bot.testing.matrix import NoAccounts
from bot.testing.options import Unusable
from bot.testing.scenario import Scenario
from bot.testing.scenario_file import ScenarioError, languages, resolve_language
from bot.testing.service import Stuck
from bot.testing.transcript import Seen, Transcript, write
from bot.testing.world import World

START = datetime(2026, 10, 25, 18, tzinfo=UTC)
"""Where the demo starts by default: Monday morning begins in Auckland."""
DAYS = 2
MOST_DAYS = 3660
FAULT = "bot.fault"
"""The kind of message by which the engine says that something failed on its side."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for, checked."""

    scenario: Scenario
    start: datetime
    end: datetime
    seed: int
    speed: float | None
    """Simulated seconds in a second; None for as fast as it goes."""
    transcript: Path | None
    home: platforms.Home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; their values are checked by `run`."""
    parser.add_argument("--scenario", metavar="FILE", help="who works where (default: the example, atlas.toml)")
    parser.add_argument("--start", metavar="INSTANT", help=f"default {START:%Y-%m-%dT%H:%MZ}; a date is 00:00 UTC")
    parser.add_argument("--days", metavar="N", default=str(DAYS), help=f"how many days to play (default {DAYS})")
    parser.add_argument("--seed", metavar="N", default="1", help="what the members do depends on it (default 1)")
    parser.add_argument("--speed", metavar="FACTOR", default="max", help="seconds played in a second, or max (default)")
    parser.add_argument("--transcript", metavar="FILE", help="write what the bot said here, a JSON object a line")
    parser.add_argument("--language", metavar="TAG", help="of the channels, and of members who name none")
    platforms.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Play the demo; return the exit status.

    That is 2 when an option can't be used or a server gives the members no accounts, and 1 when the bot had a fault,
    members were shown other words than they should be, or a chat service went away meanwhile.
    """
    kit = Kit.installed()
    try:
        chosen = _options(args, kit)
        with ExitStack() as stack:
            transcript = _open(chosen.transcript, stack)
            faults = asyncio.run(_play(chosen, kit, transcript))
    except (Unusable, ScenarioError, NoAccounts, NoControl, Stuck) as error:
        print(f"heliotrope demo: {error}", file=sys.stderr)
        return 1 if isinstance(error, Stuck) else 2
    return 1 if faults else 0


def _options(args: argparse.Namespace, kit: Kit) -> Options:
    start = options.instant(args.start) if args.start is not None else START
    days = options.whole(args.days, "--days", 1, MOST_DAYS)
    scenario = kit.scenario(Path(args.scenario) if args.scenario else None)
    return Options(
        scenario.with_language(_language(args.language, kit)) if args.language is not None else scenario,
        start,
        start + timedelta(days=days),
        options.whole(args.seed, "--seed", -(2**63), 2**63 - 1),
        options.speed(args.speed),
        Path(args.transcript) if args.transcript else None,
        platforms.home(args),
    )


def _language(tag: str, kit: Kit) -> str:
    found = resolve_language(tag, kit.services)
    if found is None:
        raise Unusable(f"--language: there is no {tag!r}; write one of {languages(kit.services)}")
    return found


def _open(path: Path | None, stack: ExitStack) -> TextIO | None:
    if path is None:
        return None
    try:
        return stack.enter_context(path.open("w", encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"--transcript: {path}: {error.strerror}; write a file that can be made") from error


async def _play(chosen: Options, kit: Kit, transcript: TextIO | None) -> int:
    """Play, print and write; return how many faults the bot had to apologise for, and how much was shown wrongly."""
    console = plain_console()
    scenario = chosen.scenario
    living = await chosen.home.furnish(scenario, kit, lambda line: console.print(Text(line)))
    zones = len({member.zone for member in scenario.members})
    about = f"{scenario.team}: {len(scenario.members)} members in {zones} time zones, from"
    console.print(Text(f"{about} {chosen.start:%a %d %b %Y %H:%M} to {chosen.end:%a %d %b %Y %H:%M} UTC."))
    span = {"start": chosen.start, "end": chosen.end}
    async with in_memory(scenario, kit, **span, seed=chosen.seed, living=living) as world:
        await _live(world, DayPrinter(console, world.chronicle, scenario), chosen.speed)
        said = list(Transcript(world.chronicle).more())
        if transcript is not None:
            write(said, transcript)
        console.print()
        for line in summary(world, said):
            console.print(Text(line))
        differences = len(world.service.differences)
    return differences + sum(part.kind == FAULT for one in said for part in one.parts)


async def _live(world: World, printer: DayPrinter, speed: float | None) -> None:
    await world.begin()
    printer.print_new()
    while (at := await world.next()) is not None:
        if speed is not None:
            await asyncio.sleep((at - world.clock.now()).total_seconds() / speed)
        await world.step()
        printer.print_new()


def plain_console() -> Console:
    """Standard output; plain and of a fixed width where it is no terminal."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without an emoji shows a question mark instead
    width = None if sys.stdout.isatty() else 110
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=not sys.stdout.isatty())


def summary(world: World, said: Sequence[Seen]) -> list[str]:
    """The demo's last lines: how much was said to how many, and what of it disturbed anybody."""
    direct = [one for one in said if one.to.startswith("dm:")]
    people = {one.to for one in direct}
    answered = {record.data["by"] for record in world.chronicle.log.after(0) if record.kind == "said"}
    off = [one for one in direct if one.unasked and not _working(world, one)]
    first = (
        f"{len(direct)} messages to {len(people)} people, {len(said) - len(direct)} in channels and threads; "
        f"{len(answered)} people wrote."
    )
    faults = [f"A fault of the bot: see {one.to} at {one.at}" for one in said if one.kind == FAULT]
    faults += [f"Shown otherwise than meant: {difference}" for difference in world.service.differences]
    if not off:
        return [first, *faults, "Nothing that nobody asked for came outside anybody's working hours."]
    return [first, *faults, *(f"Outside working hours: {one.kind} to {one.to} at {one.local}" for one in off)]


def _working(world: World, one: Seen) -> bool:
    return world.members[one.to.removeprefix("dm:")].working_time.is_working(one.at)
