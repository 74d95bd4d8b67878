"""Waiting for what should happen, and how it fails."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds until something that should happen counts as not happening; a test that passes never waits so long."""
_PAUSE = 0.02


class NotPossible(AssertionError):
    """No client would let a person do this, as things are."""


class NoAnswer(AssertionError):
    """The person reads: the application did not respond."""


@overload
async def eventually(check: Callable[[], Awaitable[T | None]], seconds: float = PATIENCE) -> T: ...


@overload
async def eventually(check: Callable[[], T | None], seconds: float = PATIENCE) -> T: ...


async def eventually(check: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Return the first result of `check` that is true, or fail with the last. A failing assertion is not yet true."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        last: Any
        try:
            result = check()
            last = await result if inspect.isawaitable(result) else result
            if last:
                return last
        except NoAnswer:
            raise  # final: nobody answers an interaction twice
        except AssertionError as error:
            last = error
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {seconds:g} s; last: {last!r}")
        await asyncio.sleep(_PAUSE)
