"""Discord as the engine sees it: effects under keys that Discord remembers, people's doings as events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.engine.errors import BadCredentials, OutcomeUnknown, StorageFull, TryLater
from bot.engine.immediate import Immediate
from bot.engine.notices import Tell, TellThere, only_log, only_log_there
from bot.engine.platform_state import PlatformState
from bot.engine.ports import Chunk, Clock, Localizer, Probe, Reader, Rendered, no_probe
from bot.engine.registry import Registry
from bot.engine.trouble import Trouble
from bot.model.event import Inbound
from bot.model.identity import Identity, Place
from bot.model.message import Message
from bot.platforms.discord import naming
from bot.platforms.discord.answers import Answers
from bot.platforms.discord.contact import Contacts
from bot.platforms.discord.ears import Ears, Me, Service
from bot.platforms.discord.gateway import Gateway
from bot.platforms.discord.hearing import Hearing
from bot.platforms.discord.linking import Links
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.outbound import Mouth
from bot.platforms.discord.render import render
from bot.platforms.discord.rest import Rest
from bot.platforms.discord.settings import DiscordSettings

log = logging.getLogger(__name__)

SAFE_WINDOW = timedelta(minutes=2)
"""Discord remembers nonces for "the past few minutes"."""
AT_START = 30.0
"""Seconds that a start waits for Discord; then it goes on beside."""


class DiscordPlatform:
    """The port `Platform` over one Discord application.

    `tell` takes a key and a sentence for whoever runs the bot, `tell_there` also the place, for whoever looks after
    it: each key is to be said once. `hearing` makes what says what events mean. `watch` raises BadCredentials when
    only the operator can help.
    """

    name = NAME
    safe_window = SAFE_WINDOW

    def __init__(
        self,
        settings: DiscordSettings,
        state: PlatformState,
        clock: Clock,
        *,
        registry: Registry | None = None,
        localizer: Localizer | None = None,
        probe: Probe = no_probe,
        tell: Tell = only_log,
        tell_there: TellThere = only_log_there,
        hearing: Callable[[Service], Ears] = Hearing,
    ) -> None:
        self.settings = settings
        me = self.me = Me()
        self._commands = registry.commands if registry is not None else {}
        self.rest = Rest(settings.api_base, self._fail)
        self.contact = Contacts(self.rest, state, clock, settings.first_contact_per_hour)
        links = Links(self.rest)
        self.mouth = Mouth(self.rest, self.contact, state, probe, tell_there, links, lambda: me.user_id)
        self.answers = Answers(self.rest, self.mouth, clock, lambda: me.application_id)
        self.service = Service(
            settings,
            state,
            clock,
            self.rest,
            self.contact,
            self.mouth,
            self.answers,
            me,
            self._report,
            tell,
            tell_there,
            registry,
            localizer,
        )
        self.ears = hearing(self.service)
        self._receive: Callable[[Inbound], Awaitable[None]] | None = None
        self._failure: asyncio.Future[None] | None = None
        self._accepted = False
        self._tasks: list[asyncio.Task[None]] = []
        self._interactions: set[asyncio.Task[None]] = set()
        self._queue: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue()
        self._shards: set[int] = set()
        self._read = asyncio.Event()
        """Set once what came before has been heard from all shards."""
        self.gateway: Gateway | None = None

    def attend(self, immediate: Immediate) -> None:
        """Take what answers while a person waits; before `start`."""
        self.service.immediate = immediate

    # --- starting and stopping ------------------------------------------------------------------------------

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None:
        """Report what happened behind the position, and from now on. A Discord that is away is waited for.

        Raises BadCredentials when the token can't be used.
        """
        self._receive, self._accepted = receive, False
        self._failure = asyncio.get_running_loop().create_future()
        await self.ears.begin(position)
        self._tasks = [asyncio.create_task(self._supervised(work)) for work in (self._connect, self._hear_on)]
        begun = asyncio.create_task(self._read.wait())
        first: list[asyncio.Future[Any]] = [begun, self._failure]
        await asyncio.wait(first, timeout=AT_START, return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        if self._failure.done():
            await self.stop()
            self._failure.result()

    async def stop(self) -> None:
        """Report no more."""
        self._receive = None
        tasks = [*self._tasks, *self._interactions]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks = []
        await self.ears.end()
        await self.rest.close()

    async def watch(self) -> None:
        """Wait for ever, or raise BadCredentials as soon as only the operator can help."""
        assert self._failure is not None, "the platform is not started"
        await asyncio.shield(self._failure)

    async def _supervised(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except BadCredentials as problem:
            self._fail(problem)

    def _fail(self, problem: BadCredentials) -> None:
        """Say it loudly, once, and be still: no call is made any more, no connection begun.

        A token that was never accepted is said by the start alone.
        """
        if self._failure is None or self._failure.done():
            return
        if self._accepted:
            log.critical("discord: %s", problem)
        self._failure.set_exception(problem)
        self._failure.exception()  # seen: whether anybody watches is not asyncio's to complain about
        here = asyncio.current_task()
        for task in self._tasks:
            if task is not here:
                task.cancel()

    async def _connect(self) -> None:
        trouble = Trouble("connecting to Discord")
        while True:
            try:
                await self._log_in()
                break
            except BadCredentials:
                raise
            except Exception as problem:
                await trouble.pause(problem)
        trouble.over()
        settings = self.settings
        self.gateway = Gateway(
            self.rest,
            self._take,
            address=settings.gateway,
            message_content=settings.message_content,
            identify_every=settings.identify_every,
        )
        async with self.gateway:
            await self.gateway.connect()

    async def _log_in(self) -> None:
        if not self.settings.token:
            raise BadCredentials("set discord.token")
        user = await self.rest.login(self.settings.token)
        self._accepted = True
        application = await self.rest.call("GET", "/applications/@me")
        self.me.user_id, self.me.application_id = str(user["id"]), str(application["id"])
        self.me.name = str(user.get("global_name") or user["username"])
        await self.ears.opened()

    # --- hearing --------------------------------------------------------------------------------------------

    def _take(self, event: str, data: Mapping[str, Any]) -> None:
        """Take one of the gateway's events: interactions at once, the others in their order."""
        if event != "INTERACTION_CREATE":
            self._queue.put_nowait((event, data))
            return
        task = asyncio.create_task(self._interact(data))
        self._interactions.add(task)
        task.add_done_callback(self._interactions.discard)

    async def _interact(self, data: Mapping[str, Any]) -> None:
        try:
            await self.ears.interact(data)
        except Exception:
            log.exception("an interaction could not be handled")

    async def _hear_on(self) -> None:
        trouble = Trouble("hearing what happens on Discord")
        while True:
            event, data = await self._queue.get()
            while True:
                try:
                    await self.ears.hear(event, data)
                except (TryLater, OutcomeUnknown, StorageFull) as problem:
                    await trouble.pause(problem)
                    continue
                except BadCredentials:
                    raise
                except Exception:
                    log.exception("an event %s could not be handled", event)
                trouble.over()
                break
            if event == "READY":
                self._heard_ready(data)

    def _heard_ready(self, data: Mapping[str, Any]) -> None:
        shard = data.get("shard")
        self._shards.add(shard[0] if isinstance(shard, list) and shard else 0)
        if self.gateway is not None and len(self._shards) >= (self.gateway.shard_count or 1):
            self._read.set()

    async def _report(self, event: Inbound) -> None:
        if self._receive is None:
            raise asyncio.CancelledError
        await self._receive(event)

    # --- out ------------------------------------------------------------------------------------------------

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Turn a message into bodies of Discord's messages."""
        return render(message, reader, localizer, self._commands)

    async def direct_place(self, identity: Identity) -> Place:
        """Return the direct conversation with a person, opened if there is none and it may be by now."""
        return Place(NAME, await self.contact.channel(identity))

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Post under the chunk's key, or write the response that an interaction waits for; return the message's id."""
        answer = naming.answer_of(place)
        if answer is not None:
            return await self.answers.send(answer, content, chunk)
        return await self.mouth.send(place, content, chunk)

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        """Show other content in the bot's message. Raises Refused when the message is gone."""
        answer = naming.answer_of(place)
        if answer is not None:
            await self.answers.edit(answer, message_id, content, chunk)
        else:
            await self.mouth.edit(place, message_id, content, chunk)

    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None:
        """Remove a message; no harm if that is done already."""
        answer = naming.answer_of(place)
        if answer is not None:
            await self.answers.delete(answer, message_id, chunk)
        else:
            await self.mouth.delete(place, message_id, chunk)

    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None:
        """Put the bot's emoji on a message, once."""
        await self.mouth.react(place, message_id, emoji, chunk)

    async def open_thread(self, place: Place, message_id: str, title: str, chunk: Chunk) -> str:
        """Return the thread under a post, made if there is none; replies stand for it where none may be made."""
        return await self.mouth.open_thread(place, message_id, title, chunk)

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        """Read history from an instant on for what the chunk may have been sent as."""
        answer = naming.answer_of(place)
        if answer is not None:
            return await self.answers.find(answer, chunk, since)
        return await self.mouth.find(place, chunk, since)
