"""What people use: commands, buttons, modals and menus. Each is acknowledged in time, and then handled as an event.

Discord waits three seconds for the first response, whatever else goes on; the answer itself has fifteen minutes.
https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.engine.errors import StorageFull
from bot.engine.immediate import Immediate, Refusal, ShownForm
from bot.model.command import CommandSpec
from bot.model.errors import HeliotropeError
from bot.model.event import Commanded, Pressed, Submitted
from bot.model.message import CommandText, catalogue
from bot.platforms.discord import naming
from bot.platforms.discord.answers import EPHEMERAL
from bot.platforms.discord.ears import Service
from bot.platforms.discord.events import Reading
from bot.platforms.discord.modals import modal, sent_in, shortened
from bot.platforms.discord.naming import Answer
from bot.platforms.discord.responses import WENT_WRONG, Rendering, Responses
from bot.platforms.discord.typed import Used
from bot.platforms.discord.uses import Use, Uses

_, n_ = catalogue("bot")
log = logging.getLogger(__name__)

COMMAND, COMPONENT, COMPLETION, SUBMISSION = 2, 3, 4, 5
"""Types of interactions."""
DEFER_UPDATE, UPDATE, SUGGEST = 6, 7, 8
"""Types of responses."""
LOOKING: Final = 1.2
"""Seconds in which is found out what somebody may do, where a form waits for that."""
OPENING: Final = 2.0
"""Seconds in which a form or suggestions are made; Discord waits for three."""
COMMITTING: Final = 1.5
"""Seconds after which what was sent in is acknowledged although it is not stored yet."""
LONGEST_CHOICE: Final = 100
MOST_OFFERS: Final = 5_000
"""As many people's are remembered that were offered something in a form's place."""


class Interactions:
    """Acknowledges what people use, and reports it."""

    def __init__(self, service: Service, reading: Reading) -> None:
        """Work with the platform's parts."""
        self._service = service
        self._reading = reading
        self._uses = Uses(service, reading)
        self._responses = Responses(service)
        self._offers: OrderedDict[str, Answer] = OrderedDict()
        """What was said last to somebody in private instead of opening a form, by account."""

    async def take(self, data: Mapping[str, Any]) -> None:
        """Take one interaction."""
        kind = data.get("type")
        if kind not in (COMMAND, COMPONENT, COMPLETION, SUBMISSION):
            return
        use = await self._uses.of(data)
        if use.guild and not self._reading.guilds.serves(use.guild):
            await self._refuse(use, kind)
            return
        works = {
            COMMAND: self._command,
            COMPONENT: self._press,
            COMPLETION: self._complete,
            SUBMISSION: self._submit,
        }
        await works[kind](use, data)

    # --- what is used -------------------------------------------------------------------------------------------

    async def _command(self, use: Use, data: Mapping[str, Any]) -> None:
        chosen, spec = await self._uses.chosen(use, data)
        if chosen.target and (refusal := self._uses.useless(chosen)) is not None:
            await self._responses.say(use, refusal)
            return
        if (
            spec is not None
            and spec.form is not None
            and await self._opens(use, self._uses.commanded(use, chosen, spec), spec)
        ):
            return
        await self._responses.see_through(use, use.deferred, self._run(use, chosen, spec))
        await self._uses.met(use)

    async def _run(self, use: Use, chosen: Used, spec: CommandSpec | None) -> None:
        await self._responses.report(await self._uses.resolved(use, chosen, spec))

    async def _refuse(self, use: Use, kind: int) -> None:
        if kind == COMPLETION:
            await self._responses.acknowledge(use, _suggesting([]), handled=True)
        else:
            await self._responses.say(use, _("I don't work on this server: whoever runs me has not allowed it."))

    async def _press(self, use: Use, data: Mapping[str, Any]) -> None:
        command = await self._service.mouth.command_of(str(data["data"]["custom_id"]))
        if command is None:
            await self._responses.say(use, _OLD)
            return
        message = str(data["message"]["id"])
        event = Pressed(
            **self._uses.common(use, f"i:{use.id}"), message_id=message, command=command, place_name=use.place_name
        )
        spec = self._reading.command(command)
        if spec is not None and spec.form is not None and await self._opens(use, event, spec):
            return
        body = use.deferred if use.guild else {"type": DEFER_UPDATE}
        await self._responses.see_through(use, body, self._pressed(use, event, spec))
        await self._take_choices(use, event)
        await self._uses.met(use)

    async def _pressed(self, use: Use, event: Pressed, spec: CommandSpec | None) -> None:
        rights = await self._uses.rights(use, spec)
        await self._responses.report(replace(event, answer=use.answer().place if use.guild else None, **rights))

    async def _take_choices(self, use: Use, event: Pressed) -> None:
        """Take the choices from a question that is answered: pressed again they would only say so."""
        try:
            where = await self._immediate().answered(event)
            asked = naming.answer_of(where) if where is not None else None
            if where is not None and not use.guild:
                await self._service.answers.bare(use.answer())
            elif asked is not None:
                await self._service.answers.bare(asked, event.message_id)
        except HeliotropeError as problem:
            log.warning("the choices of an answered question stay: %s", problem)

    async def _submit(self, use: Use, data: Mapping[str, Any]) -> None:
        """Store what was written first, and acknowledge it then: what was not taken stays in the open modal."""
        form = await self._service.mouth.command_of(str(data["data"]["custom_id"]))
        if form is None:
            await self._responses.say(use, _OLD)
            return
        pressed = str((data.get("message") or {}).get("id") or "")
        quiet = bool(pressed) and not use.guild
        spec = self._reading.command(form)
        event = Submitted(
            **self._uses.common(use, f"i:{use.id}") | await self._uses.rights(use, spec, within=LOOKING / 2),
            answer=None if quiet else use.answer().place,
            form=form,
            values=self._uses.with_names(use, sent_in(data["data"])),
            message_id=pressed,
            place_name=use.place_name,
        )
        self._service.answers.expect(use.id)
        storing = asyncio.ensure_future(self._service.report(event))
        try:
            await asyncio.wait([storing], timeout=COMMITTING)
            if storing.done() and storing.exception() is not None:
                log.error(
                    "what %s sent in could not be stored", use.user.identity.account, exc_info=storing.exception()
                )
                return
            done = _done_with(data["message"]) if quiet else use.deferred
            await self._responses.acknowledge(use, done, handled=True)
            try:
                await storing
            except StorageFull:
                await self._responses.report(event)
        finally:
            storing.cancel()
            self._service.answers.forget(use.id)
        await self._uses.met(use)

    async def _complete(self, use: Use, data: Mapping[str, Any]) -> None:
        """Suggest values; none rather than a failure."""
        choices: list[dict[str, str]] = []
        try:
            async with asyncio.timeout(OPENING):
                choices = await self._suggested(use, data)
        except Exception:
            log.warning("nothing could be suggested", exc_info=True)
        await self._responses.acknowledge(use, _suggesting(choices), handled=True)

    async def _suggested(self, use: Use, data: Mapping[str, Any]) -> list[dict[str, str]]:
        chosen, spec = await self._uses.chosen(use, data)
        event = replace(self._uses.commanded(use, chosen, spec), **await self._uses.rights(use, None))
        typed = chosen.options.get(chosen.focused, "")
        found = await self._immediate().suggest(event, chosen.focused, typed)
        by_value = {each.value: shortened(each.shown, LONGEST_CHOICE) or each.value for each in found}
        return [{"name": name, "value": value} for value, name in by_value.items() if 1 <= len(value) <= LONGEST_CHOICE]

    # --- forms --------------------------------------------------------------------------------------------------

    async def _opens(self, use: Use, event: Commanded | Pressed, spec: CommandSpec) -> bool:
        """Open a command's form, or say why it does not open; False where it has none."""
        try:
            async with asyncio.timeout(OPENING):
                event = replace(event, **await self._uses.rights(use, spec, within=LOOKING))
                found = await self._immediate().form(event, Rendering(self._service.registry))
        except TimeoutError:
            log.error("the form of %s was not ready in time", spec.words)
            await self._responses.say(use, _("I was too slow to open that. Please try again."))
            return True
        except HeliotropeError:
            log.exception("the form of %s could not be opened", spec.words)
            await self._responses.say(use, WENT_WRONG)
            return True
        match found:
            case None:
                return False
            case Refusal(parts):
                await self._responses.show(use, [part.content for part in parts])
                await self._only_offer(use)
            case ShownForm():
                custom_id = await self._service.mouth.custom_id(use.id, found.command)
                await self._responses.acknowledge(use, modal(found, custom_id))
        await self._uses.met(use)
        return True

    async def _only_offer(self, use: Use) -> None:
        """Take the choices from what was said before in a form's place: of several that stand there one is open."""
        if use.guild:
            return
        earlier = self._offers.pop(use.user.identity.account, None)
        self._offers[use.user.identity.account] = use.answer()
        if len(self._offers) > MOST_OFFERS:
            self._offers.popitem(last=False)
        if earlier is not None:
            try:
                await self._service.answers.bare(earlier)
            except HeliotropeError as problem:
                log.warning("the choices of an earlier answer stay: %s", problem)

    def _immediate(self) -> Immediate:
        if self._service.immediate is None:
            raise RuntimeError("nobody attends to people who wait")
        return self._service.immediate


def _suggesting(choices: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the response that suggests values."""
    return {"type": SUGGEST, "data": {"choices": choices}}


def _done_with(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the acknowledgement of a form that a message's choice opened; one for their eyes alone has had its use."""
    seen_alone = int(message.get("flags", 0)) & EPHEMERAL
    return {"type": UPDATE, "data": {"components": []}} if seen_alone else {"type": DEFER_UPDATE}


_OLD: Final = _(
    "That is from an earlier version of mine, so nothing was changed. {help} shows what I can do.",
    help=CommandText("help"),
)
