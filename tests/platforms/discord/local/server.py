"""The HTTP server: one request's way past faults, limits and checks to its route, and back."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from aiohttp import web

from tests.platforms.discord.local import rest
from tests.platforms.discord.local.body import Body, read_body
from tests.platforms.discord.local.control import Control
from tests.platforms.discord.local.errors import NotBuilt, Refused, refuse
from tests.platforms.discord.local.faults import Fault
from tests.platforms.discord.local.gateway import Gateway
from tests.platforms.discord.local.openapi import Description
from tests.platforms.discord.local.ratelimits import Denied
from tests.platforms.discord.local.routing import MAJOR, Call, Made, Route
from tests.platforms.discord.local.world import Requested, World
from tests.platforms.discord.local.worlds import Worlds

_VIA = {"Via": "1.1 google"}
"""Without it, clients take a 429 for one of Cloudflare's."""
_REFUSALS = (401, 403, 429)


class Cut(Exception):
    """The connection is dropped instead of an answer."""


class Server:
    """REST under /api/v10, the gateway at /gateway/{world}, links at /cdn, people at /control."""

    def __init__(self, base: str, description: Description | None) -> None:
        self.worlds = Worlds(base)
        self._description = description
        self._table = rest.table()
        self._control = Control(self.worlds, description.source if description else None)

    def app(self) -> web.Application:
        gateway = Gateway(self.worlds)
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/gateway/{number}", gateway.handle)
        app.router.add_get("/gateway/{number}/", gateway.handle)
        app.router.add_get("/cdn/{number}/attachments/{path:.*}", self._attachment)
        app.router.add_post("/control/{path:.*}", self._control.handle)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        return app

    # --- one request ---------------------------------------------------------------------------------------------

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = request.raw_path.removeprefix("/api/v10").partition("?")[0]
        found = self._table.find(request.method, path.strip("/").split("/"))
        if isinstance(found, int):
            return self._no_route(request, path, found)
        route, params = found
        world = self._world(request, route, params)
        if world is None:
            return _nobody(route)
        record = Requested(world.clock.now(), time.monotonic(), request.method, route.path, path)
        world.requests.append(record)
        try:
            response = await self._answer(request, world, route, params, record)
        except Cut:
            if request.transport is not None:
                request.transport.abort()
            raise asyncio.CancelledError from None
        record.status = response.status
        if response.status in _REFUSALS:
            world.limits.count_invalid(time.monotonic())
        return response

    async def _answer(
        self, request: web.Request, world: World, route: Route, params: dict[str, str], record: Requested
    ) -> web.Response:
        if world.token_revoked and not route.keyed:
            return _reply(401, {"message": "401: Unauthorized", "code": 0})
        if world.limits.banned(time.monotonic()):
            return web.Response(status=429, text="error code: 1015", headers={"Retry-After": "600"})
        body = await read_body(request)
        fault = world.faults.next(request.method, route.path, record.path) if world.faults.waiting else None
        if fault is not None and (response := await _before(fault)) is not None:
            return response
        denied, headers = self._limit(world, route, params)
        if denied is not None:
            return _too_many(denied, headers)
        status, answer = self._perform(request, world, route, params, body)
        record.code = answer.get("code", 0) if status >= 400 and isinstance(answer, dict) else 0
        if fault is not None and fault.kind == "cut":
            raise Cut
        if fault is not None and fault.kind == "stall":
            await asyncio.Event().wait()  # until the client gives up
        return _reply(status, answer, headers)

    def _perform(
        self, request: web.Request, world: World, route: Route, params: dict[str, str], body: Body
    ) -> tuple[int, Any]:
        """Let the route do its work: all at once, so that nothing comes between."""
        call = Call(world, params, request.query, body.json, body.files)
        describes = self._description is not None and world.settings.check_requests
        if describes and self._description is not None:
            world.violations += self._description.request_faults(route, request.query, body)
        try:
            if body.broken:
                raise body.broken
            answer = route.handler(call)
        except Refused as refused:
            return refused.status, refused.body
        except NotBuilt as missing:
            world.violations.append(f"{route.method} {route.path}: this server has no {missing}")
            return 501, {"message": f"Not built: {missing}", "code": 0}
        status = 201 if isinstance(answer, Made) else 204 if answer is None else 200
        answer = answer.body if isinstance(answer, Made) else answer
        if self._description is not None and world.settings.check_responses:
            world.violations += self._description.response_faults(route, status, answer)
        return status, answer

    def _limit(self, world: World, route: Route, params: dict[str, str]) -> tuple[Denied | None, dict[str, str]]:
        now = time.monotonic()
        if not route.free and (denied := world.limits.take_global(now)) is not None:
            return denied, {}
        major = "+".join(params[name] for name in MAJOR if name in params)
        return world.limits.take(route.bucket, major, route.limit, now)

    def _world(self, request: web.Request, route: Route, params: dict[str, str]) -> World | None:
        """Return whose request this is: by the bot's token, or by that of the interaction in the path."""
        if route.keyed:
            token = params.get("webhook_token") or params.get("interaction_token") or ""
            number = token.partition("-")[0].removeprefix("w")
            return self.worlds.by_number(int(number)) if number.isdigit() else None
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.worlds.of_test(token) if scheme == "Bot" else None

    def _no_route(self, request: web.Request, path: str, status: int) -> web.Response:
        """Answer 404 or 405; what the real API has and this server has not is the test's failure."""
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        world = self.worlds.of_test(token)
        if world is not None:
            world.violations.append(f"{request.method} {path}: no such route here")
        name = "Not Found" if status == 404 else "Method Not Allowed"
        return _reply(status, {"message": f"{status}: {name}", "code": 0})

    async def _attachment(self, request: web.Request) -> web.StreamResponse:
        """Serve an attachment while its link holds, and its message is there."""
        world = self.worlds.by_number(int(request.match_info["number"]))
        path, query = request.match_info["path"], request.query
        signature = (query.get("ex", ""), query.get("is", ""), query.get("hm", ""))
        gone = web.Response(status=404, text="This content is no longer available.")
        if world is None or not all(signature) or not world.links.allows(path, *signature, world.clock.now()):
            return gone
        channel_id, attachment_id, _ = path.split("/", 2)
        channel = world.channels.get(int(channel_id))
        for message in (*channel.messages.values(), *channel.ephemeral.values()) if channel else ():
            for each in message.attachments:
                if each.id == int(attachment_id):
                    return web.Response(body=each.data, content_type=each.content_type)
        return gone


def _nobody(route: Route) -> web.Response:
    """Answer a request whose token is no one's."""
    if route.path.startswith("/interactions"):
        unknown = refuse(10062)
        return _reply(unknown.status, unknown.body)
    if route.keyed:
        unknown = refuse(50027)
        return _reply(unknown.status, unknown.body)
    return _reply(401, {"message": "401: Unauthorized", "code": 0})


async def _before(fault: Fault) -> web.Response | None:
    """Do what a fault does before the effect; return the answer, if it is one."""
    if fault.kind == "reset":
        raise Cut
    if fault.kind == "hang":
        await asyncio.Event().wait()  # until the client gives up
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
    if fault.kind != "status":
        return None
    if fault.status == 429:
        return _too_many(Denied(fault.retry_after, "global" if fault.is_global else "shared"), {})
    if fault.status >= 500:
        return web.Response(status=fault.status, text="upstream connect error", content_type="text/plain")
    return _reply(fault.status, {"message": f"{fault.status}: a fault was ordered", "code": fault.code})


def _too_many(denied: Denied, headers: dict[str, str]) -> web.Response:
    is_global = denied.scope == "global"
    body = {"message": "You are being rate limited.", "retry_after": round(denied.retry_after, 3), "global": is_global}
    more = {"Retry-After": str(max(1, int(denied.retry_after + 0.999))), "X-RateLimit-Scope": denied.scope}
    if is_global:
        more["X-RateLimit-Global"] = "true"
    return _reply(429, body, {**headers, **more})


def _reply(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    every = {**_VIA, **(headers or {})}
    if status == 204:
        return web.Response(status=204, headers=every)
    data = json.dumps(body, separators=(",", ":")).encode()
    return web.Response(status=status, body=data, headers=every, content_type="application/json")
