"""What the standup cog says to a member while it asks and they answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.api import (
    BadInput,
    Block,
    Bullets,
    Choice,
    CommandText,
    Day,
    Entry,
    Listing,
    Message,
    Moment,
    Person,
    Quote,
    Sentence,
    Show,
    Span,
    Text,
    Value,
    catalogue,
    message,
    quoted,
    say,
)
from cogs.standup.answers import NOTE
from cogs.standup.domain import LEAST_SNOOZE
from cogs.standup.questions import Question
from cogs.standup.vocabulary import DEFAULT_QUESTIONS

_, n_ = catalogue("standup")

SHOWN = 300
"""How much of an answer a receipt shows."""


def question_text(question: Question) -> Value:
    """A question: the admin's own words, or the default in the reader's language."""
    return question.text if question.text is not None else DEFAULT_QUESTIONS[question.kind]


def label(team: str) -> Sentence:
    """What the question is called where several are open."""
    return _("{team}", team=team)


# --- asking ---------------------------------------------------------------------------------------------------


def write_choice(team: str, day: date, label: Sentence | None = None) -> Choice:
    """Open the form of an update."""
    return Choice(f"write {day.isoformat()} {quoted(team)}", label or _("Write"), "✍️", form=True)


def choices(team: str | None) -> tuple[Choice, ...]:
    """Skip and snooze; `team` is named for members who are asked by more than one."""
    if team is None:
        return (
            Choice("skip", _("Skip"), "⏭"),
            Choice("snooze 1h", _("In an hour"), "⏰"),
        )
    return (
        Choice(f"skip {quoted(team)}", _("Skip {team}", team=team), "⏭"),
        Choice(f"snooze 1h {quoted(team)}", _("{team} in an hour", team=team), "⏰"),
    )


def prompt(
    team: str,
    name: Person,
    questions: Sequence[Question],
    plans: Sequence[Entry],
    late: datetime | None,
    several: bool,
    day: date,
) -> Message:
    """Ask for a local date.

    `plans` is what the member said last that they would do, `late` when the prompt was due if it is late.
    """
    blocks: list[Block] = [Text((_("Hi {name}, it is time for your {team} update.", name=name, team=team),))]
    if late is not None:
        sorry = _("I am late: I was not running at {time}, when it was due. Sorry!", time=Moment(late, Show.TIME))
        blocks = [Text((*_body(blocks[0]), sorry))]
    if plans:
        blocks.append(Text((_("Your plan from {day}:", day=Day(plans[0].date)),)))
        blocks.append(Quote("\n".join(entry.text for entry in plans), limit=SHOWN))
    blocks.append(Bullets(tuple(question_text(question) for question in questions), ordered=True))
    if len(questions) > 1:
        blocks.append(Text((_("Answer one at a time, or all in one message with the numbers in front."),)))
    return message(*blocks, choices=(write_choice(team, day), *choices(team if several else None)))


def _body(block: Block) -> tuple[Value, ...]:
    return block.body if isinstance(block, Text) else ()


def question(questions: Sequence[Question], position: int) -> Message:
    """Ask the next open question."""
    text = question_text(questions[position])
    if len(questions) == 1:
        return message(text)
    asked = _("{number} of {count}: {question}", number=position + 1, count=len(questions), question=text)
    return say(asked)


def empty_answer(questions: Sequence[Question], position: int) -> Message:
    """Say that a message had nothing in it, and ask again."""
    if position == NOTE:
        return say(_("That came through empty, so I added nothing."))
    return say(
        _(
            "That came through empty. The question is still open: {question}",
            question=question_text(questions[position]),
        ),
        _("If there is nothing to tell, answer with a dash."),
    )


def reminder(team: str, day: date, questions: Sequence[Question], open_: Sequence[int], ends: datetime) -> Message:
    """Remind, once, of what is open."""
    when = Moment(ends, Show.TIME)
    if len(open_) == len(questions):
        first = _(
            "A quick reminder: your {team} update is still open, and your day ends at {time}.", team=team, time=when
        )
    else:
        first = _("Your {team} update is nearly there, and your day ends at {time}. Still open:", team=team, time=when)
    return message(first, _open(questions, open_), choices=(write_choice(team, day), choices(None)[0]))


def snoozed_again(team: str, day: date, questions: Sequence[Question], open_: Sequence[int]) -> Message:
    """Ask again at the hour the member chose."""
    return message(
        _("Here I am again, as you asked. Your {team} update:", team=team),
        _open(questions, open_),
        choices=(write_choice(team, day), *choices(None)),
    )


def _open(questions: Sequence[Question], open_: Sequence[int]) -> Bullets:
    """The open questions with their numbers; these rise by one where nothing in between is answered."""
    first, last = open_[0], open_[-1]
    if last - first + 1 == len(open_):
        return Bullets(tuple(question_text(questions[n]) for n in open_), ordered=True, first=first + 1)
    return Bullets(tuple(_("{number}. {question}", number=n + 1, question=question_text(questions[n])) for n in open_))


# --- skip and snooze ------------------------------------------------------------------------------------------


def skipped(team: str, day: date, partly: bool) -> Message:
    """Confirm a skip."""
    update = CommandText("update")
    if partly:
        return say(
            _("All right, I'll leave your {team} update for {day} as it is.", team=team, day=Day(day)),
            _("What you wrote counts. To add to it, use {update}.", update=update),
        )
    return say(
        _("All right, no {team} update for {day}.", team=team, day=Day(day)),
        _("If you change your mind, use {update}.", update=update),
    )


def snoozed(team: str, until: datetime) -> Message:
    """Confirm a snooze."""
    return say(
        _("All right, I'll ask for your {team} update again at {time}.", team=team, time=Moment(until, Show.TIME))
    )


def bad_snooze(length: timedelta, latest: timedelta | None, ends: datetime) -> BadInput:
    """Refuse a snooze that is too short, or that leads past the day's end."""
    if latest is None:
        return BadInput(
            _("Your day ends at {time}, so there is no time left to snooze.", time=Moment(ends, Show.TIME)),
            _("Answer whenever it suits you, or use {skip}.", skip=CommandText("skip")),
        )
    form = _("Write it like {example}.", example=CommandText("snooze 30m"))
    if length < LEAST_SNOOZE:
        return BadInput(_("The shortest snooze is {length}.", length=Span(LEAST_SNOOZE)), form)
    return BadInput(
        _(
            "{length} from now is after your day ends at {time}; I can ask again in {latest} at the latest.",
            length=Span(length),
            time=Moment(ends, Show.TIME),
            latest=Span(latest),
        ),
        form,
    )


def of_another_date(day: date) -> BadInput:
    """Refuse a choice under the prompt of a date that is over, while another one is open."""
    return BadInput(
        _("That was the prompt for {day}, which is over; nothing has changed.", day=Day(day)),
        _("The choices under the newest one count."),
    )


def nothing_to_snooze(asks_at: datetime | None) -> BadInput:
    """Refuse a snooze while nothing is open."""
    first = _("There is no open question to snooze.")
    if asks_at is None:
        return BadInput(first)
    return BadInput(first, _("Next time I ask you: {moment}.", moment=Moment(asks_at)))


def nothing_to_skip(asks_at: datetime | None) -> BadInput:
    """Refuse a skip while nothing is open, and nothing comes soon."""
    first = _("There is nothing to skip: no question is open.")
    if asks_at is None:
        return BadInput(first)
    return BadInput(first, _("Next time I ask you: {moment}.", moment=Moment(asks_at)))


def no_update_due(asks_at: datetime | None) -> BadInput:
    """Refuse an update far from any working day."""
    first = _("No update of yours is due around now.")
    if asks_at is None:
        return BadInput(first)
    return BadInput(first, _("Next time I ask you: {moment}.", moment=Moment(asks_at)))


def not_in(team: str) -> BadInput:
    """Say that the member is not in the team they named."""
    return BadInput(
        _("You are not in {team}, so I ask you nothing for it.", team=team),
        _("Your teams are in {form}.", form=CommandText("me show")),
    )


def no_standup(teams: int) -> BadInput:
    """Say that the member is in no team with a standup, or in no team at all."""
    if not teams:
        return BadInput(
            _("You are in no team, so there is no update to write."),
            _("An admin can add you: {form}.", form=CommandText("team add TEAM @you")),
        )
    return BadInput(
        _("None of your teams has a standup yet."),
        _("An admin can start one: {form}.", form=CommandText("standup create TEAM at:09:30 days:mon-fri")),
    )


def which_team(command: str, teams: Sequence[str], rest: str = "") -> BadInput:
    """Ask which team a command is for."""
    return BadInput(
        _which(teams),
        _("Write it like {form}.", form=CommandText(f"{command} {quoted(teams[0])}{rest}")),
        choices=() if rest else _each(command, teams),  # a choice is a whole command: what they wrote may be too long
    )


def which_team_of(command: str, teams: Sequence[str]) -> BadInput:
    """Ask which team a message is for that a command was picked on in its menu: the choices are about that message."""
    return BadInput(_which(teams), choices=_each(command, teams))


def _which(teams: Sequence[str]) -> Sentence:
    return _("Which team is it for: {teams}?", teams=Listing(tuple(teams), either=True))


def _each(command: str, teams: Sequence[str]) -> tuple[Choice, ...]:
    digits = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣")
    return tuple(
        Choice(f"{command} {quoted(team)}", _("{team}", team=team), digit)
        for team, digit in zip(teams, digits, strict=False)
    )


# --- what went wrong ------------------------------------------------------------------------------------------


def missed(team: str, down: Sequence[date], unsent: Sequence[date]) -> Message:
    """Tell a member that they were not asked: on days when the bot was down, and when its message did not arrive."""
    told = []
    if down:
        told.append(
            n_(
                "I could not ask for your {team} update on {days}: I was not running. That is on me, not on you.",
                "I could not ask for your {team} updates on {days}: I was not running. That is on me, not on you.",
                len(down),
                team=team,
                days=Listing(tuple(Day(day) for day in down)),
            )
        )
    if unsent:
        told.append(
            n_(
                "My question for your {team} update on {days} did not get through to you in time.",
                "My questions for your {team} updates on {days} did not get through to you in time.",
                len(unsent),
                team=team,
                days=Listing(tuple(Day(day) for day in unsent)),
            )
        )
    return say(*told, _("You need not make up for it."))


def missed_admin(missing: Sequence[tuple[str, Person, Sequence[date]]], *, unsent: bool) -> Message:
    """Tell an admin who was not asked: team, member, local dates.

    That is the bot's fault, unless some questions were `unsent` because a chat platform took none.
    """
    why = _("I was not running, and could not ask these people for their updates:")
    if unsent:
        why = _("These people could not be asked in time for their updates: what I sent them did not get through.")
    shown = missing[:MOST_LISTED]
    items = tuple(
        _("{person} ({team}): {days}", person=person, team=team, days=Listing(tuple(Day(day) for day in days)))
        for team, person, days in shown
    )
    blocks: list[Block] = [
        Text((why,)),
        Bullets(items),
    ]
    if rest := len(missing) - len(shown):
        blocks.append(Text((n_("And {count} more person.", "And {count} more people.", rest),)))
    blocks.append(Text((_("I tell each of them too. Everything else goes on as planned."),)))
    return message(*blocks)


MOST_LISTED = 30
"""So many people are listed by name."""
