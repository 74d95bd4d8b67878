"""Open questions to members."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.engine.ports import Conversation
from bot.model.identity import MemberId, WorkspaceId
from bot.model.moment import from_micros, to_micros
from bot.storage.executor import Executor, one
from bot.storage.tables import CONVERSATIONS
from bot.storage.values import read_value, write_json, write_value

_C = CONVERSATIONS.c
_CLOSE = delete(CONVERSATIONS).where(
    _C.member == one("of_member"),
    _C.cog == one("of_cog"),
    _C.kind == one("of_kind"),
    _C.subject == one("of_subject"),
)
_OPEN = insert(CONVERSATIONS)
_SAVE = update(CONVERSATIONS).where(_C.id == one("of"))
_OF_MEMBER = select(CONVERSATIONS).where(_C.member == one("of_member"), _C.expires > one("now")).order_by(_C.id)
_PURGE = delete(CONVERSATIONS).where(_C.expires <= one("before"))


class ConversationRows:
    """The engine's `Conversations`."""

    def __init__(self, executor: Executor) -> None:
        """Work through an executor whose transaction is open."""
        self._execute = executor.execute

    async def open(self, *conversations: Conversation) -> None:
        """Open each (`id` 0), instead of an earlier one with its member, cog, kind and subject."""
        await self._execute(_CLOSE, [_name(c.member, c.cog, c.kind, c.subject) for c in conversations])
        await self._execute(_OPEN, [_columns(c) for c in conversations])

    async def save(self, conversation: Conversation) -> None:
        """Store what has changed; one that was closed or replaced meanwhile stays so."""
        await self._execute(_SAVE, {"of": conversation.id, **_columns(conversation)})

    async def close(self, member: MemberId, cog: str, kind: str, subject: str) -> None:
        """Close it, if it is open."""
        await self._execute(_CLOSE, _name(member, cog, kind, subject))

    async def of_member(self, member: MemberId, now: datetime) -> Sequence[Conversation]:
        """Return those that are open, the earliest opened first; one that has expired by now is not."""
        rows = (await self._execute(_OF_MEMBER, {"of_member": member, "now": to_micros(now)})).rows
        return [_conversation(row) for row in rows]

    async def purge(self, before: datetime) -> int:
        """Delete those that had expired by then; return how many."""
        return (await self._execute(_PURGE, {"before": to_micros(before)})).rowcount


def _name(member: MemberId, cog: str, kind: str, subject: str) -> dict[str, Any]:
    return {"of_member": member, "of_cog": cog, "of_kind": kind, "of_subject": subject}


def _columns(conversation: Conversation) -> dict[str, Any]:
    return {
        "workspace": conversation.workspace,
        "member": conversation.member,
        "cog": conversation.cog,
        "kind": conversation.kind,
        "subject": conversation.subject,
        "label": write_value(conversation.label),
        "data": write_json(dict(conversation.data)),
        "expires": to_micros(conversation.expires),
    }


def _conversation(row: Any) -> Conversation:
    return Conversation(
        row.id,
        WorkspaceId(row.workspace),
        MemberId(row.member),
        row.cog,
        row.kind,
        row.subject,
        read_value(row.label),
        json.loads(row.data),
        from_micros(row.expires),
    )
