"""The virtual clock stands still until it is moved, and never goes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.testing.clock import VirtualClock

NOON = datetime(2026, 10, 26, 12, tzinfo=UTC)


def test_it_stands_still_until_it_is_moved() -> None:
    clock = VirtualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.move_to(NOON + timedelta(hours=1))
    assert clock.now() == NOON + timedelta(hours=1)


def test_it_shows_utc() -> None:
    clock = VirtualClock(datetime(2026, 10, 26, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))))
    assert clock.now() == NOON
    assert clock.now().utcoffset() == timedelta()


def test_it_does_not_go_back() -> None:
    clock = VirtualClock(NOON)
    with pytest.raises(ValueError, match="does not go back"):
        clock.move_to(NOON - timedelta(microseconds=1))


def test_it_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        VirtualClock(datetime(2026, 10, 26, 12))  # noqa: DTZ001 - what is refused
