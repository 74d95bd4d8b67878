"""Finds zones, languages, dates, times, weekdays, and yes or no, in what people type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from typing import Final

from bot.engine.ports import ZoneMatch
from bot.i18n import abbreviations, dates, lengths, place_names, times, weekdays, words
from bot.i18n.catalogues import SOURCE_LANGUAGE, Catalogues
from bot.i18n.cities import WELL_KNOWN
from bot.i18n.formats import parse_locale
from bot.i18n.place_names import Place
from bot.i18n.spelling import key, near, plain
from bot.i18n.zones import UTC_ZONE, city_name, countries, links, offsets, winter_and_summer
from bot.model.message import Sentence
from bot.model.working_time import Hours, parse_weekdays, zone_info

MOST_CHOICES: Final = 8
"""A question with more choices than this is not answered."""

_QUARTER: Final = timedelta(minutes=15)
_UTC_NAMES: Final = frozenset({"utc", "uct", "universal", "zulu"})
_BEHIND: Final = re.compile(r"\s*([^,(、，（]+)[,(、，（]\s*([^)）]*)[)）]?\s*")
"""A place, and what it is in: behind a comma, or in brackets."""
_CITY_OF: Final = re.compile(r"(?<=..)[市都府県]$")
"""What Japanese puts behind a city's or a prefecture's name."""
_LONGEST: Final = 60
"""Letters of a name that are looked at: no place's has more."""
_MOST_WORDS: Final = 6


class CldrGazetteer:
    """The `Gazetteer` port: the tz database's zones under CLDR's names, and a table of well-known places."""

    def __init__(self, catalogues: Catalogues | None = None) -> None:
        self._catalogues = catalogues or Catalogues()
        self._words = words.Words(self._catalogues)

    def zones(self, text: str, language: str) -> Sequence[ZoneMatch]:
        """Return the zones that a zone name or city means: one when it is clear, more when it is ambiguous.

        At most eight, the likeliest for the language's readers first. "EST" or "GMT+3" give places where they are in
        use. A name may be in any language that there are texts in.
        """
        return _matches(self._zones(text, _base(language)), language)

    def nearest_zones(self, text: str, language: str, limit: int = 3) -> Sequence[ZoneMatch]:
        """Return the zones of names that begin so, or have a word that does, else that are a slip away.

        The likeliest for the language's readers first, each under that name; nothing where no name is near.
        """
        wanted, tag = key(text.rpartition("/")[2][:_LONGEST]), _base(language)
        found: dict[str, str] = {}
        for layer in self._layers(tag):
            for place in _beginning(wanted, layer, tag):
                found.setdefault(place.zones[0], place.name)
        if not found:
            slips = (place for layer in self._layers(tag) for name, place in layer.items() if near(wanted, name))
            for place in sorted(slips, key=lambda place: place_names.order(place, tag)):
                found.setdefault(place.zones[0], place.name)
        return [ZoneMatch(zone, shown) for zone, shown in found.items() if _exists(zone)][:limit]

    def zones_at(self, wall: time, now: datetime, language: str) -> Sequence[ZoneMatch]:
        """Return the zones where it is that wall time now, to a quarter of an hour; known cities first."""
        for candidates in (WELL_KNOWN, tuple(countries())):
            off = {zone: _distance(wall, now, zone) for zone in candidates if _exists(zone)}
            near = sorted((zone for zone in off if off[zone] <= _QUARTER), key=lambda z: (off[z], place_names.rank(z)))
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

    def _zones(self, text: str, language: str) -> tuple[str, ...]:
        name = plain(text)
        if name.removeprefix("etc ") in _UTC_NAMES:
            return (UTC_ZONE,)
        if "/" in text and (zone := _ids().get(name)):
            return (zone,)
        rank = partial(place_names.rank, language=language)
        found = self._named(text, language) or self._qualified(text, language)
        if len(found) > 1:  # one of each clock: who says "Argentina" need not choose between its twelve zones
            found = _one_of_each_clock(found)
        return found or abbreviations.zones(text, rank) or _old_name(name)

    def _layers(self, language: str) -> tuple[Mapping[str, Place], ...]:
        """Return the places by their names in the language and English, and then by those in every language."""
        return place_names.names((language,)), place_names.names(tuple(self._catalogues.languages()))

    def _named(self, text: str, language: str) -> tuple[str, ...]:
        wanted = key(text)
        for layer in self._layers(language):
            for name in dict.fromkeys((wanted, _CITY_OF.sub("", wanted))):
                if name in layer:
                    return layer[name].zones
        return ()

    def _qualified(self, text: str, language: str) -> tuple[str, ...]:
        """Read "Córdoba, Spain" and "Córdoba Spain": the city's zones in the place behind it, if that is known.

        "Paris, Texas" may mean either; without a sign between the two, the city has to be in the place.
        """
        if parted := _BEHIND.match(text):
            found, within = self._named(parted[1], language), self._within(parted[2], language)
            return tuple(zone for zone in found if zone in within) or (found and (*found, *within))
        words = text.split()[:_MOST_WORDS]
        for at in range(len(words) - 1, 0, -1):
            found, within = (self._named(" ".join(words[:at]), language), self._within(" ".join(words[at:]), language))
            if both := tuple(zone for zone in found if zone in within):
                return both
        return ()

    def _within(self, text: str, language: str) -> tuple[str, ...]:
        languages = (language, *self._catalogues.languages())
        return place_names.territories(languages).get(key(text), ()) or self._named(text, language)

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


def _beginning(wanted: str, layer: Mapping[str, Place], language: str) -> list[Place]:
    """Return the places whose names begin so, and then those of which a further word does."""
    if not wanted:
        return []
    first = [place for name, place in layer.items() if name.startswith(wanted)]
    inside = [place for name, place in layer.items() if f" {wanted}" in name]
    return [p for found in (first, inside) for p in sorted(found, key=lambda p: place_names.order(p, language))]


def _one_of_each_clock(zones: Sequence[str]) -> tuple[str, ...]:
    best: dict[tuple[timedelta, ...], str] = {}
    for zone in zones:
        best.setdefault(offsets(zone), zone)
    return tuple(best.values())


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
