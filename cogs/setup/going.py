"""How the set-up goes on: another command is used in its place, and the next step is said below."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.api import BadInput, Call, Choice, Instead, Message, NotAllowed, Team
from cogs.setup import domain, messages, step_messages
from cogs.setup.domain import Asked
from cogs.setup.progress import look, team_for

BRIEFLY = frozenset({*domain.NEEDS.values(), "standup edit"} - {"standup test"})
"""Commands of whose answer one paragraph is enough: what they say comes next, the set-up says too."""
Then = Callable[[Call], Awaitable[Message | Instead | None]]


def use(
    line: str, given: Mapping[str, str] | None, then: Then | None, team: Team | None, again: Choice | None = None
) -> Instead:
    """Use a command in the place of `setup`. `again` is offered where something is wrong with it."""

    async def wrong(call: Call, problem: BadInput) -> BadInput:
        if isinstance(problem, NotAllowed):
            return problem
        return messages.still_here(problem, team.name if team else None, again)

    return Instead(line, then, given, wrong, brief=domain.command_in(line, BRIEFLY) is not None)


async def overview(call: Call, team: Team | None) -> Message:
    """Say where a team's set-up stands, and what comes next."""
    return step_messages.overview(await look(call, team), call)


def on_with(team: Team) -> Then:
    """Go on with a team, as it is by then; with the workspace, if it is there no more."""

    async def then(call: Call) -> Message:
        return await overview(call, await call.tx.people.team(team.id))

    return then


async def on_with_newest(call: Call) -> Message:
    """Go on with the team that was made last."""
    teams = await call.tx.people.teams(call.workspace.id)
    return await overview(call, max(teams, key=lambda team: team.id, default=None))


def line(call_line: str, team: Team | None) -> Instead:
    """Use a command as it was typed, and go on with the team that it is about."""

    async def then(call: Call) -> Message | None:
        teams = await call.tx.people.teams(call.workspace.id)
        name = domain.named_in(call_line, [each.name for each in teams])
        found = next((each for each in teams if each.name == name), None) or team
        try:
            return await overview(call, found or await team_for(call, None, Asked()))
        except BadInput:  # it can't be told which of several teams; that is no fault of the command
            return messages.goes_on()

    return use(call_line, None, then, team)
