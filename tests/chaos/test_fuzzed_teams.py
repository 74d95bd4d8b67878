"""Many random teams over weeks: the long lane of `tests/simulation/test_fuzzed_teams.py`."""

from __future__ import annotations

import pytest

from tests.simulation.fuzzed_teams import played
from tests.simulation.playing import kit
from tests.simulation.promises import broken

TEAMS = 10


@pytest.mark.timeout(600)
@pytest.mark.parametrize("tens", range(10))
async def test_random_teams_keep_every_promise(tens: int) -> None:
    wrong = {}
    for seed in range(1000 + tens * TEAMS, 1000 + (tens + 1) * TEAMS):
        async with played(kit(), seed, days=21, calm=seed % 3 == 0) as world:
            if lines := await broken(world):
                wrong[seed] = lines
    assert wrong == {}
