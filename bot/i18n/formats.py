"""How one locale writes numbers, times, lengths of time, lists and names (CLDR, read by Babel).

Babel looks patterns up anew for every value; a busy day writes the same few hundred values over and over, so
each is kept once written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final, Literal

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global, get_locale_identifier
from babel.dates import format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal

from bot.i18n.zones import city_name
from bot.model.moment import Show

_INTERNATIONAL: Final = {"en": "en_150"}
"""For readers whose region is not known. CLDR's bare "en" is American: 9:30 AM, Oct 26, weeks from Sunday."""

# CLDR lets a kind of list inherit single patterns from a wider one; format_list of Babel 2.18 does not follow
# that and raises KeyError for "unit" in half of the locales (Spanish among them).
_LIST_PARENTS: Final = {
    "standard": ("standard",),
    "or": ("or", "standard"),
    "unit": ("unit", "unit-short", "standard"),
}
_Unit = Literal["day", "hour", "minute", "second"]
_UNITS: Final[tuple[tuple[_Unit, int], ...]] = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_NEVER: Final = 1e9
"""A threshold that keeps Babel from rounding to the next higher unit."""


@cache
def formats_for(language: str, zone: str | None) -> Formats:
    """Return the formats of a language tag, in the region of the reader's zone if CLDR has such a locale."""
    return _formats(_identifier(language, zone))


@cache
def _formats(identifier: str) -> Formats:
    return Formats(Locale.parse(identifier))


def _identifier(language: str, zone: str | None) -> str:
    locale = parse_locale(language)
    if locale.territory:
        return str(locale)
    territory = get_global("zone_territories").get(zone) if zone else None
    regional = get_locale_identifier((locale.language, territory, locale.script))
    if territory and localedata.exists(regional):
        return regional
    return _INTERNATIONAL.get(str(locale), str(locale))


def parse_locale(tag: str) -> Locale:
    """Return the locale of a language tag, or of the nearest wider one that CLDR has, at last English."""
    parts = tag.replace("-", "_").split("_")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:length]))
        except (ValueError, UnknownLocaleError):
            continue
    return Locale.parse("en")


class Formats:
    """Writes plain, unescaped text for one locale. Every method is pure."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self.number: Callable[[int], str] = lru_cache(1024)(self._number)
        self.time: Callable[[time], str] = lru_cache(1440)(self._time)
        self.day: Callable[[date, bool, bool], str] = lru_cache(2048)(self._day)
        self.span: Callable[[timedelta], str] = lru_cache(2048)(self._span)
        self.days: Callable[[frozenset[int]], str] = cache(self._days)
        self.city: Callable[[str], str] = cache(lambda zone: city_name(zone, locale))
        self.language: Callable[[str], str] = cache(self._language)
        self.glue: Callable[[str, int], tuple[str, ...]] = cache(self._glue)
        medium = str(locale.datetime_formats["medium"])
        self.date_with_time = medium.replace("'", "")
        """A pattern of the date `{1}` and the time `{0}`."""

    def _number(self, number: int) -> str:
        return _tidy(format_decimal(number, locale=self.locale))

    def _time(self, wall: time) -> str:
        return _tidy(format_time(wall.replace(tzinfo=None), "short", locale=self.locale))

    def _day(self, day: date, weekday: bool, year: bool) -> str:
        skeleton = ("y" if year else "") + ("MMMEd" if weekday else "MMMd")
        return _tidy(format_skeleton(skeleton, datetime.combine(day, time()), locale=self.locale))

    def moment(self, local: datetime, show: Show, year: bool) -> str:
        """Write a local time, its date with the `year` or without; a relative one is a date and a time."""
        if show is Show.TIME:
            return self.time(local.time().replace(second=0, microsecond=0))
        day = self.day(local.date(), True, year)
        if show is Show.DATE:
            return day
        clock = self.time(local.time().replace(second=0, microsecond=0))
        return self.date_with_time.replace("{1}", day).replace("{0}", clock)

    def _span(self, length: timedelta) -> str:
        """Write a length in days, hours and minutes, below an hour to the second, whatever its sign."""
        rest = abs(round(length.total_seconds()))
        parts = []
        for unit, seconds in _UNITS[:3] if rest >= 3600 else _UNITS:
            count, rest = divmod(rest, seconds)
            if count:
                parts.append(self._unit(timedelta(seconds=count * seconds), unit))
        return self.join(parts or [self._unit(timedelta(), "minute")], "unit")

    def _unit(self, whole: timedelta, unit: _Unit) -> str:
        # Not format_unit: like format_list, it misses inherited patterns ("2 duration-day" in Portuguese).
        return _tidy(format_timedelta(whole, unit, threshold=_NEVER, format="long", locale=self.locale))

    def _days(self, weekdays: frozenset[int]) -> str:
        """Write weekdays from the locale's first on; three or more in a row become a range (it may wrap)."""
        first = self.locale.first_week_day
        names = self.locale.days["stand-alone"]["abbreviated"]
        parts: dict[int, str] = {}
        for run in _runs(weekdays):
            if len(run) > 2:
                start, end = (first, (first - 1) % 7) if len(run) == 7 else (run[0], run[-1])
                parts[start] = self._range(names[start], names[end])
            else:
                parts.update((day, names[day]) for day in run)
        return self.join([parts[day] for day in _from(first, parts)], "standard")

    def _range(self, first: str, last: str) -> str:
        pattern = self.locale.interval_formats[None]
        between = pattern.replace("{0}", "").replace("{1}", "").strip()
        if len(between) == 1:  # a dash: "Mon–Fri"; CLDR sets it apart for long dates
            pattern = f"{{0}}{between}{{1}}"
        return str(pattern.replace("{0}", first).replace("{1}", last))

    def _language(self, tag: str) -> str:
        try:
            return Locale.parse(tag, sep="-").get_display_name(self.locale) or tag
        except (ValueError, UnknownLocaleError):
            return tag

    def join(self, items: list[str], style: str) -> str:
        """Join a list: "standard" ("and"), "or", or "unit" (a plain enumeration)."""
        glue = self.glue(style, len(items))
        return glue[0] + "".join(item + after for item, after in zip(items, glue[1:], strict=True))

    def _glue(self, style: str, count: int) -> tuple[str, ...]:
        """Return what stands before, between and after so many items: count + 1 texts."""
        if count < 2:
            return ("",) * (count + 1)
        slots = [f"\0{index}\0" for index in range(count)]
        if count == 2:
            joined = self._list_pattern(style, "2").format(*slots)
        else:
            joined = self._list_pattern(style, "start").format(slots[0], slots[1])
            for slot in slots[2:-1]:
                joined = self._list_pattern(style, "middle").format(joined, slot)
            joined = self._list_pattern(style, "end").format(joined, slots[-1])
        return tuple(_tidy(part) for part in joined.split("\0")[::2])

    def _list_pattern(self, style: str, part: str) -> str:
        for name in _LIST_PARENTS[style]:
            patterns = self.locale.list_patterns.get(name, {})
            if part in patterns:
                return str(patterns[part])
        return "{0}, {1}"


def _from(first: int, weekdays: Iterable[int]) -> list[int]:
    """Return weekdays in the order of a week that begins with `first`."""
    return sorted(weekdays, key=lambda day: (day - first) % 7)


def _runs(weekdays: frozenset[int]) -> list[list[int]]:
    """Return the runs of neighbouring weekdays; one may go over the week's end."""
    if len(weekdays) == 7:
        return [list(range(7))]
    runs = [[day] for day in weekdays if (day - 1) % 7 not in weekdays]
    for run in runs:
        while (run[-1] + 1) % 7 in weekdays:
            run.append((run[-1] + 1) % 7)
    return runs


def _tidy(text: str) -> str:
    """Use the no-break space that every font has for CLDR's narrow one."""
    return text.replace("\u202f", "\u00a0")
