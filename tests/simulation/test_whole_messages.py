"""A transcript tells a message that a platform had to part in one line, and so what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.engine.ports import Op, Part
from bot.testing.transcript import Seen, whole

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
ANA = "dm:Ana"


def seen(message: str, text: str, *, key: str = "k", op: Op = Op.SEND, kind: str = "help", to: str = ANA) -> Seen:
    return Seen(NOW, None, to, kind, (Part(kind, key, None),), f"chunk.{message}", None, False, text, op, message)


def told(*each: Seen) -> list[tuple[str, str]]:
    return [(one.message, one.text) for one in whole(each)]


def test_what_goes_on_belongs_to_what_it_continues() -> None:
    more = seen("2", "world", kind="help.continued")
    assert told(seen("1", "hello "), more, seen("3", "else", key="l")) == [("1", "hello world"), ("3", "else")]


def test_pieces_for_two_people_are_told_apart() -> None:
    assert told(
        seen("1", "a"),
        seen("2", "b", to="dm:Bo"),
        seen("3", "A", kind="help.continued"),
        seen("4", "B", kind="help.continued", to="dm:Bo"),
    ) == [("1", "aA"), ("2", "bB")]


def test_a_change_of_any_piece_is_a_change_of_the_whole() -> None:
    sent = [seen("1", "hello "), seen("2", "world", kind="help.continued")]
    assert told(*sent, seen("2", "you", op=Op.EDIT, key="e"))[1:] == [("2", "hello you")]
    both = [seen("1", "Hello ", op=Op.EDIT, key="e"), seen("2", "You", op=Op.EDIT, key="e")]
    assert told(*sent, *both)[1:] == [("1", "Hello You")]


def test_a_change_that_needs_fewer_pieces_or_more_is_one() -> None:
    sent = [seen("1", "hello "), seen("2", "world", kind="help.continued")]
    fewer = [seen("1", "bye", op=Op.EDIT, key="e"), seen("2", "", op=Op.DELETE, key="e")]
    assert told(*sent, *fewer)[1:] == [("1", "bye")]
    more = [seen("1", "hello ", op=Op.EDIT, key="e"), seen("2", "you", kind="help.continued", key="e")]
    assert told(seen("1", "hi"), *more)[1:] == [("1", "hello you")]


def test_two_changes_of_one_message_are_two() -> None:
    changes = [seen("1", "b", op=Op.EDIT, key="e"), seen("1", "c", op=Op.EDIT, key="e")]
    assert told(seen("1", "a"), *changes) == [("1", "a"), ("1", "b"), ("1", "c")]


def test_what_is_said_later_continues_nothing_of_before() -> None:
    first = seen("1", "a")
    later = Seen(NOW + timedelta(1), None, ANA, "help", first.parts, "c", None, False, "b", Op.SEND, "2")
    assert told(first, later) == [("1", "a"), ("2", "b")]


def test_reactions_are_in_no_transcript() -> None:
    assert told(seen("1", "a"), seen("1", "✅", op=Op.REACT)) == [("1", "a")]
