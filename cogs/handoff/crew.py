"""A team as its relay needs it, read in few statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.api import Member, MemberId, Occurrence, OccurrenceState, Team, TeamId, Transaction, utc
from cogs.handoff import store
from cogs.handoff.domain import Leg, Relay, dates_around, report_at
from cogs.handoff.store import Settings

STANDUP = "standup:"
"""What the subjects of standups' occurrences begin with."""


@dataclass(frozen=True)
class Crew:
    """A team with its settings, members and relay.

    `reports` says that all of it is one leg these days: it gets reports instead of passing batons. `prompts` is
    when recent standups were due, by which those are timed.
    """

    team: Team
    settings: Settings
    members: Mapping[MemberId, Member]
    relay: Relay
    reports: bool
    prompts: Mapping[tuple[MemberId, date], datetime]

    def alone(self, leg: Leg) -> bool:
        """Whether a leg is all of the team: it gets a report."""
        return self.relay.alone(leg.date)

    def passes_at(self, leg: Leg) -> datetime:
        """When a leg's work is handed on."""
        if not self.alone(leg):
            return leg.end
        if self.settings.report is not None:
            return utc(leg.date, self.settings.report, self.team.zone)
        return report_at(leg, self.relay.times, self.prompts)


async def load(tx: Transaction, id: TeamId, *, timed: bool = True) -> Crew | None:
    """Return a team's crew, or None if the team is deleted.

    Unless `timed`, recent standups are not read, by which `passes_at` times reports.
    """
    team = await tx.people.team(id)
    if team is None:
        return None
    settings = await store.settings(tx, team.id, team.workspace)
    members = {m.id: m for m in await tx.people.members_of_team(id)}
    relay = Relay(await tx.people.working_times(members.values()), settings.legs)
    today, soon = dates_around(tx.now, 0, 7)
    reports = relay.alone(today) or relay.alone(soon)
    by_standups = timed and reports and settings.report is None and members
    prompts = await _prompts(tx, members) if by_standups else {}
    return Crew(team, settings, members, relay, reports, prompts)


async def _prompts(tx: Transaction, members: Mapping[MemberId, Member]) -> Mapping[tuple[MemberId, date], datetime]:
    """When the team's standup was due, for the last days; of several standups, that which most members have.

    Standups are another cog's, but occurrences are the bot's: their subject and due instant are all that is read.
    """
    found = await tx.occurrences.find(None, members=members, dates=dates_around(tx.now, 8, 1))
    people: dict[str, set[MemberId]] = {}
    for one in found:
        if _prompted(one):
            people.setdefault(one.subject, set()).add(one.member)
    if not people:
        return {}
    subject = max(people, key=lambda name: (len(people[name]), name))
    return {(one.member, one.date): one.due for one in found if one.subject == subject and _prompted(one)}


def _prompted(one: Occurrence) -> bool:
    return one.subject.startswith(STANDUP) and one.state is not OccurrenceState.EXCUSED
