"""What the admin cog says about a workspace and its rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.api import (
    BadInput,
    CommandText,
    Fields,
    Heading,
    Listing,
    Member,
    Message,
    Moment,
    Person,
    Sentence,
    Show,
    Span,
    Team,
    Text,
    Value,
    Workspace,
    catalogue,
    message,
    say,
)
from cogs.admin.domain import quoted

_, n_ = catalogue("admin")
_MINUTE = timedelta(minutes=1)


def code(workspace: Workspace, made: str, expires: datetime) -> Message:
    """Tell an administrator a code."""
    join = CommandText(f"workspace join {made}", room=True)
    return message(
        _("Type this in the room that is to join {workspace}: {join}.", workspace=workspace.name, join=join),
        Text(
            (
                _("The code works once, until {time}.", time=Moment(expires, Show.TIME)),
                _("Keep it to yourself: the admins of that room will be admins of this workspace."),
            )
        ),
    )


def code_sent() -> Message:
    """Say in a room where the code is."""
    return say(_("I have sent you the code in private: whoever has it can bring a room into this workspace."))


def only_in_a_room(written: str) -> BadInput:
    """Refuse to join a private conversation to a workspace."""
    form = CommandText(f"workspace join {written.strip()[:20]}", room=True)
    return BadInput(
        _("This is a private conversation, which can't be part of a workspace."),
        _("Type it in the room you mean: {form}.", form=form),
    )


def wrong_code() -> Message:
    """Say that a code opens nothing."""
    return say(
        _("This code is wrong, used up or older than an hour, so nothing has changed."),
        _("An admin of the other workspace gets a new one with {form}.", form=CommandText("workspace code")),
    )


def too_many(wait: timedelta) -> Message:
    """Say that somebody has typed too many wrong codes."""
    return say(
        _("You have typed too many wrong codes, so I look at no more of them for now."),
        _("Try again in {span}.", span=Span(-(-wait // _MINUTE) * _MINUTE)),
    )


def joined_already(workspace: Workspace) -> BadInput:
    """Say that the room is part of that workspace as it is."""
    return BadInput(
        _("This room is part of {workspace} already, so nothing has changed.", workspace=workspace.name),
        _("The code still works, in another room."),
    )


def has_teams(workspace: Workspace, teams: Sequence[Team]) -> BadInput:
    """Refuse to take a room from a workspace that is in use."""
    return BadInput(
        _(
            "This room is part of {workspace}, which has teams of its own, so nothing has changed.",
            workspace=workspace.name,
        ),
        _(
            "If they are to go, delete them first: {forms}.",
            forms=Listing(tuple(CommandText(f"team delete {quoted(team.name)}") for team in teams)),
        ),
    )


def joined(workspace: Workspace, teams: Sequence[Team]) -> Message:
    """Confirm that a room is part of a workspace now."""
    sentences = [
        _("This room is part of {workspace} now, and its admins are admins there.", workspace=workspace.name),
        _("What belongs to it: {form}.", form=CommandText("workspace show")),
    ]
    if teams:
        form = CommandText(f"channel set {quoted(teams[0].name)} handoff here", room=True)
        sentences.append(_("To make this room a team's place for handoffs: {form}.", form=form))
    else:
        sentences.append(_("Make its first team: {form}.", form=CommandText("team create Atlas")))
    return message(Text(tuple(sentences)))


def workspace(
    shown: Workspace, scopes: Mapping[str, int], teams: Sequence[Team], admins: Sequence[Member], members: int
) -> Message:
    """Show a workspace; `scopes` counts its rooms or servers by platform."""
    named: Value = Listing(tuple(team.name for team in teams)) if teams else _("none yet")
    who: Value = Listing(tuple(Person(m.id, m.name) for m in admins)) if admins else _("none that I have heard from")
    facts = (
        (_("Rooms"), Listing(tuple(_rooms(count, platform) for platform, count in sorted(scopes.items())))),
        (_("Teams"), named),
        (_("Admins"), who),
        (_("People"), n_("{count} person", "{count} people", members)),
    )
    return message(
        Heading(_("Workspace {name}", name=shown.name)),
        Fields(facts),
        _("An admin brings another room in with {form}.", form=CommandText("workspace code")),
    )


def _rooms(count: int, platform: str) -> Sentence:
    return n_(
        "{count} room or server on {platform}", "{count} rooms or servers on {platform}", count, platform=platform
    )
