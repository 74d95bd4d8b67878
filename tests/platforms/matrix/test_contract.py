"""The contract of the `Platform` port, as the console keeps it too, on a real homeserver."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest_asyncio
from hypothesis import given

from bot.engine.ports import Chunk, Platform, Reader
from bot.model.event import Inbound
from bot.model.identity import Identity, MemberId, Place
from bot.model.message import Person, message
from bot.platforms.matrix.adapter import NAME, MatrixPlatform
from bot.platforms.matrix.render import LIMIT
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import MemoryState
from bot.testing.clock import VirtualClock
from tests.contracts import test_platform as contract
from tests.platforms.matrix.humans.plain import Event, Human, lines
from tests.platforms.matrix.synapse import SERVER_NAME, Synapse


class AtOnce(MatrixPlatform):
    """The platform, reading when it is told to instead of all the time, and connected by what is first asked of it."""

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None:
        self._receive = receive
        await self._open(position)
        await self.read()

    async def stop(self) -> None:
        self._receive = None

    async def read(self) -> None:
        """Read all there is now."""
        if not self._opened:
            self._receive = self._receive or nothing
            await self._open(None)
        if self._receive is None:
            return
        while True:
            before = self._reader.position.token
            await self._reader.step(0)
            await self._doors.attend(self.ears.invitations)
            if self._reader.position.token == before:
                return

    async def direct_place(self, identity: Identity) -> Place:
        await self.read()
        return await super().direct_place(identity)

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        await self.read()
        return await super().send(place, content, chunk)

    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None:
        await self.read()
        await super().react(place, message_id, emoji, chunk)

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        await self.read()
        return await super().find(place, chunk, since)


async def nothing(event: Inbound) -> None:
    """Hear nothing."""


class MatrixBench:
    """One account of the bot, and people who speak plain HTTP, one call after another."""

    limit = LIMIT

    def __init__(self, synapse: Synapse, folder: Path, user_id: str, host: Human, room: str) -> None:
        self.clock = VirtualClock(contract.NOW)
        self._settings = MatrixSettings(
            synapse.url, user_id, folder, password="pw", allowed_inviters=(SERVER_NAME,), encryption="never"
        )
        self._state = MemoryState()
        self._made: list[MatrixPlatform] = []
        self.platform: Platform = self.restarted()
        self._synapse = synapse
        self._host = host
        self._room = room
        self._accounts: dict[str, Human] = {}
        self._joined: set[str] = set()
        self._bots: set[str] = set()
        self._numbers = count(1)

    @classmethod
    async def make(cls, synapse: Synapse, folder: Path) -> MatrixBench:
        """Make the accounts and a room that the bot is in."""
        user_id = await synapse.register(synapse.fresh("helio"))
        host = await synapse.human("Host")
        room = await host.create_room("general", invite=[user_id])
        bench = cls(synapse, folder, user_id, host, room)
        bench._accounts = {name: await synapse.human(name) for name in ("Ana", "Bo", "Robo")}
        await bench.reported(bench.platform)
        await bench.reported(bench.platform)
        return bench

    def restarted(self) -> Platform:
        # How far it has read, it is told: of that the state knows nothing, as if it had been killed in between.
        self._state.values.pop("position", None)
        self._made.append(AtOnce(self._settings, self._state, self.clock))
        return self._made[-1]

    async def end(self) -> None:
        for platform in self._made:
            await platform.session.close()

    def room(self) -> Place:
        return Place(NAME, self._room)

    def person(self, name: str) -> Identity:
        human = self._accounts[name]
        if human.user_id not in self._joined:
            self._joined.add(human.user_id)
            self._call("POST", f"/rooms/{quote(self._room)}/invite", {"user_id": human.user_id}, self._host.token)
            self._call("POST", f"/rooms/{quote(self._room)}/join", {}, human.token)
        return Identity(NAME, human.user_id)

    def other_bot(self, name: str) -> Identity:
        identity = self.person(name)
        self._bots.add(identity.account)
        return identity

    def close(self, person: Identity) -> None:
        token = self._token(person)
        for room in self._call("GET", "/sync?timeout=0", None, token)["rooms"].get("invite", {}):
            self._call("POST", f"/rooms/{quote(room)}/leave", {}, token)

    def shown(self, place: Place) -> Sequence[tuple[str, str]]:
        found = [line for line in lines(self._events(place)) if line.thread == (place.thread or "")]
        return [(line.id, line.text) for line in found]

    def reactions(self, place: Place, message_id: str) -> int:
        about = [
            event["content"].get("m.relates_to", {}) for event in self._events(place) if event["type"] == "m.reaction"
        ]
        return sum(relation.get("event_id") == message_id for relation in about)

    def notified(self, place: Place, message_id: str) -> set[str]:
        event = next(event for event in self._events(place) if event["event_id"] == message_id)
        assert event["content"]["msgtype"] == "m.notice"
        return set(event["content"]["m.mentions"].get("user_ids", ()))

    def says(self, person: Identity, place: Place, text: str) -> str:
        self._call("POST", f"/rooms/{quote(place.address)}/join", {}, self._token(person))
        kind = "m.notice" if person.account in self._bots else "m.text"
        return self._send(person, place, "m.room.message", {"msgtype": kind, "body": text, "m.mentions": {}})

    def edits(self, person: Identity, place: Place, message_id: str, text: str) -> None:
        new = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        relation = {"rel_type": "m.replace", "event_id": message_id}
        content = {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        self._send(person, place, "m.room.message", content)

    def deletes(self, person: Identity, place: Place, message_id: str) -> None:
        where = f"/rooms/{quote(place.address)}/redact/{quote(message_id)}/t{next(self._numbers)}"
        self._call("PUT", where, {}, self._token(person))

    def reacts(self, person: Identity, place: Place, message_id: str, emoji: str) -> None:
        relation = {"rel_type": "m.annotation", "event_id": message_id, "key": emoji}
        self._send(person, place, "m.reaction", {"m.relates_to": relation})

    async def reported(self, platform: Platform) -> None:
        assert isinstance(platform, AtOnce)
        await platform.read()

    def pass_time(self, length: timedelta) -> None:
        self.clock.move_to(self.clock.now() + length)

    # --- inside -------------------------------------------------------------------------------------------------

    def _token(self, person: Identity) -> str:
        return next(human.token for human in self._accounts.values() if human.user_id == person.account)

    def _send(self, person: Identity, place: Place, kind: str, content: Mapping[str, Any]) -> str:
        where = f"/rooms/{quote(place.address)}/send/{kind}/t{next(self._numbers)}"
        return str(self._call("PUT", where, content, self._token(person))["event_id"])

    def _events(self, place: Place) -> list[Event]:
        readers = [self._host.token, *(human.token for human in self._accounts.values())]
        for token in readers:
            try:
                page = self._call("GET", f"/rooms/{quote(place.address)}/messages?dir=b&limit=100", None, token)
            except urllib.error.HTTPError:
                try:
                    self._call("POST", f"/rooms/{quote(place.address)}/join", {}, token)
                except urllib.error.HTTPError:
                    continue
                page = self._call("GET", f"/rooms/{quote(place.address)}/messages?dir=b&limit=100", None, token)
            return list(page["chunk"][::-1])
        raise AssertionError(f"nobody is in {place.address}")

    def _call(self, method: str, where: str, body: Mapping[str, Any] | None, token: str) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        url = f"{self._synapse.url}/_matrix/client/v3{where}"
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=20) as answer:
            return dict(json.load(answer))


@pytest_asyncio.fixture
async def bench(synapse: Synapse, tmp_path: Path) -> AsyncIterator[MatrixBench]:
    made = await MatrixBench.make(synapse, tmp_path)
    yield made
    await made.end()


APART = frozenset(
    {
        "test_a_long_text_is_split_without_losing_a_character",  # below: rendering needs no server
        "test_a_mention_notifies_only_who_may_be_notified",  # below: a name is shown here, not an account
    }
)
globals().update(
    {name: test for name, test in vars(contract).items() if name.startswith("test_") and name not in APART}
)


@given(contract.LONG)
def test_a_long_text_is_split_without_losing_a_character(text: str) -> None:
    platform = MatrixPlatform(MatrixSettings("http://x", "@helio:x", Path()), MemoryState(), VirtualClock(contract.NOW))
    contract.keeps_every_character(platform, LIMIT, text)


async def test_only_who_may_be_notified_is(bench: MatrixBench) -> None:
    ana, bo = bench.person("Ana"), bench.person("Bo")
    both = message(
        contract._("{a} and {b}", a=Person(MemberId(1), "Ana", ping=True), b=Person(MemberId(2), "Bo", ping=True))
    )
    reader = Reader("en", pings={MemberId(1): ana.account})
    sent = await bench.platform.send(bench.room(), contract.content(bench, both, reader), contract.chunk("k1"))
    assert bench.notified(bench.room(), sent) == {ana.account}
    assert "Bo" in dict(bench.shown(bench.room()))[sent] and bo.account not in bench.notified(bench.room(), sent)
