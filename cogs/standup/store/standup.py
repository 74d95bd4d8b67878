"""Standups as they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from sqlalchemy import bindparam, exists, insert, select, update

from bot.api import MemberId, Schedule, TeamId, Transaction, Weekdays, WorkspaceId, from_micros, to_micros
from cogs.standup.questions import DEFAULT, dump, load
from cogs.standup.records import Standup, Status
from cogs.standup.store.tables import STANDUPS

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
