"""Stored chunks leave for their platform: the first try is noted before the call, the result after it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.engine import attention
from bot.engine.closed import direct, note_closed, spare
from bot.engine.errors import Barred, Closed, OutcomeUnknown, PlaceGone, Refused, StorageFull, TryLater
from bot.engine.ports import Chunk, ChunkState, Clock, Directory, Op, Platform, Probe, Sent, Storage, Stores
from bot.engine.transaction import Transaction
from bot.engine.undelivered import tell_barred, tell_owner
from bot.model.event import Unreached, Unsent
from bot.model.identity import Identity, MemberId, MessageRef, Place

log = logging.getLogger(__name__)

BATCH = 100
"""Chunks whose first try is noted in one transaction."""
FIRST_PAUSE = timedelta(seconds=5)
FIRST_PAUSE_WHEN_AWAITED = timedelta(seconds=1)
"""For what somebody waits for: most failures are over in a moment, and few calls at a time are of this kind."""
LONGEST_PAUSE = timedelta(minutes=10)
BARRED_PAUSE = timedelta(hours=1)
"""Between two tries to change what stands in a place that people have to open first."""


Accounts = Mapping[MemberId, Sequence[Identity]]


class CannotTell(Exception):
    """It is not known whether an earlier try had its effect, and the history can't be read."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Chunks of one stream that are being sent, and what has come of them so far."""

    chunks: Sequence[Chunk]
    accounts: Accounts
    results: list[Sent] = field(default_factory=list)
    failures: list[tuple[Chunk, Exception]] = field(default_factory=list)


class Flight:
    """The streams that are under way, or wait for a lane, or of which it is not noted yet what came of them."""

    def __init__(self, lanes: int) -> None:
        """Let so many streams be under way at a time."""
        self.lanes = asyncio.Semaphore(lanes)
        self._streams: dict[asyncio.Task[None], Leaving] = {}
        self._moved = asyncio.Event()

    def begin(self, stream: Leaving, sending: Coroutine[Any, Any, None]) -> None:
        """Take a stream up."""
        task = asyncio.create_task(sending)
        task.add_done_callback(lambda _task: self._moved.set())
        self._streams[task] = stream

    @property
    def chunks(self) -> Sequence[Chunk]:
        """All chunks that are not to be taken again."""
        return [chunk for stream in self._streams.values() for chunk in stream.chunks]

    @property
    def left(self) -> int:
        """How many streams have not ended."""
        return sum(not task.done() for task in self._streams)

    async def landed(self, most: int) -> Sequence[Leaving]:
        """Wait until no more than `most` streams are left; return those that ended. Raises what stopped one."""
        while True:
            self._moved.clear()
            ended = {task: stream for task, stream in self._streams.items() if task.done()}
            for task in ended:
                task.result()
            if len(self._streams) - len(ended) <= most:
                return list(ended.values())
            await self._moved.wait()

    def forget(self, streams: Sequence[Leaving]) -> None:
        """Note that it is noted what came of these."""
        gone = {id(stream) for stream in streams}
        self._streams = {task: stream for task, stream in self._streams.items() if id(stream) not in gone}

    async def end(self) -> None:
        """Break all of them off; nothing is known of them afterwards but that they were tried."""
        for task in self._streams:
            task.cancel()
        await asyncio.gather(*self._streams, return_exceptions=True)
        self._streams.clear()


def pause(tries: int, *, awaited: bool = False) -> timedelta:
    """Return how long to wait after a failure that so many others came before: doubling up to 10 min.

    It begins with 5 s; with 1 s where somebody waits for what is sent.
    """
    doublings: int = min(tries, 10)
    first = FIRST_PAUSE_WHEN_AWAITED if awaited else FIRST_PAUSE
    return min(first * (1 << doublings), LONGEST_PAUSE)


@dataclass
class Sender:
    """Sends the chunks of one platform, in order within each stream, `lanes` streams at a time."""

    storage: Storage
    platform: Platform
    clock: Clock
    probe: Probe
    transaction: Callable[[Stores], Transaction]
    lanes: int = 1

    def __post_init__(self) -> None:
        """Open the lanes."""
        self._flight = Flight(self.lanes)

    async def deliver(self) -> int:
        """Send what may go now, and note what has gone; return how many chunks that were, or are to be packed anew.

        Returns as soon as a lane is free, while the others go on: so nobody waits for the slowest, and where a
        platform sets the pace, it is never idle. Nothing is under way once it returns 0.
        """
        taken, recalled = await self._take()
        try:
            for stream in taken:
                self._flight.begin(stream, self._send(stream))
            landed = await self._flight.landed(self.lanes - 1 if taken else self._flight.left // 2)
        except BaseException:  # cancelled, or the process is being ended
            await self.stop()
            raise
        if landed:
            await self._note(landed)
            self._flight.forget(landed)
        return sum(len(stream.chunks) for stream in (*taken, *landed)) + recalled

    def sends_to(self, place: Place) -> bool:
        """Say whether something is under way to a place, of which it is not noted yet as which message it came."""
        return any(chunk.place == place for chunk in self._flight.chunks)

    async def stop(self) -> None:
        """Send nothing more; what is under way counts as tried."""
        await self._flight.end()

    async def _take(self) -> tuple[Sequence[Leaving], int]:
        flying = self._flight.chunks
        busy = {chunk.stream for chunk in flying}
        async with self.storage.transaction() as stores:
            now = self.clock.now()
            chunks = await stores.outbox.to_send(self.platform.name, now, BATCH + len(flying))
            chunks = [chunk for chunk in chunks if chunk.stream not in busy]
            recalled = await self._recall(stores, [chunk for chunk in chunks if attention.stale(chunk, now)], now)
            chunks = [chunk for chunk in chunks if chunk.parcel not in recalled]
            if not chunks:
                return (), len(recalled)
            personal = {chunk.member for chunk in chunks if chunk.member is not None}
            accounts = await stores.directory.identities(personal) if personal else {}
            spared, lost = await spare(stores, chunks, self._whose(chunks, accounts), now)
            chunks = [chunk for chunk in chunks if chunk.id not in spared]
            if chunks:
                self.probe("deliver.before_try")
                await stores.outbox.tried([chunk.id for chunk in chunks], now)
                chunks = [await self._with_place(stores.directory, chunk, accounts) for chunk in chunks]
        await self._tell(lost)
        if chunks:
            self.probe("deliver.after_try")
        streams: dict[str, list[Chunk]] = {}
        for chunk in chunks:
            streams.setdefault(chunk.stream, []).append(chunk)
        return [Leaving(stream, accounts) for stream in streams.values()], len(recalled) + len(spared)

    async def _recall(self, stores: Stores, chunks: Sequence[Chunk], now: datetime) -> frozenset[int]:
        """Give back to attention what may not go any more: it is over, or it is night by now."""
        if not chunks:
            return frozenset()
        people = self.transaction(stores).people
        members = await people.members({chunk.member for chunk in chunks if chunk.member is not None})
        working = await people.working_times(members.values())
        late = {chunk.parcel for chunk in chunks if attention.too_late(chunk, working, now)}
        return await stores.outbox.recall(sorted(late), now) if late else frozenset()

    async def _with_place(self, directory: Directory, chunk: Chunk, accounts: Accounts) -> Chunk:
        if chunk.place is not None or chunk.member is None:
            return chunk
        account = self._account(chunk, accounts)
        place = await directory.direct_place(account) if account else None
        return replace(chunk, place=place)

    def _whose(self, chunks: Sequence[Chunk], accounts: Accounts) -> Mapping[int, Identity]:
        """Return the account that each message to a direct conversation is for, by chunk."""
        found = {chunk.id: self._account(chunk, accounts) for chunk in chunks if direct(chunk)}
        return {chunk: account for chunk, account in found.items() if account is not None}

    def _account(self, chunk: Chunk, accounts: Accounts) -> Identity | None:
        mine = accounts.get(chunk.member, ()) if chunk.member is not None else ()
        return next((account for account in mine if account.platform == self.platform.name), None)

    async def _send(self, stream: Leaving) -> None:
        async with self._flight.lanes:
            for chunk in stream.chunks:
                try:
                    self.probe("deliver.before_call")
                    stream.results.append(await self._call(chunk, stream.accounts))
                    self.probe("deliver.after_call")
                except Exception as problem:  # whatever it was, the chunk stays and what follows it waits
                    stream.failures.append((chunk, problem))
                    break

    async def _call(self, chunk: Chunk, accounts: Accounts) -> Sent:
        place = chunk.place
        if place is None:
            account = self._account(chunk, accounts)
            if account is None:
                raise Refused("the person has no account on this platform")
            place = await self.platform.direct_place(account)
        if chunk.op is Op.SEND:
            place, message_id = await self._posted(place, chunk, accounts)
            thread = None
            if chunk.title is not None:
                thread = await self.platform.open_thread(place, message_id, chunk.title, chunk)
            return Sent(chunk.id, message_id, place, thread)
        target = chunk.target_message
        assert target is not None, "a change is sent only once its message is known"
        if chunk.op is Op.EDIT:
            await self.platform.edit(place, target, chunk.content, chunk)
        elif chunk.op is Op.DELETE:
            await self.platform.delete(place, target, chunk)
        else:
            await self.platform.react(place, target, chunk.emoji or "", chunk)
        return Sent(chunk.id, target, place)

    async def _posted(self, place: Place, chunk: Chunk, accounts: Accounts) -> tuple[Place, str]:
        """Post it; where a person's conversation is there no more, in the one that takes its place."""
        account = self._account(chunk, accounts) if direct(chunk) else None
        try:
            return place, await self._post(place, chunk)
        except PlaceGone:
            fresh = await self.platform.direct_place(account) if account is not None else place
            if account is None or fresh == place:
                raise
        message_id = await self._post(fresh, chunk)
        async with self.storage.transaction() as stores:
            await stores.directory.set_direct_place(account, fresh)
        return fresh, message_id

    async def _post(self, place: Place, chunk: Chunk) -> str:
        """Post it; past the time for which the platform remembers the key, look for the marker first."""
        earlier = chunk.first_try
        if earlier is not None and self.clock.now() - earlier > self.platform.safe_window:
            try:
                found = await self._found(place, chunk, earlier)
            except (TryLater, Refused):
                raise
            except Exception as problem:
                raise CannotTell(str(problem)) from problem
            if found is not None:
                return found
        return await self.platform.send(place, chunk.content, chunk)

    async def _found(self, place: Place, chunk: Chunk, since: datetime) -> str | None:
        """Return the message that the chunk was sent as, if it was: one that is no other chunk's."""
        found = await self.platform.find(place, chunk, since)
        async with self.storage.reading() as stores:
            for message_id in found:
                if await stores.outbox.row_of_message(MessageRef(place, message_id)) is None:
                    return message_id
        return None

    async def _note(self, streams: Sequence[Leaving]) -> None:
        chunks = [chunk for stream in streams for chunk in stream.chunks]
        accounts = {member: found for stream in streams for member, found in stream.accounts.items()}
        results = [result for stream in streams for result in stream.results]
        failures = [failure for stream in streams for failure in stream.failures]
        async with self.storage.transaction() as stores:
            now = self.clock.now()
            self.probe("deliver.before_mark")
            if results:
                await stores.outbox.sent(results, now)
                sent = {result.chunk for result in results}
                whose = self._whose([chunk for chunk in chunks if chunk.id in sent], accounts)
                await stores.contacts.reached(set(whose.values()), now)
            if without := _without_effect(chunks, results, failures):
                await stores.outbox.untried(without)
            lost: list[Unsent] = []
            for chunk, problem in failures:
                lost += await self._note_failure(stores, chunk, self._account(chunk, accounts), problem, now)
            if secrets := [chunk.id for chunk in chunks if chunk.secret]:
                await stores.outbox.blank(secrets)
        self.probe("deliver.after_mark")
        await self._tell(lost)

    async def _note_failure(
        self, stores: Stores, chunk: Chunk, account: Identity | None, problem: Exception, now: datetime
    ) -> Sequence[Unsent]:
        """Note it, and say what follows from it; return what is lost and cogs are to hear of."""
        match problem:
            case Closed() if account is not None:
                log.info("%s takes nothing from the bot on %s: %s", chunk.stream, account.platform, problem)
                return await note_closed(stores, chunk, account, problem, now)
            case Barred() if chunk.op in (Op.EDIT, Op.DELETE):
                if not chunk.tries:
                    log.warning("%s does not take %s for now: %s", self.platform.name, chunk.key, problem)
                    await tell_barred(stores, chunk, problem, now)
                await stores.outbox.retry(chunk.id, now + BARRED_PAUSE)
            case Refused():
                log.warning("%s will not take %s: %s", self.platform.name, chunk.key, problem)
                await self._give_up(stores, chunk, ChunkState.REFUSED, problem)
            case CannotTell():
                log.error("held %s: whether it was sent can't be read back: %s", chunk.key, problem)
                await self._give_up(stores, chunk, ChunkState.UNCERTAIN, problem)
            case TryLater(after=timedelta() as after):
                await stores.outbox.retry(chunk.id, now + after, counts=False)
            case _:
                if not isinstance(problem, TryLater | OutcomeUnknown):
                    log.error("sending %s failed", chunk.key, exc_info=problem)
                await stores.outbox.retry(chunk.id, now + pause(chunk.tries, awaited=not chunk.unasked))
        return ()

    async def _give_up(self, stores: Stores, chunk: Chunk, state: ChunkState, problem: Exception) -> None:
        await stores.outbox.give_up(chunk.id, state, str(problem))
        advice = problem.advice if isinstance(problem, Refused) else None
        await tell_owner(stores, chunk, state, str(problem), self.clock.now(), advice)

    async def _tell(self, lost: Sequence[Unsent]) -> None:
        """Tell cogs, which may have another way; apart from the notes of what was sent, which no cog may undo."""
        if not lost:
            return
        try:
            async with self.storage.transaction() as stores:
                tx = self.transaction(stores)
                await tx.raise_event(Unreached(tuple(lost)))
                await stores.outbox.queue(tx.effects(), tx.now)
        except StorageFull:
            raise
        except Exception:
            log.exception("a listener failed for what did not reach its people")


def _without_effect(
    chunks: Sequence[Chunk], results: Sequence[Sent], failures: Sequence[tuple[Chunk, Exception]]
) -> Sequence[int]:
    """Return the chunks that were first tried now, and certainly had no effect: nothing knows their keys yet.

    The platform said so, or the call was never made, because an earlier one of the stream failed. A post that opens a
    thread may stand although the thread was refused for now.
    """
    came_to = {result.chunk for result in results}
    nothing = (TryLater, Barred)
    came_to |= {chunk.id for chunk, problem in failures if not isinstance(problem, nothing) or chunk.title is not None}
    return [chunk.id for chunk in chunks if chunk.first_try is None and chunk.id not in came_to]
