"""Workspaces, members, teams, leave and channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.model.identity import Scope, WorkspaceId
from bot.model.people import Workspace
from bot.storage.channels import ChannelRows
from bot.storage.executor import one
from bot.storage.members import MemberRows
from bot.storage.tables import SCOPES, WORKSPACES
from bot.storage.teams import TeamRows

_ID, _PLATFORM, _SCOPE = one("of"), one("of_platform"), one("of_scope")

_WORKSPACE = select(WORKSPACES).where(WORKSPACES.c.id == _ID)
_WORKSPACES = select(WORKSPACES).order_by(WORKSPACES.c.id)
_WORKSPACE_OF_SCOPE = select(WORKSPACES).join(SCOPES).where(SCOPES.c.platform == _PLATFORM, SCOPES.c.scope == _SCOPE)
_NEW_WORKSPACE = insert(WORKSPACES).returning(WORKSPACES.c.id)
_CHANGE_WORKSPACE = (
    update(WORKSPACES).where(WORKSPACES.c.id == _ID).values(name=one("to_name"), language=one("to_language"))
)
_SCOPES = select(SCOPES).where(SCOPES.c.workspace == _ID).order_by(SCOPES.c.platform, SCOPES.c.scope)
_NEW_SCOPE = insert(SCOPES)
_END_SCOPE = delete(SCOPES).where(SCOPES.c.platform == _PLATFORM, SCOPES.c.scope == _SCOPE)


class DirectoryRows(MemberRows, TeamRows, ChannelRows):
    """The engine's `Directory`."""

    async def workspace(self, id: WorkspaceId) -> Workspace:
        """Return a workspace; raises KeyError for an unknown id."""

        async def read() -> Workspace:
            for row in await self._rows(_WORKSPACE, of=id):
                return _workspace(row)
            raise KeyError(id)

        return await self._cached("workspace", id, read)

    async def workspaces(self) -> Sequence[Workspace]:
        """Return every workspace, in the order they were made."""
        return [_workspace(row) for row in await self._rows(_WORKSPACES)]

    async def workspace_of_scope(self, platform: str, scope: str) -> Workspace | None:
        """Return the workspace of a tenant as a platform names it."""

        async def read() -> Workspace | None:
            rows = await self._rows(_WORKSPACE_OF_SCOPE, of_platform=platform, of_scope=scope)
            return _workspace(rows[0]) if rows else None

        return await self._cached("scope", (platform, scope), read)

    async def create_workspace(self, name: str, language: str, platform: str, scope: str) -> Workspace:
        """Store a new workspace with its first scope."""
        self._changed()
        (row,) = await self._rows(_NEW_WORKSPACE, name=name, language=language)
        await self._rows(_NEW_SCOPE, platform=platform, scope=scope, workspace=row.id)
        return Workspace(WorkspaceId(row.id), name, language)

    async def save_workspace(self, workspace: Workspace) -> None:
        """Store a changed name or language."""
        self._changed()
        await self._rows(_CHANGE_WORKSPACE, of=workspace.id, to_name=workspace.name, to_language=workspace.language)

    async def scopes(self, workspace: WorkspaceId) -> Sequence[Scope]:
        """Return the tenants that are part of a workspace, by platform and name."""
        return [Scope(row.platform, row.scope) for row in await self._rows(_SCOPES, of=workspace)]

    async def add_scope(self, workspace: WorkspaceId, platform: str, scope: str) -> None:
        """Make a tenant part of a workspace, instead of the one it was part of."""
        self._changed()
        await self._rows(_END_SCOPE, of_platform=platform, of_scope=scope)
        await self._rows(_NEW_SCOPE, platform=platform, scope=scope, workspace=workspace)

    async def remove_scope(self, platform: str, scope: str) -> None:
        """Make a tenant part of no workspace."""
        self._changed()
        await self._rows(_END_SCOPE, of_platform=platform, of_scope=scope)


def _workspace(row: Any) -> Workspace:
    return Workspace(WorkspaceId(row.id), row.name, row.language)
