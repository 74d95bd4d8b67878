"""A chat platform, as the engine sends to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.engine.ports.language import Localizer, Reader
from bot.engine.ports.outbound import Chunk
from bot.model.event import Inbound
from bot.model.identity import Identity, Place
from bot.model.message import Message


@dataclass(frozen=True, slots=True)
class Rendered:
    """One platform message: the platform's own content (JSON), and its plain text."""

    content: Mapping[str, Any]
    text: str


class Platform(Protocol):
    """A chat platform's outbound half. Calls raise `TryLater`, `Refused` or `OutcomeUnknown` from engine.errors."""

    name: str
    safe_window: timedelta
    """How long a repeated key is certain to have no second effect."""

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Turn a message into one or more platform messages; pure."""
        ...

    async def direct_place(self, identity: Identity) -> Place:
        """Return the direct conversation with a person, made if there is none."""
        ...

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Post under the chunk's key; return the message's id."""
        ...

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None: ...
    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None: ...
    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None: ...
    async def open_thread(self, place: Place, message_id: str, title: str, chunk: Chunk) -> str:
        """Return the thread under a message, made if there is none (idempotent)."""
        ...

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        """Look in the history, from an instant on, for the message that the chunk was sent as; return its id.

        Where the platform's messages carry no marker it may be one of several; the caller knows the others.
        """
        ...

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None:
        """Begin to report what happens, from behind the stored position on."""
        ...

    async def stop(self) -> None: ...
