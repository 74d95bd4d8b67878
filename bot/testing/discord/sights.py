"""What members are shown of the bot, put into the chronicle: nothing is there that no member sees on the server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.engine.choices import bare
from bot.engine.ports import Op
from bot.platforms.console.server import ServiceRefuses
from bot.platforms.discord import naming
from bot.platforms.discord.outbound import LONGEST_TITLE
from bot.testing.chronicle import Observations
from bot.testing.discord import reading
from bot.testing.discord.control import Control
from bot.testing.discord.town import Town
from bot.testing.service import Stuck
from bot.testing.watched import Accepted

_CHANNEL = re.compile(r"/channels/([0-9]+)")
_ANSWERS = ("/webhooks/", "/interactions/")

Shown = Mapping[str, Any]
"""A message as a member sees it, in the control API's words."""


class Sights:
    """Lets everybody look where the bot did something, as soon as the server took it, and where it did more than that.

    Where members see other words than the neutral text has, or anything that was sent for nothing, `differences` gets
    a line.
    """

    def __init__(self, control: Control, town: Town, bot: str, chronicle: Observations) -> None:
        """Look at what the account `bot` does."""
        self.differences: list[str] = []
        self._control = control
        self._town = town
        self._bot = bot
        self._chronicle = chronicle
        self._looked: dict[str, list[Shown | None]] = {}
        """What readers saw of a message when something was done to it, by what was done; None for no such message."""
        self._known: dict[str, Any] = {}
        """How each of the bot's messages looked when it was looked at last."""
        self._requests = 0

    # --- looking --------------------------------------------------------------------------------------------

    async def look(self, one: Accepted) -> None:
        """Let all who read there look at what the bot just did."""
        address, thread = await self._where(one)
        self._looked[one.key] = [
            await self._seen(name, address, thread, one.message) for name in self._town.readers(address)
        ]
        first = self._looked[one.key][0]
        if first is not None:
            self._known[one.message] = _look_of(first)

    async def _where(self, one: Accepted) -> tuple[str, str | None]:
        """Return the address and the thread (the message that it is under)."""
        return await self._town.address(one.place.address), naming.replied_to(one.place) or one.place.thread

    async def _seen(self, name: str, address: str, thread: str | None, message: str) -> Shown | None:
        found = await self._town.sees(name, address, thread, since=message)
        return next((each for each in found if each["id"] == message), None)

    # --- noting ---------------------------------------------------------------------------------------------

    async def note(self, one: Accepted) -> None:
        """Put into the chronicle what members saw, with what it was sent for. Raises Stuck for what they did not."""
        looked = self._looked.pop(one.key)
        address, thread = await self._where(one)
        if not looked or not all(_shows(each, one, self._bot) for each in looked):
            raise Stuck(f"members are not shown {one.key} in {address}")
        key, where = {"key": one.key}, {"address": address, "thread": thread, "message": one.message}
        if one.op is None:
            self._chronicle.note("threaded", {**key, **where, "title": one.title})
            self._compare_title(one, address, looked)
            return
        noted = {**key, "note": one.note, **where}
        match one.op:
            case Op.SEND:
                self._chronicle.note("sent", {**noted, "content": one.content})
            case Op.EDIT if self._chronicle.messages[one.message].content != one.content:
                self._chronicle.note("changed", {**noted, "content": one.content})
            case Op.DELETE if not self._chronicle.messages[one.message].deleted:
                self._chronicle.note("removed", noted)
            case Op.REACT:
                self._chronicle.note("marked", {**noted, "emoji": one.emoji})
        if one.op in (Op.SEND, Op.EDIT):
            self._compare(one, address, looked)

    def _compare(self, one: Accepted, address: str, looked: Sequence[Shown | None]) -> None:
        parts = one.note["parts"]
        what = f"{address}, {parts[0]['key'] if parts else one.key}"
        for seen in {each["id"]: each for each in looked if each is not None}.values():
            text = reading.shown(seen["text"], self._town.names, one.instants)
            if not reading.same(text, one):
                self.differences.append(f"{what}: members see {text!r}, and not {one.text!r}")
            if missing := {bare(each) for each in one.choices} - set(reading.buttons(seen["components"])):
                self.differences.append(f"{what}: members see no button for {', '.join(sorted(missing))}")

    def _compare_title(self, one: Accepted, address: str, looked: Sequence[Shown | None]) -> None:
        title = " ".join(one.title.split())[:LONGEST_TITLE]
        for seen in looked[:1]:
            if seen is not None and seen["thread_name"] != title:
                self.differences.append(f"{address}: members see a thread {seen['thread_name']!r}, and not {title!r}")

    # --- what nobody looked for -----------------------------------------------------------------------------

    async def note_unexplained(self) -> None:
        """Put into the chronicle what the bot said that nobody knows it to have sent: members see it all the same."""
        for channel in await self._touched():
            try:
                address, thread = await self._place(channel)
                seen = await self._town.sees(self._town.readers(address)[0], address, thread)
            except (KeyError, ServiceRefuses):  # nobody of the town sees it
                continue
            for each in seen:
                says = each["author_id"] == self._bot and each["kind"] in reading.SAID and not each["loading"]
                if says and self._known.get(each["id"]) != _look_of(each):
                    self._unexplained(each, address, thread)

    async def _touched(self) -> Sequence[str]:
        """Return where the bot changed something since the last call."""
        requests = await self._control.call("requests", since=self._requests)
        self._requests += len(requests)
        paths = [str(each["path"]) for each in requests if each["method"] != "GET"]
        found = [match[1] for path in paths if (match := _CHANNEL.search(path))]
        if any(part in path for path in paths for part in _ANSWERS):
            found += [*self._town.channels.values(), *self._town.directs]
        return list(dict.fromkeys(found))

    async def _place(self, channel: str) -> tuple[str, str | None]:
        """Return a place's address and thread. A thread has the id of the message that it is under."""
        root = self._chronicle.messages.get(channel)
        return (root.address, channel) if root is not None else (await self._town.address(channel), None)

    def _unexplained(self, seen: Shown, address: str, thread: str | None) -> None:
        message = str(seen["id"])
        self._known[message] = _look_of(seen)
        text = reading.shown(seen["text"], self._town.names, {})
        where = {"address": address, "thread": thread, "message": message}
        note, kind = {"parts": [], "unasked": True}, "changed" if message in self._chronicle.messages else "sent"
        self._chronicle.note(kind, {"key": message, "note": note, **where, "content": {"text": text}})
        self.differences.append(f"{address}, {message}: members see {text!r}, sent for nothing known")


def _look_of(seen: Shown) -> Any:
    return seen["content"], seen["components"], seen["embeds"]


def _shows(seen: Shown | None, one: Accepted, bot: str) -> bool:
    """Say whether a reader who looked was shown what was done."""
    if seen is None or one.op is Op.DELETE:
        return seen is None and one.op is Op.DELETE
    if one.op is None:
        return seen["thread_id"] is not None
    if one.op is Op.REACT:
        given = {bare(emoji): users for emoji, users in seen["reactions"].items()}
        return bot in given.get(bare(one.emoji), ())
    return bool(seen["author_id"] == bot and not seen["loading"])
