"""What the standup cog says in a channel to members whom it can't write to directly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.api import (
    Bullets,
    Choice,
    CommandText,
    Day,
    Listing,
    Message,
    Person,
    Sentence,
    Value,
    catalogue,
    message,
    quoted,
    say,
)
from cogs.standup.messages import question_text, write_choice
from cogs.standup.questions import Question

_, n_ = catalogue("standup")


def ask_here(people: Sequence[Person], team: str, day: date, remedies: Sequence[Sentence]) -> Message:
    """Ask members for their updates where their team reads along; `remedies` say how to hear from the bot directly."""
    values: dict[str, Value] = {"people": Listing(tuple(people)), "team": team, "day": Day(day)}
    asked = n_(
        "{people}, I can't write to you directly at the moment, so I ask you here for your {team} update for {day}.",
        "{people}, I can't write to you directly at the moment, so I ask you here for your {team} updates for {day}.",
        len(people),
        **values,
    )
    how = _("Use {write} right here, in this channel.", write=CommandText("write", room=True))
    return say(asked, how, *remedies, choices=(write_choice(team, day),))


def open_questions(team: str, day: date, questions: Sequence[Question], open_: Sequence[int]) -> Message:
    """Show what is still to be answered, and how to do that in a channel."""
    first = _("Your {team} update for {day}:", team=team, day=Day(day))
    form = CommandText(f"update {open_[0] + 1}. …" if len(questions) > 1 else "update …", room=True)
    if len(open_) > 1:
        how = _("Answer right here with {form}, all in one message with the numbers in front.", form=form)
    else:
        how = _("Answer right here with {form}.", form=form)
    items = tuple(_("{number}. {question}", number=n + 1, question=question_text(questions[n])) for n in open_)
    return message(first, Bullets(items), how, choices=(write_choice(team, day),))


def thanks(team: str, day: date) -> Message:
    """Confirm an update that was written in a channel."""
    return say(
        _("Thank you! Your {team} update for {day} is complete.", team=team, day=Day(day)),
        choices=(
            write_choice(team, day, _("Edit")),
            Choice(f"withdraw {day.isoformat()} {quoted(team)}", _("Withdraw"), "🗑️", form=True),
        ),
    )
