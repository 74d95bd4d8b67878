"""Inbound events find their handler: commands, answers to open questions, choices, edits and deletions."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from bot.engine import leaving
from bot.engine.conversations import Questions, Settled
from bot.engine.conversion import Context, convert_all
from bot.engine.parsing import Typed, find_command, nearest
from bot.engine.permissions import require
from bot.engine.ports import Said
from bot.engine.registry import Registry
from bot.engine.transaction import Call, Cause, Transaction
from bot.model.errors import AskFirst, BadInput
from bot.model.event import (
    Inbound,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PersonLeft,
    Pressed,
    Reacted,
    SourceDeleted,
    SourceEdited,
    Unreadable,
)
from bot.model.identity import MemberId, MessageRef, WorkspaceId
from bot.model.message import Choice, CommandText, Listing, Message, Sentence, catalogue, say
from bot.model.people import Member, Workspace
from bot.model.working_time import Hours, WorkingWeek

_, n_ = catalogue("bot")
log = logging.getLogger(__name__)

NOBODY = WorkspaceId(0)
"""The workspace of what is said to people who are in none."""


_QUESTION = "question:"
"""How the keys of questions begin that one person in a room was asked."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who an event comes from, in the workspace it concerns; `member` is None for a stranger there."""

    workspace: Workspace | None
    member: Member | None

    @property
    def workspace_id(self) -> WorkspaceId:
        """The workspace's id, or that of none."""
        return self.workspace.id if self.workspace else NOBODY


@dataclass(frozen=True)
class Dispatcher:
    """Handles one inbound event in one transaction. Raises BadInput or AskFirst for the person to be answered."""

    registry: Registry
    prefix: str
    questions: Questions

    def reads_only(self, event: Inbound) -> bool:
        """Return whether the event is certainly a command that only reads, and may take the read path."""
        if not isinstance(event, MessageReceived) or event.bot:
            return False
        addressed, text = self._addressed(event, event.text)
        typed = find_command(text, self.registry.commands) if addressed or event.direct else None
        return typed is not None and typed.spec.read

    async def handle(self, tx: Transaction, event: Inbound) -> Transaction:
        """Handle the event; the transaction's cause is filled in as far as the speaker is known."""
        if event.bot:
            return tx
        speaker = await self._speaker(tx, event)
        event = await self._with_rights(tx, event, speaker)
        tx.cause = Cause(speaker.member.id if speaker.member else None, event.place, event.direct, event)
        if speaker.member is not None:
            await self._remember(tx, event, speaker.member)
        match event:
            case MessageReceived():
                said = Said(event.text, event.attachments, event.ref, event.at)
                await self._said(tx, event, speaker, said)
            case Pressed():
                if not await self._asked(tx, event, speaker, event.message_id):
                    raise BadInput(_("That question was for somebody else, so nothing has changed."))
                await self._chosen(tx, event, speaker, event.command, event.message_id)
            case Reacted(removed=False):
                command = await self._choice(tx, event)
                if command is not None and await self._asked(tx, event, speaker, event.message_id):
                    await self._chosen(tx, event, speaker, command, event.message_id)
            case MessageEdited() if speaker.member is not None:
                await self.questions.revise(tx, speaker.member, event.ref, event.text)
                await tx.raise_event(SourceEdited(speaker.member.id, event.ref, event.text))
            case Unreadable():
                unread = say(
                    _("I can't decrypt what you just said: its key has not reached me."),
                    _("Please send it once more; if that does not help, write to me from another device."),
                )
                tx.reply(unread, workspace=speaker.workspace_id, kind="bot.unreadable")
            case PersonLeft() if speaker.member is not None and not event.direct:
                await leaving.left(tx, event, speaker.member)
            case MessageDeleted() if speaker.member is not None:
                await self.questions.revise(tx, speaker.member, event.ref, None)
                await tx.raise_event(SourceDeleted(speaker.member.id, event.ref))
        return tx

    async def answer_problem(self, tx: Transaction, event: Inbound, problem: BadInput | AskFirst) -> None:
        """Tell the person what was wrong, or ask them first; nothing of the command itself was done."""
        speaker = await self._speaker(tx, event)
        tx.cause = Cause(speaker.member.id if speaker.member else None, event.place, event.direct, event)
        if isinstance(problem, BadInput):
            if speaker.member is not None and event.direct:
                await self.questions.offer(tx, speaker.member, problem.message.choices, _message_of(event))
            tx.reply(problem.message, workspace=speaker.workspace_id, kind="bot.hint", key=_question(event, speaker))
            return
        if speaker.member is not None and event.direct:
            await self.questions.confirm(tx, speaker.member, problem.command, _message_of(event))
        yes = Choice(problem.command, _("Yes"), "✅")
        how = _("If so, confirm with {command}.", command=CommandText(problem.command))
        if event.direct:
            how = _("Answer yes or no.")
        asked = say(problem.question, how, choices=(yes,))
        tx.reply(asked, workspace=speaker.workspace_id, kind="bot.question", key=_question(event, speaker))

    async def apologise(self, tx: Transaction, event: Inbound) -> None:
        """Tell the person that a fault of ours stopped it, and that nothing was changed."""
        speaker = await self._speaker(tx, event)
        if event.bot or isinstance(event, Reacted | PersonLeft):
            return
        tx.cause = Cause(speaker.member.id if speaker.member else None, event.place, event.direct, event)
        sorry = _("Something went wrong on my side, and nothing was changed. It is in the log for whoever runs me.")
        tx.reply(say(sorry), workspace=speaker.workspace_id, kind="bot.fault")

    # --- who ---------------------------------------------------------------------------------------------------

    async def _speaker(self, tx: Transaction, event: Inbound) -> Speaker:
        members = list(await tx.people.members_of_identity(event.author.identity))
        if event.scope and (not event.direct or not members):
            workspace = await tx.stores.directory.workspace_of_scope(event.place.platform, event.scope)
            if workspace is not None:
                mine = next((m for m in members if m.workspace == workspace.id), None)
                return Speaker(workspace, mine)
            if not event.direct:
                return Speaker(None, None)
        if not members:
            return Speaker(None, None)
        asked = [m for m in members if len(members) > 1 and await self.questions.open(tx, m.id)]
        member = (asked or members)[0]
        return Speaker(await tx.people.workspace(member.workspace), member)

    async def _with_rights(self, tx: Transaction, event: Inbound, speaker: Speaker) -> Inbound:
        """In a direct conversation, count only the rights that the person has in this workspace's own scopes."""
        if not event.direct or event.admin_of is None:
            return event
        platform, administers = event.place.platform, False
        for scope in event.admin_of:
            found = await tx.stores.directory.workspace_of_scope(platform, scope)
            administers = administers or (found is not None and found.id == speaker.workspace_id)
        return replace(event, admin=administers)

    async def _remember(self, tx: Transaction, event: Inbound, member: Member) -> None:
        if tx.read_only or isinstance(event, PersonLeft):
            return
        if event.direct and not event.place.thread:
            known = await tx.stores.directory.direct_place(event.author.identity)
            if known != event.place:
                await tx.stores.directory.set_direct_place(event.author.identity, event.place)
        # One of several rooms can't tell that somebody administers none of them; a direct conversation can.
        told = event.admin or event.direct
        if told and member.admin != event.admin and isinstance(event, MessageReceived):
            await tx.people.save_member(replace(member, admin=event.admin))

    # --- what was said -----------------------------------------------------------------------------------------

    def _addressed(self, event: MessageReceived, text: str) -> tuple[bool, str]:
        """Return whether the text is explicitly for the bot, and the text without the prefix."""
        stripped = text.strip()
        head, *rest = stripped.split(maxsplit=1)[:2] or [""]
        if head.rstrip(",:").lower() == self.prefix.lower():
            return True, rest[0] if rest else ""
        if stripped.startswith("/") and event.direct:
            return True, stripped[1:]
        return event.addressed, stripped

    async def _said(self, tx: Transaction, event: MessageReceived, speaker: Speaker, said: Said) -> None:
        addressed, text = self._addressed(event, event.text)
        if not event.direct and not addressed:
            return
        typed = find_command(text, self.registry.commands)
        if speaker.member is None:
            await self._stranger(tx, event, speaker, typed)
            return
        if not event.direct:
            await self._run_or_suggest(tx, event, speaker, typed, replace(said, text=text), True)
            return
        await self._said_directly(
            tx, event, speaker, addressed, typed, replace(said, text=text if addressed else said.text)
        )

    async def _said_directly(
        self,
        tx: Transaction,
        event: Inbound,
        speaker: Speaker,
        addressed: bool,
        typed: Typed | None,
        said: Said,
    ) -> None:
        member = speaker.member
        assert member is not None
        settled = await self.questions.settled(tx, member, said.text)
        if settled is not None and settled.command is not None:
            if settled.command:
                await self._chosen(tx, event, speaker, settled.command, settled.message)
            else:
                tx.reply(say(_("Nothing was changed.")), workspace=member.workspace, kind="bot.unchanged")
            return
        open_questions = await self.questions.open(tx, member.id)
        if addressed or not open_questions:
            if typed is not None or addressed or not await self.questions.waiting(tx, member):
                if typed is None and settled is not None:
                    raise BadInput(*_no_answer(settled))
                await self._run_or_suggest(tx, event, speaker, typed, said, addressed)
                return
        elif typed is not None and await self._wholly(tx, event, speaker, typed):
            await self._run(tx, event, speaker, typed, said)
            return
        await self.questions.answer(tx, member, open_questions, said)

    async def _wholly(self, tx: Transaction, event: Inbound, speaker: Speaker, typed: Typed) -> bool:
        """Decide whether a text is a command although a question is open: only if the whole of it is one.

        One word before free text ("update the docs") reads like an answer, and is one.
        """
        if len(typed.spec.words.split()) > 1:
            return True
        free = any(parameter.kind == "rest" for parameter in typed.spec.parameters)
        if free and typed.arguments.strip():
            known = {word for words in self.registry.commands for word in (words, words.split()[0])}
            return typed.arguments.strip().lower() in known
        try:
            await convert_all(await self._context(tx, event, speaker, typed), typed)
        except BadInput:
            return False
        return True

    async def _run_or_suggest(
        self, tx: Transaction, event: Inbound, speaker: Speaker, typed: Typed | None, said: Said, addressed: bool
    ) -> None:
        if typed is not None:
            await self._run(tx, event, speaker, typed, said)
            return
        raise BadInput(*self._unknown(said, addressed))

    def _unknown(self, said: Said, addressed: bool) -> Sequence[Sentence]:
        words = said.text.split()
        help_ = CommandText("help")
        if not words and (addressed or not said.attachments):
            return [_("Hello! {help} shows what I can do.", help=help_)]
        near = nearest(said.text, self.registry.commands) if words else []
        like_a_command = addressed or len(words) <= 4
        if near and like_a_command:
            choices = Listing(tuple(CommandText(words) for words in near), either=True)
            return [
                _("I know no command “{text}”.", text=" ".join(words[:4])[:60]),
                _("Did you mean {commands}?", commands=choices),
                _("{help} shows them all.", help=help_),
            ]
        if not addressed:
            return [
                _("I have no question open for you just now, so I kept nothing of that."),
                _("Put {update} before it to add it to your update.", update=CommandText("update")),
                _("{help} shows what I can do.", help=help_),
            ]
        return [
            _("I know no command “{text}”.", text=" ".join(words[:4])[:60]),
            _("{help} shows them all.", help=help_),
        ]

    # --- commands ----------------------------------------------------------------------------------------------

    async def _context(self, tx: Transaction, event: Inbound, speaker: Speaker, typed: Typed) -> Context:
        assert speaker.workspace is not None
        assert speaker.member is not None
        language = speaker.member.language or speaker.workspace.language
        return Context(tx, speaker.workspace, speaker.member, language, event, typed)

    async def _run(self, tx: Transaction, event: Inbound, speaker: Speaker, typed: Typed, said: Said) -> None:
        require(typed.spec, event)
        context = await self._context(tx, event, speaker, typed)
        arguments = await convert_all(context, typed)
        name = event.place_name if isinstance(event, MessageReceived) else ""
        call = Call(
            tx, context.workspace, context.member, event.place, name, event.direct, event.admin,
            context.language, typed.spec, said,
        )  # fmt: skip
        reply: Message | None = await typed.spec.handler(call, **arguments)
        if reply is not None:
            kind = f"{typed.spec.domain}.{typed.spec.words.replace(' ', '_')}"
            tx.reply(reply, workspace=await _home(tx, context), kind=kind)

    async def _stranger(self, tx: Transaction, event: MessageReceived, speaker: Speaker, typed: Typed | None) -> None:
        if typed is not None and typed.spec.admin and event.admin and event.scope:
            found = speaker.workspace
            said = Said(event.text, event.attachments, event.ref, event.at)
            if found is None and typed.spec.founds:
                nowhere = Workspace(NOBODY, event.place_name or event.scope, "en")
                await self._run(tx, event, Speaker(nowhere, _newcomer(nowhere, event)), typed, said)
                return
            if found is not None:
                member = await tx.people.create_member(_newcomer(found, event), event.author)
                newcomer = Speaker(found, member)
                tx.cause = Cause(member.id, event.place, event.direct, event)
                await self._run(tx, event, newcomer, typed, said)
                return
        today: date = tx.now.date()
        place = event.place
        key = f"stranger:{place.platform}:{place.address}:{event.author.identity.account}:{today}"
        none = _("Hello! I collect written updates for teams, and you are in none of them yet.")
        hello = say(none, *self._ways_in(event, speaker))
        tx.reply(hello, workspace=speaker.workspace_id, kind="bot.stranger", key=key)

    def _ways_in(self, event: MessageReceived, speaker: Speaker) -> Sequence[Sentence]:
        """Tell a stranger how to come to be in a team: who may administer makes one."""
        add = CommandText("team add TEAM @you")
        create = CommandText("team create NAME", room=not event.scope)
        if not event.admin:
            return [_("Ask an admin to add you: {command}.", command=add)]
        if not event.scope:
            return [_("In a room where you are an admin, make a team: {command}.", command=create)]
        if speaker.workspace is not None:
            return [
                _("You are an admin here, so add yourself to one: {command}.", command=add),
                _("To make a team of your own: {command}.", command=create),
            ]
        ways = [_("You are an admin here, so make a team: {command}.", command=create)]
        if "workspace join" in self.registry.commands:
            join = CommandText("workspace join CODE")
            ways.append(
                _("If your teams are somewhere else already, bring this room to them: {command}.", command=join)
            )
        return ways

    # --- choices -----------------------------------------------------------------------------------------------

    async def _choice(self, tx: Transaction, event: Reacted) -> str | None:
        row = await tx.stores.outbox.row_of_message(MessageRef(event.place, event.message_id))
        if row is None:
            return None
        parcel = await tx.stores.outbox.parcel_of(row.key)
        rows = parcel[0] if parcel else [row]
        choices = [c for r in rows if r.message is not None for c in r.message.choices]
        return next((c.command for c in choices if _plain(c.emoji) == _plain(event.emoji)), None)

    async def _asked(self, tx: Transaction, event: Inbound, speaker: Speaker, message_id: str) -> bool:
        """Return whether a choice is this person's to make: a question asked in a room is for who caused it."""
        row = None if event.direct else await tx.stores.outbox.row_of_message(MessageRef(event.place, message_id))
        if row is None or speaker.member is None or not row.key.startswith(_QUESTION):
            return True
        return row.key.startswith(f"{_QUESTION}{speaker.member.id}:")

    async def _chosen(self, tx: Transaction, event: Inbound, speaker: Speaker, command: str, message_id: str) -> None:
        """Run what a choice stands for, as if the person had typed it."""
        if speaker.member is None:
            return
        origin = await self.questions.origin(tx, speaker.member, command) if event.direct else None
        said = Said(command, (), MessageRef(event.place, origin or message_id), event.at)
        typed = find_command(command, self.registry.commands)
        if typed is not None:
            await self.questions.forget_confirm(tx, speaker.member)
            await self._run(tx, event, speaker, typed, said)
        elif event.direct and await self.questions.waiting(tx, speaker.member):
            open_questions = await self.questions.open(tx, speaker.member.id)
            await self.questions.answer(tx, speaker.member, open_questions, said)
        else:
            raise BadInput(_("That is settled already, so nothing has changed."))


def _message_of(event: Inbound) -> str:
    """Return the id of the message that was said, "" where nothing was."""
    return event.message_id if isinstance(event, MessageReceived) else ""


def _question(event: Inbound, speaker: Speaker) -> str | None:
    """Return the key of what is asked in a room, which names the person it is for; elsewhere the usual one."""
    if event.direct or speaker.member is None:
        return None
    return f"{_QUESTION}{speaker.member.id}:{event.place.platform}:{event.id}"


def _no_answer(settled: Settled) -> Sequence[Sentence]:
    offered = Listing(tuple(CommandText(command) for command in settled.offered), either=True)
    return [
        _("That is no answer to what I asked you, so nothing was changed."),
        _("If you still want it, type {commands}.", commands=offered),
    ]


def _plain(emoji: str) -> str:
    """Return an emoji without its presentation selector, which clients add or leave out as they like."""
    return emoji.replace("\ufe0f", "")


async def _home(tx: Transaction, context: Context) -> WorkspaceId:
    """Return the workspace that a command's answer belongs to: the handler may have made or joined one."""
    member = tx.cause.member if tx.cause is not None else None
    if member is None or member == context.member.id:
        return context.workspace.id
    return (await tx.people.member(member)).workspace


def _newcomer(workspace: Workspace, event: Inbound) -> Member:
    week = WorkingWeek.uniform(Hours(time(9), time(17)))
    return Member(MemberId(0), workspace.id, event.author.name, "UTC", week, admin=event.admin, zone_known=False)
