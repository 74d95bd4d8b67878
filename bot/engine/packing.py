"""Outbound rows become parcels of rendered chunks, each stored with its own key before anything is sent."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.engine import attention, reach
from bot.engine.people import People
from bot.engine.ports import (
    Chunk,
    Localizer,
    Op,
    Outgoing,
    Parcel,
    Part,
    Platform,
    Reader,
    Rendered,
    Stores,
    TargetKind,
    copy_keys,
)
from bot.engine.transaction import Transaction
from bot.model.event import Expired, Unreached, Unsent
from bot.model.identity import Identity, MemberId
from bot.model.message import Message, people_in
from bot.model.people import Member
from bot.model.working_time import WorkingTime

log = logging.getLogger(__name__)

_WHITE = re.compile(r"\s+")

BATCH = 200
"""Rows taken in one transaction, in which nobody else writes, and after which what is packed is sent: 500 prompts took
0.15 s (see tests/benchmarks)."""


class PlainStyle:
    """Writes values without any markup, for names of threads and for logs."""

    def text(self, written: str) -> str:
        """Keep one line of it; spaces at its ends stay: they part it from what stands beside it."""
        return _WHITE.sub(" ", written)

    def person(self, name: str, account: str | None) -> str:
        """Write the name."""
        return name

    def command(self, words: str, room: bool = False) -> str:
        """Write the words."""
        return words

    def option(self, name: str) -> str:
        """Write the name."""
        return name

    def moment(self, at: datetime, show: str) -> str | None:
        """Leave instants to the localizer."""
        return None


@dataclass(frozen=True)
class _People:
    """The people a batch concerns, read in few statements."""

    members: Mapping[MemberId, Member]
    working: Mapping[MemberId, WorkingTime]
    identities: Mapping[MemberId, Sequence[Identity]]
    shut: reach.Shut = field(default_factory=reach.Shut)


@dataclass(frozen=True)
class Packer:
    """Packs due rows: attention decides, the platform renders, storage keeps the chunks."""

    platforms: Mapping[str, Platform]
    localizer: Localizer

    async def pack(self, tx: Transaction, limit: int = BATCH) -> int:
        """Pack or hold one batch of waiting rows, or tell cogs that they are over; return how many were looked at.

        All that waits for one person is in one batch, so that it goes out as one message; only a batch of 1 is one.
        """
        stores, people, now = tx.stores, tx.people, tx.now
        rows = list(await stores.outbox.waiting(now, limit))
        if not rows:
            return 0
        if len(rows) == limit > 1:
            whose = {row.target.member for row in rows if row.target.member is not None}
            rows += await stores.outbox.waiting_for(whose, rows[-1].id, now)
        sends, changes = await self._settle_changes(stores, rows)
        known = await self._people(stores, people, sends, now)
        verdict = attention.gate(sends, known.working, now, known.shut.until)
        parcels: list[Parcel] = []
        lost: list[int] = []
        roots = {row.key: row.target.place.platform for row in sends if row.target.place is not None}
        for group in verdict.parcels:
            await asyncio.sleep(0)  # rendering takes its time, and people wait for acknowledgements meanwhile
            theirs = _still_theirs(known, group)
            lost.extend(row.id for row in group if row not in theirs)
            parcel = await self._parcel(stores, people, known, theirs, roots, now) if theirs else None
            parcels.append(parcel) if parcel else lost.extend(row.id for row in theirs)
        together = {change.root: change for change in changes}
        for change in changes:
            parcel = await self._changed(stores, people, change, together, now)
            parcels.append(parcel) if parcel else lost.append(change.id)
        if verdict.held:
            await stores.outbox.hold(verdict.held)
        if gone := [*lost, *(row.id for row in (*verdict.expired, *verdict.moot))]:
            await stores.outbox.drop(gone)
        if verdict.expired:
            await tx.raise_event(Expired(tuple(_unsent(row) for row in verdict.expired)))
        if verdict.unreached:
            await self._shelve(tx, verdict.unreached, known.shut)
        if parcels:
            await stores.outbox.store(parcels, now)
        return len(rows)

    async def _shelve(self, tx: Transaction, rows: Sequence[Outgoing], shut: reach.Shut) -> None:
        """Keep what can't be sent for when it can, as long as it matters, and tell cogs."""
        end = tx.now + reach.AGAIN
        held = {row.id: min(shut.until[row.target.member], row.expires or end) for row in rows if row.target.member}
        await tx.stores.outbox.shelve(held, end)
        await tx.raise_event(Unreached(tuple(_unsent(row) for row in rows)))

    async def _settle_changes(self, stores: Stores, rows: Sequence[Outgoing]) -> tuple[list[Outgoing], list[Outgoing]]:
        """Part new messages from changes of earlier ones; a change of what has not gone out is made right here."""
        newest: dict[str | None, Outgoing] = {}
        gone = []
        for row in rows:
            if row.op in (Op.EDIT, Op.DELETE):
                earlier = newest.get(row.root)
                gone += [earlier.id] if earlier else []
                # What carries out a deletion does so in a newer version too.
                newest[row.root] = replace(row, ref=row.ref or (earlier.ref if earlier else None))
        sends = [row for row in rows if row.op in (Op.SEND, Op.REACT)]
        changes = []
        for root, row in newest.items():
            assert root is not None
            if not await stores.outbox.amend(root, row.message):
                changes.append(row)
                continue
            gone.append(row.id)
            sends = [
                replace(send, message=row.message) if send.key == root else send
                for send in sends
                if send.key != root or row.op is Op.EDIT
            ]
        if gone:
            await stores.outbox.drop(gone)
        return sends, changes

    async def _people(self, stores: Stores, people: People, rows: Sequence[Outgoing], now: datetime) -> _People:
        ids = attention.addressed(rows) | {r.target.member for r in rows if r.target.member is not None}
        if not ids:
            return _People({}, {}, {})
        members = await people.members(ids)
        gated = [members[m] for m in attention.addressed(rows) if m in members]
        identities = await people.identities(ids)
        written_to = {row.target.member for row in rows if attention.direct(row)}
        accounts = {member: theirs for member, theirs in identities.items() if member in written_to}
        shut = await reach.shut(stores, accounts, self.platforms, now)
        return _People(members, await people.working_times(gated), identities, shut)

    async def _parcel(
        self,
        stores: Stores,
        people: People,
        known: _People,
        rows: Sequence[Outgoing],
        roots: Mapping[str, str],
        now: datetime,
    ) -> Parcel | None:
        first = rows[0]
        if first.op is Op.REACT:
            return self._reaction(first)
        if first.target.kind is TargetKind.MEMBER:
            return await self._personal(people, known, rows, now)
        platform = await self._platform_of(stores, first, roots)
        if platform is None:
            return None
        reader = await self._channel_reader(stores, people, known, first, platform, roots, now)
        return self._built(rows, platform, reader, member=None)

    async def _personal(self, people: People, known: _People, rows: Sequence[Outgoing], now: datetime) -> Parcel | None:
        member_id = rows[0].target.member
        member = known.members.get(member_id) if member_id is not None else None
        accounts = known.identities.get(member_id, ()) if member_id is not None else ()
        there = rows[0].target.place
        reached = self.platforms if there is None else {there.platform}
        usable = [account for account in accounts if account.platform in reached]
        account = next((a for a in usable if a not in known.shut.accounts), usable[0] if usable else None)
        if member is None or account is None:
            log.info("nobody to send %s to: member %s has no account", rows[0].key, member_id)
            return None
        reader = Reader(await people.language_of(member), member.zone, direct=True, now=now)
        return self._built(rows, self.platforms[account.platform], reader, member=member.id)

    async def _platform_of(self, stores: Stores, row: Outgoing, roots: Mapping[str, str]) -> Platform | None:
        """Return where the row's place is; a thread is where its root is, which may be packed in this very batch."""
        if row.target.place is not None:
            return self.platforms.get(row.target.place.platform)
        root = row.target.root or ""
        if root in roots:
            return self.platforms.get(roots[root])
        found = await stores.outbox.parcel_of(root)
        return self.platforms.get(found[1][0].platform) if found and found[1] else None

    async def _channel_reader(
        self,
        stores: Stores,
        people: People,
        known: _People,
        row: Outgoing,
        platform: Platform,
        roots: Mapping[str, str],
        now: datetime,
    ) -> Reader:
        message = row.message
        assert message is not None
        # A stranger is in no workspace, and is answered all the same.
        language = message.language or ((await people.workspace(row.workspace)).language if row.workspace else "en")
        named = await people.members({person.member for person in people_in(message)})
        zones = tuple(dict.fromkeys(m.zone for m in named.values()))
        if not zones and row.target.place is not None:
            channel = await people.channel_at(row.target.place)
            team = await people.team(channel.team) if channel else None
            zones = (team.zone,) if team else ()
        on_duty = attention.on_duty(message, known.working, now)
        standing = await self._platforms_of_copies(stores, row, roots) | {platform.name} if on_duty else set()
        pings = {}
        for member in on_duty:
            accounts = (await people.identities([member])).get(member, ())
            # Where it stands on several platforms, a person is notified on the one where they answered last.
            account = next((a for a in accounts if a.platform in standing), None)
            if account is not None and account.platform == platform.name:
                pings[member] = account.account
        return Reader(language, None, zones, pings=pings, now=now)

    async def _platforms_of_copies(self, stores: Stores, row: Outgoing, roots: Mapping[str, str]) -> set[str]:
        """Return on which platforms a post stands, or is about to: its copies may be packed in this very batch."""
        found = set()
        for key in copy_keys(row.key):
            if key in roots:
                found.add(roots[key])
            elif key != row.key and (parcel := await stores.outbox.parcel_of(key)) is not None and parcel[1]:
                found.add(parcel[1][0].platform)
        return found

    def _built(self, rows: Sequence[Outgoing], platform: Platform, reader: Reader, member: MemberId | None) -> Parcel:
        title = next((row.title for row in rows if row.title is not None), None)
        shown = self.localizer.write(title, reader, PlainStyle()) if title is not None else None
        rendered = platform.render(_joined(rows), reader, self.localizer)
        chunks = [
            replace(self._chunk(rows, platform.name, content, member), title=shown)
            if i == 0
            else replace(self._chunk(rows, platform.name, content, member), parts=_continued(rows))
            for i, content in enumerate(rendered)
        ]
        return Parcel(tuple(row.id for row in rows), tuple(chunks))

    def _chunk(
        self,
        rows: Sequence[Outgoing],
        platform: str,
        rendered: Rendered,
        member: MemberId | None,
    ) -> Chunk:
        first = rows[0]
        return Chunk(
            id=0,
            parcel=0,
            platform=platform,
            stream=first.target.stream,
            op=Op.SEND,
            key="",
            content=rendered.content,
            text=rendered.text,
            parts=_parts(rows),
            unasked=not any(row.asked for row in rows),
            member=member,
            place=first.target.place,
            root=first.target.root,
            expires=min((row.expires for row in rows if row.expires is not None), default=None),
            secret=any(row.secret for row in rows),
        )

    def _reaction(self, row: Outgoing) -> Parcel | None:
        if row.ref is None or row.ref.place.platform not in self.platforms:
            return None
        chunk = Chunk(
            0, 0, row.ref.place.platform, row.target.stream, Op.REACT, "", {}, "", _parts([row]), unasked=False,
            place=row.ref.place, emoji=row.emoji, target_message=row.ref.message_id,
        )  # fmt: skip
        return Parcel((row.id,), (chunk,))

    async def _changed(
        self, stores: Stores, people: People, change: Outgoing, together: Mapping[str | None, Outgoing], now: datetime
    ) -> Parcel | None:
        """Render the whole parcel again that the message went out in, and change what stands there.

        `together` are all changes of this batch: of two in one parcel, the later chunk supersedes the earlier.
        """
        assert change.root is not None
        found = await stores.outbox.parcel_of(change.root)
        if found is None or not found[1] or found[1][0].platform not in self.platforms:
            return None
        rows, old = found
        newest = [(row, together.get(row.key)) for row in rows]
        now_rows = [
            replace(row, message=changed.message) if changed else row
            for row, changed in newest
            if changed is None or changed.op is Op.EDIT
        ]
        platform = self.platforms[old[0].platform]
        reader = await self._reader_again(stores, people, now_rows, old[0], platform, now)
        rendered = platform.render(_joined(now_rows), reader, self.localizer) if now_rows else ()
        return Parcel((change.id,), tuple(self._differences(change, now_rows, old, rendered)))

    async def _reader_again(
        self, stores: Stores, people: People, rows: Sequence[Outgoing], old: Chunk, platform: Platform, now: datetime
    ) -> Reader:
        if old.member is not None:
            member = await people.member(old.member)
            return Reader(await people.language_of(member), member.zone, direct=True, now=now)
        if not rows:
            return Reader("en")
        known = await self._people(stores, people, rows, now)
        return await self._channel_reader(stores, people, known, rows[0], platform, {}, now)

    def _differences(
        self, change: Outgoing, rows: Sequence[Outgoing], old: Sequence[Chunk], rendered: Sequence[Rendered]
    ) -> list[Chunk]:
        chunks = []
        for before, after in zip(old, rendered, strict=False):
            chunks.append(
                replace(before, id=0, op=Op.EDIT, key="", of=before.id, content=after.content, text=after.text,
                        parts=_parts([change]), unasked=not change.asked, title=None,
                        withdraws=change.ref is not None or change.op is Op.DELETE)
            )  # fmt: skip
        for surplus in old[len(rendered) :]:
            chunks.append(
                replace(surplus, id=0, op=Op.DELETE, key="", of=surplus.id, content={}, text="",
                        parts=_parts([change]), unasked=not change.asked, title=None)
            )  # fmt: skip
        for extra in rendered[len(old) :]:
            chunk = self._chunk(rows, old[0].platform, extra, old[0].member)
            chunks.append(replace(chunk, parts=_continued([change]), unasked=not change.asked, stream=old[0].stream))
        return chunks


def _unsent(row: Outgoing) -> Unsent:
    return Unsent(row.workspace, row.kind, row.key, row.target.member, row.date)


def _parts(rows: Sequence[Outgoing]) -> tuple[Part, ...]:
    return tuple(Part(row.kind, row.key, row.date) for row in rows)


def _continued(rows: Sequence[Outgoing]) -> tuple[Part, ...]:
    """Name the parts of a message that goes on in another chunk, so that nobody counts them twice."""
    return tuple(Part(f"{row.kind}.continued", row.key, row.date) for row in rows)


def _still_theirs(known: _People, rows: Sequence[Outgoing]) -> Sequence[Outgoing]:
    """Return which rows for a person still go to them: to who has left or rests, only what they are owed."""
    first = rows[0]
    member = known.members.get(first.target.member) if first.target.member is not None else None
    if first.target.kind is not TargetKind.MEMBER or first.target.place is not None or member is None or member.active:
        return rows
    log.info("member %s has left: %d messages go to nobody", member.id, sum(not row.asked for row in rows))
    return [row for row in rows if row.asked]


def _joined(rows: Sequence[Outgoing]) -> Message:
    messages = [row.message for row in rows if row.message is not None]
    joined = messages[0]
    for message in messages[1:]:
        joined = joined + message
    return joined
