"""The one message that a person gets when they are first added to a team."""

from __future__ import annotations

from bot.api import TeamChanged, Transaction, to_member
from cogs.people import domain, welcome_messages


async def welcome(tx: Transaction, event: TeamChanged) -> None:
    """Welcome whoever joined, once in a lifetime: the key names the member, not the team."""
    if not event.joined:
        return
    team = await tx.people.team(event.team)
    if team is None:
        return
    for member in (await tx.people.members(event.joined)).values():
        today = (await tx.people.working_time(member)).local_date(tx.now)
        said = welcome_messages.short_welcome if member.zone_known else welcome_messages.welcome
        tx.send(
            to_member(member.id),
            said(team, member, domain.leave_command(team.name), today),
            workspace=event.workspace,
            kind="people.welcome",
            key=f"people:welcome:{member.id}",
        )
