"""Rooms over their life, on a homeserver of a few lines."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.errors import OutcomeUnknown, Refused, TryLater
from bot.platforms.matrix import begun
from bot.platforms.matrix.joined import JoinedRoom, Person
from bot.platforms.matrix.rights import Invitation, Leaves
from bot.platforms.matrix.rooms import (
    MADE_FOR,
    MEGOLM,
    REASON,
    DirectRooms,
    Doorkeeper,
    Successions,
    follow,
    is_direct,
)
from bot.platforms.matrix.settings import Encryption
from bot.platforms.matrix.state import MemoryState

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
ME, ANA, BO = "@helio:here", "@ana:here", "@bo:there"


def state(kind: str, content: Mapping[str, Any], sender: str = ANA) -> dict[str, Any]:
    return {"type": kind, "state_key": "", "sender": sender, "content": content}


def room(id: str, *events: Mapping[str, Any], **people: str) -> JoinedRoom:
    """A room with the bot in it, and people by their local part and membership (Bo's server is another)."""
    made = JoinedRoom(id, people={ME: Person("join", "Heliotrope")}, whole=True)
    for name, membership in people.items():
        made.people[BO if name == "bo" else f"@{name}:here"] = Person(membership, name.title())
    for event in events:
        made.take(event)
    return made


class Homeserver:
    """The `RoomCalls` of a homeserver that does what it is asked; some of it can be made to fail."""

    user_id = ME

    def __init__(self, *rooms: JoinedRoom, direct: Mapping[str, Sequence[str]] | None = None) -> None:
        self.joined = {room.id: room for room in rooms}
        self.elsewhere: dict[str, JoinedRoom] = {}
        self.recorded: dict[str, Sequence[str]] = dict(direct or {})
        self.people = {ANA, BO}
        self.with_keys = {ANA}
        self.created: list[Mapping[str, Any]] = []
        self.joins: list[tuple[str, Sequence[str]]] = []
        self.left: list[tuple[str, str]] = []
        self.problem: Exception | None = None
        self.synced = True
        self.unsynced: dict[str, JoinedRoom] = {}
        self.answers = True
        self.refusal: Exception | None = None

    def rooms(self) -> Mapping[str, JoinedRoom]:
        return self.joined

    def direct(self) -> Mapping[str, Sequence[str]]:
        return self.recorded

    async def set_direct(self, content: Mapping[str, Sequence[str]]) -> None:
        await asyncio.sleep(0)
        self._fail()
        self.recorded = dict(content)

    async def create_room(self, content: Mapping[str, Any]) -> str:
        await asyncio.sleep(0)
        if self.refusal is not None:
            raise self.refusal
        self.created.append(content)
        id = f"!made{len(self.created)}"
        made = room(id, state("m.room.create", content["creation_content"], ME))
        for user in content["invite"]:
            made.people[user] = Person("invite", "")
        for event in content["initial_state"]:
            made.take(event)
        (self.joined if self.synced else self.unsynced)[id] = made
        if not self.answers:
            raise OutcomeUnknown("the connection broke off")
        return id

    async def learn_rooms(self) -> None:
        self._fail()
        self.joined |= self.unsynced

    async def join(self, room_id: str, via: Sequence[str]) -> None:
        self._fail()
        self.joins.append((room_id, via))
        if room_id in self.elsewhere:
            self.joined[room_id] = self.elsewhere[room_id]

    async def leave(self, room_id: str, reason: str) -> None:
        self._fail()
        self.left.append((room_id, reason))
        self.joined.pop(room_id, None)

    async def read_state(self, room_id: str) -> JoinedRoom:
        return self.joined[room_id]

    async def exists(self, user_id: str) -> bool:
        return user_id in self.people

    async def has_keys(self, user_id: str) -> bool:
        return user_id in self.with_keys

    def _fail(self) -> None:
        if self.problem is not None:
            raise self.problem


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that makes rooms within half a second."""
    monkeypatch.setattr(begun, "STILL_COMING", 0.5)
    monkeypatch.setattr(begun, "LOOK_AGAIN", 0.02)


# --- direct conversations -------------------------------------------------------------------------------------


async def test_a_direct_room_is_made_once_and_recorded() -> None:
    server = Homeserver(direct={BO: ["!other"]})
    rooms = DirectRooms(server, "auto")
    assert await rooms.room_with(ANA) == "!made1"
    assert await rooms.room_with(ANA) == "!made1"
    assert await DirectRooms(server, "auto").room_with(ANA) == "!made1"
    assert server.recorded == {BO: ["!other"], ANA: ["!made1"]}
    (made,) = server.created
    assert (made["is_direct"], made["invite"], made["preset"]) == (True, [ANA], "trusted_private_chat")


async def test_two_who_ask_at_once_get_the_same_room() -> None:
    server = Homeserver()
    server.synced = False
    rooms = DirectRooms(server, "auto")
    found = await asyncio.gather(*(rooms.room_with(ANA) for _ in range(5)))
    assert set(found) == {"!made1"}


async def test_a_room_whose_making_was_not_answered_is_looked_for_before_another_is_made(impatient: None) -> None:
    server = Homeserver()
    server.synced = server.answers = False
    rooms = DirectRooms(server, "auto")
    with pytest.raises(OutcomeUnknown):
        await rooms.room_with(ANA)
    server.problem = TryLater("the homeserver is not back yet")
    with pytest.raises(TryLater):
        await rooms.room_with(ANA)
    server.problem, server.answers = None, True
    assert await rooms.room_with(ANA) == "!made1"
    assert len(server.created) == 1


async def test_a_room_that_comes_late_is_waited_for_after_a_kill(impatient: None) -> None:
    server, state = Homeserver(), MemoryState()
    server.synced = server.answers = False
    with pytest.raises(OutcomeUnknown):
        await DirectRooms(server, "auto", state).room_with(ANA)
    made = server.unsynced.pop("!made1")
    looking = asyncio.create_task(DirectRooms(server, "auto", state).room_with(ANA))
    await asyncio.sleep(0)
    made.people.pop(ANA)  # the server invites last
    server.unsynced["!made1"] = made
    await asyncio.sleep(begun.LOOK_AGAIN * 2)
    made.people[ANA] = Person("invite", "")
    assert await looking == "!made1"
    assert len(server.created) == 1


async def test_where_the_server_certainly_made_none_nobody_waits() -> None:
    server, state = Homeserver(), MemoryState()
    server.refusal = TryLater("slower")
    with pytest.raises(TryLater):
        await DirectRooms(server, "auto", state).room_with(ANA)
    server.refusal = None
    async with asyncio.timeout(begun.STILL_COMING / 2):
        assert await DirectRooms(server, "auto", state).room_with(ANA) == "!made1"


async def test_a_room_that_was_not_made_after_all_is_made(impatient: None) -> None:
    server = Homeserver()
    server.synced = server.answers = False
    rooms = DirectRooms(server, "auto")
    with pytest.raises(OutcomeUnknown):
        await rooms.room_with(ANA)
    server.unsynced.clear()
    server.answers = True
    assert await rooms.room_with(ANA) == "!made2"


async def test_rooms_recorded_at_once_are_all_recorded() -> None:
    server = Homeserver()
    rooms = DirectRooms(server, "never")
    users = [f"@u{n}:here" for n in range(20)]
    server.people |= set(users)
    await asyncio.gather(*(rooms.room_with(user) for user in users))
    assert set(server.recorded) == set(users)


async def test_a_room_that_was_made_but_not_recorded_is_found_again() -> None:
    server = Homeserver()
    server.problem = OutcomeUnknown("killed")
    with pytest.raises(OutcomeUnknown):
        await DirectRooms(server, "auto").room_with(ANA)
    server.problem = None
    assert await DirectRooms(server, "auto").room_with(ANA) == "!made1"
    assert (len(server.created), server.recorded) == (1, {ANA: ["!made1"]})


async def test_a_room_that_somebody_else_says_was_made_for_ana_is_not_hers() -> None:
    fake = room("!fake", state("m.room.create", {MADE_FOR: ANA}, BO), ana="join")
    server = Homeserver(fake)
    assert await DirectRooms(server, "auto").room_with(ANA) == "!made1"


@pytest.mark.parametrize(
    ("encryption", "user", "encrypted"),
    [("auto", ANA, True), ("auto", BO, False), ("always", BO, True), ("never", ANA, False)],
)
async def test_it_is_encrypted_as_the_setting_and_the_persons_devices_say(
    encryption: Encryption, user: str, encrypted: bool
) -> None:
    server = Homeserver()
    id = await DirectRooms(server, encryption).room_with(user)
    assert server.joined[id].encrypted is encrypted
    assert server.joined[id].content("m.room.encryption") == (MEGOLM if encrypted else {})


@pytest.mark.parametrize("nobody", ["@nobody:here", "nobody", "", "!room:here", ME])
async def test_with_nobody_there_is_no_conversation(nobody: str) -> None:
    server = Homeserver()
    with pytest.raises(Refused):
        await DirectRooms(server, "auto").room_with(nobody)
    assert server.created == []


@pytest.mark.parametrize("membership", ["leave", "ban"])
async def test_who_left_their_room_is_left_alone(membership: str) -> None:
    server = Homeserver(room("!dm", ana=membership), direct={ANA: ["!dm"]})
    with pytest.raises(Refused):
        await DirectRooms(server, "auto").room_with(ANA)
    assert server.created == []


async def test_who_left_one_room_and_opened_another_is_spoken_to_there() -> None:
    server = Homeserver(room("!old", ana="leave"), room("!new", ana="join"), direct={ANA: ["!new", "!old"]})
    assert await DirectRooms(server, "auto").room_with(ANA) == "!new"


async def test_a_room_that_others_came_into_is_not_used_any_more() -> None:
    server = Homeserver(room("!dm", ana="join", bo="join"), direct={ANA: ["!dm"]})
    assert await DirectRooms(server, "auto").room_with(ANA) == "!made1"
    assert server.recorded == {ANA: ["!made1", "!dm"]}


async def test_a_room_that_the_bot_is_out_of_is_not_used_any_more() -> None:
    server = Homeserver(direct={ANA: ["!gone"]})
    assert await DirectRooms(server, "auto").room_with(ANA) == "!made1"


@pytest.mark.parametrize(
    ("found", "direct", "expected"),
    [
        (room("!dm", ana="join"), {ANA: ["!dm"]}, True),
        (room("!dm", ana="invite"), {ANA: ["!dm"]}, True),
        (room("!dm", ana="leave"), {ANA: ["!dm"]}, True),
        (room("!dm", state("m.room.create", {MADE_FOR: ANA}, ME), ana="join"), {}, True),
        (room("!dm", ana="join"), {}, False),
        (room("!dm", ana="join"), {ANA: ["!other"]}, False),
        (room("!dm", ana="join", bo="join"), {ANA: ["!dm"]}, False),
        (room("!dm", ana="join", bo="invite"), {ANA: ["!dm"]}, False),
        (room("!dm", bo="join"), {ANA: ["!dm"]}, False),
        (room("!dm", state("m.room.create", {MADE_FOR: ANA}, BO), ana="join"), {}, False),
        (room("!dm", state("m.room.create", {MADE_FOR: [ANA]}, ME), ana="join"), {}, False),
    ],
)
def test_a_direct_conversation_has_one_other_person(found: JoinedRoom, direct: Any, expected: bool) -> None:
    assert is_direct(found, ME, direct) is expected


# --- invites --------------------------------------------------------------------------------------------------


def invite(sender: str = ANA, *, direct: bool = False) -> list[dict[str, Any]]:
    content = {"membership": "invite"} | ({"is_direct": True} if direct else {})
    return [{"type": "m.room.member", "state_key": ME, "sender": sender, "content": content}]


def keeper(server: Homeserver, leaves: Leaves | None = None) -> Doorkeeper:
    return Doorkeeper(server, DirectRooms(server, "auto"), ["here"], leaves)


async def test_an_allowed_invite_is_followed() -> None:
    server = Homeserver()
    assert await keeper(server).invited("!x", invite()) == Invitation(ANA, direct=False)
    assert (server.joins, server.recorded) == ([("!x", ["here"])], {})


async def test_an_invite_to_a_direct_conversation_is_recorded() -> None:
    server = Homeserver(direct={ANA: ["!old"]})
    await keeper(server).invited("!dm", invite(direct=True))
    assert server.recorded == {ANA: ["!dm", "!old"]}


async def test_others_are_turned_down_with_a_reason() -> None:
    server = Homeserver()
    doors = keeper(server)
    assert await doors.invited("!x", invite(BO)) is None
    assert await doors.turn_down(NOW) is None
    assert (server.joins, server.left) == ([], [("!x", REASON)])


async def test_a_flood_of_ten_thousand_invites_is_turned_down_slowly() -> None:
    server = Homeserver()
    doors = keeper(server, Leaves(timedelta(seconds=10), burst=5, limit=1000))
    for n in range(10_000):
        await doors.invited(f"!{n}", invite(BO))
    again = await doors.turn_down(NOW)
    assert len(server.left) == 5
    assert again == NOW + timedelta(seconds=10)
    assert await doors.turn_down(NOW + timedelta(seconds=1)) == again
    assert len(server.left) == 5
    assert await doors.invited("!wanted", invite()) is not None


async def test_a_leave_that_failed_is_tried_again_and_one_that_is_refused_is_not() -> None:
    server = Homeserver()
    doors = keeper(server)
    await doors.invited("!x", invite(BO))
    server.problem = TryLater("busy")
    again = await doors.turn_down(NOW)
    assert again is not None
    server.problem = Refused("no longer invited")
    assert await doors.turn_down(max(again, NOW)) is None
    server.problem = None
    assert await doors.turn_down(NOW + timedelta(hours=1)) is None
    assert server.left == []


async def test_an_invite_that_was_withdrawn_is_not_turned_down() -> None:
    server = Homeserver()
    doors = keeper(server)
    await doors.invited("!x", invite(BO))
    doors.withdrawn("!x")
    await doors.turn_down(NOW)
    assert server.left == []


@pytest.mark.parametrize("broken", [None, [], {}, [7], [{"type": "m.room.member", "state_key": ME}]])
async def test_a_malformed_invite_does_nothing(broken: object) -> None:
    server = Homeserver()
    doors = keeper(server)
    assert await doors.invited("!x", broken) is None
    await doors.turn_down(NOW)
    assert (server.joins, server.left) == ([], [])


async def test_an_invite_into_a_rooms_successor_may_be_anybodys() -> None:
    server = Homeserver(room("!old", state("m.room.tombstone", {"replacement_room": "!new"}, BO)))
    assert await keeper(server).invited("!new", invite(BO)) is not None


# --- upgrades -------------------------------------------------------------------------------------------------


def upgraded(*, predecessor: Any) -> tuple[Homeserver, JoinedRoom]:
    old = room("!old", state("m.room.tombstone", {"replacement_room": "!new"}, BO), ana="join")
    server = Homeserver(old)
    server.elsewhere["!new"] = room("!new", state("m.room.create", {"predecessor": predecessor}, BO))
    return server, old


async def test_an_upgraded_room_is_followed() -> None:
    server, old = upgraded(predecessor={"room_id": "!old"})
    successions = Successions()
    assert await follow(server, old, successions) == "!new"
    assert server.joins == [("!new", ["there"])]
    assert (successions.newest("!old"), successions.original("!new")) == ("!new", "!old")
    assert await follow(server, old, successions) is None
    assert len(server.joins) == 1


@pytest.mark.parametrize("predecessor", [None, "!old", {"room_id": "!another"}, {}])
async def test_a_room_that_does_not_come_from_the_old_one_is_left(predecessor: Any) -> None:
    server, old = upgraded(predecessor=predecessor)
    successions = Successions()
    assert await follow(server, old, successions) is None
    assert [id for id, _reason in server.left] == ["!new"]
    assert successions.newest("!old") == "!old"
    assert await follow(server, old, successions) is None
    assert len(server.joins) == 1


async def test_where_the_bot_is_not_let_in_it_waits_for_an_invite() -> None:
    server, old = upgraded(predecessor={"room_id": "!old"})
    successions = Successions()
    server.problem = Refused("you are not invited")
    with pytest.raises(Refused):
        await follow(server, old, successions)
    assert await follow(server, old, successions) is None
    server.problem = None
    assert await keeper(server).invited("!new", invite(BO)) is not None
    assert await follow(server, old, successions) == "!new"


@pytest.mark.parametrize("replacement", [None, 7, "", "!old"])
async def test_a_malformed_tombstone_leads_nowhere(replacement: Any) -> None:
    old = room("!old", state("m.room.tombstone", {"replacement_room": replacement}))
    server = Homeserver(old)
    assert await follow(server, old, Successions()) is None
    assert server.joins == []


def test_a_room_upgraded_twice_keeps_its_address() -> None:
    successions = Successions()
    assert [successions.replaced("!a", "!b"), successions.replaced("!b", "!c")] == [True, True]
    again = Successions(successions.dump())
    assert [again.newest(id) for id in ("!a", "!b", "!c", "!x")] == ["!c", "!c", "!c", "!x"]
    assert [again.original(id) for id in ("!a", "!b", "!c", "!x")] == ["!a", "!a", "!a", "!x"]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=20))
def test_successions_end_somewhere(steps: list[tuple[str, str]]) -> None:
    successions = Successions()
    for old, new in steps:
        successions.replaced(old, new)
    assert successions.dump() == Successions(successions.dump()).dump()
    for id in "abcde":
        assert successions.newest(successions.newest(id)) == successions.newest(id)
        assert successions.original(successions.newest(id)) == successions.original(id)
