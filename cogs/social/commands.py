"""The commands of the social cog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from bot.api import N_, Call, Commanded, Message, Person, Rest, Sentence, Team, Value, Weekdays, command, quoted
from cogs.social import messages, posting, store, suggesting, suggestion_messages
from cogs.social.domain import parse_themes, split_team, team_like, theme_for
from cogs.social.naming import lists_like, means_every, theme_named, words_like
from cogs.social.planning import DAYS, NAMES, Settings, themes_in_use
from cogs.social.prompts import BY_NAME, FROM_THE_TEAM, Theme
from cogs.social.records import Standing, Suggestion


@command(
    "social on",
    help=N_("Open a social thread on some weekdays, each time in another region's morning"),
    example="social on Atlas days:mon,wed,fri",
    admin=True,
)
async def on(call: Call, team: Team | None = None, days: Weekdays | None = None) -> Message:
    """Switch a team's social prompts on, or change their weekdays."""
    more = f" days:{messages.days_typed(days)}" if days else ""
    team = team or await _one_team(call, lambda team: f"social on {quoted(team.name)}{more}")
    channels = await posting.social_channels(call.tx, team.id)
    if not channels:
        raise messages.needs_channel(team)
    before = (await store.settings_of(call.tx, [team.id])).get(team.id)
    settings = replace(_settings(team, before, call), days=days or _days(before), on=True, since=call.tx.now)
    await store.save_settings(call.tx, settings)
    await posting.plan_next(call.tx, [team.id])
    prospect = await _prospect(call, settings)
    coming = messages.next_one(prospect.plan, prospect.theme, call.member)
    return messages.switched_on(team, settings, channels, coming, before)


@command("social off", help=N_("Open no more social threads"), example="social off Atlas", admin=True)
async def off(call: Call, team: Team | None = None) -> Message:
    """Switch a team's social prompts off."""
    team = team or await _one_team(call, lambda team: f"social off {quoted(team.name)}")
    settings = (await store.settings_of(call.tx, [team.id])).get(team.id)
    if settings is None or not settings.on:
        raise messages.off_already(team)
    await store.save_settings(call.tx, replace(settings, on=False))
    await posting.plan_next(call.tx, [team.id])
    return messages.switched_off(team, settings)


@command(
    "social show",
    help=N_("See when the next social thread opens, its theme, and who goes first"),
    example="social show Atlas",
    read=True,
)
async def show(call: Call, team: Team | None = None) -> Message:
    """Show a team's social prompts."""
    team = team or await _one_team(call, lambda team: f"social show {quoted(team.name)}")
    settings = (await store.settings_of(call.tx, [team.id])).get(team.id)
    facts: list[tuple[Value, Value]] = []
    if settings is not None and settings.on:
        prospect = await _prospect(call, settings)
        facts = messages.facts(settings, prospect.plan, prospect.theme, call.member)
    waiting = []
    if call.admin:
        pending = await store.suggestions_of(call.tx, [team.id], [Standing.PENDING])
        authors = await call.tx.people.members({each.author for each in pending})
        waiting = [(each.number, Person(each.author, authors[each.author].name)) for each in pending]
    channels = await posting.social_channels(call.tx, team.id)
    return messages.shown(team, settings, channels, facts, waiting, admin=call.admin)


@command(
    "social now",
    help=N_("Open an extra social thread right now, with a theme if you like"),
    example="social now Atlas pets",
    admin=True,
    complete={"theme": words_like},
)
async def now(call: Call, team: Team | None = None, theme: Rest | None = None) -> Message:
    """Post one prompt beside those that are planned, of a theme or of the day's."""
    team, wanted = await _team_and_words(call, team, theme, "social now")
    channels = await posting.social_channels(call.tx, team.id)
    if not channels:
        raise messages.needs_channel(team)
    before = (await store.settings_of(call.tx, [team.id])).get(team.id)
    settings = _settings(team, before, call)
    own = await store.suggestions_of(call.tx, [team.id], [Standing.ACCEPTED])
    today = (await call.tx.people.working_time(call.member)).local_date(call.tx.now)
    if wanted:
        chosen = _theme(call, team, wanted)
    else:
        in_use = themes_in_use(settings.themes, suggested=bool(own))
        chosen = BY_NAME[theme_for(today, in_use, settings.days)]
    if chosen is FROM_THE_TEAM and not own:
        raise messages.nothing_suggested()
    await posting.publish(call.tx, team, channels, chosen, today, extra=True)
    coming: tuple[Sentence, ...] = ()
    if settings.on:
        prospect = await _prospect(call, settings)
        coming = messages.next_one(prospect.plan, prospect.theme, call.member)
    return messages.posted_now(team, channels, chosen, coming)


@command(
    "social themes",
    help=N_("See or choose the themes of the social threads"),
    example="social themes Atlas pets,reading,food",
    admin=True,
    complete={"names": lists_like},
)
async def themes(call: Call, team: Team | None = None, names: Rest | None = None) -> Message:
    """Choose a team's themes; without names, show them."""
    team, wanted = await _team_and_words(call, team, names, "social themes")
    settings = _settings(team, (await store.settings_of(call.tx, [team.id])).get(team.id), call)
    if not wanted:
        return messages.themes(team, settings.themes)
    try:
        chosen = () if means_every(call, wanted) else _themes(call, wanted)
    except LookupError as unknown:
        form = messages.typed("social themes", team, "pets,reading,food")
        raise messages.unknown_theme(str(unknown.args[0]), form) from None
    await store.save_settings(call.tx, replace(settings, themes=chosen))
    return messages.themes_chosen(team, chosen, settings.themes)


@command(
    "social suggest",
    help=N_("Suggest a prompt; once an admin accepts it, it is posted with your name"),
    example="social suggest Which bridge do you like best?",
)
async def suggest(call: Call, team: Team | None = None, *, text: Rest) -> Message:
    """Keep a suggested prompt, and ask an admin about it; theirs is accepted at once."""
    cleaned = suggesting.clean(text)
    team = team or await _own_team(call, cleaned)
    if call.member.id not in {member.id for member in await call.tx.people.members_of_team(team.id)}:
        raise suggestion_messages.not_in(team)
    settings = (await store.settings_of(call.tx, [team.id])).get(team.id)
    on = settings is not None and settings.on
    suggestion = Suggestion(
        call.workspace.id,
        await store.next_number(call.tx, call.workspace.id),
        team.id,
        call.member.id,
        cleaned,
        Standing.ACCEPTED if call.admin else Standing.PENDING,
        call.said.source,
        call.tx.now,
        requested=0 if call.admin else 1,
    )
    await store.add_suggestion(call.tx, suggestion)
    if call.admin:
        return suggestion_messages.accepted_at_once(suggestion, team, on=on)
    await suggesting.ask(call.tx, suggestion, team)
    by = await suggesting.decider(call.tx, team)
    typed = call.tx.cause is None or not isinstance(call.tx.cause.event, Commanded)
    return suggestion_messages.thanks(suggestion, team, Person(by.id, by.name), on=on, typed=typed)


@command(
    "social accept",
    help=N_("Accept a suggested prompt by its number"),
    example="social accept 3",
    admin=True,
)
async def accept(call: Call, number: int) -> Message:
    """Take a suggestion into the team's own prompts."""
    suggestion, team = await _undecided(call, number, Standing.ACCEPTED)
    await suggesting.decide(call.tx, suggestion, team, Standing.ACCEPTED, call.member)
    return suggestion_messages.accepted(suggestion, await posting.author_of(call.tx, suggestion))


@command(
    "social decline",
    help=N_("Decline a suggested prompt by its number"),
    example="social decline 3",
    admin=True,
)
async def decline(call: Call, number: int) -> Message:
    """Leave a suggestion out of the team's own prompts."""
    suggestion, team = await _undecided(call, number, Standing.DECLINED)
    await suggesting.decide(call.tx, suggestion, team, Standing.DECLINED, call.member)
    return suggestion_messages.declined(suggestion, await posting.author_of(call.tx, suggestion))


async def _undecided(call: Call, number: int, verdict: Standing) -> tuple[Suggestion, Team]:
    """The suggestion with that number and its team; raises BadInput if the decision would change nothing."""
    suggestion = await store.suggestion(call.tx, call.workspace.id, number)
    team = await call.tx.people.team(suggestion.team) if suggestion else None
    if suggestion is None or team is None or suggestion.state is Standing.WITHDRAWN:
        teams = [team.id for team in await call.tx.people.teams(call.workspace.id)]
        waiting = await store.suggestions_of(call.tx, teams, [Standing.PENDING])
        raise suggestion_messages.unknown(number, [each.number for each in waiting])
    if suggestion.state is verdict:
        raise suggestion_messages.decided_already(suggestion, accepted=verdict is Standing.ACCEPTED)
    return suggestion, team


# Which team, which settings, which theme


async def _one_team(call: Call, command: Callable[[Team], str], among: Sequence[Team] | None = None) -> Team:
    """The team of the channel where it was typed, or the only one; raises BadInput that asks for others."""
    teams = await call.tx.people.teams(call.workspace.id) if among is None else among
    if not teams:
        raise messages.no_team()
    place = call.place.channel
    here = [team for team in teams if any(channel.place == place for channel in await call.tx.people.channels(team.id))]
    found = teams if len(teams) == 1 else here
    if len(found) != 1:
        raise messages.which_team(teams, command)
    return found[0]


async def _own_team(call: Call, text: str) -> Team:
    """The caller's team that a suggestion is for."""
    teams = await call.tx.people.teams_of(call.member.id)
    if not teams:
        raise suggestion_messages.not_in_a_team()
    if len(teams) == 1:
        return teams[0]
    return await _one_team(call, lambda team: f"social suggest team:{quoted(team.name)} {text}", teams)


async def _team_and_words(call: Call, team: Team | None, words: str | None, form: str) -> tuple[Team, str]:
    """The team and what else was typed; the team may stand before it without its option's name."""
    text = words or ""
    if team is None:
        teams = await call.tx.people.teams(call.workspace.id)
        name, rest = split_team(text, [each.name for each in teams])
        named = next((each for each in teams if each.name == name), None)
        if named is not None:
            return named, rest
        _must_be_no_team(call, text, teams, form)
    return (
        team or await _one_team(call, lambda team: f"{form} {quoted(team.name)} {text}".rstrip()),
        text.strip(),
    )


def _must_be_no_team(call: Call, text: str, teams: Sequence[Team], form: str) -> None:
    """Raise BadInput for what seems to be meant as a team's name, where themes are expected."""
    name = team_like(text, [team.name for team in teams])
    if name is None or means_every(call, text):
        return
    try:
        _themes(call, text)
    except LookupError:
        team = next(team for team in teams if team.name == name)
        raise messages.no_theme_but_a_team(text, team, form) from None


def _settings(team: Team, before: Settings | None, call: Call) -> Settings:
    return before or Settings(team.id, team.workspace, DAYS, (), False, call.tx.now)


def _days(before: Settings | None) -> Weekdays:
    return before.days if before else DAYS


def _themes(call: Call, text: str) -> tuple[str, ...]:
    """The themes that a list of words, or one whole title, means. Raises LookupError."""
    title = theme_named(call, text)
    return (title,) if title else parse_themes(text, NAMES, partial(theme_named, call))


def _theme(call: Call, team: Team, text: str) -> Theme:
    name = theme_named(call, text)
    if name is None:
        raise messages.unknown_theme(text, messages.typed("social now", team, "pets"))
    return BY_NAME[name]


async def _prospect(call: Call, settings: Settings) -> posting.Prospect:
    return (await posting.prospects(call.tx, [settings]))[0]
