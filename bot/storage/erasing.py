"""All that belongs to one workspace, deleted: the bot's rows by what they refer to, cogs' by their column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, MetaData, Table, delete, or_, select, tuple_

from bot.model.identity import WorkspaceId
from bot.storage import tables
from bot.storage.executor import Executor

OF_NO_WORKSPACE: Final = frozenset(
    {tables.META.name, tables.INBOX.name, tables.POSITIONS.name, tables.PLATFORM_STATE.name}
)
"""Tables that hold nothing of a workspace's: what the database, and each platform, knows of itself."""


async def erase(execute: Executor, workspace: WorkspaceId, cogs: Iterable[MetaData]) -> None:
    """Delete a workspace and all that refers to it, in an order in which nothing points to what is gone.

    What is known of an account, such as its direct conversation, is forgotten with its last membership.
    """
    for table in (table for metadata in cogs for table in metadata.sorted_tables[::-1]):
        if "workspace" in table.c:
            await execute.execute(delete(table).where(table.c.workspace == workspace))
    found = [(table, _theirs(table, workspace)) for table in tables.METADATA.sorted_tables[::-1]]
    # First what is found by way of other rows, which stand as long as they are needed for that.
    for table, theirs in sorted(found, key=lambda each: "workspace" in each[0].c or each[0] is tables.WORKSPACES):
        if theirs is not None:
            await execute.execute(delete(table).where(theirs))


def _theirs(table: Table, workspace: WorkspaceId) -> ColumnElement[bool] | None:
    """Return which rows of one of the bot's tables are a workspace's."""
    if table.name in OF_NO_WORKSPACE:
        return None
    if table is tables.WORKSPACES:
        return table.c.id == workspace
    if "workspace" in table.c:
        return table.c.workspace == workspace
    if table is tables.CHUNKS:
        rows = select(tables.OUTBOX.c.parcel).where(
            tables.OUTBOX.c.workspace == workspace, tables.OUTBOX.c.parcel.is_not(None)
        )
        # A row that waits for its person again has left its parcel; the chunk that was made of it is theirs still.
        theirs = select(tables.MEMBERS.c.id).where(tables.MEMBERS.c.workspace == workspace)
        return table.c.parcel.in_(rows) | table.c.member.in_(theirs)
    if {"platform", "account"} <= set(table.c.keys()):
        account = tuple_(table.c.platform, table.c.account)
        of = tables.IDENTITIES
        here = select(of.c.platform, of.c.account).where(of.c.workspace == workspace)
        elsewhere = select(of.c.platform, of.c.account).where(of.c.workspace != workspace)
        return account.in_(here) & account.not_in(elsewhere)
    by = [
        table.c[column].in_(select(owner.c.id).where(owner.c.workspace == workspace))
        for column, owner in (("member", tables.MEMBERS), ("team", tables.TEAMS))
        if column in table.c
    ]
    if not by:
        raise LookupError(f"nothing says which rows of {table.name} belong to a workspace")
    return or_(*by)
