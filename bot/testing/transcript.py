"""The transcript: what a platform accepted or changed, as values and as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from bot.engine.ports import Chunk, Op, Part
from bot.platforms.console.log import Record
from bot.testing.service import Chronicle

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
    """Reads a chronicle as it grows."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self._read = 0

    def more(self) -> Iterator[Seen]:
        """What the bot did since the last call, in order."""
        for record in self._chronicle.log.after(self._read):
            self._read = record.n
            if record.kind in _OPS:
                yield seen(self._chronicle, record)


def seen(chronicle: Chronicle, record: Record) -> Seen:
    """Return what a record of the bot's doing ("sent", "changed", "removed" or "marked") shows."""
    data: Any = record.data
    message = chronicle.messages[data["message"]]
    content = data.get("content") or message.content
    parts = tuple(_part(part) for part in data["note"]["parts"])
    zone = content.get("zone") if message.address.startswith("dm:") else None
    return Seen(
        at=record.at,
        local=record.at.astimezone(ZoneInfo(zone)) if zone else None,
        to=_to(chronicle, message.address, message.thread),
        kind=parts[0].kind if parts else "",
        parts=parts,
        key=data["key"],
        date=parts[0].date if parts else None,
        unasked=data["note"]["unasked"],
        text=data.get("emoji", "") if record.kind in ("marked", "removed") else content["text"],
        op=_OPS[record.kind],
        message=message.id,
    )


def _to(chronicle: Chronicle, address: str, thread: str | None) -> str:
    if thread is not None:
        return f"thread:{chronicle.messages[thread].title}"
    return address if address.startswith("dm:") else f"channel:{address.removeprefix('#')}"


def note_of(chunk: Chunk) -> dict[str, Any]:
    """Return what a record keeps of the chunk that was sent, for `seen`."""
    parts = [{"kind": part.kind, "key": part.key, "date": _iso(part.date)} for part in chunk.parts]
    return {"parts": parts, "unasked": chunk.unasked}


def _part(data: dict[str, Any]) -> Part:
    return Part(data["kind"], data["key"], date.fromisoformat(data["date"]) if data["date"] else None)


def write(seen: Iterable[Seen], file: TextIO) -> None:
    """Write the transcript's lines for messages that were accepted, changed or taken back."""
    for one in whole(seen):
        file.write(one.to_line() + "\n")


def whole(seen: Iterable[Seen]) -> list[Seen]:
    """Return what was accepted, changed or taken back, a message that the platform had to part in one, by its first.

    So transcripts of platforms compare that take longer and shorter messages.
    """
    lines: list[Seen] = []
    told: list[set[str]] = []
    pieces: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for one in seen:
        if one.op is Op.REACT:
            continue
        texts[one.message] = one.text
        before = _last_of_the_same(lines, one)
        further = one.op is Op.SEND and one.kind.endswith(".continued") and before is not None
        if further and before is not None:
            pieces[one.message] = pieces[lines[before].message]
            pieces[one.message].append(one.message)
        together = pieces.setdefault(one.message, [one.message])
        text = "".join(texts[piece] for piece in together)
        if before is not None and (further or _changes_more(lines[before], told[before], one, together)):
            lines[before] = replace(lines[before], text=text)
            told[before].add(one.message)
        else:
            lines.append(replace(one, text=text))
            told.append({one.message})
    return lines


def _last_of_the_same(lines: Sequence[Seen], one: Seen) -> int | None:
    """Return which is the last line of the same instant, people and parts, or None."""
    keys = [part.key for part in one.parts]
    for n in range(len(lines) - 1, -1, -1):
        if lines[n].at != one.at:
            break
        if keys and (lines[n].to, [part.key for part in lines[n].parts]) == (one.to, keys):
            return n
    return None


def _changes_more(line: Seen, told: set[str], one: Seen, together: Sequence[str]) -> bool:
    """Say whether a change is one of a further piece of the message whose change a line tells."""
    return line.op is not Op.SEND is not one.op and line.message in together and one.message not in told
