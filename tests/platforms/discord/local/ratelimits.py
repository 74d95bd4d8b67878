"""Rate limits: a bucket per route and major parameter, the global one, and the ban for invalid requests.

Real seconds throughout: clients wait in real time.
"""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from bot.clock import SystemClock
from tests.platforms.discord.local.settings import Settings

_TEN_MINUTES = 600.0


class Limit(NamedTuple):
    """So many requests in so many seconds."""

    requests: int
    seconds: float


class Denied(NamedTuple):
    """A 429: how long to wait, and what is exhausted."""

    retry_after: float
    scope: str
    """"user" for a bucket, "global" for all of them."""


@dataclass(slots=True)
class _Window:
    ends: float
    left: int


class Limits:
    """Fixed windows that begin with the first request in them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._system = SystemClock()
        self._windows: dict[tuple[str, str], _Window] = {}
        self._everything = _Window(0.0, 0)
        self._invalid: deque[float] = deque()
        self.denied_globally = 0
        self.denied_by_bucket = 0

    def take_global(self, now: float) -> Denied | None:
        """Count one request against the global limit."""
        if not self._settings.limits:
            return None
        window = self._everything
        if now >= window.ends:
            window.ends, window.left = now + 1.0, self._settings.global_limit
        if window.left <= 0:
            self.denied_globally += 1
            return Denied(window.ends - now, "global")
        window.left -= 1
        return None

    def take(self, bucket: str, major: str, limit: Limit, now: float) -> tuple[Denied | None, dict[str, str]]:
        """Count one request against its bucket; return the refusal, if it is one, and the headers that say so."""
        if not self._settings.limits:
            return None, {}
        window = self._windows.get((bucket, major))
        if window is None or now >= window.ends:
            window = self._windows[bucket, major] = _Window(
                now + limit.seconds * self._settings.bucket_scale, limit.requests
            )
        denied = None
        if window.left > 0:
            window.left -= 1
        else:
            self.denied_by_bucket += 1
            denied = Denied(window.ends - now, "user")
        return denied, self._headers(bucket, limit, window, now)

    def _headers(self, bucket: str, limit: Limit, window: _Window, now: float) -> dict[str, str]:
        after = max(0.0, window.ends - now)
        return {
            "X-RateLimit-Limit": str(limit.requests),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{self._system.now().timestamp() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": hash_of(bucket),
        }

    def count_invalid(self, now: float) -> None:
        self._invalid.append(now)

    def invalid(self, now: float) -> int:
        """Return how many requests of the last ten minutes were answered 401, 403 or 429."""
        while self._invalid and self._invalid[0] <= now - _TEN_MINUTES:
            self._invalid.popleft()
        return len(self._invalid)

    def banned(self, now: float) -> bool:
        return self.invalid(now) >= self._settings.invalid_limit


_HASHES: dict[str, str] = {}


def hash_of(bucket: str) -> str:
    if (known := _HASHES.get(bucket)) is None:
        known = _HASHES[bucket] = hashlib.md5(bucket.encode(), usedforsecurity=False).hexdigest()
    return known
