"""What the platform hears with, and what it is given to do so: the seam between the gateway and what events mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.engine.immediate import Immediate
from bot.engine.platform_state import PlatformState
from bot.engine.ports import Clock, Localizer
from bot.engine.registry import Registry
from bot.model.event import Inbound
from bot.model.identity import Place
from bot.model.message import Sentence
from bot.platforms.discord.answers import Answers
from bot.platforms.discord.contact import Contacts
from bot.platforms.discord.outbound import Mouth
from bot.platforms.discord.rest import Rest
from bot.platforms.discord.settings import DiscordSettings


@dataclass(slots=True)
class Me:
    """The bot's own account, once it is logged in."""

    user_id: str = ""
    application_id: str = ""
    name: str = ""


@dataclass(slots=True)
class Service:
    """The platform's parts, for those who say what its events mean. `report` hands an event to the engine."""

    settings: DiscordSettings
    state: PlatformState
    clock: Clock
    rest: Rest
    contact: Contacts
    mouth: Mouth
    answers: Answers
    me: Me
    report: Callable[[Inbound], Awaitable[None]]
    tell: Callable[[str, Sentence], Awaitable[None]]
    tell_there: Callable[[Place, str, Sentence], Awaitable[None]]
    registry: Registry | None = None
    localizer: Localizer | None = None
    immediate: Immediate | None = None
    """What answers while a person waits, from `DiscordPlatform.attend` on."""


class Ears(Protocol):
    """Says what the gateway's events mean."""

    async def begin(self, position: str | None) -> None:
        """Take the position behind which events are wanted: once for each start, before the first event."""
        ...

    async def opened(self) -> None:
        """Do what needs the API and no gateway: the bot is logged in. What this raises, it is asked for again."""
        ...

    async def hear(self, event: str, data: Mapping[str, Any]) -> None:
        """Take one of the gateway's events, in their order, "READY" and "RESUMED" among them.

        After TryLater, OutcomeUnknown and StorageFull the same event is told again; what else it raises is logged.
        """
        ...

    async def interact(self, data: Mapping[str, Any]) -> None:
        """Take an interaction, at once and beside whatever else goes on."""
        ...

    async def end(self) -> None:
        """Do nothing more: the platform stops."""
        ...


class Deaf:
    """Hears nothing."""

    def __init__(self, service: Service) -> None:
        """Need nothing."""

    async def begin(self, position: str | None) -> None:
        """Want nothing."""

    async def opened(self) -> None:
        """Do nothing."""

    async def hear(self, event: str, data: Mapping[str, Any]) -> None:
        """Leave it."""

    async def interact(self, data: Mapping[str, Any]) -> None:
        """Leave it."""

    async def end(self) -> None:
        """Do nothing."""
