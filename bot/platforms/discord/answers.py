"""Answers to interactions: acknowledged at once, written into the response that waits, or by direct message.

A response can be written for 15 minutes from when the interaction was made, as often as one likes, so writing it
again has no second effect. Further messages to it have no key that Discord would remember: they go by direct message.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.engine.errors import Closed, OutcomeUnknown, Refused, TryLater
from bot.engine.ports import Chunk, Clock
from bot.model.identity import Identity, Place
from bot.platforms.discord import naming
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.naming import NAME, Answer
from bot.platforms.discord.outbound import Mouth, says_the_same
from bot.platforms.discord.rest import Rejected, Rest

log = logging.getLogger(__name__)

LIFE = timedelta(minutes=15)
"""How long a response can be written (Discord's "Receiving and Responding")."""
MARGIN = timedelta(seconds=20)
"""The last of it is left out: clocks differ, and calls take time."""
SOON = 1.2
"""Seconds for one try of an acknowledgement, of the three that Discord waits."""
CALLBACK = "/interactions/{webhook_id}/{webhook_token}/callback"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
FURTHER = "/webhooks/{webhook_id}/{webhook_token}"
WRITTEN = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
TOO_LATE = 10062
DONE_ALREADY = 40060
NO_RESPONSE = frozenset({10008, 10015, 50027})
"""Unknown Message, Unknown Webhook, Invalid Webhook Token: the response is not there (any more)."""
EPHEMERAL = 1 << 6
LOADING = 1 << 7
REMEMBERED = 5_000


class Answers:
    """Writes the responses that people wait for."""

    def __init__(self, rest: Rest, mouth: Mouth, clock: Clock, application: Callable[[], str]) -> None:
        """Take what tells the application's id once the bot is logged in."""
        self._rest = rest
        self._mouth = mouth
        self._clock = clock
        self._application = application
        self._since = clock.now()
        self._written: OrderedDict[str, str] = OrderedDict()
        """The key of the chunk that stands in a response, by interaction."""
        self._expected: dict[str, asyncio.Event] = {}
        """The interactions that will be acknowledged: until then nothing can be written into their responses."""

    def expect(self, interaction: str) -> None:
        """Note that what answers an interaction may be ready before it is acknowledged: it waits for that."""
        self._expected[interaction] = asyncio.Event()

    def forget(self, interaction: str) -> None:
        """Note that an interaction is acknowledged, or will not be."""
        expected = self._expected.pop(interaction, None)
        if expected is not None:
            expected.set()

    async def acknowledge(self, interaction: str, token: str, body: Mapping[str, Any]) -> bool:
        """Respond first, within three seconds; return False where Discord says that it was too late."""
        try:
            return await self._acknowledge(interaction, token, body)
        finally:
            self.forget(interaction)

    async def further(self, answer: Answer, content: Mapping[str, Any], key: str) -> None:
        """Add a message for one person's eyes to a response. It has no key: nobody tries it again."""
        body = await self._mouth.body(content, key)
        body["flags"] = body.get("flags", 0) | EPHEMERAL
        await self._hook("POST", FURTHER, answer, body)

    async def bare(self, answer: Answer, message_id: str = "") -> None:
        """Take the choices from a response, or a further message of it, if that can be done still.

        The response to a press that is only acknowledged is the message that was pressed.
        """
        if self._alive(answer):
            where = WRITTEN if message_id else ORIGINAL
            await self._hook("PATCH", where, answer, {"components": []}, message_id)

    async def _acknowledge(self, interaction: str, token: str, body: Mapping[str, Any]) -> bool:
        for last in (False, True):
            try:
                await self._rest.call(
                    "POST",
                    CALLBACK,
                    body,
                    haste=Haste.ANSWERING,
                    timeout=SOON,
                    webhook_id=interaction,
                    webhook_token=token,
                )
            except Rejected as refusal:
                if refusal.code == TOO_LATE:
                    log.warning("Discord did not wait for the answer to %s", interaction)
                    return False
                if refusal.code != DONE_ALREADY:
                    raise
            except (TryLater, OutcomeUnknown):
                if last:
                    raise
                continue
            return True
        raise AssertionError("the last try returns or raises")

    async def send(self, answer: Answer, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Write the response, if it waits for one; else tell the person by direct message."""
        if (expected := self._expected.get(answer.interaction)) is not None:
            await expected.wait()
        if not self._alive(answer) or _continues(chunk) or not await self._waits(answer, content, chunk):
            return await self._by_message(answer, content, chunk)
        body = await self._mouth.body(content, chunk.key)
        try:
            written = await self._write(ORIGINAL, answer, body)
        except Rejected as refusal:
            if refusal.code in NO_RESPONSE:
                return await self._by_message(answer, content, chunk)
            raise
        self._remember(answer, chunk)
        return str(written["id"])

    async def edit(self, answer: Answer, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        """Show other content in a response. Raises Refused where that can't be done any more."""
        if answer.channel:
            return await self._mouth.edit(Place(NAME, answer.channel), message_id, content, chunk)
        self._must_be_alive(answer)
        await self._write(WRITTEN, answer, await self._mouth.body(content, chunk.key), message_id=message_id)
        return None

    async def delete(self, answer: Answer, message_id: str, chunk: Chunk) -> None:
        """Remove a response; no harm if that is done already."""
        if answer.channel:
            return await self._mouth.delete(Place(NAME, answer.channel), message_id, chunk)
        self._must_be_alive(answer)
        try:
            await self._hook("DELETE", WRITTEN, answer, message_id=message_id)
        except Rejected as refusal:
            if refusal.code not in NO_RESPONSE:
                raise
        return None

    async def find(self, answer: Answer, chunk: Chunk, since: datetime) -> Sequence[str]:
        """Look for what a chunk was sent as. Raises OutcomeUnknown where it may stand in a response unseen."""
        by_message = await self._mouth.find(await self._direct(answer), chunk, since)
        if by_message or _continues(chunk) or self._alive(answer):  # the response itself is written again, no harm
            return by_message
        if since < naming.time_of(answer.interaction) + LIFE:
            raise OutcomeUnknown("whether the response was written can't be read back any more")
        return ()

    # --- inside -------------------------------------------------------------------------------------------------

    def _alive(self, answer: Answer) -> bool:
        return self._clock.now() < naming.time_of(answer.interaction) + LIFE - MARGIN

    def _must_be_alive(self, answer: Answer) -> None:
        if not self._alive(answer):
            raise Refused("a response for one person's eyes can be changed for 15 minutes only")

    async def _waits(self, answer: Answer, content: Mapping[str, Any], chunk: Chunk) -> bool:
        """Say whether the response is this chunk's: nothing stands in it yet, or this chunk does."""
        written = self._written.get(answer.interaction)
        if written is not None:
            return written == chunk.key
        if naming.time_of(answer.interaction) >= self._since:
            return True
        try:
            shown = await self._hook("GET", ORIGINAL, answer)
        except Rejected as refusal:
            if refusal.code in NO_RESPONSE:
                return False
            raise
        if shown.get("flags", 0) & LOADING:
            return True
        key = naming.sent_as(shown.get("components", ()))
        return key == naming.nonce(chunk.key) if key is not None else says_the_same(shown, content)

    async def _by_message(self, answer: Answer, content: Mapping[str, Any], chunk: Chunk) -> str:
        try:
            return await self._mouth.send(await self._direct(answer), content, chunk)
        except Closed:
            if not self._alive(answer):
                raise
        # Their direct messages are closed: better a further message under the response, which has no key, than none.
        body = await self._mouth.body(content, chunk.key)
        body["flags"] = body.get("flags", 0) | EPHEMERAL
        written = await self._hook("POST", FURTHER, answer, body)
        return str(written["id"])

    async def _direct(self, answer: Answer) -> Place:
        channel = answer.channel or await self._mouth.contact.channel(Identity(NAME, answer.user))
        return Place(NAME, channel)

    async def _write(self, where: str, answer: Answer, body: Mapping[str, Any], message_id: str = "") -> Any:
        self._mouth.probe("effect.before")
        done = await self._hook("PATCH", where, answer, body, message_id)
        self._mouth.probe("effect.after")
        return done

    async def _hook(
        self, method: str, where: str, answer: Answer, body: Mapping[str, Any] | None = None, message_id: str = ""
    ) -> Any:
        return await self._rest.call(
            method,
            where,
            body,
            haste=Haste.ANSWERING,
            webhook_id=self._application(),
            webhook_token=answer.token,
            message_id=message_id,
        )

    def _remember(self, answer: Answer, chunk: Chunk) -> None:
        self._written[answer.interaction] = chunk.key
        if len(self._written) > REMEMBERED:
            self._written.popitem(last=False)


def _continues(chunk: Chunk) -> bool:
    """Say whether a chunk goes on with what another began: a message split over several."""
    return bool(chunk.parts) and all(part.kind.endswith(".continued") for part in chunk.parts)
