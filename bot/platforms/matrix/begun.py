"""For whom a room was asked for, noted before the call: making one has no key that a server remembers.

A server goes on making a room though the bot that asked for it was killed, and one that was killed itself may have
made it or not. So a room that was asked for without an answer is looked for before another one is asked for, as long
as it may still come.
"""

from __future__ import annotations

import asyncio
import json

from bot.platforms.matrix.state import PlatformState

BEGUN = "begun"
"""The name under which the state keeps them."""
STILL_COMING = 15.0
"""Seconds within which a server has made a room that it was asked for, if it ever does."""
LOOK_AGAIN = 0.5
"""Seconds between two looks for it."""


class Begun:
    """The users for whom a direct conversation was begun, and of which is not known what became of it."""

    def __init__(self, state: PlatformState) -> None:
        """Keep them in the state."""
        self._state = state
        self._users: set[str] | None = None
        self._storing = asyncio.Lock()

    async def has(self, user_id: str) -> bool:
        """Say whether one was begun, by this process or an earlier one."""
        return user_id in await self._all()

    async def note(self, user_id: str) -> None:
        """Note, durably, that a room is about to be asked for."""
        await self._change(user_id, begun=True)

    async def done(self, user_id: str) -> None:
        """Note that it is known what became of it."""
        await self._change(user_id, begun=False)

    async def _change(self, user_id: str, *, begun: bool) -> None:
        async with self._storing:
            users = await self._all()
            if (user_id in users) == begun:
                return
            (users.add if begun else users.discard)(user_id)
            await self._state.set(BEGUN, json.dumps(sorted(users)))

    async def _all(self) -> set[str]:
        if self._users is None:
            self._users = set(json.loads(await self._state.get(BEGUN) or "[]"))
        return self._users
