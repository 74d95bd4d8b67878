"""An edit that carries out a deletion says so to the platform, whatever else changes the message meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.engine.ports import Chunk, Op, Outgoing
from bot.engine.transaction import to_member
from bot.model.identity import MessageRef, Place
from bot.model.message import catalogue, say
from tests.engine import test_delivery
from tests.engine.test_delivery import ROOM, World

_, n_ = catalogue("test")
world = test_delivery.world
THEIRS = MessageRef(ROOM, "$theirs")


@pytest.fixture
def edits(world: World, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What the platform is asked to show, and whether for a deletion."""
    asked: list[tuple[str, bool]] = []

    async def edit(place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        asked.append((chunk.text, chunk.withdraws))

    monkeypatch.setattr(world.platform, "edit", edit)
    return asked


def change(world: World, number: int, text: str, **more: Any) -> Outgoing:
    row = world.post("a", text)
    return Outgoing(
        row.workspace, row.target, row.kind, f"a:{number}", Op.EDIT, row.message, root="a", ref=more.get("ref")
    )


async def test_a_common_edit_is_none(world: World, edits: list[tuple[str, bool]]) -> None:
    await world.queue(world.post("a"))
    await world.engine.drain()
    await world.queue(change(world, 1, "new"))
    await world.engine.drain()
    assert edits == [("new", False)]


async def test_a_newer_version_in_the_same_batch_carries_it_out_too(
    world: World, edits: list[tuple[str, bool]]
) -> None:
    await world.queue(world.post("a"))
    await world.engine.drain()
    await world.queue(change(world, 1, "without it", ref=THEIRS), change(world, 2, "newest"))
    await world.engine.drain()
    assert edits == [("newest", True)]


async def test_a_newer_version_does_not_take_the_place_of_one_that_waits(
    world: World, edits: list[tuple[str, bool]]
) -> None:
    await world.queue(world.post("a"))
    await world.engine.drain()
    for row in (change(world, 1, "old"), change(world, 2, "without it", ref=THEIRS), change(world, 3, "newest")):
        await world.queue(row)
        await world.engine.pack()
    await world.engine.drain()
    assert edits == [("without it", True), ("newest", False)]


async def test_a_part_that_is_deleted_leaves_no_version_of_the_whole(
    world: World, edits: list[tuple[str, bool]]
) -> None:
    parts = [
        Outgoing(world.workspace.id, to_member(world.member), "test.part", key, message=say(_("{text}", text=key)))
        for key in ("a", "b")
    ]
    await world.queue(*parts)
    await world.engine.drain()
    gone = parts[1]
    await world.queue(Outgoing(gone.workspace, gone.target, gone.kind, "b:delete", Op.DELETE, root="b"))
    await world.engine.drain()
    assert edits == [("a", True)]
