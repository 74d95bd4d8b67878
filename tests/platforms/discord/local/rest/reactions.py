"""Reactions."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from tests.platforms.discord.local import events, posting, shapes
from tests.platforms.discord.local.errors import refuse
from tests.platforms.discord.local.permissions import P, in_channel, may
from tests.platforms.discord.local.routing import Call, Routes
from tests.platforms.discord.local.state import Message

routes = Routes()
_ALL = "/channels/{channel_id}/messages/{message_id}/reactions"
_ONE = _ALL + "/{emoji_name}"
_LIMIT = (1, 0.25)


@routes("PUT", _ONE + "/@me", _LIMIT, bucket="reactions")
def add(call: Call) -> Any:
    world, message, emoji = call.world, _message(call), _emoji(call)
    has = in_channel(message.channel, world.bot.id)
    needs = P.READ_MESSAGE_HISTORY if emoji in message.reactions else P.READ_MESSAGE_HISTORY | P.ADD_REACTIONS
    if has & needs != needs:
        raise refuse(50013)
    if world.archived(message.channel):
        raise refuse(50083)
    if emoji not in message.reactions and len(message.reactions) >= 20:
        raise refuse(30010)
    posting.react(world, message, world.bot, emoji)


@routes("DELETE", _ONE + "/@me", _LIMIT, bucket="reactions")
def remove_own(call: Call) -> Any:
    posting.unreact(call.world, _message(call), call.world.bot, _emoji(call))


@routes("DELETE", _ONE + "/{user_id}", _LIMIT, bucket="reactions")
def remove(call: Call) -> Any:
    world, message = call.world, _message(call)
    _moderates(call, message)
    posting.unreact(world, message, world.user(call.id("user_id")), _emoji(call))


@routes("GET", _ONE, (5, 2.0))
def who(call: Call) -> Any:
    world, message = call.world, _message(call)
    after = call.snowflake("after") or 0
    ids = sorted(each for each in message.reactions.get(_emoji(call), {}) if each > after)
    return [shapes.user(world.users[each]) for each in ids[: call.limit(25, 100)]]


@routes("DELETE", _ALL, _LIMIT, bucket="reactions")
def clear(call: Call) -> Any:
    message = _message(call)
    _moderates(call, message)
    message.reactions.clear()
    events.reactions_cleared(call.world, message, None)


@routes("DELETE", _ONE, _LIMIT, bucket="reactions")
def clear_one(call: Call) -> Any:
    message, emoji = _message(call), _emoji(call)
    _moderates(call, message)
    if message.reactions.pop(emoji, None) is not None:
        events.reactions_cleared(call.world, message, emoji)


def is_emoji(text: str) -> bool:
    """Whether this may be a Unicode emoji (these servers have none of their own)."""
    return 0 < len(text) <= 16 and not text.isascii() and not any(each.isalpha() or each.isspace() for each in text)


def _emoji(call: Call) -> str:
    emoji = unquote(call.params["emoji_name"])
    if not is_emoji(emoji):
        raise refuse(10014)
    return emoji


def _message(call: Call) -> Message:
    channel = call.world.channel(call.id("channel_id"))
    return call.world.message(channel, call.id("message_id"))


def _moderates(call: Call, message: Message) -> None:
    if message.channel.guild is None:
        raise refuse(50003)
    if not may(message.channel, call.world.bot.id, P.MANAGE_MESSAGES):
        raise refuse(50013)
