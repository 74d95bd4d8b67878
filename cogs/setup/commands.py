"""`setup`: where a team's set-up stands, its next step, and any command of it with the next step below."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import N_, Call, FormOf, Instead, Message, Rest, Team, command, quoted
from cogs.setup import domain, going, messages, step_messages
from cogs.setup.domain import Asked, Step
from cogs.setup.forms import open_form, submit
from cogs.setup.progress import asked_for, look, team_for

PURPOSES = {Step.HANDOFF: "handoff", Step.SOCIAL: "social"}


async def steps(call: Call, typed: str) -> Sequence[str]:
    """Suggest steps."""
    known = domain.installed(call.tx.services.registry.commands)
    return [step for step in known if step.startswith(typed.strip().lower())]


@command(
    "setup",
    help=N_("Set a team up, step by step; stop and go on whenever you like"),
    example="setup",
    admin=True,
    founds=True,
    form=FormOf(open_form, submit),
    options={
        "team": N_("The team to set up, where there are several"),
        "step": N_("A step, or a command after which the next step is shown"),
    },
    complete={"step": steps},
)
async def setup(call: Call, team: Team | None = None, step: Rest | None = None) -> Message | Instead:
    """Show where a team stands; take a step; or use a command and show the next step below."""
    text = step or ""
    registry = call.tx.services.registry
    if words := domain.command_in(text, registry.commands):
        if words == call.spec.words:
            raise messages.unknown(text, domain.installed(registry.commands))
        takes_team = any(parameter.name == "team" for parameter in registry.commands[words].parameters)
        return going.line(f"{text} team:{quoted(team.name)}" if team and takes_team else text, team)
    asked = await asked_for(call, text)
    found = await team_for(call, team, asked)
    return await _step(call, found, asked) if asked.step is not None else await going.overview(call, found)


async def _step(call: Call, team: Team | None, asked: Asked) -> Message | Instead:
    """Take a step as far as one line can, or say how it is taken."""
    if team is None and asked.step is not Step.TEAM:
        return await going.overview(call, None)
    if team is not None and asked.step is Step.TEST:
        return going.use("standup test", {"team": team.name}, None, team)
    if team is not None and asked.step in PURPOSES and asked.rest:
        return _channel(call, team, asked)
    if domain.written(asked.rest) is None:
        raise messages.unknown(asked.rest, domain.installed(call.tx.services.registry.commands))
    assert asked.step is not None
    return step_messages.step(asked.step, await look(call, team), call)


def _channel(call: Call, team: Team, asked: Asked) -> Instead:
    """Give the team a channel; social threads are switched on with theirs."""
    assert asked.step is not None
    if asked.rest.lower().endswith(" here"):  # what stands before it is no team's name
        raise messages.unknown(asked.rest, domain.installed(call.tx.services.registry.commands))
    if call.direct:
        raise messages.only_in_a_channel(asked.step, team)
    given = {"team": team.name, "purpose": PURPOSES[asked.step], "where": asked.rest}
    on = going.on_with(team)

    async def switch_on(call: Call) -> Instead:
        return going.use("social on", {"team": team.name}, on, team)

    then = switch_on if asked.step is Step.SOCIAL else on
    line = f"channel set {quoted(team.name)} {PURPOSES[asked.step]} {asked.rest}"
    return going.use(line, given, then, team)
