"""Who was asked in a channel, as it is stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from bot.api import MemberId, Transaction, WorkspaceId
from cogs.standup.records import NOWHERE, Listed
from cogs.standup.store.tables import UNREACHED

_N = UNREACHED.c
_ASKED_THERE = (
    select(UNREACHED)
    .where(
        _N.standup.in_(bindparam("standups", expanding=True)),
        _N.date.in_(bindparam("dates", expanding=True)),
        _N.post != NOWHERE,
    )
    .order_by(_N.standup, _N.date, _N.member)
)
_LIST_NO_MORE = (
    update(UNREACHED)
    .where(_N.standup == bindparam("of_standup"), _N.date == bindparam("of_date"), _N.member == bindparam("of_member"))
    .values(listed=0)
)


async def asked_in_channels(tx: Transaction, standups: Collection[int], dates: Collection[date]) -> Sequence[Listed]:
    """Return who was asked in a channel by any of these standups for these local dates."""
    if not standups or not dates:
        return ()
    values = {"standups": sorted(set(standups)), "dates": sorted({day.isoformat() for day in dates})}
    return [_listed(row) for row in (await tx.execute(_ASKED_THERE, values)).rows]


async def asked_nowhere(tx: Transaction, standup: int) -> Sequence[Listed]:
    """Return who was to be asked in a channel by a standup while its team had none."""
    statement = select(UNREACHED).where(_N.standup == standup, _N.post == NOWHERE).order_by(_N.date, _N.member)
    return [_listed(row) for row in (await tx.execute(statement)).rows]


async def forget_nowhere(tx: Transaction, standup: int, members: Collection[MemberId]) -> None:
    """Forget that these members were to be asked in a channel by a standup while its team had none."""
    await tx.execute(delete(UNREACHED).where(_N.standup == standup, _N.post == NOWHERE, _N.member.in_(sorted(members))))


def _listed(row: Any) -> Listed:
    return Listed(
        WorkspaceId(row.workspace),
        row.standup,
        MemberId(row.member),
        date.fromisoformat(row.date),
        row.post,
        bool(row.listed),
    )


async def listed_for(tx: Transaction, standup: int, members: Collection[MemberId]) -> Sequence[Listed]:
    """Return the dates for which these members are still asked by a standup in a channel."""
    statement = select(_N.date).where(_N.standup == standup, _N.member.in_(sorted(members)), _N.listed == 1).distinct()
    dates = [date.fromisoformat(row.date) for row in (await tx.execute(statement)).rows]
    found = await asked_in_channels(tx, [standup], dates)
    return [each for each in found if each.listed and each.member in members]


async def list_in_channel(tx: Transaction, listed: Sequence[Listed]) -> None:
    """Store who is asked in a channel from now on."""
    await tx.execute(
        insert(UNREACHED),
        [
            {
                "workspace": each.workspace,
                "standup": each.standup,
                "member": each.member,
                "date": each.date.isoformat(),
                "post": each.post,
                "listed": int(each.listed),
            }
            for each in listed
        ],
    )


async def list_no_more(tx: Transaction, listed: Sequence[Listed]) -> None:
    """Note that these are asked in a channel no more."""
    await tx.execute(
        _LIST_NO_MORE,
        [{"of_standup": e.standup, "of_date": e.date.isoformat(), "of_member": e.member} for e in listed],
    )
