"""The forms of the steps that have one: a new team, and when and what a team is asked."""

from __future__ import annotations

from collections.abc import Mapping

from bot.api import Call, Form, Instead, Message, Team
from cogs.setup import domain, going, step_messages
from cogs.setup.domain import Asked, Step
from cogs.setup.progress import asked_for, look, team_for


async def open_form(call: Call, team: Team | None = None, step: str | None = None) -> Form | None:
    """Return the form of a step; None for steps without one, for commands, and where it is not clear which team."""
    text = step or ""
    if not text or domain.command_in(text, call.tx.services.registry.commands):
        return None
    asked = await asked_for(call, text)
    known = domain.written(asked.rest)
    if known is None:
        return None
    if asked.step is Step.TEAM and team is None and asked.team is None:
        return step_messages.team_form(call.member, known)
    if asked.step is Step.STANDUP:
        named = await _team(call, team, asked)
        standup = (await look(call, named)).feature("standup")
        if named is not None and _changes(asked) == (standup is not None):
            return step_messages.standup_form(named, standup, known)
    return None


def _changes(asked: Asked) -> bool:
    return asked.rest.startswith(domain.CHANGE)


async def submit(
    call: Call, values: Mapping[str, str], team: Team | None = None, step: str | None = None
) -> Message | Instead:
    """Use the commands that a form stands for, and go on."""
    asked = await asked_for(call, step or "")
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    if asked.step is Step.STANDUP and (named := await team_for(call, team, asked)) is not None:
        return await _standup(call, named, given, change=_changes(asked))
    line = f'team create zone:"{given.get("zone", "")}" {given.get("name", "")}'
    return going.use(line, given, going.on_with_newest, None, step_messages.again(None, Step.TEAM, given))


async def _team(call: Call, team: Team | None, asked: Asked) -> Team | None:
    """Return the team that is meant, or None where that has to be asked."""
    teams = await call.tx.people.teams(call.workspace.id)
    return await team_for(call, team, asked) if team or asked.team or len(teams) == 1 else None


async def _standup(call: Call, team: Team, given: Mapping[str, str], *, change: bool) -> Message | Instead:
    """Set when a team is asked, then what; where both are as they were, nothing is used.

    A form for a new standup never changes one that somebody else has made meanwhile.
    """
    again = step_messages.again(team, Step.STANDUP, given, change=change)
    when = {name: given[name] for name in ("at", "days") if name in given}
    on = going.on_with(team)

    async def questions(call: Call) -> Instead:
        return going.use("standup questions", {"team": team.name, "set": given["questions"]}, on, team, again)

    then = questions if "questions" in given else on
    if when or not change:
        words = "standup edit" if change else "standup create"
        return going.use(words, {"team": team.name, **when}, then, team, again)
    return await questions(call) if "questions" in given else await going.overview(call, team)
