"""Questions of the bot's own about what somebody said: what is kept with its person, and which one stands on screen.

Of each kind at most one is open. One that was answered, or asked again, says so in place of its choices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.engine.ports import Conversation, Outgoing
from bot.engine.transaction import Transaction
from bot.model.identity import WorkspaceId
from bot.model.message import Message, Sentence, catalogue, say
from bot.model.people import Member

_, n_ = catalogue("bot")

ENGINE = "bot"
"""The cog name of the engine's own questions."""
PATIENCE = timedelta(hours=1)
"""How long the bot's own questions stay open."""
MEMORY = timedelta(days=7)
"""How long it is known that a question with choices was answered."""
KEYCAP = "\N{COMBINING ENCLOSING KEYCAP}"
"""How the emoji of a numbered choice ends."""
SETTLED = _("That is settled already, so nothing has changed.")
LAPSED = _("That question has lapsed, and what you had written went nowhere. Please write it once more.")


async def own(tx: Transaction, member: Member, kind: str) -> Conversation | None:
    """Return what is kept with a member, of one kind."""
    kept = await tx.conversations.of_member(member.id, tx.now)
    return next((c for c in kept if (c.cog, c.kind) == (ENGINE, kind)), None)


async def keep(
    tx: Transaction, member: Member, kind: str, data: dict[str, Any], subject: str = "", lasts: timedelta = PATIENCE
) -> None:
    """Keep something with a member, instead of what was kept of its kind and subject."""
    await tx.conversations.open(
        Conversation(0, member.workspace, member.id, ENGINE, kind, subject, None, data, tx.now + lasts)
    )


async def forget(tx: Transaction, member: Member, kind: str) -> None:
    """Keep nothing of a kind any more."""
    await tx.conversations.close(member.id, ENGINE, kind, "")


@dataclass(frozen=True, slots=True)
class OneOpen:
    """A question of which at most one is open for a person.

    `kind` is that of its message; what it is about is kept as `kept`. One that is asked anew says `again`.
    """

    kind: str
    kept: str
    again: Sentence

    async def ask(
        self,
        tx: Transaction,
        member: Member,
        data: dict[str, Any],
        question: Message,
        workspace: WorkspaceId | None = None,
    ) -> None:
        """Ask, and keep what about; the question that was open until now says that it is asked anew."""
        assert tx.cause is not None, "a question answers what somebody said"
        before = await own(tx, member, self.kept)
        await self.settle(tx, member, self.again if before is not None else LAPSED)
        await keep(tx, member, self.kept, data)
        key = f"reply:{tx.cause.place.platform}:{tx.cause.event.id}:{self.kept}:{len(tx.effects())}"
        await keep(tx, member, self._shown, {"key": key}, lasts=MEMORY)
        tx.reply(question, workspace=workspace or member.workspace, kind=self.kind, key=key)

    async def settle(self, tx: Transaction, member: Member, sentence: Sentence | None) -> None:
        """Close the question, and say in its place on screen what became of it; with None, take it away."""
        await forget(tx, member, self.kept)
        shown = await own(tx, member, self._shown)
        if shown is None:
            return
        await forget(tx, member, self._shown)
        key = str(shown.data["key"])
        if sentence is None:
            tx.delete(key, workspace=member.workspace, kind=self.kind)
        else:
            tx.edit(key, say(sentence), workspace=member.workspace, kind=self.kind, key=f"{key}:settled")

    async def closed(self, tx: Transaction, member: Member, row: Outgoing) -> Sentence | None:
        """Return why a question that stands on screen can't be answered any more; None while it can."""
        shown = await own(tx, member, self._shown)
        if shown is None or shown.data["key"] != row.key:
            return SETTLED
        return LAPSED if await own(tx, member, self.kept) is None else None

    @property
    def _shown(self) -> str:
        return f"{self.kept}_shown"
