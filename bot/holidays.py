"""Public holidays by the `holidays` package: "PT" for a country, "US-CA" for a part of one (ISO 3166).

The package and its 250 countries are imported at the first question (0.2 s), not at start-up; after that an
answer is two dictionary look-ups. Calendars are read without regard to case.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache

_MOST = 5  # suggestions


class UnknownCalendar(ValueError):
    """There is no public holidays calendar of that name; `suggestions` are those that it may have meant."""

    def __init__(self, calendar: str, suggestions: list[str]) -> None:
        hint = f"; did you mean {', '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"unknown holidays calendar: {calendar!r}{hint}")
        self.calendar = calendar
        self.suggestions = suggestions


class PublicHolidays:
    """A `HolidayCalendar` of official public holidays, with the days on which they are observed."""

    def __init__(self) -> None:
        self._years: dict[tuple[str, int, str], Mapping[date, str]] = {}

    def holiday(self, calendar: str, day: date, language: str = "en") -> str | None:
        """The holiday's name on that local date, or None. Raises UnknownCalendar.

        It is in the language (a tag) where the calendar has it, else in the country's own.
        """
        year = self._years.get((calendar, day.year, language))
        if year is None:
            year = self._years[calendar, day.year, language] = _year(calendar, day.year, language)
        return year.get(day)

    def known(self, calendar: str) -> bool:
        """Whether there is a calendar of that name."""
        return _find(calendar) is not None

    def suggest(self, calendar: str) -> list[str]:
        """The calendars that "Portugal", "UK", "US-California" or "Bayern" may mean, best first."""
        return _suggest(calendar)

    def countries(self) -> tuple[str, ...]:
        """The codes of all countries, in order."""
        return tuple(sorted(_subdivisions()))

    def subdivisions(self, country: str) -> tuple[str, ...]:
        """The codes of a country's parts that have holidays of their own, if any. Raises UnknownCalendar."""
        if country.upper() not in _subdivisions():
            raise UnknownCalendar(country, _suggest(country))
        return tuple(_subdivisions()[country.upper()].values())


@cache
def _subdivisions() -> dict[str, dict[str, str]]:
    """By country: its subdivisions as the package spells them, by their upper-case form."""
    import holidays  # noqa: PLC0415 - slow, and not every installation asks

    listed = holidays.list_supported_countries(include_aliases=False)
    return {country: {part.upper(): part for part in parts} for country, parts in listed.items()}


@cache
def _country_names() -> dict[str, str]:
    """Codes by what people may call a country: "portugal", "pt", "prt", "uk"."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - as above

    return {_key(name): names[1] for names in COUNTRIES.values() for name in names}


@cache
def _part_names() -> dict[tuple[str, str], str]:
    """Calendars by country and by what people may call a part of it: ("DE", "bayern") is "DE-BY"."""
    import holidays  # noqa: PLC0415 - as above

    return {
        (country, _key(name)): f"{country}-{part}"
        for country in _subdivisions()
        for name, part in getattr(holidays, country).subdivisions_aliases.items()
    } | {(c, _key(part)): f"{c}-{part}" for c, parts in _subdivisions().items() for part in parts.values()}


def _find(calendar: str) -> tuple[str, str | None] | None:
    country, dash, part = calendar.strip().upper().partition("-")
    parts = _subdivisions().get(country)
    if parts is None or (dash and part not in parts):
        return None
    return country, parts[part] if dash else None


def _year(calendar: str, year: int, language: str) -> Mapping[date, str]:
    import holidays  # noqa: PLC0415 - as above

    found = _find(calendar)
    if found is None:
        raise UnknownCalendar(calendar, _suggest(calendar))
    country, part = found
    kind = getattr(holidays, country)
    # Always a language: without one the package takes the names from the host's $LANG.
    spoken = _spoken(language, kind.supported_languages) or kind.default_language
    listed = holidays.country_holidays(country, subdiv=part, years=year, language=spoken)
    return {day: listed[day] for day in list(listed) if day.year == year}


def _spoken(language: str, supported: Sequence[str]) -> str | None:
    """The one of a calendar's languages ("en_US", "de") that serves a tag ("en", "de-AT") best, or None."""
    tag = language.replace("-", "_")
    base = tag.partition("_")[0]
    ours = [known for known in supported if known.partition("_")[0] == base]
    return tag if tag in ours else next((known for known in (base, "en_US", *ours) if known in ours), None)


def _suggest(calendar: str) -> list[str]:
    return list(dict.fromkeys(_suggestions(calendar)))[:_MOST]


def _suggestions(calendar: str) -> Iterator[str]:
    names, parts = _country_names(), _part_names()
    if found := _find(calendar):
        yield "-".join(filter(None, found))
    if len(_key(calendar)) > 2:  # shorter ones are codes of countries
        yield from (code for (_, name), code in parts.items() if name == _key(calendar))
    yield from _matches(calendar, names)
    head, _, tail = calendar.partition("-")
    for country in _matches(head, names) if tail else ():
        yield from _matches(tail, {name: code for (place, name), code in parts.items() if place == country})
        yield country


def _matches(text: str, names: Mapping[str, str]) -> Iterator[str]:
    """The code of the name that is the text; without one, those that begin with it, then those like it."""
    key = _key(text)
    if key in names:
        yield names[key]
    elif len(key) > 2:
        long = [name for name in names if len(name) > 3]  # everything resembles a code
        yield from (names[name] for name in long if name.startswith(key))
        yield from (names[name] for name in get_close_matches(key, long, n=_MOST, cutoff=0.8))


def _key(text: str) -> str:
    """Letters and digits only, without accents and case."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())
