"""Messages that members pick by their menus: each is one entry of the update at hand, and answers no question.

One that was picked before, or said in answer to the questions, is no second entry: marking it makes a blocker of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.api import Call, Commanded, Kind, Message, Picked, Pressed
from cogs.standup import answering, pick_messages, store, unreachable
from cogs.standup.answers import NOTE, Piece, Reading, is_blank
from cogs.standup.records import Kept, Standup, Update
from cogs.standup.vocabulary import reading_of


@dataclass(frozen=True)
class Pick:
    """A message, the words in it, whether it is the member's own, and what it is to be: a note or a blocker."""

    message: Picked
    words: str
    own: bool
    kind: Kind


def picked(call: Call, words: str, kind: Kind) -> Pick | None:
    """Return the message in whose menu the command was used, if it was used in one."""
    event = call.tx.cause.event if call.tx.cause is not None else None
    if isinstance(event, Pressed) and event.about is not None:
        words = next(iter(event.about.options.values()), "")
        event = event.about
    if not isinstance(event, Commanded) or event.picked is None:
        return None
    return Pick(event.picked, words, event.picked.author.identity == event.author.identity, kind)


def is_choice(call: Call) -> bool:
    """Whether the team was asked for, and is chosen now: what the command says is its name."""
    event = call.tx.cause.event if call.tx.cause is not None else None
    return isinstance(event, Pressed) and event.about is not None


async def pick(call: Call, what: Pick, kept: Kept, standup: Standup, *, early: bool) -> Message:
    """Add a message to an update, and say as what it is in it.

    `early` says that the update was opened for it: its questions are shown then, for no prompt will.
    """
    values = pick_messages.values_of(standup.name, kept.update.date)
    wanted = _position(kept.update, what.kind)
    known = next((piece for piece in kept.pieces if piece.is_message(what.message.source)), None)
    fresh = False
    if known is None:
        known = await _add(call, what, kept, wanted)
        await _follow(call, kept, known, standup, early=early)
        said = pick_messages.added(_kind(kept.update, wanted), what.kind, values)
    else:
        now = _as_it_is(what, known, wanted, reading_of(call.tx, kept))
        if now != known:
            await answering.change(call.tx, kept, now)
        if now.asked != known.asked or now.picked != known.picked:
            said = pick_messages.turned(values)
        else:
            said = pick_messages.there(_kind(kept.update, now.asked) if now.picked else None, values)
        known, fresh = now, now.text != known.text
    current = await store.one(call.tx, kept.update.standup, call.member.id, kept.update.date) or kept
    after = reading_of(call.tx, current)
    shown = "\n".join(part.text for _, part in after.of(known))
    follows = None if known.speaker else pick_messages.follows(direct=call.direct)
    notes = [each for each in (pick_messages.FRESH if fresh else None, follows) if each is not None]
    told = pick_messages.receipt(said, known, shown, standup.name, current.update.date, notes, len(after.open))
    here = await unreachable.answer_here(call, standup.name, current.update, after) if after.open else None
    return told + here if here is not None else told


def _as_it_is(what: Pick, known: Piece, wanted: int, reading: Reading) -> Piece:
    """Return a message that is in the update as it is to be: a blocker if it is marked, and in its present words."""
    if what.kind is Kind.BLOCKER and wanted != NOTE and _may_move(known, reading, wanted):
        known = replace(known, asked=wanted, picked=what.message.source.message_id)
    if known.picked and known.text.strip() != what.words.strip():
        known = replace(known, text=what.words)
    return known


def _position(update: Update, kind: Kind) -> int:
    """Return the question for blockers for one, if there is any; everything else is added without a question."""
    if kind is not Kind.BLOCKER:
        return NOTE
    return next((n for n, question in enumerate(update.questions) if question.kind is kind), NOTE)


def _kind(update: Update, position: int) -> Kind:
    return Kind.NOTE if position == NOTE else update.questions[position].kind


def _may_move(piece: Piece, reading: Reading, wanted: int) -> bool:
    """Whether all of a message is one answer that stands elsewhere; one with several, or with numbers, is left."""
    parts = reading.of(piece)
    whole = is_blank(piece.text) or piece.picked or (parts and parts[0][1].text == piece.text.strip())
    return bool(whole) and len({n for n, _ in parts} | {wanted}) == 2


async def _add(call: Call, what: Pick, kept: Kept, position: int) -> Piece:
    said = call.said
    speaker = "" if what.own else await _name(call, what.message)
    piece = Piece(position, what.words, said.attachments, said.source, said.at)
    piece = replace(piece, picked=what.message.source.message_id, speaker=speaker)
    return await store.add_answer(call.tx, kept.update, piece)


async def _name(call: Call, message: Picked) -> str:
    """What people call whoever wrote a message: as a member here, else by their account; in one line."""
    members = await call.tx.people.members_of_identity(message.author.identity)
    name = next((m.name for m in members if m.workspace == call.workspace.id), message.author.name)
    return " ".join(name.split())


async def _follow(call: Call, kept: Kept, piece: Piece, standup: Standup, *, early: bool) -> None:
    tx = call.tx
    latest = early or await store.is_last(tx, kept.update)
    now = replace(kept, pieces=(*kept.pieces, piece))
    update, after = await answering.follow(tx, kept, now, standup.name, latest=latest)
    await answering.requote_all(tx, standup, update, reading_of(tx, kept), after)
    if early and after.open:
        update = replace(update, reopened=update.reopened + 1)
        await store.save_update(tx, update)
        answering.say_so_far(tx, update, standup.name, after)
