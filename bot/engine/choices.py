"""The choices under a message: what they stand for, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine.ports import Outgoing
from bot.engine.speakers import Speaker
from bot.engine.transaction import Transaction
from bot.model.event import Inbound, Pressed, Reacted
from bot.model.identity import MessageRef
from bot.model.message import Choice

QUESTION = "question:"
"""How the keys of questions begin that one person in a room was asked."""
QUESTIONS = ("bot.hint", "bot.question")
"""The kinds of the bot's own questions, which are answered once."""


async def chosen_by(tx: Transaction, event: Reacted) -> str | None:
    """Return the command that a reaction stands for, or None."""
    choices = await offered(tx, event)
    return next((c.command for _row, c in choices if bare(c.emoji) == bare(event.emoji)), None)


async def offered(tx: Transaction, event: Pressed | Reacted) -> Sequence[tuple[Outgoing, Choice]]:
    """Return the choices under a message, each with its row; none for a message that is not known."""
    rows = await rows_under(tx, event)
    return [(r, c) for r in rows if r.message is not None for c in r.message.choices]


async def rows_under(tx: Transaction, event: Pressed | Reacted) -> Sequence[Outgoing]:
    """Return what a message was made of under which a choice was made; nothing for a message that is not known."""
    row = await tx.stores.outbox.row_of_message(MessageRef(event.place, event.message_id))
    if row is None:
        return []
    parcel = await tx.stores.outbox.parcel_of(row.key)
    return parcel[0] if parcel else [row]


async def theirs(tx: Transaction, event: Inbound, speaker: Speaker, message_id: str) -> bool:
    """Return whether a choice is this person's to make: a question asked in a room is for who caused it."""
    row = None if event.direct else await tx.stores.outbox.row_of_message(MessageRef(event.place, message_id))
    if row is None or not row.key.startswith(QUESTION):
        return True
    return speaker.member is not None and row.key.startswith(f"{QUESTION}{speaker.member.id}:")


def bare(emoji: str) -> str:
    """Return an emoji without its presentation selector, which clients add or leave out as they like."""
    return emoji.replace("\ufe0f", "")
