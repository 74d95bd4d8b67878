"""What the social cog says in its channel, and to those who set it up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.api import (
    BadInput,
    Bullets,
    Channel,
    ChannelName,
    Choice,
    CommandText,
    Days,
    Fields,
    Heading,
    Listing,
    Member,
    Message,
    Moment,
    OptionName,
    Person,
    Sentence,
    Show,
    Team,
    Text,
    Value,
    Weekdays,
    ZoneName,
    catalogue,
    message,
    quoted,
    say,
)
from cogs.social.naming import WORDS
from cogs.social.planning import ALL_THEMES, NAMES, Plan, Settings
from cogs.social.prompts import BY_NAME, FROM_THE_TEAM, Theme
from cogs.social.regions import Region

DOMAIN = "social"
_, n_ = catalogue(DOMAIN)

_MOST_CITIES = 4
_TEAM = OptionName("team")


# Words


def typed(words: str, team: Team, more: str = "") -> CommandText:
    """Words to type, with the team's name in them."""
    return CommandText(f"{words} {quoted(team.name)} {more}".rstrip())


def titled(theme: Theme) -> Sentence:
    """A theme by its emoji and title."""
    return _("{emoji} {title}", emoji=theme.emoji, title=Sentence(DOMAIN, theme.title))


def cities(zones: Sequence[str]) -> Value:
    """A region by its cities, those of most of its members first."""
    named: list[Value] = [ZoneName(zone) for zone in zones[:_MOST_CITIES]]
    if len(zones) > _MOST_CITIES:
        named[-1] = _("places nearby")
    return Listing(tuple(named)) if len(named) > 1 else named[0]


def _names(channels: Sequence[Channel]) -> Listing:
    return Listing(tuple(ChannelName(channel.name) for channel in channels))


def no_channel(team: Team) -> Message:
    """Tell the owner that the prompts have no place to go."""
    return say(
        _("The social threads of {team} are on, but the team has no channel for them.", team=team.name),
        how_to_set(team),
        _("To switch them off: {form}.", form=typed("social off", team)),
    )


def how_to_set(team: Team) -> Sentence:
    """How a team gets a channel for social threads."""
    return _("Type {form} in the channel where you want them.", form=typed("channel set", team, "social here"))


# On and off


def needs_channel(team: Team) -> BadInput:
    """Refuse to post nowhere."""
    return BadInput(
        _("{team} has no channel for social threads yet, so nothing has changed.", team=team.name),
        how_to_set(team),
    )


def switched_on(
    team: Team, settings: Settings, channels: Sequence[Channel], upcoming: tuple[Sentence, ...], before: Settings | None
) -> Message:
    """Confirm that social prompts are on; `before` is how they were."""
    done = _(
        "Social threads are on for {team}: {days}, in {channel}.",
        team=team.name,
        days=Days(settings.days),
        channel=_names(channels),
    )
    undo = typed("social off", team)
    if before is not None and before.on:
        undo = typed("social on", team, f"days:{days_typed(before.days)}")
    more = Listing((typed("social themes", team), typed("social now", team), typed("social show", team)))
    return message(
        Text((done, *upcoming)),
        Text((_("More: {commands}.", commands=more), _("To undo: {form}.", form=undo))),
    )


def days_typed(days: Weekdays) -> str:
    """Weekdays as one types them."""
    return ",".join(("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day] for day in sorted(days))


def next_one(plan: Plan | None, theme: Theme | None, reader: Member) -> tuple[Sentence, ...]:
    """When the next prompt comes, its theme and who goes first."""
    if plan is None or theme is None:
        return (_("None is planned: nobody works on these days in the months ahead."),)
    sentences = [_("The next one comes {when}: {theme}.", when=when(plan, reader), theme=titled(theme))]
    if len(plan.regions) > 1:
        sentences.append(_("The first word goes to {cities}.", cities=cities(plan.host.zones)))
    return tuple(sentences)


def when(plan: Plan, reader: Member) -> Value:
    """The instant of a plan: on the reader's clock, and on its host's where that is another."""
    zone = plan.host.zones[0]
    if reader.zone in plan.host.zones:
        return Moment(plan.at)
    return _(
        "{when} ({time} in {city})",
        when=Moment(plan.at),
        time=Moment(plan.at, Show.TIME, zone),
        city=ZoneName(zone),
    )


def switched_off(team: Team, settings: Settings) -> Message:
    """Confirm that social prompts are off."""
    undo = typed("social on", team, f"days:{days_typed(settings.days)}")
    return say(
        _("Social threads are off for {team}: I open no more of them.", team=team.name),
        _("The threads that are there stay."),
        _("To undo: {form}.", form=undo),
    )


def off_already(team: Team) -> BadInput:
    """Say that there is nothing to switch off."""
    return BadInput(
        _("Social threads are off for {team} already, so nothing has changed.", team=team.name),
        _("To switch them on: {form}.", form=typed("social on", team)),
    )


# What is set


def shown(
    team: Team,
    settings: Settings | None,
    channels: Sequence[Channel],
    facts: Sequence[tuple[Value, Value]],
    waiting: Sequence[tuple[int, Person]],
    *,
    admin: bool,
) -> Message:
    """Show a team's social prompts; `facts` is what is planned, `waiting` are suggestions by number and author."""
    on = settings is not None and settings.on
    place: Value = _names(channels) if channels else _("none yet")
    pairs: list[tuple[Value, Value]] = [(_("State"), _("on") if on else _("off")), (_("Channel"), place), *facts]
    if waiting:
        items = tuple(_("{number} by {name}", number=number, name=who) for number, who in waiting)
        pairs.append((_("Suggestions that wait for an admin"), Listing(items)))
    hints = [_("To suggest a prompt: {form}.", form=CommandText("social suggest TEXT"))]
    if not channels:
        hints.insert(0, how_to_set(team))
    if admin:
        change = ("social off", "social on", "social themes", "social now") if on else ("social on", "social now")
        forms = Listing(tuple(typed(words, team) for words in change), either=True)
        hints.append(_("To change it: {commands}.", commands=forms))
    return message(Heading(_("Social threads of {team}", team=team.name)), Fields(tuple(pairs)), Text(tuple(hints)))


def facts(settings: Settings, plan: Plan | None, theme: Theme | None, reader: Member) -> list[tuple[Value, Value]]:
    """What is planned, for `shown`."""
    pairs: list[tuple[Value, Value]] = [(_("Days"), Days(settings.days))]
    if plan is None or theme is None:
        pairs.append((_("Next"), _("nothing, as nobody works on these days in the months ahead")))
    else:
        pairs += [(_("Next"), when(plan, reader)), (_("Theme"), titled(theme))]
        if len(plan.regions) > 1:
            pairs.append((_("Who goes first"), cities(plan.host.zones)))
            pairs.append((_("In turn"), Listing(tuple(_shortly(region) for region in _from_host(plan)))))
    titles = tuple(titled(BY_NAME[name]) for name in settings.themes)
    pairs.append((_("Themes"), Listing(titles) if titles else _("all")))
    return pairs


def _from_host(plan: Plan) -> tuple[Region, ...]:
    place = plan.regions.index(plan.host)
    return (*plan.regions[place:], *plan.regions[:place])


def _shortly(region: Region) -> ZoneName:
    return ZoneName(region.zones[0])


# Extras


def posted_now(team: Team, channels: Sequence[Channel], theme: Theme, upcoming: tuple[Sentence, ...]) -> Message:
    """Confirm an extra prompt, and that nothing planned changes because of it."""
    return say(
        _("I opened a thread in {channel}: {theme}.", channel=_names(channels), theme=titled(theme)),
        _("It is an extra one; what is planned for {team} stays as it is.", team=team.name),
        *upcoming,
    )


def nothing_suggested() -> BadInput:
    """Say that the team has no prompts of its own yet."""
    return BadInput(
        _("There is no accepted suggestion from the team yet."),
        _("Everyone can make one: {form}.", form=CommandText("social suggest TEXT")),
    )


# Themes


def themes(team: Team, chosen: Sequence[str]) -> Message:
    """Show which themes are in use, by title and by the name to type; none chosen means all."""
    change = (
        _("To choose others: {form}.", form=typed("social themes", team, "pets,reading,food")),
        _("To have all of them: {form}.", form=typed("social themes", team, "all")),
    )
    return message(_("The themes of {team}:", team=team.name), *_theme_lines(chosen), Text(change))


def themes_chosen(team: Team, chosen: Sequence[str], before: Sequence[str]) -> Message:
    """Confirm the themes; `before` are those that undoing goes back to."""
    undo = typed("social themes", team, ",".join(before) or "all")
    return message(
        _("From now on, the themes of {team} are:", team=team.name),
        *_theme_lines(chosen),
        _("To undo: {form}.", form=undo),
    )


def _theme_lines(chosen: Sequence[str]) -> tuple[Bullets | Value, ...]:
    used = chosen or ALL_THEMES
    shown: list[Bullets | Value] = [
        Bullets(tuple(_("{theme}: {name}", theme=titled(BY_NAME[n]), name=WORDS[n]) for n in used))
    ]
    if unused := tuple(name for name in ALL_THEMES if name not in used):
        shown.append(_("Not in use: {names}.", names=Listing(tuple(WORDS[name] for name in unused))))
    if FROM_THE_TEAM.name not in used:
        shown.append(_("What the team suggested comes in between, each suggestion once."))
    return tuple(shown)


def unknown_theme(text: str, form: CommandText) -> BadInput:
    """Name the themes there are."""
    return BadInput(
        _("There is no theme “{text}”.", text=_short(text)),
        _("The themes are {names}.", names=Listing(tuple(WORDS[name] for name in NAMES))),
        _("Type it like this: {form}.", form=form),
    )


def no_theme_but_a_team(text: str, team: Team, words: str) -> BadInput:
    """Say where the team goes that seems to be meant, and which themes there are."""
    form = CommandText(f"{words} team:{quoted(team.name)}")
    return BadInput(
        _("There is no theme “{text}”.", text=_short(text.strip('"“”'))),
        _(
            "If you mean the team {team}, name it in the option {option}: {form}.",
            team=team.name,
            option=_TEAM,
            form=form,
        ),
        _("The themes are {names}.", names=Listing(tuple(WORDS[name] for name in NAMES))),
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


# Which team


def which_team(teams: Sequence[Team], command: Callable[[Team], str]) -> BadInput:
    """Ask which of several teams is meant."""
    if len(teams) > 9:
        return BadInput(
            _("There are several teams here. Which one do you mean?"),
            _("Type it like this: {form}.", form=CommandText(command(teams[0]))),
        )
    return BadInput(
        _("There are several teams here. Which one do you mean?"),
        choices=tuple(
            Choice(command(team), _("{team}", team=team.name), f"{n}\N{COMBINING ENCLOSING KEYCAP}")
            for n, team in enumerate(teams, start=1)
        ),
    )


def no_team() -> BadInput:
    """Say that there is no team yet."""
    return BadInput(
        _("There is no team yet."),
        _("An admin makes one with {form}.", form=CommandText("team create Atlas")),
    )
