"""Open questions: which one an answer belongs to, and the bot's own questions before it does something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.engine.ports import Conversation, Gazetteer, Said
from bot.engine.registry import Registry
from bot.engine.transaction import Transaction
from bot.model.identity import MemberId, MessageRef, Place
from bot.model.message import Bullets, Choice, Message, Sentence, Text, Value, catalogue
from bot.model.people import Member

_, n_ = catalogue("bot")

ENGINE = "bot"
"""The cog name of the engine's own questions."""
CONFIRM, WHICH, FOCUS = "confirm", "which", "focus"
PATIENCE = timedelta(hours=1)
"""How long the bot's own questions stay open."""


@dataclass(frozen=True)
class Questions:
    """Finds the handler for what a member says in their direct conversation."""

    registry: Registry
    gazetteer: Gazetteer

    async def open(self, tx: Transaction, member: MemberId) -> Sequence[Conversation]:
        """Return the cogs' open questions to a member, oldest first."""
        return [c for c in await tx.conversations.of_member(member, tx.now) if c.cog != ENGINE]

    async def waiting(self, tx: Transaction, member: Member) -> bool:
        """Return whether the bot has asked which question an answer was for."""
        return await self._own(tx, member, WHICH) is not None

    # --- before something is done ------------------------------------------------------------------------------

    async def confirm(self, tx: Transaction, member: Member, command: str) -> None:
        """Keep the command that a "yes" stands for."""
        await self._keep(tx, member, CONFIRM, {"command": command})

    async def confirmed(self, tx: Transaction, member: Member, text: str) -> str | None:
        """Return the command that was confirmed, "" for a no, None where nothing was asked or this is no answer."""
        asked = await self._own(tx, member, CONFIRM)
        if asked is None:
            return None
        if not tx.read_only:
            await self.forget_confirm(tx, member)
        language = await tx.people.language_of(member)
        answer = self.gazetteer.yes_no(text, language)
        if answer is None:
            return None
        return str(asked.data["command"]) if answer else ""

    async def forget_confirm(self, tx: Transaction, member: Member) -> None:
        """Ask nothing any more."""
        await tx.conversations.close(member.id, ENGINE, CONFIRM, "")

    # --- answers -----------------------------------------------------------------------------------------------

    async def answer(self, tx: Transaction, member: Member, questions: Sequence[Conversation], said: Said) -> None:
        """Give an answer to the question it belongs to; ask which one where several are open."""
        asked = await self._own(tx, member, WHICH)
        if asked is not None:
            await self._settle(tx, member, questions, asked, said)
        elif len(questions) == 1:
            await self._hand_over(tx, questions[0], said)
        else:
            focus = await self._own(tx, member, FOCUS)
            focused = [q for q in questions if focus is not None and q.id == focus.data["question"]]
            if focused:
                await self._hand_over(tx, focused[0], said)
            elif questions:
                await self._keep(tx, member, WHICH, {"said": [_stored(said)]})
                tx.reply(_which(questions), workspace=member.workspace, kind="bot.which")

    async def _settle(
        self,
        tx: Transaction,
        member: Member,
        questions: Sequence[Conversation],
        asked: Conversation,
        said: Said,
    ) -> None:
        """Take the choice, and pass on what was said before it."""
        kept = [_restored(item) for item in asked.data["said"]]
        chosen = await self._named(tx, member, questions, said.text)
        if chosen is None and len(questions) > 1:
            await self._keep(tx, member, WHICH, {"said": [*asked.data["said"], _stored(said)]})
            tx.reply(_which(questions), workspace=member.workspace, kind="bot.which")
            return
        await tx.conversations.close(member.id, ENGINE, WHICH, "")
        if chosen is None:
            chosen = questions[0] if questions else None
            kept.append(said)
        if chosen is None:
            gone = _("None of those questions is open any more; what you wrote was not added anywhere.")
            tx.reply(Message((Text((gone,)),)), workspace=member.workspace, kind="bot.hint")
            return
        await self._keep(tx, member, FOCUS, {"question": chosen.id})
        for one in kept:
            current = [q for q in await self.open(tx, member.id) if q.id == chosen.id]
            await self._hand_over(tx, (current or [chosen])[0], one)

    async def _named(
        self, tx: Transaction, member: Member, questions: Sequence[Conversation], text: str
    ) -> Conversation | None:
        wanted = text.strip().rstrip(".").casefold()
        if wanted.isdecimal() and 1 <= int(wanted) <= len(questions):
            return questions[int(wanted) - 1]
        return next((q for q in questions if wanted in _names(q)), None)

    async def _hand_over(self, tx: Transaction, question: Conversation, said: Said) -> None:
        handler = self.registry.conversation(question.cog, question.kind)
        if handler is None:
            await tx.conversations.close(question.member, question.cog, question.kind, question.subject)
            gone = _("What asked you that is not installed any more, so nothing was kept.")
            tx.reply(Message((Text((gone,)),)), workspace=question.workspace, kind="bot.hint")
            return
        reply: Message | None = await handler(tx, question, said)
        if reply is not None:
            tx.reply(reply, workspace=question.workspace, kind=f"{question.cog}.{question.kind}")

    # --- the bot's own -----------------------------------------------------------------------------------------

    async def _own(self, tx: Transaction, member: Member, kind: str) -> Conversation | None:
        conversations = await tx.conversations.of_member(member.id, tx.now)
        return next((c for c in conversations if (c.cog, c.kind) == (ENGINE, kind)), None)

    async def _keep(self, tx: Transaction, member: Member, kind: str, data: dict[str, Any]) -> None:
        expires = tx.now + PATIENCE
        await tx.conversations.open(Conversation(0, member.workspace, member.id, ENGINE, kind, "", None, data, expires))


def _names(question: Conversation) -> set[str]:
    label = question.label
    if label is None:
        return set()
    return {str(value).casefold() for _name, value in label.values if isinstance(value, str)} | {label.text.casefold()}


def _which(questions: Sequence[Conversation]) -> Message:
    labels: tuple[Value, ...] = tuple(q.label or q.subject for q in questions)
    ask = _("Which one is this for? Answer with its number; I have kept what you wrote.")
    digits = ["1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣"]
    choices = tuple(
        Choice(str(n), _label(label), digit) for n, (label, digit) in enumerate(zip(labels, digits, strict=False), 1)
    )
    return Message((Text((ask,)), Bullets(labels, ordered=True)), choices)


def _label(label: Value) -> Sentence:
    return label if isinstance(label, Sentence) else _("{name}", name=label)


def _stored(said: Said) -> dict[str, Any]:
    place = said.source.place
    return {
        "text": said.text,
        "attachments": list(said.attachments),
        "place": [place.platform, place.address, place.thread],
        "message": said.source.message_id,
        "at": said.at.isoformat(),
    }


def _restored(data: dict[str, Any]) -> Said:
    source = MessageRef(Place(*data["place"]), data["message"])
    return Said(data["text"], tuple(data["attachments"]), source, datetime.fromisoformat(data["at"]))
