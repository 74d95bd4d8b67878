"""What the standup cog says about schedules: to administrators, and to everyone who looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.api import (
    AskFirst,
    Block,
    Bullets,
    CommandText,
    Day,
    Days,
    Heading,
    Kind,
    Listing,
    Member,
    MemberId,
    Message,
    Moment,
    OccurrenceState,
    Person,
    Sentence,
    Text,
    TimeOfDay,
    Value,
    ZoneName,
    catalogue,
    message,
    quoted,
    say,
)
from cogs.standup.domain import Next
from cogs.standup.messages import MOST_LISTED, question_text
from cogs.standup.questions import DEFAULT, Question
from cogs.standup.records import Standup, Status

_, n_ = catalogue("standup")


def schedule_text(standup: Standup) -> Sentence:
    """When a standup asks."""
    values: dict[str, Value] = {
        "time": TimeOfDay(standup.schedule.at),
        "days": Days(standup.schedule.days),
    }
    if standup.schedule.every_weeks == 1:
        return _("{time}, {days}", **values)
    weeks = standup.schedule.every_weeks
    return n_("{time}, {days}, every week", "{time}, {days}, every {count} weeks", weeks, **values)


def summary(standup: Standup) -> Sentence:
    """When a team is asked, and how many questions, in a few words."""
    schedule, count = schedule_text(standup), len(standup.questions)
    if standup.status is Status.PAUSED:
        return _("{schedule}, paused", schedule=schedule)
    return n_("{schedule}, {count} question", "{schedule}, {count} questions", count, schedule=schedule)


def created(standup: Standup, members: Sequence[Member], planned: Mapping[MemberId, Next]) -> Message:
    """Confirm a new standup."""
    first = _(
        "{team} now has a standup: {schedule}. I ask everyone at that time, by their own clock.",
        team=standup.name,
        schedule=schedule_text(standup),
    )
    own = _("To change the questions: {form}.", form=command_for("standup questions", standup))
    return message(Text((first, own)), *_prompts(standup, members, planned))


def edited(standup: Standup, members: Sequence[Member], planned: Mapping[MemberId, Next], now: datetime) -> Message:
    """Confirm a changed schedule."""
    first = [_("From now on {team} is asked at {schedule}.", team=standup.name, schedule=schedule_text(standup))]
    if standup.status is Status.PAUSED:
        first.append(_("It is paused; to go on: {form}.", form=command_for("standup resume", standup)))
    elif any(next_.at <= now for next_ in planned.values()):
        first.append(_("Who would have been asked later today is asked now."))
    return message(Text(tuple(first)), *_prompts(standup, members, planned))


def resumed(standup: Standup, members: Sequence[Member], planned: Mapping[MemberId, Next]) -> Message:
    """Confirm that a pause is over."""
    first = _("{team} is asked again: {schedule}.", team=standup.name, schedule=schedule_text(standup))
    return message(first, *_prompts(standup, members, planned))


def _prompts(standup: Standup, members: Sequence[Member], planned: Mapping[MemberId, Next]) -> Sequence[Block]:
    """When each member is asked next, in their own time."""
    if not members:
        add = CommandText(f"team add {quoted(standup.name)} @name")
        return [Text((_("Nobody is in the team yet. Add people: {form}.", form=add),))]
    if not planned:
        return []
    shown = sorted(
        ((planned[m.id].at, m) for m in members if m.id in planned), key=lambda pair: (pair[0], pair[1].name)
    )
    blocks: list[Block] = [
        Text((_("The next prompts:"),)),
        Bullets(tuple(_next(member, at) for at, member in shown[:MOST_LISTED])),
    ]
    if (rest := len(shown) - MOST_LISTED) > 0:
        blocks.append(Text((n_("And {count} more person.", "And {count} more people.", rest),)))
    return blocks


def _next(member: Member, at: datetime) -> Sentence:
    return _(
        "{person}: {moment} in {zone}",
        person=Person(member.id, member.name),
        moment=Moment(at, zone=member.zone),
        zone=ZoneName(member.zone),
    )


def asked_now(
    standup: Standup,
    asked: Sequence[Member],
    earlier: Sequence[Member],
    away: Sequence[Member],
    planned: Mapping[MemberId, Next],
) -> Message:
    """Say who is asked now, who was asked today already, and when the others are."""
    first: list[Value] = []
    if asked:
        first.append(_("Asked now: {people}.", people=_people(asked)))
    else:
        first.append(_("There is nobody to ask right now."))
    if earlier:
        first.append(_("Asked for today already: {people}.", people=_people(earlier)))
    blocks: list[Block] = [Text(tuple(first))]
    later = [m for m in away if m.id in planned]
    if later:
        blocks.append(Text((_("Not at work now; I ask them when their time comes:"),)))
        blocks.append(Bullets(tuple(_next(m, planned[m.id].at) for m in later[:MOST_LISTED])))
    return message(*blocks)


def _people(members: Sequence[Member]) -> Listing:
    return Listing(tuple(Person(member.id, member.name) for member in members))


def deleted(standup: Standup) -> Message:
    """Confirm a deletion."""
    return say(
        _("I ask {team} nothing more. What people wrote stays.", team=standup.name),
        _("To start again: {form}.", form=create_form(standup.name)),
    )


def paused(standup: Standup) -> Message:
    """Confirm a pause."""
    return say(
        _("{team} is paused: I ask nobody until you resume it. What is open can still be answered.", team=standup.name),
        _("To go on: {form}.", form=command_for("standup resume", standup)),
    )


def ask_delete(standup: Standup) -> AskFirst:
    """Ask before a standup is deleted."""
    return AskFirst(
        _("Stop asking {team} for updates? What people wrote stays, and the schedule is forgotten.", team=standup.name),
        f"standup delete {quoted(standup.name)} yes:yes",
    )


# --- looking --------------------------------------------------------------------------------------------------


def shown(
    standup: Standup,
    members: Sequence[Member],
    planned: Mapping[MemberId, Next],
    states: Mapping[MemberId, OccurrenceState | None],
) -> Message:
    """Show one standup; `states` has only those whose day the reader may see."""
    blocks: list[Block] = [
        Heading(_("{team}: {schedule}", team=standup.name, schedule=schedule_text(standup))),
    ]
    if standup.status is Status.PAUSED:
        resume = command_for("standup resume", standup)
        blocks.append(Text((_("It is paused: I ask nobody. To go on: {form}.", form=resume),)))
    blocks.append(_questions(standup.questions))
    blocks += _prompts(standup, members, planned)
    today = [(m, state) for m in members if (state := states.get(m.id))]
    if today:
        blocks.append(Text((_("Today (only you see this):"),)))
        blocks.append(
            Bullets(
                tuple(
                    _("{person}: {state}", person=Person(m.id, m.name), state=state_text(state)) for m, state in today
                )
            )
        )
    return message(*blocks)


def _questions(questions: Sequence[Question]) -> Bullets:
    return Bullets(tuple(question_text(question) for question in questions), ordered=True)


def state_text(state: OccurrenceState) -> Sentence:
    """Where a local date stands, in a word or two."""
    return STATES[state]


STATES: Mapping[OccurrenceState, Sentence] = {
    OccurrenceState.SCHEDULED: _("to come"),
    OccurrenceState.PROMPTED: _("asked, not answered yet"),
    OccurrenceState.ANSWERED: _("answered"),
    OccurrenceState.SKIPPED: _("skipped"),
    OccurrenceState.EXCUSED: _("excused"),
    OccurrenceState.LAPSED: _("not answered"),
    OccurrenceState.MISSED: _("not asked, because I was not running"),
}


def history(standups: Sequence[tuple[str, Sequence[tuple[date, OccurrenceState]]]]) -> Message:
    """Show the reader's own dates, by team, the latest first."""
    blocks: list[Block] = []
    for team, dates in standups:
        blocks.append(Heading(_("Your {team} updates", team=team)))
        if not dates:
            blocks.append(Text((_("None in the last two weeks."),)))
            continue
        latest_first = sorted(dates, reverse=True)
        blocks.append(Bullets(tuple(_("{day}: {state}", day=Day(d), state=state_text(s)) for d, s in latest_first)))
    return message(*blocks)


def questions(standup: Standup) -> Message:
    """Show the questions, and how to set them."""
    form = CommandText(f"standup questions {quoted(standup.name)} set: What went well? | blocker: What is in your way?")
    return message(
        _("What I ask {team}:", team=standup.name),
        _questions(standup.questions),
        _("To change them: {form}.", form=form),
    )


def questions_set(standup: Standup) -> Message:
    """Confirm questions, with what becomes of the answers to each."""
    kinds = Bullets(
        tuple(_("{question} ({kind})", question=question_text(q), kind=KINDS[q.kind]) for q in standup.questions),
        ordered=True,
    )
    blocks: list[Block | Value] = [_("From the next prompt on I ask {team}:", team=standup.name), kinds]
    if standup.questions == DEFAULT:
        return message(*blocks)
    if all(question.kind is Kind.NOTE for question in standup.questions):
        blocks.append(
            _(
                "Put {done}, {next} or {blocker} before a question, so that I know what its answers are.",
                done=_("“{kind}:”", kind=KINDS[Kind.DONE]),
                next=_("“{kind}:”", kind=KINDS[Kind.NEXT]),
                blocker=_("“{kind}:”", kind=KINDS[Kind.BLOCKER]),
            )
        )
    reset = CommandText(f"standup questions {quoted(standup.name)} reset")
    blocks.append(_("To go back to my own questions: {form}.", form=reset))
    return message(*blocks)


# NOTE: kinds of questions, as they are shown, and as admins type them before a colon
KINDS: Mapping[Kind, Sentence] = {
    Kind.DONE: _("done"),
    Kind.NEXT: _("next"),
    Kind.BLOCKER: _("blocker"),
    Kind.NOTE: _("note"),
}
# NOTE: what admins type to go back to the usual questions, separated by commas
RESET = _("reset, default, defaults")


def command_for(words: str, standup: Standup) -> CommandText:
    return CommandText(f"{words} {quoted(standup.name)}")


def create_form(team: str) -> CommandText:
    return CommandText(f"standup create {quoted(team)} at:09:30 days:mon-fri")
