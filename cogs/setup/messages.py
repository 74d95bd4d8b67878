"""What `setup` says when it can't be taken as it was meant, and around other commands' answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.api import BadInput, Choice, CommandText, Listing, Message, Sentence, Team, Text, catalogue, quoted, say
from cogs.setup.domain import Asked, Step, line_for

_, n_ = catalogue("setup")

MOST_TEAMS = 8
MOST_SHOWN = 60
DIGITS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣")


def unknown(text: str, steps: Sequence[Step]) -> BadInput:
    """Refuse what is neither a step nor a team nor a command."""
    shown = text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
    forms = Listing(tuple(CommandText(line_for(None, step)) for step in steps), either=True)
    return BadInput(
        _("I know no step, team or command “{text}”.", text=shown),
        _("The steps are {forms}.", forms=forms),
        _("To see where you are: {setup}.", setup=CommandText("setup")),
    )


def which_team(teams: Sequence[Team], asked: Asked) -> BadInput:
    """Ask which of several teams is meant."""
    words = f"{asked.step or ''} {asked.rest}".strip()
    question = _("There are several teams here. Which one do you want to set up?")
    if len(teams) > MOST_TEAMS:
        return BadInput(question, _("Type it like this: {form}.", form=CommandText(line_for(teams[0].name, words))))
    choices = [
        Choice(line_for(team.name, words), _("{team}", team=team.name), digit)
        for team, digit in zip(teams, DIGITS, strict=False)
    ]
    if asked.step is None:
        choices.append(Choice(line_for(None, Step.TEAM), _("A new team"), "➕"))
    return BadInput(question, choices=tuple(choices))


def only_in_a_channel(step: Step, team: Team) -> BadInput:
    """Say where a channel is chosen: a private conversation is none, and none can be named from it."""
    return BadInput(
        _("This is a private conversation, which can't be a team's channel."),
        _("Type it in the channel you mean: {form}.", form=channel_form(step, team)),
    )


def channel_form(step: Step, team: Team) -> CommandText:
    """How a channel is chosen, as it is typed there."""
    return CommandText(f"setup {step} {quoted(team.name)} here", room=True)


def still_here(problem: BadInput, team: str | None, again: Choice | None) -> BadInput:
    """Tell what was wrong with a step, with ways on: what the command offers leads on with the set-up too."""
    offered = tuple(replace(choice, command=f"setup {choice.command}") for choice in problem.message.choices)
    where = Choice(line_for(team), _("Where we are"), "🧭")
    told: list[Sentence] = []
    for block in problem.message.blocks:
        told += [body for body in block.body if isinstance(body, Sentence)] if isinstance(block, Text) else []
    return BadInput(*told, choices=(*offered, *((again,) if again else ()), where))


def goes_on() -> Message:
    """Say how the set-up goes on where it can't be told with which team."""
    return say(_("To go on with the set-up: {setup}.", setup=CommandText("setup")))
