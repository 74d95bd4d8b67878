"""Matrix as the engine sees it: effects under keys that the server remembers, people's doings as events."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.engine.errors import BadCredentials, TryLater
from bot.engine.notices import Tell, only_log
from bot.engine.ports import Chunk, Clock, Localizer, Probe, Reader, Rendered, no_probe
from bot.engine.trouble import Trouble
from bot.model.event import Inbound
from bot.model.identity import Identity, Place
from bot.model.message import Message, catalogue
from bot.model.moment import Moment, Span
from bot.platforms.matrix import events as reading
from bot.platforms.matrix.calls import Calls
from bot.platforms.matrix.crypto import Crypto
from bot.platforms.matrix.doors import SUCCESSIONS, Doors
from bot.platforms.matrix.http import Rejected, path
from bot.platforms.matrix.inbound import Ears
from bot.platforms.matrix.joined import Event, RoomBook
from bot.platforms.matrix.outbound import Mouth
from bot.platforms.matrix.pacing import Pacer, Slow
from bot.platforms.matrix.pending import Pending
from bot.platforms.matrix.render import render
from bot.platforms.matrix.rooms import DirectRooms, Doorkeeper, Successions
from bot.platforms.matrix.session import Session
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import PlatformState
from bot.platforms.matrix.sync import WAIT
from bot.platforms.matrix.sync import Reader as Syncing
from bot.platforms.matrix.verifying import Verifications
from bot.platforms.matrix.versions import Moves

log = logging.getLogger(__name__)
_, n_ = catalogue("bot")

NAME = reading.NAME
SAFE_WINDOW = timedelta(hours=22)
"""Synapse remembers transaction ids for 24 hours."""
LOOK_AGAIN = 60.0
"""Seconds of outage after which invitations and rooms are looked at anew."""
AT_START = 30.0
"""Seconds that a start waits for the homeserver; then it goes on beside."""
ROUND = 5.0
"""Seconds between looks at what is not announced: hints, and whom to turn down."""


class MatrixPlatform:
    """The port `Platform` over one Matrix account.

    `tell` takes a key and a sentence for whoever runs the bot: each key is to be said once. `watch` raises
    BadCredentials when only they can help.
    """

    name = NAME
    safe_window = SAFE_WINDOW

    def __init__(
        self,
        settings: MatrixSettings,
        state: PlatformState,
        clock: Clock,
        *,
        probe: Probe = no_probe,
        tell: Tell = only_log,
    ) -> None:
        self.settings = settings
        self.session = Session(settings, state, clock)
        self.book = RoomBook(settings.user_id)
        self.crypto = Crypto(self.session, state) if settings.encryption != "never" else None
        self.calls = Calls(self.session, self.book, self.crypto)
        self.direct = DirectRooms(self.calls, settings.encryption, state)
        self.successions = Successions()
        self.mouth = Mouth(
            self.session,
            self.book,
            self.crypto,
            self.calls,
            Pacer(clock, self._warn_slow),
            self.successions,
            Moves(state),
            probe,
        )
        self.ears = Ears(
            self.session,
            self.book,
            self.crypto,
            Pending(state),
            self.successions,
            clock,
            self._report,
            self._verify,
            self.mouth.threads,
        )
        self.doorkeeper = Doorkeeper(self.calls, self.direct, settings.allowed_inviters)
        self.ears.out_of = self._out_of
        self.ears.taken_back = self.mouth.taken_back
        self.ears.first = self.mouth.moves.first
        self._doors = Doors(self.calls, self.book, self.doorkeeper, self.successions, state, clock)
        self._reader = Syncing(self.session, self.book, state, self.ears)
        self._verifications = (
            Verifications(self.crypto, self.mouth, self.direct, clock, self.ears.administers_somewhere)
            if self.crypto is not None
            else None
        )
        self._state = state
        self._clock = clock
        self._tell = tell
        self._tasks: list[asyncio.Task[None]] = []
        self._failure: asyncio.Future[None] | None = None
        self._receive: Callable[[Inbound], Awaitable[None]] | None = None
        self._opened = False
        self._heard = 0.0
        """The loop's instant of the last answer to a sync."""

    # --- starting and stopping ------------------------------------------------------------------------------

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None:
        """Report what happened behind the position, and from now on. A server that is away is waited for.

        Raises BadCredentials when the account or its keys can't be used.
        """
        self._receive = receive
        self._failure = asyncio.get_running_loop().create_future()
        opening = asyncio.create_task(self._open(position))
        self._tasks = [opening]
        await asyncio.wait([opening], timeout=AT_START)
        works = (partial(self._read_on, position, opening), self._mind_doors, self._mind_keys)
        if opening.done() and isinstance(opening.exception(), BadCredentials):
            opening.result()
        self._tasks += [asyncio.create_task(self._supervised(work)) for work in works]

    async def stop(self) -> None:
        """Report no more; the device stays logged in."""
        self._receive = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._opened = False
        await self.session.close()
        if self.crypto is not None:
            self.crypto.close()

    async def watch(self) -> None:
        """Wait for ever, or raise BadCredentials as soon as only the operator can help."""
        assert self._failure is not None, "the platform is not started"
        await asyncio.shield(self._failure)

    async def _supervised(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except BadCredentials as problem:
            log.critical("matrix: %s", problem)
            if self._failure is not None and not self._failure.done():
                self._failure.set_exception(problem)
                self._failure.exception()  # seen: whether anybody watches is not asyncio's to complain about

    async def _open(self, position: str | None) -> None:
        await self.session.open()
        if self.crypto is not None:
            await self.crypto.open()
        for old, new in json.loads(await self._state.get(SUCCESSIONS) or "{}").items():
            self.successions.replaced(old, new)
        await self.ears.pending.load()
        await self.mouth.moves.load()
        self.ears.me = reading.Me(self.settings.user_id, await self._own_name(), frozenset(self.settings.ignored))
        self._heard_now()
        await self._tell_of_new_device()
        await self._reader.begin(position)
        self._opened = True
        self._heard_now()
        await self.ears.retry()
        self.ears.doors.set()
        self.ears.keys.set()

    async def _tell_of_new_device(self) -> None:
        device, crypto = self.session.device, self.crypto
        if device is None or crypto is None or not device.replaces:
            return
        notice = _(
            "The keys of my Matrix device were lost, so I go on as a new one, whose fingerprint is {fingerprint}."
            " What was said to me while they were lost I can't read.",
            fingerprint=crypto.fingerprint,
        )
        await self._tell(f"matrix:device:{device.id}", notice)
        await self.session.told()

    async def _own_name(self) -> str:
        try:
            answer = await self.session.call("GET", path("profile", self.settings.user_id))
        except Rejected:
            return ""
        name = answer.get("displayname")
        return name if isinstance(name, str) else ""

    async def _report(self, event: Inbound) -> None:
        if self._receive is None:
            raise asyncio.CancelledError
        await self._receive(event)

    def _heard_now(self) -> None:
        self._heard = asyncio.get_running_loop().time()

    def _out_of(self, room: str) -> None:
        self.doorkeeper.withdrawn(room)
        self.direct.forget(room)

    def _must_be_open(self) -> None:
        if not self._opened:
            raise TryLater("the homeserver has not been reached yet")

    # --- what goes on beside --------------------------------------------------------------------------------

    async def _read_on(self, position: str | None, opening: asyncio.Task[None] | None) -> None:
        trouble, loop = Trouble("reading what is said on Matrix"), asyncio.get_running_loop()
        while True:
            try:
                if opening is not None:
                    begun, opening = opening, None
                    await begun
                elif not self._opened:
                    await self._open(position)
                elif loop.time() - self._heard > WAIT + LOOK_AGAIN:
                    await self._reader.look_again()
                await self._reader.step()
                self._heard_now()
            except BadCredentials:
                raise
            except Exception as problem:
                await trouble.pause(problem)
                continue
            trouble.over()

    async def _mind_doors(self) -> None:
        """Answer invitations, follow upgrades, turn down politely, and hint at what can't be read."""
        trouble = Trouble("answering invitations on Matrix")
        while True:
            again = None
            try:
                if self._opened:
                    self.ears.doors.clear()
                    again = await self._doors.attend(self.ears.invitations)
                    await self.ears.hint()
            except BadCredentials:
                raise
            except Exception as problem:
                await trouble.pause(problem)
                continue
            trouble.over()
            pause = ROUND if again is None else min(ROUND, max(0.05, (again - self._clock.now()).total_seconds()))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ears.doors.wait(), pause)

    async def _mind_keys(self) -> None:
        if self.crypto is None or self._verifications is None:
            return
        trouble = Trouble("keeping the Matrix device's keys")
        while True:
            await self.ears.keys.wait()
            self.ears.keys.clear()
            try:
                await self._verifications.by_device()
                await self.crypto.maintain()
            except BadCredentials:
                raise
            except Exception as problem:
                self.ears.keys.set()
                await trouble.pause(problem)
                continue
            trouble.over()

    async def _verify(self, room: str, event: Event) -> None:
        if self._verifications is not None:
            await self._verifications.in_room(room, event)

    async def _warn_slow(self, slow: Slow) -> None:
        sentence = _(
            "The Matrix server lets me send one message every {interval}, and {waiting} are waiting: the last one"
            " will go out at {finish}. Its administrator can lift that limit for {account}.",
            interval=Span(slow.interval),
            waiting=slow.waiting,
            finish=Moment(slow.finish),
            account=self.settings.user_id,
        )
        await self._tell(f"matrix:slow:{slow.finish.date()}", sentence)

    # --- out ------------------------------------------------------------------------------------------------

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Turn a message into contents of `m.room.message`."""
        return render(message, reader, localizer, self.settings.prefix)

    async def direct_place(self, identity: Identity) -> Place:
        """Return the direct conversation with a person, made if there is none."""
        self._must_be_open()
        room = await self.direct.room_with(identity.account)
        return Place(NAME, self.successions.original(room))

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Post under the chunk's key; return the message's id."""
        self._must_be_open()
        return await self.mouth.send(place, content, chunk)

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        """Show other content in the bot's message. Raises Refused when the message is gone."""
        self._must_be_open()
        await self.mouth.edit(place, message_id, content, chunk)

    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None:
        """Redact a message; no harm if that is done already."""
        self._must_be_open()
        await self.mouth.delete(place, message_id, chunk)

    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None:
        """Put the bot's emoji on a message, once."""
        self._must_be_open()
        await self.mouth.react(place, message_id, emoji, chunk)

    async def open_thread(self, place: Place, message_id: str, title: str, chunk: Chunk) -> str:
        """Return the thread under a message: on Matrix it is named by its root, and is there with the first reply."""
        return place.thread or message_id

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        """Read the room's history back to the instant for the event whose content carries the chunk's key."""
        self._must_be_open()
        found = await self.mouth.find(place, chunk.key, since)
        return [found] if found is not None else []
