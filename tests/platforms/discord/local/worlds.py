"""All worlds of the process, by their tokens."""

from __future__ import annotations

import secrets
from itertools import count

from tests.platforms.discord.local.world import World


class Worlds:
    """`base` is the server's own address, as http://127.0.0.1:4321."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._numbers = count(1)
        self._by_token: dict[str, World] = {}
        self._by_number: dict[int, World] = {}

    def make(self, token: str | None = None) -> World:
        """Make a world with this token, or a new one that looks like a real one."""
        number = next(self._numbers)
        token = token or f"{secrets.token_urlsafe(18)}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
        world = World(token, number, self.base)
        self._by_token[token] = self._by_number[number] = world
        return world

    def end(self, world: World) -> None:
        self._by_token.pop(world.token, None)
        for number, each in list(self._by_number.items()):
            if each is world:
                del self._by_number[number]

    def by_token(self, token: str) -> World | None:
        """Return the world of a token that is valid."""
        world = self._by_token.get(token)
        return None if world is None or world.token_revoked else world

    def of_test(self, token: str) -> World | None:
        """Return the world of a token, valid or revoked."""
        return self._by_token.get(token)

    def by_number(self, number: int) -> World | None:
        return self._by_number.get(number)
