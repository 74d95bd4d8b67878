"""Updates as they are stored, each with its answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.api import MemberId, MessageRef, TeamId, Transaction, WorkspaceId, from_micros, to_micros
from cogs.standup.answers import Piece
from cogs.standup.questions import dump, load
from cogs.standup.records import Kept, Update
from cogs.standup.store.answer import COLUMNS, piece_of
from cogs.standup.store.tables import ANSWERS, UPDATES

_U, _A = UPDATES.c, ANSWERS.c
_KEPT = (
    select(UPDATES, *COLUMNS)
    .select_from(
        UPDATES.outerjoin(ANSWERS, (_A.standup == _U.standup) & (_A.member == _U.member) & (_A.date == _U.date))
    )
    .where(
        _U.standup.in_(bindparam("standups", expanding=True)),
        _U.member.in_(bindparam("members", expanding=True)),
        _U.date.in_(bindparam("dates", expanding=True)),
    )
    .order_by(_U.standup, _U.member, _U.date, _A.id)
)
_SAVE = update(UPDATES).where(
    _U.standup == bindparam("of_standup"), _U.member == bindparam("of_member"), _U.date == bindparam("of_date")
)
_OF_MESSAGE = select(_A.standup, _A.member, _A.date, _A.id).where(
    _A.message == bindparam("of_message"),
    _A.platform == bindparam("of_platform"),
    _A.address == bindparam("of_address"),
)


async def kept(
    tx: Transaction, standups: Collection[int], members: Collection[MemberId], dates: Collection[date]
) -> Sequence[Kept]:
    """Return the updates of any of these standups, members and local dates, each with its answers."""
    values = {
        "standups": sorted(set(standups)),
        "members": sorted(set(members)),
        "dates": sorted({day.isoformat() for day in dates}),
    }
    found: dict[tuple[int, int, str], Kept] = {}
    for row in (await tx.execute(_KEPT, values)).rows:
        key = (row.standup, row.member, row.date)
        known = found.get(key) or Kept(_update(row))
        if row.a_id is not None:
            known = replace(known, pieces=(*known.pieces, piece_of(row)))
        found[key] = known
    return list(found.values())


async def one(tx: Transaction, standup: int, member: MemberId, day: date) -> Kept | None:
    """Return one update with its answers, or None."""
    found = await kept(tx, [standup], [member], [day])
    return found[0] if found else None


async def before(tx: Transaction, kept_: Update) -> Kept | None:
    """Return the member's last update before this one, or None."""
    rows = (
        await tx.execute(
            select(_U.date)
            .where(_U.standup == kept_.standup, _U.member == kept_.member, _U.date < kept_.date.isoformat())
            .order_by(_U.date.desc())
            .limit(1)
        )
    ).rows
    return await one(tx, kept_.standup, kept_.member, date.fromisoformat(rows[0].date)) if rows else None


async def after(tx: Transaction, kept_: Update, until: date) -> Sequence[Update]:
    """Return the member's later updates up to a local date, without their answers."""
    where = (_U.standup == kept_.standup, _U.member == kept_.member, _U.date > kept_.date.isoformat())
    later = select(UPDATES).where(*where, _U.date <= until.isoformat()).order_by(_U.date)
    return [_update(row) for row in (await tx.execute(later)).rows]


async def asked_since(tx: Transaction, members: Collection[MemberId], since: date) -> set[tuple[int, MemberId]]:
    """Return which standups have asked which of these members from a local date on."""
    statement = (
        select(_U.standup, _U.member).where(_U.member.in_(sorted(members)), _U.date >= since.isoformat()).distinct()
    )
    return {(row.standup, MemberId(row.member)) for row in (await tx.execute(statement)).rows}


async def add_updates(tx: Transaction, updates: Sequence[Update]) -> None:
    """Store new updates."""
    await tx.execute(insert(UPDATES), [_of_update(each) for each in updates])


async def save_update(tx: Transaction, changed: Update) -> None:
    """Store what has changed in an update."""
    which = {"of_standup": changed.standup, "of_member": changed.member, "of_date": changed.date.isoformat()}
    await tx.execute(_SAVE, {**which, **_of_update(changed)})


async def is_last(tx: Transaction, one_: Update) -> bool:
    """Whether the member was asked for no later date since."""
    where = (_U.standup == one_.standup, _U.member == one_.member, _U.date > one_.date.isoformat())
    return not (await tx.execute(select(_U.date).where(*where).limit(1))).rows


async def of_message(tx: Transaction, member: MemberId, source: MessageRef) -> Sequence[tuple[Kept, Piece]]:
    """Return the updates that a member's message is part of, each with that message among its answers.

    They are several where one message was picked on several days, or for several teams.
    """
    where = {
        "of_message": source.message_id,
        "of_platform": source.place.platform,
        "of_address": source.place.address,
    }
    found = []
    for row in [row for row in (await tx.execute(_OF_MESSAGE, where)).rows if row.member == member]:
        update_ = await one(tx, row.standup, member, date.fromisoformat(row.date))
        found += [(update_, piece) for piece in (update_.pieces if update_ else ()) if update_ and piece.id == row.id]
    return found


def _of_update(each: Update) -> dict[str, Any]:
    return {
        "workspace": each.workspace,
        "standup": each.standup,
        "team": each.team,
        "member": each.member,
        "date": each.date.isoformat(),
        "questions": dump(each.questions),
        "asked": to_micros(each.asked),
        "ends": to_micros(each.ends),
        "expires": to_micros(each.expires),
        "skipped": int(each.skipped),
        "snoozed": to_micros(each.snoozed) if each.snoozed else 0,
        "receipts": each.receipts,
        "reopened": each.reopened,
        "resolved": ",".join(str(id_) for id_ in sorted(each.resolved)),
    }


def _update(row: Any) -> Update:
    return Update(
        WorkspaceId(row.workspace),
        row.standup,
        TeamId(row.team),
        MemberId(row.member),
        date.fromisoformat(row.date),
        load(row.questions),
        from_micros(row.asked),
        from_micros(row.ends),
        from_micros(row.expires),
        bool(row.skipped),
        from_micros(row.snoozed) if row.snoozed else None,
        row.receipts,
        row.reopened,
        frozenset(int(id_) for id_ in row.resolved.split(",") if id_),
    )
