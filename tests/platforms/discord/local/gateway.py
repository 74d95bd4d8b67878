"""The gateway (v10, JSON, zlib-stream or plain): HELLO, IDENTIFY, heartbeats, RESUME, and its close codes."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections import deque
from typing import Any

from aiohttp import WSMsgType, web

from tests.platforms.discord.local import shapes
from tests.platforms.discord.local.sessions import ALL_INTENTS, GUILD_MEMBERS, PRIVILEGED, Session
from tests.platforms.discord.local.state import Json
from tests.platforms.discord.local.world import World
from tests.platforms.discord.local.worlds import Worlds

(DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK) = (
    0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11,
)  # fmt: skip
_COMMANDS_A_MINUTE = 120
A_NETWORK = 0.02
"""Seconds that a heartbeat's answer takes: clients note when they have sent it in another thread, just afterwards."""
_FINAL = {4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014}
"""Close codes after which a session cannot be resumed."""
_GOODBYE = {1000, 1001}
"""Those by which a client ends its session."""


class Closing(Exception):
    """The connection ends, with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """One websocket: writes what its session is sent, one frame an event."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, world: World) -> None:
        self.socket = socket
        self.request = request
        self.world = world
        self.session: Session | None = None
        self.silent = False
        """Whether it plays dead: open, and not a word."""
        self.closed_with: int | None = None
        """The code with which the server closed it."""
        self.last_heartbeat = time.monotonic()
        self._queue: asyncio.Queue[bytes | str | int] = asyncio.Queue()
        self._deflate = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._commands: deque[float] = deque()

    def send(self, text: str) -> None:
        if self.silent:
            return
        if self._deflate is None:
            self._queue.put_nowait(text)
        else:
            data = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            self._queue.put_nowait(data)

    def say(self, op: int, data: Any = None) -> None:
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def write(self) -> None:
        """Write what is queued, for as long as the connection lives."""
        while True:
            frame = await self._queue.get()
            if isinstance(frame, int):
                await self.end(frame)
            elif isinstance(frame, str):
                await self.socket.send_str(frame)
            else:
                await self.socket.send_bytes(frame)

    def close(self, code: int) -> None:
        """Close the connection with a code, after what is queued."""
        self._queue.put_nowait(code)

    async def end(self, code: int, reason: str = "") -> None:
        self.closed_with = code
        await self.socket.close(code=code, message=reason.encode())

    def cut(self) -> None:
        """Drop the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    def count_command(self) -> None:
        now = time.monotonic()
        while self._commands and self._commands[0] < now - 60:
            self._commands.popleft()
        self._commands.append(now)
        if len(self._commands) > _COMMANDS_A_MINUTE:
            raise Closing(4008, "Rate limited.")


class Gateway:
    """The websocket endpoint of all worlds: the token in IDENTIFY or RESUME says whose."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._identified: dict[tuple[str, int], float] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        world = self._worlds.by_number(int(request.match_info["number"]))
        if world is None or world.sessions.refuses():
            return web.Response(status=503, text="no healthy upstream")
        socket = web.WebSocketResponse(max_msg_size=4096 * 16)
        await socket.prepare(request)
        connection = Connection(socket, request, world)
        writer = asyncio.create_task(connection.write())
        interval = world.settings.heartbeat_interval
        watch = asyncio.create_task(self._watch(connection, interval))
        try:
            connection.say(HELLO, {"heartbeat_interval": int(interval * 1000), "_trace": []})
            await self._listen(connection)
        except Closing as closing:
            await connection.end(closing.code, closing.reason)
        finally:
            writer.cancel()
            watch.cancel()
            self._left(connection)
        return socket

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type is not WSMsgType.TEXT:
                raise Closing(4002, "Error while decoding payload.")
            try:
                payload = json.loads(frame.data)
                op, data = payload["op"], payload.get("d")
            except (ValueError, KeyError, TypeError):
                raise Closing(4002, "Error while decoding payload.") from None
            connection.count_command()
            await self._receive(connection, op, data)

    async def _receive(self, connection: Connection, op: int, data: Any) -> None:
        if connection.silent:
            return
        if op == HEARTBEAT:
            connection.last_heartbeat = time.monotonic()
            asyncio.get_running_loop().call_later(A_NETWORK, connection.say, ACK)
        elif op == IDENTIFY:
            self._identify(connection, data)
        elif op == RESUME:
            self._resume(connection, data)
        elif connection.session is None:
            raise Closing(4003, "Not authenticated.")
        elif op == MEMBERS:
            self._request_members(connection, data)
        elif op not in (PRESENCE, VOICE):
            raise Closing(4001, "Unknown opcode.")

    def _identify(self, connection: Connection, data: Json) -> None:
        if connection.session is not None:
            raise Closing(4005, "Already authenticated.")
        world = connection.world
        if self._worlds.by_token(str(data.get("token", ""))) is not world:
            raise Closing(4004, "Authentication failed.")
        shard = _shard(data)
        intents = _intents(world, data)
        settings = world.settings
        now = time.monotonic()
        last = self._identified.get((world.token, shard[0]))
        if world.sessions.started >= settings.identify_limit:
            raise Closing(4008, "Session start limit reached.")
        if settings.identify_interval and last is not None and now - last < settings.identify_interval:
            connection.say(INVALID, False)
            return
        self._identified[world.token, shard[0]] = now
        connection.session = session = world.sessions.start(shard, intents)
        session.line = connection
        self._ready(world, session)

    def _ready(self, world: World, session: Session) -> None:
        guilds = [
            each
            for each in world.guilds.values()
            if world.bot.id in each.members and (each.id >> 22) % session.shard[1] == session.shard[0]
        ]
        ready: Json = {
            "v": 10,
            "user": shapes.me(world.bot),
            "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": world.gateway_url,
            "shard": list(session.shard),
            "application": {"id": str(world.application_id), "flags": world.tree.application_flags()},
            "private_channels": [],
            "presences": [],
            "relationships": [],
            "user_settings": {},
            "_trace": [],
        }
        session.dispatch("READY", ready)
        if not session.intents & 1:
            return
        for guild in guilds:
            if not guild.down:
                everyone = bool(session.intents & GUILD_MEMBERS)
                session.dispatch("GUILD_CREATE", shapes.guild_create(world, guild, all_members=everyone))

    def _resume(self, connection: Connection, data: Json) -> None:
        if connection.session is not None:
            raise Closing(4005, "Already authenticated.")
        world = connection.world
        if self._worlds.by_token(str(data.get("token", ""))) is not world:
            raise Closing(4004, "Authentication failed.")
        session = world.sessions.find(str(data.get("session_id", "")), time.monotonic())
        sequence = data.get("seq")
        if session is None or not isinstance(sequence, int):
            connection.say(INVALID, False)
            return
        if sequence > session.sequence:
            raise Closing(4007, "Invalid seq.")
        missed = session.missed(sequence)
        if missed is None:
            world.sessions.end(session)
            connection.say(INVALID, False)
            return
        if isinstance(session.line, Connection):
            session.line.session = None
            session.line.cut()
        connection.session = session
        session.line, session.away_since = connection, None
        world.sessions.resumed += 1
        for text in missed:
            connection.send(text)
        session.dispatch("RESUMED", {"_trace": []})

    def _request_members(self, connection: Connection, data: Json) -> None:
        world, session = connection.world, connection.session
        assert session is not None
        guild = world.guilds.get(int(data["guild_id"]))
        if guild is None or world.bot.id not in guild.members:
            return
        wanted = data.get("user_ids")
        if wanted is None and not data.get("query") and not session.intents & GUILD_MEMBERS:
            raise Closing(4014, "Disallowed intent(s).")  # the whole list needs the members intent
        ids = [int(each) for each in (wanted if isinstance(wanted, list) else [wanted] if wanted else [])]
        query = str(data.get("query") or "").casefold()
        found = [
            each
            for each in guild.members.values()
            if (each.user.id in ids if wanted is not None else each.user.name.casefold().startswith(query))
        ]
        limit = int(data.get("limit") or 0)
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": [shapes.member(each) for each in (found[:limit] if limit else found)],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(each) for each in ids if each not in guild.members],
        }
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    def _left(self, connection: Connection) -> None:
        """A session whose connection is gone waits to be resumed, unless it ended: by the client's word or a code."""
        session = connection.session
        if session is None or session.line is not connection:
            return
        session.line, session.away_since = None, time.monotonic()
        ours = connection.closed_with
        if ours in _FINAL or (ours is None and connection.socket.close_code in _GOODBYE):
            connection.world.sessions.end(session)

    async def _watch(self, connection: Connection, interval: float) -> None:
        """Cut a client off that stopped its heartbeats."""
        while True:
            await asyncio.sleep(interval)
            if time.monotonic() - connection.last_heartbeat > 2 * interval and not connection.silent:
                await connection.end(4000, "No heartbeat.")


def _shard(data: Json) -> tuple[int, int]:
    shard = data.get("shard", [0, 1])
    valid = isinstance(shard, list) and len(shard) == 2 and all(isinstance(each, int) for each in shard)
    if not valid or not 0 <= shard[0] < shard[1]:
        raise Closing(4010, "Invalid shard.")
    return shard[0], shard[1]


def _intents(world: World, data: Json) -> int:
    intents = data.get("intents")
    if not isinstance(intents, int) or not 0 <= intents <= ALL_INTENTS:
        raise Closing(4013, "Invalid intent(s).")
    for name, bit in PRIVILEGED.items():
        if intents & bit and name not in world.settings.intents:
            raise Closing(4014, "Disallowed intent(s).")
    return intents
