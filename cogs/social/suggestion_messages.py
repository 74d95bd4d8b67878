"""What the social cog says about prompts that members suggest."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import (
    BadInput,
    Choice,
    CommandText,
    Listing,
    Message,
    Person,
    Quote,
    Sentence,
    Team,
    catalogue,
    message,
    say,
)
from cogs.social.domain import LONGEST_SUGGESTION, SuggestionFault
from cogs.social.records import Standing, Suggestion

_, n_ = catalogue("social")

_FORM = CommandText("social suggest TEXT")


def refused(fault: SuggestionFault, length: int, number: int | None) -> BadInput:
    """Refuse a text that can't be a prompt; `number` is that of a suggestion that it was to change."""
    if fault is SuggestionFault.TOO_LONG:
        wrong = _(
            "That is {length} characters long; a prompt has at most {most}.",
            length=length,
            most=LONGEST_SUGGESTION,
        )
    else:
        wrong = _("There is nothing to read in that suggestion.")
    if number is not None:
        return BadInput(wrong, _("Suggestion {number} stays as it was.", number=number))
    return BadInput(wrong, _("I kept nothing of it."), _("Type it like this: {form}.", form=_FORM))


def not_in_a_team() -> BadInput:
    """Say that suggestions come from members of the team."""
    return BadInput(
        _("Suggestions are for the people of a team, and you are in none."),
        _("Ask an admin to add you: {form}.", form=CommandText("team add")),
    )


def not_in(team: Team) -> BadInput:
    """Say that a suggestion for that team comes from its members."""
    return BadInput(
        _("You are not in {team}, so I kept nothing.", team=team.name),
        _("Your teams are in {form}.", form=CommandText("me show")),
    )


def thanks(suggestion: Suggestion, team: Team, decider: Person, *, on: bool, typed: bool) -> Message:
    """Confirm a suggestion, and say what becomes of it; `typed` is whether there is a message to edit or delete."""
    sentences = [
        _("Thank you! That is suggestion {number} for {team}.", number=suggestion.number, team=team.name),
        _(
            "I will ask {name} whether it may be posted with your name, and tell you the answer.",
            name=decider,
        ),
        *_off(on),
        *([_("To change or withdraw it, edit or delete your message.")] if typed else []),
    ]
    return say(*sentences)


def accepted_at_once(suggestion: Suggestion, team: Team, *, on: bool) -> Message:
    """Confirm a suggestion of somebody who could accept it."""
    sentences = [
        _("Thank you! That is suggestion {number} for {team}.", number=suggestion.number, team=team.name),
        _("You are an admin, so it is accepted: it is posted with your name, in one of the next threads."),
        *_off(on),
        _("To undo: {form}.", form=CommandText(f"social decline {suggestion.number}")),
    ]
    return say(*sentences)


def _off(on: bool) -> Sequence[Sentence]:
    if on:
        return ()
    return (_("The team's social threads are off at the moment; it waits until they are on."),)


def request(suggestion: Suggestion, team: Team, author: Person) -> Message:
    """Ask an admin to decide, or show what was decided."""
    number = suggestion.number
    choices = (
        Choice(f"social accept {number}", _("Accept"), "✅"),
        Choice(f"social decline {number}", _("Decline"), "❌"),
    )
    if suggestion.state is Standing.PENDING:
        last = _("If you accept it, it is posted with the name {name}. I will tell them your answer.", name=author)
        return message(_introduction(team, author), Quote(suggestion.text), last, choices=choices)
    if suggestion.state is Standing.ACCEPTED:
        last = _("It is accepted. To undo: {form}.", form=CommandText(choices[1].command))
    else:
        last = _("It is declined. To undo: {form}.", form=CommandText(choices[0].command))
    return message(_introduction(team, author), Quote(suggestion.text), last)


def _introduction(team: Team, author: Person) -> Sentence:
    return _("{name} suggests a prompt for the social threads of {team}:", name=author, team=team.name)


def asked_again(suggestion: Suggestion, by: Person) -> Message:
    """Tell the author that the new text needs a new answer."""
    return say(
        _("Suggestion {number} reads differently now, so I ask {name} again.", number=suggestion.number, name=by)
    )


def withdrawn(suggestion: Suggestion) -> Message:
    """Tell the author that their message is no suggestion any more."""
    return say(
        _("Your message suggests nothing any more, so suggestion {number} is withdrawn.", number=suggestion.number)
    )


def accepted(suggestion: Suggestion, author: Person) -> Message:
    """Confirm the admin's yes."""
    return say(
        _(
            "Suggestion {number} by {name} is accepted: it comes in one of the next threads.",
            number=suggestion.number,
            name=author,
        ),
        _("To undo: {form}.", form=CommandText(f"social decline {suggestion.number}")),
    )


def declined(suggestion: Suggestion, author: Person) -> Message:
    """Confirm the admin's no."""
    return say(
        _(
            "Suggestion {number} by {name} is declined: it is not posted.",
            number=suggestion.number,
            name=author,
        ),
        _("To undo: {form}.", form=CommandText(f"social accept {suggestion.number}")),
    )


def told_accepted(suggestion: Suggestion, team: Team) -> Message:
    """Tell the author the good news."""
    return say(
        _(
            "Your suggestion {number} for the social threads of {team} is accepted.",
            number=suggestion.number,
            team=team.name,
        ),
        _("It is posted with your name, in one of the next threads."),
    )


def told_declined(suggestion: Suggestion, team: Team) -> Message:
    """Tell the author that it is not posted."""
    return say(
        _(
            "Your suggestion {number} for the social threads of {team} is not posted this time.",
            number=suggestion.number,
            team=team.name,
        ),
        _("Thank you for it all the same; another one is welcome."),
    )


def unknown(number: int, waiting: Sequence[int]) -> BadInput:
    """Say which suggestions wait."""
    if not waiting:
        return BadInput(_("There is no suggestion {number} to decide about.", number=number), _("None is waiting."))
    return BadInput(
        _("There is no suggestion {number} to decide about.", number=number),
        n_(
            "The one that waits is {numbers}.",
            "Those that wait are {numbers}.",
            len(waiting),
            numbers=Listing(tuple(waiting)),
        ),
    )


def decided_already(suggestion: Suggestion, *, accepted: bool) -> BadInput:
    """Say that nothing changes."""
    number = suggestion.number
    if accepted:
        return BadInput(
            _("Suggestion {number} is accepted already, so nothing has changed.", number=number),
            _("To take it out: {form}.", form=CommandText(f"social decline {number}")),
        )
    return BadInput(
        _("Suggestion {number} is declined already, so nothing has changed.", number=number),
        _("To take it in: {form}.", form=CommandText(f"social accept {number}")),
    )


def taken_back() -> Sentence:
    """What stands in a post for a suggestion whose author deleted it."""
    return _("The author has taken this prompt back.")
