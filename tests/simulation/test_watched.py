"""A watched platform is given what it is given in production, and the world is told what it took, in neutral words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.engine.errors import OutcomeUnknown, Refused, TryLater
from bot.engine.ports import Chunk, Localizer, Op, Part, Reader, Rendered
from bot.model.event import Inbound, MessageReceived
from bot.model.identity import Account, Identity, MemberId, Place
from bot.model.message import Choice, Message, Person, Text, catalogue, message
from bot.model.moment import Moment, Show
from bot.platforms.console.render import render
from bot.testing.clock import VirtualClock
from bot.testing.watched import NEUTRAL, WatchedPlatform, words
from tests.simulation.playing import kit

_, n_ = catalogue("tests")
NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)
NEVER = datetime(2001, 1, 1, tzinfo=UTC)
HERE = Place("other", "!room")
READER = Reader("en", "Europe/Lisbon", direct=True)
CHUNK = Chunk(1, 1, "other", "s", Op.SEND, "key.1", {}, "", (Part("kind", "part", None),), unasked=True)


class Other:
    """A platform that shows what it renders in capitals, in as many messages as it is told."""

    name = "other"
    safe_window = timedelta(hours=1)

    def __init__(self) -> None:
        self.pieces = 1
        self.sent: list[Mapping[str, Any]] = []
        self.problems: list[Exception] = []
        self.receive: Callable[[Inbound], Awaitable[None]] | None = None

    def render(self, message: Message, reader: Reader, localizer: Localizer) -> Sequence[Rendered]:
        (whole,) = render(message, reader, localizer)
        size = -(-len(whole.text) // self.pieces)
        texts = [whole.text[n : n + size].upper() for n in range(0, len(whole.text), size)]
        return [Rendered({"shown": text}, text) for text in texts]

    async def direct_place(self, identity: Identity) -> Place:
        return HERE

    async def send(self, place: Place, content: Mapping[str, Any], chunk: Chunk) -> str:
        if self.problems:
            raise self.problems.pop(0)
        self.sent.append(content)
        return f"m{len(self.sent)}"

    async def edit(self, place: Place, message_id: str, content: Mapping[str, Any], chunk: Chunk) -> None:
        self.sent.append(content)

    async def delete(self, place: Place, message_id: str, chunk: Chunk) -> None: ...
    async def react(self, place: Place, message_id: str, emoji: str, chunk: Chunk) -> None: ...

    async def open_thread(self, place: Place, message_id: str, title: str, chunk: Chunk) -> str:
        return message_id

    async def find(self, place: Place, chunk: Chunk, since: datetime) -> Sequence[str]:
        return []

    async def start(self, receive: Callable[[Inbound], Awaitable[None]], position: str | None) -> None:
        self.receive = receive

    async def stop(self) -> None: ...


@pytest.fixture
def other() -> Other:
    return Other()


@pytest.fixture
def watched(other: Other) -> WatchedPlatform:
    return WatchedPlatform(
        other, VirtualClock(NOW), names={"@ana:here": "Ana"}, done_at={"known": EARLIER}, news=lambda: None
    )


def rendered(watched: WatchedPlatform, said: Message, reader: Reader = READER) -> Sequence[Rendered]:
    return watched.render(said, reader, kit().services.localizer)


async def test_the_platform_gets_its_own_content_and_the_world_the_neutral_one(
    other: Other, watched: WatchedPlatform
) -> None:
    (content,) = rendered(watched, message(_("Good morning")))
    await watched.send(HERE, content.content, CHUNK)
    assert other.sent == [{"shown": "GOOD MORNING"}]
    (taken,) = watched.accepted
    assert (taken.op, taken.key, taken.message, taken.text) == (Op.SEND, "key.1", "m1", "Good morning")
    assert taken.note == {"parts": [{"kind": "kind", "key": "part", "date": None}], "unasked": True}


def test_neutral_texts_name_people_by_their_names_and_not_by_accounts(watched: WatchedPlatform) -> None:
    ana = Person(MemberId(1), "Ana", ping=True)
    reader = Reader("en", None, ("Europe/Lisbon",), pings={MemberId(1): "@ana:here"})
    (content,) = rendered(watched, message(_("Hello {person}", person=ana)), reader)
    assert content.content[NEUTRAL]["text"] == "Hello @Ana"


def neutral_texts(parts: Sequence[Rendered]) -> list[str]:
    return [part.content[NEUTRAL]["text"] for part in parts]


def test_a_message_parted_elsewhere_than_on_the_console_has_its_neutral_text_parted_there(
    other: Other, watched: WatchedPlatform
) -> None:
    other.pieces = 2
    parts = rendered(watched, message(_("one two six ten")))
    assert [part.text for part in parts] == ["ONE TWO ", "SIX TEN"]
    assert neutral_texts(parts) == ["one two ", "six ten"]


def test_where_there_is_no_such_place_the_platforms_own_texts_stand_for_it(
    other: Other, watched: WatchedPlatform
) -> None:
    other.pieces = 2
    parts = rendered(watched, message(_("one two three four")))  # it cuts a word
    assert neutral_texts(parts) == [part.text for part in parts] == ["ONE TWO T", "HREE FOUR"]


def test_instants_that_clients_write_are_known_as_they_are_written_for_the_reader(watched: WatchedPlatform) -> None:
    (content,) = rendered(watched, message(_("Until {time}", time=Moment(NOW, Show.TIME))))
    assert content.content[NEUTRAL]["instants"] == {f"{int(NOW.timestamp())}:time": "09:30"}
    pinned = Moment(NOW, Show.TIME, "Asia/Tokyo")
    (content,) = rendered(watched, message(_("Until {time}", time=pinned)))
    assert "instants" not in content.content[NEUTRAL]


def test_choices_are_known_by_their_emojis(watched: WatchedPlatform) -> None:
    (content,) = rendered(watched, Message((Text((_("Well?"),)),), (Choice("skip", _("Skip"), "⏭"),)))
    assert content.content[NEUTRAL]["choices"] == [{"command": "skip", "emoji": "⏭"}]


@pytest.mark.parametrize("problem", [TryLater("not now", timedelta()), OutcomeUnknown("broken off")])
async def test_what_the_platform_puts_off_is_done_in_real_time(
    other: Other, watched: WatchedPlatform, problem: Exception
) -> None:
    other.problems = [problem]
    assert await watched.send(HERE, {"shown": "HELLO"}, CHUNK) == "m1"
    assert len(watched.accepted) == 1


async def test_what_it_puts_off_for_ever_fails_and_is_known_to_have(
    other: Other, watched: WatchedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.testing.watched.PATIENCE", 0.0)
    other.problems = [TryLater("not today")]
    with pytest.raises(TryLater):
        await watched.send(HERE, {"shown": "HELLO"}, CHUNK)
    assert watched.failure is not None
    assert "not today" in str(watched.failure)
    assert watched.accepted == []


async def test_what_it_refuses_is_the_engines_to_know(other: Other, watched: WatchedPlatform) -> None:
    other.problems = [Refused("never")]
    with pytest.raises(Refused):
        await watched.send(HERE, {"shown": "HELLO"}, CHUNK)
    assert (watched.failure, watched.accepted) == (None, [])


async def test_the_same_chunk_sent_again_was_taken_once(watched: WatchedPlatform) -> None:
    await watched.send(HERE, {"shown": "HELLO"}, CHUNK)
    await watched.send(HERE, {"shown": "HELLO"}, CHUNK)
    assert len(watched.accepted) == 1


@pytest.mark.parametrize(("id", "at"), [("known", EARLIER), ("unknown", NOW)])
async def test_what_comes_in_happened_at_the_worlds_instant_of_the_act(
    other: Other, watched: WatchedPlatform, id: str, at: datetime
) -> None:
    told: list[Inbound] = []

    async def receive(event: Inbound) -> None:
        told.append(event)

    await watched.start(receive, None)
    assert other.receive is not None
    ana = Account(Identity("other", "@ana:here"), "Ana")
    await other.receive(MessageReceived(id=id, place=HERE, author=ana, at=NEVER, message_id=id, text="hi"))
    assert [event.at for event in told] == [at]
    assert watched.heard == {id}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("▌ Hello, *Ana*!\n\n• one", "hello ana\none", True),
        ("[⏰ In an hour: snooze 1h]", "⏰ In an hour: `snooze 1h`", True),
        ("@\u200bBo looked", "@Bo looked", True),
        ("two words", "words two", False),
        ("3 things", "4 things", False),
        ("困っていますか？", "困っていますか", True),
    ],
)
def test_words_are_compared_without_layout_and_signs(one: str, other: str, same: bool) -> None:
    assert (words(one) == words(other)) is same
