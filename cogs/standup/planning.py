"""Who is asked when: one durable timer per standup and member, set anew whenever something moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.api import Member, MemberChanged, MemberId, TeamChanged, Timer, Transaction, WorkingTime, to_member
from cogs.standup import domain, refusals, store, unreachable
from cogs.standup.records import Standup, Status, Update

COG = "standup"
PROMPT, REMIND, CLOSE, SNOOZE = "prompt", "remind", "close", "snooze"
MISSED, MISSED_OWNER = "missed", "missed-owner"
CONVERSATION = "update"

_AROUND = timedelta(days=3)  # local dates that a prompt may be planned for, counted from today's date in UTC
_AHEAD = timedelta(days=400)


def prompt_timer(standup: Standup, member: Member, next_: domain.Next) -> Timer:
    """The timer of a member's next prompt."""
    return Timer(
        COG,
        PROMPT,
        standup.key(member.id),
        next_.at,
        standup.workspace,
        member.id,
        {"standup": standup.id, "date": next_.date.isoformat()},
        standup.schedule.at.isoformat("minutes"),
        member.zone,
    )


def close_key(update: Update) -> str:
    """The key of the timer of an update's day's end; two days of one member may overlap, so the date is in it."""
    return f"{update.timer}:{update.date.isoformat()}"


async def plan(tx: Transaction, standup: Standup, members: Iterable[Member]) -> Mapping[MemberId, domain.Next]:
    """Set the members' prompt timers as things stand now; return what each is asked next.

    A timer that is due already is left alone: its job catches up by itself.
    """
    people = [member for member in members if member.active]
    if standup.status is not Status.ACTIVE or not people:
        return {}
    ids = [member.id for member in people]
    times = await tx.people.working_times(people)
    keys = [standup.key(member) for member in ids]
    planned = {timer.member: timer for timer in await tx.timers.find(COG, PROMPT, keys)}
    today = tx.now.date()
    found = await tx.occurrences.find(standup.subject, members=ids, dates=(today - _AROUND, today + _AHEAD))
    claimed: dict[MemberId, set[date]] = {}
    for occurrence in found:
        claimed.setdefault(occurrence.member, set()).add(occurrence.date)
    result: dict[MemberId, domain.Next] = {}
    timers, gone = [], []
    for member in people:
        standing = planned.get(member.id)
        if standing is not None and standing.due <= tx.now:
            result[member.id] = domain.Next(timer_date(standing), tx.now)
            continue
        next_ = domain.plan(
            standup.schedule,
            times[member.id],
            tx.now,
            timer_date(standing) if standing else None,
            claimed.get(member.id, set()),
        )
        if next_ is None:
            gone.append(standup.key(member.id))
            continue
        result[member.id] = next_
        timers.append(prompt_timer(standup, member, next_))
    await tx.timers.set(timers)
    if gone:
        await tx.timers.cancel(COG, PROMPT, gone)
    await _warn(tx, standup, people, times)
    return result


def timer_date(timer: Timer) -> date:
    """The local date that a timer is for."""
    return date.fromisoformat(timer.data["date"])


async def _warn(
    tx: Transaction, standup: Standup, members: Sequence[Member], times: Mapping[MemberId, WorkingTime]
) -> None:
    """Tell the team's owner, once a time, of members whose day ends before the standup's time."""
    unfit = {m.id: days for m in members if (days := domain.unfit(standup.schedule, times[m.id]))}
    if not unfit or (team := await tx.people.team(standup.team)) is None:
        return
    for member in members:
        if member.id in unfit:
            at = standup.schedule.at
            tx.send(
                to_member(team.owner),
                refusals.never_asked(standup, member, unfit[member.id], times[member.id].week),
                workspace=standup.workspace,
                kind="standup.warning",
                key=f"standup:{standup.id}:warning:{member.id}:{at:%H%M}",
            )


async def stop(tx: Transaction, standup: Standup, members: Iterable[MemberId], *, answers: bool) -> None:
    """Ask these members nothing more; with `answers`, take no more answers from them either."""
    ids = list(members)
    keys = [standup.key(member) for member in ids]
    for job in (PROMPT, REMIND, SNOOZE):
        await tx.timers.cancel(COG, job, keys)
    if answers:
        await tx.timers.cancel(COG, MISSED, keys)
        await unreachable.left(tx, standup, ids)
        for member in ids:
            await tx.conversations.close(member, COG, CONVERSATION, str(standup.id))


# --- what moves schedules -------------------------------------------------------------------------------------


async def member_changed(tx: Transaction, event: MemberChanged) -> None:
    """Plan a member's prompts anew: their zone, hours, leave or holidays are others now."""
    teams = await tx.people.teams_of(event.member)
    if not teams:
        return
    standups = await store.standups_of(tx, [team.id for team in teams])
    member = await tx.people.member(event.member)
    for standup in standups:
        if not member.active:
            await stop(tx, standup, [member.id], answers=True)
        elif standup.status is Status.ACTIVE:
            await plan(tx, standup, [member])


async def team_changed(tx: Transaction, event: TeamChanged) -> None:
    """Follow who is in a team, what it is called, where it talks, and whether it still exists."""
    found = await store.standups_of(tx, [event.team])
    if not found:
        return
    standup = found[0]
    if event.left:
        await stop(tx, standup, event.left, answers=True)
    if event.deleted:
        await store.save_standup(tx, replace(standup, status=Status.DELETED))
        return
    if event.joined:
        members = await tx.people.members(event.joined)
        await plan(tx, standup, members.values())
    elif not event.left:
        team = await tx.people.team(event.team)
        if team is not None and team.name != standup.name:
            standup = await store.save_standup(tx, replace(standup, name=team.name))
        await unreachable.channels_changed(tx, standup)
