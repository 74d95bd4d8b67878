"""The bot's own account in tests: a platform on a real homeserver, and what it reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from bot.app import services
from bot.clock import SystemClock
from bot.engine.ports import Chunk, Localizer, Op, Part, Reader
from bot.model.event import Inbound
from bot.model.identity import Identity, Place
from bot.model.message import Message, Sentence, message
from bot.platforms.matrix.adapter import MatrixPlatform
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import MemoryState
from tests.platforms.matrix.synapse import SERVER_NAME, Synapse

LOCALIZER: Localizer = services(()).localizer
PATIENCE = 15.0
Kind = TypeVar("Kind", bound=Inbound)
Found = TypeVar("Found")


class BotAccount:
    """One account, its state and its folder; `platform` is the process that runs now."""

    def __init__(self, synapse: Synapse, user_id: str, folder: Path, **settings: Any) -> None:
        self.synapse = synapse
        self.user_id = user_id
        self.state = MemoryState()
        self.clock = SystemClock()
        self.heard: list[Inbound] = []
        self.told: list[tuple[str, Sentence]] = []
        self.points: list[str] = []
        self.probe: Callable[[str], None] = self.points.append
        self.settings = MatrixSettings(
            synapse.url,
            user_id,
            folder / "device",
            **{
                "password": "pw",
                "allowed_inviters": (SERVER_NAME,),
                "store_passphrase": "correct horse",
                **settings,
            },
        )
        self.platform = self.process()

    @classmethod
    async def make(cls, synapse: Synapse, folder: Path, **settings: Any) -> BotAccount:
        """Register a fresh account."""
        return cls(synapse, await synapse.register(synapse.fresh("helio")), folder, **settings)

    def process(self) -> MatrixPlatform:
        """Return a new process of the bot, not started."""

        async def tell(key: str, sentence: Sentence) -> None:
            self.told.append((key, sentence))

        return MatrixPlatform(self.settings, self.state, self.clock, probe=self._probed, tell=tell)

    def _probed(self, point: str) -> None:
        self.probe(point)

    def change(self, **settings: Any) -> None:
        """Change settings for the next process."""
        self.settings = replace(self.settings, **settings)

    async def start(self, position: str | None = None) -> MatrixPlatform:
        """Start the process."""
        await self.platform.start(self.receive, position)
        return self.platform

    async def restart(self, position: str | None = None) -> MatrixPlatform:
        """Stop the process, and start another one."""
        await self.platform.stop()
        self.platform = self.process()
        return await self.start(position)

    async def receive(self, event: Inbound) -> None:
        """Keep what is reported, once, as the inbox does."""
        if event.id not in {known.id for known in self.heard}:
            self.heard.append(event)

    async def hear(self, kind: type[Kind], wanted: Callable[[Kind], bool] = lambda event: True) -> Kind:
        """Wait until an event of a kind was reported, and return it."""
        return await self.until(
            lambda: next((event for event in self.heard if isinstance(event, kind) and wanted(event)), None)
        )

    async def until(self, found: Callable[[], Found | None]) -> Found:
        """Wait until something is there, and return it. Fails after a while."""
        async with asyncio.timeout(PATIENCE):
            while not (it := found()):  # noqa: ASYNC110 -- another process decides
                await asyncio.sleep(0.02)
        return it

    async def joined(self, room: str) -> None:
        """Wait until the bot is in a room."""
        await self.until(lambda: room in self.platform.book.rooms and self.platform.book.rooms[room].whole)

    async def say(self, place: Place, what: str | Message, key: str, **chunk: Any) -> str:
        """Send as the engine does; return the message's id."""
        return await self.platform.send(place, self.content(what), a_chunk(key, **chunk))

    def content(self, what: str | Message) -> Any:
        """Return the one content that shows it."""
        (one,) = self.contents(what)
        return one

    def contents(self, what: str | Message) -> list[Any]:
        """Return the contents that show it."""
        shown = message(what) if isinstance(what, str) else what
        return [part.content for part in self.platform.render(shown, Reader("en", "UTC", direct=True), LOCALIZER)]

    async def direct(self, user_id: str) -> Place:
        """Return the direct conversation with a user."""
        return await self.platform.direct_place(Identity("matrix", user_id))


def a_chunk(key: str, op: Op = Op.SEND, **more: Any) -> Chunk:
    """Return a chunk as the engine hands it over."""
    return Chunk(1, 1, "matrix", "s", op, key, {}, "", (Part("test.what", key, None),), unasked=False, **more)


def in_room(room: str, thread: str | None = None) -> Place:
    """Return a place."""
    return Place("matrix", room, thread)
