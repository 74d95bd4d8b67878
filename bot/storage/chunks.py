"""Stored chunks: which may go now, and how far each has come.

What a chunk waits for is decided when something is written, not when it is read. `after` names the chunk that must
have been sent first; when that one is refused or dropped, everything behind it is dropped in the same transaction.
So reading what may go is one statement that changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, func, insert, or_, select, update

from bot.engine.ports import Chunk, ChunkState, Op, Part, Sent
from bot.model.identity import MemberId, Place
from bot.model.moment import to_micros
from bot.storage.executor import Executor, batches, many, one
from bot.storage.tables import CHUNKS, OUTBOX, PENDING, ROOTLESS, YES
from bot.storage.values import read_instant, write_date, write_instant, write_json

AT_ONCE: Final = 0
WITHDRAWN: Final = "withdrawn"
"""What stands for the message of an edit that carries out a deletion; which one it edits, `of` says."""
GONE: Final = (ChunkState.REFUSED.value, ChunkState.DROPPED.value)

_C = CHUNKS.c
_NOW = one("now")
_IDS = many("ids")

_FIRST = CHUNKS.alias("first_sent")
_EARLIER = CHUNKS.alias("earlier")
_FIRST_OF_EARLIER = CHUNKS.alias("first_sent_of_earlier")


def _is_free(chunk: Any, first: Any) -> ColumnElement[bool]:
    """Say whether nothing but its turn keeps a chunk: a reply in a thread needs it open, if the post opens one."""
    sent = first.c.state == ChunkState.SENT.value
    thread_known = or_(chunk.c.op != Op.SEND.value, first.c.thread.is_not(None), first.c.title.is_(None))
    rooted = or_(chunk.c.after.is_not(None), chunk.c.root.is_(None))
    return and_(rooted, or_(chunk.c.after.is_(None), and_(sent, thread_known)))


_HELD_BACK = (
    select(_EARLIER.c.id)
    .select_from(_EARLIER.outerjoin(_FIRST_OF_EARLIER, _FIRST_OF_EARLIER.c.id == _EARLIER.c.after))
    .where(
        _EARLIER.c.pending == YES,
        _EARLIER.c.platform == _C.platform,
        _EARLIER.c.stream == _C.stream,
        _EARLIER.c.id < _C.id,
        or_(
            _EARLIER.c.state == ChunkState.UNCERTAIN.value,
            _EARLIER.c.next_try > _NOW,
            ~_is_free(_EARLIER, _FIRST_OF_EARLIER),
        ),
    )
    .correlate(CHUNKS)
    .exists()
)
_FREE = (
    select(
        CHUNKS,
        _FIRST.c.message.label("first_message"),
        _FIRST.c.address.label("first_address"),
        _FIRST.c.place_thread.label("first_place_thread"),
        _FIRST.c.thread.label("first_thread"),
    )
    .select_from(CHUNKS.outerjoin(_FIRST, _FIRST.c.id == _C.after))
    .where(PENDING, _C.state != ChunkState.UNCERTAIN.value, _is_free(CHUNKS, _FIRST))
)
_TO_SEND = (
    _FREE.where(_C.platform == one("of_platform"), _C.next_try <= _NOW, ~_HELD_BACK).order_by(_C.id).limit(one("limit"))
)

_BEFORE_IT = (
    select(_EARLIER.c.id)
    .where(
        _EARLIER.c.pending == YES,
        _EARLIER.c.platform == _C.platform,
        _EARLIER.c.stream == _C.stream,
        _EARLIER.c.id < _C.id,
    )
    .correlate(CHUNKS)
    .exists()
)
NEXT_TRY = (
    _FREE.with_only_columns(_C.next_try.label("due"), maintain_column_froms=True)
    .where(~_BEFORE_IT)
    .order_by(_C.next_try)
    .limit(1)
)
"""When the next chunk may go. The first of each stream speaks for those behind it."""

_STORE = insert(CHUNKS)
_TRIED = (
    update(CHUNKS)
    .where(_C.id.in_(_IDS), PENDING)
    .values(
        state=ChunkState.TRIED.value,
        first_try=func.coalesce(_C.first_try, bindparam("now", type_=_C.first_try.type)),
    )
)
_UNTRIED = update(CHUNKS).where(_C.id.in_(_IDS), PENDING).values(state=ChunkState.STORED.value, first_try=None)
_DONE = {"state": ChunkState.SENT.value, "pending": 0, "changed": _NOW, "message": one("new_message")}
_SENT = update(CHUNKS).where(_C.id == one("of_chunk")).values(**_DONE, thread=one("new_thread"))
_SENT_AT = _SENT.values(address=one("new_address"), place_thread=one("new_place_thread"))
_RETRY = (
    update(CHUNKS).where(_C.id == one("of_chunk"), PENDING).values(tries=_C.tries + one("counted"), next_try=one("at"))
)
_GIVE_UP = (
    update(CHUNKS).where(_C.id == one("of_chunk")).values(state=one("to"), pending=one("still"), reason=one("why"))
)
_SUPERSEDE = (
    update(CHUNKS)
    .where(
        _C.of == one("of_chunk"),
        _C.id < one("newer"),
        _C.op == Op.EDIT.value,
        PENDING,
        _C.first_try.is_(None),
        _C.target_message.is_(None),  # one that carries out a deletion must do so
    )
    .values(state=ChunkState.DROPPED.value, pending=0, reason="a newer version took its place")
)
_POSTED = (
    select(func.min(_FIRST.c.id))
    .select_from(OUTBOX.join(_FIRST, _FIRST.c.parcel == OUTBOX.c.parcel))
    .where(OUTBOX.c.key == _C.root, _FIRST.c.op == Op.SEND.value)
    .correlate(CHUNKS)
    .scalar_subquery()
)
_TAKE_ROOT = update(CHUNKS).where(ROOTLESS).values(after=_POSTED)
_STILL_TO_COME = (
    select(OUTBOX.c.id).where(OUTBOX.c.key == _C.root, OUTBOX.c.state == "queued").correlate(CHUNKS).exists()
)
_DROP_ROOTLESS = (
    update(CHUNKS)
    .where(ROOTLESS, ~_STILL_TO_COME)
    .values(state=ChunkState.DROPPED.value, pending=0, reason="its post never went out")
)
_BEHIND_GONE = select(_FIRST.c.id).where(_FIRST.c.id == _C.after, _FIRST.c.state.in_(GONE)).correlate(CHUNKS).exists()
_DROP_STORED_BEHIND_GONE = (
    update(CHUNKS)
    .where(PENDING, _C.id >= one("first_id"), _BEHIND_GONE)
    .values(state=ChunkState.DROPPED.value, pending=0, reason="its message never went out")
)
_BEHIND = select(_C.id).where(_C.after.in_(_IDS), PENDING)
_DROP = (
    update(CHUNKS)
    .where(_C.id.in_(_IDS))
    .values(state=ChunkState.DROPPED.value, pending=0, reason="its message never went out")
)


class ChunkRows:
    """The half of the engine's `Outbox` that platforms' senders use."""

    def __init__(self, executor: Executor) -> None:
        """Work through an executor whose transaction is open."""
        self._execute = executor.execute

    async def to_send(self, platform: str, now: datetime, limit: int) -> Sequence[Chunk]:
        """Return, per stream, the chunks that may go now, in order; none behind one that waits or is held.

        A change of an earlier message comes with that message's place and id, a reply with its thread as place.
        """
        values = {"of_platform": platform, "now": to_micros(now), "limit": limit}
        return [_free_chunk(row) for row in (await self._execute(_TO_SEND, values)).rows]

    async def tried(self, chunks: Iterable[int], now: datetime) -> None:
        """Note that a call is about to be made; the first note's instant stays."""
        for batch in batches(chunks):
            await self._execute(_TRIED, {"ids": batch, "now": to_micros(now)})

    async def untried(self, chunks: Iterable[int]) -> None:
        """Take the note back that calls were about to be made: they were not, or certainly had no effect."""
        for batch in batches(chunks):
            await self._execute(_UNTRIED, {"ids": batch})

    async def sent(self, results: Sequence[Sent], now: datetime) -> None:
        """Note what the platform accepted."""
        at = to_micros(now)
        kept, placed = [], []
        for result in results:
            values = {"of_chunk": result.chunk, "now": at, "new_message": result.message_id}
            values["new_thread"] = result.thread
            if result.place is None:
                kept.append(values)
            else:
                where = {"new_address": result.place.address, "new_place_thread": result.place.thread}
                placed.append({**values, **where})
        await self._execute(_SENT, kept)
        await self._execute(_SENT_AT, placed)

    async def retry(self, chunk: int, at: datetime, *, counts: bool = True) -> None:
        """Try again at that instant; what is behind it in its stream waits too. It `counts` if the call was made."""
        await self._execute(_RETRY, {"of_chunk": chunk, "at": to_micros(at), "counted": int(counts)})

    async def give_up(self, chunk: int, state: ChunkState, reason: str) -> None:
        """End (REFUSED, DROPPED) or hold (UNCERTAIN) a chunk; when it ends, what belongs to its message does."""
        still = int(state is ChunkState.UNCERTAIN)
        await self._execute(_GIVE_UP, {"of_chunk": chunk, "to": str(state), "still": still, "why": reason})
        gone = [] if still else [chunk]
        while gone:
            gone = [row.id for row in (await self._execute(_BEHIND, {"ids": gone})).rows]
            if gone:
                await self._execute(_DROP, {"ids": gone})

    async def _store_chunks(self, chunks: Sequence[Chunk], now: datetime) -> None:
        """Store chunks that have their ids and keys; drop the versions that newer ones of them replace."""
        at = to_micros(now)
        await self._execute(_STORE, [_columns(chunk, at) for chunk in chunks])
        edits = [{"of_chunk": c.of, "newer": c.id} for c in chunks if c.op is Op.EDIT]
        await self._execute(_SUPERSEDE, edits)

    async def _settle_order(self, first_id: int, *, behind: bool) -> None:
        """Find the posts that replies wait for, and drop what waits for what will never come."""
        if (await self._execute(_TAKE_ROOT)).rowcount:
            await self._execute(_DROP_ROOTLESS)
            behind = True
        if behind:
            await self._execute(_DROP_STORED_BEHIND_GONE, {"first_id": first_id})


def _columns(chunk: Chunk, at: int) -> dict[str, Any]:
    place = chunk.place
    return {
        "id": chunk.id,
        "parcel": chunk.parcel,
        "platform": chunk.platform,
        "stream": chunk.stream,
        "op": str(chunk.op),
        "key": chunk.key,
        "content": write_json(dict(chunk.content)),
        "text": chunk.text,
        "parts": write_json([[part.kind, part.key, write_date(part.date)] for part in chunk.parts]),
        "unasked": int(chunk.unasked),
        "member": chunk.member,
        "address": place and place.address,
        "place_thread": place and place.thread,
        "root": chunk.root,
        "of": chunk.of,
        "after": chunk.of,
        "state": str(chunk.state),
        "pending": int(chunk.state in (ChunkState.STORED, ChunkState.TRIED, ChunkState.UNCERTAIN)),
        "first_try": write_instant(chunk.first_try),
        "tries": chunk.tries,
        "next_try": AT_ONCE,
        "message": chunk.message_id,
        "thread": chunk.thread,
        "title": chunk.title,
        "emoji": chunk.emoji,
        "target_message": WITHDRAWN if chunk.withdraws else chunk.target_message,
        "changed": at,
        "expires": write_instant(chunk.expires),
        "secret": int(chunk.secret),
    }


def read_chunk(row: Any) -> Chunk:
    """Read a chunk from a row of its table."""
    return Chunk(
        row.id,
        row.parcel,
        row.platform,
        row.stream,
        Op(row.op),
        row.key,
        json.loads(row.content),
        row.text,
        tuple(Part(kind, key, day and date.fromisoformat(day)) for kind, key, day in json.loads(row.parts)),
        bool(row.unasked),
        None if row.member is None else MemberId(row.member),
        None if row.address is None else Place(row.platform, row.address, row.place_thread),
        row.root,
        row.of,
        ChunkState(row.state),
        read_instant(row.first_try),
        row.tries,
        row.message,
        row.thread,
        row.title,
        row.emoji,
        row.target_message,
        read_instant(row.changed) if row.pending else None,
        read_instant(row.expires),
        bool(row.secret),
        withdraws=row.op == Op.EDIT and row.target_message == WITHDRAWN,
    )


def _free_chunk(row: Any) -> Chunk:
    chunk = read_chunk(row)
    if row.after is None or row.first_address is None:
        return chunk
    if chunk.op is Op.SEND:
        thread = row.first_place_thread if row.first_thread is None else row.first_thread
        return replace(chunk, place=Place(chunk.platform, row.first_address, thread))
    place = Place(chunk.platform, row.first_address, row.first_place_thread)
    return replace(chunk, place=place, target_message=row.first_message)
