"""From a queued message to the platform: order, keys, retries, and what is done when nobody can tell."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import services
from bot.engine.delivery import BATCH as CHUNKS_AT_ONCE
from bot.engine.delivery import LONGEST_PAUSE, pause
from bot.engine.engine import LOOK, Engine
from bot.engine.errors import Barred, OutcomeUnknown, Refused, TryLater
from bot.engine.packing import BATCH
from bot.engine.ports import Chunk, Localizer, Op, Outgoing, Reader, Rendered
from bot.engine.registry import Registry
from bot.engine.transaction import Transaction, to_member, to_place, to_thread
from bot.model.cog import Cog
from bot.model.event import Expired, Inbound, Reacted, Unsent
from bot.model.identity import Account, ChannelId, Identity, MemberId, MessageRef, Place, TeamId
from bot.model.message import Message, catalogue, say
from bot.model.people import Channel, Member, Purpose, Team, Workspace
from bot.model.working_time import WorkingWeek
from bot.platforms.console.render import render
from bot.storage.database import Database
from bot.storage.migrate import create_all
from bot.storage.tables import CHUNKS, OUTBOX
from bot.testing.clock import VirtualClock

_, n_ = catalogue("test")
START = datetime(2026, 10, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ROOM = Place("fake", "room")
PATIENCE = 30
"""Seconds after which what should happen is not happening."""


@dataclass
class FakePlatform:
    """Accepts messages as a platform does, and fails as told: one entry of `faults` for each call."""

    name: str = "fake"
    safe_window: timedelta = timedelta(minutes=10)
    faults: list[Exception | None] = field(default_factory=list)
    accepted: list[tuple[str, str, str]] = field(default_factory=list)
    edited: list[tuple[str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    barred: Exception | None = None
    """What is raised for a change."""
    readable: bool = True
    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    """By text, what a message is accepted only after."""
    waits: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once one waits for that."""

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        return render(message, reader, localizer)

    async def direct_place(self, identity: Identity) -> Place:
        return Place("fake", f"dm-{identity.account}")

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        self.calls.append(chunk.key)
        if (accepted := self.slow.get(chunk.text)) is not None:
            self.waits.set()
            await accepted.wait()
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, TryLater | Refused):
            raise fault
        self.accepted.append((place.thread or place.address, chunk.key, chunk.text))
        if fault is not None:
            raise fault
        return f"m{len(self.accepted)}"

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        if self.barred is not None:
            self.calls.append(chunk.key)
            raise self.barred
        self.edited.append((message_id, chunk.text))

    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None:
        self.edited.append((message_id, ""))

    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None:
        self.edited.append((message_id, emoji))

    async def open_thread(self, place: Place, message_id: str, title: str, chunk: Chunk) -> str:
        return f"thread-of-{message_id}"

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        if not self.readable:
            raise OutcomeUnknown("history can't be read")
        return [f"m{i}" for i, sent in enumerate(self.accepted, 1) if sent[1] == chunk.key]

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None: ...

    async def stop(self) -> None: ...


@dataclass
class World:
    """An engine without cogs on a fake platform: the workspace, an owner at work, and what is queued."""

    engine: Engine
    platform: FakePlatform
    clock: VirtualClock
    database: Database
    workspace: Workspace
    owner: MemberId
    member: MemberId

    async def queue(self, *rows: Outgoing) -> None:
        async with self.database.transaction() as stores:
            await stores.outbox.queue(rows, self.clock.now())

    def post(self, key: str, text: str = "Hello", **more: Any) -> Outgoing:
        """Return a row for the room."""
        message = say(_("{text}", text=text))
        to = more.pop("to", to_place(ROOM))
        return Outgoing(self.workspace.id, to, "test.post", key, message=message, **more)

    async def wait(self, length: timedelta) -> None:
        self.clock.move_to(self.clock.now() + length)
        await self.engine.drain()

    def texts(self) -> list[str]:
        return [text for _place, _key, text in self.platform.accepted]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = VirtualClock(START)
    database = Database.in_memory()
    await create_all(database, [])
    platform = FakePlatform()
    engine = Engine(database, {"fake": platform}, services([]).registry, services([]), clock)
    async with database.transaction() as stores:
        workspace = await stores.directory.create_workspace("Test", "en", "fake", "fake")
        people = []
        for name in ("Olu", "Mei"):
            week = WorkingWeek.from_text("09:00-17:00 mon-fri")
            member = Member(MemberId(0), workspace.id, name, "UTC", week)
            people.append(await stores.directory.create_member(member, Account(Identity("fake", name), name)))
        team = await stores.directory.create_team(Team(TeamId(0), workspace.id, "Atlas", "UTC", people[0].id))
        for person in people:
            await stores.directory.add_to_team(team.id, person.id)
    yield World(engine, platform, clock, database, workspace, people[0].id, people[1].id)
    await database.close()


@pytest.fixture
def expired(world: World) -> list[Unsent]:
    """What listeners are told of as expired, from here on."""
    told: list[Unsent] = []

    async def listen(_tx: Transaction, event: Expired) -> None:
        told.extend(event.messages)

    world.engine.registry = Registry([Cog("watcher", listeners={Expired: listen})])
    return told


async def test_a_message_leaves_once_however_often_the_engine_looks(world: World) -> None:
    await world.queue(world.post("a"))
    await world.engine.drain()
    await world.wait(timedelta(hours=1))
    assert world.texts() == ["Hello"]


async def test_a_key_that_was_used_before_sends_nothing(world: World) -> None:
    await world.queue(world.post("a", "first"), world.post("a", "second"))
    await world.queue(world.post("a", "third"))
    await world.engine.drain()
    assert world.texts() == ["first"]


async def test_a_call_that_broke_off_is_repeated_under_the_same_key(world: World) -> None:
    world.platform.faults = [OutcomeUnknown("reset")]
    await world.queue(world.post("a"))
    await world.engine.drain()
    await world.wait(timedelta(minutes=1))
    assert len(world.platform.calls) == 2
    assert len(set(world.platform.calls)) == 1


async def test_what_follows_waits_for_what_failed_and_keeps_its_order(world: World) -> None:
    world.platform.faults = [TryLater("busy", timedelta(seconds=30))]
    await world.queue(world.post("a", "one"), world.post("b", "two"))
    await world.engine.drain()
    assert world.texts() == []
    await world.wait(timedelta(seconds=31))
    assert world.texts() == ["one", "two"]


async def test_a_failing_place_does_not_hold_up_another(world: World) -> None:
    world.platform.faults = [TryLater("busy", timedelta(hours=1))]
    other = to_place(Place("fake", "other"))
    await world.queue(world.post("a", "one"), world.post("b", "two", to=other))
    await world.engine.drain()
    assert world.texts() == ["two"]


async def test_a_slow_place_holds_up_no_other_however_much_waits_and_keeps_its_own_order(world: World) -> None:
    places = [to_place(Place("fake", f"{n}")) for n in range(3 * CHUNKS_AT_ONCE)]
    released = world.platform.slow["slow"] = asyncio.Event()
    engine = replace(world.engine, lanes=2)
    await world.queue(world.post("slow", "slow"), *(world.post(f"{n}", "post", to=to) for n, to in enumerate(places)))
    draining = asyncio.create_task(engine.drain())
    async with asyncio.timeout(PATIENCE):
        await world.platform.waits.wait()
        await world.queue(world.post("behind", "behind"))
        while len(world.texts()) < len(places):
            assert set(world.texts()) <= {"post"}
            await asyncio.sleep(0)
        released.set()
        await draining
    assert [text for text in world.texts() if text != "post"] == ["slow", "behind"]
    assert len(world.platform.calls) == len(set(world.platform.calls)) == len(places) + 2


async def test_a_reaction_to_what_is_just_being_sent_is_taken_once_it_is_noted_which_message_that_is(
    world: World,
) -> None:
    released = world.platform.slow["slow"] = asyncio.Event()
    known: list[Outgoing | None] = []

    async def reacts(place: Place) -> None:
        author = Account(Identity("fake", "ana"), "Ana")
        await world.engine.receive(Reacted(f"r-{place.address}", place, author, START, message_id="m1", emoji="✅"))
        async with world.engine.storage.reading() as stores:
            known.append(await stores.outbox.row_of_message(MessageRef(place, "m1")))

    await world.queue(world.post("slow", "slow"))
    draining = asyncio.create_task(world.engine.drain())
    async with asyncio.timeout(PATIENCE):
        await world.platform.waits.wait()
        await reacts(Place("fake", "elsewhere"))  # held up by nothing
        reacting = asyncio.create_task(reacts(ROOM))
        await asyncio.sleep(3 * LOOK)
        assert not reacting.done()
        released.set()
        await asyncio.gather(draining, reacting)
    assert [row.key if row is not None else None for row in known] == [None, "slow"]


async def test_what_was_under_way_when_the_engine_was_stopped_is_sent_under_the_same_key(world: World) -> None:
    world.platform.slow["slow"] = asyncio.Event()
    engine = replace(world.engine, lanes=2)
    await world.queue(world.post("slow", "slow"))
    draining = asyncio.create_task(engine.drain())
    async with asyncio.timeout(PATIENCE):
        await world.platform.waits.wait()
    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
    await engine.stop()
    world.platform.slow.clear()
    await world.engine.drain()
    assert world.texts() == ["slow"]
    assert len(world.platform.calls) == 2
    assert len(set(world.platform.calls)) == 1


@pytest.mark.parametrize(("asked", "seconds"), [(True, [1, 2, 4, 8, 16, 32]), (False, [5, 10, 20, 40, 80, 160])])
async def test_what_somebody_waits_for_is_tried_again_sooner(world: World, asked: bool, seconds: list[int]) -> None:
    world.platform.faults = [OutcomeUnknown("Discord answered 500")] * len(seconds)
    await world.queue(world.post("a", to=to_member(world.member), asked=asked))
    await world.engine.drain()
    for tries, wait in enumerate(seconds, start=1):
        await world.wait(timedelta(seconds=wait, microseconds=-1))
        assert len(world.platform.calls) == tries
        await world.wait(timedelta(microseconds=1))
        assert len(world.platform.calls) == tries + 1


def test_no_pause_is_longer_than_ten_minutes() -> None:
    assert {pause(tries, awaited=awaited) for tries in (10, 11, 1_000) for awaited in (True, False)} == {LONGEST_PAUSE}


async def test_past_the_platforms_memory_the_history_is_read_before_sending_again(world: World) -> None:
    world.platform.faults = [OutcomeUnknown("reset")]
    await world.queue(world.post("a"))
    await world.engine.drain()
    world.clock.move_to(START + timedelta(hours=2))
    await world.engine.drain()
    assert world.texts() == ["Hello"]
    assert len(world.platform.calls) == 1


async def test_past_the_platforms_memory_what_never_arrived_is_sent(world: World) -> None:
    world.platform.faults = [TryLater("down", timedelta(hours=2))]
    await world.queue(world.post("a"))
    await world.engine.drain()
    await world.wait(timedelta(hours=3))
    assert world.texts() == ["Hello"]


async def test_what_nobody_can_tell_is_held_and_the_owner_is_told(world: World) -> None:
    world.platform.faults = [OutcomeUnknown("reset")]
    await world.queue(world.post("a", to=to_member(world.member)))
    await world.engine.drain()
    world.platform.readable = False
    await world.wait(timedelta(hours=2))
    await world.wait(timedelta(hours=2))
    assert [place for place, _key, _text in world.platform.accepted] == ["dm-Mei", "dm-Olu"]
    assert "can't tell whether a message of Atlas arrived" in world.texts()[1]


async def test_a_change_that_is_barred_is_made_once_it_may_be_and_the_owner_is_told_once(world: World) -> None:
    async with world.database.transaction() as stores:
        team = (await stores.directory.teams_of(world.owner))[0]
        room = Channel(ChannelId(0), world.workspace.id, team.id, Purpose.HANDOFF, ROOM, "room")
        await stores.directory.set_channel(room)
    await world.queue(world.post("a", "old"))
    await world.engine.drain()
    world.platform.barred = Barred("locked", _("Unlock the thread."))
    await world.queue(_edit(world, "a", "new", "a2"))
    await world.engine.drain()
    for _hour in range(30):
        await world.wait(timedelta(hours=1))
    assert len(world.platform.calls) == 1 + 31 + 1  # the post, each try, and what the owner was told
    (told,) = world.texts()[1:]
    assert "I could not change or take back a message in #room, a channel of Atlas" in told
    assert "Unlock the thread. I try again every hour" in told
    world.platform.barred = None
    await world.wait(timedelta(hours=1))
    assert world.platform.edited == [("m1", "new")]


async def test_a_post_that_is_barred_is_refused_and_the_owner_is_told(world: World) -> None:
    world.platform.faults = [Barred("locked")]
    await world.queue(world.post("a", to=to_member(world.member)))
    await world.engine.drain()
    await world.wait(timedelta(hours=2))
    assert ["could not reach Mei" in text for text in world.texts()] == [True]


async def test_a_closed_conversation_is_not_hammered_and_the_owner_is_told_once_a_day(world: World) -> None:
    world.platform.faults = [Refused("closed"), None, Refused("closed")]
    await world.queue(world.post("a", to=to_member(world.member)))
    await world.engine.drain()
    await world.queue(world.post("b", to=to_member(world.member)))
    await world.engine.drain()
    await world.wait(timedelta(hours=1))
    assert [place for place, _key, _text in world.platform.accepted] == ["dm-Olu"]
    assert "could not reach Mei" in world.texts()[0]


async def test_what_was_packed_before_a_long_downtime_waits_for_working_hours_again(world: World) -> None:
    await world.queue(world.post("a", "old", to=to_member(world.member)), world.post("b", to=to_member(world.owner)))
    while await world.engine.pack():
        pass
    await world.queue(_edit(world, "a", "new", "a2"))
    while await world.engine.pack():
        pass
    world.clock.move_to(START + timedelta(hours=9))  # 21:00: nobody is at work
    await world.engine.start()
    await world.engine.drain()
    assert world.texts() == []
    world.clock.move_to(START + timedelta(hours=21, minutes=1))  # 09:01 on Tuesday
    await world.engine.drain()
    assert sorted(world.texts()) == ["Hello", "new"]
    assert world.platform.edited == []


async def test_an_answer_that_was_packed_before_a_downtime_goes_out_at_any_hour(world: World) -> None:
    await world.queue(world.post("a", to=to_member(world.member), asked=True))
    await world.engine.pack()
    world.clock.move_to(START + timedelta(hours=9))
    await world.engine.start()
    await world.engine.drain()
    assert world.texts() == ["Hello"]


EVENING = START.replace(hour=16, minute=50)  # their day ends at 17:00
TUESDAY = START + timedelta(hours=21)  # 09:00


async def test_what_a_platform_certainly_did_not_take_is_not_sent_at_night(world: World) -> None:
    world.platform.faults = [TryLater("down")] * 20
    world.clock.move_to(EVENING)
    await world.queue(world.post("a", "one", to=to_member(world.member)))
    await world.queue(world.post("b", "answer", to=to_member(world.owner), asked=True))
    await world.engine.drain()
    for _minute in range(40):
        await world.wait(timedelta(minutes=1))
    world.platform.faults = []
    await world.wait(timedelta(minutes=10))
    assert world.texts() == ["answer"]
    world.clock.move_to(TUESDAY)
    await world.engine.drain()
    assert world.texts() == ["answer", "one"]


async def test_what_only_waited_behind_a_failure_is_not_sent_at_night(world: World) -> None:
    other = to_member(world.member)
    world.platform.faults = [TryLater("down", timedelta(minutes=30))]
    world.clock.move_to(EVENING)
    await world.queue(world.post("a", "one", to=other))
    await world.engine.pack()
    await world.queue(world.post("b", "two", to=other))
    await world.engine.drain()
    await world.wait(timedelta(minutes=31))
    assert world.texts() == []
    world.clock.move_to(TUESDAY)
    await world.engine.drain()
    assert world.texts() == ["one\n\n───\n\ntwo"]


async def test_what_may_have_been_sent_is_repeated_at_any_hour_under_its_key(world: World) -> None:
    world.platform.faults = [OutcomeUnknown("reset"), TryLater("down", timedelta(minutes=30))]
    world.clock.move_to(EVENING)
    await world.queue(world.post("a", to=to_member(world.member)))
    await world.engine.drain()
    await world.wait(timedelta(minutes=5))
    await world.wait(timedelta(minutes=31))
    assert (len(world.texts()), len(set(world.platform.calls))) == (1, 1)


async def test_a_retry_within_working_hours_keeps_its_key(world: World) -> None:
    world.platform.faults = [TryLater("down", timedelta(hours=1))]
    await world.queue(world.post("a", to=to_member(world.member)))
    await world.engine.drain()
    await world.wait(timedelta(hours=2))
    assert (world.texts(), len(set(world.platform.calls))) == (["Hello"], 1)


async def test_a_post_whose_thread_was_refused_for_now_is_not_taken_for_unsent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_anything: Any) -> str:
        raise TryLater("busy", timedelta(hours=1))

    with monkeypatch.context() as patch:
        patch.setattr(world.platform, "open_thread", busy)
        await world.queue(world.post("a", title=_("Day")))
        await world.engine.drain()
    await world.wait(timedelta(hours=2))
    assert world.texts() == ["Hello"]


async def test_what_expires_before_working_time_comes_is_dropped_and_told_to_listeners(
    world: World, expired: list[Unsent]
) -> None:
    to = to_member(world.member)
    world.clock.move_to(EVENING + timedelta(minutes=20))
    over = world.clock.now() + timedelta(hours=1)
    await world.queue(
        world.post("a", to=to, expires=over, date=START.date()), world.post("b", "later", to=to, expires=TUESDAY + DAY)
    )
    await world.engine.drain()
    assert await world.engine.next_due() == over
    await world.wait(timedelta(hours=1))
    assert expired == [Unsent(world.workspace.id, "test.post", "a", world.member, START.date())]
    world.clock.move_to(TUESDAY)
    await world.engine.drain()
    assert (world.texts(), len(expired)) == (["later"], 1)


async def test_what_expires_while_a_platform_is_away_is_dropped_and_the_rest_goes_out(
    world: World, expired: list[Unsent]
) -> None:
    world.platform.faults = [TryLater("down", timedelta(hours=1))]
    to = to_member(world.member)
    await world.queue(
        world.post("a", "prompt", to=to, expires=START + timedelta(minutes=30)), world.post("b", "rest", to=to)
    )
    await world.engine.drain()
    await world.wait(timedelta(hours=1))
    assert ([row.key for row in expired], world.texts()) == (["a"], ["rest"])


async def test_what_may_have_been_sent_does_not_expire(world: World, expired: list[Unsent]) -> None:
    world.platform.faults = [OutcomeUnknown("reset")]
    await world.queue(world.post("a", to=to_member(world.member), expires=START + timedelta(seconds=1)))
    await world.engine.drain()
    await world.wait(timedelta(minutes=5))
    assert (expired, len(set(world.platform.calls)), len(world.platform.calls)) == ([], 1, 2)


async def test_what_a_listener_says_about_what_expired_goes_out(world: World) -> None:
    async def tell(tx: Transaction, event: Expired) -> None:
        for row in event.messages:
            told = say(_("{key} is over", key=row.key))
            tx.send(to_member(world.owner), told, workspace=row.workspace, kind="test.over", key=f"{row.key}:over")

    world.engine.registry = Registry([Cog("over", listeners={Expired: tell})])
    await world.queue(world.post("a", expires=START))
    await world.engine.drain()
    assert world.texts() == ["a is over"]


async def test_a_secret_goes_alone_and_is_not_kept(world: World) -> None:
    to = to_member(world.owner)
    await world.queue(world.post("a", "K7QX", to=to, asked=True, secret=True), world.post("b", "hello", to=to))
    await world.engine.drain()
    assert sorted(world.texts()) == ["K7QX", "hello"]
    async with world.database.reading() as stores:
        assert "K7QX" not in str((await stores.execute(select(OUTBOX.c.message))).rows)
        assert "K7QX" not in str((await stores.execute(select(CHUNKS.c.text, CHUNKS.c.content))).rows)


async def test_whatever_a_secret_came_to_it_is_not_kept_nor_told(world: World) -> None:
    world.platform.faults = [OutcomeUnknown("reset")]
    await world.queue(world.post("a", "K7QX", to=to_member(world.member), asked=True, secret=True))
    await world.engine.drain()
    world.platform.readable = False
    await world.wait(timedelta(hours=2))
    assert "can't tell whether a message of Atlas arrived" in world.texts()[1]
    async with world.database.reading() as stores:
        assert "K7QX" not in str((await stores.execute(select(OUTBOX.c.message))).rows)
        assert "K7QX" not in str((await stores.execute(select(CHUNKS.c.text, CHUNKS.c.content))).rows)


async def test_all_that_waits_for_one_person_goes_out_as_one_message_however_much_waits(world: World) -> None:
    others = [world.post(f"post {n}", f"post {n}") for n in range(BATCH)]
    to = to_member(world.member)
    await world.queue(world.post("a", "first", to=to), *others, world.post("z", "last", to=to))
    await world.engine.drain()
    assert [text for text in world.texts() if not text.startswith("post")] == ["first\n\n───\n\nlast"]
    assert len(world.texts()) == BATCH + 1


async def test_an_edit_that_comes_before_its_message_left_changes_what_leaves(world: World) -> None:
    await world.queue(world.post("a", "old"), _edit(world, "a", "new", "a2"))
    await world.engine.drain()
    assert (world.texts(), world.platform.edited) == (["new"], [])


async def test_of_several_edits_the_newest_wins(world: World) -> None:
    await world.queue(world.post("a", "old"))
    await world.engine.drain()
    await world.queue(_edit(world, "a", "newer", "a2"), _edit(world, "a", "newest", "a3"))
    await world.engine.drain()
    assert world.platform.edited == [("m1", "newest")]


async def test_edits_of_two_parts_of_one_message_show_both(world: World) -> None:
    await world.queue(
        world.post("a", "A", to=to_member(world.member)), world.post("b", "B", to=to_member(world.member))
    )
    await world.engine.drain()
    changes = [replace(world.post(f"{root}2", f"{root.upper()}2"), op=Op.EDIT, root=root) for root in ("a", "b")]
    await world.queue(*changes)
    await world.engine.drain()
    assert len(world.texts()) == 1
    text = world.platform.edited[-1][1]
    assert "A2" in text
    assert "B2" in text


async def test_an_edit_waits_until_its_message_has_arrived(world: World) -> None:
    world.platform.faults = [TryLater("busy", timedelta(minutes=5))]
    await world.queue(world.post("a", "old"))
    await world.engine.drain()
    await world.queue(_edit(world, "a", "new", "a2"))
    await world.engine.drain()
    assert world.platform.edited == []
    await world.wait(timedelta(minutes=6))
    assert world.platform.edited == [("m1", "new")]


async def test_an_edit_that_grows_past_one_message_adds_another_and_one_that_shrinks_takes_it_away(
    world: World,
) -> None:
    await world.queue(world.post("a", "short"))
    await world.engine.drain()
    await world.queue(_edit(world, "a", "long " * 1500, "a2"))
    await world.engine.drain()
    assert len(world.platform.accepted) == 2
    await world.queue(_edit(world, "a", "short again", "a3"))
    await world.engine.drain()
    assert ("m1", "short again") in world.platform.edited
    assert ("m2", "") in world.platform.edited


async def test_a_reply_in_a_thread_goes_under_its_post(world: World) -> None:
    await world.queue(world.post("a", "post", title=_("Day")), world.post("b", "reply", to=to_thread("a")))
    await world.engine.drain()
    assert [(place, text) for place, _key, text in world.platform.accepted] == [
        ("room", "post"),
        ("thread-of-m1", "reply"),
    ]


def _edit(world: World, root: str, text: str, key: str) -> Outgoing:
    return Outgoing(
        world.workspace.id, to_thread(root), "test.edit", key, Op.EDIT, say(_("{text}", text=text)), root=root
    )
