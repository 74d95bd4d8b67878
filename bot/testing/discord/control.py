"""The control API of a local Discord, over plain HTTP: people do things by it, and see what the server shows them.

Such a server keeps worlds, each with a token of its own: one application with its bot, its people and its servers.
`POST <control>/worlds` makes one, `POST <control>/worlds/<token>/<verb>` acts in it, with a JSON object of arguments.
Discord itself has no such thing: a member there is a person, and nobody may play them.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from bot.model.errors import HeliotropeError
from bot.platforms.console.server import ServiceRefuses
from bot.testing.service import Stuck

TIMEOUT = aiohttp.ClientTimeout(total=30)
REAL = ("discord.com", "discordapp.com", "discord.gg")
"""Where nothing is asked for: it is known that members can't be played there."""


class NoControl(HeliotropeError):
    """The server has no control API, or not the world that is meant; the message is one line that says so."""


@dataclass(frozen=True, slots=True)
class Application:
    """The application whose bot is to run: where its server is, its token, and the bot's account there."""

    api_base: str
    gateway: str
    control: str
    bot: str
    token: str = field(repr=False)


async def application(api_base: str, *, gateway: str, control: str, token: str) -> Application:
    """Return the application with a token on a local Discord; with "" a new one is made, in a world of its own.

    `control` is the address of the control API, "" for /control beside the API; `gateway` is "" for the one that the
    server names. Raises NoControl.
    """
    control = control or f"{_origin(api_base)}/control"
    _not_the_real_one(api_base, control)
    async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False) as session:
        status, answer = await _asked(session, "POST", control + "/")
        if status != 404 or "not_possible" not in answer:
            raise NoControl(_without_control(control))
        if not token:  # without limits on speed: a team's days pass in a minute
            status, answer = await _asked(session, "POST", f"{control}/worlds", {"settings": {"limits": False}})
            if status != 200 or not isinstance(answer.get("token"), str):
                raise NoControl(f"{control} made no world for the demo: it answered {status}")
            token, gateway = answer["token"], gateway or str(answer["gateway"])
        headers = {"Authorization": f"Bot {token}"}
        status, answer = await _asked(session, "GET", f"{api_base}/users/@me", headers=headers)
        if status != 200 or "id" not in answer:
            raise NoControl(f"--api-base: {api_base} knows no bot with the token: it answered {status}")
        bot = str(answer["id"])
        status, answer = await _asked(session, "POST", f"{control}/worlds/{quote(token, safe='')}/statistics")
        if status != 200:
            raise NoControl(f"--control: {control} has no world of the token that {api_base} knows")
        if answer.get("sessions_started") != 0:  # nonces, for one, would be those of the other run's messages
            raise NoControl("--token: its bot has run already, and can't go back in time; without it a new one is made")
    return Application(api_base, gateway, control, bot, token)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _not_the_real_one(*addresses: str) -> None:
    for address in addresses:
        host = urlsplit(address).hostname or ""
        if any(host == real or host.endswith(f".{real}") for real in REAL):
            raise NoControl(_without_control(address))


def _without_control(address: str) -> str:
    return (
        f"{address} has no control API, so there are no members to play: those of a real Discord can't be simulated;"
        " start a local one with python -m tests.platforms.discord.local --port 4500"
    )


async def _asked(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    try:
        async with session.request(method, url, json=body, headers=headers) as response:
            text = await response.text(errors="replace")
            status = response.status
    except (aiohttp.ClientError, OSError, TimeoutError) as problem:
        raise NoControl(f"--api-base: {url} can't be reached: {str(problem) or type(problem).__name__}") from problem
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    return status, answer if isinstance(answer, dict) else {}


class Control:
    """One application's world. Made by `controlled`."""

    def __init__(self, session: aiohttp.ClientSession, application: Application) -> None:
        """Use the session for every call."""
        self._session = session
        self._url = f"{application.control}/worlds/{quote(application.token, safe='')}"

    async def call(self, verb: str, **arguments: Any) -> Any:
        """Use a verb; return its answer. Raises ServiceRefuses for what no client would let a person do, and Stuck."""
        try:
            async with self._session.post(f"{self._url}/{verb}", json=arguments) as response:
                answer = await response.json()
                status = response.status
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as problem:
            raise Stuck(
                f"the local Discord does not answer ({verb}): {str(problem) or type(problem).__name__}"
            ) from problem
        if status in (404, 422):
            raise ServiceRefuses(str(answer["not_possible"]))
        if status != 200:
            raise Stuck(f"the local Discord answered {status} ({verb})")
        return answer


@asynccontextmanager
async def controlled(application: Application) -> AsyncIterator[Control]:
    """Hold the connections to an application's world."""
    async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False) as session:
        yield Control(session, application)
