"""Routes: which function answers which request, and what a request brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.local.content import Upload
from tests.platforms.discord.local.errors import invalid_form
from tests.platforms.discord.local.ratelimits import Limit
from tests.platforms.discord.local.state import Json
from tests.platforms.discord.local.world import World

MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_id")
"""Parameters whose every value has a bucket of its own."""


@dataclass(frozen=True, slots=True)
class Made:
    """An answer with status 201."""

    body: Json


@dataclass(slots=True)
class Call:
    """A request to a route, in a world."""

    world: World
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: Mapping[int, Upload]

    def id(self, name: str) -> int:
        return snowflake(name, self.params[name])

    def snowflake(self, name: str) -> int | None:
        """Return an id from the query, if it is there."""
        return snowflake(name, self.query[name]) if name in self.query else None

    def limit(self, default: int, most: int) -> int:
        text = self.query.get("limit", str(default))
        if not text.isdigit() or not 1 <= int(text) <= most:
            raise invalid_form("limit", "NUMBER_TYPE_MAX", f"int value should be between 1 and {most}.")
        return int(text)


Handler = Callable[[Call], Any]
"""Answers with JSON (200), `Made` (201) or None (204), or raises Refused."""


@dataclass(frozen=True, slots=True)
class Route:
    """`free` of the global limit are the interactions' own. `keyed` by the token in its path instead of a bot's."""

    method: str
    path: str
    handler: Handler
    limit: Limit
    bucket: str
    free: bool = False
    keyed: bool = False


class Routes:
    """A module's routes, by decorator."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def __call__(
        self,
        method: str,
        path: str,
        limit: tuple[int, float] = (50, 1.0),
        *,
        bucket: str = "",
        free: bool = False,
        keyed: bool = False,
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.all.append(Route(method, path, handler, Limit(*limit), bucket or f"{method} {path}", free, keyed))
            return handler

        return register


class Table:
    """Finds the route of a path: literal parts go before parameters."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root: dict[str, Any] = {}
        for route in routes:
            node = self._root
            for part in route.path.strip("/").split("/"):
                node = node.setdefault("*" if part.startswith("{") else part, {})
            methods = node.setdefault("", {})
            assert route.method not in methods, f"{route.method} {route.path} is there twice"
            names = [part.strip("{}") for part in route.path.strip("/").split("/") if part.startswith("{")]
            methods[route.method] = (route, names)

    def find(self, method: str, parts: list[str]) -> tuple[Route, dict[str, str]] | int:
        """Return the route and its parameters, or the status 404 or 405."""
        found = self._walk(self._root, parts, [])
        if found is None:
            return 404
        methods, values = found
        if method not in methods:
            return 405
        route, names = methods[method]
        return route, dict(zip(names, values, strict=True))

    def _walk(
        self, node: dict[str, Any], parts: list[str], values: list[str]
    ) -> tuple[dict[str, Any], list[str]] | None:
        if not parts:
            return (node[""], values) if "" in node else None
        head, rest = parts[0], parts[1:]
        if head in node and (found := self._walk(node[head], rest, values)):
            return found
        return self._walk(node["*"], rest, [*values, head]) if "*" in node else None


def snowflake(name: str, text: str) -> int:
    if not text.isdigit() or len(text) > 20:
        raise invalid_form(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
    return int(text)
