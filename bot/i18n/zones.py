"""Time zones and their cities: the tz database's own tables, and CLDR's names for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from babel import Locale
from babel.core import get_global

from bot.model.working_time import UnknownZone, zone_info

UTC_ZONE: Final = "Etc/UTC"

# A year like any other: a zone changes its letters or its summer time once in decades.
_SAMPLES: Final = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))


@cache
def countries() -> Mapping[str, str]:
    """Return every place's zone with its ISO country code, in the tz database's order; not Etc/UTC."""
    rows = (line.split("\t") for line in _table("zone.tab") if not line.startswith("#"))
    return MappingProxyType({row[2]: row[0] for row in rows})


@cache
def zones_by_country() -> Mapping[str, tuple[str, ...]]:
    """Return the zones of each ISO country code."""
    found: dict[str, list[str]] = {}
    for zone, country in countries().items():
        found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


@cache
def links() -> Mapping[str, str]:
    """Return what older and other names lead to: {"Asia/Calcutta": "Asia/Kolkata", "US/Pacific": ...}.

    A place with a name of its own is no link, even where the tz database keeps its rules under another
    (Europe/Stockholm).
    """
    found = dict(_rules())
    found.update(get_global("zone_aliases"))  # CLDR keeps to the country: Coral_Harbour is not in Panama
    places = countries()
    return {
        name: found.get(target, target)
        for name, target in found.items()
        if name not in places and found.get(target, target) in (*places, UTC_ZONE)
    }


def _table(name: str) -> list[str]:
    return (resources.files("tzdata") / "zoneinfo" / name).read_text("utf-8").splitlines()


@cache
def _names_in_cldr() -> Mapping[str, tuple[str, ...]]:
    """Return, by zone, the older names under which CLDR may have its city (Asia/Calcutta)."""
    found: dict[str, list[str]] = {}
    for name, target in get_global("zone_aliases").items():
        found.setdefault(target, []).append(name)
    return {zone: tuple(names) for zone, names in found.items()}


def city_name(zone: str, locale: Locale) -> str:
    """Return the name of a zone's city: CLDR's in the locale's language, else that in the zone's name."""
    if zone in (UTC_ZONE, "UTC"):
        return "UTC"
    known = locale.time_zones
    for name in (zone, *_names_in_cldr().get(zone, ())):
        city = known.get(name, {}).get("city")
        if city:
            return str(city)
    return zone.rpartition("/")[2].replace("_", " ")


@cache
def _rules() -> Mapping[str, str]:
    written = (line.split() for line in _table("tzdata.zi") if line.startswith("L "))
    return {name: target for _, target, name in written}


def same_rules(zone: str) -> str:
    """Return the zone under which the tz database keeps the rules: Europe/London for Europe/Guernsey."""
    return _rules().get(zone, zone)


@cache
def winter_and_summer(zone: str) -> tuple[datetime, ...]:
    """Return the zone's local time in one January and one July; nothing if the installed tz database has it not."""
    try:
        return tuple(sample.astimezone(zone_info(zone)) for sample in _SAMPLES)
    except UnknownZone:  # the system's tz database may be older than the table of places
        return ()


def offsets(zone: str) -> tuple[timedelta, ...]:
    """Return the zone's offset from UTC in January and in July."""
    return tuple(local.utcoffset() or timedelta() for local in winter_and_summer(zone))
