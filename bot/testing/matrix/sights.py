"""What members are shown of the bot, put into the chronicle: nothing is there that no client was shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.engine.ports import Op
from bot.platforms.matrix.joined import Event
from bot.testing.chronicle import Observations
from bot.testing.matrix import reading
from bot.testing.matrix.client import Client
from bot.testing.matrix.rooms import Rooms
from bot.testing.watched import Accepted, words

_EDIT = "m.replace"


class Sights:
    """Looks for what the bot is known to have done in what clients were shown, and for what it did besides.

    Where a client shows other words than the neutral text has, or anything that was sent for nothing, `differences`
    gets a line.
    """

    def __init__(self, bot: str, rooms: Rooms, chronicle: Observations) -> None:
        """Look at what the account `bot` did."""
        self.differences: list[str] = []
        self._bot = bot
        self._rooms = rooms
        self._chronicle = chronicle
        self._explained: set[str] = set()
        """Ids of the bot's events that were looked for and found."""
        self._first: dict[str, str] = {}
        """The message of the chronicle, by each event that is a version of it."""
        self._now: dict[str, str] = {}

    def current(self, message: str) -> str:
        """Return the event that is shown for a message of the chronicle: the bot may have put a new one in its place.

        It does so where somebody took back what the first one quotes (see `bot.platforms.matrix.versions`).
        """
        return self._now.get(message, message)

    def seen(self, one: Accepted) -> bool:
        """Say whether everybody in the room was shown what the bot did, the choices under it included."""
        if one.op is None:  # there is nothing to be seen of a thread before the first message in it
            return True
        readers = self._rooms.readers(one.place.address)
        return bool(readers) and all(self._found(one, client) for client in readers)

    def note(self, one: Accepted) -> None:
        """Put into the chronicle what members were shown, with what it was sent for. It was `seen`."""
        if one.op is None:  # the title is the bot's own: Matrix shows none
            where = self._chronicle.where(one.message)
            self._chronicle.note("threaded", {"key": one.key, **where, "title": one.title})
            return
        found = [self._found(one, client) for client in self._rooms.readers(one.place.address)]
        self._explained |= {str(event["event_id"]) for events in found for event in events}
        event = found[0][0]
        if (record := self._record(one, event)) is not None:
            kind, data = record
            self._chronicle.note(kind, {"key": one.key, "note": one.note, **data})
        if one.op in (Op.SEND, Op.EDIT):
            self._first[str(event["event_id"])] = one.message
            if reading.relation_of(event).get("rel_type") != _EDIT:
                self._now[one.message] = str(event["event_id"])
            self._compare(one, event)

    def note_unexplained(self, clients: Iterable[Client]) -> None:
        """Put into the chronicle what the bot did that nobody looked for: members were shown it all the same."""
        for client in clients:
            while client.unread:
                event = client.unread.popleft()
                mine = event.get("sender") == self._bot and event.get("type") in reading.SAID
                if mine and str(event["event_id"]) not in self._explained and not self._tidies(event):
                    self._unexplained(event)

    # --- inside ---------------------------------------------------------------------------------------------

    def _found(self, one: Accepted, client: Client) -> list[Event]:
        """Return the events by which a client was shown what the bot did, its own first; [] while any is missing."""
        for names in self._ways(one, client.events):
            found = [client.events[name] for name in names if name in client.events]
            if len(found) == len(names):
                return found
        return []

    def _ways(self, one: Accepted, events: Mapping[str, Event]) -> Iterator[list[str]]:
        """Yield by which names the events are looked for that show it: an edit may be shown in two ways."""
        current = self.current(one.message)
        match one.op:
            case Op.SEND:
                yield [one.message, *self._choices(one, one.message)]
            case Op.EDIT:
                yield [reading.keyed(one.key), *self._choices(one, current)]
                anew = reading.keyed(f"{one.key}.anew")
                if anew in events:
                    yield [anew, reading.gone(current), *self._choices(one, str(events[anew]["event_id"]))]
            case Op.DELETE:
                yield [reading.gone(current)]
            case _:
                yield [reading.mark(self._bot, one.message, one.emoji)]

    def _choices(self, one: Accepted, message: str) -> list[str]:
        return [reading.mark(self._bot, message, emoji) for emoji in one.choices]

    def _tidies(self, event: Event) -> bool:
        """Say whether the bot redacts a version of its own message that is not shown any more."""
        message = self._first.get(reading.target_of(event))
        if event.get("type") != "m.room.redaction" or message is None:
            return False
        return self._chronicle.messages[message].deleted or reading.target_of(event) != self.current(message)

    def _record(self, one: Accepted, event: Event) -> tuple[str, Mapping[str, Any]] | None:
        """Return the kind and data of the record, None where members saw no change."""
        if one.op is Op.SEND:
            return "sent", {**self._where(event), "content": one.content}
        message = one.message
        if reading.relation_of(event).get("rel_type") == _EDIT:
            message = self._first[reading.target_of(event)]
        where, standing = self._chronicle.where(message), self._chronicle.messages[message]
        match one.op:
            case Op.EDIT if standing.content != one.content:
                return "changed", {**where, "content": one.content}
            case Op.DELETE if not standing.deleted:
                return "removed", where
            case Op.REACT:
                return "marked", {**where, "emoji": reading.relation_of(event)["key"]}
        return None

    def _where(self, event: Event) -> dict[str, Any]:
        address = self._rooms.address(event["room_id"])
        thread = reading.thread_of(event)
        return {
            "address": address,
            "thread": None if thread is None else self._first.get(thread, thread),
            "message": str(event["event_id"]),
        }

    def _compare(self, one: Accepted, event: Event) -> None:
        for text in reading.shown(reading.content_of(event)):
            if words(text) != words(one.text):
                parts = one.note["parts"]
                what = f"{self._rooms.address(event['room_id'])}, {parts[0]['key'] if parts else one.key}"
                self.differences.append(f"{what}: members see {text!r}, and not {one.text!r}")

    def _unexplained(self, event: Event) -> None:
        self._explained.add(str(event["event_id"]))
        where = {**self._where(event), "thread": None}
        text = next(reading.shown(reading.content_of(event))) or str(event["type"])
        note = {"parts": [], "unasked": True}
        self._chronicle.note("sent", {"key": where["message"], "note": note, **where, "content": {"text": text}})
        self.differences.append(f"{where['address']}, {where['message']}: members see {text!r}, sent for nothing known")
