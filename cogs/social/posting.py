"""Plans each team's next social prompt, and posts it when its time has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.api import (
    Channel,
    Days,
    Feature,
    MemberChanged,
    MemberId,
    Message,
    Person,
    Purpose,
    Team,
    TeamChanged,
    TeamId,
    TeamSurveyed,
    Timer,
    Transaction,
    Value,
    WorkingTime,
    to_channel,
    to_member,
    to_micros,
)
from cogs.social import messages, post_messages, store
from cogs.social.planning import Plan, Settings, next_theme, upcoming
from cogs.social.prompts import BY_NAME, FROM_THE_TEAM, Theme
from cogs.social.records import Post, Standing, Suggestion

COG, JOB = "social", "post"
_NEVER = datetime.min.replace(tzinfo=UTC)


# Planning


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a team's next prompt depends on, and the plan that follows; `theme` is None without a plan."""

    settings: Settings
    plan: Plan | None
    theme: Theme | None


async def prospects(
    tx: Transaction, settings: Sequence[Settings], after: Mapping[TeamId, date] | None = None
) -> Sequence[Prospect]:
    """The next prompt of each team, later than its latest one and than the date in `after`."""
    teams = [each.team for each in settings]
    latest = await store.latest_posts(tx, teams) if teams else {}
    own = await store.suggestions_of(tx, teams, [Standing.ACCEPTED]) if teams else ()
    found = []
    for each in settings:
        post = latest.get(each.team)
        known = (post.date if post else None, (after or {}).get(each.team))
        times = await _times(tx, each.team)
        plan = upcoming(each, times, tx.now, max((day for day in known if day), default=None))
        mine = [suggestion for suggestion in own if suggestion.team == each.team]
        theme = _theme_of(plan, each, mine, post) if plan else None
        found.append(Prospect(each, plan, theme))
    return found


def _theme_of(plan: Plan, settings: Settings, own: Sequence[Suggestion], latest: Post | None) -> Theme:
    waiting = any(suggestion.posted is None for suggestion in own)
    name = next_theme(
        plan.date, settings, suggested=bool(own), waiting=waiting, latest=latest.theme if latest else None
    )
    return BY_NAME[name]


async def _times(tx: Transaction, team: TeamId) -> Mapping[MemberId, WorkingTime]:
    return await tx.people.working_times(await tx.people.members_of_team(team))


async def plan_next(tx: Transaction, teams: Sequence[TeamId], after: Mapping[TeamId, date] | None = None) -> None:
    """Set the timer of each team whose social prompts are on, and of no other."""
    known = await store.settings_of(tx, teams)
    on = [each for each in known.values() if each.on]
    timers = [
        Timer(COG, JOB, str(prospect.settings.team), prospect.plan.at, prospect.settings.workspace)
        for prospect in await prospects(tx, on, after)
        if prospect.plan
    ]
    idle = {str(team) for team in teams} - {timer.key for timer in timers}
    if idle:
        await tx.timers.cancel(COG, JOB, sorted(idle))
    if timers:
        await tx.timers.set(timers)


async def team_changed(tx: Transaction, event: TeamChanged) -> None:
    """Plan again: who is in the team decides when, and its channel where."""
    if event.deleted:
        await store.forget_settings(tx, event.team)
        await tx.timers.cancel(COG, JOB, [str(event.team)])
    elif event.team in await store.settings_of(tx, [event.team]):
        await plan_next(tx, [event.team])


async def survey(tx: Transaction, event: TeamSurveyed) -> None:
    """Say on which weekdays a team's threads open, if that was ever decided."""
    for settings in (await store.settings_of(tx, [event.team])).values():
        event.found[COG] = Feature(settings.on, Days(settings.days))


async def member_changed(tx: Transaction, event: MemberChanged) -> None:
    """Plan again for the teams of a member whose zone, hours or days off changed."""
    teams = [team.id for team in await tx.people.teams_of(event.member)]
    known = await store.settings_of(tx, teams) if teams else {}
    if known:
        await plan_next(tx, list(known))


# Posting


async def post_due(tx: Transaction, due: Sequence[Timer]) -> None:
    """Post what is due, and plan what follows; what came too late is left out without a word."""
    teams = [TeamId(int(timer.key)) for timer in due]
    known = await store.settings_of(tx, teams)
    left_out: dict[TeamId, date] = {}
    for prospect in await prospects(tx, [each for each in known.values() if each.on]):
        plan, theme, team = prospect.plan, prospect.theme, await tx.people.team(prospect.settings.team)
        if plan is None or theme is None or team is None or plan.at > tx.now:
            continue
        channels = await social_channels(tx, team.id)
        if not channels:
            _tell_owner(tx, team, prospect.settings)
            left_out[team.id] = plan.date
            continue
        zones = plan.host.zones if len(plan.regions) > 1 else ()
        await publish(tx, team, channels, theme, plan.date, zones)
    await plan_next(tx, teams, left_out)


def _tell_owner(tx: Transaction, team: Team, settings: Settings) -> None:
    key = f"social:{team.id}:no-channel:{to_micros(settings.since)}"
    notice = messages.no_channel(team)
    tx.send(to_member(team.owner), notice, workspace=team.workspace, kind="social.notice", key=key, asked=False)


async def social_channels(tx: Transaction, team: TeamId) -> Sequence[Channel]:
    """The team's channels for social threads: at most one on each platform, with a thread of its own."""
    return await tx.people.channels(team, Purpose.SOCIAL)


async def publish(
    tx: Transaction,
    team: Team,
    channels: Sequence[Channel],
    theme: Theme,
    day: date,
    zones: Sequence[str] = (),
    *,
    extra: bool = False,
) -> None:
    """Draw the theme's next prompt and post it; an `extra` one stands beside those of the posting dates."""
    drawn = await _draw(tx, team, channels[0], theme)
    key = f"social:{team.id}:{day}"
    if extra:
        key = f"social:{team.id}:extra:{await store.extras(tx, team.id) + 1}"
    date_ = None if extra else day
    post = Post(key, team.workspace, team.id, date_, theme.name, drawn.number, tuple(zones), tx.now)
    await store.add_post(tx, post)
    tx.send(
        to_channel(channels[0]),
        post_messages.post(theme, drawn.prompt, zones, drawn.author, extra=extra),
        workspace=team.workspace,
        kind="social.prompt",
        key=key,
        day=date_,
        asked=False,
        title=post_messages.thread_title(theme, day),
        also=[to_channel(channel) for channel in channels[1:]],
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    number: int
    prompt: Value
    author: Person | None = None


async def _draw(tx: Transaction, team: Team, channel: Channel, theme: Theme) -> _Drawn:
    if theme is FROM_THE_TEAM:
        return await _draw_own(tx, team)
    where = f"{channel.place.platform} {channel.place.address}"
    # By its name, so that a team is asked the same whatever platform it is on.
    deck = await store.deck_of(tx, team.workspace, where, theme.name, seed=channel.name)
    number, deck = deck.draw(len(theme.prompts))
    await store.save_deck(tx, team.workspace, where, deck)
    return _Drawn(number, post_messages.prompt_text(theme, number))


async def _draw_own(tx: Transaction, team: Team) -> _Drawn:
    """The accepted suggestion whose last post is the longest ago; first those that had none."""
    own = await store.suggestions_of(tx, [team.id], [Standing.ACCEPTED])
    drawn = min(own, key=lambda suggestion: (suggestion.posted or _NEVER, suggestion.number))
    await store.save_suggestion(tx, replace(drawn, posted=tx.now))
    return _Drawn(drawn.number, drawn.text, await author_of(tx, drawn))


async def author_of(tx: Transaction, suggestion: Suggestion) -> Person:
    """The member who suggested it, to be named without a mention."""
    member = await tx.people.member(suggestion.author)
    return Person(member.id, member.name)


async def posts_again(tx: Transaction, suggestion: Suggestion, text: Value) -> Sequence[tuple[Post, Message]]:
    """The posts that quote a suggestion, each with what it says now."""
    theme, author = FROM_THE_TEAM, await author_of(tx, suggestion)
    posts = await store.posts_of_prompt(tx, suggestion.workspace, theme.name, suggestion.number)
    credit = author if isinstance(text, str) else None
    return [(post, post_messages.post(theme, text, post.zones, credit, extra=post.date is None)) for post in posts]
