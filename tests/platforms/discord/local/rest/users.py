"""The bot itself, other users, and direct messages with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.platforms.discord.local import shapes
from tests.platforms.discord.local.errors import bad_length, refuse, required
from tests.platforms.discord.local.permissions import in_guild
from tests.platforms.discord.local.routing import Call, Routes
from tests.platforms.discord.local.world import World

routes = Routes()


@routes("GET", "/users/@me")
def me(call: Call) -> Any:
    return shapes.me(call.world.bot)


@routes("PATCH", "/users/@me", (2, 3600.0))
def change_me(call: Call) -> Any:
    name = call.body.get("username")
    if name is not None:
        if not 2 <= len(name) <= 32:
            raise bad_length("username", 2, 32)
        call.world.bot.name = name
    return shapes.me(call.world.bot)


@routes("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> Any:
    world = call.world
    before, after = call.snowflake("before"), call.snowflake("after")
    found = [
        each
        for each in sorted(world.guilds.values(), key=lambda guild: guild.id)
        if world.bot.id in each.members and (before is None or each.id < before) and (after is None or each.id > after)
    ]
    return [
        {
            "id": str(each.id),
            "name": each.name,
            "icon": None,
            "banner": None,
            "owner": each.owner_id == world.bot.id,
            "permissions": str(in_guild(each, world.bot.id)),
            "features": [],
        }
        for each in found[: call.limit(200, 200)]
    ]


@routes("GET", "/users/{user_id}", (30, 30.0))
def user(call: Call) -> Any:
    return shapes.user(call.world.user(call.id("user_id")))


@routes("POST", "/users/@me/channels", (50, 1.0))
def open_dm(call: Call) -> Any:
    """Give the DM channel with somebody: the same one each time, also if they closed their DMs."""
    world, wanted = call.world, call.body.get("recipient_id")
    if wanted is None:
        raise required("recipient_id")
    person = world.users.get(int(wanted))
    if person is None or person is world.bot or person.deleted:
        raise refuse(50033)
    if person.bot:
        raise refuse(50007)
    if world.quarantined:
        raise refuse(20026)
    if person.id not in world.dms:
        _count_opening(world)
    return shapes.channel(world, world.dm(person))


def _count_opening(world: World) -> None:
    """Remember when a channel with somebody new was opened; too many an hour get the bot quarantined."""
    now = world.clock.now()
    world.dm_openings.append(now)
    allowed = world.settings.dm_openings
    recent = sum(each > now - timedelta(hours=1) for each in world.dm_openings)
    if allowed and recent > allowed:
        world.quarantined = True
        raise refuse(20026)
