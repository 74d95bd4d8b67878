"""`heliotrope demo`: a simulated team's days, printed as a person would read them."""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from bot.model.errors import HeliotropeError
from bot.testing.assembly import Kit, in_memory
from bot.testing.day import DayPrinter
from bot.testing.scenario import Scenario
from bot.testing.scenario_file import ScenarioError, languages, resolve_language
from bot.testing.transcript import Seen, Transcript, write
from bot.testing.world import World

START = datetime(2026, 10, 25, 18, tzinfo=UTC)
"""Where the demo starts by default: Monday morning begins in Auckland."""
DAYS = 2
MOST_DAYS = 3660
FAULT = "bot.fault"
"""The kind of message by which the engine says that something failed on its side."""


class Unusable(HeliotropeError):
    """An option has a value that can't be used; the message says which, and the right form."""


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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; their values are checked by `run`."""
    parser.add_argument("--scenario", metavar="FILE", help="who works where (default: the example, atlas.toml)")
    parser.add_argument("--start", metavar="INSTANT", help=f"default {START:%Y-%m-%dT%H:%MZ}; a date is 00:00 UTC")
    parser.add_argument("--days", metavar="N", default=str(DAYS), help=f"how many days to play (default {DAYS})")
    parser.add_argument("--seed", metavar="N", default="1", help="what the members do depends on it (default 1)")
    parser.add_argument("--speed", metavar="FACTOR", default="max", help="seconds played in a second, or max (default)")
    parser.add_argument("--transcript", metavar="FILE", help="write what the bot said here, a JSON object a line")
    parser.add_argument("--language", metavar="TAG", help="of the channels, and of members who name none")


def run(args: argparse.Namespace) -> int:
    """Play the demo; return the exit status: 2 when an option can't be used, 1 when the bot had a fault."""
    kit = Kit.installed()
    try:
        options = _options(args, kit)
        with ExitStack() as stack:
            transcript = _open(options.transcript, stack)
            faults = asyncio.run(_play(options, kit, transcript))
    except (Unusable, ScenarioError) as error:
        print(f"heliotrope demo: {error}", file=sys.stderr)
        return 2
    return 1 if faults else 0


def _options(args: argparse.Namespace, kit: Kit) -> Options:
    start = instant(args.start) if args.start is not None else START
    days = _whole(args.days, "--days", 1, MOST_DAYS)
    scenario = kit.scenario(Path(args.scenario) if args.scenario else None)
    return Options(
        scenario.with_language(_language(args.language, kit)) if args.language is not None else scenario,
        start,
        start + timedelta(days=days),
        _whole(args.seed, "--seed", -(2**63), 2**63 - 1),
        _speed(args.speed),
        Path(args.transcript) if args.transcript else None,
    )


def instant(text: str, option: str = "--start") -> datetime:
    """Read a date (00:00 UTC) or an instant with its offset; raises Unusable."""
    form = f"write {option} 2026-10-26 or {option} 2026-10-26T08:00+01:00"
    try:
        whole_day = len(text) == 10
        at = datetime.combine(date.fromisoformat(text), time(), UTC) if whole_day else datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"{option}: {text!r} is no instant; {form}") from None
    if at.tzinfo is None:
        raise Unusable(f"{option}: {text!r} has no offset; {form}")
    if not 1980 <= at.year <= 2100:
        raise Unusable(f"{option}: {text!r} is not between 1980 and 2100; {form}")
    return at.astimezone(UTC)


def _whole(text: str, option: str, least: int, most: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise Unusable(f"{option}: {text!r} is no whole number from {least} to {most}; write {option} 2")
    return number


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor < float("inf"):
        raise Unusable(f"--speed: {text!r} is no factor; write --speed 60, a minute a second, or --speed max")
    return factor


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


async def _play(options: Options, kit: Kit, transcript: TextIO | None) -> int:
    """Play, print and write; return how many faults the bot had to apologise for."""
    console = plain_console()
    scenario = options.scenario
    zones = len({member.zone for member in scenario.members})
    console.print(Text("A simulated team, all in memory: nothing is stored durably and nothing is sent anywhere."))
    about = f"{scenario.team}: {len(scenario.members)} members in {zones} time zones, from"
    console.print(Text(f"{about} {options.start:%a %d %b %Y %H:%M} to {options.end:%a %d %b %Y %H:%M} UTC."))
    async with in_memory(scenario, kit, start=options.start, end=options.end, seed=options.seed) as world:
        printer = DayPrinter(console, world.server, scenario)
        await world.begin()
        printer.print_new()
        while (at := await world.next()) is not None:
            if options.speed is not None:
                await asyncio.sleep((at - world.clock.now()).total_seconds() / options.speed)
            await world.step()
            printer.print_new()
        said = list(Transcript(world.server).more())
        if transcript is not None:
            write(said, transcript)
        console.print()
        for line in summary(world, said):
            console.print(Text(line))
    return sum(part.kind == FAULT for one in said for part in one.parts)


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
    answered = {record.data["by"] for record in world.server.log.after(0) if record.kind == "said"}
    off = [one for one in direct if one.unasked and not _working(world, one)]
    first = (
        f"{len(direct)} messages to {len(people)} people, {len(said) - len(direct)} in channels and threads; "
        f"{len(answered)} people wrote."
    )
    faults = [f"A fault of the bot: see {one.to} at {one.at}" for one in said if one.kind == FAULT]
    if not off:
        return [first, *faults, "Nothing that nobody asked for came outside anybody's working hours."]
    return [first, *faults, *(f"Outside working hours: {one.kind} to {one.to} at {one.local}" for one in off)]


def _working(world: World, one: Seen) -> bool:
    return world.members[one.to.removeprefix("dm:")].working_time.is_working(one.at)
