"""The directory as cogs see it: reads, writes that raise events, and each member's working time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from bot.engine.ports import Directory, Holidays
from bot.model.event import MemberChanged, TeamChanged
from bot.model.identity import Account, ChannelId, Identity, MemberId, Place, Scope, TeamId, WorkspaceId
from bot.model.people import Absence, Channel, Member, Purpose, Team, Workspace
from bot.model.working_time import Leave, WorkingTime

Raise = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class People:
    """Workspaces, members, teams and channels, inside one transaction. Writes raise events for listeners."""

    directory: Directory
    holidays: Holidays
    raise_event: Raise

    async def workspace(self, id: WorkspaceId) -> Workspace:
        """Return a workspace."""
        return await self.directory.workspace(id)

    async def save_workspace(self, workspace: Workspace) -> None:
        """Store a workspace's changed name or language."""
        await self.directory.save_workspace(workspace)

    async def workspace_of(self, scope: Scope) -> Workspace | None:
        """Return the workspace that a tenant is part of, or None."""
        return await self.directory.workspace_of_scope(scope.platform, scope.name)

    async def scopes(self, workspace: WorkspaceId) -> Sequence[Scope]:
        """Return the tenants that are part of a workspace: its guilds, and its rooms."""
        return await self.directory.scopes(workspace)

    async def add_scope(self, workspace: WorkspaceId, scope: Scope) -> None:
        """Make a tenant part of a workspace.

        A workspace that it was the last part of is left: its members are asked nothing more there.
        """
        before = await self.workspace_of(scope)
        await self.directory.add_scope(workspace, scope.platform, scope.name)
        if before is None or before.id == workspace or await self.scopes(before.id):
            return
        for member in await self.members_of_workspace(before.id):
            await self.save_member(replace(member, active=False))

    async def leave(self, workspace: WorkspaceId, scope: Scope, place: Place) -> None:
        """Make a tenant part of no workspace any more; `place` is the one in it where that is done.

        Its channels are taken from their teams. Its members stay members: who among them is in no other tenant of the
        workspace, only the platform knows.
        """
        for team in await self.teams(workspace):
            for channel in await self.channels_in(team.id, scope, place):
                await self.directory.remove_channel(channel.id)
                await self.raise_event(TeamChanged(workspace, team.id))
        await self.directory.remove_scope(scope.platform, scope.name)

    async def channels_in(self, team: TeamId, scope: Scope, place: Place) -> Sequence[Channel]:
        """Return a team's channels in a tenant; of those of unknown tenants, the one that is this place."""
        here = (place.platform, place.address)
        return [
            channel
            for channel in await self.channels(team)
            if (channel.place.platform, channel.scope) == (scope.platform, scope.name)
            or (channel.place.platform, channel.place.address) == here
        ]

    async def member(self, id: MemberId) -> Member:
        """Return a member; raises KeyError for an unknown id."""
        return await self.directory.member(id)

    async def members(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Member]:
        """Return members by id; unknown ids are left out."""
        return await self.directory.members(ids)

    async def members_of_workspace(self, workspace: WorkspaceId) -> Sequence[Member]:
        """Return a workspace's active members, by name."""
        return await self.directory.members_of_workspace(workspace)

    async def members_of_identity(self, identity: Identity) -> Sequence[Member]:
        """Return the active members that an account is, one per workspace."""
        return await self.directory.members_of_identity(identity)

    async def identities(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Sequence[Identity]]:
        """Return each member's accounts, the one answered from last first."""
        return await self.directory.identities(ids)

    async def accounts(self, member: MemberId) -> Sequence[Account]:
        """Return a member's accounts with the names displayed for them, the one answered from last first."""
        return await self.directory.accounts(member)

    async def team(self, id: TeamId) -> Team | None:
        """Return a team, or None once it is deleted."""
        return await self.directory.team(id)

    async def teams(self, workspace: WorkspaceId) -> Sequence[Team]:
        """Return a workspace's teams, by name."""
        return await self.directory.teams(workspace)

    async def teams_of(self, member: MemberId) -> Sequence[Team]:
        """Return the teams a member is in, by name."""
        return await self.directory.teams_of(member)

    async def members_of_team(self, team: TeamId) -> Sequence[Member]:
        """Return a team's active members, by name."""
        return await self.directory.members_of_team(team)

    async def channels(self, team: TeamId, purpose: Purpose | None = None) -> Sequence[Channel]:
        """Return a team's channels, of one purpose or of all."""
        return await self.directory.channels(team, purpose)

    async def channel(self, id: ChannelId) -> Channel | None:
        """Return a channel, or None once its team is deleted."""
        return await self.directory.channel(id)

    async def language_of(self, member: Member) -> str:
        """Return the tag of the language a member reads."""
        return member.language or (await self.workspace(member.workspace)).language

    async def working_times(self, members: Iterable[Member]) -> Mapping[MemberId, WorkingTime]:
        """Return each member's working time: week, leave and public holidays in their zone."""
        people = list(members)
        absences = await self.directory.absences([m.id for m in people])
        return {m.id: self._working_time(m, absences.get(m.id, ())) for m in people}

    async def working_time(self, member: Member) -> WorkingTime:
        """Return one member's working time."""
        return (await self.working_times([member]))[member.id]

    async def absences(self, members: Iterable[MemberId]) -> Mapping[MemberId, Sequence[Absence]]:
        """Return each member's leave, earliest first."""
        return await self.directory.absences(members)

    async def save_member(self, member: Member) -> None:
        """Store a changed member; raises `MemberChanged` if schedules may move."""
        before = await self.member(member.id)
        if before == member:
            return
        await self.directory.save_member(member)
        if _schedule_of(before) != _schedule_of(member):
            await self.raise_event(MemberChanged(member.workspace, member.id))

    async def create_member(self, member: Member, account: Account) -> Member:
        """Store a new member (`id` is given by the directory) with their first account.

        One who was a member before and comes back is the same member, with the settings they had.
        """
        return await self.directory.create_member(member, account)

    async def account_left(self, member: Member, identity: Identity, at: datetime) -> bool:
        """Note that a member is met under one of their accounts no more; return whether they have left with it.

        They are out of their teams then, and what they wrote stays. An account of a platform where the workspace has
        no tenant, which is theirs by a link alone, keeps nobody in it.
        """
        await self.directory.account_left(member.workspace, identity, at)
        tenants = {scope.platform for scope in await self.scopes(member.workspace)}
        if any(account.platform in tenants for account in (await self.identities([member.id])).get(member.id, ())):
            return False
        await self.save_member(replace(member, active=False))
        for team in await self.teams_of(member.id):
            await self.remove_from_team(team, member)
        return True

    async def take_leave(self, member: Member, absence: Absence) -> None:
        """Note that a member is away; leave that overlaps it is kept as well."""
        await self.directory.add_absence(absence)
        await self.raise_event(MemberChanged(member.workspace, member.id))

    async def end_leave(self, member: Member, today: date) -> Sequence[Absence]:
        """End leave that is running or still to come, as of a local date; return what was ended."""
        ended = await self.directory.remove_absences(member.id, today)
        for absence in ended:
            if absence.first < today:
                before_today = date.fromordinal(today.toordinal() - 1)
                await self.directory.add_absence(replace(absence, last=before_today))
        if ended:
            await self.raise_event(MemberChanged(member.workspace, member.id))
        return ended

    async def create_team(self, team: Team) -> Team:
        """Store a new team (`id` is given by the directory)."""
        stored = await self.directory.create_team(team)
        await self.raise_event(TeamChanged(stored.workspace, stored.id))
        return stored

    async def save_team(self, team: Team) -> None:
        """Store a changed team."""
        await self.directory.save_team(team)
        await self.raise_event(TeamChanged(team.workspace, team.id))

    async def delete_team(self, team: Team) -> None:
        """Delete a team, its channels and who is in it; what its members wrote stays in the journal."""
        left = tuple(m.id for m in await self.members_of_team(team.id))
        await self.directory.delete_team(team.id)
        await self.raise_event(TeamChanged(team.workspace, team.id, left=left, deleted=True))

    async def add_to_team(self, team: Team, member: Member) -> bool:
        """Put a member in a team; False if they were in it already."""
        added = await self.directory.add_to_team(team.id, member.id)
        if added:
            await self.raise_event(TeamChanged(team.workspace, team.id, joined=(member.id,)))
        return added

    async def remove_from_team(self, team: Team, member: Member) -> bool:
        """Take a member out of a team; False if they were not in it."""
        removed = await self.directory.remove_from_team(team.id, member.id)
        if removed:
            await self.raise_event(TeamChanged(team.workspace, team.id, left=(member.id,)))
        return removed

    async def set_channel(self, channel: Channel) -> Channel:
        """Give a team its channel for a purpose on a platform, instead of the one it had there."""
        stored = await self.directory.set_channel(channel)
        await self.raise_event(TeamChanged(stored.workspace, stored.team))
        return stored

    async def remove_channel(self, channel: Channel) -> None:
        """Take a channel from its team."""
        await self.directory.remove_channel(channel.id)
        await self.raise_event(TeamChanged(channel.workspace, channel.team))

    async def channel_at(self, place: Place) -> Channel | None:
        """Return the first team channel that is this place, or None."""
        return await self.directory.channel_at(place)

    def _working_time(self, member: Member, absences: Sequence[Absence]) -> WorkingTime:
        leave = tuple(Leave(a.first, a.last, a.reason) for a in absences)
        if member.holidays is None:
            return WorkingTime(member.zone, member.week, leave)
        return WorkingTime(member.zone, member.week, leave, partial(self.holidays.holiday, member.holidays))


def _schedule_of(member: Member) -> tuple[Any, ...]:
    return (member.zone, member.week, member.holidays, member.active)
