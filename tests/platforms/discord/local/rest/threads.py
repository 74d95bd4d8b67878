"""Threads: on a message, on a channel; their members; archives."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord.local import events, posting, shapes
from tests.platforms.discord.local.content import Said
from tests.platforms.discord.local.errors import NotBuilt, bad_choice, bad_length, refuse, required
from tests.platforms.discord.local.permissions import P, in_channel, may
from tests.platforms.discord.local.routing import Call, Made, Routes
from tests.platforms.discord.local.state import (
    ANNOUNCEMENT,
    PUBLIC_THREAD,
    TEXT,
    THREAD_CREATED,
    THREAD_STARTER,
    Channel,
    Json,
    Thread,
)
from tests.platforms.discord.local.world import World

routes = Routes()
_MEMBERS = "/channels/{channel_id}/thread-members"


@routes("POST", "/channels/{channel_id}/messages/{message_id}/threads", (50, 300.0))
def on_message(call: Call) -> Any:
    world, channel = call.world, _parent(call)
    message = world.message(channel, call.id("message_id"))
    if message.thread is not None:
        raise refuse(160004)
    if message.kind in (THREAD_CREATED, THREAD_STARTER):
        raise refuse(50021)
    thread = posting.start_thread(world, channel, world.bot, _name(call.body), _duration(call.body), message)
    return Made(shapes.thread(world, thread))


@routes("POST", "/channels/{channel_id}/threads", (50, 300.0))
def on_channel(call: Call) -> Any:
    world, channel = call.world, _parent(call)
    if call.body.get("type", 12) != PUBLIC_THREAD:
        raise NotBuilt("threads that are not public")
    thread = posting.start_thread(world, channel, world.bot, _name(call.body), _duration(call.body), None)
    told = Said(content=thread.name)
    notice = posting.post(world, channel, world.bot, told, kind=THREAD_CREATED, reference=(thread.id, thread.id))
    notice.reference = (thread.id, thread.id)
    return Made(shapes.thread(world, thread))


@routes("GET", _MEMBERS, (5, 5.0))
def members(call: Call) -> Any:
    channel, state = _thread(call)
    if "members" not in call.world.settings.intents:
        raise refuse(50001)
    return [shapes.thread_member(channel, state, each) for each in sorted(state.members)]


@routes("PUT", _MEMBERS + "/@me")
def join(call: Call) -> Any:
    channel, _ = _thread(call)
    _awake(call.world, channel)
    posting.join_thread(call.world, channel, call.world.bot.id)


@routes("DELETE", _MEMBERS + "/@me")
def leave(call: Call) -> Any:
    _leave(call, call.world.bot.id)


@routes("GET", _MEMBERS + "/{user_id}")
def member(call: Call) -> Any:
    channel, state = _thread(call)
    if call.id("user_id") not in state.members:
        raise refuse(10007)
    return shapes.thread_member(channel, state, call.id("user_id"))


@routes("PUT", _MEMBERS + "/{user_id}")
def add(call: Call) -> Any:
    channel, _ = _thread(call)
    _awake(call.world, channel)
    guild = channel.guild
    user = call.world.user(call.id("user_id"))
    if guild is None or user.id not in guild.members:
        raise refuse(10007)
    if not may(channel, call.world.bot.id, P.SEND_MESSAGES_IN_THREADS):
        raise refuse(50013)
    if not in_channel(channel, user.id) & P.VIEW_CHANNEL:
        raise refuse(50001)
    posting.join_thread(call.world, channel, user.id)


@routes("DELETE", _MEMBERS + "/{user_id}")
def remove(call: Call) -> Any:
    channel, _ = _thread(call)
    if not may(channel, call.world.bot.id, P.MANAGE_THREADS):
        raise refuse(50013)
    _leave(call, call.id("user_id"))


@routes("GET", "/channels/{channel_id}/threads/archived/public")
def archived(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"), P.VIEW_CHANNEL | P.READ_MESSAGE_HISTORY)
    guild = channel.guild
    if guild is None:
        raise refuse(50024)
    found = [each for each in guild.channels.values() if each.parent is channel and world.archived(each)]
    return _list(world, found)


@routes("GET", "/guilds/{guild_id}/threads/active")
def active(call: Call) -> Any:
    world, guild = call.world, call.world.guild(call.id("guild_id"))
    found = [
        each
        for each in guild.channels.values()
        if each.thread is not None and not world.archived(each) and may(each, world.bot.id, P.VIEW_CHANNEL)
    ]
    return _list(world, found)


def _list(world: World, found: list[Channel]) -> Json:
    own = [(each, each.thread) for each in found if each.thread is not None and world.bot.id in each.thread.members]
    return {
        "threads": [shapes.thread(world, each) for each in found],
        "members": [shapes.thread_member(each, state, world.bot.id) for each, state in own],
        "has_more": False,
    }


def _parent(call: Call) -> Channel:
    channel = call.world.channel(call.id("channel_id"))
    if channel.kind not in (TEXT, ANNOUNCEMENT):
        raise refuse(50024)
    if not may(channel, call.world.bot.id, P.CREATE_PUBLIC_THREADS):
        raise refuse(50013)
    return channel


def _thread(call: Call) -> tuple[Channel, Thread]:
    channel = call.world.channel(call.id("channel_id"))
    if channel.thread is None:
        raise refuse(50024)
    return channel, channel.thread


def _awake(world: World, channel: Channel) -> None:
    if world.archived(channel):
        raise refuse(50083)


def _leave(call: Call, user_id: int) -> None:
    channel, state = _thread(call)
    _awake(call.world, channel)
    if state.members.pop(user_id, None) is not None:
        events.thread_members(call.world, channel, [], [user_id])


def _name(body: Json) -> str:
    name = str(body.get("name") or "").strip()
    if not name:
        raise required("name")
    if len(name) > 100:
        raise bad_length("name", 1, 100)
    return name


def _duration(body: Json) -> int:
    minutes = body.get("auto_archive_duration") or 1440
    if minutes not in (60, 1440, 4320, 10080):
        raise bad_choice("auto_archive_duration", "(60, 1440, 4320, 10080)")
    return int(minutes)
