"""Discord over HTTP: discord.py's client with our own way of calling, so that every call has its pace and one meaning.

discord.py would wait and try again by itself, on some failures and not on others; here every failure is told at
once, and the outbox tries again. Its routes, token and gateway connection are used as they are.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NoReturn, cast

import aiohttp
from discord.http import HTTPClient, Route
from discord.utils import MISSING

from bot.engine.errors import BadCredentials, OutcomeUnknown, Refused, TryLater
from bot.platforms.discord import limiter
from bot.platforms.discord.limiter import Call, Gate, Haste, Refusal, SlowDown, Ticket

log = logging.getLogger(__name__)

TIMEOUT = 20.0
"""Seconds for one answer, when nothing else is said; a half-open connection shows itself by it."""
CONNECT = 10.0
WRONG_TOKEN = "Discord does not accept discord.token: copy it again from the developer portal, under Bot"
TRIES_WHEN_LIMITED = 3
"""How often a call is made that Discord refuses for its limits alone, where the wait is short."""


class Rejected(Refused):
    """Discord answered that it will not do it: with which HTTP status, error code of its own, and message."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        """Take the HTTP status and the JSON answer."""
        self.status = status
        code = answer.get("code", 0)
        self.code = code if isinstance(code, int) else 0
        self.message = str(answer.get("message", "")) or str(status)
        self.errors = answer.get("errors")
        details = f" ({json.dumps(self.errors)})" if self.errors else ""
        super().__init__(f"Discord says: {self.message}{details}")


class Rest(HTTPClient):
    """Calls to one server with one token, after `login`. `revoked` is told once it is not valid any more."""

    def __init__(self, base: str, revoked: Callable[[BadCredentials], None]) -> None:
        """Take the API's address; nothing is connected before `login`."""
        super().__init__(cast(asyncio.AbstractEventLoop, None))  # which the client sets when it is entered
        self.base = base.rstrip("/")
        self.gate = Gate(lambda: asyncio.get_running_loop().time())
        self._tell_revoked = revoked
        self._refused: BadCredentials | None = None
        self._own: aiohttp.ClientSession | None = None

    async def login(self, token: str) -> dict[str, Any]:
        """Return the bot's own user. Raises what `call` does."""
        await self.close()
        # No limit of connections: what answers people must not wait for a free one.
        self._own = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
        self.connector = MISSING  # the gateway's own is made anew
        return cast(dict[str, Any], await self.static_login(token))

    async def close(self) -> None:
        """Let go of all connections."""
        self.gate.close()
        if self._own is not None:
            await self._own.close()
            self._own = None
        await super().close()

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | list[Any] | None = None,
        *,
        haste: Haste = Haste.READING,
        query: Mapping[str, Any] | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 -- aiohttp's own; it parts connecting from waiting
        **ids: str,
    ) -> Any:
        """Return the JSON answer to one request; `path` is as in Discord's reference, its ids by name.

        Raises TryLater when Discord certainly did nothing, Rejected when it refused, BadCredentials when the token is
        not valid, and OutcomeUnknown when something that changes it broke off.
        """
        options: dict[str, Any] = {"timeout": timeout, "haste": haste}
        if body is not None:
            options["json"] = body
        if query:
            options["params"] = {name: str(value) for name, value in query.items() if value is not None}
        return await self.request(Route(method, path, **ids), **options)

    async def request(self, route: Route, *, files: Any = None, form: Any = None, **kwargs: Any) -> Any:
        """Make a call as discord.py's own methods and `call` make it. Raises what `call` says."""
        if files or form:
            raise NotImplementedError("nothing is uploaded")
        limits = aiohttp.ClientTimeout(total=kwargs.pop("timeout", TIMEOUT), sock_connect=CONNECT)
        key = Call(route.key, route.major_parameters, kwargs.pop("haste", Haste.READING))
        for tries in range(1, TRIES_WHEN_LIMITED + 1):
            session = self._session()
            ticket = await self.gate.enter(key)
            try:
                return await self._once(session, route, ticket, limits, kwargs)
            except SlowDown as slow:
                too_long = slow.after is None or slow.after.total_seconds() > self.gate.patience
                if too_long or tries == TRIES_WHEN_LIMITED:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _once(
        self,
        session: aiohttp.ClientSession,
        route: Route,
        ticket: Ticket,
        limits: aiohttp.ClientTimeout,
        options: Mapping[str, Any],
    ) -> Any:
        url = self.base + route.url.removeprefix(Route.BASE)  # set here, so that it holds for this client alone
        unsure: type[TryLater | OutcomeUnknown] = TryLater if route.method == "GET" else OutcomeUnknown
        said, answered = None, False
        try:
            async with session.request(
                route.method,
                url,
                json=options.get("json"),
                params=options.get("params"),
                headers=self._headers(options),
                timeout=limits,
            ) as response:
                raw = await response.read()
                status, headers = response.status, response.headers
            said, answered = limiter.read(headers), True
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as problem:
            raise TryLater(f"Discord can't be reached: {problem}") from problem
        except TimeoutError as problem:
            raise unsure("Discord did not answer in time") from problem
        except (aiohttp.ClientError, OSError) as problem:
            raise unsure(f"the connection to Discord broke off: {type(problem).__name__} {problem}") from problem
        finally:
            self.gate.left(ticket, said, answered=answered)
        return self._meaning(ticket, status, raw, headers, unsure)

    def _session(self) -> aiohttp.ClientSession:
        if self._refused is not None:
            raise TryLater(str(self._refused))
        if self._own is None:
            raise TryLater("Discord has not been reached yet")
        return self._own

    def _headers(self, options: Mapping[str, Any]) -> dict[str, str]:
        headers = {"User-Agent": self.user_agent, "Authorization": f"Bot {self.token}"}
        if reason := options.get("reason"):
            headers["X-Audit-Log-Reason"] = reason
        return headers

    # --- what answers mean ----------------------------------------------------------------------------------

    def _meaning(
        self,
        ticket: Ticket,
        status: int,
        raw: bytes,
        headers: Mapping[str, str],
        unsure: type[TryLater | OutcomeUnknown],
    ) -> Any:
        answer = _json(raw)
        if 200 <= status < 300:
            if answer is None and raw:
                raise unsure(f"Discord answered {status} with something that is not JSON")
            return answer
        refusal = answer if isinstance(answer, dict) else {}
        if status == 429:
            self._limited(ticket, refusal, headers)
        if status >= 500 or answer is None:
            raise unsure(f"Discord answered {status}")
        if status in (401, 403):
            self.gate.limits.invalid(self.gate.time())
        if status == 401 and "{webhook_token}" not in ticket.call.route:
            self._refused = BadCredentials(WRONG_TOKEN)
            self._tell_revoked(self._refused)
            raise self._refused
        raise Rejected(status, refusal)

    def _limited(self, ticket: Ticket, answer: Mapping[str, Any], headers: Mapping[str, str]) -> NoReturn:
        said = answer.get("retry_after", headers.get("Retry-After", 1))
        try:
            seconds = min(max(float(said), 0.05), 3_600.0)
        except (TypeError, ValueError):
            seconds = 1.0
        scope = headers.get("X-RateLimit-Scope", "")
        everything = answer.get("global") is True or scope == "global" or not answer
        self.gate.refused(ticket, Refusal(seconds, everything, shared=scope == "shared"))
        log.warning("Discord asks to go slower (%s) on %s: %.2f s", scope or "unsaid", ticket.call.route, seconds)
        raise SlowDown("Discord asks to go slower", timedelta(seconds=seconds))


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
