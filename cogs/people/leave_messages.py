"""What the people cog says about time off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.api import (
    Absence,
    AskFirst,
    BadInput,
    CommandText,
    Day,
    Message,
    Sentence,
    Text,
    WorkingTime,
    catalogue,
    message,
)
from cogs.people.domain import LONGEST_REASON, LeaveEffect, LeaveProblem
from cogs.people.messages import absence_list, absence_text, at_work, clock_now, start_of, undo_by

_, n_ = catalogue("people")


def away(absence: Absence, replaced: Absence | None, effect: LeaveEffect, times: WorkingTime, now: datetime) -> Message:
    """Confirm leave: the days, what is excused, when work goes on, and how to take it back."""
    today = times.local_date(now)
    blocks = [Text(_leave_noted(absence, replaced, today)), Text((_excused(effect), *_return(effect, times)))]
    undo = _("Back earlier, or plans changed? {command}", command=CommandText("me back"))
    return message(*blocks, Text((clock_now(times, now), undo)))


def _leave_noted(absence: Absence, replaced: Absence | None, today: date) -> tuple[Sentence, ...]:
    last = Day(absence.last)
    if absence.first == absence.last:
        noted = _("You are away on {day}.", day=last)
    elif absence.first == today:
        noted = _("You are away from today through {day}, that day included.", day=last)
    else:
        noted = _("You are away from {first} through {last}, both included.", first=Day(absence.first), last=last)
    sentences = [noted]
    if absence.reason:
        sentences.append(_("Reason: {reason}.", reason=absence.reason))
    if replaced:
        sentences.append(_("This takes the place of the leave I had: {leave}.", leave=absence_text(replaced)))
    return tuple(sentences)


def _excused(effect: LeaveEffect) -> Sentence:
    if not effect.excused:
        return _("None of these is a working day of yours, so no prompt is left out.")
    return n_(
        "The prompts of {count} working day are excused, in all your teams: I neither ask nor remind you.",
        "The prompts of {count} working days are excused, in all your teams: I neither ask nor remind you.",
        effect.excused,
    )


def _return(effect: LeaveEffect, times: WorkingTime) -> tuple[Sentence, ...]:
    if effect.back is None:
        return ()
    return (_("Your first day back is {day}, from {start}.", **start_of(times, effect.back)),)


def leave_refused(problem: LeaveProblem, today: date) -> BadInput:
    """Refuse leave, with the right form and a date that works."""
    example = (today + timedelta(days=14)).isoformat()
    form = _("Type it like this: {form}.", form=CommandText(f"me away until {example}"))
    match problem:
        case LeaveProblem.PAST:
            return BadInput(_("That date is past: today is {day} where you are.", day=Day(today)), form)
        case LeaveProblem.REVERSED:
            whole = CommandText(f"me away until {example} starting:{(today + timedelta(days=7)).isoformat()}")
            return BadInput(_("That leave would end before it starts."), _("Type it like this: {form}.", form=whole))
        case LeaveProblem.WORDY:
            return BadInput(
                n_(
                    "A reason has at most {count} character, so nothing has changed.",
                    "A reason has at most {count} characters, so nothing has changed.",
                    LONGEST_REASON,
                ),
                form,
            )
        case _:
            return BadInput(
                _("That is more than three years from now, longer than I can plan."),
                _("To stop hearing from a team altogether: {form}.", form=CommandText("team leave")),
            )


def ask_far(last: date, command: str) -> AskFirst:
    """Ask whether leave of more than a year is meant."""
    return AskFirst(_("That is more than a year from now: are you away until {day}?", day=Day(last)), command)


def back(ended: Absence, planned: Sequence[Absence], times: WorkingTime, now: datetime, undo: str) -> Message:
    """Confirm the return from leave that was running."""
    blocks = [Text((_("Welcome back!"), _("Your leave is over: {leave}.", leave=absence_text(ended))))]
    blocks.append(Text((clock_now(times, now), at_work(times, now))))
    if planned:
        blocks.append(Text((_("Still planned: {leave}.", leave=absence_list(planned)),)))
    return message(*blocks, undo_by(undo))


def cancelled(ended: Sequence[Absence], times: WorkingTime, now: datetime, undo: Sequence[str]) -> Message:
    """Confirm that leave that had not started yet is taken back."""
    return message(
        _("Cancelled: {leave}. I ask you as usual on those days.", leave=absence_list(ended)),
        Text((clock_now(times, now), at_work(times, now))),
        undo_by(*undo),
    )


def not_away(times: WorkingTime, now: datetime) -> BadInput:
    """Say that there is no leave to end."""
    example = (times.local_date(now) + timedelta(days=14)).isoformat()
    return BadInput(
        _("I have no leave noted for you, so nothing has changed."),
        at_work(times, now),
        _("To note some: {form}.", form=CommandText(f"me away until {example}")),
    )
