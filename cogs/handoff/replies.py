"""What the handoff cog answers to commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.api import (
    BadInput,
    Bullets,
    Channel,
    ChannelName,
    CommandText,
    Day,
    Fields,
    Heading,
    Listing,
    Message,
    Moment,
    Person,
    Sentence,
    Show,
    Team,
    Text,
    TimeOfDay,
    Value,
    WorkingTime,
    ZoneName,
    catalogue,
    message,
    quoted,
    say,
)
from cogs.handoff.crew import Crew
from cogs.handoff.domain import Leg, Pass
from cogs.handoff.messages import leg_name
from cogs.handoff.naming import LONGEST_NAME, BadLegs
from cogs.handoff.store import Handoff, Outcome

_, n_ = catalogue("handoff")

_LONG_LEG = timedelta(hours=16)
_MOST_SHOWN = 12
# NOTE: what admins type to have the legs made by working hours, separated by commas
AUTO = _("auto, automatic, automatically")


@dataclass(frozen=True, slots=True)
class Board:
    """What `handoff show` shows of a team, to a reader in their zone.

    `zone` pins all times to one zone where they are read by people in many, in a channel.
    """

    crew: Crew
    reader: WorkingTime
    turn: Sequence[Leg]
    upcoming: Pass | None
    receiver: Leg | None
    channels: Sequence[Channel]
    zone: str | None = None


def boards(shown: Sequence[Board], now: datetime) -> Message:
    """One or more teams, one after another."""
    joined = board(shown[0], now)
    for one in shown[1:]:
        joined = joined + board(one, now)
    return joined


def board(shown: Board, now: datetime) -> Message:
    """A team's relay: its legs, when the baton passes and to whom, and where it is posted."""
    crew = shown.crew
    name = crew.team.name
    blocks: list[Heading | Text | Bullets | Fields] = [Heading(_("{team}: the relay", team=name))]
    if not crew.settings.enabled:
        on = CommandText(f"handoff on {quoted(name)}")
        blocks.append(Text((_("Handoffs are off. {command} turns them on.", command=on),)))
    elif not shown.turn:
        blocks.append(Text((_("Nobody in {team} has a working day in the days ahead.", team=name),)))
    else:
        blocks.append(Bullets(tuple(_leg(shown, leg, now) for leg in shown.turn)))
        if shown.upcoming:
            blocks.append(Text(_upcoming(shown, shown.upcoming)))
        if any(leg.end - leg.start > _LONG_LEG for leg in shown.turn):
            blocks.append(Text(_long(name)))
    blocks.append(Text((_where(name, shown.channels),)))
    return message(*blocks)


def _leg(shown: Board, leg: Leg, now: datetime) -> Sentence:
    values: dict[str, Value] = {
        "leg": leg_name(leg),
        "start": Moment(leg.start, zone=shown.zone),
        "end": _end(leg, max(leg.start, now), shown.reader, shown.zone),
        "people": _people(shown.crew, leg),
    }
    if leg.start <= now:
        return _("{leg}: at work until {end}. {people}", **values)
    return _("{leg}: from {start} to {end}. {people}", **values)


def _end(leg: Leg, before: datetime, reader: WorkingTime, zone: str | None) -> Moment:
    """The end of a leg, with its date only where that is not the one of `before`, which the reader has in mind."""
    same = reader.local_date(leg.end) == reader.local_date(before)
    return Moment(leg.end, Show.TIME if same else Show.DATE_TIME, zone)


def _people(crew: Crew, leg: Leg) -> Value:
    people: list[Value] = [
        _("{person} ({city})", person=Person(m, crew.members[m].name), city=ZoneName(crew.members[m].zone))
        for m in leg.members[:_MOST_SHOWN]
    ]
    if (more := len(leg.members) - len(people)) > 0:
        people.append(n_("{count} more person", "{count} more people", more))
    return Listing(tuple(people))


def _upcoming(shown: Board, upcoming: Pass) -> tuple[Sentence, ...]:
    said = _passing(shown, upcoming)
    if shown.zone is None:
        return (said,)
    return said, _("All times are those of {city}.", city=ZoneName(shown.zone))


def _passing(shown: Board, upcoming: Pass) -> Sentence:
    receiver = shown.receiver
    values: dict[str, Value] = {"leg": leg_name(upcoming.leg), "at": Moment(upcoming.at, zone=shown.zone)}
    if shown.crew.alone(upcoming.leg):
        return _("The team is one leg: it gets its report {at}.", at=values["at"])
    if receiver is None:
        return _("{leg} hands off {at}; nobody else has a working day in the weeks ahead.", **values)
    values["receiver"] = leg_name(receiver)
    if receiver.start <= upcoming.at:
        return _("The next baton passes {at}, from {leg} to {receiver}.", **values)
    values["start"] = Moment(receiver.start, zone=shown.zone)
    return _("The next baton passes {at}, from {leg} to {receiver}, who start {start}.", **values)


def _long(team: str) -> tuple[Sentence, ...]:
    example = CommandText(f"handoff legs {quoted(team)} APAC: Ana, Bo | EMEA: Cy")
    return (
        _("One of these legs is very long, because no two starts in it are three hours apart."),
        _("Name legs of your own: {example}.", example=example),
    )


def _where(team: str, channels: Sequence[Channel]) -> Sentence:
    if channels:
        return _("Handoffs are posted in {channel}.", channel=_names(channels))
    words = CommandText(f"channel set {quoted(team)} handoff here")
    return _("There is no handoff channel yet: type {command} where handoffs should be posted.", command=words)


def _names(channels: Sequence[Channel]) -> Listing:
    return Listing(tuple(ChannelName(channel.name) for channel in channels))


# --- settings -------------------------------------------------------------------------------------------------


def legs_set(team: Team, turn: Sequence[Leg], automatic: bool, reader: WorkingTime) -> Message:
    """Confirm how the legs are made, with those that result, on the clock of who typed it."""
    said = (
        _("The legs of {team} now follow its members' working hours.", team=team.name)
        if automatic
        else _("The legs of {team} are named now. Anyone left out is in a leg by their working hours.", team=team.name)
    )
    legs = tuple(
        _(
            "{leg}: {start} to {end} ({city})",
            leg=leg_name(leg),
            start=Moment(leg.start, zone=reader.zone),
            end=_end(leg, leg.start, reader, reader.zone),
            city=ZoneName(reader.zone),
        )
        for leg in turn
    )
    return message(said, Bullets(legs)) if legs else say(said)


def bad_legs(problem: BadLegs, team: Team, known: Sequence[str]) -> BadInput:
    """Say what is wrong with legs as typed, and show the right form."""
    word = problem.word
    match problem.problem:
        case "unknown":
            wrong = _("Nobody in {team} is called “{name}”.", team=team.name, name=word)
        case "ambiguous":
            wrong = _("“{name}” could be several people in {team}.", team=team.name, name=word)
        case "member twice":
            wrong = _("{name} is in two legs.", name=word)
        case "name twice":
            wrong = _("Two legs are called “{name}”.", name=word)
        case "long":
            wrong = n_(
                "A leg's name has at most {count} character.",
                "A leg's name has at most {count} characters.",
                LONGEST_NAME,
            )
        case _:
            wrong = _("“{text}” is not a leg: write its name, a colon, and its people.", text=word)
    example = CommandText(f"handoff legs {quoted(team.name)} APAC: Ana, Bo | EMEA: Cy")
    form = _(
        "The form is {example}, or {auto}.", example=example, auto=CommandText(f"handoff legs {quoted(team.name)} auto")
    )
    if problem.problem in ("unknown", "ambiguous") and known:
        return BadInput(wrong, _("In the team are {people}.", people=Listing(tuple(known))), form)
    return BadInput(wrong, form)


def report_set(team: Team, at: time | None, alone: bool) -> Message:
    """Confirm when a lone leg reports."""
    if at is None:
        said = _("{team} gets its report two hours after its standup.", team=team.name)
    else:
        city = ZoneName(team.zone)
        said = _("{team} gets its report at {time} ({city}).", team=team.name, time=TimeOfDay(at), city=city)
    if alone:
        return say(said)
    return say(said, _("This counts while the team is one leg. Now it is several, and each hands off when it ends."))


def switched(team: Team, on: bool, upcoming: Pass | None) -> Message:
    """Confirm that handoffs are on or off."""
    if not on:
        return say(
            _("{team} hands nothing off any more. Posts that are there already still follow edits.", team=team.name)
        )
    said = _("{team} hands off its work.", team=team.name)
    if upcoming is None:
        return say(said)
    return say(said, _("Next: {leg}, {at}.", leg=leg_name(upcoming.leg), at=Moment(upcoming.at)))


# --- now ------------------------------------------------------------------------------------------------------


def posted(handoff: Handoff, channels: Sequence[Channel]) -> Message:
    """Confirm what became of `handoff now`."""
    leg, day = leg_name(handoff.leg), Day(handoff.leg.date)
    if handoff.outcome is Outcome.POSTED and channels:
        said = _("Posted {leg}, {day}, in {channel}.", leg=leg, day=day, channel=_names(channels))
        return say(said, _("Later answers and edits change that post."))
    words = CommandText(f"channel set {quoted(handoff.team_name)} handoff here")
    return say(_("There is no handoff channel yet: type {command} where handoffs should be posted.", command=words))


def nothing_yet(team: Team) -> BadInput:
    """Nobody has written anything that is not handed off."""
    return BadInput(
        _("There is nothing new to hand off in {team}.", team=team.name),
        _("Posts change by themselves when somebody adds or edits something."),
    )


def no_channel(team: Team) -> BadInput:
    """There is nowhere to post."""
    words = CommandText(f"channel set {quoted(team.name)} handoff here")
    return BadInput(
        _("{team} has no handoff channel yet.", team=team.name),
        _("Type {command} where handoffs should be posted.", command=words),
    )


def is_off(team: Team) -> BadInput:
    """The team's handoffs are off."""
    words = CommandText(f"handoff on {quoted(team.name)}")
    return BadInput(_("Handoffs of {team} are off. {command} turns them on.", team=team.name, command=words))


def no_team() -> BadInput:
    """The caller is in no team."""
    return BadInput(_("You are in no team yet."), _("Name one: {example}.", example=CommandText("handoff show <team>")))
