"""Statements that sqlite3 runs by itself do what SQLAlchemy would have done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Insert,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    delete,
    func,
    insert,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import StaticPool

from bot.storage.executor import InlineExecutor
from bot.storage.prepared import Prepared, prepared

METADATA = MetaData()
PETS = Table("pets", METADATA, Column("id", Integer, primary_key=True), Column("name", Text), Column("legs", Integer))
VISITS = Table("visits", METADATA, Column("at", DateTime))
ROWS = [
    {"id": 1, "name": "Rex", "legs": 4},
    {"id": 2, "name": "Tweety", "legs": 2},
    {"id": 3, "name": "Kaa", "legs": 0},
]
NOON = datetime(2026, 10, 26, 12, tzinfo=UTC)


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    METADATA.create_all(engine)
    with engine.connect() as connection:
        connection.execute(insert(PETS), ROWS)
        yield connection
    engine.dispose()


def ready(statement: Any, parameters: Any = None) -> Prepared | None:
    """What a statement is run by when it is used again."""
    assert prepared(statement, parameters) is None, "the first time is SQLAlchemy's"
    return prepared(statement, parameters)


def run(connection: Connection, statement: Any, parameters: Any = None) -> tuple[Any, int]:
    driver: Any = connection.connection.driver_connection
    known = ready(statement, parameters)
    assert known is not None
    return known.run(driver, parameters)


OF_ID = select(PETS).where(PETS.c.id == bindparam("of"))
NAMED = select(PETS.c.name).where(PETS.c.name.in_(bindparam("names", expanding=True)), PETS.c.legs > 1)
BOTH = union_all(select(PETS.c.id.label("n")), select(PETS.c.legs)).order_by("n").limit(bindparam("most"))
COUNT = select(func.count().label("many")).select_from(PETS)


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        (OF_ID, {"of": 2}),
        (OF_ID, {"of": 9}),
        (NAMED, {"names": ["Rex", "Kaa", "Tweety"]}),
        (NAMED, {"names": []}),
        (BOTH, {"most": 4}),
        (COUNT, None),
    ],
)
def test_rows_are_those_of_sqlalchemy_by_position_and_by_name(
    connection: Connection, statement: Any, parameters: Any
) -> None:
    expected = connection.execute(statement, parameters).all()
    again = statement._clone()  # a statement that nobody has used yet
    rows, count = run(connection, again, parameters)
    assert [tuple(row) for row in rows] == [tuple(row) for row in expected]
    assert [row._asdict() for row in rows] == [dict(row._mapping) for row in expected]
    assert count == len(expected)


def test_writing_one_row_or_many_changes_what_it_says(connection: Connection) -> None:
    assert run(connection, insert(PETS), {"id": 4, "name": "Tux", "legs": 2})[1] == 1
    run(connection, insert(PETS), [{"id": 5, "name": "A", "legs": 8}, {"id": 6, "name": None, "legs": 6}])
    grow = update(PETS).where(PETS.c.legs == bindparam("had")).values(legs=PETS.c.legs + 1, name="more")
    assert run(connection, grow, {"had": 2}) == ((), 2)
    rename = update(PETS).where(PETS.c.id == bindparam("of"))
    assert run(connection, rename, {"of": 6, "name": "Bee"})[1] == 1
    assert run(connection, delete(PETS).where(PETS.c.id.in_(bindparam("ids", expanding=True))), {"ids": [1, 5]})[1] == 2
    left = connection.execute(select(PETS).order_by(PETS.c.id)).all()
    assert [tuple(row) for row in left] == [(2, "more", 3), (3, "Kaa", 0), (4, "more", 3), (6, "Bee", 6)]


def test_each_set_of_names_has_its_own_form(connection: Connection) -> None:
    change = update(PETS).where(PETS.c.id == bindparam("of"))
    run(connection, change, {"of": 1, "name": "Max"})
    known = prepared(change, {"of": 1, "legs": 3})
    assert known is not None
    driver: Any = connection.connection.driver_connection
    known.run(driver, {"of": 1, "legs": 3})
    assert tuple(connection.execute(OF_ID, {"of": 1}).one()) == (1, "Max", 3)


@pytest.mark.parametrize(
    "statement",
    [
        insert(PETS).returning(PETS.c.id),
        insert(VISITS),
        select(VISITS),
        select(PETS.c.id, VISITS.c.at),
        select(PETS.c.id, PETS.c.id.label("name"), PETS.c.name),
        select(PETS.c.id, func.count()),
        select(PETS.c.id.label("class")),
        text("SELECT 1"),
    ],
    ids=["returns", "converts in", "converts out", "one converts", "a name twice", "no name", "a keyword", "text"],
)
def test_what_needs_sqlalchemy_is_left_to_it(statement: Any) -> None:
    assert ready(statement, {"at": NOON} if isinstance(statement, Insert) else None) is None


def test_a_value_that_is_not_given_is_an_error_and_not_null(connection: Connection) -> None:
    statement = select(PETS).where(PETS.c.id == bindparam("of"), PETS.c.legs == bindparam("number"))
    with pytest.raises(KeyError, match="number"):
        run(connection, statement, {"of": 1})


async def test_errors_are_sqlalchemy_s_and_tell_no_values(connection: Connection) -> None:
    executor = InlineExecutor(connection)
    add = insert(PETS)
    await executor.execute(add, {"id": 7, "name": "Rex"})
    with pytest.raises(IntegrityError) as caught:
        await executor.execute(add, {"id": 7, "name": "a secret"})
    assert isinstance(caught.value.orig, sqlite3.IntegrityError)
    assert "secret" not in str(caught.value)
