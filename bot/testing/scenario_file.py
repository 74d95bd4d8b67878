"""Scenario files: TOML, read strictly.

The form is documented in `tests/simulation/README.md`. Whatever is not of that form is refused with the place where
it stands and the right form.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any, NoReturn

from bot.engine.transaction import Services
from bot.model.errors import HeliotropeError
from bot.model.working_time import (
    WORKDAYS,
    Hours,
    Leave,
    UnknownZone,
    Weekdays,
    WorkingWeek,
    exists,
    parse_hours,
    parse_weekdays,
    utc,
    zone_info,
)
from bot.platforms.console.server import BOT
from bot.testing.scenario import Answers, Downtime, Event, MemberPlan, Scenario


class ScenarioError(HeliotropeError):
    """A scenario can't be played: says where in the file, what is wrong there, and the right form."""


def parse(text: str, services: Services) -> Scenario:
    """Read a scenario; raises ScenarioError. `services` knows the languages, zones and holidays there are."""
    try:
        data = tomllib.loads(_MINUTES.sub(_with_seconds, text))
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"not TOML: {error}") from error
    return _Reader(services).scenario(_Table(data, ""))


# TOML 1.0 wants seconds in an instant, TOML 1.1 does not. Strings and comments are matched to be passed over.
_MINUTES = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*'''
    r"|(?P<minute>\b\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)(?![:\d])",
    re.DOTALL,
)


def _with_seconds(match: re.Match[str]) -> str:
    return f"{match[0]}:00" if match["minute"] else match[0]


def resolve_language(tag: str, services: Services) -> str | None:
    """The catalogue's tag that serves a language tag, or None."""
    return services.localizer.negotiate(tag)


def languages(services: Services) -> str:
    """The languages there are, for an error's text."""
    return ", ".join(services.localizer.languages())


def _no(place: str, wrong: str, form: str) -> NoReturn:
    raise ScenarioError(f"{place}: {wrong}; write {form}" if place else f"{wrong}; write {form}")


_REQUIRED: Any = object()


class _Table:
    """One TOML table: takes its keys one by one, knows its place, and has no key left at the end."""

    def __init__(self, data: Any, place: str) -> None:
        if not isinstance(data, dict):
            _no(place, f"{data!r} is no table", f"[{place or 'team'}]")
        self._data: dict[str, Any] = dict(data)
        self._known: list[str] = []
        self.place = place

    def at(self, key: str) -> str:
        return f"{self.place}: {key}" if self.place else key

    def take(self, key: str, kind: type, form: str, default: Any = _REQUIRED) -> Any:
        """The key's value, of that type; `form` is the right way to write it."""
        self._known.append(key)
        if key not in self._data:
            if default is _REQUIRED:
                _no(self.place, f"{key} is missing", f"{key} = {form}")
            return default
        value = self._data.pop(key)
        right = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if not right or (kind is date and isinstance(value, datetime)):
            _no(self.at(key), f"{_shown(value)} is no {_KINDS[kind]}", f"{key} = {form}")
        return value

    def tables(self, key: str) -> Sequence[Any]:
        """The values of [[key]]."""
        self._known.append(key)
        value = self._data.pop(key, [])
        if not isinstance(value, list):
            _no(key, f"{_shown(value)} is no list", f"[[{key}]] in brackets twice, once for each {key}")
        return value

    def end(self) -> None:
        """Refuse what nobody took."""
        for key in self._data:
            known = ", ".join(self._known)
            raise ScenarioError(f"{self.at(key)}: unknown key; the keys here are {known}")


_KINDS: Mapping[type, str] = {
    str: "text",
    int: "number",
    bool: "true or false",
    list: "list",
    date: "date",
    datetime: "date and time",
    dict: "table",
}


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float, date, time)) else repr(value)


_NAME = re.compile(r'[^\W_][^\n\r\t"@\x00-\x1f\x7f-\x9f]*')
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_CHANNEL = re.compile(r"[^\W_]+(-[^\W_]+)*")


@dataclass
class _Reader:
    services: Services
    _zones: dict[str, str] = field(default_factory=dict)

    def scenario(self, root: _Table) -> Scenario:
        language = self._language(root, '"en"') or "en"
        team = _Table(root.take("team", dict, '[team] with name = "Atlas"'), "team")
        name = self._name(team, '"Atlas"')
        standup = self._time(team)
        days = self._days(team, WORKDAYS)
        team.end()
        social = self._social(root)
        members = self._members(root, days)
        self._zones = {member.name: member.zone for member in members}
        plan = Scenario(language, name, standup, days, social, members)
        events = self._events(root, plan)
        downtimes = self._downtimes(root)
        root.end()
        return replace(plan, events=events, downtimes=downtimes).with_language(language)

    def _language(self, table: _Table, form: str) -> str | None:
        tag = table.take("language", str, form, None)
        if tag is None:
            return None
        found = resolve_language(tag, self.services)
        if found is None:
            known = languages(self.services)
            _no(table.at("language"), f'there is no language "{tag}"', f"one of {known}")
        return found

    def _name(self, table: _Table, form: str) -> str:
        name = str(table.take("name", str, f"{form}"))
        if not _NAME.fullmatch(name) or name != name.strip() or len(name) > 64:
            wrong = f"{_shown(name)} is no name"
            _no(table.at("name"), wrong, f'one like {form}, a line of 1 to 64 characters without @ or "')
        return name

    def _time(self, team: _Table) -> time:
        text = team.take("standup", str, '"09:30"', "09:30")
        if not _CLOCK.fullmatch(text):
            _no(team.at("standup"), f'"{text}" is no local time', 'one like "09:30"')
        return time.fromisoformat(text)

    def _days(self, table: _Table, default: Weekdays) -> Weekdays:
        text = table.take("days", str, '"mon-fri"', None)
        if text is None:
            return default
        try:
            return parse_weekdays(text)
        except ValueError:
            _no(table.at("days"), f'"{text}" are no weekdays', 'them like "mon-fri" or "mon,wed,fri"')

    def _social(self, root: _Table) -> Weekdays | None:
        data = root.take("social", dict, '[social] with days = "mon,wed,fri"', None)
        if data is None:
            return None
        table = _Table(data, "social")
        days = self._days(table, frozenset({0, 2, 4}))
        table.end()
        return days

    def _members(self, root: _Table, days: Weekdays) -> tuple[MemberPlan, ...]:
        members: list[MemberPlan] = []
        for number, data in enumerate(root.tables("member"), start=1):
            member = self._member(data, number, days)
            if any(member.name.casefold() == other.name.casefold() for other in members):
                _no(f"member {number} ({member.name}): name", "this name is taken", "a different one for each")
            members.append(member)
        if not members:
            _no("", "[[member]] is missing", '[[member]] with name = "Ana" and zone = "Europe/Lisbon"')
        if not any(member.admin for member in members):
            members[0] = replace(members[0], admin=True)
        return tuple(members)

    def _member(self, data: Any, number: int, team_days: Weekdays) -> MemberPlan:
        table = _Table(data, f"member {number}")
        name = self._name(table, '"Ana"')
        table.place = f"member {number} ({name})"
        if name.casefold() == BOT.casefold():
            _no(table.at("name"), "this is the bot's own name", "another")
        zone = self._zone(table)
        hours = self._hours(table)
        days = self._days(table, team_days)
        language = self._language(table, '"es"')
        holidays = self._holidays(table)
        answers = self._answers(table)
        admin = table.take("admin", bool, "true or false", False)
        leave = self._leave(table)
        table.end()
        week = WorkingWeek.uniform(hours, days)
        return MemberPlan(name, zone, week, language, holidays, answers, admin, leave)

    def _zone(self, table: _Table) -> str:
        zone = str(table.take("zone", str, '"Europe/Lisbon"'))
        try:
            zone_info(zone)
        except UnknownZone:
            near = self.services.gazetteer.nearest_zones(zone, "en")
            meant = " or ".join(f'"{match.zone}"' for match in near)
            form = f"an IANA name, such as {meant}" if meant else 'an IANA name, such as "Europe/Lisbon"'
            _no(table.at("zone"), f'there is no time zone "{zone}"', form)
        return zone

    def _hours(self, table: _Table) -> Hours:
        text = table.take("hours", str, '"09:00-17:00"', "09:00-17:00")
        try:
            return parse_hours(text)
        except ValueError:
            form = 'them like "09:00-17:00"; "22:00-06:00" is a night shift'
            _no(table.at("hours"), f'"{text}" are no working hours', form)

    def _holidays(self, table: _Table) -> str | None:
        calendar = table.take("holidays", str, '"PT" or "US-CA"', None)
        if calendar is None or self.services.holidays.known(calendar):
            return str(calendar) if calendar is not None else None
        near = " or ".join(f'"{name}"' for name in self.services.holidays.suggest(calendar))
        form = "a country or a region of one, such as " + (near or '"PT" or "US-CA"')
        _no(table.at("holidays"), f'there is no holidays calendar "{calendar}"', form)

    def _answers(self, table: _Table) -> Answers:
        text = table.take("answers", str, '"auto", "none" or "scripted"', "auto")
        if text not in {answers.value for answers in Answers}:
            wrong = f'"{text}" is no way to answer'
            _no(table.at("answers"), wrong, 'answers = "auto", "none" or "scripted"')
        return Answers(text)

    def _leave(self, table: _Table) -> tuple[Leave, ...]:
        form = "[{ from = 2026-12-24, to = 2027-01-02 }]"
        leave = []
        for number, data in enumerate(table.take("leave", list, form, []), start=1):
            place = f"{table.place}: leave {number}"
            if not isinstance(data, dict):
                _no(place, f"{_shown(data)} is no range of dates", f"leave = {form}")
            part = _Table(data, place)
            first = part.take("from", date, "2026-12-24")
            last = part.take("to", date, "2027-01-02")
            part.end()
            if last < first:
                _no(place, f"it ends on {last} before it begins on {first}", "the earlier date as from")
            leave.append(Leave(first, last))
        return tuple(leave)

    def _events(self, root: _Table, plan: Scenario) -> tuple[Event, ...]:
        numbered = [
            (self._event(_Table(data, f"event {number}"), plan), number)
            for number, data in enumerate(root.tables("event"), start=1)
        ]
        numbered.sort(key=lambda pair: pair[0].at)
        said: dict[str, int] = dict.fromkeys(self._zones, 0)
        for event, number in numbered:
            for key, n in (("edits", event.edits), ("deletes", event.deletes)):
                if n is not None and not 1 <= n <= said[event.member]:
                    wrong = f"{event.member} has said {said[event.member]} messages by [[event]] before this"
                    _no(f"event {number} ({event.member}): {key}", wrong, "the number of one of them, from 1")
            if event.says is not None and event.edits is None:
                said[event.member] += 1
        return tuple(event for event, _ in numbered)

    def _event(self, table: _Table, plan: Scenario) -> Event:
        name = table.take("member", str, '"Ana"')
        if name not in self._zones:
            names = ", ".join(self._zones)
            _no(table.at("member"), f'nobody is called "{name}"', f"one of {names}")
        table.place = f"{table.place} ({name})"
        at = self._instant(table, self._zones[name])
        says = table.take("says", str, '"1. merged the parser"', None)
        says_in = self._says_in(table, says)
        channel = table.take("in", str, '"handoff", "social" or a channel\'s name', None)
        edits = table.take("edits", int, "2", None)
        deletes = table.take("deletes", int, "2", None)
        reacts = table.take("reacts", str, '"✅"', None)
        table.end()
        self._one_deed(table, says, edits, deletes, reacts)
        if channel is not None and (says is None or edits is not None):
            _no(table.at("in"), "only what is said anew is said somewhere", "in beside says, without edits")
        return Event(name, at, says, self._channel(table, channel, plan), edits, deletes, reacts, says_in)

    def _says_in(self, table: _Table, says: str | None) -> tuple[tuple[str, str], ...]:
        """The text in other languages, by the tags that there are."""
        texts = _Table(table.take("says_in", dict, '{ de = "1. Parser gemergt" }', {}), table.at("says_in"))
        tags = self.services.localizer.languages()
        written = ((tag, texts.take(tag, str, '"1. Parser gemergt"', None)) for tag in tags)
        found = [(tag, text) for tag, text in written if text is not None]
        texts.end()
        if found and says is None:
            _no(table.at("says_in"), "the text itself is missing", 'says = "…" beside says_in')
        return tuple(found)

    def _one_deed(self, table: _Table, says: Any, edits: Any, deletes: Any, reacts: Any) -> None:
        deeds = [deed for deed in (says, deletes, reacts) if deed is not None]
        form = 'one of says = "…", deletes = 2, reacts = "✅"; edits = 2 goes with says'
        if len(deeds) != 1:
            _no(table.place, "nothing happens" if not deeds else "more than one thing happens", form)
        if edits is not None and says is None:
            _no(table.at("edits"), "the new text is missing", 'says = "…" beside edits')
        if reacts is not None and not reacts.strip():
            _no(table.at("reacts"), "there is no emoji", 'reacts = "✅"')

    def _channel(self, table: _Table, name: str | None, plan: Scenario) -> str | None:
        if name == "handoff":
            return plan.handoff_channel
        if name == "social" and plan.social is None:
            _no(table.at("in"), "the team has no social channel", "a [social] table to give it one")
        if name == "social":
            return plan.social_channel
        if name is not None and not _CHANNEL.fullmatch(name):
            wrong = f"{_shown(name)} is no channel's name"
            _no(table.at("in"), wrong, '"handoff", "social" or a name like "general"')
        return name

    def _instant(self, table: _Table, zone: str) -> datetime:
        form = '"2026-10-26T10:05" in the member\'s own time, or "2026-10-26T10:05+01:00"'
        self_written = table.take("at", object, form)  # TOML's own dates and times mean the same as the text
        try:
            at = self_written if isinstance(self_written, datetime) else datetime.fromisoformat(self_written)
        except (ValueError, TypeError):
            _no(table.at("at"), f"{_shown(self_written)} is no date and time", form)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
        local = at.time()
        if not exists(at.date(), local, zone):
            wrong = f"the clocks in {zone} do not show {at:%H:%M} on {at:%Y-%m-%d}"
            _no(table.at("at"), wrong, "a time that they show")
        return utc(at.date(), local, zone)

    def _downtimes(self, root: _Table) -> tuple[Downtime, ...]:
        found: list[tuple[Downtime, str]] = []
        for number, data in enumerate(root.tables("downtime"), start=1):
            table = _Table(data, f"downtime {number}")
            start, end = self._utc(table, "from"), self._utc(table, "to")
            table.end()
            if end <= start:
                _no(table.place, "it does not end after it begins", "the earlier instant as from")
            found.append((Downtime(start, end), table.place))
        found.sort(key=lambda pair: pair[0].start)
        for (before, _), (after, place) in itertools.pairwise(found):
            if after.start <= before.end:
                _no(place, "the process is dead already then", "one [[downtime]] for the whole of it")
        return tuple(downtime for downtime, _ in found)

    def _utc(self, table: _Table, key: str) -> datetime:
        at: datetime = table.take(key, datetime, "2026-10-27T08:00Z")
        if at.tzinfo is None:
            _no(table.at(key), f"{at:%Y-%m-%dT%H:%M} has no offset", f"{key} = {at:%Y-%m-%dT%H:%M}Z")
        return at.astimezone(UTC)
