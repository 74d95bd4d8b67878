"""A whole bot on a real homeserver."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from bot.engine.ports import Platform, Probe, no_probe
from bot.engine.transaction import Services
from bot.platforms.matrix.adapter import MatrixPlatform
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import MemoryState, PlatformState
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.migrate import create_all
from bot.testing.clock import VirtualClock
from tests.platforms import living
from tests.platforms.matrix.synapse import SERVER_NAME, Synapse


class LivingBot(living.LivingBot):
    """The bot with its account; its device stays logged in when a process ends."""

    def __init__(
        self,
        settings: MatrixSettings,
        database: Database,
        clock: VirtualClock,
        *,
        state: PlatformState | None = None,
        ports: Services | None = None,
        probe: Probe = no_probe,
        lanes: int = 8,
    ) -> None:
        super().__init__(database, clock, ports=ports, probe=probe, lanes=lanes)
        self.settings = settings
        self.state = MemoryState() if state is None else state

    @classmethod
    async def make(cls, synapse: Synapse, folder: Path, start: datetime, **settings: Any) -> LivingBot:
        """Give a bot a fresh account and an empty database in memory; it is not started."""
        user_id = await synapse.register(synapse.fresh("helio"))
        chosen = {"password": "pw", "allowed_inviters": (SERVER_NAME,), "store_passphrase": "correct horse", **settings}
        database = Database.in_memory()
        await create_all(database, list(installed_cogs()))
        account = MatrixSettings(synapse.url, user_id, folder / "device", **chosen)
        return cls(account, database, VirtualClock(start))

    @property
    def user_id(self) -> str:
        return self.settings.user_id

    def platform(self) -> Platform:
        """Make the platform."""
        return MatrixPlatform(self.settings, self.state, self.clock, probe=self._probe, tell=self._tell)
