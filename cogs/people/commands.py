"""The commands by which people tell the bot about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.api import (
    N_,
    Absence,
    Call,
    HolidaysOf,
    Hours,
    Language,
    Member,
    Message,
    Rest,
    Team,
    Weekdays,
    WorkingTime,
    Zone,
    command,
)
from cogs.people import domain, leave_messages, messages, welcome_messages


@command(
    "me timezone",
    help=N_("Tell me where you are: a city, a zone, or your time now"),
    example="me timezone Lisbon",
)
async def timezone(call: Call, zone: Zone) -> Message:
    """Set the caller's time zone, which is known from then on."""
    member = await call.reread()
    await call.tx.people.save_member(replace(member, zone=zone, zone_known=True))
    before = member.zone if member.zone_known and member.zone != zone else None
    return messages.zone_set(await _times(call), call.tx.now, before)


@command(
    "me hours",
    help=N_("Tell me when you work; I only write to you then"),
    example="me hours 09:00-17:30 mon-fri",
)
async def hours(
    call: Call, hours: Hours, days: Weekdays | None = None, night: bool = False, keep: bool = False
) -> Message:
    """Set the caller's working week; hours that end before they start are asked about unless `night`."""
    member = await call.reread()
    week = domain.planned_week(member.week, hours, days, keep)
    if hours.length > domain.LONGEST_DAY:
        raise messages.too_long(hours)
    chosen = days or member.week.days or week.days
    if hours.overnight and not night:
        swapped = domain.hours_command(Hours(hours.end, hours.start), chosen, keep=keep)
        raise messages.ask_night(hours, domain.hours_command(hours, chosen, keep=keep), swapped)
    await call.tx.people.save_member(replace(member, week=week))
    other_way = domain.hours_command(hours, chosen, keep=True) if member.week.days - week.days else None
    return messages.hours_set(await _times(call), call.tx.now, member.week, other_way)


@command("me language", help=N_("Choose the language I write to you in"), example="me language español")
async def language(call: Call, language: Language) -> Message:
    """Set the caller's language; the reply is in it already."""
    member = await call.reread()
    before = await call.tx.people.language_of(member)
    await call.tx.people.save_member(replace(member, language=language))
    return messages.language_set(language, before, await _times(call), call.tx.now)


@command(
    "me holidays",
    help=N_("Be off on a country's public holidays, such as PT or US-CA, or on none"),
    example="me holidays PT",
)
async def holidays(call: Call, calendar: HolidaysOf) -> Message:
    """Set or clear the caller's public holidays."""
    member = await call.reread()
    chosen = calendar or None  # "none" is converted to no calendar
    await call.tx.people.save_member(replace(member, holidays=chosen))
    times = await _times(call)
    if chosen is None:
        return messages.holidays_cleared(member.holidays, times, call.tx.now)
    upcoming = _named(call, await call.reread(), domain.next_holiday(times, times.local_date(call.tx.now)))
    return messages.holidays_set(chosen, upcoming, member.holidays, times, call.tx.now)


@command(
    "me away until",
    help=N_("Take time off through a date; I excuse your prompts until then"),
    example="me away until friday family",
)
async def away(
    call: Call, day: date, starting: date | None = None, sure: bool = False, reason: Rest | None = None
) -> Message:
    """Note leave from today (or `starting`) through a date, instead of leave that covers its start."""
    member, people = await call.reread(), call.tx.people
    today = (await people.working_time(member)).local_date(call.tx.now)
    absence = Absence(member.id, starting or today, day, domain.clean_reason(reason))
    problem = domain.leave_problem(absence.first, absence.last, today, absence.reason)
    if problem is domain.LeaveProblem.FAR and not sure:
        raise leave_messages.ask_far(day, domain.away_command(absence, today, sure=True))
    if problem not in (None, domain.LeaveProblem.FAR):
        raise leave_messages.leave_refused(problem, today)
    replaced = domain.overlapping((await people.absences([member.id])).get(member.id, ()), absence.first)
    if replaced:
        ended = await people.end_leave(member, absence.first)
        await _note_again(call, [a for a in ended if a.first > absence.first])
    await people.take_leave(member, absence)
    times = await _times(call)
    effect = domain.leave_effect(times, absence.first, absence.last)
    return leave_messages.away(absence, replaced, effect, times, call.tx.now)


@command("me back", help=N_("End your time off, or cancel what is planned"), example="me back")
async def back(call: Call) -> Message:
    """End the leave that is running; if none is, cancel what is planned."""
    member, people = await call.reread(), call.tx.people
    today = (await people.working_time(member)).local_date(call.tx.now)
    ended = await people.end_leave(member, today)
    if not ended:
        raise leave_messages.not_away(await _times(call), call.tx.now)
    running, planned = domain.running_and_planned(ended, today)
    if not running:
        undo = [domain.away_command(a, today) for a in planned]
        return leave_messages.cancelled(planned, await _times(call), call.tx.now, undo)
    await _note_again(call, planned)
    longest = max(running, key=lambda a: a.last)
    undo_one = domain.away_command(longest, today)
    return leave_messages.back(longest, planned, await _times(call), call.tx.now, undo_one)


@command("me show", help=N_("See all that I know about you, and who can read it"), example="me show", read=True)
async def show(call: Call) -> Message:
    """Show the caller what the bot knows of them; accounts and reasons only where nobody else reads along."""
    member, people = await call.reread(), call.tx.people
    times = await people.working_time(member)
    today = times.local_date(call.tx.now)
    leave = [a for a in (await people.absences([member.id])).get(member.id, ()) if a.last >= today]
    accounts = await people.accounts(member.id) if call.direct else ()
    known = welcome_messages.Known(
        member=member,
        times=times,
        language=call.language,
        leave=leave if call.direct else [replace(a, reason="") for a in leave],
        teams=await people.teams_of(member.id),
        accounts=accounts,
        upcoming=_named(call, member, domain.next_holiday(times, today)),
    )
    return welcome_messages.known(known, call.tx.now)


@command("team leave", help=N_("Take yourself out of a team"), example="team leave Atlas")
async def leave_team(call: Call, team: Team | None = None) -> Message:
    """Take the caller out of a team, which is left unnamed only to be asked."""
    if team is None:
        teams = await call.tx.people.teams_of(call.member.id)
        raise (
            welcome_messages.which_team([(t, domain.leave_command(t.name)) for t in teams])
            if teams
            else welcome_messages.in_no_team()
        )
    if not await call.tx.people.remove_from_team(team, call.member):
        raise welcome_messages.not_in(team)
    return welcome_messages.left(team, owns=team.owner == call.member.id)


def _named(call: Call, member: Member, upcoming: tuple[date, str] | None) -> tuple[date, str] | None:
    """Return a coming holiday of the member's with its name in the language that they read."""
    if upcoming is None or member.holidays is None:
        return upcoming
    day, name = upcoming
    return day, call.tx.services.holidays.holiday(member.holidays, day, call.language) or name


async def _times(call: Call) -> WorkingTime:
    return await call.tx.people.working_time(await call.reread())


async def _note_again(call: Call, absences: Sequence[Absence]) -> None:
    for absence in absences:
        await call.tx.people.take_leave(call.member, absence)
