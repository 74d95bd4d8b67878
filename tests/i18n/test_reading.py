"""Times, lengths, dates and hours, in English and as each language's readers write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.ports import Reader
from bot.i18n import BabelLocalizer, CldrGazetteer
from bot.model.message import Value, catalogue
from bot.model.moment import Day, Days, Span, TimeOfDay
from bot.model.working_time import Hours
from tests.i18n.styles import Plain

gazetteer = CldrGazetteer()
localizer = BabelLocalizer()
_ = catalogue("bot")[0]
LANGUAGES = tuple(localizer.languages())
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/New_York", "America/Mexico_City", "Pacific/Auckland", None)
MONDAY = date(2026, 10, 26)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("09:30", "en", time(9, 30)), ("9", "en", time(9)), ("9.30", "en", time(9, 30)), ("0930", "en", time(9, 30)),
        ("9h30", "en", time(9, 30)), ("17h", "en", time(17)), ("9:30pm", "en", time(21, 30)), ("12am", "en", time(0)),
        ("12 pm", "en", time(12)), ("5 p.m.", "en", time(17)), ("half past 9", "en", time(9, 30)),
        ("9 in the morning", "en", time(9)), ("noon", "en", time(12)), ("midnight", "en", time(0)),
        ("24:00", "en", None), ("9:60", "en", None), ("13pm", "en", None), ("0am", "en", None), ("nine", "en", time(9)),
        ("", "en", None), ("-9", "en", None), ("9 Uhr", "en", None), ("1" * 10_000, "en", None),
        ("9 Uhr", "de", time(9)), ("9.30 Uhr", "de", time(9, 30)), ("um 9:30 Uhr", "de", time(9, 30)),
        ("9 Uhr 30", "de", time(9, 30)), ("halb 10", "de", time(9, 30)), ("halb 1", "de", time(12, 30)),
        ("7 Uhr abends", "de", time(19)), ("17h30", "de", time(17, 30)), ("Mitternacht", "de", time(0)),
        ("9 o'clock", "de", time(9)), ("25 Uhr", "de", None), ("13 Uhr abends", "de", None), ("Uhr", "de", None),
        ("9 h", "es", time(9)), ("a las 9:30", "es", time(9, 30)), ("9 y media", "es", time(9, 30)),
        ("5 de la tarde", "es", time(17)), ("5 p. m.", "es", time(17)), ("mediodía", "es", time(12)),
        ("9時", "ja", time(9)), ("9時半", "ja", time(9, 30)), ("9時30分", "ja", time(9, 30)),
        ("９：３０", "ja", time(9, 30)), ("９時半", "ja", time(9, 30)), ("九時半", "ja", time(9, 30)),
        ("午後5時半", "ja", time(17, 30)), ("午後5:30", "ja", time(17, 30)), ("午前0時", "ja", time(0)),
        ("夜9時", "ja", time(21)), ("正午", "ja", time(12)), ("25時", "ja", None), ("時半", "ja", None),
        ("half past nine", "en", time(9, 30)), ("nine thirty", "en", time(9, 30)),
        ("a quarter to ten", "en", time(9, 45)),
        ("quarter past nine", "en", time(9, 15)), ("five to ten", "en", time(9, 55)), ("ten past 9", "en", time(9, 10)),
        ("nine in the evening", "en", time(21)), ("9 to 5", "en", None), ("nine to five", "en", None),
        ("quarter", "en", None), ("to ten", "en", None), ("ninety", "en", None), ("half nine", "en", None),
        ("one of us", "en", None),
        ("halb zehn", "de", time(9, 30)), ("Halb eins", "de", time(12, 30)), ("viertel nach neun", "de", time(9, 15)),
        ("Viertel vor zehn", "de", time(9, 45)), ("dreiviertel zehn", "de", time(9, 45)), ("neun", "de", time(9)),
        ("neun Uhr dreißig", "de", time(9, 30)), ("zwanzig nach acht", "de", time(8, 20)), ("null Uhr", "de", time(0)),
        ("fünf vor zwölf", "de", time(11, 55)), ("um neun Uhr abends", "de", time(21)), ("Punkt neun", "de", time(9)),
        ("12 Uhr mittags", "de", time(12)), ("viertel", "de", None), ("viertel zehn", "de", None),
        ("eins nach neun", "de", None), ("einer", "de", None),
        ("las nueve y media", "es", time(9, 30)), ("a las nueve y cuarto", "es", time(9, 15)),
        ("diez menos cuarto", "es", time(9, 45)), ("un cuarto para las diez", "es", time(9, 45)),
        ("veinte para las ocho", "es", time(7, 40)), ("la una y media", "es", time(1, 30)),
        ("las siete de la tarde", "es", time(19)), ("nueve treinta", "es", time(9, 30)), ("media", "es", None),
        ("las doce del mediodía", "es", time(12)), ("cuarto", "es", None), ("una cosa", "es", None),
        ("10時5分前", "ja", time(9, 55)), ("10時15分前", "ja", time(9, 45)), ("9時5分", "ja", time(9, 5)),
        ("九時十五分", "ja", time(9, 15)), ("9時5分過ぎ", "ja", time(9, 5)), ("午前ゼロ時", "ja", time(0)),
        ("5分前", "ja", None), ("一つ", "ja", None),
    ],
)  # fmt: skip
def test_times_of_day_are_read_in_the_ways_people_write_them(text: str, language: str, expected: time | None) -> None:
    assert gazetteer.time(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("9-17", "en", "09:00-17:00"), ("9 to 17", "en", "09:00-17:00"), ("from 9am to 5pm", "en", "09:00-17:00"),
        ("9 bis 17 Uhr", "de", "09:00-17:00"), ("von 9 bis 17:30 Uhr", "de", "09:00-17:30"),
        ("9.00–17.00 Uhr", "de", "09:00-17:00"), ("22 Uhr bis 6 Uhr", "de", "22:00-06:00"),
        ("16 bis 24 Uhr", "de", "16:00-00:00"), ("de 9 a 17 h", "es", "09:00-17:00"), ("9 a 17", "es", "09:00-17:00"),
        ("9時〜17時半", "ja", "09:00-17:30"), ("9時から17時まで", "ja", "09:00-17:00"),
        ("９：００～１７：３０", "ja", "09:00-17:30"), ("午前9時から午後5時まで", "ja", "09:00-17:00"),
        ("9:00ー17:00", "ja", "09:00-17:00"),
        ("nine to seventeen", "en", "09:00-17:00"), ("half past nine to 5pm", "en", "09:30-17:00"),
        ("neun bis siebzehn Uhr", "de", "09:00-17:00"), ("von halb neun bis siebzehn Uhr", "de", "08:30-17:00"),
        ("de nueve a diecisiete", "es", "09:00-17:00"), ("九時から十七時半まで", "ja", "09:00-17:30"),
    ],
)  # fmt: skip
def test_working_hours_are_read_in_the_ways_people_write_them(text: str, language: str, expected: str) -> None:
    start, end = expected.split("-")
    assert gazetteer.hours(text, language) == Hours(time.fromisoformat(start), time.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("9", "en"),
        ("9-5", "en"),
        ("9 bis 5", "de"),
        ("neun bis fünf", "de"),
        ("nine to five", "en"),
        ("9-25", "de"),
        ("bis 17 Uhr", "de"),
        ("9時から", "ja"),
        ("", "ja"),
    ],
)
def test_what_is_not_working_hours_is_refused(text: str, language: str) -> None:
    with pytest.raises(ValueError, match=r"hours|ambiguous|time of day"):
        gazetteer.hours(text, language)


@pytest.mark.parametrize(
    ("text", "language", "minutes"),
    [
        ("1h", "en", 60), ("1h30", "en", 90), ("1h30m", "en", 90), ("90", "en", 90), ("45m", "en", 45),
        ("1d", "en", 1440),
        ("an hour", "en", 60), ("half an hour", "en", 30), ("2 days 3 hours", "en", 3060), ("1.5h", "en", 90),
        ("1 hour and 5 minutes", "en", 65), ("x", "en", None), ("", "en", None), ("m", "en", None), ("-1h", "en", None),
        ("1 Stunde", "de", 60), ("30 Minuten", "de", 30), ("1 Std. 30 Min.", "de", 90), ("1,5 Stunden", "de", 90),
        ("2½ Stunden", "de", 150), ("eine halbe Stunde", "de", 30), ("anderthalb Stunden", "de", 90),
        ("1 Stunde und 15 Minuten", "de", 75), ("2 Tage", "de", 2880), ("2 Stück", "de", None),
        ("1 hora", "es", 60), ("media hora", "es", 30), ("hora y media", "es", 90), ("2 horas y media", "es", 150),
        ("1時間", "ja", 60), ("30分", "ja", 30), ("1時間半", "ja", 90), ("1時間30分", "ja", 90), ("三十分", "ja", 30),
        ("２時間", "ja", 120), ("2時間半", "ja", 150), ("3日間", "ja", 4320), ("時間", "ja", None),
    ],
)  # fmt: skip
def test_lengths_are_read_in_the_ways_people_write_them(text: str, language: str, minutes: int | None) -> None:
    assert gazetteer.duration(text, language) == (None if minutes is None else timedelta(minutes=minutes))


def test_a_length_that_nobody_could_wait_for_is_too_long() -> None:
    with pytest.raises(OverflowError):
        gazetteer.duration("999999999999d", "en")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("today", "en", "2026-10-26"), ("Tomorrow", "en", "2026-10-27"), ("yesterday", "en", "2026-10-25"),
        ("friday", "en", "2026-10-30"), ("monday", "en", "2026-11-02"), ("friday next week", "en", "2026-11-06"),
        ("24 December", "en", "2026-12-24"), ("Dec 24th", "en", "2026-12-24"),
        ("24th of December 2027", "en", "2027-12-24"),
        ("Thu, 24 Dec", "en", "2026-12-24"), ("Fri, 24 Dec", "en", None), ("in 3 days", "en", "2026-10-29"),
        ("2026-12-24", "en", "2026-12-24"), ("2026-02-30", "en", None), ("24/12", "en", "2026-12-24"),
        ("12/24", "en", None), ("soon", "en", None), ("", "en", None), ("mon-fri", "en", None), ("3", "en", None),
        ("heute", "de", "2026-10-26"), ("morgen", "de", "2026-10-27"), ("übermorgen", "de", "2026-10-28"),
        ("am Freitag", "de", "2026-10-30"), ("Montag nächster Woche", "de", "2026-11-02"),
        ("24.12.", "de", "2026-12-24"), ("24.12.2027", "de", "2027-12-24"), ("24.12.26", "de", "2026-12-24"),
        ("24. Dezember", "de", "2026-12-24"), ("Do., 24. Dez.", "de", "2026-12-24"), ("25.10.", "de", "2027-10-25"),
        ("in 2 Wochen", "de", "2026-11-09"), ("31.2.", "de", None), ("24.12. 26", "de", None),
        ("29.2.", "de", "2028-02-29"),
        ("tomorrow", "de", "2026-10-27"), ("mañana", "de", None),
        ("hoy", "es", "2026-10-26"), ("mañana", "es", "2026-10-27"), ("manana", "es", "2026-10-27"),
        ("pasado mañana", "es", "2026-10-28"), ("el próximo lunes", "es", "2026-11-02"), ("24/12", "es", "2026-12-24"),
        ("24 de diciembre de 2027", "es", "2027-12-24"), ("dentro de 3 días", "es", "2026-10-29"),
        ("今日", "ja", "2026-10-26"), ("明日", "ja", "2026-10-27"), ("あした", "ja", "2026-10-27"),
        ("明後日", "ja", "2026-10-28"), ("金曜日", "ja", "2026-10-30"), ("金曜", "ja", "2026-10-30"),
        ("来週の月曜日", "ja", "2026-11-02"), ("今度の金曜日", "ja", "2026-10-30"), ("金曜日まで", "ja", "2026-10-30"),
        ("12月24日", "ja", "2026-12-24"), ("１２月２４日", "ja", "2026-12-24"), ("12月24日(木)", "ja", "2026-12-24"),
        ("12月24日（金）", "ja", None), ("2027年12月24日", "ja", "2027-12-24"), ("12/24", "ja", "2026-12-24"),
        ("3日後", "ja", "2026-10-29"), ("2月30日", "ja", None),
    ],
)  # fmt: skip
def test_dates_are_read_in_the_ways_people_write_them(text: str, language: str, expected: str | None) -> None:
    found = gazetteer.date(text, MONDAY, language)
    assert (found.isoformat() if found else None) == expected


def test_day_and_month_stand_in_the_order_of_the_readers_region() -> None:
    assert gazetteer.date("12/3", MONDAY, "en", "America/New_York") == date(2026, 12, 3)
    assert gazetteer.date("12/3", MONDAY, "en", "Europe/London") == date(2027, 3, 12)


# --- what the bot writes can be typed ---------------------------------------------------------------------------

readers = st.builds(
    Reader, st.sampled_from(LANGUAGES), st.sampled_from(ZONES), now=st.just(datetime.fromisoformat("2026-10-26T12:00Z"))
)
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
dates = st.dates(date(2026, 10, 26), date(2029, 12, 31))


def written(value: Value, reader: Reader) -> str:
    return localizer.write(value, reader, Plain())


@given(readers, dates, st.booleans())
def test_a_date_as_it_is_shown_is_read_back(reader: Reader, day: date, weekday: bool) -> None:
    assert gazetteer.date(written(Day(day, weekday), reader), MONDAY, reader.language, reader.zone) == day


@given(readers, clocks)
def test_a_time_as_it_is_shown_is_read_back(reader: Reader, wall: time) -> None:
    assert gazetteer.time(written(TimeOfDay(wall), reader), reader.language) == wall


@given(readers, st.frozensets(st.integers(0, 6), min_size=1))
def test_weekdays_as_they_are_shown_are_read_back(reader: Reader, days: frozenset[int]) -> None:
    assert gazetteer.weekdays(written(Days(days), reader), reader.language) == days


@given(readers, st.integers(1, 20_000))
def test_a_length_as_it_is_shown_is_read_back(reader: Reader, minutes: int) -> None:
    length = timedelta(minutes=minutes)
    assert gazetteer.duration(written(Span(length), reader), reader.language) == length


@given(readers, clocks, clocks)
def test_hours_as_they_are_shown_are_read_back(reader: Reader, start: time, end: time) -> None:
    shown = [written(TimeOfDay(wall), reader) for wall in (start, end)]
    if start == end:
        return  # a day of no hours, or of twenty-four
    assert gazetteer.hours("–".join(shown), reader.language) == Hours(start, end)


def _read_in_every_way(text: str, language: str) -> None:
    gazetteer.time(text, language)
    gazetteer.date(text, MONDAY, language)
    gazetteer.duration(text, language)
    for reads in (gazetteer.hours, gazetteer.weekdays):
        with suppress(ValueError):
            reads(text, language)


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_nothing_that_people_type_is_a_fault_of_ours(text: str, language: str) -> None:
    _read_in_every_way(text, language)


@given(st.text("0123456789 .:-/〜時分月日半", max_size=20), st.sampled_from(LANGUAGES))
def test_nothing_that_looks_like_a_time_is_a_fault_of_ours(text: str, language: str) -> None:
    _read_in_every_way(text, language)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("none", "ja", True), ("None.", "de", True), ("keine", "de", True), ("なし", "ja", True),
        ("ninguno", "es", True),
        ("keine", "ja", False), ("PT", "de", False), ("", "de", False),
    ],
)  # fmt: skip
def test_words_of_a_sentence_are_known_in_english_and_the_readers_language(
    text: str, language: str, expected: bool
) -> None:
    assert gazetteer.means(text, _("none, no, nothing, off, no holidays"), language) is expected
