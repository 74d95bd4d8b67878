"""Durable timers, unique by cog, job and key, with an index on the due instant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from bot.engine.ports import Timer
from bot.model.identity import MemberId, WorkspaceId
from bot.model.moment import from_micros, to_micros
from bot.storage.executor import Executor, batches, many, one
from bot.storage.tables import TIMERS
from bot.storage.values import write_json

_C = TIMERS.c
_CANCEL = delete(TIMERS).where(_C.cog == one("of_cog"), _C.job == one("of_job"), _C.key == one("of_key"))
_SET = insert(TIMERS)
_DUE = select(TIMERS).where(_C.due <= one("now")).order_by(_C.due, _C.id).limit(one("limit"))
_TAKE = delete(TIMERS).where(_C.id.in_(many("ids")))
_NEXT = select(func.min(_C.due).label("due"))
_FIND = (
    select(TIMERS)
    .where(
        _C.cog == one("of_cog"),
        _C.job == one("of_job"),
        _C.key.in_(many("keys")),
    )
    .order_by(_C.due, _C.id)
)


class TimerRows:
    """The engine's `Timers`."""

    def __init__(self, executor: Executor) -> None:
        """Work through an executor whose transaction is open."""
        self._execute = executor.execute

    async def set(self, timers: Sequence[Timer]) -> None:
        """Store timers, each instead of an earlier one with its cog, job and key; of two in one call the last."""
        last = {(t.cog, t.job, t.key): t for t in timers}
        await self._execute(_CANCEL, [_name(*name) for name in last])
        await self._execute(_SET, [_columns(timer) for timer in last.values()])

    async def cancel(self, cog: str, job: str, keys: Iterable[str]) -> None:
        """Remove those there are."""
        await self._execute(_CANCEL, [_name(cog, job, key) for key in keys])

    async def take_due(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Remove and return those due, in the order of their instants, and set first of one instant first."""
        rows = (await self._execute(_DUE, {"now": to_micros(now), "limit": limit})).rows
        for batch in batches(row.id for row in rows):
            await self._execute(_TAKE, {"ids": batch})
        return [_timer(row) for row in rows]

    async def next_due(self) -> datetime | None:
        """Return the first instant at which one is due."""
        (row,) = (await self._execute(_NEXT)).rows
        return None if row.due is None else from_micros(row.due)

    async def find(self, cog: str, job: str, keys: Iterable[str]) -> Sequence[Timer]:
        """Return those there are, in the order of their instants."""
        found: list[Timer] = []
        for batch in batches(keys):
            which = {"of_cog": cog, "of_job": job, "keys": batch}
            found += [_timer(row) for row in (await self._execute(_FIND, which)).rows]
        return found


def _name(cog: str, job: str, key: str) -> dict[str, str]:
    return {"of_cog": cog, "of_job": job, "of_key": key}


def _columns(timer: Timer) -> dict[str, Any]:
    return {
        "cog": timer.cog,
        "job": timer.job,
        "key": timer.key,
        "due": to_micros(timer.due),
        "workspace": timer.workspace,
        "member": timer.member,
        "data": write_json(dict(timer.data)),
        "wall": timer.wall,
        "zone": timer.zone,
    }


def _timer(row: Any) -> Timer:
    return Timer(
        row.cog,
        row.job,
        row.key,
        from_micros(row.due),
        WorkspaceId(row.workspace),
        None if row.member is None else MemberId(row.member),
        json.loads(row.data),
        row.wall,
        row.zone,
    )
