"""The contract of the `Platform` port, run over every platform there is: today the console.

A platform joins by a `Bench`: the few things that the tests must do and see on the service's other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import services
from bot.engine.errors import Closed, Refused
from bot.engine.ports import Chunk, Localizer, Op, Part, Platform, Reader
from bot.model.event import Inbound, MessageDeleted, MessageEdited, MessageReceived, Reacted
from bot.model.identity import Identity, MemberId, Place
from bot.model.message import (
    Bullets,
    Choice,
    Message,
    Person,
    Quote,
    Text,
    catalogue,
    message,
    people_in,
)
from bot.platforms.console import server as chat
from bot.platforms.console.adapter import ConsolePlatform
from bot.platforms.console.render import LIMIT
from bot.platforms.console.server import ConsoleServer
from bot.testing.clock import VirtualClock

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
_, n_ = catalogue("bot")
LOCALIZER: Localizer = services(()).localizer


class Bench(Protocol):
    """A platform, and the service's other side."""

    platform: Platform
    limit: int

    def restarted(self) -> Platform:
        """A new process of the bot on the same service."""
        ...

    def room(self) -> Place: ...
    def person(self, name: str) -> Identity: ...
    def other_bot(self, name: str) -> Identity: ...
    def close(self, person: Identity) -> None: ...
    def shown(self, place: Place) -> Sequence[tuple[str, str]]:
        """The messages that stand in a place, as (id, text)."""
        ...

    def reactions(self, place: Place, message_id: str) -> int: ...
    def notified(self, place: Place, message_id: str) -> set[str]: ...
    def says(self, person: Identity, place: Place, text: str) -> str: ...
    def edits(self, person: Identity, place: Place, message_id: str, text: str) -> None: ...
    def deletes(self, person: Identity, place: Place, message_id: str) -> None: ...
    def reacts(self, person: Identity, place: Place, message_id: str, emoji: str) -> None: ...
    async def reported(self, platform: Platform) -> None:
        """Wait until the platform has reported all that people did."""
        ...

    def pass_time(self, length: timedelta) -> None: ...


class ConsoleBench:
    """The console, whose service is in this process."""

    limit = LIMIT

    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.server = ConsoleServer(self.clock)
        self.platform: Platform = ConsolePlatform(self.server)
        self.server.add_channel("general")

    def restarted(self) -> Platform:
        return ConsolePlatform(self.server)

    def room(self) -> Place:
        return Place("console", chat.channel("general"))

    def person(self, name: str) -> Identity:
        self.server.add_account(name)
        return Identity("console", name)

    def other_bot(self, name: str) -> Identity:
        self.server.add_account(name, bot=True)
        return Identity("console", name)

    def close(self, person: Identity) -> None:
        self.server.set_closed(person.account)

    def shown(self, place: Place) -> Sequence[tuple[str, str]]:
        return [
            (m.id, m.text)
            for m in self.server.messages.values()
            if (m.address, m.thread) == (place.address, place.thread) and not m.deleted
        ]

    def reactions(self, place: Place, message_id: str) -> int:
        return sum(r.kind == "marked" and r.data["message"] == message_id for r in self.server.log.after(0))

    def notified(self, place: Place, message_id: str) -> set[str]:
        return set(self.server.notified(message_id))

    def says(self, person: Identity, place: Place, text: str) -> str:
        return self.server.say(person.account, text, address=place.address, thread=place.thread)

    def edits(self, person: Identity, place: Place, message_id: str, text: str) -> None:
        self.server.edit(person.account, message_id, text)

    def deletes(self, person: Identity, place: Place, message_id: str) -> None:
        self.server.delete(person.account, message_id)

    def reacts(self, person: Identity, place: Place, message_id: str, emoji: str) -> None:
        self.server.react(person.account, message_id, emoji)

    async def reported(self, platform: Platform) -> None:
        assert isinstance(platform, ConsolePlatform)
        await platform.read()

    def pass_time(self, length: timedelta) -> None:
        self.clock.move_to(self.clock.now() + length)


BENCHES = [ConsoleBench]


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest) -> Bench:
    made: Bench = request.param()
    return made


def chunk(key: str, op: Op = Op.SEND) -> Chunk:
    return Chunk(1, 1, "", "s", op, key, {}, "", (Part("test.what", key, None),), unasked=True)


def content(bench: Bench, written: Message, reader: Reader | None = None) -> Any:
    (one,) = bench.platform.render(written, reader or Reader("en", "UTC", direct=True), LOCALIZER)
    return one.content


async def post(bench: Bench, place: Place, key: str, text: str = "good morning") -> str:
    return await bench.platform.send(place, content(bench, message(text)), chunk(key))


# --- sending ----------------------------------------------------------------------------------------------------


async def test_the_same_key_twice_is_one_message(bench: Bench) -> None:
    first = await post(bench, bench.room(), "k1")
    again = await post(bench, bench.room(), "k1")
    assert again == first
    assert [id for id, _ in bench.shown(bench.room())] == [first]


async def test_the_same_key_is_remembered_until_the_safe_window_ends(bench: Bench) -> None:
    first = await post(bench, bench.room(), "k1")
    bench.pass_time(bench.platform.safe_window)
    assert await post(bench, bench.room(), "k1") == first


async def test_the_same_text_under_another_key_is_another_message(bench: Bench) -> None:
    await post(bench, bench.room(), "k1")
    await post(bench, bench.room(), "k2")
    assert len(bench.shown(bench.room())) == 2


async def test_what_was_sent_is_found_by_its_key_long_after_the_safe_window(bench: Bench) -> None:
    sent = await post(bench, bench.room(), "k1")
    bench.pass_time(bench.platform.safe_window * 100)
    assert await bench.restarted().find(bench.room(), chunk("k1"), NOW) == [sent]
    assert await bench.platform.find(bench.room(), chunk("never sent"), NOW) == []


async def test_a_direct_conversation_is_the_same_one_each_time(bench: Bench) -> None:
    ana = bench.person("Ana")
    place = await bench.platform.direct_place(ana)
    assert await bench.platform.direct_place(ana) == place
    await post(bench, place, "k1", "for you")
    assert [text for _, text in bench.shown(place)] == ["for you"]


async def test_a_closed_direct_conversation_is_refused(bench: Bench) -> None:
    ana = bench.person("Ana")
    place = await bench.platform.direct_place(ana)
    bench.close(ana)
    with pytest.raises(Closed) as refusal:
        await post(bench, place, "k1")
    assert refusal.value.advice is not None
    assert refusal.value.remedy is not None


async def test_nobody_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused):
        await bench.platform.direct_place(Identity(bench.platform.name, "nobody"))


async def test_a_place_that_does_not_exist_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused):
        await post(bench, Place(bench.platform.name, "#nowhere"), "k1")


# --- changing ---------------------------------------------------------------------------------------------------


async def test_an_edit_shows_what_is_newest(bench: Bench) -> None:
    sent = await post(bench, bench.room(), "k1", "old")
    for n, text in enumerate(("new", "newest")):
        edit = chunk(f"e{n}", Op.EDIT)
        await bench.platform.edit(bench.room(), sent, content(bench, message(text)), edit)
    assert bench.shown(bench.room()) == [(sent, "newest")]


async def test_an_edit_repeated_changes_nothing(bench: Bench) -> None:
    sent = await post(bench, bench.room(), "k1", "old")
    for _ in range(2):
        await bench.platform.edit(bench.room(), sent, content(bench, message("new")), chunk("e1", Op.EDIT))
    assert bench.shown(bench.room()) == [(sent, "new")]


async def test_a_deletion_repeated_is_no_error(bench: Bench) -> None:
    sent = await post(bench, bench.room(), "k1")
    for _ in range(2):
        await bench.platform.delete(bench.room(), sent, chunk("d1", Op.DELETE))
    assert bench.shown(bench.room()) == []


async def test_changing_what_is_gone_is_refused(bench: Bench) -> None:
    sent = await post(bench, bench.room(), "k1")
    await bench.platform.delete(bench.room(), sent, chunk("d1", Op.DELETE))
    with pytest.raises(Refused):
        await bench.platform.edit(bench.room(), sent, content(bench, message("new")), chunk("e1", Op.EDIT))


async def test_a_reaction_repeated_is_one_reaction(bench: Bench) -> None:
    said = bench.says(bench.person("Ana"), bench.room(), "done")
    for _ in range(2):
        await bench.platform.react(bench.room(), said, "✅", chunk("r1", Op.REACT))
    assert bench.reactions(bench.room(), said) == 1


async def test_a_thread_is_opened_once(bench: Bench) -> None:
    sent = await post(bench, bench.room(), "k1")
    thread = await bench.platform.open_thread(bench.room(), sent, "Pets", chunk("k1"))
    assert await bench.platform.open_thread(bench.room(), sent, "Pets", chunk("k1")) == thread
    inside = Place(bench.room().platform, bench.room().address, thread)
    reply = await post(bench, inside, "k2", "mine is a cat")
    assert bench.shown(inside) == [(reply, "mine is a cat")]
    assert [id for id, _ in bench.shown(bench.room())] == [sent]


# --- rendering --------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
LONG = st.lists(WORDS, max_size=400).map(" ".join) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=3_900, max_size=9_000
)


def bare(text: str) -> str:
    """The characters that someone wrote: without the spaces and marks that a platform may add at a border."""
    return "".join(c for c in text if not c.isspace() and c not in ">\u200b\ufffd")


@given(LONG)
def test_a_long_text_is_split_without_losing_a_character(text: str) -> None:
    for bench in (make() for make in BENCHES):
        keeps_every_character(bench.platform, bench.limit, text)


def keeps_every_character(platform: Platform, limit: int, text: str) -> None:
    """Assert that a text rendered is in messages short enough, and all in them but what turns the writing."""
    parts = platform.render(message(Quote(text)), Reader("en", direct=True), LOCALIZER)
    assert all(len(part.text) <= limit for part in parts)
    kept = "".join(c for c in text if not "\u202a" <= c <= "\u202e" and not "\u2066" <= c <= "\u2069")
    assert bare("".join(part.text for part in parts)) == bare(kept.replace("\ufeff", ""))


def test_choices_come_once_and_last(bench: Bench) -> None:
    skip = Choice("skip", _("Skip"), "⏭")
    long = Message((Text(("word " * 2_000,)),), (skip,))
    parts = bench.platform.render(long, Reader("en", direct=True), LOCALIZER)
    assert len(parts) > 1
    assert ["⏭" in part.text for part in parts] == [*[False] * (len(parts) - 1), True]


@pytest.mark.parametrize(
    "written",
    ["@Ana", "hello @Ana!", "@ana", "(@ANA)", "a\n@Ana", "\\@Ana", "@Ana\n> @Ana", "\u202e@Ana", "@@Ana"],
)
async def test_what_people_wrote_notifies_nobody(bench: Bench, written: str) -> None:
    bench.person("Ana")
    shown = message(
        written,
        Quote(written, Person(MemberId(2), written)),
        Bullets((written, _("From {person}.", person=Person(MemberId(2), written)))),
    )
    sent = await bench.platform.send(bench.room(), content(bench, shown), chunk("k1"))
    assert bench.notified(bench.room(), sent) == set()


async def test_a_mention_notifies_only_who_may_be_notified(bench: Bench) -> None:
    ana, bo = bench.person("Ana"), bench.person("Bo")
    both = message(_("{a} and {b}", a=Person(MemberId(1), "Ana", ping=True), b=Person(MemberId(2), "Bo", ping=True)))
    assert [person.name for person in people_in(both)] == ["Ana", "Bo"]
    reader = Reader("en", pings={MemberId(1): ana.account})
    sent = await bench.platform.send(bench.room(), content(bench, both, reader), chunk("k1"))
    assert bench.notified(bench.room(), sent) == {ana.account}
    assert bo.account in dict(bench.shown(bench.room()))[sent]


@pytest.mark.parametrize("control", ["\x1b[31m", "\x1b]0;title\x07", "\x9b2J", "\x08", "\x00", "\r", "\u202e"])
def test_no_control_character_of_theirs_reaches_a_reader(bench: Bench, control: str) -> None:
    written = f"before{control}after"
    shown = message(written, Quote(written), Bullets((written,)))
    (part,) = bench.platform.render(shown, Reader("en", direct=True), LOCALIZER)
    assert not any(c in part.text for c in control if not c.isprintable())


def test_their_further_lines_do_not_look_like_the_bots(bench: Bench) -> None:
    written = "fine\n▌ Heading\n• item\n[⏭ skip]"
    for shown in (message(written), message(Bullets((written,))), message(Quote(written))):
        (part,) = bench.platform.render(shown, Reader("en", direct=True), LOCALIZER)
        own = [line for line in part.text.split("\n") if not line.startswith((" ", ">"))]
        assert len(own) <= 1


# --- what people do ---------------------------------------------------------------------------------------------


class Heard:
    """Keeps what a platform reports."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    async def __call__(self, event: Inbound) -> None:
        self.events.append(event)


async def test_what_people_do_is_reported_in_order_with_who_and_where(bench: Bench) -> None:
    heard, ana = Heard(), bench.person("Ana")
    await bench.platform.start(heard, None)
    direct = await bench.platform.direct_place(ana)
    said = bench.says(ana, direct, "hello")
    bench.edits(ana, direct, said, "hello again")
    post_id = await post(bench, bench.room(), "k1")
    bench.reacts(ana, bench.room(), post_id, "✅")
    bench.deletes(ana, direct, said)
    await bench.reported(bench.platform)
    kinds = [type(event) for event in heard.events]
    assert kinds == [MessageReceived, MessageEdited, Reacted, MessageDeleted]
    assert [event.message_id for event in heard.events] == [said, said, post_id, said]
    assert [event.direct for event in heard.events] == [True, True, False, True]
    assert {event.author.identity for event in heard.events} == {ana}
    assert [heard.events[0].text, heard.events[1].text] == ["hello", "hello again"]
    assert len({event.id for event in heard.events}) == 4


async def test_what_was_missed_is_read_back_from_behind_the_position_with_the_same_ids(bench: Bench) -> None:
    before, ana = Heard(), bench.person("Ana")
    await bench.platform.start(before, None)
    direct = await bench.platform.direct_place(ana)
    for text in ("one", "two", "three"):
        bench.says(ana, direct, text)
    await bench.reported(bench.platform)
    after, platform = Heard(), bench.restarted()
    await platform.start(after, before.events[0].position)
    assert [event.text for event in after.events] == ["two", "three"]
    assert [event.id for event in after.events] == [event.id for event in before.events[1:]]


async def test_the_bots_own_messages_are_not_reported(bench: Bench) -> None:
    heard = Heard()
    await bench.platform.start(heard, None)
    await post(bench, bench.room(), "k1")
    await bench.reported(bench.platform)
    assert [event for event in heard.events if not event.bot] == []


async def test_other_bots_are_marked_as_such(bench: Bench) -> None:
    heard = Heard()
    await bench.platform.start(heard, None)
    bench.says(bench.other_bot("Robo"), bench.room(), "beep")
    await bench.reported(bench.platform)
    assert [event.bot for event in heard.events] == [True]


async def test_nothing_is_reported_after_stop(bench: Bench) -> None:
    heard, ana = Heard(), bench.person("Ana")
    await bench.platform.start(heard, None)
    await bench.platform.stop()
    bench.says(ana, bench.room(), "anybody there?")
    await bench.reported(bench.platform)
    assert heard.events == []


async def test_people_named_in_a_text_are_resolved(bench: Bench) -> None:
    heard, ana, bo = Heard(), bench.person("Ana"), bench.person("Bo")
    await bench.platform.start(heard, None)
    bench.says(ana, bench.room(), "waiting for @Bo")
    await bench.reported(bench.platform)
    assert [person.identity for person in heard.events[0].people] == [bo]
