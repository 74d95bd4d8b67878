"""Statements that the sqlite3 module runs by itself: SQLAlchemy writes their SQL, once.

At every execution SQLAlchemy looks a statement's SQL up, checks its parameters, and wraps its rows. Beside the way
to a server or a disk that is little; in memory it takes several times as long as SQLite does.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnClause, ColumnElement, CompoundSelect, Delete, Insert, Label, Select, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = sqlite.dialect()
_MOST = 2_000
"""So many statements are kept; a program has some hundreds."""


class Prepared:
    """A statement's SQL, the order of its parameters, and the shape of its rows."""

    def __init__(self, compiled: SQLCompiler, row: Callable[[Any], Any] | None) -> None:
        """Take what SQLAlchemy wrote; `row` makes one of a tuple, None if there are none."""
        self._sql = compiled.string
        self._names = compiled.positiontup or []
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._lists = compiled if any(bind.expanding for bind in compiled.binds.values()) else None
        self._row = row

    def run(self, connection: sqlite3.Connection, parameters: Any) -> tuple[Sequence[Any], int]:
        """Return the rows and how many there are, or were changed. Raises DBAPIError and KeyError."""
        try:
            cursor = self._execute(connection, parameters or {})
            if self._row is None:
                return (), cursor.rowcount
            rows = [self._row(values) for values in cursor.fetchall()]
            return rows, len(rows)
        except sqlite3.Error as error:
            raise DBAPIError.instance(self._sql, None, error, sqlite3.Error, hide_parameters=True) from error

    def _execute(self, connection: sqlite3.Connection, parameters: Any) -> sqlite3.Cursor:
        if isinstance(parameters, Sequence):
            return connection.executemany(self._sql, [self._ordered(each) for each in parameters])
        if self._lists is not None:
            expanded = self._lists.construct_expanded_state({**self._constants, **parameters})
            return connection.execute(expanded.statement, expanded.positional_parameters)
        return connection.execute(self._sql, self._ordered(parameters))

    def _ordered(self, parameters: Mapping[str, Any]) -> list[Any]:
        values = {**self._constants, **parameters} if self._constants else parameters
        return [values[name] for name in self._names]


_known: WeakKeyDictionary[Any, dict[tuple[str, ...], Prepared | None]] = WeakKeyDictionary()


def prepared(statement: Any, parameters: Any) -> Prepared | None:
    """Return what runs a statement, or None where SQLAlchemy had better do it.

    That is when it is used for the first time (many are made for one use), gives back what it writes, or has types
    that sqlite3 does not take and give as they are.
    """
    forms = _known.get(statement)
    if forms is None:
        if len(_known) >= _MOST:
            _known.clear()
        _known[statement] = {}
        return None
    first = parameters[0] if isinstance(parameters, Sequence) else parameters
    names = tuple(first or ())
    if names not in forms:
        forms[names] = _prepare(statement, names)
    return forms[names]


def _prepare(statement: Any, names: tuple[str, ...]) -> Prepared | None:
    row = None
    if isinstance(statement, Select | CompoundSelect):
        if (row := _row(list(statement.selected_columns))) is None:
            return None
    elif not isinstance(statement, Insert | Update | Delete) or statement.exported_columns:
        return None
    compiled = statement.compile(dialect=_DIALECT, column_keys=None if row else list(names))
    assert isinstance(compiled, SQLCompiler)
    return None if any(_converts(bind.type) for bind in compiled.binds.values()) else Prepared(compiled, row)


def _row(columns: Sequence[ColumnElement[Any]]) -> Callable[[Any], Any] | None:
    """Return what makes a row of a tuple; None where the columns have no names of their own, or convert."""
    names = [column.name if isinstance(column, ColumnClause | Label) else "" for column in columns]
    plain = all(name.isidentifier() and not name.startswith("_") and not iskeyword(name) for name in names)
    if not plain or len(set(names)) < len(names) or any(_converts(column.type) for column in columns):
        return None
    kind: Any = namedtuple("Row", names)  # type: ignore[misc]  # the names are known here only
    made: Callable[[Any], Any] = kind._make
    return made


def _converts(type_: Any) -> bool:
    """Whether SQLAlchemy converts values of this type on their way to SQLite or back."""
    own = type_.dialect_impl(_DIALECT)
    return own.bind_processor(_DIALECT) is not None or own.result_processor(_DIALECT, None) is not None
