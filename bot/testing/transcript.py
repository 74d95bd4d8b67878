"""The transcript: what a platform accepted or changed, as values and as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from bot.engine.ports import Op, Part
from bot.platforms.console.log import Record
from bot.platforms.console.server import ConsoleServer

_OPS = {"sent": Op.SEND, "changed": Op.EDIT, "removed": Op.DELETE, "marked": Op.REACT}


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that the bot did where people see it.

    `to` is "dm:<member>", "channel:<name>" or "thread:<title>". `local` is the recipient's local time, in
    direct messages only. `kind` and `date` are the first part's. `text` is plain; a reaction's is its emoji,
    and what is taken back has none. `message` is the message's id.
    """

    at: datetime
    local: datetime | None
    to: str
    kind: str
    parts: tuple[Part, ...]
    key: str
    date: date | None
    unasked: bool
    text: str
    op: Op
    message: str

    def to_line(self) -> str:
        """The transcript's line: JSON, without a line break at its end."""
        parts = [{"kind": p.kind, "key": p.key, "date": _iso(p.date)} for p in self.parts]
        line = {
            "at": self.at.isoformat(),
            "local": _iso(self.local),
            "to": self.to,
            "kind": self.kind,
            "parts": parts,
            "key": self.key,
            "date": _iso(self.date),
            "unasked": self.unasked,
            "text": self.text,
        }
        return json.dumps(line, ensure_ascii=False)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


class Transcript:
    """Reads a chat service's log as it grows."""

    def __init__(self, server: ConsoleServer) -> None:
        self._server = server
        self._read = 0

    def more(self) -> Iterator[Seen]:
        """What the bot did since the last call, in order."""
        for record in self._server.log.after(self._read):
            self._read = record.n
            if record.kind in _OPS:
                yield seen(self._server, record)


def seen(server: ConsoleServer, record: Record) -> Seen:
    """Return what a record of the bot's doing ("sent", "changed", "removed" or "marked") shows."""
    data: Any = record.data
    message = server.messages[data["message"]]
    content = data.get("content") or message.content
    parts = tuple(_part(part) for part in data["note"]["parts"])
    zone = content.get("zone") if message.address.startswith("dm:") else None
    return Seen(
        at=record.at,
        local=record.at.astimezone(ZoneInfo(zone)) if zone else None,
        to=_to(server, message.address, message.thread),
        kind=parts[0].kind if parts else "",
        parts=parts,
        key=data["key"],
        date=parts[0].date if parts else None,
        unasked=data["note"]["unasked"],
        text=data.get("emoji", "") if record.kind in ("marked", "removed") else content["text"],
        op=_OPS[record.kind],
        message=message.id,
    )


def _to(server: ConsoleServer, address: str, thread: str | None) -> str:
    if thread is not None:
        return f"thread:{server.messages[thread].title}"
    return address if address.startswith("dm:") else f"channel:{address.removeprefix('#')}"


def _part(data: dict[str, Any]) -> Part:
    return Part(data["kind"], data["key"], date.fromisoformat(data["date"]) if data["date"] else None)


def write(seen: Iterable[Seen], file: TextIO) -> None:
    """Write the transcript's lines for messages that were accepted, changed or taken back."""
    for one in seen:
        if one.op is not Op.REACT:
            file.write(one.to_line() + "\n")
