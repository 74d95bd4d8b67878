"""Which migrations there are, and which of them a database has had: for the bot and for every cog by itself."""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory

from bot.engine.errors import NewerDatabase
from bot.model.cog import Cog
from bot.model.errors import HeliotropeError

BOT = "bot"
_VERSION_TABLE = "alembic_version_"


class NotHeliotrope(HeliotropeError):
    """The file is not a database of this project, or it is damaged."""


@dataclass(frozen=True)
class Chain:
    """The migrations of the bot or of one cog, in order."""

    name: str
    script: ScriptDirectory

    @property
    def version_table(self) -> str:
        """The table that holds the revision a database is at."""
        return _VERSION_TABLE + self.name

    def missing(self, recorded: Sequence[str]) -> list[str]:
        """Return the revisions still to be run, in order; raises NewerDatabase for a recorded one not known here."""
        known = [script.revision for script in self.script.walk_revisions()][::-1]
        unknown = [revision for revision in recorded if revision not in known]
        if unknown:
            raise NewerDatabase(
                f"the database was made by a newer version: {self.name} is at revision {', '.join(unknown)},"
                f" this version knows {known[-1] if known else 'none'}. It was left as it is."
            )
        return known[max((known.index(revision) + 1 for revision in recorded), default=0) :]


def chains(cogs: Iterable[Cog]) -> list[Chain]:
    """Return the bot's migrations and those of the cogs that have any, the bot's first."""
    named = [(BOT, "bot.storage.migrations.versions")]
    named += [(cog.name, cog.migrations) for cog in cogs if cog.migrations is not None]
    return [Chain(name, ScriptDirectory(folder, version_locations=[folder])) for name, folder in _folders(named)]


def _folders(named: Iterable[tuple[str, str]]) -> list[tuple[str, Path]]:
    folders = []
    for name, package in named:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise HeliotropeError(f"cog {name!r}: its migrations package {package!r} does not exist")
        folders.append((name, Path(spec.submodule_search_locations[0])))
    return folders


def read_only(path: Path) -> sqlite3.Connection:
    """Open a SQLite file so that nothing is written, not even beside it.

    A file in WAL mode gets its log and index on opening, and a reader may not remove them. Where there is no log
    nobody has the file open and all is in it: then SQLite is told that it does not change.
    """
    log = path.with_name(path.name + "-wal")
    how = "mode=ro" if log.exists() else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=30, isolation_level=None)


def recorded_in_file(path: Path) -> Mapping[str, Sequence[str]]:
    """Return the revisions that a SQLite file is at, by name; empty for a file that is missing or has no tables.

    Opens it for reading only. Raises NotHeliotrope for anything else than a database of this project.
    """
    if not path.exists() or not path.stat().st_size:
        return {}
    try:
        with closing(read_only(path)) as connection:
            found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            tables = [name for (name,) in found if name.startswith(_VERSION_TABLE)]
            if found and _VERSION_TABLE + BOT not in tables:
                raise NotHeliotrope(f"not a Heliotrope database: {path}")
            return {
                table.removeprefix(_VERSION_TABLE): [
                    revision for (revision,) in connection.execute(f'SELECT version_num FROM "{table}"')
                ]
                for table in tables
            }
    except sqlite3.DatabaseError as error:
        raise NotHeliotrope(f"not a Heliotrope database, or a damaged one: {path}: {error}") from error


def refuse_newer(recorded: Mapping[str, Sequence[str]], known: Iterable[Chain]) -> None:
    """Raise NewerDatabase if a database has had a migration that this version does not know."""
    for chain in known:
        chain.missing(recorded.get(chain.name, ()))
