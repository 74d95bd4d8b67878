"""A team of one in Lisbon with a standup at 09:30, and what tests ask of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime

import pytest

from bot.api import Entry, Kind, MemberId, OccurrenceState, State, Team, TeamId, Transaction
from bot.testing.stage import Stage
from bot.testing.transcript import Seen
from cogs.people import cog as people
from cogs.standup import cog as standup

COGS = (people, standup)
MONDAY = date(2026, 10, 26)
ANA = MemberId(1)


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    """An instant in 2026; in Lisbon it is the wall time too, from 25 October on."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def kinds(seen: Sequence[Seen]) -> list[str]:
    """The kinds of everything that came, parts of merged messages each for itself."""
    return [part.kind for one in seen for part in one.parts if part.kind != "people.welcome"]


def prompts(stage: Stage, name: str) -> list[tuple[datetime, date | None]]:
    """When a member was prompted, and for which local dates."""
    found = []
    for seen in stage.to(name):
        found += [(seen.at, part.date) for part in seen.parts if part.kind == "standup.prompt"]
    return found


def last(stage: Stage, name: str, kind: str) -> Seen:
    """The last message of a kind that a member got, or its last edit."""
    return [seen for seen in stage.to(name) if kind in (part.kind for part in seen.parts)][-1]


async def entries(stage: Stage, *states: State) -> list[Entry]:
    """The journal, oldest first; open entries if nothing else is asked for."""
    async with stage.transaction() as tx:
        found = await tx.journal.entries(states=states or (State.OPEN,))
    return list(found)


async def texts(stage: Stage, *states: State) -> list[tuple[Kind, str]]:
    """The journal's kinds and texts."""
    return [(entry.kind, entry.text) for entry in await entries(stage, *states)]


async def states(stage: Stage, member: MemberId = ANA) -> dict[int, OccurrenceState]:
    """How a member's local dates stand, by their day of the month."""
    async with stage.transaction() as tx:
        found = await tx.occurrences.find("standup:1", members=[member])
    return {occurrence.date.day: occurrence.state for occurrence in found}


async def atlas(tx: Transaction) -> Team:
    """The team."""
    team = await tx.people.team(TeamId(1))
    assert team is not None
    return team


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Monday, midnight: Ana in Lisbon, who is an admin, alone in Atlas."""
    async with Stage.create(start=at(26, 0), cogs=COGS) as made:
        ana = await made.member("Ana", zone="Europe/Lisbon", admin=True)
        await made.team("Atlas", ana)
        await made.says("Ana", "standup create Atlas")
        yield made


@pytest.fixture
async def asked(stage: Stage) -> Stage:
    """Monday 09:40: Ana has been asked."""
    await stage.until(at(26, 9, 40))
    return stage
