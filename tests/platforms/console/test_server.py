"""The chat service does what real ones do: forgets keys, refuses, and tells probes of the bot's effects only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.platforms.console.server import BOT, ConsoleServer, ServiceRefuses
from bot.testing.clock import VirtualClock

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def server(clock: VirtualClock) -> ConsoleServer:
    made = ConsoleServer(clock)
    made.add_account("Ana")
    made.add_account("Bo")
    made.add_channel("general")
    return made


def test_a_key_is_forgotten_after_the_window_as_on_real_services(server: ConsoleServer, clock: VirtualClock) -> None:
    first = server.post("k1", "#general", None, {"text": "hi"}, {})
    clock.move_to(NOW + server.window + timedelta(seconds=1))
    second = server.post("k1", "#general", None, {"text": "hi"}, {})
    assert second != first
    assert server.find("k1") == first


def test_an_act_done_twice_is_done_once(server: ConsoleServer) -> None:
    said = server.say("Ana", "hello", act="a1")
    assert server.say("Ana", "hello", act="a1") == said
    server.edit("Ana", said, "new", act="a2")
    server.edit("Bo", server.say("Bo", "x"), "y")
    server.edit("Ana", said, "newest", act="a2")
    assert server.messages[said].text == "new"
    assert server.done("a1") == said
    assert server.done("a3") is None


REFUSED: dict[str, Callable[[ConsoleServer, str], object]] = {
    "somebody unknown": lambda server, said: server.say("Zed", "hi"),
    "an unknown channel": lambda server, said: server.say("Ana", "hi", address="#nowhere"),
    "a thread that was never opened": lambda server, said: server.say("Ana", "hi", address="dm:Ana", thread=said),
    "another's message": lambda server, said: server.edit("Bo", said, "mine now"),
    "deleting another's message": lambda server, said: server.delete("Bo", said),
    "the bot editing a person's message": lambda server, said: server.change("k", said, {"text": "x"}, {}),
    "a message that is not there": lambda server, said: server.react("Ana", "Ana.99", "✅"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_may_not_be_done_is_refused_and_leaves_no_record(server: ConsoleServer, what: str) -> None:
    said = server.say("Ana", "hello")
    before = len(server.log)
    with pytest.raises(ServiceRefuses):
        REFUSED[what](server, said)
    assert len(server.log) == before


def test_a_closed_conversation_opens_again(server: ConsoleServer) -> None:
    server.set_closed("Ana")
    with pytest.raises(ServiceRefuses):
        server.post("k1", "dm:Ana", None, {"text": "hi"}, {})
    server.set_closed("Ana", closed=False)
    server.post("k1", "dm:Ana", None, {"text": "hi"}, {})


def test_a_persons_rights_can_change_and_the_door_stays_shut(server: ConsoleServer) -> None:
    server.set_closed("Ana")
    server.add_account("Ana", admin=True)
    assert (server.people["Ana"].admin, server.people["Ana"].closed) == (True, True)


def test_probes_are_told_of_the_bots_effects_and_of_nothing_else(clock: VirtualClock) -> None:
    points: list[str] = []

    def note(point: str) -> None:
        points.append(point)

    server = ConsoleServer(clock, probe=note)
    server.add_account("Ana")
    said = server.say("Ana", "hello")
    assert points == []
    server.post("k1", "dm:Ana", None, {"text": "hi"}, {})
    server.post("k1", "dm:Ana", None, {"text": "hi"}, {})
    assert points == ["effect.before", "effect.after"]
    server.mark("k2", said, "✅", {})
    assert points == ["effect.before", "effect.after"] * 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ana please", ["Ana"]),
        ("@ANA, @bo", ["Ana", "Bo"]),
        ("Ana knows", ["Ana"]),
        ("ana knows", []),
        ("Anabel and Bob", []),
        ("me@Ana", []),
        ("Bo, Bo and Ana", ["Bo", "Ana"]),
        (f"@{BOT}", [BOT]),
    ],
)
def test_people_are_named_by_mention_or_as_a_word(server: ConsoleServer, text: str, named: list[str]) -> None:
    assert list(server.named_in(text)) == named


def test_who_leaves_a_scope_says_nothing_in_its_channels_until_they_come_back(server: ConsoleServer) -> None:
    server.add_channel("garage", "garages")
    server.leave("Ana", "garages")
    assert server.scopes_of("Ana") == {""}
    with pytest.raises(ServiceRefuses):
        server.say("Ana", "hello", address="#garage")
    server.say("Ana", "hello", address="#general")
    server.come_back("Ana", "garages")
    server.say("Ana", "hello", address="#garage")


def test_leaving_is_told_once_with_what_is_left(server: ConsoleServer) -> None:
    server.add_channel("garage", "garages")
    for _ in range(2):
        server.leave("Ana")
    told = [record.data for record in server.log.after(0) if record.kind == "left"]
    assert told == [{"by": "Ana", "scope": "", "elsewhere": ["garages"]}]
