"""Who administers a room, whose invites are followed, and how often an invite is turned down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.rights import Invitation, Leaves, Rights, invitation, may_invite, server_of

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
ME, ANA, BO = "@helio:here", "@ana:here", "@bo:here"


def create(version: str | None, sender: str = ANA, **content: Any) -> dict[str, Any]:
    said = {} if version is None else {"room_version": version}
    return {"type": "m.room.create", "sender": sender, "content": said | content}


def levels(**content: Any) -> dict[str, Any]:
    return {"type": "m.room.power_levels", "sender": ANA, "content": content}


ELEMENT = {"events": {"m.room.power_levels": 100}, "state_default": 50, "users_default": 0}


@pytest.mark.parametrize(
    ("made", "given_levels", "admins"),
    [
        # Version 11: what the levels give.
        (create("11"), levels(users={ANA: 100, BO: 50}, **ELEMENT), {ANA}),
        (create("11"), levels(users={BO: 100}, **ELEMENT), {BO}),
        (create("11"), levels(users={BO: 50}), {BO}),
        (create("11"), levels(users={BO: 49}, events={"m.room.power_levels": 0}, state_default=0), set()),
        (create("11"), levels(users={}, users_default=100), set()),
        (create("11"), levels(users={"@Ana:here": 100, "ana": 100}, **ELEMENT), {"@Ana:here"}),
        (create("11"), levels(users={ANA: "100"}, **ELEMENT), set()),
        (create("11"), levels(users={ANA: True, BO: 100.0}, **ELEMENT), set()),
        # Without levels, who made the room has 100, whoever they named.
        (create("11", additional_creators=[BO]), None, {ANA}),
        (create("1"), None, {ANA}),
        (create(None), None, {ANA}),
        # Older rooms may have levels as text.
        (create("9"), levels(users={ANA: "100", BO: " 99 "}, **ELEMENT), {ANA}),
        (create(None), levels(users={ANA: "100"}, state_default="50"), {ANA}),
        # Version 12: creators stand above all levels.
        (create("12"), levels(users={}, **ELEMENT), {ANA}),
        (create("12", additional_creators=[BO]), levels(users={}, events={"m.room.power_levels": 150}), {ANA, BO}),
        (create("12", additional_creators=[BO, 7, None, "bo"]), None, {ANA, BO}),
        (create("12", additional_creators=BO), levels(users={BO: 149}, events={"m.room.power_levels": 150}), {ANA}),
        (create("13"), levels(users={ANA: 0}), {ANA}),
        (create("org.matrix.hydra.11"), levels(), {ANA}),
        (create("org.example.12"), levels(), set()),
        # Nothing known, or nothing that makes sense.
        (None, None, set()),
        ({"sender": 5, "content": {"room_version": 12}}, levels(), set()),
        (create("12", sender="ana"), levels(), set()),
        (create("11"), {"content": {"users": [ANA], "events": 7, "state_default": None}}, set()),
        (create("11"), {"content": None}, set()),
        (create("9" * 5_000), levels(users={ANA: "100"}), set()),
    ],
)
def test_admins_of_a_room(made: Any, given_levels: Any, admins: set[str]) -> None:
    rights = Rights.of(made, given_levels)
    everybody = (ANA, BO, "@Ana:here", "@ana:HERE", "ana", "", "@ghost:here")
    assert {user for user in everybody if rights.administers(user)} == admins


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([ANA, BO, "100", "12"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["content", "sender", "users", "events", "room_version", "additional_creators", ANA, BO]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(JSON, JSON)
def test_whatever_the_state_is_it_makes_no_stranger_an_admin(made: Any, given_levels: Any) -> None:
    rights = Rights.of(made, given_levels)
    assert not rights.administers("@stranger:here")


# --- invites --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "server"),
    [
        (ANA, "here"),
        ("@ana:example.org:8448", "example.org:8448"),
        ("@ana:[::1]:80", "[::1]:80"),
        ("@a b:here", None),
        ("@ana", None),
        ("ana:here", None),
        ("@ana:", None),
        ("@ana:he re", None),
        ("!room:here", None),
        ("@" + "a" * 300 + ":here", None),
        (None, None),
        (["@ana:here"], None),
    ],
)
def test_the_server_of_a_user(user: object, server: str | None) -> None:
    assert server_of(user) == server


@pytest.mark.parametrize(
    ("inviter", "allowed", "followed"),
    [
        (ANA, ["here"], True),
        (ANA, [ANA], True),
        (ANA, [BO, "there"], False),
        (ANA, [], False),
        ("@ana:nothere", ["here"], False),
        ("@ana:here.evil", ["here"], False),
        ("@ana:sub.here", ["here"], False),
        ("@ana:here:8448", ["here"], False),
        ("@ana:HERE", ["here"], False),
        ("@Ana:here", [ANA], False),
        ("@here:evil", ["here"], False),
        ("@x:evil:here", ["here"], False),
        ("here", ["here"], False),
    ],
)
def test_invites_are_followed_from_the_very_people_and_servers_that_are_allowed(
    inviter: str, allowed: list[str], followed: bool
) -> None:
    assert may_invite(inviter, allowed) is followed


def member(user: str, membership: str, sender: Any = ANA, **content: Any) -> dict[str, Any]:
    content |= {"membership": membership}
    return {"type": "m.room.member", "state_key": user, "sender": sender, "content": content}


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ([member(ANA, "join"), member(ME, "invite")], Invitation(ANA, direct=False)),
        ([member(ME, "invite", is_direct=True)], Invitation(ANA, direct=True)),
        ([member(ME, "invite", is_direct="yes")], Invitation(ANA, direct=False)),
        ([member(ANA, "join"), member(BO, "invite")], None),
        ([member(ME, "join")], None),
        ([member(ME, "invite", sender="ana")], None),
        ([member(ME, "invite", sender=7)], None),
        ([{"type": "m.room.member", "state_key": ME}, 7, None], None),
        ({"events": []}, None),
        (None, None),
    ],
)
def test_who_invited_the_bot(state: Any, found: Invitation | None) -> None:
    assert invitation(state, ME) == found


# --- turning down ---------------------------------------------------------------------------------------------


def taken(leaves: Leaves, now: datetime) -> int:
    count = 0
    while leaves.take(now) is not None:
        count += 1
    return count


def test_a_flood_of_invites_is_turned_down_a_few_at_a_time() -> None:
    leaves = Leaves(every=timedelta(seconds=10), burst=5, limit=1000)
    noted = sum(leaves.add(f"!{n}") for n in range(10_000))
    assert noted == 1000
    assert taken(leaves, NOW) == 5
    assert taken(leaves, NOW + timedelta(seconds=9)) == 0
    assert leaves.due() == NOW + timedelta(seconds=10)
    assert taken(leaves, NOW + timedelta(seconds=10)) == 1
    assert taken(leaves, NOW + timedelta(seconds=50)) == 4
    assert taken(leaves, NOW + timedelta(days=1)) == 5
    assert len(leaves.waiting) == 1000 - 15


def test_invites_are_turned_down_in_their_order_and_once() -> None:
    leaves = Leaves()
    assert [leaves.add(room) for room in ("!a", "!b", "!a")] == [True, True, False]
    assert [leaves.take(NOW), leaves.take(NOW), leaves.take(NOW)] == ["!a", "!b", None]


def test_an_invite_that_was_taken_back_is_not_turned_down() -> None:
    leaves = Leaves()
    leaves.add("!a")
    leaves.forget("!a")
    leaves.forget("!b")
    assert leaves.take(NOW) is None
    assert leaves.due() is None


@given(st.lists(st.integers(0, 60), max_size=60), st.integers(1, 8), st.integers(1, 30))
def test_never_more_than_the_burst_and_one_in_each_interval(pauses: list[int], burst: int, every: int) -> None:
    leaves = Leaves(timedelta(seconds=every), burst)
    for n in range(500):
        leaves.add(f"!{n}")
    now, times = NOW, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if leaves.take(now) is not None:
            times.append(now)
    for first in range(len(times)):
        for last in range(first, len(times)):
            assert last - first + 1 <= burst + (times[last] - times[first]) / timedelta(seconds=every)
