"""What a person typed for a parameter, converted once for all platforms, in the caller's zone and language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from difflib import get_close_matches
from functools import partial
from typing import Any, Final

from bot.engine.parsing import Typed, bind, right_form
from bot.engine.ports import ZoneMatch
from bot.engine.speakers import Speaker, name_of_place
from bot.engine.transaction import Transaction
from bot.model.command import CommandSpec, Parameter
from bot.model.errors import BadInput
from bot.model.event import Commanded, Inbound, MessageReceived, Submitted
from bot.model.identity import Account, NamedPlace
from bot.model.message import Choice, CommandText, Listing, Sentence, Value, catalogue
from bot.model.moment import Days, LanguageName, TimeOfDay
from bot.model.people import Channel, Member, Team, Workspace
from bot.model.working_time import WORKDAYS, Hours, Weekdays, zone_info

_, n_ = catalogue("bot")

_HAS_CLOCK = re.compile(r"\d\D+\d|\d\s*[^\d\s+-]")
"""What looks like a time on a clock rather than like an offset."""
MOST_TEAMS: Final = 10
"""Of more teams only those with a like name are shown."""
# NOTE: what people type to have nothing of a kind, separated by commas
NONE: Final = _("none, no, nothing, off, no holidays")
# NOTE: how people name themselves where a name is asked for, separated by commas
ME: Final = _("me, myself")
# NOTE: how people name the channel that they are in, separated by commas
HERE: Final = _("here")


@dataclass(frozen=True)
class Context:
    """Who typed it, where and when: what conversion depends on."""

    tx: Transaction
    workspace: Workspace
    member: Member
    language: str
    event: Inbound
    typed: Typed

    @property
    def spec(self) -> CommandSpec:
        """The command's spec."""
        return self.typed.spec


def context_of(tx: Transaction, event: Inbound, speaker: Speaker, typed: Typed) -> Context:
    """Return what a member's use of a command depends on; they read in their own language, else their client's."""
    assert speaker.workspace is not None
    assert speaker.member is not None
    language = speaker.member.language or event.language or speaker.workspace.language
    return Context(tx, speaker.workspace, speaker.member, language, event, typed)


_NUMERIC: Final = frozenset({"number", "weekdays", "zone", "holidays"})
"""Kinds in which full-width letters, digits and signs count as the plain ones."""


async def convert_all(context: Context, typed: Typed) -> dict[str, Any]:
    """Return the handler's arguments by parameter name; raises BadInput for the first that can't be converted."""
    given = bind(typed, partial(_reads, context))
    arguments: dict[str, Any] = {}
    for parameter in typed.spec.parameters:
        text = given.get(parameter.name)
        if text is None:
            arguments[parameter.name] = parameter.default
        elif parameter.choices:
            arguments[parameter.name] = _choice(context, parameter, text)
        else:
            written = unicodedata.normalize("NFKC", text) if parameter.kind in _NUMERIC else text
            arguments[parameter.name] = await _CONVERTERS[parameter.kind](context, written)
    return arguments


def _reads(context: Context, kind: str, text: str) -> bool:
    """Return whether a text is one value of a kind that may be written in several words."""
    gazetteer, language = context.tx.services.gazetteer, context.language
    try:
        match kind:
            case "time":
                return gazetteer.time(text, language) is not None
            case "duration":
                return gazetteer.duration(text, language) is not None
            case "date":
                return _date_of(context, text) is not None
            case "hours":
                return bool(gazetteer.hours(text, language))
            case _:
                return bool(gazetteer.weekdays(text, language))
    except (ValueError, OverflowError):
        return False


def _choice(context: Context, parameter: Parameter, text: str) -> str:
    if text.lower() in parameter.choices:
        return text.lower()
    raise BadInput(
        _("“{text}” is none of the choices: {choices}.", text=text, choices=_either(parameter.choices)),
        right_form(context.spec),
    )


def _either(words: Sequence[Value]) -> Listing:
    return Listing(tuple(words), either=True)


async def _text(context: Context, text: str) -> str:
    return text.strip()


async def _number(context: Context, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadInput(_("“{text}” is not a whole number.", text=text), right_form(context.spec)) from None


async def _yes_no(context: Context, text: str) -> bool:
    answer = context.tx.services.gazetteer.yes_no(text, context.language)
    if answer is None:
        raise BadInput(_("“{text}” is neither yes nor no.", text=text), right_form(context.spec))
    return answer


async def _time(context: Context, text: str) -> time:
    parsed = context.tx.services.gazetteer.time(text, context.language)
    if parsed is None:
        raise BadInput(
            _("“{text}” is not a time of day.", text=text),
            _("Write it like {example}.", example=TimeOfDay(time(9, 30))),
        )
    return parsed


async def _date(context: Context, text: str) -> date:
    parsed = _date_of(context, text)
    if parsed is None:
        next_year = _today(context).year + 1
        raise BadInput(
            _("“{text}” is not a date.", text=text),
            _("Write it as year-month-day, like {example}.", example=f"{next_year}-01-31"),
        )
    return parsed


def _date_of(context: Context, text: str) -> date | None:
    zone = context.member.zone
    return context.tx.services.gazetteer.date(text, _today(context), context.language, zone)


def _today(context: Context) -> date:
    return context.tx.now.astimezone(zone_info(context.member.zone)).date()


async def _duration(context: Context, text: str) -> timedelta:
    try:
        length = context.tx.services.gazetteer.duration(text, context.language)
    except OverflowError:
        raise BadInput(_("“{text}” is too long a time.", text=text), right_form(context.spec)) from None
    if length is None:
        raise BadInput(
            _("“{text}” is not a length of time.", text=text),
            _("Write it like {hour}, {half} or {minutes}.", hour="1h", half="1h30", minutes="45m"),
        )
    return length


async def _hours(context: Context, text: str) -> Hours:
    try:
        return context.tx.services.gazetteer.hours(text, context.language)
    except ValueError:
        raise BadInput(
            _("“{text}” are not working hours.", text=text),
            _("Write when the day starts and ends, like {example}.", example="09:00-17:30"),
        ) from None


async def _weekdays(context: Context, text: str) -> Weekdays:
    try:
        return context.tx.services.gazetteer.weekdays(text, context.language)
    except ValueError:
        raise BadInput(
            _("“{text}” are not weekdays.", text=text),
            _(
                "Write them like {range} or {single}.",
                range=Days(WORKDAYS),
                single=Days(frozenset({0, 2, 4})),
            ),
        ) from None


async def _zone(context: Context, text: str) -> str:
    gazetteer, language = context.tx.services.gazetteer, context.language
    wall = gazetteer.time(text, language) if _HAS_CLOCK.search(text) else None
    if wall is not None:
        there = gazetteer.zones_at(wall, context.tx.now, language)
        if not there:
            raise BadInput(_("Nowhere is it {time} now.", time=TimeOfDay(wall)))
        question = _("It is {time} now in {cities}. Which is yours?", time=TimeOfDay(wall), cities=_cities(there))
        raise BadInput(question, choices=_zone_choices(context, text, there))
    found = gazetteer.zones(text, language)
    if len(found) == 1:
        return found[0].zone
    if found:
        question = _("“{text}” can mean {cities}. Which is yours?", text=text, cities=_cities(found))
        raise BadInput(question, choices=_zone_choices(context, text, found))
    near = gazetteer.nearest_zones(text, language)
    sentences = [_("I know no city or time zone “{text}”.", text=text)]
    if near:
        sentences.append(_("Did you mean {cities}?", cities=_cities(near)))
    sentences.append(
        _(
            "Write a large city near you, a zone like {zone}, or your time now, like {time}.",
            zone="Europe/Lisbon",
            time="14:35",
        )
    )
    raise BadInput(*sentences, choices=_zone_choices(context, text, near))


def _cities(matches: Sequence[ZoneMatch]) -> Listing:
    cities = [m.city for m in matches]
    shown = (_("{city} ({zone})", city=m.city, zone=m.zone) if cities.count(m.city) > 1 else m.city for m in matches)
    return Listing(tuple(shown), either=True)


def _zone_choices(context: Context, text: str, matches: Sequence[ZoneMatch]) -> tuple[Choice, ...]:
    """Offer the command as it was typed, with each zone in place of what was typed for it."""
    digits = ["1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣"]
    typed = unicodedata.normalize("NFKC", context.typed.arguments)
    start = typed.find(f":{text}") + 1 or typed.rfind(text)
    if start < 0:
        return ()
    before, after = typed[:start], typed[start + len(text) :]
    return tuple(
        Choice(f"{context.spec.words}{before}{match.zone}{after}", _("{city}", city=match.city), digit)
        for digit, match in zip(digits, matches, strict=False)
    )


async def _language(context: Context, text: str) -> str:
    found = context.tx.services.gazetteer.language(text, context.language)
    if found is None:
        known = tuple(LanguageName(tag) for tag in context.tx.services.localizer.languages())
        raise BadInput(_("I don't speak “{text}” yet. I speak {languages}.", text=text, languages=Listing(known)))
    return found


async def _holidays(context: Context, text: str) -> str:
    holidays = context.tx.services.holidays
    calendar = text.strip().upper()
    if context.tx.services.gazetteer.means(text, NONE, context.language):
        return ""
    if not holidays.known(calendar):
        near = holidays.suggest(calendar)
        sentences = [_("I know no public holidays of “{text}”.", text=text)]
        if near:
            sentences.append(_("Did you mean {calendars}?", calendars=_either(tuple(near))))
        sentences.append(
            _(
                "Write a country's two letters, with a region where it has its own, like {country} or {region}.",
                country="PT",
                region="US-CA",
            )
        )
        raise BadInput(*sentences)
    return calendar


def numbered_name(team: Team) -> str:
    """Return a name of a team that no other team has, in whatever workspace."""
    return f"{team.name} #{team.id}"


async def named_team(context: Context) -> Team | None:
    """Return the team that a command names among its options; None where it names none of this workspace."""
    typed = context.typed
    names = [parameter.name for parameter in typed.spec.parameters if parameter.kind == "team"]
    try:
        given = typed.given if typed.given is not None else bind(typed, partial(_reads, context))
        found = [await _team(context, given[name]) for name in names if given.get(name)]
    except BadInput:
        return None
    return found[0] if found else None


async def _team(context: Context, text: str) -> Team:
    teams = await context.tx.people.teams(context.workspace.id)
    wanted = text.strip().casefold()
    for called in (lambda team: team.name, numbered_name):
        for team in teams:
            if called(team).casefold() == wanted:
                return team
    sentences: list[Sentence] = [_("There is no team “{text}” here.", text=text)]
    names = [team.name for team in teams]
    if len(names) > MOST_TEAMS:
        names = get_close_matches(wanted, [name.casefold() for name in names], 3, 0.5)
        near = tuple(team.name for name in names for team in teams if team.name.casefold() == name)
        if near:
            sentences.append(_("Did you mean {teams}?", teams=_either(near)))
        sentences.append(_("{command} shows them all.", command=CommandText("team list")))
    elif teams:
        sentences.append(n_("The team is {names}.", "The teams are {names}.", len(names), names=Listing(tuple(names))))
    else:
        create = CommandText("team create")
        sentences.append(_("There is none yet: an admin makes one with {command}.", command=create))
    if any(" " in team.name for team in teams):
        sentences.append(_("Names with spaces go in quotes."))
    raise BadInput(*sentences)


def _bare(text: str) -> str:
    """Return a name without what stands before it: "@", and what keeps a shown one from notifying anybody."""
    return text.strip().lstrip("@\u200b")


def _named(context: Context, text: str) -> Account | None:
    wanted = _bare(text).casefold()
    people = context.event.people if isinstance(context.event, MessageReceived | Submitted) else ()
    return next((a for a in people if wanted in (_bare(a.name).casefold(), _bare(a.identity.account).casefold())), None)


def _picked(text: str, people: Sequence[Account]) -> Account | None:
    """Return who was picked in a client, which names them by their account: what they are called is no matter."""
    return next((account for account in people if account.identity.account == text.strip()), None)


def _must_be_a_person(context: Context, text: str) -> None:
    """Raise BadInput for a bot."""
    event = context.event
    bot = _picked(text, event.bots) if isinstance(event, Commanded) else None
    if bot is not None:
        raise BadInput(
            _("{name} is a bot: I can't ask it anything, so it is in no team.", name=bot.name),
            _("Choose a person."),
        )


async def _find_member(context: Context, text: str) -> Member | None:
    wanted = _bare(text).casefold()
    account = _named(context, text)
    members = await context.tx.people.members_of_workspace(context.workspace.id)
    if account is not None:
        ids = {m.id for m in await context.tx.people.members_of_identity(account.identity)}
        return next((m for m in members if m.id in ids), None)
    if context.tx.services.gazetteer.means(wanted, ME, context.language):
        return context.member
    found = [m for m in members if m.name.casefold() == wanted]
    exactly = [m for m in found if m.name == _bare(text)] or found
    if len(exactly) > 1:
        raise BadInput(_("Several people here are called “{name}”: mention the one you mean.", name=exactly[0].name))
    return next(iter(exactly), None)


async def _member(context: Context, text: str) -> Member:
    _must_be_a_person(context, text)
    member = await _find_member(context, text)
    if member is None:
        account = _named(context, text)
        if account is not None:
            raise BadInput(
                _("{name} is in none of the teams here, so nothing has changed.", name=account.name),
            )
        raise BadInput(
            _("I know nobody called “{text}” here.", text=text),
            _("Write the name as it is shown, or mention them."),
        )
    return member


async def _account(context: Context, text: str) -> Account:
    _must_be_a_person(context, text)
    absent = _picked(text, context.event.absent) if isinstance(context.event, Commanded) else None
    if absent is not None:
        raise BadInput(
            _("{name} is not here, so I can't add them.", name=absent.name),
            _("Invite them first, and then use this again."),
        )
    account = _named(context, text)
    if account is not None:
        return account
    member = await _find_member(context, text)
    identities = (await context.tx.people.identities([member.id]))[member.id] if member else ()
    if member is None or not identities:
        raise BadInput(
            _("I see nobody called “{text}” here.", text=text),
            _("Only people in one of this workspace's rooms can be added: write the name as it is shown."),
        )
    return Account(identities[0], member.name)


async def _channel(context: Context, text: str) -> Channel:
    wanted = text.strip().lstrip("#").casefold()
    here = context.tx.services.gazetteer.means(wanted, HERE, context.language)
    for team in await context.tx.people.teams(context.workspace.id):
        for channel in await context.tx.people.channels(team.id):
            if channel.name.casefold() == wanted or (here and channel.place == context.event.place):
                return channel
    raise BadInput(_("No team here uses a channel “{text}”.", text=text))


async def _place(context: Context, text: str) -> NamedPlace:
    event = context.event
    wanted = text.strip().lstrip("#").casefold()
    if isinstance(event, Commanded):
        for named in event.places:
            if wanted in (named.place.address.casefold(), named.name.casefold()):
                return named
    name = name_of_place(event)
    here = context.tx.services.gazetteer.means(wanted, HERE, context.language)
    if not event.direct and (here or wanted == name.casefold()):
        return NamedPlace(event.place, name)
    if event.direct:
        form = CommandText(f"{context.spec.words}{context.typed.arguments}", room=True)
        raise BadInput(
            _("This is a private conversation, where I can't tell which channel “{text}” is.", text=text),
            _("Type it in the channel you mean: {form}.", form=form),
        )
    raise BadInput(
        _("I can't tell which channel “{text}” is from here.", text=text),
        _("Type the command in that channel itself, with {here} for its name.", here="here"),
    )


_CONVERTERS: Mapping[str, Callable[[Context, str], Awaitable[Any]]] = {
    "text": _text,
    "rest": _text,
    "number": _number,
    "yes_no": _yes_no,
    "time": _time,
    "date": _date,
    "duration": _duration,
    "hours": _hours,
    "weekdays": _weekdays,
    "zone": _zone,
    "language": _language,
    "holidays": _holidays,
    "team": _team,
    "member": _member,
    "account": _account,
    "channel": _channel,
    "place": _place,
}
