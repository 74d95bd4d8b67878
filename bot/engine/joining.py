"""Two workspaces that become one: a guild's and a Matrix workspace, or any other two, with all that is in them."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from bot.engine.linking import merge_members
from bot.engine.transaction import Transaction
from bot.model.event import TeamChanged
from bot.model.identity import MemberId, Scope, TeamId
from bot.model.people import Member, Team, Workspace

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Joining:
    """What joining does: all of `gone` becomes part of `into`, and `gone` is no more.

    `renamed` are teams whose name is taken there, with their new one; `same` the people who are in both.
    """

    gone: Workspace
    into: Workspace
    teams: tuple[Team, ...]
    renamed: Mapping[TeamId, str]
    members: int
    same: tuple[tuple[MemberId, MemberId], ...]
    scopes: tuple[Scope, ...]


async def plan_joining(tx: Transaction, gone: Workspace, into: Workspace) -> Joining:
    """Return what joining one workspace to another does; changes nothing."""
    teams, there = await tx.people.teams(gone.id), await tx.people.teams(into.id)
    members = await tx.people.members_of_workspace(gone.id)
    return Joining(
        gone,
        into,
        tuple(teams),
        _new_names(teams, there),
        len(members),
        await _same(tx, members, into),
        tuple(await tx.people.scopes(gone.id)),
    )


async def join_workspaces(tx: Transaction, plan: Joining) -> None:
    """Do it. Who is in both is one member afterwards, with the settings that they have in the workspace that stays."""
    await _keep_languages(tx, plan)
    await _take_over(tx, plan)
    tables = [cog.tables for cog in tx.services.registry.cogs if cog.tables]
    await tx.stores.merge_workspaces(plan.gone.id, plan.into.id, tables)
    for goes, stays in plan.same:
        one, other = await tx.people.member(goes), await tx.people.member(stays)
        if one.active and not other.active:  # who left there once, and is met here, goes on as they are here
            one, other = other, one
        await merge_members(tx, one, other)
    for team in plan.teams:
        stored = await tx.people.team(team.id)
        if stored is None:
            continue
        if team.id in plan.renamed:
            await tx.people.save_team(replace(stored, name=plan.renamed[team.id]))
        else:
            await tx.raise_event(TeamChanged(stored.workspace, stored.id))
    log.info("workspace %s is part of workspace %s now", plan.gone.id, plan.into.id)


async def _keep_languages(tx: Transaction, plan: Joining) -> None:
    """Go on writing to people as before, though the channels' language is another."""
    if plan.gone.language == plan.into.language:
        return
    for member in await tx.people.members_of_workspace(plan.gone.id):
        if member.language is None:
            await tx.people.save_member(replace(member, language=plan.gone.language))


async def _same(tx: Transaction, members: Sequence[Member], into: Workspace) -> tuple[tuple[MemberId, MemberId], ...]:
    """Return who is in both workspaces, by any account: the member that goes, and the one that stays."""
    found: dict[tuple[MemberId, MemberId], None] = {}
    stays: dict[MemberId, MemberId] = {}
    for member in members:
        for account in await tx.stores.directory.accounts(member.id):
            for other in await tx.stores.directory.members_ever(account.identity):
                if other.workspace != into.id:
                    continue
                first = stays.setdefault(member.id, other.id)
                pair = (member.id, other.id) if first == other.id else (other.id, first)
                found.setdefault(pair)
    return tuple(found)


async def _take_over(tx: Transaction, plan: Joining) -> None:
    """Let accounts that left the workspace that stays be who they are in the other."""
    for member in await tx.people.members_of_workspace(plan.gone.id):
        for account in await tx.stores.directory.accounts(member.id):
            met = await tx.people.members_of_identity(account.identity)
            if not any(other.workspace == plan.into.id for other in met):
                await tx.stores.directory.remove_account(plan.into.id, account.identity)


def _new_names(teams: Sequence[Team], there: Sequence[Team]) -> dict[TeamId, str]:
    """Return other names for teams whose name is taken: with a number behind it."""
    taken = {_folded(team.name) for team in there}
    used = {_folded(team.name) for team in teams} | taken
    names: dict[TeamId, str] = {}
    for team in teams:
        if _folded(team.name) in taken:
            names[team.id] = next(name for n in count(2) if _folded(name := f"{team.name} {n}") not in used)
            used.add(_folded(names[team.id]))
    return names


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
