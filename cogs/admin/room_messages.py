"""What the admin cog says about a workspace and its rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.api import (
    AskFirst,
    BadInput,
    CommandText,
    Fields,
    Heading,
    Joining,
    LanguageName,
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
    platform_name,
    quoted,
    say,
)

_, n_ = catalogue("admin")
_MINUTE = timedelta(minutes=1)


def code(workspace: Workspace, made: str, expires: datetime) -> Message:
    """Tell an administrator a code, and what to write with it here and elsewhere.

    Each platform has its own way to begin a command; a mention of the bot is understood on all.
    """
    join = CommandText(f"workspace join {made}", room=True)
    link = CommandText(f"workspace link {made}", room=True)
    return message(
        _("Type this in the room that is to join {workspace}: {join}.", workspace=workspace.name, join=join),
        _("If there are teams already, this brings them along: {link}.", link=link),
        _(
            "On another platform, mention me there and write “{join}”, or “{link}” to bring its teams along.",
            join=f"workspace join {made}",
            link=f"workspace link {made}",
        ),
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


def links_from_a_room() -> BadInput:
    """Refuse to join the workspace of a private conversation, which could be any of several."""
    return BadInput(
        _("Here in private I can't tell which workspace you mean."),
        _("Type it in a room of it: {form}.", form=CommandText("workspace link CODE", room=True)),
    )


def needs_a_code() -> BadInput:
    """Say how two workspaces are made one."""
    return BadInput(
        _("There is no link that waits for your yes, so nothing has changed."),
        _("An admin of the other workspace gets a code with {form}.", form=CommandText("workspace code")),
        _("Then type it here: {form}.", form=CommandText("workspace link CODE", room=True)),
    )


def linked_already(workspace: Workspace) -> BadInput:
    """Say that the code is from this very workspace."""
    return BadInput(
        _("That code is from {workspace} itself, so nothing has changed.", workspace=workspace.name),
        _("Type it in a room of the other workspace."),
    )


def ask_link(plan: Joining) -> AskFirst:
    """Ask before two workspaces become one, with what happens to what is in them."""
    question = _("Make all of {gone} part of {into}? It can't be undone.", gone=plan.gone.name, into=plan.into.name)
    return AskFirst(question, "workspace link yes:yes", *_joining(plan))


def linked(plan: Joining) -> Message:
    """Confirm that two workspaces are one."""
    done = _("{gone} is part of {into} now.", gone=plan.gone.name, into=plan.into.name)
    return message(
        Text((done, *_joining(plan))),
        _("What belongs to it: {form}.", form=CommandText("workspace show")),
    )


def _joining(plan: Joining) -> list[Sentence]:
    """What comes along, and what is another afterwards."""
    sentences = []
    if plan.teams:
        teams = Listing(tuple(team.name for team in plan.teams))
        sentences.append(
            _(
                "With members, channels, standups and all that was written, these teams come along: {teams}.",
                teams=teams,
            )
        )
    sentences += [
        _(
            "{name} is called {other} then, for there is a team of that name.",
            name=team.name,
            other=plan.renamed[team.id],
        )
        for team in plan.teams
        if team.id in plan.renamed
    ]
    if same := len({goes for goes, _stays in plan.same}):
        sentences.append(
            n_(
                "{count} person is in both, and keeps the settings of {into}.",
                "{count} people are in both, and keep the settings of {into}.",
                same,
                into=plan.into.name,
            )
        )
    if plan.gone.language != plan.into.language:
        sentences.append(_("In its channels I write {language} then.", language=LanguageName(plan.into.language)))
    sentences.append(_("The admins of both are admins of all of it."))
    return sentences


def has_teams(workspace: Workspace, teams: Sequence[Team]) -> BadInput:
    """Refuse to take a room from a workspace that is in use."""
    return BadInput(
        _(
            "This room is part of {workspace}, which has teams of its own, so nothing has changed.",
            workspace=workspace.name,
        ),
        _("To bring them along: {form}.", form=CommandText("workspace link CODE", room=True)),
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


def language_set(language: str, before: str) -> Message:
    """Confirm the language of channels, in that language."""
    undo = CommandText(f"workspace language {before}" if before != language else "workspace language español")
    return say(
        _("From now on I write {language} here, and to everyone who has not chosen.", language=LanguageName(language)),
        _("Each of you can choose: {command}.", command=CommandText("me language español")),
        _("To change it back: {command}.", command=undo)
        if before != language
        else _("To change it: {command}.", command=undo),
    )


def leaves_from_a_room() -> BadInput:
    """Refuse to take a private conversation out of a workspace."""
    return BadInput(
        _("This is a private conversation, which is part of no workspace."),
        _("Type it in the room you mean: {form}.", form=CommandText("workspace leave", room=True)),
    )


def only_room(workspace: Workspace) -> BadInput:
    """Refuse to leave a workspace without any room."""
    return BadInput(
        _("This is the only room of {workspace}, so it can't leave it.", workspace=workspace.name),
        _("Another room joins it with a code: {form}.", form=CommandText("workspace code")),
    )


def ask_leave(workspace: Workspace, teams: Sequence[Team]) -> AskFirst:
    """Ask before a room leaves; `teams` have a channel there."""
    command = "workspace leave yes:yes"
    if not teams:
        return AskFirst(
            _(
                "Take this room out of {workspace}? I show nothing of it here any more; what I wrote stays as it is.",
                workspace=workspace.name,
            ),
            command,
        )
    return AskFirst(
        _(
            "Take this room out of {workspace}? {teams} can't post here any more; what I wrote stays as it is.",
            workspace=workspace.name,
            teams=Listing(tuple(team.name for team in teams)),
        ),
        command,
    )


def has_left(workspace: Workspace) -> Message:
    """Confirm that a room is part of a workspace no more."""
    return say(
        _("This room is not part of {workspace} any more, and I show nothing of it here.", workspace=workspace.name),
        _("Who is in its teams stays in them, until an admin takes them out."),
    )


def workspace(
    shown: Workspace, scopes: Mapping[str, int], teams: Sequence[Team], admins: Sequence[Member], members: int
) -> Message:
    """Show a workspace; `scopes` counts its rooms or servers by platform."""
    named: Value = Listing(tuple(team.name for team in teams)) if teams else _("none yet")
    who: Value = Listing(tuple(Person(m.id, m.name) for m in admins)) if admins else _("none that I have heard from")
    facts = (
        (_("Language"), LanguageName(shown.language)),
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
    name = platform_name(platform)
    return n_("{count} room or server on {platform}", "{count} rooms or servers on {platform}", count, platform=name)
