"""The engine's own loop: it wakes when something is due, and no trouble ends it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.alarm import ApschedulerAlarm
from bot.api import Cog, Timer, Transaction
from bot.app import services
from bot.clock import SystemClock
from bot.engine import trouble
from bot.engine.engine import Engine
from bot.engine.errors import StorageFull
from bot.engine.ports import Localizer, Reader, Rendered
from bot.engine.transaction import to_place
from bot.model.identity import Place, WorkspaceId
from bot.model.message import Message, say
from bot.platforms.console.adapter import NAME, ConsolePlatform
from bot.platforms.console.server import ConsoleServer
from bot.storage.database import Database
from bot.storage.migrate import create_all

PATIENCE = 10


class House:
    """An engine in memory, on the machine's clock, with one job that notes when it ran."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.rang: list[datetime] = []
        self.cog = Cog(name="bells", jobs={"ring": self._ring})
        self.database = Database.in_memory()
        self.server = ConsoleServer(self.clock)
        self.server.add_account("Ana", admin=True)
        self.console = ConsolePlatform(self.server)
        filled = services([self.cog])
        self.engine = Engine(self.database, {NAME: self.console}, filled.registry, filled, self.clock)

    async def _ring(self, tx: Transaction, due: Sequence[Timer]) -> None:
        self.rang.append(self.clock.now())

    async def set(self, wait: timedelta) -> datetime:
        """Set the job's timer that far ahead; return when it is due."""
        due = self.clock.now() + wait
        async with self.database.transaction() as stores:
            await stores.timers.set([Timer("bells", "ring", "one", due, WorkspaceId(0))])
        return due

    async def send(self, *texts: str) -> None:
        """Queue messages to Ana's place, under keys that are their texts."""
        async with self.database.transaction() as stores:
            tx = self.engine.transaction(stores)
            for text in texts:
                place = to_place(Place(NAME, "dm:Ana"))
                tx.send(place, say(text), workspace=WorkspaceId(0), kind="bells.note", key=text, asked=True)
            await stores.outbox.queue(tx.effects(), tx.now)

    def shown(self) -> list[str]:
        """The texts that arrived."""
        return [message.text for message in self.server.messages.values()]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the engine's loop run meanwhile."""
        alarm = ApschedulerAlarm()
        alarm.start()
        task = asyncio.create_task(self.engine.run(alarm))
        try:
            yield
        finally:
            alarm.stop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await create_all(house.database, [house.cog])
    await house.engine.start()
    yield house
    await house.database.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of hundredths of a second."""
    monkeypatch.setattr(trouble, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(trouble, "LONGEST_PAUSE", 0.02)


async def until(done: Callable[[], object]) -> None:
    for _moment in range(PATIENCE * 100):
        if done():
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"not in {PATIENCE} s")


async def test_a_timer_that_is_due_later_wakes_the_loop_then(house: House) -> None:
    due = await house.set(timedelta(seconds=0.4))
    async with house.running():
        await until(lambda: house.rang)
    assert due <= house.rang[0] < due + timedelta(seconds=2)
    assert len(house.rang) == 1


async def test_a_sooner_timer_that_comes_in_meanwhile_wakes_the_loop_sooner(house: House) -> None:
    await house.set(timedelta(hours=1))
    async with house.running():
        await asyncio.sleep(0.1)
        await house.set(timedelta(seconds=0.2))
        house.server.say("Ana", "hello")
        await house.console.read()
        await until(lambda: house.rang)


async def test_a_full_disk_does_not_end_the_loop_and_is_said_once_a_minute(
    house: House, quick: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []
    drain = house.engine.drain

    async def full() -> None:
        tries.append(1)
        if len(tries) <= 20:
            raise StorageFull("the disk is full: bot.db")
        await drain()

    monkeypatch.setattr(house.engine, "drain", full)
    await house.set(timedelta())
    async with house.running():
        await until(lambda: house.rang)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == [
        "doing what is due: the disk is full: bot.db; trying again",
        "doing what is due: works again",
    ]


async def test_trouble_is_said_again_when_it_lasts(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    lasting = trouble.Trouble("working")
    while sum(waits) < 600:
        await lasting.pause(StorageFull("full"))
    assert waits[:6] == [1, 2, 4, 8, 16, 30]
    assert max(waits) == trouble.LONGEST_PAUSE
    assert 8 <= len(caplog.records) <= 11


async def test_another_trouble_is_said_at_once(quick: None, caplog: pytest.LogCaptureFixture) -> None:
    lasting = trouble.Trouble("working")
    await lasting.pause(StorageFull("full"))
    await lasting.pause(ValueError("a bug"))
    assert [record.exc_info is not None for record in caplog.records] == [False, True]


async def test_a_message_that_no_platform_can_render_keeps_no_other_waiting(
    house: House, quick: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    render = house.console.render

    def broken(message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        rendered = render(message, reader, localizer)
        if "unlucky" in rendered[0].text:
            raise RuntimeError("a bug")
        return rendered

    monkeypatch.setattr(house.console, "render", broken)
    await house.send("first", "unlucky", "last")
    async with house.running():
        await until(lambda: len(house.shown()) == 2)
    assert "row unlucky could not be packed; again at" in caplog.text
    monkeypatch.setattr(house.console, "render", render)
    await house.engine.drain()
    assert house.shown() == ["first", "last"]
    later = await house.engine.next_due()
    assert later is not None
    assert timedelta(minutes=20) < later - house.clock.now() < timedelta(minutes=40)


async def test_a_platform_call_that_fails_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([OSError(28, "No space left on device")])
    post = house.server.post

    def full_once(*args: Any) -> str:
        if failure := next(failures, None):
            raise failure
        return post(*args)

    monkeypatch.setattr(house.server, "post", full_once)
    monkeypatch.setattr("bot.engine.delivery.FIRST_PAUSE", timedelta(seconds=0.1))
    await house.send("hello")
    async with house.running():
        await until(house.shown)
    assert house.shown() == ["hello"]


async def test_two_who_drain_at_once_send_nothing_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    send = house.console.send

    async def slow(place: Any, content: Any, chunk: Any) -> str:
        sent.append(chunk.key)
        await asyncio.sleep(0.05)
        return await send(place, content, chunk)

    monkeypatch.setattr(house.console, "send", slow)
    await house.send("one", "two")
    await asyncio.gather(house.engine.drain(), house.engine.drain())
    assert len(sent) == len(set(sent)) == 2
