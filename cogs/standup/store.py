"""The standup cog's tables, and the statements on them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)

from bot.api import (
    MemberId,
    MessageRef,
    Place,
    Schedule,
    TeamId,
    Transaction,
    Weekdays,
    WorkspaceId,
    from_micros,
    to_micros,
)
from cogs.standup.answers import Piece
from cogs.standup.questions import DEFAULT, dump, load
from cogs.standup.records import Kept, Listed, Standup, Status, Update

METADATA = MetaData()
_INSTANT = BigInteger().with_variant(Integer, "sqlite")

STANDUPS = Table(
    "standup_standups",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("team", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("days", Text, nullable=False),
    Column("every_weeks", Integer, nullable=False),
    Column("anchor", Text, nullable=False),
    Column("questions", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("creator", Integer, nullable=False),
    Column("created", _INSTANT, nullable=False),
    UniqueConstraint("team", name="standup_standups_team_key"),
    Index("standup_standups_workspace_index", "workspace"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""One row a team for ever: a standup that is made again is the one that was deleted, with its dates claimed."""

UPDATES = Table(
    "standup_updates",
    METADATA,
    Column("workspace", Integer, nullable=False),
    Column("standup", Integer, nullable=False),
    Column("team", Integer, nullable=False),
    Column("member", Integer, nullable=False),
    Column("date", Text, nullable=False),
    Column("questions", Text, nullable=False),
    Column("asked", _INSTANT, nullable=False),
    Column("ends", _INSTANT, nullable=False),
    Column("expires", _INSTANT, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("snoozed", _INSTANT, nullable=False),
    Column("receipts", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("resolved", Text, nullable=False),
    PrimaryKeyConstraint("standup", "member", "date", name="standup_updates_pkey"),
    Index("standup_updates_member_index", "member", "date"),
    sqlite_strict=True,
)
"""What a member was asked on a local date, with the questions as they were then. `receipts` counts versions."""

ANSWERS = Table(
    "standup_answers",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("standup", Integer, nullable=False),
    Column("member", Integer, nullable=False),
    Column("date", Text, nullable=False),
    Column("question", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("attachments", Text, nullable=False),
    Column("command", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("thread", Text, nullable=True),
    Column("message", Text, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("picked", Text, nullable=False, server_default=""),
    Column("speaker", Text, nullable=False, server_default=""),
    Index("standup_answers_update_index", "standup", "member", "date"),
    Index("standup_answers_message_index", "message"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""One message each, whole as written, with the position of the question that was open when it was said."""

UNREACHED = Table(
    "standup_unreached",
    METADATA,
    Column("workspace", Integer, nullable=False),
    Column("standup", Integer, nullable=False),
    Column("member", Integer, nullable=False),
    Column("date", Text, nullable=False),
    Column("post", Integer, nullable=False),
    Column("listed", Integer, nullable=False),
    PrimaryKeyConstraint("standup", "date", "member", name="standup_unreached_pkey"),
    sqlite_strict=True,
)
"""Who was asked for a local date in a channel: in which of that date's posts first, and whether they still are."""


# --- standups -------------------------------------------------------------------------------------------------

_S = STANDUPS.c
_BY_TEAMS = select(STANDUPS).where(_S.team.in_(bindparam("teams", expanding=True))).order_by(_S.name, _S.id)


_OTHER = STANDUPS.alias("other")
_BY_IDS = select(
    STANDUPS,
    exists()
    .where(_OTHER.c.workspace == _S.workspace, _OTHER.c.id != _S.id, _OTHER.c.state == str(Status.ACTIVE))
    .label("company"),
).where(_S.id.in_(bindparam("ids", expanding=True)))


async def standups(tx: Transaction, ids: Iterable[int]) -> Mapping[int, Standup]:
    """Return standups by id, also deleted ones; each knows whether it has company."""
    rows = (await tx.execute(_BY_IDS, {"ids": sorted(set(ids))})).rows
    return {row.id: replace(_standup(row), company=bool(row.company)) for row in rows}


async def standups_of(tx: Transaction, teams: Iterable[TeamId]) -> Sequence[Standup]:
    """Return the standups of teams, by name, without deleted ones."""
    found = [_standup(row) for row in (await tx.execute(_BY_TEAMS, {"teams": list(teams)})).rows]
    return [standup for standup in found if standup.status is not Status.DELETED]


async def standup_row(tx: Transaction, team: TeamId) -> Standup | None:
    """Return a team's standup, also one that was deleted."""
    rows = (await tx.execute(_BY_TEAMS, {"teams": [team]})).rows
    return _standup(rows[0]) if rows else None


async def save_standup(tx: Transaction, standup: Standup) -> Standup:
    """Store a new standup, or what has changed in one."""
    if standup.id:
        await tx.execute(update(STANDUPS).where(_S.id == bindparam("of")), {"of": standup.id, **_of_standup(standup)})
        return standup
    rows = (await tx.execute(insert(STANDUPS).returning(_S.id), _of_standup(standup))).rows
    return replace(standup, id=rows[0].id)


def _of_standup(standup: Standup) -> dict[str, Any]:
    schedule = standup.schedule
    return {
        "workspace": standup.workspace,
        "team": standup.team,
        "name": standup.name,
        "at": f"{schedule.at:%H:%M}",
        "days": "".join(str(day) for day in sorted(schedule.days)),
        "every_weeks": schedule.every_weeks,
        "anchor": schedule.anchor.isoformat() if schedule.anchor else "",
        "questions": dump(standup.questions),
        "state": str(standup.status),
        "creator": standup.creator,
        "created": to_micros(standup.created),
    }


def _standup(row: Any) -> Standup:
    days: Weekdays = frozenset(int(day) for day in row.days)
    anchor = date.fromisoformat(row.anchor) if row.anchor else None
    return Standup(
        row.id,
        WorkspaceId(row.workspace),
        TeamId(row.team),
        row.name,
        Schedule(time.fromisoformat(row.at), days, row.every_weeks, anchor),
        load(row.questions) if row.questions else DEFAULT,
        Status(row.state),
        MemberId(row.creator),
        from_micros(row.created),
    )


# --- updates and answers --------------------------------------------------------------------------------------

_U, _A = UPDATES.c, ANSWERS.c
_ANSWER_COLUMNS = [column.label(f"a_{column.name}") for column in ANSWERS.columns]
_KEPT = (
    select(UPDATES, *_ANSWER_COLUMNS)
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
            known = replace(known, pieces=(*known.pieces, _piece(row)))
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


async def add_answer(tx: Transaction, of: Update, piece: Piece) -> Piece:
    """Store a message that answers an update."""
    place = piece.source.place
    values = {
        "workspace": of.workspace,
        "standup": of.standup,
        "member": of.member,
        "date": of.date.isoformat(),
        "question": piece.asked,
        "text": piece.text,
        "attachments": json.dumps(piece.attachments) if piece.attachments else "",
        "command": int(piece.command),
        "platform": place.platform,
        "address": place.address,
        "thread": place.thread,
        "message": piece.source.message_id,
        "at": to_micros(piece.at),
        "picked": piece.picked,
        "speaker": piece.speaker,
    }
    rows = (await tx.execute(insert(ANSWERS).returning(_A.id), values)).rows
    return replace(piece, id=rows[0].id)


async def change_answer(tx: Transaction, piece: Piece) -> None:
    """Store a message's new text, or what it answers now by its having been picked."""
    values = {"text": piece.text, "question": piece.asked, "picked": piece.picked}
    await tx.execute(update(ANSWERS).where(_A.id == piece.id).values(**values))


async def delete_answer(tx: Transaction, piece: Piece) -> None:
    """Forget a message."""
    await tx.execute(delete(ANSWERS).where(_A.id == piece.id))


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


def _piece(row: Any) -> Piece:
    place = Place(row.a_platform, row.a_address, row.a_thread)
    return Piece(
        row.a_question,
        row.a_text,
        tuple(json.loads(row.a_attachments)) if row.a_attachments else (),
        MessageRef(place, row.a_message),
        from_micros(row.a_at),
        bool(row.a_command),
        row.a_id,
        row.a_picked,
        row.a_speaker,
    )


# --- who was asked in a channel -------------------------------------------------------------------------------

_N = UNREACHED.c
_ASKED_THERE = (
    select(UNREACHED)
    .where(_N.standup.in_(bindparam("standups", expanding=True)), _N.date.in_(bindparam("dates", expanding=True)))
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
    return [
        Listed(
            WorkspaceId(row.workspace),
            row.standup,
            MemberId(row.member),
            date.fromisoformat(row.date),
            row.post,
            bool(row.listed),
        )
        for row in (await tx.execute(_ASKED_THERE, values)).rows
    ]


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
