"""What the people cog says to welcome a person, to show what is known of them, and when they leave a team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.api import (
    Absence,
    Account,
    BadInput,
    Choice,
    CommandText,
    Day,
    Fields,
    Heading,
    LanguageName,
    Listing,
    Member,
    Message,
    Sentence,
    Team,
    Text,
    TimeOfDay,
    Value,
    WorkingTime,
    WorkingWeek,
    ZoneName,
    catalogue,
    message,
)
from cogs.people.link_messages import account_name
from cogs.people.messages import absence_list, at_work, week_text

_, n_ = catalogue("people")


@dataclass(frozen=True)
class Known:
    """All that the bot knows of a person, for `me show`."""

    member: Member
    times: WorkingTime
    language: str
    leave: Sequence[Absence]
    teams: Sequence[Team]
    accounts: Sequence[Account]
    upcoming: tuple[date, str] | None


def known(person: Known, now: datetime) -> Message:
    """Show a person what the bot knows of them, who can read what they wrote, and how to change it."""
    return message(
        Heading(_("What I know about you")),
        Fields(_facts(person, now)),
        at_work(person.times, now),
        who_reads(),
        _(
            "To change it: {commands}.",
            commands=Listing(
                tuple(
                    CommandText(f"me {what}")
                    for what in ("timezone", "hours", "language", "holidays", "away until", "back")
                )
            ),
        ),
    )


def _facts(person: Known, now: datetime) -> tuple[tuple[Value, Value], ...]:
    member = person.member
    teams = Listing(tuple(team.name for team in person.teams)) if person.teams else _("no team")
    accounts = tuple(account_name(account) for account in person.accounts)
    facts: list[tuple[Value, Value]] = [
        (_("Name"), member.name),
        (_("Time zone"), _zone(member, person.times, now)),
        (_("Working hours"), week_text(member.week)),
        (_("Language"), LanguageName(person.language)),
        (_("Public holidays"), _holidays(member.holidays, person.upcoming)),
        (_("Leave"), absence_list(person.leave) if person.leave else _("none planned")),
        (_("Teams"), teams),
    ]
    if accounts:
        facts.append((_("Accounts"), Listing(accounts)))
    return tuple(facts)


def _zone(member: Member, times: WorkingTime, now: datetime) -> Sentence:
    clock = TimeOfDay(times.local(now).time().replace(second=0, microsecond=0))
    if member.zone_known:
        return _("{zone}, {time} now", zone=ZoneName(member.zone), time=clock)
    return _("{zone} ({time} now), your team's: you have not told me yours", zone=ZoneName(member.zone), time=clock)


def _holidays(calendar: str | None, upcoming: tuple[date, str] | None) -> Value:
    if calendar is None:
        return _("none observed")
    if upcoming is None:
        return calendar
    day, name = upcoming
    return _("{calendar}, next {holiday} on {day}", calendar=calendar, holiday=name, day=Day(day))


def who_reads() -> Sentence:
    """Who can read a person's answers."""
    return _(
        "Who can read what you answer: the members of your teams, and the admins of this workspace. "
        "Edit or delete your message, and what I quoted of it changes too."
    )


def welcome(team: Team, member: Member, leaving: str, today: date) -> Message:
    """Welcome a person whose time zone is not known: ask for it, say what comes, who reads it, how to go."""
    return message(
        _("Hello {name}! You have been added to the team {team}.", name=member.name, team=team.name),
        *_what_comes(),
        Text(
            (
                _("Where are you? Tell me a city, or what time it is there, and I keep to your day:"),
                _(
                    "{city} or {time}.",
                    city=CommandText("me timezone Lisbon"),
                    time=CommandText("me timezone 14:35"),
                ),
                _("Until you do, I go by your team's clock: {zone}.", zone=ZoneName(member.zone)),
            )
        ),
        _working_hours(member.week),
        who_reads(),
        _way_out(leaving, today),
    )


def short_welcome(team: Team, member: Member, leaving: str, today: date) -> Message:
    """Welcome a person whose time zone is known."""
    return message(
        _("Hello {name}! You have been added to the team {team}.", name=member.name, team=team.name),
        *_what_comes(),
        who_reads(),
        _way_out(leaving, today),
    )


def _what_comes() -> tuple[Sentence, ...]:
    return (
        _(
            "I help people who share no hour of the day to work together: on your working days I may ask you "
            "for a short written update in your own morning, and I pass on what the others left for you."
        ),
    )


def _working_hours(week: WorkingWeek) -> Sentence:
    return _(
        "I only write to you in your working hours, {hours} as far as I know; {command} changes them.",
        hours=week_text(week),
        command=CommandText("me hours 09:00-17:30 mon-fri"),
    )


def _way_out(leaving: str, today: date) -> Sentence:
    return _(
        "For time off: {away}. If this is not for you, {leave} takes you out quietly. "
        "All that I know about you: {show}.",
        away=CommandText(f"me away until {(today + timedelta(days=14)).isoformat()}"),
        leave=CommandText(leaving),
        show=CommandText("me show"),
    )


def left(team: Team, owns: bool) -> Message:
    """Confirm that a person left a team."""
    sentences = [
        _("You are out of {team}: I ask you nothing more for it.", team=team.name),
        _("What you wrote stays in the team's record. An admin can add you again."),
    ]
    if owns:
        sentences.append(_("You remain its owner, so what needs an admin still comes to you."))
    return message(Text(tuple(sentences)))


def not_in(team: Team) -> BadInput:
    """Say that a person is not in the team they want to leave."""
    return BadInput(
        _("You are not in {team}, so nothing has changed.", team=team.name),
        _("Your teams are in {form}.", form=CommandText("me show")),
    )


def which_team(choices: Sequence[tuple[Team, str]]) -> BadInput:
    """Ask which team to leave: that is done by name only, for only an admin can undo it."""
    return BadInput(
        _("Which team do you want to leave?"),
        choices=tuple(
            Choice(
                command,
                _("Leave {team}", team=team.name),
                f"{n}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
            )
            for n, (team, command) in enumerate(choices[:9], start=1)
        ),
    )


def in_no_team() -> BadInput:
    """Say that there is no team to leave."""
    return BadInput(
        _("You are in no team, so there is none to leave."),
        _("Your teams are in {form}.", form=CommandText("me show")),
    )
