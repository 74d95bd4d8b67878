"""The account's one device: logged in once, kept for ever, never logged out.

The server remembers which messages a device has sent by their transaction ids, so a second device would send
again what the first one sent. The access token is kept in the folder of the device's secrets, readable by its owner
alone; which device it is stands in the bot's database too, so that a lost folder is noticed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.engine.errors import BadCredentials
from bot.engine.ports import Clock
from bot.platforms.matrix.http import Homeserver, Query, Rejected, TokenGone, path
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import PlatformState

log = logging.getLogger(__name__)

DEVICE = "device"
"""The name under which the state keeps which device this is."""
_LOGIN = path("login")
_WHOAMI = path("account", "whoami")


@dataclass(frozen=True, slots=True)
class Device:
    """The device's id, since when (UTC) it has been this one, and whether it replaces one whose keys were lost.

    `keyed` is true once it has keys: from then on a missing store is a lost one.
    """

    id: str
    since: datetime
    replaces: str = ""
    keyed: bool = False


class Session:
    """Logged-in calls. `open` first; `failed` ends when only the operator can help."""

    def __init__(self, settings: MatrixSettings, state: PlatformState, clock: Clock) -> None:
        """Take the account; nothing is connected yet."""
        self.settings = settings
        self.server = Homeserver(settings.homeserver)
        self.user_id = settings.user_id
        self.device: Device | None = None
        self.failed = asyncio.Event()
        self.failure: BadCredentials | None = None
        self._state = state
        self._clock = clock
        self._login = asyncio.Lock()

    @property
    def served(self) -> int | None:
        """The server's instant (ms, to the second) of its last answer, if it says such."""
        return self.server.served

    @property
    def device_id(self) -> str:
        """The id of this device; raises AssertionError before `open`."""
        assert self.device is not None, "the session is not open yet"
        return self.device.id

    # --- opening --------------------------------------------------------------------------------------------

    async def open(self) -> Device:
        """Log in, or take up the kept token; return the device.

        Raises BadCredentials with one line for the operator, TryLater and OutcomeUnknown when the server is away.
        """
        known = await self._known_device()
        lost = known is not None and self._keys_are_lost(known)
        wanted = known.id if known and not lost else self._new_name(known)
        token = self.settings.access_token or ("" if lost else kept_token(self.settings))
        if token and await self._still_good(token):
            found = await self._whoami()
        elif self.settings.access_token:
            raise BadCredentials(f"the homeserver does not know matrix.access_token of {self.user_id} any more")
        else:
            found = await self._log_in(wanted)
        if known is None or found != known.id:
            known = Device(found, self._clock.now(), known.id if known else "")
        elif lost:
            raise BadCredentials(
                f"the keys of device {found} are lost, and its token can't make a new device: "
                "set matrix.password, or another matrix.access_token"
            )
        await self._remember(known)
        return known

    async def told(self) -> None:
        """Note that whoever runs the bot was told of the device that this one replaces."""
        assert self.device is not None, "the session is not open yet"
        await self._remember(replace(self.device, replaces=""))

    async def keyed(self) -> None:
        """Note, before they are uploaded, that the device has keys."""
        assert self.device is not None, "the session is not open yet"
        if not self.device.keyed:
            await self._remember(replace(self.device, keyed=True))

    def _keys_are_lost(self, known: Device) -> bool:
        return self.settings.encryption != "never" and known.keyed and not self.store_file(known.id).exists()

    def store_file(self, device_id: str) -> Path:
        """Return where a device's keys are kept."""
        return self.settings.store / f"{quote(device_id, safe='')}.keys.db"

    def _new_name(self, known: Device | None) -> str:
        """Return the name for a device: the operator's for the first, and for later ones a new one after it."""
        name = self.settings.device_id or "HELIOTROPE"
        return name if known is None and self.settings.device_id else f"{name}_{secrets.token_hex(4).upper()}"

    async def _still_good(self, token: str) -> bool:
        self.server.token = token
        try:
            await self.server.call("GET", _WHOAMI)
        except TokenGone as gone:
            log.info("the kept access token is not valid any more: %s", gone)
            self.server.token = ""
            return False
        return True

    async def _whoami(self) -> str:
        answer = await self.server.call("GET", _WHOAMI)
        if answer.get("user_id") != self.user_id:
            raise BadCredentials(f"the access token belongs to {answer.get('user_id')}, not to {self.user_id}")
        device = answer.get("device_id")
        if not isinstance(device, str) or not device:
            raise BadCredentials("the access token belongs to no device: log in with a password instead")
        return device

    async def _log_in(self, device_id: str) -> str:
        password = self.password()
        if not password:
            raise BadCredentials("set matrix.password, matrix.password_file or matrix.access_token")
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.user_id},
            "password": password,
            "device_id": device_id,
            "initial_device_display_name": self.settings.device_name,
        }
        self.server.token = ""
        try:
            answer = await self.server.call("POST", _LOGIN, body)
        except Rejected as refusal:
            raise BadCredentials(f"{self.settings.homeserver} does not let {self.user_id} in: {refusal}") from refusal
        if answer.get("user_id") != self.user_id:
            raise BadCredentials(f"the password belongs to {answer.get('user_id')}, not to {self.user_id}")
        self.server.token = str(answer["access_token"])
        self._keep_token(self.server.token)
        return str(answer["device_id"])

    def password(self) -> str:
        """Return the account's password, or ""; raises BadCredentials when its file can't be read."""
        try:
            return self.settings.secret()
        except (OSError, UnicodeDecodeError) as problem:
            raise BadCredentials(f"matrix.password_file can't be read: {problem}") from None

    # --- what is kept ---------------------------------------------------------------------------------------

    async def _known_device(self) -> Device | None:
        kept = await self._state.get(DEVICE)
        if kept is None:
            return None
        data = json.loads(kept)
        if data.get("user") != self.user_id:
            return None
        since = datetime.fromisoformat(data["since"])
        return Device(data["id"], since, data.get("replaces", ""), data.get("keyed", False))

    async def _remember(self, device: Device) -> None:
        self.device = device
        data = {
            "user": self.user_id,
            "id": device.id,
            "since": device.since.isoformat(),
            "replaces": device.replaces,
            "keyed": device.keyed,
        }
        await self._state.set(DEVICE, json.dumps(data))

    def _keep_token(self, token: str) -> None:
        """Write the token where its owner alone can read it, whole or not at all."""
        self.settings.store.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = _token_file(self.settings)
        fresh = file.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump({"user": self.user_id, "token": token}, stream)
        fresh.replace(file)

    # --- calling --------------------------------------------------------------------------------------------

    async def call(
        self,
        method: str,
        where: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Query | None = None,
        timeout: float = 60.0,  # noqa: ASYNC109 -- passed on to the homeserver's
    ) -> dict[str, Any]:
        """Call as this device; log in again once where the server says that the same device may.

        Raises what `Homeserver.call` does. A token that is gone for good sets `failed`.
        """
        token = self.server.token
        try:
            return await self.server.call(method, where, body, query=query, timeout=timeout)
        except TokenGone as gone:
            await self._again(token, gone)
        return await self.server.call(method, where, body, query=query, timeout=timeout)

    async def _again(self, token: str, gone: TokenGone) -> None:
        async with self._login:
            if self.server.token != token and self.server.token:
                return
            if not gone.soft or self.settings.access_token:
                self.failure = BadCredentials(f"the homeserver has revoked the access of {self.user_id}: {gone}")
                self.failed.set()
                raise self.failure from gone
            await self._log_in(self.device_id)

    async def close(self) -> None:
        """Let go of the connections; the device stays logged in."""
        await self.server.close()


def kept_token(settings: MatrixSettings) -> str:
    """Return the account's access token that is kept on this machine, or ""."""
    try:
        data = json.loads(_token_file(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    mine = isinstance(data, dict) and data.get("user") == settings.user_id
    return str(data.get("token", "")) if mine else ""


def _token_file(settings: MatrixSettings) -> Path:
    return settings.store / "token.json"
