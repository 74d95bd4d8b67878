"""The log tells whoever runs the bot what happened, and never what people wrote."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from bot import logs
from bot.engine.errors import TryLater
from bot.model.errors import BadInput
from bot.model.message import Sentence
from bot.storage.database import Database
from bot.storage.tables import META
from tests.cli.process import Command, replies, said, say

WRITTEN = "zanzibarquux"


def logged(error: BaseException, capsys: pytest.CaptureFixture[str], level: str = "INFO") -> str:
    """What the log says of an error that was raised."""
    logs.configure(level)
    try:
        raise error
    except BaseException:
        logging.getLogger("bot.somewhere").exception("it failed")
    return capsys.readouterr().err


@pytest.mark.parametrize(
    "error", [ValueError(WRITTEN), KeyError(WRITTEN), RuntimeError(WRITTEN), BadInput(Sentence("bot", WRITTEN))]
)
def test_an_error_that_could_quote_a_person_is_told_without_its_message(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    told = logged(error, capsys)
    assert type(error).__name__ in told
    assert "test_logs.py" in told
    assert WRITTEN not in told


def test_nor_is_the_message_of_what_led_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    error = OSError(28, "No space left on device", "bot.db")
    error.__cause__ = ValueError(WRITTEN)
    told = logged(error, capsys)
    assert "ValueError: (its message is left out" in told
    assert "OSError: [Errno 28] No space left on device: 'bot.db'" in told
    assert WRITTEN not in told


def test_an_error_of_the_machine_or_a_platform_is_told_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert "the platform is down" in logged(TryLater("the platform is down"), capsys)


async def test_an_error_of_the_database_has_no_values(tmp_path: Path) -> None:
    for database in (Database.in_memory(), await Database.open(tmp_path / "bot.db")):
        with pytest.raises(DBAPIError) as said:
            async with database.transaction() as stores:
                await stores.execute(insert(META).values(key=WRITTEN, value=WRITTEN))
        await database.close()
        assert "meta" in str(said.value)
        assert WRITTEN not in str(said.value)


def test_libraries_tell_warnings_only_whatever_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("DEBUG")
    for name in ("bot.engine", "cogs.people", "aiosqlite"):
        logging.getLogger(name).debug("from %s", name)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == [
        "DEBUG bot.engine: from bot.engine",
        "DEBUG cogs.people: from cogs.people",
    ]


def test_a_higher_level_holds_for_libraries_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("ERROR")
    logging.getLogger("aiosqlite").warning("odd")
    logging.getLogger("bot").warning("odd")
    assert capsys.readouterr().err == ""


def test_lines_carry_the_instant_in_utc(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    logs.configure()
    record = logging.LogRecord("bot.app", logging.INFO, "", 0, "hello", None, None)
    record.created = 1_793_007_000
    logging.getLogger("bot.app").handle(record)
    assert capsys.readouterr().err == "2026-10-26T09:30:00Z INFO bot.app: hello\n"


async def test_a_forgotten_task_is_told_without_its_error(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    asyncio.get_running_loop().set_exception_handler(logs.loop_trouble)

    async def fail() -> None:
        raise ValueError(WRITTEN)

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    del task
    await asyncio.sleep(0)
    told = capsys.readouterr().err
    assert "never retrieved" in told
    assert WRITTEN not in told


def test_a_day_with_the_bot_leaves_nothing_of_it_in_the_most_talkative_log(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELIOTROPE_LOGS__LEVEL", "DEBUG")
    say(folder, "team create Atlas", "standup create Atlas", f"update {WRITTEN}", f"{WRITTEN} again", f"done {WRITTEN}")
    ended = command("run")
    assert replies(folder) == said(folder)
    assert "running on console" in ended.stderr
    assert WRITTEN not in ended.stderr


def test_a_fault_while_handling_what_somebody_wrote_is_logged_without_it(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object) -> None:
        raise ValueError(f"could not take in {WRITTEN}")

    monkeypatch.setattr("bot.engine.uses.Uses.run", broken)
    say(folder, f"team create {WRITTEN}")
    ended = command("run")
    assert "Something went wrong on my side" in ended.stdout
    assert "handling MessageReceived" in ended.stderr
    assert "ValueError" in ended.stderr
    assert WRITTEN not in ended.stderr
