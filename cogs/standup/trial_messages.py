"""What the standup cog says around a test prompt."""

from __future__ import annotations

from dataclasses import replace

from bot.api import Message, Sentence, Text, catalogue, quoted, say

_, n_ = catalogue("standup")


def label(team: str) -> Sentence:
    """What the test is called where several questions are open."""
    return _("{team} (test)", team=team)


def labelled(prompt: Message, team: str) -> Message:
    """The prompt with its label; each of its choices becomes one that says what it would do."""
    test = _("This is a test of what {team} is asked. Only you see it, and what you answer is not kept.", team=team)
    choices = tuple(
        replace(choice, command=f"standup test {quoted(team)} press:{choice.command.split()[0]}")
        for choice in prompt.choices
    )
    return Message((Text((test,)), *prompt.blocks), choices)


def sent(team: str) -> Message:
    """Say where the test is."""
    return say(_("I sent you a test of the {team} prompt in our direct chat.", team=team))


def pressed(what: str, team: str) -> Message:
    """Say what would follow, were it no test."""
    match what:
        case "skip":
            would = _("With that, members leave out the day's {team} update.", team=team)
        case "snooze":
            would = _("With that, members are asked for their {team} update again in an hour.", team=team)
        case _:
            would = _("That is how members write their {team} update; I show them what I understood.", team=team)
    return say(would, _("This was a test, so nothing is kept."))
