"""The alarm clock, in a real event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.alarm import ApschedulerAlarm
from bot.clock import SystemClock

now = SystemClock().now
SOON = timedelta(milliseconds=50)
LONG = timedelta(hours=1)


@pytest.fixture
async def alarm() -> AsyncIterator[ApschedulerAlarm]:
    """Return one that rings."""
    alarm = ApschedulerAlarm()
    alarm.start()
    yield alarm
    alarm.stop()


async def within(seconds: float, happened: Callable[[], bool]) -> bool:
    """Wait until something has happened; return whether it did in time."""
    for _ in range(int(seconds / 0.01)):
        if happened():
            return True
        await asyncio.sleep(0.01)
    return happened()


async def test_it_wakes_once_at_the_instant_in_the_event_loops_thread(alarm: ApschedulerAlarm) -> None:
    rung: list[tuple[float, int]] = []
    loop, asked = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    alarm.wake_at(now() + SOON, lambda: rung.append((loop.time() - asked, threading.get_ident())))
    assert await within(5, lambda: bool(rung))
    await asyncio.sleep(0.1)
    [(waited, thread)] = rung
    assert waited >= SOON.total_seconds() - 0.01
    assert thread == threading.get_ident()


async def test_a_new_request_replaces_the_earlier_one(alarm: ApschedulerAlarm) -> None:
    rung: list[str] = []
    alarm.wake_at(now() + SOON, lambda: rung.append("early"))
    alarm.wake_at(now() + 2 * SOON, lambda: rung.append("late"))
    assert await within(5, lambda: "late" in rung)
    assert rung == ["late"]


async def test_none_cancels_the_request(alarm: ApschedulerAlarm) -> None:
    rung: list[str] = []
    alarm.wake_at(None, lambda: rung.append("never asked"))
    alarm.wake_at(now() + SOON, lambda: rung.append("cancelled"))
    alarm.wake_at(None, lambda: rung.append("never"))
    await asyncio.sleep(0.2)
    assert rung == []


async def test_an_instant_that_has_passed_rings_at_once_however_long_ago(alarm: ApschedulerAlarm) -> None:
    rung: list[str] = []
    alarm.wake_at(now() - LONG, lambda: rung.append("late"))
    assert await within(5, lambda: rung == ["late"])


async def test_a_stall_of_the_loop_loses_no_call(alarm: ApschedulerAlarm) -> None:
    rung: list[str] = []
    alarm.wake_at(now() + SOON, lambda: rung.append("late"))
    deadline = now() + timedelta(seconds=1.5)
    while now() < deadline:  # APScheduler's default would give the call up after a second
        pass
    assert await within(5, lambda: rung == ["late"])


async def test_each_call_may_ask_for_the_next_at_once(alarm: ApschedulerAlarm) -> None:
    rung: list[int] = []

    def again() -> None:
        rung.append(len(rung))
        if len(rung) < 20:
            alarm.wake_at(now() - LONG, again)

    alarm.wake_at(now(), again)
    assert await within(5, lambda: len(rung) == 20)


async def test_what_is_asked_before_the_start_counts() -> None:
    rung: list[str] = []
    alarm = ApschedulerAlarm()
    alarm.wake_at(now() + SOON, lambda: rung.append("rung"))
    alarm.start()
    assert await within(5, lambda: rung == ["rung"])
    alarm.stop()


async def test_housekeeping_runs_at_each_interval_also_after_an_error(
    alarm: ApschedulerAlarm, caplog: pytest.LogCaptureFixture
) -> None:
    runs: list[int] = []

    async def fails_first() -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            raise RuntimeError("the disk is full")

    with caplog.at_level(logging.ERROR):
        alarm.every(SOON, "backup", fails_first)
        assert runs == []
        assert await within(5, lambda: len(runs) >= 3)
    assert "the disk is full" in caplog.text


async def test_housekeeping_never_runs_twice_at_once(alarm: ApschedulerAlarm) -> None:
    running, most = 0, 0

    async def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(3 * SOON.total_seconds())
        running -= 1

    alarm.every(SOON, "slow", slow)
    assert await within(5, lambda: most > 0)
    await asyncio.sleep(0.3)
    assert most == 1


async def test_a_second_interval_of_the_same_name_replaces_the_first(alarm: ApschedulerAlarm) -> None:
    runs: list[str] = []

    async def first() -> None:
        runs.append("first")

    async def second() -> None:
        runs.append("second")

    alarm.every(SOON, "check", first)
    alarm.every(SOON, "check", second)
    assert await within(5, lambda: len(runs) >= 2)
    assert set(runs) == {"second"}


async def test_nothing_rings_after_the_stop_and_stopping_twice_is_allowed() -> None:
    rung: list[str] = []
    alarm = ApschedulerAlarm()
    alarm.start()

    async def work() -> None:
        rung.append("work")

    alarm.wake_at(now() + SOON, lambda: rung.append("rung"))
    alarm.every(SOON, "work", work)
    alarm.stop()
    alarm.stop()
    await asyncio.sleep(0.2)
    assert rung == []
