"""The channels that teams were given, and direct conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.model.identity import ChannelId, Identity, Place, TeamId, WorkspaceId
from bot.model.people import Channel, Purpose
from bot.storage.directory_cache import CachedRows
from bot.storage.executor import one
from bot.storage.tables import CHANNELS, DIRECT_PLACES

_ID, _PLATFORM, _ACCOUNT = one("of"), one("of_platform"), one("of_account")

_CHANNEL = select(CHANNELS).where(CHANNELS.c.id == _ID)
_CHANNELS_OF_TEAM = select(CHANNELS).where(CHANNELS.c.team == _ID).order_by(CHANNELS.c.purpose, CHANNELS.c.id)
_CHANNELS_AT = (
    select(CHANNELS)
    .where(CHANNELS.c.platform == _PLATFORM, CHANNELS.c.address == one("of_address"))
    .order_by(CHANNELS.c.id)
)
_NEW_CHANNEL = insert(CHANNELS).returning(CHANNELS.c.id)
_NAME_CHANNEL = update(CHANNELS).where(CHANNELS.c.id == _ID).values(name=one("new_name"), scope=one("new_scope"))
_DELETE_CHANNEL = delete(CHANNELS).where(CHANNELS.c.id == _ID)

_HERE = (DIRECT_PLACES.c.platform == _PLATFORM) & (DIRECT_PLACES.c.account == _ACCOUNT)
_DIRECT_PLACE = select(DIRECT_PLACES).where(_HERE)
_FORGET_DIRECT_PLACE = delete(DIRECT_PLACES).where(_HERE)
_NEW_DIRECT_PLACE = insert(DIRECT_PLACES)


class ChannelRows(CachedRows):
    """The directory's places."""

    async def channels(self, team: TeamId, purpose: Purpose | None = None) -> Sequence[Channel]:
        """Return a team's channels, of one purpose or of all."""

        async def read() -> tuple[Channel, ...]:
            return tuple(_channel(row) for row in await self._rows(_CHANNELS_OF_TEAM, of=team))

        every = await self._cached("channels of team", team, read)
        return every if purpose is None else tuple(c for c in every if c.purpose is purpose)

    async def channel(self, id: ChannelId) -> Channel | None:
        """Return a channel, or None once it was replaced or its team deleted."""

        async def read() -> Channel | None:
            rows = await self._rows(_CHANNEL, of=id)
            return _channel(rows[0]) if rows else None

        return await self._cached("channel", id, read)

    async def channel_at(self, place: Place) -> Channel | None:
        """Return the first team channel that is this place, or None."""

        async def read() -> Channel | None:
            rows = await self._rows(_CHANNELS_AT, of_platform=place.platform, of_address=place.address)
            return next((_channel(row) for row in rows if row.thread == place.thread), None)

        return await self._cached("channel at", place, read)

    async def set_channel(self, channel: Channel) -> Channel:
        """Give a team its channel for a purpose on a platform, instead of that there; the same place keeps its id."""
        every = await self.channels(channel.team, channel.purpose)
        for old in (each for each in every if each.place.platform == channel.place.platform):
            self._changed()
            if old.place == channel.place:
                await self._rows(_NAME_CHANNEL, of=old.id, new_name=channel.name, new_scope=channel.scope)
                return replace(channel, id=old.id)
            await self._rows(_DELETE_CHANNEL, of=old.id)
        self._changed()
        (row,) = await self._rows(_NEW_CHANNEL, **_channel_columns(channel))
        return replace(channel, id=ChannelId(row.id))

    async def remove_channel(self, id: ChannelId) -> None:
        """Take a channel from its team."""
        self._changed()
        await self._rows(_DELETE_CHANNEL, of=id)

    async def direct_place(self, identity: Identity) -> Place | None:
        """Return the direct conversation with an account, if there was one."""

        async def read() -> Place | None:
            who = {"of_platform": identity.platform, "of_account": identity.account}
            rows = await self._rows(_DIRECT_PLACE, **who)
            return Place(identity.platform, rows[0].address, rows[0].thread) if rows else None

        return await self._cached("direct place", identity, read)

    async def set_direct_place(self, identity: Identity, place: Place) -> None:
        """Store the direct conversation with an account, instead of an earlier one."""
        if await self.direct_place(identity) == place:
            return
        self._changed()
        who = {"of_platform": identity.platform, "of_account": identity.account}
        await self._rows(_FORGET_DIRECT_PLACE, **who)
        here = {"address": place.address, "thread": place.thread}
        await self._rows(_NEW_DIRECT_PLACE, platform=identity.platform, account=identity.account, **here)


def _channel(row: Any) -> Channel:
    place = Place(row.platform, row.address, row.thread)
    purpose = Purpose(row.purpose)
    owner = WorkspaceId(row.workspace), TeamId(row.team)
    return Channel(ChannelId(row.id), *owner, purpose, place, row.name, row.scope)


def _channel_columns(channel: Channel) -> dict[str, Any]:
    return {
        "workspace": channel.workspace,
        "team": channel.team,
        "purpose": str(channel.purpose),
        "platform": channel.place.platform,
        "address": channel.place.address,
        "thread": channel.place.thread,
        "name": channel.name,
        "scope": channel.scope,
    }
