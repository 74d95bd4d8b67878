"""A full disk is loud, leaves nothing half-written, and loses nothing: when there is room, all goes on."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from bot.platforms.console.log import Log
from tests.cli.process import Running, environment, heliotrope, replies, said

# While there is a file `full` in the folder, SQLite gets not one page more: what a full disk is to it.
NO_ROOM = """
import sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine

@event.listens_for(Engine, "begin")
def no_room(connection):
    pages = 1 if Path("full").exists() else 1_000_000
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

from bot.__main__ import main
sys.exit(main())
"""
TOO_SMALL_FOR_TWO = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.platforms.console.log import Log
log = Log(Path(sys.argv[1]))
at = datetime(2026, 10, 26, tzinfo=UTC)
log.append(at, "said", {"text": "first"})
resource.setrlimit(resource.RLIMIT_FSIZE, (190, 190))
try:
    log.append(at, "said", {"text": "second, which is longer than the room that is left for it"})
except OSError:
    print("refused")
log.append(at, "said", {"text": "third"})
"""


def test_a_running_bot_says_it_names_the_database_and_goes_on_when_there_is_room(folder: Path) -> None:
    with Running(folder, program=NO_ROOM) as bot:
        bot.says("team create Atlas")
        bot.shows("The team Atlas is made")
        (folder / "full").touch()
        bot.says(*["help"] * 20)
        bot.logs("the disk is full")
        assert f"{folder / 'heliotrope.db'} took no more, and is as it was; make room" in bot.log
        (folder / "full").unlink()
        bot.logs("works again")
        assert bot.end_input() == 0
    assert len(said(folder)) == 21
    assert replies(folder) == said(folder)


def test_it_can_be_stopped_while_the_disk_is_full(folder: Path) -> None:
    with Running(folder, program=NO_ROOM) as bot:
        bot.says("team create Atlas")
        bot.shows("The team Atlas is made")
        (folder / "full").touch()
        bot.says(*["help"] * 20)
        bot.logs("the disk is full")
        assert bot.stop(signal.SIGTERM) == 0
    assert bot.log.count("ERROR") <= 2


def test_a_start_without_room_fails_in_one_line_and_leaves_no_table(folder: Path) -> None:
    (folder / "full").touch()
    ended = heliotrope(folder, "run", program=NO_ROOM)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("heliotrope run: the disk is full")
    assert ended.stderr.count("\n") == 1
    with closing(sqlite3.connect(folder / "heliotrope.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    (folder / "full").unlink()
    assert heliotrope(folder, "migrate", program=NO_ROOM).returncode == 0


def test_the_consoles_log_takes_a_record_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "log"
    command = [sys.executable, "-c", TOO_SMALL_FOR_TWO, str(file)]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.returncode) == ("refused\n", 0), ended.stderr
    assert [record.data["text"] for record in Log(file).after(0)] == ["first", "third"]
