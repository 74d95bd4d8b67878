"""A person's client that has forms, options kept apart and answers of their own, as some chat services' clients do.

async with Stage.create() as stage:
    client = Client(stage, ana)
    form = await client.opens("write Atlas")
    seen = await client.sends(form, {"1": "merged the parser"})
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.engine.immediate import Refusal, ShownForm, Suggestion
from bot.engine.ports import Localizer, Reader, Rendered
from bot.model.event import (
    Commanded,
    Inbound,
    MessageDeleted,
    MessageEdited,
    Picked,
    Pressed,
    Restriction,
    Submitted,
)
from bot.model.identity import Account, Identity, MessageRef, NamedPlace, Place
from bot.model.message import Choice, Message
from bot.platforms.console import server as chat
from bot.platforms.console.adapter import NAME, ConsolePlatform
from bot.testing.stage import Stage
from bot.testing.transcript import Seen


class Client:
    """One person's, on a stage: what they do comes to the engine as a platform with forms reports it.

    `inside` is the channel that they are in; None for their direct conversation. Each answer stands in a channel
    made for it, `answer-1` and so on; with `waits` false there is none, as after a press in a direct conversation.
    `restrictions` are those of the bot that their client's service tells of; `offered` are the choices under what was
    said instead of opening a form.
    """

    def __init__(
        self, stage: Stage, name: str, *, inside: str | None = None, admin: bool = False, waits: bool = True
    ) -> None:
        self.stage = stage
        self.name = name
        self.inside = inside
        self.admin = admin
        self.waits = waits
        self.restrictions: tuple[Restriction, ...] = ()
        self.offered: tuple[Choice, ...] = ()
        self._uses = 0

    async def uses(
        self, words: str, *, people: tuple[str, ...] = (), places: tuple[str, ...] = (), **options: str
    ) -> list[Seen]:
        """Use a command with options; return what the bot answers, wherever it does."""
        return await self._does(self._commanded(words, options, people, places))

    async def picks(
        self, words: str, message_id: str, text: str, *, author: str = "", attachments: tuple[str, ...] = ()
    ) -> list[Seen]:
        """Use a command in the menu of a message with this text, of one's own if no other author is named."""
        event = self._commanded(words, {"text": text})
        by = Account(Identity(NAME, author or self.name), author or self.name)
        source = message_id if not author else event.message_id
        message = Picked(MessageRef(event.place, message_id), by)
        return await self._does(replace(event, message_id=source, attachments=attachments, picked=message))

    async def opens(self, line: str, **options: str) -> ShownForm | Refusal | None:
        """Use a command, or press a choice that stands for it, and return the form that opens."""
        event = self._commanded(line, options) if options else self._pressed(line)
        self.offered = ()
        return await self.stage.installation.engine.immediate.form(event, self)

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Show why a form does not open, and keep the choices that are offered instead."""
        self.offered = message.choices
        return ConsolePlatform(self.stage.server).render(message, reader, localizer)

    async def presses(self, line: str) -> list[Seen]:
        """Press a choice that stands for a command and opens no form."""
        return await self._does(self._pressed(line))

    async def sends(self, form: ShownForm, values: Mapping[str, str]) -> list[Seen]:
        """Send a form in; inputs that are not named keep what was filled in beforehand."""
        filled = {field.name: field.value for field in form.inputs} | dict(values)
        name = self.inside or ""
        return await self._does(Submitted(**self._common(), form=form.command, values=filled, place_name=name))

    async def is_suggested(self, words: str, option: str, typed: str, **others: str) -> list[Suggestion]:
        """Type of an option, others being filled in already, and return what is suggested."""
        event = self._commanded(words, {**others, option: typed})
        return list(await self.stage.installation.engine.immediate.suggest(event, option, typed))

    async def edits(self, message_id: str, text: str) -> list[Seen]:
        """Change a message that a command was used on: `use-1` for the first use, and so on."""
        return await self._does(MessageEdited(**self._common(), message_id=message_id, text=text))

    async def deletes(self, message_id: str) -> list[Seen]:
        """Take a message back that a command was used on."""
        return await self._does(MessageDeleted(**self._common(), message_id=message_id))

    async def _does(self, event: Inbound) -> list[Seen]:
        await self.stage.installation.engine.receive(event)
        return await self.stage.settle()

    def _commanded(
        self, words: str, options: Mapping[str, str], people: tuple[str, ...] = (), places: tuple[str, ...] = ()
    ) -> Commanded:
        typed = " ".join((words, *(f"{name}:{value}" for name, value in options.items())))
        return Commanded(
            **self._common(),
            message_id=f"use-{self._uses}",
            text=typed,
            addressed=True,
            options=options,
            people=tuple(Account(Identity(NAME, name), name) for name in people),
            places=tuple(NamedPlace(Place(NAME, chat.channel(name)), name) for name in places),
            place_name=self.inside or "",
        )

    def _pressed(self, line: str) -> Pressed:
        return Pressed(**self._common(), command=line, place_name=self.inside or "")

    def _common(self) -> dict[str, Any]:
        self._uses += 1
        answer = self.stage.room(f"answer-{self._uses}") if self.waits else None
        address = chat.direct(self.name) if self.inside is None else chat.channel(self.inside)
        return {
            "id": f"client:{self.name}:{address}:{self._uses}",
            "place": Place(NAME, address),
            "author": Account(Identity(NAME, self.name), self.name),
            "at": self.stage.clock.now(),
            "restrictions": self.restrictions,
            "scope": NAME,
            "direct": self.inside is None,
            "admin": self.admin,
            "answer": answer,
        }
