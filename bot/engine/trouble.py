"""What goes wrong again and again: said at once and then once a minute, and tried again after a pause."""

from __future__ import annotations

import asyncio
import logging

from bot.model.errors import HeliotropeError

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
SAID_EVERY = 60.0
"""Seconds, of the machine's time: trouble like a full disk is the machine's, never the simulated world's."""


class Trouble:
    """The failures of one thing that must be done, until it works again."""

    def __init__(self, doing: str) -> None:
        """Take what is being done, as in "handling what came in"."""
        self._doing = doing
        self._tries = 0
        self._waited = 0.0
        self._said: type[Exception] | None = None

    async def pause(self, problem: Exception) -> None:
        """Log the problem, unless it was logged within the minute, and wait: longer each time."""
        if self._said is not type(problem) or self._waited >= SAID_EVERY:
            expected = isinstance(problem, HeliotropeError)
            reason = str(problem) if expected else "an unexpected error"
            log.error("%s: %s; trying again", self._doing, reason, exc_info=None if expected else problem)
            self._said, self._waited = type(problem), 0.0
        seconds = min(FIRST_PAUSE * 2.0 ** min(self._tries, 10), LONGEST_PAUSE)
        self._tries += 1
        self._waited += seconds
        await asyncio.sleep(seconds)

    def over(self) -> None:
        """Note that it works; say so if it did not before."""
        if self._tries:
            log.warning("%s: works again", self._doing)
            self._tries, self._waited, self._said = 0, 0.0, None
