"""Random teams, around the clock and across clock changes, keep every promise; `make chaos` plays many more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.fuzzed_teams import played
from tests.simulation.playing import kit
from tests.simulation.promises import broken


@pytest.mark.parametrize("calm", [False, True])
@pytest.mark.parametrize("seed", range(6))
async def test_a_random_team_keeps_every_promise(seed: int, calm: bool) -> None:
    async with played(kit(), seed, days=10, calm=calm) as world:
        assert await broken(world) == []


async def test_a_random_team_on_a_file_is_the_same_as_in_memory(tmp_path: Path) -> None:
    async with played(kit(), 1, days=6) as world, played(kit(), 1, days=6, file=tmp_path / "world.db") as again:
        assert [seen.to_line() for seen in world.seen] == [seen.to_line() for seen in again.seen]
        assert await broken(again) == []
