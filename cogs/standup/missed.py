"""What happens when local dates passed without a prompt: they are recorded, and nobody is left to wonder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.api import Member, MemberId, Occurrence, OccurrenceState, Person, Transaction, to_member
from cogs.standup import domain, messages
from cogs.standup.records import Standup


async def note_missed(tx: Transaction, over: Sequence[tuple[Standup, Member, domain.Ask]]) -> None:
    """Record the local dates that passed without a prompt, and tell those concerned."""
    if not over:
        return
    by_claim = {(s.subject, m.id, missed.date): (s, m) for s, m, missed in over}
    claimed = await tx.occurrences.claim(
        [
            Occurrence(s.workspace, s.subject, m.id, missed.date, OccurrenceState.MISSED, missed.due)
            for s, m, missed in over
        ]
    )
    dates: dict[tuple[int, MemberId], list[date]] = {}
    whose: dict[tuple[int, MemberId], tuple[Standup, Member]] = {}
    for occurrence in claimed:
        standup, member = by_claim[occurrence.subject, occurrence.member, occurrence.date]
        dates.setdefault((standup.id, member.id), []).append(occurrence.date)
        whose[standup.id, member.id] = (standup, member)
    for key, days in dates.items():
        standup, member = whose[key]
        tx.send(
            to_member(member.id),
            messages.missed(standup.name, sorted(days)),
            workspace=standup.workspace,
            kind="standup.missed",
            key=f"standup:{standup.id}:missed:{member.id}:{min(days).isoformat()}",
            day=max(days),
            asked=False,
        )
    await _tell_owners(tx, [(*whose[key], sorted(days)) for key, days in dates.items()])


async def _tell_owners(tx: Transaction, missing: Sequence[tuple[Standup, Member, Sequence[date]]]) -> None:
    """Tell each team owner, in one message, who of their teams was not asked."""
    workspaces = dict.fromkeys(standup.workspace for standup, _, _ in missing)
    owners = {team.id: team.owner for workspace in workspaces for team in await tx.people.teams(workspace)}
    by_owner: dict[MemberId, list[tuple[Standup, Member, Sequence[date]]]] = {}
    for standup, member, days in missing:
        if (owner := owners.get(standup.team)) is not None:
            by_owner.setdefault(owner, []).append((standup, member, days))
    for owner, theirs in by_owner.items():
        first, member, days = theirs[0]
        shown = [(s.name, Person(m.id, m.name), when) for s, m, when in sorted(theirs, key=_by_name)]
        tx.send(
            to_member(owner),
            messages.missed_admin(shown),
            workspace=first.workspace,
            kind="standup.missed.admin",
            key=f"standup:{first.id}:missed.admin:{owner}:{member.id}:{days[0].isoformat()}",
            asked=False,
        )


def _by_name(row: tuple[Standup, Member, Sequence[date]]) -> tuple[str, str]:
    standup, member, _ = row
    return standup.name.casefold(), member.name.casefold()
