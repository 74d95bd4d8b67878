"""The social cog's own tables: settings, decks, posts and suggestions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.api import (
    MemberId,
    MessageRef,
    Place,
    TeamId,
    Transaction,
    WorkspaceId,
    from_micros,
    to_micros,
)
from cogs.social.domain import Deck
from cogs.social.planning import Settings
from cogs.social.records import Post, Standing, Suggestion

metadata = MetaData()
_INSTANT = BigInteger().with_variant(Integer(), "sqlite")

SETTINGS = Table(
    "social_settings",
    metadata,
    Column("team", Integer, nullable=False, autoincrement=False),
    Column("workspace", Integer, nullable=False),
    Column("days", Text, nullable=False),
    Column("themes", Text, nullable=False),
    Column("active", Integer, nullable=False),
    Column("since", _INSTANT, nullable=False),
    PrimaryKeyConstraint("team", name="social_settings_pkey"),
    sqlite_strict=True,
)

DECKS = Table(
    "social_decks",
    metadata,
    Column("workspace", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("seed", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("last", Integer),
    Column("size", Integer, nullable=False),
    PrimaryKeyConstraint("workspace", "channel", "theme", name="social_decks_pkey"),
    sqlite_strict=True,
)

POSTS = Table(
    "social_posts",
    metadata,
    Column("key", Text, nullable=False),
    Column("workspace", Integer, nullable=False),
    Column("team", Integer, nullable=False),
    Column("date", Text),  # none for an extra
    Column("theme", Text, nullable=False),
    Column("prompt", Integer, nullable=False),
    Column("zones", Text, nullable=False),
    Column("posted_at", _INSTANT, nullable=False),
    PrimaryKeyConstraint("key", name="social_posts_pkey"),
    UniqueConstraint("team", "date", name="social_posts_team_date_key"),
    Index("social_posts_prompt_index", "workspace", "theme", "prompt"),
    sqlite_strict=True,
)

SUGGESTIONS = Table(
    "social_suggestions",
    metadata,
    Column("workspace", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("team", Integer, nullable=False),
    Column("author", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("requested", Integer, nullable=False),
    Column("suggested_at", _INSTANT, nullable=False),
    Column("posted_at", _INSTANT),
    Column("platform", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("message", Text, nullable=False),
    PrimaryKeyConstraint("workspace", "number", name="social_suggestions_pkey"),
    Index("social_suggestions_team_index", "team"),
    Index("social_suggestions_source_index", "platform", "address", "message"),
    sqlite_strict=True,
)


# Settings


async def settings_of(tx: Transaction, teams: Iterable[TeamId]) -> Mapping[TeamId, Settings]:
    """The settings of those teams that were ever switched on."""
    found = await tx.execute(select(SETTINGS).where(SETTINGS.c.team.in_(list(teams))))
    return {TeamId(row.team): _settings(row) for row in found.rows}


def _settings(row: Any) -> Settings:
    return Settings(
        TeamId(row.team),
        WorkspaceId(row.workspace),
        frozenset(json.loads(row.days)),
        tuple(json.loads(row.themes)),
        bool(row.active),
        from_micros(row.since),
    )


async def save_settings(tx: Transaction, settings: Settings) -> None:
    """Store a team's settings instead of earlier ones."""
    await forget_settings(tx, settings.team)
    row = {
        "team": settings.team,
        "workspace": settings.workspace,
        "days": json.dumps(sorted(settings.days)),
        "themes": json.dumps(settings.themes),
        "active": int(settings.on),
        "since": to_micros(settings.since),
    }
    await tx.execute(insert(SETTINGS), row)


async def forget_settings(tx: Transaction, team: TeamId) -> None:
    """Remove a team's settings."""
    await tx.execute(delete(SETTINGS).where(SETTINGS.c.team == team))


# Decks


async def deck_of(tx: Transaction, workspace: WorkspaceId, channel: str, theme: str, seed: str) -> Deck:
    """Where a channel stands in a theme; a new deck, shuffled by `seed`, if it had none of it yet."""
    found = await tx.execute(select(DECKS).where(*_deck(workspace, channel, theme)))
    for row in found.rows:
        return Deck(row.theme, row.seed, row.round, row.position, row.last, row.size)
    return Deck(theme, seed)


async def save_deck(tx: Transaction, workspace: WorkspaceId, channel: str, deck: Deck) -> None:
    """Store where a channel stands in a theme."""
    await tx.execute(delete(DECKS).where(*_deck(workspace, channel, deck.theme)))
    row = {
        "workspace": workspace,
        "channel": channel,
        "theme": deck.theme,
        "seed": deck.seed,
        "round": deck.round,
        "position": deck.position,
        "last": deck.last,
        "size": deck.size,
    }
    await tx.execute(insert(DECKS), row)


def _deck(workspace: WorkspaceId, channel: str, theme: str) -> tuple[Any, ...]:
    return (DECKS.c.workspace == workspace, DECKS.c.channel == channel, DECKS.c.theme == theme)


# Posts


async def add_post(tx: Transaction, post: Post) -> None:
    """Note a post; there is one per team and date."""
    row = {
        "key": post.key,
        "workspace": post.workspace,
        "team": post.team,
        "date": post.date and post.date.isoformat(),
        "theme": post.theme,
        "prompt": post.prompt,
        "zones": json.dumps(post.zones),
        "posted_at": to_micros(post.at),
    }
    await tx.execute(insert(POSTS), row)


async def latest_posts(tx: Transaction, teams: Iterable[TeamId]) -> Mapping[TeamId, Post]:
    """Each team's post of the latest date, extras left aside."""
    latest = (
        select(POSTS.c.team, func.max(POSTS.c.date).label("date"))
        .where(POSTS.c.team.in_(list(teams)), POSTS.c.date.is_not(None))
        .group_by(POSTS.c.team)
        .subquery()
    )
    joined = POSTS.join(latest, (POSTS.c.team == latest.c.team) & (POSTS.c.date == latest.c.date))
    found = await tx.execute(select(POSTS).select_from(joined))
    return {TeamId(row.team): _post(row) for row in found.rows}


async def extras(tx: Transaction, team: TeamId) -> int:
    """How many prompts beside the planned ones a team had."""
    found = await tx.execute(
        select(func.count().label("n")).select_from(POSTS).where(POSTS.c.team == team, POSTS.c.date.is_(None))
    )
    return int(found.rows[0].n)


async def posts_of_prompt(tx: Transaction, workspace: WorkspaceId, theme: str, prompt: int) -> Sequence[Post]:
    """The posts of one prompt."""
    wanted = (POSTS.c.workspace == workspace, POSTS.c.theme == theme, POSTS.c.prompt == prompt)
    found = await tx.execute(select(POSTS).where(*wanted).order_by(POSTS.c.posted_at))
    return [_post(row) for row in found.rows]


def _post(row: Any) -> Post:
    return Post(
        row.key,
        WorkspaceId(row.workspace),
        TeamId(row.team),
        date.fromisoformat(row.date) if row.date else None,
        row.theme,
        row.prompt,
        tuple(json.loads(row.zones)),
        from_micros(row.posted_at),
    )


# Suggestions


async def next_number(tx: Transaction, workspace: WorkspaceId) -> int:
    """The number of a workspace's next suggestion."""
    found = await tx.execute(
        select(func.max(SUGGESTIONS.c.number).label("n")).where(SUGGESTIONS.c.workspace == workspace)
    )
    return int(found.rows[0].n or 0) + 1


async def add_suggestion(tx: Transaction, suggestion: Suggestion) -> None:
    """Store a new suggestion."""
    row = {"workspace": suggestion.workspace, "number": suggestion.number, **_columns(suggestion)}
    await tx.execute(insert(SUGGESTIONS), row)


async def save_suggestion(tx: Transaction, suggestion: Suggestion) -> None:
    """Store a changed suggestion."""
    this = (
        SUGGESTIONS.c.workspace == suggestion.workspace,
        SUGGESTIONS.c.number == suggestion.number,
    )
    await tx.execute(update(SUGGESTIONS).where(*this).values(**_columns(suggestion)))


async def suggestion(tx: Transaction, workspace: WorkspaceId, number: int) -> Suggestion | None:
    """A workspace's suggestion by its number."""
    wanted = (SUGGESTIONS.c.workspace == workspace, SUGGESTIONS.c.number == number)
    return next(iter(await _suggestions(tx, *wanted)), None)


async def suggestion_from(tx: Transaction, source: MessageRef) -> Suggestion | None:
    """The suggestion that a message made."""
    wanted = (
        SUGGESTIONS.c.platform == source.place.platform,
        SUGGESTIONS.c.address == source.place.address,
        SUGGESTIONS.c.message == source.message_id,
    )
    return next(iter(await _suggestions(tx, *wanted)), None)


async def suggestions_of(tx: Transaction, teams: Iterable[TeamId], states: Iterable[Standing]) -> Sequence[Suggestion]:
    """The suggestions to those teams that have come so far, oldest first."""
    return await _suggestions(
        tx, SUGGESTIONS.c.team.in_(list(teams)), SUGGESTIONS.c.state.in_([str(state) for state in states])
    )


async def _suggestions(tx: Transaction, *wanted: Any) -> Sequence[Suggestion]:
    ordered = select(SUGGESTIONS).where(*wanted).order_by(SUGGESTIONS.c.workspace, SUGGESTIONS.c.number)
    return [_suggestion(row) for row in (await tx.execute(ordered)).rows]


def _suggestion(row: Any) -> Suggestion:
    return Suggestion(
        WorkspaceId(row.workspace),
        row.number,
        TeamId(row.team),
        MemberId(row.author),
        row.text,
        Standing(row.state),
        MessageRef(Place(row.platform, row.address), row.message),
        from_micros(row.suggested_at),
        row.edition,
        row.requested,
        from_micros(row.posted_at) if row.posted_at is not None else None,
    )


def _columns(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "team": suggestion.team,
        "author": suggestion.author,
        "text": suggestion.text,
        "state": str(suggestion.state),
        "edition": suggestion.edition,
        "requested": suggestion.requested,
        "suggested_at": to_micros(suggestion.at),
        "posted_at": to_micros(suggestion.posted) if suggestion.posted else None,
        "platform": suggestion.source.place.platform,
        "address": suggestion.source.place.address,
        "message": suggestion.source.message_id,
    }
