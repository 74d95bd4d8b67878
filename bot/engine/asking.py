"""What is wrong with what somebody asked for, and what they are to confirm: told with choices that are theirs, once."""

from __future__ import annotations

from typing import Any

from bot.engine.choices import QUESTION
from bot.engine.conversations import NO, Questions
from bot.engine.kept import kept
from bot.engine.speakers import Speaker
from bot.engine.transaction import Transaction
from bot.model.errors import AskFirst, BadInput
from bot.model.event import Commanded, Inbound, MessageReceived
from bot.model.message import Choice, CommandText, Message, catalogue, say

_, n_ = catalogue("bot")


async def tell(
    tx: Transaction, questions: Questions, event: Inbound, speaker: Speaker, problem: BadInput | AskFirst
) -> None:
    """Tell the person what was wrong, with the choices that put it right, or ask them first."""
    if isinstance(problem, BadInput):
        if speaker.member is not None and event.direct:
            await questions.offer(tx, speaker.member, problem.message.choices, _message_of(event), _picked(event))
        await _ask(tx, questions, event, speaker, problem.message, "bot.hint")
        return
    if speaker.member is not None and event.direct:
        await questions.confirm(tx, speaker.member, problem.command, _message_of(event))
    choices = [Choice(problem.command, _("Yes"), "✅")]
    how = _("If so, confirm with {command}.", command=CommandText(problem.command))
    if event.direct:
        how = _("Answer yes or no.")
    if event.direct or event.answer is not None:  # in a room that others read, no answer is a no
        choices.append(Choice(NO, _("No"), "❌"))
    asked = say(problem.question, *problem.details, how, choices=choices)
    await _ask(tx, questions, event, speaker, asked, "bot.question")


async def _ask(
    tx: Transaction, questions: Questions, event: Inbound, speaker: Speaker, question: Message, kind: str
) -> None:
    """Reply with a question of the bot's own, whose choices are one person's, who makes one of them once."""
    key = f"reply:{event.place.platform}:{event.id}:0"
    if speaker.member is not None and not event.direct:
        key = f"{QUESTION}{speaker.member.id}:{event.place.platform}:{event.id}"
    if speaker.member is not None:
        await questions.asks(tx, speaker.member, key, question.choices, _picked(event))
    tx.reply(question, workspace=speaker.workspace_id, kind=kind, key=key)


def _picked(event: Inbound) -> dict[str, Any] | None:
    """Return what is kept of a command that was picked in a message's menu: a choice is about that message, too."""
    return kept(event)[0] if isinstance(event, Commanded) and event.picked is not None else None


def _message_of(event: Inbound) -> str:
    """Return the id of the message that was said, "" where nothing was."""
    return event.message_id if isinstance(event, MessageReceived) else ""
