"""Guilds, channels and roles come and go."""

from __future__ import annotations

from tests.platforms.discord.local import events
from tests.platforms.discord.local.permissions import EVERYONE
from tests.platforms.discord.local.state import HAS_THREAD, Channel, Guild, Member, Role, User
from tests.platforms.discord.local.world import World


def make_guild(world: World, name: str, owner: User, locale: str) -> Guild:
    now = world.clock.now()
    guild = Guild(world.snowflakes.next(), name, owner.id, locale, now)
    guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE)
    guild.members[owner.id] = Member(owner, now)
    world.guilds[guild.id] = guild
    return guild


def add_bot(world: World, guild: Guild, permissions: int) -> None:
    """What an invite link does: the bot joins with a role of its own that has these permissions."""
    role = Role(world.snowflakes.next(), world.bot.display or world.bot.name, permissions, 1, of_bot=world.bot.id)
    guild.roles[role.id] = role
    guild.members[world.bot.id] = Member(world.bot, world.clock.now(), {role.id})
    events.guild_available(world, guild, joined=True)


def remove_bot(world: World, guild: Guild) -> None:
    member = guild.members.pop(world.bot.id)
    for role_id in member.roles:
        if guild.roles[role_id].of_bot is not None:
            del guild.roles[role_id]
    events.guild_gone(world, guild)


def make_channel(world: World, guild: Guild, name: str, kind: int) -> Channel:
    channel = Channel(world.snowflakes.next(), kind, name, guild)
    guild.channels[channel.id] = world.channels[channel.id] = channel
    events.channel_changed(world, "CHANNEL_CREATE", channel)
    return channel


def delete_channel(world: World, channel: Channel) -> None:
    """Delete a channel with its threads, or one thread."""
    guild = channel.guild
    assert guild is not None
    if channel.thread is not None:
        events.thread_changed(world, "THREAD_DELETE", channel)
        starter = channel.parent.messages.get(channel.id) if channel.parent else None
        if starter is not None:
            starter.thread, starter.flags = None, starter.flags & ~HAS_THREAD
    else:
        events.channel_changed(world, "CHANNEL_DELETE", channel)
        for thread in [each for each in guild.channels.values() if each.parent is channel]:
            del guild.channels[thread.id], world.channels[thread.id]
    del guild.channels[channel.id], world.channels[channel.id]


def delete_role(world: World, guild: Guild, role: Role) -> None:
    del guild.roles[role.id]
    for member in guild.members.values():
        member.roles.discard(role.id)
    for channel in guild.channels.values():
        channel.overwrites.pop(role.id, None)
    events.role_changed(world, "GUILD_ROLE_DELETE", guild, role)
