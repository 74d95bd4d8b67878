"""What the admin cog says about teams and channels."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import (
    AskFirst,
    BadInput,
    Bullets,
    Channel,
    ChannelName,
    CommandText,
    Fields,
    Heading,
    Listing,
    Message,
    NamedPlace,
    Person,
    Purpose,
    Restriction,
    Sentence,
    Team,
    Text,
    Value,
    ZoneName,
    catalogue,
    message,
    quoted,
    say,
)
from cogs.admin.domain import LONGEST_NAME, NameProblem

_, n_ = catalogue("admin")


def _typed(words: str, team: Team, rest: str = "", *, room: bool = False) -> CommandText:
    return CommandText(f"{words} {quoted(team.name)} {rest}".rstrip(), room)


# --- names --------------------------------------------------------------------------------------------------


def name_refused(problem: NameProblem, form: str) -> BadInput:
    """Refuse a team's name, with the right form."""
    right = _("Type it like this: {form}.", form=CommandText(form))
    match problem:
        case NameProblem.EMPTY:
            return BadInput(_("A team needs a name."), right)
        case NameProblem.LONG:
            return BadInput(
                n_(
                    "A team's name has at most {count} character.",
                    "A team's name has at most {count} characters.",
                    LONGEST_NAME,
                ),
                right,
            )
        case NameProblem.LINES:
            return BadInput(_("A team's name is one line."), right)
        case NameProblem.DIGITS:
            return BadInput(_("A team's name needs more than digits: a number alone is easy to mistake."), right)
        case NameProblem.SIGNS:
            return BadInput(_("A team's name has no quotation marks and no colons, so that it can be typed."), right)


def name_taken(team: Team) -> BadInput:
    """Refuse a name that another team has."""
    return BadInput(
        _("There is a team {team} already, so nothing has changed.", team=team.name),
        _("See it with {show}, or choose another name.", show=_typed("team show", team)),
    )


# --- teams --------------------------------------------------------------------------------------------------


def created(team: Team, next_steps: Sequence[Sentence]) -> Message:
    """Confirm a new team, and say what comes next."""
    return message(
        Text(
            (
                _("The team {team} is made, and you are its owner and first member.", team=team.name),
                _(
                    "Until people tell me their own time zone, I go by {zone}; {form} changes that.",
                    zone=ZoneName(team.zone),
                    form=_typed("team timezone", team, "<zone>"),
                ),
            )
        ),
        _("What comes next:"),
        Bullets(tuple(next_steps)),
        _("To undo: {form}.", form=_typed("team delete", team)),
    )


def next_steps(team: Team, *, standup: bool, setup: bool) -> tuple[Sentence, ...]:
    """What an administrator does with a new team; `standup` and `setup` say which features are installed."""
    steps = [
        _("Add people: {form}", form=_typed("team add", team, "<member>")),
        _("In the channel for handoffs: {form}", form=_typed("channel set", team, "handoff here", room=True)),
    ]
    if standup:
        steps.append(_("Ask for updates: {form}", form=_typed("standup create", team, "at:09:30 days:mon-fri")))
    if setup:
        steps.append(_("Or let me lead you through it: {form}", form=CommandText("setup")))
    return tuple(steps)


def renamed(before: Team, after: Team) -> Message:
    """Confirm a team's new name."""
    undo = CommandText(f"team rename {quoted(after.name)} {quoted(before.name)}")
    return say(
        _("{before} is called {after} from now on.", before=before.name, after=after.name),
        _("To undo: {form}.", form=undo),
    )


def moved(before: Team, after: Team, followed: int) -> Message:
    """Confirm a team's new zone, which members without their own follow."""
    sentences = [_("The team {team} goes by {zone} now.", team=after.name, zone=ZoneName(after.zone))]
    if followed:
        sentences.append(
            n_(
                "{count} member who has not told me their own zone follows it.",
                "{count} members who have not told me their own zone follow it.",
                followed,
            )
        )
    else:
        sentences.append(_("Everyone in it has told me their own zone, so nothing changes for them."))
    if before.zone != after.zone:
        sentences.append(_("To undo: {form}.", form=_typed("team timezone", after, before.zone)))
    return message(Text(tuple(sentences)))


def ask_delete(team: Team, members: int) -> AskFirst:
    """Ask before a team is deleted."""
    question = n_(
        "Delete the team {team} with its {count} member? Its standups, channels and handoffs stop, and this "
        "can't be undone. What people wrote stays in the record, and the people stay in this workspace.",
        "Delete the team {team} with its {count} members? Its standups, channels and handoffs stop, and this "
        "can't be undone. What people wrote stays in the record, and the people stay in this workspace.",
        members,
        team=team.name,
    )
    return AskFirst(question, f"team delete {quoted(team.name)} yes:yes")


def deleted(team: Team, members: int) -> Message:
    """Confirm that a team is gone, and say what stays."""
    return say(
        _("The team {team} is deleted: it asks and posts nothing any more.", team=team.name),
        n_(
            "What its {count} member wrote stays in the record, and they stay in this workspace.",
            "What its {count} members wrote stays in the record, and they stay in this workspace.",
            members,
        ),
        _("To start a team again: {form}.", form=_typed("team create", team)),
    )


# --- who is in a team ---------------------------------------------------------------------------------------


def added(team: Team, person: Person, zone: str | None) -> Message:
    """Confirm a new member of a team; `zone` is the team's, if it stands in for theirs."""
    if zone:
        known = _(
            "I don't know their time zone yet: I go by {zone} and ask them in their working hours.",
            zone=ZoneName(zone),
        )
    else:
        known = _("I know their time zone, and write to them in their own working hours.")
    undo = CommandText(f"team remove {quoted(team.name)} {quoted(person.name)}")
    return say(
        _("{person} is in {team} now.", person=person, team=team.name),
        known,
        _("To undo: {form}.", form=undo),
    )


def in_already(team: Team, person: Person) -> BadInput:
    """Say that somebody is in the team already."""
    return BadInput(
        _("{person} is in {team} already, so nothing has changed.", person=person, team=team.name),
        _("See who is in it: {form}.", form=_typed("team show", team)),
    )


def removed(team: Team, person: Person, *, owner: bool) -> Message:
    """Confirm that somebody is out of a team."""
    sentences = [
        _("{person} is out of {team}: I ask them nothing more for it.", person=person, team=team.name),
        _("What they wrote stays in the record."),
    ]
    if owner:
        sentences.append(_("They remain its owner, so what needs an admin still goes to them."))
    undo = CommandText(f"team add {quoted(team.name)} {quoted(person.name)}")
    return message(Text((*sentences, _("To undo: {form}.", form=undo))))


def not_in(team: Team, person: Person) -> BadInput:
    """Say that somebody is not in the team."""
    return BadInput(
        _("{person} is not in {team}, so nothing has changed.", person=person, team=team.name),
        _("See who is in it: {form}.", form=_typed("team show", team)),
    )


# --- channels -----------------------------------------------------------------------------------------------


def channel_set(
    channel: Channel,
    team: Team,
    before: Channel | None,
    elsewhere: Sequence[Channel],
    other: Team | None,
    *,
    here: bool,
) -> Message:
    """Confirm a channel; `before` had its purpose until now, those `elsewhere` have it on other platforms.

    `other` is another team that uses the place.
    """
    values: dict[str, Value] = {"team": team.name, "channel": ChannelName(channel.name)}
    if channel.purpose is Purpose.HANDOFF:
        there = _("{channel} is where {team} hands over: I post handoffs there.", **values)
        sentences = [_("{channel} is where {team} hands over: I post handoffs here.", **values) if here else there]
    else:
        there = _("{channel} is where {team} meets: I open social threads there.", **values)
        sentences = [_("{channel} is where {team} meets: I open social threads here.", **values) if here else there]
    if before and before.place != channel.place:
        sentences.append(_("Until now it was {channel}.", channel=ChannelName(before.name)))
    if elsewhere:
        sentences += [
            _("I go on posting in {channel} as well, for those who are there.", channel=_names(elsewhere)),
            _(
                "To end that, type {form} there.",
                form=_typed("channel remove", team, f"{channel.purpose} here", room=True),
            ),
        ]
    if other:
        sentences.append(_("{team} uses this channel as well; each keeps its own posts.", team=other.name))
    sentences.append(
        _(
            "To change it, type {form} in another channel.",
            form=_typed("channel set", team, f"{channel.purpose} here", room=True),
        )
    )
    return message(Text(tuple(sentences)))


def channel_removed(channel: Channel, team: Team, left: Sequence[Channel]) -> Message:
    """Confirm that a channel is the team's no more; those that are `left` have its purpose on other platforms."""
    values: dict[str, Value] = {"team": team.name, "channel": ChannelName(channel.name)}
    if channel.purpose is Purpose.HANDOFF:
        sentences = [_("I post no more handoffs of {team} in {channel}; those that are there stay.", **values)]
    else:
        sentences = [_("I open no more social threads of {team} in {channel}; those that are there stay.", **values)]
    if left:
        sentences.append(_("I go on posting in {channel}.", channel=_names(left)))
    else:
        sentences.append(_("It has no other channel for that now."))
    undo = _typed("channel set", team, f"{channel.purpose} here", room=True)
    return message(Text((*sentences, _("To undo, type {form} there.", form=undo))))


def not_its_channel(team: Team, purpose: Purpose, own: Sequence[Channel]) -> BadInput:
    """Refuse to take a channel from a team that does not use it; `own` are those that it uses for that."""
    form = _typed("channel remove", team, f"{purpose} here", room=True)
    used = channels_text(team, own)
    return BadInput(
        _("{team} does not use this channel for that, so nothing has changed.", team=team.name),
        _("It uses {channels}.", channels=used) if own else _("It uses none for that."),
        _("Type it in the channel you mean: {form}.", form=form),
    )


def _names(channels: Sequence[Channel]) -> Listing:
    return Listing(tuple(ChannelName(channel.name) for channel in channels))


def cannot_post(team: Team, purpose: Purpose, picked: NamedPlace, restriction: Restriction) -> BadInput:
    """Refuse a channel in which the bot can say nothing."""
    return BadInput(
        _("I can't post in {channel}, so nothing has changed.", channel=ChannelName(picked.name)),
        restriction.advice,
        _("Then type {form} there.", form=_typed("channel set", team, f"{purpose} here", room=True)),
    )


def lacking(picked: NamedPlace, restriction: Restriction) -> Message:
    """Say that the bot lacks rights in a channel that it can post in."""
    about = _("In {channel} I can't do everything yet.", channel=ChannelName(picked.name))
    return message(Text((about, restriction.advice)))


def only_in_a_channel(team: Team, purpose: Purpose) -> BadInput:
    """Refuse to make a private conversation a team's channel."""
    return BadInput(
        _("This is a private conversation, which can't be a team's channel."),
        _("Type it in the channel you mean: {form}.", form=_typed("channel set", team, f"{purpose} here", room=True)),
    )


def channel_text(channel: Channel) -> Sentence:
    """A channel with what it is for."""
    if channel.purpose is Purpose.HANDOFF:
        return _("{channel} for handoffs", channel=ChannelName(channel.name))
    return _("{channel} for social threads", channel=ChannelName(channel.name))


def channels(teams: Sequence[tuple[Team, Sequence[Channel]]]) -> Message:
    """Show teams' channels."""
    pairs = tuple((team.name, channels_text(team, own)) for team, own in teams)
    return message(Heading(_("Channels")), Fields(pairs))


def channels_text(team: Team, own: Sequence[Channel]) -> Value:
    """A team's channels, or how to set the first."""
    if own:
        return Listing(tuple(channel_text(channel) for channel in own))
    return _("none yet; type {form} in one", form=_typed("channel set", team, "handoff here", room=True))


# --- which team ---------------------------------------------------------------------------------------------


def no_teams(*, admin: bool) -> Message:
    """Say that there is no team yet, and how one is made."""
    if admin:
        return say(_("There is no team yet."), _("Make one: {form}.", form=CommandText("team create Atlas")))
    return say(
        _("There is no team yet."),
        _("An admin makes one with {form}.", form=CommandText("team create Atlas")),
    )
