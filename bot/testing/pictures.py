"""`python -m bot.testing.pictures FOLDER`: draws what the console shows of the example team's day, for the README.

Each picture is a span of the simulated world as `heliotrope demo` prints it, exported by Rich as SVG: the bot's real
output, nothing drawn by hand. It is the same each time, so a change in a picture is a change in what people read.
"""

from __future__ import annotations

import asyncio
import io
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from bot.testing.assembly import Kit, in_memory
from bot.testing.day import DayPrinter
from bot.testing.demo import START
from bot.testing.options import Unusable

WIDTH: Final = 100
_WITHOUT_FONTS: Final = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""Rich's own form without the fonts that it would load from elsewhere."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A span of the example's time: [begins, ends), in UTC."""

    name: str
    title: str
    begins: datetime
    ends: datetime


PICTURES: Final = (
    Picture(
        "standup",
        "Heliotrope in a terminal: asked in your own morning",
        datetime(2026, 10, 25, 20, tzinfo=UTC),
        datetime(2026, 10, 25, 21, 30, tzinfo=UTC),
    ),
    Picture(
        "handoff",
        "Heliotrope in a terminal: the day's work is handed on",
        datetime(2026, 10, 26, 4, tzinfo=UTC),
        datetime(2026, 10, 26, 4, 15, tzinfo=UTC),
    ),
)


async def draw(picture: Picture) -> str:
    """Play the example up to the picture's end, and return what its span shows as SVG."""
    kit = Kit.installed()
    scenario = kit.scenario(None)
    shown = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    end = picture.ends + timedelta(days=1)
    async with in_memory(scenario, kit, start=START, end=end, seed=1) as world:
        before = Console(width=WIDTH, file=io.StringIO(), force_terminal=True)
        printer = DayPrinter(before, world.chronicle, scenario)
        await world.begin()
        while (at := await world.next()) is not None and at < picture.ends:
            if at >= picture.begins and printer.console is before:
                printer.print_new()
                printer.console = shown
            await world.step()
        printer.print_new()
    return shown.export_svg(title=picture.title, theme=SVG_EXPORT_THEME, code_format=_WITHOUT_FONTS, unique_id="h")


def main(arguments: list[str]) -> int:
    """Draw all pictures into a folder; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m bot.testing.pictures FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for picture in PICTURES:
            file = folder / f"{picture.name}.svg"
            file.write_text(asyncio.run(draw(picture)), encoding="utf-8")
            print(file)
    except (OSError, Unusable) as error:
        print(f"pictures: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
