"""What `setup` says: the checklist, what each step needs and how it is done, and what can be changed later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Final

from bot.api import (
    WORKDAYS,
    Block,
    Bullets,
    Call,
    ChannelName,
    Choice,
    CommandText,
    Days,
    Feature,
    Fields,
    Form,
    Heading,
    Input,
    Member,
    Message,
    Sentence,
    Team,
    Text,
    TimeOfDay,
    Value,
    ZoneName,
    catalogue,
    message,
    quoted,
)
from cogs.setup.domain import CHANGE, Progress, Step, kept, line_for
from cogs.setup.messages import DIGITS, channel_form

_, n_ = catalogue("setup")

USUAL: Final = time(9, 30)
"""The time of day that is offered for a standup."""
LONGEST_NAME: Final = 60
"""Characters that `team create` takes as a name."""
MOST_OFFERED = 4
"""People who are offered to be added by one press."""

NAMES: Mapping[Step, Sentence] = {
    Step.TEAM: _("Team"),
    Step.HANDOFF: _("Channel for handoffs"),
    Step.STANDUP: _("Standup"),
    Step.PEOPLE: _("People"),
    Step.SOCIAL: _("Social threads"),
}

_Part = tuple[tuple[Block | Value, ...], tuple[Choice, ...]]
"""What is said of a step, and the choices that take it."""


# --- where a set-up stands ------------------------------------------------------------------------------------


def overview(progress: Progress, call: Call) -> Message:
    """The checklist, and the next step with its choices; or what can be changed, where nothing is left."""
    if progress.team is None:
        return _first(call)
    step = progress.next
    if step is None:
        return finished(progress, progress.team, call)
    team, which = progress.team, None if progress.only else progress.team.name
    said, choices = _STEPS[step](progress, team, call)
    on = _(
        "You can stop here: {setup} goes on where you are.",
        setup=CommandText(line_for(which)),
    )
    return message(*_checklist(progress, call), *said, on, choices=(*choices, *_test(progress, team)))


def step(step: Step, progress: Progress, call: Call) -> Message:
    """One step: how it is done, or what it is by now and how to change it."""
    team = progress.team
    if team is None:
        said, choices = _team(call)
        return message(*said, choices=choices)
    if not progress.done(step):
        said, choices = _STEPS[step](progress, team, call)
        return message(*said, choices=choices)
    known = _("That is done. {what}: {state}.", what=NAMES[step], state=_state(step, progress, call))
    changes = [change for change in _changes(progress, team) if change[0] is step]
    form = Choice(line_for(team.name, f"{step} {CHANGE}"), _("Change it"), "✍️", form=True)
    return message(
        known,
        Bullets(tuple(text for _step, text in changes)),
        choices=(*((form,) if step is Step.STANDUP else ()), *_test(progress, team)),
    )


def finished(progress: Progress, team: Team, call: Call) -> Message:
    """What can be changed of a team that is set up."""
    changes = Bullets(tuple(text for _step, text in _changes(progress, team)))
    done, later = _("{team} is set up.", team=team.name), _("What you can change at any time:")
    return message(*_checklist(progress, call), done, later, changes, choices=_test(progress, team))


def _first(call: Call) -> Message:
    said, choices = _team(call)
    hello = _(
        "I lead you through it, step by step. You can stop after any of them: {setup} goes on.",
        setup=CommandText("setup"),
    )
    return message(Heading(_("Setting up your first team")), hello, *said, choices=choices)


def _checklist(progress: Progress, call: Call) -> tuple[Block, Block]:
    assert progress.team is not None
    pairs = tuple((_marked(step, progress), _state(step, progress, call)) for step in progress.listed)
    return Heading(_("Setting up {team}", team=progress.team.name)), Fields(pairs)


def _marked(step: Step, progress: Progress) -> Sentence:
    if progress.done(step):
        return _("✅ {what}", what=NAMES[step])
    if step is Step.SOCIAL:
        return _("➖ {what} (if you like)", what=NAMES[step])
    return _("⬜ {what}", what=NAMES[step])


def _state(step: Step, progress: Progress, call: Call) -> Value:
    """What there is of a step, in a few words."""
    assert progress.team is not None
    match step:
        case Step.TEAM:
            return _("{team}, {zone}", team=progress.team.name, zone=ZoneName(progress.team.zone))
        case Step.HANDOFF:
            return ChannelName(progress.handoff.name) if progress.handoff else _("none yet")
        case Step.STANDUP:
            standup = progress.feature("standup")
            return standup.how if standup else _("none yet")
        case Step.PEOPLE:
            if [member.id for member in progress.members] == [call.member.id]:
                return _("only you so far")
            return n_("{count} person", "{count} people", len(progress.members))
        case _:
            return _social_state(progress)


def _social_state(progress: Progress) -> Value:
    social = progress.feature("social")
    if social is None or not social.on:
        return _("off")
    if progress.social is None:
        return _("on, but without a channel")
    return _("{days}, in {channel}", days=social.how, channel=ChannelName(progress.social.name))


# --- the steps ------------------------------------------------------------------------------------------------


def _team(call: Call) -> _Part:
    said = (
        _("First the team: its name, and a city whose time people have until they tell me their own."),
        _("Type it like this: {form}.", form=CommandText("setup team create Atlas zone:Lisbon")),
    )
    return (Text(said),), (Choice(line_for(None, Step.TEAM), _("Name and city"), "✍️", form=True),)


def _handoff(progress: Progress, team: Team, call: Call) -> _Part:
    what = _(
        "Next, the channel where {team} hands over: "
        "at the end of a day I post there what those who start next need to know.",
        team=team.name,
    )
    return _channel(Step.HANDOFF, what, progress, team, call)


def _social(progress: Progress, team: Team, call: Call) -> _Part:
    what = _(
        "Then, if you like, social threads: a light question on some days, "
        "so that people who share no hour get to know each other."
    )
    if progress.social is None:
        return _channel(Step.SOCIAL, what, progress, team, call)
    where = _("They would open in {channel}.", channel=ChannelName(progress.social.name))
    command = f"social on {quoted(team.name)}"
    how = _("To switch them on: {form}.", form=CommandText(f"setup {command}"))
    return (Text((what, where, how)),), (Choice(f"setup {command}", _("Switch them on"), "💬"),)


def _channel(step: Step, what: Sentence, progress: Progress, team: Team, call: Call) -> _Part:
    following = progress.after(step)
    later: tuple[Choice, ...] = ()
    if following:
        later = (Choice(line_for(team.name, following), _("Skip to: {what}", what=NAMES[following]), "⏭"),)
    if call.direct:
        how = _("In the channel you want for it, type {form}.", form=channel_form(step, team))
        return (Text((what, how)),), later
    how = _("This channel can be it. If it is another one, type {form} there.", form=channel_form(step, team))
    here = Choice(line_for(team.name, f"{step} here"), _("Use this channel"), "📌")
    return (Text((what, how)),), (here, *later)


def _standup(progress: Progress, team: Team, call: Call) -> _Part:
    name = quoted(team.name)
    what = _("Next, the standup: I ask everyone for a short update, at a time of day by their own clock.")
    how = _(
        "The usual is offered below. For another time or other days: {form}.",
        form=CommandText(f"setup standup create {name} at:10:00 days:mon-thu"),
    )
    usual = _("{time}, {days}", time=TimeOfDay(USUAL), days=Days(WORKDAYS))
    return (Text((what, how)),), (
        Choice(f"setup standup create {name} at:09:30 days:mon-fri", usual, "🕤"),
        Choice(line_for(team.name, Step.STANDUP), _("Time, days and questions"), "✍️", form=True),
    )


def _people(progress: Progress, team: Team, call: Call) -> _Part:
    name = quoted(team.name)
    what = _(
        "Next, the people: {form} for each of them. I greet them in their working hours.",
        form=CommandText(f"team add {name} @name"),
    )
    around = [member for member in progress.around if '"' not in member.name and _once(member, progress.around)]
    choices = tuple(
        Choice(f"setup team add {name} {quoted(member.name)}", _("Add {name}", name=member.name), digit)
        for member, digit in zip(around[:MOST_OFFERED], DIGITS, strict=False)
    )
    return (Text((what,)),), choices


def _once(member: Member, among: Sequence[Member]) -> bool:
    return sum(other.name.casefold() == member.name.casefold() for other in among) == 1


_STEPS: Mapping[Step, Callable[[Progress, Team, Call], _Part]] = {
    Step.HANDOFF: _handoff,
    Step.STANDUP: _standup,
    Step.PEOPLE: _people,
    Step.SOCIAL: _social,
}


def _test(progress: Progress, team: Team) -> tuple[Choice, ...]:
    if not progress.testable:
        return ()
    return (Choice(line_for(team.name, Step.TEST), _("Send me a test prompt"), "🧪"),)


# --- what can be changed --------------------------------------------------------------------------------------


def _changes(progress: Progress, team: Team) -> Sequence[tuple[Step, Sentence]]:
    """How each step that is done is changed."""
    name = quoted(team.name)
    changes = [
        (Step.TEAM, _("Its name: {form}", form=CommandText(f"team rename {name} Polaris"))),
        (Step.TEAM, _("Its city: {form}", form=CommandText(f"team timezone {name} Lisbon"))),
        (Step.HANDOFF, _("The channel, typed in the new one: {form}", form=channel_form(Step.HANDOFF, team))),
        (Step.STANDUP, _("Time and days: {form}", form=CommandText(f"standup edit {name} at:10:00 days:mon-thu"))),
        (Step.STANDUP, _("Questions: {form}", form=CommandText(f"standup questions {name}"))),
        (Step.PEOPLE, _("People: {form}", form=CommandText(f"team add {name} @name"))),
        (Step.SOCIAL, _("Social threads: {form}", form=CommandText(f"social show {name}"))),
        (Step.TEAM, _("Another team: {form}", form=CommandText(line_for(None, Step.TEAM)))),
    ]
    return [change for change in changes if progress.done(change[0])]


# --- forms ----------------------------------------------------------------------------------------------------


def team_form(caller: Member, known: Mapping[str, str]) -> Form:
    """Ask for a new team's name and city."""
    zone = known.get("zone", caller.zone if caller.zone_known else "")
    hint = _("A large city near most of you, like {city}", city=ZoneName("Europe/Lisbon"))
    return Form(
        _("A new team"),
        (
            Input("name", _("Name"), known.get("name", ""), required=True, long=False, limit=LONGEST_NAME),
            Input("zone", _("City or time zone"), zone, hint, required=True, long=False, limit=100),
        ),
    )


def standup_form(team: Team, standup: Feature | None, known: Mapping[str, str]) -> Form:
    """Ask for time, days and questions; what is left empty stays as it is."""
    at: Value = "" if standup else TimeOfDay(USUAL)
    days: Value = "" if standup else Days(WORKDAYS)
    stays = _("Empty: as it is ({how})", how=standup.how) if standup else None
    kinds = _("One a line. Empty: what is finished, what is next, and what is in the way.")
    return Form(
        _("Standup of {team}", team=team.name),
        (
            Input("at", _("Time, by everyone's own clock"), known.get("at", at), stays, long=False, limit=40),
            Input("days", _("Days"), known.get("days", days), stays, long=False, limit=80),
            Input("questions", _("Questions"), known.get("questions", ""), stays or kinds, limit=3000),
        ),
    )


def again(team: Team | None, step: Step, given: Mapping[str, str], *, change: bool = False) -> Choice:
    """Open a form again, with what was written in it."""
    words = " ".join(word for word in (step, CHANGE if change else "", kept(given)) if word)
    return Choice(line_for(team.name if team else None, words), _("Try again"), "✍️", form=True)
