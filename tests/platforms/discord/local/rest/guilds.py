"""Guilds, their channels, roles and members, as the bot may see them."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord.local import events, shapes
from tests.platforms.discord.local.errors import refuse
from tests.platforms.discord.local.permissions import P, in_guild, may
from tests.platforms.discord.local.places import remove_bot
from tests.platforms.discord.local.routing import Call, Routes

routes = Routes()
_GUILD = "/guilds/{guild_id}"


@routes("GET", _GUILD)
def get(call: Call) -> Any:
    guild = call.world.guild(call.id("guild_id"))
    shape = shapes.guild(call.world, guild)
    if call.query.get("with_counts", "").lower() in ("1", "true"):
        shape.update(approximate_member_count=len(guild.members), approximate_presence_count=len(guild.members))
    return shape


@routes("GET", _GUILD + "/channels")
def channels(call: Call) -> Any:
    """All channels that the bot sees; threads are not among them."""
    world, guild = call.world, call.world.guild(call.id("guild_id"))
    return [
        shapes.channel(world, each)
        for each in guild.channels.values()
        if each.thread is None and may(each, world.bot.id, P.VIEW_CHANNEL)
    ]


@routes("GET", _GUILD + "/roles")
def roles(call: Call) -> Any:
    return [shapes.role(each) for each in call.world.guild(call.id("guild_id")).roles.values()]


@routes("GET", _GUILD + "/roles/{role_id}")
def role(call: Call) -> Any:
    guild = call.world.guild(call.id("guild_id"))
    if (found := guild.roles.get(call.id("role_id"))) is None:
        raise refuse(10011)
    return shapes.role(found)


@routes("GET", _GUILD + "/members", (10, 10.0))
def members(call: Call) -> Any:
    """The whole list needs the members intent."""
    guild = call.world.guild(call.id("guild_id"))
    if "members" not in call.world.settings.intents:
        raise refuse(50001)
    after = call.snowflake("after") or 0
    ids = sorted(each for each in guild.members if each > after)
    return [shapes.member(guild.members[each]) for each in ids[: call.limit(1, 1000)]]


@routes("GET", _GUILD + "/members/search", (10, 10.0))
def search(call: Call) -> Any:
    guild = call.world.guild(call.id("guild_id"))
    query = call.query.get("query", "").casefold()
    found = [
        each
        for each in guild.members.values()
        if query and query in f"{each.user.name}\n{each.nick or ''}\n{each.user.display or ''}".casefold()
    ]
    return [shapes.member(each) for each in found[: call.limit(1, 1000)]]


@routes("GET", _GUILD + "/members/{user_id}", (5, 2.0))
def member(call: Call) -> Any:
    guild = call.world.guild(call.id("guild_id"))
    world_user = call.world.user(call.id("user_id"))
    if (found := guild.members.get(world_user.id)) is None:
        raise refuse(10007)
    return shapes.member(found)


@routes("PATCH", _GUILD + "/members/@me")
def change_me(call: Call) -> Any:
    world, guild = call.world, call.world.guild(call.id("guild_id"))
    if not in_guild(guild, world.bot.id) & P.CHANGE_NICKNAME:
        raise refuse(50013)
    own = guild.members[world.bot.id]
    own.nick = call.body.get("nick") or None
    events.member_changed(world, "GUILD_MEMBER_UPDATE", guild, own)
    return shapes.member(own)


@routes("DELETE", "/users/@me/guilds/{guild_id}")
def leave(call: Call) -> Any:
    remove_bot(call.world, call.world.guild(call.id("guild_id")))
