"""Members who live on a local Discord, in one server, each with an account and what the server shows it.

The first admin makes the server and its channels; direct conversations are opened by whoever speaks first there. The
server's time is set to the world's whenever that has moved, and runs on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from bot.engine.platform_state import MemoryState
from bot.engine.ports import Localizer, Reader, Rendered
from bot.engine.transaction import Services
from bot.model.errors import HeliotropeError
from bot.model.identity import Account, Identity, Place
from bot.model.message import Message
from bot.platforms.console.server import ServiceRefuses
from bot.platforms.console.state import BOT
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.render import render
from bot.platforms.discord.settings import DiscordSettings
from bot.testing.chronicle import Observations
from bot.testing.clock import VirtualClock
from bot.testing.discord.control import Application, Control, controlled
from bot.testing.discord.doings import Doings
from bot.testing.discord.sights import Sights
from bot.testing.discord.town import Town
from bot.testing.news import News
from bot.testing.service import Resident, Stuck, channel, direct
from bot.testing.watched import Accepted, WatchedPlatform


class _WithoutOptionNames(DiscordPlatform):
    """The platform with commands written as they are typed on the console, so that the words compare."""

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Turn a message into bodies of Discord's messages."""
        return render(message, reader, localizer)


class DiscordService:
    """The `ChatService` on a local Discord. Made by `living`."""

    name = NAME

    def __init__(
        self,
        application: Application,
        control: Control,
        clock: VirtualClock,
        services: Services,
        *,
        team: str,
        languages: Mapping[str, str],
    ) -> None:
        """Take the application whose bot is to run; `team` names the server, `languages` are residents' by name."""
        self.application = application
        self.chronicle = Observations(clock)
        self.town = Town(control, application.bot, languages)
        self._control = control
        self._clock = clock
        self._services = services
        self._team = team
        self._sights = Sights(control, self.town, application.bot, self.chronicle)
        self._doings = Doings(clock)
        self._state = MemoryState()
        self._set_to: datetime | None = None
        """The instant that the server's time was set to."""
        self._marked: set[tuple[str, str, str]] = set()
        self._news = News(application.api_base, self._check)
        self._discord: DiscordPlatform | None = None
        self._watched: WatchedPlatform | None = None
        self._watching: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._failure: HeliotropeError | None = None

    @property
    def differences(self) -> Sequence[str]:
        """Where members see other words than the chronicle has."""
        return self._sights.differences

    async def close(self) -> None:
        """Let go of the bot's connections; the world stays as it is."""
        if self._ending is not None:
            await asyncio.gather(self._ending, return_exceptions=True)

    # --- who is there ---------------------------------------------------------------------------------------

    async def move_in(self, residents: Sequence[Resident], channels: Sequence[str]) -> None:
        """Let the first admin make the server, with everybody in it."""
        if not self.town.guild:
            await self._tell_time()
            await self.town.found(self._team, residents, channels)

    def account(self, name: str) -> Account:
        """Return a resident's account."""
        return Account(Identity(NAME, self.town.users[name]), name)

    def place(self, channel_name: str) -> Place:
        """Return a channel."""
        return Place(NAME, self.town.channels[channel(channel_name)])

    @property
    def scopes(self) -> Sequence[str]:
        """The one server that everybody is in."""
        return (self.town.guild,)

    # --- what members do ------------------------------------------------------------------------------------

    async def say(
        self, by: str, text: str, *, address: str | None = None, thread: str | None = None, act: str | None = None
    ) -> str:
        """Say something, and wait until the bot was told, if Discord tells it."""
        if act is not None and (done := self.chronicle.done(act)) is not None:
            return done
        address = address or direct(by)
        typed = self.town.typed(text, address)
        said = await self._do("say", by, address, thread, text=typed)
        message, user = str(said["id"]), self.town.users[by]
        if address == direct(by):
            self._doings.said(message, str(said["channel_id"]), "", user)
        elif self._watched is not None and self._mentioned(typed):
            self._doings.said(message, str(said["channel_id"]), self.town.guild, user)
        where = {"address": address, "thread": thread, "message": message}
        await self._did("said", {"by": by, **where, "text": text}, act)
        return message

    async def edit(self, by: str, message: str, text: str, *, act: str | None = None) -> None:
        """Change one's own message."""
        if act is None or self.chronicle.done(act) is None:
            where = self._own(by, message)
            typed = self.town.typed(text, where["address"])
            changed = await self._do("edit", by, where["address"], where["thread"], message=message, text=typed)
            self._doings.edited(message, str(changed["edited_at"]))
            await self._did("edited", {"by": by, **where, "text": text}, act)

    async def delete(self, by: str, message: str, *, act: str | None = None) -> None:
        """Take one's own message back."""
        if act is None or self.chronicle.done(act) is None:
            where = self._own(by, message)
            await self._do("delete", by, where["address"], where["thread"], message=message)
            self._doings.deleted(message)
            await self._did("deleted", {"by": by, **where}, act)

    async def react(self, by: str, message: str, emoji: str, *, act: str | None = None) -> None:
        """Put an emoji on a message. The bot is told of those on its own messages, while it runs."""
        if act is None or self.chronicle.done(act) is None:
            where = self.chronicle.where(message)
            await self._do("react", by, where["address"], where["thread"], message=message, emoji=emoji)
            told = self._watched is not None and self.chronicle.messages[message].by == BOT
            if told and (by, message, emoji) not in self._marked:
                self._doings.reacted(message, self.town.users[by], emoji)
            self._marked.add((by, message, emoji))
            await self._did("reacted", {"by": by, **where, "emoji": emoji, "removed": False}, act)

    def _own(self, by: str, message: str) -> dict[str, Any]:
        if self.chronicle.messages[message].by != by:
            raise ServiceRefuses(f"{message} is not {by}'s message")
        return self.chronicle.where(message)

    def _mentioned(self, typed: str) -> bool:
        return f"<@{self.application.bot}>" in typed

    async def _do(self, verb: str, by: str, address: str, thread: str | None, **arguments: Any) -> Any:
        """Let a member do something in a place, at the world's time; return the control API's answer."""
        await self._tell_time()
        place = self.town.spec(address, thread)
        try:
            return await self._control.call(verb, user=self.town.users[by], place=place, **arguments)
        except ServiceRefuses as refusal:
            raise ServiceRefuses(f"Discord does not let {by} {verb} this in {address}: {refusal}") from refusal

    async def _did(self, kind: str, data: dict[str, Any], act: str | None) -> None:
        """Note what the server took from a member; and wait until the bot was told, if there is one."""
        self.chronicle.note(kind, data if act is None else {**data, "act": act})
        if self._watched is not None:
            await self.heard()

    # --- the bot --------------------------------------------------------------------------------------------

    async def process(self) -> WatchedPlatform:
        """Return the port for a new process of the bot."""
        if self._ending is not None:
            await self._ending
        await self._tell_time()
        application, services = self.application, self._services
        settings = DiscordSettings(
            application.token,
            application.api_base,
            application.gateway,
            first_contact_per_hour=len(self.town.users),  # it would make them wait for hours that nobody waits here
        )
        self._discord = _WithoutOptionNames(
            settings, self._state, self._clock, registry=services.registry, localizer=services.localizer
        )
        names = {user: name for name, user in self.town.users.items()}
        self._watched = WatchedPlatform(
            self._discord,
            self._clock,
            names=names,
            done_at=self._doings.at,
            news=self._news.came,
            look=self._look,
        )
        return self._watched

    def cut_off(self) -> None:
        """End the process: it hears and reaches nothing from now on; its connections are closed beside."""
        if self._watching is not None:
            self._watching.cancel()
        if self._watched is not None:
            self._watched.cut()
            self._ending = asyncio.create_task(self._watched.stop())
        self._watched = self._discord = self._watching = None

    async def heard(self) -> None:
        """Wait until the bot was told all that Discord tells it."""
        watched = self._watched
        assert watched is not None, "the bot does not run"
        await self._tell_time()
        await self._news.until(lambda: self._doings.untold <= watched.heard, "the bot to hear its members")
        self._doings.untold.clear()

    async def shown(self) -> None:
        """Note what the server took from the bot as members saw it, and whatever else they see of it."""
        watched = self._watched
        assert watched is not None, "the bot does not run"
        self._check()
        while watched.accepted:
            await self._sights.note(watched.accepted.pop(0))
        await self._sights.note_unexplained()

    async def _look(self, one: Accepted) -> None:
        """Let members look; what goes wrong with that is no failure of the bot's."""
        try:
            await self._sights.look(one)
        except (HeliotropeError, KeyError) as problem:
            self._failure = self._failure or Stuck(f"nobody could look at {one.key}: {problem}")

    # --- time and waiting -----------------------------------------------------------------------------------

    async def _tell_time(self) -> None:
        """Set the server's time to the world's, if that has moved; it runs on from there, as time does."""
        now = self._clock.now()
        if self._set_to != now:
            self._set_to = now
            await self._control.call("stand", at=now.isoformat())
            await self._control.call("stand", at=None)

    def _check(self) -> None:
        """Raise Stuck where the members or the bot have given up."""
        if self._discord is not None and self._watching is None:
            self._watching = asyncio.create_task(self._discord.watch())
        if self._failure is not None:
            raise self._failure
        if self._watched is not None and self._watched.failure is not None:
            raise self._watched.failure
        if self._watching is not None and self._watching.done():
            raise Stuck(f"the bot can't use its account any more: {self._watching.exception()}")


@asynccontextmanager
async def living(
    application: Application, services: Services, team: str, languages: Mapping[str, str], clock: VirtualClock
) -> AsyncIterator[DiscordService]:
    """Members of a new server there; the bot's connections end with it."""
    async with controlled(application) as control:
        service = DiscordService(application, control, clock, services, team=team, languages=languages)
        try:
            yield service
        finally:
            await service.close()
