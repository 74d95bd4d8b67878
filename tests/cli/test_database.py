"""One process a database, none but ours and none from the future; and its backups."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot import app
from bot.plugins import installed_cogs
from tests.cli.process import Command, Running, heliotrope, say

DATABASE = "heliotrope.db"


def whole(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, without SQLite's shared memory, which is not state."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.endswith("-shm")
    }


def teams(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM teams ORDER BY name")]


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    with Running(folder) as bot:
        bot.says("team create Atlas")
        bot.shows("The team Atlas is made")
        yield bot
        assert bot.end_input() == 0


def test_beside_a_running_bot_only_backup_and_check_work(running: Running, folder: Path) -> None:
    assert heliotrope(folder, "backup", "copy.db").returncode == 0
    assert teams(folder / "copy.db") == ["Atlas"]
    before = whole(folder)
    for command in (["run"], ["migrate"], ["restore", "copy.db"]):
        ended = heliotrope(folder, *command)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert ended.stderr.count("\n") == 1
        assert f"another process (id {running.pid}) uses the database" in ended.stderr
    checked = heliotrope(folder, "check")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert whole(folder) == before


def test_another_name_of_the_same_database_is_locked_too(running: Running, folder: Path, command: Command) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "bot.db").symlink_to(folder / DATABASE)
    (folder / "heliotrope.toml").write_text('[database]\npath = "other/bot.db"', encoding="utf-8")
    ended = command("migrate")
    assert ended.returncode == 2
    assert f"another process (id {running.pid}) uses the database" in ended.stderr


def test_a_killed_bot_holds_no_lock(folder: Path, command: Command) -> None:
    with Running(folder) as bot:
        bot.stop(signal.SIGKILL)
    assert command("migrate").returncode == 0


def test_check_makes_nothing_where_there_is_no_database(folder: Path, command: Command) -> None:
    before = whole(folder)
    ended = command("check")
    assert ended.returncode == 0
    assert "none yet; the first run makes the database" in ended.stdout
    assert whole(folder) == before


def test_check_shows_the_installation_and_changes_nothing(folder: Path, command: Command) -> None:
    command("migrate")
    before = whole(folder)
    ended = command("check")
    assert ended.returncode == 0
    lines = dict(line.split(": ", 1) for line in ended.stdout.splitlines())
    assert lines["database"] == str(folder / DATABASE)
    assert lines["migrations"] == "up to date"
    assert {"people", "standup"} <= set(lines["cogs"].split(", "))
    assert {"en", "es"} <= set(lines["languages"].split(", "))
    assert whole(folder) == before


@pytest.mark.parametrize("wanted", ["run", "check", "migrate"])
def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(
    wanted: str, folder: Path, command: Command
) -> None:
    command("migrate")
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version_bot SET version_num = 'bot_9999'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = whole(folder)
    ended = command(wanted)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert "made by a newer version: bot is at revision bot_9999" in ended.stderr
    assert whole(folder) == before


@pytest.mark.parametrize("wanted", ["run", "check", "migrate", "backup copy.db"])
def test_a_file_that_is_no_database_of_ours_is_refused_and_left_as_it_is(
    wanted: str, folder: Path, command: Command
) -> None:
    (folder / DATABASE).write_bytes(b"a letter to my aunt")
    ended = command(*wanted.split())
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert "not a Heliotrope database" in ended.stderr
    assert (folder / DATABASE).read_bytes() == b"a letter to my aunt"


def test_migrate_says_what_it_ran_and_the_second_time_nothing(folder: Path, command: Command) -> None:
    first, second = command("migrate"), command("migrate")
    assert first.stdout.startswith("ran bot ")
    assert "ran standup" in first.stdout
    assert second.stdout == "heliotrope.db is up to date\n"


def test_an_upgrade_backs_up_first(folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(app, "installed_cogs", lambda: tuple(cog for cog in installed_cogs() if cog.name != "social"))
        assert command("migrate").returncode == 0
    assert not (folder / "backups").exists()
    ended = command("migrate")
    assert "ran social" in ended.stdout
    (made,) = (folder / "backups").iterdir()
    assert made.name.startswith("heliotrope-before-upgrade-")
    with closing(sqlite3.connect(made)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert "alembic_version_standup" in tables
    assert "alembic_version_social" not in tables


def test_restore_brings_back_what_was_backed_up_and_keeps_what_was_there(folder: Path, command: Command) -> None:
    say(folder, "team create Atlas")
    command("run")
    command("backup", "copy.db")
    say(folder, "team create Borealis")
    command("run")
    ended = command("restore", "copy.db")
    assert ended.returncode == 0
    assert teams(folder / DATABASE) == ["Atlas"]
    kept = folder / ended.stdout.splitlines()[-1].removeprefix("the database that was there is kept as ")
    assert teams(kept) == ["Atlas", "Borealis"]


def test_after_a_restore_what_was_said_since_the_backup_is_read_back(folder: Path, command: Command) -> None:
    say(folder, "team create Atlas")
    command("run")
    command("backup", "copy.db")
    say(folder, "team create Borealis")
    command("run")
    command("restore", "copy.db")
    assert command("run").returncode == 0
    assert teams(folder / DATABASE) == ["Atlas", "Borealis"]


def test_restore_works_where_there_is_no_database_yet(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("migrate")
    command("backup", "copy.db")
    monkeypatch.setenv("HELIOTROPE_DATABASE__PATH", "new/bot.db")
    assert command("restore", "copy.db").returncode == 0
    assert teams(folder / "new" / "bot.db") == []


@pytest.mark.parametrize("wanted", ["backup copy.db", "restore missing.db"])
def test_a_file_that_is_not_there_is_named(wanted: str, folder: Path, command: Command) -> None:
    ended = command(*wanted.split())
    missing = DATABASE if wanted.startswith("backup") else "missing.db"
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"heliotrope {wanted.split(maxsplit=1)[0]}: {missing}: there is no such file\n"
    assert not (folder / DATABASE).exists()


def test_backup_overwrites_nothing(folder: Path, command: Command) -> None:
    command("migrate")
    (folder / "copy.db").write_text("mine", encoding="utf-8")
    ended = command("backup", "copy.db")
    assert (ended.returncode, ended.stderr) == (2, "heliotrope backup: there is a file already: copy.db\n")
    assert (folder / "copy.db").read_text(encoding="utf-8") == "mine"


def test_a_path_that_can_not_be_is_named(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELIOTROPE_DATABASE__PATH", "heliotrope.toml/bot.db")
    ended = command("run")
    assert (ended.returncode, ended.stderr) == (2, "heliotrope run: heliotrope.toml: File exists\n")
