"""The gateway: discord.py's connection and sessions, minded by us so that nothing that comes in can stop it.

discord.py's own loop ends when an event is malformed, when the first connection fails or the server is away for
long, and forgets its session where the next connection fails, so that what happened meanwhile is never replayed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import yarl
from discord import AutoShardedClient, ConnectionClosed, Intents
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure
from discord.voice_client import VoiceClient

from bot.engine.errors import BadCredentials, TryLater
from bot.engine.trouble import Trouble
from bot.platforms.discord.rest import WRONG_TOKEN, Rest

log = logging.getLogger(__name__)

IDENTIFY_EVERY = 5.0
"""Seconds between two IDENTIFYs of the same kind (Discord's `max_concurrency`)."""
SHORT = 20.0
"""A connection that lasted for fewer seconds than this is followed by a pause, longer each time."""
CONNECTING = 60.0
CLOSING = 2.0

_OVER: Mapping[int, str] = {
    4004: WRONG_TOKEN,
    4010: "Discord does not accept the shard",
    4011: "Discord wants the bot in more shards: start it again",
    4012: "Discord does not speak this version of its gateway any more: update the bot",
    4013: "Discord does not accept the intents",
    4014: "Discord does not let the bot read messages' content: allow it in the developer portal, "
    "under Bot, Privileged Gateway Intents, or set discord.message_content = false",
}
"""Codes after which a new connection would end the same way, and what the operator can do."""

Hear = Callable[[str, Mapping[str, Any]], None]


class Connection(DiscordWebSocket):
    """One connection to the gateway: what can't be read in it is logged, and the next frame is read."""

    async def received_message(self, msg: Any, /) -> None:
        """Take one frame. Raises ReconnectWebSocket where the connection must be made anew."""
        text = await self._inflated(msg) if isinstance(msg, bytes) else msg
        if text is None:  # more of it is to come
            return
        try:
            await super().received_message(text)
        except (ReconnectWebSocket, WebSocketClosure, ConnectionClosed, asyncio.CancelledError, OSError):
            raise
        except Exception:
            log.exception("the gateway sent what can't be read; going on behind it")

    async def _inflated(self, frame: bytes) -> str | None:
        """Return the text of a compressed frame, None for a part of one. Behind a bad one, none can be inflated."""
        try:
            return self._decompressor.decompress(frame)
        except Exception:
            log.exception("the gateway sent what can't be inflated; connecting again")
            await self.close(4000)
            raise ReconnectWebSocket(self.shard_id) from None


class _Everything(dict[str, Callable[[Any], None]]):
    """What discord.py looks its parsers up in: every event goes to the same place, as it came."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear

    def __missing__(self, event: str) -> Callable[[Any], None]:
        return lambda data: self._hear(event, data if isinstance(data, dict) else {})


class Gateway(AutoShardedClient):
    """Keeps a session with each shard. `hear` is given each event's name and data, in the order of its shard."""

    def __init__(
        self,
        rest: Rest,
        hear: Hear,
        *,
        address: str,
        message_content: bool,
        identify_every: float = IDENTIFY_EVERY,
        heartbeat: float = 60.0,
    ) -> None:
        """Take the server's address, "" for the one that the API names; nothing is connected yet."""
        VoiceClient.warn_nacl = VoiceClient.warn_dave = False  # the bot does not speak
        super().__init__(intents=intents(message_content), heartbeat_timeout=heartbeat)
        self.http = self._connection.http = rest
        self._connection.parsers = _Everything(hear)
        self._rest = rest
        self._address = address
        self._identified = asyncio.Lock()
        self._identify_every = identify_every
        self._last = -identify_every

    async def connect(self, *, reconnect: bool = True) -> None:
        """Hold all shards' sessions, for ever. Raises BadCredentials where only the operator can help."""
        shards, address = await self._found()
        self.shard_count = self._connection.shard_count = shards
        home = yarl.URL(self._address or address)
        tasks = [asyncio.create_task(self._hold(shard, home)) for shard in range(shards)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _found(self) -> tuple[int, str]:
        """Return how many shards Discord advises, and the gateway's address."""
        trouble = Trouble("finding Discord's gateway")
        while True:
            try:
                shards, address, _left = await self._rest.get_bot_gateway()
            except BadCredentials:
                raise
            except Exception as problem:
                await trouble.pause(problem)
            else:
                trouble.over()
                return shards, address

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until a session may be begun: not too soon after the last, and not when none is left today."""
        async with self._identified:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._last + self._identify_every - loop.time()))
            _shards, _address, left = await self._rest.get_bot_gateway()
            if left["remaining"] <= 0:
                seconds = left["reset_after"] / 1000
                log.critical("Discord lets the bot begin no session for %.0f s: it began too many today", seconds)
                await asyncio.sleep(seconds)
            self._last = loop.time()

    async def _hold(self, shard: int, home: yarl.URL) -> None:
        """Keep one shard connected: resume its session where that can be, else begin another."""
        trouble, loop = Trouble(f"shard {shard} of Discord's gateway"), asyncio.get_running_loop()
        line = _Line()
        try:
            while True:
                began = loop.time()
                try:
                    await line.closed()
                    line.socket = await self._connected(shard, home, line.socket if line.resume else None)
                    line.resume = True
                    while True:
                        await line.socket.poll_event()
                        if loop.time() - began > SHORT:
                            trouble.over()
                except Exception as problem:
                    line.ended(problem)
                    if loop.time() - began <= SHORT or not isinstance(problem, ReconnectWebSocket):
                        await trouble.pause(_said(problem))
        finally:
            await line.closed(1000)

    async def _connected(self, shard: int, home: yarl.URL, last: Connection | None) -> Connection:
        """Connect, and identify or resume; what `last` had come to goes on."""
        resuming = last is not None and last.session_id is not None
        where = home if last is None or self._address else last.gateway
        making = Connection.from_client(
            self,
            gateway=where,
            shard_id=shard,
            session=last.session_id if last is not None and resuming else None,
            sequence=last.sequence if last is not None and resuming else None,
            resume=resuming,
        )
        return await asyncio.wait_for(making, CONNECTING)


class _Line:
    """One shard's connection: what it was last, and whether the next one takes its session up."""

    def __init__(self) -> None:
        self.socket: Connection | None = None
        self.resume = False

    async def closed(self, code: int = 4000) -> None:
        """Close what is still open; with 4000, the session may be resumed."""
        if self.socket is not None and self.socket.open:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self.socket.close(code), CLOSING)

    def ended(self, problem: Exception) -> None:
        """Note how the connection ended. Raises BadCredentials where the next would end the same way."""
        if isinstance(problem, BadCredentials):
            raise problem
        if isinstance(problem, ConnectionClosed) and problem.code in _OVER:
            raise BadCredentials(_OVER[problem.code]) from problem
        if isinstance(problem, ReconnectWebSocket):
            self.resume = problem.resume
        self.resume = self.resume and self.socket is not None and self.socket.session_id is not None


def _said(problem: Exception) -> Exception:
    """Return a problem in words, where it is of a kind that is to be expected."""
    match problem:
        case ReconnectWebSocket():
            return TryLater("the connection ended at once")
        case ConnectionClosed():
            return TryLater(f"the connection was closed ({problem.code})")
        case aiohttp.ClientError() | OSError() | TimeoutError() | WebSocketClosure():
            return TryLater(f"the connection broke off: {type(problem).__name__} {problem}")
        case _:
            return problem


def intents(message_content: bool) -> Intents:
    """Return what the bot wants to hear of: no privileged intent, unless the operator wants messages' content."""
    wanted = Intents.none()
    wanted.guilds = True
    wanted.guild_messages = wanted.dm_messages = True
    wanted.guild_reactions = wanted.dm_reactions = True
    wanted.message_content = message_content
    return wanted
