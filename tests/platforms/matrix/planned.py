"""How a day with kills is judged: against the same day, lived undisturbed once by each test process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.platforms.matrix.kills import World
from tests.platforms.matrix.lives import Strike
from tests.platforms.matrix.one_day import START, live_the_day
from tests.platforms.matrix.synapse import Synapse
from tests.platforms.matrix.wire import Cut
from tests.platforms.outcome import Outcome

SLOWEST = 420
"""Seconds that such a day may take on a machine that is busy with other things; alone it takes a tenth."""
SYNC = "GET .*/sync.*since="
SEND = "PUT .*/send/m.room.(message|encrypted)/"
REACT = "PUT .*/send/m.reaction/"
SHARE_KEYS = "PUT .*/sendToDevice/m.room.encrypted/"
MAKE_ROOM = "POST .*/createRoom"
RECORD_ROOM = "PUT .*/account_data/m.direct"
JOIN = "POST .*/join/"

_UNDISTURBED: dict[bool, Outcome] = {}


async def undisturbed(synapse: Synapse, folder: Path, encrypted: bool) -> Outcome:
    """What comes of the day when nobody is killed."""
    if encrypted not in _UNDISTURBED:
        async with World.make(synapse, folder / "undisturbed", encrypted, START) as world:
            await live_the_day(world)
            found = await world.outcome()
        assert found.seen.total() > 50, "there is too little to lose"
        assert found.entries.total() > 8
        _UNDISTURBED[encrypted] = found
    return _UNDISTURBED[encrypted]


async def disturbed(
    synapse: Synapse,
    folder: Path,
    encrypted: bool,
    *,
    struck: Mapping[str, Sequence[Strike]] | None = None,
    cut: Mapping[str, Sequence[Cut]] | None = None,
    absences: bool = False,
) -> None:
    """Live the day with these kills, by moment; fail where one can't happen, where something is lost or comes twice."""
    expected = await undisturbed(synapse, folder, encrypted)
    planned = {"strikes": struck or {}, "cuts": cut or {}, "absences": absences}
    async with World.make(synapse, folder / "disturbed", encrypted, START, **planned) as world:
        await live_the_day(world)
        wrong = await world.differences(expected)
        assert not wrong, "\n".join([*wrong, f"after {world.happened()}", world.bot.log()])
