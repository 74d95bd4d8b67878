"""Where a demo's members live, as its options say: on the console, or with accounts on a real chat service."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.config import DEMO
from bot.testing import discord, matrix
from bot.testing.assembly import Kit, Living, on_console
from bot.testing.options import Unusable
from bot.testing.scenario import Scenario

SECRET = f"{DEMO}REGISTRATION_SECRET"
"""The variable that has the registration secret, where no file does."""
TOKEN = f"{DEMO}TOKEN"
"""The variable that has the token of a local Discord's application, where no file does."""
PLATFORMS = ("console", "matrix", "discord")
_ADDRESS = re.compile(r"https?://[^\s/?#]+/?")
_BASE = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
_GATEWAY = re.compile(r"wss?://[^\s?#]+")
_FILE = "--registration-secret FILE"
_GO_WITH = {
    "homeserver": "matrix",
    "registration_secret": "matrix",
    "api_base": "discord",
    "gateway": "discord",
    "control": "discord",
    "token": "discord",
}
"""The options that only one platform has."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Home:
    """Where the members live: on the console, where nothing else is said."""

    async def furnish(self, scenario: Scenario, kit: Kit, say: Say) -> Living:
        """Make what the members need there, and say so; return what makes the chat service of a world.

        Raises `matrix.NoAccounts` and `discord.NoControl`.
        """
        say("A simulated team, all in memory: nothing is stored durably and nothing is sent anywhere.")
        return on_console


@dataclass(frozen=True, slots=True)
class OnMatrix(Home):
    """On a Synapse whose registration secret is known."""

    homeserver: str
    secret: str = field(repr=False)

    async def furnish(self, scenario: Scenario, kit: Kit, say: Say) -> Living:
        """Register accounts."""
        names = [member.name for member in scenario.members]
        accounts = await matrix.household(self.homeserver, self.secret, names)
        say(f"A simulated team on {self.homeserver}: its time is simulated, its messages are real, and not encrypted.")
        people = ", ".join(account.user_id for account in accounts.members.values())
        say(f"The bot is {accounts.bot.user_id}. The accounts stay; look on in any client as one of {people},")
        say(f"each with the password {accounts.password}")
        return partial(matrix.living, self.homeserver, accounts)


@dataclass(frozen=True, slots=True)
class OnDiscord(Home):
    """On a local Discord with a control API; "" is what that one says of itself, or makes."""

    api_base: str
    gateway: str = ""
    control: str = ""
    token: str = field(default="", repr=False)

    async def furnish(self, scenario: Scenario, kit: Kit, say: Say) -> Living:
        """Find the application, or have one made."""
        found = await discord.application(self.api_base, gateway=self.gateway, control=self.control, token=self.token)
        say(
            f"A simulated team on the local Discord at {self.api_base}: its time is simulated, and so is that server's."
        )
        languages = {member.name: member.language or scenario.language for member in scenario.members}
        return partial(discord.living, found, kit.services, scenario.team, languages)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; `home` checks them."""
    where = (
        "console (default); matrix: the members get accounts on a homeserver; discord: on a local Discord,"
        " for members of a real one can't be simulated"
    )
    parser.add_argument("--platform", metavar="NAME", default="console", help=where)
    server = "with --platform matrix: a Synapse, such as http://127.0.0.1:8008; its rooms are not encrypted"
    parser.add_argument("--homeserver", metavar="URL", help=server)
    file = "with --platform matrix: a file with the server's registration_shared_secret, by which accounts are made"
    parser.add_argument("--registration-secret", metavar="FILE", help=f"{file} (or in {SECRET})")
    base = "with --platform discord: the API of a local Discord (python -m tests.platforms.discord.local --port 4500)"
    parser.add_argument("--api-base", metavar="URL", help=f"{base}, such as http://127.0.0.1:4500/api/v10")
    parser.add_argument("--gateway", metavar="URL", help="its gateway (default: the one that it names)")
    control = "its control API, by which members act and see (default: /control beside the API)"
    parser.add_argument("--control", metavar="URL", help=control)
    token = "a file with the token of an application there (or in {}; default: a new one is made)"
    parser.add_argument("--token", metavar="FILE", help=token.format(TOKEN))


def home(args: argparse.Namespace) -> Home:
    """Return where the members live. Raises Unusable."""
    if args.platform not in PLATFORMS:
        listed = f"{', '.join(PLATFORMS[:-1])} or {PLATFORMS[-1]}"
        raise Unusable(f"--platform: there is no {args.platform!r}; write {listed}")
    for name, platform in _GO_WITH.items():
        if getattr(args, name) is not None and platform != args.platform:
            raise Unusable(f"--{name.replace('_', '-')}: it goes with --platform {platform}")
    if args.platform == "matrix":
        return _on_matrix(args)
    return _on_discord(args) if args.platform == "discord" else Home()


def _on_matrix(args: argparse.Namespace) -> OnMatrix:
    form = "write --homeserver http://127.0.0.1:8008"
    if args.homeserver is None:
        raise Unusable(f"--platform matrix: it needs a homeserver; {form}")
    if not _ADDRESS.fullmatch(args.homeserver):
        raise Unusable(f"--homeserver: {args.homeserver!r} is no server's address; {form}")
    return OnMatrix(args.homeserver.rstrip("/"), _secret(args.registration_secret))


def _on_discord(args: argparse.Namespace) -> OnDiscord:
    form = "write --api-base http://127.0.0.1:4500/api/v10"
    if args.api_base is None:
        raise Unusable(f"--platform discord: it needs a local Discord; {form}")
    if not _BASE.fullmatch(args.api_base):
        raise Unusable(f"--api-base: {args.api_base!r} is no API's address; {form}")
    if args.control is not None and not _BASE.fullmatch(args.control):
        raise Unusable(f"--control: {args.control!r} is no address; write --control http://127.0.0.1:4500/control")
    if args.gateway is not None and not _GATEWAY.fullmatch(args.gateway):
        raise Unusable(f"--gateway: {args.gateway!r} is no address; write --gateway ws://127.0.0.1:4500/gateway/1")
    token = os.environ.get(TOKEN, "").strip() if args.token is None else _line_of("--token", args.token, "the token")
    if args.gateway is not None and not token:
        raise Unusable("--gateway: without a token a new application is made, which has its own; write --token FILE")
    control = (args.control or "").rstrip("/")
    return OnDiscord(args.api_base.rstrip("/"), args.gateway or "", control, token)


def _secret(file: str | None) -> str:
    what = "the server's registration_shared_secret"
    if file is not None:
        return _line_of("--registration-secret", file, what)
    secret = os.environ.get(SECRET, "")
    if not secret.strip():
        raise Unusable(f"--platform matrix: it needs the registration secret; write {_FILE}, or set {SECRET}")
    return _one_line(secret, SECRET, what)


def _line_of(option: str, file: str, what: str) -> str:
    """Return the one line of a file."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no text in UTF-8"
        raise Unusable(f"{option}: {file}: {reason}; write {option} FILE") from None
    return _one_line(text, f"{option}: {file}", what)


def _one_line(text: str, source: str, what: str) -> str:
    lines = text.strip().splitlines()
    if len(lines) != 1:
        raise Unusable(f"{source}: it must have one line, {what}")
    return lines[0]
