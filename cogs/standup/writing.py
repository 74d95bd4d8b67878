"""Updates written in a form: opened with what is known, changed and taken back by the same commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.api import (
    LONGEST_VALUE,
    N_,
    Call,
    Entry,
    Form,
    FormOf,
    Input,
    Kind,
    Message,
    MessageRef,
    Place,
    State,
    Team,
    command,
)
from cogs.standup import answering, form_messages, messages, pick_messages, receipt_messages, store, unreachable
from cogs.standup.answers import NOTE, Piece, Reading, begun, is_blank, written_in_form
from cogs.standup.member_commands import Desk, choose, desks_of, next_of, open_early, reopen
from cogs.standup.prompting import PLANS
from cogs.standup.questions import Question
from cogs.standup.records import Kept, Standup
from cogs.standup.vocabulary import reading_of

MOST_SHOWN = 5
"""Questions in one form: as many as the strictest platform shows. The others are asked afterwards."""


@dataclass(frozen=True)
class Sheet:
    """The update that a form is for; `kept` is None until it is asked for, and then `desk` says which date is near."""

    standup: Standup
    kept: Kept | None
    reading: Reading
    desk: Desk | None = None

    @property
    def questions(self) -> Sequence[Question]:
        """The questions as they were asked, or will be."""
        return self.kept.update.questions if self.kept else self.standup.questions

    @property
    def shown(self) -> Sequence[int]:
        """The positions in the form: the open questions, or the first ones, and what was added, if there is room."""
        positions = (*(self.reading.open or range(len(self.questions))), *([NOTE] if self.reading.words(NOTE) else []))
        return positions[:MOST_SHOWN]


async def open_form(call: Call, day: date | None = None, team: Team | None = None) -> Form:
    """Show the questions, with what was answered so far, or what was planned the last time."""
    sheet = await _sheet(call, day, team)
    plans = "" if sheet.kept and not sheet.reading.empty else await _planned(call, sheet, day)
    known = {position: _known(sheet, position, plans) for position in sheet.shown}
    return form_messages.form(sheet.standup.name, fields(sheet.questions, known))


def fields(questions: Sequence[Question], known: Mapping[int, str]) -> Sequence[Input]:
    """Return the fields of a form: the questions at these positions, with what is known for each."""
    return [_field(questions[n] if n != NOTE else None, str(n + 1), value) for n, value in known.items()]


def _field(question: Question | None, name: str, value: str) -> Input:
    """Return the field of a question, or (None) of what was added without one, with as much as fits in it."""
    label = messages.question_text(question) if question is not None else form_messages.added()
    shown, rest = begun(value, LONGEST_VALUE)
    if rest:
        label = form_messages.beginning(label)
    hint = form_messages.nothing() if question is not None and question.kind is Kind.BLOCKER else None
    return Input(name, label, value=shown, hint=hint, limit=LONGEST_VALUE)


async def submit(
    call: Call, values: Mapping[str, str], day: date | None = None, team: Team | None = None
) -> Message | None:
    """Take a form's answers; where they differ they take the place of what was said before."""
    sheet = await _sheet(call, day, team)
    written = {
        int(name) - 1: text.strip()
        for name, text in values.items()
        if name.isdecimal() and int(name) <= len(sheet.questions)
    }
    if all(is_blank(text) for text in written.values()) and sheet.reading.empty:
        raise form_messages.nothing_written()
    kept = sheet.kept or await open_early(call, sheet.desk) if sheet.desk else sheet.kept
    assert kept is not None
    before = reading_of(call.tx, kept)
    written = {n: _nothing_in_the_way(sheet.questions, before, n, text) for n, text in written.items()}
    written = {position: _continued(before.words(position), text) for position, text in written.items()}
    changed = {position for position, text in written.items() if text != before.words(position)}
    if not changed:
        return form_messages.unchanged(sheet.standup.name, kept.update.date)
    pieces = await _rewritten(call, kept, before, written, changed)
    return await _follow(call, sheet.standup, kept, pieces)


def _nothing_in_the_way(questions: Sequence[Question], before: Reading, position: int, text: str) -> str:
    """Return an answer; the form says that a field for blockers may be left empty if there are none.

    One that was empty before has no room for the pictures and others' words that answer its question: they stay.
    """
    if position == NOTE or questions[position].kind is not Kind.BLOCKER or not is_blank(text):
        return text
    return "" if position in before.parts and not before.words(position) else "-"


def _continued(before: str, written: str) -> str:
    """Return an answer with what did not fit in its field behind it; one that was emptied is empty."""
    shown, rest = begun(before, LONGEST_VALUE)
    if written == shown.strip():
        return before
    return written + rest if written else written


@command(
    "write",
    help=N_("Write or change an update; where there are forms, in one"),
    example="write",
    form=FormOf(open_form, submit),
    options={"day": N_("The update's date; today's if you leave it out"), "team": N_("The team it is for")},
)
async def write(call: Call, day: date | None = None, team: Team | None = None) -> Message | None:
    """Show the questions in our direct chat, where the answers can be typed."""
    sheet = await _sheet(call, day, team)
    kept = sheet.kept or (await open_early(call, sheet.desk) if sheet.desk else None)
    assert kept is not None
    return await reopen(call, sheet.standup, kept)


@command(
    "withdraw",
    help=N_("Take back what you wrote in an update"),
    example="withdraw",
    options={
        "day": N_("The update's date; today's if you leave it out"),
        "team": N_("The team it is for"),
        "only": N_("Only one message that you added to it; the button under its receipt fills this in"),
    },
)
async def withdraw(
    call: Call, day: date | None = None, team: Team | None = None, only: int | None = None, yes: bool = False
) -> Message | None:
    """Forget every answer of an update, or one message that was added to it, wherever it was quoted too."""
    sheet = await _sheet(call, day, team)
    if only is not None:
        return await _withdraw_one(call, sheet, day, only)
    if sheet.kept is None or sheet.reading.empty:
        raise form_messages.nothing_to_withdraw(sheet.standup.name)
    if not yes:
        raise form_messages.ask_withdraw(sheet.standup.name, sheet.kept.update.date)
    for piece in sheet.kept.pieces:
        await store.delete_answer(call.tx, piece)
    await _follow(call, sheet.standup, sheet.kept, ())
    return form_messages.withdrawn(sheet.standup.name, sheet.kept.update.date)


async def _withdraw_one(call: Call, sheet: Sheet, day: date | None, only: int) -> Message:
    pieces = sheet.kept.pieces if sheet.kept is not None else ()
    piece = next((piece for piece in pieces if piece.id == only), None)
    if sheet.kept is None or piece is None:
        raise pick_messages.not_there(sheet.standup.name, day or call.tx.now.date())
    await answering.take_out(call.tx, sheet.kept, piece)
    return pick_messages.taken_out(sheet.standup.name, sheet.kept.update.date)


# --- which update ---------------------------------------------------------------------------------------------


async def _sheet(call: Call, day: date | None, team: Team | None) -> Sheet:
    desks = await desks_of(call, team)
    if day is None:
        around = [d for d in desks if d.date is not None]
        if not around:
            raise messages.no_update_due(await next_of(call, desks))
        desk = choose([d for d in around if d.open] or around, "write")
        assert desk is not None
        empty = Reading(len(desk.standup.questions))
        return Sheet(desk.standup, desk.kept, desk.reading or empty, desk)
    desk = choose(desks, f"write {day.isoformat()}")
    assert desk is not None
    if desk.date == day:
        return Sheet(desk.standup, desk.kept, desk.reading or Reading(len(desk.standup.questions)), desk)
    kept = await store.one(call.tx, desk.standup.id, call.member.id, day)
    reading = reading_of(call.tx, kept) if kept else None
    if kept is None or reading is None or (reading.empty and call.tx.now >= kept.update.expires):
        raise form_messages.over(desk.standup.name, day)
    return Sheet(desk.standup, kept, reading)


def _known(sheet: Sheet, position: int, plans: str) -> str:
    if position in sheet.reading.parts:
        return sheet.reading.words(position)
    first_done = next((n for n, q in enumerate(sheet.questions) if q.kind is Kind.DONE), None)
    return plans if position == first_done else ""


async def _planned(call: Call, sheet: Sheet, day: date | None) -> str:
    """What the member planned the last time, a line each, as they wrote it."""
    today = day or (sheet.kept.update.date if sheet.kept else sheet.desk.date if sheet.desk else None)
    if today is None:
        return ""
    found: Sequence[Entry] = await call.tx.journal.entries(
        team=sheet.standup.team,
        authors=[call.member.id],
        dates=(today - PLANS, today.fromordinal(today.toordinal() - 1)),
        kinds=[Kind.NEXT],
        states=[State.OPEN],
    )
    last = max((entry.date for entry in found), default=None)
    return "\n".join(entry.text for entry in found if entry.date == last)


# --- what was written -----------------------------------------------------------------------------------------


async def _rewritten(
    call: Call, kept: Kept, before: Reading, written: Mapping[int, str], changed: set[int]
) -> tuple[Piece, ...]:
    """Store the answers that changed; a message that had part in one of them is replaced in all that it said."""
    touched = set(changed)
    gone: set[int] = set()
    while True:
        own = [part for position in touched for part in before.parts.get(position, ()) if not part.piece.speaker]
        said_there = {part.piece.id for part in own}
        also = {n for n, parts in before.parts.items() if any(part.piece.id in said_there for part in parts)}
        if said_there <= gone and also <= touched:
            break
        gone |= said_there
        touched |= also
    for piece in kept.pieces:
        if piece.id in gone:
            await store.delete_answer(call.tx, piece)
    fresh = []
    for position in sorted(touched, key=lambda n: (n == NOTE, n)):
        text, pictures = written.get(position, before.words(position)), before.pictures(position)
        if pictures or not is_blank(text):
            piece = replace(_piece(call, position, text), attachments=pictures)
            fresh.append(await store.add_answer(call.tx, kept.update, piece))
    return (*(piece for piece in kept.pieces if piece.id not in gone), *fresh)


def _piece(call: Call, position: int, text: str) -> Piece:
    place: Place = call.said.source.place
    source = MessageRef(place, written_in_form(call.said.source.message_id))
    return Piece(position, text, (), source, call.said.at)


async def _follow(call: Call, standup: Standup, kept: Kept, pieces: tuple[Piece, ...]) -> Message | None:
    tx = call.tx
    latest = await answering.still_asked(tx, kept.update) and await store.is_last(tx, kept.update)
    opened = replace(kept.update, skipped=False) if pieces else kept.update
    before = reading_of(tx, kept)
    update, after = await answering.follow(tx, kept, Kept(opened, pieces), standup.name, latest=latest)
    await answering.requote_all(tx, standup, update, before, after)
    if pieces and after.open and latest:
        turn = max(piece.id for piece in pieces)
        answering.say_next(tx, update, messages.question(update.questions, after.open[0]), turn)
    if call.direct:
        return None
    if (here := await unreachable.answer_here(call, standup.name, update, after)) is not None:
        return here
    return receipt_messages.added(standup.name, update.date) if after.complete else receipt_messages.in_our_chat()
