"""People in several workspaces: which one it is about that they say or choose in private.

In a channel the tenant says it. In private a choice is about the workspace of the message it stands under, or that it
names itself; a command is about the only workspace in which all of its words fit, else where its own cog has a
question open; an answer is about the workspace that has a question open. Where several are left, the person is asked
(`which_team`). The one that was chosen counts for an hour, as long as no other one has asked something since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.engine import which_team
from bot.engine.addressing import addressed, typed_in, wholly
from bot.engine.choices import bare
from bot.engine.conversations import CONFIRM, WHICH, Questions
from bot.engine.conversion import Context, context_of, convert_all, named_team
from bot.engine.own_questions import ENGINE, KEYCAP, SETTLED, own
from bot.engine.parsing import Typed, pin
from bot.engine.permissions import require
from bot.engine.ports import Conversation, Outgoing
from bot.engine.registry import Registry
from bot.engine.speakers import Speaker, speaker_of, with_rights
from bot.engine.transaction import Transaction
from bot.engine.which_team import LATELY, WHICH_TEAM
from bot.model.errors import BadInput
from bot.model.event import Commanded, Inbound, MessageReceived, Pressed, Reacted, Submitted
from bot.model.identity import MemberId, MessageRef, WorkspaceId
from bot.model.message import Bullets, Choice, Message, Sentence, catalogue
from bot.model.people import Member

_, n_ = catalogue("bot")


@dataclass(frozen=True, slots=True)
class Found:
    """Who an event comes from, in which workspace, and what there is to handle.

    `events` are the event, or what was kept until it was known which workspace it is about. `unclear` are the members
    that it may come from, if that is to be asked; `speaker` is the first of them then. `others` are the same person's
    in other workspaces. `chosen` is true if the event chose the workspace. `closed` says why nothing is handled.
    """

    speaker: Speaker
    events: tuple[Inbound, ...]
    unclear: tuple[Speaker, ...] = ()
    others: tuple[Member, ...] = ()
    chosen: bool = False
    closed: Sentence | None = None


class Unclear(BadInput):
    """It is not clear which of a person's workspaces something is about."""

    def __init__(self, labels: Sequence[Sentence] = (), choices: tuple[Choice, ...] = ()) -> None:
        """Say what to do where nothing can be kept until it is clear, as before a form opens; offer what there is."""
        super().__init__(
            _("You are in teams of several workspaces, and I can't tell which one you mean."),
            _("Name the team, or use the command where the team is."),
        )
        if labels:
            self.message = Message((*self.message.blocks, Bullets(tuple(labels))), choices)


@dataclass(frozen=True)
class Memberships:
    """Finds which of a person's memberships an event is about; changes nothing but by `note` and `ask`."""

    registry: Registry
    prefix: str
    questions: Questions

    async def find(self, tx: Transaction, event: Inbound) -> Found:
        """Return who the event comes from. The same state gives the same answer."""
        members = tuple(await tx.people.members_of_identity(event.author.identity))
        meant = pin(_line(event)) if event.direct else None
        if meant is None and (not event.direct or len(members) < 2):
            return Found(await speaker_of(tx, event), (event,))
        match event:
            case Pressed() | Submitted() if meant is not None:
                found = await self._pinned(tx, event, members, meant)
            case Pressed() | Reacted() | Submitted():
                found = await self._under(tx, event, members)
            case MessageReceived():
                found = await self._said(tx, event, members)
            case _:
                found = Found(await _as(tx, members[0]), (event,))
        mine = found.speaker.member
        return replace(found, others=tuple(m for m in members if mine is None or m.id != mine.id))

    async def note(self, tx: Transaction, found: Found) -> None:
        """Keep what was chosen; what the bot asked about other workspaces is forgotten when something else is said."""
        member = found.speaker.member
        if tx.read_only or member is None or not found.others:
            return
        if any(isinstance(event, MessageReceived) for event in found.events):
            for other in found.others:
                await self.questions.forget_confirm(tx, other)
        if found.chosen:
            await which_team.chosen(tx, member, found.others)

    async def ask(self, tx: Transaction, event: Inbound, found: Found) -> None:
        """Ask which workspace it is, and keep what was said."""
        candidates = [speaker.member for speaker in found.unclear if speaker.member is not None]
        await which_team.ask(tx, event, candidates, found.others)

    async def possible(self, tx: Transaction, event: Inbound) -> Sequence[Speaker]:
        """Return who a command may come from that is not used yet: in private, all that the person is."""
        members = await tx.people.members_of_identity(event.author.identity) if event.direct else ()
        return [await _as(tx, member) for member in members] or [await speaker_of(tx, event)]

    # --- choices -----------------------------------------------------------------------------------------------

    async def _pinned(
        self, tx: Transaction, event: Pressed | Submitted, members: Sequence[Member], meant: WorkspaceId
    ) -> Found:
        """Go by what a choice or a form says itself."""
        member = next((m for m in members if m.workspace == meant), None)
        if member is not None:
            return Found(await _as(tx, member), (event,))
        gone = _("That was for a workspace that you are in no more, so nothing has changed.")
        return Found(await speaker_of(tx, event), (event,), closed=gone)

    async def _under(self, tx: Transaction, event: Pressed | Reacted | Submitted, members: Sequence[Member]) -> Found:
        """Go by the message that a choice stands under; by its command where it is not known."""
        command = _line(event)
        row = await tx.stores.outbox.row_of_message(MessageRef(event.place, event.message_id))
        if row is not None and row.kind == which_team.KIND:
            return await self._pressed(tx, event, members, row)
        member = next((m for m in members if row is not None and m.workspace == row.workspace), None)
        if member is not None:
            return Found(await _as(tx, member), (event,))
        typed = typed_in(event, command, self.registry.tongues)
        if typed is None:
            return await self._first(tx, event, members)
        return await self._command(tx, event, members, typed, await self._open(tx, members))

    async def _pressed(
        self, tx: Transaction, event: Pressed | Reacted | Submitted, members: Sequence[Member], row: Outgoing
    ) -> Found:
        """Take a choice of a question which workspace it is; one that is not open any more explains itself."""
        command = _line(event)
        if isinstance(event, Reacted):
            choices = row.message.choices if row.message is not None else ()
            command = next((c.command for c in choices if bare(c.emoji) == bare(event.emoji)), "")
            if event.removed or not event.emoji.endswith(KEYCAP):
                return await self._first(tx, event, members)
        closed = await which_team.closed(tx, members, row)
        if closed is not None:
            return replace(await self._first(tx, event, members), closed=closed)
        asked = await own(tx, which_team.home(members), WHICH_TEAM)
        found = await self._taken(tx, event, members, asked, command) if asked is not None and command else None
        return found or replace(await self._first(tx, event, members), closed=SETTLED if command else None)

    # --- what was said -----------------------------------------------------------------------------------------

    async def _said(self, tx: Transaction, event: MessageReceived, members: Sequence[Member]) -> Found:
        if not isinstance(event, Commanded) and (found := await self._answered(tx, event, members)) is not None:
            return found
        explicit, text = addressed(event, self.prefix)
        typed = typed_in(event, text, self.registry.tongues)
        opened = await self._open(tx, members)
        quiet = explicit or not any(opened.values())
        if typed is not None and (quiet or await self._wholly(tx, event, members, typed)):
            return await self._command(tx, event, members, typed, opened)
        asked = [m for m in members if opened[m.id]]
        if explicit or not asked:
            return await self._first(tx, event, members)
        return await self._one_of(tx, event, asked, opened)

    async def _answered(self, tx: Transaction, event: MessageReceived, members: Sequence[Member]) -> Found | None:
        """Return what the text answers of the bot's own questions, the newest first."""
        own = [
            (question, member)
            for member in members
            for question in await tx.conversations.of_member(member.id, tx.now)
            if question.cog == ENGINE and question.kind in (CONFIRM, WHICH, WHICH_TEAM)
        ]
        for question, member in sorted(own, key=lambda each: each[0].id, reverse=True):
            if question.kind == WHICH_TEAM:
                found = await self._taken(tx, event, members, question, event.text)
                if found is not None:
                    return found
            elif await self.questions.takes(tx, member, question, event.text):
                return Found(await _as(tx, member), (event,))
        return None

    async def _taken(
        self, tx: Transaction, event: Inbound, members: Sequence[Member], asked: Conversation, text: str
    ) -> Found | None:
        """Return what was kept for the workspace that a text names; None if it names none."""
        answer = which_team.answer(event, members, asked, text)
        return Found(await _as(tx, answer[0]), answer[1], chosen=True) if answer is not None else None

    async def _wholly(self, tx: Transaction, event: Inbound, members: Sequence[Member], typed: Typed) -> bool:
        return any([await wholly(await _context(tx, event, m, typed), self.registry.tongues.commands) for m in members])

    async def _command(
        self,
        tx: Transaction,
        event: Inbound,
        members: Sequence[Member],
        typed: Typed,
        opened: Mapping[MemberId, Sequence[Conversation]],
    ) -> Found:
        if typed.spec.everywhere:
            return await self._first(tx, event, members)
        fitting = [m for m in members if await self._fits(tx, event, m, typed)]
        if not fitting:  # what is wrong is told where its team is
            named = [m for m in members if await named_team(await _context(tx, event, m, typed)) is not None]
            return await self._first(tx, event, named or members)
        asked = [m for m in fitting if any(q.cog == typed.spec.domain for q in opened[m.id])]
        return await self._one_of(tx, event, asked or fitting, opened)

    async def _fits(self, tx: Transaction, event: Inbound, member: Member, typed: Typed) -> bool:
        context = await _context(tx, event, member, typed)
        try:
            require(typed.spec, context.event)
            await convert_all(context, typed)
        except BadInput:
            return False
        return True

    async def _one_of(
        self,
        tx: Transaction,
        event: Inbound,
        candidates: Sequence[Member],
        opened: Mapping[MemberId, Sequence[Conversation]],
    ) -> Found:
        if len(candidates) > 1:
            lately = await self._lately(tx, event)
            newest = max((q.id for m in candidates if lately and m.id != lately[0] for q in opened[m.id]), default=0)
            recent = [m for m in candidates if lately and m.id == lately[0] and newest < lately[1]]
            candidates = recent or candidates
        speakers = [await _as(tx, member) for member in candidates]
        return Found(speakers[0], (event,), unclear=tuple(speakers) if len(speakers) > 1 else ())

    async def _first(self, tx: Transaction, event: Inbound, members: Sequence[Member]) -> Found:
        """Return the one that was chosen last, else one that has asked something, else the first."""
        lately = await self._lately(tx, event)
        opened = await self._open(tx, members)
        order = sorted(members, key=lambda m: (lately is None or m.id != lately[0], not opened[m.id], m.id))
        return Found(await _as(tx, order[0]), (event,))

    # --- what is kept ------------------------------------------------------------------------------------------

    async def _open(self, tx: Transaction, members: Sequence[Member]) -> Mapping[MemberId, Sequence[Conversation]]:
        return {member.id: await self.questions.open(tx, member.id) for member in members}

    async def _lately(self, tx: Transaction, event: Inbound) -> tuple[int, int] | None:
        """Return the member that was chosen last, and the id under which that was noted."""
        members = await tx.people.members_of_identity(event.author.identity)
        kept = await own(tx, which_team.home(members), LATELY)
        return (int(kept.data["member"]), kept.id) if kept is not None else None


def _line(event: Inbound) -> str:
    """Return the command that a choice or a form stands for, "" where there is none."""
    return event.command if isinstance(event, Pressed) else event.form if isinstance(event, Submitted) else ""


async def _as(tx: Transaction, member: Member) -> Speaker:
    return Speaker(await tx.people.workspace(member.workspace), member)


async def _context(tx: Transaction, event: Inbound, member: Member, typed: Typed) -> Context:
    speaker = await _as(tx, member)
    return context_of(tx, await with_rights(tx, event, speaker), speaker, typed)
