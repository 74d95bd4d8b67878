"""A person whose client is plain HTTP: it says and reads anything, but does not encrypt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp

PATIENCE = 45.0
"""Seconds to wait for what should happen; it takes well under one."""
PAGE = 100

Event = dict[str, Any]
T = TypeVar("T")
_V3 = "/_matrix/client/v3"


class MatrixError(Exception):
    """What the server answered instead."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {answer.get('errcode', '')}: {answer.get('error', answer)}")
        self.status = status
        self.errcode = str(answer.get("errcode", ""))
        self.retry_after_ms = int(answer.get("retry_after_ms", 0))


class Http:
    """Requests to one server, in the event loop that makes the first."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, path: str, body: Any = None, token: str | None = None, **query: Any
    ) -> dict[str, Any]:
        """Call with a JSON body and return the JSON answer. Raises MatrixError, or aiohttp.ClientError when down."""
        async with self._sessions().request(
            method, self.url + path, json=body, headers=_headers(token), params=query
        ) as answer:
            said: dict[str, Any] = await answer.json()
            if answer.status >= 400:
                raise MatrixError(answer.status, said)
            return said

    async def log_in(self, user_id: str, password: str, device_id: str | None = None) -> dict[str, Any]:
        """Log in with a password: `access_token`, `device_id` (a new one, or the given), `user_id`."""
        wanted = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user_id},
            "password": password,
            **({} if device_id is None else {"device_id": device_id}),
        }
        return await self.call("POST", f"{_V3}/login", wanted)

    async def upload(self, data: bytes, content_type: str, token: str) -> str:
        """Upload, and return the mxc address."""
        headers = {**_headers(token), "Content-Type": content_type}
        async with self._sessions().post(f"{self.url}/_matrix/media/v3/upload", data=data, headers=headers) as answer:
            said = await answer.json()
            if answer.status >= 400:
                raise MatrixError(answer.status, said)
            return str(said["content_uri"])

    async def download(self, mxc: str, token: str) -> bytes:
        path = f"/_matrix/client/v1/media/download/{mxc.removeprefix('mxc://')}"
        async with self._sessions().get(self.url + path, headers=_headers(token)) as answer:
            if answer.status >= 400:
                raise MatrixError(answer.status, await answer.json())
            return await answer.read()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _sessions(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A kept connection is dead after the server was killed.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        return self._session


def _headers(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True)
class Line:
    """A message as a reader sees it now: edits applied. `thread` is the event id of the thread's root, or ""."""

    id: str
    sender: str
    text: str
    thread: str
    content: Mapping[str, Any]
    encrypted: bool = False
    undecryptable: str = ""
    """Why the client could not, or would not, decrypt it."""
    shield: str = ""
    """Why the client warns about it."""


class Human:
    """A user with one device. Rooms and events are named by their ids."""

    def __init__(self, http: Http, user_id: str, token: str, device_id: str) -> None:
        self.http = http
        self.user_id = user_id
        self.token = token
        self.device_id = device_id
        self._transactions = count(1)

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        """Call the client API as this user; `path` begins behind /_matrix/client/v3."""
        return await self.http.call(method, _V3 + path, body, self.token, **query)

    # --- rooms --------------------------------------------------------------------------------------------------

    async def create_room(
        self,
        name: str = "",
        *,
        invite: Sequence[str] = (),
        version: str | None = None,
        direct: bool = False,
        encrypted: bool = False,
        **more: Any,
    ) -> str:
        """Create a private room and return its id. `version`: "11", "12", or the server's default (12)."""
        encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        wanted: dict[str, Any] = {
            "preset": "trusted_private_chat" if direct else "private_chat",
            "is_direct": direct,
            "invite": list(invite),
            "initial_state": [encryption] if encrypted else [],
            **({"name": name} if name else {}),
            **({"room_version": version} if version else {}),
            **more,
        }
        return await self._create(wanted)

    async def _create(self, wanted: Mapping[str, Any]) -> str:
        return str((await self.call("POST", "/createRoom", wanted))["room_id"])

    async def invite(self, room: str, user_id: str, reason: str | None = None) -> None:
        body = {"user_id": user_id, **({} if reason is None else {"reason": reason})}
        await self.call("POST", f"/rooms/{quote(room)}/invite", body)

    async def join(self, room: str) -> None:
        await self.call("POST", f"/rooms/{quote(room)}/join", {})

    async def leave(self, room: str) -> None:
        await self.call("POST", f"/rooms/{quote(room)}/leave", {})

    async def kick(self, room: str, user_id: str) -> None:
        await self.call("POST", f"/rooms/{quote(room)}/kick", {"user_id": user_id})

    async def ban(self, room: str, user_id: str) -> None:
        await self.call("POST", f"/rooms/{quote(room)}/ban", {"user_id": user_id})

    async def upgrade(self, room: str, version: str) -> str:
        """Upgrade the room, and return the new one's id. Invites nobody."""
        answer = await self.call("POST", f"/rooms/{quote(room)}/upgrade", {"new_version": version})
        return str(answer["replacement_room"])

    async def state(self, room: str, type: str, key: str = "") -> dict[str, Any]:
        return await self.call("GET", f"/rooms/{quote(room)}/state/{type}/{quote(key)}")

    async def set_state(self, room: str, type: str, content: Mapping[str, Any], key: str = "") -> str:
        answer = await self.call("PUT", f"/rooms/{quote(room)}/state/{type}/{quote(key)}", content)
        return str(answer["event_id"])

    async def power_levels(self, room: str) -> dict[str, Any]:
        return await self.state(room, "m.room.power_levels")

    async def set_power(self, room: str, user_id: str, level: int) -> None:
        levels = await self.power_levels(room)
        await self.set_state(room, "m.room.power_levels", {**levels, "users": {**levels["users"], user_id: level}})

    async def membership(self, room: str, user_id: str) -> str:
        """ "join", "invite", "leave", "ban", or "" for someone who never had to do with the room."""
        try:
            return str((await self.state(room, "m.room.member", user_id))["membership"])
        except MatrixError as error:
            if error.errcode != "M_NOT_FOUND":
                raise
            return ""

    async def invitations(self) -> dict[str, str]:
        """The rooms this user is invited to, each with the user who invites."""
        invited = (await self.sync())["rooms"].get("invite", {})
        return {
            room: event["sender"]
            for room, shown in invited.items()
            for event in shown["invite_state"]["events"]
            if event["type"] == "m.room.member" and event["state_key"] == self.user_id
        }

    async def sync(self, since: str | None = None, timeout_ms: int = 0) -> dict[str, Any]:
        query = {"timeout": timeout_ms, **({} if since is None else {"since": since})}
        answer = await self.call("GET", "/sync", **query)
        return {"rooms": {}, **answer}

    # --- saying -------------------------------------------------------------------------------------------------

    async def send(self, room: str, type: str, content: Mapping[str, Any]) -> str:
        """Send any event, and return its id."""
        path = f"/rooms/{quote(room)}/send/{type}/t{next(self._transactions)}"
        return str((await self.call("PUT", path, content))["event_id"])

    async def say(
        self, room: str, text: str, *, thread: str = "", reply_to: str = "", mentions: Sequence[str] = (), **more: Any
    ) -> str:
        """Say it as a person does (m.text). Returns the event id."""
        content: dict[str, Any] = {
            "msgtype": "m.text",
            "body": text,
            "m.mentions": {"user_ids": list(mentions)} if mentions else {},
        }
        return await self.send(room, "m.room.message", {**content, **relation_to(thread, reply_to), **more})

    async def thread_reply(self, room: str, root: str, text: str) -> str:
        return await self.say(room, text, thread=root)

    async def edit(self, room: str, event_id: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        relation = {"rel_type": "m.replace", "event_id": event_id}
        changed = {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        return await self.send(room, "m.room.message", changed)

    async def react(self, room: str, event_id: str, emoji: str) -> str:
        """React; redacting the event that this returns takes the reaction back."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": emoji}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def redact(self, room: str, event_id: str) -> str:
        path = f"/rooms/{quote(room)}/redact/{quote(event_id)}/t{next(self._transactions)}"
        return str((await self.call("PUT", path, {}))["event_id"])

    async def upload(self, data: bytes, content_type: str = "image/png") -> str:
        return await self.http.upload(data, content_type, self.token)

    async def picture(self, room: str, data: bytes, name: str = "cat.png", *, thread: str = "") -> str:
        """Upload a picture and show it in the room. Returns the event id."""
        content: dict[str, Any] = {
            "msgtype": "m.image",
            "body": name,
            "url": await self.upload(data),
            "info": {"mimetype": "image/png", "size": len(data)},
            "m.mentions": {},
            **relation_to(thread, ""),
        }
        return await self.send(room, "m.room.message", content)

    async def set_display_name(self, name: str) -> None:
        await self.call("PUT", f"/profile/{quote(self.user_id)}/displayname", {"displayname": name})

    async def log_out(self) -> None:
        await self.call("POST", "/logout", {})

    # --- reading ------------------------------------------------------------------------------------------------

    async def messages(self, room: str) -> list[Event]:
        """All events of the room that this user may see, as the server has them, oldest first."""
        found: list[Event] = []
        page: dict[str, Any] = {"end": None}
        while "end" in page:
            query = {"dir": "b", "limit": PAGE, **({"from": page["end"]} if page["end"] else {})}
            page = await self.call("GET", f"/rooms/{quote(room)}/messages", **query)
            found += page["chunk"]
        return found[::-1]

    async def lines(self, room: str) -> list[Line]:
        """What a reader sees: messages that stand, with the newest text of each."""
        return lines(await self.messages(room))

    async def reactions(self, room: str, event_id: str) -> list[tuple[str, str]]:
        """The reactions that stand on an event: (who, emoji)."""
        return reactions(await self.messages(room), event_id)

    async def hear(self, room: str, wanted: Callable[[Line], bool], *, patience: float = PATIENCE) -> Line:
        """Wait until a line that is wanted stands in the room, and return the first such. Fails after `patience`."""
        return await self.until(room, lambda events: next(filter(wanted, lines(events)), None), patience=patience)

    async def hear_from(self, room: str, user_id: str, text: str = "", *, patience: float = PATIENCE) -> Line:
        """Wait for a line of this user that has this in it."""
        return await self.hear(room, lambda line: line.sender == user_id and text in line.text, patience=patience)

    async def until(self, room: str, found: Callable[[Sequence[Event]], T | None], *, patience: float = PATIENCE) -> T:
        """Read the room until something is found in its events. Fails after `patience`, and shows the room."""
        events: list[Event] = []
        try:
            async with asyncio.timeout(patience):
                while True:
                    events = await self.messages(room)
                    if (it := found(events)) is not None:
                        return it
                    await asyncio.sleep(0.05)
        except TimeoutError:
            shown = "\n".join(f"{line.sender}: {line.text}" for line in lines(events))
            raise AssertionError(f"{self.user_id} waited {patience} s for something else in {room}:\n{shown}") from None

    async def until_member(self, room: str, user_id: str, membership: str = "join") -> None:
        """Wait until someone has joined (or left, ...) the room."""

        async def is_so() -> bool:
            return await self.membership(room, user_id) == membership

        await eventually(is_so)

    async def until_invited(self, by: str) -> str:
        """Wait for an invitation by this user, and return the room."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for room, inviter in (await self.invitations()).items():
                    if inviter == by:
                        return room
                await asyncio.sleep(0.05)


async def eventually(is_so: Callable[[], Awaitable[bool]], patience: float = PATIENCE) -> None:
    """Wait until something is so, as another process decides. Raises TimeoutError."""
    async with asyncio.timeout(patience):
        while True:
            if await is_so():
                return
            await asyncio.sleep(0.05)


def lines(events: Sequence[Event]) -> list[Line]:
    """Messages that stand, oldest first: redacted ones are gone, edits by their own sender applied."""
    edits: dict[tuple[str, str], Mapping[str, Any]] = {
        (event["sender"], relation(event)["event_id"]): event["content"]["m.new_content"]
        for event in events
        if relation(event).get("rel_type") == "m.replace" and "m.new_content" in event["content"]
    }
    found = []
    for event in events:
        if event["type"] != "m.room.message" or not event["content"] or relation(event).get("rel_type") == "m.replace":
            continue
        own = (event["sender"], event["event_id"])
        content = edits[own] if own in edits else event["content"]
        thread = relation(event)["event_id"] if relation(event).get("rel_type") == "m.thread" else ""
        how = {name: event[name] for name in ("encrypted", "undecryptable", "shield") if name in event}
        found.append(Line(event["event_id"], event["sender"], str(content.get("body", "")), thread, content, **how))
    return found


def reactions(events: Sequence[Event], event_id: str) -> list[tuple[str, str]]:
    """The reactions that stand on an event: (who, emoji)."""
    return [
        (event["sender"], relation(event)["key"])
        for event in events
        if event["type"] == "m.reaction" and relation(event).get("event_id") == event_id
    ]


def relation(event: Event) -> dict[str, Any]:
    """How an event relates to another, or {}."""
    return dict(event["content"].get("m.relates_to", {}))


def relation_to(thread: str, reply_to: str) -> dict[str, Any]:
    """The part of a content that puts it in a thread, or makes it a reply, or neither."""
    if not thread and not reply_to:
        return {}
    relation: dict[str, Any] = {"m.in_reply_to": {"event_id": reply_to or thread}}
    if thread:
        relation |= {"rel_type": "m.thread", "event_id": thread, "is_falling_back": not reply_to}
    return {"m.relates_to": relation}
