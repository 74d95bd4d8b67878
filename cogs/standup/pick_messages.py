"""What the standup cog says of messages that people pick by their menus."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.api import (
    BadInput,
    Block,
    Choice,
    Day,
    Kind,
    Message,
    Quote,
    Sentence,
    Text,
    Value,
    catalogue,
    message,
    quoted,
    say,
)
from cogs.standup.answers import Piece
from cogs.standup.messages import SHOWN, write_choice

_, n_ = catalogue("standup")


def somebodys(speaker: str, words: str) -> Sentence:
    """What somebody else said, as an entry: whose words they are stands in it."""
    return _("{speaker} wrote: {words}", speaker=speaker, words=words)


def wrote(speaker: str) -> Sentence:
    """Say whose the words below are."""
    return _("{speaker} wrote:", speaker=speaker)


def added(kind: Kind, wanted: Kind, values: dict[str, Value]) -> Sentence:
    """Say what a message was added as; a blocker is a note where no question is about blockers."""
    if kind is Kind.BLOCKER:
        return _("Added to your {team} update for {day} as a blocker:", **values)
    if wanted is Kind.BLOCKER:
        return _(
            "Added to your {team} update for {day} as a note, as none of its questions is about blockers:", **values
        )
    return _("Added to your {team} update for {day} as a note:", **values)


def turned(values: dict[str, Value]) -> Sentence:
    """Say that a message which was in an update is a blocker there now."""
    return _("It was in your {team} update for {day} already, and is a blocker there now:", **values)


def there(kind: Kind | None, values: dict[str, Value]) -> Sentence:
    """Say that a message is in an update as it is; None for one that was said in answer to its questions."""
    if kind is Kind.BLOCKER:
        return _("It is in your {team} update for {day} already, as a blocker:", **values)
    if kind is None:
        return _("It is in your {team} update for {day} already, as your answer:", **values)
    return _("It is in your {team} update for {day} already, as a note:", **values)


FRESH = _("I have taken over what was changed in it.")


def follows(*, direct: bool) -> Sentence:
    """Say what becomes of one's own message: in a channel the bot may not read what is changed in it."""
    if direct:
        return _("If you edit or delete that message, your update follows.")
    return _("If you delete that message, your update follows; after an edit, choose it again.")


def receipt(
    said: Sentence, piece: Piece, shown: str, team: str, day: date, notes: Sequence[Sentence], still_open: int
) -> Message:
    """Show what a message is in an update, and how to change that; `still_open` counts the questions left open."""
    blocks: list[Block] = [Text((said,))]
    if piece.speaker:
        blocks.append(Text((wrote(piece.speaker),)))
    blocks.append(Quote(shown, limit=SHOWN))
    after: list[Value] = [*notes]
    if still_open:
        after.append(n_("{count} question is still open.", "{count} questions are still open.", still_open))
    if after:
        blocks.append(Text(tuple(after)))
    edit = () if piece.speaker else (write_choice(team, day, _("Edit")),)
    command = f"withdraw {day.isoformat()} {quoted(team)} only:{piece.id}"
    return message(*blocks, choices=(*edit, Choice(command, _("Withdraw"), "🗑️", form=True)))


def values_of(team: str, day: date) -> dict[str, Value]:
    """Which update it is."""
    return {"team": team, "day": Day(day)}


def taken_out(team: str, day: date) -> Message:
    """Confirm that a message is in an update no more."""
    return say(_("It is not in your {team} update for {day} any more.", **values_of(team, day)))


def not_there(team: str, day: date) -> BadInput:
    """Say that a message is not in an update, any more."""
    return BadInput(_("It is not in your {team} update for {day} any more.", **values_of(team, day)))
