"""Finds zones, languages, dates, times, weekdays, and yes or no, in what people type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final

from bot.engine.ports import ZoneMatch
from bot.i18n import abbreviations, dates, lengths, times, weekdays, words
from bot.i18n.catalogues import SOURCE_LANGUAGE, Catalogues
from bot.i18n.cities import COUNTRIES, WELL_KNOWN, places
from bot.i18n.formats import parse_locale
from bot.i18n.spelling import plain
from bot.i18n.zones import UTC_ZONE, city_name, countries, links, offsets, winter_and_summer, zones_by_country
from bot.model.message import Sentence
from bot.model.working_time import Hours, parse_weekdays, zone_info

MOST_CHOICES: Final = 8
"""A question with more choices than this is not answered."""

_QUARTER: Final = timedelta(minutes=15)
_UTC_NAMES: Final = frozenset({"utc", "uct", "universal", "zulu"})
_RANKS: Final = {zone: rank for rank, zone in enumerate(WELL_KNOWN)}
_REGIONS: Final = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip
_NOT_CITIES: Final = frozenset({"act", "lhi", "north", "nsw", "south", "west"})
"""Last parts of old names in Australia/."""


class CldrGazetteer:
    """The `Gazetteer` port: the tz database's zones under CLDR's names, and a table of well-known places."""

    def __init__(self, catalogues: Catalogues | None = None) -> None:
        self._catalogues = catalogues or Catalogues()
        self._words = words.Words(self._catalogues)

    def zones(self, text: str, language: str) -> Sequence[ZoneMatch]:
        """Return the zones that a zone name or city means: one when it is clear, more when it is ambiguous.

        At most eight, the best known first. "EST" or "GMT+3" give places where they are in use.
        """
        return _matches(_zones(text, _base(language)), language)

    def nearest_zones(self, text: str, language: str, limit: int = 3) -> Sequence[ZoneMatch]:
        """Return the zones whose names begin so, the best known first, or else look most like it: each under that."""
        index, start = _index(_base(language)), plain(text)
        begin = sorted((n for n in index if start and n.startswith(start)), key=lambda n: _rank(index[n][1][0]))
        found: dict[str, str] = {}
        for name in begin or get_close_matches(start, index, n=limit * 3, cutoff=0.6):
            shown, zones = index[name]
            found.setdefault(zones[0], shown)
        return [ZoneMatch(zone, shown) for zone, shown in found.items() if _exists(zone)][:limit]

    def zones_at(self, wall: time, now: datetime, language: str) -> Sequence[ZoneMatch]:
        """Return the zones where it is that wall time now, to a quarter of an hour; known cities first."""
        for candidates in (WELL_KNOWN, tuple(countries())):
            off = {zone: _distance(wall, now, zone) for zone in candidates if _exists(zone)}
            near = sorted((zone for zone in off if off[zone] <= _QUARTER), key=lambda z: (off[z], _rank(z)))
            if near:
                return _matches(near, language)
        return []

    def language(self, text: str, language: str) -> str | None:
        """Return the supported tag for a tag or a language's name in its own or the reader's language."""
        return self._languages(_base(language)).get(plain(text)) or self._catalogues.negotiate(text)

    def weekdays(self, text: str, language: str) -> frozenset[int]:
        """Return weekdays written in English or the reader's language; raises ValueError."""
        try:
            return parse_weekdays(text)
        except ValueError:
            return weekdays.parse(text, language, self._words)

    def time(self, text: str, language: str) -> time | None:
        """Return the wall time that was written in a usual way, or in English or the reader's language."""
        return times.parse(text, language, self._words)

    def hours(self, text: str, language: str) -> Hours:
        """Return working hours written as a range of two times; raises ValueError."""
        return times.hours(text, language, self._words)

    def duration(self, text: str, language: str) -> timedelta | None:
        """Return a length of time written in English or the reader's language; raises OverflowError."""
        return lengths.parse(text, language, self._words)

    def date(self, text: str, today: date, language: str, zone: str | None = None) -> date | None:
        """Return the date that an ISO date, a relative word, a weekday or the reader's own form means.

        `zone` tells the region's order of day and month.
        """
        return dates.parse(text, today, language, zone, self._words)

    def means(self, text: str, words: Sentence, language: str) -> bool:
        """Whether a text is one of the words (between commas) of a sentence, in English or the reader's language."""
        return self._words.among(words.domain, words.text, text, language)

    def yes_no(self, text: str, language: str) -> bool | None:
        """Return whether the text says yes or no in English or the reader's language."""
        said = plain(text)
        if said in self._words.only(words.NO, language):
            return False
        if said in self._words.of(words.YES, language):
            return True
        return False if said in self._words.of(words.NO, language) else None

    def _languages(self, reader: str) -> dict[str, str]:
        """Return the installed tags by their names in English, in the reader's language, and in their own."""
        found: dict[str, str] = {}
        for tag in self._catalogues.languages():
            locale = parse_locale(tag)
            names = [locale.get_display_name(parse_locale(other)) for other in (SOURCE_LANGUAGE, reader, tag)]
            if tag == SOURCE_LANGUAGE or self._words.only(words.OWN_NAMES, tag) != {plain("English")}:
                names += self._words.only(words.OWN_NAMES, tag)
            found.update((plain(name), tag) for name in names if name)
        return found


def _zones(text: str, language: str) -> tuple[str, ...]:
    name = plain(text)
    if name.removeprefix("etc ") in _UTC_NAMES:
        return (UTC_ZONE,)
    if "/" in text and (zone := _ids().get(name)):
        return (zone,)
    found = _named(name, language) or _qualified(text, language)
    if len(found) > 1:  # one of each clock: who says "Argentina" need not choose between its twelve zones
        found = _one_of_each_clock(found)
    return found or abbreviations.zones(text, _rank) or _old_name(name)


def _one_of_each_clock(zones: tuple[str, ...]) -> tuple[str, ...]:
    best: dict[tuple[timedelta, ...], str] = {}
    for zone in zones:
        best.setdefault(offsets(zone), zone)
    return tuple(best.values())


def _named(name: str, language: str) -> tuple[str, ...]:
    return _index(language).get(name, ("", ()))[1]


def _qualified(text: str, language: str) -> tuple[str, ...]:
    """Read "Córdoba, Spain": the city's zones, only those in the place behind the comma if there are any."""
    city, comma, place = text.partition(",")
    found = _named(plain(city), language) if comma else ()
    within = _territories(language).get(plain(place), ()) or _named(plain(place), language)
    return tuple(zone for zone in found if zone in within) or found


def _old_name(name: str) -> tuple[str, ...]:
    """Read a country's old name of one word in the tz database, such as "Eire"."""
    target = next((zone for link, zone in links().items() if "/" not in link and plain(link) == name), None)
    return (target,) if target else ()


def _matches(zones: Iterable[str], language: str) -> list[ZoneMatch]:
    locale = parse_locale(language)
    found = [ZoneMatch(zone, city_name(zone, locale)) for zone in zones if _exists(zone)]
    return found[:MOST_CHOICES]


def _exists(zone: str) -> bool:
    """Whether the installed tz database has the zone; it may be older than the table of places."""
    return bool(winter_and_summer(zone))


def _rank(zone: str) -> int:
    return _RANKS.get(zone, len(_RANKS))


def _distance(wall: time, now: datetime, zone: str) -> timedelta:
    local = now.astimezone(zone_info(zone))
    apart = abs(timedelta(hours=wall.hour - local.hour, minutes=wall.minute - local.minute))
    return min(apart, timedelta(days=1) - apart)


def _base(language: str) -> str:
    return language.replace("_", "-").lower()


@cache
def _ids() -> dict[str, str]:
    """Return zones by their full names and old full names, spelled plainly."""
    found = {plain(link): zone for link, zone in links().items() if "/" in link}
    return found | {plain(zone): zone for zone in countries()}


@lru_cache(maxsize=64)
def _territories(language: str) -> dict[str, tuple[str, ...]]:
    """Return the zones of countries by their names in English and the language."""
    found = {plain(name): zones_by_country()[code] for name, code in COUNTRIES.items()}
    for tag in dict.fromkeys((SOURCE_LANGUAGE, language)):
        names = parse_locale(tag).territories
        for code, zones in zones_by_country().items():
            if code in names:
                found[plain(names[code])] = zones
    return found


@lru_cache(maxsize=64)
def _index(language: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return, by plainly spelled name, how the name is written and the zones it means, best known first."""
    written: dict[str, str] = {}
    zones: dict[str, dict[str, None]] = {}
    for name, zone in _names(language):
        key = plain(name)
        written.setdefault(key, name)
        zones.setdefault(key, {})[zone] = None
    return {key: (written[key], tuple(sorted(found, key=_rank))) for key, found in zones.items() if key}


def _names(language: str) -> Iterable[tuple[str, str]]:
    locales = [parse_locale(tag) for tag in dict.fromkeys((language, SOURCE_LANGUAGE))]
    for zone in countries():
        for locale in locales:
            yield city_name(zone, locale), zone
        yield _last(zone), zone
    for link, zone in links().items():
        if link.startswith(_REGIONS) and plain(_last(link)) not in _NOT_CITIES:
            yield _last(link), zone
    for place, found in places().items():
        for zone in found:
            yield place, zone
    for territory, found in _territories(language).items():
        for zone in found:
            yield _written(territory, language), zone


def _written(territory: str, language: str) -> str:
    """Return a plainly spelled territory's name as it is written."""
    return _territory_names(language).get(territory, territory)


@lru_cache(maxsize=64)
def _territory_names(language: str) -> dict[str, str]:
    names = {plain(name): name for name in COUNTRIES}
    for tag in dict.fromkeys((SOURCE_LANGUAGE, language)):
        names |= {plain(name): name for name in parse_locale(tag).territories.values()}
    return names


def _last(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
