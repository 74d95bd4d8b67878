"""Waiting for what a chat service or its members announce, and for what nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from bot.testing.service import Stuck

PATIENCE = 60.0
"""Seconds of real time until something that has not come counts as lost; it takes well under one."""
LOOK = 0.05
"""Seconds between looks at what nobody announces."""


class News:
    """What happens on a service: `where` names it, `check` raises Stuck once it can't go on."""

    def __init__(self, where: str, check: Callable[[], None]) -> None:
        """Hear of nothing yet."""
        self._where = where
        self._check = check
        self._came = asyncio.Event()

    def came(self) -> None:
        """Announce that something has happened."""
        self._came.set()

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something is so. Raises Stuck if it does not come, or can't come any more."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while not is_so():
            self._check()
            if loop.time() > end:
                raise Stuck(f"waited {PATIENCE:.0f} s for {what} on {self._where}")
            self._came.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), LOOK)
