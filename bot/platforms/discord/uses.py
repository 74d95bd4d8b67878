"""What an interaction says: who used what, where, with which values, and what of that the bot must look up.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.model.command import CommandSpec
from bot.model.event import Commanded, Picked, Restriction
from bot.model.identity import Account, MessageRef, NamedPlace, Place
from bot.model.message import Sentence, catalogue
from bot.platforms.discord import mentions, wanting
from bot.platforms.discord.answers import EPHEMERAL
from bot.platforms.discord.commands import LOCALES
from bot.platforms.discord.ears import Service
from bot.platforms.discord.events import SAID, Reading, attachments, in_server
from bot.platforms.discord.naming import NAME, Answer
from bot.platforms.discord.typed import Used, line, used
from bot.platforms.discord.wanting import Right

_, n_ = catalogue("bot")

FROM_MENU: Final = 3
"""The type of a command that was picked from a message's menu."""
WORDED: Final = SAID | {20, 23}
"""The types of messages whose text somebody wrote, or an application in answer to them."""
DEFER: Final = 5
"""The type of the response that an answer is being made."""


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


class Uses:
    """Reads interactions."""

    def __init__(self, service: Service, reading: Reading) -> None:
        """Work with the platform's parts."""
        self._service = service
        self._reading = reading

    async def of(self, data: Mapping[str, Any]) -> Use:
        """Return what an interaction is."""
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

    def common(self, use: Use, id: str) -> dict[str, Any]:
        """Return what every event has that comes of a use; `id` is the event's."""
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

    async def rights(self, use: Use, spec: CommandSpec | None, within: float | None = None) -> dict[str, Any]:
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

    async def chosen(self, use: Use, data: Mapping[str, Any]) -> tuple[Used, CommandSpec | None]:
        """Return what was used, with the people and channels among its options, and its spec."""
        command = data["data"]
        registry = self._service.registry
        commands = registry.commands if registry is not None else {}
        if command.get("type") == FROM_MENU:
            return self._picked(command, commands)
        found, resolved = used(command), command.get("resolved") or {}
        members = resolved.get("members") or {}
        users = [
            (self._reading.account(user, members.get(id)), bool(user.get("bot")))
            for id, user in (resolved.get("users") or {}).items()
        ]
        people = tuple(account for account, bot in users if not bot)
        bots = tuple(account for account, bot in users if bot)
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

    def useless(self, chosen: Used) -> Sentence | None:
        """Return why nothing can be done with the message in whose menu a command was picked."""
        if str(chosen.target["author"]["id"]) == self._service.me.user_id:
            return _MINE
        words = chosen.target.get("type", 0) in WORDED and any(text.strip() for text in chosen.options.values())
        return None if words or chosen.attachments else _WORDLESS

    async def _named_place(self, use: Use, shown: Mapping[str, Any]) -> NamedPlace:
        where = await self._reading.guilds.where(use.guild, str(shown["id"]), shown)
        name = str(shown.get("name") or "")
        return NamedPlace(where.place, name) if where is not None else NamedPlace(Place(NAME, str(shown["id"])), name)

    async def resolved(self, use: Use, chosen: Used, spec: CommandSpec | None) -> Commanded:
        """Return the event with all that Discord must be asked for. Raises TryLater."""
        await self._reading.names.learn(user for text in chosen.options.values() for user in mentions.people_in(text))
        chosen = await self._present(use, chosen, spec)
        event = self.commanded(use, replace(chosen, options=self.with_names(use, chosen.options)), spec)
        restrictions = event.restrictions + await self._restrictions(use, chosen)
        return replace(event, restrictions=restrictions, answer=use.answer().place, **await self.rights(use, spec))

    async def _restrictions(self, use: Use, chosen: Used) -> tuple[Restriction, ...]:
        """Return what the bot may not do in the channels that were picked; of its own one an interaction tells."""
        rest, me = self._service.rest, self._service.me.user_id
        places = {each.place for each in chosen.places} - {use.place}
        found = [await wanting.restricted(rest, me, place) for place in places]
        return tuple(each for each in found if each is not None)

    async def _present(self, use: Use, chosen: Used, spec: CommandSpec | None) -> Used:
        """Return what was used, with those apart who are in no server here, and may be added to nothing."""
        wanted = (
            {chosen.options.get(p.name) for p in spec.parameters if p.kind == "account"} if spec is not None else ()
        )
        absent = set()
        guilds = [use.guild] if use.guild else await self._reading.rights.kept(use.user.identity.account)
        for user in (each.identity.account for each in chosen.people if each.identity.account in wanted):
            there = [guild for guild in guilds if await self._reading.guilds.has(guild, user)]
            for guild in there:
                await self._reading.rights.met(user, guild)
            if not there:
                absent.add(user)
        here = tuple(each for each in chosen.people if each.identity.account not in absent)
        return replace(chosen, people=here, absent=tuple(each for each in chosen.people if each not in here))

    def with_names(self, use: Use, texts: Mapping[str, str]) -> dict[str, str]:
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

    def commanded(self, use: Use, chosen: Used, spec: CommandSpec | None) -> Commanded:
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
            **self.common(use, id),
            message_id=message,
            text=line(chosen, spec),
            attachments=chosen.attachments,
            addressed=True,
            people=chosen.people,
            place_name=use.place_name,
            options=chosen.options,
            bots=chosen.bots,
            absent=chosen.absent,
            places=chosen.places,
            picked=picked,
        )

    async def met(self, use: Use) -> None:
        """Note the direct conversation that something was used in."""
        if not use.guild:
            await self._reading.directs.met(use.user.identity.account, use.channel)


def _restriction(place: Place, data: Mapping[str, Any]) -> Restriction | None:
    """Return what the bot may not do where it was used, as the interaction tells; threads have their channel's."""
    return wanting.restriction(place.channel, Right(int(data["app_permissions"])))


_MINE: Final = _("That is a message of mine, so nothing has changed. Choose one that somebody else or you wrote.")
_WORDLESS: Final = _(
    "There are no words in that message, and no picture or file, so I have added nothing. Stickers, polls, previews and"
    " forwarded messages come to me empty."
)
