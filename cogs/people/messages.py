"""What the people cog says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.api import (
    Absence,
    AskFirst,
    BadInput,
    CommandText,
    Day,
    Days,
    Hours,
    LanguageName,
    Listing,
    Message,
    Sentence,
    Shift,
    Span,
    Text,
    TimeOfDay,
    Value,
    WorkingTime,
    WorkingWeek,
    ZoneName,
    catalogue,
    message,
    say,
)
from cogs.people import domain

_, n_ = catalogue("people")


def week_text(week: WorkingWeek) -> Value:
    """The working week: hours with their weekdays."""
    parts: list[Value] = []
    for hours, days in domain.by_hours(week):
        values: dict[str, Value] = {
            "start": TimeOfDay(hours.start),
            "end": TimeOfDay(hours.end),
            "days": Days(days),
        }
        if hours.overnight:
            parts.append(_("{start}–{end} overnight ({days})", **values))
        else:
            parts.append(_("{start}–{end} ({days})", **values))
    return Listing(tuple(parts)) if parts else _("no working hours")


def absence_text(absence: Absence) -> Value:
    """One stretch of leave, with its reason."""
    first, last = Day(absence.first), Day(absence.last)
    if absence.first == absence.last:
        if absence.reason:
            return _("{day} ({reason})", day=first, reason=absence.reason)
        return first
    if absence.reason:
        return _("{first} to {last} ({reason})", first=first, last=last, reason=absence.reason)
    return _("{first} to {last}", first=first, last=last)


def absence_list(absences: Sequence[Absence]) -> Value:
    """Several stretches of leave."""
    return Listing(tuple(absence_text(a) for a in absences))


def at_work(times: WorkingTime, now: datetime) -> Sentence:
    """Whether the person's working day runs now, and until or from when."""
    if shift := times.current(now):
        return _("You are at work until {end}.", end=TimeOfDay(times.local(shift.end).time()))
    shift = times.next_shift(now)
    if shift and shift.date == times.local_date(now):
        return _("Your working day starts at {start} today.", start=TimeOfDay(times.local(shift.start).time()))
    if shift:
        return _("Your next working day is {day}, from {start}.", **start_of(times, shift))
    return _("You have no working day within a year.")


def clock_now(times: WorkingTime, now: datetime) -> Sentence:
    """The local time."""
    local = times.local(now)
    return _(
        "In {zone} it is {time} now ({day}).",
        zone=ZoneName(times.zone),
        time=TimeOfDay(local.time().replace(second=0, microsecond=0)),
        day=Day(local.date()),
    )


def start_of(times: WorkingTime, shift: Shift) -> dict[str, Value]:
    """The `day` and `start` of a shift, on the person's own clock."""
    local = times.local(shift.start)
    return {"day": Day(local.date()), "start": TimeOfDay(local.time())}


def undo_by(*commands: str) -> Sentence:
    """How to undo what was just done."""
    return _("To undo: {commands}.", commands=Listing(tuple(CommandText(words) for words in commands)))


def change_by(command: str) -> Sentence:
    """How to change what was just done."""
    return _("To change it: {command}.", command=CommandText(command))


def zone_set(times: WorkingTime, now: datetime, before: str | None) -> Message:
    """Confirm the zone; `before` is the zone that undoing goes back to."""
    undo = undo_by(f"me timezone {before}") if before else change_by("me timezone Lisbon")
    return message(
        Text((_("Your time zone is {zone}.", zone=ZoneName(times.zone)), clock_now(times, now))),
        Text((_("I write to you in your working hours there: {hours}.", hours=week_text(times.week)), undo)),
    )


def hours_set(times: WorkingTime, now: datetime, before: WorkingWeek, other_way: str | None) -> Message:
    """Confirm the week; `other_way` is the command that would have kept the hours of days now off."""
    undo = domain.hours_commands(before)
    undoing = undo_by(*undo) if undo and before != times.week else change_by("me hours 09:00-17:00 mon-fri")
    last = [undoing]
    if other_way:
        last.append(_("To keep the hours of your other days: {command}.", command=CommandText(other_way)))
    return message(
        _("Your working hours: {hours}.", hours=week_text(times.week)),
        Text((clock_now(times, now), at_work(times, now))),
        Text(tuple(last)),
    )


def ask_night(hours: Hours, command: str, swapped: str) -> AskFirst:
    """Ask whether hours that end before they start are a night shift."""
    question = _(
        "{end} is earlier than {start}. Do you work through the night, until {end} the next morning? "
        "If not, type it the other way round: {form}.",
        start=TimeOfDay(hours.start),
        end=TimeOfDay(hours.end),
        form=CommandText(swapped),
    )
    return AskFirst(question, command)


def too_long(hours: Hours) -> BadInput:
    """Refuse a working day that nobody has."""
    return BadInput(
        _(
            "That is a working day of {length}; the longest I take is {longest}.",
            length=Span(hours.length),
            longest=Span(domain.LONGEST_DAY),
        ),
        _("Type it like this: {form}.", form=CommandText("me hours 09:00-17:30 mon-fri")),
    )


def language_set(tag: str, before: str, times: WorkingTime, now: datetime) -> Message:
    """Confirm the language; rendered in it already."""
    undo = undo_by(f"me language {before}") if before != tag else change_by("me language español")
    return say(
        _("I write to you in {language} from now on.", language=LanguageName(tag)),
        clock_now(times, now),
        undo,
    )


def holidays_set(
    calendar: str, upcoming: tuple[date, str] | None, before: str | None, times: WorkingTime, now: datetime
) -> Message:
    """Confirm the calendar, and prove it by its next holiday."""
    sentences = [_("You are off on the public holidays of {calendar}: no prompts then.", calendar=calendar)]
    if upcoming:
        day, name = upcoming
        sentences.append(_("The next is {day}: {holiday}.", day=Day(day), holiday=name))
    undo = f"me holidays {before}" if before and before != calendar else "me holidays none"
    return message(Text(tuple(sentences)), Text((clock_now(times, now), undo_by(undo))))


def holidays_cleared(before: str | None, times: WorkingTime, now: datetime) -> Message:
    """Confirm that no calendar is kept."""
    undo = undo_by(f"me holidays {before}") if before else change_by("me holidays PT")
    return say(
        _("Public holidays are ordinary days for you from now on: I ask as on any other."),
        clock_now(times, now),
        undo,
    )
