"""Messages in channels, threads and DMs: post, read, edit, delete, pin."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord.local import events, posting, shapes
from tests.platforms.discord.local.content import Said, read
from tests.platforms.discord.local.errors import bad_length, invalid_form, refuse, required
from tests.platforms.discord.local.permissions import P, in_channel, may
from tests.platforms.discord.local.routing import Call, Routes, snowflake
from tests.platforms.discord.local.state import DEFAULT, FORUM, REPLY, THREAD_CREATED, THREAD_STARTER, Channel, Message
from tests.platforms.discord.local.world import World

routes = Routes()
_CHANNEL = "/channels/{channel_id}/messages"
_MESSAGE = _CHANNEL + "/{message_id}"


@routes("POST", _CHANNEL, (5, 5.0))
def create(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    nonce = _nonce(call.body)
    said = read(world, call.body, call.files)
    _may_send(world, channel, said)
    if nonce is not None and call.body.get("enforce_nonce"):
        made = world.nonces.seen(world.bot.id, str(nonce))
        if made is not None:
            return shapes.message(world, made, nonce=True)
    original = _replied_to(world, channel, call.body.get("message_reference"))
    message = posting.post(
        world,
        channel,
        world.bot,
        said,
        kind=REPLY if original else DEFAULT,
        reference=(channel.id, original.id) if original else None,
        replied_to=original.author.id if original else None,
        nonce=nonce,
    )
    if nonce is not None:
        world.nonces.remember(world.bot.id, str(nonce), message)
    return shapes.message(world, message, nonce=True)


@routes("GET", _CHANNEL, (50, 5.0))
def history(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    limit = call.limit(50, 100)
    ends = {name: call.snowflake(name) for name in ("around", "before", "after")}
    if sum(end is not None for end in ends.values()) > 1:
        raise invalid_form("before", "MUTUALLY_EXCLUSIVE", "Only one of around, before, after may be given")
    if not may(channel, world.bot.id, P.READ_MESSAGE_HISTORY):
        return []
    found = _select(list(channel.messages.values()), limit, **ends)
    return [shapes.message(world, each, whole=world.readable(each)) for each in reversed(found)]


@routes("GET", _MESSAGE, (30, 5.0))
def get(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"), P.VIEW_CHANNEL | P.READ_MESSAGE_HISTORY)
    message = world.message(channel, call.id("message_id"))
    return shapes.message(world, message, whole=world.readable(message))


@routes("PATCH", _MESSAGE, (5, 5.0))
def edit(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    message = world.message(channel, call.id("message_id"))
    if message.author is not world.bot:
        raise refuse(50005)
    if world.archived(channel):
        raise refuse(50083)
    _must_not_be_locked(channel, world)
    said = read(world, call.body, call.files, message)
    posting.change(world, message, said, replied_to=_author_replied_to(world, message))
    return shapes.message(world, message)


@routes("DELETE", _MESSAGE, (5, 1.0))
def delete(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    message = world.message(channel, call.id("message_id"))
    if message.author is not world.bot:
        if channel.guild is None:
            raise refuse(50003)
        if not may(channel, world.bot.id, P.MANAGE_MESSAGES):
            raise refuse(50013)
    if message.kind == THREAD_STARTER:
        raise refuse(50021)
    if world.archived(channel):
        _must_not_be_locked(channel, world)
    posting.remove(world, message)


@routes("POST", _CHANNEL + "/bulk-delete", (1, 1.0))
def bulk_delete(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    if channel.guild is None:
        raise refuse(50003)
    if not may(channel, world.bot.id, P.MANAGE_MESSAGES):
        raise refuse(50013)
    ids = [int(each) for each in call.body.get("messages", [])]
    if not 2 <= len(ids) <= 100:
        raise bad_length("messages", 2, 100)
    gone = [each for each in ids if channel.messages.pop(each, None) is not None]
    events.messages_deleted(world, channel, gone)


@routes("POST", "/channels/{channel_id}/typing")
def typing(call: Call) -> Any:
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    _may_send(world, channel, Said())
    events.typing(world, channel, world.bot)


@routes("PUT", _CHANNEL + "/pins/{message_id}", (5, 4.0))
def pin(call: Call) -> Any:
    return _pin(call, on=True)


@routes("DELETE", _CHANNEL + "/pins/{message_id}", (5, 4.0))
def unpin(call: Call) -> Any:
    return _pin(call, on=False)


def _pin(call: Call, *, on: bool) -> None:
    world, channel = call.world, call.world.channel(call.id("channel_id"))
    if channel.guild is not None and not may(channel, world.bot.id, P.PIN_MESSAGES):
        raise refuse(50013)
    message = world.message(channel, call.id("message_id"))
    if on and not message.pinned and sum(each.pinned for each in channel.messages.values()) >= 250:
        raise refuse(30003)
    message.pinned = on
    events.message_updated(world, message)


def _nonce(body: Any) -> str | int | None:
    nonce = body.get("nonce")
    if nonce is None:
        if body.get("enforce_nonce"):
            raise required("nonce")
        return None
    if isinstance(nonce, str) and len(nonce) > 25:
        raise invalid_form("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be 25 characters or shorter.")
    return nonce if isinstance(nonce, (str, int)) else str(nonce)


def _may_send(world: World, channel: Channel, said: Said) -> None:
    if channel.guild is None:
        return _may_write_to(world, channel)
    if channel.kind == FORUM:
        raise refuse(50008)
    has = in_channel(channel, world.bot.id)
    needs = P.SEND_MESSAGES_IN_THREADS if channel.thread is not None else P.SEND_MESSAGES
    if said.embeds:
        needs |= P.EMBED_LINKS
    if said.attachments:
        needs |= P.ATTACH_FILES
    if has & needs != needs:
        raise refuse(50013)
    _must_not_be_locked(channel, world)
    return None


def _must_not_be_locked(channel: Channel, world: World) -> None:
    """In a locked thread only moderators write and change; while it is active, others may delete and react."""
    state = channel.thread
    if state is not None and state.locked and not may(channel, world.bot.id, P.MANAGE_THREADS):
        raise refuse(160005)


def _may_write_to(world: World, channel: Channel) -> None:
    """A DM arrives where its recipient lets the bot write: they share a server, and did not close their DMs."""
    person = next(world.users[each] for each in channel.people if each != world.bot.id)
    if world.quarantined:
        raise refuse(20026)
    if person.deleted or person.bot or not person.dms_open:
        raise refuse(50007)
    if not world.share_a_guild(person):
        raise refuse(50278)


def _replied_to(world: World, channel: Channel, reference: Any) -> Message | None:
    """Return what a message replies to; it has to be there, unless `fail_if_not_exists` is false."""
    if not reference:
        return None
    if channel.guild is not None and not may(channel, world.bot.id, P.READ_MESSAGE_HISTORY):
        raise refuse(160002)
    where = reference.get("channel_id")
    if where is not None and int(where) != channel.id:
        raise invalid_form("message_reference", "REPLIES_CANNOT_REPLY_TO_OTHER_CHANNEL", "Cannot reply across channels")
    original = channel.messages.get(snowflake("message_reference", str(reference.get("message_id"))))
    if original is None and reference.get("fail_if_not_exists", True):
        raise invalid_form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    if original is not None and original.kind in (THREAD_CREATED, THREAD_STARTER):
        raise invalid_form(
            "message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message"
        )
    return original


def _author_replied_to(world: World, message: Message) -> int | None:
    original = message.channel.messages.get(message.reference[1]) if message.reference else None
    return original.author.id if original else None


def _select(
    messages: list[Message], limit: int, around: int | None, before: int | None, after: int | None
) -> list[Message]:
    """Return a page, oldest first: the newest ones, those next before or after an id, or those around one."""
    if around is not None:
        older = [each for each in messages if each.id < around][-(limit // 2) :] if limit > 1 else []
        newer = [each for each in messages if each.id >= around][: limit - len(older)]
        return older + newer
    if after is not None:
        return [each for each in messages if each.id > after][:limit]
    if before is not None:
        return [each for each in messages if each.id < before][-limit:]
    return messages[-limit:]
