"""What the standup cog says in and around its form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.api import AskFirst, BadInput, CommandText, Day, Form, Input, Message, Sentence, Value, catalogue, quoted, say

_, n_ = catalogue("standup")


def form(team: str, inputs: Sequence[Input]) -> Form:
    """The form of an update."""
    return Form(_("Your {team} update", team=team), tuple(inputs))


def nothing() -> Sentence:
    """What an empty field for blockers says."""
    return _("Leave it empty, or write a dash, if there is nothing.")


def added() -> Sentence:
    """The field of what was added without a question."""
    return _("Added:")


def beginning(label: Value) -> Sentence:
    """The label of a field that has no room for all that was written."""
    return _("{question} (the beginning; the rest stays as it is)", question=label)


def nothing_written() -> BadInput:
    """Refuse a form with nothing in it."""
    return BadInput(_("Nothing was written in the form, so I kept nothing."), _("The questions are still open."))


def unchanged(team: str, day: date) -> Message:
    """Say that a form came back as it was."""
    return say(_("Your {team} update for {day} stays as it was.", team=team, day=Day(day)))


def over(team: str, day: date) -> BadInput:
    """Refuse to open an update of long ago, or of a date that was never asked for."""
    return BadInput(
        _("There is no {team} update for {day} that could still be written.", team=team, day=Day(day)),
        _("{write} opens the one that is at hand.", write=CommandText("write")),
    )


def nothing_to_withdraw(team: str) -> BadInput:
    """Say that there is nothing to take back."""
    return BadInput(_("You have written nothing in that {team} update.", team=team))


def ask_withdraw(team: str, day: date) -> AskFirst:
    """Ask before everything is forgotten."""
    question = _(
        "Shall I take back all that you wrote in your {team} update for {day}, wherever it was quoted?",
        team=team,
        day=Day(day),
    )
    return AskFirst(question, f"withdraw {day.isoformat()} {quoted(team)} yes:yes")


def withdrawn(team: str, day: date) -> Message:
    """Confirm that an update is gone."""
    return say(_("Your {team} update for {day} is taken back.", team=team, day=Day(day)))
