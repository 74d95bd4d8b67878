"""Prints a world's chronicle as a person would read it: who said what, in their own local time, hour by hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from bot.engine.ports import Op
from bot.platforms.console.log import Record
from bot.platforms.console.server import BOT, PEOPLES
from bot.testing.scenario import Scenario
from bot.testing.service import Chronicle
from bot.testing.transcript import Seen, seen

_INDENT = 6
_SHORT = 3
"""Lines shown of what a reader of the day has seen in the same form before."""
_BOT = "bold yellow"
_PERSON = "bold cyan"
_FAINT = "dim"


class DayPrinter:
    """Prints records as they come. In a terminal posts stand in panels; elsewhere everything is plain lines."""

    def __init__(self, console: Console, chronicle: Chronicle, scenario: Scenario) -> None:
        self.console = console
        self._chronicle = chronicle
        self._zones = {member.name: member.zone for member in scenario.members}
        self._fancy = console.is_terminal
        self._read = 0
        self._hour: datetime | None = None
        self._known: set[tuple[str, ...]] = set()
        self._posts: dict[str, str] = {}

    def print_new(self) -> None:
        """Print what happened since the last call."""
        for record in self._chronicle.log.after(self._read):
            self._read = record.n
            if record.kind in PEOPLES:
                self._header(record.at)
                self._person(record)
            elif record.kind in ("sent", "changed", "removed"):
                self._header(record.at)
                self._bot(seen(self._chronicle, record), record)

    def _header(self, at: datetime) -> None:
        hour = at.replace(minute=0, second=0, microsecond=0)
        if hour == self._hour:
            return
        self._hour = hour
        title = f"{hour:%a %d %b %Y, %H:%M} UTC"
        self.console.print()
        if self._fancy:
            self.console.print(Rule(Text(title, style="bold"), style=_FAINT))
        else:
            self.console.print(Text(f"== {title} =="))

    def _person(self, record: Record) -> None:
        data: Any = record.data
        head = Text(f"{self._local(record.at, data['by'])} ", style=_FAINT)
        head.append(data["by"], style=_PERSON)
        head.append(f" {_deed(record.kind, data)}{self._where(data)}")
        self.console.print(head)
        if "text" in data:
            self._text(data["text"])

    def _where(self, data: Mapping[str, Any]) -> str:
        if data["thread"] is not None:
            return f" in the thread “{self._chronicle.messages[data['thread']].title}”"
        address = str(data["address"])
        return "" if address.startswith("dm:") else f" in {address}"

    def _bot(self, message: Seen, record: Record) -> None:
        if message.to.startswith("dm:"):
            self._direct(message, record)
            return
        place = message.to.removeprefix("channel:")
        place = f"#{place}" if message.to.startswith("channel:") else f"thread “{message.to[7:]}”"
        title = f"{place} {_change(message.op)}({message.at:%H:%M} UTC)"
        before = self._posts.get(message.message)
        self._posts[message.message] = message.text
        if before is not None:
            self.console.print(Text(f"---- {title}", style=_FAINT if self._fancy else ""))
            self._text(_differences(before, message.text))
            return
        if self._fancy:
            style = "green" if message.to.startswith("channel:") else _FAINT
            self.console.print(Panel(Text(message.text), title=Text(title), title_align="left", style=style))
            return
        self.console.print(Text(f"---- {title}"))
        self._text(message.text)
        self.console.print(Text("----"))

    def _direct(self, message: Seen, record: Record) -> None:
        name = message.to.removeprefix("dm:")
        head = Text(f"{self._local(message.at, name)} ", style=_FAINT)
        head.append(BOT, style=_BOT)
        head.append(f" {_change(message.op)}to ")
        head.append(name, style=_PERSON)
        head.append(f"  [{', '.join(part.kind for part in message.parts)}]", style=_FAINT)
        self.console.print(head)
        content: Any = record.data.get("content", {})
        form = (str(content.get("language", "")), *(part.kind for part in message.parts))
        self._text(message.text, _SHORT if form in self._known else None)
        self._known.add(form)

    def _text(self, text: str, lines: int | None = None) -> None:
        shown = [line for line in text.split("\n") if line.strip() or lines is None]
        if lines is not None and len(shown) > lines:
            shown = [*shown[:lines], "…"]
        for line in shown:
            self.console.print(Text(" " * _INDENT + line))

    def _local(self, at: datetime, name: str) -> str:
        zone = self._zones.get(name, "UTC")
        city = zone.rpartition("/")[2].replace("_", " ")
        return f"{at.astimezone(ZoneInfo(zone)):%a %H:%M} {city}"


def _change(op: Op) -> str:
    return {Op.EDIT: "changed ", Op.DELETE: "taken back "}.get(op, "")


def _differences(before: str, after: str) -> str:
    """The lines of a post that came, and those that went."""
    old, new = before.split("\n"), after.split("\n")
    gone = [f"- {line}" for line in old if line not in new]
    return "\n".join([new[0], *gone, *(f"+ {line}" for line in new if line not in old)])


def _deed(kind: str, data: Mapping[str, Any]) -> str:
    match kind:
        case "said":
            return "says"
        case "edited":
            return "changes that to"
        case "deleted":
            return "takes a message back"
        case "reacted":
            return f"{'takes back' if data['removed'] else 'reacts'} {data['emoji']}"
        case _:
            return f"chooses {data['command']}"
