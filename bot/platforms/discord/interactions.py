"""What people use: commands, buttons, modals and menus. Each is acknowledged in time, and then handled as an event.

Discord waits three seconds for the first response, whatever else goes on; the answer itself has fifteen minutes.
https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.engine.errors import OutcomeUnknown, StorageFull, TryLater
from bot.engine.immediate import Immediate, Refusal, ShownForm
from bot.engine.ports import Localizer, Reader, Rendered
from bot.engine.registry import Registry
from bot.engine.trouble import Trouble
from bot.model.command import CommandSpec
from bot.model.errors import HeliotropeError
from bot.model.event import Commanded, Inbound, Picked, Pressed, Restriction, Submitted
from bot.model.identity import Account, MessageRef, NamedPlace, Place
from bot.model.message import CommandText, Message, Sentence, catalogue, say
from bot.platforms.discord import mentions, naming, wanting
from bot.platforms.discord.answers import EPHEMERAL
from bot.platforms.discord.commands import LOCALES
from bot.platforms.discord.ears import Service
from bot.platforms.discord.events import SAID, Reading, attachments, in_server
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.modals import modal, sent_in, shortened
from bot.platforms.discord.naming import NAME, Answer
from bot.platforms.discord.render import render
from bot.platforms.discord.typed import Used, line, used
from bot.platforms.discord.wanting import Right

_, n_ = catalogue("bot")
log = logging.getLogger(__name__)

COMMAND, COMPONENT, COMPLETION, SUBMISSION = 2, 3, 4, 5
"""Types of interactions."""
FROM_MENU: Final = 3
"""The type of a command that was picked from a message's menu."""
WORDED: Final = SAID | {20, 23}
"""The types of messages whose text somebody wrote, or an application in answer to them."""
SAY, DEFER, DEFER_UPDATE, UPDATE, SUGGEST = 4, 5, 6, 7, 8
"""Types of responses."""
LOOKING: Final = 1.2
"""Seconds in which is found out what somebody may do, where a form waits for that."""
OPENING: Final = 2.0
"""Seconds in which a form or suggestions are made; Discord waits for three."""
STORING: Final = 0.15
"""Seconds after which what was used is acknowledged although it is not stored yet: people see that they are heard."""
FRESH: Final = timedelta(seconds=1.5)
"""Older than this, something used may be over: Discord is asked first, so that nothing is done that it said failed."""
COMMITTING: Final = 1.5
"""Seconds after which what was sent in is acknowledged although it is not stored yet."""
LONGEST_CHOICE: Final = 100
MOST_OFFERS: Final = 5_000
"""As many people's are remembered that were offered something in a form's place."""


@dataclass(frozen=True, slots=True)
class Use:
    """Somebody's interaction: who, where, and the token to answer it with."""

    id: str
    token: str
    user: Account
    place: Place
    place_name: str
    guild: str
    channel: str
    member: Mapping[str, Any] | None
    language: str
    at: datetime
    restriction: Restriction | None = None
    """What the bot may not do in the server's channel that it was used in."""

    def answer(self) -> Answer:
        """Return the response that they wait for; in a direct conversation it is an ordinary message."""
        return Answer(self.id, self.token, self.user.identity.account, "" if self.guild else self.channel)

    @property
    def deferred(self) -> dict[str, Any]:
        """The acknowledgement that shows that an answer is being made: in servers for their eyes alone."""
        return {"type": DEFER, "data": {"flags": EPHEMERAL}} if self.guild else {"type": DEFER}


class Rendering:
    """The platform, as far as it turns messages into its own."""

    def __init__(self, registry: Registry | None) -> None:
        """Write the commands of a registry as clients take them."""
        self._commands = registry.commands if registry is not None else {}

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Turn a message into bodies of Discord's messages."""
        return render(message, reader, localizer, self._commands)


class Interactions:
    """Acknowledges what people use, and reports it."""

    def __init__(self, service: Service, reading: Reading) -> None:
        """Work with the platform's parts."""
        self._service = service
        self._reading = reading
        self._offers: OrderedDict[str, Answer] = OrderedDict()
        """What was said last to somebody in private instead of opening a form, by account."""

    async def take(self, data: Mapping[str, Any]) -> None:
        """Take one interaction."""
        kind = data.get("type")
        if kind not in (COMMAND, COMPONENT, COMPLETION, SUBMISSION):
            return
        use = await self._use(data)
        if use.guild and not self._reading.guilds.serves(use.guild):
            await self._refuse(use, kind, _("I don't work on this server: whoever runs me has not allowed it."))
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
        chosen, spec = await self._chosen(use, data)
        if chosen.target and (refusal := self._useless(chosen)) is not None:
            await self._say(use, refusal)
            return
        if (
            spec is not None
            and spec.form is not None
            and await self._opens(use, self._commanded(use, chosen, spec), spec)
        ):
            return
        await self._taken(use, use.deferred, self._run(use, chosen, spec))

    async def _run(self, use: Use, chosen: Used, spec: CommandSpec | None) -> None:
        await self._named(chosen)
        chosen = await self._present(use, chosen, spec)
        event = self._commanded(use, await self._readable(use, chosen), spec)
        event = replace(event, restrictions=event.restrictions + await self._restrictions(use, chosen))
        rights = await self._rights(use, spec)
        await self._report(replace(event, answer=use.answer().place, **rights))

    async def _press(self, use: Use, data: Mapping[str, Any]) -> None:
        command = await self._service.mouth.command_of(str(data["data"]["custom_id"]))
        if command is None:
            await self._say(use, _OLD)
            return
        message = str(data["message"]["id"])
        event = Pressed(
            **self._common(use, f"i:{use.id}"), message_id=message, command=command, place_name=use.place_name
        )
        spec = self._reading.command(command)
        if spec is not None and spec.form is not None and await self._opens(use, event, spec):
            return
        body = use.deferred if use.guild else {"type": DEFER_UPDATE}
        await self._taken(use, body, self._pressed(use, event, spec))

    async def _pressed(self, use: Use, event: Pressed, spec: CommandSpec | None) -> None:
        rights = await self._rights(use, spec)
        await self._report(replace(event, answer=use.answer().place if use.guild else None, **rights))

    async def _submit(self, use: Use, data: Mapping[str, Any]) -> None:
        """Store what was written first, and acknowledge it then: what was not taken stays in the open modal."""
        form = await self._service.mouth.command_of(str(data["data"]["custom_id"]))
        if form is None:
            await self._say(use, _OLD)
            return
        pressed = str((data.get("message") or {}).get("id") or "")
        quiet = bool(pressed) and not use.guild
        spec = self._reading.command(form)
        event = Submitted(
            **self._common(use, f"i:{use.id}") | await self._rights(use, spec, within=LOOKING / 2),
            answer=None if quiet else use.answer().place,
            form=form,
            values=self._with_names(use, sent_in(data["data"])),
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
            await self._acknowledged(use, done, handled=True)
            try:
                await storing
            except StorageFull:
                await self._report(event)
        finally:
            storing.cancel()
            self._service.answers.forget(use.id)
        await self._met(use)

    async def _complete(self, use: Use, data: Mapping[str, Any]) -> None:
        """Suggest values; none rather than a failure."""
        choices: list[dict[str, str]] = []
        try:
            async with asyncio.timeout(OPENING):
                choices = await self._suggested(use, data)
        except Exception:
            log.warning("nothing could be suggested", exc_info=True)
        await self._acknowledged(use, {"type": SUGGEST, "data": {"choices": choices}}, handled=True)

    async def _suggested(self, use: Use, data: Mapping[str, Any]) -> list[dict[str, str]]:
        chosen, spec = await self._chosen(use, data)
        event = replace(self._commanded(use, chosen, spec), **await self._rights(use, None))
        typed = chosen.options.get(chosen.focused, "")
        found = await self._immediate().suggest(event, chosen.focused, typed)
        by_value = {each.value: shortened(each.shown, LONGEST_CHOICE) or each.value for each in found}
        return [{"name": name, "value": value} for value, name in by_value.items() if 1 <= len(value) <= LONGEST_CHOICE]

    # --- forms --------------------------------------------------------------------------------------------------

    async def _opens(self, use: Use, event: Commanded | Pressed, spec: CommandSpec) -> bool:
        """Open a command's form, or say why it does not open; False where it has none."""
        try:
            async with asyncio.timeout(OPENING):
                event = replace(event, **await self._rights(use, spec, within=LOOKING))
                found = await self._immediate().form(event, Rendering(self._service.registry))
        except TimeoutError:
            log.error("the form of %s was not ready in time", spec.words)
            await self._say(use, _("I was too slow to open that. Please try again."))
            return True
        except HeliotropeError:
            log.exception("the form of %s could not be opened", spec.words)
            await self._say(use, _("Something went wrong on my side, and nothing was changed. Please try again."))
            return True
        match found:
            case None:
                return False
            case Refusal(parts):
                await self._show(use, [part.content for part in parts])
                await self._only_offer(use)
            case ShownForm():
                custom_id = await self._service.mouth.custom_id(use.id, found.command)
                await self._acknowledged(use, modal(found, custom_id))
        await self._met(use)
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

    # --- acknowledging ------------------------------------------------------------------------------------------

    async def _taken(self, use: Use, body: Mapping[str, Any], work: Coroutine[Any, Any, None]) -> None:
        """Acknowledge what was used as soon as it is stored, and soon in any case; see it through.

        What is acknowledged before it is stored is lost by a crash in between, and nobody is told.
        """
        fresh = self._service.clock.now() - use.at < FRESH
        if not fresh and not await self._acknowledged(use, body):
            work.close()
            return
        if fresh:
            self._service.answers.expect(use.id)
        working = asyncio.create_task(work)
        try:
            if fresh:
                await asyncio.wait([working], timeout=STORING)
                await self._acknowledged(use, body, handled=True)
            await working
        except Exception:
            log.exception("what %s used could not be handled", use.user.identity.account)
            await self._failed(use)
        finally:
            working.cancel()
            self._service.answers.forget(use.id)
        await self._met(use)

    async def _failed(self, use: Use) -> None:
        """Tell somebody who waits for an answer that there will be none."""
        told = _("Something went wrong on my side, and nothing was changed. Please try again.")
        try:
            await self._service.answers.further(use.answer(), self._rendered(use, say(told))[0], f"failed:{use.id}")
        except HeliotropeError as problem:
            log.warning("that something went wrong could not be told: %s", problem)

    async def _acknowledged(self, use: Use, body: Mapping[str, Any], *, handled: bool = False) -> bool:
        """Respond first; return whether the person may see what is done now.

        Where Discord waits no more it has told them that it failed, so nothing is done, and they are told why; unless
        it is `handled` already.
        """
        try:
            in_time = await self._service.answers.acknowledge(use.id, use.token, body)
        except OutcomeUnknown as problem:
            log.warning("whether %s was acknowledged is not known: %s", use.id, problem)
            return True
        except TryLater as problem:
            log.error("an interaction could not be acknowledged: %s", problem)
            in_time = False
        if not in_time and not handled:
            await self._too_late(use)
        return in_time

    async def _too_late(self, use: Use) -> None:
        """Tell somebody in their direct conversation, if there is one, that nothing was done."""
        told = say(_("What you just used reached me too late, so nothing was changed. Please try again."))
        try:
            channel = use.channel if not use.guild else await self._service.contact.known(use.user.identity.account)
            if channel is None:
                return
            body = self._rendered(use, told)[0] | {"nonce": naming.nonce(f"late:{use.id}"), "enforce_nonce": True}
            where = "/channels/{channel_id}/messages"
            await self._service.rest.call("POST", where, body, haste=Haste.ASKED, channel_id=channel)
        except HeliotropeError as problem:
            log.warning("that an interaction came too late could not be told: %s", problem)

    async def _say(self, use: Use, *sentences: Sentence) -> None:
        await self._show(use, self._rendered(use, say(*sentences)))

    async def _refuse(self, use: Use, kind: int, sentence: Sentence) -> None:
        if kind == COMPLETION:
            await self._acknowledged(use, {"type": SUGGEST, "data": {"choices": []}}, handled=True)
        else:
            await self._say(use, sentence)

    def _rendered(self, use: Use, message: Message) -> list[dict[str, Any]]:
        assert self._service.localizer is not None, "the platform was given no localizer"
        reader = Reader(use.language or "en", "UTC", direct=True, now=self._service.clock.now())
        parts = Rendering(self._service.registry).render(message, reader, self._service.localizer)
        return [dict(part.content) for part in parts]

    async def _show(self, use: Use, contents: Sequence[Mapping[str, Any]]) -> None:
        """Answer at once, for the person's eyes alone."""
        first, *further = contents
        body = await self._service.mouth.body(first, use.id)
        body["flags"] = body.get("flags", 0) | EPHEMERAL
        if not await self._acknowledged(use, {"type": SAY, "data": body}):
            return
        for number, content in enumerate(further, 1):
            try:
                await self._service.answers.further(use.answer(), content, f"{use.id}:{number}")
            except HeliotropeError as problem:
                log.warning("the rest of an answer could not be shown: %s", problem)

    async def _report(self, event: Inbound) -> None:
        """Hand an event on that is acknowledged: it is tried until it is stored."""
        trouble = Trouble("storing what people use")
        while True:
            try:
                await self._service.report(event)
            except StorageFull as problem:
                await trouble.pause(problem)
            else:
                return trouble.over()

    # --- reading ------------------------------------------------------------------------------------------------

    async def _use(self, data: Mapping[str, Any]) -> Use:
        guild, channel = str(data.get("guild_id") or ""), str(data["channel_id"])
        member = data.get("member")
        user = member["user"] if member is not None else data["user"]
        place, name = Place(NAME, channel), ""
        if guild:
            where = await self._reading.guilds.where(guild, channel, data.get("channel"))
            place, name = (where.place, where.name) if where is not None else (place, name)
        return Use(
            id=str(data["id"]),
            token=str(data["token"]),
            user=self._reading.account(user, member),
            place=place,
            place_name=name,
            guild=guild,
            channel=channel,
            member=member,
            language=self._language(str(data.get("locale") or "")),
            at=self._reading.at(str(data["id"])),
            restriction=_restriction(place, data) if guild else None,
        )

    def _language(self, locale: str) -> str:
        """Return the language of Discord's that somebody's client is in, if there are catalogues for it."""
        if locale.startswith("en"):
            return "en"
        return next((language for language, locales in LOCALES.items() if locale in locales), "")

    def _common(self, use: Use, id: str) -> dict[str, Any]:
        scope = {"scope": use.guild, "scope_name": self._reading.guilds.name(use.guild)} if use.guild else {}
        return {
            "id": id,
            "place": use.place,
            "author": use.user,
            "at": use.at,
            "language": use.language,
            "direct": not use.guild,
            "restrictions": (use.restriction,) if use.restriction is not None else (),
            **scope,
        }

    async def _rights(self, use: Use, spec: CommandSpec | None, within: float | None = None) -> dict[str, Any]:
        """Return what somebody may do; for an administrators' command in a direct conversation, by looking it up."""
        user = use.user.identity.account
        if use.guild:
            admin = await self._reading.rights.by_member(user, use.guild, use.member or {})
            return {"admin": admin, "scope_name": await self._reading.guilds.named(use.guild)}
        if spec is None or not spec.admin:
            return await self._reading.in_direct(user)
        try:
            async with asyncio.timeout(within):
                return await self._reading.in_direct(user, admin=True)
        except TimeoutError:
            return await self._reading.in_direct(user)

    async def _chosen(self, use: Use, data: Mapping[str, Any]) -> tuple[Used, CommandSpec | None]:
        """Return what was used, with the people and channels among its options, and its spec."""
        command = data["data"]
        registry = self._service.registry
        commands = registry.commands if registry is not None else {}
        if command.get("type") == FROM_MENU:
            return self._picked(command, commands)
        found, resolved = used(command), command.get("resolved") or {}
        members = resolved.get("members") or {}
        people = tuple(
            self._reading.account(user, members.get(id)) for id, user in (resolved.get("users") or {}).items()
        )
        bots = tuple(id for id, user in (resolved.get("users") or {}).items() if user.get("bot"))
        places = [await self._named_place(use, shown) for shown in (resolved.get("channels") or {}).values()]
        return replace(found, people=people, bots=bots, places=tuple(places)), commands.get(found.words)

    def _picked(
        self, command: Mapping[str, Any], commands: Mapping[str, CommandSpec]
    ) -> tuple[Used, CommandSpec | None]:
        """Return the command that stands in a message's menu, with the message's text as its free text."""
        spec = next((spec for spec in commands.values() if spec.menu == command["name"]), None)
        target = command["resolved"]["messages"][str(command["target_id"])]
        for user in (target["author"], *target.get("mentions", ())):
            self._reading.account(user)
        free = next((p.name for p in spec.parameters if p.kind == "rest"), "") if spec is not None else ""
        text = str(target.get("content") or "")
        words = spec.words if spec is not None else str(command["name"])
        return Used(words, {free: text}, attachments=attachments(target), target=target), spec

    def _useless(self, chosen: Used) -> Sentence | None:
        """Return why nothing can be done with the message in whose menu a command was picked."""
        if str(chosen.target["author"]["id"]) == self._service.me.user_id:
            return _MINE
        words = chosen.target.get("type", 0) in WORDED and any(text.strip() for text in chosen.options.values())
        return None if words or chosen.attachments else _WORDLESS

    async def _named_place(self, use: Use, shown: Mapping[str, Any]) -> NamedPlace:
        where = await self._reading.guilds.where(use.guild, str(shown["id"]), shown)
        name = str(shown.get("name") or "")
        return NamedPlace(where.place, name) if where is not None else NamedPlace(Place(NAME, str(shown["id"])), name)

    async def _restrictions(self, use: Use, chosen: Used) -> tuple[Restriction, ...]:
        """Return what the bot may not do in the channels that were picked; of its own one an interaction tells."""
        rest, me = self._service.rest, self._service.me.user_id
        places = {each.place for each in chosen.places} - {use.place}
        found = [await wanting.restricted(rest, me, place) for place in places]
        return tuple(each for each in found if each is not None)

    async def _named(self, chosen: Used) -> None:
        """Learn who is mentioned in texts: an option's text comes without their names."""
        await self._reading.names.learn(user for text in chosen.options.values() for user in mentions.people_in(text))

    async def _present(self, use: Use, chosen: Used, spec: CommandSpec | None) -> Used:
        """Return what was used without those who may not be added to anything: bots, and who is in no server here."""
        wanted = (
            {chosen.options.get(p.name) for p in spec.parameters if p.kind == "account"} if spec is not None else ()
        )
        absent = set(chosen.bots)
        guilds = [use.guild] if use.guild else await self._reading.rights.kept(use.user.identity.account)
        for user in (each.identity.account for each in chosen.people if each.identity.account in wanted):
            there = [guild for guild in guilds if await self._reading.guilds.has(guild, user)]
            for guild in there:
                await self._reading.rights.met(user, guild)
            if not there:
                absent.add(user)
        return replace(chosen, people=tuple(each for each in chosen.people if each.identity.account not in absent))

    async def _readable(self, use: Use, chosen: Used) -> Used:
        """Return what was used with names in place of ids."""
        return replace(chosen, options=self._with_names(use, chosen.options))

    def _with_names(self, use: Use, texts: Mapping[str, str]) -> dict[str, str]:
        """Return texts by the names of their options or inputs, with the names that are known in place of ids."""
        guilds = self._reading.guilds
        return {
            name: mentions.readable(
                text,
                self._reading.names.get,
                lambda id: guilds.channel_name(use.guild, id),
                lambda id: guilds.role_name(use.guild, id),
            )
            for name, text in texts.items()
        }

    def _commanded(self, use: Use, chosen: Used, spec: CommandSpec | None) -> Commanded:
        """Return the event; a command on one's own message in its menu comes from that message."""
        picked = None
        if chosen.target:
            author = self._reading.account(chosen.target["author"])
            picked = Picked(MessageRef(use.place, str(chosen.target["id"])), author)
        own = picked is not None and picked.author.identity == use.user.identity
        id, message = f"i:{use.id}", use.id
        if own:
            message = str(chosen.target["id"])
        if own and use.guild:
            id = f"{in_server(message, use.channel, use.guild, use.user.identity.account)}:{use.id}"
            self._reading.take(message, use.channel, use.guild, use.user.identity.account)
        return Commanded(
            **self._common(use, id),
            message_id=message,
            text=line(chosen, spec),
            attachments=chosen.attachments,
            addressed=True,
            people=chosen.people,
            place_name=use.place_name,
            options=chosen.options,
            places=chosen.places,
            picked=picked,
        )

    async def _met(self, use: Use) -> None:
        if not use.guild:
            await self._reading.directs.met(use.user.identity.account, use.channel)


def _done_with(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the acknowledgement of a form that a message's choice opened; one for their eyes alone has had its use."""
    seen_alone = int(message.get("flags", 0)) & EPHEMERAL
    return {"type": UPDATE, "data": {"components": []}} if seen_alone else {"type": DEFER_UPDATE}


def _restriction(place: Place, data: Mapping[str, Any]) -> Restriction | None:
    """Return what the bot may not do where it was used, as the interaction tells; threads have their channel's."""
    return wanting.restriction(replace(place, thread=None), Right(int(data["app_permissions"])))


_OLD: Final = _(
    "That is from an earlier version of mine, so nothing was changed. {help} shows what I can do.",
    help=CommandText("help"),
)
_MINE: Final = _("That is a message of mine, so nothing has changed. Choose one that somebody else or you wrote.")
_WORDLESS: Final = _(
    "There are no words in that message, and no picture or file, so I have added nothing. Stickers, polls, previews and"
    " forwarded messages come to me empty."
)
