"""Forms: what a command or a choice opens, and for which team, where several may be meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.engine import which_team
from bot.engine.conversion import Context
from bot.engine.memberships import Found, Unclear
from bot.engine.parsing import pinned
from bot.engine.ports import Said
from bot.engine.transaction import Transaction
from bot.engine.uses import Uses, call_of
from bot.model.command import quoted
from bot.model.errors import BadInput
from bot.model.event import Commanded, Pressed
from bot.model.form import Form
from bot.model.identity import MessageRef
from bot.model.message import Choice, Sentence
from bot.model.people import Team

MOST_WAYS = 25
"""As many buttons as the strictest platform shows (Discord: 25)."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A form, and the line that it is opened, and comes back, for."""

    line: str
    form: Form


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to mean a command: for which team, or else in which workspace."""

    context: Context
    line: str
    arguments: Mapping[str, Any]
    label: Sentence


async def opened(uses: Uses, tx: Transaction, event: Commanded | Pressed, line: str, found: Found) -> Opened | None:
    """Return the form that a line opens; None where it opens none. Raises BadInput, and `Unclear` with choices.

    Somebody in several workspaces gets it for one of them, whatever is asked in the others until it is sent in.
    """
    if found.closed is not None:
        raise BadInput(found.closed)
    if found.unclear:
        return await _one_of(tx, event, await _ways(uses, tx, event, line, found))
    context, arguments = await uses.prepared(tx, event, line, found.speaker)
    form = await _open(context, event, line, arguments)
    if form is None:
        return None
    return Opened(pinned(line, context.workspace.id) if found.others else line, form)


async def _one_of(tx: Transaction, event: Commanded | Pressed, ways: Sequence[_Way]) -> Opened | None:
    """Return the only form that opens; of several none is opened before it is chosen."""
    opening: list[tuple[_Way, Form]] = []
    for way in ways:
        try:
            form = await _open(way.context, event, way.line, way.arguments)
        except BadInput:
            continue
        if form is not None:
            opening.append((way, form))
    if len(opening) == 1:
        ((way, form),) = opening
        return Opened(way.line, form)
    if opening:
        shown = [way for way, _form in opening][:MOST_WAYS]
        raise Unclear([way.label for way in shown], tuple(Choice(w.line, w.label, "✍️", form=True) for w in shown))
    return None


async def _ways(uses: Uses, tx: Transaction, event: Commanded | Pressed, line: str, found: Found) -> Sequence[_Way]:
    ways: list[_Way] = []
    for speaker in found.unclear:
        try:
            context, arguments = await uses.prepared(tx, event, line, speaker)
        except BadInput:
            continue
        line_here = pinned(line, context.workspace.id)
        option = next((p.name for p in context.spec.parameters if p.kind == "team"), None)
        named: Team | None = arguments.get(option) if option is not None else None
        if option is None or named is not None:
            ways.append(_Way(context, line_here, arguments, await _label(context, named)))
            continue
        teams = await tx.people.teams_of(context.member.id)
        ways += [
            _Way(
                context,
                f"{line_here} {option}:{quoted(team.name)}",
                {**arguments, option: team},
                await _label(context, team),
            )
            for team in teams
        ] or [_Way(context, line_here, arguments, await _label(context, None))]
    return ways


async def _label(context: Context, team: Team | None) -> Sentence:
    return await which_team.label(context.tx, context.member, team)


async def _open(context: Context, event: Commanded | Pressed, line: str, arguments: Mapping[str, Any]) -> Form | None:
    form = context.spec.form
    assert form is not None, "a form is opened by a command that has one"
    call = call_of(context, Said(line, (), MessageRef(event.place, event.message_id), event.at))
    shown: Form | None = await form.open(call, **arguments)
    return shown
