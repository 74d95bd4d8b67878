"""What lies between the bot and its homeserver: a relay that can lose an answer, and tell that it was on its way."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, Literal, NamedTuple

import aiohttp
from aiohttp import web

from tests.platforms.matrix.lives import Victim

_FOR_ONE_HOP = {"host", "connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"}


class Cut(NamedTuple):
    """The next request that looks like this ("PUT .*/send/m.room.encrypted/") is lost: itself, or its answer.

    `victim` is killed at that moment, when the server has done what was asked and nobody knows, or before.
    """

    victim: Victim
    request: str
    lost: Literal["request", "answer"] = "answer"

    def __str__(self) -> str:
        return f"{self.victim} at the {self.lost} of {self.request}"


class Wire:
    """A relay to a server's URL. `struck` is awaited at each cut, before the connection breaks off."""

    def __init__(self, server: str) -> None:
        self.url = ""
        self.cuts: deque[Cut] = deque()
        self.made: list[Cut] = []
        self.struck: Callable[[Cut], Coroutine[Any, Any, None]] | None = None
        self._server = server
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Begin to listen; `url` is known then."""
        self._session = aiohttp.ClientSession(auto_decompress=False, connector=aiohttp.TCPConnector(limit=100))
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{anything:.*}", self._relay)
        # When the bot dies, what it waited for is given up, as its kernel would have it.
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Listen no more."""
        if self._runner is not None and self._session is not None:
            await self._runner.cleanup()
            await self._session.close()

    def cut(self, cuts: Iterable[Cut]) -> None:
        """Make these cuts, one after the other."""
        self.cuts = deque(cuts)

    async def _relay(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        cut = self.cuts[0] if self.cuts else None
        if cut is None or not re.match(cut.request, f"{request.method} {request.raw_path}"):
            return await self._answer(request, body)
        self.cuts.popleft()
        if cut.lost == "answer":
            answer = await self._answer(request, body)
            if answer.status != 200:  # it did nothing: perhaps it is down, or refuses
                self.cuts.appendleft(cut)
                return answer
        self.made.append(cut)
        if self.struck is not None:
            # Were it this task, it would be given up with the dead bot's connection.
            await asyncio.shield(asyncio.create_task(self.struck(cut)))
        return _broken(request)

    async def _answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        assert self._session is not None
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _FOR_ONE_HOP}
        try:
            async with self._session.request(
                request.method, self._server + request.raw_path, data=body, headers=headers, allow_redirects=False
            ) as answer:
                said = await answer.read()
                kept = {name: value for name, value in answer.headers.items() if name.lower() not in _FOR_ONE_HOP}
                return web.Response(status=answer.status, body=said, headers=kept)
        except (aiohttp.ClientError, OSError):
            return _broken(request)


def _broken(request: web.Request) -> web.StreamResponse:
    """Break the connection off without an answer."""
    with suppress(AttributeError):  # it is broken already
        assert request.transport is not None
        request.transport.abort()
    return web.Response(status=502)
