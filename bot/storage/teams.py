"""Teams, and who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.model.identity import MemberId, TeamId, WorkspaceId
from bot.model.people import Member, Team
from bot.storage.directory_cache import CachedRows
from bot.storage.executor import one
from bot.storage.members import ACTIVE_BY_NAME, read_member
from bot.storage.tables import CHANNELS, TEAM_MEMBERS, TEAMS

_ID = one("of")

_MEMBERS_OF_TEAM = ACTIVE_BY_NAME.join(TEAM_MEMBERS).where(TEAM_MEMBERS.c.team == _ID)
_TEAM = select(TEAMS).where(TEAMS.c.id == _ID)
_BY_NAME = select(TEAMS).order_by(TEAMS.c.name, TEAMS.c.id)
_TEAMS_OF_WORKSPACE = _BY_NAME.where(TEAMS.c.workspace == _ID)
_TEAMS_OF_MEMBER = _BY_NAME.join(TEAM_MEMBERS).where(TEAM_MEMBERS.c.member == _ID)
_NEW_TEAM = insert(TEAMS).returning(TEAMS.c.id)
_SAVE_TEAM = update(TEAMS).where(TEAMS.c.id == _ID)
_DELETE_TEAM = (
    delete(CHANNELS).where(CHANNELS.c.team == _ID),
    delete(TEAM_MEMBERS).where(TEAM_MEMBERS.c.team == _ID),
    delete(TEAMS).where(TEAMS.c.id == _ID),
)
_IN_TEAM = (TEAM_MEMBERS.c.team == one("of_team")) & (TEAM_MEMBERS.c.member == one("of_member"))
_MEMBERSHIP = select(TEAM_MEMBERS.c.member).where(_IN_TEAM)
_NEW_MEMBERSHIP = insert(TEAM_MEMBERS)
_END_MEMBERSHIP = delete(TEAM_MEMBERS).where(_IN_TEAM)


class TeamRows(CachedRows):
    """The directory's teams."""

    async def team(self, id: TeamId) -> Team | None:
        """Return a team, or None once it is deleted."""

        async def read() -> Team | None:
            rows = await self._rows(_TEAM, of=id)
            return _team(rows[0]) if rows else None

        return await self._cached("team", id, read)

    async def teams(self, workspace: WorkspaceId) -> Sequence[Team]:
        """Return a workspace's teams, by name."""

        async def read() -> tuple[Team, ...]:
            return tuple(_team(row) for row in await self._rows(_TEAMS_OF_WORKSPACE, of=workspace))

        return await self._cached("teams of workspace", workspace, read)

    async def teams_of(self, member: MemberId) -> Sequence[Team]:
        """Return the teams a member is in, by name."""

        async def read() -> tuple[Team, ...]:
            return tuple(_team(row) for row in await self._rows(_TEAMS_OF_MEMBER, of=member))

        return await self._cached("teams of member", member, read)

    async def create_team(self, team: Team) -> Team:
        """Store a new team, under an id of its own."""
        self._changed()
        (row,) = await self._rows(_NEW_TEAM, **_team_columns(team))
        return replace(team, id=TeamId(row.id))

    async def save_team(self, team: Team) -> None:
        """Store a changed team; raises KeyError for an unknown id."""
        self._changed()
        if not (await self._execute(_SAVE_TEAM, {"of": team.id, **_team_columns(team)})).rowcount:
            raise KeyError(team.id)

    async def delete_team(self, id: TeamId) -> None:
        """Delete a team, its channels and who is in it."""
        self._changed()
        for statement in _DELETE_TEAM:
            await self._rows(statement, of=id)

    async def members_of_team(self, id: TeamId) -> Sequence[Member]:
        """Return a team's active members, by name."""

        async def read() -> tuple[Member, ...]:
            return tuple(read_member(row) for row in await self._rows(_MEMBERS_OF_TEAM, of=id))

        return await self._cached("members of team", id, read)

    async def add_to_team(self, team: TeamId, member: MemberId) -> bool:
        """Put a member in a team; False if they were in it already."""
        if await self._rows(_MEMBERSHIP, of_team=team, of_member=member):
            return False
        self._changed()
        await self._rows(_NEW_MEMBERSHIP, team=team, member=member)
        return True

    async def remove_from_team(self, team: TeamId, member: MemberId) -> bool:
        """Take a member out of a team; False if they were not in it."""
        self._changed()
        return bool((await self._execute(_END_MEMBERSHIP, {"of_team": team, "of_member": member})).rowcount)


def _team(row: Any) -> Team:
    return Team(TeamId(row.id), WorkspaceId(row.workspace), row.name, row.zone, MemberId(row.owner))


def _team_columns(team: Team) -> dict[str, Any]:
    return {"workspace": team.workspace, "name": team.name, "zone": team.zone, "owner": team.owner}
