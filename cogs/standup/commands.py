"""The commands by which administrators set up standups, and everyone sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from functools import partial

from bot.api import (
    N_,
    WORKDAYS,
    Call,
    Kind,
    Member,
    MemberId,
    Message,
    NotAllowed,
    Occurrence,
    OccurrenceState,
    Rest,
    Schedule,
    Team,
    Weekdays,
    WorkingTime,
    command,
    due,
)
from cogs.standup import domain, refusals, schedule_messages, store
from cogs.standup.domain import MOST_WEEKS
from cogs.standup.planning import COG, PROMPT, plan, stop, timer_date
from cogs.standup.prompting import Asking, ask
from cogs.standup.questions import DEFAULT, BadQuestions, Question, parse_questions
from cogs.standup.records import Standup, Status

FORM = "standup create Atlas at:09:30 days:mon-fri"


@command(
    "standup create",
    help=N_("Ask a team for written updates, each member in their own morning"),
    example=FORM,
    admin=True,
)
async def create(call: Call, team: Team, at: time = time(9, 30), days: Weekdays = WORKDAYS, every: int = 1) -> Message:
    """Give a team its standup; `every` is a number of weeks."""
    known = await store.standup_row(call.tx, team.id)
    if known is not None and known.status is not Status.DELETED:
        raise refusals.has_one(known)
    schedule = _schedule(call, team, at, days, every)
    caller = MemberId(call.member.id)
    fresh = Standup(
        known.id if known else 0,
        team.workspace,
        team.id,
        team.name,
        schedule,
        DEFAULT,
        Status.ACTIVE,
        caller,
        call.tx.now,
    )
    standup = await store.save_standup(call.tx, fresh)
    members = await call.tx.people.members_of_team(team.id)
    return schedule_messages.created(standup, members, await plan(call.tx, standup, members))


@command(
    "standup edit",
    help=N_("Change when a team is asked"),
    example="standup edit Atlas at:10:00",
    admin=True,
)
async def edit(
    call: Call, team: Team, at: time | None = None, days: Weekdays | None = None, every: int | None = None
) -> Message:
    """Change a standup's time, weekdays or weeks; no local date is asked for twice because of it."""
    standup = await standup_of(call, team)
    if at is None and days is None and every is None:
        raise refusals.nothing_to_edit(standup)
    old = standup.schedule
    schedule = _schedule(call, team, at or old.at, days or old.days, old.every_weeks if every is None else every)
    if every is None:
        schedule = replace(schedule, anchor=old.anchor)
    changed = await store.save_standup(call.tx, replace(standup, schedule=schedule))
    members = await call.tx.people.members_of_team(team.id)
    return schedule_messages.edited(changed, members, await plan(call.tx, changed, members), call.tx.now)


@command(
    "standup delete",
    help=N_("Stop asking a team for good; what people wrote stays"),
    example="standup delete Atlas",
    admin=True,
)
async def delete(call: Call, team: Team, yes: bool = False) -> Message:
    """Delete a team's standup, after asking."""
    standup = await standup_of(call, team)
    if not yes:
        raise schedule_messages.ask_delete(standup)
    await store.save_standup(call.tx, replace(standup, status=Status.DELETED))
    members = await call.tx.people.members_of_team(team.id)
    await stop(call.tx, standup, [member.id for member in members], answers=True)
    return schedule_messages.deleted(standup)


@command(
    "standup questions",
    help=N_("See a team's questions, set them (parted by |), or go back to mine with reset"),
    example="standup questions Atlas set: What went well? | blocker: What is in your way?",
)
async def questions(call: Call, team: Team, set: Rest | None = None) -> Message:
    """Show a standup's questions to everyone; let administrators set them."""
    standup = await standup_of(call, team)
    if set is None:
        return schedule_messages.questions(standup)
    if not call.admin:
        raise NotAllowed(*refusals.only_admins())
    written = set.strip()
    if written.lower().startswith(
        ("set:", "set：")
    ):  # written with a space behind, it is not taken for the option's name
        written = written[len("set:") :].strip()
    if call.tx.services.gazetteer.means(written, schedule_messages.RESET, call.language):
        asked: tuple[Question, ...] = DEFAULT
    else:
        try:
            asked = parse_questions(written, partial(_kind_named, call))
        except BadQuestions as bad:
            raise refusals.bad_questions(bad.problem, standup) from None
    changed = await store.save_standup(call.tx, replace(standup, questions=asked))
    return schedule_messages.questions_set(changed)


@command("standup pause", help=N_("Stop asking a team for a while"), example="standup pause Atlas", admin=True)
async def pause(call: Call, team: Team) -> Message:
    """Ask nothing until `standup resume`; open questions can still be answered."""
    standup = await standup_of(call, team)
    if standup.status is Status.PAUSED:
        raise refusals.paused_already(standup)
    await store.save_standup(call.tx, replace(standup, status=Status.PAUSED))
    members = await call.tx.people.members_of_team(team.id)
    await stop(call.tx, standup, [member.id for member in members], answers=False)
    return schedule_messages.paused(standup)


@command("standup resume", help=N_("Ask a paused team again"), example="standup resume Atlas", admin=True)
async def resume(call: Call, team: Team) -> Message:
    """Plan everyone's next prompt anew; nothing that the pause left out is made up for."""
    standup = await standup_of(call, team)
    if standup.status is Status.ACTIVE:
        raise refusals.not_paused(standup)
    active = await store.save_standup(call.tx, replace(standup, status=Status.ACTIVE))
    members = await call.tx.people.members_of_team(team.id)
    return schedule_messages.resumed(active, members, await plan(call.tx, active, members))


@command(
    "standup now",
    help=N_("Ask those who are at work now, and were not asked today, at once"),
    example="standup now Atlas",
    admin=True,
)
async def now(call: Call, team: Team) -> Message:
    """Prompt members at work whose local date was not asked for yet; it is not asked for again at its time."""
    tx, standup = call.tx, await standup_of(call, team)
    if standup.status is Status.PAUSED:
        raise refusals.paused_already(standup)
    members = await tx.people.members_of_team(team.id)
    times = await tx.people.working_times(members)
    standup = (await store.standups(tx, [standup.id]))[standup.id]
    askings = []
    for member in members:
        if shift := times[member.id].current(tx.now):
            askings.append(Asking(standup, member, domain.Ask(shift.date, tx.now, False), shift))
    asked = {a.member.id for a in await ask(tx, askings)}
    planned = await plan(tx, standup, members)
    at_work = {a.member.id for a in askings}
    return schedule_messages.asked_now(
        standup,
        [member for member in members if member.id in asked],
        [member for member in members if member.id in at_work - asked],
        [member for member in members if member.id not in at_work],
        planned,
    )


@command(
    "standup show",
    help=N_("See when a team is asked, what, and when each member is next"),
    example="standup show Atlas",
    read=True,
)
async def show(call: Call, team: Team | None = None) -> Message:
    """Show one standup; without a name those of the caller's teams."""
    if team is not None:
        return await _shown(call, await standup_of(call, team))
    mine = await store.standups_of(call.tx, [t.id for t in await call.tx.people.teams_of(call.member.id)])
    found = mine or await store.standups_of(call.tx, [t.id for t in await call.tx.people.teams(call.workspace.id)])
    if not found:
        raise refusals.no_standups()
    shown = [await _shown(call, standup) for standup in found]
    result = shown[0]
    for each in shown[1:]:
        result += each
    return result


async def _shown(call: Call, standup: Standup) -> Message:
    """Only the member and administrators see how today went, and only where nobody else reads along."""
    tx = call.tx
    members = await tx.people.members_of_team(standup.team)
    timers = await tx.timers.find(COG, PROMPT, [standup.key(member.id) for member in members])
    planned = {t.member: domain.Next(timer_date(t), t.due) for t in timers if t.member is not None}
    seen = [m for m in members if call.direct and (call.admin or m.id == call.member.id)]
    states = await _today(call, standup, seen) if seen else {}
    return schedule_messages.shown(standup, members, planned, states)


async def _today(call: Call, standup: Standup, members: Sequence[Member]) -> Mapping[MemberId, OccurrenceState | None]:
    """How each member's local date stands; None where nothing is due on it. Excused is worked out, never stored."""
    times = await call.tx.people.working_times(members)
    dates = {m.id: _date_now(standup, times[m.id], call) for m in members}
    found = await call.tx.occurrences.find(
        standup.subject, members=list(dates), dates=(min(dates.values()), max(dates.values()))
    )
    by: dict[tuple[MemberId, date], Occurrence] = {(o.member, o.date): o for o in found}
    return {m: by[m, day].state if (m, day) in by else _planned(standup, times[m], day) for m, day in dates.items()}


def _date_now(standup: Standup, working: WorkingTime, call: Call) -> date:
    shift = working.current(call.tx.now)
    return shift.date if shift else working.local_date(call.tx.now)


def _planned(standup: Standup, working: WorkingTime, day: date) -> OccurrenceState | None:
    """What an unclaimed date is: to come, excused on leave and holidays, or nobody's business."""
    if due(standup.schedule, day, working):
        return OccurrenceState.SCHEDULED
    away = standup.schedule.on(day) and working.week.on(day.weekday()) and working.shift(day) is None
    return OccurrenceState.EXCUSED if away else None


def _schedule(call: Call, team: Team, at: time, days: Weekdays, every: int) -> Schedule:
    if not 1 <= every <= MOST_WEEKS:
        raise refusals.bad_weeks(every, call.spec.words, team)
    anchor = call.tx.now.date() if every > 1 else None
    return Schedule(at, days, every, anchor)


def _kind_named(call: Call, word: str) -> Kind | None:
    """The kind of question that the caller means by a word."""
    kinds, gazetteer = schedule_messages.KINDS, call.tx.services.gazetteer
    return next((kind for kind, words in kinds.items() if gazetteer.means(word, words, call.language)), None)


async def standup_of(call: Call, team: Team) -> Standup:
    """Return a team's standup; raises BadInput where it has none."""
    found = await store.standups_of(call.tx, [team.id])
    if not found:
        raise refusals.has_none(team, admin=call.admin)
    return found[0]
