"""One suite for every storage: in memory, a SQLite file inline, a SQLite file by aiosqlite, PostgreSQL.

PostgreSQL is run from the pgserver package with asyncpg, where both are installed.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.engine.errors import NewerDatabase
from bot.engine.ports import (
    Chunk,
    ChunkState,
    Contact,
    Conversation,
    Occurrence,
    OccurrenceState,
    Op,
    Outgoing,
    Parcel,
    Part,
    Sent,
    Storage,
    Stores,
    Target,
    TargetKind,
    Timer,
    copy_key,
)
from bot.model.event import MessageReceived
from bot.model.identity import (
    Account,
    ChannelId,
    Identity,
    MemberId,
    MessageRef,
    Place,
    Scope,
    TeamId,
    WorkspaceId,
)
from bot.model.journal import Entry, Kind, State
from bot.model.message import Message, catalogue, say
from bot.model.people import Absence, Channel, Member, Purpose, Team, Workspace
from bot.model.working_time import Hours, WorkingWeek
from bot.storage.database import Database
from bot.storage.migrate import create_all, upgrade
from bot.storage.tables import IDENTITIES, META, METADATA

NOW = datetime(2026, 10, 26, 9, tzinfo=UTC)
TODAY = date(2026, 10, 26)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = WorkingWeek.uniform(Hours(time(9), time(17)))
HANDOFF = Place("console", "atlas-handoff")
DM = Place("console", "dm-ana")
_, n_ = catalogue("test")


MISSING = [name for name in ("pgserver", "asyncpg") if importlib.util.find_spec(name) is None]
KINDS = ["memory", "inline", "aiosqlite", *([] if MISSING else ["postgresql"])]


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a PostgreSQL server for this run."""
    pgserver = importlib.import_module("pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    server.cleanup()


@pytest.fixture(params=KINDS)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without tables, of each kind."""
    match request.param:
        case "memory":
            database = Database.in_memory()
        case "inline":
            database = await Database.open(tmp_path / "bot.db", durable=False, inline=True)
        case "aiosqlite":
            database = await Database.open(tmp_path / "bot.db")
        case _:
            database = await Database.open(request.getfixturevalue("postgresql_url"))
            async with database.transaction() as stores:
                await stores.execute(text("DROP SCHEMA public CASCADE"))
                await stores.execute(text("CREATE SCHEMA public"))
    yield database
    await database.close()


@pytest.fixture
async def database(empty: Database) -> Database:
    """A database with the bot's tables, and nothing in them."""
    await create_all(empty, [], instance="k3m9x2pq")
    return empty


@dataclass(frozen=True)
class Ground:
    """What most tests stand on: a workspace with a team of two."""

    storage: Storage
    workspace: Workspace
    ana: Member
    bo: Member
    team: Team

    def row(self, key: str, **changes: Any) -> Outgoing:
        """A message to Ana, with another key or other fields."""
        target = Target(TargetKind.MEMBER, member=self.ana.id)
        row = Outgoing(self.workspace.id, target, "standup.prompt", key, message=say(_("What is next?")))
        return replace(row, **changes)

    def post(self, key: str, **changes: Any) -> Outgoing:
        """A post in the handoff channel."""
        return self.row(key, target=Target(TargetKind.PLACE, place=HANDOFF), kind="handoff.post", **changes)


def chunk(row: Outgoing, text: str = "text", **changes: Any) -> Chunk:
    """A chunk of a row, as the packer makes it."""
    made = Chunk(
        0, 0, "console", row.target.stream, Op.SEND, "", {"body": text}, text,
        (Part(row.kind, row.key, row.date),), unasked=True, member=row.target.member,
        place=row.target.place, root=row.target.root,
    )  # fmt: skip
    return replace(made, **changes)


@pytest.fixture
async def ground(database: Database) -> Ground:
    """A workspace with a team of two."""
    async with database.transaction() as stores:
        directory = stores.directory
        workspace = await directory.create_workspace("Atlas Inc", "en", "console", "world")
        ana = await directory.create_member(
            Member(MemberId(0), workspace.id, "Ana", "Europe/Lisbon", WEEK, admin=True), account("ana")
        )
        bo = await directory.create_member(Member(MemberId(0), workspace.id, "Bo", "Asia/Kolkata", WEEK), account("bo"))
        team = await directory.create_team(Team(TeamId(0), workspace.id, "Atlas", "Europe/Lisbon", ana.id))
        await directory.add_to_team(team.id, ana.id)
        await directory.add_to_team(team.id, bo.id)
    return Ground(database, workspace, ana, bo, team)


def account(name: str, platform: str = "console") -> Account:
    return Account(Identity(platform, name), name.title())


async def queued(stores: Stores, *rows: Outgoing) -> list[Outgoing]:
    """Queue rows and return them with their ids."""
    await stores.outbox.queue(rows, NOW)
    keys = {row.key for row in rows}
    return [row for row in await stores.outbox.waiting(NOW + 1000 * DAY, 1000) if row.key in keys]


async def packed(stores: Stores, row: Outgoing, *texts: str, **changes: Any) -> None:
    """Queue a row and pack it into chunks with these texts."""
    (stored,) = await queued(stores, row)
    chunks = tuple(chunk(row, text, **changes) for text in texts or ("text",))
    await stores.outbox.store([Parcel((stored.id,), chunks)], NOW)


async def texts_to_send(stores: Stores, at: datetime = NOW) -> list[str]:
    return [c.text for c in await stores.outbox.to_send("console", at, 100)]


async def send_all(stores: Stores, at: datetime = NOW) -> list[str]:
    """Accept everything that may go, as a platform would; return the texts in order."""
    texts = []
    while chunks := await stores.outbox.to_send("console", at, 100):
        await stores.outbox.tried([c.id for c in chunks], at)
        results = []
        for c in chunks:
            thread = f"t{c.id}" if c.title else None
            message = f"m{c.id}" if c.op is Op.SEND else c.target_message
            results.append(Sent(c.id, message, c.place or DM, thread))
            texts.append(c.text)
        await stores.outbox.sent(results, at)
    return texts


# --- tables


async def test_migrations_make_the_tables_and_a_second_run_does_nothing(empty: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        def included(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
            return kind != "table" or not (name or "").startswith("alembic_version_")

        context = MigrationContext.configure(connection, opts={"include_object": included})
        return list(compare_metadata(context, METADATA))

    assert await upgrade(empty, [], NOW) == [("bot", f"bot_000{n}") for n in (1, 2, 3, 4)]
    assert await empty.run_sync(differences) == []
    assert await upgrade(empty, [], NOW) == []
    async with empty.transaction() as stores:
        assert len((await stores.execute(select(META).where(META.c.key == "instance"))).rows[0].value) == 8


async def test_a_database_of_a_newer_version_is_refused(empty: Database) -> None:
    await upgrade(empty, [], NOW)
    async with empty.transaction() as stores:
        await stores.execute(text("UPDATE alembic_version_bot SET version_num = 'bot_9999'"))
    with pytest.raises(NewerDatabase, match="bot_9999"):
        await upgrade(empty, [], NOW)


# --- transactions


@pytest.mark.skipif(bool(MISSING), reason=f"PostgreSQL is not tested here: no package {', '.join(MISSING)}")
def test_postgresql_is_one_of_the_kinds() -> None:
    assert "postgresql" in KINDS


async def test_what_a_transaction_wrote_is_there_after_it(ground: Ground) -> None:
    async with ground.storage.reading() as stores:
        assert await stores.directory.member(ground.ana.id) == ground.ana


async def test_a_transaction_that_fails_leaves_nothing(ground: Ground) -> None:
    with pytest.raises(RuntimeError, match="on purpose"):
        async with ground.storage.transaction() as stores:
            await stores.directory.save_member(replace(ground.ana, name="Anna"))
            assert (await stores.directory.member(ground.ana.id)).name == "Anna"
            await stores.outbox.queue([ground.row("lost")], NOW)
            raise RuntimeError("on purpose")
    async with ground.storage.transaction() as stores:
        assert (await stores.directory.member(ground.ana.id)).name == "Ana"
        assert await stores.outbox.waiting(NOW, 10) == []


async def test_reading_can_not_write(ground: Ground) -> None:
    with pytest.raises(DBAPIError):
        async with ground.storage.reading() as stores:
            await stores.outbox.queue([ground.row("never")], NOW)
    async with ground.storage.transaction() as stores:
        assert await stores.outbox.waiting(NOW, 10) == []
        await stores.outbox.queue([ground.row("now")], NOW)


async def test_two_transactions_take_turns(ground: Ground) -> None:
    async def rename(suffix: str) -> None:
        async with ground.storage.transaction() as stores:
            bo = await stores.directory.member(ground.bo.id)
            await asyncio.sleep(0)
            await stores.directory.save_member(replace(bo, name=bo.name + suffix))

    await asyncio.gather(*(rename("!") for _ in range(10)))
    async with ground.storage.reading() as stores:
        assert (await stores.directory.member(ground.bo.id)).name == "Bo" + 10 * "!"


async def test_a_read_beside_a_transaction_does_not_see_what_is_not_committed(ground: Ground) -> None:
    seen: list[str] = []

    async def look() -> None:
        async with ground.storage.reading() as stores:
            seen.append((await stores.directory.member(ground.ana.id)).name)

    async with ground.storage.transaction() as stores:
        await stores.directory.save_member(replace(ground.ana, name="Anna"))
        reading = asyncio.create_task(look())
        await asyncio.sleep(0.05)  # in memory there is one connection: there the read waits for its turn
        before = list(seen)
    await reading
    assert before in ([], ["Ana"])
    assert seen == (before or ["Anna"])
    await look()
    assert seen[-1] == "Anna"


async def test_a_transaction_inside_another_of_the_same_task_is_an_error_not_a_deadlock(ground: Ground) -> None:
    async with ground.storage.transaction():
        with pytest.raises(RuntimeError, match="inside a transaction"):
            async with ground.storage.transaction():
                pass


async def test_a_cog_s_statement_runs_with_one_or_many_or_no_parameters(ground: Ground) -> None:
    rows = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    async with ground.storage.transaction() as stores:
        assert (await stores.execute(insert(META), {"key": "c", "value": "3"})).rowcount == 1
        await stores.execute(insert(META), rows)
        assert (await stores.execute(insert(META), [])).rowcount == 0
        found = (await stores.execute(select(META).where(META.c.key.in_(["a", "b"])).order_by(META.c.key))).rows
        assert [(row.key, row.value) for row in found] == [("a", "1"), ("b", "2")]


# --- directory


async def test_a_workspace_is_found_by_id_and_by_its_scope(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        other = await stores.directory.create_workspace("Borealis", "es", "console", "elsewhere")
        assert await stores.directory.workspace(other.id) == Workspace(other.id, "Borealis", "es")
        assert await stores.directory.workspaces() == [ground.workspace, other]
        assert await stores.directory.workspace_of_scope("console", "world") == ground.workspace
        assert await stores.directory.workspace_of_scope("matrix", "world") is None
        with pytest.raises(KeyError):
            await stores.directory.workspace(WorkspaceId(99))


async def test_a_workspace_changes_its_name_and_language(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        other = await directory.create_workspace("Borealis", "es", "matrix", "!b")
        changed = replace(ground.workspace, name="Atlas GmbH", language="de")
        await directory.save_workspace(changed)
        assert await directory.workspace(changed.id) == changed
        assert await directory.workspace_of_scope("console", "world") == changed
        assert await directory.workspaces() == [changed, other]


async def test_a_workspace_has_scopes_and_takes_one_from_another(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        other = await directory.create_workspace("Borealis", "es", "matrix", "!b")
        await directory.add_scope(ground.workspace.id, "matrix", "!c")
        await directory.add_scope(ground.workspace.id, "matrix", "!b")
        await directory.add_scope(ground.workspace.id, "matrix", "!b")
        assert await directory.workspace_of_scope("matrix", "!b") == ground.workspace
    async with ground.storage.reading() as stores:
        mine = [Scope("console", "world"), Scope("matrix", "!b"), Scope("matrix", "!c")]
        assert list(await stores.directory.scopes(ground.workspace.id)) == mine
        assert list(await stores.directory.scopes(other.id)) == []
        assert await stores.directory.workspace_of_scope("matrix", "!b") == ground.workspace


async def test_a_member_keeps_every_field(ground: Ground) -> None:
    odd = replace(
        ground.bo,
        name="Bo\n*ß* 🌍",
        zone="America/Sao_Paulo",
        week=WorkingWeek((Hours(time(22), time(6)), None, None, None, None, None, Hours(time(9), time(9, 30)))),
        language="pt-BR",
        holidays="US-CA",
        admin=True,
        zone_known=False,
        active=False,
    )
    async with ground.storage.transaction() as stores:
        await stores.directory.save_member(odd)
    async with ground.storage.reading() as stores:
        assert await stores.directory.member(ground.bo.id) == odd


async def test_an_unknown_member_is_an_error_alone_and_left_out_among_others(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        with pytest.raises(KeyError):
            await stores.directory.member(MemberId(99))
        found = await stores.directory.members([ground.ana.id, MemberId(99), ground.ana.id])
        assert dict(found) == {ground.ana.id: ground.ana}
        with pytest.raises(KeyError):
            await stores.directory.save_member(replace(ground.ana, id=MemberId(99)))


async def test_members_come_by_name_and_without_those_who_left(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        abe = await directory.create_member(replace(ground.ana, name="Abe"), account("abe"))
        await directory.add_to_team(ground.team.id, abe.id)
        await directory.save_member(replace(ground.bo, active=False))
        assert [m.name for m in await directory.members_of_team(ground.team.id)] == ["Abe", "Ana"]
        assert [m.name for m in await directory.members_of_workspace(ground.workspace.id)] == ["Abe", "Ana"]
        assert await directory.members_of_identity(Identity("console", "bo")) == ()
        assert (await directory.member(ground.bo.id)).active is False


async def test_an_account_is_one_member_in_each_workspace(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        other = await directory.create_workspace("Borealis", "es", "console", "elsewhere")
        again = await directory.create_member(replace(ground.ana, workspace=other.id), account("ana"))
        assert list(await directory.members_of_identity(Identity("console", "ana"))) == [ground.ana, again]


async def test_who_comes_back_is_the_member_they_were(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await stores.directory.save_member(replace(ground.bo, active=False))
        back = await stores.directory.create_member(replace(ground.bo, name="Bobby"), account("bo"))
        assert back == replace(ground.bo, name="Bobby")
        assert await stores.directory.member(ground.bo.id) == back


async def test_who_comes_back_keeps_what_they_told_of_themselves(ground: Ground) -> None:
    told = replace(ground.bo, language="es", holidays="IN", week=WorkingWeek.uniform(Hours(time(6), time(14))))
    fresh = Member(MemberId(0), ground.workspace.id, "Bo", "Europe/Lisbon", WEEK, admin=True, zone_known=False)
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        await directory.save_member(replace(told, active=False))
        assert await directory.create_member(fresh, account("bo")) == replace(told, admin=True)
        await directory.save_member(replace(told, active=False, zone_known=False))
        back = await directory.create_member(fresh, account("bo"))
        assert (back.zone, back.zone_known) == ("Europe/Lisbon", False)


async def test_an_account_that_left_is_nobodys_until_it_comes_back(ground: Ground) -> None:
    bo, matrix = Identity("console", "bo"), Identity("matrix", "@bo:example.org")
    row = {"workspace": ground.workspace.id, "member": ground.bo.id, "name": "Bo", "answered": 0}
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        await stores.execute(insert(IDENTITIES), {**row, "platform": matrix.platform, "account": matrix.account})
        other = await directory.create_workspace("Borealis", "es", "console", "elsewhere")
        there = await directory.create_member(replace(ground.bo, workspace=other.id), account("bo"))
        await directory.account_left(ground.workspace.id, bo, NOW)
        assert list(await directory.members_of_identity(bo)) == [there]
        assert list(await directory.members_of_identity(matrix)) == [ground.bo]
        assert list((await directory.identities([ground.bo.id]))[ground.bo.id]) == [matrix]
        assert await directory.create_member(ground.bo, account("bo")) == ground.bo
        assert set((await directory.identities([ground.bo.id]))[ground.bo.id]) == {bo, matrix}


async def test_the_account_a_person_answered_from_last_comes_first(ground: Ground) -> None:
    matrix = Identity("matrix", "@ana:example.org")
    async with ground.storage.transaction() as stores:
        second = {"platform": matrix.platform, "account": matrix.account, "name": "Ana", "answered": 0}
        owner = {"workspace": ground.workspace.id, "member": ground.ana.id}
        await stores.execute(insert(IDENTITIES), {**owner, **second})
    console = Identity("console", "ana")
    for number, (identity, expected) in enumerate([(matrix, [matrix, console]), (console, [console, matrix])]):
        async with ground.storage.transaction() as stores:
            await stores.directory.answered_from(identity, NOW + number * HOUR)
        async with ground.storage.reading() as stores:
            found = await stores.directory.identities([ground.ana.id, ground.bo.id])
            assert list(found[ground.ana.id]) == expected
            assert list(found[ground.bo.id]) == [Identity("console", "bo")]


async def test_leave_is_kept_earliest_first_and_removed_from_a_day_on(ground: Ground) -> None:
    past = Absence(ground.ana.id, date(2026, 1, 1), date(2026, 1, 5))
    running = Absence(ground.ana.id, date(2026, 10, 20), date(2026, 10, 26), "moving")
    coming = Absence(ground.ana.id, date(2026, 12, 24), date(2027, 1, 2), "Christmas")
    async with ground.storage.transaction() as stores:
        for absence in (coming, past, running):
            await stores.directory.add_absence(absence)
        found = await stores.directory.absences([ground.ana.id, ground.bo.id])
        assert list(found[ground.ana.id]) == [past, running, coming]
        assert list(found[ground.bo.id]) == []
        assert list(await stores.directory.remove_absences(ground.ana.id, TODAY)) == [running, coming]
        assert list((await stores.directory.absences([ground.ana.id]))[ground.ana.id]) == [past]
        assert list(await stores.directory.remove_absences(ground.ana.id, TODAY)) == []


async def test_teams_come_by_name_and_can_be_renamed(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        second = await directory.create_team(replace(ground.team, name="Zephyr"))
        await directory.save_team(replace(ground.team, name="Zodiac", owner=ground.bo.id))
        assert [t.name for t in await directory.teams(ground.workspace.id)] == ["Zephyr", "Zodiac"]
        assert await directory.team(second.id) == second
        assert [t.name for t in await directory.teams_of(ground.ana.id)] == ["Zodiac"]


async def test_joining_and_leaving_a_team_say_whether_anything_changed(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        assert await directory.add_to_team(ground.team.id, ground.bo.id) is False
        assert await directory.remove_from_team(ground.team.id, ground.bo.id) is True
        assert await directory.remove_from_team(ground.team.id, ground.bo.id) is False
        assert list(await directory.members_of_team(ground.team.id)) == [ground.ana]
        assert list(await directory.teams_of(ground.bo.id)) == []


async def test_a_deleted_team_leaves_the_journal_and_its_id_is_not_used_again(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await stores.journal.add([entry(ground)])
        stored = await stores.directory.set_channel(channel(ground))
        await stores.directory.delete_team(ground.team.id)
        assert await stores.directory.team(ground.team.id) is None
        assert await stores.directory.channel(stored.id) is None
        assert list(await stores.directory.teams_of(ground.ana.id)) == []
        assert len(await stores.journal.entries(team=ground.team.id)) == 1
        again = await stores.directory.create_team(ground.team)
        assert again.id > ground.team.id


def channel(ground: Ground, place: Place = HANDOFF, purpose: Purpose = Purpose.HANDOFF) -> Channel:
    return Channel(ChannelId(0), ground.workspace.id, ground.team.id, purpose, place, place.address)


async def test_a_team_has_one_channel_for_each_purpose(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        first = await directory.set_channel(channel(ground))
        social = await directory.set_channel(channel(ground, Place("console", "fun"), Purpose.SOCIAL))
        renamed = await directory.set_channel(replace(channel(ground), name="relay"))
        assert renamed == replace(first, name="relay")
        moved = await directory.set_channel(channel(ground, Place("console", "new")))
        assert moved.id != first.id
        assert await directory.channel(first.id) is None
        assert list(await directory.channels(ground.team.id)) == [moved, social]
        assert list(await directory.channels(ground.team.id, Purpose.SOCIAL)) == [social]
        assert await directory.channel_at(Place("console", "fun")) == social
        assert await directory.channel_at(Place("console", "fun", "a thread")) is None


async def test_a_team_has_one_channel_for_each_purpose_on_each_platform(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        first = await directory.set_channel(channel(ground))
        other = await directory.set_channel(channel(ground, Place("matrix", "!room")))
        moved = await directory.set_channel(channel(ground, Place("matrix", "!another")))
        assert other not in await directory.channels(ground.team.id)
        assert set(await directory.channels(ground.team.id, Purpose.HANDOFF)) == {first, moved}


async def test_a_direct_conversation_is_remembered_by_account(ground: Ground) -> None:
    ana = Identity("console", "ana")
    async with ground.storage.transaction() as stores:
        assert await stores.directory.direct_place(ana) is None
        await stores.directory.set_direct_place(ana, DM)
        await stores.directory.set_direct_place(ana, Place("console", "dm-2"))
        assert await stores.directory.direct_place(ana) == Place("console", "dm-2")
        assert await stores.directory.direct_place(Identity("console", "bo")) is None


async def test_what_refers_to_nobody_is_refused(ground: Ground) -> None:
    with pytest.raises(IntegrityError):
        async with ground.storage.transaction() as stores:
            await stores.directory.add_to_team(ground.team.id, MemberId(99))


# --- journal


def entry(ground: Ground, **changes: Any) -> Entry:
    made = Entry(ground.workspace.id, ground.team.id, ground.ana.id, TODAY, Kind.DONE, "merged the parser", NOW)
    return replace(made, **changes)


async def test_entries_keep_every_field_and_the_order_they_were_given_in(ground: Ground) -> None:
    full = entry(
        ground,
        kind=Kind.BLOCKER,
        text="keys for staging\n'; DROP TABLE journal; -- ñ 🚧",
        topic="3",
        source=MessageRef(Place("console", "dm", "thread"), "m1"),
        addressee=ground.bo.id,
        since=date(2026, 10, 20),
        state=State.RESOLVED,
    )
    async with ground.storage.transaction() as stores:
        stored = await stores.journal.add([full, entry(ground), entry(ground, text="")])
        assert [replace(e, id=0) for e in stored] == [full, entry(ground), entry(ground, text="")]
        assert len({e.id for e in stored}) == 3
    async with ground.storage.reading() as stores:
        assert await stores.journal.entries() == stored


async def test_entries_match_everything_asked_for(ground: Ground) -> None:
    source = MessageRef(DM, "m7")
    entries = [
        entry(ground, text="old", date=TODAY - 3 * DAY),
        entry(ground, text="yesterday", date=TODAY - DAY, at=NOW - DAY),
        entry(ground, text="blocked", kind=Kind.BLOCKER, source=source),
        entry(ground, text="solved", kind=Kind.BLOCKER, state=State.RESOLVED),
        entry(ground, text="bo's", author=ground.bo.id),
        entry(ground, text="other team's", team=TeamId(77)),
    ]
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"team": TeamId(77)}, ["other team's"]),
        ({"authors": [ground.bo.id]}, ["bo's"]),
        ({"authors": []}, []),
        ({"dates": (TODAY - DAY, TODAY), "team": ground.team.id, "kinds": [Kind.DONE]}, ["yesterday", "bo's"]),
        ({"kinds": [Kind.BLOCKER]}, ["blocked", "solved"]),
        ({"kinds": [Kind.BLOCKER], "states": [State.OPEN]}, ["blocked"]),
        ({"source": source}, ["blocked"]),
        ({"source": MessageRef(Place("console", "elsewhere"), "m7")}, []),
    ]
    async with ground.storage.transaction() as stores:
        await stores.journal.add(entries)
        for conditions, texts in cases:
            assert [e.text for e in await stores.journal.entries(**conditions)] == texts


async def test_a_saved_entry_replaces_what_it_was(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        first, second = await stores.journal.add([entry(ground), entry(ground, text="reviewed")])
        await stores.journal.save([replace(first, text="", state=State.WITHDRAWN)])
        assert await stores.journal.entries() == [replace(first, text="", state=State.WITHDRAWN), second]


# --- occurrences


def occurrence(ground: Ground, day: date = TODAY, **changes: Any) -> Occurrence:
    state = OccurrenceState.SCHEDULED
    made = Occurrence(ground.workspace.id, "standup:3", ground.ana.id, day, state, NOW + timedelta(microseconds=1))
    return replace(made, **changes)


async def test_a_claim_returns_exactly_what_is_new(ground: Ground) -> None:
    ana, bo = occurrence(ground), occurrence(ground, member=ground.bo.id)
    tomorrow = occurrence(ground, TODAY + DAY)
    async with ground.storage.transaction() as stores:
        assert list(await stores.occurrences.claim([ana])) == [ana]
    async with ground.storage.transaction() as stores:
        late = replace(ana, due=NOW + HOUR, late=True)
        assert list(await stores.occurrences.claim([bo, late, tomorrow, replace(bo, late=True)])) == [bo, tomorrow]
        assert list(await stores.occurrences.claim([ana, bo])) == []
        assert list(await stores.occurrences.find("standup:3")) == [ana, bo, tomorrow]


async def test_an_occurrence_is_settled_only_from_the_states_named(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        occurrences = stores.occurrences
        await occurrences.claim([occurrence(ground)])
        settle = ("standup:3", ground.ana.id, TODAY)
        assert not await occurrences.settle(*settle, OccurrenceState.LAPSED, [OccurrenceState.PROMPTED])
        assert await occurrences.settle(*settle, OccurrenceState.PROMPTED)
        assert await occurrences.settle(
            *settle, OccurrenceState.ANSWERED, [OccurrenceState.PROMPTED, OccurrenceState.LAPSED]
        )
        assert not await occurrences.settle("standup:4", ground.ana.id, TODAY, OccurrenceState.MISSED)
        (found,) = await occurrences.find("standup:3")
        assert found == occurrence(ground, state=OccurrenceState.ANSWERED)


async def test_occurrences_are_found_by_member_and_dates_also_of_every_subject(ground: Ground) -> None:
    mine = [occurrence(ground, TODAY + number * DAY) for number in range(3)]
    other = occurrence(ground, subject="standup:4")
    async with ground.storage.transaction() as stores:
        occurrences = stores.occurrences
        await occurrences.claim([*mine, other, occurrence(ground, member=ground.bo.id)])
        dates = (TODAY, TODAY + DAY)
        assert list(await occurrences.find("standup:3", members=[ground.ana.id], dates=dates)) == mine[:2]
        assert list(await occurrences.find(None, members=[ground.ana.id], dates=dates)) == [mine[0], other, mine[1]]
        assert list(await occurrences.find("standup:5")) == []


# --- timers


def timer(key: str, due: datetime = NOW, **changes: Any) -> Timer:
    return replace(Timer("standup", "prompt", key, due, WorkspaceId(1)), **changes)


async def test_due_timers_are_taken_once_in_the_order_of_their_instants(ground: Ground) -> None:
    late, later = timer("late", NOW - HOUR, data={"wall": [1, "ñ"]}), timer("on time", NOW)
    early = timer("early", NOW + timedelta(microseconds=1), member=ground.ana.id, wall="09:30", zone="Asia/Kolkata")
    async with ground.storage.transaction() as stores:
        assert await stores.timers.next_due() is None
        await stores.timers.set([early, later, late])
        assert await stores.timers.next_due() == late.due
        assert list(await stores.timers.take_due(NOW, 1)) == [late]
        assert list(await stores.timers.take_due(NOW, 10)) == [later]
        assert list(await stores.timers.take_due(NOW, 10)) == []
        assert await stores.timers.next_due() == early.due
        assert list(await stores.timers.take_due(NOW + HOUR, 10)) == [early]


async def test_a_timer_takes_the_place_of_the_one_with_its_name(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        timers = stores.timers
        await timers.set([timer("a"), timer("b"), timer("a", NOW + HOUR)])
        await timers.set([timer("b", NOW + DAY), timer("b", NOW + DAY, job="close")])
        assert list(await timers.find("standup", "prompt", ["b", "a", "c"])) == [
            timer("a", NOW + HOUR),
            timer("b", NOW + DAY),
        ]
        await timers.cancel("standup", "prompt", ["a", "b", "c"])
        assert list(await timers.take_due(NOW + 2 * DAY, 10)) == [timer("b", NOW + DAY, job="close")]


async def test_ten_thousand_timers_are_set_and_taken_in_order(ground: Ground) -> None:
    many = [timer(str(number), NOW + (number % 7) * MINUTE) for number in range(10_001)]
    async with ground.storage.transaction() as stores:
        await stores.timers.set(many)
    async with ground.storage.transaction() as stores:
        taken = await stores.timers.take_due(NOW + HOUR, 20_000)
        assert list(taken) == sorted(many, key=lambda t: t.due)
        assert await stores.timers.next_due() is None


# --- conversations


def conversation(ground: Ground, **changes: Any) -> Conversation:
    made = Conversation(
        0, ground.workspace.id, ground.ana.id, "standup", "answer", "3:2026-10-26",
        n_("{count} question", "{count} questions", 3), {"at": [1, {"x": "é"}]}, NOW + DAY,
    )  # fmt: skip
    return replace(made, **changes)


async def test_an_open_question_is_kept_whole_and_replaced_by_its_successor(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        conversations = stores.conversations
        await conversations.open(conversation(ground, data={}))
        await conversations.open(conversation(ground))
        await conversations.open(conversation(ground, subject="4", label=None))
        found = await conversations.of_member(ground.ana.id, NOW)
        assert [replace(c, id=0) for c in found] == [
            conversation(ground),
            conversation(ground, subject="4", label=None),
        ]
        assert list(await conversations.of_member(ground.bo.id, NOW)) == []
        await conversations.save(replace(found[0], data={"at": 2}, expires=NOW + 2 * DAY))
        await conversations.close(ground.ana.id, "standup", "answer", "4")
        (left,) = await conversations.of_member(ground.ana.id, NOW)
        assert left == replace(found[0], data={"at": 2}, expires=NOW + 2 * DAY)


async def test_an_expired_question_is_not_open_and_is_purged(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        conversations = stores.conversations
        await conversations.open(conversation(ground))
        assert list(await conversations.of_member(ground.ana.id, NOW + DAY)) == []
        assert await conversations.purge(NOW) == 0
        assert await conversations.purge(NOW + DAY) == 1
        assert list(await conversations.of_member(ground.ana.id, NOW)) == []


# --- contacts


async def test_who_takes_nothing_is_known_since_the_first_time_until_something_arrives(database: Database) -> None:
    ana, bo = Identity("console", "ana"), Identity("matrix", "ana")
    remedy = _("Open it.")
    async with database.transaction() as stores:
        contacts = stores.contacts
        assert await contacts.of([ana, bo]) == {}
        await contacts.reached([ana, bo], NOW)
        await contacts.reached([ana], NOW + HOUR)
        assert await contacts.closed(ana, NOW + HOUR, NOW + DAY, remedy)
        assert not await contacts.closed(ana, NOW + DAY, NOW + 2 * DAY, remedy)
        known = await contacts.of([ana, bo])
        assert known == {ana: Contact(NOW, NOW + HOUR, NOW + 2 * DAY, remedy), bo: Contact(NOW)}
        await contacts.reached([ana], NOW + 2 * DAY)
        assert (await contacts.of([ana]))[ana] == Contact(NOW)


async def test_who_takes_nothing_may_be_tried_earlier_and_the_wait_is_told(database: Database) -> None:
    ana = Identity("console", "ana")
    async with database.transaction() as stores:
        contacts = stores.contacts
        assert await contacts.retry(ana, NOW) is None
        assert await contacts.closed(ana, NOW, NOW + DAY, None)
        assert (await contacts.of([ana]))[ana].shut(NOW + HOUR)
        assert await contacts.retry(ana, NOW + HOUR) == NOW + DAY
        assert await contacts.retry(ana, NOW + HOUR) is None
        assert not (await contacts.of([ana]))[ana].shut(NOW + HOUR)


# --- inbox


def said(id: str, position: str | None = None, platform: str = "console") -> MessageReceived:
    author = Account(Identity(platform, "ana"), "Ana")
    return MessageReceived(id, Place(platform, "dm"), author, NOW, position=position)


async def test_an_event_is_accepted_once_on_each_platform(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        assert await stores.inbox.accept(said("1"))
        assert not await stores.inbox.accept(said("1"))
        assert await stores.inbox.accept(said("1", platform="matrix"))
    async with ground.storage.transaction() as stores:
        assert not await stores.inbox.accept(said("1"))
        assert await stores.inbox.accept(said("2"))


async def test_the_position_moves_with_the_events_also_with_one_told_again(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        assert await stores.inbox.position("console") is None
        await stores.inbox.accept(said("1", "p1"))
        await stores.inbox.accept(said("2"))
        assert await stores.inbox.position("console") == "p1"
        await stores.inbox.accept(said("1", "p2"))
        assert await stores.inbox.position("console") == "p2"
        assert await stores.inbox.position("matrix") is None


async def test_a_position_is_not_stored_if_the_event_s_transaction_fails(ground: Ground) -> None:
    with pytest.raises(RuntimeError):
        async with ground.storage.transaction() as stores:
            await stores.inbox.accept(said("1", "p1"))
            raise RuntimeError
    async with ground.storage.transaction() as stores:
        assert await stores.inbox.position("console") is None
        assert await stores.inbox.accept(said("1", "p1"))


async def test_what_was_told_of_from_an_instant_on_is_found_by_how_its_ids_begin(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        for id, at in (("m:1", NOW - HOUR), ("m:2", NOW), ("g:3", NOW), ("m:4", NOW + HOUR)):
            said = MessageReceived(id, DM, Account(Identity("console", "ana"), "Ana"), at)
            assert await stores.inbox.accept(said)
    async with ground.storage.reading() as stores:
        assert list(await stores.inbox.heard("console", "m:", NOW)) == ["m:2", "m:4"]
        assert list(await stores.inbox.heard("console", "g:", NOW - HOUR)) == ["g:3"]
        assert list(await stores.inbox.heard("matrix", "m:", NOW)) == []


async def test_old_events_are_forgotten(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await stores.inbox.accept(said("1"))
        assert await stores.inbox.purge(NOW) == 0
        assert await stores.inbox.purge(NOW + MINUTE) == 1
        assert await stores.inbox.accept(said("1"))


# --- outbox: rows


async def test_a_row_is_kept_whole(ground: Ground) -> None:
    full = ground.post(
        "handoff:1",
        op=Op.REACT,
        message=Message((), ()),
        root="handoff:0",
        date=TODAY,
        asked=True,
        first=True,
        title=_("The relay of {team}", team="Atlas"),
        ref=MessageRef(Place("console", "dm", "t"), "m1"),
        emoji="✅",
        not_before=NOW - HOUR,
    )
    threaded = ground.row("reply", target=Target(TargetKind.THREAD, root="handoff:1"), message=None)
    async with ground.storage.transaction() as stores:
        await stores.outbox.queue([full, threaded], NOW)
    async with ground.storage.reading() as stores:
        found = await stores.outbox.waiting(NOW, 10)
        assert [replace(row, id=0) for row in found] == [full, threaded]


async def test_a_key_is_stored_once_also_within_one_call(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await outbox.queue([ground.row("a"), ground.row("b"), ground.row("a", asked=True)], NOW)
        await outbox.queue([ground.row("b", asked=True), ground.row("c")], NOW)
        found = await outbox.waiting(NOW, 10)
        assert [(row.key, row.asked) for row in found] == [("a", False), ("b", False), ("c", False)]


async def test_rows_wait_for_their_instant_and_come_oldest_first(ground: Ground) -> None:
    rows = [
        ground.row("a", not_before=NOW + HOUR),
        ground.row("b"),
        ground.row("c", not_before=NOW),
        ground.row("d", not_before=NOW - HOUR),
        ground.row("e"),
    ]
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await outbox.queue(rows, NOW)
        assert [row.key for row in await outbox.waiting(NOW, 10)] == ["b", "c", "d", "e"]
        assert [row.key for row in await outbox.waiting(NOW, 2)] == ["b", "c"]
        assert [row.key for row in await outbox.waiting(NOW + HOUR, 3)] == ["a", "b", "c"]


async def test_held_and_dropped_rows_do_not_wait(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        a, b, _c = await queued(stores, ground.row("a"), ground.row("b"), ground.row("c"))
        await outbox.hold({a.id: NOW + HOUR})
        await outbox.drop([b.id])
        assert [row.key for row in await outbox.waiting(NOW, 10)] == ["c"]
        assert [row.key for row in await outbox.waiting(NOW + HOUR, 10)] == ["a", "c"]
        await outbox.queue([ground.row("b")], NOW)
        assert [row.key for row in await outbox.waiting(NOW, 10)] == ["c"]


async def test_what_waits_for_somebody_who_takes_nothing_ends_and_comes_back_when_they_are_tried(
    ground: Ground,
) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        rows = ground.row("a"), ground.row("b", expires=NOW + HOUR), ground.row("c"), ground.row("d")
        a, b, c, _d = await queued(stores, *rows)
        await outbox.shelve({a.id: NOW + DAY, b.id: NOW + HOUR}, NOW + 2 * DAY)
        await outbox.hold({c.id: NOW + 3 * HOUR})
        assert [row.key for row in await outbox.waiting(NOW, 10)] == ["d"]
        await outbox.release([ground.bo.id], NOW + DAY)
        assert [row.key for row in await outbox.waiting(NOW, 10)] == ["d"]
        await outbox.release([ground.ana.id], NOW + DAY)
        ends = [(row.key, row.expires) for row in await outbox.waiting(NOW, 10)]
        assert ends == [("a", NOW + 2 * DAY), ("b", NOW + HOUR), ("d", None)]


async def test_a_row_that_has_not_gone_out_takes_another_message(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await queued(stores, ground.row("a"), ground.row("b"))
        await packed(stores, ground.row("gone"))
        assert await outbox.amend("a", say("better"))
        assert await outbox.amend("b", None)
        assert await outbox.amend("b", say("nothing to change"))
        assert not await outbox.amend("gone", say("too late"))
        assert not await outbox.amend("unknown", say("nobody"))
        (left,) = await outbox.waiting(NOW, 10)
        assert (left.key, left.message) == ("a", say("better"))


# --- outbox: parcels and chunks


async def test_chunks_get_ids_that_rise_and_keys_of_at_most_25_characters(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        a, b = await queued(stores, ground.row("a"), ground.row("b"))
        first = Parcel((a.id,), (chunk(a, "1"), chunk(a, "2")))
        second = Parcel((b.id,), (chunk(b, "3", key="given"),))
        await stores.outbox.store([first, second], NOW)
        assert await stores.outbox.waiting(NOW, 10) == []
    async with ground.storage.reading() as stores:
        found = await stores.outbox.to_send("console", NOW, 10)
        assert [c.text for c in found] == ["1", "2", "3"]
        assert [c.id for c in found] == sorted({c.id for c in found})
        assert [c.key for c in found] == [f"k3m9x2pq.{found[0].id}", f"k3m9x2pq.{found[1].id}", "given"]
        assert max(len(c.key) for c in found) <= 25
        assert found[0].parcel == found[1].parcel != found[2].parcel


async def test_a_chunk_is_kept_whole_and_starts_untried(ground: Ground) -> None:
    full = chunk(
        ground.post("a", date=TODAY), "été", content={"body": ["x", {"y": None}]}, title="Tuesday", emoji="🌍",
        target_message="m0", state=ChunkState.SENT, first_try=NOW, tries=3, message_id="m1", thread="t1",
        place=Place("console", "room", "thread"), expires=NOW + HOUR, secret=True,
    )  # fmt: skip
    async with ground.storage.transaction() as stores:
        (row,) = await queued(stores, ground.post("a"))
        await stores.outbox.store([Parcel((row.id,), (full,))], NOW)
        (found,) = await stores.outbox.to_send("console", NOW, 10)
    fresh: dict[str, Any] = {
        "state": ChunkState.STORED,
        "first_try": None,
        "tries": 0,
        "message_id": None,
        "thread": None,
        "stored": NOW,
    }
    assert found == replace(full, id=found.id, parcel=found.parcel, key=found.key, **fresh)


async def test_ids_are_never_used_again(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await packed(stores, ground.row("a"))
        (before,) = await stores.outbox.to_send("console", NOW, 10)
        await send_all(stores)
        assert await stores.outbox.purge(NOW + DAY) == 2
        await packed(stores, ground.row("b"))
        (after,) = await stores.outbox.to_send("console", NOW, 10)
        assert after.id > before.id
        assert after.key != before.key


async def test_only_the_platform_asked_for_gets_its_chunks(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await packed(stores, ground.row("a"), "theirs", platform="matrix")
        await packed(stores, ground.row("b"), "ours")
        assert await texts_to_send(stores) == ["ours"]


async def test_a_stream_keeps_its_order_and_stops_where_one_waits(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.row("a"), "1", "2", "3")
        await packed(stores, ground.post("b"), "other stream")
        chunks = await outbox.to_send("console", NOW, 10)
        assert [c.text for c in chunks] == ["1", "2", "3", "other stream"]
        await outbox.tried([c.id for c in chunks], NOW)
        await outbox.sent([Sent(chunks[0].id, "m1", DM)], NOW)
        await outbox.retry(chunks[1].id, NOW + MINUTE)
        assert await texts_to_send(stores) == ["other stream"]
        assert await texts_to_send(stores, NOW + MINUTE) == ["2", "3", "other stream"]
        again = (await outbox.to_send("console", NOW + MINUTE, 1))[0]
        assert (again.tries, again.state, again.first_try) == (1, ChunkState.TRIED, NOW)


async def test_the_first_try_stays_noted(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.row("a"))
        (found,) = await outbox.to_send("console", NOW, 10)
        assert (found.state, found.first_try) == (ChunkState.STORED, None)
        await outbox.tried([found.id], NOW)
        await outbox.tried([found.id], NOW + HOUR)
        (found,) = await outbox.to_send("console", NOW, 10)
        assert (found.state, found.first_try) == (ChunkState.TRIED, NOW)


async def test_an_uncertain_chunk_holds_its_stream_and_a_refused_one_does_not(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.row("a"), "1", "2")
        await packed(stores, ground.post("b"), "3", "4")
        one, _two, three, _four = await outbox.to_send("console", NOW, 10)
        await outbox.give_up(one.id, ChunkState.UNCERTAIN, "can't tell")
        await outbox.give_up(three.id, ChunkState.REFUSED, "closed")
        assert await texts_to_send(stores) == ["4"]
        await outbox.give_up(one.id, ChunkState.DROPPED, "an admin said so")
        assert await texts_to_send(stores) == ["2", "4"]


async def test_an_answer_to_one_person_is_found_wherever_they_see_it(ground: Ground) -> None:
    response = Place("console", "response")
    answer = Target(TargetKind.MEMBER, ground.ana.id, response)
    async with ground.storage.transaction() as stores:
        (row,) = await queued(stores, ground.row("a", target=answer))
        await stores.outbox.store([Parcel((row.id,), (chunk(row),))], NOW)
        (sent,) = await stores.outbox.to_send("console", NOW, 10)
        await stores.outbox.sent([Sent(sent.id, "m1")], NOW)
        found = await stores.outbox.row_of_message(MessageRef(DM, "m1"))
        assert found is not None
        assert found.key == "a"
        assert await stores.outbox.row_of_message(MessageRef(Place("annex", "dm"), "m1")) is None


async def test_what_was_sent_is_found_by_its_row_and_by_its_message(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        a, b = await queued(stores, ground.row("a"), ground.row("b"))
        parts = (Part(b.kind, "b", None), Part(a.kind, "a", None))
        await outbox.store([Parcel((b.id, a.id), (chunk(a, "1", parts=parts), chunk(a, "2", parts=parts)))], NOW)
        first, second = await outbox.to_send("console", NOW, 10)
        await outbox.sent([Sent(first.id, "m1", DM, "t1")], NOW)
        await outbox.sent([Sent(second.id, "m2")], NOW)
        parcel = await outbox.parcel_of("a")
        assert parcel is not None
        assert [(c.message_id, c.place, c.thread, c.state) for c in parcel[1]] == [
            ("m1", DM, "t1", ChunkState.SENT),
            ("m2", None, None, ChunkState.SENT),
        ]
        row = await outbox.row_of_message(MessageRef(DM, "m1"))
        assert row is not None
        assert row.key == "b"
        assert await outbox.row_of_message(MessageRef(Place("console", "elsewhere"), "m1")) is None
        assert await outbox.row_of_message(MessageRef(DM, "m9")) is None


async def edited(stores: Stores, ground: Ground, key: str, root: str, text: str, op: Op = Op.EDIT) -> None:
    """Queue and pack a change of the first message of an earlier row."""
    found = await stores.outbox.parcel_of(root)
    assert found is not None
    target = Target(TargetKind.THREAD, root=root)
    change = ground.post(key, op=op, root=root, message=say(text) if op is Op.EDIT else None)
    (stored,) = await queued(stores, replace(change, target=target))
    old = found[1][0]
    made = replace(old, id=0, op=op, key="", of=old.id, text=text, title=None)
    await stores.outbox.store([Parcel((stored.id,), (made,))], NOW)


async def test_a_parcel_is_read_with_its_newest_messages(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        a, b = await queued(stores, ground.row("a"), ground.row("b"))
        await outbox.store([Parcel((b.id, a.id), (chunk(b, "1"), chunk(b, "2")))], NOW)
        await edited(stores, ground, "a:1", "a", "better")
        await edited(stores, ground, "a:2", "a", "best")
        await outbox.queue([ground.row("a:3", op=Op.EDIT, root="a", message=say("not packed yet"))], NOW)
        found = await outbox.parcel_of("b")
        assert found is not None
        rows, chunks = found
        assert [(row.key, row.message) for row in rows] == [("b", b.message), ("a", say("best"))]
        assert [c.text for c in chunks] == ["1", "2"]
        assert await outbox.parcel_of("a:3") is None
        assert await outbox.parcel_of("unknown") is None


async def test_a_parcel_is_read_without_what_was_deleted_or_dropped(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        a, b = await queued(stores, ground.row("a"), ground.row("b"))
        chunks = (chunk(a, "1"), chunk(a, "2"), chunk(a, "3"))
        await outbox.store([Parcel((a.id, b.id), chunks)], NOW)
        await outbox.give_up((await outbox.to_send("console", NOW, 3))[2].id, ChunkState.DROPPED, "not needed")
        await edited(stores, ground, "a:delete", "a", "", op=Op.DELETE)
        found = await outbox.parcel_of("b")
        assert found is not None
        assert [row.key for row in found[0]] == ["b"]
        assert [c.text for c in found[1]] == ["2"]


async def test_what_an_edit_adds_at_the_end_belongs_to_the_same_parcel(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.post("a"), "1")
        found = await outbox.parcel_of("a")
        assert found is not None
        old = found[1][0]
        (change,) = await queued(stores, ground.post("a:1", op=Op.EDIT, root="a", message=say("long")))
        edit = replace(old, id=0, key="", op=Op.EDIT, of=old.id, text="long", parts=(Part("x", "a:1", None),))
        await outbox.store([Parcel((change.id,), (edit, chunk(change, "more")))], NOW)
        again = await outbox.parcel_of("a")
        assert again is not None
        assert [c.text for c in again[1]] == ["1", "more"]
        assert await send_all(stores) == ["1", "long", "more"]


async def test_a_change_comes_with_the_message_it_is_of_once_that_is_sent(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.row("a"), "post", stream="elsewhere")
        await edited(stores, ground, "a:1", "a", "edited")
        (post,) = await outbox.to_send("console", NOW, 10)
        await outbox.sent([Sent(post.id, "m1", Place("console", "dm-ana", "t"))], NOW)
        (edit,) = await outbox.to_send("console", NOW, 10)
        assert (edit.op, edit.of, edit.text) == (Op.EDIT, post.id, "edited")
        assert (edit.target_message, edit.place) == ("m1", Place("console", "dm-ana", "t"))


async def test_of_several_untried_edits_only_the_newest_goes(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.row("a"), "post")
        await send_all(stores)
        await edited(stores, ground, "a:1", "a", "first")
        (tried,) = await outbox.to_send("console", NOW, 10)
        await outbox.tried([tried.id], NOW)
        for number in (2, 3, 4):
            await edited(stores, ground, f"a:{number}", "a", f"version {number}")
        assert await send_all(stores) == ["first", "version 4"]


async def test_what_belongs_to_a_refused_message_is_dropped_whenever_it_was_stored(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.post("a"), "post")
        await edited(stores, ground, "a:1", "a", "before")
        (post,) = await outbox.to_send("console", NOW, 10)
        await outbox.give_up(post.id, ChunkState.REFUSED, "no right")
        await edited(stores, ground, "a:2", "a", "after")
        assert await texts_to_send(stores) == []
        assert await outbox.next_due() is None


def reply(ground: Ground, key: str, root: str) -> Outgoing:
    return ground.row(key, target=Target(TargetKind.THREAD, root=root))


async def test_a_reply_waits_for_its_post_s_thread_and_gets_it_as_place(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await outbox.queue([ground.post("a", not_before=NOW + HOUR)], NOW)
        await packed(stores, reply(ground, "early", "a"), "reply before the post was packed")
        assert await texts_to_send(stores) == []
        await packed(stores, ground.post("a"), "post", title="Tuesday")
        await packed(stores, reply(ground, "r", "a"), "reply")
        (post,) = await outbox.to_send("console", NOW, 10)
        await outbox.sent([Sent(post.id, "m1", HANDOFF, None)], NOW)
        assert await texts_to_send(stores) == []
        await outbox.sent([Sent(post.id, "m1", HANDOFF, "t1")], NOW)
        replies = await outbox.to_send("console", NOW, 10)
        assert [c.text for c in replies] == ["reply before the post was packed", "reply"]
        assert {c.place for c in replies} == {Place("console", "atlas-handoff", "t1")}


async def test_a_reply_to_a_post_without_a_thread_goes_where_the_post_went(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await packed(stores, ground.post("a"), "post")
        await packed(stores, reply(ground, "r", "a"), "reply")
        (post,) = await stores.outbox.to_send("console", NOW, 10)
        await stores.outbox.sent([Sent(post.id, "m1", HANDOFF)], NOW)
        (found,) = await stores.outbox.to_send("console", NOW, 10)
        assert (found.text, found.place) == ("reply", HANDOFF)


async def test_replies_to_a_post_that_never_goes_out_are_dropped(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.post("a"), "post", title="Tuesday")
        await packed(stores, reply(ground, "r", "a"), "reply")
        await edited(stores, ground, "r:1", "r", "reply, edited")
        (post,) = await outbox.to_send("console", NOW, 10)
        await outbox.give_up(post.id, ChunkState.REFUSED, "no right")
        await packed(stores, reply(ground, "r2", "a"), "reply to a refused post")
        await packed(stores, reply(ground, "r3", "never queued"), "reply to nothing")
        (coming,) = await queued(stores, ground.post("dropped"))
        await packed(stores, reply(ground, "r4", "dropped"), "reply to a dropped post")
        await outbox.drop([coming.id])
        assert await texts_to_send(stores) == []
        assert await outbox.next_due() is None


async def test_a_limit_is_filled_past_what_can_not_go(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.post("a"), "post", title="Tuesday")
        (post,) = await outbox.to_send("console", NOW, 10)
        await outbox.give_up(post.id, ChunkState.UNCERTAIN, "can't tell")
        for number in range(5):
            await packed(stores, reply(ground, f"r{number}", "a"))
        await packed(stores, ground.row("dm"), "free")
        assert [c.text for c in await outbox.to_send("console", NOW, 2)] == ["free"]


async def test_next_due_is_when_something_can_really_be_done(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        assert await outbox.next_due() is None
        (row,) = await queued(stores, ground.row("a", not_before=NOW + HOUR))
        assert await outbox.next_due() == NOW + HOUR
        (asap,) = await queued(stores, ground.row("b"))
        due = await outbox.next_due()
        assert due is not None
        assert due <= NOW
        await outbox.drop([asap.id])
        await outbox.store([Parcel((row.id,), (chunk(row, "1"), chunk(row, "2")))], NOW)
        due = await outbox.next_due()
        assert due is not None
        assert due <= NOW
        first = (await outbox.to_send("console", NOW, 10))[0]
        await outbox.retry(first.id, NOW + MINUTE)
        assert await outbox.next_due() == NOW + MINUTE
        await outbox.give_up(first.id, ChunkState.UNCERTAIN, "can't tell")
        assert await outbox.next_due() is None


async def test_what_is_finished_and_old_is_purged_and_nothing_else(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.row("sent"), "1", "2")
        await send_all(stores, NOW)
        await packed(stores, ground.post("waits"), "3")
        (gone, _stays) = await queued(stores, ground.row("dropped"), ground.row("queued"))
        await outbox.drop([gone.id])
        assert await outbox.purge(NOW) == 0
        assert await outbox.purge(NOW + MINUTE) == 4
        assert await outbox.parcel_of("sent") is None
        assert [row.key for row in await outbox.waiting(NOW, 10)] == ["queued"]
        assert await texts_to_send(stores) == ["3"]


async def test_what_is_done_to_a_post_is_done_to_its_copies_too(ground: Ground) -> None:
    """A post in two places, a message in its thread, and changes of both, in one call and in later ones."""
    elsewhere = Target(TargetKind.PLACE, place=Place("matrix", "!room"))
    thread = Target(TargetKind.THREAD, root="post")
    post, reply = ground.post("post"), ground.row("reply", target=thread)
    first = [post, replace(post, key=copy_key("post", 2), target=elsewhere), reply]
    later = [
        ground.row("reply edit", op=Op.EDIT, root="reply", target=Target(TargetKind.THREAD, root="reply")),
        ground.row("end", op=Op.DELETE, root="post", target=thread),
    ]
    async with ground.storage.transaction() as stores:
        await stores.outbox.queue([*first, ground.post("alone")], NOW)
    async with ground.storage.transaction() as stores:
        alone = ground.row("x", target=Target(TargetKind.THREAD, root="alone"))
        await stores.outbox.queue([*later, *later, alone], NOW)
        rows = {row.key: row for row in await stores.outbox.waiting(NOW, 100)}
    keys = {"post", "post@2", "reply", "reply@2", "reply edit", "reply edit@2", "end", "end@2", "alone", "x"}
    assert set(rows) == keys
    assert rows["reply@2"].target.root == "post@2"
    assert (rows["reply edit@2"].root, rows["reply edit@2"].op) == ("reply@2", Op.EDIT)
    assert (rows["end@2"].root, rows["end@2"].op) == ("post@2", Op.DELETE)
    assert rows["reply@2"].message == rows["reply"].message


async def test_five_hundred_rows_are_queued_packed_and_sent(ground: Ground) -> None:
    rows = [
        ground.row(f"k{number}", target=Target(TargetKind.MEMBER, member=MemberId(number))) for number in range(500)
    ]
    async with ground.storage.transaction() as stores:
        stored = await queued(stores, *rows)
        await stores.outbox.store([Parcel((row.id,), (chunk(row, row.key),)) for row in stored], NOW)
    async with ground.storage.transaction() as stores:
        assert await send_all(stores) == [row.key for row in rows]
        assert await stores.outbox.next_due() is None


async def parcels_to_send(stores: Stores) -> list[int]:
    return [c.parcel for c in await stores.outbox.to_send("console", NOW, 100)]


async def test_what_was_packed_for_a_person_and_never_tried_is_queued_again(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await packed(stores, ground.row("held", expires=NOW + DAY), "one", "two")
        await packed(stores, ground.row("asked"), "answer", unasked=False)
        await packed(stores, ground.post("post"), "post", member=None)
        first, *_rest = parcels = await parcels_to_send(stores)
        later = NOW + timedelta(hours=1)
        assert await stores.outbox.recall([], later) == frozenset()
        assert await stores.outbox.recall(parcels, later) == {first}
        assert [(row.key, row.expires) for row in await stores.outbox.waiting(later, 10)] == [("held", NOW + DAY)]
        assert sorted(await texts_to_send(stores, later)) == ["answer", "post"]


async def test_what_was_tried_is_queued_again_only_once_it_is_known_to_have_had_no_effect(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await packed(stores, ground.row("begun"), "one", "two")
        first, *_rest = await stores.outbox.to_send("console", NOW, 10)
        await stores.outbox.tried([first.id], NOW)
        later = NOW + timedelta(hours=1)
        assert await stores.outbox.recall([first.parcel], later) == frozenset()
        assert await texts_to_send(stores, later) == ["one", "two"]
        await stores.outbox.untried([first.id])
        (again, *_rest) = await stores.outbox.to_send("console", NOW, 10)
        assert (again.state, again.first_try, again.stored) == (ChunkState.STORED, None, NOW)
        assert await stores.outbox.recall([first.parcel], later) == {first.parcel}
        assert await texts_to_send(stores, later) == []


async def test_what_was_asked_for_is_queued_again_only_where_that_is_wanted(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await packed(stores, ground.row("answer", asked=True), unasked=False)
        (only,) = await stores.outbox.to_send("console", NOW, 10)
        assert await stores.outbox.recall([only.parcel], NOW) == frozenset()
        assert await stores.outbox.recall([only.parcel], NOW, asked=True) == {only.parcel}
        assert [row.key for row in await stores.outbox.waiting(NOW, 10)] == ["answer"]


async def test_a_try_that_was_put_off_does_not_count(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        await packed(stores, ground.row("a"))
        (only,) = await stores.outbox.to_send("console", NOW, 10)
        await stores.outbox.retry(only.id, NOW + HOUR, counts=False)
        await stores.outbox.retry(only.id, NOW + HOUR)
        assert await texts_to_send(stores) == []
        (again,) = await stores.outbox.to_send("console", NOW + HOUR, 10)
        assert again.tries == 1


async def test_what_else_waits_for_a_person_is_found_behind_the_limit(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        bos = Target(TargetKind.MEMBER, member=ground.bo.id)
        await outbox.queue(
            [
                ground.row("a"),
                ground.row("b", target=bos),
                ground.row("c"),
                ground.row("d", not_before=NOW + HOUR),
                ground.post("e"),
                ground.row("f"),
            ],
            NOW,
        )
        (first,) = await outbox.waiting(NOW, 1)
        assert [row.key for row in await outbox.waiting_for([ground.ana.id], first.id, NOW)] == ["c", "f"]
        both = [ground.bo.id, ground.ana.id]
        assert [row.key for row in await outbox.waiting_for(both, first.id, NOW + HOUR)] == ["b", "c", "d", "f"]
        assert await outbox.waiting_for([], 0, NOW) == []


async def test_what_is_secret_is_forgotten_once_it_came_to_its_end(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.row("a", secret=True), "the code", secret=True)
        (made,) = await outbox.to_send("console", NOW, 10)
        await outbox.blank([made.id])
        assert await texts_to_send(stores) == ["the code"]
        await outbox.sent([Sent(made.id, "m1", DM)], NOW)
        await outbox.blank([made.id])
        found = await outbox.parcel_of("a")
        assert found is not None
        assert [(row.key, row.message) for row in found[0]] == [("a", None)]
        assert [(c.text, c.content, c.message_id) for c in found[1]] == [("", {}, "m1")]
        (never,) = await queued(stores, ground.row("never", secret=True))
        await outbox.drop([never.id])
        kept = await stores.execute(text("SELECT key FROM outbox WHERE message IS NOT NULL"))
        assert [row.key for row in kept.rows] == []


async def test_nothing_goes_to_a_forgotten_place_nor_changes_what_stands_there(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        outbox = stores.outbox
        await packed(stores, ground.post("stands"), "stands", title="Tuesday")
        await send_all(stores)
        await packed(stores, ground.post("waits"), "waits")
        await packed(stores, reply(ground, "r", "stands"), "reply")
        await edited(stores, ground, "stands:1", "stands", "edited")
        await packed(stores, ground.row("dm"), "elsewhere")
        await outbox.queue([ground.post("queued")], NOW)
        await outbox.forget_place(HANDOFF.platform, HANDOFF.address)
        assert await texts_to_send(stores) == ["elsewhere"]
        assert await outbox.waiting(NOW, 10) == []
        for key in ("stands", "waits"):
            found = await outbox.parcel_of(key)
            assert found is not None
            assert found[1] == []
        await packed(stores, ground.post("new"), "new")
        assert sorted(await texts_to_send(stores)) == ["elsewhere", "new"]


async def test_a_scope_is_taken_from_its_workspace_and_a_channel_from_its_team(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        channel = await directory.set_channel(
            Channel(ChannelId(0), ground.workspace.id, ground.team.id, Purpose.HANDOFF, HANDOFF, "handoff", "world")
        )
        assert await directory.channels(ground.team.id) == (channel,)
        assert await directory.set_channel(replace(channel, scope="another")) == replace(channel, scope="another")
        assert await directory.channel(channel.id) == replace(channel, scope="another")
        await directory.remove_channel(channel.id)
        assert await directory.channels(ground.team.id) == ()
        assert await directory.channel(channel.id) is None
        await directory.remove_scope("console", "world")
        assert await directory.workspace_of_scope("console", "world") is None
        assert await directory.scopes(ground.workspace.id) == []


async def test_a_member_has_several_accounts_and_loses_one(ground: Ground) -> None:
    there = Account(Identity("matrix", "@bo:example.org"), "Bo M")
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        assert list(await directory.members_ever(there.identity)) == []
        await directory.add_account(ground.bo, there)
        assert list(await directory.members_of_identity(there.identity)) == [ground.bo]
        await directory.answered_from(there.identity, NOW)
        assert list(await directory.accounts(ground.bo.id)) == [there, account("bo")]
        await directory.account_left(ground.workspace.id, there.identity, NOW)
        assert list(await directory.members_of_identity(there.identity)) == []
        assert list(await directory.members_ever(there.identity)) == [ground.bo]
        await directory.remove_account(ground.workspace.id, there.identity)
        assert list(await directory.members_ever(there.identity)) == []
        assert list(await directory.accounts(ground.bo.id)) == [account("bo")]


async def test_of_two_members_that_become_one_all_is_the_others_and_an_answer_counts(ground: Ground) -> None:
    day = date(2026, 10, 26)
    asked = [
        Occurrence(ground.workspace.id, subject, member, day, state, NOW)
        for subject, member, state in (
            ("both", ground.ana.id, OccurrenceState.PROMPTED),
            ("both", ground.bo.id, OccurrenceState.ANSWERED),
            ("his", ground.bo.id, OccurrenceState.SKIPPED),
        )
    ]
    async with ground.storage.transaction() as stores:
        await stores.occurrences.claim(asked)
        await stores.directory.add_absence(Absence(ground.bo.id, day, day))
        await stores.merge_members(ground.bo.id, ground.ana.id, [])
    async with ground.storage.reading() as stores:
        found = await stores.occurrences.find(None, members=[ground.ana.id, ground.bo.id], dates=(day, day))
        assert {(o.subject, o.member): o.state for o in found} == {
            ("both", ground.ana.id): OccurrenceState.ANSWERED,
            ("his", ground.ana.id): OccurrenceState.SKIPPED,
        }
        assert not (await stores.directory.absences([ground.bo.id]))[ground.bo.id]
        assert len((await stores.directory.absences([ground.ana.id]))[ground.ana.id]) == 1
        (ana,) = await stores.directory.members_of_identity(Identity("console", "bo"))
        assert ana.id == ground.ana.id


async def test_of_two_workspaces_that_become_one_nothing_is_left_behind(ground: Ground) -> None:
    async with ground.storage.transaction() as stores:
        directory = stores.directory
        other = await directory.create_workspace("Borealis", "es", "console", "elsewhere")
        zoe = await directory.create_member(replace(ground.bo, workspace=other.id, name="Zoe"), account("zoe"))
        team = await directory.create_team(Team(TeamId(0), other.id, "Zodiac", "UTC", zoe.id))
        await directory.add_to_team(team.id, zoe.id)
        await stores.merge_workspaces(other.id, ground.workspace.id, [])
    async with ground.storage.reading() as stores:
        directory = stores.directory
        assert [w.id for w in await directory.workspaces()] == [ground.workspace.id]
        assert (await directory.member(zoe.id)).workspace == ground.workspace.id
        assert await directory.workspace_of_scope("console", "elsewhere") == ground.workspace
        assert "Zodiac" in [t.name for t in await directory.teams(ground.workspace.id)]
        assert [m.name for m in await directory.members_of_team(team.id)] == ["Zoe"]
