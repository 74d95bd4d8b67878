"""What members say: answers, corrections and messages taken back, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.api import (
    Commanded,
    Conversation,
    Entry,
    Kind,
    MemberId,
    Message,
    OccurrenceState,
    Said,
    SourceDeleted,
    SourceEdited,
    State,
    Transaction,
    to_member,
)
from cogs.standup import entries, messages, pick_messages, receipt_messages, store, trial_messages, unreachable
from cogs.standup.answers import NOTE, Piece, Reading, is_blank, is_empty_form, names_question, without_command
from cogs.standup.planning import CLOSE, COG, CONVERSATION, REMIND, SNOOZE, close_key
from cogs.standup.prompting import conversation, day_timers, requote
from cogs.standup.records import Kept, Standup, Update
from cogs.standup.vocabulary import reading_of, vocabulary, written

MEMORY = timedelta(days=365)
"""How long ago a blocker may have been told last to count as still standing."""
KINDS = (Kind.DONE, Kind.NEXT, Kind.BLOCKER, Kind.ASK, Kind.NOTE)
STANDING = (State.OPEN, State.RESOLVED)


async def answer(tx: Transaction, asked: Conversation, said: Said) -> Message | None:
    """Take what a member says while their questions are open."""
    if "test" in asked.data:
        await tx.conversations.close(asked.member, asked.cog, asked.kind, asked.subject)
        return trial_messages.pressed("write", str(asked.data["test"]))
    found = await store.one(tx, asked.data["standup"], asked.member, date.fromisoformat(asked.data["date"]))
    if found is None:
        raise LookupError(f"conversation {asked.id} is about an update that was never asked for")
    phrases = vocabulary(tx.services.localizer).phrases(found.update.questions)
    text = without_command(said.text) if names_question(said.text, phrases) else None
    if said.at < found.update.asked and (earlier := await _meant_before(tx, found, said)):
        await take(tx, earlier, str(asked.data["team"]), said, text, latest=False)
    else:
        await take(tx, found, str(asked.data["team"]), said, text, latest=True)
    return None


async def _meant_before(tx: Transaction, found: Kept, said: Said) -> Kept | None:
    """The update before, if that is what was open when this was said (and read only after the next prompt)."""
    earlier = await store.before(tx, found.update)
    if earlier is None or earlier.update.skipped or said.at >= earlier.update.expires:
        return None
    return earlier if reading_of(tx, earlier).open else None


async def take(
    tx: Transaction,
    kept: Kept,
    team: str,
    said: Said,
    text: str | None = None,
    *,
    latest: bool,
    kind: Kind | None = None,
) -> None:
    """Add what a member said to an update, and say what comes next.

    `text` is what follows the command `update`, if it was said with that. `latest` says that the member was asked
    for no later date. `kind` says which question it answers, if not the open one; without such a question it is a note.
    """
    before = reading_of(tx, kept)
    position = before.open[0] if before.open else NOTE
    if kind is not None:
        position = next((n for n, question in enumerate(kept.update.questions) if question.kind is kind), NOTE)
    words = said.text if text is None else text
    phrases = vocabulary(tx.services.localizer).phrases(kept.update.questions)
    unsaid = is_blank(words) or is_empty_form(words, phrases, len(kept.update.questions), position)
    if unsaid and not said.attachments:
        hint = messages.empty_answer(kept.update.questions, position)
        tx.reply(hint, workspace=kept.update.workspace, kind="standup.hint")
        return
    piece = Piece(
        position, words, said.attachments, said.source, said.at, command=text is not None and not _kept_apart(tx)
    )
    piece = await store.add_answer(tx, kept.update, piece)
    opened = replace(kept.update, skipped=False)
    unseen = not kept.pieces and await unreachable.is_listed(tx, kept.update)
    update, after = await follow(tx, kept, Kept(opened, (*kept.pieces, piece)), team, latest=latest)
    if after.open and latest and unseen:  # they may only have come to open the conversation: show how it was taken
        update = replace(update, reopened=update.reopened + 1)
        await store.save_update(tx, update)
        say_so_far(tx, update, team, after)
    elif after.open and latest:
        say_next(tx, update, messages.question(update.questions, after.open[0]), piece.id)
    elif kept.update.receipts and after.complete and not _told_there(tx):
        say_next(tx, update, receipt_messages.added(team, update.date), piece.id)


def _kept_apart(tx: Transaction) -> bool:
    """Whether the words of the command are no part of the message, as with one that was picked from a menu."""
    return tx.cause is not None and isinstance(tx.cause.event, Commanded)


def _told_there(tx: Transaction) -> bool:
    """Whether the member, in a channel, waits for an answer that only they read: it says that something was added."""
    return tx.cause is not None and tx.cause.event.answer is not None and not tx.cause.direct


def say_next(tx: Transaction, update: Update, said: Message, turn: object) -> None:
    """Say the next thing to a member who is writing their update; `turn` tells one time from another."""
    tx.send(
        to_member(update.member),
        said,
        workspace=update.workspace,
        kind="standup.question",
        key=f"{update.post('question')}:{turn}",
        day=update.date,
        asked=True,
    )


def say_so_far(tx: Transaction, update: Update, team: str, reading: Reading) -> None:
    """Show a member once more what they have written; `update.reopened` has counted it."""
    said = receipt_messages.reopened(team, update.date, update.questions, reading)
    tx.send(
        to_member(update.member),
        said,
        workspace=update.workspace,
        kind="standup.question",
        key=_so_far(update, update.reopened),
        day=update.date,
        asked=True,
    )


def _so_far(update: Update, number: int) -> str:
    return f"{update.post('so-far')}:{number}"


async def edited(tx: Transaction, event: SourceEdited) -> None:
    """Read a changed message anew."""
    for kept, piece in await store.of_message(tx, event.member, event.source):
        text = without_command(event.text) if piece.command else event.text
        if text != piece.text:
            await change(tx, kept, replace(piece, text=text))


async def deleted(tx: Transaction, event: SourceDeleted) -> None:
    """Forget a message that was taken back."""
    for kept, piece in await store.of_message(tx, event.member, event.source):
        await take_out(tx, kept, piece)


async def change(tx: Transaction, kept: Kept, piece: Piece) -> None:
    """Let a message of an update say something else, or answer something else; all that quotes it follows."""
    await store.change_answer(tx, piece)
    await _revised(tx, kept, tuple(piece if p.id == piece.id else p for p in kept.pieces))


async def take_out(tx: Transaction, kept: Kept, piece: Piece) -> None:
    """Forget a message of an update, wherever it was quoted too."""
    await store.delete_answer(tx, piece)
    await _revised(tx, kept, tuple(p for p in kept.pieces if p.id != piece.id))


async def _revised(tx: Transaction, kept: Kept, pieces: tuple[Piece, ...]) -> None:
    standups = await store.standups(tx, [kept.update.standup])
    latest = await still_asked(tx, kept.update) and await store.is_last(tx, kept.update)
    standup, before = standups[kept.update.standup], reading_of(tx, kept)
    update, after = await follow(tx, kept, replace(kept, pieces=pieces), standup.name, latest=latest)
    await requote_all(tx, standup, update, before, after)


async def requote_all(tx: Transaction, standup: Standup, update: Update, before: Reading, after: Reading) -> None:
    """Bring what was quoted to the member themselves up to what they wrote now."""
    version = tx.cause.event.id if tx.cause else ""
    said = receipt_messages.reopened(standup.name, update.date, update.questions, after)
    for number in range(1, update.reopened + 1):
        post = _so_far(update, number)
        key = f"{post}:edit:{version}"
        tx.edit(post, said, workspace=update.workspace, kind="standup.question.edit", key=key)
    if _plans(update, before) != _plans(update, after):
        await requote(tx, standup, update, version)


def _plans(update: Update, reading: Reading) -> Sequence[str]:
    """What the next prompt quotes."""
    return [reading.text(n) for n, question in enumerate(update.questions) if question.kind is Kind.NEXT]


async def still_asked(tx: Transaction, update: Update) -> bool:
    """Whether the standup still asks its member anything: neither is it deleted, nor have they left the team."""
    teams = await tx.people.teams_of(update.member)
    return any(s.id == update.standup for s in await store.standups_of(tx, [team.id for team in teams]))


# --- what follows ---------------------------------------------------------------------------------------------


async def follow(tx: Transaction, was: Kept, now: Kept, team: str, *, latest: bool) -> tuple[Update, Reading]:
    """Bring the journal, the occurrence, timers, the open question and the receipt up to what was said.

    Returns the update as it is stored now, and its reading. The question that is open, and its reminder, are
    those of the `latest` update.
    """
    before, after, update = reading_of(tx, was), reading_of(tx, now), now.update
    stands, resolved, names = await _write(tx, update, before, after)
    await _settle(tx, update, before, after)
    if latest:
        await _keep_asking(tx, update, team, before, after)
    receipts = update.receipts + 1 if after.complete or update.receipts else 0
    update = replace(update, resolved=resolved, receipts=receipts)
    if receipts:
        late = bool(now.pieces) and now.pieces[-1].at >= update.ends
        if after.empty:
            text = receipt_messages.taken_back(team, update.date, latest and tx.now < update.ends)
        else:
            text = receipt_messages.receipt(team, update.date, update.questions, after, stands, names, late)
        _tell(tx, update, text)
    if update != was.update:
        await store.save_update(tx, update)
    return update, after


async def _write(
    tx: Transaction, update: Update, before: Reading, reading: Reading
) -> tuple[Sequence[Entry], frozenset[int], Mapping[MemberId, str]]:
    """Write entries; return those of this update, the earlier blockers it resolved, and the names of mates."""
    words, mates = vocabulary(tx.services.localizer), await _mates(tx, update, reading)

    def blank(kind: Kind, text: str) -> Entry:
        return Entry(update.workspace, update.team, update.member, update.date, kind, text, tx.now)

    names = entries.names_of(mates.items(), update.member)
    quoting = await _quoting(tx, update, reading)
    wanted = list(entries.drafts(reading, update.questions, words, names, blank, quoting))
    answered = any(_tells_all_blockers(update, reading, n) for n in reading.parts)
    earlier = await _earlier_blockers(tx, update) if answered or update.resolved else []
    wanted = entries.with_since(wanted, earlier)
    later, resolved = entries.settled(earlier, wanted, answered, update.resolved)
    moved = [(was, now) for was, now in zip(earlier, later, strict=True) if was != now]
    standing = [] if before.empty else await _standing(tx, update)
    after = entries.reconcile(standing, wanted)
    stood = await tx.journal.revise([*standing, *(was for was, _ in moved)], [*after, *(now for _, now in moved)])
    return stood[: len(after)], resolved, mates


def _tells_all_blockers(update: Update, reading: Reading, position: int) -> bool:
    """Whether a question for blockers is answered, so that what is not told again is over: a mark is one more."""
    if position == NOTE or update.questions[position].kind is not Kind.BLOCKER:
        return False
    return any(not part.piece.picked for part in reading.parts[position])


async def _quoting(tx: Transaction, update: Update, reading: Reading) -> Callable[[str, str], str]:
    """Return what makes an entry of somebody else's words: a sentence in the language that channels are written in."""
    if not any(part.piece.speaker for parts in reading.parts.values() for part in parts):
        return lambda speaker, words: words
    language = (await tx.people.workspace(update.workspace)).language
    return lambda speaker, words: written(tx, pick_messages.somebodys(speaker, words), language)


async def _mates(tx: Transaction, update: Update, reading: Reading) -> Mapping[MemberId, str]:
    """The names in the team, if anything said could name somebody."""
    if not any("@" in part.text for parts in reading.parts.values() for part in parts):
        return {}
    return {member.id: member.name for member in await tx.people.members_of_team(update.team)}


async def _standing(tx: Transaction, update: Update) -> Sequence[Entry]:
    found = await tx.journal.entries(
        team=update.team,
        authors=[update.member],
        dates=(update.date, update.date),
        kinds=KINDS,
        states=STANDING,
    )
    topics = {entries.TOPIC_NOTE, *(str(n + 1) for n in range(len(update.questions)))}
    return [entry for entry in found if entry.topic in topics]


async def _earlier_blockers(tx: Transaction, update: Update) -> Sequence[Entry]:
    yesterday = update.date - timedelta(days=1)
    found = await tx.journal.entries(
        team=update.team,
        authors=[update.member],
        dates=(update.date - MEMORY, yesterday),
        kinds=[Kind.BLOCKER],
        states=STANDING if update.resolved else [State.OPEN],
    )
    return [entry for entry in found if entry.state is State.OPEN or entry.id in update.resolved]


def _state(tx: Transaction, update: Update, reading: Reading) -> OccurrenceState:
    if not reading.empty:
        return OccurrenceState.ANSWERED
    if update.skipped:
        return OccurrenceState.SKIPPED
    return OccurrenceState.PROMPTED if tx.now < update.ends else OccurrenceState.LAPSED


async def _settle(tx: Transaction, update: Update, before: Reading, after: Reading) -> None:
    if before.empty and not after.empty and tx.now < update.ends:  # its end has nothing to note any more
        await tx.timers.cancel(COG, CLOSE, [close_key(update)])
    if before.empty and not after.empty:
        await unreachable.settled(tx, [update])
    if before.empty != after.empty:
        await tx.occurrences.settle(update.subject, update.member, update.date, _state(tx, update, after))


async def _keep_asking(tx: Transaction, update: Update, team: str, before: Reading, after: Reading) -> None:
    """Stop what is not needed any more; take up again what is."""
    if after.complete:
        await tx.conversations.close(update.member, COG, CONVERSATION, str(update.standup))
        if not before.complete:
            await tx.timers.cancel(COG, REMIND, [update.timer])
            if update.snoozed:
                await tx.timers.cancel(COG, SNOOZE, [update.timer])
    elif not update.skipped and (before.complete or (after.empty and not before.empty)):
        await resume(tx, update, team, after)


async def resume(tx: Transaction, update: Update, team: str, reading: Reading) -> None:
    """Take answers again, and remind and close as on any day, as far as there is time left."""
    if tx.now < update.expires:
        await tx.conversations.open(conversation(update, team))
    if reading.open:
        await tx.timers.set(day_timers(update, update.asked, tx.now))


def _tell(tx: Transaction, update: Update, text: Message) -> None:
    """Send the receipt, or bring the one that was sent up to date."""
    post = update.post("receipt")
    if update.receipts > 1:
        key = f"{post}:{update.receipts}"
        tx.edit(post, text, workspace=update.workspace, kind="standup.receipt", key=key)
        return
    tx.send(
        to_member(update.member),
        text,
        workspace=update.workspace,
        kind="standup.receipt",
        key=post,
        day=update.date,
        asked=True,
    )
