"""`python -m tests.platforms.matrix.life`: lives of a whole bot on a homeserver (see tests/platforms/life.py)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import LANES
from bot.engine import delivery
from bot.engine.transaction import Services
from bot.platforms.matrix import begun
from bot.platforms.matrix.adapter import NAME
from bot.platforms.matrix.settings import MatrixSettings
from bot.storage.database import Database
from bot.storage.platform_state import StoredState
from bot.testing.clock import VirtualClock
from tests.platforms import life
from tests.platforms.life import Points
from tests.platforms.matrix.living import LivingBot
from tests.platforms.matrix.synapse import SERVER_NAME


@dataclass(frozen=True, kw_only=True)
class Birth(life.Birth):
    """What a life begins with, its account and server among it. The device's folder is beside the database."""

    homeserver: str
    user_id: str
    encryption: str

    def settings(self) -> MatrixSettings:
        """The account's settings."""
        return MatrixSettings(
            self.homeserver,
            self.user_id,
            Path(self.folder) / "device",
            password="pw",
            allowed_inviters=(SERVER_NAME,),
            store_passphrase="correct horse",
            encryption=self.encryption,  # type: ignore[arg-type]  # the settings' own tests are about wrong ones
        )


def begin(birth: Birth, database: Database, ports: Services, points: Points) -> LivingBot:
    """Put the bot together."""
    return LivingBot(
        birth.settings(),
        database,
        VirtualClock(datetime.fromisoformat(birth.now)),
        state=StoredState(database, NAME),
        ports=ports,
        probe=points,
        lanes=LANES,
    )


if __name__ == "__main__":
    begun.STILL_COMING = 4.0  # seconds: see tests/platforms/life.py
    # Else a day with many kills would go on while its people still wait for what is to be tried again.
    life.SOON = delivery.LONGEST_PAUSE = timedelta(seconds=20)
    sys.exit(life.main(Birth.of, begin))
