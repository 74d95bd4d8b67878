"""When a team's next baton passes: one durable timer a team, and what moves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.api import MemberChanged, MembersMerged, TeamChanged, TeamId, Timer, Transaction, from_micros, to_micros
from cogs.handoff import store
from cogs.handoff.crew import Crew, load
from cogs.handoff.domain import Leg, Pass, passes

COG = "handoff"
JOB = "baton"
LOOK_AGAIN = timedelta(days=30)
"""When to look again for a team in which nobody works for weeks."""


def floor_of(timer: Timer) -> datetime:
    """The instant up to which a timer's team has been looked after: what passes later is still to do."""
    return from_micros(timer.data["floor"])


def waiting_in(timer: Timer) -> date | None:
    """The date whose report waits for the first answer."""
    text = timer.data.get("waiting")
    return date.fromisoformat(text) if text else None


def passes_at(crew: Crew, waiting: date | None) -> Callable[[Leg], datetime]:
    """When each leg passes; a report that nobody had written for waits until the end of the day."""

    def at(leg: Leg) -> datetime:
        usual = crew.passes_at(leg)
        return max(usual, leg.end) if leg.date == waiting else usual

    return at


def follows(timer: Timer, day: date) -> bool:
    """Whether an answer for that date tells something of when a lone leg's report is due: the first of a date does."""
    return waiting_in(timer) == day or timer.data.get("answered", day.isoformat()) != day.isoformat()


async def plan(
    tx: Transaction, crew: Crew, floor: datetime, waiting: date | None = None, answered: date | None = None
) -> None:
    """Set a team's timer to its next pass after `floor`; a team that does not hand off has none.

    A team without members keeps its timer, and with it the floor: who comes back finds what was left behind.
    `answered` is the date of the last answer that a lone leg's report was planned by.
    """
    key = str(crew.team.id)
    if not crew.settings.enabled:
        await tx.timers.cancel(COG, JOB, [key])
        return
    upcoming = await next_pass(tx, crew, floor, waiting)
    data: dict[str, Any] = {"floor": to_micros(floor)}
    if waiting is not None:
        data["waiting"] = waiting.isoformat()
    if crew.reports and crew.settings.report is None:
        data["answered"] = answered.isoformat() if answered else ""
    due = upcoming.at if upcoming else tx.now + LOOK_AGAIN
    await tx.timers.set([Timer(COG, JOB, key, due, crew.team.workspace, data=data)])


async def next_pass(tx: Transaction, crew: Crew, floor: datetime, waiting: date | None = None) -> Pass | None:
    """The next pass after an instant of work that nobody has handed off."""
    covered = await store.covered(tx, crew.team.id, floor.date() - timedelta(days=4))
    return next(passes(crew.relay, floor, covered, passes_at(crew, waiting)), None)


async def timer_of(tx: Transaction, team: TeamId) -> Timer | None:
    """A team's timer."""
    return next(iter(await tx.timers.find(COG, JOB, [str(team)])), None)


async def replan(tx: Transaction, team: TeamId, answered: date | None = None) -> None:
    """Set a team's timer anew after something moved; what was still to do stays to do."""
    crew = await load(tx, team)
    if crew is None:
        await tx.timers.cancel(COG, JOB, [str(team)])
        return
    timer = await timer_of(tx, team)
    await plan(tx, crew, floor_of(timer) if timer else tx.now, answered=answered)


async def member_changed(tx: Transaction, event: MemberChanged) -> None:
    """A member's days moved, and with them the legs of their teams."""
    for team in await tx.people.teams_of(event.member):
        await replan(tx, team.id)


async def members_merged(tx: Transaction, event: MembersMerged) -> None:
    """Name in legs who a member has become."""
    for team in await tx.people.teams(event.workspace):
        settings = await store.settings(tx, team.id, team.workspace)
        if any(event.gone in leg.members for leg in settings.legs):
            legs = tuple(
                replace(leg, members=tuple(dict.fromkeys(event.into if m == event.gone else m for m in leg.members)))
                for leg in settings.legs
            )
            await store.save_settings(tx, replace(settings, legs=legs))


async def team_changed(tx: Transaction, event: TeamChanged) -> None:
    """A team came, went, or has other members."""
    if event.deleted:
        await tx.timers.cancel(COG, JOB, [str(event.team)])
        await store.forget_settings(tx, event.team)
    else:
        await replan(tx, event.team)
