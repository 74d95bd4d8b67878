"""What the process says about itself, for whoever runs it: one line an event, on standard error."""

from __future__ import annotations

import logging
import sqlite3
import time
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from bot.model.errors import BadInput, HeliotropeError

# Errors whose messages are made of names, numbers and paths, never of what a person wrote.
_TELLABLE = (OSError, sqlite3.Error, HeliotropeError, TypeError, AttributeError, NameError, ImportError)

_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class DiscreetFormatter(logging.Formatter):
    """Writes where something went wrong, and leaves out messages of errors that may quote what people wrote."""

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802 - logging's name
        """Return the traceback of an error and of those that led to it, the first cause first."""
        return "\n".join(_told(error) for error in reversed(list(_causes(ei[1]))))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    tellable = isinstance(error, _TELLABLE) and not isinstance(error, BadInput)
    message = str(error) if tellable else "(its message is left out: it could quote what a person wrote)"
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return "".join(traceback.format_tb(error.__traceback__)) + f"{kind}: {message}"


def configure(level: str = "INFO") -> None:
    """Send log lines of a level and above to standard error, with their instant in UTC.

    The level is the bot's and our cogs'. Libraries tell warnings only: some of them put the values they store or send
    into their more talkative lines.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter())
    logging.basicConfig(level=max(logging.WARNING, logging.getLevelName(level)), handlers=[handler], force=True)
    logging.getLogger("nio").setLevel(logging.ERROR)  # it warns of every device that it has no session with
    for ours in ("bot", "cogs"):
        logging.getLogger(ours).setLevel(level)


def loop_trouble(_loop: Any, context: dict[str, Any]) -> None:
    """Log what asyncio has to say of a forgotten task, without the task's description of the error."""
    logging.getLogger(__name__).error("%s", context.get("message"), exc_info=context.get("exception"))
