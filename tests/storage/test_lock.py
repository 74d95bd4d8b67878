"""One process at a time uses a database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.engine.errors import DatabaseLocked
from bot.storage.lock import ProcessLock, locked

ROOT = Path(__file__).parents[2]
HOLD = """
import pathlib, sys
from bot.storage.lock import ProcessLock
lock = ProcessLock(pathlib.Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_told_who_holds_the_database(tmp_path: Path) -> None:
    database = tmp_path / "bot.db"
    with another_process(database) as process, pytest.raises(DatabaseLocked, match=rf"\b{process.pid}\b"):
        ProcessLock(database).acquire()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    database = tmp_path / "bot.db"
    with another_process(database) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with locked(database) as lock:
            assert lock.file.read_text() == f"{os.getpid()}\n"


def test_a_lock_let_go_can_be_taken_again(tmp_path: Path) -> None:
    database = tmp_path / "bot.db"
    with locked(database), pytest.raises(DatabaseLocked):
        ProcessLock(database).acquire()
    with locked(database):
        pass
    assert not database.exists()


def test_databases_side_by_side_do_not_lock_each_other(tmp_path: Path) -> None:
    with locked(tmp_path / "a.db"), locked(tmp_path / "b.db"):
        pass
