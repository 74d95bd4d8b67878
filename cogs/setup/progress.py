"""Which team a set-up is about, and how far it has come."""

from __future__ import annotations

from bot.api import Call, Purpose, Team, TeamSurveyed
from cogs.setup import domain, messages
from cogs.setup.domain import Asked, Progress, Step


async def asked_for(call: Call, text: str) -> Asked:
    """Return the step and the team that somebody typed. Raises BadInput where it is neither."""
    teams = await call.tx.people.teams(call.workspace.id)
    found = domain.read(text, [team.name for team in teams])
    steps = domain.installed(call.tx.services.registry.commands)
    if found is None or (found.step is not None and found.step not in steps):
        raise messages.unknown(text, steps)
    return found


async def team_for(call: Call, given: Team | None, asked: Asked) -> Team | None:
    """Return the team that is meant; None where there is none yet, or one is to be made.

    Raises BadInput that asks for it where several may be meant.
    """
    teams = await call.tx.people.teams(call.workspace.id)
    if given is not None or asked.team is not None:
        return given or next((team for team in teams if team.name == asked.team), None)
    if asked.step is Step.TEAM or not teams:
        return None
    if len(teams) == 1:
        return teams[0]
    here = await call.tx.people.channel_at(call.place.channel)
    found = next((team for team in teams if here is not None and team.id == here.team), None)
    if found is None:
        raise messages.which_team(teams, asked)
    return found


async def look(call: Call, team: Team | None) -> Progress:
    """Return how far a team's set-up has come."""
    people, steps = call.tx.people, domain.installed(call.tx.services.registry.commands)
    if team is None:
        return Progress(steps)
    members = await people.members_of_team(team.id)
    inside = {member.id for member in members}
    everyone = await people.members_of_workspace(team.workspace)
    channels = {channel.purpose: channel for channel in await people.channels(team.id)}
    survey = TeamSurveyed(team.id)
    await call.tx.raise_event(survey)
    return Progress(
        steps,
        team,
        members,
        [member for member in everyone if member.id not in inside],
        channels.get(Purpose.HANDOFF),
        channels.get(Purpose.SOCIAL),
        survey.found,
        only=len(await people.teams(team.workspace)) == 1,
    )
