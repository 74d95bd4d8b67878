"""The messages that answer an update, as they are stored."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, update

from bot.api import MessageRef, Place, Transaction, from_micros, to_micros
from cogs.standup.answers import Piece
from cogs.standup.records import Update
from cogs.standup.store.tables import ANSWERS

_A = ANSWERS.c
COLUMNS = [column.label(f"a_{column.name}") for column in ANSWERS.columns]
"""An answer's columns beside those of its update."""


async def add_answer(tx: Transaction, of: Update, piece: Piece) -> Piece:
    """Store a message that answers an update."""
    place = piece.source.place
    values = {
        "workspace": of.workspace,
        "standup": of.standup,
        "member": of.member,
        "date": of.date.isoformat(),
        "question": piece.asked,
        "text": piece.text,
        "attachments": json.dumps(piece.attachments) if piece.attachments else "",
        "command": int(piece.command),
        "platform": place.platform,
        "address": place.address,
        "thread": place.thread,
        "message": piece.source.message_id,
        "at": to_micros(piece.at),
        "picked": piece.picked,
        "speaker": piece.speaker,
    }
    rows = (await tx.execute(insert(ANSWERS).returning(_A.id), values)).rows
    return replace(piece, id=rows[0].id)


async def change_answer(tx: Transaction, piece: Piece) -> None:
    """Store a message's new text, or what it answers now by its having been picked."""
    values = {"text": piece.text, "question": piece.asked, "picked": piece.picked}
    await tx.execute(update(ANSWERS).where(_A.id == piece.id).values(**values))


async def delete_answer(tx: Transaction, piece: Piece) -> None:
    """Forget a message."""
    await tx.execute(delete(ANSWERS).where(_A.id == piece.id))


def piece_of(row: Any) -> Piece:
    """Return the answer in a row that has its columns."""
    place = Place(row.a_platform, row.a_address, row.a_thread)
    return Piece(
        row.a_question,
        row.a_text,
        tuple(json.loads(row.a_attachments)) if row.a_attachments else (),
        MessageRef(place, row.a_message),
        from_micros(row.a_at),
        bool(row.a_command),
        row.a_id,
        row.a_picked,
        row.a_speaker,
    )
