"""The stage: a small world for tests, on which people are put, say things and wait.

async with Stage.create(start=datetime(2026, 10, 26, 8, 0, tzinfo=UTC)) as stage:
    ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
    await stage.team("Atlas", ana)
    seen = await stage.says("Ana", "team show Atlas")
    assert "Lisbon" in seen[0].text
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from bot.app import services
from bot.engine.ports import Storage
from bot.engine.transaction import Services, Transaction
from bot.model.cog import Cog
from bot.model.identity import Account, ChannelId, Identity, MemberId, Place, TeamId
from bot.model.people import Channel, Member, Purpose, Team, Workspace
from bot.model.working_time import WorkingWeek, parse_hours, parse_weekdays
from bot.platforms.console import server as chat
from bot.platforms.console.adapter import NAME
from bot.platforms.console.server import ConsoleServer
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.migrate import create_all
from bot.testing.clock import VirtualClock
from bot.testing.installation import Installation
from bot.testing.on_console import ConsoleService
from bot.testing.transcript import Seen, Transcript

START = datetime(2026, 10, 26, tzinfo=UTC)
"""Where a stage's clock starts if nobody says otherwise: a Monday."""


class Annex:
    """A second chat service on the stage, another platform to the bot: the same person may have an account on both."""

    NAME = "annex"

    def __init__(self, stage: Stage, server: ConsoleServer) -> None:
        self.server = server
        self.seen: list[Seen] = []
        self._stage = stage
        self._transcript = Transcript(server)

    def account(self, name: str, *, admin: bool = False) -> Account:
        """Give somebody an account there."""
        self.server.add_account(name, admin=admin)
        return Account(Identity(self.NAME, name), name)

    def room(self, name: str) -> Place:
        """Make a channel there."""
        self.server.add_channel(name)
        return Place(self.NAME, chat.channel(name))

    async def says(self, name: str, text: str, place: str | None = None) -> list[Seen]:
        """Say something there, in private or in a channel; return what the bot did there because of it."""
        self.server.say(name, text, address=chat.direct(name) if place is None else chat.channel(place))
        before = len(self.seen)
        await self._stage.settle()
        return self.seen[before:]

    def to(self, name: str) -> list[Seen]:
        """What the bot did in this person's direct conversation there."""
        return [seen for seen in self.seen if seen.to == f"dm:{name}"]

    def look(self) -> None:
        """See what the bot has done there."""
        self.seen += self._transcript.more()


class Stage:
    """A world in memory that stands still until it is told to go on. Made by `create`."""

    def __init__(
        self, installation: Installation, server: ConsoleServer, language: str, second: ConsoleServer | None = None
    ) -> None:
        """Set the stage on parts that are ready; `create` does both."""
        self._annex = Annex(self, second) if second is not None else None
        self.installation = installation
        self.clock = installation.clock
        self.server = server
        self.services: Services = installation.services
        self.storage: Storage = installation.storage
        self.seen: list[Seen] = []
        self._language = language
        self._transcript = Transcript(self.server)
        self._workspace: Workspace | None = None

    @staticmethod
    def create(
        start: datetime = START, language: str = "en", cogs: Iterable[Cog] | None = None, *, annex: bool = False
    ) -> Setting:
        """Return what makes a stage by `await`, or by `async with`, which also strikes it afterwards.

        `cogs` are all those installed, if left out. `language` is the workspace's. With `annex` there is a second
        chat service beside the main one.
        """
        return Setting(start, language, cogs, annex)

    @property
    def annex(self) -> Annex:
        """The second chat service. Raises LookupError on a stage that was made without."""
        if self._annex is None:
            raise LookupError("this stage has one chat service: create it with annex=True")
        return self._annex

    # --- who and where --------------------------------------------------------------------------------------

    async def workspace(self) -> Workspace:
        """Return the one workspace, made if there is none yet."""
        if self._workspace is None:
            async with self.storage.transaction() as stores:
                made = await stores.directory.create_workspace("Stage", self._language, NAME, NAME)
            self._workspace = made
        return self._workspace

    async def member(
        self,
        name: str,
        *,
        zone: str = "UTC",
        hours: str = "09:00-17:00",
        days: str = "mon-fri",
        language: str | None = None,
        holidays: str | None = None,
        admin: bool = False,
        zone_known: bool = True,
    ) -> Member:
        """Put a person on the stage: an account in the chat service, and a member of the workspace."""
        self.account(name, admin=admin)
        workspace = await self.workspace()
        week = WorkingWeek.uniform(parse_hours(hours), parse_weekdays(days))
        member = Member(MemberId(0), workspace.id, name, zone, week, language, holidays, admin, zone_known=zone_known)
        async with self.transaction() as tx:
            return await tx.people.create_member(member, Account(Identity(NAME, name), name))

    def account(self, name: str, *, admin: bool = False, bot: bool = False) -> Account:
        """Give somebody an account without making them a member: a stranger, or another bot."""
        self.server.add_account(name, admin=admin, bot=bot)
        return Account(Identity(NAME, name), name)

    async def team(self, name: str, *members: Member) -> Team:
        """Make a team of members; the first is its owner."""
        owner = members[0]
        async with self.transaction() as tx:
            team = await tx.people.create_team(Team(TeamId(0), owner.workspace, name, owner.zone, owner.id))
            for member in members:
                await tx.people.add_to_team(team, member)
        return team

    def room(self, name: str, scope: str = "") -> Place:
        """Make a channel in the chat service that serves nobody for anything yet; in the main scope, or another."""
        self.server.add_channel(name, scope)
        return Place(NAME, chat.channel(name))

    async def channel(self, team: Team, purpose: Purpose, name: str) -> Channel:
        """Give a team a channel for a purpose."""
        channel = Channel(ChannelId(0), team.workspace, team.id, purpose, self.room(name), name)
        async with self.transaction() as tx:
            return await tx.people.set_channel(channel)

    # --- what people do -------------------------------------------------------------------------------------

    async def says(
        self, name: str, text: str, place: str | None = None, attachments: tuple[str, ...] = ()
    ) -> list[Seen]:
        """Say something, in the direct conversation with the bot or in a channel or "thread:<title>".

        Returns what the bot did because of it.
        """
        address, thread = self._find(name, place)
        self.server.say(name, text, address=address, thread=thread, attachments=attachments)
        return await self.settle()

    async def edits(self, name: str, n: int, text: str) -> list[Seen]:
        """Change the n-th message (from 1) that this person said."""
        self.server.edit(name, self.server.said_by(name)[n - 1], text)
        return await self.settle()

    async def deletes(self, name: str, n: int) -> list[Seen]:
        """Take back the n-th message (from 1) that this person said."""
        self.server.delete(name, self.server.said_by(name)[n - 1])
        return await self.settle()

    async def reacts(self, name: str, emoji: str, place: str | None = None, removed: bool = False) -> list[Seen]:
        """Put an emoji on the bot's last message to this person (or in a channel), or take it away."""
        self.server.react(name, self._last(name, place), emoji, removed=removed)
        return await self.settle()

    async def presses(self, name: str, command: str, place: str | None = None) -> list[Seen]:
        """Press the choice with that command under the bot's last message to this person, or in a channel."""
        self.server.press(name, self._last(name, place), command)
        return await self.settle()

    async def leaves(self, name: str, scope: str = "") -> list[Seen]:
        """Leave the main scope of the chat service with all its channels, or another one."""
        self.server.leave(name, scope)
        return await self.settle()

    # --- time -----------------------------------------------------------------------------------------------

    async def settle(self) -> list[Seen]:
        """Let the bot do what there is to do now; return what it did."""
        await self.installation.settle()
        more = list(self._transcript.more())
        self.seen += more
        if self._annex is not None:
            self._annex.look()
        return more

    async def until(self, instant: datetime) -> list[Seen]:
        """Let time pass until an instant, and all that is due by then happen; return what the bot did."""
        before = len(self.seen)
        await self.settle()
        while (due := await self.installation.next_due()) is not None and due <= instant:
            self.clock.move_to(due)
            await self.settle()
        self.clock.move_to(instant)
        await self.settle()
        return self.seen[before:]

    async def downtime(self, from_: datetime, to: datetime) -> list[Seen]:
        """Let the bot's process be dead from one instant to another; return what it did before and after."""
        before = len(self.seen)
        await self.until(from_)
        self.kill()
        self.clock.move_to(to)
        await self.restart()
        return self.seen[before:]

    def kill(self) -> None:
        """Kill the bot's process; what people say from now on, it can only read back."""
        self.installation.kill()

    async def restart(self) -> list[Seen]:
        """Start the bot's process on what the last one left; return what it did."""
        await self.installation.start()
        return await self.settle()

    # --- looking --------------------------------------------------------------------------------------------

    def to(self, name: str) -> list[Seen]:
        """What the bot did in this person's direct conversation."""
        return [seen for seen in self.seen if seen.to == f"dm:{name}"]

    def inside(self, place: str) -> list[Seen]:
        """What the bot did in a channel, or in a "thread:<title>"."""
        wanted = place if place.startswith("thread:") else f"channel:{place}"
        return [seen for seen in self.seen if seen.to == wanted]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A real transaction at the stage's time; what it sends goes out the next time the bot settles."""
        async with self.installation.transaction() as tx:
            yield tx

    def _find(self, name: str, place: str | None) -> tuple[str, str | None]:
        if place is None:
            return chat.direct(name), None
        if not place.startswith("thread:"):
            return chat.channel(place), None
        found = self.server.thread_titled(place.removeprefix("thread:"))
        if found is None:
            raise LookupError(f"there is no {place}")
        return found

    def _last(self, name: str, place: str | None) -> str:
        address, _ = self._find(name, place)
        last = self.server.last_from_bot(address)
        if last is None:
            raise LookupError(f"the bot has said nothing in {address}")
        return last


class Setting:
    """A stage that is not made yet: `await` it, or enter it by `async with`."""

    def __init__(self, start: datetime, language: str, cogs: Iterable[Cog] | None, annex: bool) -> None:
        """Keep what `Stage.create` was given."""
        self._annex = annex
        self._start = start
        self._language = language
        self._cogs = cogs
        self._database: Database | None = None
        self._stage: Stage | None = None

    def __await__(self) -> Generator[Any, None, Stage]:
        return self._set().__await__()

    async def __aenter__(self) -> Stage:
        return await self._set()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stage is not None:
            await self._stage.installation.stop()
        if self._database is not None:
            await self._database.close()

    async def _set(self) -> Stage:
        clock = VirtualClock(self._start)
        cogs = list(installed_cogs() if self._cogs is None else self._cogs)
        self._database = Database.in_memory()
        await create_all(self._database, cogs)
        server = ConsoleServer(clock)
        second = ConsoleServer(clock) if self._annex else None
        others = [ConsoleService(second, Annex.NAME)] if second is not None else []
        installation = Installation(clock, ConsoleService(server), self._database, services(cogs), others=others)
        await installation.start()
        self._stage = Stage(installation, server, self._language, second)
        return self._stage
