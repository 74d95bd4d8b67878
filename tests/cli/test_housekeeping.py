"""Automatic backups, and new time zone rules, while nobody looks."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot import app
from bot.api import MemberChanged, Timer, Transaction
from bot.config import BackupSettings, DatabaseSettings, Settings
from bot.model.cog import Cog
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from bot.storage.tables import META
from bot.testing.stage import Stage
from tests.cli.process import Command, Running

NOON = datetime(2026, 10, 26, 12, tzinfo=UTC)


def backups(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "backups").glob("*"))


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """Settings of an installation whose database is made."""
    path = tmp_path / "bot.db"
    database = await Database.open(path)
    await upgrade(database, [], NOON)
    await database.close()
    kept = BackupSettings(folder=tmp_path / "backups", every_hours=6, keep=2)
    return Settings(database=DatabaseSettings(path=path), backup=kept)


def test_a_start_backs_up_and_the_next_one_does_not_so_soon(folder: Path, command: Command) -> None:
    command("run")
    first = backups(folder)
    command("run")
    assert len(first) == 1
    assert backups(folder) == first


async def test_a_backup_is_made_whenever_it_is_due_and_the_newest_are_kept(settings: Settings, tmp_path: Path) -> None:
    for hours in range(0, 24):
        await app.back_up_when_due(settings, NOON + timedelta(hours=hours))
    assert backups(tmp_path) == ["heliotrope-20261027T000000Z.db", "heliotrope-20261027T060000Z.db"]


async def test_a_backup_that_fails_is_an_error_in_the_log_and_no_more(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be", encoding="utf-8")
    await app.back_up_when_due(settings, NOON)
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert line.getMessage().startswith(f"no backup was made in {tmp_path / 'backups'}: ")


# One hour is a fifth of a second here, and each backup is due at once.
HURRIED = """
import sys
from datetime import timedelta
from bot import app
app.HOUSEKEEPING = timedelta(seconds=0.2)
from bot.__main__ import main
sys.exit(main())
"""


def test_a_running_bot_keeps_house_by_itself(folder: Path) -> None:
    with Running(folder, program=HURRIED) as bot:
        bot.logs("running on console")
        (made,) = backups(folder)
        (folder / "backups" / made).unlink()
        bot.until(lambda: any(name.endswith(".db") for name in backups(folder)))
        assert bot.end_input() == 0
    assert bot.log.count("backed up to") == 2


async def rules(stage: Stage, version: str | None = None) -> str:
    """The version of the time zone rules that is stored; with one given, after storing that."""
    async with stage.transaction() as tx:
        if version is not None:
            await tx.execute(update(META).where(META.c.key == "tzdata").values(value=version))
        return str((await tx.execute(select(META.c.value).where(META.c.key == "tzdata"))).rows[0].value)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage.create(start=NOON) as stage:
        await app.replan_if_zones_changed(stage.installation.engine, "2020a")
        yield stage


async def planned(stage: Stage) -> dict[tuple[str, str, str], datetime]:
    async with stage.transaction() as tx:
        timers = await tx.timers.take_due(NOON + timedelta(days=400), 1000)
        await tx.timers.set(timers)
    return {(timer.cog, timer.job, timer.key): timer.due for timer in timers}


async def test_the_rules_that_timers_are_planned_by_are_noted(stage: Stage) -> None:
    assert await rules(stage) == "2020a"


async def test_newer_rules_plan_every_members_timers_again(stage: Stage) -> None:
    ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
    bo = await stage.member("Bo", zone="America/New_York")
    await stage.team("Atlas", ana, bo)
    await stage.says("Ana", "standup create Atlas")
    right = await planned(stage)
    prompts = [key for key in right if key[0] == "standup" and key[1] == "prompt"]
    assert len(prompts) == 2
    async with stage.transaction() as tx:  # as older rules would have it
        timers = await tx.timers.take_due(NOON + timedelta(days=400), 1000)
        await tx.timers.set([late(timer) if timer.job == "prompt" else timer for timer in timers])
    assert await planned(stage) != right
    await app.replan_if_zones_changed(stage.installation.engine, "2026f")
    assert await planned(stage) == right
    assert await rules(stage) == "2026f"


def late(timer: Timer) -> Timer:
    return replace(timer, due=timer.due + timedelta(hours=1))


async def test_the_same_rules_plan_nothing_again() -> None:
    changed: list[MemberChanged] = []

    async def listen(tx: Transaction, event: MemberChanged) -> None:
        changed.append(event)

    cog = Cog(name="ears", listeners={MemberChanged: listen})
    async with Stage.create(start=NOON, cogs=[cog]) as stage:
        members = [await stage.member(name) for name in ("Ana", "Bo")]
        engine = stage.installation.engine
        changed.clear()
        for version, count in (("2026e", 0), ("2026e", 0), ("2026f", 2), ("2026f", 2)):
            await app.replan_if_zones_changed(engine, version)
            assert len(changed) == count
        assert {event.member for event in changed} == {member.id for member in members}
