"""Direct conversations: which there are, and how quickly new ones may be begun.

Discord quarantines bots that open many conversations quickly, and never says how many are too many.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.engine.errors import Closed, Refused, TryLater
from bot.engine.platform_state import PlatformState
from bot.engine.ports import Clock
from bot.model.identity import Identity
from bot.model.message import catalogue
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.naming import is_id
from bot.platforms.discord.rest import Rejected, Rest

_, n_ = catalogue("bot")

HOUR = timedelta(hours=1)
OPENED = "contact.opened"
"""The name under which the state keeps with whom new conversations were begun, and when."""
UNKNOWN_USER = frozenset({10013, 50033, 50035})
CLOSED, NO_SERVER = 50007, 50278
"""Cannot send messages to this user: they closed their direct messages, or share no server with the bot."""


def channel_key(user: str) -> str:
    """Return the name under which the state keeps a person's conversation."""
    return f"contact.channel:{user}"


@dataclass(slots=True)
class Pace:
    """At most so many new conversations in any hour. Pure: every instant (UTC) is given.

    Who is put off gets a turn of their own, so that those who wait come one after the other. What is tried again
    with the same person counts once.
    """

    an_hour: int
    opened: dict[str, datetime] = field(default_factory=dict)
    turns: dict[str, datetime] = field(default_factory=dict)

    def wait(self, user: str, now: datetime) -> timedelta:
        """Return how long until a conversation may be begun with somebody; nothing if that is now."""
        self.opened = {who: at for who, at in self.opened.items() if at > now - HOUR}
        self.turns = {who: at for who, at in self.turns.items() if at > now - HOUR}
        ahead = list(self.turns)
        ahead = ahead[: ahead.index(user)] if user in self.turns else ahead
        others = [at for who, at in self.opened.items() if who != user]
        before = sorted([*others, *(self.turns[who] for who in ahead)])
        if len(before) < self.an_hour:
            return timedelta(0)
        turn = max(now, before[-self.an_hour] + HOUR)
        self.turns[user] = turn
        return turn - now

    def began(self, user: str, now: datetime) -> None:
        """Note that a conversation is being begun."""
        self.turns.pop(user, None)
        self.opened[user] = now

    def not_after_all(self, user: str) -> None:
        """Note that it certainly was not."""
        self.opened.pop(user, None)


class Contacts:
    """The bot's direct conversations, as stored."""

    def __init__(self, rest: Rest, state: PlatformState, clock: Clock, an_hour: int) -> None:
        """Open at most `an_hour` new ones in an hour."""
        self._rest = rest
        self._state = state
        self._clock = clock
        self._pace = Pace(an_hour)
        self._channels: dict[str, str] = {}
        self._gone: set[str] = set()
        self._loaded = False
        self._lock = asyncio.Lock()
        self.apart: Callable[[str, str], None] = _leave
        """Given the conversation, and the user, that share no server with the bot; "" where one is not known."""

    async def channel(self, identity: Identity) -> str:
        """Return the conversation with a person, opened if there is none.

        Raises Refused for nobody, and TryLater when a new one has to wait for its turn.
        """
        user = identity.account
        if not is_id(user):
            raise Refused(f"there is no Discord account {user!r}")
        known = self._channels.get(user) or await self._state.get(channel_key(user))
        if known and known not in self._gone:
            self._channels[user] = known
            return known
        async with self._lock:
            return self._channels.get(user) or await self._opened(user)

    async def _opened(self, user: str) -> str:
        await self._load()
        now = self._clock.now()
        wait = self._pace.wait(user, now)
        if wait > timedelta(0):
            raise TryLater("enough new conversations were begun this hour", wait)
        self._pace.began(user, now)
        await self._state.set(OPENED, json.dumps({who: at.isoformat() for who, at in self._pace.opened.items()}))
        try:
            answer = await self._rest.call("POST", "/users/@me/channels", {"recipient_id": user}, haste=Haste.UNASKED)
        except TryLater:
            self._pace.not_after_all(user)
            raise
        except Rejected as refusal:
            if refusal.code in UNKNOWN_USER:
                raise Refused(f"there is no Discord account {user}") from refusal
            self.refused(refusal, "", user)
            raise closed(refusal) or refusal from refusal
        return await self._keep(user, str(answer["id"]))

    def refused(self, refusal: Rejected, channel: str, user: str = "") -> None:
        """Tell of somebody, or of whose conversation it is, who is found to share no server with the bot."""
        if refusal.code == NO_SERVER:
            whose = (one for one, known in self._channels.items() if known == channel)
            self.apart(channel, user or next(whose, ""))

    async def known(self, user: str) -> str | None:
        """Return the conversation with a person, if there is one."""
        return self._channels.get(user) or await self._state.get(channel_key(user))

    async def met(self, user: str, channel: str) -> None:
        """Note a conversation that somebody writes in."""
        if self._channels.get(user) != channel:
            await self._keep(user, channel)

    def forget(self, channel: str) -> None:
        """Note that a conversation is there no more: another is opened when it is needed."""
        self._gone.add(channel)
        self._channels = {user: known for user, known in self._channels.items() if known != channel}

    async def _keep(self, user: str, channel: str) -> str:
        self._channels[user] = channel
        self._gone.discard(channel)
        await self._state.set(channel_key(user), channel)
        return channel

    async def _load(self) -> None:
        if self._loaded:
            return
        kept = json.loads(await self._state.get(OPENED) or "{}")
        self._pace.opened = {who: datetime.fromisoformat(at) for who, at in kept.items()}
        self._loaded = True


def _leave(channel: str, user: str) -> None:
    """Do nothing about somebody who shares no server with the bot."""


def closed(refusal: Rejected) -> Closed | None:
    """Return what a refusal means, if it is that of a closed conversation, with what people can do about it."""
    if refusal.code == NO_SERVER:
        left = _(
            "They are in no server with me any more, so I take them out of its teams. Add them again once they are"
            " back."
        )
        return Closed(str(refusal), left, None)
    if refusal.code != CLOSED:
        return None
    advice = _(
        "Their direct messages are closed to me. They open them in the server's privacy settings, under Direct"
        " Messages."
    )
    remedy = _(
        "To hear from me directly, open this server's menu, then its privacy settings, and allow direct messages."
    )
    return Closed(str(refusal), advice, remedy)
