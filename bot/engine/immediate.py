"""What a platform asks: forms to open and values to suggest while a person waits, and what it told of earlier.

All of it only reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.engine.choices import rows_under
from bot.engine.conversion import Context, named_team
from bot.engine.dispatcher import Dispatcher
from bot.engine.opening import Opened, opened
from bot.engine.packing import PlainStyle
from bot.engine.ports import Localizer, Reader, Rendered, Said, Storage, Stores
from bot.engine.suggesting import suggestions
from bot.engine.transaction import Transaction
from bot.engine.uses import call_of
from bot.model.errors import AskFirst, BadInput
from bot.model.event import Commanded, Inbound, Pressed
from bot.model.identity import MessageRef, Place
from bot.model.message import Message, Value, say

MOST_SUGGESTIONS = 25
"""As many as the strictest platform shows (Discord: 25 choices)."""


@dataclass(frozen=True, slots=True)
class ShownInput:
    """One field of a form, in its reader's language."""

    name: str
    label: str
    value: str
    hint: str
    required: bool
    long: bool
    limit: int


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form in its reader's language; `command` is what comes back with it as `Submitted.form`."""

    command: str
    title: str
    inputs: tuple[ShownInput, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form does not open, as the platform shows it."""

    parts: tuple[Rendered, ...]


class Renders(Protocol):
    """The part of a platform that turns messages into its own."""

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Turn a message into one or more platform messages; pure."""
        ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value for an option, and how it is shown."""

    value: str
    shown: str


@dataclass(frozen=True)
class Immediate:
    """Answers at once, beside whatever else goes on; nothing is stored, so nothing of it is lost with a crash."""

    storage: Storage
    dispatcher: Dispatcher
    transaction: Callable[[Stores, bool], Transaction]

    async def heard(self, platform: str, prefix: str, since: datetime) -> Sequence[str]:
        """Return the ids that begin so of the events that a platform told of from an instant (UTC) on."""
        async with self.storage.reading() as stores:
            return await stores.inbox.heard(platform, prefix, since)

    async def form(self, event: Commanded | Pressed, platform: Renders) -> ShownForm | Refusal | None:
        """Return the form that a command or choice opens; None where it opens none."""
        line = event.text if isinstance(event, Commanded) else event.command
        spec = self.dispatcher.spec(line)
        if spec is None or spec.form is None:
            return None
        async with self.storage.reading() as stores:
            tx = self.transaction(stores, True)
            try:
                found = await self.dispatcher.memberships.find(tx, event)
                shown = await opened(self.dispatcher.uses, tx, event, line, found)
            except (BadInput, AskFirst) as problem:
                message = problem.message if isinstance(problem, BadInput) else say(problem.question, *problem.details)
                reader = await self._reader(tx, event)
                return Refusal(tuple(platform.render(message, reader, tx.services.localizer)))
            return self._shown(tx, shown, await self._reader(tx, event)) if shown is not None else None

    async def answered(self, event: Pressed) -> Place | None:
        """Return where a message went whose choices are all made, as its questions are answered; None for any other."""
        async with self.storage.reading() as stores:
            tx = self.transaction(stores, True)
            rows = await rows_under(tx, event)
            member = (await self.dispatcher.memberships.find(tx, event)).speaker.member
            if not rows or member is None or not await self.dispatcher.questions.done(tx, member, rows):
                return None
            return rows[0].target.place or event.place

    async def suggest(self, event: Commanded, option: str, typed: str) -> Sequence[Suggestion]:
        """Return values for what is typed of an option so far; none where nothing can be said."""
        spec = self.dispatcher.spec(event.text)
        parameter = next((p for p in spec.parameters if p.name == option), None) if spec is not None else None
        if spec is None or parameter is None:
            return ()
        async with self.storage.reading() as stores:
            tx = self.transaction(stores, True)
            contexts = await self._contexts(tx, event, option)
            said = Said(event.text, (), MessageRef(event.place, event.message_id), event.at)
            found = await suggestions([call_of(context, said) for context in contexts], contexts, parameter, typed)
            reader = await self._reader(tx, event)
            return [Suggestion(one.value, self._written(tx, one.shown, reader)) for one in found][:MOST_SUGGESTIONS]

    async def _contexts(self, tx: Transaction, event: Commanded, option: str) -> Sequence[Context]:
        """Return what a command's use depends on, in each workspace that it may be about; none for a stranger.

        A team among its options says which that is; `option` is still being typed.
        """
        speakers = await self.dispatcher.memberships.possible(tx, event)
        every = [await self.dispatcher.uses.context(tx, event, event.text, speaker) for speaker in speakers]
        found = [context for context in every if context is not None]
        if len(found) > 1:
            return [context for context in found if await named_team(_without(context, option)) is not None] or found
        return found

    async def _reader(self, tx: Transaction, event: Inbound) -> Reader:
        language, zone = await self.dispatcher.language_and_zone(tx, event)
        return Reader(language, zone, direct=True, now=tx.now)

    def _shown(self, tx: Transaction, found: Opened, reader: Reader) -> ShownForm:
        inputs = tuple(
            ShownInput(
                field.name,
                self._written(tx, field.label, reader),
                field.value if isinstance(field.value, str) else self._written(tx, field.value, reader),
                self._written(tx, field.hint, reader) if field.hint is not None else "",
                field.required,
                field.long,
                field.limit,
            )
            for field in found.form.inputs
        )
        return ShownForm(found.line, self._written(tx, found.form.title, reader), inputs)

    def _written(self, tx: Transaction, value: Value, reader: Reader) -> str:
        return tx.services.localizer.write(value, reader, PlainStyle())


def _without(context: Context, option: str) -> Context:
    """Return a context whose command has one option less."""
    given = {name: value for name, value in (context.typed.given or {}).items() if name != option}
    return replace(context, typed=replace(context.typed, given=given))
