"""One row per schedule, member and local date, kept unique whatever moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import insert, select, update

from bot.engine.ports import Occurrence, OccurrenceState
from bot.model.identity import MemberId, WorkspaceId
from bot.model.moment import from_micros, to_micros
from bot.storage.executor import Executor, batches, many, one
from bot.storage.tables import OCCURRENCES

_C = OCCURRENCES.c
_CLAIMED = select(_C.subject, _C.member, _C.date).where(
    _C.subject.in_(many("subjects")),
    _C.member.in_(many("members")),
    _C.date.between(one("first"), one("last")),
)
_CLAIM = insert(OCCURRENCES)
_SETTLE = (
    update(OCCURRENCES)
    .where(_C.subject == one("of_subject"), _C.member == one("of_member"), _C.date == one("day"))
    .values(state=one("to"))
)
_SETTLE_FROM = _SETTLE.where(_C.state.in_(many("only_from")))


@cache
def _find(subject: bool, members: bool, dates: bool) -> Any:
    statement = select(OCCURRENCES)
    if subject:
        statement = statement.where(_C.subject == one("of_subject"))
    if members:
        statement = statement.where(_C.member.in_(many("members")))
    if dates:
        statement = statement.where(_C.date.between(one("first"), one("last")))
    return statement.order_by(_C.date, _C.subject, _C.member)


class OccurrenceRows:
    """The engine's `Occurrences`."""

    def __init__(self, executor: Executor) -> None:
        """Work through an executor whose transaction is open."""
        self._execute = executor.execute

    async def claim(self, occurrences: Sequence[Occurrence]) -> Sequence[Occurrence]:
        """Store those that are new, and return exactly those; what was claimed before is left as it is.

        Nobody else writes between the look and the insert (one writer); were it otherwise, the primary key
        would undo the transaction.
        """
        fresh: dict[tuple[str, int, str], Occurrence] = {}
        for batch in batches(occurrences, 5_000):
            keys: dict[tuple[str, int, str], Occurrence] = {}
            for o in batch:
                keys.setdefault((o.subject, o.member, o.date.isoformat()), o)
            days = [key[2] for key in keys]
            values = {
                "subjects": list({key[0] for key in keys}),
                "members": list({key[1] for key in keys}),
                "first": min(days),
                "last": max(days),
            }
            known = {(row.subject, row.member, row.date) for row in (await self._execute(_CLAIMED, values)).rows}
            new = {key: o for key, o in keys.items() if key not in known}
            await self._execute(_CLAIM, [_columns(o) for o in new.values()])
            fresh.update(new)
        return list(fresh.values())

    async def settle(
        self,
        subject: str,
        member: MemberId,
        day: date,
        state: OccurrenceState,
        only_from: Iterable[OccurrenceState] | None = None,
    ) -> bool:
        """Move one to a state, if it is in one of `only_from`; return whether it moved."""
        values = {"of_subject": subject, "of_member": member, "day": day.isoformat(), "to": str(state)}
        if only_from is None:
            return bool((await self._execute(_SETTLE, values)).rowcount)
        states = [str(state) for state in only_from]
        return bool((await self._execute(_SETTLE_FROM, {**values, "only_from": states})).rowcount)

    async def find(
        self,
        subject: str | None,
        *,
        members: Iterable[MemberId] | None = None,
        dates: tuple[date, date] | None = None,
    ) -> Sequence[Occurrence]:
        """Return occurrences by date, subject and member; `dates` are local and both included.

        With None those of every subject; name members and dates then.
        """
        values: dict[str, Any] = {} if subject is None else {"of_subject": subject}
        if members is not None:
            values["members"] = list(members)
        if dates is not None:
            values |= {"first": dates[0].isoformat(), "last": dates[1].isoformat()}
        statement = _find(subject is not None, members is not None, dates is not None)
        return [_occurrence(row) for row in (await self._execute(statement, values)).rows]


def _columns(occurrence: Occurrence) -> dict[str, Any]:
    return {
        "workspace": occurrence.workspace,
        "subject": occurrence.subject,
        "member": occurrence.member,
        "date": occurrence.date.isoformat(),
        "state": str(occurrence.state),
        "due": to_micros(occurrence.due),
        "late": int(occurrence.late),
    }


def _occurrence(row: Any) -> Occurrence:
    return Occurrence(
        WorkspaceId(row.workspace),
        row.subject,
        MemberId(row.member),
        date.fromisoformat(row.date),
        OccurrenceState(row.state),
        from_micros(row.due),
        bool(row.late),
    )
