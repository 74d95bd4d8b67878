"""Zones and languages, by what people type."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from babel import Locale

from bot.i18n import Catalogues, CldrGazetteer
from bot.i18n.cities import COUNTRIES, WELL_KNOWN, places
from bot.i18n.exonyms import COUNTRIES as OTHER_COUNTRIES
from bot.i18n.exonyms import exonyms
from bot.i18n.gazetteer import MOST_CHOICES
from bot.i18n.spelling import near
from bot.i18n.zones import city_name, countries, links, zones_by_country
from bot.model.working_time import zone_info

gazetteer = CldrGazetteer()


def zones(text: str, language: str = "en") -> list[str]:
    """Return the zones that a text means."""
    return [match.zone for match in gazetteer.zones(text, language)]


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("europe/lisbon", "Europe/Lisbon"),
        ("america/new york", "America/New_York"),
        (" America/Argentina/Buenos_Aires ", "America/Argentina/Buenos_Aires"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("UTC", "Etc/UTC"),
        ("etc/utc", "Etc/UTC"),
        ("Zulu", "Etc/UTC"),
    ],
)
def test_a_zone_is_found_by_its_name_and_by_its_older_names(text: str, zone: str) -> None:
    assert zones(text) == [zone]


@pytest.mark.parametrize(
    ("text", "language", "zone"),
    [
        ("Lisbon", "en", "Europe/Lisbon"),
        ("LISBON", "en", "Europe/Lisbon"),
        ("Lisbon", "es", "Europe/Lisbon"),
        ("Lisboa", "es", "Europe/Lisbon"),
        ("Londres", "es", "Europe/London"),
        ("Nueva York", "es", "America/New_York"),
        ("nueva_york", "es", "America/New_York"),
        ("Calcuta", "es", "Asia/Kolkata"),
        ("Zúrich", "es", "Europe/Zurich"),
        ("Zurich", "es", "Europe/Zurich"),
        ("Los Ángeles", "es", "America/Los_Angeles"),
        ("los angeles", "es", "America/Los_Angeles"),
        ("Genf", "de", "Europe/Zurich"),
        ("Kalkutta", "de", "Asia/Kolkata"),
        ("ロンドン", "ja", "Europe/London"),
        ("São Paulo", "en", "America/Sao_Paulo"),
        ("Ho Chi Minh", "en", "Asia/Ho_Chi_Minh"),
        ("Saigon", "en", "Asia/Ho_Chi_Minh"),
        ("Belfast", "en", "Europe/London"),
        ("Montreal", "en", "America/Toronto"),
        ("Knox, Indiana", "en", "America/Indiana/Knox"),
        ("St. John's", "en", "America/St_Johns"),
    ],
)
def test_a_city_is_found_by_its_name_in_english_or_the_callers_language(text: str, language: str, zone: str) -> None:
    assert zones(text, language) == [zone]


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("San Francisco", "America/Los_Angeles"), ("Seattle", "America/Los_Angeles"), ("Boston", "America/New_York"),
        ("Washington", "America/New_York"), ("Miami", "America/New_York"), ("Austin", "America/Chicago"),
        ("Dallas", "America/Chicago"), ("Bangalore", "Asia/Kolkata"), ("Bengaluru", "Asia/Kolkata"),
        ("Mumbai", "Asia/Kolkata"), ("Delhi", "Asia/Kolkata"), ("Chennai", "Asia/Kolkata"),
        ("Wellington", "Pacific/Auckland"), ("Barcelona", "Europe/Madrid"), ("Munich", "Europe/Berlin"),
        ("Hamburg", "Europe/Berlin"), ("Frankfurt", "Europe/Berlin"), ("Milan", "Europe/Rome"),
        ("Porto", "Europe/Lisbon"), ("Osaka", "Asia/Tokyo"), ("Kyoto", "Asia/Tokyo"), ("Beijing", "Asia/Shanghai"),
        ("Shenzhen", "Asia/Shanghai"), ("Rio de Janeiro", "America/Sao_Paulo"), ("Canberra", "Australia/Sydney"),
        ("Cape Town", "Africa/Johannesburg"), ("Geneva", "Europe/Zurich"), ("Edinburgh", "Europe/London"),
        ("Manchester", "Europe/London"), ("Santiago", "America/Santiago"), ("Guadalajara", "America/Mexico_City"),
        ("Medellín", "America/Bogota"), ("medellin", "America/Bogota"),
    ],
)  # fmt: skip
def test_a_large_city_without_a_zone_of_its_own_is_found(text: str, zone: str) -> None:
    assert zones(text) == [zone]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Birmingham", {"Europe/London", "America/Chicago"}),
        ("Portland", {"America/Los_Angeles", "America/New_York"}),
        ("Córdoba", {"Europe/Madrid", "America/Argentina/Cordoba"}),
        ("Cordoba", {"Europe/Madrid", "America/Argentina/Cordoba"}),
        ("Valencia", {"Europe/Madrid", "America/Caracas"}),
        ("San José", {"America/Los_Angeles", "America/Costa_Rica"}),
        ("San Juan", {"America/Puerto_Rico", "America/Argentina/San_Juan"}),
        ("Hyderabad", {"Asia/Kolkata", "Asia/Karachi"}),
        ("Georgia", {"Asia/Tbilisi", "America/New_York"}),
        ("Portugal", {"Europe/Lisbon", "Atlantic/Azores"}),
    ],
)
def test_what_has_several_meanings_gives_them_all(text: str, expected: set[str]) -> None:
    assert set(zones(text)) == expected


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Córdoba, Argentina", "America/Argentina/Cordoba"),
        ("Cordoba, Spain", "Europe/Madrid"),
        ("Birmingham, UK", "Europe/London"),
        ("Birmingham, Alabama", "America/Chicago"),
        ("Portland, Oregon", "America/Los_Angeles"),
        ("Lisbon, Portugal", "Europe/Lisbon"),
        ("Lisbon, Nowhere", "Europe/Lisbon"),
    ],
)
def test_a_place_behind_a_comma_says_which_is_meant(text: str, zone: str) -> None:
    assert zones(text) == [zone]


ALL = ("en", "es", "de", "ja")


@pytest.mark.parametrize("reader", ALL)
@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Tokio", "Asia/Tokyo"), ("東京", "Asia/Tokyo"), ("とうきょう", "Asia/Tokyo"), ("トウキョウ", "Asia/Tokyo"),
        ("東京都", "Asia/Tokyo"), ("大阪市", "Asia/Tokyo"), ("ニューヨーク", "America/New_York"),
        ("サン・フランシスコ", "America/Los_Angeles"), ("ﾊﾟﾘ", "Europe/Paris"), ("バリ", "Asia/Makassar"),
        ("北京", "Asia/Shanghai"), ("Pekín", "Asia/Shanghai"), ("pekin", "Asia/Shanghai"), ("Peking", "Asia/Shanghai"),
        ("Londres", "Europe/London"), ("nueva york", "America/New_York"), ("el cairo", "Africa/Cairo"),
        ("Moscú", "Europe/Moscow"), ("Moskau", "Europe/Moscow"), ("Warschau", "Europe/Warsaw"),
        ("Mailand", "Europe/Rome"), ("Kapstadt", "Africa/Johannesburg"), ("Ciudad del Cabo", "Africa/Johannesburg"),
        ("Kalkutta", "Asia/Kolkata"), ("Calcuta", "Asia/Kolkata"), ("Calcutta", "Asia/Kolkata"),
        ("コルカタ", "Asia/Kolkata"), ("münchen", "Europe/Berlin"), ("munchen", "Europe/Berlin"),
        ("MUENCHEN", "Europe/Berlin"), ("ミュンヘン", "Europe/Berlin"), ("Zuerich", "Europe/Zurich"),
        ("NYC", "America/New_York"), ("sao paulo", "America/Sao_Paulo"), ("SÃO PAULO", "America/Sao_Paulo"),
        ("Alemania", "Europe/Berlin"), ("Deutschland", "Europe/Berlin"), ("ドイツ", "Europe/Berlin"),
        ("Japan", "Asia/Tokyo"), ("日本", "Asia/Tokyo"), ("JST", "Asia/Tokyo"), ("SGT", "Asia/Singapore"),
        ("Lisbon Portugal", "Europe/Lisbon"), ("Berlin (Deutschland)", "Europe/Berlin"),
        ("Berlin (Europe/Berlin)", "Europe/Berlin"), ("Valencia España", "Europe/Madrid"),
    ],
)  # fmt: skip
def test_a_place_is_found_by_its_name_in_any_language_whatever_the_readers_is(
    text: str, zone: str, reader: str
) -> None:
    assert zones(text, reader) == [zone]


@pytest.mark.parametrize("reader", ALL)
@pytest.mark.parametrize("text", ["USA", "Estados Unidos", "Vereinigte Staaten", "アメリカ", "米国"])
def test_a_country_of_several_times_is_asked_about_by_any_of_its_names(text: str, reader: str) -> None:
    assert {"America/New_York", "America/Chicago", "America/Los_Angeles"} <= set(zones(text, reader))


def test_a_name_in_the_readers_language_counts_before_another_languages() -> None:
    assert zones("Granada", "en") == zones("Granada", "ja") == ["Europe/Madrid"]
    assert set(zones("Granada", "es")) == {"Europe/Madrid", "America/Grenada"}


def test_a_city_that_is_not_in_the_place_behind_the_comma_is_asked_about() -> None:
    assert zones("Paris, Texas") == ["Europe/Paris", "America/Chicago"]
    assert zones("Paris Texas") == []


@pytest.mark.parametrize("language", ALL)
def test_every_name_of_a_place_in_another_language_leads_to_it(language: str) -> None:
    for name, found in exonyms(language).items():
        assert set(found) <= set(zones(name, language)), name
        assert zones(name, "en"), name
    assert set(OTHER_COUNTRIES.get(language, {}).values()) <= zones_by_country().keys()


def test_a_country_with_one_time_is_its_best_known_zone_in_both_languages() -> None:
    assert zones("Germany") == ["Europe/Berlin"]
    assert zones("Argentina") == ["America/Argentina/Buenos_Aires"]
    assert zones("India") == zones("Indien", "de") == ["Asia/Kolkata"]
    assert zones("Japón", "es") == ["Asia/Tokyo"]
    assert zones("Singapore") == ["Asia/Singapore"]


def test_a_large_country_gives_one_zone_for_each_of_its_times_the_best_known_first() -> None:
    found = zones("Estados Unidos", "es")
    assert found == [
        "America/New_York", "America/Los_Angeles", "America/Chicago", "America/Denver", "America/Phoenix",
        "America/Anchorage", "Pacific/Honolulu", "America/Adak",
    ]  # fmt: skip
    assert zones("USA") == found
    assert len(zones("Russia")) == MOST_CHOICES


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("EST", {"America/New_York", "America/Panama"}),
        ("est", {"America/New_York", "America/Panama"}),
        ("MST", {"America/Denver", "America/Phoenix"}),
        ("HST", {"Pacific/Honolulu", "America/Adak"}),
        ("EST5EDT", {"America/New_York", "America/Toronto"}),
        ("PST8PDT", {"America/Los_Angeles", "America/Vancouver"}),
        ("PST", {"America/Los_Angeles", "Asia/Manila"}),
        ("IST", {"Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"}),
        ("CET", {"Europe/Berlin", "Europe/Paris"}),
        ("MET", {"Europe/Berlin", "Europe/Paris"}),
        ("WET", {"Europe/Lisbon", "Atlantic/Canary"}),
        ("EET", {"Europe/Athens", "Africa/Cairo"}),
        ("GMT", {"Europe/London", "Africa/Accra"}),
        ("Etc/GMT", {"Europe/London", "Africa/Accra"}),
        ("GMT+3", {"Africa/Nairobi", "Europe/Istanbul"}),
        ("UTC+3", {"Africa/Nairobi", "Europe/Istanbul"}),
        ("+03:00", {"Africa/Nairobi", "Europe/Istanbul"}),
        ("UTC+2", {"Europe/Berlin", "Africa/Cairo", "Africa/Johannesburg"}),
        ("utc +2", {"Europe/Berlin", "Africa/Cairo", "Africa/Johannesburg"}),
        ("CST", {"America/Chicago", "Asia/Shanghai", "America/Mexico_City", "America/Havana"}),
        ("ET", {"America/New_York", "America/Toronto"}),
        ("Etc/GMT+3", {"America/Sao_Paulo", "America/Argentina/Buenos_Aires"}),
        ("GMT-3", {"America/Sao_Paulo", "America/Argentina/Buenos_Aires"}),
        ("gmt +5:30", {"Asia/Kolkata", "Asia/Colombo"}),
    ],
)
def test_an_abbreviation_or_offset_gives_the_places_that_use_it_to_choose_from(text: str, some: set[str]) -> None:
    found = zones(text)
    assert some <= set(found)
    assert 1 < len(found) <= MOST_CHOICES
    assert not any(zone.startswith("Etc/GMT") for zone in found)


@pytest.mark.parametrize(
    "text",
    [
        "localtime", "Factory", "posixrules", "posix/Europe/Lisbon", "right/Europe/Lisbon", "Nowhere", "", " ", "/",
        ",", "UTC+13:17", "GMT+99", "../etc/passwd", "Europe", "x" * 10_000, "\0", "🌻",
    ],
)  # fmt: skip
def test_what_is_no_place_is_not_found(text: str) -> None:
    assert zones(text) == []


def test_where_a_language_is_spoken_comes_first_and_no_clock_is_left_out() -> None:
    assert zones("CET", "es")[0] == "Europe/Madrid"
    assert zones("CET", "de")[:2] == ["Europe/Berlin", "Africa/Algiers"]
    assert zones("CST", "es")[0] == "America/Mexico_City"
    assert {"America/Chicago", "Asia/Shanghai"} <= set(zones("CST", "es"))


def test_a_match_carries_the_citys_name_in_the_callers_language() -> None:
    assert [match.city for match in gazetteer.zones("London", "es")] == ["Londres"]
    assert [match.city for match in gazetteer.zones("London", "en-GB")] == ["London"]


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("Lisbn", "en", ("Europe/Lisbon", "Lisbon")),
        ("lis", "en", ("Europe/Lisbon", "Lisbon")),
        ("lis", "es", ("Europe/Lisbon", "Lisboa")),
        ("new", "en", ("America/New_York", "New York")),
        ("東", "ja", ("Asia/Tokyo", "東京")),
        ("ber", "en", ("Europe/Berlin", "Berlin")),
        ("ber", "es", ("Europe/Berlin", "Berlín")),
        ("ber", "de", ("Europe/Berlin", "Berlin")),
        ("ber", "ja", ("Europe/Berlin", "Berlin")),
        ("Toki", "ja", ("Asia/Tokyo", "Tokio")),
        ("york", "en", ("America/New_York", "New York")),
        ("paulo", "es", ("America/Sao_Paulo", "São Paulo")),
        ("val", "es", ("Europe/Madrid", "Valencia")),
        ("Seatle", "en", ("America/Los_Angeles", "Seattle")),
        ("Londers", "es", ("Europe/London", "Londres")),
        ("Nw York", "en", ("America/New_York", "New York")),
        ("Europe/Lisbonn", "en", ("Europe/Lisbon", "Lisbon")),
        ("Spian", "en", ("Europe/Madrid", "Spain")),
        ("Espanya", "es", ("Europe/Madrid", "España")),
    ],
)
def test_the_nearest_names_are_suggested_as_they_are_written(text: str, language: str, first: tuple[str, str]) -> None:
    found = gazetteer.nearest_zones(text, language)
    assert (found[0].zone, found[0].city) == first
    assert len(found) <= 3
    assert len({match.zone for match in found}) == len(found)


def test_of_names_that_begin_alike_those_where_the_language_is_spoken_come_first() -> None:
    assert [match.city for match in gazetteer.nearest_zones("ber", "de", 2)] == ["Berlin", "Bern"]
    assert [match.city for match in gazetteer.nearest_zones("ber", "en", 2)] == ["Berlin", "Berkeley"]


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize(
    "text",
    [
        "qqqqqqqq", "Nowhere", "nirgendwo", "ninguna parte", "どこでもない", "home", "here", "somewhere", "Springfield",
        "xyz", "?", "", "x" * 10_000,
    ],
)  # fmt: skip
def test_nothing_is_suggested_for_what_is_near_no_name(text: str, language: str) -> None:
    assert gazetteer.nearest_zones(text, language) == []


@pytest.mark.parametrize(
    ("text", "name", "is_near"),
    [
        ("berln", "berlin", True), ("berlni", "berlin", True), ("berlim", "berlin", True), ("nerlin", "berlin", True),
        ("brlni", "berlin", False), ("rome", "rome", True), ("home", "rome", False), ("rom", "rome", True),
        ("am", "om", False), ("melborne", "melbourne", True), ("melburn", "melbourne", False),
        ("johanesburg", "johannesburg", True), ("yohanesburg", "johannesburg", True),
    ],
)  # fmt: skip
def test_a_slip_is_one_letter_and_two_in_a_long_name(text: str, name: str, is_near: bool) -> None:
    assert near(text, name) is is_near


NOON = datetime(2026, 10, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "first", "others"),
    [
        (time(12, 0), "Europe/London", {"Europe/Lisbon"}),
        (time(17, 30), "Asia/Kolkata", {"Asia/Colombo"}),
        (time(17, 45), "Asia/Kathmandu", set[str]()),
        (time(1, 0), "Pacific/Auckland", set[str]()),
        (time(8, 0), "America/New_York", {"America/Toronto"}),
        (time(20, 45), "Australia/Eucla", set[str]()),
    ],
)
def test_zones_are_found_by_the_time_it_is_there(wall: time, first: str, others: set[str]) -> None:
    found = [match.zone for match in gazetteer.zones_at(wall, NOON, "en")]
    assert found[0] == first
    assert others <= set(found)
    assert len(found) <= MOST_CHOICES


def test_a_time_that_it_is_nowhere_gives_nothing() -> None:
    assert gazetteer.zones_at(time(4, 30), NOON, "en") == []


@pytest.mark.parametrize(("minutes", "found"), [(0, True), (14, True), (15, True), (16, False), (-15, True)])
def test_a_clock_may_be_off_by_a_quarter_of_an_hour(minutes: int, found: bool) -> None:
    wall = time(17 + (30 + minutes) // 60, (30 + minutes) % 60)
    assert ("Asia/Kolkata" in [m.zone for m in gazetteer.zones_at(wall, NOON, "en")]) is found


def test_the_time_may_be_on_the_other_side_of_midnight() -> None:
    now = datetime(2026, 10, 26, 0, 5, tzinfo=UTC)
    assert gazetteer.zones_at(time(23, 55), now, "es")[0].city == "Londres"


@pytest.mark.parametrize(
    ("text", "language", "tag"),
    [
        ("es", "en", "es"), ("ES", "en", "es"), ("es-MX", "en", "es"), ("es_AR", "en", "es"), ("en-GB", "es", "en"),
        ("Spanish", "en", "es"), ("spanish", "es", "es"), ("español", "en", "es"), ("espanol", "en", "es"),
        ("castellano", "en", "es"), ("inglés", "es", "en"), ("Ingles", "es", "en"), ("Englisch", "de", "en"),
        ("English", "es", "en"), ("Klingon", "en", None), ("fr", "en", None), ("", "en", None), ("e", "en", None),
    ],
)  # fmt: skip
def test_a_language_is_found_by_tag_or_name_if_there_are_texts_for_it(
    text: str, language: str, tag: str | None
) -> None:
    assert gazetteer.language(text, language) == tag


def test_a_language_that_is_added_is_found_by_its_names(tmp_path: Path) -> None:
    file = tmp_path / "pt_BR" / "LC_MESSAGES" / "bot.po"
    file.parent.mkdir(parents=True)
    file.write_text('msgid "English"\nmsgstr "português, brasileiro"\n', "utf-8")
    added = CldrGazetteer(Catalogues(tmp_path))
    for name in ("pt", "portugués (brasil)", "brasileiro", "português"):
        assert added.language(name, "es") == "pt-BR"


@pytest.mark.parametrize("zone", WELL_KNOWN)
def test_every_well_known_zone_is_a_place(zone: str) -> None:
    assert zone in countries()


def test_every_place_in_our_table_leads_to_a_zone_that_exists() -> None:
    for name, found in places().items():
        assert set(zones(name)) >= set(found), name
    assert set(COUNTRIES.values()) <= zones_by_country().keys()


def test_every_zone_is_found_by_its_name_and_every_link_leads_to_one() -> None:
    for zone in countries():
        assert zones(zone) == [zone]
    for link, zone in links().items():
        assert zone_info(zone).key == zone, link


@pytest.mark.parametrize("language", ["en", "es", "de", "ja"])
def test_every_city_can_be_typed_as_it_is_shown(language: str) -> None:
    for zone in countries():
        shown = city_name(zone, Locale(language))
        assert zone in zones(shown, language), (zone, shown)
