"""From answers to journal entries."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import Entry, Kind, MemberId, MessageRef, Place, State, TeamId, WorkspaceId
from cogs.standup.answers import NOTE, Piece, read
from cogs.standup.entries import addressees, drafts, items, names_of, reconcile, settled, with_since
from cogs.standup.questions import DEFAULT, Vocabulary

AT = datetime(2026, 10, 26, 10, tzinfo=UTC)
SOURCE = MessageRef(Place("console", "dm"), "m1")
WORDS = Vocabulary({}, frozenset({"none"}), {})


def entry(kind: Kind = Kind.DONE, text: str = "", day: int = 26, **values: Any) -> Entry:
    """An entry of a day in October."""
    made = Entry(WorkspaceId(1), TeamId(1), MemberId(1), date(2026, 10, day), kind, text, AT)
    return replace(made, **values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ["a"]),
        ("a\nb", ["a", "b"]),
        ("- a\n* b\n• c", ["a", "b", "c"]),
        ("1. a\n2) b", ["a", "b"]),
        ("- a\n  more\n- b", ["a\nmore", "b"]),
        ("intro\n- a\n\n- b", ["intro", "a", "b"]),
        ("see\n```\nx = 1\n\ny\n```\nb", ["see\n```\nx = 1\n\ny\n```", "b"]),
        ("a\n---\nb", ["a", "b"]),
        ("👍", ["👍"]),
        ("-5 degrees", ["-5 degrees"]),
        ("・a\n・b", ["a", "b"]),
        ("■ a\n\u3000b\n１）c\n２．d", ["a\nb", "c", "d"]),
        ("１．５時間", ["１．５時間"]),
    ],
)
def test_each_line_of_an_answer_is_one_thing(text: str, expected: Any) -> None:
    assert items(text) == expected


def test_a_text_of_very_many_lines_is_one_thing() -> None:
    text = "\n".join(str(n) + " x" for n in range(60))
    assert items(text) == [text]


@given(st.text("ab \n-*1.`"))
def test_no_letter_is_lost_between_the_lines(text: str) -> None:
    found = "".join(items(text))
    assert [c for c in found if c in "ab"] == [c for c in text if c in "ab"]


NAMES = {"bo": MemberId(2), "bo li": MemberId(3), "ana": MemberId(4)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("need the keys from @Bo", [2]),
        ("@bo li, please", [3]),
        ("@Ana and @BO: review?", [4, 2]),
        ("@Bob is somebody else", []),
        ("ask Bo about it", []),
        ("mail@ana.example", [4]),
        ("@Bo @Bo", [2]),
        ("@Boさん、お願いします", [2]),
        ("＠Boに聞く", [2]),
        ("@Bo LiさんとAna", [3]),
    ],
)
def test_a_line_is_for_those_it_names(text: str, expected: Any) -> None:
    assert list(addressees(text, NAMES)) == expected


def test_people_go_by_their_first_name_where_it_is_theirs_alone() -> None:
    names = names_of(
        [
            (MemberId(2), "Bo Li"),
            (MemberId(3), "Ana Silva"),
            (MemberId(4), "Ana Costa"),
            (MemberId(1), "Me Myself"),
        ],
        MemberId(1),
    )
    assert names == {"bo": 2, "bo li": 2, "ana silva": 3, "ana costa": 4}


def quoting(speaker: str, words: str) -> str:
    """A sentence of somebody else's words."""
    return f"{speaker} said so: {words}"


def drafted(*answers: str) -> list[Entry]:
    """The entries of answers, given one by one."""
    pieces = [Piece(n, text, (), SOURCE, AT) for n, text in enumerate(answers)]
    reading = read(pieces, {}, 3)
    return list(drafts(reading, DEFAULT, WORDS, NAMES, entry, quoting))


def test_answers_become_entries_of_their_questions_kind() -> None:
    found = drafted("a\nb", "c", "d")
    assert [(e.kind, e.text, e.topic) for e in found] == [
        (Kind.DONE, "a", "1"),
        (Kind.DONE, "b", "1"),
        (Kind.NEXT, "c", "2"),
        (Kind.BLOCKER, "d", "3"),
    ]
    assert {e.source for e in found} == {SOURCE}


def test_no_blockers_is_no_blocker() -> None:
    assert [e.kind for e in drafted("a", "b", "none")] == [Kind.DONE, Kind.NEXT]


def test_no_blockers_is_none_either_once_one_was_added_to_it() -> None:
    said = [Piece(2, text, (), SOURCE, AT, id=n) for n, text in enumerate(("none", "the keys"), start=1)]
    found = drafts(read(said, {}, 3), DEFAULT, WORDS, NAMES, entry, quoting)
    assert [(e.kind, e.text) for e in found] == [(Kind.BLOCKER, "the keys")]


def test_a_line_for_a_mate_is_a_request_to_them_besides() -> None:
    found = drafted("a", "b", "waiting for @Bo")
    assert [(e.kind, e.addressee) for e in found[2:]] == [(Kind.BLOCKER, None), (Kind.ASK, 2)]
    assert found[3].text == "waiting for @Bo"


def test_a_picked_message_is_one_entry_and_somebody_elses_words_ask_nobody() -> None:
    own = Piece(NOTE, "- a for @Bo\n- none", (), SOURCE, AT, id=1, picked="1")
    others = Piece(NOTE, "b for @Bo\nc", ("cat.png",), SOURCE, AT, id=2, picked="2", speaker="Ana")
    found = drafts(read([own, others], {}, 3), DEFAULT, WORDS, NAMES, entry, quoting)
    assert [(e.kind, e.text, e.topic) for e in found] == [
        (Kind.NOTE, "- a for @Bo\n- none", "+"),
        (Kind.ASK, "- a for @Bo\n- none", "+"),
        (Kind.NOTE, "Ana said so: b for @Bo\nc\n🖼 cat.png", "+"),
    ]


def test_the_same_entry_keeps_its_number_and_state() -> None:
    stands = [entry(text="a", topic="1", id=7, state=State.RESOLVED), entry(text="b", topic="1", id=8)]
    after = reconcile(stands, [entry(text="b", topic="1"), entry(text="c", topic="1")])
    assert [(e.id, e.text, e.state) for e in after] == [(8, "b", State.OPEN), (7, "c", State.RESOLVED)]


def test_an_entry_of_another_question_is_another_entry() -> None:
    after = reconcile([entry(text="a", topic="1", id=7)], [entry(Kind.NEXT, "a", topic="2")])
    assert [e.id for e in after] == [0]


def test_a_blocker_told_again_counts_from_the_first_day() -> None:
    earlier = [entry(Kind.BLOCKER, "No keys!", 22, since=date(2026, 10, 20), id=1), entry(Kind.BLOCKER, "x", 23)]
    (dated,) = with_since([entry(Kind.BLOCKER, "no  keys")], earlier)
    assert dated.since == date(2026, 10, 20)


def test_a_new_blocker_counts_from_its_own_day() -> None:
    (dated,) = with_since([entry(Kind.BLOCKER, "no keys")], [])
    assert dated.since == date(2026, 10, 26)


def test_what_is_not_told_again_is_resolved() -> None:
    earlier = [entry(Kind.BLOCKER, "a", 23, id=1), entry(Kind.BLOCKER, "b", 23, id=2)]
    after, resolved = settled(earlier, [entry(Kind.BLOCKER, "A")], True, frozenset())
    assert [e.state for e in after] == [State.OPEN, State.RESOLVED]
    assert resolved == {2}


def test_a_blocker_opens_again_when_the_answer_that_resolved_it_is_taken_back() -> None:
    earlier = [entry(Kind.BLOCKER, "a", 23, id=1, state=State.RESOLVED)]
    after, resolved = settled(earlier, [], False, frozenset({1}))
    assert [e.state for e in after] == [State.OPEN]
    assert resolved == frozenset()


def test_what_somebody_else_resolved_stays_resolved() -> None:
    earlier = [entry(Kind.BLOCKER, "a", 23, id=1, state=State.RESOLVED)]
    after, _ = settled(earlier, [], False, frozenset())
    assert [e.state for e in after] == [State.RESOLVED]
