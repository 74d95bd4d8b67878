"""Writes sentences, and the values inside them, in a reader's language."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Final

from bot.engine.ports import Reader, Style
from bot.i18n.catalogues import Catalogues, template
from bot.i18n.formats import Formats, formats_for
from bot.model.message import ChannelName, CommandText, Listing, OptionName, Person, Sentence, Value, catalogue
from bot.model.moment import Day, Days, LanguageName, Moment, Show, Span, TimeOfDay, ZoneName
from bot.model.working_time import UnknownZone, zone_info

log = logging.getLogger(__name__)
_ = catalogue("bot")[0]

_MOST_TIMES: Final = 4
"""A channel reads an instant in at most so many local times; more are harder to read than UTC."""


class BabelLocalizer:
    """The `Localizer` port: gettext catalogues for sentences, CLDR for values.

    Whatever `write` returns went through the style exactly once: text of people, translated text and
    formatted values alike, so a translation may contain any character.
    """

    def __init__(self, catalogues: Catalogues | None = None) -> None:
        self.catalogues = catalogues or Catalogues()

    def languages(self) -> Sequence[str]:
        """Return the tags that there are catalogues for, English first."""
        return self.catalogues.languages()

    def negotiate(self, tag: str) -> str | None:
        """Return the catalogue that serves a language tag best, or None."""
        return self.catalogues.negotiate(tag)

    def write(self, value: Value, reader: Reader, style: Style) -> str:
        """Return a sentence or value in the reader's language."""
        kind: type = type(value)
        written: str = getattr(self, _writer(kind))(value, reader, style)
        return written

    def own(self, text: str, style: Style) -> str:
        """Write text that no person wrote: a translation's, or a formatted value's."""
        return style.text(text)

    def _sentence(self, sentence: Sentence, reader: Reader, style: Style) -> str:
        text = self.catalogues.translate(
            sentence.domain, reader.language, sentence.text, sentence.plural, sentence.count
        )
        values = dict(sentence.values)
        parts: list[str] = []
        for between, name in template(text):
            doubled = between.startswith(".") and parts and parts[-1].endswith(".")  # "a las 5:00 p. m."
            literal = between[1:] if doubled else between
            if literal:
                parts.append(self.own(literal, style))
            if name is not None:
                parts.append(self._placeholder(name, values, sentence, reader, style))
        return "".join(parts)

    def _placeholder(
        self, name: str, values: Mapping[str, Value], sentence: Sentence, reader: Reader, style: Style
    ) -> str:
        if name in values:
            return self.write(values[name], reader, style)
        log.error("no value for {%s} in %r", name, sentence.text)
        return self.own(f"{{{name}}}", style)

    def _text(self, text: str, reader: Reader, style: Style) -> str:
        return style.text(text)

    def _number(self, number: int, reader: Reader, style: Style) -> str:
        return self.own(_formats(reader).number(number), style)

    def _person(self, person: Person, reader: Reader, style: Style) -> str:
        return style.person(person.name, reader.pings.get(person.member) if person.ping else None)

    def _command(self, command: CommandText, reader: Reader, style: Style) -> str:
        return style.command(command.words, command.room)

    def _option(self, option: OptionName, reader: Reader, style: Style) -> str:
        return style.option(option.name)

    def _channel(self, channel: ChannelName, reader: Reader, style: Style) -> str:
        return style.text("#" + channel.name.removeprefix("#"))

    def _listing(self, listing: Listing, reader: Reader, style: Style) -> str:
        items = [self.write(_one_of(item), reader, style) for item in listing.items]
        return self._joined(items, "or" if listing.either else "standard", reader, style)

    def _joined(self, items: Sequence[str], kind: str, reader: Reader, style: Style) -> str:
        """Join what is written already, without passing it through the style again."""
        before, *after = (self.own(glue, style) if glue else "" for glue in _formats(reader).glue(kind, len(items)))
        return before + "".join(item + glue for item, glue in zip(items, after, strict=True))

    def _day(self, day: Day, reader: Reader, style: Style) -> str:
        return self.own(_formats(reader).day(day.date, day.weekday, _other_year(day.date, reader, reader.zone)), style)

    def _time(self, value: TimeOfDay, reader: Reader, style: Style) -> str:
        return self.own(_formats(reader).time(value.time), style)

    def _span(self, span: Span, reader: Reader, style: Style) -> str:
        return self.own(_formats(reader).span(span.length), style)

    def _days(self, days: Days, reader: Reader, style: Style) -> str:
        return self.own(_formats(reader).days(days.weekdays), style)

    def _zone(self, zone: ZoneName, reader: Reader, style: Style) -> str:
        return self.own(_formats(reader).city(zone.zone), style)

    def _language(self, language: LanguageName, reader: Reader, style: Style) -> str:
        return self.own(_formats(reader).language(language.tag), style)

    def _moment(self, moment: Moment, reader: Reader, style: Style) -> str:
        if moment.zone is None:
            native = style.moment(moment.at, moment.show)
            if native is not None:
                return native
        if zone := moment.zone or reader.zone:
            local = _local(moment.at, zone)
            return self.own(_formats(reader).moment(local, moment.show, _other_year(local.date(), reader, zone)), style)
        return self._moment_for_all(moment, reader, style)

    def _moment_for_all(self, moment: Moment, reader: Reader, style: Style) -> str:
        """Write an instant for readers who share no zone: "09:30 in Lisbon and London, 15:00 in Kolkata"."""
        by_wall: dict[datetime, list[str]] = {}
        for zone in dict.fromkeys(reader.zones):
            by_wall.setdefault(_local(moment.at, zone).replace(tzinfo=None), []).append(zone)
        if not 1 <= len(by_wall) <= _MOST_TIMES:
            by_wall = {moment.at.astimezone(UTC).replace(tzinfo=None): ["Etc/UTC"]}
        by_date: dict[date, list[Sentence]] = {}
        for wall, zones in sorted(by_wall.items()):
            by_date.setdefault(wall.date(), []).append(_in_cities(moment, zones))
        if moment.show is Show.DATE and len(by_date) == 1:
            return self._day(Day(next(iter(by_date))), reader, style)
        if moment.show in (Show.TIME, Show.DATE):
            times = [self.write(each, reader, style) for found in by_date.values() for each in found]
            return self._joined(times, "unit", reader, style)
        days = [self._date_with_times(day, times, reader, style) for day, times in by_date.items()]
        return self._joined(days, "unit", reader, style)

    def _date_with_times(self, day: date, times: Sequence[Sentence], reader: Reader, style: Style) -> str:
        formats = _formats(reader)
        values = {
            "1": self._day(Day(day), reader, style),
            "0": self._joined([self.write(each, reader, style) for each in times], "unit", reader, style),
        }
        pieces = template(formats.date_with_time)
        return "".join(
            (self.own(literal, style) if literal else "") + (values[name] if name is not None else "")
            for literal, name in pieces
        )


def _one_of(item: Value) -> Value:
    # NOTE: one of several people in a list; Japanese adds さん
    return _("{person}", person=item) if isinstance(item, Person) else item


def _in_cities(moment: Moment, zones: Sequence[str]) -> Sentence:
    show = Show.DATE if moment.show is Show.DATE else Show.TIME
    when = Moment(moment.at, show, zones[0])
    if zones == ["Etc/UTC"]:
        return _("{time} UTC", time=when)
    return _("{time} in {cities}", time=when, cities=Listing(tuple(ZoneName(zone) for zone in zones)))


def _formats(reader: Reader) -> Formats:
    return formats_for(reader.language, reader.zone)


def _other_year(day: date, reader: Reader, zone: str | None) -> bool:
    """Whether a date is in another year than the present one is, on the reader's calendar (or UTC's)."""
    return reader.now is not None and day.year != _local(reader.now, zone or "Etc/UTC").year


def _local(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(zone_info(zone))
    except UnknownZone:  # a tz database may drop a zone that a member still has
        log.error("unknown time zone %r: shown in UTC", zone)
        return at.astimezone(UTC)


_WRITERS: Final[Mapping[type, str]] = {
    str: "_text",
    int: "_number",
    Sentence: "_sentence",
    Person: "_person",
    CommandText: "_command",
    OptionName: "_option",
    ChannelName: "_channel",
    Listing: "_listing",
    Moment: "_moment",
    Day: "_day",
    TimeOfDay: "_time",
    Span: "_span",
    Days: "_days",
    ZoneName: "_zone",
    LanguageName: "_language",
}


@cache
def _writer(kind: type) -> str:
    """Return the method that writes values of a type; an enumeration of texts is a text."""
    return next(_WRITERS[base] for base in kind.__mro__ if base in _WRITERS)
