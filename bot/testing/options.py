"""Values of command line options: read, or refused in one line that shows the right form."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from bot.model.errors import HeliotropeError


class Unusable(HeliotropeError):
    """An option has a value that can't be used; the message says which, and the right form."""


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


def whole(text: str, option: str, least: int, most: int) -> int:
    """Read a whole number; raises Unusable."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise Unusable(f"{option}: {text!r} is no whole number from {least} to {most}; write {option} 2")
    return number


def speed(text: str) -> float | None:
    """Read seconds played in a second, None for "max"; raises Unusable."""
    if text == "max":
        return None
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor < float("inf"):
        raise Unusable(f"--speed: {text!r} is no factor; write --speed 60, a minute a second, or --speed max")
    return factor
