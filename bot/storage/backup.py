"""Copies of a SQLite database that are known to be whole, and putting one back."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import string
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.model.cog import Cog
from bot.model.errors import HeliotropeError
from bot.storage.lock import locked
from bot.storage.revisions import BOT, NotHeliotrope, chains, read_only, recorded_in_file, refuse_newer

_STAMP = "%Y%m%dT%H%M%SZ"
_AUTOMATIC = "heliotrope-"
_TRIES = 5
_CHARACTERS = string.ascii_lowercase + string.digits


class BackupFailed(HeliotropeError):
    """The copy is not what the database was; it was not kept."""


def stamp(instant: datetime) -> str:
    """Return an instant as it stands in a file's name."""
    return instant.astimezone(UTC).strftime(_STAMP)


def new_instance() -> str:
    """Return the eight characters that chunk keys begin with: short, and never the same in two databases."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(8))


def backup(path: Path, target: Path) -> None:
    """Copy a database, in use or not, to a new file; it takes seconds where there is much, so run it in a thread.

    The copy is opened and checked before it gets its name. Raises FileExistsError rather than overwrite a file,
    NotHeliotrope, and BackupFailed.
    """
    if target.exists():
        raise FileExistsError(f"there is a file already: {target}")
    if BOT not in recorded_in_file(path):
        raise NotHeliotrope(f"not a Heliotrope database: {path}")
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy(path, target)


def _copy(path: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    try:
        with closing(read_only(path)) as source:
            for attempt in range(_TRIES):
                part.unlink(missing_ok=True)
                if _copied(source, part, last=attempt == _TRIES - 1):
                    break
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except sqlite3.Error as error:
        raise BackupFailed(f"could not write {target}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _copied(source: sqlite3.Connection, part: Path, *, last: bool) -> bool:
    """Copy and check; say whether the copy can be compared: the bot may have written meanwhile."""
    version, counts = _version(source), _counts(source)
    source.execute("VACUUM INTO ?", (str(part),))
    with closing(read_only(part)) as copy:
        _check(copy, part)
        same = _counts(copy) == counts
    if _version(source) == version and not same:
        raise BackupFailed("the copy does not have the rows of the database")
    return same or last


def _version(connection: sqlite3.Connection) -> int:
    (number,) = connection.execute("PRAGMA data_version").fetchone()
    return int(number)


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in found.fetchall()}


def _check(connection: sqlite3.Connection, path: Path) -> None:
    try:
        problems = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
        problems += [
            f"a row of {table} refers to nothing" for table, *_ in connection.execute("PRAGMA foreign_key_check")
        ]
    except sqlite3.DatabaseError as error:
        problems = [str(error)]
    if problems:
        raise NotHeliotrope(f"the database is damaged: {path}: {problems[0]}")


def _sync(path: Path) -> None:
    """Wait until the disk has a file, or a folder's names."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders, and needs it for none
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def restore(source: Path, path: Path, cogs: Iterable[Cog], at: datetime) -> Path | None:
    """Put a backup in the place of a database; return where the one that was there is kept, if there was one.

    Chunks that are stored from now on get keys of another instance: those that the replaced database handed out
    since the backup stand for other content on the platforms. Raises DatabaseLocked while the bot runs, and
    NotHeliotrope or NewerDatabase for a source that can't be used; the database is as it was then.
    """
    with locked(path):
        recorded = recorded_in_file(source)
        if BOT not in recorded:
            raise NotHeliotrope(f"not a Heliotrope database: {source}")
        refuse_newer(recorded, chains(cogs))
        with closing(read_only(source)) as connection:
            _check(connection, source)
        fresh = path.with_name(path.name + ".restored")
        fresh.unlink(missing_ok=True)
        _copy(source, fresh)
        _begin_new_instance(fresh)
        kept = _keep(path, at) if path.exists() else None
        fresh.replace(path)
        _sync(path.parent)
        return kept


def _begin_new_instance(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'instance'", (new_instance(),))
        _check(connection, path)
    _sync(path)


def _keep(path: Path, at: datetime) -> Path:
    """Give the database a second name, with all that its write-ahead log holds, and take the log away."""
    kept = path.with_name(f"{path.stem}-replaced-{stamp(at)}{path.suffix}")
    if kept.exists():
        raise FileExistsError(f"there is a file already: {kept}")
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        os.link(path, kept)  # the old name stays until the new database takes it: there is no moment without one
    except OSError:
        shutil.copy2(path, kept)
    for log in ("-wal", "-shm"):
        beside = path.with_name(path.name + log)
        if beside.exists():  # only if it can't be read: then whoever looks into it needs the log as well
            beside.replace(kept.with_name(kept.name + log))
    return kept


def automatic(
    path: Path, folder: Path, now: datetime, keep: int = 7, every: timedelta = timedelta(days=1)
) -> Path | None:
    """Back up unless the newest automatic backup is younger than `every`; keep the newest `keep` of them.

    Returns the new file, or None if it is not time yet.
    """
    there = sorted(folder.glob(f"{_AUTOMATIC}????????T??????Z.db"))
    if there and _taken(there[-1]) + every * 0.95 > now:  # clocks and schedulers are not exact
        return None
    target = folder / f"{_AUTOMATIC}{stamp(now)}.db"
    backup(path, target)
    for old in [*there, target][:-keep]:
        old.unlink()
    return target


def _taken(file: Path) -> datetime:
    return datetime.strptime(file.stem.removeprefix(_AUTOMATIC), _STAMP).replace(tzinfo=UTC)
