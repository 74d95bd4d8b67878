"""The control API: POST /control/worlds makes a world; POST /control/worlds/{token}/{verb} acts in one."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.platforms.discord.local.clients import Clients
from tests.platforms.discord.local.errors import NotBuilt, NotPossible, Refused
from tests.platforms.discord.local.staging import Staging
from tests.platforms.discord.local.state import Json
from tests.platforms.discord.local.world import World
from tests.platforms.discord.local.worlds import Worlds


class Control:
    """Verbs are the public methods of `Clients` (people) and `Staging` (the test itself)."""

    def __init__(self, worlds: Worlds, description: str | None) -> None:
        self._worlds = worlds
        self._description = description

    async def handle(self, request: web.Request) -> web.Response:
        text = await request.text()
        arguments: Json = json.loads(text) if text else {}
        head, *rest = request.match_info["path"].split("/")
        if head != "worlds":
            return web.json_response(
                {"not_possible": "POST /control/worlds, or /control/worlds/{token}/{verb}"}, status=404
            )
        if not rest:
            return web.json_response(self.make(**arguments))
        world = self._worlds.of_test(rest[0])
        if world is None:
            return web.json_response({"not_possible": "there is no such world"}, status=404)
        return self._act(world, rest[1], arguments)

    def make(self, token: str | None = None, settings: Json | None = None) -> Json:
        """Make a world, and say how to reach it."""
        world = self._worlds.make(token)
        world.settings.change(settings or {})
        return {
            "token": world.token,
            "api_base": f"{world.base}/api/v10",
            "gateway": world.gateway_url,
            "bot": str(world.bot.id),
            "openapi": self._description,
        }

    def _act(self, world: World, verb: str, arguments: Json) -> web.Response:
        if verb == "end":
            self._worlds.end(world)
            return web.json_response(None)
        for of in (Clients(world), Staging(world)):
            method: Any = getattr(of, verb, None)
            if method is not None and not verb.startswith("_"):
                break
        else:
            return web.json_response({"not_possible": f"there is no verb {verb!r}"}, status=404)
        try:
            return web.json_response(method(**arguments))
        except (NotPossible, NotBuilt) as reason:
            return web.json_response({"not_possible": str(reason)}, status=422)
        except Refused as refused:
            return web.json_response({"not_possible": f"{refused} {refused.body.get('errors', '')}"}, status=422)
