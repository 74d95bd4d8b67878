"""Two that become one: every row of a member, or of a workspace, becomes the other's, the cogs' by their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import (
    Column,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    delete,
    func,
    select,
    true,
    update,
)

from bot.engine.ports import OccurrenceState
from bot.model.identity import MemberId, WorkspaceId
from bot.storage import tables
from bot.storage.executor import Executor

OF_A_MEMBER: Final = frozenset({"member", "author", "addressee", "creator", "owner"})
"""What columns of cogs' tables are called that name a member."""
KEPT: Final = frozenset({tables.MEMBERS.name, tables.TIMERS.name, tables.OUTBOX.name, tables.CHUNKS.name})
"""What stays a member's who has become another: what was under way to them, which is not sent a second time."""


async def merge_members(execute: Executor, gone: MemberId, into: MemberId, cogs: Iterable[MetaData]) -> None:
    """Make all that is of one member another's; of two rows that can't both be the other's, theirs stays."""
    await _answered(execute, gone, into)
    for table in tables.METADATA.sorted_tables:
        for column in table.columns:
            of_members = any(key.column.table is tables.MEMBERS for key in column.foreign_keys)
            if of_members and table.name not in KEPT:
                await _hand_over(execute, table, column, gone, into)
    for table in (table for metadata in cogs for table in metadata.sorted_tables):
        for column in table.columns:
            if column.name in OF_A_MEMBER and "workspace" in table.c:
                await _hand_over(execute, table, column, gone, into)


async def merge_workspaces(execute: Executor, gone: WorkspaceId, into: WorkspaceId, cogs: Iterable[MetaData]) -> None:
    """Make all that belongs to one workspace another's, and delete the empty one.

    Where rows are numbered within their workspace, those that come are numbered on. Nobody may have an account in
    both: such members are merged before.
    """
    every = [*tables.METADATA.sorted_tables, *(table for metadata in cogs for table in metadata.sorted_tables)]
    for table in every:
        if "workspace" not in table.c:
            continue
        for numbered in _numbers(table):
            highest = select(func.coalesce(func.max(numbered), 0).label("last")).where(table.c.workspace == into)
            on = int((await execute.execute(highest)).rows[0].last)
            of = update(table).where(table.c.workspace == gone)
            await execute.execute(of.values({numbered: -(numbered + on)}))  # no number is taken twice on the way
            await execute.execute(of.values({numbered: -numbered}))
        await _hand_over(execute, table, table.c.workspace, gone, into)
    await execute.execute(delete(tables.WORKSPACES).where(tables.WORKSPACES.c.id == gone))


async def _answered(execute: Executor, gone: MemberId, into: MemberId) -> None:
    """Count what one of the two has answered as answered, though the other was asked the same."""
    of, other = tables.OCCURRENCES, tables.OCCURRENCES.alias("other")
    theirs = select(other.c.subject).where(
        other.c.member == gone,
        other.c.subject == of.c.subject,
        other.c.date == of.c.date,
        other.c.state == OccurrenceState.ANSWERED,
    )
    answered = update(of).where(of.c.member == into, theirs.correlate(of).exists())
    await execute.execute(answered.values(state=OccurrenceState.ANSWERED.value))


async def _hand_over(execute: Executor, table: Table, column: Column[Any], gone: int, into: int) -> None:
    for key in _keys(table, column):
        there = table.alias("there")
        same = and_(true(), *(there.c[other.name] == other for other in key if other is not column))
        taken = select(there.c[column.name]).where(there.c[column.name] == into, same).correlate(table)
        await execute.execute(delete(table).where(column == gone, taken.exists()))
    await execute.execute(update(table).where(column == gone).values({column: into}))


def _keys(table: Table, column: Column[Any]) -> Iterator[list[Column[Any]]]:
    """Return what may be there only once, and holds a column with others."""
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            columns = list(constraint.columns)
            if any(each is column for each in columns):
                yield columns


def _numbers(table: Table) -> list[Column[Any]]:
    """Return the column that numbers a table's rows within their workspace, if there is one."""
    key = [column for column in table.primary_key.columns if column.name != "workspace"]
    if "workspace" not in table.primary_key.columns or len(key) != 1 or key[0].type.python_type is not int:
        return []
    return key
