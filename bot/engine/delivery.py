"""Stored chunks leave for their platform: the first try is noted before the call, the result after it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.engine.errors import OutcomeUnknown, Refused, TryLater
from bot.engine.ports import Chunk, ChunkState, Clock, Directory, Op, Platform, Probe, Sent, Storage, Stores
from bot.engine.undelivered import tell_owner
from bot.model.identity import Identity, MemberId, Place

log = logging.getLogger(__name__)

BATCH = 100
"""Chunks whose first try is noted in one transaction."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


class CannotTell(Exception):
    """It is not known whether an earlier try had its effect, and the history can't be read."""


def pause(tries: int) -> timedelta:
    """Return how long to wait after so many failed tries: doubling from 5 s up to 10 min."""
    doublings: int = min(tries, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


@dataclass(frozen=True)
class Sender:
    """Sends the chunks of one platform, in order within each stream, `lanes` streams at a time."""

    storage: Storage
    platform: Platform
    clock: Clock
    probe: Probe
    lanes: int = 1

    async def deliver(self) -> int:
        """Send one batch of what may go now; return how many chunks were tried."""
        chunks, accounts = await self._take()
        if not chunks:
            return 0
        streams: dict[str, list[Chunk]] = {}
        for chunk in chunks:
            streams.setdefault(chunk.stream, []).append(chunk)
        results: list[Sent] = []
        failures: list[tuple[Chunk, Exception]] = []
        waiting = iter(streams.values())
        await asyncio.gather(*(self._lane(waiting, accounts, results, failures) for _ in range(self.lanes)))
        await self._note(results, failures)
        return len(chunks)

    async def _take(self) -> tuple[Sequence[Chunk], Mapping[MemberId, Sequence[Identity]]]:
        async with self.storage.transaction() as stores:
            now = self.clock.now()
            chunks = await stores.outbox.to_send(self.platform.name, now, BATCH)
            if not chunks:
                return (), {}
            self.probe("deliver.before_try")
            await stores.outbox.tried([chunk.id for chunk in chunks], now)
            homeless = [c.member for c in chunks if c.place is None and c.member is not None]
            accounts = await stores.directory.identities(homeless) if homeless else {}
            chunks = [await self._with_place(stores.directory, chunk, accounts) for chunk in chunks]
        self.probe("deliver.after_try")
        return chunks, accounts

    async def _with_place(
        self, directory: Directory, chunk: Chunk, accounts: Mapping[MemberId, Sequence[Identity]]
    ) -> Chunk:
        if chunk.place is not None or chunk.member is None:
            return chunk
        account = self._account(chunk, accounts)
        place = await directory.direct_place(account) if account else None
        return replace(chunk, place=place)

    def _account(self, chunk: Chunk, accounts: Mapping[MemberId, Sequence[Identity]]) -> Identity | None:
        mine = accounts.get(chunk.member, ()) if chunk.member is not None else ()
        return next((account for account in mine if account.platform == self.platform.name), None)

    async def _lane(
        self,
        streams: Iterator[Sequence[Chunk]],
        accounts: Mapping[MemberId, Sequence[Identity]],
        results: list[Sent],
        failures: list[tuple[Chunk, Exception]],
    ) -> None:
        for stream in streams:
            for chunk in stream:
                try:
                    self.probe("deliver.before_call")
                    results.append(await self._call(chunk, accounts))
                    self.probe("deliver.after_call")
                except Exception as problem:  # whatever it was, the chunk stays and what follows it waits
                    failures.append((chunk, problem))
                    break

    async def _call(self, chunk: Chunk, accounts: Mapping[MemberId, Sequence[Identity]]) -> Sent:
        place = chunk.place
        if place is None:
            account = self._account(chunk, accounts)
            if account is None:
                raise Refused("the person has no account on this platform")
            place = await self.platform.direct_place(account)
        if chunk.op is Op.SEND:
            message_id = await self._post(place, chunk)
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

    async def _post(self, place: Place, chunk: Chunk) -> str:
        """Post it; past the time for which the platform remembers the key, look for the marker first."""
        earlier = chunk.first_try
        if earlier is not None and self.clock.now() - earlier > self.platform.safe_window:
            try:
                found = await self.platform.find(place, chunk.key, earlier)
            except (TryLater, Refused):
                raise
            except Exception as problem:
                raise CannotTell(str(problem)) from problem
            if found is not None:
                return found
        return await self.platform.send(place, chunk.content, chunk)

    async def _note(self, results: Sequence[Sent], failures: Sequence[tuple[Chunk, Exception]]) -> None:
        async with self.storage.transaction() as stores:
            now = self.clock.now()
            self.probe("deliver.before_mark")
            if results:
                await stores.outbox.sent(results, now)
            for chunk, problem in failures:
                match problem:
                    case Refused():
                        log.warning("%s will not take %s: %s", self.platform.name, chunk.key, problem)
                        await self._give_up(stores, chunk, ChunkState.REFUSED, problem)
                    case CannotTell():
                        log.error("held %s: whether it was sent can't be read back: %s", chunk.key, problem)
                        await self._give_up(stores, chunk, ChunkState.UNCERTAIN, problem)
                    case _:
                        after = problem.after if isinstance(problem, TryLater) else None
                        if not isinstance(problem, TryLater | OutcomeUnknown):
                            log.error("sending %s failed", chunk.key, exc_info=problem)
                        await stores.outbox.retry(chunk.id, now + (after or pause(chunk.tries)))
        self.probe("deliver.after_mark")

    async def _give_up(self, stores: Stores, chunk: Chunk, state: ChunkState, problem: Exception) -> None:
        await stores.outbox.give_up(chunk.id, state, str(problem))
        await tell_owner(stores, chunk, state, str(problem), self.clock.now())
