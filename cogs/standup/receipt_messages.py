"""What a member sees of their update: the receipt, and what it becomes when they change what they wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot.api import (
    Block,
    Bullets,
    Choice,
    CommandText,
    Day,
    Entry,
    Kind,
    Listing,
    MemberId,
    Message,
    Person,
    Quote,
    Sentence,
    Text,
    Value,
    catalogue,
    message,
    quoted,
    say,
)
from cogs.standup import pick_messages
from cogs.standup.answers import NOTE, Piece, Reading
from cogs.standup.messages import SHOWN, question_text, write_choice
from cogs.standup.questions import Question

_, n_ = catalogue("standup")

ROOM = 1_200
"""How much of all answers together a receipt shows: the strictest platform's message takes 2,000 characters."""


def receipt(
    team: str,
    day: date,
    questions: Sequence[Question],
    reading: Reading,
    entries: Sequence[Entry],
    names: Mapping[MemberId, str],
    late: bool,
) -> Message:
    """Show what was understood, and how to change it."""
    values: dict[str, Value] = {"team": team, "day": Day(day)}
    if late:
        first = _("Thank you! I added this to your {team} update for {day}:", **values)
    else:
        first = _("Thank you! Your {team} update for {day}:", **values)
    return message(
        first,
        *_answers(questions, reading),
        Text(
            (
                _noted(entries, names),
                _("To change it, edit what you wrote; to add to it, use {update}.", update=CommandText("update")),
            )
        ),
        choices=(
            write_choice(team, day, _("Edit")),
            Choice(f"withdraw {day.isoformat()} {quoted(team)}", _("Withdraw"), "🗑️", form=True),
        ),
    )


def _answers(questions: Sequence[Question], reading: Reading) -> Iterable[Block]:
    quotes = sum(bool(reading.own(n)) + len(_others(reading, n)) for n in reading.parts)
    shown = min(SHOWN, ROOM // max(quotes, 1))
    for position, asked in enumerate(questions):
        if position in reading.parts:
            yield Text((_("{number}. {question}", number=position + 1, question=question_text(asked)),))
            yield from _said(reading, position, shown)
        else:
            yield Text((_("{number}. {question} No answer yet.", number=position + 1, question=question_text(asked)),))
    if NOTE in reading.parts:
        yield Text((_("Added:"),))
        yield from _said(reading, NOTE, shown)


def _said(reading: Reading, position: int, shown: int) -> Iterable[Block]:
    """What the member wrote themself, and what others did, each by name; so much of each."""
    if own := reading.own(position):
        yield Quote(own, limit=shown)
    for piece in _others(reading, position):
        yield Text((pick_messages.wrote(piece.speaker),))
        yield Quote("\n".join(part.text for _, part in reading.of(piece)), limit=shown)


def _others(reading: Reading, position: int) -> Sequence[Piece]:
    """The messages in answer to a question that somebody else wrote."""
    return list(dict.fromkeys(part.piece for part in reading.parts[position] if part.piece.speaker))


def _noted(entries: Sequence[Entry], names: Mapping[MemberId, str]) -> Sentence:
    count = Counter(entry.kind for entry in entries)
    people = dict.fromkeys(entry.addressee for entry in entries if entry.addressee is not None)
    parts: list[Value] = []
    if done := count[Kind.DONE]:
        parts.append(n_("{count} thing done", "{count} things done", done))
    if plans := count[Kind.NEXT]:
        parts.append(n_("{count} thing planned", "{count} things planned", plans))
    if blockers := count[Kind.BLOCKER]:
        parts.append(n_("{count} blocker", "{count} blockers", blockers))
    if asks := count[Kind.ASK]:
        shown = Listing(tuple(Person(m, names.get(m, "?")) for m in people))
        parts.append(n_("{count} request to {people}", "{count} requests to {people}", asks, people=shown))
    if notes := count[Kind.NOTE]:
        parts.append(n_("{count} note", "{count} notes", notes))
    if not parts:
        return _("There is nothing in it to pass on.")
    return _("I noted {entries}.", entries=Listing(tuple(parts)))


def taken_back(team: str, day: date, open_again: bool) -> Message:
    """What a receipt becomes when nothing is left of the update."""
    gone = _("You took back your {team} update for {day}; nothing is left of it.", team=team, day=Day(day))
    if open_again:
        return say(gone, _("The questions are open again: just write your answers."))
    return say(gone, _("To write it anew, use {update}.", update=CommandText("update")))


def added(team: str, day: date) -> Message:
    """Confirm what the receipt above shows now."""
    return say(
        _("Added to your {team} update for {day}. The summary I sent you shows it now.", team=team, day=Day(day))
    )


def reopened(team: str, day: date, questions: Sequence[Question], reading: Reading) -> Message:
    """Open an update for more: what is there, or the questions."""
    values: dict[str, Value] = {"team": team, "day": Day(day)}
    if reading.empty:
        return message(
            _("Your {team} update for {day}:", **values),
            Bullets(tuple(question_text(q) for q in questions), ordered=True),
            _("Answer one at a time, or all in one message with the numbers in front."),
        )
    if reading.complete:
        how = _("What would you like to add? Put a question's number in front to add to that answer.")
    else:
        how = _("Go on with number {number}, or put another number in front.", number=reading.open[0] + 1)
    return message(_("Your {team} update for {day} so far:", **values), *_answers(questions, reading), how)


def in_our_chat() -> Message:
    """What a channel sees of an update that is written there."""
    return say(_("Got it. I have answered you in our direct chat."))
