"""A team on the stage, whose members write to the journal as a standup would have them do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.api import Entry, Kind, Member, Occurrence, OccurrenceState, Purpose, Team
from bot.testing.stage import Stage
from bot.testing.transcript import Seen
from cogs.handoff import cog

CHANNEL = "atlas-handoff"
MONDAY = date(2026, 10, 26)


def utc(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    """An instant of 2026, mostly of October."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@dataclass
class Company:
    """The stage, the team, and its members by name."""

    stage: Stage
    team: Team
    members: dict[str, Member] = field(default_factory=dict)

    async def writes(
        self, name: str, *said: tuple[Kind, str] | tuple[Kind, str, str], day: date = MONDAY, since: date | None = None
    ) -> Sequence[Entry]:
        """A member writes entries of a kind and text, and for asks the name of whom they need."""
        who = self.members[name]
        async with self.stage.transaction() as tx:
            entries = [
                Entry(
                    who.workspace,
                    self.team.id,
                    who.id,
                    day,
                    one[0],
                    one[1],
                    tx.now,
                    addressee=self.members[one[2]].id if len(one) == 3 else None,
                    since=(since or day) if one[0] is Kind.BLOCKER else None,
                )
                for one in said
            ]
            return await tx.journal.revise((), entries)

    async def revises(self, before: Sequence[Entry], after: Sequence[Entry]) -> Sequence[Entry]:
        """What was written is replaced; what is missing was taken back."""
        async with self.stage.transaction() as tx:
            stands = await tx.journal.revise(before, after)
        await self.stage.settle()
        return stands

    async def prompted(self, at: datetime, *names: str, subject: str = "standup:1") -> None:
        """A standup was due for those members."""
        async with self.stage.transaction() as tx:
            await tx.occurrences.claim(
                [
                    Occurrence(
                        self.team.workspace,
                        subject,
                        self.members[name].id,
                        at.date(),
                        OccurrenceState.PROMPTED,
                        at,
                    )
                    for name in names
                ]
            )

    def channel(self, kind: str = "handoff.post") -> list[Seen]:
        """What the bot did in the handoff channel."""
        return [seen for seen in self.stage.inside(CHANNEL) if seen.kind == kind]

    def thread(self) -> list[Seen]:
        """What the bot did in threads."""
        return [seen for seen in self.stage.seen if seen.to.startswith("thread:")]

    def needs(self, name: str) -> list[Seen]:
        """What the bot told a member that others need of them."""
        return [seen for seen in self.stage.to(name) if seen.kind.startswith("handoff.needs")]


@asynccontextmanager
async def company(
    zones: dict[str, str],
    *,
    start: datetime | None = None,
    language: str = "en",
    channel: bool = True,
    holidays: dict[str, str] | None = None,
) -> AsyncIterator[Company]:
    """A team of people by name and zone, the first of them its owner and admin, with a handoff channel."""
    async with Stage.create(start=start or utc(26, 0), language=language, cogs=[cog]) as stage:
        members = [
            await stage.member(name, zone=zone, admin=number == 0, holidays=(holidays or {}).get(name))
            for number, (name, zone) in enumerate(zones.items())
        ]
        team = await stage.team("Atlas", *members)
        if channel:
            await stage.channel(team, Purpose.HANDOFF, CHANNEL)
        yield Company(stage, team, {m.name: m for m in members})


async def timers(stage: Stage, team: Team) -> list[datetime]:
    """When the team's baton is to pass."""
    async with stage.transaction() as tx:
        return [timer.due for timer in await tx.timers.find("handoff", "baton", [str(team.id)])]
