"""How the console writes each kind of block."""

from __future__ import annotations

import pytest

from bot.engine.ports import Reader
from bot.model.message import (
    Block,
    Bullets,
    ChannelName,
    Choice,
    CommandText,
    Divider,
    Fields,
    Heading,
    Image,
    Message,
    Quote,
    Text,
    catalogue,
    message,
)
from bot.platforms.console.render import LIMIT, ConsoleStyle, render, split
from tests.platforms.rendering import ANA, DM, LOCALIZER, ROOM

_, n_ = catalogue("bot")


def shown(*blocks: Block, reader: Reader = DM) -> str:
    (one,) = render(message(*blocks), reader, LOCALIZER)
    return one.text


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Text((_("One."), _("Two."))), "One. Two."),
        (Heading(_("Done")), "▌ Done"),
        (Bullets((_("a"), "b\nc")), "• a\n• b\n  c"),
        (Bullets((_("a"), _("b")), ordered=True, first=3), "3. a\n4. b"),
        (Quote("one\n\ntwo"), "> one\n>\n> two"),
        (Quote("one two three", limit=8), "> one two…"),
        (Quote("@one @two @three", limit=9), "> @\u200bone @\u200btwo…"),  # what nobody sees takes no room
        (Quote("one", ANA), "Ana:\n> one"),
        (Fields(((_("Zone"), "Lisbon"),)), "Zone: Lisbon"),
        (Image("https://example.org/cat.png", _("a cat")), "[picture: a cat] https://example.org/cat.png"),
    ],
)
def test_blocks(block: Block, expected: str) -> None:
    assert shown(block) == expected


def test_blocks_are_paragraphs() -> None:
    assert shown(Heading(_("Done")), Bullets((_("a"),)), Divider(), Text((_("b"),))) == ("▌ Done\n\n• a\n\n───\n\nb")


def test_commands_have_their_prefix_in_rooms_only() -> None:
    type_it = Text((_("Type {command}.", command=CommandText("me show")),))
    assert shown(type_it) == "Type `me show`."
    assert shown(type_it, reader=ROOM) == "Type `!helio me show`."


def test_choices_are_a_last_line_of_what_to_type() -> None:
    choices = (Choice("skip", _("Skip"), "⏭"), Choice("snooze 1h", _("In an hour"), "💤"))
    (one,) = render(Message((Text((_("Hello."),)),), choices), DM, LOCALIZER)
    assert one.text == "Hello.\n\n[⏭ skip] [💤 In an hour: snooze 1h]"
    assert one.content["choices"] == [
        {"command": "skip", "emoji": "⏭"},
        {"command": "snooze 1h", "emoji": "💤"},
    ]


def test_channels_are_named_as_people_write_them() -> None:
    assert "atlas-handoff" in shown(Text((_("In {channel}.", channel=ChannelName("atlas-handoff")),)))


def test_a_message_of_nothing_is_one_empty_message() -> None:
    assert [one.text for one in render(Message(()), DM, LOCALIZER)] == [""]


def test_pieces_end_where_a_reader_would_pause() -> None:
    paragraph = "word " * 300
    text = "\n\n".join([paragraph.strip()] * 5)
    pieces = list(split(text))
    assert "".join(pieces) == text
    assert all(piece.endswith("\n\n") for piece in pieces[:-1])


def test_a_quoted_line_that_goes_on_is_marked_again() -> None:
    pieces = render(message(Quote("x" * (2 * LIMIT))), DM, LOCALIZER)
    assert all(piece.text.startswith("> ") for piece in pieces)
    assert sum(piece.text.count("x") for piece in pieces) == 2 * LIMIT


def test_an_emoji_is_not_cut_in_two() -> None:
    family = "👩‍👩‍👧‍👦"
    pieces = list(split(family * LIMIT))
    assert "".join(pieces) == family * LIMIT
    assert all(piece.startswith("👩") and piece.endswith("👦") for piece in pieces)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("team add Atlas @Bo", "`team add Atlas @\u200bBo`"),
        ("me away until friday a\nb", "`me away until friday a b`"),
        ("team show a`b", "`team show a'b`"),
        ("team show \u202eevil", "`team show \ufffdevil`"),
    ],
)
def test_what_people_wrote_in_a_command_to_type_does_nothing_either(words: str, expected: str) -> None:
    assert ConsoleStyle(direct=True).command(words) == expected
