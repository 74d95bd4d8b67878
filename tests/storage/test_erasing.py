"""All that belongs to one workspace is deleted, and nothing of another's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import Table, func, insert, select

from bot.engine.ports import Outgoing, Target, TargetKind, Timer
from bot.model.identity import Account, ChannelId, Identity, MemberId, MessageRef, Place, TeamId, WorkspaceId
from bot.model.journal import Entry, Kind
from bot.model.message import catalogue, say
from bot.model.people import Absence, Channel, Member, Purpose, Team
from bot.model.working_time import Hours, WorkingWeek
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.erasing import OF_NO_WORKSPACE
from bot.storage.migrate import create_all
from bot.storage.tables import METADATA

NOW = datetime(2026, 10, 26, 9, tzinfo=UTC)
WEEK = WorkingWeek.uniform(Hours(time(9), time(17)))
COGS = [cog for cog in installed_cogs() if cog.tables is not None]
_, n_ = catalogue("test")


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    database = Database.in_memory()
    await create_all(database, list(installed_cogs()))
    yield database
    await database.close()


async def workspace(database: Database, name: str, account: str) -> WorkspaceId:
    """Make a workspace with somebody in it, and something in most tables; return its id."""
    async with database.transaction() as stores:
        made = await stores.directory.create_workspace(name, "en", "discord", name)
        fresh = Member(MemberId(0), made.id, account, "UTC", WEEK)
        identity = Identity("discord", account)
        member = await stores.directory.create_member(fresh, Account(identity, account))
        team = await stores.directory.create_team(Team(TeamId(0), made.id, name, "UTC", member.id))
        await stores.directory.add_to_team(team.id, member.id)
        place = Place("discord", name)
        await stores.directory.set_channel(Channel(ChannelId(0), made.id, team.id, Purpose.HANDOFF, place, name))
        await stores.directory.add_absence(Absence(member.id, date(2026, 10, 27), date(2026, 10, 28)))
        await stores.directory.set_direct_place(identity, Place("discord", f"dm-{account}"))
        source = MessageRef(place, "1")
        day = date(2026, 10, 26)
        await stores.journal.add([Entry(made.id, team.id, member.id, day, Kind.DONE, "x", NOW, source=source)])
        await stores.timers.set([Timer("standup", "prompt", name, NOW + timedelta(days=1), made.id, member.id)])
        to = Target(TargetKind.MEMBER, member=member.id)
        await stores.outbox.queue([Outgoing(made.id, to, "x", f"key-{name}", message=say(_("hello")))], NOW)
        return made.id


async def counts(database: Database) -> dict[str, int]:
    """Return how many rows each table has that may belong to a workspace."""
    tables = [*METADATA.sorted_tables, *(table for cog in COGS for table in _tables(cog.tables))]
    async with database.reading() as stores:
        found = {}
        for table in tables:
            if table.name not in OF_NO_WORKSPACE:
                rows = (await stores.execute(select(func.count().label("n")).select_from(table))).rows
                found[table.name] = rows[0].n
    return {name: count for name, count in found.items() if count}


def _tables(metadata: object) -> list[Table]:
    return list(metadata.tables.values())  # type: ignore[attr-defined]  # a cog's MetaData, which the model leaves open


async def test_nothing_of_an_erased_workspace_is_left(database: Database) -> None:
    made = await workspace(database, "Polaris", "ana")
    assert len(await counts(database)) > 10
    async with database.transaction() as stores:
        await stores.erase(made, [cog.tables for cog in COGS])
    assert await counts(database) == {}
    async with database.reading() as stores:
        assert list(await stores.directory.workspaces()) == []


async def test_nothing_of_another_workspace_is_touched(database: Database) -> None:
    await workspace(database, "Polaris", "ana")
    alone = await counts(database)
    second = await workspace(database, "Vega", "bo")
    async with database.transaction() as stores:
        await stores.erase(second, [cog.tables for cog in COGS])
    assert await counts(database) == alone


async def test_a_person_who_is_elsewhere_too_keeps_their_conversation(database: Database) -> None:
    made = await workspace(database, "Polaris", "ana")
    await workspace(database, "Vega", "ana")
    async with database.transaction() as stores:
        await stores.erase(made, [cog.tables for cog in COGS])
        assert await stores.directory.direct_place(Identity("discord", "ana")) == Place("discord", "dm-ana")


@pytest.mark.parametrize("table", [table for cog in COGS for table in _tables(cog.tables)], ids=str)
async def test_every_table_of_a_cog_says_whose_its_rows_are(database: Database, table: Table) -> None:
    assert "workspace" in table.c
    row = {
        column.name: 7 if column.name == "workspace" else "x" if str(column.type) == "TEXT" else 1 for column in table.c
    }
    async with database.transaction() as stores:
        await stores.execute(insert(table), row)
        await stores.erase(WorkspaceId(7), [cog.tables for cog in COGS])
    assert await counts(database) == {}
