"""Who may do what where: Discord's "Computing permissions", for guilds, overwrites and threads."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.platforms.discord.local.state import Channel, Guild


class P(IntFlag):
    """The permissions that a text bot meets."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51


EVERYTHING = (1 << 53) - 1
EVERYONE = int(
    P.CREATE_INSTANT_INVITE
    | P.ADD_REACTIONS
    | P.VIEW_CHANNEL
    | P.SEND_MESSAGES
    | P.EMBED_LINKS
    | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY
    | P.USE_EXTERNAL_EMOJIS
    | P.CHANGE_NICKNAME
    | P.USE_APPLICATION_COMMANDS
    | P.CREATE_PUBLIC_THREADS
    | P.CREATE_PRIVATE_THREADS
    | P.SEND_MESSAGES_IN_THREADS
)
"""What @everyone may do in a new server (of the permissions above)."""
IN_DMS = int(EVERYONE & ~P.CREATE_INSTANT_INVITE)
_WITHOUT_SENDING = ~int(P.EMBED_LINKS | P.ATTACH_FILES | P.MENTION_EVERYONE | P.SEND_TTS_MESSAGES)


def bits(names: Iterable[str]) -> int:
    """Return the sum of permissions by name, as "send_messages". Raises KeyError for a name that there is not."""
    total = 0
    for name in names:
        total |= P[name.upper()]
    return total


def in_guild(guild: Guild, user_id: int) -> int:
    """Return a member's permissions from their roles alone; 0 for somebody who is no member."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return EVERYTHING
    total = guild.roles[guild.id].permissions
    for role_id in member.roles:
        total |= guild.roles[role_id].permissions
    return EVERYTHING if total & P.ADMINISTRATOR else total


def in_channel(channel: Channel, user_id: int) -> int:
    """Return what a user may do in a channel, thread or DM; 0 without the right to see it."""
    guild = channel.guild
    if guild is None:
        return IN_DMS if user_id in channel.people else 0
    total = in_guild(guild, user_id)
    if total == EVERYTHING:
        return total
    total = _overwritten(channel.parent or channel, guild, user_id, total)
    if not total & P.VIEW_CHANNEL:
        return 0
    sending = P.SEND_MESSAGES_IN_THREADS if channel.thread is not None else P.SEND_MESSAGES
    return total if total & sending else total & _WITHOUT_SENDING


def may(channel: Channel, user_id: int, wanted: P) -> bool:
    return in_channel(channel, user_id) & wanted == wanted


def _overwritten(channel: Channel, guild: Guild, user_id: int, total: int) -> int:
    """Apply @everyone's overwrite, then all roles' together, then the member's own."""
    everyone = channel.overwrites.get(guild.id)
    if everyone is not None:
        total = total & ~everyone.deny | everyone.allow
    member = guild.members.get(user_id)
    allow = deny = 0
    for role_id in member.roles if member else ():
        if (overwrite := channel.overwrites.get(role_id)) is not None:
            allow |= overwrite.allow
            deny |= overwrite.deny
    total = total & ~deny | allow
    own = channel.overwrites.get(user_id)
    return total & ~own.deny | own.allow if own is not None else total
