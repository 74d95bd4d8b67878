"""Every command's documented example works as it stands."""

from __future__ import annotations

import pytest

from bot.model.command import spec_of
from bot.testing.stage import Stage
from cogs.people import cog

WORKS = {
    "me timezone": "Your time zone is Lisbon",
    "me hours": "Your working hours: 09:00–17:30 (Mon–Fri)",
    "me language": "Desde ahora te escribo en español",
    "me holidays": "public holidays of PT",
    "me away until": "You are away from today through Fri, 30 Oct",
    "me back": "Welcome back!",
    "me show": "What I know about you",
    "me link": "On the other platform",
    "me unlink": "This account is not joined with any other",
    "team leave": "You are out of Atlas",
}
BEFORE = {"me back": "me away until 2026-10-27"}


def test_every_command_is_tried() -> None:
    assert {spec_of(handler).words for handler in cog.commands} == set(WORKS)


@pytest.mark.parametrize("words", WORKS)
async def test_the_example_works(stage: Stage, words: str) -> None:
    if words in BEFORE:
        await stage.says("Ana", BEFORE[words])
    (example,) = [spec_of(handler).example for handler in cog.commands if spec_of(handler).words == words]
    (seen,) = await stage.says("Ana", example)
    assert WORKS[words] in seen.text
