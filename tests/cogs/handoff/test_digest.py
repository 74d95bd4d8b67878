"""What goes into a post, and how short."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.api import Entry, Kind, MemberId, State, TeamId, WorkspaceId
from cogs.handoff.digest import (
    Blocker,
    Lines,
    Told,
    asks,
    blockers,
    compare,
    digest,
    lines_of,
    room_for,
    shorten,
    without_name,
)

MONDAY = date(2026, 10, 26)
ANA, BO, CY = MemberId(1), MemberId(2), MemberId(3)


def entry(
    author: MemberId,
    kind: Kind,
    text: str,
    *,
    id: int = 1,
    day: date = MONDAY,
    addressee: MemberId | None = None,
    since: date | None = None,
    state: State = State.OPEN,
) -> Entry:
    at = datetime(2026, 10, 26, 9, id % 60, tzinfo=UTC)
    return Entry(
        WorkspaceId(1), TeamId(1), author, day, kind, text, at, addressee=addressee, since=since, state=state, id=id
    )


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("short", 10, "short"),
        ("two  lines\nare one", 30, "two lines are one"),
        ("cut between two words", 15, "cut between two…"),
        ("cut between, words", 12, "cut between…"),
        ("https://example.org/a/very/long/address", 12, "https://exam…"),
        ("x" * 10_000, 90, "x" * 90 + "…"),
        (
            "see 🖼 a-file:1573711064493/name.png and more",
            12,
            "see 🖼 a-file:1573711064493/name.png and…",
        ),
        ("words and 🖼 a-file:1573711064493/name.png", 8, "words…"),
    ],
)
def test_a_line_is_cut_between_words(text: str, length: int, expected: str) -> None:
    assert shorten(text, length) == expected


def test_the_lines_of_a_text_have_no_list_marks() -> None:
    assert lines_of("- one\n\n* two\n3. three\n  • four\n-5 degrees") == ["one", "two", "three", "four", "-5 degrees"]


def test_the_signs_around_a_block_of_code_are_no_lines() -> None:
    assert lines_of("see\n```python\nx = 1\n```\n```inline```") == ["see", "x = 1", "```inline```"]


def test_a_person_has_so_many_lines_and_the_rest_is_counted() -> None:
    done = entry(ANA, Kind.DONE, "a\nb\nc\nd\ne")
    assert digest([done], [], MONDAY, [ANA]).done == (Lines(ANA, ("a", "b", "c"), 2),)


def test_people_stand_in_the_order_of_their_leg() -> None:
    written = [entry(ANA, Kind.NEXT, "x"), entry(CY, Kind.NEXT, "y"), entry(BO, Kind.NEXT, "z")]
    assert [one.author for one in digest(written, [], MONDAY, [CY, ANA]).next] == [CY, ANA, BO]


def test_of_many_people_each_has_less_room_and_the_last_are_counted() -> None:
    written = [entry(MemberId(n), Kind.DONE, "first\nsecond", id=n) for n in range(1, 31)]
    short = digest(written, [], MONDAY, [])
    assert len(short.done) == room_for(30).people == 20
    assert {one.items for one in short.done} == {("first",)}
    assert short.others == {"done": 10}


def test_what_was_taken_back_or_is_blank_is_in_no_part() -> None:
    gone = entry(ANA, Kind.DONE, "", state=State.WITHDRAWN)
    assert digest([gone, entry(ANA, Kind.NEXT, " \n")], [], MONDAY, [ANA]).empty


def test_asks_of_the_receiving_leg_come_first_and_those_for_nobody_last() -> None:
    written = [
        entry(ANA, Kind.ASK, "anyone?", id=1),
        entry(ANA, Kind.ASK, "for Cy", id=2, addressee=CY),
        entry(ANA, Kind.ASK, "for Bo", id=3, addressee=BO),
        entry(ANA, Kind.ASK, "more for Cy", id=4, addressee=CY),
        entry(ANA, Kind.ASK, "settled", id=5, addressee=BO, state=State.RESOLVED),
    ]
    assert [e.text for e in asks(written, [BO])] == ["for Bo", "for Cy", "more for Cy", "anyone?"]


def test_what_is_asked_stands_only_among_the_asks_but_a_blocker_stays_a_blocker() -> None:
    written = [
        entry(ANA, Kind.NEXT, "@Bo: review it", id=1),
        entry(ANA, Kind.ASK, "@Bo: review it", id=2, addressee=BO),
        entry(ANA, Kind.BLOCKER, "@Bo has the keys", id=3),
        entry(ANA, Kind.ASK, "@Bo has the keys", id=4, addressee=BO),
    ]
    short = digest(written, [], MONDAY, [ANA])
    assert short.next == ()
    assert [b.text for b in short.blockers] == ["@Bo has the keys"]
    assert len(short.asks) == 2


def test_blockers_are_ordered_by_age_and_told_twice_counts_once() -> None:
    friday = date(2026, 10, 23)
    found = blockers(
        [
            entry(ANA, Kind.BLOCKER, "new one", id=4),
            entry(BO, Kind.BLOCKER, "Keys missing", id=1, day=friday, since=date(2026, 10, 21)),
            entry(BO, Kind.BLOCKER, "keys missing.", id=5),
            entry(CY, Kind.BLOCKER, "over", id=6, since=friday, state=State.RESOLVED),
        ],
        MONDAY,
    )
    assert found == (
        Blocker(BO, "keys missing.", 5),
        Blocker(ANA, "new one", 0),
        Blocker(CY, "over", 3, solved=True),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Bo please review", "please review"),
        ("@bo: please", "please"),
        ("@Bo Lee, please", "please"),
        ("ask @Bo to review", "ask @Bo to review"),
        ("@Bob please", "@Bob please"),
        ("@Bo", "@Bo"),
        ("@Boさん、お願いします", "お願いします"),
        ("＠Bo Leeさん：確認を", "確認を"),
    ],
)
def test_the_name_that_an_ask_begins_with_is_not_said_twice(text: str, expected: str) -> None:
    assert without_name(text, "Bo Lee") == expected


def told(entry: int, addressee: MemberId) -> Told:
    return Told(entry, addressee, f"key{entry}", "")


def test_an_ask_is_matched_by_its_entry() -> None:
    ask = entry(ANA, Kind.ASK, "new words", id=7, addressee=BO)
    changes = compare([told(7, BO)], [ask])
    assert (changes.same, changes.void, changes.new) == (((told(7, BO), ask),), (), ())


def test_an_ask_that_was_replaced_takes_over_the_message_of_the_old_one() -> None:
    ask = entry(ANA, Kind.ASK, "new words", id=8, addressee=BO)
    assert compare([told(7, BO)], [ask]).same == ((told(7, BO), ask),)


def test_an_ask_for_somebody_else_is_void_for_one_and_new_for_the_other() -> None:
    ask = entry(ANA, Kind.ASK, "words", id=7, addressee=CY)
    changes = compare([told(7, BO)], [ask])
    assert (changes.same, changes.void, changes.new) == ((), (told(7, BO),), (ask,))
