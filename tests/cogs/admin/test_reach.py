"""Admins see in `team show` whom the bot can write to directly; nobody else does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.platforms.discord.marks import units
from bot.platforms.discord.render import LIMIT
from bot.testing.client import Client
from bot.testing.stage import Stage
from cogs.admin import cog as admin
from cogs.people import cog as people

HEADING = "Direct messages, as only admins see it:"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Monday, eight o'clock: Olu, an admin, Bo and Mei, who has closed her door; all welcomed at nine."""
    async with Stage.create(start=datetime(2026, 10, 26, 8, tzinfo=UTC), cogs=(admin, people)) as made:
        olu = await made.member("Olu", admin=True)
        await made.team("Atlas", olu, await made.member("Bo"), await made.member("Mei"))
        made.server.set_closed("Mei")
        yield made


async def nine(stage: Stage) -> None:
    await stage.until(datetime(2026, 10, 26, 9, 5, tzinfo=UTC))


async def test_before_anything_was_sent_all_wait_for_first_contact(stage: Stage) -> None:
    (seen,) = await stage.says("Olu", "team show Atlas")
    assert seen.text.endswith(f"{HEADING}\n\n• waiting for first contact: Bo, Mei and Olu")


async def test_who_takes_nothing_is_shown_with_since_when(stage: Stage) -> None:
    await nine(stage)
    (seen,) = await stage.says("Olu", "team show Atlas")
    assert seen.text.endswith(f"{HEADING}\n\n• reached: Bo and Olu\n• Mei: can't be reached since Mon, 26 Oct, 09:00")


async def test_when_something_arrives_again_they_count_as_reached(stage: Stage) -> None:
    await nine(stage)
    stage.server.set_closed("Mei", False)
    await stage.says("Mei", "help")
    (seen,) = await stage.says("Olu", "team show Atlas")
    assert seen.text.endswith("• reached: Bo, Mei and Olu")


async def test_members_see_none_of_it(stage: Stage) -> None:
    await nine(stage)
    (seen,) = await stage.says("Bo", "team show Atlas")
    assert HEADING not in seen.text


async def test_in_a_channel_everybody_would_read_it_so_it_is_left_out(stage: Stage) -> None:
    await nine(stage)
    stage.room("general")
    (seen,) = await stage.says("Olu", "!helio team show Atlas", "general")
    assert HEADING not in seen.text


async def test_an_answer_for_the_admins_eyes_alone_has_it(stage: Stage) -> None:
    await nine(stage)
    stage.room("general")
    (seen,) = await Client(stage, "Olu", inside="general", admin=True).uses("team show", team="Atlas")
    assert HEADING in seen.text


async def test_the_owner_is_told_once_however_long_it_lasts(stage: Stage) -> None:
    await stage.until(datetime(2026, 11, 20, 12, tzinfo=UTC))
    told = [part.kind for seen in stage.to("Olu") for part in seen.parts]
    assert told.count("bot.undelivered") == 1


@pytest.mark.parametrize("language", ["en", "es", "de", "ja"])
async def test_a_large_team_is_shown_by_its_first_people_in_one_message(language: str) -> None:
    async with Stage.create(
        start=datetime(2026, 10, 26, 8, 59, tzinfo=UTC), cogs=(admin, people), language=language
    ) as stage:
        olu = await stage.member("Olu", admin=True)
        zones = ("Europe/Lisbon", "Pacific/Auckland", "America/New_York", "Asia/Tokyo")
        crowd = [await stage.member(f"Member number {n}", zone=zones[n % 4]) for n in range(200)]
        await stage.team("Atlas", olu, *crowd)
        for n in range(0, 200, 4):
            stage.server.set_closed(f"Member number {n}")
        await stage.until(datetime(2026, 10, 26, 10, tzinfo=UTC))
        (seen,) = await stage.says("Olu", "team show Atlas")
        assert units(seen.text) <= LIMIT
        if language == "en":
            assert "• and 46 more" in seen.text
            assert "• and 145 more" in seen.text
            assert "• can't be reached either: Member number 108" in seen.text
            assert "and 41 more" in seen.text
