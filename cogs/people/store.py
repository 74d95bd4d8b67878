"""The people cog's own tables: codes by which accounts are linked, and who typed wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text, delete, insert, select

from bot.api import Account, Identity, Transaction, WorkspaceId, from_micros, to_micros

METADATA = MetaData()
_MICROS = BigInteger().with_variant(Integer, "sqlite")

_CODES = Table(
    "people_codes",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("expires", _MICROS, nullable=False),
    sqlite_strict=True,
)
_WRONG = Table(
    "people_wrong_codes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("at", _MICROS, nullable=False),
    Index("people_wrong_codes_account", "platform", "account", "at"),
    sqlite_strict=True,
)


async def add_code(tx: Transaction, digest: str, account: Account, workspace: WorkspaceId, expires: datetime) -> None:
    """Keep a code's digest until an instant, instead of the account's last one; expired ones are forgotten."""
    who = account.identity
    mine = (_CODES.c.platform == who.platform) & (_CODES.c.account == who.account)
    await tx.execute(delete(_CODES).where((_CODES.c.expires <= to_micros(tx.now)) | mine))
    row = {"digest": digest, "workspace": workspace, "platform": who.platform, "account": who.account}
    await tx.execute(insert(_CODES), {**row, "name": account.name, "expires": to_micros(expires)})


async def account_of_code(tx: Transaction, digest: str) -> Account | None:
    """Return the account that was given a code, or None if nobody was or it has expired."""
    found = select(_CODES).where(_CODES.c.digest == digest, _CODES.c.expires > to_micros(tx.now))
    rows = (await tx.execute(found)).rows
    return next((Account(Identity(row.platform, row.account), row.name) for row in rows), None)


async def use_code(tx: Transaction, digest: str) -> None:
    """Forget a code: it was used, or seen by others."""
    await tx.execute(delete(_CODES).where(_CODES.c.digest == digest))


async def wrong_codes(tx: Transaction, who: Identity, since: datetime) -> Sequence[datetime]:
    """Return when an account typed wrong codes after an instant, earliest first."""
    mine = (_WRONG.c.platform == who.platform) & (_WRONG.c.account == who.account) & (_WRONG.c.at > to_micros(since))
    rows = (await tx.execute(select(_WRONG.c.at).where(mine).order_by(_WRONG.c.at))).rows
    return [from_micros(row.at) for row in rows]


async def add_wrong_code(tx: Transaction, who: Identity, workspace: WorkspaceId, until: datetime) -> None:
    """Note that an account typed a wrong code now; what was noted up to `until` is forgotten."""
    await tx.execute(delete(_WRONG).where(_WRONG.c.at <= to_micros(until)))
    row = {"workspace": workspace, "platform": who.platform, "account": who.account, "at": to_micros(tx.now)}
    await tx.execute(insert(_WRONG), row)
