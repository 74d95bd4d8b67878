"""The pseudo-language shows what did not come from a catalogue."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.engine.ports import Reader
from bot.model.identity import MemberId
from bot.model.message import CommandText, Listing, OptionName, Person, Value, catalogue
from bot.model.moment import Days, LanguageName, Moment, Span, TimeOfDay, ZoneName
from bot.testing.pseudo import PseudoLocalizer, leaks
from tests.i18n.styles import Plain

_, n_ = catalogue("tea")
READER = Reader("es", "America/New_York")


def pseudo(value: Value) -> str:
    """Return what a reader of the pseudo-language reads."""
    return PseudoLocalizer().write(value, READER, Plain())


def test_a_sentence_stands_in_brackets_and_other_letters_with_its_values_inside() -> None:
    sentence = _("Hello {name}, {rest}", name=Person(MemberId(1), "Ana"), rest=_("good night"))
    assert pseudo(sentence) == "⟦Ĥéļļö Ana, ⟦ĝööð ñîĝĥţ⟧⟧".replace("î", "ī")


@pytest.mark.parametrize(
    "value",
    [
        _("Nothing but text"),
        n_("{count} cup", "{count} cups", 3),
        Moment(datetime(2026, 10, 26, 9, tzinfo=UTC)),
        TimeOfDay(time(9, 30)),
        Span(timedelta(minutes=90)),
        Days(frozenset(range(5))),
        ZoneName("Europe/Lisbon"),
        LanguageName("es"),
        Listing((1, 2, 3)),
        CommandText("me show"),
        OptionName("zone"),
        _("Write {command} at {at}", command=CommandText("team show Atlas"), at=TimeOfDay(time(9))),
    ],
)
def test_what_comes_from_the_catalogues_leaks_nothing(value: Value) -> None:
    assert leaks(pseudo(value)) == []


def test_text_that_skips_the_catalogue_leaks() -> None:
    shown = f"{pseudo(_('Good morning'))} Have a nice day! {pseudo(_('See {list}', list=Listing(('you', 'soon'))))}"
    assert leaks(shown) == ["Have", "a", "nice", "day", "you", "soon"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Ana", "Ana"),
        ("• merged the parser", "merged the parser"),
        ("merged\n  the parser", "merged the parser"),
        ("merged the parser / the docs", "1. merged the parser\n2. the docs"),
        ("merged the par…", "merged the parser"),
        ("Don’t panic", "Don’t panic"),
        ("@\u200bAna: hi", "@Ana: hi"),
    ],
)
def test_what_people_wrote_is_no_leak_however_it_is_shown(text: str, written: str) -> None:
    assert leaks(f"⟦Ĥéļļö⟧ {text}", [written]) == []


def test_a_word_of_a_persons_text_is_a_leak_where_it_stands_alone() -> None:
    assert leaks("the parser", ["merged the parser"]) == ["the", "parser"]
    assert leaks("Analysis…", ["Ana"]) == ["Analysis"]
    assert leaks("Overdue: Ana", ["Ana"]) == ["Overdue"]
