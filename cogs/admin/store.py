"""The admin cog's own tables: codes to join a workspace, who typed wrong ones, and links that wait for a yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text, delete, insert, select

from bot.api import Identity, Transaction, WorkspaceId, from_micros, to_micros

METADATA = MetaData()
_MICROS = BigInteger().with_variant(Integer, "sqlite")

_CODES = Table(
    "admin_codes",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("expires", _MICROS, nullable=False),
    sqlite_strict=True,
)
_WRONG = Table(
    "admin_wrong_codes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("at", _MICROS, nullable=False),
    Index("admin_wrong_codes_account", "platform", "account", "at"),
    sqlite_strict=True,
)
_LINKS = Table(
    "admin_links",
    METADATA,
    Column("workspace", Integer, primary_key=True, autoincrement=False),
    Column("target", Integer, nullable=False),
    Column("expires", _MICROS, nullable=False),
    sqlite_strict=True,
)


async def add_code(tx: Transaction, digest: str, workspace: WorkspaceId, expires: datetime) -> None:
    """Keep a code's digest until an instant; those that have expired are forgotten."""
    await tx.execute(delete(_CODES).where((_CODES.c.expires <= to_micros(tx.now)) | (_CODES.c.digest == digest)))
    await tx.execute(insert(_CODES), {"digest": digest, "workspace": workspace, "expires": to_micros(expires)})


async def workspace_of_code(tx: Transaction, digest: str) -> WorkspaceId | None:
    """Return the workspace that a code opens, or None if nobody was given it or it has expired."""
    found = select(_CODES.c.workspace).where(_CODES.c.digest == digest, _CODES.c.expires > to_micros(tx.now))
    return next((WorkspaceId(row.workspace) for row in (await tx.execute(found)).rows), None)


async def use_code(tx: Transaction, digest: str) -> None:
    """Forget a code: it was used."""
    await tx.execute(delete(_CODES).where(_CODES.c.digest == digest))


async def wrong_codes(tx: Transaction, who: Identity, since: datetime) -> Sequence[datetime]:
    """Return when an account typed wrong codes after an instant, earliest first."""
    mine = (_WRONG.c.platform == who.platform) & (_WRONG.c.account == who.account) & (_WRONG.c.at > to_micros(since))
    return [
        from_micros(row.at) for row in (await tx.execute(select(_WRONG.c.at).where(mine).order_by(_WRONG.c.at))).rows
    ]


async def add_wrong_code(tx: Transaction, who: Identity, workspace: WorkspaceId, until: datetime) -> None:
    """Note that an account typed a wrong code now; what was noted up to `until` is forgotten."""
    await tx.execute(delete(_WRONG).where(_WRONG.c.at <= to_micros(until)))
    row = {"workspace": workspace, "platform": who.platform, "account": who.account, "at": to_micros(tx.now)}
    await tx.execute(insert(_WRONG), row)


async def offer_link(tx: Transaction, workspace: WorkspaceId, target: WorkspaceId, expires: datetime) -> None:
    """Keep until an instant that a workspace may become part of another, instead of what was kept before."""
    await tx.execute(delete(_LINKS).where((_LINKS.c.workspace == workspace) | (_LINKS.c.expires <= to_micros(tx.now))))
    await tx.execute(insert(_LINKS), {"workspace": workspace, "target": target, "expires": to_micros(expires)})


async def take_link(tx: Transaction, workspace: WorkspaceId) -> WorkspaceId | None:
    """Return and forget what a workspace may become part of, or None."""
    found = select(_LINKS.c.target).where(_LINKS.c.workspace == workspace, _LINKS.c.expires > to_micros(tx.now))
    target = next((WorkspaceId(row.target) for row in (await tx.execute(found)).rows), None)
    await tx.execute(delete(_LINKS).where((_LINKS.c.workspace == workspace) | (_LINKS.c.target == workspace)))
    return target
