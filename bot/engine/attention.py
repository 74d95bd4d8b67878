"""The gate that everything sent to a person passes: when it may go, and what goes together.

First form. Nothing that a person did not ask for goes outside their working hours; what is pending for one person
goes out as one message, a prompt first; a mention notifies only people who are on duty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.engine.ports import Chunk, Op, Outgoing, TargetKind
from bot.model.identity import MemberId
from bot.model.message import Message, people_in
from bot.model.working_time import WorkingTime

LOOK_AGAIN = timedelta(days=1)
"""How long to hold what is for a person who has no working time ahead."""
FRESH = timedelta(minutes=15)
"""How long what was packed goes out as it was decided, though a platform or the process was away meanwhile."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may go now, grouped as it goes out together, until when the rest is held (by row id, UTC); what is over.

    What is for people who take nothing from the bot at present waits with `unreached`; `moot` is what would have
    answered them.
    """

    parcels: tuple[tuple[Outgoing, ...], ...]
    held: Mapping[int, datetime]
    expired: tuple[Outgoing, ...] = ()
    unreached: tuple[Outgoing, ...] = ()
    moot: tuple[Outgoing, ...] = ()


def gate(
    rows: Sequence[Outgoing],
    working: Mapping[MemberId, WorkingTime],
    now: datetime,
    shut: Collection[MemberId] = (),
) -> Verdict:
    """Decide about sends in the order they were queued; `working` has every member that a row is addressed to.

    To those who are `shut` nothing is to be sent in private at this instant.
    """
    held: dict[int, datetime] = {}
    parcels: dict[object, list[Outgoing]] = {}
    expired: list[Outgoing] = []
    unreached: list[Outgoing] = []
    moot: list[Outgoing] = []
    for row in rows:
        until = _hold_until(row, working, now)
        if _over(row, now):
            expired.append(row)
        elif until is not None:
            held[row.id] = min(until, row.expires or until)
        elif row.target.member in shut and direct(row):
            (moot if row.asked else unreached).append(row)
        else:
            parcels.setdefault(_goes_with(row), []).append(row)
    together = tuple(tuple(sorted(parcel, key=_order)) for parcel in parcels.values())
    return Verdict(together, held, tuple(expired), tuple(unreached), tuple(moot))


def direct(row: Outgoing) -> bool:
    """Return whether a row is a message to a member's direct conversation."""
    return row.target.kind is TargetKind.MEMBER and row.target.place is None and row.op is Op.SEND


def stale(chunk: Chunk, now: datetime) -> bool:
    """Return whether a chunk has waited for too long, as in an outage, to go as it was decided.

    Only one that nobody asked for and that certainly never left, not even by a call whose outcome is unknown.
    """
    if not chunk.unasked or chunk.member is None or chunk.op is not Op.SEND or chunk.first_try is not None:
        return False
    return _over(chunk, now) or (chunk.stored is not None and now - chunk.stored > FRESH)


def too_late(chunk: Chunk, working: Mapping[MemberId, WorkingTime], now: datetime) -> bool:
    """Return whether a stale chunk may not go now: it is over, or its person is not at work any more."""
    times = working.get(chunk.member) if chunk.member is not None else None
    return _over(chunk, now) or (times is not None and not times.is_working(now))


def _over(what: Outgoing | Chunk, now: datetime) -> bool:
    return what.expires is not None and what.expires <= now


def on_duty(message: Message, working: Mapping[MemberId, WorkingTime], now: datetime) -> frozenset[MemberId]:
    """Return those whom the message mentions and who may be notified now."""
    mentioned = {person.member for person in people_in(message) if person.ping}
    return frozenset(m for m in mentioned if m in working and working[m].is_working(now))


def addressed(rows: Iterable[Outgoing]) -> set[MemberId]:
    """Return the members whose working time the gate needs to know."""
    people = {row.target.member for row in rows if row.target.member is not None and not row.asked}
    for row in rows:
        if row.target.kind is not TargetKind.MEMBER and row.message is not None:
            people |= {person.member for person in people_in(row.message) if person.ping}
    return {member for member in people if member is not None}


def _hold_until(row: Outgoing, working: Mapping[MemberId, WorkingTime], now: datetime) -> datetime | None:
    member = row.target.member
    if row.target.kind is not TargetKind.MEMBER or member is None or row.asked or member not in working:
        return None
    if working[member].is_working(now):
        return None
    return working[member].next_start(now) or now + LOOK_AGAIN


def _goes_with(row: Outgoing) -> object:
    if direct(row) and row.title is None:
        return ("alone", row.id) if row.secret else row.target.member
    return ("alone", row.id)


def _order(row: Outgoing) -> tuple[bool, int]:
    return (not row.first, row.id)
