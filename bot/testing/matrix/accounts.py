"""Accounts for a world, made by Synapse's shared-secret registration: the server's administrator lends the secret.

For the time of the registration there is one more account, an administrator's, which lifts the server's limits for
the others (a team's days pass in a minute) and is deactivated then. The others stay, so that one can look at what was
said in any client.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.engine.errors import OutcomeUnknown, TryLater
from bot.model.errors import HeliotropeError
from bot.platforms.console.state import BOT
from bot.platforms.matrix.http import Homeserver, Rejected, TokenGone, path
from bot.testing.scenario import slug

_REGISTER = "/_synapse/admin/v1/register"
_LONGEST = 60


class NoAccounts(HeliotropeError):
    """The homeserver gives no accounts; the message is one line that says why, and what would help."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account: its user id and name, and one device that is logged in."""

    user_id: str
    name: str
    device_id: str
    token: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Household:
    """The accounts of one world: the bot's, and the members' by name. They share one password."""

    bot: Credentials
    members: Mapping[str, Credentials]
    password: str = field(repr=False)


async def household(url: str, secret: str, members: Sequence[str]) -> Household:
    """Make accounts on a homeserver for the bot and for members of these names. Raises NoAccounts."""
    return await Registrar(url, secret).household(BOT, members)


class Registrar:
    """Makes accounts on one homeserver."""

    def __init__(self, url: str, secret: str) -> None:
        """Take the server's address and its registration secret; nothing is asked yet."""
        self._server = Homeserver(url)
        self._secret = secret

    async def household(self, bot: str, members: Sequence[str]) -> Household:
        """Make accounts by these names, under user ids that nobody has yet, and lift their limits.

        Raises NoAccounts.
        """
        run, password = secrets.token_hex(3), secrets.token_urlsafe(12)
        try:
            await self._reach()
            user_names = _different([bot, *members])
            made = {name: await self._register(name, f"{local}-{run}", password) for name, local in user_names.items()}
            await self._lift_limits([one.user_id for one in made.values()], run)
        finally:
            await self._server.close()
        return Household(made[bot], {name: made[name] for name in members}, password)

    async def _reach(self) -> None:
        answer = await self._call("GET", "/_matrix/client/versions")
        if not isinstance(answer.get("versions"), list):
            raise NoAccounts(f"--homeserver: what answers at {self._server.url} is no Matrix homeserver")

    async def _register(self, name: str, local: str, password: str, admin: bool = False) -> Credentials:
        nonce = str((await self._call("GET", _REGISTER))["nonce"])
        signed = "\0".join([nonce, local, password, "admin" if admin else "notadmin"])
        mac = hmac.new(self._secret.encode(), signed.encode(), hashlib.sha1).hexdigest()
        wanted = {"nonce": nonce, "username": local, "password": password, "admin": admin, "mac": mac}
        made = await self._call("POST", _REGISTER, {**wanted, "displayname": name})
        return Credentials(made["user_id"], name, made["device_id"], made["access_token"], password)

    async def _lift_limits(self, users: Sequence[str], run: str) -> None:
        """As the bot recommends to operators; the account that may do so is gone before anything else happens."""
        password = secrets.token_urlsafe(24)
        local = f"heliotrope-demo-{secrets.token_hex(8)}-{run}"
        root = await self._register("Heliotrope demo", local, password, admin=True)
        self._server.token = root.token
        try:
            for user in users:
                where = path("users", user, "override_ratelimit", version="/_synapse/admin/v1")
                await self._call("POST", where, {"messages_per_second": 0, "burst_count": 0})
        finally:
            proof = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": root.user_id}}
            body = {"auth": {**proof, "password": password}, "erase": True}
            await self._call("POST", path("account", "deactivate"), body)
            self._server.token = ""

    async def _call(self, method: str, where: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        try:
            return await self._server.call(method, where, body)
        except (TryLater, OutcomeUnknown) as problem:
            raise NoAccounts(f"--homeserver: {self._server.url}: {problem}") from problem
        except (Rejected, TokenGone) as problem:
            raise NoAccounts(self._refused(problem)) from problem

    def _refused(self, problem: Rejected | TokenGone) -> str:
        url = self._server.url
        if isinstance(problem, Rejected) and problem.status == 403:
            return f"the registration secret is not that of {url}: {problem}; it is registration_shared_secret there"
        if isinstance(problem, Rejected) and (problem.status == 404 or problem.errcode == "M_UNRECOGNIZED"):
            return f"{url} has no shared-secret registration, which Synapse has under {_REGISTER}: {problem}"
        return f"{url} gives no accounts: {problem}"


def _different(names: Sequence[str]) -> dict[str, str]:
    """Return for each name what comes closest to it in a user id before the colon; numbered where that is taken."""
    found: dict[str, str] = {}
    for number, name in enumerate(names):
        plain = re.sub(r"[^a-z0-9]+", "-", slug(name)).strip("-")[:_LONGEST] or "member"
        found[name] = f"{plain}-{number}" if plain in found.values() else plain
    return found
