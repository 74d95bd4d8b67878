"""Public holidays: named by calendar and date, whatever machine they are asked on."""

import os
import subprocess
import sys
from datetime import date
from functools import partial

import holidays as package
import pytest

from bot.holidays import PublicHolidays, UnknownCalendar
from bot.model.working_time import DayOff, HolidayCalendar, WorkingTime, WorkingWeek, parse_hours

holidays = PublicHolidays()


@pytest.mark.parametrize(
    ("calendar", "day", "name"),
    [
        ("PT", date(2026, 4, 25), "Freedom Day"),
        ("PT", date(2026, 4, 24), None),
        ("PT", date(2027, 4, 25), "Freedom Day"),
        ("DE", date(2026, 1, 6), None),
        ("DE-BY", date(2026, 1, 6), "Epiphany"),
        ("US-CA", date(2026, 3, 31), "Cesar Chavez Day"),
        ("us-ca", date(2026, 3, 31), "Cesar Chavez Day"),
        ("US", date(2026, 3, 31), None),
        (
            "US",
            date(2021, 12, 31),
            "New Year's Day (observed)",
        ),  # because of the next year's first of January
        ("DE-Augsburg", date(2026, 8, 8), "Augsburg Peace Festival"),
    ],
)
def test_a_calendar_knows_the_holidays_of_a_country_or_a_part_of_it(calendar: str, day: date, name: str | None) -> None:
    assert holidays.holiday(calendar, day) == name


def test_names_come_in_the_language_asked_for_else_in_the_countrys_own() -> None:
    day = date(2026, 1, 1)
    assert holidays.holiday("DE", day, "de") == "Neujahr"
    assert holidays.holiday("AT", day, "de-CH") == "Neujahr"
    assert holidays.holiday("JP", day, "ja") == "元日"
    assert holidays.holiday("MX", day, "es-MX") == "Año Nuevo"
    assert holidays.holiday("BR", day, "pt-PT") == "Confraternização Universal"
    assert holidays.holiday("DE", day, "en-GB") == "New Year's Day"
    assert holidays.holiday("PT", day, "de") == "Ano Novo"
    assert holidays.holiday("NZ", day, "ja") == "New Year's Day"


@pytest.mark.parametrize("lang", ["C", "de_DE.UTF-8", "en_US.UTF-8"])
def test_names_do_not_depend_on_the_machines_language(lang: str) -> None:
    code = """if True:
        from datetime import date
        from bot.holidays import PublicHolidays
        print([PublicHolidays().holiday("DE", date(2026, 1, 1), to) for to in ("en_US", "xx")])"""
    env = {k: v for k, v in os.environ.items() if k != "LANGUAGE" and not k.startswith("LC_")}
    run = subprocess.run(
        [sys.executable, "-c", code], env=env | {"LANG": lang}, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == str(["New Year's Day", "Neujahr"])


def test_starting_up_does_not_load_the_countries() -> None:
    code = "import sys, bot.holidays; bot.holidays.PublicHolidays(); print('holidays' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("calendar", "known"),
    [("PT", True), ("pt", True), (" us-ca ", True), ("GB-SCT", True), ("UK", False), ("US-XX", False),
     ("US-", False), ("-CA", False), ("", False), ("Portugal", False), ("US-CA-1", False)],
)  # fmt: skip
def test_a_calendar_is_known_by_its_code_in_any_case(calendar: str, known: bool) -> None:
    assert holidays.known(calendar) is known
    if not known:
        with pytest.raises(UnknownCalendar):
            holidays.holiday(calendar, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Portugal", "PT"),
        ("PRT", "PT"),
        ("UK", "GB"),
        ("us-ca", "US-CA"),
        ("United States", "US"),
        ("united kingdom", "GB"),
        ("Germny", "DE"),
        ("Switz", "CH"),
        ("Guinea-Bissau", "GW"),
        ("US-California", "US-CA"),
        ("Scotland", "GB-SCT"),
        ("England", "GB-ENG"),
        ("Sao Paulo", "BR-SP"),
        ("Bayern", "DE-BY"),
        ("Baden-Württemberg", "DE-BW"),
        ("PT-99", "PT"),
    ],
)
def test_what_was_meant_is_suggested_first(text: str, first: str) -> None:
    assert holidays.suggest(text)[0] == first


@pytest.mark.parametrize("text", ["", "-", "xx", "qwertyuiop"])
def test_nothing_is_suggested_for_nonsense(text: str) -> None:
    assert holidays.suggest(text) == []


@pytest.mark.parametrize("text", ["United", "US-C", "Saint", "Germny", "DE-Sachsen"])
def test_suggestions_are_few_different_and_known(text: str) -> None:
    found = holidays.suggest(text)
    assert 0 < len(found) <= 5
    assert len(set(found)) == len(found)
    assert all(holidays.known(calendar) for calendar in found)


def test_an_unknown_calendar_says_what_may_have_been_meant() -> None:
    with pytest.raises(UnknownCalendar, match="did you mean GB-SCT, GB") as caught:
        holidays.holiday("GB-Scotland", date(2026, 1, 1))
    assert caught.value.suggestions == ["GB-SCT", "GB"]


def test_countries_and_their_parts_are_listed_and_each_is_known() -> None:
    assert {"PT", "US", "IN", "NZ"} <= set(holidays.countries())
    assert {"ENG", "NIR", "SCT", "WLS"} == set(holidays.subdivisions("gb"))
    assert holidays.subdivisions("PL") == ()
    for country in holidays.countries():
        assert holidays.known(country)
        assert all(holidays.known(f"{country}-{part}") for part in holidays.subdivisions(country))
    with pytest.raises(UnknownCalendar):
        holidays.subdivisions("XX")


def test_a_year_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    original = package.country_holidays

    def counted(country: str, *, subdiv: str | None, years: int, language: str | None) -> object:
        read.append(years)
        return original(country, subdiv=subdiv, years=years, language=language)

    monkeypatch.setattr(package, "country_holidays", counted)
    mine = PublicHolidays()
    for day in (date(2026, 1, 1), date(2026, 1, 2), date(2026, 12, 31), date(2027, 1, 1), date(2026, 5, 1)):
        mine.holiday("JP", day)
    assert read == [2026, 2027]


def test_a_member_does_not_work_on_the_holidays_of_their_calendar() -> None:
    calendar: HolidayCalendar = holidays
    week = WorkingWeek.uniform(parse_hours("9-17"))
    working = WorkingTime("Europe/Berlin", week, (), partial(calendar.holiday, "DE-BY"))
    assert working.reason_off(date(2026, 1, 6)) is DayOff.HOLIDAY
    assert [s.date.day for s in working.shifts(date(2026, 1, 5), date(2026, 1, 8))] == [5, 7, 8]
