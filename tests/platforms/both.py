"""One bot on both platforms at once: the local Discord, and a real Matrix homeserver."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.engine.notices import Tell
from bot.engine.ports import Platform
from bot.model.event import Inbound
from bot.model.identity import Identity, MemberId
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.matrix.adapter import MatrixPlatform
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import MemoryState
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.migrate import create_all
from tests.platforms.discord.people import Discord, Guild, Place, Seen, User, eventually
from tests.platforms.discord.running import MONDAY, MovedClock, RunningBot
from tests.platforms.matrix.humans.plain import Human, Line
from tests.platforms.matrix.synapse import SERVER_NAME, Synapse


class MovedMatrix(MatrixPlatform):
    """A homeserver whose time is moved on as the test's is: its own runs in earnest."""

    def __init__(self, settings: MatrixSettings, state: MemoryState, clock: MovedClock, tell: Tell) -> None:
        super().__init__(settings, state, clock, tell=tell)
        self._moved = clock

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None:
        """Start, and report each event at its moved instant."""

        async def moved(event: Inbound) -> None:
            await receive(replace(event, at=event.at + self._moved.by))

        await super().start(moved, position)


@dataclass(kw_only=True)
class BotOnBoth(RunningBot):
    """A bot on Discord whose runs are on a homeserver too, with one device."""

    account: MatrixSettings
    device: MemoryState = field(default_factory=MemoryState)

    def others(self) -> list[Platform]:
        """Make the Matrix platform."""
        return [MovedMatrix(self.account, self.device, self.clock, self._tell)]

    async def catch_up(self) -> None:
        """Do what is due, after the clock was moved."""
        assert self.engine is not None
        await self.engine.drain()


@dataclass
class OnMatrix:
    """Somebody on Matrix, and their direct conversation with the bot."""

    human: Human
    bot: str
    direct: str = ""

    async def meets(self) -> None:
        """Open a direct conversation with the bot."""
        self.direct = await self.human.create_room(invite=[self.bot], direct=True)
        await self.human.until_member(self.direct, self.bot)

    async def says(self, text: str, answer: str, room: str = "") -> str:
        """Say something, in private if no room is named, and return what the bot answers to it."""
        before = {line.id for line in await self.from_bot(room)}
        await self.human.say(room or self.direct, text)
        return (await self._hears(answer, room, before)).text

    async def reads(self, text: str, room: str = "") -> Line:
        """Wait for a line of the bot's with this in it; return it."""
        return await self._hears(text, room, ())

    async def from_bot(self, room: str = "") -> list[Line]:
        """Return what the bot has said there."""
        return [line for line in await self.human.lines(room or self.direct) if line.sender == self.bot]

    async def _hears(self, text: str, room: str, before: Any) -> Line:
        def wanted(line: Line) -> bool:
            return line.sender == self.bot and text in line.text and line.id not in before

        return await self.human.hear(room or self.direct, wanted)


@dataclass
class Both:
    """Ana administers a server on Discord, with the team Atlas in it, and is on Matrix too; Bo is in her server."""

    discord: Discord
    synapse: Synapse
    bot: BotOnBoth
    guild: Guild
    general: Place
    ana: User
    bo: User
    ana2: OnMatrix

    async def says(self, words: str, **options: Any) -> Seen:
        """Ana uses a command in the server's channel, and reads the answer."""
        return await (await self.ana.slash(words, self.general, options)).answer()

    async def on_matrix(self, name: str) -> OnMatrix:
        """Somebody else on Matrix."""
        return OnMatrix(await self.synapse.human(name), self.bot.account.user_id)

    async def code(self) -> str:
        """Ana asks for a code on Discord, and reads it in private."""
        await (await self.ana.slash("me link")).answer()
        told = await self.ana.reads("me link ")
        return told.text.split("me link ")[1].split()[0].strip("`*")

    async def link(self) -> str:
        """Ana joins her two accounts; return what she reads on Matrix."""
        return await self.ana2.says(f"me link {await self.code()}", "one person")

    async def spans(self) -> str:
        """Make a room with Ana and the bot on Matrix, and its workspace part of the server's; return the room."""
        room = await self.ana2.human.create_room("atlas-matrix", invite=[self.bot.account.user_id])
        await self.ana2.human.until_member(room, self.bot.account.user_id)
        await self.ana2.says("!helio team create Borealis", "is made", room)
        await self.says("workspace code")
        told = await self.ana.reads("workspace link")
        code = told.text.split("“workspace link ")[1].split("”")[0]
        await self.ana2.says(f"!helio workspace link {code}", "It can't be undone", room)
        await self.ana2.says("!helio workspace link yes:yes", "is part of Polaris now", room)
        return room

    async def members(self, *accounts: Identity) -> list[Sequence[MemberId]]:
        """Return who each account is."""
        async with self.bot.transaction() as tx:
            return [[m.id for m in await tx.people.members_of_identity(account)] for account in accounts]

    async def entries(self, account: Identity) -> list[str]:
        """Return what stands in the journal of an account's person."""
        async with self.bot.transaction() as tx:
            authors = [m.id for m in await tx.people.members_of_identity(account)]
            return [e.text for e in await tx.journal.entries(authors=authors) if e.text]

    def account(self, who: User | OnMatrix) -> Identity:
        """Return what the bot calls an account."""
        if isinstance(who, User):
            return Identity("discord", str(who.id))
        return Identity("matrix", who.human.user_id)


@asynccontextmanager
async def both(discord: Discord, synapse: Synapse, folder: Path) -> AsyncIterator[Both]:
    """Run the bot, and set the server on Discord up; on Matrix there is no room with the bot yet."""
    user_id = await synapse.register(synapse.fresh("helio"))
    account = MatrixSettings(
        synapse.url, user_id, folder / "device", password="pw", allowed_inviters=(SERVER_NAME,), encryption="never"
    )
    chosen = DiscordSettings(discord.token, discord.api_base, discord.gateway, identify_every=0.0)
    database = Database.in_memory()
    await create_all(database, list(installed_cogs()))
    bot = BotOnBoth(discord, chosen, database, account=account)
    ana, bo = await discord.user("ana"), await discord.user("bo")
    guild = await discord.guild("Polaris", owner=ana)
    general = await guild.channel("general")
    await guild.join(bo)
    try:
        await bot.at(MONDAY)
        await bot.start()
        await discord.connected()
        made = Both(discord, synapse, bot, guild, general, ana, bo, OnMatrix(await synapse.human("Ana"), user_id))
        await made.says("team create", name="Atlas")
        await made.says("team add", team="Atlas", member=bo)
        await made.says("standup create", team="Atlas", at="09:30")
        yield made
    finally:
        await bot.stop()
        await database.close()


__all__ = ["Both", "OnMatrix", "both", "eventually"]
