"""A team's day on a real homeserver in which the bot, or the server, is killed at will; and what comes of it.

The same day is lived undisturbed once. What its people see in their clients at the end, and what the journal holds,
must be the same in every other: nothing lost, nothing twice.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from tests.platforms.matrix.humans.js import DriverError, JsHuman
from tests.platforms.matrix.humans.plain import Event, Human, Line, eventually, lines, relation
from tests.platforms.matrix.lives import Bot, Happening, Strike
from tests.platforms.matrix.synapse import Synapse
from tests.platforms.matrix.wire import Cut, Wire
from tests.platforms.outcome import BETWEEN, Outcome, entries

PEOPLE = ("Ana", "Mia")
ROOM = "the room"
_SAID = ("m.room.message", "m.room.encrypted", "m.reaction")
# What had no answer is tried again some seconds or minutes later, and those pass.
_DRIFTS = re.compile(r"\b(it is|again at) \d+:\d\d")
Found = TypeVar("Found")


@dataclass
class World:
    """A team, its bot, and a day; `strikes` and `cuts` are those planned for each moment of it.

    `absences` has the bot killed before people say some of what they say, and started again after it. `strict`
    fails the day if something that was planned for a moment did not happen in it.
    """

    synapse: Synapse
    bot: Bot
    people: Mapping[str, Human]
    encrypted: bool
    strikes: Mapping[str, Sequence[Strike]] = field(default_factory=dict)
    cuts: Mapping[str, Sequence[Cut]] = field(default_factory=dict)
    absences: bool = False
    strict: bool = True
    wire: Wire | None = None
    rooms: dict[tuple[str, str], str] = field(default_factory=dict)
    """Room ids by who reads there and what it is called."""

    @classmethod
    @asynccontextmanager
    async def make(
        cls, synapse: Synapse, folder: Path, encrypted: bool, start: datetime, **planned: Any
    ) -> AsyncIterator[World]:
        """Bring a fresh team to the server, strict clients where things are encrypted; its bot is not started.

        `planned` is what is to go wrong: `strikes`, `cuts`, `absences`.
        """
        bring = synapse.js_human if encrypted else synapse.human
        people: dict[str, Human] = {name: await bring(name) for name in PEOPLE}
        wire = Wire(synapse.url) if planned.get("cuts") else None
        if wire is not None:
            await wire.open()
        bot = await Bot.make(synapse, folder, start, url=wire.url if wire else "")
        bot.impatient = bool(planned)
        world = cls(synapse, bot, people, encrypted, wire=wire, **planned)
        if wire is not None:
            wire.struck = world._cut_off
        try:
            yield world
        finally:
            await bot.close()
            if wire is not None:
                await wire.close()

    async def _cut_off(self, cut: Cut) -> None:
        if cut.victim == "bot":
            await self.bot.strike_down()
        else:
            await self.bot.kill_server()

    @asynccontextmanager
    async def moment(self, name: str, until: datetime) -> AsyncIterator[None]:
        """A part of the day; what is due until its end happens, and all strikes that are planned for it."""
        await self.bot.strike(self.strikes.get(name, ()))
        if self.wire is not None:
            self.wire.cut(self.cuts.get(name, ()))
        yield
        await self.bot.until(until)
        left: list[Strike | Cut] = [*self.bot.strikes, *(self.wire.cuts if self.wire is not None else ())]
        assert not (self.strict and left), (
            f"during {name}, nobody was killed: {left[:1]}; what happened: {self.happened()}"
        )

    def happened(self) -> str:
        """What has gone wrong so far, as was planned."""
        return ", ".join(map(str, self.befallen()))

    def befallen(self) -> list[Strike | Cut]:
        """The strikes and cuts that happened."""
        return [*self.bot.fallen, *(self.wire.made if self.wire is not None else ())]

    @asynccontextmanager
    async def absence(self) -> AsyncIterator[None]:
        """The bot is down meanwhile, killed."""
        if self.absences:
            await self.bot.kill()
        yield
        if self.absences:
            await self.bot.start()

    async def around_a_kill(self, first: Happening, before: Happening, after: Happening) -> None:
        """Have people do something, then more just before a kill, and more just after it, whoever is killed."""
        if any(strike.victim == "server" for strike in self.bot.strikes):
            self.bot.around = (before, after)
            await first()
            return
        await first()
        await before()
        async with self.absence():
            await after()

    # --- what people do -----------------------------------------------------------------------------------------

    def steadily(self) -> AbstractAsyncContextManager[object]:
        """Do something while the server is up."""
        return self.bot.steady

    async def says(self, name: str, where: str, text: str, mention: str = "") -> str:
        """Have someone say something; `mention` links to that person."""
        more = {}
        if mention:
            user = self.people[mention].user_id
            linked = text.replace(mention, f'<a href="https://matrix.to/#/{user}">{mention}</a>')
            more = {"format": "org.matrix.custom.html", "formatted_body": linked}
        async with self.steadily():
            mentions = [self.people[mention].user_id] if mention else []
            return await self.people[name].say(self.rooms[name, where], text, mentions=mentions, **more)

    async def sees(self, name: str, where: str, *wanted: str, thread: str | None = None, n: int = 1) -> Line:
        """Wait until lines of the bot have all these words, the first of them `n` times; return the last."""

        def found(seen: Sequence[Line]) -> Line | None:
            fit = [
                line
                for line in seen
                if line.sender == self.bot.user_id
                and all(words in line.text for words in wanted)
                and thread in (None, line.thread)
            ]
            return fit[-1] if sum(line.text.count(wanted[0]) for line in fit) >= n else None

        return await self.until_seen(name, where, found, f"{n} x {wanted}")

    async def stops_seeing(self, name: str, where: str, words: str) -> None:
        """Wait until no line has these words any more."""
        await self.until_seen(
            name, where, lambda seen: all(words not in line.text for line in seen) or None, f"no {words!r}"
        )

    async def until_seen(
        self, name: str, where: str, found: Callable[[Sequence[Line]], Found | None], what: str
    ) -> Found:
        """Look at a room until something is found there."""
        seen: list[Line] = []
        try:
            async with asyncio.timeout(self.bot.patience):
                while True:
                    self.bot.check()
                    with suppress(aiohttp.ClientError):  # the server is down just now
                        seen = await self.people[name].lines(self.rooms[name, where])
                        if (it := found(seen)) is not None:
                            return it
                    await asyncio.sleep(0.05)
        except TimeoutError:
            shown = "\n".join(f"{line.sender}: {line.text or line.undecryptable}" for line in seen)
            raise AssertionError(
                f"{name} waited for {what} in {where}, which shows:\n{shown}\nafter {self.happened()}\n{self.bot.log()}"
            ) from None

    async def is_joined_by_the_bot(self, name: str, room: str) -> None:
        """Wait until the bot has followed an invitation, and everyone's client knows its device for its own.

        A strict client gives keys to no other, and what it said before the bot can never read.
        """

        async def is_so() -> bool:
            self.bot.check()
            with suppress(aiohttp.ClientError, DriverError):
                joined = await self.people[name].membership(room, self.bot.user_id) == "join"
                return joined and all([await self._knows_the_bot(human) for human in self.people.values()])
            return False

        await self._until(is_so, f"the bot to join {room}")

    async def _knows_the_bot(self, human: Human) -> bool:
        if not isinstance(human, JsHuman):
            return True
        devices = await human.devices(self.bot.user_id)
        return bool(devices) and all([(await human.trust(self.bot.user_id, id)).signed for id in devices])

    async def _until(self, is_so: Callable[[], Awaitable[bool]], what: str) -> None:
        try:
            await eventually(is_so, self.bot.patience)
        except TimeoutError:
            raise AssertionError(f"waited for {what}, after {self.happened()}\n{self.bot.log()}") from None

    async def meets_the_bot(self, name: str) -> None:
        """Follow the bot's invitation to a direct conversation."""
        human = self.people[name]

        async def is_invited() -> bool:
            self.bot.check()
            with suppress(aiohttp.ClientError):
                invited = await human.invitations()
                for room in (room for room, by in invited.items() if by == self.bot.user_id):
                    self.rooms.setdefault((name, "dm"), room)
            return (name, "dm") in self.rooms

        await self._until(is_invited, f"the bot to invite {name}")
        async with self.steadily():
            await human.join(self.rooms[name, "dm"])

    # --- what comes of it ---------------------------------------------------------------------------------------

    async def outcome(self) -> Outcome:
        """What people see now, and what the journal holds; the bot has ended."""
        seen: Counter[tuple[str, ...]] = Counter()
        for (name, where), room in self.rooms.items():
            seen.update([(name, where, *item) for item in self._shown(await self.people[name].messages(room))])
        for name, human in self.people.items():
            asked = [by for by in (await human.invitations()).values() if by == self.bot.user_id]
            seen.update([(name, "is invited to one more room by the bot") for _ in asked])
        return Outcome(seen, await entries(self.bot.birth.database))

    def _shown(self, events: Sequence[Event]) -> list[tuple[str, ...]]:
        standing = {line.id: line for line in lines(events)}
        texts = {id: self._named(line.text) for id, line in standing.items()}
        found = [
            (texts.get(line.thread, line.thread and "?"), self._named(line.sender), part, *self._flaws(line))
            for line in standing.values()
            for part in texts[line.id].split(BETWEEN)
        ]
        found += [
            (
                "on",
                texts.get(relation(event)["event_id"], "?").split(BETWEEN)[-1],
                self._named(event["sender"]),
                relation(event)["key"],
            )
            for event in events
            if event["type"] == "m.reaction" and relation(event)
        ]
        found += [
            ("", self._named(event["sender"]), "unreadable", event.get("undecryptable", ""))
            for event in events
            if event["type"] == "m.room.encrypted" and event["content"]
        ]
        return found

    def _flaws(self, line: Line) -> list[str]:
        plain = "in the clear" if self.encrypted and not line.encrypted else ""
        return [flaw for flaw in (plain, line.undecryptable, line.shield) if flaw]

    def _named(self, text: str) -> str:
        for name, user in {"helio": self.bot.user_id, **{n: h.user_id for n, h in self.people.items()}}.items():
            text = text.replace(user, name).replace(user[1:].partition(":")[0], name)
        return _DRIFTS.sub(r"\1 …", text)

    async def differences(self, expected: Outcome) -> list[str]:
        """What was lost or came twice, once every client has read all that there is."""
        found: list[str] = []

        async def is_well() -> bool:
            nonlocal found
            found = (await self.outcome()).differences(expected)
            return not found and all([await self._is_up_to_date(key) for key in self.rooms])

        with suppress(TimeoutError):
            await eventually(is_well, 15)
        return found

    async def _is_up_to_date(self, key: tuple[str, str]) -> bool:
        human, room = self.people[key[0]], self.rooms[key]
        there = {event["event_id"] for event in await Human.messages(human, room) if event["type"] in _SAID}
        return there <= {event["event_id"] for event in await human.messages(room)}
