"""Outbound rows as handlers queued them, and the parcels they left in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, delete, func, insert, literal, null, or_, select, union_all, update

from bot.engine.ports import MOST_COPIES, Chunk, ChunkState, Op, Outgoing, Parcel, Target, TargetKind, copy_key
from bot.model.identity import MemberId, MessageRef, Place, WorkspaceId
from bot.model.message import Message
from bot.model.moment import from_micros, to_micros
from bot.storage.chunks import AT_ONCE, NEXT_TRY, ChunkRows, read_chunk
from bot.storage.executor import batches, many, one
from bot.storage.tables import AT_ONCE as QUEUED_AT_ONCE
from bot.storage.tables import CHUNKS, HELD, META, OUTBOX, QUEUED
from bot.storage.values import (
    read_date,
    read_instant,
    read_ref,
    read_value,
    write_date,
    write_instant,
    write_ref,
    write_value,
)

_O, _C = OUTBOX.c, CHUNKS.c
_KEY = one("of_key")
_KEYS, _IDS = many("keys"), many("ids")
_NOW, _LIMIT, _BEFORE = one("now"), one("limit"), one("before")

_KNOWN = select(_O.key).where(_O.key.in_(_KEYS))
_QUEUE = insert(OUTBOX)

# Two short looks, each at an index that holds nothing else: what may go at once by id, and what was held by instant.
_FIRST_AT_ONCE = select(_O.id).where(QUEUED_AT_ONCE).order_by(_O.id).limit(_LIMIT).subquery()
_FIRST_HELD = select(_O.id).where(HELD, _O.not_before <= _NOW).order_by(_O.id).limit(_LIMIT).subquery()
_WAITING = (
    select(OUTBOX)
    .where(_O.id.in_(union_all(select(_FIRST_AT_ONCE.c.id), select(_FIRST_HELD.c.id))))
    .order_by(_O.id)
    .limit(_LIMIT)
)
_WAITING_FOR = (
    select(OUTBOX)
    .where(_O.state == QUEUED, _O.member.in_(many("members")), _O.id > one("after"), _O.not_before <= _NOW)
    .order_by(_O.id)
)
_HOLD = update(OUTBOX).where(_O.id == one("of_row"), _O.state == QUEUED).values(not_before=one("until"))
_SHELVE = _HOLD.values(expires=func.coalesce(_O.expires, one("end")))
_RELEASE = (
    update(OUTBOX)
    .where(
        _O.state == QUEUED,
        _O.member.in_(many("members")),
        or_(_O.not_before == one("until"), _O.not_before == _O.expires),
    )
    .values(not_before=AT_ONCE)
)
_DROP = (
    update(OUTBOX)
    .where(_O.id.in_(_IDS), _O.state == QUEUED)
    .values(state="dropped", message=case((_O.secret == 1, null()), else_=_O.message))
)
_ROW = select(OUTBOX).where(_O.key == _KEY)
_AMEND = update(OUTBOX).where(_O.id == one("of_row")).values(message=one("new_message"))

_META = select(META).where(META.c.key.in_(["instance", "next_id"]))
_COUNT_ON = update(META).where(META.c.key == "next_id").values(value=one("next_id"))
_PACK = (
    update(OUTBOX)
    .where(_O.id == one("of_row"))
    .values(state="packed", parcel=one("new_parcel"), place_in_parcel=one("number"))
)
_PACKED_WITH = select(OUTBOX).where(_O.parcel == one("of_parcel")).order_by(_O.place_in_parcel, _O.id)
_CHANGES = (
    select(_O.root, _O.op, _O.message)
    .where(_O.root.in_(_KEYS), _O.op.in_([Op.EDIT.value, Op.DELETE.value]), _O.state == "packed")
    .order_by(_O.id)
)
_CHUNKS_OF = select(CHUNKS).where(_C.parcel == one("of_parcel")).order_by(_C.id)
_UNTRIED = and_(
    _C.pending == 1,
    _C.op == Op.SEND.value,
    _C.state == ChunkState.STORED.value,
    _C.first_try.is_(None),
    _C.unasked >= one("least"),  # 0 takes in what was asked for
    _C.member.is_not(None),
)
_FRESH = select(_C.parcel).where(_C.parcel.in_(_IDS), _UNTRIED).distinct()
_BEGUN = select(_C.parcel).where(_C.parcel.in_(_IDS), _C.op == Op.SEND.value, ~_UNTRIED).distinct()
_KEYS_OF = select(_O.key, _O.parcel).where(_O.parcel.in_(_IDS)).order_by(_O.parcel, _O.place_in_parcel)
_TAKE_BACK = (
    update(CHUNKS)
    .where(_C.parcel.in_(_IDS), _C.pending == 1)
    .values(state=ChunkState.DROPPED.value, pending=0, changed=_NOW, reason="taken back")
)
_QUEUE_AGAIN = (
    update(OUTBOX)
    .where(_O.id == one("of_row"))
    .values(state="queued", parcel=None, place_in_parcel=None, not_before=AT_ONCE, message=one("new_message"))
)
_CHUNKS_THAT_ARE = (
    select(CHUNKS)
    .where(
        _C.message == one("of_message"),
        _C.platform == one("of_platform"),
        or_(_C.address == one("of_address"), _C.member.is_not(None)),
        _C.op == Op.SEND.value,
        _C.state == ChunkState.SENT.value,
    )
    .order_by(_C.id)
)

_ENDED = and_(_C.id.in_(_IDS), or_(_C.pending == 0, _C.state == ChunkState.UNCERTAIN.value))
_BLANK_ROWS = update(OUTBOX).where(_O.parcel.in_(select(_C.parcel).where(_ENDED))).values(message=None)
_BLANK = update(CHUNKS).where(_ENDED).values(content="{}", text="")
_QUEUED_TO = select(_O.id).where(_O.state == QUEUED, _O.platform == one("of_platform"), _O.address == one("of_address"))
_FORGET = (
    update(CHUNKS)
    .where(_C.platform == one("of_platform"), _C.address == one("of_address"), _C.state != ChunkState.REFUSED.value)
    .values(state=ChunkState.DROPPED.value, pending=0, reason="its place has left the workspace")
)

_NEXT_AT_ONCE = select(literal(AT_ONCE, _O.not_before.type).label("due")).where(
    select(_O.id).where(QUEUED_AT_ONCE).exists()
)
_NEXT_HELD = select(_O.not_before.label("due")).where(HELD).order_by(_O.not_before).limit(1)
_NEXT_DUE = union_all(_NEXT_AT_ONCE, select(_NEXT_HELD.subquery().c.due), select(NEXT_TRY.subquery().c.due))

_LATER = CHUNKS.alias("later")
_PURGE_CHUNKS = delete(CHUNKS).where(
    _C.pending == 0,
    _C.changed < _BEFORE,
    ~select(_LATER.c.id).where(_LATER.c.after == _C.id, _LATER.c.pending == 1).correlate(CHUNKS).exists(),
)
_PURGE_ROWS = delete(OUTBOX).where(
    _O.created < _BEFORE,
    or_(
        _O.state == "dropped",
        and_(
            _O.state == "packed",
            ~select(_C.id).where(_C.parcel == _O.parcel).correlate(OUTBOX).exists(),
        ),
    ),
)


class OutboxRows(ChunkRows):
    """The engine's `Outbox`."""

    async def queue(self, rows: Sequence[Outgoing], now: datetime) -> None:
        """Store rows; one whose key is known already is left out, also when the first is in the same call."""
        fresh: dict[str, Outgoing] = {}
        for row in await self._with_copies(rows):
            fresh.setdefault(row.key, row)
        for keys in batches(list(fresh)):
            for known in (await self._execute(_KNOWN, {"keys": keys})).rows:
                del fresh[known.key]
        at = to_micros(now)
        await self._execute(_QUEUE, [_columns(row, at) for row in fresh.values()])

    async def _with_copies(self, rows: Sequence[Outgoing]) -> Sequence[Outgoing]:
        """Return rows with what they do to the further copies of the posts that they are about."""
        posts = {post for row in rows if (post := _post(row)) is not None}
        if not posts:
            return rows
        known = {row.key for row in rows}
        for keys in batches(copy_key(post, number) for post in posts for number in range(2, MOST_COPIES + 1)):
            known |= {found.key for found in (await self._execute(_KNOWN, {"keys": keys})).rows}
        every: list[Outgoing] = []
        for row in rows:
            every.append(row)
            copies = [_copy(row, n) for n in range(2, MOST_COPIES + 1) if copy_key(_post(row) or "", n) in known]
            known |= {copy.key for copy in copies}  # a thread's message of this very call may be changed in it
            every += copies
        return every

    async def waiting(self, now: datetime, limit: int) -> Sequence[Outgoing]:
        """Return rows not packed yet whose `not_before` has come, oldest first."""
        rows = (await self._execute(_WAITING, {"now": to_micros(now), "limit": limit})).rows
        return [_outgoing(row) for row in rows]

    async def waiting_for(self, members: Iterable[MemberId], after: int, now: datetime) -> Sequence[Outgoing]:
        """Return what else waits for these members behind the row with that id, oldest first."""
        found: list[Outgoing] = []
        for batch in batches(members):
            values = {"members": batch, "after": after, "now": to_micros(now)}
            found += [_outgoing(row) for row in (await self._execute(_WAITING_FOR, values)).rows]
        return sorted(found, key=lambda row: row.id)

    async def hold(self, rows: Mapping[int, datetime]) -> None:
        """Put rows off until an instant each."""
        await self._execute(_HOLD, [{"of_row": id, "until": to_micros(at)} for id, at in rows.items()])

    async def shelve(self, rows: Mapping[int, datetime], end: datetime) -> None:
        """Put rows off until an instant each; one that never expires does so at `end` from now on."""
        last = to_micros(end)
        await self._execute(_SHELVE, [{"of_row": id, "until": to_micros(at), "end": last} for id, at in rows.items()])

    async def release(self, members: Iterable[MemberId], until: datetime) -> None:
        """Let what was put off for these members until that instant, or until it expires, be looked at now."""
        for batch in batches(members):
            await self._execute(_RELEASE, {"members": batch, "until": to_micros(until)})

    async def drop(self, rows: Iterable[int]) -> None:
        """Mark rows as superseded: they are never packed, and replies to them go nowhere."""
        for batch in batches(rows):
            await self._execute(_DROP, {"ids": batch})
        await self._settle_order(0, behind=False)

    async def amend(self, key: str, message: Message | None) -> bool:
        """Give the row with this key another message (None: drop it), if it is not packed yet; return whether.

        A row that was dropped before it went out stays dropped: there is nothing to change.
        """
        for row in (await self._execute(_ROW, {"of_key": key})).rows:
            if row.state == "queued" and message is None:
                await self.drop([row.id])
            elif row.state == "queued":
                await self._execute(_AMEND, {"of_row": row.id, "new_message": write_value(message)})
            return bool(row.state != "packed")
        return False

    async def store(self, parcels: Sequence[Parcel], now: datetime) -> None:
        """Store parcels with their chunks and mark their rows packed. A chunk with key "" gets its own.

        Ids of chunks and parcels come from one counter and are never used again. A parcel whose chunks name
        an earlier one (edits, and what is new at its end) goes on with that one's number.
        """
        meta = {row.key: row.value for row in (await self._execute(_META)).rows}
        first_id = next_id = int(meta["next_id"])
        chunks: list[Chunk] = []
        packed: list[dict[str, Any]] = []
        for parcel in parcels:
            number = max((chunk.parcel for chunk in parcel.chunks), default=0)
            if not number:
                number, next_id = next_id, next_id + 1
            for position, row in enumerate(parcel.rows):
                packed.append({"of_row": row, "new_parcel": number, "number": position})
            for chunk in parcel.chunks:
                key = chunk.key or f"{meta['instance']}.{next_id}"
                chunks.append(_fresh(chunk, next_id, number, key))
                next_id += 1
        await self._execute(_COUNT_ON, {"next_id": str(next_id)})
        await self._execute(_PACK, packed)
        await self._store_chunks(chunks, now)
        behind = any(chunk.of is not None for chunk in chunks)
        await self._settle_order(first_id, behind=behind)

    async def recall(self, parcels: Iterable[int], now: datetime, *, asked: bool = False) -> frozenset[int]:
        """Queue the rows of these parcels again, as far as none of their chunks may have had an effect."""
        recalled: frozenset[int] = frozenset()
        for batch in batches(parcels):
            which = {"ids": batch, "least": 0 if asked else 1}
            fresh = {row.parcel for row in (await self._execute(_FRESH, which)).rows}
            begun = {row.parcel for row in (await self._execute(_BEGUN, which)).rows}
            if back := sorted(fresh - begun):
                await self._take_back(back, now)
                recalled |= set(back)
        return recalled

    async def _take_back(self, parcels: Sequence[int], now: datetime) -> None:
        first_keys: dict[int, str] = {}
        for row in (await self._execute(_KEYS_OF, {"ids": parcels})).rows:
            first_keys.setdefault(row.parcel, row.key)
        found = [await self.parcel_of(key) for key in first_keys.values()]
        rows = [row for each in found if each is not None for row in each[0]]
        await self._execute(_TAKE_BACK, {"ids": parcels, "now": to_micros(now)})
        await self._execute(_QUEUE_AGAIN, [{"of_row": row.id, "new_message": write_value(row.message)} for row in rows])
        await self._settle_order(0, behind=True)

    async def parcel_of(self, key: str) -> tuple[Sequence[Outgoing], Sequence[Chunk]] | None:
        """Return the rows (with their newest message) and chunks that the row with this key went out as.

        Rows that were deleted since are left out, as are chunks that were dropped or whose message was deleted.
        """
        found = await self._parcel(key)
        if found is None:
            return None
        _, packed, chunks = found
        rows = {row.key: _outgoing(row) for row in packed if row.op not in (Op.EDIT, Op.DELETE)}
        for keys in batches(list(rows)):
            for change in (await self._execute(_CHANGES, {"keys": keys})).rows:
                if change.op == Op.DELETE:
                    rows.pop(change.root, None)
                elif change.root in rows:
                    rows[change.root] = replace(rows[change.root], message=read_value(change.message))
        deleted = {c.of for c in chunks if c.op is Op.DELETE and c.state is not ChunkState.DROPPED}
        stands = [c for c in chunks if c.op is Op.SEND and c.state is not ChunkState.DROPPED and c.id not in deleted]
        return list(rows.values()), stands

    async def _parcel(self, key: str) -> tuple[Any, Sequence[Any], Sequence[Chunk]] | None:
        """Return a packed row, the rows it was packed with (itself too), and the parcel's chunks."""
        for row in (await self._execute(_ROW, {"of_key": key})).rows:
            if row.parcel is not None:
                which = {"of_parcel": row.parcel}
                packed = (await self._execute(_PACKED_WITH, which)).rows
                chunks = [read_chunk(chunk) for chunk in (await self._execute(_CHUNKS_OF, which)).rows]
                return row, packed, chunks
        return None

    async def row_of_message(self, ref: MessageRef) -> Outgoing | None:
        """Return the first row that went out as this platform message.

        An answer to one person stands in a response, a place of its own: it is found wherever they see it.
        """
        place = ref.place
        where = {"of_platform": place.platform, "of_address": place.address, "of_message": ref.message_id}
        for chunk in (await self._execute(_CHUNKS_THAT_ARE, where)).rows:
            for row in (await self._execute(_PACKED_WITH, {"of_parcel": chunk.parcel})).rows:
                if chunk.address == place.address or row.address is not None:
                    return _outgoing(row)
        return None

    async def next_due(self) -> datetime | None:
        """Return when there is something to pack or to send next; long past for "at once", None for never."""
        due = [row.due for row in (await self._execute(_NEXT_DUE)).rows]
        return from_micros(min(due)) if due else None

    async def blank(self, chunks: Iterable[int]) -> None:
        """Forget what chunks said that came to their end, and the rows that they were made from."""
        for batch in batches(chunks):
            await self._execute(_BLANK_ROWS, {"ids": batch})
            await self._execute(_BLANK, {"ids": batch})

    async def forget_place(self, platform: str, address: str) -> None:
        """Send nothing more to a place: drop what is on its way there, and what would change what stands there.

        What was sent counts as dropped from now on: changes of it and replies to it go nowhere.
        """
        where = {"of_platform": platform, "of_address": address}
        await self.drop([row.id for row in (await self._execute(_QUEUED_TO, where)).rows])
        await self._execute(_FORGET, where)
        await self._settle_order(0, behind=True)

    async def purge(self, before: datetime) -> int:
        """Delete what came to its end before that instant; return how many rows and chunks."""
        values = {"before": to_micros(before)}
        chunks = (await self._execute(_PURGE_CHUNKS, values)).rowcount
        return chunks + (await self._execute(_PURGE_ROWS, values)).rowcount


def _post(row: Outgoing) -> str | None:
    """Return the key of the post that a row changes, or whose thread it goes in."""
    return row.root or row.target.root


def _copy(row: Outgoing, number: int) -> Outgoing:
    """Return what does the same to a further copy of a row's post."""
    post = copy_key(_post(row) or "", number)
    target = replace(row.target, root=post)
    return replace(row, key=copy_key(row.key, number), root=post if row.root else None, target=target)


def _fresh(chunk: Chunk, id: int, parcel: int, key: str) -> Chunk:
    """Return a chunk as it is stored: nothing has been tried, whatever chunk it was made from."""
    return replace(
        chunk,
        id=id,
        parcel=parcel,
        key=key,
        state=ChunkState.STORED,
        first_try=None,
        tries=0,
        message_id=None,
        thread=None,
    )


def _columns(row: Outgoing, at: int) -> dict[str, Any]:
    target = row.target
    return {
        "workspace": row.workspace,
        "target": str(target.kind),
        "member": target.member,
        "platform": target.place and target.place.platform,
        "address": target.place and target.place.address,
        "thread": target.place and target.place.thread,
        "target_root": target.root,
        "kind": row.kind,
        "key": row.key,
        "op": str(row.op),
        "message": write_value(row.message),
        "root": row.root,
        "date": write_date(row.date),
        "asked": int(row.asked),
        "first": int(row.first),
        "title": write_value(row.title),
        "ref": write_ref(row.ref),
        "emoji": row.emoji,
        "not_before": AT_ONCE if row.not_before is None else to_micros(row.not_before),
        "state": "queued",
        "created": at,
        "expires": write_instant(row.expires),
        "secret": int(row.secret),
    }


def _outgoing(row: Any) -> Outgoing:
    place = None if row.address is None else Place(row.platform, row.address, row.thread)
    member = None if row.member is None else MemberId(row.member)
    return Outgoing(
        WorkspaceId(row.workspace),
        Target(TargetKind(row.target), member, place, row.target_root),
        row.kind,
        row.key,
        Op(row.op),
        read_value(row.message),
        row.root,
        read_date(row.date),
        bool(row.asked),
        bool(row.first),
        read_value(row.title),
        read_ref(row.ref),
        row.emoji,
        from_micros(row.not_before) if row.not_before else None,
        row.id,
        read_instant(row.expires),
        bool(row.secret),
    )
