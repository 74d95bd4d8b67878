"""Which question each part of a message answers; nothing of what people write gets lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import MessageRef, Place
from cogs.standup.answers import NOTE, Piece, is_blank, is_empty_form, parse, read, without_command

PHRASES = {
    "done": 0,
    "what did you finish": 0,
    "hecho": 0,
    "next": 1,
    "siguiente": 1,
    "blockers": 2,
    "bloqueos": 2,
    "is anything in your way": 2,
}
AT = datetime(2026, 10, 26, 10, tzinfo=UTC)


def parsed(text: str, asked: int = 0, count: int = 3) -> list[tuple[int, str]]:
    """The parts of a message."""
    return [(section.question, section.text) for section in parse(text, PHRASES, count, asked)]


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("merged the parser", 0, [(0, "merged the parser")]),
        ("merged\n\nthe parser", 1, [(1, "merged\n\nthe parser")]),
        ("- a\n- b", 2, [(2, "- a\n- b")]),
        ("👍", 0, [(0, "👍")]),
        ("10:30 meeting with Bo", 0, [(0, "10:30 meeting with Bo")]),
        ("2.4 release is out", 0, [(0, "2.4 release is out")]),
        ("3 tickets closed", 0, [(0, "3 tickets closed")]),
        ("2 - 3 tickets closed", 0, [(0, "2 - 3 tickets closed")]),
        ("1：30 会議", 0, [(0, "1：30 会議")]),
        ("１．５時間かかった", 0, [(0, "１．５時間かかった")]),
        ("[1](https://a.example) b", 0, [(0, "[1](https://a.example) b")]),
        ("2-3 tickets closed", 0, [(0, "2-3 tickets closed")]),
        ("done", 0, [(0, "done")]),
        ("well done", 0, [(0, "well done")]),
        ("what is done: all of it", 0, [(0, "what is done: all of it")]),
        ("thanks", NOTE, [(NOTE, "thanks")]),
    ],
)
def test_a_message_without_markers_answers_the_open_question_whole(text: str, asked: int, expected: Any) -> None:
    assert parsed(text, asked) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1. a\n2. b\n3. c",
        "1) a\n2) b\n3) c",
        "(1) a\n(2) b\n(3) c",
        "1: a\n2: b\n3: c",
        "1️⃣ a\n2️⃣ b\n3️⃣ c",
        "**1.** a\n**2.** b\n**3.** c",
        "1)a\n2)b\n3)c",
        "1- a\n2- b\n3- c",
        "1.- a\n2.- b\n3.- c",
        "１．a\n２．b\n３．c",
        "１）a\n２）b\n３）c",
        "（１）a\n（２）b\n（３）c",
        "１：a\n２：b\n３：c",
        "【1】a\n【2】b\n【3】c",
        "1、a\n2、b\n3、c",
        "①a\n②b\n③c",
        "❶ a\n❷ b\n❸ c",
        "⒈a\n⒉b\n⒊c",
        "\u30001. a\n\u30002. b\n\u30003. c",
        "  1. a\n  2. b\n  3. c",
        "1. a\n\n2. b\n\n3. c\n",
    ],
)
def test_numbered_lines_answer_the_questions_of_their_numbers(text: str) -> None:
    assert parsed(text) == [(0, "a"), (1, "b"), (2, "c")]


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("1. a\nmore\n2. b", 0, [(0, "a\nmore"), (1, "b")]),
        ("1.\n- a\n- b\n3. c", 0, [(0, "- a\n- b"), (2, "c")]),
        ("1. a\n  1. x\n  2. y\n2. b", 0, [(0, "a\n  1. x\n  2. y"), (1, "b")]),
        ("2. b\n3. c", 1, [(1, "b"), (2, "c")]),
        ("3. c", 1, [(2, "c")]),
        ("morning\n2. b", 0, [(0, "morning"), (1, "b")]),
        ("morning\n1. a", 0, [(0, "morning"), (0, "a")]),
        ("2. b", NOTE, [(1, "b")]),
    ],
)
def test_numbers_may_be_some_of_the_questions_and_have_lines_under_them(text: str, asked: int, expected: Any) -> None:
    assert parsed(text, asked) == expected


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("1. write\n2. deploy", 1),
        ("1. a\n2. b\n3. c\n4. d", 0),
        ("1. a\n1. b", 0),
        ("2. b\n1. a", 0),
        ("0. a", 0),
        ("```\n1. a\n2. b\n```", 0),
    ],
)
def test_a_numbered_list_that_can_not_mean_the_questions_is_one_answer(text: str, asked: int) -> None:
    assert parsed(text, asked) == [(asked, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Done: a\nNext: b\nBlockers: c", [(0, "a"), (1, "b"), (2, "c")]),
        ("Hecho: a\nSiguiente: b\nBloqueos: c", [(0, "a"), (1, "b"), (2, "c")]),
        ("**Done:** a\n**Next:** b", [(0, "a"), (1, "b")]),
        ("## Done\na\n## Next\nb", [(0, "a"), (1, "b")]),
        ("- Done: a\n- Next: b", [(0, "a"), (1, "b")]),
        ("1. Done: a\n2. Next: b", [(0, "a"), (1, "b")]),
        ("What did you finish? a\nIs anything in your way? no", [(0, "a"), (2, "no")]),
        ("What did you finish?\na\nIs anything in your way?\nno", [(0, "a"), (2, "no")]),
        ("✅ Done - a", [(0, "a")]),
        ("next: b", [(1, "b")]),
        ("shipped it\nNext: b", [(0, "shipped it"), (1, "b")]),
        ("Blockers: c\nDone: a", [(2, "c"), (0, "a")]),
        ("Done:\nNext: b", [(1, "b")]),
        ("Done: a\n1. x\n2. y\nNext: b", [(0, "a\n1. x\n2. y"), (1, "b")]),
        ("【Done】a\n【Next】b\n【Blockers】c", [(0, "a"), (1, "b"), (2, "c")]),
        ("「Done」a\n■Next\nb", [(0, "a"), (1, "b")]),
        ("Done：a\nNext： b", [(0, "a"), (1, "b")]),
        ("Done。\na\nNext！\nb\nBlockers？\nc", [(0, "a"), (1, "b"), (2, "c")]),
        ("What did you finish？a\nIs anything in your way？\u3000no", [(0, "a"), (2, "no")]),
        ("① Done：a\n② Next：b", [(0, "a"), (1, "b")]),
        ("Done － a\nNext — b", [(0, "a"), (1, "b")]),
        ("[Done] a\n[Next]: b", [(0, "a"), (1, "b")]),
        ("- [x] a", [(0, "- [x] a")]),
        ("Done: a\nNext", [(0, "a\nNext")]),
        ("Done:", [(0, "Done:")]),
    ],
)
def test_headings_divide_a_message_in_any_order(text: str, expected: Any) -> None:
    assert parsed(text) == expected


LINES = st.lists(
    st.sampled_from(["Done:", "Next", "1.", "2)", "3:", "- ", "", "```", "**", "What did you finish? ", "  "]).flatmap(
        lambda head: st.text("aü😀\n .:12-", max_size=8).map(lambda rest: head + rest)
    ),
    max_size=6,
).map("\n".join)


@given(LINES | st.text(), st.integers(-1, 2))
def test_every_letter_that_is_no_marker_ends_up_in_some_answer(text: str, asked: int) -> None:
    """Markers are numbers, and the words of headings up to their colon or line's end, signs included."""
    said = "".join(section.text for section in parse(text, PHRASES, 3, asked))
    unmarked = text.casefold()
    for words in PHRASES:
        unmarked = unmarked.replace(words, "")
    assert said.count("ü") == text.count("ü")
    assert said.casefold().count("a") >= unmarked.count("a")


@given(st.text().filter(lambda text: ":" not in text and "?" not in text))
def test_a_message_that_is_one_line_without_a_marker_is_kept_to_the_letter(text: str) -> None:
    line = "x " + " ".join(text.split())
    assert parsed(line) == [(0, line.strip())]


@given(st.text(), st.integers(-1, 2))
def test_a_message_has_only_questions_there_are_and_no_empty_parts(text: str, asked: int) -> None:
    for section in parse(text, PHRASES, 3, asked):
        assert section.question == asked or 0 <= section.question < 3
        assert section.text or not text.strip()


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b", " \u2060\ufeff "])
def test_what_nobody_can_see_is_blank(text: str) -> None:
    assert is_blank(text)


def piece(text: str, asked: int, *attachments: str, command: bool = False) -> Piece:
    """A message."""
    source = MessageRef(Place("console", "dm"), text)
    return Piece(asked, text, attachments, source, AT, command)


def test_answers_add_up_in_the_order_they_were_said() -> None:
    reading = read([piece("a", 0), piece("b", 1), piece("Done: more", 2)], PHRASES, 3)
    assert reading.text(0) == "a\nmore"
    assert reading.open == (2,)
    assert not reading.complete


def test_taking_one_message_back_moves_no_other_to_its_question() -> None:
    assert read([piece("b", 1)], PHRASES, 3).open == (0, 2)


def test_a_picture_is_an_answer() -> None:
    reading = read([piece("", 0, "http://x/cat.png")], PHRASES, 3)
    assert reading.text(0) == "🖼 http://x/cat.png"


def test_a_picture_goes_with_the_last_thing_its_message_says() -> None:
    reading = read([piece("1. a\n2. b", 0, "cat.png")], PHRASES, 3)
    assert reading.text(1) == "b\n🖼 cat.png"


def test_a_blank_message_answers_nothing() -> None:
    assert read([piece("  ", 0)], PHRASES, 3).empty


def test_a_long_answer_is_kept_whole() -> None:
    assert read([piece("x" * 10_000, 0)], PHRASES, 3).text(0) == "x" * 10_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("update the docs", "the docs"),
        ("!helio update 2. b", "2. b"),
        ("/update a\nb", "a\nb"),
        ("the docs", "the docs"),
        ("UPDATE", ""),
    ],
)
def test_an_edited_command_is_read_without_its_words(text: str, expected: Any) -> None:
    assert without_command(text) == expected


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("1.\n2.\n3.", True),
        ("Done:\nNext:", True),
        ("1.\n2. b", False),
        ("done", False),
        ("3", False),
        ("4.", False),
        ("-", False),
    ],
)
def test_a_form_that_nobody_filled_in_is_empty(text: str, empty: bool) -> None:
    assert is_empty_form(text, PHRASES, 3, 0) is empty
