"""One homeserver over HTTP: every answer it can give, and every way it can fail to, has its meaning here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.engine.errors import BadCredentials, OutcomeUnknown, Refused, TryLater
from bot.platforms.matrix.pacing import SlowDown

CLIENT = "/_matrix/client/v3"
TIMEOUT = 60.0
"""Seconds for one answer, when nothing else is said."""
CONNECT = 15.0
LARGEST_EVENT = 65_000
"""Bytes of an event's content that are sent at most: servers refuse events over 65,536 with all that they add."""

Query = Mapping[str, str] | Sequence[tuple[str, str]]

_GONE_TOKENS = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"})


class Rejected(Refused):
    """The homeserver answered that it will not do it: with which status, error code, and whole answer."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        """Take the HTTP status and the JSON answer."""
        self.status = status
        self.answer = answer
        self.errcode = str(answer.get("errcode", ""))
        said = answer.get("error")
        super().__init__(f"{self.errcode or status}: {said}" if isinstance(said, str) else self.errcode or str(status))


class TokenGone(BadCredentials):
    """The access token is not valid any more. `soft` means that the same device may log in again."""

    def __init__(self, reason: str, soft: bool) -> None:
        """Take the server's reason."""
        super().__init__(reason)
        self.soft = soft


def path(*parts: str, version: str = CLIENT) -> str:
    """Return a path of the client-server API; ids in it may hold any character."""
    return "/".join((version, *(quote(part, safe="") for part in parts)))


class Homeserver:
    """Calls to one homeserver, with an access token once there is one."""

    def __init__(self, url: str, *, concurrent: int = 100) -> None:
        """Take the server's base URL; nothing is connected before the first call.

        `concurrent` calls are under way at most: more than the pacer lets through, so that reading goes on beside.
        """
        self.url = url.rstrip("/")
        self.token = ""
        self.served: int | None = None
        """The server's instant (ms) of its last answer, if it said one; servers say whole seconds."""
        self._concurrent = concurrent
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self,
        method: str,
        where: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Query | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 -- aiohttp's own; it parts connecting from waiting
    ) -> dict[str, Any]:
        """Return the JSON answer to one request; one that is a list comes as `{"items": [...]}`.

        Raises TryLater when the server certainly did nothing, Rejected when it refused, TokenGone when it does not
        know the token, and OutcomeUnknown when something that changes it broke off.
        """
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._concurrent)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        limits = aiohttp.ClientTimeout(total=timeout, sock_connect=CONNECT)
        unsure: type[TryLater | OutcomeUnknown] = TryLater if method == "GET" else OutcomeUnknown
        try:
            async with self._session.request(
                method, self.url + where, json=body, params=query, headers=headers, timeout=limits
            ) as response:
                raw = await response.read()
                status, said_wait = response.status, response.headers.get("Retry-After")
                self.served = _served(response.headers.get("Date"))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as problem:
            raise TryLater(f"the homeserver can't be reached: {problem}") from problem
        except TimeoutError as problem:
            raise unsure(f"the homeserver did not answer within {timeout:.0f} s") from problem
        except (aiohttp.ClientError, OSError) as problem:
            raise unsure(f"the connection broke off: {type(problem).__name__} {problem}") from problem
        return _meaning(status, raw, said_wait, unsure)


def _meaning(status: int, raw: bytes, said_wait: str | None, unsure: type[TryLater | OutcomeUnknown]) -> dict[str, Any]:
    """Return the answer of a call that succeeded; raise what the others mean."""
    answer = _json(raw)
    if status == 200 and answer is not None:
        return answer
    errcode = str((answer or {}).get("errcode", ""))
    if status == 429 or errcode == "M_LIMIT_EXCEEDED":
        raise SlowDown("the homeserver asks to go slower", _wait(answer or {}, said_wait))
    if errcode in _GONE_TOKENS and answer is not None:
        raise TokenGone(str(answer.get("error", errcode)), answer.get("soft_logout") is True)
    if answer is None or status >= 500 or (not errcode and "flows" not in answer):
        shown = "something that is not JSON" if answer is None else errcode or "no error code"
        raise unsure(f"the homeserver answered {status} with {shown}")
    raise Rejected(status, answer)


def _served(date: str | None) -> int | None:
    try:
        return None if date is None else int(parsedate_to_datetime(date).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _json(raw: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if isinstance(answer, list):
        return {"items": [item for item in answer if isinstance(item, dict)]}
    return answer if isinstance(answer, dict) else None


def _wait(answer: Mapping[str, Any], header: str | None) -> timedelta | None:
    """Return how long to wait as the answer says, in its body or in the header."""
    said = answer.get("retry_after_ms")
    if isinstance(said, int | float) and not isinstance(said, bool) and said >= 0:
        return timedelta(milliseconds=min(said, 3_600_000))
    if header is not None and header.isdigit():
        return timedelta(seconds=min(int(header), 3_600))
    return None
