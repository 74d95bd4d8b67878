"""What the admin cog shows of a team: who works now, who next, and where it talks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.api import (
    Bullets,
    Channel,
    Choice,
    CommandText,
    Day,
    Days,
    Fields,
    Heading,
    Listing,
    Member,
    MemberId,
    Message,
    Moment,
    Person,
    Reach,
    Reached,
    Sentence,
    Span,
    Team,
    Text,
    TimeOfDay,
    Value,
    WorkingWeek,
    ZoneName,
    catalogue,
    message,
    quoted,
)
from cogs.admin.domain import Board, Desk, by_hours
from cogs.admin.messages import channels_text

_, n_ = catalogue("admin")
_MINUTE = timedelta(minutes=1)
_MOST_DESKS = 10
"""People on a board whose day is told: with what else there is they fit into one message on every platform."""
_MOST_NAMES = 6
_MOST_CLOSED = 3


def team_board(team: Team, board: Board, own: Sequence[Channel], now: datetime) -> Message:
    """Show a team at this instant; every time is on the clock of the member it is about."""
    blocks: list[Heading | Text | Bullets | Fields] = [Heading(team.name), Text((_summary(board, now),))]
    half = _MOST_DESKS // 2
    told = min(len(board.working), max(half, _MOST_DESKS - len(board.waiting)))
    if board.working:
        lines = [_working(desk, now) for desk in board.working[:told]]
        blocks += [Text((_("At work now:"),)), _first_ones(lines, len(board.working))]
    if board.waiting:
        lines = [_waiting(desk, now) for desk in board.waiting[: _MOST_DESKS - told]]
        blocks += [Text((_("Next, in the order they start:"),)), _first_ones(lines, len(board.waiting))]
    if not board.working and not board.waiting:
        form = CommandText(f"team add {quoted(team.name)} <member>")
        blocks.append(Text((_("An admin adds people with {form}.", form=form),)))
    return message(*blocks, Fields(((_("Channels"), channels_text(team, own)),)))


def _first_ones(lines: Sequence[Sentence], people: int) -> Bullets:
    """Return the lines about the first of so many people, and how many more there are."""
    more = people - len(lines)
    return Bullets((*lines, n_("and {count} more", "and {count} more", more)) if more else tuple(lines))


def with_reach(shown: Message, members: Sequence[Member], reached: Mapping[MemberId, Reached]) -> Message:
    """Add to a board whom the bot can write to directly, for admins."""
    people = sorted(members, key=lambda member: member.name.casefold())
    by = {reach: [m for m in people if m.id in reached and reached[m.id].reach is reach] for reach in Reach}
    lines = []
    if met := by[Reach.REACHED]:
        lines.append(_("reached: {people}", people=_people(met)))
    if waiting := by[Reach.WAITING]:
        lines.append(_("waiting for first contact: {people}", people=_people(waiting)))
    closed = by[Reach.CLOSED]
    for member in closed[:_MOST_CLOSED]:
        since = reached[member.id].since
        assert since is not None
        lines.append(_("{person}: can't be reached since {moment}", person=_person(member), moment=Moment(since)))
    if rest := closed[_MOST_CLOSED:]:
        lines.append(_("can't be reached either: {people}", people=_people(rest)))
    if gone := [m for m in people if m.id not in reached]:
        lines.append(_("no account that I know of: {people}", people=_people(gone)))
    if not lines:
        return shown
    told = (Text((_("Direct messages, as only admins see it:"),)), Bullets(tuple(lines)))
    return replace(shown, blocks=(*shown.blocks, *told))


def _people(members: Sequence[Member]) -> Listing:
    """The first of these people, and how many more there are."""
    more = len(members) - _MOST_NAMES
    shown = tuple(_person(member) for member in members[:_MOST_NAMES])
    return Listing((*shown, n_("{count} more", "{count} more", more)) if more > 0 else shown)


def _summary(board: Board, now: datetime) -> Sentence:
    ahead = board.waiting[0] if board.waiting and board.waiting[0].shift else None
    people = len(board.working) + len(board.waiting)
    if not people:
        return _("Nobody is in this team yet.")
    working = n_(
        "{count} of {people} is at work now.",
        "{count} of {people} are at work now.",
        len(board.working),
        people=people,
    )
    if not board.working:
        working = _("Nobody is at work now.")
    if ahead is None or ahead.shift is None:
        return working
    return _(
        "{working} Next is {person}, in {span}.",
        working=working,
        person=_person(ahead.member),
        span=_span(ahead.shift.start - now),
    )


def _working(desk: Desk, now: datetime) -> Sentence:
    assert desk.shift is not None
    return _(
        "{person}: {time} in {zone}, until {end}. Hours: {hours}.",
        **_facts(desk, now),
        end=TimeOfDay(desk.times.local(desk.shift.end).time()),
    )


def _waiting(desk: Desk, now: datetime) -> Sentence:
    if desk.shift is None:
        return _("{person}: {time} in {zone}, no working day within a year. Hours: {hours}.", **_facts(desk, now))
    start = desk.times.local(desk.shift.start)
    values = {**_facts(desk, now), "start": TimeOfDay(start.time()), "day": Day(start.date())}
    off = desk.times.reason_off(desk.times.local_date(now))
    if off == "leave":
        return _("{person}: {time} in {zone}, away, back {day} at {start}. Hours: {hours}.", **values)
    if off == "holiday":
        return _("{person}: {time} in {zone}, public holiday, back {day} at {start}. Hours: {hours}.", **values)
    if start.date() == desk.times.local_date(now):
        span = _span(desk.shift.start - now)
        return _("{person}: {time} in {zone}, from {start}, in {span}. Hours: {hours}.", **values, span=span)
    return _("{person}: {time} in {zone}, from {day} at {start}. Hours: {hours}.", **values)


def _facts(desk: Desk, now: datetime) -> dict[str, Value]:
    clock = desk.times.local(now).time().replace(second=0, microsecond=0)
    return {
        "person": _person(desk.member),
        "time": TimeOfDay(clock),
        "zone": ZoneName(desk.times.zone),
        "hours": week_text(desk.times.week),
    }


def _person(member: Member) -> Person:
    return Person(member.id, member.name)


def _span(length: timedelta) -> Span:
    """A wait in whole minutes, rounded up: nobody starts before it is over."""
    return Span(-(-length // _MINUTE) * _MINUTE)


def week_text(week: WorkingWeek) -> Value:
    """The working week: hours with their weekdays."""
    parts: list[Value] = []
    for hours, days in by_hours(week):
        start, end = TimeOfDay(hours.start), TimeOfDay(hours.end)
        if hours.overnight:
            parts.append(_("{start}–{end} overnight ({days})", start=start, end=end, days=Days(days)))
        else:
            parts.append(_("{start}–{end} ({days})", start=start, end=end, days=Days(days)))
    return Listing(tuple(parts)) if parts else _("no working hours")


def team_list(teams: Sequence[tuple[Team, Board]]) -> Message:
    """Show a workspace's teams, each with how many are at work."""
    choices = (
        Choice(
            f"team show {quoted(team.name)}",
            _("Show {team}", team=team.name),
            f"{n}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
        )
        for n, (team, _board) in enumerate(teams[:9], start=1)
    )
    return message(
        Heading(_("Teams")),
        Fields(tuple((team.name, _headcount(board)) for team, board in teams)),
        _("One team in full: {form}.", form=CommandText("team show <team>")),
        choices=choices,
    )


def _headcount(board: Board) -> Sentence:
    at_work = len(board.working)
    return n_(
        "{count} member, {working} at work now",
        "{count} members, {working} at work now",
        at_work + len(board.waiting),
        working=at_work,
    )
