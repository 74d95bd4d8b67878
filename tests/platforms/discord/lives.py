"""A bot on the local Discord in processes of its own: see tests/platforms/lives.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from tests.platforms import lives
from tests.platforms.discord.life import Birth
from tests.platforms.discord.people import Discord


class Bot(lives.Bot[Birth]):
    """One application's bot, through all its lives."""

    module = "tests.platforms.discord.life"

    @classmethod
    @asynccontextmanager
    async def make(cls, discord: Discord, folder: Path, start: datetime) -> AsyncIterator[Bot]:
        """Give a world's bot an empty database on disk; it is not started. It wakes up at `start`."""
        birth = Birth(
            folder=str(folder),
            now=start.isoformat(),
            token=discord.token,
            api_base=discord.api_base,
            gateway=discord.gateway,
            control=discord.control,
        )
        bot = cls(birth)
        await discord.stand(start)
        await bot.prepare()
        try:
            yield bot
        finally:
            await bot.close()
