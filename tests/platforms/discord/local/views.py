"""What people see: messages as a client shows them, interactions as they end, modals."""

from __future__ import annotations

from tests.platforms.discord.local import components, shapes
from tests.platforms.discord.local.errors import NotPossible
from tests.platforms.discord.local.interactions import Interaction
from tests.platforms.discord.local.permissions import P, in_channel
from tests.platforms.discord.local.state import EPHEMERAL, LOADING, THREAD_STARTER, Channel, Json, Message, User
from tests.platforms.discord.local.world import World


def seen_in(world: World, user: User, channel: Channel, since: int = 0) -> list[Json]:
    """Everything a person sees in a place from a message on, oldest first."""
    has = in_channel(channel, user.id)
    if not has & P.VIEW_CHANNEL:
        raise NotPossible(f"{user.name} does not see #{channel.name}")
    own = [each for each in channel.ephemeral.values() if each.only_for == user.id]
    shared = [each for each in channel.messages.values() if each.kind != THREAD_STARTER]
    there = sorted((each for each in [*shared, *own] if each.id >= since), key=lambda each: each.id)
    return [message(world, each) for each in there]


def message(world: World, one: Message) -> Json:
    return {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "author_id": str(one.author.id),
        "author": one.author.name,
        "text": "\n".join([text for text in (one.content, *components.texts(one.components)) if text]),
        "content": one.content,
        "components": one.components,
        "embeds": one.embeds,
        "flags": one.flags,
        "kind": one.kind,
        "at": shapes.instant(one.at),
        "edited": one.edited is not None,
        "edited_at": shapes.instant(one.edited) if one.edited else None,
        "ephemeral": bool(one.flags & EPHEMERAL),
        "loading": bool(one.flags & LOADING),
        "thread_id": str(one.thread.id) if one.thread else None,
        "thread_name": one.thread.name if one.thread else None,
        "reply_to": str(one.reference[1]) if one.reference else None,
        "reactions": {emoji: [str(each) for each in users] for emoji, users in one.reactions.items()},
        "mentions": [str(each) for each in one.mentions],
        "notified": [str(each) for each in sorted(one.notified)],
        "attachments": [shapes.attachment(world, one.channel, each) for each in one.attachments],
        "nonce": one.nonce,
        "pinned": one.pinned,
    }


def interaction(world: World, one: Interaction) -> Json:
    """How an interaction stands for the person who made it."""
    late = world.interactions.late(one)
    shown = [each for each in [one.original, *one.followups] if each is not None]
    there = [each for each in shown if each.channel.any_message(each.id) is not None]
    original = one.original if one.original in there else None
    return {
        "id": str(one.id),
        "failed": late,
        "response": one.answered,
        "seconds": (one.answered_at - one.created).total_seconds() if one.answered_at else None,
        "original": message(world, original) if original is not None else None,
        "updated": one.message is not None and one.message.revision > one.revision,
        "followups": [message(world, each) for each in one.followups if each in there],
        "modal": one.modal,
        "choices": one.choices,
    }
