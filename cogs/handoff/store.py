"""The handoff cog's own tables: settings, what was handed off, whose work it covers, and who was told of which ask."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
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
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.api import MemberId, TeamId, Transaction, WorkspaceId, from_micros, to_micros
from cogs.handoff.digest import Told
from cogs.handoff.domain import Leg, NamedLeg

METADATA = MetaData()
_MICROS = BigInteger().with_variant(Integer, "sqlite")

_TEAMS = Table(
    "handoff_teams",
    METADATA,
    Column("team", Integer, primary_key=True, autoincrement=False),
    Column("workspace", Integer, nullable=False),
    Column("enabled", Integer, nullable=False),
    Column("report", Text),
    Column("legs", Text),
    sqlite_strict=True,
)
_POSTS = Table(
    "handoff_posts",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("team", Integer, nullable=False),
    Column("team_name", Text, nullable=False),
    Column("date", Text, nullable=False),
    Column("leg", Text, nullable=False),
    Column("receiver", Text),
    Column("report", Integer, nullable=False),
    Column("passed", _MICROS, nullable=False),
    Column("handed", _MICROS, nullable=False),
    Column("state", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("handoff_posts_team_date", "team", "date"),
    sqlite_strict=True,
)
_COVERED = Table(
    "handoff_covered",
    METADATA,
    Column("workspace", Integer, nullable=False),
    Column("team", Integer, nullable=False),
    Column("member", Integer, nullable=False),
    Column("date", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("team", "member", "date"),
    Index("handoff_covered_post", "post"),
    Index("handoff_covered_team_date", "team", "date"),
    sqlite_strict=True,
)
_NEEDS = Table(
    "handoff_needs",
    METADATA,
    Column("entry", Integer, primary_key=True, autoincrement=False),
    Column("workspace", Integer, nullable=False),
    Column("team", Integer, nullable=False),
    Column("author", Integer, nullable=False),
    Column("date", Text, nullable=False),
    Column("addressee", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("handoff_needs_author_date", "team", "author", "date"),
    sqlite_strict=True,
)


# --- settings -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settings:
    """How a team hands off: whether it does, when a lone leg reports (None: after its standup), legs named."""

    team: TeamId
    workspace: WorkspaceId
    enabled: bool = True
    report: time | None = None
    legs: tuple[NamedLeg, ...] = ()


async def settings(tx: Transaction, team: TeamId, workspace: WorkspaceId) -> Settings:
    """A team's settings, or the defaults."""
    rows = (await tx.execute(select(_TEAMS).where(_TEAMS.c.team == team))).rows
    if not rows:
        return Settings(team, workspace)
    row = rows[0]
    legs = tuple(NamedLeg(name, tuple(map(MemberId, ids))) for name, ids in json.loads(row.legs or "[]"))
    report = time.fromisoformat(row.report) if row.report else None
    return Settings(team, workspace, bool(row.enabled), report, legs)


async def save_settings(tx: Transaction, given: Settings) -> None:
    """Store a team's settings instead of what they were."""
    await forget_settings(tx, given.team)
    values = {
        "team": given.team,
        "workspace": given.workspace,
        "enabled": int(given.enabled),
        "report": given.report.isoformat(timespec="minutes") if given.report else None,
        "legs": json.dumps([[leg.name, leg.members] for leg in given.legs]) if given.legs else None,
    }
    await tx.execute(insert(_TEAMS).values(values))


async def forget_settings(tx: Transaction, team: TeamId) -> None:
    """Drop the settings of a team that is gone."""
    await tx.execute(delete(_TEAMS).where(_TEAMS.c.team == team))


# --- handoffs -------------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What became of a leg's handoff."""

    POSTED = "posted"
    EMPTY = "empty"  # nobody had written anything
    NO_CHANNEL = "no-channel"
    MISSED = "missed"  # the bot was down until it was no use any more


@dataclass(frozen=True, slots=True)
class Handoff:
    """A leg's handoff: when it was due (`passed`) and made (`handed`), for whom, and which content it shows.

    `key` names its post. `team_name`, `leg` and `receiver` are as they were then: its title never changes.
    """

    key: str
    workspace: WorkspaceId
    team: TeamId
    team_name: str
    leg: Leg
    receiver: Leg | None
    report: bool
    passed: datetime
    handed: datetime
    outcome: Outcome
    fingerprint: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Covered:
    """A member's work of a local date, and what their update in the post's thread shows ("" for none yet)."""

    member: MemberId
    date: date
    fingerprint: str = ""
    version: int = 0


async def next_key(tx: Transaction, team: TeamId, day: date) -> str:
    """A key for one more handoff of a team's date; rows are never deleted, so none comes twice."""
    count = select(func.count().label("made")).where(_POSTS.c.team == team, _POSTS.c.date == day.isoformat())
    made = (await tx.execute(count)).rows[0].made
    return f"handoff:{team}:{day.isoformat()}:{made + 1}"


async def add_handoff(tx: Transaction, handoff: Handoff, covered: Sequence[Covered]) -> None:
    """Store a handoff and whose work it covers; the table's key keeps a member's date from being covered twice."""
    await tx.execute(insert(_POSTS).values(_post_row(handoff)))
    await tx.execute(
        insert(_COVERED),
        [
            {
                "workspace": handoff.workspace,
                "team": handoff.team,
                "member": one.member,
                "date": one.date.isoformat(),
                "post": handoff.key,
                "fingerprint": one.fingerprint,
                "version": one.version,
            }
            for one in covered
        ],
    )


async def save_handoff(tx: Transaction, handoff: Handoff) -> None:
    """Store what became of a handoff."""
    values = {k: v for k, v in _post_row(handoff).items() if k != "key"}
    await tx.execute(update(_POSTS).where(_POSTS.c.key == handoff.key).values(values))


async def save_covered(tx: Transaction, handoff: Handoff, changed: Iterable[Covered]) -> None:
    """Store what members' updates show now."""
    for one in changed:
        await tx.execute(
            update(_COVERED)
            .where(
                _COVERED.c.team == handoff.team,
                _COVERED.c.member == one.member,
                _COVERED.c.date == one.date.isoformat(),
            )
            .values(fingerprint=one.fingerprint, version=one.version)
        )


async def uncover(tx: Transaction, handoff: Handoff, member: MemberId, day: date) -> None:
    """Leave a member's date to a handoff to come, instead of one that never showed anything."""
    mine = (_COVERED.c.team == handoff.team, _COVERED.c.member == member, _COVERED.c.date == day.isoformat())
    await tx.execute(delete(_COVERED).where(*mine, _COVERED.c.post == handoff.key))


# Asked at every change of the journal, so made only once.
_COVERING = (
    select(_POSTS)
    .join(_COVERED, _COVERED.c.post == _POSTS.c.key)
    .where(
        _COVERED.c.team == bindparam("of_team"),
        _COVERED.c.member == bindparam("of_member"),
        _COVERED.c.date == bindparam("of_date"),
    )
)


async def handoff_of(tx: Transaction, team: TeamId, member: MemberId, day: date) -> Handoff | None:
    """The handoff that covers a member's date."""
    which = {"of_team": team, "of_member": member, "of_date": day.isoformat()}
    rows = (await tx.execute(_COVERING, which)).rows
    return _handoff(rows[0]) if rows else None


async def posts_after(
    tx: Transaction, team: TeamId, member: MemberId, after: date, until: date
) -> Sequence[tuple[Handoff, date]]:
    """The handoffs that were posted and cover later dates of a member, each with the date."""
    of = (_COVERED.c.team == team, _COVERED.c.member == member)
    dates = (_COVERED.c.date > after.isoformat(), _COVERED.c.date <= until.isoformat())
    rows = (
        await tx.execute(
            select(_POSTS, _COVERED.c.date.label("covers"))
            .join(_COVERED, _COVERED.c.post == _POSTS.c.key)
            .where(*of, *dates, _POSTS.c.state == Outcome.POSTED.value)
            .order_by(_COVERED.c.date)
        )
    ).rows
    return [(_handoff(row), date.fromisoformat(row.covers)) for row in rows]


async def covered_by(tx: Transaction, handoff: Handoff) -> Sequence[Covered]:
    """Whose work a handoff covers."""
    rows = (await tx.execute(select(_COVERED).where(_COVERED.c.post == handoff.key))).rows
    return [Covered(MemberId(r.member), date.fromisoformat(r.date), r.fingerprint, r.version) for r in rows]


async def covered(tx: Transaction, team: TeamId, since: date) -> set[tuple[MemberId, date]]:
    """Whose work of which local date, from one on, has been handed off."""
    rows = (
        await tx.execute(
            select(_COVERED.c.member, _COVERED.c.date).where(
                _COVERED.c.team == team, _COVERED.c.date >= since.isoformat()
            )
        )
    ).rows
    return {(MemberId(row.member), date.fromisoformat(row.date)) for row in rows}


def _post_row(handoff: Handoff) -> dict[str, Any]:
    return {
        "key": handoff.key,
        "workspace": handoff.workspace,
        "team": handoff.team,
        "team_name": handoff.team_name,
        "date": handoff.leg.date.isoformat(),
        "leg": _leg_text(handoff.leg),
        "receiver": _leg_text(handoff.receiver) if handoff.receiver else None,
        "report": int(handoff.report),
        "passed": to_micros(handoff.passed),
        "handed": to_micros(handoff.handed),
        "state": handoff.outcome.value,
        "fingerprint": handoff.fingerprint,
        "version": handoff.version,
    }


def _handoff(row: Any) -> Handoff:
    return Handoff(
        row.key,
        WorkspaceId(row.workspace),
        TeamId(row.team),
        row.team_name,
        _leg(row.leg),
        _leg(row.receiver) if row.receiver else None,
        bool(row.report),
        from_micros(row.passed),
        from_micros(row.handed),
        Outcome(row.state),
        row.fingerprint,
        row.version,
    )


def _leg_text(leg: Leg) -> str:
    return json.dumps(
        [leg.date.isoformat(), to_micros(leg.start), to_micros(leg.end), leg.members, leg.zones, leg.name]
    )


def _leg(text: str) -> Leg:
    day, start, end, members, zones, name = json.loads(text)
    return Leg(
        date.fromisoformat(day), from_micros(start), from_micros(end),
        tuple(map(MemberId, members)), tuple(zones), name,
    )  # fmt: skip


# --- asks -----------------------------------------------------------------------------------------------------


async def told_of(tx: Transaction, team: TeamId, author: MemberId, day: date) -> Sequence[Told]:
    """Which asks of a member's date their addressees have been told of."""
    rows = (
        await tx.execute(
            select(_NEEDS)
            .where(and_(_NEEDS.c.team == team, _NEEDS.c.author == author, _NEEDS.c.date == day.isoformat()))
            .order_by(_NEEDS.c.entry)
        )
    ).rows
    return [Told(r.entry, MemberId(r.addressee), r.key, r.fingerprint, r.version) for r in rows]


async def add_told(tx: Transaction, handoff: Handoff, rows: Sequence[tuple[Told, MemberId, date]]) -> None:
    """Note that people were told of asks, each with its author and date."""
    if rows:
        await tx.execute(insert(_NEEDS), [_told_row(handoff, *row) for row in rows])


async def replace_told(
    tx: Transaction, handoff: Handoff, was: Sequence[Told], rows: Sequence[tuple[Told, MemberId, date]]
) -> None:
    """Note what people know now, instead of `was`."""
    if was:
        await tx.execute(delete(_NEEDS).where(_NEEDS.c.entry.in_([t.entry for t in was])))
    await add_told(tx, handoff, rows)


def _told_row(handoff: Handoff, told: Told, author: MemberId, day: date) -> dict[str, Any]:
    return {
        "entry": told.entry,
        "workspace": handoff.workspace,
        "team": handoff.team,
        "author": author,
        "date": day.isoformat(),
        "addressee": told.addressee,
        "key": told.key,
        "fingerprint": told.fingerprint,
        "version": told.version,
    }


def renewed(told: Told, entry: int, fingerprint: str) -> Told:
    """The same message showing something else."""
    return replace(told, entry=entry, fingerprint=fingerprint, version=told.version + 1)
