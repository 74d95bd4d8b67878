"""What the gateway tells of what happened: which event, to whom, and how much of it."""

from __future__ import annotations

from tests.platforms.discord.local import shapes
from tests.platforms.discord.local.permissions import P, in_channel
from tests.platforms.discord.local.sessions import (
    DIRECT_MESSAGES,
    DIRECT_REACTIONS,
    DIRECT_TYPING,
    GUILD_MEMBERS,
    GUILD_MESSAGES,
    GUILD_REACTIONS,
    GUILD_TYPING,
    GUILDS,
    MESSAGE_CONTENT,
    Session,
)
from tests.platforms.discord.local.state import Channel, Guild, Json, Member, Message, Role, User
from tests.platforms.discord.local.world import World


def message_created(world: World, message: Message) -> None:
    _message(world, "MESSAGE_CREATE", message)


def message_updated(world: World, message: Message) -> None:
    _message(world, "MESSAGE_UPDATE", message)


def message_deleted(world: World, message: Message) -> None:
    _in_channel(world, "MESSAGE_DELETE", message.channel, {"id": str(message.id)}, GUILD_MESSAGES, DIRECT_MESSAGES)


def messages_deleted(world: World, channel: Channel, ids: list[int]) -> None:
    shape = {"ids": [str(each) for each in ids]}
    _in_channel(world, "MESSAGE_DELETE_BULK", channel, shape, GUILD_MESSAGES, DIRECT_MESSAGES)


def reaction(world: World, message: Message, user: User, name: str, *, added: bool) -> None:
    shape: Json = {
        "message_id": str(message.id),
        "user_id": str(user.id),
        "emoji": shapes.emoji(name),
        "burst": False,
        "type": 0,
    }
    guild = message.channel.guild
    if added:
        shape["message_author_id"] = str(message.author.id)
        if guild is not None and user.id in guild.members:
            shape["member"] = shapes.member(guild.members[user.id])
    event = "MESSAGE_REACTION_ADD" if added else "MESSAGE_REACTION_REMOVE"
    _in_channel(world, event, message.channel, shape, GUILD_REACTIONS, DIRECT_REACTIONS)


def reactions_cleared(world: World, message: Message, name: str | None) -> None:
    shape: Json = {"message_id": str(message.id)}
    event = "MESSAGE_REACTION_REMOVE_ALL"
    if name is not None:
        event, shape["emoji"] = "MESSAGE_REACTION_REMOVE_EMOJI", shapes.emoji(name)
    _in_channel(world, event, message.channel, shape, GUILD_REACTIONS, DIRECT_REACTIONS)


def typing(world: World, channel: Channel, user: User) -> None:
    shape: Json = {"user_id": str(user.id), "timestamp": int(world.clock.now().timestamp())}
    _in_channel(world, "TYPING_START", channel, shape, GUILD_TYPING, DIRECT_TYPING)


def channel_changed(world: World, event: str, channel: Channel) -> None:
    """CHANNEL_CREATE, CHANNEL_UPDATE or CHANNEL_DELETE, where the bot sees the channel."""
    if event == "CHANNEL_UPDATE" or in_channel(channel, world.bot.id) & P.VIEW_CHANNEL:
        world.sessions.emit(event, shapes.channel(world, channel), channel.guild, GUILDS)


def thread_changed(world: World, event: str, channel: Channel) -> None:
    """THREAD_CREATE, THREAD_UPDATE or THREAD_DELETE."""
    if not in_channel(channel, world.bot.id) & P.VIEW_CHANNEL:
        return
    shape = shapes.thread(world, channel)
    if event == "THREAD_CREATE":
        shape["newly_created"] = True
    if event == "THREAD_DELETE":
        shape = {key: shape[key] for key in ("id", "guild_id", "parent_id", "type")}
    world.sessions.emit(event, shape, channel.guild, GUILDS)


def thread_members(world: World, channel: Channel, added: list[int], removed: list[int]) -> None:
    """THREAD_MEMBERS_UPDATE: all of it with the members intent, otherwise what concerns the bot itself."""
    state, guild = channel.thread, channel.guild
    assert state is not None and guild is not None

    def shape(session: Session) -> Json:
        shown = set(added + removed) if session.intents & GUILD_MEMBERS else {world.bot.id}
        return {
            "id": str(channel.id),
            "guild_id": str(guild.id),
            "member_count": min(len(state.members), 50),
            "added_members": [shapes.thread_member(channel, state, each) for each in added if each in shown],
            "removed_member_ids": [str(each) for each in removed if each in shown],
        }

    intent = GUILDS if world.bot.id in added + removed else GUILD_MEMBERS
    world.sessions.emit("THREAD_MEMBERS_UPDATE", shape, guild, intent)


def role_changed(world: World, event: str, guild: Guild, role: Role) -> None:
    """GUILD_ROLE_CREATE, GUILD_ROLE_UPDATE or GUILD_ROLE_DELETE."""
    shape: Json = {"guild_id": str(guild.id)}
    if event == "GUILD_ROLE_DELETE":
        shape["role_id"] = str(role.id)
    else:
        shape["role"] = shapes.role(role)
    world.sessions.emit(event, shape, guild, GUILDS)


def member_changed(world: World, event: str, guild: Guild, member: Member) -> None:
    """GUILD_MEMBER_ADD, _UPDATE or _REMOVE: with the members intent only, but the bot hears of itself."""
    shape: Json = {"guild_id": str(guild.id)}
    if event == "GUILD_MEMBER_REMOVE":
        shape["user"] = shapes.user(member.user)
    else:
        shape.update(shapes.member(member))
    own = member.user is world.bot and event == "GUILD_MEMBER_UPDATE"
    world.sessions.emit(event, shape, guild, GUILDS if own else GUILD_MEMBERS)


def guild_available(world: World, guild: Guild, *, joined: bool) -> None:
    """GUILD_CREATE: the bot joined, or an outage is over."""

    def shape(session: Session) -> Json:
        return shapes.guild_create(world, guild, all_members=bool(session.intents & GUILD_MEMBERS), joined=joined)

    world.sessions.emit("GUILD_CREATE", shape, guild, GUILDS)


def guild_updated(world: World, guild: Guild) -> None:
    world.sessions.emit("GUILD_UPDATE", shapes.guild(world, guild), guild, GUILDS)


def guild_gone(world: World, guild: Guild, *, outage: bool = False) -> None:
    """GUILD_DELETE: the bot was removed, or (with `unavailable`) an outage began."""
    shape: Json = {"id": str(guild.id), "unavailable": True} if outage else {"id": str(guild.id)}
    world.sessions.emit("GUILD_DELETE", shape, guild, GUILDS)


def _message(world: World, event: str, message: Message) -> None:
    def shape(session: Session) -> Json:
        whole = world.readable(message, intent=bool(session.intents & MESSAGE_CONTENT))
        return shapes.gateway_message(world, message, whole=whole, nonce=event == "MESSAGE_CREATE")

    channel = message.channel
    if in_channel(channel, world.bot.id) & P.VIEW_CHANNEL:
        intent = GUILD_MESSAGES if channel.guild else DIRECT_MESSAGES
        world.sessions.emit(event, shape, channel.guild, intent)


def _in_channel(world: World, event: str, channel: Channel, shape: Json, in_guild: int, in_dm: int) -> None:
    if not in_channel(channel, world.bot.id) & P.VIEW_CHANNEL:
        return
    shape["channel_id"] = str(channel.id)
    if channel.guild is not None:
        shape["guild_id"] = str(channel.guild.id)
    world.sessions.emit(event, shape, channel.guild, in_guild if channel.guild else in_dm)
