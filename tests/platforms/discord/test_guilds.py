"""Servers: the bot is put out and invited again, channels and roles are deleted, and what that is to the teams."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.model.event import PlaceLost, ScopeBack, ScopeGone
from bot.model.identity import Identity
from bot.model.people import Member
from bot.platforms.discord.guilds import Guild
from bot.platforms.discord.naming import NAME
from bot.platforms.discord.rights import ADMINISTRATOR, MANAGE_GUILD, may_administer, permissions
from bot.plugins import installed_cogs
from bot.storage.tables import METADATA
from tests.platforms.discord.atlas import Atlas, atlas
from tests.platforms.discord.people import Discord, User, eventually
from tests.platforms.discord.people import Guild as Server
from tests.platforms.discord.running import MONDAY, running

DAY = timedelta(days=1)


@pytest.fixture
async def here(discord: Discord) -> AsyncIterator[Atlas]:
    async with atlas(discord) as here:
        yield here


# --- rights -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bits", "roles", "admin"),
    [
        (MANAGE_GUILD, [], True),
        (ADMINISTRATOR, [], True),
        (1 << 10 | 1 << 11, ["5"], False),
        (0, ["5", "7"], True),
    ],
)
def test_who_manages_a_server_or_has_the_chosen_role_administers(bits: int, roles: list[str], admin: bool) -> None:
    assert may_administer(bits, roles, ("7",)) is admin


def test_rights_add_up_from_roles_and_the_owner_has_all() -> None:
    guild = Guild("1", owner="9", roles={"1": 1 << 10, "2": MANAGE_GUILD, "3": 1 << 6})
    assert permissions("8", ["3"], guild) == 1 << 10 | 1 << 6
    assert permissions("8", ["2", "unknown"], guild) == 1 << 10 | MANAGE_GUILD
    assert permissions("9", [], guild) == ADMINISTRATOR


async def test_a_server_has_its_own_name_though_the_bot_has_not_heard_of_it_yet(
    discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await discord.user("ana")
    async with running(discord) as bot:
        await discord.connected()
        assert bot.platform is not None
        hear, heard = bot.platform.ears.hear, asyncio.Event()

        async def late(event: str, data: Mapping[str, Any]) -> None:
            await heard.wait()
            await hear(event, data)

        monkeypatch.setattr(bot.platform.ears, "hear", late)
        guild = await discord.guild("Polaris", owner=ana)
        general = await guild.channel("general")
        assert "Atlas is made" in (await (await ana.slash("team create", general, name="Atlas")).answer()).text
        heard.set()
        async with bot.transaction() as tx:
            assert [each.name for each in await tx.stores.directory.workspaces()] == ["Polaris"]


async def test_people_are_called_by_their_newest_name_in_the_server(here: Atlas) -> None:
    await here.discord.call("change_member", guild=str(here.guild.id), user=str(here.bo.id), nick="Robert")
    await (await here.bo.slash("me show", here.general)).answer()
    await (await here.bo.slash("me show")).answer()  # in private, their nickname in a server is not told
    assert "Robert" in (await here.says("team show", team="Atlas")).text


async def test_a_clients_language_is_that_of_its_person_in_each_server(here: Atlas) -> None:
    other = await here.discord.guild("Vega", owner=here.ana)
    office = await other.channel("office")
    await other.join(here.bo)
    for words, options in (("team create", {"name": "Vega"}), ("team add", {"team": "Vega", "member": here.bo})):
        await (await here.ana.slash(words, office, options)).answer()
    await here.bo.speaks("de")
    await (await here.bo.slash("me show", here.general)).answer()
    await (await here.bo.slash("me hours", here.general, hours="09:00-17:00")).answer()
    assert {member.language for member in await members(here, here.bo)} == {"de"}


async def members(here: Atlas, user: User) -> Sequence[Member]:
    """Everybody that a person is to the bot, a member of each workspace."""
    async with here.bot.transaction() as tx:
        return await tx.people.members_of_identity(Identity(NAME, str(user.id)))


# --- put out ------------------------------------------------------------------------------------------------


async def test_nobody_is_asked_by_a_bot_that_was_put_out_and_all_is_as_before_when_it_is_back(here: Atlas) -> None:
    await here.guild.remove_bot()
    await eventually(lambda: here.bot.of(ScopeGone))
    async with here.bot.transaction() as tx:
        (workspace,) = await tx.stores.directory.workspaces()
        assert not await tx.people.members_of_workspace(workspace.id)
    await here.guild.add_bot("create_public_threads")
    await eventually(lambda: here.bot.of(ScopeBack))
    assert "Bo Smith" in (await here.says("team show", team="Atlas")).text
    await here.ana.reads("I am in Polaris again")
    _anas, prompt = await here.asks()
    assert prompt.buttons


async def test_admins_are_told_for_how_long_their_data_is_kept(discord: Discord) -> None:
    async with atlas(discord, removed_kept_days=10) as here:
        await here.ana.reads("Hello ana")  # she has never written to the bot herself
        await discord.guild("Other", owner=here.ana)  # where she can still be written to
        await here.guild.remove_bot()
        told = await here.ana.reads("I was removed from Polaris")
        (until,) = re.findall(r"until <t:(\d+):D>", told.text)
        assert datetime.fromtimestamp(int(until), UTC).date() == (MONDAY + 10 * DAY).date()
        assert "Invite me again before then" in told.text


async def test_what_was_kept_for_long_enough_is_erased_whole(here: Atlas) -> None:
    await here.asks()
    await here.bo.say(here.bo.dm, "1. the map\n2. the legend\n3. none")
    await here.bo.reads("Atlas update")
    await here.discord.guild("Other", owner=here.ana)  # where she can still be written to
    await here.guild.remove_bot()
    await eventually(lambda: here.bot.of(ScopeGone))
    await here.bot.stop()
    await here.bot.later(29 * DAY)
    await here.bot.start()
    assert await rows(here)
    await here.ana.reads("erased soon")
    await here.bot.stop()
    await here.bot.later(2 * DAY)
    await here.bot.start()

    async def erased() -> bool:
        found = await rows(here)
        assert found == {}
        return True

    await eventually(erased)
    await here.guild.add_bot()
    await eventually(lambda: here.bot.of(ScopeBack))
    assert "Borealis is made" in (await here.says("team create", name="Borealis")).text


async def test_other_servers_keep_theirs_when_one_is_erased(here: Atlas) -> None:
    second = await here.discord.guild("Second", owner=here.bo)
    place = await second.channel("general")
    await (await here.bo.slash("team create", place, name="Borealis")).answer()
    await here.guild.remove_bot()
    await eventually(lambda: here.bot.of(ScopeGone))
    await here.bot.stop()
    await here.bot.later(29 * DAY + timedelta(hours=1))
    await here.bot.start()

    async def announced() -> bool:
        async with here.bot.transaction() as tx:
            (timer,) = await tx.timers.find("bot", "erase", [f"{NAME}:{here.guild.id}"])
        return "until" not in timer.data

    await eventually(announced)
    await here.bot.stop()
    await here.bot.later(2 * DAY)
    await here.bot.start()

    async def only_the_second() -> bool:
        async with here.bot.transaction() as tx:
            return [each.name for each in await tx.stores.directory.workspaces()] == ["Second"]

    await eventually(only_the_second)
    assert "bo" in (await (await here.bo.slash("team show", place, team="Borealis")).answer()).text


async def test_being_put_out_while_it_was_away_is_noticed_at_the_next_start(here: Atlas) -> None:
    await here.bot.stop()
    await here.guild.remove_bot()
    await here.bot.start()
    assert [each.scope for each in here.bot.of(ScopeGone)] == [str(here.guild.id)]
    await here.bot.restart()
    assert len(here.bot.of(ScopeGone)) == 1


async def test_a_server_that_is_down_is_not_one_that_put_the_bot_out(here: Atlas) -> None:
    await here.guild.outage()
    await here.bot.restart()
    await here.guild.outage(down=False)
    assert "Bo Smith" in (await here.says("team show", team="Atlas")).text
    assert here.bot.of(ScopeGone) == []


# --- channels and roles -------------------------------------------------------------------------------------


async def test_the_owner_is_told_of_a_deleted_channel_with_the_command_that_mends_it(here: Atlas) -> None:
    relay = await here.guild.channel("relay")
    await here.says("channel set", team="Atlas", purpose="handoff", where=relay)
    await relay.delete()
    told = await here.ana.reads("was deleted")
    assert "relay was deleted: Atlas has none for handoffs now" in told.text
    assert "`/channel set team:Atlas purpose:handoff`" in told.text
    mended = await here.says("channel set", team="Atlas", purpose="handoff", where=here.general)
    assert "general is where Atlas hands over" in mended.text
    assert len([each for each in await here.ana.from_bot() if "was deleted" in each.text]) == 1


async def test_a_channel_that_no_team_uses_is_deleted_in_silence(here: Atlas) -> None:
    relay = await here.guild.channel("relay")
    await relay.delete()
    await eventually(lambda: here.bot.of(PlaceLost))
    assert not [each for each in await here.ana.from_bot() if "was deleted" in each.text]


async def test_the_operator_is_told_of_a_deleted_role_that_makes_admins(discord: Discord) -> None:
    ana = await discord.user("ana")
    guild: Server = await discord.guild("Polaris", owner=ana)
    lead = await guild.role("Lead")
    async with atlas(discord, admin_roles=(str(lead.id),)) as here:
        await lead.delete()
        told: Any = await eventually(lambda: here.bot.told)
        assert [(key, dict(sentence.values)["role"]) for key, sentence in told] == [(f"discord:role:{lead.id}", "Lead")]


# --- commands -----------------------------------------------------------------------------------------------


async def test_discord_is_told_the_commands_only_when_they_have_changed(here: Atlas) -> None:
    assert (await here.discord.statistics())["tree_writes"] == 1
    await here.bot.restart()
    assert (await here.discord.statistics())["tree_writes"] == 1
    here.bot.state.values["commands"] = "of an earlier version"
    await here.bot.restart()
    assert (await here.discord.statistics())["tree_writes"] == 2


async def rows(here: Atlas) -> dict[str, int]:
    """Return how many rows there are, by table, that belong to any workspace."""
    tables = [
        *METADATA.sorted_tables,
        *(t for cog in installed_cogs() if cog.tables for t in cog.tables.tables.values()),
    ]
    theirs = [t for t in tables if t.name not in ("meta", "inbox", "positions", "platform_state", "timers")]
    async with here.bot.transaction() as tx:
        counts = [(await tx.execute(select(func.count().label("n")).select_from(t))).rows[0].n for t in theirs]
    return {table.name: count for table, count in zip(theirs, counts, strict=True) if count}
