"""How values are written in columns, and read back."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from bot.model.identity import MessageRef, Place
from bot.model.message import from_json, to_json
from bot.model.moment import from_micros, to_micros

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_json(data: Any) -> str:
    """Write JSON data: compact, in the order given, characters as themselves."""
    return _write(data)


def write_value(value: Any) -> str | None:
    """Write a message, or a part of one, or None."""
    return None if value is None else write_json(to_json(value))


def read_value(text: str | None) -> Any:
    """Read what `write_value` wrote."""
    return None if text is None else from_json(json.loads(text))


def write_instant(instant: datetime | None) -> int | None:
    """Write an instant as microseconds, or None."""
    return None if instant is None else to_micros(instant)


def read_instant(micros: int | None) -> datetime | None:
    """Read what `write_instant` wrote."""
    return None if micros is None else from_micros(micros)


def write_date(day: date | None) -> str | None:
    """Write a local date as ISO text, or None."""
    return None if day is None else day.isoformat()


def read_date(text: str | None) -> date | None:
    """Read what `write_date` wrote."""
    return None if text is None else date.fromisoformat(text)


def write_ref(ref: MessageRef | None) -> str | None:
    """Write the name of a platform's message, or None."""
    if ref is None:
        return None
    return write_json([ref.place.platform, ref.place.address, ref.place.thread, ref.message_id])


def read_ref(text: str | None) -> MessageRef | None:
    """Read what `write_ref` wrote."""
    if text is None:
        return None
    platform, address, thread, message = json.loads(text)
    return MessageRef(Place(platform, address, thread), message)
