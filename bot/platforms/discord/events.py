"""What people do on Discord, read from the gateway's events and from messages that are read again."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.engine.errors import OutcomeUnknown, TryLater
from bot.engine.parsing import find_command
from bot.model.command import CommandSpec
from bot.model.event import MessageDeleted, MessageEdited, MessageReceived, Reacted
from bot.model.identity import Account, Identity, Place
from bot.platforms.discord import mentions, naming
from bot.platforms.discord.directs import Directs
from bot.platforms.discord.ears import Service
from bot.platforms.discord.guilds import Guilds
from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.media import File
from bot.platforms.discord.naming import NAME, is_id
from bot.platforms.discord.rest import Rejected
from bot.platforms.discord.rights import Rights

log = logging.getLogger(__name__)

SAID: Final = frozenset({0, 19})
"""The types of messages that people write: plain ones, and replies. The others report that something happened."""
IN_DIRECT, IN_GUILD = "m:", "g:"
"""What the ids of messages that were taken begin with: in direct conversations, and in servers."""
KEPT: Final = timedelta(days=90)
"""For so long it is known whose a message in a server was, so that its deletion can be told of."""
_NAMES: Final = 20_000
_REACTIONS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A message in a server that was taken: where it stands, and whose it is."""

    channel: str
    guild: str
    author: str


class Names:
    """What people are called apart from any server, as far as it is known."""

    def __init__(self, service: Service) -> None:
        """Know nobody yet."""
        self._service = service
        self._names: OrderedDict[str, str] = OrderedDict()

    def note(self, user: Mapping[str, Any]) -> None:
        """Keep what somebody is called."""
        self._names[str(user["id"])] = mentions.shown(user)
        if len(self._names) > _NAMES:
            self._names.popitem(last=False)

    def get(self, user: str) -> str | None:
        """Return what somebody is called, or None."""
        return self._names.get(user)

    async def learn(self, users: Iterable[str]) -> None:
        """Ask Discord for the names of those who are not known; what can't be learned now stays unknown."""
        await asyncio.gather(*(self._ask(user) for user in users if user not in self._names))

    async def _ask(self, user: str) -> None:
        try:
            self.note(await self._service.rest.call("GET", "/users/{user_id}", haste=Haste.ASKED, user_id=user))
        except (Rejected, TryLater, OutcomeUnknown) as problem:
            log.info("who %s is can't be told: %s", user, problem)


class Reading:
    """Says what events mean. What is not for the bot is None."""

    def __init__(self, service: Service, guilds: Guilds, rights: Rights, directs: Directs) -> None:
        """Read with what is known of servers, rights and direct conversations."""
        self._service = service
        self.guilds = guilds
        self.rights = rights
        self.directs = directs
        self.names = Names(service)
        self.taken: dict[str, Taken] = {}
        """The messages in servers that were taken, by id."""
        self._reacted: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def load(self) -> None:
        """Take up which messages in servers were taken."""
        immediate = self._service.immediate
        since = self._service.clock.now() - KEPT
        for id in await immediate.heard(NAME, IN_GUILD, since) if immediate is not None else ():
            _g, message, channel, guild, author, *_more = id.split(":")
            self.taken[message] = Taken(channel, guild, author)

    def command(self, line: str) -> CommandSpec | None:
        """Return the command that a line is a use of, if it is one."""
        registry = self._service.registry
        commands = registry.tongues.commands if registry is not None else {}
        typed = find_command(line.strip().removeprefix("/"), commands)
        return typed.spec if typed is not None else None

    def take(self, message: str, channel: str, guild: str, author: str) -> None:
        """Note that a message in a server is taken: what becomes of it is followed."""
        self.taken[message] = Taken(channel, guild, author)

    # --- who, where and when ------------------------------------------------------------------------------------

    def at(self, id: str) -> datetime:
        """Return when something was made, by its id; not later than now."""
        return min(naming.time_of(id), self._service.clock.now())

    def account(self, user: Mapping[str, Any], member: Mapping[str, Any] | None = None) -> Account:
        """Return somebody as they are shown in an event."""
        self.names.note(user)
        return Account(Identity(NAME, str(user["id"])), mentions.shown(user, member))

    def _known(self, user: str) -> Account:
        return Account(Identity(NAME, user), self.names.get(user) or user)

    async def in_direct(self, user: str, *, admin: bool = False) -> dict[str, Any]:
        """Return the rights of a person in their direct conversation; `admin` looks them up."""
        administers = await (self.rights.looked_up(user) if admin else self.rights.kept(user))
        return {"direct": True, "admin": bool(administers), "admin_of": administers}

    async def in_guild(self, guild: str, user: str, member: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the rights of a person in a server, by what the event shows of their membership."""
        if member is None:
            admin = guild in await self.rights.kept(user)
        else:
            admin = await self.rights.by_member(user, guild, member)
        return {"scope": guild, "scope_name": self.guilds.name(guild), "admin": admin}

    async def place(self, guild: str, channel: str) -> tuple[Place, str] | None:
        """Return a place and what people call it; None for one that is not there or not served."""
        if not guild:
            return Place(NAME, channel), ""
        if not self.guilds.serves(guild):
            return None
        where = await self.guilds.where(guild, channel)
        return (where.place, where.name) if where is not None else None

    # --- messages -----------------------------------------------------------------------------------------------

    async def message(self, data: Mapping[str, Any]) -> MessageReceived | None:
        """Return what somebody said: in a direct conversation, or in a server with a mention of the bot."""
        guild, channel, id = str(data.get("guild_id") or ""), str(data["channel_id"]), str(data["id"])
        user = str(data["author"]["id"])
        if not self._said(data) or (guild and not self._wanted(data)):
            return None
        found = await self.place(guild, channel)
        if found is None or not (not guild or found[0].thread or self._mentioned(data)):
            return None
        place, name = found
        author = self.account(data["author"], data.get("member"))
        bot = bool(data["author"].get("bot"))
        words = mentions.addressed(str(data["content"]), self._service.me.user_id)
        people = await self._people(data, words.text)
        text = self.readable(words.text, people, guild)
        spec = self.command(words.text) if not guild else None
        if guild:
            rights = await self.in_guild(guild, user, data.get("member"))
        else:
            rights = await self.in_direct(user, admin=spec is not None and spec.admin)
        if guild and not bot:
            self.take(id, channel, guild, user)
        return MessageReceived(
            id=_id(id, channel, guild, user),
            place=place,
            author=author,
            at=self.at(id),
            bot=bot,
            **rights,
            message_id=id,
            text=text,
            attachments=attachments(data),
            addressed=words.addressed,
            people=tuple(each for each in people if each.identity.account != self._service.me.user_id),
            place_name=name,
        )

    def _said(self, data: Mapping[str, Any]) -> bool:
        if str(data["author"]["id"]) == self._service.me.user_id or data.get("webhook_id"):
            return False
        return data.get("type", 0) in SAID and bool(data.get("content") or data.get("attachments"))

    def _wanted(self, data: Mapping[str, Any]) -> bool:
        """Say whether a message in a server may be for the bot: it mentions it, or has pictures that it may see."""
        return self._mentioned(data) or (self._service.settings.message_content and bool(data.get("attachments")))

    def _mentioned(self, data: Mapping[str, Any]) -> bool:
        return self._service.me.user_id in mentions.people_in(str(data.get("content") or ""))

    async def _people(self, data: Mapping[str, Any], text: str) -> list[Account]:
        """Return the people who are mentioned in a text, by the names that are shown for them there."""
        shown = {str(user["id"]): self.account(user, user.get("member")) for user in data.get("mentions", ())}
        named = mentions.people_in(text)
        await self.names.learn([user for user in named if user not in shown])
        return [shown.get(user) or self._known(user) for user in named if user in shown or self.names.get(user)]

    def readable(self, text: str, people: Sequence[Account], guild: str) -> str:
        """Return a text with names in place of ids."""
        names = {each.identity.account: each.name for each in people}
        spec = self.command(text)
        takes = spec is not None and any(p.kind in ("member", "account") for p in spec.parameters)
        return mentions.readable(
            text,
            names.get,
            lambda id: self.guilds.channel_name(guild, id),
            lambda id: self.guilds.role_name(guild, id),
            command=takes,
        )

    async def edited(self, data: Mapping[str, Any]) -> MessageEdited | None:
        """Return the change of a message; None where nothing that people wrote was changed, or it can't be seen."""
        changed, author = data.get("edited_timestamp"), data.get("author")
        if not changed or author is None or not self._said(data):
            return None
        guild, channel, id = str(data.get("guild_id") or ""), str(data["channel_id"]), str(data["id"])
        if guild and not (self._mentioned(data) or id in self.taken):
            return None
        found = await self.place(guild, channel)
        if found is None:
            return None
        user = str(author["id"])
        words = mentions.addressed(str(data["content"]), self._service.me.user_id)
        people = await self._people(data, words.text)
        rights = await (self.in_guild(guild, user, data.get("member")) if guild else self.in_direct(user))
        return MessageEdited(
            id=f"e:{id}:{changed}",
            place=found[0],
            author=self.account(author, data.get("member")),
            at=min(datetime.fromisoformat(changed), self._service.clock.now()),
            bot=bool(author.get("bot")),
            **rights,
            message_id=id,
            text=self.readable(words.text, people, guild),
        )

    async def deleted(self, channel: str, message: str, guild: str = "") -> MessageDeleted | None:
        """Return that a message is gone; None for one that nothing hangs on."""
        taken = self.taken.get(message) if guild else None
        user = taken.author if taken is not None else self.directs.user(channel)
        if user is None or (guild and taken is None):
            return None
        found = await self.place(guild, channel)
        place = found[0] if found is not None else Place(NAME, channel)
        rights = await (self.in_guild(guild, user, None) if guild else self.in_direct(user))
        return MessageDeleted(
            id=f"d:{message}",
            place=place,
            author=self._known(user),
            at=self._service.clock.now(),
            **rights,
            message_id=message,
        )

    # --- reactions ----------------------------------------------------------------------------------------------

    async def reaction(self, data: Mapping[str, Any], *, removed: bool) -> Reacted | None:
        """Return an emoji that was put on one of the bot's messages, or taken away."""
        guild, channel, user = str(data.get("guild_id") or ""), str(data["channel_id"]), str(data["user_id"])
        message, emoji, me = str(data["message_id"]), _emoji(data.get("emoji") or {}), self._service.me.user_id
        ours = data.get("message_author_id") == me or (removed and (message, user) in self._reacted)
        if user == me or not emoji or not ours:
            return None
        found = await self.place(guild, channel)
        if found is None:
            return None
        self._note_reaction(message, user)
        member = data.get("member") or {}
        author = self.account(member["user"], member) if member.get("user") else self._known(user)
        if author.name == user:
            await self.names.learn([user])
            author = self._known(user)
        now = self._service.clock.now()
        rights = await (self.in_guild(guild, user, data.get("member")) if guild else self.in_direct(user))
        return Reacted(
            id=f"r:{message}:{user}:{emoji}:{now.isoformat()}",
            place=found[0],
            author=author,
            at=now,
            bot=bool((member.get("user") or {}).get("bot")),
            **rights,
            message_id=message,
            emoji=emoji,
            removed=removed,
            place_name=found[1],
        )

    def _note_reaction(self, message: str, user: str) -> None:
        self._reacted[message, user] = None
        if len(self._reacted) > _REACTIONS:
            self._reacted.popitem(last=False)


def attachments(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a message's files, by where they stand: their links expire."""
    return tuple(
        File(str(message["channel_id"]), str(message["id"]), str(each["id"]), str(each["filename"])).reference
        for each in message.get("attachments", ())
    )


def in_server(message: str, channel: str, guild: str, author: str) -> str:
    """Return the id of the event that a message in a server was taken with."""
    return f"{IN_GUILD}{message}:{channel}:{guild}:{author}"


def _id(message: str, channel: str, guild: str, author: str) -> str:
    return in_server(message, channel, guild, author) if guild else f"{IN_DIRECT}{message}:{channel}"


def _emoji(emoji: Mapping[str, Any]) -> str:
    name = str(emoji.get("name") or "")
    return f":{name}:" if is_id(emoji.get("id")) else name
