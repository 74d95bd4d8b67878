"""The one path: inbox, one transaction, outbox, parcels, delivery; driven by what comes in and by the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.engine import reach, scopes
from bot.engine.conversations import Questions
from bot.engine.delivery import Sender
from bot.engine.dispatcher import Dispatcher
from bot.engine.errors import StorageFull
from bot.engine.immediate import Immediate
from bot.engine.packing import BATCH, Packer
from bot.engine.ports import Alarm, Clock, Outgoing, Platform, Probe, Storage, Stores, Timer, no_probe
from bot.engine.registry import Registry
from bot.engine.transaction import Services, Transaction, to_member
from bot.engine.trouble import Trouble
from bot.engine.undelivered import tell_of_place
from bot.model.errors import AskFirst, BadInput
from bot.model.event import Inbound, Reacted
from bot.model.identity import MessageRef, Place
from bot.model.message import Sentence, say

log = logging.getLogger(__name__)

TIMERS = 200
"""Timers taken in one transaction: nobody else waits much longer than 0.1 s to write."""
JOB_PAUSE = timedelta(minutes=5)
"""How long a timer rests whose job failed, times the number of failures."""
PACK_PAUSE = timedelta(minutes=30)
"""How long an outbound row rests that could not be packed."""
LOOK = 0.05
"""Seconds between two looks whether a message has been noted that somebody reacts to."""
LOOKS = 100
"""As often is looked, at the most."""
OWN_JOBS: Mapping[tuple[str, str], Callable[[Transaction, Sequence[Timer]], Awaitable[None]]] = {
    (scopes.COG, scopes.ERASE): scopes.erase
}
"""The engine's, beside those of the cogs."""


@dataclass
class Engine:
    """Everything that happens, exactly once. `prefix` is what commands in rooms start with."""

    storage: Storage
    platforms: Mapping[str, Platform]
    registry: Registry
    services: Services
    clock: Clock
    probe: Probe = no_probe
    prefix: str = "!helio"
    lanes: int = 1
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _draining: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Wire the parts together."""
        questions = Questions(self.registry, self.services.gazetteer)
        self.dispatcher = Dispatcher(self.registry, self.prefix, questions)
        self.immediate = Immediate(self.storage, self.dispatcher, self.transaction)
        self.packer = Packer(self.platforms, self.services.localizer)
        self.senders = [
            Sender(self.storage, platform, self.clock, self.probe, self.transaction, self.lanes)
            for platform in self.platforms.values()
        ]

    # --- starting and stopping ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the platforms, each behind the position that is stored for it."""
        for platform in self.platforms.values():
            async with self.storage.reading() as stores:
                position = await stores.inbox.position(platform.name)
            await platform.start(self.receive, position)

    async def stop(self) -> None:
        """Stop the platforms; what is stored goes out after the next start."""
        for sender in self.senders:
            await sender.stop()
        for platform in self.platforms.values():
            await platform.stop()

    async def run(self, alarm: Alarm) -> None:
        """Do whatever is due, then sleep until something comes in or the next instant is due; for ever.

        What goes wrong on the way is logged, and tried again after a pause: all of it is still stored.
        """
        trouble = Trouble("doing what is due")
        while True:
            self._changed.clear()
            try:
                await self.drain()
                due = await self.next_due()
            except Exception as problem:
                await trouble.pause(problem)
                continue
            trouble.over()
            alarm.wake_at(due, self._changed.set)
            await self._changed.wait()

    async def announce(self, key: str, sentence: Sentence) -> None:
        """Tell every workspace's admins something about the installation, once for each key; and the log."""
        log.warning("notice %s: %s", key, sentence.text)
        async with self.storage.transaction() as stores:
            rows = []
            for workspace in await stores.directory.workspaces():
                for member in await stores.directory.members_of_workspace(workspace.id):
                    if member.admin:
                        row = Outgoing(
                            workspace.id,
                            to_member(member.id),
                            "bot.notice",
                            f"{key}:{member.id}",
                            message=say(sentence),
                        )
                        rows.append(row)
            await stores.outbox.queue(rows, self.clock.now())
        self._changed.set()

    async def announce_there(self, place: Place, key: str, sentence: Sentence) -> None:
        """Tell the owner of the team whose channel a place is something about it, once for each key; and the log."""
        log.warning("notice %s: %s", key, sentence.text)
        async with self.storage.transaction() as stores:
            await tell_of_place(stores, place, key, sentence, self.clock.now())
        self._changed.set()

    # --- inbound -----------------------------------------------------------------------------------------------

    async def receive(self, event: Inbound) -> None:
        """Handle an event that a platform reports; the second time it is reported, do nothing.

        Raises StorageFull when it could not be stored: the platform must report it again.
        """
        if isinstance(event, Reacted):
            await self._noted(MessageRef(event.place, event.message_id))
        try:
            if self.dispatcher.reads_only(event):
                await self._read(event)
            else:
                await self._write(event, lambda tx: self.dispatcher.handle(tx, event))
        except (BadInput, AskFirst) as problem:
            answer = problem
            await self._write(event, lambda tx: self.dispatcher.answer_problem(tx, event, answer))
        except StorageFull:
            raise
        except Exception:
            log.exception("handling %s %s failed", type(event).__name__, event.id)
            await self._write(event, lambda tx: self.dispatcher.apologise(tx, event))
        self._changed.set()

    async def _noted(self, message: MessageRef) -> None:
        """Wait, but not for long, until it is noted what a message is that may just have been sent.

        People choose by a reaction as soon as they see the message, while its other choices are still being put there.
        """
        for _look in range(LOOKS):
            if not any(sender.sends_to(message.place) for sender in self.senders):
                return
            async with self.storage.reading() as stores:
                if await stores.outbox.row_of_message(message) is not None:
                    return
            await asyncio.sleep(LOOK)

    async def _write(self, event: Inbound, handle: Callable[[Transaction], Awaitable[Any]]) -> None:
        async with self.storage.transaction() as stores:
            if not await stores.inbox.accept(event):
                return
            tx = self.transaction(stores)
            await reach.heard(stores, event, tx.now)
            await handle(tx)
            await stores.outbox.queue(tx.effects(), tx.now)
            self.probe("inbox.before_commit")
        self.probe("inbox.after_commit")

    async def _read(self, event: Inbound) -> None:
        """Run a command that only reads beside other work; only its answer takes a transaction."""
        async with self.storage.reading() as stores:
            reading = self.transaction(stores, read_only=True)
            await self.dispatcher.handle(reading, event)
        effects = reading.effects()

        async def answer(tx: Transaction) -> None:
            await self.dispatcher.meet(tx, event)
            tx.queue(effects)

        await self._write(event, answer)

    def transaction(self, stores: Stores, read_only: bool = False) -> Transaction:
        """Wrap open stores for handlers, at the clock's instant."""
        return Transaction(stores, self.clock.now(), self.services, self._tell, read_only=read_only)

    async def _tell(self, tx: Transaction, event: Any) -> None:
        for listener in self.registry.listeners(type(event)):
            await listener(tx, event)

    # --- what is due -------------------------------------------------------------------------------------------

    async def drain(self) -> None:
        """Work until nothing is left to do at this instant: due timers, packing, delivery.

        One caller at a time: a second one would take up the chunks that the first is just sending.
        """
        async with self._draining:
            while True:
                while await self.tick():
                    pass
                packed = await self.pack()
                if not await self.deliver() and not packed:  # what one batch left unpacked is packed as others go
                    break

    async def next_due(self) -> datetime | None:
        """Return the next instant (UTC) at which there is something to do, or None."""
        async with self.storage.reading() as stores:
            instants = (await stores.timers.next_due(), await stores.outbox.next_due())
        return min((instant for instant in instants if instant is not None), default=None)

    async def tick(self) -> int:
        """Run the jobs of one batch of due timers; return how many timers there were."""
        try:
            due = await self._run_jobs(TIMERS)
        except StorageFull:
            raise
        except Exception:
            log.exception("a batch of timers failed; running them one by one")
            due = await self._one_by_one()
        return len(due)

    async def _run_jobs(self, limit: int) -> Sequence[Timer]:
        async with self.storage.transaction() as stores:
            due = await stores.timers.take_due(self.clock.now(), limit)
            if not due:
                return due
            tx = self.transaction(stores)
            jobs: dict[tuple[str, str], list[Timer]] = {}
            for timer in due:
                jobs.setdefault((timer.cog, timer.job), []).append(timer)
            for (cog, name), timers in jobs.items():
                handler = OWN_JOBS.get((cog, name)) or self.registry.job(cog, name)
                if handler is None:
                    log.warning("dropped %d timers of %s.%s, which is not installed", len(timers), cog, name)
                else:
                    await handler(tx, timers)
            await stores.outbox.queue(tx.effects(), tx.now)
            self.probe("timers.before_commit")
        self.probe("timers.after_commit")
        return due

    async def _one_by_one(self) -> Sequence[Timer]:
        """Run what is due singly, so that one timer whose job fails keeps no other waiting."""
        done: list[Timer] = []
        for _attempt in range(TIMERS):
            try:
                due = await self._run_jobs(1)
            except StorageFull:
                raise
            except Exception:
                due = await self._postpone()
            done.extend(due)
            if not due:
                break
        return done

    async def _postpone(self) -> Sequence[Timer]:
        async with self.storage.transaction() as stores:
            due = await stores.timers.take_due(self.clock.now(), 1)
            for timer in due:
                failures = int(timer.data.get("failures", 0)) + 1
                again = self.clock.now() + JOB_PAUSE * failures
                log.exception("job %s.%s failed for %s; again at %s", timer.cog, timer.job, timer.key, again)
                await stores.timers.set([replace(timer, due=again, data={**timer.data, "failures": failures})])
        return due

    async def pack(self) -> int:
        """Pack one batch of outbound rows; return how many rows were looked at."""
        try:
            return await self._pack(BATCH)
        except StorageFull:
            raise
        except Exception:
            log.exception("a batch of outbound rows could not be packed; packing them one by one")
            return await self._pack_singly()

    async def _pack(self, limit: int) -> int:
        async with self.storage.transaction() as stores:
            tx = self.transaction(stores)
            packed = await self.packer.pack(tx, limit)
            await stores.outbox.queue(tx.effects(), tx.now)
            if packed:
                self.probe("pack.before_commit")
        if packed:
            self.probe("pack.after_commit")
        return packed

    async def _pack_singly(self) -> int:
        """Pack rows one by one, so that one that can't be rendered keeps no other waiting: it alone rests."""
        for done in range(BATCH):
            try:
                if not await self._pack(1):
                    return done
            except StorageFull:
                raise
            except Exception:
                async with self.storage.transaction() as stores:
                    for row in await stores.outbox.waiting(self.clock.now(), 1):
                        again = self.clock.now() + PACK_PAUSE
                        log.exception("row %s could not be packed; again at %s", row.key, again)
                        await stores.outbox.hold({row.id: again})
        return BATCH

    async def deliver(self) -> int:
        """Send what may go on every platform; return how many chunks were begun or have gone, 0 when all is still."""
        return sum([await sender.deliver() for sender in self.senders])
