"""What members' Matrix clients are shown of the bot becomes the chronicle, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from bot.engine.ports import Op
from bot.model.identity import Place
from bot.platforms.matrix.outbound import KEY
from bot.testing.chronicle import Observations
from bot.testing.clock import VirtualClock
from bot.testing.matrix import reading
from bot.testing.matrix.accounts import Credentials
from bot.testing.matrix.client import Client
from bot.testing.matrix.rooms import Rooms
from bot.testing.matrix.sights import Sights
from bot.testing.watched import Accepted

BOT = "@helio:here"
ROOM = "!atlas"
NOTE = {"parts": [{"kind": "handoff.post", "key": "handoff:1", "date": None}], "unasked": True}


class Scene:
    """Ana and Bo in a channel with the bot, and what the server shows them."""

    def __init__(self) -> None:
        self.clients = {
            name: Client("http://nowhere", Credentials(f"@{name.lower()}:here", name, "D", "", ""), lambda: None)
            for name in ("Ana", "Bo")
        }
        rooms = Rooms(self.clients)
        rooms.channels["#atlas"] = ROOM
        self.chronicle = Observations(VirtualClock(datetime(2026, 10, 26, tzinfo=UTC)))
        self.sights = Sights(BOT, rooms, self.chronicle)
        self._numbers = count(1)

    def shows(self, kind: str, content: dict[str, Any], to: str = "Ana Bo", sender: str = BOT, **more: Any) -> str:
        """Let the server show an event to some; return its id."""
        id = f"${next(self._numbers)}"
        for name in to.split():
            event = {"event_id": id, "type": kind, "sender": sender, "content": content, **more}
            self.clients[name].take(ROOM, event)
        return id

    def posts(self, text: str, key: str = "k1", **more: Any) -> str:
        """Let the bot's message be shown to both."""
        return self.shows("m.room.message", {"msgtype": "m.notice", "body": text, KEY: key, **more})

    def took(self, op: Op, message: str, text: str = "", key: str = "k1", **more: Any) -> Accepted:
        """What the server took from the bot."""
        return Accepted(op, key, Place("matrix", ROOM), message, {"text": text, **more}, NOTE)

    def notes(self, one: Accepted) -> None:
        """Put into the chronicle what both were shown."""
        assert self.sights.seen(one)
        self.sights.note(one)
        self.sights.note_unexplained(self.clients.values())

    @property
    def records(self) -> list[tuple[str, str]]:
        """What the chronicle has: kind, and text."""
        found = []
        for record in self.chronicle.log.after(0):
            data: Any = record.data
            found.append((record.kind, data.get("content", {}).get("text", "")))
        return found


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_message_is_seen_when_everybody_in_the_room_was_shown_it(scene: Scene) -> None:
    id = scene.shows("m.room.message", {"body": "hello", KEY: "k1"}, to="Ana")
    one = scene.took(Op.SEND, id, "hello")
    assert not scene.sights.seen(one)
    scene.clients["Bo"].take(ROOM, scene.clients["Ana"].events[id])
    scene.notes(one)
    assert scene.records == [("sent", "hello")]
    assert scene.sights.differences == []


def test_it_is_where_it_was_shown_and_not_where_the_bot_believes(scene: Scene) -> None:
    root = scene.posts("the post")
    scene.notes(scene.took(Op.SEND, root, "the post"))
    reply = scene.posts("below", "k2", **{"m.relates_to": {"rel_type": "m.thread", "event_id": root}})
    scene.notes(scene.took(Op.SEND, reply, "below", "k2"))
    assert scene.chronicle.messages[reply].thread == root
    assert scene.chronicle.messages[reply].address == "#atlas"


def test_other_words_than_meant_are_a_difference(scene: Scene) -> None:
    id = scene.posts("helo")
    scene.notes(scene.took(Op.SEND, id, "hello"))
    (difference,) = scene.sights.differences
    assert "#atlas, handoff:1" in difference and "'helo'" in difference


def test_other_words_in_the_html_body_are_one_too(scene: Scene) -> None:
    html = {"format": "org.matrix.custom.html", "formatted_body": "<p>hello, everybody</p>"}
    id = scene.posts("hello", **html)
    scene.notes(scene.took(Op.SEND, id, "hello"))
    assert len(scene.sights.differences) == 1


def test_a_choice_that_is_not_shown_keeps_the_message_from_being_seen(scene: Scene) -> None:
    id = scene.posts("well?")
    one = scene.took(Op.SEND, id, "well?", choices=[{"command": "skip", "emoji": "⏭"}])
    assert not scene.sights.seen(one)
    scene.shows("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": id, "key": "⏭"}})
    scene.notes(one)
    assert scene.records == [("sent", "well?")]


def test_the_same_chunk_twice_is_two_messages_and_a_difference(scene: Scene) -> None:
    first = scene.posts("hello")
    scene.posts("hello")
    scene.notes(scene.took(Op.SEND, first, "hello"))
    assert scene.records == [("sent", "hello"), ("sent", "hello")]
    assert len(scene.sights.differences) == 1


def edit(message: str, text: str, key: str) -> dict[str, Any]:
    """The content of an edit."""
    relation = {"rel_type": "m.replace", "event_id": message}
    return {"body": f"* {text}", KEY: key, "m.new_content": {"body": text}, "m.relates_to": relation}


def test_an_edit_changes_the_message_that_it_is_of(scene: Scene) -> None:
    id = scene.posts("hello")
    scene.notes(scene.took(Op.SEND, id, "hello"))
    one = scene.took(Op.EDIT, id, "goodbye", "k2")
    assert not scene.sights.seen(one)
    scene.shows("m.room.message", edit(id, "goodbye", "k2"))
    scene.notes(one)
    assert scene.records == [("sent", "hello"), ("changed", "goodbye")]
    assert scene.sights.differences == []


def test_an_edit_that_shows_the_same_again_is_no_change(scene: Scene) -> None:
    id = scene.posts("hello")
    scene.notes(scene.took(Op.SEND, id, "hello"))
    scene.shows("m.room.message", edit(id, "hello", "k2"))
    scene.notes(scene.took(Op.EDIT, id, "hello", "k2"))
    assert scene.records == [("sent", "hello")]


def test_a_message_posted_anew_is_an_edit_once_the_old_one_is_gone(scene: Scene) -> None:
    """So it is when somebody took back what the first version quotes; what is done later is done to the new one."""
    id = scene.posts("hello, secret")
    scene.notes(scene.took(Op.SEND, id, "hello, secret"))
    one = scene.took(Op.EDIT, id, "hello", "k2")
    new = scene.posts("hello", "k2.anew")
    assert not scene.sights.seen(one)
    scene.shows("m.room.redaction", {"redacts": id})
    scene.notes(one)
    assert scene.records == [("sent", "hello, secret"), ("changed", "hello")]
    assert scene.sights.current(id) == new

    gone = scene.took(Op.DELETE, id, key="k3")
    assert not scene.sights.seen(gone)
    scene.shows("m.room.redaction", {"redacts": new})
    scene.notes(gone)
    assert [kind for kind, _ in scene.records] == ["sent", "changed", "removed"]
    assert scene.sights.differences == []


def test_redacting_an_edit_that_is_out_of_date_changes_nothing(scene: Scene) -> None:
    id = scene.posts("one")
    scene.notes(scene.took(Op.SEND, id, "one"))
    old = scene.shows("m.room.message", edit(id, "two", "k2"))
    scene.notes(scene.took(Op.EDIT, id, "two", "k2"))
    scene.shows("m.room.redaction", {"redacts": old})
    scene.shows("m.room.message", edit(id, "three", "k3"))
    scene.notes(scene.took(Op.EDIT, id, "three", "k3"))
    assert [text for _, text in scene.records] == ["one", "two", "three"]
    assert scene.sights.differences == []


def test_taking_back_what_nobody_asked_to_take_back_is_a_difference(scene: Scene) -> None:
    id = scene.posts("hello")
    scene.notes(scene.took(Op.SEND, id, "hello"))
    scene.shows("m.room.redaction", {"redacts": id})
    scene.sights.note_unexplained(scene.clients.values())
    assert len(scene.sights.differences) == 1


def test_what_members_do_is_not_the_bots(scene: Scene) -> None:
    scene.shows("m.room.message", {"body": "hello"}, sender="@ana:here")
    scene.sights.note_unexplained(scene.clients.values())
    assert (scene.records, scene.sights.differences) == ([], [])


def test_html_is_shown_as_a_client_shows_it() -> None:
    html = (
        '<h4>Atlas &amp; more</h4><ol start="2"><li>two</li><li>three</li></ol><ul><li>a</li></ul><p>x<br>'
        '<a href="https://matrix.to/#/@bo:here">Bo</a> <code>skip</code></p><hr><blockquote>said</blockquote>'
    )
    content = {"body": "plain", "format": "org.matrix.custom.html", "formatted_body": html}
    plain, shown = reading.shown(content)
    assert plain == "plain"
    lines = [line for line in shown.splitlines() if line]
    assert lines == ["Atlas & more", "2. two", "3. three", "a", "x", "Bo skip", "said"]
