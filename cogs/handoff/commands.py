"""The commands of the relay."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

from bot.api import N_, Call, Message, Rest, Team, WorkingTime, command
from cogs.handoff import baton, planning, replies, store
from cogs.handoff.crew import Crew, load
from cogs.handoff.digest import standing
from cogs.handoff.domain import Leg, Pass
from cogs.handoff.naming import BadLegs, parse_legs
from cogs.handoff.replies import Board

_MOST_TEAMS = 5


@command(
    "handoff show",
    help=N_("See a team's legs, and when the next baton passes and to whom"),
    example="handoff show Atlas",
    read=True,
)
async def show(call: Call, team: Team | None = None) -> Message:
    """Show one team, or all that the caller is in."""
    teams = [team] if team else list(await call.tx.people.teams_of(call.member.id))[:_MOST_TEAMS]
    if not teams:
        raise replies.no_team()
    return replies.boards([await _board(call, one) for one in teams], call.tx.now)


@command(
    "handoff now",
    help=N_("Post what the leg at work has written so far; later answers change it"),
    example="handoff now Atlas",
    admin=True,
)
async def now(call: Call, team: Team) -> Message:
    """Hand off the leg at work, or the one that ended last, before its time."""
    crew = await _crew(call, team)
    if not crew.settings.enabled:
        raise replies.is_off(team)
    channels = await baton.handoff_channels(call.tx, team.id)
    if not channels:
        raise replies.no_channel(team)
    running = list(crew.relay.running(call.tx.now))
    if not running:
        raise replies.nothing_yet(team)
    covered = await store.covered(call.tx, team.id, min(leg.date for leg in running))
    for leg in running:
        rest = leg.without({m for m in leg.members if (m, leg.date) in covered})
        if rest.members and await _anything(call, team, rest):
            pairs = {(m, rest.date) for m in rest.members}
            at = call.tx.now if crew.alone(rest) else rest.end
            if made := await baton.hand_off(call.tx, crew, Pass(rest, at), pairs):
                await planning.replan(call.tx, team.id)
                return replies.posted(made, channels)
    raise replies.nothing_yet(team)


@command(
    "handoff legs",
    help=N_("Name the legs of a team's relay, or let working hours make them (auto)"),
    example="handoff legs Atlas APAC: Ana, Bo | EMEA: Cy",
    admin=True,
)
async def legs(call: Call, team: Team, legs: Rest) -> Message:
    """Set named legs, or go back to automatic ones."""
    crew = await _crew(call, team)
    automatic = call.tx.services.gazetteer.means(legs, replies.AUTO, call.language)
    by_name = {member.name: member.id for member in crew.members.values()}
    try:
        named = () if automatic else parse_legs(legs, by_name)
    except BadLegs as problem:
        raise replies.bad_legs(problem, team, sorted(by_name)) from None
    crew = await _change(call, crew, legs=named)
    reader = await call.tx.people.working_time(call.member)
    return replies.legs_set(team, crew.relay.turn(call.tx.now), automatic, reader)


@command(
    "handoff report",
    help=N_("Set when a team of one leg gets its report; without a time, after its standup"),
    example="handoff report Atlas at:11:30",
    admin=True,
)
async def report(call: Call, team: Team, at: time | None = None) -> Message:
    """Set or clear the hour of the report, in the team's zone."""
    crew = await _change(call, await _crew(call, team), report=at)
    return replies.report_set(team, at, crew.reports)


@command("handoff on", help=N_("Turn a team's handoffs on"), example="handoff on Atlas", admin=True)
async def on(call: Call, team: Team) -> Message:
    """Hand off from now on; what passed while it was off stays as it is."""
    crew = await _change(call, await _crew(call, team), enabled=True)
    return replies.switched(team, True, await planning.next_pass(call.tx, crew, call.tx.now))


@command("handoff off", help=N_("Turn a team's handoffs off"), example="handoff off Atlas", admin=True)
async def off(call: Call, team: Team) -> Message:
    """Hand nothing off until it is turned on again."""
    await _change(call, await _crew(call, team), enabled=False)
    return replies.switched(team, False, None)


async def _crew(call: Call, team: Team) -> Crew:
    crew = await load(call.tx, team.id)
    assert crew is not None, "the dispatcher found this team in this transaction"
    return crew


async def _change(call: Call, crew: Crew, **changes: Any) -> Crew:
    """Store changed settings and plan by them."""
    await store.save_settings(call.tx, replace(crew.settings, **changes))
    await planning.replan(call.tx, crew.team.id)
    return await _crew(call, crew.team)


async def _anything(call: Call, team: Team, leg: Leg) -> bool:
    found = await call.tx.journal.entries(team=team.id, authors=leg.members, dates=(leg.date, leg.date))
    return bool(standing(found))


async def _board(call: Call, team: Team) -> Board:
    crew = await _crew(call, team)
    timer = await planning.timer_of(call.tx, team.id)
    floor = planning.floor_of(timer) if timer else call.tx.now
    waiting = planning.waiting_in(timer) if timer else None
    upcoming = await planning.next_pass(call.tx, crew, floor, waiting) if crew.settings.enabled else None
    receiver = crew.relay.receiver(upcoming.leg, upcoming.at) if upcoming and not crew.alone(upcoming.leg) else None
    channels = await baton.handoff_channels(call.tx, team.id)
    zone = None if call.direct else team.zone
    reader = await call.tx.people.working_time(call.member)
    if zone:
        reader = WorkingTime(zone, reader.week)
    return Board(crew, reader, crew.relay.turn(call.tx.now), upcoming, receiver, channels, zone)
