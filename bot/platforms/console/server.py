"""The chat service behind the console: accounts, conversations, channels, threads and messages.

It does what a real service does and no more: it keeps what was said, refuses what may not be done, and
forgets after a while under which key it was asked. It has one scope (a tenant, like a guild) with everybody in it,
unless channels of others are made; who leaves a scope says nothing in its channels any more. All that happens is a
record of its log:

| kind | data |
|---|---|
| account | name, admin, bot |
| closed, opened | name: this person's direct conversation |
| channel | name, scope (left out for the main one) |
| left, came | by, scope: somebody is in none of its channels any more, or is again |
| said, edited, deleted, reacted, pressed | people's part: by, address, thread, message, and more |
| sent, changed, removed, marked, threaded | the bot's part: key, address, thread, message, content, note |
| time | the simulated world's clock moved on |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.engine.ports import Clock, Probe, no_probe
from bot.model.errors import HeliotropeError
from bot.platforms.console.log import Log, Record
from bot.platforms.console.state import BOT, Person, Standing, State, apply

__all__ = ["BOT", "PEOPLES", "ConsoleServer", "ServiceRefuses", "TakesNothing", "channel", "direct"]

PEOPLES = frozenset({"said", "edited", "deleted", "reacted", "pressed"})
"""Kinds of records that tell what people did."""


class ServiceRefuses(HeliotropeError):
    """The chat service does not do this: nobody of that name, a closed conversation, another's message."""


class TakesNothing(ServiceRefuses):
    """The person closed their direct conversation to the bot."""


class ConsoleServer:
    """The chat service: what people call and what the bot calls. Both raise ServiceRefuses.

    Within `window` a repeated key returns what the first call did and has no second effect; later the service
    has forgotten the key, as real ones do, and only `find` knows it. `probe` is told "effect.before" and
    "effect.after" around each record of the bot's doing.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        path: Path | None = None,
        window: timedelta = timedelta(minutes=10),
        probe: Probe = no_probe,
    ) -> None:
        self.clock = clock
        self.window = window
        self.log = Log(path)
        self._probe = probe
        self._state = State()
        self._names = (0, re.compile("(?!)"))
        for record in self.log.after(0):
            apply(self._state, record)
        self.add_account(BOT, bot=True)

    # --- what people see and do -----------------------------------------------------------------------------

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody with an account, by name."""
        return self._state.people

    @property
    def channels(self) -> frozenset[str]:
        """The channels' names."""
        return frozenset(self._state.channels)

    @property
    def messages(self) -> Mapping[str, Standing]:
        """Every message as it stands now, by id."""
        return self._state.messages

    def said_by(self, name: str) -> list[str]:
        """The ids of what a person said, oldest first."""
        return self._state.said.get(name, [])

    def done(self, act: str) -> str | None:
        """The id of the message that a person's act was about, if it was done already; "" if it had none."""
        return self._state.acts.get(act)

    def last_from_bot(self, address: str) -> str | None:
        """The id of the newest message of the bot in a conversation or channel."""
        return self._state.last_from_bot.get(address)

    def thread_titled(self, title: str) -> tuple[str, str] | None:
        """The address and id of the newest thread with a title."""
        for message in reversed(self._state.messages.values()):
            if message.title == title:
                return message.address, message.id
        return None

    def named_in(self, text: str) -> tuple[str, ...]:
        """Who is named in a text: by "@Name" in any case, or by the name as a word, written as it is."""
        found: dict[str, None] = {}
        for match in self._named().finditer(text):
            found[self._by_any_case(match[0].removeprefix("@"))] = None
        return tuple(found)

    def notified(self, message_id: str) -> tuple[str, ...]:
        """Who is notified by a message: those that it names by "@Name"."""
        found: dict[str, None] = {}
        for match in self._named().finditer(self._message(message_id).text):
            if match[0].startswith("@"):
                found[self._by_any_case(match[0][1:])] = None
        return tuple(found)

    def add_account(self, name: str, *, admin: bool = False, bot: bool = False) -> None:
        """Make an account, or change its rights."""
        known = self._state.people.get(name)
        if known is None or (known.admin, known.bot) != (admin, bot):
            self._note("account", {"name": name, "admin": admin, "bot": bot})

    def add_channel(self, name: str, scope: str = "") -> None:
        """Make a channel, if there is none of that name; in a scope of its own, or in the main one."""
        if name not in self._state.channels:
            self._note("channel", {"name": name, "scope": scope} if scope else {"name": name})

    def scope_of(self, address: str) -> str:
        """Return the scope that a channel is in; "" for the main one, and for direct conversations."""
        return self._state.channels.get(address.removeprefix("#"), "")

    def scopes_of(self, name: str) -> frozenset[str]:
        """Return the scopes that a person is in."""
        return frozenset({"", *self._state.channels.values()} - self._person(name).left)

    def leave(self, name: str, scope: str = "") -> None:
        """Let a person leave a scope, if they are in it."""
        if scope in self.scopes_of(name):
            self._note("left", {"by": name, "scope": scope, "elsewhere": sorted(self.scopes_of(name) - {scope})})

    def come_back(self, name: str, scope: str = "") -> None:
        """Let a person who left a scope be in it again."""
        if scope in self._person(name).left:
            self._note("came", {"by": name, "scope": scope})

    def set_closed(self, name: str, closed: bool = True) -> None:
        """Close a person's direct conversation to the bot, or open it again."""
        if self._person(name).closed is not closed:
            self._note("closed" if closed else "opened", {"name": name})

    def say(
        self,
        by: str,
        text: str,
        *,
        address: str | None = None,
        thread: str | None = None,
        attachments: tuple[str, ...] = (),
        act: str | None = None,
    ) -> str:
        """Say something, by default in the direct conversation with the bot; return the message's id.

        `act` is the client's own name for it: the same act twice is one message.
        """
        self._person(by)
        address = address or direct(by)
        self._reachable(address, thread)
        if address != direct(by) and self.scope_of(address) not in self.scopes_of(by):
            raise ServiceRefuses(f"{by} is not in {address} any more")
        if act is not None and (done := self.done(act)) is not None:
            return done
        data: dict[str, Any] = {"by": by, "address": address, "thread": thread, "text": text}
        if attachments:
            data["attachments"] = attachments
        return str(self._act("said", data, act).data["message"])

    def edit(self, by: str, message_id: str, text: str, *, act: str | None = None) -> None:
        """Change one's own message."""
        self._act_on("edited", by, self._own(by, message_id), act, text=text)

    def delete(self, by: str, message_id: str, *, act: str | None = None) -> None:
        """Take one's own message back."""
        self._act_on("deleted", by, self._own(by, message_id), act)

    def react(self, by: str, message_id: str, emoji: str, *, removed: bool = False, act: str | None = None) -> None:
        """Put an emoji on a message, or take it away."""
        self._act_on("reacted", by, self._message(message_id), act, emoji=emoji, removed=removed)

    def press(self, by: str, message_id: str, command: str, *, act: str | None = None) -> None:
        """Choose one of a message's choices."""
        self._act_on("pressed", by, self._message(message_id), act, command=command)

    # --- what the bot does ----------------------------------------------------------------------------------

    def post(
        self,
        key: str,
        address: str,
        thread: str | None,
        content: Mapping[str, Any],
        note: Mapping[str, Any],
    ) -> str:
        """Say something as the bot; return the message's id. `note` is kept with the record and not shown."""
        if (first := self._remembered(key)) is not None:
            return first
        self._reachable(address, thread)
        if (person := self._state.people.get(_owner(address))) and person.closed:
            raise TakesNothing(f"{person.name} takes no direct messages")
        data = {"key": key, "address": address, "thread": thread, "content": content, "note": note}
        return str(self._effect("sent", data).data["message"])

    def change(self, key: str, message_id: str, content: Mapping[str, Any], note: Mapping[str, Any]) -> None:
        """Show something else in the bot's message."""
        message = self._own(BOT, message_id)
        if self._remembered(key) is None and message.content != content:
            where = {"address": message.address, "thread": message.thread, "message": message_id}
            self._effect("changed", {"key": key, **where, "content": content, "note": note})

    def remove(self, key: str, message_id: str, note: Mapping[str, Any]) -> None:
        """Take the bot's message back; no harm if that is done already."""
        message = self._state.messages.get(message_id)
        if message and not message.deleted:
            where = {"address": message.address, "thread": message.thread, "message": message_id}
            self._effect("removed", {"key": key, **where, "note": note})

    def mark(self, key: str, message_id: str, emoji: str, note: Mapping[str, Any]) -> None:
        """Put the bot's emoji on a message; once, however often it is asked for."""
        message = self._message(message_id)
        if f"mark {message_id} {emoji}" not in self._state.acts:
            where = {"address": message.address, "thread": message.thread, "message": message_id}
            self._effect("marked", {"key": key, **where, "emoji": emoji, "note": note})

    def open_thread(self, key: str, message_id: str, title: str) -> str:
        """Return the thread under a message, opened with a title if there is none."""
        message = self._message(message_id)
        if message.title is None:
            where = {"address": message.address, "thread": message.thread, "message": message_id}
            self._effect("threaded", {"key": key, **where, "title": title})
        return message_id

    def find(self, key: str) -> str | None:
        """Look through the whole history for the message that was sent under a key."""
        known = self._state.keys.get(key)
        return known[0] if known else None

    def note_time(self, at: datetime) -> None:
        """Note that the simulated clock moved, so that a world that was killed goes on from there."""
        self.log.append(at, "time", {}, durable=False)

    def close(self) -> None:
        """Let go of the log's file."""
        self.log.close()

    # --- inside ---------------------------------------------------------------------------------------------

    def _named(self) -> re.Pattern[str]:
        known, pattern = self._names
        if known != len(self.people):
            names = "|".join(re.escape(name) for name in sorted(self.people, key=len, reverse=True))
            pattern = re.compile(rf"(?:(?<!\w)@(?i:{names})|(?<![\w@])(?:{names}))(?!\w)")
            self._names = (len(self.people), pattern)
        return pattern

    def _by_any_case(self, name: str) -> str:
        if name in self.people:
            return name
        return next((one for one in self.people if one.lower() == name.lower()), name)

    def _person(self, name: str) -> Person:
        if name not in self._state.people:
            raise ServiceRefuses(f"nobody is called {name}")
        return self._state.people[name]

    def _message(self, message_id: str) -> Standing:
        message = self._state.messages.get(message_id)
        if message is None or message.deleted:
            raise ServiceRefuses(f"there is no message {message_id}")
        return message

    def _own(self, by: str, message_id: str) -> Standing:
        message = self._message(message_id)
        if message.by != by:
            raise ServiceRefuses(f"{message_id} is {message.by}'s message, not {by}'s")
        return message

    def _reachable(self, address: str, thread: str | None) -> None:
        owner = _owner(address)
        if owner not in self._state.people if owner else address.removeprefix("#") not in self._state.channels:
            raise ServiceRefuses(f"there is no {address}")
        if thread is not None:
            root = self._message(thread)
            if root.title is None or root.address != address:
                raise ServiceRefuses(f"there is no thread {thread} in {address}")

    def _remembered(self, key: str) -> str | None:
        message_id, at = self._state.keys.get(key, ("", None))
        return message_id if at is not None and self.clock.now() - at <= self.window else None

    def _act_on(self, kind: str, by: str, message: Standing, act: str | None, **about: Any) -> None:
        self._person(by)
        if act is None or self.done(act) is None:
            where = {"address": message.address, "thread": message.thread, "message": message.id}
            self._act(kind, {"by": by, **where, **about}, act)

    def _act(self, kind: str, data: dict[str, Any], act: str | None) -> Record:
        return self._note(kind, data if act is None else {**data, "act": act})

    def _effect(self, kind: str, data: dict[str, Any]) -> Record:
        self._probe("effect.before")
        record = self._note(kind, data)
        self._probe("effect.after")
        return record

    def _note(self, kind: str, data: dict[str, Any]) -> Record:
        if kind in ("said", "sent"):
            by = data.get("by", BOT)
            data["message"] = f"{by}.{len(self.said_by(by)) + 1}"
        record = self.log.append(self.clock.now(), kind, data)
        apply(self._state, record)
        return record


def direct(name: str) -> str:
    """The address of a person's direct conversation with the bot."""
    return f"dm:{name}"


def channel(name: str) -> str:
    """The address of a channel."""
    return f"#{name}"


def _owner(address: str) -> str:
    return address.removeprefix("dm:") if address.startswith("dm:") else ""
