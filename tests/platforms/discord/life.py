"""`python -m tests.platforms.discord.life`: lives of a whole bot on the local Discord (see tests/platforms/life.py)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from bot.app import LANES
from bot.engine.engine import Engine
from bot.engine.ports import Platform, Probe
from bot.engine.transaction import Services
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.rest import TIMEOUT, Rest
from bot.platforms.discord.settings import DiscordSettings
from bot.storage.database import Database
from bot.storage.platform_state import StoredState
from bot.testing.clock import VirtualClock
from tests.platforms import life, living
from tests.platforms.life import Points

HALF_OPEN = 2.5
"""Seconds after which a call without an answer is given up."""


@dataclass(frozen=True, kw_only=True)
class Birth(life.Birth):
    """What a life begins with: its token and server, and where that server's time is set."""

    token: str
    api_base: str
    gateway: str
    control: str

    def settings(self) -> DiscordSettings:
        """The application's settings."""
        return DiscordSettings(self.token, self.api_base, self.gateway, identify_every=0.0)


class LivingBot(living.LivingBot):
    """The bot with its application. The server's time stands where the bot's does: it is moved there first."""

    def __init__(self, birth: Birth, database: Database, ports: Services, probe: Probe) -> None:
        clock = VirtualClock(datetime.fromisoformat(birth.now))
        super().__init__(database, clock, ports=ports, probe=probe, lanes=LANES)
        self.birth = birth
        self._platform: DiscordPlatform | None = None

    @property
    def awaited(self) -> bool:
        """Whether an interaction is being taken: Discord waits three seconds of its own time."""
        return self._platform is not None and bool(self._platform._interactions)

    def platform(self) -> Platform:
        """Make the platform."""
        self._platform = DiscordPlatform(
            self.birth.settings(),
            StoredState(self.database, NAME),
            self.clock,
            registry=self._services.registry,
            localizer=self._services.localizer,
            probe=self._probe,
            tell=self._tell,
            tell_there=self._tell_there,
        )
        return self._platform

    def engine(self, platform: Platform) -> Engine:
        """Make the engine, which answers while a person waits."""
        engine = super().engine(platform)
        assert self._platform is not None
        self._platform.attend(engine.immediate)
        return engine

    async def start(self) -> None:
        """Start a process; the last one may have died before the server's time was moved."""
        await self._set_server(self.clock.now())
        await super().start()

    async def move_to(self, instant: datetime) -> None:
        """Make it that instant, there and here."""
        await self._set_server(instant)
        await super().move_to(instant)

    async def _set_server(self, instant: datetime) -> None:
        body: dict[str, Any] = {"at": instant.isoformat()}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.birth.control}/stand", json=body) as response,
        ):
            response.raise_for_status()


def begin(birth: Birth, database: Database, ports: Services, points: Points) -> LivingBot:
    """Put the bot together."""
    return LivingBot(birth, database, ports, points)


def be_quick() -> None:
    """Give half-open connections up sooner than in earnest: this server is on the same machine."""
    defaults = Rest.call.__kwdefaults__
    assert defaults is not None and defaults["timeout"] == TIMEOUT
    defaults["timeout"] = HALF_OPEN


if __name__ == "__main__":
    be_quick()
    sys.exit(life.main(Birth.of, begin))
