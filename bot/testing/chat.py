"""`heliotrope chat`: type as a member of a simulated team, and see what that member sees."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.engine.ports import Reader
from bot.model.moment import ZoneName
from bot.model.working_time import utc
from bot.platforms.console.log import Record
from bot.platforms.console.render import PREFIX, ConsoleStyle
from bot.platforms.console.server import BOT, ServiceRefuses
from bot.testing.assembly import Kit, on_files
from bot.testing.demo import START, plain_console
from bot.testing.members import working_time
from bot.testing.options import Unusable
from bot.testing.scenario import Answers, Scenario, local_time
from bot.testing.scenario_file import ScenarioError
from bot.testing.service import channel, direct
from bot.testing.world import World

WALL = time(9, 29)
"""When the chat starts, on the member's own clock: a minute before the standup's usual time."""
FAR = timedelta(days=3650)
TYPING = timedelta(seconds=5)
"""How long a line takes to type."""
PATIENCE = timedelta(days=14)
"""How far /next looks for something that the member sees."""
HELP = """\
Type an answer or a command, such as help; a \\ at a line's end goes on in the next one. And:
  /next            jump to the next thing that happens here
  /clock           everybody's local time
  /in CHANNEL ...  say something in a channel (commands there start with {prefix})
  /edit ...        change what you said last
  /delete          take back what you said last
  /react EMOJI     put an emoji on the bot's last message
  /help            this
  /quit            leave"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; their values are checked by `run`."""
    parser.add_argument("--as", dest="name", metavar="NAME", required=True, help="the member to be")
    parser.add_argument("--scenario", metavar="FILE", help="who works where (default: the example, atlas.toml)")
    parser.add_argument("--database", metavar="FILE", help="keep the world here, to go on with it another day")


def run(args: argparse.Namespace) -> int:
    """Chat until the input ends; return the exit status: 2 when an option can't be used."""
    kit = Kit.installed()
    try:
        scenario = kit.scenario(Path(args.scenario) if args.scenario else None)
        scenario = _as(scenario, args.name)
        if args.database:
            asyncio.run(_chat(scenario, args.name, kit, Path(args.database)))
        else:
            with tempfile.TemporaryDirectory(prefix="heliotrope-chat-") as folder:
                asyncio.run(_chat(scenario, args.name, kit, Path(folder) / "chat.db"))
    except (Unusable, ScenarioError) as error:
        print(f"heliotrope chat: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print()
    return 0


def _as(scenario: Scenario, name: str) -> Scenario:
    """The scenario with one member played by a person instead of by the script."""
    names = [member.name for member in scenario.members]
    if name not in names:
        raise Unusable(f"--as: nobody is called {name!r}; the members are {', '.join(names)}")
    members = tuple(
        replace(member, answers=Answers.NONE) if member.name == name else member for member in scenario.members
    )
    events = tuple(event for event in scenario.events if event.member != name)
    return replace(scenario, members=members, events=events)


def _first_morning(scenario: Scenario, name: str, kit: Kit) -> datetime:
    """09:29 on the member's clock, on their first working day from the demo's start on."""
    plan = scenario.member(name)
    working = working_time(plan, kit.services.holidays)
    day = working.local_date(START)
    for _ in range(400):
        at = utc(day, WALL, plan.zone)
        if at >= START and working.shift(day):
            return at
        day += timedelta(days=1)
    raise Unusable(f"--as: {name} has no working day in the year from {START:%Y-%m-%d} on; choose another member")


async def _chat(scenario: Scenario, name: str, kit: Kit, database: Path) -> None:
    log = database.with_name(f"{database.name}.chat.jsonl")
    morning = _first_morning(scenario, name, kit)
    end = morning + FAR
    async with on_files(scenario, kit, database=database, log=log, start=START, end=end, seed=1) as world:
        await world.begin()
        await _play_until(world, morning)
        await Chat(world, name, plain_console()).run()


async def _play_until(world: World, at: datetime) -> None:
    while (next_at := await world.next()) is not None and next_at <= at:
        await world.step()
    world.move_to(at)
    await world.settle()


class Chat:
    """One member's window on the world."""

    def __init__(self, world: World, name: str, console: Console) -> None:
        self._world = world
        self._name = name
        self._zone = world.scenario.member(name).zone
        self._console = console
        self._read = 0

    async def run(self) -> None:
        """Show what is there, then do what is typed until the input ends."""
        if threading.current_thread() is threading.main_thread():
            # asyncio's own handler waits for the loop, and the loop waits for what is being typed.
            signal.signal(signal.SIGINT, signal.default_int_handler)
        with contextlib.suppress(ImportError):  # Windows has none; where it is, input() can recall and edit lines
            import readline  # noqa: F401, PLC0415
        self._say(f"You are {self._name}. Other members are simulated; /help says what you can type here.")
        self._show_new()
        self._clock_line()
        while (line := self._line()) is not None:
            if not await self._typed(line):
                return

    def _line(self) -> str | None:
        """One typed line, or several joined by a backslash at their ends; None when the input has ended.

        It blocks, and may: the world stands still while somebody types.
        """
        lines: list[str] = []
        while True:
            try:
                line = input(self._prompt(bool(lines)))
            except EOFError:
                return "\n".join(lines) if lines else None
            if not line.endswith("\\"):
                return "\n".join([*lines, line])
            lines.append(line[:-1].rstrip())

    def _prompt(self, more: bool) -> str:
        if not sys.stdin.isatty():
            return ""
        return "… " if more else f"{self._name} {self._now():%H:%M} > "

    async def _typed(self, line: str) -> bool:
        """Do what a line says; False to leave."""
        word, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if word == "/quit":
            return False
        if word == "/help":
            self._say(HELP.format(prefix=PREFIX.strip()))
        elif word == "/clock":
            self._clocks()
        elif word == "/next":
            await self._next()
        elif line.strip():
            await self._do(word, rest, line)
        return True

    async def _do(self, word: str, rest: str, line: str) -> None:
        service, chronicle = self._world.service, self._world.chronicle
        mine = chronicle.said_by(self._name)
        last = chronicle.last_from_bot(direct(self._name))
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "/edit": lambda: service.edit(self._name, _given(mine[-1] if mine else None), rest),
            "/delete": lambda: service.delete(self._name, _given(mine[-1] if mine else None)),
            "/react": lambda: service.react(self._name, _given(last), rest),
            "/in": lambda: self._in(rest),
        }
        try:
            await acts.get(word, lambda: service.say(self._name, line))()
        except ServiceRefuses as refusal:
            self._say(f"That can't be done: {refusal}.")
            return
        await self._world.settle()
        await _play_until(self._world, self._world.clock.now() + TYPING)
        self._show_new()

    async def _in(self, rest: str) -> None:
        called, _, text = rest.partition(" ")
        if not text.strip():
            raise ServiceRefuses("write the channel and then what to say")
        names = {"handoff": self._world.scenario.handoff_channel, "social": self._world.scenario.social_channel}
        name = names.get(called, called.removeprefix("#"))
        await self._world.service.say(self._name, text, address=channel(name))

    async def _next(self) -> None:
        """Let time pass until there is something new to see here."""
        limit = self._world.clock.now() + PATIENCE
        while (at := await self._world.next()) is not None and at <= limit:
            await self._world.step()
            if self._show_new():
                self._clock_line()
                return
        self._say("Nothing happens here in the next two weeks.")

    # --- what is seen -----------------------------------------------------------------------------------------

    def _show_new(self) -> bool:
        """Show what the member can see of what is new; whether there was anything."""
        shown = False
        for record in self._world.chronicle.log.after(self._read):
            self._read = record.n
            if self._sees(record):
                self._show(record)
                shown = True
        return shown

    def _sees(self, record: Record) -> bool:
        data: Any = record.data
        if record.kind not in ("sent", "changed", "removed", "marked", "said", "edited", "deleted"):
            return False
        if data.get("by") == self._name and not data.get("act"):
            return False  # typed here a moment ago
        return not data["address"].startswith("dm:") or data["address"] == direct(self._name)

    def _show(self, record: Record) -> None:
        data: Any = record.data
        who = data.get("by", BOT)
        place = self._place(data)
        change = {"changed": " (changed)", "edited": " (changed)"}.get(record.kind, "")
        head = Text(f"[{self._local(record.at)}] ", style="dim")
        head.append(f"{who}{place}{change}:", style="bold yellow" if who == BOT else "bold cyan")
        self._console.print(head)
        self._say(_text(record.kind, data), indent=4)

    def _place(self, data: Any) -> str:
        if data["thread"] is not None:
            return f" in {data['address']}, thread “{self._world.chronicle.messages[data['thread']].title}”"
        return "" if data["address"].startswith("dm:") else f" in {data['address']}"

    def _clock_line(self) -> None:
        self._say(f"It is {self._local(self._world.clock.now())} for you.")

    def _clocks(self) -> None:
        now = self._world.clock.now()
        localizer = self._world.installation.services.localizer
        for member in self._world.scenario.members:
            city = localizer.write(ZoneName(member.zone), Reader("en"), ConsoleStyle(direct=True))
            working = self._world.members[member.name].working_time.is_working(now)
            state = ", at work" if working else ""
            self._say(f"{local_time(now, member.zone):%a %d %b %H:%M}  {member.name} ({city}){state}")

    def _now(self) -> datetime:
        return local_time(self._world.clock.now(), self._zone)

    def _local(self, at: datetime) -> str:
        return f"{local_time(at, self._zone):%a %d %b %H:%M}"

    def _say(self, text: str, indent: int = 0) -> None:
        for line in text.split("\n"):
            self._console.print(Text(" " * indent + line))


def _given(message: str | None) -> str:
    if message is None:
        raise ServiceRefuses("nothing was said yet")
    return message


def _text(kind: str, data: Any) -> str:
    if kind in ("removed", "deleted"):
        return "(taken back)"
    if kind == "marked":
        return f"reacts {data['emoji']}"
    return str(data["content"]["text"] if "content" in data else data["text"])
