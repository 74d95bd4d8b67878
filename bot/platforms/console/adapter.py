"""The console as the engine sees it: effects go into the chat service, people's doings come out as events."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.engine.errors import Closed, Refused
from bot.engine.ports import Chunk, Localizer, Reader, Rendered
from bot.model.event import Inbound, MessageDeleted, MessageEdited, MessageReceived, PersonLeft, Pressed, Reacted
from bot.model.identity import Account, Identity, Place
from bot.model.message import Message, catalogue
from bot.platforms.console.log import BrokenLog, Record
from bot.platforms.console.render import render
from bot.platforms.console.server import BOT, PEOPLES, ConsoleServer, ServiceRefuses, TakesNothing, direct

NAME = "console"
_, n_ = catalogue("bot")
_TO_BOT = re.compile(rf"\s*@{BOT}\b[\s,:]*", re.IGNORECASE)
Receive = Callable[[Inbound], Awaitable[None]]
Result = TypeVar("Result")


class ConsolePlatform:
    """The port `Platform` over a `ConsoleServer`. `read` passes on what people did since its last call.

    Two of one process have different names; the main scope has the platform's, if it is given none.
    """

    def __init__(self, server: ConsoleServer, scope: str = "", name: str = NAME) -> None:
        self.name = name
        self.safe_window: timedelta = server.window
        self._server = server
        self._scope = scope or name
        self._receive: Receive | None = None
        self._read = 0

    # --- out ------------------------------------------------------------------------------------------------

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        """Turn a message into plain text, split at 4,000 characters."""
        return render(message, reader, localizer)

    async def direct_place(self, identity: Identity) -> Place:
        """Return the direct conversation with an account. Raises Refused if there is no such account."""
        if identity.account not in self._server.people:
            raise Refused(f"nobody is called {identity.account}")
        return Place(self.name, direct(identity.account))

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        """Post under the chunk's key."""
        return _do(lambda: self._server.post(chunk.key, place.address, place.thread, content, _note(chunk)))

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        """Show a new version of a message."""
        _do(lambda: self._server.change(chunk.key, message_id, content, _note(chunk)))

    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None:
        """Take a message back."""
        _do(lambda: self._server.remove(chunk.key, message_id, _note(chunk)))

    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None:
        """Put an emoji on a message."""
        _do(lambda: self._server.mark(chunk.key, message_id, emoji, _note(chunk)))

    async def open_thread(self, place: Place, message_id: str, title: str, chunk: Chunk) -> str:
        """Return the thread under a message, opened if there is none."""
        return _do(lambda: self._server.open_thread(f"{chunk.key}:thread", message_id, title))

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        """Look through the service's log for the message that was posted under the chunk's key."""
        found = self._server.find(chunk.key)
        return [found] if found is not None else []

    # --- in -------------------------------------------------------------------------------------------------

    async def start(self, receive: Receive, position: str | None) -> None:
        """Report what people did behind the position, and from now on whenever `read` is called.

        Raises BrokenLog for a log that has not the record there that was read last: of another log's records some
        would be taken for read, and their people never answered.
        """
        self._receive = receive
        self._read = int((position or "0").split()[0])
        last = next(self._server.log.after(self._read - 1), None) if position else None
        if position and (last is None or _position(last) != position):
            raise BrokenLog(
                "the console's log is not the one that belongs to the database, which has read up to its record"
                f" {self._read}; put that one back"
            )
        await self.read()

    async def stop(self) -> None:
        """Report no more."""
        self._receive = None

    async def read(self) -> None:
        """Pass on what people did since the last call, in order; what could not be received is read again."""
        for record in self._server.log.after(self._read):
            if self._receive is None:
                return
            if record.kind in PEOPLES:
                await self._receive(self._event(record))
            elif record.kind == "left":
                await self._receive(self._left(record))
            self._read = record.n

    def _named(self, text: str) -> tuple[Account, ...]:
        return tuple(self._account(name) for name in self._server.named_in(text) if self._server.scopes_of(name))

    def _account(self, name: str) -> Account:
        return Account(Identity(self.name, name), name)

    def _left(self, record: Record) -> PersonLeft:
        person, scope = self._server.people[record.data["by"]], record.data["scope"]
        return PersonLeft(
            id=str(record.n),
            place=Place(self.name, scope or self._scope),
            author=self._account(person.name),
            at=record.at,
            scope=scope or self._scope,
            bot=person.bot,
            position=_position(record),
            elsewhere=tuple(other or self._scope for other in record.data["elsewhere"]),
        )

    def _event(self, record: Record) -> Inbound:
        data = record.data
        address, message_id = data["address"], data["message"]
        person = self._server.people[data["by"]]
        named: dict[str, Any] = {"place_name": address.removeprefix("#") if address.startswith("#") else ""}
        common: dict[str, Any] = {
            "id": str(record.n),
            "place": Place(self.name, address, data["thread"]),
            "author": self._account(person.name),
            "at": record.at,
            "scope": self._server.scope_of(address) or self._scope,
            "direct": address == direct(person.name),
            "admin": person.admin,
            "bot": person.bot,
            "position": _position(record),
            "message_id": message_id,
        }
        match record.kind:
            case "edited":
                return MessageEdited(**common, text=data["text"])
            case "deleted":
                return MessageDeleted(**common)
            case "reacted":
                return Reacted(**common, **named, emoji=data["emoji"], removed=data["removed"])
            case "pressed":
                return Pressed(**common, **named, command=data["command"])
            case _:
                addressed = _TO_BOT.match(data["text"])
                return MessageReceived(
                    **common,
                    **named,
                    text=data["text"][addressed.end() :] if addressed else data["text"],
                    addressed=addressed is not None,
                    attachments=tuple(data.get("attachments", ())),
                    people=self._named(data["text"]),
                )


def _do(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except TakesNothing as closed:
        advice = _("Their direct conversation is closed to me, until they open it again.")
        raise Closed(str(closed), advice, _("To hear from me directly, open our direct conversation.")) from closed
    except ServiceRefuses as refusal:
        raise Refused(str(refusal)) from refusal


def _position(record: Record) -> str:
    return f"{record.n} {record.at.isoformat()}"


def _note(chunk: Chunk) -> Mapping[str, Any]:
    """What the transcript tells of a chunk beside its text."""
    parts = [
        {"kind": part.kind, "key": part.key, "date": part.date.isoformat() if part.date else None}
        for part in chunk.parts
    ]
    return {"parts": parts, "unasked": chunk.unasked}
