"""Open questions: which one an answer belongs to, and the bot's own questions before it does something."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.engine.choices import rows_under
from bot.engine.kept import as_said, is_of, revised, stored
from bot.engine.own_questions import ENGINE, MEMORY, OneOpen, forget, keep, own
from bot.engine.ports import Conversation, Gazetteer, Outgoing, Said
from bot.engine.registry import Registry
from bot.engine.transaction import Transaction
from bot.model.event import Pressed, Reacted
from bot.model.identity import MemberId, MessageRef
from bot.model.message import Bullets, Choice, Message, Sentence, Text, Value, catalogue
from bot.model.people import Member

_, n_ = catalogue("bot")

CONFIRM, WHICH, FOCUS, ASKED = "confirm", "which", "focus", "asked"
WHICH_ONE = OneOpen("bot.which", WHICH, _("I asked again below which one this is for."))
NO = "no"
"""What a choice stands for that declines what the bot asked."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a person answered to the bot's own question.

    `command` is what they agreed to, "" if they declined, None if it was no answer; `offered` is what could have
    been agreed to; `message` the id of what they had said that made the bot ask.
    """

    command: str | None
    offered: tuple[str, ...]
    message: str
    about: Mapping[str, Any] | None = None
    """What is kept of the picked message that it is about, if it is (see `kept`)."""


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
        return await own(tx, member, WHICH) is not None

    # --- before something is done ------------------------------------------------------------------------------

    async def confirm(self, tx: Transaction, member: Member, command: str, message: str) -> None:
        """Keep the command that a "yes" stands for, and the id of the message that made the bot ask."""
        await keep(tx, member, CONFIRM, {"offers": [[command]], "message": message})

    async def offer(
        self,
        tx: Transaction,
        member: Member,
        choices: Sequence[Choice],
        message: str,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep choices, to be taken by number or name, too (a single one by "yes"); none forgets what was asked."""
        if not choices:
            await self.forget_confirm(tx, member)
            return
        offers = [[c.command, *sorted(_names(c.label)), folded(c.command.split()[-1])] for c in choices]
        await keep(tx, member, CONFIRM, {"offers": offers, "numbered": True, "message": message, "about": about})

    async def settled(self, tx: Transaction, member: Member, text: str) -> Settled | None:
        """Return what the text answers to the bot's own question, which is forgotten; None where none was asked."""
        asked = await own(tx, member, CONFIRM)
        if asked is None:
            return None
        if not tx.read_only:
            await self.forget_confirm(tx, member)
        offers: list[list[str]] = asked.data["offers"]
        offered, message = tuple(command for command, *_names in offers), str(asked.data["message"])
        position = taken(folded(text), [names for _command, *names in offers], asked.data.get("numbered", False))
        if position is not None:
            await self.answered(tx, member, offered)
            return Settled(offered[position], offered, message, asked.data.get("about"))
        answer = self.gazetteer.yes_no(text, await tx.people.language_of(member))
        if answer is None or (answer and len(offered) > 1):
            return Settled(None, offered, message)
        await self.answered(tx, member, offered)
        return Settled(offered[0] if answer else "", offered, message, asked.data.get("about"))

    async def takes(self, tx: Transaction, member: Member, question: Conversation, text: str) -> bool:
        """Return whether a text answers this question of the bot's own."""
        if question.kind == WHICH:
            return taken(folded(text), [names for _question, *names in question.data["listed"]], True) is not None
        offers: list[list[str]] = question.data["offers"]
        if taken(folded(text), [names for _c, *names in offers], question.data.get("numbered", False)) is not None:
            return True
        return self.gazetteer.yes_no(text, await tx.people.language_of(member)) is not None

    async def origin(self, tx: Transaction, member: Member, command: str) -> str | None:
        """Return the id of the message that made the bot offer a command, while it is offered."""
        asked = await own(tx, member, CONFIRM)
        if asked is None or command not in [offered for offered, *_names in asked.data["offers"]]:
            return None
        return str(asked.data["message"]) or None

    async def forget_confirm(self, tx: Transaction, member: Member) -> None:
        """Ask nothing any more."""
        await forget(tx, member, CONFIRM)

    # --- choices that are made once ----------------------------------------------------------------------------

    async def asks(
        self,
        tx: Transaction,
        member: Member,
        question: str,
        choices: Sequence[Choice],
        about: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep that a question was asked, by the key of its message: it is answered once, wherever its choices show."""
        if choices:
            data = {"offers": [choice.command for choice in choices], "answered": False, "about": about}
            await keep(tx, member, ASKED, data, question, MEMORY)

    async def press(self, tx: Transaction, member: Member, command: str, question: str | None) -> bool:
        """Note that a choice was made; False if its question was answered before.

        `question` is None where it is not known which message the choice stands under: then any open question is
        meant that offers it.
        """
        asked = [c for c in await self._asked(tx, member) if command in c.data["offers"]]
        if question is not None:
            asked = [c for c in asked if c.subject == question]
        if asked and all(c.data["answered"] for c in asked):
            return False
        declined = [offer for c in asked for offer in c.data["offers"]] if command == NO else []
        await self.answered(tx, member, [command, *declined], question)
        return True

    async def about(self, tx: Transaction, member: Member, question: str | None) -> Mapping[str, Any] | None:
        """Return what is kept of the picked message that a question is about, if it is."""
        return next((c.data.get("about") for c in await self._asked(tx, member) if c.subject == question), None)

    async def done(self, tx: Transaction, member: Member, rows: Sequence[Outgoing]) -> bool:
        """Return whether every choice under what a message was made of is one of a question that is answered."""
        answered = {c.subject for c in await self._asked(tx, member) if c.data["answered"]}
        offering = {row.key for row in rows if row.message is not None and row.message.choices}
        return bool(offering) and offering <= answered

    async def decline(self, tx: Transaction, member: Member, question: str | None) -> None:
        """Ask nothing any more of what a question offered that was declined; None where it is not known which."""
        confirm = await own(tx, member, CONFIRM)
        if confirm is None:
            return
        offers = {folded(o) for c in await self._asked(tx, member) if c.subject == question for o in c.data["offers"]}
        if question is None or not offers.isdisjoint(folded(command) for command, *_names in confirm.data["offers"]):
            await self.forget_confirm(tx, member)

    async def answered(
        self, tx: Transaction, member: Member, offers: Iterable[str], question: str | None = None
    ) -> None:
        """Note that every question that offers one of these commands is answered; each has a no of its own.

        One about a message that was picked is answered only where it was asked (`question`).
        """
        these = {folded(command) for command in offers} - {NO}
        for asked in await self._asked(tx, member):
            if asked.data.get("about") is not None and asked.subject != question:
                continue
            if not asked.data["answered"] and not these.isdisjoint(folded(c) for c in asked.data["offers"]):
                await tx.conversations.save(replace(asked, data={**asked.data, "answered": True}))

    async def _asked(self, tx: Transaction, member: Member) -> Sequence[Conversation]:
        conversations = await tx.conversations.of_member(member.id, tx.now)
        return [c for c in conversations if (c.cog, c.kind) == (ENGINE, ASKED)]

    # --- answers -----------------------------------------------------------------------------------------------

    async def answer(self, tx: Transaction, member: Member, questions: Sequence[Conversation], said: Said) -> None:
        """Give an answer to the question it belongs to; ask which one where several are open."""
        asked = await own(tx, member, WHICH)
        if asked is not None:
            await self._settle(tx, member, questions, asked, said)
        elif len(questions) == 1:
            await self._hand_over(tx, questions[0], said)
        else:
            focus = await own(tx, member, FOCUS)
            focused = [q for q in questions if focus is not None and _key(q) == focus.data["question"]]
            if focused:
                await self._hand_over(tx, focused[0], said)
            elif questions:
                await self._ask_which(tx, member, questions, [stored(said)])

    async def revise(self, tx: Transaction, member: Member, source: MessageRef, text: str | None) -> None:
        """Change a message that is kept until it is known what it was for; None takes it out."""
        await self._revise_picked(tx, member, source, text)
        asked = await own(tx, member, WHICH)
        kept = asked.data["said"] if asked is not None else []
        theirs = [item for item in kept if is_of(item, source)]
        if asked is None or not theirs:
            return
        rest = [item if item not in theirs else {**item, "text": text} for item in kept]
        rest = [item for item in rest if item["text"] is not None]
        if rest:
            await keep(tx, member, WHICH, {**asked.data, "said": rest})
        else:
            await WHICH_ONE.settle(tx, member, None)

    async def _revise_picked(self, tx: Transaction, member: Member, source: MessageRef, text: str | None) -> None:
        confirm = await own(tx, member, CONFIRM)
        for question in (*await self._asked(tx, member), *([confirm] if confirm is not None else ())):
            about = question.data.get("about")
            if about is None or not is_of(about, source):
                continue
            if text is not None:
                data = {**question.data, "about": revised(about, text)}
                await tx.conversations.save(replace(question, data=data))
            elif question.kind == ASKED:
                await tx.conversations.save(replace(question, data={**question.data, "answered": True}))
            else:
                await self.forget_confirm(tx, member)

    async def closed(self, tx: Transaction, member: Member, event: Pressed | Reacted) -> Sentence | None:
        """Return why the question which one something is for, if an event chose under that, is answered no more."""
        rows = [row for row in await rows_under(tx, event) if row.kind == WHICH_ONE.kind]
        closed = [await WHICH_ONE.closed(tx, member, row) for row in rows]
        return closed[-1] if all(closed) and closed else None

    async def _ask_which(
        self, tx: Transaction, member: Member, questions: Sequence[Conversation], kept: Sequence[dict[str, Any]]
    ) -> None:
        listed = [[_key(q), *sorted(_names(q.label))] for q in questions]
        await WHICH_ONE.ask(tx, member, {"said": list(kept), "listed": listed}, _which(questions))

    async def _settle(
        self,
        tx: Transaction,
        member: Member,
        questions: Sequence[Conversation],
        asked: Conversation,
        said: Said,
    ) -> None:
        """Take the choice, by the numbers that were shown, and pass on what was said before it."""
        kept: list[dict[str, Any]] = asked.data["said"]
        listed: list[list[str]] = asked.data["listed"]
        position = taken(folded(said.text), [names for _question, *names in listed], True)
        open_ones = {_key(q): q for q in questions}
        chosen = open_ones.get(listed[position][0]) if position is not None else None
        if chosen is None and len(open_ones) == 1 and position is None:  # the others have closed meanwhile
            chosen, kept = questions[0], [*kept, stored(said)]
        if chosen is None and questions:
            await self._ask_which(tx, member, questions, kept if position is not None else [*kept, stored(said)])
            return
        if chosen is None:
            await WHICH_ONE.settle(tx, member, _("None of those questions is open any more."))
            gone = _("None of those questions is open any more; what you wrote was not added anywhere.")
            tx.reply(Message((Text((gone,)),)), workspace=member.workspace, kind="bot.hint")
            return
        await WHICH_ONE.settle(tx, member, _("What you wrote is for: {question}.", question=_called(chosen)))
        await keep(tx, member, FOCUS, {"question": _key(chosen)})
        for one in kept:
            current = [q for q in await self.open(tx, member.id) if _key(q) == _key(chosen)]
            await self._hand_over(tx, (current or [chosen])[0], as_said(one))

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


def _key(question: Conversation) -> str:
    """Name a question for as long as it is open; its id changes when it is opened again."""
    return f"{question.cog}:{question.kind}:{question.subject}"


def _called(question: Conversation) -> Value:
    return question.label or question.subject


def _names(label: Sentence | None) -> set[str]:
    """Return by what names a person may call a choice: what people wrote in its label."""
    return {folded(value) for _name, value in label.values if isinstance(value, str)} if label else set()


def taken(text: str, names: Sequence[Iterable[str]], numbered: bool) -> int | None:
    """Return the position of the choice that a folded text means, by its number or one of its names."""
    if numbered and text.isdecimal() and 1 <= int(text) <= len(names):
        return int(text) - 1
    return next((n for n, known in enumerate(names) if text and text in known), None)


def folded(text: str) -> str:
    """Return a text for comparing, without case, accents, keycaps, and what stands around it."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in apart if unicodedata.category(c)[0] != "M").strip(" \t\r\n.,!#()\"'`“”‘’«»")


def _which(questions: Sequence[Conversation]) -> Message:
    labels = tuple(_called(question) for question in questions)
    ask = _("Which one is this for? Answer with its number; I have kept what you wrote.")
    return Message((Text((ask,)), Bullets(labels, ordered=True)), numbered(labels))


def numbered(labels: Sequence[Value]) -> tuple[Choice, ...]:
    """Return choices that stand for the numbers of what is listed."""
    digits = ["1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣"]
    return tuple(
        Choice(str(n), _label(label), digit) for n, (label, digit) in enumerate(zip(labels, digits, strict=False), 1)
    )


def _label(label: Value) -> Sentence:
    return label if isinstance(label, Sentence) else _("{name}", name=label)
