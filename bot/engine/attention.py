"""The gate that everything sent to a person passes: when it may go, and what goes together.

First form. Nothing that a person did not ask for goes outside their working hours; what is pending for one person
goes out as one message, a prompt first; a mention notifies only people who are on duty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.engine.ports import Op, Outgoing, TargetKind
from bot.model.identity import MemberId
from bot.model.message import Message, people_in
from bot.model.working_time import WorkingTime

LOOK_AGAIN = timedelta(days=1)
"""How long to hold what is for a person who has no working time ahead."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may go now, grouped as it goes out together, and until when the rest is held (by row id, UTC)."""

    parcels: tuple[tuple[Outgoing, ...], ...]
    held: Mapping[int, datetime]


def gate(rows: Sequence[Outgoing], working: Mapping[MemberId, WorkingTime], now: datetime) -> Verdict:
    """Decide about sends in the order they were queued; `working` has every member that a row is addressed to."""
    held: dict[int, datetime] = {}
    parcels: dict[object, list[Outgoing]] = {}
    for row in rows:
        until = _hold_until(row, working, now)
        if until is not None:
            held[row.id] = until
        else:
            parcels.setdefault(_goes_with(row), []).append(row)
    return Verdict(tuple(tuple(sorted(parcel, key=_order)) for parcel in parcels.values()), held)


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
    if row.target.kind is TargetKind.MEMBER and row.op is Op.SEND and row.title is None:
        return row.target.member
    return ("alone", row.id)


def _order(row: Outgoing) -> tuple[bool, int]:
    return (not row.first, row.id)
