"""The contract of the `Platform` port, as the console keeps it too, on a Discord of our own."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest_asyncio
from hypothesis import given

from bot.engine.platform_state import MemoryState
from bot.engine.ports import Chunk, Platform, Reader
from bot.model.event import Inbound
from bot.model.identity import Identity, MemberId, Place
from bot.model.message import Choice, Message, Person, Text, message
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.directs import HEARD
from bot.platforms.discord.ears import Service
from bot.platforms.discord.hearing import Hearing
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.render import LIMIT
from bot.platforms.discord.settings import DiscordSettings
from tests.contracts import test_platform as contract
from tests.platforms.discord.people import Discord, eventually
from tests.platforms.discord.process import LocalDiscord
from tests.platforms.discord.running import MovedClock
from tests.platforms.discord.speaking import account

MARK = "TEST_MARK"
"""An event of the bench's own: when it is heard, all that happened before it was."""
_WRITTEN = (0, 19)


class Marked(Hearing):
    """The platform's own ears, which note the bench's marks."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.marks: set[int] = set()

    async def hear(self, event: str, data: Mapping[str, Any]) -> None:
        if event == MARK:
            self.marks.add(data["number"])
        else:
            await super().hear(event, data)


class AtOnce(DiscordPlatform):
    """The platform, connected by what is first asked of it. A stop ends its reports; `end` the connection too."""

    def __init__(self, settings: DiscordSettings, state: MemoryState, clock: MovedClock) -> None:
        super().__init__(settings, state, clock, hearing=Marked)
        self._to: Callable[[Inbound], Awaitable[None]] | None = None
        self._connected = False

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None:
        self._to = receive
        await self.connect(position)

    async def stop(self) -> None:
        self._to = None

    async def end(self) -> None:
        """Be stopped as a process is."""
        if self._connected:
            await super().stop()

    async def connect(self, position: str | None = None) -> None:
        """Log in and listen, if that was not done yet."""
        if not self._connected:
            self._connected = True
            await super().start(self._pass_on, position)

    async def _pass_on(self, event: Inbound) -> None:
        if self._to is not None:
            await self._to(event)

    async def direct_place(self, identity: Identity) -> Place:
        await self.connect()
        return await super().direct_place(identity)

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        await self.connect()
        return await super().send(place, content, chunk)

    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None:
        await self.connect()
        await super().react(place, message_id, emoji, chunk)

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        await self.connect()
        return await super().find(place, chunk, since)


class DiscordBench:
    """One application with its bot, and people in one server, one act after another."""

    limit = LIMIT

    def __init__(self, discord: Discord, url: str, room: str, host: str, people: Mapping[str, str]) -> None:
        self.clock = MovedClock()
        self._discord = discord
        self._control = f"{url}/control/worlds/{discord.token}"
        self._state = MemoryState()
        self._made: list[AtOnce] = []
        self._room = room
        self._host = host
        self._people = people
        self._firsts: dict[str, str] = {}
        """The first thing that was said in each direct conversation."""
        self._marks = count(1)
        self.platform: Platform = self.restarted()

    @classmethod
    async def make(cls, discord: Discord, url: str) -> DiscordBench:
        """Make a server with a channel, and people in it."""
        host = await discord.user("host")
        guild = await discord.guild("Atlas", owner=host)
        general = await guild.channel("general")
        people = {}
        for name in ("Ana", "Bo", "Robo"):
            user = await discord.user(name.lower(), display=name, bot=name == "Robo")
            await guild.join(user)
            people[name] = str(user.id)
        return cls(discord, url, str(general.id), str(host.id), people)

    def restarted(self) -> Platform:
        # How far it has heard is kept with each thing that it heard: here it is as if killed after the first.
        self._state.values.update({f"{HEARD}{channel}": first for channel, first in self._firsts.items()})
        self._made.append(AtOnce(account(self._discord), self._state, self.clock))
        return self._made[-1]

    async def end(self) -> None:
        for platform in self._made:
            await platform.end()

    def room(self) -> Place:
        return Place(NAME, self._room)

    def person(self, name: str) -> Identity:
        return Identity(NAME, self._people[name])

    def other_bot(self, name: str) -> Identity:
        return self.person(name)

    def close(self, person: Identity) -> None:
        self._act("change_user", user=person.account, dms_open=False)

    def shown(self, place: Place) -> Sequence[tuple[str, str]]:
        return [(each["id"], each["text"]) for each in self._seen(place) if each["kind"] in _WRITTEN]

    def reactions(self, place: Place, message_id: str) -> int:
        return sum(len(users) for users in self._message(place, message_id)["reactions"].values())

    def notified(self, place: Place, message_id: str) -> set[str]:
        return set(self._message(place, message_id)["notified"])

    def says(self, person: Identity, place: Place, text: str) -> str:
        """Say it; in the server to the bot, which hears nothing else there; "@Bo" as clients make it of a name."""
        text = re.sub(r"@(\w+)", lambda found: f"<@{self._people[found[1]]}>", text)
        direct = place.address != self._room
        said = text if direct else f"<@{self._discord.bot_id}> {text}"
        made: str = self._act("say", user=person.account, place=self._spec(place, person.account), text=said)["id"]
        if direct:
            self._firsts.setdefault(place.address, made)
        return made

    def edits(self, person: Identity, place: Place, message_id: str, text: str) -> None:
        where = self._spec(place, person.account)
        self._act("edit", user=person.account, place=where, message=message_id, text=text)

    def deletes(self, person: Identity, place: Place, message_id: str) -> None:
        self._act("delete", user=person.account, place=self._spec(place, person.account), message=message_id)

    def reacts(self, person: Identity, place: Place, message_id: str, emoji: str) -> None:
        where = self._spec(place, person.account)
        self._act("react", user=person.account, place=where, message=message_id, emoji=emoji)

    async def reported(self, platform: Platform) -> None:
        assert isinstance(platform, AtOnce) and isinstance(platform.ears, Marked)
        number, marks = next(self._marks), platform.ears.marks
        self._act("dispatch", event=MARK, data={"number": number})
        await eventually(lambda: number in marks)

    def pass_time(self, length: timedelta) -> None:
        self.clock.by += length
        self._act("skew", seconds=length.total_seconds())

    # --- inside -------------------------------------------------------------------------------------------------

    def _spec(self, place: Place, person: str) -> dict[str, str]:
        return {"channel": place.thread or place.address} if place.address == self._room else {"dm": person}

    def _seen(self, place: Place) -> list[dict[str, Any]]:
        if place.address == self._room:
            return list(self._act("sees", user=self._host, place=self._spec(place, self._host)))
        found = []
        for person in self._people.values():
            seen = self._act("sees", user=person, place={"dm": person})
            found += [each for each in seen if each["channel_id"] == place.address]
        return found

    def _message(self, place: Place, message_id: str) -> dict[str, Any]:
        return next(each for each in self._seen(place) if each["id"] == message_id)

    def _act(self, verb: str, **arguments: Any) -> Any:
        data, headers = json.dumps(arguments).encode(), {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._control}/{verb}", data, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@pytest_asyncio.fixture
async def bench(discord: Discord, discord_server: LocalDiscord) -> AsyncIterator[DiscordBench]:
    made = await DiscordBench.make(discord, discord_server.url)
    yield made
    await made.end()


APART = frozenset(
    {
        "test_a_long_text_is_split_without_losing_a_character",  # below: it needs no server
        "test_a_mention_notifies_only_who_may_be_notified",  # below: a name is shown here, not an account
        "test_what_was_sent_is_found_by_its_key_long_after_the_safe_window",  # below: only buttons carry a key here
    }
)
globals().update(
    {name: test for name, test in vars(contract).items() if name.startswith("test_") and name not in APART}
)


@given(contract.LONG)
def test_a_long_text_loses_no_character(text: str) -> None:
    platform = DiscordPlatform(DiscordSettings("no.token.needed"), MemoryState(), MovedClock())
    contract.keeps_every_character(platform, LIMIT, text)


async def test_only_who_may_be_notified_is(bench: DiscordBench) -> None:
    ana, bo = bench.person("Ana"), bench.person("Bo")
    both = message(
        contract._("{a} and {b}", a=Person(MemberId(1), "Ana", ping=True), b=Person(MemberId(2), "Bo", ping=True))
    )
    reader = Reader("en", pings={MemberId(1): ana.account})
    sent = await bench.platform.send(bench.room(), contract.content(bench, both, reader), contract.chunk("k1"))
    assert bench.notified(bench.room(), sent) == {ana.account}
    assert dict(bench.shown(bench.room()))[sent] == f"<@{ana.account}> and Bo" and bo.account != ana.account


async def test_what_has_choices_is_found_by_its_key_long_after_the_safe_window(bench: DiscordBench) -> None:
    asked = Message((Text(("good morning",)),), (Choice("skip", contract._("Skip"), "⏭"),))
    content = contract.content(bench, asked)
    for key in ("k1", "k2"):
        await bench.platform.send(bench.room(), content, contract.chunk(key))
    first, _second = (id for id, _text in bench.shown(bench.room()))
    bench.pass_time(bench.platform.safe_window * 100)
    assert await bench.restarted().find(bench.room(), contract.chunk("k1"), contract.NOW) == [first]
    assert await bench.platform.find(bench.room(), contract.chunk("never sent"), contract.NOW) == []
