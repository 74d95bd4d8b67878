"""People who leave: they are asked nothing more, and what they looked after passes to somebody else."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.engine.transaction import Transaction, to_member
from bot.model.event import PersonLeft
from bot.model.identity import Scope
from bot.model.message import CommandText, Message, catalogue, say
from bot.model.people import Member, Team

_, n_ = catalogue("bot")
log = logging.getLogger(__name__)


async def left(tx: Transaction, event: PersonLeft, member: Member) -> None:
    """Ask a member nothing more, unless they are met elsewhere in the workspace, or under another account."""
    platform = event.place.platform
    elsewhere = {Scope(platform, name) for name in event.elsewhere}
    if elsewhere.intersection(await tx.people.scopes(member.workspace)):
        return
    if not await tx.people.account_left(member, event.author.identity, tx.now):
        return
    log.info("member %s left workspace %s", member.id, member.workspace)
    for question in await tx.conversations.of_member(member.id, tx.now):
        await tx.conversations.close(question.member, question.cog, question.kind, question.subject)
    for team in await tx.people.teams(member.workspace):
        if team.owner == member.id:
            await _hand_over(tx, team, member)


async def _hand_over(tx: Transaction, team: Team, owner: Member) -> None:
    """Give a team to another of its admins, else to its longest member, else to an admin of the workspace."""
    candidates = await tx.people.members_of_team(team.id)
    candidates = candidates or [m for m in await tx.people.members_of_workspace(team.workspace) if m.admin]
    heir = min(candidates, key=lambda m: (not m.admin, m.id), default=None)
    if heir is None:
        log.warning("team %s has lost its owner, and there is nobody to take it over", team.id)
        return
    await tx.people.save_team(replace(team, owner=heir.id))
    key = f"bot:owner:{team.id}:{owner.id}:{heir.id}:{tx.now:%Y-%m-%dT%H:%M:%S}"
    tx.send(to_member(heir.id), _yours(team, owner), workspace=team.workspace, kind="bot.owner", key=key, asked=False)


def _yours(team: Team, before: Member) -> Message:
    show = CommandText(f'team show "{team.name}"' if " " in team.name else f"team show {team.name}")
    return say(
        _("{name} has left, so the team {team} is yours now.", name=before.name, team=team.name),
        _("What needs its owner comes to you. Who is in it: {command}.", command=show),
    )
