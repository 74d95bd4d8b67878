"""Prompts: the job that takes a whole batch of due timers, and what a prompt sets in motion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.api import (
    Conversation,
    Entry,
    Kind,
    Member,
    MemberId,
    Message,
    Occurrence,
    OccurrenceState,
    Person,
    Shift,
    State,
    Timer,
    Transaction,
    to_member,
)
from cogs.standup import domain, messages, store
from cogs.standup.missed import note_missed
from cogs.standup.planning import CLOSE, COG, CONVERSATION, REMIND, close_key, prompt_timer, timer_date
from cogs.standup.records import Standup, Status, Update

PLANS = timedelta(days=7)
"""How far back a prompt looks for what the member planned to do."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A member to prompt: the local date and its shift, and when that is due."""

    standup: Standup
    member: Member
    ask: domain.Ask
    shift: Shift


async def prompt(tx: Transaction, due: Sequence[Timer]) -> None:
    """Prompt each member for the local date of their timer, or note what was missed, and set the next timers."""
    standups = await store.standups(tx, (timer.data["standup"] for timer in due))
    members = await tx.people.members({timer.member for timer in due if timer.member is not None})
    times = await tx.people.working_times(members.values())
    askings: list[Asking] = []
    over: list[tuple[Standup, Member, domain.Ask]] = []
    timers: list[Timer] = []
    for timer in due:
        standup = standups.get(timer.data["standup"])
        member = members.get(timer.member) if timer.member is not None else None
        if standup is None or standup.status is not Status.ACTIVE or member is None or not member.active:
            continue
        working = times[member.id]
        turn = domain.turn(standup.schedule, working, timer_date(timer), timer.due, tx.now)
        over += [(standup, member, missed) for missed in turn.missed]
        if turn.ask and (shift := working.shift(turn.ask.date)):
            askings.append(Asking(standup, member, turn.ask, shift))
        if turn.next:
            timers.append(prompt_timer(standup, member, turn.next))
    await ask(tx, askings, timers)
    await note_missed(tx, over)


async def ask(tx: Transaction, askings: Sequence[Asking], timers: Sequence[Timer] = ()) -> Sequence[Asking]:
    """Prompt for every local date that nobody was prompted for yet; return those. Sets `timers` besides its own."""
    claims = {(a.standup.subject, a.member.id, a.ask.date): a for a in askings}
    claimed = await tx.occurrences.claim(
        [
            Occurrence(a.standup.workspace, subject, member, day, OccurrenceState.PROMPTED, a.ask.due, a.ask.late)
            for (subject, member, day), a in claims.items()
        ]
    )
    fresh = [claims[o.subject, o.member, o.date] for o in claimed]
    for a, said in zip(fresh, await written(tx, fresh), strict=True):
        update = update_of(a, tx.now)
        tx.send(
            to_member(a.member.id),
            said,
            workspace=a.standup.workspace,
            kind="standup.prompt",
            key=update.post("prompt"),
            day=a.ask.date,
            asked=False,
            first=True,
            expires=update.ends,
        )
    await open_updates(tx, fresh, tx.now, timers)
    return fresh


async def requote(tx: Transaction, standup: Standup, changed: Update, version: str) -> None:
    """Bring later prompts, which may quote the plans of an update, up to what the member wrote there now."""
    later = await store.after(tx, changed, changed.date + PLANS)
    if not later:
        return
    member = await tx.people.member(changed.member)
    dates = (later[0].date, later[-1].date)
    known = {o.date: o for o in await tx.occurrences.find(changed.subject, members=[member.id], dates=dates)}
    askings = []
    for update in later:
        ask = domain.Ask(update.date, known[update.date].due, known[update.date].late)
        shift = Shift(update.date, update.asked, update.ends)
        askings.append(Asking(replace(standup, questions=update.questions), member, ask, shift))
    for update, said in zip(later, await written(tx, askings), strict=True):
        post = update.post("prompt")
        key = f"{post}:edit:{version}"
        tx.edit(post, said, workspace=update.workspace, kind="standup.prompt.edit", key=key)


async def written(tx: Transaction, askings: Sequence[Asking]) -> Sequence[Message]:
    """The prompts, in the order of the askings."""
    plans = await _plans(tx, askings)
    several = await _in_several(tx, askings)
    return [
        messages.prompt(
            a.standup.name,
            Person(a.member.id, a.member.name),
            a.standup.questions,
            plans.get((a.standup.id, a.member.id, a.ask.date), ()),
            a.ask.due if a.ask.late else None,
            a.member.id in several,
            a.ask.date,
        )
        for a in askings
    ]


def update_of(a: Asking, asked: datetime) -> Update:
    """The update that an asking opens at an instant."""
    return Update(
        a.standup.workspace,
        a.standup.id,
        a.standup.team,
        a.member.id,
        a.ask.date,
        a.standup.questions,
        asked,
        a.shift.end,
        a.shift.end + domain.PATIENCE,
    )


async def open_updates(tx: Transaction, fresh: Sequence[Asking], asked: datetime, timers: Sequence[Timer] = ()) -> None:
    """Store the updates of claimed dates, open their questions, and set the timers of their day."""
    updates = [update_of(a, asked) for a in fresh]
    await store.add_updates(tx, updates)
    await tx.conversations.open(
        *(conversation(update, a.standup.name) for update, a in zip(updates, fresh, strict=True))
    )
    own = [timer for update in updates for timer in day_timers(update, update.asked, tx.now)]
    await tx.timers.set([*timers, *own])


def conversation(update: Update, team: str) -> Conversation:
    """The open question of an update; the next one of its standup takes its place."""
    data = {"standup": update.standup, "date": update.date.isoformat(), "team": team}
    return Conversation(
        0,
        update.workspace,
        update.member,
        COG,
        CONVERSATION,
        str(update.standup),
        messages.label(team),
        data,
        update.expires,
    )


def day_timers(update: Update, asked: datetime, now: datetime) -> list[Timer]:
    """The reminder, counted from when it was last asked for, and the day's end; as far as they are to come."""
    at = domain.remind_at(asked, update.ends)
    found = [timer_of(update, REMIND, at)] if at is not None and at > now else []
    return [*found, close_timer(update)] if update.ends > now else found


def close_timer(update: Update) -> Timer:
    """The timer of the day's end."""
    return timer_of(update, CLOSE, update.ends)


def timer_of(update: Update, job: str, at: datetime) -> Timer:
    """A timer about an update."""
    key = close_key(update) if job == CLOSE else update.timer
    data = {"standup": update.standup, "date": update.date.isoformat()}
    return Timer(COG, job, key, at, update.workspace, update.member, data)


async def _plans(tx: Transaction, askings: Sequence[Asking]) -> Mapping[tuple[int, MemberId, date], Sequence[Entry]]:
    """What each member planned in their last update before a date, by standup, member and date."""
    if not askings:
        return {}
    days = [a.ask.date for a in askings]
    found = await tx.journal.entries(
        authors={a.member.id for a in askings},
        dates=(min(days) - PLANS, max(days) - timedelta(days=1)),
        kinds=[Kind.NEXT],
        states=[State.OPEN],
    )
    by: dict[tuple[int, MemberId], list[Entry]] = {}
    for entry in found:
        by.setdefault((entry.team, entry.author), []).append(entry)
    plans: dict[tuple[int, MemberId, date], Sequence[Entry]] = {}
    for a in askings:
        earlier = [e for e in by.get((a.standup.team, a.member.id), ()) if a.ask.date - PLANS <= e.date < a.ask.date]
        last = max((e.date for e in earlier), default=None)
        plans[a.standup.id, a.member.id, a.ask.date] = [e for e in earlier if e.date == last]
    return plans


async def _in_several(tx: Transaction, askings: Sequence[Asking]) -> frozenset[MemberId]:
    """Those among the members whom more than one standup asks, now or in the days before."""
    members = {a.member.id for a in askings if a.standup.company}
    if not members:
        return frozenset()
    asked = {(a.standup.id, a.member.id) for a in askings}
    asked |= await store.asked_since(tx, members, min(a.ask.date for a in askings) - PLANS)
    counts = Counter(member for _, member in asked)
    return frozenset(member for member, count in counts.items() if count > 1)
