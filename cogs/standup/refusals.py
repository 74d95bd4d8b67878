"""What the standup cog says when administrators ask for what can't be, each with the right form."""

from __future__ import annotations

from datetime import time

from bot.api import (
    BadInput,
    CommandText,
    Days,
    Listing,
    Member,
    Message,
    Person,
    Sentence,
    Team,
    TimeOfDay,
    Weekdays,
    WorkingWeek,
    catalogue,
    quoted,
    say,
)
from cogs.standup.domain import MOST_WEEKS
from cogs.standup.questions import LONGEST_QUESTION, MOST_QUESTIONS, Problem
from cogs.standup.records import Standup
from cogs.standup.schedule_messages import command_for, create_form, schedule_text

_, n_ = catalogue("standup")


def never_asked(standup: Standup, member: Member, days: Weekdays, week: WorkingWeek) -> Message:
    """Warn the owner that a member's day ends before the standup's time."""
    ends = sorted({hours.end for day in days if (hours := week.on(day))})
    return say(
        _(
            "I can't ask {person} for {team} updates ({days}): "
            "the standup is at {time}, when their day (until {ends}) is over.",
            person=Person(member.id, member.name),
            team=standup.name,
            days=Days(days),
            ends=Listing(tuple(TimeOfDay(end) for end in ends)),
            time=TimeOfDay(standup.schedule.at),
        ),
        _(
            "An earlier time helps: {form}. So do other hours, which {person} sets: {hours}.",
            form=CommandText(f"standup edit {quoted(standup.name)} at:{_earlier(ends[0])}"),
            person=Person(member.id, member.name),
            hours=CommandText(f"me hours {_longer(standup.schedule.at, days, week)}"),
        ),
    )


def _longer(at: time, days: Weekdays, week: WorkingWeek) -> str:
    """Hours that have the standup's time in them, as they are typed."""
    starts = min(hours.start for day in days if (hours := week.on(day)))
    return f"{starts:%H:%M}-{at.hour + 1:02}:00"


def _earlier(end: time) -> str:
    return f"{max(end.hour - 1, 0):02}:00"


def has_one(standup: Standup) -> BadInput:
    """Refuse a second standup."""
    return BadInput(
        _("{team} has a standup already: {schedule}.", team=standup.name, schedule=schedule_text(standup)),
        _("To change it: {form}.", form=CommandText(f"standup edit {quoted(standup.name)} at:09:30 days:mon-fri")),
    )


def has_none(team: Team, *, admin: bool) -> BadInput:
    """Say that a team has no standup."""
    none = _("{team} has no standup.", team=team.name)
    if not admin:
        return BadInput(none)
    return BadInput(none, _("To start one: {form}.", form=create_form(team.name)))


def no_standups() -> BadInput:
    """Say that nobody here has one."""
    return BadInput(
        _("No team here has a standup yet."), _("An admin can start one: {form}.", form=create_form("TEAM"))
    )


def nothing_to_edit(standup: Standup) -> BadInput:
    """Ask what to change."""
    return BadInput(
        _("What should change? {team} is asked at {schedule}.", team=standup.name, schedule=schedule_text(standup)),
        _("Write it like {form}.", form=CommandText(f"standup edit {quoted(standup.name)} at:10:00 days:mon-thu")),
    )


def bad_weeks(every: int, words: str, team: Team) -> BadInput:
    """Refuse a number of weeks that a command was given for a team."""
    return BadInput(
        _("I can ask every 1 to {most} weeks, not every {count}.", most=MOST_WEEKS, count=every),
        _("For every second week, write {form}.", form=CommandText(f"{words} {quoted(team.name)} every:2")),
    )


def paused_already(standup: Standup) -> BadInput:
    """Say that a standup is paused."""
    return BadInput(
        _("{team} is paused.", team=standup.name), _("To go on: {form}.", form=command_for("standup resume", standup))
    )


def not_paused(standup: Standup) -> BadInput:
    """Say that a standup is not paused."""
    return BadInput(
        _("{team} is not paused: it is asked at {schedule}.", team=standup.name, schedule=schedule_text(standup))
    )


def only_admins() -> tuple[Sentence, ...]:
    """Say who may set questions."""
    return (_("Only an admin can change the questions."),)


def only_in_private() -> BadInput:
    """Say that this is for the direct chat."""
    return BadInput(_("That is only for you: ask me in our direct chat."))


def bad_questions(problem: Problem, standup: Standup) -> BadInput:
    """Say what is wrong with questions."""
    form = CommandText(f"standup questions {quoted(standup.name)} set: What went well? | blocker: What is in your way?")
    wrong = {
        Problem.NONE: _("There is no question in that."),
        Problem.EMPTY: _("One of the questions is empty."),
        Problem.MANY: _("That is more than {most} questions.", most=MOST_QUESTIONS),
        Problem.LONG: _("One of the questions is longer than {most} characters.", most=LONGEST_QUESTION),
    }
    return BadInput(wrong[problem], _("Write them with bars in between, like {form}.", form=form))
