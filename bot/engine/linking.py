"""One person with accounts on several platforms: joined to one member in each workspace, and parted again.

Who is joined is asked once, where they answered last. Nothing that was written is lost or counted twice: where both
accounts were members, all of the one is the other's from then on, each answer still with its message.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.engine.ports import Target, TargetKind
from bot.engine.transaction import Transaction, to_place
from bot.model.event import JournalChanged, MemberChanged, MembersMerged
from bot.model.identity import Account, Identity, MemberId
from bot.model.journal import State
from bot.model.message import Message
from bot.model.people import Member, Workspace

log = logging.getLogger(__name__)

SHOWN = timedelta(days=2)
"""Posts about local dates this far back show the one person there is now."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What joining two accounts did: the workspaces where each was met alone before, and where both were members."""

    added: tuple[Workspace, ...]
    merged: tuple[Workspace, ...]


@dataclass(frozen=True, slots=True)
class Parting:
    """What parting two accounts does in one workspace: `stays` is the member there, `goes` is nobody's any more.

    With `anew`, `goes` starts as somebody new, with the settings of the other.
    """

    workspace: Workspace
    member: Member
    stays: Account
    goes: Account
    anew: bool


async def linked_accounts(tx: Transaction, identity: Identity) -> Sequence[Account]:
    """Return the other accounts of the person that an account is."""
    found: dict[Identity, Account] = {}
    for member in await tx.people.members_of_identity(identity):
        for account in await tx.stores.directory.accounts(member.id):
            if account.identity != identity:
                found.setdefault(account.identity, account)
    return list(found.values())


async def link_accounts(tx: Transaction, first: Account, second: Account) -> Linked:
    """Join two accounts of one person; where both are members, `first` keeps its settings.

    The second is the one that they are asked on next: they have spoken there last. Nothing is done in workspaces
    that both have left.
    """
    directory = tx.stores.directory
    firsts = {m.workspace: m for m in await directory.members_ever(first.identity)}
    seconds = {m.workspace: m for m in await directory.members_ever(second.identity)}
    added, merged = [], []
    for id in sorted({*firsts, *seconds}):
        one, other = firsts.get(id), seconds.get(id)
        if not any(member is not None and member.active for member in (one, other)):
            continue
        workspace = await tx.people.workspace(id)
        if one is not None and other is not None:
            if one.id != other.id:
                stays, goes = (one, other) if one.active else (other, one)
                await merge_members(tx, goes, stays)
                merged.append(workspace)
        else:
            known, new = (one, second) if one is not None else (other, first)
            assert known is not None
            await directory.add_account(known, new)
            added.append(workspace)
    await directory.answered_from(second.identity, tx.now)
    await _now_known(tx)
    log.info("two accounts are one person now, in %d workspaces", len(added) + len(merged))
    return Linked(tuple(added), tuple(merged))


async def _now_known(tx: Transaction) -> None:
    """Answer who asked as the person that they are now, in their language; as a stranger they had none."""
    if tx.cause is not None and tx.cause.member is None:
        members = await tx.people.members_of_identity(tx.cause.event.author.identity)
        tx.cause = replace(tx.cause, member=members[0].id if members else None)


async def merge_members(tx: Transaction, goes: Member, stays: Member) -> None:
    """Make two members of a workspace one: teams and leave of both; what the one that goes was asked is closed."""
    for question in await tx.conversations.of_member(goes.id, tx.now):
        await tx.conversations.close(question.member, question.cog, question.kind, question.subject)
    teams = await tx.people.teams_of(goes.id)
    for team in teams:
        await tx.people.remove_from_team(team, goes)
    await tx.people.save_member(replace(goes, active=False))
    tables = [cog.tables for cog in tx.services.registry.cogs if cog.tables]
    await tx.stores.merge_members(goes.id, stays.id, tables)
    await tx.raise_event(MembersMerged(stays.workspace, goes.id, stays.id))
    if tx.cause is not None and tx.cause.member == goes.id:
        tx.cause = replace(tx.cause, member=stays.id)
    for team in teams:
        fresh = await tx.people.team(team.id)
        if fresh is not None:
            await tx.people.add_to_team(fresh, stays)
    await tx.raise_event(MemberChanged(stays.workspace, stays.id))
    await _show_again(tx, stays.id)


async def partings(tx: Transaction, identity: Identity) -> Sequence[Parting]:
    """Return what parting an account from the person's others does.

    In a workspace with tenants of one of the two platforms alone, the account there stays the member. Elsewhere the
    account that asks stays, and the other one starts anew where its platform has a tenant.
    """
    found = []
    for member in await tx.people.members_of_identity(identity):
        accounts = await tx.stores.directory.accounts(member.id)
        mine = next(account for account in accounts if account.identity == identity)
        platforms = {scope.platform for scope in await tx.people.scopes(member.workspace)}
        workspace = await tx.people.workspace(member.workspace)
        for other in accounts:
            if other is mine:
                continue
            met = other.identity.platform in platforms
            if met and identity.platform not in platforms:
                found.append(Parting(workspace, member, other, mine, anew=False))
            else:
                found.append(Parting(workspace, member, mine, other, anew=met))
    return found


async def part_accounts(tx: Transaction, parts: Sequence[Parting]) -> None:
    """Part accounts as `partings` says."""
    for part in parts:
        await tx.stores.directory.remove_account(part.workspace.id, part.goes.identity)
        if part.anew:
            new = replace(part.member, id=MemberId(0), name=part.goes.name, admin=False)
            await tx.people.create_member(new, part.goes)
    log.info("accounts were parted, in %d workspaces", len(parts))


async def tell_account(tx: Transaction, identity: Identity, message: Message, *, kind: str, key: str) -> None:
    """Send a message to an account, wherever its person is reached else; nothing if it never wrote.

    One that is nobody's any more is told all the same, in the language of who causes it: it was theirs.
    """
    place = await tx.stores.directory.direct_place(identity)
    if place is None:
        return
    member = next(iter(await tx.people.members_of_identity(identity)), None)
    if member is not None:
        to = Target(TargetKind.MEMBER, member.id, place)
        tx.send(to, message, workspace=member.workspace, kind=kind, key=key, asked=True)
    elif tx.cause is not None and tx.cause.member is not None:
        causer = await tx.people.member(tx.cause.member)
        said = replace(message, language=await tx.people.language_of(causer))
        tx.send(to_place(place), said, workspace=causer.workspace, kind=kind, key=key, asked=True)


async def _show_again(tx: Transaction, member: MemberId) -> None:
    """Have what was written lately shown as one person's."""
    days = (tx.now.date() - SHOWN, tx.now.date() + timedelta(days=1))
    entries = [e for e in await tx.journal.entries(authors=[member], dates=days) if e.state is not State.WITHDRAWN]
    for team, day in dict.fromkeys((entry.team, entry.date) for entry in entries):
        mine = tuple(entry for entry in entries if (entry.team, entry.date) == (team, day))
        await tx.raise_event(JournalChanged(mine[0].workspace, team, member, day, mine, mine))
