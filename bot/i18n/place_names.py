"""Every name by which a zone is found: cities, countries and older names, in each language there are texts in.

A name in the reader's language or in English counts before the same in another language: "Granada" is a country only
to who reads Spanish. Where those two have no such name, any language's is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from babel.core import get_global

from bot.i18n import exonyms
from bot.i18n.catalogues import SOURCE_LANGUAGE
from bot.i18n.cities import COUNTRIES, WELL_KNOWN, places
from bot.i18n.formats import parse_locale
from bot.i18n.spelling import key, keys
from bot.i18n.zones import city_name, countries, links, zones_by_country

_RANKS: Final = {zone: rank for rank, zone in enumerate(WELL_KNOWN)}
_REGIONS: Final = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip
_NOT_CITIES: Final = frozenset({"act", "lhi", "north", "nsw", "south", "west"})
"""Last parts of old names in Australia/."""
_OFFICIAL: Final = frozenset({"official", "de_facto_official"})


@dataclass(frozen=True, slots=True)
class Place:
    """A name as it is written, the zones it means, best known first, and whether it is the city of the first."""

    name: str
    zones: tuple[str, ...]
    city: bool


def rank(zone: str, language: str = SOURCE_LANGUAGE) -> int:
    """Return how far back a zone stands: well-known ones where the reader's language is spoken, others, the rest."""
    known = _RANKS.get(zone)
    if known is None:
        return len(_RANKS)
    return known - (len(_RANKS) if _spoken(zone, language) else 0)


def order(place: Place, language: str) -> tuple[int, int]:
    """Return how far back a name stands: well-known zones' cities, then where the language is spoken, then others."""
    zone = place.zones[0]
    if place.city and (zone in _RANKS or _spoken(zone, language)):
        return 0, rank(zone, language)
    return (1 if _spoken(zone, language) else 2), rank(zone, language)


def _spoken(zone: str, language: str) -> bool:
    return language != SOURCE_LANGUAGE and countries().get(zone, "") in _lands(language)


@lru_cache(maxsize=64)
def _lands(language: str) -> frozenset[str]:
    """Return the countries in which a language is an official one; English, which is one anywhere, tells nothing."""
    tag = language.partition("-")[0]
    spoken = get_global("territory_languages").items()
    return frozenset(land for land, tongues in spoken if tongues.get(tag, {}).get("official_status") in _OFFICIAL)


@lru_cache(maxsize=64)
def names(languages: tuple[str, ...]) -> Mapping[str, Place]:
    """Return the places by the `key` of each of their names in English and those languages, the first one's written."""
    written: dict[str, str] = {}
    zones: dict[str, dict[str, bool]] = {}
    for name, zone, city in _names(languages):
        for spelled in keys(name):
            written.setdefault(spelled, name)
            found = zones.setdefault(spelled, {})
            found[zone] = city or found.get(zone, False)
    return MappingProxyType({spelled: _place(written[spelled], found) for spelled, found in zones.items() if spelled})


def _place(name: str, zones: Mapping[str, bool]) -> Place:
    ordered = tuple(sorted(zones, key=rank))
    return Place(name, ordered, zones[ordered[0]])


@lru_cache(maxsize=64)
def territories(languages: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return the zones of countries by the `key` of their names in English and those languages."""
    return {key(name): zones for name, zones in _territories(languages)}


def _territories(languages: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for tag in dict.fromkeys((*languages, SOURCE_LANGUAGE)):
        called = parse_locale(tag).territories
        more = COUNTRIES if tag == SOURCE_LANGUAGE else exonyms.COUNTRIES.get(tag.partition("-")[0], {})
        for name, code in more.items():
            yield name, zones_by_country()[code]
        for code, zones in zones_by_country().items():
            if code in called:
                yield called[code], zones


def _names(languages: tuple[str, ...]) -> Iterator[tuple[str, str, bool]]:
    """Yield every name, a zone it means, and whether it is that zone's city."""
    tags = tuple(dict.fromkeys((*languages, SOURCE_LANGUAGE)))
    for locale in map(parse_locale, tags):
        for zone in countries():
            yield city_name(zone, locale), zone, True
    for zone in countries():
        yield _last(zone), zone, True
    for link, zone in links().items():
        if link.startswith(_REGIONS) and key(_last(link)) not in _NOT_CITIES:
            yield _last(link), zone, False
    for more in (*(exonyms.exonyms(tag.partition("-")[0]) for tag in tags), places()):
        for name, meant in more.items():
            for zone in meant:
                yield name, zone, False
    for name, meant in _territories(languages):
        for zone in meant:
            yield name, zone, False


def _last(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
