"""What a platform finds out about a place is told to whoever looks after it, once."""

from __future__ import annotations

from bot.model.identity import Place
from bot.model.message import catalogue
from tests.engine.test_unreachable import ROOM, World, world

_, n_ = catalogue("test")
__all__ = ["world"]
NO_THREADS = _("I may not make threads.")


async def test_the_owner_of_a_channels_team_is_told_once(world: World) -> None:
    for _again in range(2):
        await world.engine.announce_there(ROOM, "threads:room", NO_THREADS)
        await world.engine.announce_there(Place("fake", "room", "thread"), "threads:room", NO_THREADS)
    await world.engine.drain()
    assert world.texts("Olu") == ["About #room, a channel of Atlas: I may not make threads."]
    assert world.texts("Mei") == []


async def test_about_a_place_that_is_nobodys_nobody_is_told(world: World) -> None:
    await world.engine.announce_there(Place("fake", "elsewhere"), "threads:elsewhere", NO_THREADS)
    await world.engine.drain()
    assert world.platform.accepted == []
