"""Sentences and the values in them, as a reader gets them."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.engine.ports import Reader, Style
from bot.i18n import BabelLocalizer, Catalogues
from bot.model.identity import MemberId
from bot.model.message import ChannelName, CommandText, Listing, OptionName, Person, Sentence, Value, catalogue
from bot.model.moment import Day, Days, LanguageName, Moment, Show, Span, TimeOfDay, ZoneName
from tests.i18n.styles import Marked, Native, Plain

_, n_ = catalogue("tea")
LISBON = Reader("en", "Europe/Lisbon")
MADRID = Reader("es", "Europe/Madrid")
MORNING = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
ANA = Person(MemberId(1), "Ana")

SPANISH = """
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Good morning, {name}."
msgstr "Buenos días, {name}."

msgid "{count} cup for {name}"
msgid_plural "{count} cups for {name}"
msgstr[0] "{count} taza para {name}"
msgstr[1] "{count} tazas para {name}"

msgid "Half done"
msgstr ""

#, fuzzy
msgid "Guessed"
msgstr "Adivinado"

msgid "Tea for {name}"
msgstr "Té para {nombre}"

msgid "Tea with {name}"
msgstr "Té con {name"
"""
POLISH = """
msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "{count} cup for {name}"
msgid_plural "{count} cups for {name}"
msgstr[0] "{count} kubek dla {name}"
msgstr[1] "{count} kubki dla {name}"
msgstr[2] "{count} kubków dla {name}"
"""
MEXICAN = """
msgid "Half done"
msgstr "A medias"
"""


@pytest.fixture
def localizer(tmp_path: Path) -> BabelLocalizer:
    """Return one with a small catalogue in three languages."""
    for language, text in {"es": SPANISH, "pl": POLISH, "es_MX": MEXICAN}.items():
        file = tmp_path / language / "LC_MESSAGES" / "tea.po"
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
    return BabelLocalizer(Catalogues(tmp_path))


@pytest.fixture
def cldr(tmp_path: Path) -> BabelLocalizer:
    """Return one without any catalogue: values come from CLDR alone."""
    return BabelLocalizer(Catalogues(tmp_path / "none"))


def plainly(localizer: BabelLocalizer, value: Value, reader: Reader, style: Style | None = None) -> str:
    """Return what a reader reads, with ordinary spaces."""
    return localizer.write(value, reader, style or Plain()).replace("\u00a0", " ")


def test_a_sentence_is_written_in_the_readers_language(localizer: BabelLocalizer) -> None:
    sentence = _("Good morning, {name}.", name=ANA)
    assert plainly(localizer, sentence, MADRID) == "Buenos días, Ana."
    assert plainly(localizer, sentence, LISBON) == "Good morning, Ana."


@pytest.mark.parametrize("language", ["es-MX", "es_MX", "es-AR", "ES"])
def test_a_region_without_the_text_reads_its_languages(localizer: BabelLocalizer, language: str) -> None:
    assert plainly(localizer, _("Good morning, {name}.", name="Ana"), Reader(language)) == "Buenos días, Ana."


def test_a_region_with_the_text_reads_its_own(localizer: BabelLocalizer) -> None:
    assert plainly(localizer, _("Half done"), Reader("es-MX")) == "A medias"


@pytest.mark.parametrize("text", ["Half done", "Guessed", "Not in the catalogue"])
def test_what_is_not_translated_for_certain_is_read_in_english(localizer: BabelLocalizer, text: str) -> None:
    assert plainly(localizer, Sentence("tea", text), MADRID) == text


def test_an_unknown_domain_or_language_is_read_in_english(localizer: BabelLocalizer) -> None:
    assert plainly(localizer, Sentence("coffee", "Half done"), MADRID) == "Half done"
    assert plainly(localizer, _("Half done"), Reader("tlh")) == "Half done"
    assert plainly(localizer, _("Half done"), Reader("")) == "Half done"


@pytest.mark.parametrize("text", ["Tea for {name}", "Tea with {name}"])
def test_a_translation_with_other_placeholders_is_not_used_and_logged(
    localizer: BabelLocalizer, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        written = plainly(localizer, Sentence("tea", text, (("name", "Ana"),)), MADRID)
    assert written == text.replace("{name}", "Ana")
    assert text in caplog.text


def test_a_placeholder_without_a_value_stays_and_is_logged(
    localizer: BabelLocalizer, caplog: pytest.LogCaptureFixture
) -> None:
    assert plainly(localizer, _("Good morning, {name}."), LISBON) == "Good morning, {name}."
    assert "no value for {name}" in caplog.text


def test_braces_that_close_nothing_are_text(localizer: BabelLocalizer) -> None:
    assert plainly(localizer, Sentence("tea", "a } b { c"), LISBON) == "a } b { c"


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 0, "0 cups for Ana"),
        ("en", 1, "1 cup for Ana"),
        ("en", 1200, "1,200 cups for Ana"),
        ("es", 0, "0 tazas para Ana"),
        ("es", 1, "1 taza para Ana"),
        ("es", 2, "2 tazas para Ana"),
        ("pl", 1, "1 kubek dla Ana"),
        ("pl", 3, "3 kubki dla Ana"),
        ("pl", 5, "5 kubków dla Ana"),
        ("pl", 22, "22 kubki dla Ana"),
        ("pl", -3, "-3 kubki dla Ana"),
    ],
)
def test_plurals_follow_the_language(localizer: BabelLocalizer, language: str, count: int, expected: str) -> None:
    sentence = n_("{count} cup for {name}", "{count} cups for {name}", count, name="Ana")
    assert plainly(localizer, sentence, Reader(language)) == expected


def test_a_sentence_in_a_sentence_is_translated_too(localizer: BabelLocalizer) -> None:
    inner = n_("{count} cup for {name}", "{count} cups for {name}", 1, name="Ana")
    outer = _("Good morning, {name}.", name=inner)
    assert plainly(localizer, outer, MADRID) == "Buenos días, 1 taza para Ana."


def test_a_value_that_ends_in_a_point_ends_its_sentence_with_it(cldr: BabelLocalizer) -> None:
    evening = Sentence("tea", "Hoy empiezas a las {time}. ¡Ánimo!", (("time", TimeOfDay(time(22))),))
    written = plainly(cldr, evening, Reader("es", "America/New_York"))
    assert written == "Hoy empiezas a las 10:00 p.m. ¡Ánimo!"
    assert plainly(cldr, evening, MADRID) == "Hoy empiezas a las 22:00. ¡Ánimo!"


def test_everything_passes_the_style_exactly_once(cldr: BabelLocalizer) -> None:
    sentence = _(
        "{who} says {what} at {at}, {list}, {days}",
        who=ANA,
        what=_("<{x}>", x="a & b"),
        at=TimeOfDay(time(9, 30)),
        list=Listing(("x", 2, ChannelName("tea"))),
        days=Moment(MORNING, Show.TIME),
    )
    reader = Reader("en", None, ("Europe/Lisbon", "Asia/Kolkata"))
    assert cldr.write(sentence, reader, Marked()) == (
        "Ana[ says ][<][a & b][>][ at ][09:30][, ][x][, ][2][ and ][#tea][, ]"
        "[09:30][ in ][Lisbon][, ][15:00][ in ][Kolkata]"
    )


def test_a_ping_names_the_account_only_where_the_reader_may_be_pinged(cldr: BabelLocalizer) -> None:
    reader = Reader("en", pings={MemberId(1): "ana:example"})
    assert plainly(cldr, Person(MemberId(1), "Ana", ping=True), reader) == "@ana:example"
    assert plainly(cldr, Person(MemberId(1), "Ana"), reader) == "Ana"
    assert plainly(cldr, Person(MemberId(2), "Bo", ping=True), reader) == "Bo"


def test_words_to_type_are_the_platforms(cldr: BabelLocalizer) -> None:
    assert plainly(cldr, CommandText("me show"), LISBON) == "`me show`"


def test_an_options_name_is_the_platforms(cldr: BabelLocalizer) -> None:
    assert plainly(cldr, OptionName("zone"), LISBON) == "‹zone›"


@pytest.mark.parametrize("name", ["tea", "#tea"])
def test_a_channel_has_one_sign_before_its_name(cldr: BabelLocalizer, name: str) -> None:
    assert plainly(cldr, ChannelName(name), LISBON) == "#tea"


VALUES: list[tuple[Value, str, str, str, str]] = [
    (1234567, "1,234,567", "1.234.567", "1.234.567", "1,234,567"),
    (Listing(("a", "b", "c")), "a, b and c", "a, b y c", "a, b und c", "a、b、c"),
    (Listing(("a", "b"), either=True), "a or b", "a o b", "a oder b", "aまたはb"),
    (Listing(("a", "b", "c"), either=True), "a, b or c", "a, b o c", "a, b oder c", "a、b、またはc"),
    (Listing(("a",)), "a", "a", "a", "a"),
    (Listing(()), "", "", "", ""),
    (Day(date(2026, 10, 26)), "Mon, 26 Oct", "lun, 26 oct", "Mo., 26. Okt.", "10月26日(月)"),
    (Day(date(2026, 10, 26), weekday=False), "26 Oct", "26 oct", "26. Okt.", "10月26日"),
    (TimeOfDay(time(9, 30)), "09:30", "9:30", "09:30", "9:30"),
    (TimeOfDay(time(16, 0)), "16:00", "16:00", "16:00", "16:00"),
    (Span(timedelta(minutes=90)), "1 hour, 30 minutes", "1 hora y 30 minutos", "1 Stunde, 30 Minuten", "1 時間 30 分"),
    (Span(timedelta(hours=51, seconds=9)), "2 days, 3 hours", "2 días y 3 horas", "2 Tage, 3 Stunden", "2 日 3 時間"),
    (Span(timedelta(seconds=61)), "1 minute, 1 second", "1 minuto y 1 segundo", "1 Minute, 1 Sekunde", "1 分 1 秒"),
    (Span(timedelta(0)), "0 minutes", "0 minutos", "0 Minuten", "0 分"),
    (Span(timedelta(hours=-1)), "1 hour", "1 hora", "1 Stunde", "1 時間"),
    (Days(frozenset(range(5))), "Mon–Fri", "lun–vie", "Mo–Fr", "月～金"),
    (Days(frozenset({0, 2, 4})), "Mon, Wed and Fri", "lun, mié y vie", "Mo, Mi und Fr", "月、水、金"),
    (Days(frozenset({5, 6})), "Sat and Sun", "sáb y dom", "Sa und So", "土、日"),
    (Days(frozenset({6, 0, 1, 2, 3})), "Sun–Thu", "dom–jue", "So–Do", "日～木"),
    (Days(frozenset({0, 1, 2, 5})), "Mon–Wed and Sat", "lun–mié y sáb", "Mo–Mi und Sa", "月～水、土"),
    (Days(frozenset(range(7))), "Mon–Sun", "lun–dom", "Mo–So", "月～日"),
    (Days(frozenset()), "", "", "", ""),
    (ZoneName("Europe/London"), "London", "Londres", "London", "ロンドン"),
    (ZoneName("Asia/Kolkata"), "Kolkata", "Calcuta", "Kalkutta", "コルカタ"),
    (ZoneName("America/Argentina/Cordoba"), "Cordoba", "Córdoba", "Córdoba", "コルドバ"),
    (ZoneName("Etc/UTC"), "UTC", "UTC", "UTC", "UTC"),
    (LanguageName("es"), "Spanish", "español", "Spanisch", "スペイン語"),
    (LanguageName("zzz"), "zzz", "zzz", "zzz", "zzz"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "english", "spanish", "german", "japanese"), VALUES)
def test_values_are_written_as_the_language_writes_them(
    cldr: BabelLocalizer, value: Value, english: str, spanish: str, german: str, japanese: str
) -> None:
    written = [plainly(cldr, value, Reader(language)) for language in ("en", "es", "de", "ja")]
    assert written == [english, spanish, german, japanese]


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("en", "America/Los_Angeles", "Mon, Oct 26, 2:30 AM"),
        ("en", "Asia/Kolkata", "Mon, 26 Oct, 3:00 pm"),
        ("en", "Europe/London", "Mon 26 Oct, 09:30"),
        ("en", "Europe/Lisbon", "Mon, 26 Oct, 09:30"),
        ("en-GB", "America/Los_Angeles", "Mon 26 Oct, 02:30"),
        ("es", "Europe/Madrid", "lun, 26 oct, 10:30"),
        ("es", "Asia/Tokyo", "lun, 26 oct, 18:30"),
        ("de", "Europe/Berlin", "Mo., 26. Okt., 10:30"),
        ("ja", "Asia/Tokyo", "10月26日(月) 18:30"),
    ],
)
def test_an_instant_is_shown_in_the_readers_zone_as_it_is_written_there(
    cldr: BabelLocalizer, language: str, zone: str, expected: str
) -> None:
    assert plainly(cldr, Moment(MORNING), Reader(language, zone)) == expected


@pytest.mark.parametrize(
    ("zone", "expected"), [("America/New_York", "Sun–Tue"), ("Europe/London", "Sun–Tue"), (None, "Sun–Tue")]
)
def test_a_run_of_weekdays_over_the_weeks_end_is_one_range(
    cldr: BabelLocalizer, zone: str | None, expected: str
) -> None:
    assert plainly(cldr, Days(frozenset({6, 0, 1})), Reader("en", zone)) == expected


@pytest.mark.parametrize(("zone", "expected"), [("America/New_York", "Sun and Mon"), ("Europe/London", "Mon and Sun")])
def test_weekdays_start_with_the_first_one_where_the_reader_is(cldr: BabelLocalizer, zone: str, expected: str) -> None:
    assert plainly(cldr, Days(frozenset({0, 6})), Reader("en", zone)) == expected


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.TIME, "09:30"),
        (Show.DATE, "Mon, 26 Oct"),
        (Show.DATE_TIME, "Mon, 26 Oct, 09:30"),
        (Show.RELATIVE, "Mon, 26 Oct, 09:30"),
    ],
)
def test_as_much_of_an_instant_is_shown_as_is_asked_for(cldr: BabelLocalizer, show: Show, expected: str) -> None:
    assert plainly(cldr, Moment(MORNING, show), LISBON) == expected


def test_a_pinned_instant_is_shown_in_its_own_zone_everywhere(cldr: BabelLocalizer) -> None:
    moment = Moment(MORNING, Show.TIME, "Asia/Kolkata")
    assert plainly(cldr, moment, LISBON) == "15:00"
    assert plainly(cldr, moment, Reader("en", None, ("Europe/Lisbon",))) == "15:00"
    assert plainly(cldr, moment, LISBON, Native()) == "15:00"


def test_a_platform_that_can_shows_each_reader_their_own_time(cldr: BabelLocalizer) -> None:
    assert plainly(cldr, Moment(MORNING, Show.TIME), LISBON, Native()) == "<t:09:30:time>"


FOUR_TIMES = "04:30 in Lima, 09:30 in Lisbon and London, 15:00 in Kolkata, 18:30 in Tokyo"
ZONES = ("Asia/Kolkata", "Europe/Lisbon", "Europe/London")


@pytest.mark.parametrize(
    ("language", "zones", "show", "expected"),
    [
        ("en", ZONES[:2], Show.TIME, "09:30 in Lisbon, 15:00 in Kolkata"),
        ("en", ZONES, Show.TIME, "09:30 in Lisbon and London, 15:00 in Kolkata"),
        ("en", ZONES, Show.DATE_TIME, "Mon, 26 Oct, 09:30 in Lisbon and London, 15:00 in Kolkata"),
        ("en", ZONES, Show.DATE, "Mon, 26 Oct"),
        ("es", ZONES, Show.TIME, "9:30 en Lisboa y Londres y 15:00 en Calcuta"),
        ("en", (), Show.TIME, "09:30 UTC"),
        ("en", (*ZONES, "Asia/Tokyo", "America/Lima"), Show.TIME, FOUR_TIMES),
        ("en", (*ZONES, "Asia/Tokyo", "America/Lima", "Europe/Paris"), Show.TIME, "09:30 UTC"),
        ("en", (*ZONES, "Asia/Tokyo", "America/Lima", "Europe/Paris"), Show.DATE_TIME, "Mon, 26 Oct, 09:30 UTC"),
    ],
)  # fmt: skip
def test_a_channel_reads_an_instant_in_the_zones_of_the_people_concerned(
    language: str, zones: tuple[str, ...], show: Show, expected: str
) -> None:
    installed = BabelLocalizer()  # with the bot's own catalogue: "in" is a word of ours
    assert plainly(installed, Moment(MORNING, show), Reader(language, None, zones)) == expected


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.DATE_TIME, "Mon, 26 Oct, 20:00 in London, Tue, 27 Oct, 09:00 in Auckland"),
        (Show.DATE, "Mon, 26 Oct in London, Tue, 27 Oct in Auckland"),
    ],
)
def test_a_channel_reads_both_dates_where_they_differ(cldr: BabelLocalizer, show: Show, expected: str) -> None:
    evening = Moment(datetime(2026, 10, 26, 20, tzinfo=UTC), show)
    reader = Reader("en", None, ("Pacific/Auckland", "Europe/London"))
    assert plainly(cldr, evening, reader) == expected


def test_a_zone_that_is_gone_is_shown_in_utc_and_logged(cldr: BabelLocalizer, caplog: pytest.LogCaptureFixture) -> None:
    assert plainly(cldr, Moment(MORNING, Show.TIME), Reader("en", "Mars/Olympus")) == "09:30"
    assert "Mars/Olympus" in caplog.text


# --- years --------------------------------------------------------------------------------------------------

NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        (Reader("en", "Europe/Lisbon"), Day(date(2027, 1, 4)), "Mon, 4 Jan 2027"),
        (Reader("en", "Europe/Lisbon"), Day(date(2026, 1, 5)), "Mon, 5 Jan"),
        (Reader("en", "Europe/Lisbon"), Day(date(2025, 1, 6)), "Mon, 6 Jan 2025"),
        (Reader("en", "Asia/Tokyo"), Day(date(2027, 1, 4)), "Mon, 4 Jan"),
        (Reader("en", "Asia/Tokyo"), Day(date(2026, 12, 31)), "Thu, 31 Dec 2026"),
        (Reader("en"), Day(date(2027, 1, 4), weekday=False), "4 Jan 2027"),
        (Reader("de", "Europe/Berlin"), Day(date(2028, 1, 4)), "Di., 4. Jan. 2028"),
        (Reader("ja", "Europe/Lisbon"), Day(date(2027, 1, 4)), "2027年1月4日(月)"),
        (Reader("es", "Europe/Madrid"), Day(date(2028, 1, 4)), "mar, 4 ene 2028"),
        (Reader("en", "Europe/Lisbon"), Moment(datetime(2027, 1, 4, 9, 30, tzinfo=UTC)), "Mon, 4 Jan 2027, 09:30"),
        (Reader("en", "Europe/Lisbon"), Moment(datetime(2027, 1, 4, 9, tzinfo=UTC), Show.TIME), "09:00"),
        (Reader("en"), Moment(datetime(2027, 1, 4, 9, tzinfo=UTC), Show.DATE), "Mon, 4 Jan 2027"),
        (Reader("en"), Moment(datetime(2027, 1, 4, 9, tzinfo=UTC)), "Mon, 4 Jan 2027, 09:00 UTC"),
    ],
)
def test_a_date_in_another_year_than_the_readers_present_one_shows_it(
    cldr: BabelLocalizer, reader: Reader, value: Value, expected: str
) -> None:
    assert plainly(cldr, value, replace(reader, now=NEW_YEARS_EVE)) == expected


def test_without_a_present_no_year_is_shown(cldr: BabelLocalizer) -> None:
    assert plainly(cldr, Day(date(2031, 1, 4)), LISBON) == "Sat, 4 Jan"


def test_people_in_a_list_are_named_as_their_language_names_them() -> None:
    both = Listing((ANA, Person(MemberId(2), "Bo")))
    assert plainly(BabelLocalizer(), both, Reader("ja")) == "Anaさん、Boさん"
    assert plainly(BabelLocalizer(), both, Reader("de")) == "Ana und Bo"
