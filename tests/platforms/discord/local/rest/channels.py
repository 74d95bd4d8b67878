"""Channels: get, change (threads above all), delete."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord.local import events, shapes
from tests.platforms.discord.local.errors import NotBuilt, bad_length, refuse
from tests.platforms.discord.local.permissions import P, in_channel
from tests.platforms.discord.local.places import delete_channel
from tests.platforms.discord.local.routing import Call, Routes
from tests.platforms.discord.local.state import Channel, Thread
from tests.platforms.discord.local.world import World

routes = Routes()
_CHANNEL = "/channels/{channel_id}"


@routes("GET", _CHANNEL)
def get(call: Call) -> Any:
    return shapes.channel(call.world, call.world.channel(call.id("channel_id")))


@routes("PATCH", _CHANNEL, (5, 15.0))
def change(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    name = call.body.get("name")
    if name is not None and not 1 <= len(name) <= 100:
        raise bad_length("name", 1, 100)
    if channel.thread is not None:
        _change_thread(world, channel, channel.thread, call.body)
        return shapes.channel(world, channel)
    if channel.guild is None:
        raise refuse(50003)
    if not in_channel(channel, world.bot.id) & P.MANAGE_CHANNELS:
        raise refuse(50013)
    if set(call.body) - {"name", "topic"}:
        raise NotBuilt("changing more of a channel than its name and topic")
    channel.name = name or channel.name
    channel.topic = call.body.get("topic", channel.topic)
    events.channel_changed(world, "CHANNEL_UPDATE", channel)
    return shapes.channel(world, channel)


@routes("DELETE", _CHANNEL)
def delete(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    shape = shapes.channel(world, channel)
    if channel.guild is None:
        return shape  # closes it for the bot; opening it again gives the same one
    needs = P.MANAGE_THREADS if channel.thread is not None else P.MANAGE_CHANNELS
    if not in_channel(channel, world.bot.id) & needs:
        raise refuse(50013)
    delete_channel(world, channel)
    return shape


def _change_thread(world: World, channel: Channel, state: Thread, body: dict[str, Any]) -> None:
    """Waking a thread needs the right to write there; all else its owner's or MANAGE_THREADS."""
    has = in_channel(channel, world.bot.id)
    moderates = bool(has & P.MANAGE_THREADS)
    archived = world.archived(channel)
    wakes = archived and body.get("archived") is False
    if archived and not wakes:
        raise refuse(50083)
    if state.locked and not moderates:
        raise refuse(160005)
    if wakes and set(body) == {"archived"}:
        if not has & P.SEND_MESSAGES_IN_THREADS:
            raise refuse(50013)
    elif not moderates and (state.owner_id != world.bot.id or "locked" in body):
        raise refuse(50013)
    channel.name = body.get("name") or channel.name
    state.locked = bool(body.get("locked", state.locked))
    state.auto_archive = int(body.get("auto_archive_duration") or state.auto_archive)
    wanted = bool(body.get("archived", archived))
    if wanted != archived:
        state.archived, state.archived_at, state.active_at = wanted, world.clock.now(), world.clock.now()
    events.thread_changed(world, "THREAD_UPDATE", channel)
