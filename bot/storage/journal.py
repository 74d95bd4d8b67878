"""The shared record of what people wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import insert, select, update

from bot.model.identity import MemberId, MessageRef, Place, TeamId, WorkspaceId
from bot.model.journal import Entry, Kind, State
from bot.model.moment import from_micros, to_micros
from bot.storage.executor import Executor, many, one
from bot.storage.tables import JOURNAL
from bot.storage.values import read_date, write_date

_ADD = insert(JOURNAL).returning(JOURNAL.c.id, sort_by_parameter_order=True)
_SAVE = update(JOURNAL).where(JOURNAL.c.id == one("of"))
_CONDITIONS = {
    "team": JOURNAL.c.team == one("of_team"),
    "authors": JOURNAL.c.author.in_(many("of_authors")),
    "dates": JOURNAL.c.date.between(one("first"), one("last")),
    "kinds": JOURNAL.c.kind.in_(many("of_kinds")),
    "states": JOURNAL.c.state.in_(many("of_states")),
    "source": (JOURNAL.c.source_message == one("of_message"))
    & (JOURNAL.c.source_platform == one("of_platform"))
    & (JOURNAL.c.source_address == one("of_address")),
}


@cache
def _entries(conditions: tuple[str, ...]) -> Any:
    statement = select(JOURNAL).where(*(_CONDITIONS[name] for name in conditions))
    return statement.order_by(JOURNAL.c.at, JOURNAL.c.id)


class JournalRows:
    """The engine's `Journal`."""

    def __init__(self, executor: Executor) -> None:
        """Work through an executor whose transaction is open."""
        self._execute = executor.execute

    async def add(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Store new entries; return them with their ids, in the order given."""
        rows = (await self._execute(_ADD, [_columns(entry) for entry in entries])).rows
        return [replace(entry, id=row.id) for entry, row in zip(entries, rows, strict=True)]

    async def save(self, entries: Sequence[Entry]) -> None:
        """Store changed entries."""
        await self._execute(_SAVE, [{"of": entry.id, **_columns(entry)} for entry in entries])

    async def entries(
        self,
        *,
        team: TeamId | None = None,
        authors: Iterable[MemberId] | None = None,
        dates: tuple[date, date] | None = None,
        kinds: Iterable[Kind] | None = None,
        states: Iterable[State] | None = None,
        source: MessageRef | None = None,
    ) -> Sequence[Entry]:
        """Return entries that match everything given, oldest first; `dates` are local and both included.

        A source's thread does not count: its platform, place and message name it.
        """
        values: dict[str, dict[str, Any]] = {}
        if team is not None:
            values["team"] = {"of_team": team}
        if authors is not None:
            values["authors"] = {"of_authors": list(authors)}
        if dates is not None:
            values["dates"] = {"first": dates[0].isoformat(), "last": dates[1].isoformat()}
        if kinds is not None:
            values["kinds"] = {"of_kinds": [str(kind) for kind in kinds]}
        if states is not None:
            values["states"] = {"of_states": [str(state) for state in states]}
        if source is not None:
            where = {"of_platform": source.place.platform, "of_address": source.place.address}
            values["source"] = {"of_message": source.message_id, **where}
        flat = {name: value for group in values.values() for name, value in group.items()}
        return [_entry(row) for row in (await self._execute(_entries(tuple(values)), flat)).rows]


def _columns(entry: Entry) -> dict[str, Any]:
    source = entry.source
    return {
        "workspace": entry.workspace,
        "team": entry.team,
        "author": entry.author,
        "date": entry.date.isoformat(),
        "kind": str(entry.kind),
        "text": entry.text,
        "at": to_micros(entry.at),
        "topic": entry.topic,
        "source_platform": source and source.place.platform,
        "source_address": source and source.place.address,
        "source_thread": source and source.place.thread,
        "source_message": source and source.message_id,
        "addressee": entry.addressee,
        "since": write_date(entry.since),
        "state": str(entry.state),
    }


def _entry(row: Any) -> Entry:
    source = None
    if row.source_message is not None:
        place = Place(row.source_platform, row.source_address, row.source_thread)
        source = MessageRef(place, row.source_message)
    return Entry(
        WorkspaceId(row.workspace),
        TeamId(row.team),
        MemberId(row.author),
        date.fromisoformat(row.date),
        Kind(row.kind),
        row.text,
        from_micros(row.at),
        row.topic,
        source,
        None if row.addressee is None else MemberId(row.addressee),
        read_date(row.since),
        State(row.state),
        row.id,
    )
