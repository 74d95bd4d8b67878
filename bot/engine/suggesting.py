"""Values that a person may mean by what they have typed of an option so far, by the option's kind."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.engine.conversion import Context, numbered_name
from bot.engine.packing import PlainStyle
from bot.engine.ports import Reader
from bot.engine.transaction import Call
from bot.model.command import Parameter
from bot.model.message import Value, catalogue
from bot.model.moment import Day, LanguageName, TimeOfDay, ZoneName
from bot.model.working_time import zone_info

_, n_ = catalogue("bot")

DAYS_AHEAD = 7
"""Days from today on that a date may be chosen from; any other is typed."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A value as it would be typed, and how it is shown."""

    value: str
    shown: Value


async def suggestions(
    calls: Sequence[Call], contexts: Sequence[Context], parameter: Parameter, typed: str
) -> Sequence[Suggested]:
    """Return what a parameter's own completer or its kind suggests, the likeliest first, each value once.

    Somebody in several workspaces has a context, and a call, in each that the command may be about.
    """
    if parameter.kind == "team" and parameter.complete is None:
        return await _teams(contexts, typed)
    found: dict[str, Suggested] = {}
    for call, context in zip(calls, contexts, strict=True):
        for one in await _suggested(context, call, parameter, typed):
            found.setdefault(one.value, one)
    return list(found.values())


async def _suggested(context: Context, call: Call, parameter: Parameter, typed: str) -> Sequence[Suggested]:
    if parameter.complete is not None:
        return [Suggested(value, value) for value in await parameter.complete(call, typed)]
    if parameter.choices:
        return [Suggested(word, word) for word in parameter.choices if _within(typed, word)]
    by_kind = _BY_KIND.get(parameter.kind)
    return await by_kind(context, typed) if by_kind is not None else ()


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _within(typed: str, name: str) -> bool:
    return _plain(typed) in _plain(name)


async def _teams(contexts: Sequence[Context], typed: str) -> Sequence[Suggested]:
    """Suggest the teams of these workspaces, one's own first; of several workspaces, each with its workspace's name."""
    own = {team.id for context in contexts for team in await context.tx.people.teams_of(context.member.id)}
    found = [(team, each.workspace) for each in contexts for team in await each.tx.people.teams(each.workspace.id)]
    often = Counter(team.name.casefold() for team, _workspace in found)
    fitting = [(team, workspace) for team, workspace in found if _within(typed, team.name)]
    return [
        Suggested(
            team.name if often[team.name.casefold()] == 1 else numbered_name(team),
            team.name if len(contexts) == 1 else _("{team} in {workspace}", team=team.name, workspace=workspace.name),
        )
        for team, workspace in sorted(fitting, key=lambda each: (each[0].id not in own, each[0].name.casefold()))
    ]


async def _zones(context: Context, typed: str) -> Sequence[Suggested]:
    gazetteer, language = context.tx.services.gazetteer, context.language
    if not typed.strip():
        return [Suggested(context.member.zone, ZoneName(context.member.zone))]
    wall = gazetteer.time(typed, language) if any(map(str.isdecimal, typed)) else None  # "once" begins a name, too
    if wall is not None:
        found = gazetteer.zones_at(wall, context.tx.now, language)
    else:
        found = [*gazetteer.zones(typed, language), *gazetteer.nearest_zones(typed, language, 25)]
    by_zone = {match.zone: match.city for match in reversed(found)}
    return [
        Suggested(zone, _("{city} ({zone})", city=by_zone[zone], zone=zone))
        for zone in dict.fromkeys(match.zone for match in found)
    ]


async def _languages(context: Context, typed: str) -> Sequence[Suggested]:
    localizer = context.tx.services.localizer
    named = context.tx.services.gazetteer.language(typed, context.language) if typed.strip() else None

    def fits(tag: str) -> bool:
        called = (localizer.write(LanguageName(tag), Reader(of), PlainStyle()) for of in (context.language, tag))
        return tag == named or any(_plain(name).startswith(_plain(typed)) for name in (tag, *called))

    return [Suggested(tag, LanguageName(tag)) for tag in localizer.languages() if fits(tag)]


async def _dates(context: Context, typed: str) -> Sequence[Suggested]:
    today = context.tx.now.astimezone(zone_info(context.member.zone)).date()
    days = [today.fromordinal(today.toordinal() + n) for n in range(DAYS_AHEAD)]
    return [Suggested(day.isoformat(), Day(day)) for day in days if typed.strip() in day.isoformat()]


async def _times(context: Context, typed: str) -> Sequence[Suggested]:
    wall = context.tx.services.gazetteer.time(typed, context.language)
    return [Suggested(f"{wall:%H:%M}", TimeOfDay(wall))] if wall is not None else ()


async def _holidays(context: Context, typed: str) -> Sequence[Suggested]:
    calendar, holidays = typed.strip().upper(), context.tx.services.holidays
    exact = [calendar] if calendar and holidays.known(calendar) else []
    return [Suggested(name, name) for name in dict.fromkeys([*exact, *holidays.suggest(calendar)])]


_BY_KIND: Mapping[str, Callable[[Context, str], Awaitable[Sequence[Suggested]]]] = {
    "zone": _zones,
    "language": _languages,
    "date": _dates,
    "time": _times,
    "holidays": _holidays,
}
SUGGESTED: frozenset[str] = frozenset((*_BY_KIND, "team"))
"""The kinds of parameters for which something is suggested."""
