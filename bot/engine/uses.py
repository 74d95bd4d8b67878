"""One use of a command: what it depends on, its handler or form, and the command that it stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.engine import asking
from bot.engine.addressing import typed_in
from bot.engine.conversations import Questions
from bot.engine.conversion import Context, context_of, convert_all
from bot.engine.hints import NOBODY_HERE, ways_in
from bot.engine.parsing import Typed, find_command
from bot.engine.permissions import require
from bot.engine.ports import Said
from bot.engine.registry import Registry
from bot.engine.speakers import Speaker, name_of_place, newcomer, nowhere, speaker_of, with_rights
from bot.engine.transaction import Call, Cause, Transaction
from bot.model.command import Instead
from bot.model.errors import AskFirst, BadInput
from bot.model.event import Inbound, MessageReceived, Submitted
from bot.model.identity import WorkspaceId
from bot.model.message import Message


@dataclass(frozen=True)
class Uses:
    """Runs commands for the people who use them. Raises BadInput and AskFirst, as their handlers do."""

    registry: Registry
    questions: Questions

    async def context(self, tx: Transaction, event: Inbound, line: str, speaker: Speaker) -> Context | None:
        """Return what a command's use by somebody depends on; None for whoever is no member."""
        event = await with_rights(tx, event, speaker)
        tx.cause = Cause(speaker.member.id if speaker.member else None, event.place, event.direct, event)
        typed = typed_in(event, line, self.registry.tongues)
        if typed is not None and speaker.member is None and typed.spec.admin and event.admin and event.scope:
            workspace = speaker.workspace or (nowhere(event) if typed.spec.founds else None)
            speaker = Speaker(workspace, newcomer(workspace, event) if workspace is not None else None)
        if typed is None or speaker.member is None or speaker.workspace is None:
            return None
        return context_of(tx, event, speaker, typed)

    async def prepared(
        self, tx: Transaction, event: Inbound, line: str, speaker: Speaker
    ) -> tuple[Context, dict[str, Any]]:
        """Return a command's context and converted arguments. Raises BadInput, and NotAllowed, as using it does."""
        context = await self.context(tx, event, line, speaker)
        if context is None:
            raise BadInput(NOBODY_HERE, *ways_in(event, speaker, self.registry.commands))
        require(context.spec, context.event)
        return context, await convert_all(context, context.typed)

    async def run(self, tx: Transaction, event: Inbound, speaker: Speaker, typed: Typed, said: Said) -> None:
        """Use a command, or send in its form, and answer."""
        require(typed.spec, event)
        context = context_of(tx, event, speaker, typed)
        arguments = await convert_all(context, typed)
        if isinstance(event, MessageReceived) and not tx.read_only and context.member.id:
            await self.questions.answered(tx, context.member, [said.text])
        call = call_of(context, said)
        if isinstance(event, Submitted) and typed.spec.form is not None:
            reply: Message | Instead | AskFirst | None = await typed.spec.form.submit(call, event.values, **arguments)
        else:
            reply = await typed.spec.handler(call, **arguments)
        if isinstance(reply, Instead):
            reply = await self._instead(tx, event, speaker, said, reply)
        if isinstance(reply, AskFirst):
            await asking.tell(tx, self.questions, event, Speaker(context.workspace, context.member), reply)
        elif reply is not None:
            kind = f"{typed.spec.domain}.{typed.spec.words.replace(' ', '_')}"
            tx.reply(reply, workspace=await _home(tx, context), kind=kind)

    async def _instead(
        self, tx: Transaction, event: Inbound, speaker: Speaker, said: Said, instead: Instead
    ) -> Message | AskFirst | None:
        """Use another command in a command's place, and add what is to be said below its answer."""
        typed = find_command(instead.line, self.registry.commands)
        if typed is None:
            raise LookupError(f"{instead.line!r} stands for no command")
        typed = replace(typed, given=instead.given)
        context = context_of(tx, event, speaker, typed)
        call = call_of(context, replace(said, text=instead.line))
        try:
            require(typed.spec, event)
            reply: Message | AskFirst | None = await typed.spec.handler(call, **await convert_all(context, typed))
        except BadInput as problem:
            if instead.wrong is None:
                raise
            raise await instead.wrong(call, problem) from None
        if isinstance(reply, AskFirst):
            return reply
        if reply is not None and instead.brief:
            reply = Message(reply.blocks[:1])
        after = await self._afterwards(tx, event, speaker)
        if instead.then is None or after.member is None:
            return reply
        below = await instead.then(call_of(context_of(tx, event, after, typed), said))
        if isinstance(below, Instead):
            below = await self._instead(tx, event, after, said, below)
        if isinstance(below, AskFirst):
            return below
        return reply + below if reply is not None and below is not None else reply or below

    async def _afterwards(self, tx: Transaction, event: Inbound, before: Speaker) -> Speaker:
        """Return who the speaker is by now: a command may have made them a member."""
        if not event.direct or before.member is None or not before.member.id:
            return await speaker_of(tx, event)
        member = await tx.people.member(before.member.id)
        return Speaker(await tx.people.workspace(member.workspace), member)

    async def as_newcomer(self, tx: Transaction, event: Inbound, speaker: Speaker, typed: Typed, said: Said) -> bool:
        """Run an administrator's command who is no member yet: they become one, or make the workspace by it."""
        if not (typed.spec.admin and event.admin and event.scope):
            return False
        found = speaker.workspace
        if found is None:
            if typed.spec.founds:
                empty = nowhere(event)
                await self.run(tx, event, Speaker(empty, newcomer(empty, event)), typed, said)
            return typed.spec.founds
        member = await tx.people.create_member(newcomer(found, event), event.author)
        tx.cause = Cause(member.id, event.place, event.direct, event)
        await self.run(tx, event, Speaker(found, member), typed, said)
        return True


def call_of(context: Context, said: Said) -> Call:
    """Return the call that a context's event is."""
    event = context.event
    return Call(
        context.tx, context.workspace, context.member, event.place, name_of_place(event), event.direct, event.admin,
        context.language, context.spec, said,
    )  # fmt: skip


async def _home(tx: Transaction, context: Context) -> WorkspaceId:
    """Return the workspace that a command's answer belongs to: the handler may have made, joined or linked one."""
    member = tx.cause.member if tx.cause is not None else None
    if member is None or tx.read_only:
        return context.workspace.id
    return (await tx.people.member(member)).workspace
