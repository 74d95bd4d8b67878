"""Inbound events find their handler: commands, answers to open questions, choices, edits and deletions."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from bot.engine import asking, leaving, scopes, which_team
from bot.engine.addressing import addressed, typed_in, wholly
from bot.engine.choices import QUESTIONS, chosen_by, offered, theirs
from bot.engine.conversations import NO, Questions
from bot.engine.conversion import context_of
from bot.engine.hints import NOBODY_HERE, no_answer, unknown, ways_in
from bot.engine.kept import restored
from bot.engine.memberships import Memberships, Unclear
from bot.engine.own_questions import KEYCAP, SETTLED
from bot.engine.parsing import Typed, find_command
from bot.engine.ports import Said
from bot.engine.registry import Registry
from bot.engine.speakers import Speaker, newcomer, nowhere, remember, remember_place, with_rights
from bot.engine.transaction import Cause, Transaction
from bot.engine.uses import Uses
from bot.model.command import CommandSpec
from bot.model.errors import AskFirst, BadInput
from bot.model.event import (
    Commanded,
    Inbound,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PersonLeft,
    PlaceLost,
    Pressed,
    Reacted,
    ScopeBack,
    ScopeGone,
    SourceDeleted,
    SourceEdited,
    Submitted,
    Unreadable,
)
from bot.model.identity import MessageRef
from bot.model.message import Message, catalogue, say
from bot.model.people import Member

_, n_ = catalogue("bot")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Dispatcher:
    """Handles one inbound event in one transaction. Raises BadInput or AskFirst for the person to be answered."""

    registry: Registry
    prefix: str
    questions: Questions

    @property
    def memberships(self) -> Memberships:
        """What tells which of a person's workspaces something is about."""
        return Memberships(self.registry, self.prefix, self.questions)

    @property
    def uses(self) -> Uses:
        """What runs commands."""
        return Uses(self.registry, self.questions)

    def reads_only(self, event: Inbound) -> bool:
        """Return whether the event is certainly a command that only reads, and may take the read path."""
        if not isinstance(event, MessageReceived) or event.bot:
            return False
        explicit, text = addressed(event, self.prefix)
        typed = self._typed(event, text) if explicit or event.direct else None
        return typed is not None and typed.spec.read

    def spec(self, line: str) -> CommandSpec | None:
        """Return the command that a line is a use of, or None."""
        typed = find_command(line, self.registry.tongues.commands)
        return typed.spec if typed is not None else None

    async def language_and_zone(self, tx: Transaction, event: Inbound) -> tuple[str, str]:
        """Return how the speaker reads: in their language and zone; a stranger in the workspace's, in UTC."""
        speaker = (await self.memberships.find(tx, event)).speaker
        if speaker.member is not None:
            chosen = speaker.member.language or event.language
            return chosen or await tx.people.language_of(speaker.member), speaker.member.zone
        theirs = speaker.workspace.language if speaker.workspace is not None else "en"
        return event.language or theirs, "UTC"

    async def handle(self, tx: Transaction, event: Inbound) -> Transaction:
        """Handle the event; the transaction's cause is filled in as far as the speaker is known."""
        if event.bot:
            return tx
        found = await self.memberships.find(tx, event)
        if found.closed is not None:
            raise BadInput(found.closed)
        if found.unclear:
            raise Unclear
        await self.memberships.note(tx, found)
        for one in found.events:
            await self._handle(tx, one, found.speaker, alone=len(found.events) == 1)
        if event.answer is not None and not any(row.target.place == event.answer for row in tx.effects()):
            tx.reply(say(_("Done.")), workspace=found.speaker.workspace_id, kind="bot.done")
        return tx

    async def _handle(self, tx: Transaction, event: Inbound, speaker: Speaker, *, alone: bool) -> None:
        """Handle one event; of several that were kept, one that is wrong keeps none of the others from being done."""
        event = await with_rights(tx, event, speaker)
        tx.cause = Cause(speaker.member.id if speaker.member else None, event.place, event.direct, event)
        if speaker.member is not None:
            await remember(tx, event, speaker.member)
        try:
            await self._happened(tx, event, speaker)
        except (BadInput, AskFirst) as problem:
            if alone:
                raise
            await asking.tell(tx, self.questions, event, speaker, problem)

    async def meet(self, tx: Transaction, event: Inbound) -> None:
        """Keep what an event tells of its speaker, where it was handled without writing."""
        found = await self.memberships.find(tx, event)
        await self.memberships.note(tx, found)
        if found.speaker.member is not None:
            await remember(tx, await with_rights(tx, event, found.speaker), found.speaker.member)

    async def _happened(self, tx: Transaction, event: Inbound, speaker: Speaker) -> None:
        match event:
            case MessageReceived():
                said = Said(event.text, event.attachments, event.ref, event.at)
                await self._said(tx, event, speaker, said)
            case Submitted():
                await self._submitted(tx, event, speaker)
            case Pressed():
                if not await theirs(tx, event, speaker, event.message_id):
                    raise BadInput(_("That question was for somebody else, so nothing has changed."))
                await self._chosen_once(tx, event, speaker, event.command)
            case Reacted(removed=False):
                command = await chosen_by(tx, event)
                if command is None and event.emoji.endswith(KEYCAP):
                    await self._require_open(tx, event, speaker)
                elif command is not None and await theirs(tx, event, speaker, event.message_id):
                    await self._chosen_once(tx, event, speaker, command)
            case MessageEdited() if speaker.member is not None:
                await self._revised(tx, event, speaker.member, event.text)
            case Unreadable():
                tx.reply(_unread(), workspace=speaker.workspace_id, kind="bot.unreadable")
            case PersonLeft() if speaker.member is not None and not event.direct:
                await leaving.left(tx, event, speaker.member)
            case ScopeGone() | ScopeBack() | PlaceLost():
                await scopes.happened(tx, event, speaker.workspace)
            case MessageDeleted() if speaker.member is not None:
                await self._revised(tx, event, speaker.member, None)

    async def _revised(
        self, tx: Transaction, event: MessageEdited | MessageDeleted, speaker: Member, text: str | None
    ) -> None:
        """Tell of a message that has another text, or is gone (None): in private, in each of the person's workspaces.

        What is kept until it is known which of them it is about is changed, too.
        """
        members = await tx.people.members_of_identity(event.author.identity) if event.direct else [speaker]
        await which_team.revise(tx, members, event.ref, text)
        for member in members:
            await self.questions.revise(tx, member, event.ref, text)
            if text is None:
                await tx.raise_event(SourceDeleted(member.id, event.ref))
            else:
                await tx.raise_event(SourceEdited(member.id, event.ref, text))

    async def answer_problem(self, tx: Transaction, event: Inbound, problem: BadInput | AskFirst) -> None:
        """Tell the person what was wrong, or ask them first; nothing of the command itself was done."""
        found = await self.memberships.find(tx, event)
        event = found.events[0] if found.events else event
        speaker = found.speaker
        tx.cause = Cause(speaker.member.id if speaker.member else None, event.place, event.direct, event)
        if speaker.member is not None:  # what was remembered before went back with the rest
            await remember(tx, await with_rights(tx, event, speaker), speaker.member)
        if found.unclear:
            await self.memberships.ask(tx, event, found)
            return
        await self.memberships.note(tx, found)
        await asking.tell(tx, self.questions, event, speaker, problem)

    async def apologise(self, tx: Transaction, event: Inbound) -> None:
        """Tell the person that a fault of ours stopped it, and that nothing was changed."""
        speaker = (await self.memberships.find(tx, event)).speaker
        if event.bot or isinstance(event, Reacted | PersonLeft | ScopeGone | ScopeBack | PlaceLost):
            return
        tx.cause = Cause(speaker.member.id if speaker.member else None, event.place, event.direct, event)
        sorry = _("Something went wrong on my side, and nothing was changed. It is in the log for whoever runs me.")
        tx.reply(say(sorry), workspace=speaker.workspace_id, kind="bot.fault")

    # --- what was said -----------------------------------------------------------------------------------------

    def _typed(self, event: Inbound, text: str) -> Typed | None:
        return typed_in(event, text, self.registry.tongues)

    async def _said(self, tx: Transaction, event: MessageReceived, speaker: Speaker, said: Said) -> None:
        explicit, text = addressed(event, self.prefix)
        if not event.direct and not explicit:
            return
        typed = self._typed(event, text)
        if speaker.member is None:
            await self._stranger(tx, event, speaker, typed)
            return
        if not event.direct or isinstance(event, Commanded):
            await self._run_or_suggest(tx, event, speaker, typed, replace(said, text=text), True)
            return
        await self._said_directly(
            tx, event, speaker, explicit, typed, replace(said, text=text if explicit else said.text)
        )

    async def _said_directly(
        self,
        tx: Transaction,
        event: Inbound,
        speaker: Speaker,
        explicit: bool,
        typed: Typed | None,
        said: Said,
    ) -> None:
        member = speaker.member
        assert member is not None
        settled = await self.questions.settled(tx, member, said.text)
        if settled is not None and settled.command is not None:
            if settled.command:
                await self._chosen(tx, event, speaker, settled.command, settled.message, kept=settled.about)
            else:
                self._declined(tx, member)
            return
        open_questions = await self.questions.open(tx, member.id)
        if explicit or not open_questions:
            if typed is not None or explicit or not await self.questions.waiting(tx, member):
                if typed is None and settled is not None:
                    raise BadInput(*no_answer(settled))
                await self._run_or_suggest(tx, event, speaker, typed, said, explicit)
                return
        elif typed is not None and await wholly(context_of(tx, event, speaker, typed), self.registry.tongues.commands):
            await self.uses.run(tx, event, speaker, typed, said)
            return
        await self.questions.answer(tx, member, open_questions, said)

    async def _run_or_suggest(
        self, tx: Transaction, event: Inbound, speaker: Speaker, typed: Typed | None, said: Said, addressed: bool
    ) -> None:
        if typed is not None:
            await self.uses.run(tx, event, speaker, typed, said)
            return
        raise BadInput(*unknown(said, addressed, self.registry.commands))

    async def _stranger(self, tx: Transaction, event: MessageReceived, speaker: Speaker, typed: Typed | None) -> None:
        said = Said(event.text, event.attachments, event.ref, event.at)
        if typed is not None and typed.spec.strangers:
            nobody = nowhere(event)
            await remember_place(tx, event)  # what comes of it is told them there
            await self.uses.run(tx, event, Speaker(nobody, newcomer(nobody, event)), typed, said)
            return
        if typed is not None and await self.uses.as_newcomer(tx, event, speaker, typed, said):
            return
        today: date = tx.now.date()
        place = event.place
        key = f"stranger:{place.platform}:{place.address}:{event.author.identity.account}:{today}"
        if event.answer is not None:  # whoever waits for an answer gets one each time
            key = f"{key}:{event.id}"
        none = _("Hello! I collect written updates for teams, and you are in none of them yet.")
        hello = say(none, *ways_in(event, speaker, self.registry.commands))
        tx.reply(hello, workspace=speaker.workspace_id, kind="bot.stranger", key=key)

    # --- choices -----------------------------------------------------------------------------------------------

    async def _chosen_once(self, tx: Transaction, event: Pressed | Reacted, speaker: Speaker, command: str) -> None:
        """Run a choice, unless it stands under a question of the bot's own that was answered before."""
        row = next((row for row, choice in await offered(tx, event) if choice.command == command), None)
        if row is not None and row.kind == which_team.KIND:  # of somebody who is in one workspace by now
            raise BadInput(SETTLED)
        await self._require_open(tx, event, speaker)
        own = row is None or row.kind in QUESTIONS
        key = row.key if row is not None else None
        if own and speaker.member and not await self.questions.press(tx, speaker.member, command, key):
            raise BadInput(SETTLED)
        if speaker.member is not None and own and command == NO:
            await self.questions.decline(tx, speaker.member, key)
            self._declined(tx, speaker.member)
            return
        about = row.date if row is not None else None
        kept = await self.questions.about(tx, speaker.member, key) if speaker.member is not None and key else None
        await self._chosen(tx, event, speaker, command, event.message_id, about, kept)

    async def _require_open(self, tx: Transaction, event: Pressed | Reacted, speaker: Speaker) -> None:
        """Explain a choice under a question which one something is for that is not the open one any more."""
        closed = await self.questions.closed(tx, speaker.member, event) if speaker.member is not None else None
        if closed is not None:
            raise BadInput(closed)

    def _declined(self, tx: Transaction, member: Member) -> None:
        tx.reply(say(_("Nothing was changed.")), workspace=member.workspace, kind="bot.unchanged")

    async def _chosen(
        self,
        tx: Transaction,
        event: Inbound,
        speaker: Speaker,
        command: str,
        message_id: str,
        about: date | None = None,
        kept: Mapping[str, Any] | None = None,
    ) -> None:
        """Run what a choice stands for, as if the person had typed it; about a picked message, if one is `kept`."""
        typed = find_command(command, self.registry.commands)
        if speaker.member is None:
            said = Said(command, (), MessageRef(event.place, message_id), event.at)
            if typed is None or not await self.uses.as_newcomer(tx, event, speaker, typed, said):
                self._nobody(event, speaker)
            return
        origin = await self.questions.origin(tx, speaker.member, command) if event.direct else None
        said = Said(command, (), MessageRef(event.place, origin or message_id), event.at, about)
        if kept is not None and tx.cause is not None:
            event, said = _about(event, command, kept)
            tx.cause = replace(tx.cause, event=event)
        if typed is not None:
            await self.questions.forget_confirm(tx, speaker.member)
            await self.uses.run(tx, event, speaker, typed, said)
        elif event.direct and await self.questions.waiting(tx, speaker.member):
            open_questions = await self.questions.open(tx, speaker.member.id)
            await self.questions.answer(tx, speaker.member, open_questions, said)
        else:
            raise BadInput(SETTLED)

    async def _submitted(self, tx: Transaction, event: Submitted, speaker: Speaker) -> None:
        """Handle what was written in a form, as a use of the command that it was opened for."""
        typed = find_command(event.form, self.registry.commands)
        if typed is None or typed.spec.form is None:
            raise BadInput(_("This form is from an earlier version of mine, so I could not take it."))
        written = "\n".join(value for value in event.values.values() if value)
        said = Said(written, (), MessageRef(event.place, event.id), event.at)
        if speaker.member is None:
            if not await self.uses.as_newcomer(tx, event, speaker, typed, said):
                self._nobody(event, speaker)
            return
        await self.uses.run(tx, event, speaker, typed, said)

    def _nobody(self, event: Inbound, speaker: Speaker) -> None:
        """Answer somebody who is no member, if they wait for an answer."""
        if event.answer is not None:
            raise BadInput(NOBODY_HERE, *ways_in(event, speaker, self.registry.commands))


def _about(event: Inbound, command: str, item: Mapping[str, Any]) -> tuple[Pressed, Said]:
    """Return a choice about a picked message that was kept, and what was said by that: the message it comes from."""
    used = restored(event, item)
    assert isinstance(used, Commanded), "only what was picked in a menu is kept with a question"
    common = {field.name: getattr(event, field.name) for field in fields(Inbound)}
    said = Said(command, used.attachments, used.ref, event.at)
    return Pressed(**common, message_id=getattr(event, "message_id", ""), command=command, about=used), said


def _unread() -> Message:
    return say(
        _("I can't decrypt what you just said: its key has not reached me."),
        _("Please send it once more; if that does not help, write to me from another device."),
    )
