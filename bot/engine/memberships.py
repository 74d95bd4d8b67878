"""People in several workspaces: which one it is about that they say or choose in private.

In a channel the tenant says it. In private a choice is about the workspace of the message it stands under; a command
is about the only workspace in which all of its words fit, else where its own cog has a question open; an answer is
about the workspace that has a question open. Where several are left, the person is asked by the names of their
teams, and what they said is kept and passed on afterwards. The one that was chosen counts for an hour, as long as no
other one has asked something since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.engine.addressing import addressed, typed_in, wholly
from bot.engine.choices import bare
from bot.engine.conversations import CONFIRM, ENGINE, PATIENCE, WHICH, Questions, folded, numbered, stored, taken
from bot.engine.conversion import Context, context_of, convert_all
from bot.engine.parsing import Typed
from bot.engine.permissions import require
from bot.engine.ports import Conversation, Said
from bot.engine.registry import Registry
from bot.engine.speakers import Speaker, speaker_of, with_rights
from bot.engine.transaction import Transaction
from bot.model.errors import BadInput
from bot.model.event import Commanded, Inbound, MessageReceived, Pressed, Reacted, Submitted
from bot.model.identity import Account, Identity, MemberId, MessageRef, Place
from bot.model.message import Bullets, Listing, Message, Sentence, Text, catalogue
from bot.model.people import Member

_, n_ = catalogue("bot")

KIND = "bot.which_team"
"""The kind of the message that asks."""
WHICH_TEAM, LATELY = "which_team", "lately"
MOST_NAMED = 3
"""As many teams of a workspace are named where one of several is to be chosen."""


@dataclass(frozen=True, slots=True)
class Found:
    """Who an event comes from, in which workspace, and what there is to handle.

    `events` are the event, or what was kept until it was known which workspace it is about. `unclear` are the members
    that it may come from, if that is to be asked; `speaker` is the first of them then. `others` are the same person's
    in other workspaces. `chosen` is true if the event chose the workspace.
    """

    speaker: Speaker
    events: tuple[Inbound, ...]
    unclear: tuple[Speaker, ...] = ()
    others: tuple[Member, ...] = ()
    chosen: bool = False


class Unclear(BadInput):
    """It is not clear which of a person's workspaces something is about."""

    def __init__(self) -> None:
        """Say what to do where nothing can be asked first, as before a form opens."""
        super().__init__(
            _("You are in teams of several workspaces, and I can't tell which one you mean."),
            _("Name the team, or use the command where the team is."),
        )


@dataclass(frozen=True)
class Memberships:
    """Finds which of a person's memberships an event is about; changes nothing but by `note`, `ask` and `revise`."""

    registry: Registry
    prefix: str
    questions: Questions

    async def find(self, tx: Transaction, event: Inbound) -> Found:
        """Return who the event comes from. The same state gives the same answer."""
        members = tuple(await tx.people.members_of_identity(event.author.identity))
        if not event.direct or len(members) < 2:
            return Found(await speaker_of(tx, event), (event,))
        match event:
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
            home = _home((member, *found.others))
            await tx.conversations.close(home.id, ENGINE, WHICH_TEAM, "")
            await self._keep(tx, home, LATELY, {"member": member.id})

    async def ask(self, tx: Transaction, event: Inbound, found: Found) -> None:
        """Ask which workspace it is, by the names of its teams, and keep what was said."""
        home = _home((*(s.member for s in found.unclear if s.member is not None), *found.others))
        asked = await self._own(tx, home, WHICH_TEAM)
        kept = [*(asked.data["kept"] if asked is not None else ()), *_kept(event)]
        labels = [await self._label(tx, speaker) for speaker in found.unclear]
        names = [await self._names(tx, speaker) for speaker in found.unclear]
        often = Counter(name for each in names for name in each)
        listed = [
            [s.member.id, *sorted(name for name in each if often[name] == 1)]
            for s, each in zip(found.unclear, names, strict=True)
            if s.member is not None
        ]
        await self._keep(tx, home, WHICH_TEAM, {"kept": kept, "listed": listed})
        ask = _("Which team is this for? Answer with its number; I have kept what you wrote.")
        message = Message((Text((ask,)), Bullets(tuple(labels), ordered=True)), numbered(labels))
        tx.reply(message, workspace=found.speaker.workspace_id, kind=KIND)

    async def revise(self, tx: Transaction, members: Sequence[Member], source: MessageRef, text: str | None) -> None:
        """Change a message that is kept until it is known what it was for; None takes it out."""
        if len(members) < 2:
            return
        home = _home(members)
        asked = await self._own(tx, home, WHICH_TEAM)
        where = _place(source.place)
        if asked is None or not any(_is(item, where, source.message_id) for item in asked.data["kept"]):
            return
        revised = [
            {**item, "text": text} if _is(item, where, source.message_id) else item for item in asked.data["kept"]
        ]
        kept = [item for item in revised if item.get("text") is not None or "form" in item]
        if kept:
            await self._keep(tx, home, WHICH_TEAM, {**asked.data, "kept": kept})
        else:
            await tx.conversations.close(home.id, ENGINE, WHICH_TEAM, "")

    # --- choices -----------------------------------------------------------------------------------------------

    async def _under(self, tx: Transaction, event: Pressed | Reacted | Submitted, members: Sequence[Member]) -> Found:
        """Go by the message that a choice stands under; by its command where it is not known."""
        command = event.command if isinstance(event, Pressed) else event.form if isinstance(event, Submitted) else ""
        row = await tx.stores.outbox.row_of_message(MessageRef(event.place, event.message_id))
        if row is not None and row.kind == KIND:
            return await self._pressed(tx, event, members, row.message, command)
        member = next((m for m in members if row is not None and m.workspace == row.workspace), None)
        if member is not None:
            return Found(await _as(tx, member), (event,))
        typed = typed_in(event, command, self.registry.commands)
        if typed is None:
            return await self._first(tx, event, members)
        return await self._command(tx, event, members, typed, await self._open(tx, members))

    async def _pressed(
        self,
        tx: Transaction,
        event: Pressed | Reacted | Submitted,
        members: Sequence[Member],
        message: Message | None,
        command: str,
    ) -> Found:
        """Take a choice of the question which workspace it is."""
        if isinstance(event, Reacted):
            choices = message.choices if message is not None else ()
            command = next((c.command for c in choices if bare(c.emoji) == bare(event.emoji)), "")
        asked = await self._own(tx, _home(members), WHICH_TEAM)
        found = await self._taken(tx, event, members, asked, command) if asked is not None and command else None
        return found or await self._first(tx, event, members)

    # --- what was said -----------------------------------------------------------------------------------------

    async def _said(self, tx: Transaction, event: MessageReceived, members: Sequence[Member]) -> Found:
        if not isinstance(event, Commanded) and (found := await self._answered(tx, event, members)) is not None:
            return found
        explicit, text = addressed(event, self.prefix)
        typed = typed_in(event, text, self.registry.commands)
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
        listed: list[list[Any]] = asked.data["listed"]
        position = taken(folded(text), [names for _member, *names in listed], True)
        member = next((m for m in members if position is not None and m.id == listed[position][0]), None)
        if member is None:
            return None
        kept = tuple(_restored(event, item) for item in asked.data["kept"])
        return Found(await _as(tx, member), kept, chosen=True)

    async def _wholly(self, tx: Transaction, event: Inbound, members: Sequence[Member], typed: Typed) -> bool:
        return any([await wholly(await _context(tx, event, m, typed), self.registry.commands) for m in members])

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
        if not fitting:
            return await self._first(tx, event, members)
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
        home = _home(await tx.people.members_of_identity(event.author.identity))
        kept = await self._own(tx, home, LATELY)
        return (int(kept.data["member"]), kept.id) if kept is not None else None

    async def _own(self, tx: Transaction, home: Member, kind: str) -> Conversation | None:
        asked = await tx.conversations.of_member(home.id, tx.now)
        return next((q for q in asked if (q.cog, q.kind) == (ENGINE, kind)), None)

    async def _keep(self, tx: Transaction, home: Member, kind: str, data: dict[str, Any]) -> None:
        kept = Conversation(0, home.workspace, home.id, ENGINE, kind, "", None, data, tx.now + PATIENCE)
        await tx.conversations.open(kept)

    async def _label(self, tx: Transaction, speaker: Speaker) -> Sentence:
        assert speaker.workspace is not None
        assert speaker.member is not None
        teams = [team.name for team in await tx.people.teams_of(speaker.member.id)][:MOST_NAMED]
        if not teams:
            return _("{name}", name=speaker.workspace.name)
        return _("{teams} in {workspace}", teams=Listing(tuple(teams)), workspace=speaker.workspace.name)

    async def _names(self, tx: Transaction, speaker: Speaker) -> set[str]:
        assert speaker.workspace is not None
        assert speaker.member is not None
        teams = await tx.people.teams_of(speaker.member.id)
        return {folded(name) for name in (speaker.workspace.name, *(team.name for team in teams))}


def _home(members: Sequence[Member]) -> Member:
    """Return the member with whom it is kept what concerns all of them."""
    return min(members, key=lambda member: member.id)


async def _as(tx: Transaction, member: Member) -> Speaker:
    return Speaker(await tx.people.workspace(member.workspace), member)


async def _context(tx: Transaction, event: Inbound, member: Member, typed: Typed) -> Context:
    speaker = await _as(tx, member)
    return context_of(tx, await with_rights(tx, event, speaker), speaker, typed)


def _place(place: Place) -> list[str | None]:
    return [place.platform, place.address, place.thread]


def _is(item: Mapping[str, Any], where: list[str | None], message: str) -> bool:
    return "form" not in item and (item["place"], item["message"]) == (where, message)


def _kept(event: Inbound) -> list[dict[str, Any]]:
    """Return what is kept of an event: a message, or what was sent in by a form."""
    match event:
        case MessageReceived():
            item = stored(Said(event.text, event.attachments, event.ref, event.at))
            people = [[a.identity.platform, a.identity.account, a.name] for a in event.people]
            return [{**item, "people": people, "addressed": event.addressed or isinstance(event, Commanded)}]
        case Submitted():
            return [{"form": event.form, "values": dict(event.values), "message": event.message_id}]
        case Pressed():
            said = stored(Said(event.command, (), MessageRef(event.place, event.message_id), event.at))
            return [{**said, "people": [], "addressed": True}]
    return []


def _restored(event: Inbound, item: Mapping[str, Any]) -> Inbound:
    """Return what was kept as an event of now: answered where the person has just chosen."""
    common: dict[str, Any] = {
        "id": event.id,
        "place": event.place,
        "author": event.author,
        "at": event.at,
        "scope": event.scope,
        "direct": event.direct,
        "admin": event.admin,
        "admin_of": event.admin_of,
        "answer": event.answer,
        "language": event.language,
        "message_id": item["message"],
    }
    if "form" in item:
        return Submitted(**common, form=item["form"], values=item["values"])
    return MessageReceived(
        **{**common, "place": Place(*item["place"])},
        text=item["text"],
        attachments=tuple(item["attachments"]),
        people=tuple(Account(Identity(platform, account), name) for platform, account, name in item["people"]),
        addressed=item["addressed"],
    )
