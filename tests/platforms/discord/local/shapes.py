"""The JSON of things, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tests.platforms.discord.local import permissions
from tests.platforms.discord.local.state import (
    DM,
    Attachment,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    Role,
    Thread,
    User,
)

if TYPE_CHECKING:
    from tests.platforms.discord.local.world import World


def instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def user(one: User) -> Json:
    shape: Json = {
        "id": str(one.id),
        "username": one.name,
        "global_name": one.display,
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    if one.bot:
        shape["bot"] = True
    return shape


def me(one: User) -> Json:
    """The bot as it sees itself."""
    return {**user(one), "mfa_enabled": True, "locale": one.locale, "verified": True, "email": None}


def member(one: Member, *, alone: bool = True) -> Json:
    """A member; not `alone` where the user stands beside it, as in a message."""
    shape: Json = {
        "roles": [str(role) for role in sorted(one.roles)],
        "nick": one.nick,
        "avatar": None,
        "banner": None,
        "joined_at": instant(one.joined),
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    if alone:
        shape["user"] = user(one.user)
    return shape


def role(one: Role) -> Json:
    shape: Json = {
        "id": str(one.id),
        "name": one.name,
        "description": None,
        "permissions": str(one.permissions),
        "position": one.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": one.of_bot is not None,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if one.of_bot is not None:
        shape["tags"] = {"bot_id": str(one.of_bot)}
    return shape


def channel(world: World, one: Channel) -> Json:
    if one.guild is None:
        return _dm(world, one)
    if one.thread is not None:
        return thread(world, one)
    return {
        "id": str(one.id),
        "type": one.kind,
        "guild_id": str(one.guild.id),
        "name": one.name,
        "position": list(one.guild.channels).index(one.id),
        "parent_id": None,
        "topic": one.topic,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "last_message_id": _maybe(one.last_message_id),
        "last_pin_timestamp": None,
        "flags": 0,
        "permission_overwrites": [
            {"id": str(of), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
            for of, each in one.overwrites.items()
        ],
    }


def _dm(world: World, one: Channel) -> Json:
    return {
        "id": str(one.id),
        "type": DM,
        "last_message_id": _maybe(one.last_message_id),
        "flags": 0,
        "recipients": [user(world.users[each]) for each in one.people if each != world.bot.id],
    }


def thread(world: World, one: Channel) -> Json:
    state, parent = one.thread, one.parent
    assert state is not None and parent is not None and one.guild is not None
    shape: Json = {
        "id": str(one.id),
        "type": one.kind,
        "guild_id": str(one.guild.id),
        "parent_id": str(parent.id),
        "name": one.name,
        "owner_id": str(state.owner_id),
        "last_message_id": _maybe(one.last_message_id),
        "last_pin_timestamp": None,
        "rate_limit_per_user": 0,
        "flags": 0,
        "message_count": state.sent,
        "total_message_sent": state.sent,
        "member_count": min(len(state.members), 50),
        "thread_metadata": {
            "archived": world.archived(one),
            "archive_timestamp": instant(state.archived_at or state.created),
            "auto_archive_duration": state.auto_archive,
            "locked": state.locked,
            "create_timestamp": instant(state.created),
        },
    }
    if world.bot.id in state.members:
        shape["member"] = thread_member(one, state, world.bot.id)
    return shape


def thread_member(one: Channel, state: Thread, user_id: int) -> Json:
    return {
        "id": str(one.id),
        "user_id": str(user_id),
        "join_timestamp": instant(state.members[user_id]),
        "flags": 0,
    }


def guild(world: World, one: Guild) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "owner_id": str(one.owner_id),
        "preferred_locale": one.locale,
        "roles": [role(each) for each in one.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "incidents_data": None,
    }


def guild_create(world: World, one: Guild, *, all_members: bool, joined: bool = False) -> Json:
    """What GUILD_CREATE carries: channels and threads that the bot sees; other members only with their intent.

    Only one that the bot `joined` just now has no `unavailable`.
    """
    seen = [each for each in one.channels.values() if permissions.may(each, world.bot.id, permissions.P.VIEW_CHANNEL)]
    members = [each for each in one.members.values() if all_members or each.user.id == world.bot.id]
    return {
        **guild(world, one),
        "joined_at": instant(one.members[world.bot.id].joined),
        "large": False,
        **({} if joined else {"unavailable": False}),
        "member_count": len(one.members),
        "members": [member(each) for each in members],
        "channels": [channel(world, each) for each in seen if each.thread is None],
        "threads": [thread(world, each) for each in seen if each.thread is not None and not world.archived(each)],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment(world: World, of: Channel, one: Attachment) -> Json:
    url = world.links.sign(of.id, one, world.clock.now())
    shape: Json = {
        "id": str(one.id),
        "filename": one.filename,
        "size": len(one.data),
        "url": url,
        "proxy_url": url,
        "content_type": one.content_type,
    }
    if one.description:
        shape["description"] = one.description
    if one.data.startswith(b"\x89PNG") and len(one.data) >= 24:
        shape["width"] = int.from_bytes(one.data[16:20], "big")
        shape["height"] = int.from_bytes(one.data[20:24], "big")
    return shape


def emoji(name: str) -> Json:
    return {"id": None, "name": name}


def message(world: World, one: Message, *, whole: bool = True, nonce: bool = False, inner: bool = False) -> Json:
    """A message; not `whole` without what the message content intent guards; `inner` for one that is replied to."""
    shape: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "type": one.kind,
        "author": user(one.author),
        "content": one.content if whole else "",
        "timestamp": instant(one.at),
        "edited_timestamp": instant(one.edited) if one.edited else None,
        "flags": one.flags,
        "tts": False,
        "pinned": one.pinned,
        "mention_everyone": one.mention_everyone,
        "mentions": [user(world.users[each]) for each in one.mentions],
        "mention_roles": [str(each) for each in one.mention_roles],
        "attachments": [attachment(world, one.channel, each) for each in one.attachments] if whole else [],
        "embeds": one.embeds if whole else [],
        "components": one.components if whole else [],
    }
    if one.reactions:
        shape["reactions"] = [_reaction(world, name, users) for name, users in one.reactions.items()]
    if nonce and one.nonce is not None:
        shape["nonce"] = one.nonce
    if one.thread is not None:
        shape["thread"] = thread(world, one.thread)
    if one.interaction is not None:
        shape["interaction_metadata"] = one.interaction
        shape["application_id"] = str(world.application_id)
        shape["webhook_id"] = str(world.application_id)
    if one.reference is not None:
        shape.update(_reference(world, one, inner=inner))
    return shape


def _reaction(world: World, name: str, users: dict[int, None]) -> Json:
    return {
        "emoji": emoji(name),
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me_burst": False,
        "me": world.bot.id in users,
        "burst_me": False,
        "burst_count": 0,
    }


def _reference(world: World, one: Message, *, inner: bool) -> Json:
    assert one.reference is not None
    channel_id, message_id = one.reference
    reference: Json = {"type": 0, "channel_id": str(channel_id), "message_id": str(message_id)}
    if one.channel.guild is not None:
        reference["guild_id"] = str(one.channel.guild.id)
    if inner:
        return {"message_reference": reference}
    place = world.channels.get(channel_id)
    original = place.messages.get(message_id) if place else None
    shown = message(world, original, whole=world.readable(original), inner=True) if original else None
    return {"message_reference": reference, "referenced_message": shown}


def gateway_message(world: World, one: Message, *, whole: bool, nonce: bool = False) -> Json:
    """A message as MESSAGE_CREATE and MESSAGE_UPDATE bring it: with the guild and the author's membership."""
    shape = message(world, one, whole=whole, nonce=nonce)
    shape["channel_type"] = one.channel.kind
    guild = one.channel.guild
    if guild is not None:
        shape["guild_id"] = str(guild.id)
        if (author := guild.members.get(one.author.id)) is not None:
            shape["member"] = member(author, alone=False)
        for each in shape["mentions"]:
            if (mentioned := guild.members.get(int(each["id"]))) is not None:
                each["member"] = member(mentioned, alone=False)
    return shape


def _maybe(snowflake: int | None) -> str | None:
    return None if snowflake is None else str(snowflake)
