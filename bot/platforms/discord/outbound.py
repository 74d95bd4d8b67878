"""What the bot does in channels and direct conversations, each message under a key that Discord remembers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

from bot.engine.errors import OutcomeUnknown, Refused
from bot.engine.platform_state import PlatformState
from bot.engine.ports import Chunk, Probe
from bot.model.identity import Place
from bot.model.message import Sentence, catalogue
from bot.platforms.discord import naming, wanting
from bot.platforms.discord.contact import Contacts, closed
from bot.platforms.discord.emoji import written
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.linking import Links
from bot.platforms.discord.media import settled
from bot.platforms.discord.rest import Rejected, Rest
from bot.platforms.discord.wanting import Right

log = logging.getLogger(__name__)
_, n_ = catalogue("bot")

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"
LONGEST_TITLE = 100
KEPT_OPEN = 10_080
"""Minutes without a message after which a thread is put away: a week, the longest there is."""
BEFORE = timedelta(minutes=1)
"""How much earlier than the first try history is read: clocks differ."""
FIND_PAGES = 50
UNKNOWN_MESSAGE = 10008
HAS_THREAD = 160004

Done = TypeVar("Done")
TellThere = Callable[[Place, str, Sentence], Awaitable[None]]


@dataclass
class Mouth:
    """Posts, changes, removes and finds messages, and opens threads under them."""

    rest: Rest
    contact: Contacts
    state: PlatformState
    probe: Probe
    tell_there: TellThere
    links: Links
    me: Callable[[], str]
    """The bot's own id."""
    _told: set[str] = field(default_factory=set)

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Post under the chunk's key as nonce: what Discord has under it already, it returns again."""
        channel = naming.channel_of(place)
        body = await self.body(content, chunk.key)
        body |= {"nonce": naming.nonce(chunk.key), "enforce_nonce": True}
        if (post := naming.replied_to(place)) is not None:
            body["message_reference"] = {"message_id": post, "fail_if_not_exists": False}
        return await self.post(channel, body, chunk, Right.SEND_IN_THREADS if place.thread else Right.SEND)

    async def post(self, channel: str, body: Mapping[str, Any], chunk: Chunk, needed: Right = Right.SEND) -> str:
        """Post a whole body; return the message's id."""
        call = self.rest.call("POST", MESSAGES, body, haste=haste(chunk), channel_id=channel)
        message = await self._effect(call, channel, chunk, Right.VIEW | needed)
        return str(message["id"])

    async def body(self, content: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return a content as it is sent: its buttons carry the key, its files are linked anew."""
        body, kept = naming.stamped(content, key)
        for digest, command in kept.items():
            await self.state.set(_command_key(digest), command)
        return await self.links.linked(body)

    async def custom_id(self, key: str, command: str) -> str:
        """Return the id of a single thing that stands for a command, such as a modal: `command_of` reads it."""
        id = naming.custom_id(0, key, command)
        press = naming.pressed(id)
        if press is not None and press.digest:
            await self.state.set(_command_key(press.digest), command)
        return id

    async def command_of(self, custom_id: str) -> str | None:
        """Return the command that a button stands for, or None where that is not known (any more)."""
        press = naming.pressed(custom_id)
        if press is None:
            return None
        return await self.state.get(_command_key(press.digest)) if press.digest else press.command

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        """Show other content in the bot's message. Raises Refused when the message is gone."""
        channel = naming.channel_of(place)
        body = await self.body(content, chunk.key)

        async def call() -> Any:
            return await self.rest.call(
                "PATCH", MESSAGE, body, haste=haste(chunk), channel_id=channel, message_id=message_id
            )

        await self._effect(self._woken(channel, call), channel, chunk, Right.VIEW)

    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None:
        """Remove a message; no harm if that is done already."""
        channel = naming.channel_of(place)

        async def call() -> None:
            try:
                await self.rest.call("DELETE", MESSAGE, haste=haste(chunk), channel_id=channel, message_id=message_id)
            except Rejected as refusal:
                if refusal.code != UNKNOWN_MESSAGE:
                    raise

        await self._effect(self._woken(channel, call), channel, chunk, Right.VIEW)

    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None:
        """Put the bot's emoji on a message, once."""
        channel = naming.channel_of(place)
        where = f"{MESSAGE}/reactions/{{emoji}}/@me"

        async def call() -> Any:
            return await self.rest.call(
                "PUT", where, haste=haste(chunk), channel_id=channel, message_id=message_id, emoji=written(emoji)
            )

        needed = Right.VIEW | Right.READ_HISTORY | Right.ADD_REACTIONS
        await self._effect(self._woken(channel, call), channel, chunk, needed)

    # --- threads --------------------------------------------------------------------------------------------

    async def open_thread(self, place: Place, message_id: str, title: str, chunk: Chunk) -> str:
        """Return the thread under a post, made if there is none, and seen to be there.

        Where the bot may not make any, the post's replies stand for it, and somebody who can grant it is told once.
        """
        channel = naming.channel_of(place)
        name = " ".join(title.split())[:LONGEST_TITLE] or "…"
        body = {"name": name, "auto_archive_duration": KEPT_OPEN}
        self.probe("effect.before")
        try:
            made = await self.rest.call(
                "POST", f"{MESSAGE}/threads", body, haste=haste(chunk), channel_id=channel, message_id=message_id
            )
            self.probe("effect.after")
            thread = str(made["id"])
        except Rejected as refusal:
            if refusal.code not in wanting.REFUSALS and refusal.code != HAS_THREAD:
                await self._explain(refusal, channel, chunk, Right.VIEW | Right.CREATE_THREADS)
            if refusal.code != HAS_THREAD:
                await self._tell_of_threads(place, channel)
                return naming.replies(message_id)
            thread = message_id  # a thread has the id of the message that it was opened on
        await self._verified(thread)
        return thread

    async def _verified(self, thread: str) -> None:
        try:
            found = await self.rest.call("GET", "/channels/{channel_id}", channel_id=thread)
        except Rejected as refusal:
            raise OutcomeUnknown(f"the thread {thread} can't be seen: {refusal}") from refusal
        if found.get("type") not in wanting.THREADS:
            raise Refused(f"{thread} is no thread")

    async def _tell_of_threads(self, place: Place, channel: str) -> None:
        if channel not in self._told:
            self._told.add(channel)
            sentence = _(
                "I may not make threads in the channel that I post in, so people's answers are replies there instead."
                " {advice}",
                advice=wanting.advice(Right.CREATE_THREADS | Right.SEND_IN_THREADS),
            )
            await self.tell_there(place, f"discord:threads:{channel}", sentence)

    # --- finding --------------------------------------------------------------------------------------------

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        """Return the bot's messages from an instant on that the chunk may have been sent as, the oldest first.

        A message with buttons tells by its key; of the others, those that say the same are candidates.
        """
        channel = naming.channel_of(place)
        body, _kept = naming.stamped(chunk.content, chunk.key)
        candidates = []
        for message in await self.own_messages(channel, since - BEFORE):
            key = naming.sent_as(message.get("components", ()))
            if key == naming.nonce(chunk.key):
                return [str(message["id"])]
            if key is None and not body.get("components") and says_the_same(message, body):
                candidates.append(str(message["id"]))
        return candidates

    async def own_messages(self, channel: str, since: datetime) -> Sequence[Mapping[str, Any]]:
        """Return the bot's own messages from an instant on. Raises OutcomeUnknown where history can't be read."""
        found: list[Mapping[str, Any]] = []
        after = naming.snowflake_at(since)
        for _page in range(FIND_PAGES):
            page = await self._page(channel, {"after": after, "limit": 100})
            found += sorted(page, key=lambda message: int(message["id"]))
            if len(page) < 100:
                break
            after = found[-1]["id"]
        if not found:
            await self._must_be_readable(channel)
        return [message for message in found if message["author"]["id"] == self.me()]

    async def _page(self, channel: str, query: Mapping[str, Any]) -> list[Any]:
        try:
            return list(await self.rest.call("GET", MESSAGES, query=query, haste=Haste.UNASKED, channel_id=channel))
        except Rejected as refusal:
            if refusal.code in wanting.GONE:
                raise wanting.gone(refusal) from refusal
            raise OutcomeUnknown(str(refusal)) from refusal

    async def _must_be_readable(self, channel: str) -> None:
        """Without the right to read history Discord shows none, instead of saying so."""
        if Right.READ_HISTORY not in await wanting.rights(self.rest, self.me(), channel):
            needs = wanting.english(Right.READ_HISTORY)
            raise OutcomeUnknown(f"what was said can't be read back: the bot needs {needs}")

    # --- what refusals mean ---------------------------------------------------------------------------------

    async def _effect(self, call: Awaitable[Done], channel: str, chunk: Chunk, needed: Right) -> Done:
        self.probe("effect.before")
        try:
            done = await call
        except Rejected as refusal:
            await self._explain(refusal, channel, chunk, needed)
        self.probe("effect.after")
        return done

    async def _woken(self, channel: str, call: Callable[[], Awaitable[Done]]) -> Done:
        """Make a call; in a thread that was put away, after waking it. Raises Barred where nobody lets the bot."""
        try:
            return await call()
        except Rejected as refusal:
            if refusal.code not in (wanting.ARCHIVED, wanting.LOCKED):
                raise
        try:
            await self.rest.call("PATCH", "/channels/{channel_id}", {"archived": False}, channel_id=channel)
        except Rejected as refusal:
            if refusal.code not in (*wanting.REFUSALS, wanting.LOCKED):
                raise
            raise await wanting.asleep(self.rest, self.me(), channel, refusal) from refusal
        return await call()

    async def _explain(self, refusal: Rejected, channel: str, chunk: Chunk, needed: Right) -> NoReturn:
        """Raise what a refusal means, with what people can do about it."""
        shut = closed(refusal)
        if shut is not None:
            self.contact.refused(refusal, channel)
            raise shut from refusal
        if refusal.code in wanting.GONE:
            if chunk.member is not None:
                self.contact.forget(channel)
            raise wanting.gone(refusal) from refusal
        if refusal.code == wanting.LOCKED:
            raise wanting.locked(refusal) from refusal
        if refusal.code in wanting.REFUSALS:
            lacking = await wanting.lacking(self.rest, self.me(), channel, needed)
            raise wanting.refused(refusal, lacking) from refusal
        raise refusal


def haste(chunk: Chunk) -> Haste:
    """Return whose call it is: what answers somebody goes before what nobody asked for."""
    return Haste.UNASKED if chunk.unasked else Haste.ASKED


def says_the_same(message: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Say whether a message shows a body: Discord trims texts, and signatures of links change."""
    return settled(str(message.get("content", ""))).strip() == settled(str(body.get("content", ""))).strip()


def _command_key(digest: str) -> str:
    return f"command:{digest}"
