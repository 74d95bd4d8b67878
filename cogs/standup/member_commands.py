"""The commands by which members skip, snooze and write their own updates, at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.api import (
    N_,
    Call,
    Kind,
    Message,
    Occurrence,
    OccurrenceState,
    Rest,
    Shift,
    Team,
    WorkingTime,
    command,
    due,
)
from cogs.standup import (
    answering,
    domain,
    messages,
    picking,
    receipt_messages,
    refusals,
    schedule_messages,
    store,
    unreachable,
)
from cogs.standup.answers import NOTE, Reading, is_blank
from cogs.standup.planning import CLOSE, COG, CONVERSATION, PROMPT, REMIND, SNOOZE, close_key, plan
from cogs.standup.prompting import Asking, open_updates, timer_of
from cogs.standup.records import Kept, Standup
from cogs.standup.vocabulary import reading_of

HISTORY = timedelta(days=14)


@dataclass(frozen=True)
class Desk:
    """One of the caller's standups: the date at hand (None: none is near), and what was said for it so far."""

    standup: Standup
    working: WorkingTime
    date: date | None
    ends: datetime | None
    kept: Kept | None
    reading: Reading | None

    @property
    def open(self) -> bool:
        """Whether it was asked for, and neither answered whole nor skipped."""
        return bool(self.kept and not self.kept.update.skipped and self.reading and self.reading.open)

    def ahead(self, now: datetime) -> bool:
        """Whether it is still to be asked for."""
        return self.kept is None and self.ends is not None and now < self.ends


@command("skip", help=N_("Skip today's update"), example="skip")
async def skip(call: Call, team: Team | None = None) -> Message:
    """Leave an update out, asked for already or not."""
    desks = await desks_of(call, team)
    desk = choose([d for d in desks if d.open] or [d for d in desks if d.ahead(call.said.at)], "skip")
    if desk is None or desk.date is None:
        raise messages.nothing_to_skip(await next_of(call, desks))
    _is_about(call, desk)
    tx, standup = call.tx, desk.standup
    if desk.kept is None:
        shift = _shift(desk, desk.date)
        await tx.occurrences.claim([_claim(call, desk, shift, OccurrenceState.SKIPPED)])
        await tx.occurrences.settle(standup.subject, call.member.id, shift.date, OccurrenceState.SKIPPED)
        await plan(tx, standup, [call.member])
        return messages.skipped(standup.name, shift.date, partly=False)
    update = desk.kept.update
    partly = bool(desk.reading and not desk.reading.empty)
    await unreachable.settled(tx, [update])
    await store.save_update(tx, replace(update, skipped=True))
    if not partly:
        await tx.occurrences.settle(update.subject, update.member, update.date, OccurrenceState.SKIPPED)
    await tx.timers.cancel(COG, CLOSE, [close_key(update)])
    for job in (REMIND, SNOOZE):
        await tx.timers.cancel(COG, job, [update.timer])
    await tx.conversations.close(update.member, COG, CONVERSATION, str(standup.id))
    return messages.skipped(standup.name, update.date, partly)


@command("snooze", help=N_("Be asked again later today"), example="snooze 1h")
async def snooze(call: Call, length: timedelta = timedelta(hours=1), team: Team | None = None) -> Message:
    """Ask again after five minutes at the least, and before the day's end."""
    desks = await desks_of(call, team)
    desk = choose([d for d in desks if d.open], f"snooze {_minutes(length)}")
    if desk is None or desk.kept is None:
        raise messages.nothing_to_snooze(await next_of(call, desks))
    _is_about(call, desk)
    tx, update = call.tx, desk.kept.update
    latest = update.ends - tx.now - domain.LEAST_SNOOZE
    whole = timedelta(minutes=latest // timedelta(minutes=1))
    if not domain.LEAST_SNOOZE <= length <= whole:
        raise messages.bad_snooze(length, whole if whole >= domain.LEAST_SNOOZE else None, update.ends)
    until = tx.now + length
    snoozed = replace(update, snoozed=until)
    await store.save_update(tx, snoozed)
    again = domain.remind_at(until, update.ends)
    timers = [timer_of(snoozed, SNOOZE, until)]
    if again is not None and again > tx.now:
        timers.append(timer_of(snoozed, REMIND, again))
    else:
        await tx.timers.cancel(COG, REMIND, [update.timer])
    await tx.timers.set(timers)
    return messages.snoozed(desk.standup.name, until)


@command(
    "update",
    help=N_("Write today's update, or add to it, whenever you like"),
    example="update 2. the docs",
    menu=N_("Add to my update"),
    options={"text": N_("What to add; the questions are shown again if you leave it out")},
)
async def update(call: Call, text: Rest | None = None) -> Message | None:
    """Open today's questions (again), or take the text as an answer; before the prompt too, which then stays out."""
    return await _add(call, text, "update")


@command(
    "blocker",
    help=N_("Add to today's update what is in your way"),
    example="blocker the staging keys are missing",
    menu=N_("Mark as blocker"),
    options={"text": N_("What is in your way")},
)
async def blocker(call: Call, text: Rest) -> Message | None:
    """Take the text as an answer to the question for blockers, whichever is open."""
    return await _add(call, text, "blocker", Kind.BLOCKER)


async def _add(call: Call, text: str | None, command_words: str, kind: Kind | None = None) -> Message | None:
    desks = await desks_of(call, None)
    what = picking.picked(call, text or "", kind or Kind.NOTE)
    if what is not None:  # what a message begins with names no team; the choice of one, or where it was picked, may
        chosen = _named_team([d.standup.name for d in desks], text or "")[0] if picking.is_choice(call) else None
        named, words = chosen or await _team_here(call), what.words
    else:
        named, words = _named_team([d.standup.name for d in desks], text or "")
    if named is not None:
        desks = [d for d in desks if d.standup.name == named] or desks
    around = [d for d in desks if d.date is not None]
    if not around:
        raise messages.no_update_due(await next_of(call, desks))
    if what is not None and is_blank(words) and not call.said.attachments:
        return messages.empty_answer((), NOTE)
    rest = " …" if words else ""  # not what they wrote: nothing would change it when they take that back
    desk = choose([d for d in around if d.open] or around, command_words, rest, picked=what is not None)
    assert desk is not None
    kept = desk.kept or await open_early(call, desk)
    if what is not None:
        return await picking.pick(call, what, kept, desk.standup, early=desk.kept is None)
    if not words and not call.said.attachments:
        return await reopen(call, desk.standup, kept)
    latest = desk.kept is None or await store.is_last(call.tx, kept.update)
    if kept.update.skipped and latest:
        again = replace(kept.update, skipped=False)
        await answering.resume(call.tx, again, desk.standup.name, reading_of(call.tx, kept))
    await answering.take(call.tx, kept, desk.standup.name, call.said, words, latest=latest, kind=kind)
    if call.direct:
        return None
    now = await store.one(call.tx, kept.update.standup, call.member.id, kept.update.date) or kept
    after = reading_of(call.tx, now)
    here = await unreachable.answer_here(call, desk.standup.name, now.update, after)
    if here is None and call.private and kept.update.receipts and after.complete:
        return receipt_messages.added(desk.standup.name, now.update.date)
    return here or receipt_messages.in_our_chat()


@command(
    "standup mine", help=N_("See how your own updates of the last two weeks stand"), example="standup mine", read=True
)
async def mine(call: Call) -> Message:
    """List the caller's local dates by team, where nobody else reads along."""
    if not call.private:
        raise refusals.only_in_private()
    teams = await call.tx.people.teams_of(call.member.id)
    standups = await store.standups_of(call.tx, [t.id for t in teams])
    if not standups:
        raise messages.no_standup(len(teams))
    today = (await call.tx.people.working_time(call.member)).local_date(call.tx.now)
    found = [
        (s, await call.tx.occurrences.find(s.subject, members=[call.member.id], dates=(today - HISTORY, today)))
        for s in standups
    ]
    return schedule_messages.history([(s.name, [(o.date, o.state) for o in own]) for s, own in found])


def _is_about(call: Call, desk: Desk) -> None:
    """Refuse a choice that stands under the prompt of another date than the one at hand."""
    if call.said.about is not None and call.said.about != desk.date:
        raise messages.of_another_date(call.said.about)


# --- which update ---------------------------------------------------------------------------------------------


async def desks_of(call: Call, team: Team | None) -> Sequence[Desk]:
    """The caller's standups (or one team's), each with the date that is at hand."""
    tx = call.tx
    teams = await tx.people.teams_of(call.member.id)
    if team is not None and team.id not in [t.id for t in teams]:
        raise messages.not_in(team.name)
    standups = await store.standups_of(tx, [t.id for t in teams if team is None or t.id == team.id])
    if not standups:
        raise messages.no_standup(len(teams))
    working = await tx.people.working_time(call.member)
    at = call.said.at  # not now: it may be read only after a downtime, when another date is at hand
    shift = working.current(at)
    days = {s.id: domain.date_for(s.schedule, working, at) for s in standups}
    wanted = {day for day in days.values() if day} | ({shift.date} if shift else set())
    found = await store.kept(tx, [s.id for s in standups], [call.member.id], wanted) if wanted else ()
    by = {(k.update.standup, k.update.date): k for k in found}
    desks = []
    for standup in standups:
        day = days[standup.id]
        if shift and (standup.id, shift.date) in by:  # asked by `standup now` on a day that is not the standup's
            day = shift.date
        its = working.shift(day) if day else None
        if its is None or its.end <= standup.created:
            desks.append(Desk(standup, working, None, None, None, None))
            continue
        kept = by.get((standup.id, its.date))
        desks.append(Desk(standup, working, its.date, its.end, kept, reading_of(tx, kept) if kept else None))
    return desks


def choose(desks: Sequence[Desk], words: str, rest: str = "", *, picked: bool = False) -> Desk | None:
    """Return the only one; None if there is none. Raises BadInput, which asks for the team, if there are several."""
    if len(desks) > 1:
        names = [d.standup.name for d in desks]
        raise messages.which_team_of(words, names) if picked else messages.which_team(words, names, rest)
    return desks[0] if desks else None


async def _team_here(call: Call) -> str | None:
    """The team in whose channel, or in a thread of it, the command was used."""
    channel = await call.tx.people.channel_at(call.place.channel)
    team = await call.tx.people.team(channel.team) if channel is not None else None
    return team.name if team is not None else None


def _named_team(teams: Sequence[str], text: str) -> tuple[str | None, str]:
    """Take a team's name off the front of a text, where the caller has several to name."""
    if len(teams) > 1:
        for team in sorted(teams, key=len, reverse=True):
            for written in (f'"{team}"', team):
                rest = text[len(written) :]
                if text.casefold().startswith(written.casefold()) and not rest[:1].isalnum():
                    return team, rest.removeprefix(":").strip()
    return None, text


def _minutes(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


async def next_of(call: Call, desks: Sequence[Desk]) -> datetime | None:
    """When the caller is asked next by any of them."""
    keys = [d.standup.key(call.member.id) for d in desks]
    found = await call.tx.timers.find(COG, PROMPT, keys)
    return min((timer.due for timer in found), default=None)


# --- early and again ------------------------------------------------------------------------------------------


def _shift(desk: Desk, day: date) -> Shift:
    shift = desk.working.shift(day)
    if shift is None:
        raise LookupError(f"no shift on {day}, for which an update was due")
    return shift


def _claim(call: Call, desk: Desk, shift: Shift, state: OccurrenceState) -> Occurrence:
    at = due(desk.standup.schedule, shift.date, desk.working) or shift.start
    return Occurrence(desk.standup.workspace, desk.standup.subject, call.member.id, shift.date, state, at)


async def open_early(call: Call, desk: Desk) -> Kept:
    """Take the date's update before its prompt, which then stays out; or after it was skipped or missed."""
    tx, standup = call.tx, desk.standup
    assert desk.date is not None
    shift = _shift(desk, desk.date)
    fresh = await tx.occurrences.claim([_claim(call, desk, shift, OccurrenceState.PROMPTED)])
    if not fresh:
        await tx.occurrences.settle(standup.subject, call.member.id, shift.date, OccurrenceState.PROMPTED)
    await plan(tx, standup, [call.member])
    at = due(standup.schedule, shift.date, desk.working) or shift.start
    asking = Asking(standup, call.member, domain.Ask(shift.date, at, False), shift)
    await open_updates(tx, [asking], call.said.at)  # not now: what they say next may be waiting already
    kept = await store.one(tx, standup.id, call.member.id, shift.date)
    assert kept is not None
    return kept


async def reopen(call: Call, standup: Standup, kept: Kept) -> Message | None:
    """Take an update up again, with what was written so far shown in our direct chat."""
    reading = reading_of(call.tx, kept)
    update = replace(kept.update, skipped=False, reopened=kept.update.reopened + 1)
    await store.save_update(call.tx, update)
    if kept.update.skipped and reading.empty:
        await call.tx.occurrences.settle(update.subject, update.member, update.date, OccurrenceState.PROMPTED)
    await answering.resume(call.tx, update, standup.name, reading)
    here = await unreachable.answer_here(call, standup.name, update, reading)
    if here is None:
        answering.say_so_far(call.tx, update, standup.name, reading)
    return None if call.direct else here or receipt_messages.in_our_chat()
