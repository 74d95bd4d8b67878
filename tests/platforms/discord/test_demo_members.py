"""What members of a simulated world on Discord see, and which of their doings the bot is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.engine.ports import Op
from bot.model.identity import Place
from bot.testing.clock import VirtualClock
from bot.testing.discord import reading
from bot.testing.discord.doings import Doings
from bot.testing.watched import Accepted

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
NAMES = {"7": "Ana", "8": "Heliotrope"}
INSTANTS = {"1793007000:time": "09:30", "1793007000:datetime": "Mon, 26 Oct, 09:30"}


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (r"snake\_case \*so\* \<@7\>", "snake_case *so* <@7>"),
        ("<@7> and <@!8>, not <@9>", "@Ana and @Heliotrope, not @9"),
        (
            "<t:1793007000:t>, that is <t:1793007000:f>, <t:1793007000>",
            "09:30, that is " + ", ".join(["Mon, 26 Oct, 09:30"] * 2),
        ),
        ("never told: <t:1793007001:t>", "never told: <t:1793007001:t>"),
        ("</team create:12345>", "/team create"),
        (r"https://example.org/a_b\_c", r"https://example.org/a_b\_c"),
    ],
)
def test_clients_show_texts_by_names_and_in_the_readers_time(content: str, shown: str) -> None:
    assert reading.shown(content, NAMES, INSTANTS) == shown


def accepted(text: str, *emojis: str) -> Accepted:
    choices = [{"command": "skip", "emoji": emoji} for emoji in emojis]
    return Accepted(Op.SEND, "k", Place("discord", "1"), "2", {"text": text, "choices": choices})


@pytest.mark.parametrize(
    ("shown", "neutral", "same"),
    [
        ("### Done\n> the *map*", accepted("▌ Done\n\n> the map"), True),
        ("### Done\n> the map", accepted("▌ Done\n\n> the maps"), False),
        ("Well?", accepted("Well?\n\n[⏭ skip]", "⏭"), True),
        ("Well? Skip", accepted("Well?\n\n[⏭ skip]", "⏭"), False),
        ("Well?\n[⏭ skip]", accepted("Well?\n\n[⏭ skip]"), True),
        ("`/team show`", accepted("`!helio team show`"), True),
        ("at <t:1793007000:t>", accepted("at 09:30"), False),
    ],
)
def test_words_compare_without_signs_and_without_choices(shown: str, neutral: Accepted, same: bool) -> None:
    assert reading.same(shown, neutral) is same


def test_buttons_that_can_be_pressed_are_known_by_their_emojis() -> None:
    row = [{"type": 2, "emoji": {"name": "▶️"}}, {"type": 2, "emoji": {"name": "✅"}, "disabled": True}]
    assert list(reading.buttons([{"type": 1, "components": row}])) == ["▶"]


@pytest.fixture
def doings() -> Doings:
    return Doings(VirtualClock(NOW))


def test_what_is_said_is_told_with_the_instant_at_which_it_was_said(doings: Doings) -> None:
    doings.said("1", "10", "", "7")
    doings.said("2", "11", "20", "7")
    assert doings.untold == {"m:1:10", "g:2:11:20:7"}
    assert set(doings.at.values()) == {NOW}


def test_what_becomes_of_a_message_that_was_told_is_told_as_it_stands(doings: Doings) -> None:
    doings.said("1", "10", "", "7")
    doings.untold.clear()
    doings.edited("1", "09:31")
    doings.edited("1", "09:32")
    assert doings.untold == {"e:1:09:32"}
    doings.deleted("1")
    assert doings.untold == {"d:1"}


def test_of_a_message_that_is_yet_to_be_told_only_its_last_text_is(doings: Doings) -> None:
    doings.said("1", "10", "", "7")
    doings.edited("1", "09:31")
    assert doings.untold == {"m:1:10"}
    doings.deleted("1")
    assert doings.untold == set()


def test_nothing_is_told_of_a_message_that_the_bot_does_not_see(doings: Doings) -> None:
    doings.edited("1", "09:31")
    doings.deleted("1")
    assert doings.untold == set()
