"""A bot on a homeserver that is killed and goes on, and a homeserver that is: see tests/platforms/lives.py."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from tests.platforms import lives
from tests.platforms.lives import DEAD, Strike, Victim
from tests.platforms.matrix.life import Birth
from tests.platforms.matrix.synapse import Synapse

__all__ = ["Bot", "Happening", "Strike", "Victim"]

Happening = Callable[[], Awaitable[object]]


async def _nothing() -> None:
    pass


class Bot(lives.Bot[Birth]):
    """One account's bot. `steady` is held by whoever needs the server to be up."""

    module = "tests.platforms.matrix.life"

    def __init__(self, synapse: Synapse, birth: Birth) -> None:
        super().__init__(birth)
        self.synapse = synapse
        self.user_id = birth.user_id
        self.steady = asyncio.Lock()
        self.around: tuple[Happening, Happening] | None = None
        """What people do just before the server is killed the next time, and just after it is back."""
        self._striking: asyncio.Task[None] | None = None

    @classmethod
    async def make(
        cls, synapse: Synapse, folder: Path, start: datetime, encryption: str = "auto", url: str = ""
    ) -> Bot:
        """Give a bot a fresh account and an empty database on disk; it is not started."""
        user_id = await synapse.register(synapse.fresh("helio"))
        birth = Birth(
            folder=str(folder),
            now=start.isoformat(),
            homeserver=url or synapse.url,
            user_id=user_id,
            encryption=encryption,
        )
        bot = cls(synapse, birth)
        await bot.prepare()
        return bot

    async def kill_server(self) -> None:
        """Kill the homeserver and start it again; time stands still for the bot meanwhile, and it tries."""
        self._holds += 1  # a life that begins now stands still from its birth
        pid, held = self._pid, self._held
        if pid != DEAD:
            await self._say(hold=True)
            await self._wait(lambda: self._held > held or self._pid != pid, "time to stand still")
        await self._restart_server()

    async def _restart_server(self) -> None:
        just_before, just_after = self.around or (_nothing, _nothing)
        self.around = None
        await just_before()
        async with self.steady:
            self.synapse.stop(kill=True)
            self._signal(signal.SIGCONT)  # it may have stopped itself for this
            await asyncio.to_thread(self.synapse.start)
        await just_after()
        await self._say(strike=self._next_strike())
        self._holds -= 1
        if not self._holds:
            await self._say(hold=False)

    def stopped(self) -> None:
        """It has stopped itself at a step: the server dies, and the bot goes on before it is back."""
        self._striking = asyncio.create_task(self._strike_server())

    async def _strike_server(self) -> None:
        self._holds += 1
        try:
            await self._restart_server()
        except Exception as problem:
            self._wreck = problem
