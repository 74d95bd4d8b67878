"""The jobs after the prompt: the reminder, the snoozed question and the day's end. Each takes a whole batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.api import OccurrenceState, Timer, Transaction, to_member, to_micros
from cogs.standup import messages, store, unreachable
from cogs.standup.answers import Reading
from cogs.standup.planning import timer_date
from cogs.standup.records import Kept, Update
from cogs.standup.vocabulary import reading_of


async def remind(tx: Transaction, due: Sequence[Timer]) -> None:
    """Remind, once, those whose update is open, if they are at work."""
    found = [(k, r) for k, r in await _of(tx, due) if r.open and not k.update.skipped and tx.now < k.update.ends]
    members = await tx.people.members({k.update.member for k, _ in found})
    times = await tx.people.working_times(members.values())
    names = await _names(tx, [k.update for k, _ in found])
    for k, reading in found:
        update = k.update
        if not times[update.member].is_working(tx.now):
            continue
        tx.send(
            to_member(update.member),
            messages.reminder(names[update.standup], update.date, update.questions, reading.open, update.ends),
            workspace=update.workspace,
            kind="standup.reminder",
            key=update.post("reminder"),
            day=update.date,
            asked=False,
            expires=update.ends,
        )


async def ask_again(tx: Transaction, due: Sequence[Timer]) -> None:
    """Ask again after a snooze, if anything is still open."""
    found = [(k, r) for k, r in await _of(tx, due) if r.open and not k.update.skipped and tx.now < k.update.ends]
    names = await _names(tx, [k.update for k, _ in found])
    for k, reading in found:
        update = k.update
        until = to_micros(update.snoozed) if update.snoozed else 0
        tx.send(
            to_member(update.member),
            messages.snoozed_again(names[update.standup], update.date, update.questions, reading.open),
            workspace=update.workspace,
            kind="standup.snoozed",
            key=f"{update.post('snoozed')}:{until}",
            day=update.date,
            asked=True,
            expires=update.ends,
        )


async def close(tx: Transaction, due: Sequence[Timer]) -> None:
    """At the day's end, note who has not answered: lapsed, or excused if they took leave meanwhile."""
    found = await _of(tx, due)
    await unreachable.settled(tx, [k.update for k, _ in found])
    silent = [k.update for k, reading in found if reading.empty and not k.update.skipped]
    members = await tx.people.members({update.member for update in silent})
    times = await tx.people.working_times(members.values())
    for update in silent:
        working = times.get(update.member)
        off = working is not None and working.shift(update.date) is None
        state = OccurrenceState.EXCUSED if off else OccurrenceState.LAPSED
        await tx.occurrences.settle(
            update.subject, update.member, update.date, state, only_from=[OccurrenceState.PROMPTED]
        )


async def _of(tx: Transaction, due: Sequence[Timer]) -> Sequence[tuple[Kept, Reading]]:
    """The updates that timers are about, with what was answered."""
    keys = {(timer.data["standup"], timer.member, timer_date(timer)) for timer in due}
    found = await store.kept(
        tx,
        {standup for standup, _, _ in keys},
        {member for _, member, _ in keys if member is not None},
        {day for _, _, day in keys},
    )
    return [(k, reading_of(tx, k)) for k in found if (k.update.standup, k.update.member, k.update.date) in keys]


async def _names(tx: Transaction, updates: Sequence[Update]) -> Mapping[int, str]:
    """The teams' names, by standup."""
    if not updates:
        return {}
    found = await store.standups(tx, (update.standup for update in updates))
    return {id_: standup.name for id_, standup in found.items()}
