"""The bot's own port to a real platform, watched: what the platform took is noted with what it was taken for.

The platform is given exactly what it is given in production. Beside its own rendering of a message the console's is
kept, for the same reader: that is the neutral text, in which worlds on different platforms are compared. It is kept
with the stored chunk, so it is the text of that very chunk, and is taken out before the chunk is sent.

Of a message that the platform parts elsewhere than the console does, the neutral text is parted where the platform
does. If it has other words, so that there is no such place, the platform's own plain texts stand for it.

Where a platform leaves it to its clients to write an instant, the neutral content has the instants' words beside its
text, as they are written for this reader.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from bot.engine.errors import OutcomeUnknown, TryLater
from bot.engine.immediate import Immediate
from bot.engine.ports import Chunk, Clock, Localizer, Op, Platform, Reader, Rendered
from bot.model.event import Inbound
from bot.model.identity import Identity, Place
from bot.model.message import Message
from bot.platforms.console.render import render as plainly
from bot.testing.instants import Noting
from bot.testing.service import Attends, Stuck
from bot.testing.transcript import note_of

NEUTRAL = "heliotrope.neutral"
"""The key of a stored content under which the neutral one stands."""
PATIENCE = 60.0
"""Seconds of real time in which a platform that asks to be called again must have done what it was asked."""
_WORD = re.compile(r"\w+")
_PREFIX = "helio"
"""The word of the prefix that the neutral text has before a command in a room."""

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the platform took: what was done to which message (by the platform's id), and for which chunk.

    `content` is the neutral one, as a record of the chronicle has it. `title` is that of a thread opened under the
    message; the chronicle calls that `threaded`, and it has no `op`.
    """

    op: Op | None
    key: str
    place: Place
    message: str
    content: Mapping[str, Any] = field(default_factory=dict)
    note: Mapping[str, Any] = field(default_factory=dict)
    emoji: str = ""
    title: str = ""

    @property
    def text(self) -> str:
        """The neutral text."""
        return str(self.content.get("text", ""))

    @property
    def instants(self) -> Mapping[str, str]:
        """The words of the text's instants, by "<seconds since 1970>:<how much is shown>" (see `Show`)."""
        return dict(self.content.get("instants", {}))

    @property
    def choices(self) -> tuple[str, ...]:
        """The emojis of the message's choices."""
        return tuple(dict.fromkeys(choice["emoji"] for choice in self.content.get("choices", ())))


class WatchedPlatform:
    """The port `Platform` around another. A call that the platform puts off is made again in real time.

    So a server's limits cost the one who waits time, and the world none. After PATIENCE the call fails, and `failure`
    has it: the engine would try again by the world's clock.
    """

    def __init__(
        self,
        inner: Platform,
        clock: Clock,
        *,
        names: Mapping[str, str],
        done_at: Mapping[str, datetime],
        news: Callable[[], None],
        look: Callable[[Accepted], Awaitable[None]] | None = None,
    ) -> None:
        """Watch `inner`. `names` are residents' by account, `done_at` instants of acts by the inbound event's id.

        `news` is called whenever something was heard or taken. `look` is awaited with each thing that was taken,
        before the bot goes on.
        """
        self.name = inner.name
        self.safe_window = inner.safe_window
        self.accepted: list[Accepted] = []
        """What the platform took, in that order, until somebody takes it out of here."""
        self.heard: set[str] = set()
        """The ids of inbound events that the engine was told."""
        self.failure: Stuck | None = None
        self._inner = inner
        self._clock = clock
        self._names = names
        self._done_at = done_at
        self._news = news
        self._look = look
        self._known: set[str] = set()
        self._cut = False

    def cut(self) -> None:
        """Let nothing through any more, either way."""
        self._cut = True

    # --- in -------------------------------------------------------------------------------------------------

    def attend(self, immediate: Immediate) -> None:
        """Give the platform what answers while a person waits, if it asks for that."""
        if isinstance(self._inner, Attends):
            self._inner.attend(immediate)

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None:
        """Report what happens, each thing at the world's instant at which it was done."""

        async def timed(event: Inbound) -> None:
            if self._cut:
                raise asyncio.CancelledError
            await receive(replace(event, at=self._done_at.get(event.id, self._clock.now())))
            self.heard.add(event.id)
            self._news()

        await self._inner.start(timed, position)

    async def stop(self) -> None:
        """Report no more."""
        self.cut()
        await self._inner.stop()

    # --- out ------------------------------------------------------------------------------------------------

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Render as the platform does, the neutral content beside each of its own."""
        own = self._inner.render(message, reader, localizer)
        named = {member: self._names.get(account, account) for member, account in reader.pings.items()}
        noting = Noting(localizer)
        plain = plainly(message, replace(reader, pings=named), noting)
        if len(plain) != len(own) or (len(own) > 1 and not all(map(_same_words, own, plain))):
            plain = _parted_alike(own, plain)
        instants = {"instants": noting.words(reader)} if noting.moments else {}
        pairs = zip(own, plain, strict=True)
        return [
            replace(each, content={**each.content, NEUTRAL: {**neutral.content, **instants}}) for each, neutral in pairs
        ]

    async def direct_place(self, identity: Identity) -> Place:
        """Return the direct conversation with a person."""
        return await self._patiently(lambda: self._inner.direct_place(identity))

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Post under the chunk's key."""
        own, neutral = _parted(content)
        message = await self._patiently(lambda: self._inner.send(place, own, chunk))
        await self._note(Accepted(Op.SEND, chunk.key, place, message, neutral, note_of(chunk)))
        return message

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        """Show other content in the bot's message."""
        own, neutral = _parted(content)
        await self._patiently(lambda: self._inner.edit(place, message_id, own, chunk))
        await self._note(Accepted(Op.EDIT, chunk.key, place, message_id, neutral, note_of(chunk)))

    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None:
        """Take a message back."""
        await self._patiently(lambda: self._inner.delete(place, message_id, chunk))
        await self._note(Accepted(Op.DELETE, chunk.key, place, message_id, note=note_of(chunk)))

    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None:
        """Put the bot's emoji on a message."""
        await self._patiently(lambda: self._inner.react(place, message_id, emoji, chunk))
        await self._note(Accepted(Op.REACT, chunk.key, place, message_id, note=note_of(chunk), emoji=emoji))

    async def open_thread(self, place: Place, message_id: str, title: str, chunk: Chunk) -> str:
        """Return the thread under a message."""
        thread = await self._patiently(lambda: self._inner.open_thread(place, message_id, title, chunk))
        await self._note(Accepted(None, f"{chunk.key}:thread", place, message_id, title=title))
        return thread

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        """Look in the history for the message that a chunk was sent as."""
        return await self._patiently(lambda: self._inner.find(place, chunk, since))

    async def _patiently(self, call: Callable[[], Awaitable[Done]]) -> Done:
        """Make a call again as long as the platform asks for it; under the same key it has no second effect."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while True:
            if self._cut:
                raise asyncio.CancelledError
            try:
                return await call()
            except (TryLater, OutcomeUnknown) as problem:
                after = problem.after if isinstance(problem, TryLater) else None
                wait = 0.5 if after is None else max(after.total_seconds(), 0.05)
                if loop.time() + wait > end:
                    self.failure = Stuck(f"the bot could not do its part on {self.name} in {PATIENCE:.0f} s: {problem}")
                    self._news()
                    raise
            await asyncio.sleep(wait)

    async def _note(self, accepted: Accepted) -> None:
        if accepted.key not in self._known:
            self._known.add(accepted.key)
            self.accepted.append(accepted)
            if self._look is not None:
                await self._look(accepted)
        self._news()


def words(text: str) -> list[str]:
    """Return a text's words as they compare between platforms: in one case, without signs, marks and layout."""
    return _WORD.findall(text.casefold())


def _same_words(one: Rendered, other: Rendered) -> bool:
    return words(one.text) == words(other.text)


def _parted_alike(own: Sequence[Rendered], plain: Sequence[Rendered]) -> list[Rendered]:
    """Return the neutral contents of a message in as many pieces as the platform's own; joined they are its text."""
    texts = _pieces("".join(each.text for each in plain), own) or [each.text for each in own]
    first, last = plain[0].content, plain[-1].content
    where = {name: first[name] for name in ("language", "zone") if name in first}
    found = [Rendered({"text": text, **where}, text) for text in texts]
    if "choices" in last:
        found[-1] = replace(found[-1], content={**found[-1].content, "choices": last["choices"]})
    return found


def _pieces(whole: str, own: Sequence[Rendered]) -> list[str] | None:
    """Cut a text behind the words of each piece but the last; None where it has others."""
    there = list(_WORD.finditer(whole))
    at, begin = 0, 0
    pieces = []
    for piece in own[:-1]:
        for word in words(piece.text):
            if at < len(there) and there[at][0] == _PREFIX != word:
                at += 1  # a command in a room has it here, and none there
            if at >= len(there) or there[at][0].casefold() != word:
                return None
            at += 1
        end = there[at - 1].end() if at else 0
        between = whole[end : there[at].start()] if at < len(there) else whole[end:]
        cut = end + max(between.rfind("\n"), between.rfind(" ") if "\n" not in between else -1) + 1
        pieces.append(whole[begin:cut])
        begin = cut
    return [*pieces, whole[begin:]]


def _parted(content: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, Any]]:
    own = dict(content)
    neutral = own.pop(NEUTRAL, {})
    return own, neutral
