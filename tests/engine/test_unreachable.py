"""People who can't be written to directly: remembered, left alone, tried again when they do something."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import services
from bot.engine.engine import Engine
from bot.engine.errors import Closed, OutcomeUnknown, Refused, TryLater
from bot.engine.ports import Chunk, ChunkState, Outgoing
from bot.engine.reach import AGAIN
from bot.engine.registry import Registry
from bot.engine.transaction import Transaction, to_member, to_place, to_thread
from bot.model.cog import Cog
from bot.model.event import Expired, MessageReceived, PersonLeft, Unreached, Unsent
from bot.model.identity import Account, ChannelId, Identity, MemberId, Place, TeamId
from bot.model.message import catalogue, say
from bot.model.people import Channel, Member, Purpose, Reach, Team, Workspace
from bot.model.working_time import WorkingWeek
from bot.storage.database import Database
from bot.storage.migrate import create_all
from bot.storage.tables import CHUNKS, IDENTITIES
from bot.testing.clock import VirtualClock
from tests.engine.test_delivery import FakePlatform

_, n_ = catalogue("test")
START = datetime(2026, 10, 26, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROOM = Place("fake", "room")
SHUT = _("They closed it.")
OPEN = _("Open it.")


@dataclass
class Doors(FakePlatform):
    """A platform on which people close their direct conversations, and new ones may have to wait for their turn."""

    closed: set[str] = field(default_factory=set)
    turn: timedelta | None = None
    asked: int = 0

    async def direct_place(self, identity: Identity) -> Place:
        if self.turn is not None:
            self.asked += 1
            raise TryLater("enough new conversations for now", self.turn)
        return Place(self.name, f"dm-{identity.account}")

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        if place.address.removeprefix("dm-") in self.closed and not self.faults:
            self.calls.append(chunk.key)
            raise Closed("takes nothing", SHUT, OPEN)
        return await super().send(place, content, chunk)


@dataclass
class World:
    """An engine without cogs of its own: Olu owns the team of Mei and Bo, all at work from nine to five."""

    engine: Engine
    platform: Doors
    other: Doors
    clock: VirtualClock
    database: Database
    workspace: Workspace
    olu: MemberId
    mei: MemberId
    bo: MemberId
    told: list[Unsent] = field(default_factory=list)
    over: list[Unsent] = field(default_factory=list)

    async def send(self, key: str, text: str = "Hello", **more: Any) -> None:
        to = more.pop("to", to_member(self.mei))
        row = Outgoing(self.workspace.id, to, "test.note", key, message=say(_("{text}", text=text)), **more)
        async with self.database.transaction() as stores:
            await stores.outbox.queue([row], self.clock.now())
        await self.engine.drain()

    async def until(self, instant: datetime) -> None:
        while (due := await self.engine.next_due()) is not None and due <= instant:
            self.clock.move_to(max(due, self.clock.now()))
            await self.engine.drain()
        self.clock.move_to(instant)
        await self.engine.drain()

    async def hears(self, event: type[Any] = MessageReceived, name: str = "Mei", id: str = "") -> None:
        who = Account(Identity("fake", name), name)
        happened = event(id or f"e{self.clock.now()}", ROOM, who, self.clock.now(), scope="fake")
        await self.engine.receive(happened)
        await self.engine.drain()

    def texts(self, name: str = "Mei") -> list[str]:
        return [text for place, _key, text in self.platform.accepted if place == f"dm-{name}"]

    async def reach(self, member: MemberId) -> Any:
        async with self.database.reading() as stores:
            return (await self.engine.transaction(stores).reach([member])).get(member)

    async def chunks(self) -> list[Any]:
        async with self.database.reading() as stores:
            return list((await stores.execute(select(CHUNKS).order_by(CHUNKS.c.id))).rows)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = VirtualClock(START)
    database = Database.in_memory()
    await create_all(database, [])
    platform, other = Doors(), Doors("other")
    engine = Engine(database, {"fake": platform, "other": other}, services([]).registry, services([]), clock)
    async with database.transaction() as stores:
        workspace = await stores.directory.create_workspace("Test", "en", "fake", "fake")
        week = WorkingWeek.from_text("09:00-17:00 mon-fri")
        olu, mei, bo = [
            await stores.directory.create_member(
                Member(MemberId(0), workspace.id, name, "UTC", week), Account(Identity("fake", name), name)
            )
            for name in ("Olu", "Mei", "Bo")
        ]
        team = await stores.directory.create_team(Team(TeamId(0), workspace.id, "Atlas", "UTC", olu.id))
        for member in (olu, mei, bo):
            await stores.directory.add_to_team(team.id, member.id)
        await stores.directory.set_channel(
            Channel(ChannelId(0), workspace.id, team.id, Purpose.HANDOFF, ROOM, "room", "fake")
        )
    made = World(engine, platform, other, clock, database, workspace, olu.id, mei.id, bo.id)

    async def waits(_tx: Transaction, event: Unreached) -> None:
        made.told.extend(event.messages)

    async def expired(_tx: Transaction, event: Expired) -> None:
        made.over.extend(event.messages)

    engine.registry = Registry([Cog("watcher", listeners={Unreached: waits, Expired: expired})])
    yield made
    await database.close()


# --- closed -------------------------------------------------------------------------------------------------------


async def test_who_takes_nothing_is_tried_once_and_then_left_alone(world: World) -> None:
    world.platform.closed = {"Mei"}
    for n in range(5):
        await world.send(f"note-{n}")
        await world.until(world.clock.now() + HOUR)
    assert len(world.platform.calls) == 1 + len(world.texts("Olu"))
    assert world.texts() == []


async def test_a_restart_forgets_nothing(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a")
    tried = len(world.platform.calls)
    engine = Engine(world.database, {"fake": world.platform}, services([]).registry, services([]), world.clock)
    world.engine = engine
    await world.send("b")
    assert len(world.platform.calls) == tried


async def test_when_they_do_something_all_that_waited_arrives_as_one_message(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a", "one")
    await world.send("b", "two")
    world.platform.closed = set()
    await world.until(START + HOUR)
    assert world.texts() == []
    await world.hears()
    assert world.texts() == ["one\n\n───\n\ntwo"]
    assert (await world.reach(world.mei)).reach is Reach.REACHED


async def test_what_they_do_while_it_is_closed_costs_one_try(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a")
    await world.until(START + HOUR)
    before = len(world.platform.calls)
    await world.hears()
    assert len(world.platform.calls) == before + 1
    await world.send("b")
    assert len(world.platform.calls) == before + 1


async def test_being_removed_is_nothing_that_they_do(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a")
    before = len(world.platform.calls)
    await world.hears(PersonLeft)
    await world.hears(name="Bo")
    assert len(world.platform.calls) == before


async def test_what_others_do_releases_nothing(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a")
    world.platform.closed = set()
    await world.hears(name="Bo")
    assert world.texts() == []


async def test_once_a_week_they_are_tried_without_doing_anything(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a")
    before = len(world.platform.calls)
    for day in range(1, 15):
        await world.until(START + day * DAY)
        await world.send(f"day-{day}")
    tries = len(world.platform.calls) - before
    assert tries == 2  # on the 2nd and the 9th of November


async def test_the_weekly_try_finds_an_open_door(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a", "old")
    await world.until(START + 3 * DAY)
    await world.send("b", "newer")
    world.platform.closed = set()
    await world.until(START + AGAIN + DAY)
    assert world.texts() == ["newer"]  # what is older than a week is over
    assert [each.key for each in world.over] == ["a"]


async def test_what_expires_while_it_waits_is_dropped_and_told(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a", expires=START + 2 * HOUR)
    await world.until(START + 3 * HOUR)
    world.platform.closed = set()
    await world.hears()
    assert world.texts() == []
    assert [each.key for each in world.over] == ["a"]


async def test_what_waits_does_not_come_at_night_when_it_may_come(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a")
    world.platform.closed = set()
    await world.until(START + 8 * HOUR)
    await world.hears()
    assert world.texts() == []
    await world.until(START + 21 * HOUR)
    assert world.texts() == ["Hello"]


async def test_cogs_are_told_what_waits(world: World) -> None:
    world.platform.closed = {"Mei"}
    day = START.date()
    await world.send("a", date=day)
    await world.send("b")
    note = Unsent(world.workspace.id, "test.note", "a", world.mei, day)
    assert [each for each in world.told if each.key == "a"] == [note]
    assert [each.key for each in world.told] == ["a", "b"]


async def test_what_would_have_answered_them_is_dropped(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a", asked=True)
    world.platform.closed = set()
    await world.hears()
    assert world.texts() == []
    assert world.told == []


async def test_a_note_packed_with_an_answer_waits_although_the_answer_is_dropped(world: World) -> None:
    world.platform.closed = {"Mei"}
    async with world.database.transaction() as stores:
        message = say(_("Hello"))
        rows = [
            Outgoing(world.workspace.id, to_member(world.mei), "test.note", key, message=message, asked=asked)
            for key, asked in (("note", False), ("answer", True))
        ]
        await stores.outbox.queue(rows, START)
    await world.engine.drain()
    world.platform.closed = set()
    await world.hears()
    assert world.texts() == ["Hello"]
    assert [each.key for each in world.told] == ["note"]


async def test_since_when_they_take_nothing_stays_as_it_was_first_noted(world: World) -> None:
    world.platform.closed = {"Mei"}
    await world.send("a")
    await world.until(START + DAY)
    await world.hears()
    reached = await world.reach(world.mei)
    assert (reached.reach, reached.since, reached.remedy) == (Reach.CLOSED, START, OPEN)


async def test_the_owner_is_told_once_with_what_can_be_done(world: World) -> None:
    world.platform.closed = {"Mei"}
    for day in range(12):
        await world.until(START + day * DAY)
        await world.send(f"day-{day}")
        await world.hears(id=f"event-{day}")
    await world.until(START + 14 * DAY)
    (notice,) = world.texts("Olu")
    assert "could not reach Mei" in notice
    assert SHUT.text in notice


async def test_the_owner_is_told_again_when_they_were_reached_in_between(world: World) -> None:
    for n, closed in enumerate([{"Mei"}, set(), {"Mei"}]):
        world.platform.closed = closed
        await world.hears(id=f"event-{n}")
        await world.send(f"note-{n}")
        await world.until(world.clock.now() + timedelta(minutes=20))
    assert len(world.texts("Olu")) == 2


async def test_owners_are_not_told_of_their_own_door(world: World) -> None:
    world.platform.closed = {"Olu"}
    await world.send("a", to=to_member(world.olu))
    assert [place for place, _key, _text in world.platform.accepted] == []
    assert [each.key for each in world.told] == ["a"]


async def test_what_may_have_arrived_before_is_not_sent_again_and_cogs_are_told(world: World) -> None:
    world.platform.faults = [OutcomeUnknown("reset")]
    await world.send("a")
    world.platform.closed = {"Mei"}
    await world.until(START + timedelta(minutes=1))
    assert [each.key for each in world.told] == ["a"]
    world.platform.closed = set()
    await world.hears()
    assert len(world.platform.calls) == 2 + len(world.texts("Olu"))
    states = [row.state for row in await world.chunks() if row.member == world.mei]
    assert states == [ChunkState.REFUSED.value]


async def test_who_has_another_account_is_written_to_there(world: World) -> None:
    async with world.database.transaction() as stores:
        await _second_account(stores, world, "other")
    first, second = world.platform, world.other
    first.closed = second.closed = {"Mei", "Mei2"}
    await world.send("a")
    assert (await world.reach(world.mei)).reach is Reach.CLOSED
    second.closed = set()
    await world.until(START + AGAIN + DAY)
    await world.send("b", "by the other way")
    assert [text for _place, _key, text in second.accepted] == ["by the other way"]
    assert world.texts() == []


async def test_of_two_accounts_on_one_platform_the_one_written_to_counts(world: World) -> None:
    async with world.database.transaction() as stores:
        await _second_account(stores, world, "fake")
    world.platform.closed = {"Mei2"}  # the newest
    await world.send("a")
    assert [each.key for each in world.told] == ["a"]
    assert [place for place, _key, _text in world.platform.accepted] == ["dm-Olu"]


async def _second_account(stores: Any, world: World, platform: str) -> None:
    """Give Mei another account, as linking does."""
    values = {"workspace": world.workspace.id, "member": world.mei, "platform": platform, "account": "Mei2"}
    await stores.execute(IDENTITIES.insert(), {**values, "name": "Mei2", "answered": 0, "gone": None})
    stores.directory._changed()


# --- how far the bot comes ------------------------------------------------------------------------------------------


async def test_nobody_is_reached_before_something_arrived_or_they_wrote(world: World) -> None:
    assert (await world.reach(world.mei)).reach is Reach.WAITING
    await world.send("a")
    assert (await world.reach(world.mei)).reach is Reach.REACHED
    async with world.database.transaction() as stores:
        await stores.directory.set_direct_place(Identity("fake", "Bo"), Place("fake", "dm-Bo"))
    assert (await world.reach(world.bo)).reach is Reach.REACHED


# --- first contact in turns -----------------------------------------------------------------------------------------


async def test_who_waits_for_their_turn_keeps_nobody_else_waiting(world: World) -> None:
    world.platform.turn = HOUR
    await world.send("a")
    assert world.texts() == []
    await world.send("b", to=to_place(ROOM))
    assert [text for place, _key, text in world.platform.accepted if place == "room"] == ["Hello"]
    world.platform.turn = None
    await world.until(START + HOUR)
    assert world.texts() == ["Hello"]


async def test_waiting_for_a_turn_counts_as_no_try_and_leaves_no_doubt(world: World) -> None:
    world.platform.turn = HOUR
    await world.send("a")
    await world.until(START + 3 * HOUR)
    (row,) = await world.chunks()
    assert (row.tries, row.first_try, row.state) == (0, None, ChunkState.STORED.value)
    assert world.platform.asked == 4
    assert (await world.reach(world.mei)).reach is Reach.WAITING


async def test_a_turn_at_night_is_left_for_the_morning(world: World) -> None:
    world.platform.turn = 8 * HOUR
    await world.send("a")
    world.platform.turn = None
    await world.until(START + 12 * HOUR)
    assert world.texts() == []
    await world.until(START + 21 * HOUR)
    assert world.texts() == ["Hello"]


async def test_what_is_over_before_its_turn_is_dropped(world: World) -> None:
    world.platform.turn = 2 * HOUR
    await world.send("a", expires=START + HOUR)
    world.platform.turn = None
    await world.until(START + 3 * HOUR)
    assert world.texts() == []
    assert [each.key for each in world.over] == ["a"]


# --- what is missing ------------------------------------------------------------------------------------------------


async def test_what_the_bot_lacks_in_a_thread_is_told_to_the_owner_in_the_platforms_words(world: World) -> None:
    await world.send("post", to=to_place(ROOM), title=_("Thread"))
    world.platform.faults = [Refused("missing permissions", _("I need the right to write in threads."))]
    await world.send("reply", to=to_thread("post"))
    (notice,) = world.texts("Olu")
    assert "could not post in #room, a channel of Atlas" in notice
    assert "I need the right to write in threads." in notice


@pytest.mark.parametrize("reason", ["Thread is locked", "Fake says: Thread is locked"])
async def test_a_platforms_own_reason_is_told_as_its_words_once(world: World, reason: str) -> None:
    world.platform.faults = [Refused(reason)]
    await world.send("post", to=to_place(ROOM))
    (notice,) = world.texts("Olu")
    assert notice.endswith(" Fake says: Thread is locked") and notice.count("says") == 1


async def test_somebody_who_does_not_exist_is_told_of_once(world: World) -> None:
    for day in range(4):
        world.platform.faults = [Refused("no such account")]
        await world.send(f"day-{day}")
        world.platform.faults = []
        await world.until(START + (day + 1) * DAY)
    assert len(world.texts("Olu")) == 1
