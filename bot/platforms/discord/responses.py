"""Responses to what people use: each is acknowledged in time, whatever comes of it, and they are told what went wrong.

Discord waits three seconds for the first response, whatever else goes on; the answer itself has fifteen minutes.
https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from bot.engine.errors import OutcomeUnknown, StorageFull, TryLater
from bot.engine.ports import Localizer, Reader, Rendered
from bot.engine.registry import Registry
from bot.engine.trouble import Trouble
from bot.model.errors import HeliotropeError
from bot.model.event import Inbound
from bot.model.message import Message, Sentence, catalogue, say
from bot.platforms.discord import naming
from bot.platforms.discord.answers import EPHEMERAL
from bot.platforms.discord.ears import Service
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.render import render
from bot.platforms.discord.uses import Use

_, n_ = catalogue("bot")
log = logging.getLogger(__name__)

WENT_WRONG: Final = _("Something went wrong on my side, and nothing was changed. Please try again.")
SAY: Final = 4
"""The type of a response that is an answer."""
STORING: Final = 0.15
"""Seconds after which what was used is acknowledged although it is not stored yet: people see that they are heard."""
FRESH: Final = timedelta(seconds=1.5)
"""Older than this, something used may be over: Discord is asked first, so that nothing is done that it said failed."""


class Rendering:
    """The platform, as far as it turns messages into its own."""

    def __init__(self, registry: Registry | None) -> None:
        """Write the commands of a registry as clients take them."""
        self._commands = registry.commands if registry is not None else {}

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Turn a message into bodies of Discord's messages."""
        return render(message, reader, localizer, self._commands)


class Responses:
    """Acknowledges what people use, and answers at once where nothing is to be done."""

    def __init__(self, service: Service) -> None:
        """Work with the platform's parts."""
        self._service = service

    async def see_through(self, use: Use, body: Mapping[str, Any], work: Coroutine[Any, Any, None]) -> None:
        """Acknowledge what was used as soon as it is stored, and soon in any case; see it through.

        What is acknowledged before it is stored is lost by a crash in between, and nobody is told.
        """
        fresh = self._service.clock.now() - use.at < FRESH
        if not fresh and not await self.acknowledge(use, body):
            work.close()
            return
        if fresh:
            self._service.answers.expect(use.id)
        working = asyncio.create_task(work)
        try:
            if fresh:
                await asyncio.wait([working], timeout=STORING)
                await self.acknowledge(use, body, handled=True)
            await working
        except Exception:
            log.exception("what %s used could not be handled", use.user.identity.account)
            await self._failed(use)
        finally:
            working.cancel()
            self._service.answers.forget(use.id)

    async def _failed(self, use: Use) -> None:
        """Tell somebody who waits for an answer that there will be none."""
        try:
            await self._service.answers.further(
                use.answer(), self._rendered(use, say(WENT_WRONG))[0], f"failed:{use.id}"
            )
        except HeliotropeError as problem:
            log.warning("that something went wrong could not be told: %s", problem)

    async def acknowledge(self, use: Use, body: Mapping[str, Any], *, handled: bool = False) -> bool:
        """Respond first; return whether the person may see what is done now.

        Where Discord waits no more it has told them that it failed, so nothing is done, and they are told why; unless
        it is `handled` already.
        """
        try:
            in_time = await self._service.answers.acknowledge(use.id, use.token, body)
        except OutcomeUnknown as problem:
            log.warning("whether %s was acknowledged is not known: %s", use.id, problem)
            return True
        except TryLater as problem:
            log.error("an interaction could not be acknowledged: %s", problem)
            in_time = False
        if not in_time and not handled:
            await self._too_late(use)
        return in_time

    async def _too_late(self, use: Use) -> None:
        """Tell somebody in their direct conversation, if there is one, that nothing was done."""
        told = say(_("What you just used reached me too late, so nothing was changed. Please try again."))
        try:
            channel = use.channel if not use.guild else await self._service.contact.known(use.user.identity.account)
            if channel is None:
                return
            body = self._rendered(use, told)[0] | {"nonce": naming.nonce(f"late:{use.id}"), "enforce_nonce": True}
            where = "/channels/{channel_id}/messages"
            await self._service.rest.call("POST", where, body, haste=Haste.ASKED, channel_id=channel)
        except HeliotropeError as problem:
            log.warning("that an interaction came too late could not be told: %s", problem)

    async def say(self, use: Use, *sentences: Sentence) -> None:
        """Answer at once with a few sentences."""
        await self.show(use, self._rendered(use, say(*sentences)))

    def _rendered(self, use: Use, message: Message) -> list[dict[str, Any]]:
        assert self._service.localizer is not None, "the platform was given no localizer"
        reader = Reader(use.language or "en", "UTC", direct=True, now=self._service.clock.now())
        parts = Rendering(self._service.registry).render(message, reader, self._service.localizer)
        return [dict(part.content) for part in parts]

    async def show(self, use: Use, contents: Sequence[Mapping[str, Any]]) -> None:
        """Answer at once, for the person's eyes alone."""
        first, *further = contents
        body = await self._service.mouth.body(first, use.id)
        body["flags"] = body.get("flags", 0) | EPHEMERAL
        if not await self.acknowledge(use, {"type": SAY, "data": body}):
            return
        for number, content in enumerate(further, 1):
            try:
                await self._service.answers.further(use.answer(), content, f"{use.id}:{number}")
            except HeliotropeError as problem:
                log.warning("the rest of an answer could not be shown: %s", problem)

    async def report(self, event: Inbound) -> None:
        """Hand an event on that is acknowledged: it is tried until it is stored."""
        trouble = Trouble("storing what people use")
        while True:
            try:
                await self._service.report(event)
            except StorageFull as problem:
                await trouble.pause(problem)
            else:
                return trouble.over()
