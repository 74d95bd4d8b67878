"""Weekdays, yes and no, in English and in the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.i18n import Catalogues, CldrGazetteer

gazetteer = CldrGazetteer()
WORKDAYS, WEEKEND, EVERY_DAY = set(range(5)), {5, 6}, set(range(7))


@pytest.mark.parametrize(
    ("text", "language", "days"),
    [
        ("mon-fri", "en", WORKDAYS), ("mon-fri", "es", WORKDAYS), ("Mon, Wed and Fri", "en", {0, 2, 4}),
        ("from Monday to Friday", "en", WORKDAYS), ("Monday through Thursday", "en", {0, 1, 2, 3}),
        ("weekdays", "en", WORKDAYS), ("every day", "es", EVERY_DAY), ("Saturdays and Sundays", "en", WEEKEND),
        ("lun-vie", "es", WORKDAYS), ("lun–vie", "es", WORKDAYS), ("lunes a viernes", "es", WORKDAYS),
        ("de lunes a viernes", "es", WORKDAYS), ("del lunes al viernes", "es", WORKDAYS),
        ("lun, mié y vie", "es", {0, 2, 4}), ("lun mie vie", "es", {0, 2, 4}), ("MARTES", "es", {1}),
        ("mar", "es", {1}), ("miér", "es", {2}), ("los sábados", "es", {5}), ("sab,dom", "es", WEEKEND),
        ("de lunes a jueves y el sábado", "es", {0, 1, 2, 3, 5}), ("vie-lun", "es", {4, 5, 6, 0}),
        ("todos los días", "es", EVERY_DAY), ("todos los dias", "es", EVERY_DAY),
        ("días laborables", "es", WORKDAYS), ("monday a viernes", "es", WORKDAYS),
        ("Mo-Fr", "de", WORKDAYS), ("Montag, Mittwoch", "de", {0, 2}), ("月-金", "ja", WORKDAYS),
        ("月曜日、水曜日", "ja", {0, 2}), ("月～金", "ja", WORKDAYS),
        ("月〜金", "ja", WORKDAYS), ("月ー金", "ja", WORKDAYS), ("月火水木金", "ja", WORKDAYS),
        ("月水金", "ja", {0, 2, 4}), ("土日", "ja", WEEKEND),
        ("月・水・金", "ja", {0, 2, 4}), ("月曜から金曜まで", "ja", WORKDAYS), ("平日", "ja", WORKDAYS),
        ("毎日", "ja", EVERY_DAY),
        ("月曜日から木曜日と土曜日", "ja", {0, 1, 2, 3, 5}), ("毎週火曜日", "ja", {1}),
        ("日", "ja", {6}), ("週末", "ja", WEEKEND),
        ("Mo–Fr", "de", WORKDAYS), ("werktags", "de", WORKDAYS), ("Mo, Mi und Fr", "de", {0, 2, 4}),
        ("montags und freitags", "de", {0, 4}), ("von Montag bis Freitag", "de", WORKDAYS),
        ("am Wochenende", "de", WEEKEND),
        ("fin de semana", "es", WEEKEND), ("weekend", "de", WEEKEND),
    ],
)  # fmt: skip
def test_weekdays_are_read_as_people_write_them(text: str, language: str, days: set[int]) -> None:
    assert gazetteer.weekdays(text, language) == days


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"), ("someday", "en"), ("lunes", "en"), ("m", "es"), ("lun-", "es"), ("-vie", "es"), ("y", "es"),
        ("月火x", "ja"), ("月から", "ja"), ("月山", "ja"), ("lun a", "es"), ("lun - - vie", "es"),
        ("lun pronto", "es"), ("9:00", "es"), ("x" * 10_000, "es"),
    ],
)  # fmt: skip
def test_what_is_not_weekdays_is_refused(text: str, language: str) -> None:
    with pytest.raises(ValueError, match="weekday"):
        gazetteer.weekdays(text, language)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("yes", "en", True), ("Y", "en", True), ("Yes!", "es", True), ("sí", "es", True), ("si", "es", True),
        ("¡Claro que sí!", "es", True), ("no", "en", False), ("No.", "es", False), ("nope", "es", False),
        ("para nada", "es", False), ("sí", "en", None), ("maybe", "en", None), ("", "en", None), ("yes no", "en", None),
    ],
)  # fmt: skip
def test_yes_and_no_are_read_in_both_languages(text: str, language: str, expected: bool | None) -> None:
    assert gazetteer.yes_no(text, language) is expected


def test_the_readers_language_comes_before_english(tmp_path: Path) -> None:
    """In Bulgarian "no" would be "but"; a language may use an English word the other way round."""
    file = tmp_path / "xx" / "LC_MESSAGES" / "bot.po"
    file.parent.mkdir(parents=True)
    file.write_text(
        'msgid "yes, y, yep, yeah, yup, sure, ok, okay, true, on"\nmsgstr "no"\n\n'
        'msgid "no, n, nope, nah, never, false, off"\nmsgstr "yes"\n',
        "utf-8",
    )
    upside_down = CldrGazetteer(Catalogues(tmp_path))
    assert upside_down.yes_no("no", "xx") is True
    assert upside_down.yes_no("yes", "xx") is False
    assert upside_down.yes_no("yes", "en") is True
