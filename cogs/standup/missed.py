"""What happens when local dates passed without a prompt: they are recorded, and nobody is left to wonder.

What is missed waits in a timer, one for each member of a standup and one for each owner, until they are at work. So
all that was missed until then is told in one message, and nothing of what was answered meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.api import (
    Expired,
    Member,
    MemberId,
    Occurrence,
    OccurrenceState,
    Person,
    Timer,
    Transaction,
    Unsent,
    WorkingTime,
    WorkspaceId,
    to_member,
)
from cogs.standup import domain, messages, store, unreachable
from cogs.standup.planning import CLOSE, COG, CONVERSATION, MISSED, MISSED_OWNER, REMIND, SNOOZE, close_key
from cogs.standup.records import Standup, Update

LOOK_AGAIN = timedelta(days=1)
"""How long to wait for somebody who has no working time ahead."""


@dataclass(frozen=True, slots=True, order=True)
class Miss:
    """A member who was not asked for a local date; `unsent` if the prompt was made, and did not get through in time."""

    standup: int
    member: MemberId
    day: date
    unsent: bool = False

    @property
    def claim(self) -> tuple[str, MemberId, date]:
        """What names its occurrence."""
        return f"standup:{self.standup}", self.member, self.day


# --- what was missed ------------------------------------------------------------------------------------------


async def note_missed(tx: Transaction, over: Sequence[tuple[Standup, Member, domain.Ask]]) -> None:
    """Record the local dates that passed without a prompt, and have those concerned told."""
    if not over:
        return
    standups = {standup.subject: standup for standup, _, _ in over}
    claimed = await tx.occurrences.claim(
        [
            Occurrence(s.workspace, s.subject, m.id, missed.date, OccurrenceState.MISSED, missed.due)
            for s, m, missed in over
        ]
    )
    await _have_told(tx, standups.values(), [Miss(standups[o.subject].id, o.member, o.date) for o in claimed])


async def expired(tx: Transaction, event: Expired) -> None:
    """Count prompts that did not get through on their day as missed, and ask nothing more for them."""
    prompts = [row for row in event.messages if row.kind == "standup.prompt"]
    if not prompts:
        return
    standups = await store.standups(tx, {_miss(row).standup for row in prompts})
    members = await tx.people.members({row.member for row in prompts if row.member is not None})
    times = await tx.people.working_times(members.values())
    asked = await unreachable.asked_there(tx, {(m.standup, m.member, m.day) for m in map(_miss, prompts)})
    missed = []
    for miss in (_miss(row) for row in prompts):
        if (miss.standup, miss.member, miss.day) in asked:  # in a channel: unanswered, not missed
            continue
        kept = await store.one(tx, miss.standup, miss.member, miss.day)
        if kept is None or not members[miss.member].active:
            continue
        off = times[miss.member].shift(miss.day) is None
        state = OccurrenceState.EXCUSED if off else OccurrenceState.MISSED
        unanswered = [OccurrenceState.PROMPTED, OccurrenceState.LAPSED]
        if await tx.occurrences.settle(*miss.claim, state, only_from=unanswered):
            await _ask_no_more(tx, kept.update)
            missed += [] if off else [miss]
    await _have_told(tx, standups.values(), missed)


def _miss(row: Unsent) -> Miss:
    """What a dropped prompt means; its key was made by `Update.post`."""
    _standup, standup, _prompt, member, day = row.key.split(":")
    return Miss(int(standup), MemberId(int(member)), date.fromisoformat(day), unsent=True)


async def _ask_no_more(tx: Transaction, update: Update) -> None:
    await tx.timers.cancel(COG, CLOSE, [close_key(update)])
    if await store.is_last(tx, update):
        for job in (REMIND, SNOOZE):
            await tx.timers.cancel(COG, job, [update.timer])
        await tx.conversations.close(update.member, COG, CONVERSATION, str(update.standup))


# --- who is told ----------------------------------------------------------------------------------------------


async def _have_told(tx: Transaction, standups: Iterable[Standup], missed: Sequence[Miss]) -> None:
    """Set the timers of the members and their teams' owners, besides what these timers were to tell before."""
    if not missed:
        return
    by_id = {standup.id: standup for standup in standups}
    workspaces = dict.fromkeys(standup.workspace for standup in by_id.values())
    owners = {team.id: team.owner for workspace in workspaces for team in await tx.people.teams(workspace)}
    members: dict[tuple[str, str], set[Miss]] = {}
    whose: dict[tuple[str, str], tuple[WorkspaceId, MemberId]] = {}
    for miss in missed:
        standup = by_id[miss.standup]
        told = [(MISSED, standup.key(miss.member), miss.member)]
        if (owner := owners.get(standup.team)) is not None:
            told.append((MISSED_OWNER, str(owner), owner))
        for job, key, member in told:
            members.setdefault((job, key), set()).add(miss)
            whose[job, key] = (standup.workspace, member)
    for job in (MISSED, MISSED_OWNER):
        for timer in await tx.timers.find(COG, job, [key for of, key in members if of == job]):
            members[job, timer.key].update(_told_by(timer))
    people = await tx.people.members({member for _, member in whose.values()})
    times = await tx.people.working_times(people.values())
    await tx.timers.set(
        [
            _timer(job, key, *whose[job, key], theirs, _at_work(times[whose[job, key][1]], tx.now))
            for (job, key), theirs in members.items()
        ]
    )


def _at_work(working: WorkingTime, now: datetime) -> datetime:
    """When somebody is at work: now, or the next time."""
    return now if working.is_working(now) else working.next_start(now) or now + LOOK_AGAIN


def _timer(job: str, key: str, workspace: WorkspaceId, member: MemberId, missed: Iterable[Miss], at: datetime) -> Timer:
    data = [[m.standup, m.member, m.day.isoformat(), m.unsent] for m in sorted(missed)]
    return Timer(COG, job, key, at, workspace, member, {"missed": data})


def _told_by(timer: Timer) -> list[Miss]:
    listed: Sequence[Sequence[Any]] = timer.data["missed"]
    return [Miss(standup, MemberId(member), date.fromisoformat(day), unsent) for standup, member, day, unsent in listed]


# --- telling them ---------------------------------------------------------------------------------------------


async def tell(tx: Transaction, due: Sequence[Timer]) -> None:
    """Tell members who are at work of the local dates that they were not asked for and have not answered since."""
    for timer, missed in await _still_missed(tx, due):
        standup = (await store.standups(tx, [missed[0].standup]))[missed[0].standup]
        down = [miss.day for miss in missed if not miss.unsent]
        unsent = [miss.day for miss in missed if miss.unsent]
        member = missed[0].member
        tx.send(
            to_member(member),
            messages.missed(standup.name, down, unsent),
            workspace=timer.workspace,
            kind="standup.missed",
            key=f"standup:{standup.id}:missed:{member}:{missed[0].day.isoformat()}",
            day=missed[-1].day,
            asked=False,
        )


async def tell_owner(tx: Transaction, due: Sequence[Timer]) -> None:
    """Tell owners who are at work, in one message each, who of their teams was not asked, and has not answered."""
    for timer, missed in await _still_missed(tx, due):
        assert timer.member is not None
        standups = await store.standups(tx, {miss.standup for miss in missed})
        members = await tx.people.members({miss.member for miss in missed})
        by: dict[tuple[str, str, int, MemberId], list[date]] = {}
        for miss in missed:
            names = standups[miss.standup].name.casefold(), members[miss.member].name.casefold()
            by.setdefault((*names, miss.standup, miss.member), []).append(miss.day)
        shown = [
            (standups[standup].name, Person(member, members[member].name), days)
            for (_, _, standup, member), days in sorted(by.items())
        ]
        first = missed[0]
        tx.send(
            to_member(timer.member),
            messages.missed_admin(shown, unsent=any(miss.unsent for miss in missed)),
            workspace=timer.workspace,
            kind="standup.missed.admin",
            key=f"standup:{first.standup}:missed.admin:{timer.member}:{first.member}:{first.day.isoformat()}",
            asked=False,
        )


async def _still_missed(tx: Transaction, due: Sequence[Timer]) -> list[tuple[Timer, list[Miss]]]:
    """What is to be told now, earliest date first; whoever is not at work is told when they are."""
    recipients = await tx.people.members({timer.member for timer in due if timer.member is not None})
    times = await tx.people.working_times(recipients.values())
    now, later = [], []
    for timer in due:
        recipient = recipients.get(timer.member) if timer.member is not None else None
        if recipient is None or not recipient.active:
            continue
        if (at := _at_work(times[recipient.id], tx.now)) > tx.now:
            later.append(replace(timer, due=at))
        else:
            now.append((timer, _told_by(timer)))
    await tx.timers.set(later)
    stands = await _missed(tx, [miss for _, missed in now for miss in missed])
    told = [(timer, sorted((m for m in missed if m.claim in stands), key=_by_date)) for timer, missed in now]
    return [(timer, missed) for timer, missed in told if missed]


def _by_date(miss: Miss) -> tuple[date, Miss]:
    return miss.day, miss


async def _missed(tx: Transaction, missed: Sequence[Miss]) -> set[tuple[str, MemberId, date]]:
    """Which of these dates still count as missed."""
    if not missed:
        return set()
    days = [miss.day for miss in missed]
    found = await tx.occurrences.find(None, members={m.member for m in missed}, dates=(min(days), max(days)))
    return {(o.subject, o.member, o.date) for o in found if o.state is OccurrenceState.MISSED}
