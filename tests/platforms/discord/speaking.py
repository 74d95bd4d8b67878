"""The platform alone on the local Discord, without an engine: what is asked of it is what a test asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from bot.app import services
from bot.engine.platform_state import MemoryState, PlatformState
from bot.engine.ports import Chunk, Localizer, Op, Part, Probe, Reader, no_probe
from bot.model.event import Inbound
from bot.model.identity import Identity, MemberId, Place
from bot.model.message import Choice, Message, Sentence, catalogue, message
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.ears import Deaf, Ears, Service
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.render import render
from bot.platforms.discord.settings import DiscordSettings
from tests.platforms.discord import people
from tests.platforms.discord.people import Discord, User
from tests.platforms.discord.running import MovedClock

_, n_ = catalogue("bot")
LOCALIZER: Localizer = services(()).localizer
DM = Reader("en", "UTC", direct=True)
SKIP = Choice("skip", _("Skip"), "⏭")


async def hear_nothing(event: Inbound) -> None:
    """Leave an event."""


class Told:
    """What whoever looks after a place was told."""

    def __init__(self) -> None:
        self.there: list[tuple[Place, str, Sentence]] = []

    async def __call__(self, place: Place, key: str, sentence: Sentence) -> None:
        self.there.append((place, key, sentence))


def account(discord: Discord, **changes: Any) -> DiscordSettings:
    """The bot's settings in a world."""
    return replace(DiscordSettings(discord.token, discord.api_base, discord.gateway, identify_every=0.0), **changes)


@asynccontextmanager
async def speaking(
    discord: Discord,
    *,
    state: PlatformState | None = None,
    clock: MovedClock | None = None,
    probe: Probe = no_probe,
    told: Told | None = None,
    hearing: Callable[[Service], Ears] = Deaf,
    **settings: Any,
) -> AsyncIterator[DiscordPlatform]:
    """Run the platform in a world."""
    platform = DiscordPlatform(
        account(discord, **settings),
        state or MemoryState(),
        clock or MovedClock(),
        probe=probe,
        tell_there=told or Told(),
        hearing=hearing,
    )
    try:
        await platform.start(hear_nothing, None)
        yield platform
    finally:
        await platform.stop()


def chunk(key: str, op: Op = Op.SEND, *, to: int | None = None, unasked: bool = True, **changes: Any) -> Chunk:
    """A chunk with this key, for a member where `to` is given."""
    parts = (Part("test.what", key, None),)
    member = MemberId(to) if to is not None else None
    return replace(Chunk(1, 1, NAME, "s", op, key, {}, "", parts, unasked, member=member), **changes)


def content(*blocks: Any, choices: tuple[Choice, ...] = ()) -> dict[str, Any]:
    """A message's content, as it is packed."""
    written: Message = message(*blocks, choices=choices)
    (one,) = render(written, DM, LOCALIZER)
    return dict(one.content)


def identity(user: User) -> Identity:
    """A person as the engine knows them."""
    return Identity(NAME, str(user.id))


def place(there: people.Place, thread: str | None = None) -> Place:
    """A channel as the engine knows it."""
    return Place(NAME, str(there.id), thread)
