"""Messages come, change and go: one way for the bot, for people and for answers to interactions."""

from __future__ import annotations

from tests.platforms.discord.local import events
from tests.platforms.discord.local.content import Said, apply_mentions
from tests.platforms.discord.local.state import (
    DEFAULT,
    HAS_THREAD,
    PUBLIC_THREAD,
    THREAD_STARTER,
    Channel,
    Json,
    Message,
    Thread,
    User,
)
from tests.platforms.discord.local.world import World


def post(
    world: World,
    channel: Channel,
    author: User,
    said: Said,
    *,
    kind: int = DEFAULT,
    reference: tuple[int, int] | None = None,
    replied_to: int | None = None,
    nonce: str | int | None = None,
    only_for: int | None = None,
    interaction: Json | None = None,
) -> Message:
    """Make a message and tell the gateway; one for one person's eyes (`only_for`) is told to nobody."""
    message = Message(
        world.snowflakes.next(),
        channel,
        author,
        world.clock.now(),
        said.content,
        kind,
        said.flags,
        said.components,
        said.embeds,
        said.attachments,
        reference,
        nonce=nonce,
        only_for=only_for,
        interaction=interaction,
    )
    apply_mentions(message, said, replied_to=replied_to, ring=only_for is None)
    if only_for is not None:
        channel.ephemeral[message.id] = message
        return message
    channel.messages[message.id] = message
    channel.last_message_id = message.id
    if channel.thread is not None:
        _active(world, channel, channel.thread, author, message)
    events.message_created(world, message)
    return message


def change(world: World, message: Message, said: Said, *, replied_to: int | None = None, filled: bool = False) -> None:
    """Give a message what an edit says; `filled` where this is the first text of one that was loading."""
    message.content, message.embeds, message.components = said.content, said.embeds, said.components
    message.attachments, message.flags = said.attachments, said.flags
    message.revision += 1
    apply_mentions(message, said, replied_to=replied_to, ring=filled and message.only_for is None)
    if not filled:
        message.edited = world.clock.now()
    if message.only_for is None:
        events.message_updated(world, message)


def remove(world: World, message: Message) -> None:
    channel = message.channel
    if message.only_for is not None:
        channel.ephemeral.pop(message.id, None)
        return
    if channel.messages.pop(message.id, None) is not None:
        if channel.thread is not None and message.kind != THREAD_STARTER:
            channel.thread.sent -= 1
        events.message_deleted(world, message)


def start_thread(
    world: World, parent: Channel, owner: User, name: str, auto_archive: int, message: Message | None
) -> Channel:
    """Open a public thread, on a message (then it has the message's id) or on the channel."""
    guild = parent.guild
    assert guild is not None
    now = world.clock.now()
    state = Thread(owner.id, now, auto_archive, active_at=now, members={owner.id: now})
    thread_id = message.id if message is not None else world.snowflakes.next()
    thread = Channel(thread_id, PUBLIC_THREAD, name, guild, parent, thread=state)
    guild.channels[thread.id] = world.channels[thread.id] = thread
    events.thread_changed(world, "THREAD_CREATE", thread)
    if message is not None:
        message.thread = thread
        message.flags |= HAS_THREAD
        starter = Message(world.snowflakes.next(), thread, message.author, now, kind=THREAD_STARTER)
        starter.reference = (parent.id, message.id)
        thread.messages[starter.id] = starter
        events.message_updated(world, message)
    return thread


def join_thread(world: World, thread: Channel, *users: int) -> None:
    state = thread.thread
    assert state is not None
    new = [each for each in users if each not in state.members]
    for each in new:
        state.members[each] = world.clock.now()
    if new:
        events.thread_members(world, thread, new, [])


def react(world: World, message: Message, user: User, emoji: str) -> None:
    users = message.reactions.setdefault(emoji, {})
    if user.id not in users:
        users[user.id] = None
        events.reaction(world, message, user, emoji, added=True)


def unreact(world: World, message: Message, user: User, emoji: str) -> None:
    users = message.reactions.get(emoji, {})
    if user.id in users:
        del users[user.id]
        if not users:
            del message.reactions[emoji]
        events.reaction(world, message, user, emoji, added=False)


def _active(world: World, channel: Channel, state: Thread, author: User, message: Message) -> None:
    """A message in a thread wakes it, and brings its author and the people that it mentions in."""
    woken = world.archived(channel)
    state.active_at = world.clock.now()
    state.sent += 1
    if woken:
        state.archived, state.archived_at = False, world.clock.now()
        events.thread_changed(world, "THREAD_UPDATE", channel)
    join_thread(world, channel, author.id, *message.mentions)
