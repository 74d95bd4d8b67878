"""A real Synapse on a loopback port: installed once, started in a second, killed at will.

`python -m tests.platforms.matrix.synapse install` makes its environment, `.venv-synapse`, ahead of the tests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.platforms.matrix.humans.js import Crowd, JsHuman
from tests.platforms.matrix.humans.plain import Http, Human
from tests.platforms.matrix.installing import ROOT, CannotInstall, Installation, run

SERVER_NAME = "heliotrope.test"
"""The part of user ids behind the colon; resolved nowhere, and nobody federates with it."""
PATIENCE = 60
"""Seconds until a server that does not answer counts as broken; it takes one or two."""

_VENV = ROOT / ".venv-synapse"
_PYTHON = _VENV / "bin" / "python"
_PINS = Path(__file__).with_name("synapse.txt")
_PORTS = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections: while a server is down, nothing else takes its port."""
_UNLIMITED = {"per_second": 1e6, "burst_count": 1_000_000}
_RAISED = {
    "rc_message": _UNLIMITED,
    "rc_registration": _UNLIMITED,
    "rc_login": {"address": _UNLIMITED, "account": _UNLIMITED, "failed_attempts": _UNLIMITED},
    "rc_admin_redaction": _UNLIMITED,
    "rc_joins": {"local": _UNLIMITED, "remote": _UNLIMITED},
    "rc_joins_per_room": _UNLIMITED,
    "rc_invites": {"per_room": _UNLIMITED, "per_user": _UNLIMITED, "per_issuer": _UNLIMITED},
    "rc_key_requests": _UNLIMITED,
    "rc_media_create": _UNLIMITED,
    "rc_room_creation": _UNLIMITED,
    "rc_user_directory": _UNLIMITED,
    "rc_profile": _UNLIMITED,
    "rc_reports": _UNLIMITED,
    "rc_delayed_event_mgmt": _UNLIMITED,
}
# A test run that is killed cannot stop its server: the server looks itself whether anybody is left.
_LAUNCH = """
import os, signal, threading, time
parent = os.getppid()
def watch():
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=watch, daemon=True).start()
from synapse.app.homeserver import main
main()
"""


def _make_environment() -> None:
    shutil.rmtree(_VENV, ignore_errors=True)
    run(sys.executable, "-m", "venv", str(_VENV))
    run(str(_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(_PINS))


INSTALLATION = Installation(_VENV / "ready", _PINS, _make_environment)


class Synapse:
    """A homeserver with its data in a folder. What it printed is in `synapse.log` there.

    `limits` "raised" is for tests that are not about limits; "default" leaves Synapse as it comes: 0.2 messages a
    second after a burst of 10, and 5 logins from one address (`register` and `human` need none).
    """

    def __init__(self, folder: Path, crowd: Crowd, limits: str = "raised") -> None:
        self.folder = folder
        self.crowd = crowd
        self.server_name = SERVER_NAME
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._limits = limits
        self._secret = secrets.token_hex()
        self._process: subprocess.Popen[bytes] | None = None
        self._http: Http | None = None
        self._root: str | None = None
        self._numbers = count(1)
        self._configure()

    # --- the process --------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id; it is another one after each start."""
        assert self._process is not None, "it does not run"
        return self._process.pid

    def start(self) -> None:
        """Start, and return when it answers. Blocks for one to two seconds."""
        assert not self.running, "it runs already"
        with (self.folder / "synapse.log").open("ab") as log:
            self._process = subprocess.Popen(
                [_PYTHON, "-c", _LAUNCH, "-c", self.folder / "homeserver.yaml"],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if not self.running or time.monotonic() > deadline:
                self.stop(kill=True)
                raise RuntimeError(
                    f"Synapse did not start; the end of {self.folder}/synapse.log:\n{self.log()[-3000:]}"
                )
            time.sleep(0.02)

    def stop(self, kill: bool = False) -> None:
        """Stop it politely, or (`kill`) by SIGKILL. `start` goes on with the same data and port."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def lose_database(self) -> None:
        """Begin anew with no users and no rooms, as after a disk that nobody backed up. Stop it first."""
        assert not self.running, "stop it first"
        self._root = None
        for file in self.folder.glob("homeserver.db*"):
            file.unlink()

    def log(self) -> str:
        return (self.folder / "synapse.log").read_text(errors="replace")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_matrix/client/versions", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _configure(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        listener = {
            "port": self.port,
            "bind_addresses": ["127.0.0.1"],
            "type": "http",
            "tls": False,
            "resources": [{"names": ["client"], "compress": False}],
        }
        settings: dict[str, Any] = {
            "server_name": self.server_name,
            "pid_file": str(self.folder / "homeserver.pid"),
            "listeners": [listener],
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "homeserver.db")}},
            "media_store_path": str(self.folder / "media"),
            "log_config": str(self.folder / "log.yaml"),
            "signing_key_path": str(self.folder / "signing.key"),
            "registration_shared_secret": self._secret,
            "macaroon_secret_key": secrets.token_hex(),
            "form_secret": secrets.token_hex(),
            "report_stats": False,
            "bcrypt_rounds": 4,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "presence": {"enabled": False},
            "stats": {"enabled": False},
            "user_directory": {"enabled": False},
            "push": {"enabled": False},
            # Else a client that starts again is handed its first sync of up to two minutes ago.
            "caches": {"sync_response_cache_duration": "0s"},
            **(_RAISED if self._limits == "raised" else {}),
        }
        logs = {
            "version": 1,
            "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
            "loggers": {"synapse.access": {"level": "INFO"}},
            "root": {"level": "WARNING", "handlers": ["out"]},
            "disable_existing_loggers": False,
        }
        # JSON is YAML too.
        (self.folder / "log.yaml").write_text(json.dumps(logs))
        (self.folder / "homeserver.yaml").write_text(json.dumps(settings))
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        (self.folder / "signing.key").write_text(f"ed25519 a_key {key}\n")

    # --- users --------------------------------------------------------------------------------------------------

    def fresh(self, name: str) -> str:
        """A local part that no other test has: "ana" becomes "ana-7"."""
        return f"{name.lower()}-{next(self._numbers)}"

    async def register(self, name: str, password: str = "pw", admin: bool = False) -> str:
        """Make a user, and return the user id. An `admin` is one of the server."""
        return str((await self._registered(name, password, admin))["user_id"])

    async def login(self, user_id: str, password: str = "pw", device_id: str | None = None) -> dict[str, Any]:
        """Log in with a password: `access_token`, `device_id` (a new one, or the given), `user_id`."""
        return await self.http.log_in(user_id, password, device_id)

    async def human(self, name: str) -> Human:
        """A fresh user of this name with a plain HTTP client: no encryption. Password "pw"."""
        made = await self._registered(self.fresh(name), "pw", admin=False)
        human = Human(self.http, made["user_id"], made["access_token"], made["device_id"])
        await human.set_display_name(name)
        return human

    async def js_human(self, name: str) -> JsHuman:
        """A fresh user of this name with matrix-js-sdk in strict mode, cross-signed and syncing. Password "pw".

        Skips the test where Node or the library is missing, unless TESTS_REQUIRE_NODE=1: then it fails.
        """
        self.crowd.start()
        made = await self._registered(self.fresh(name), "pw", admin=False)
        human = await self.crowd.human(self.http, made)
        await human.set_display_name(name)
        return human

    async def admin(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Call the server's admin API, as its administrator: `await synapse.admin("GET", "/v2/users/@ana:...")`."""
        if self._root is None:
            made = await self._registered(self.fresh("root"), secrets.token_hex(), admin=True)
            self._root = str(made["access_token"])
        return await self.http.call(method, f"/_synapse/admin{path}", body, self._root)

    async def lift_limits(self, user_id: str) -> None:
        """The cure that the bot recommends at default limits: no message limit for this user."""
        body = {"messages_per_second": 0, "burst_count": 0}
        await self.admin("POST", f"/v1/users/{quote(user_id)}/override_ratelimit", body)

    async def restore_limits(self, user_id: str) -> None:
        """Back to the server's own limits for this user."""
        await self.admin("DELETE", f"/v1/users/{quote(user_id)}/override_ratelimit")

    async def _registered(self, name: str, password: str, admin: bool) -> dict[str, Any]:
        path = "/_synapse/admin/v1/register"
        nonce = (await self.http.call("GET", path))["nonce"]
        signed = "\0".join([nonce, name, password, "admin" if admin else "notadmin"])
        mac = hmac.new(self._secret.encode(), signed.encode(), hashlib.sha1).hexdigest()
        made = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac}
        return await self.http.call("POST", path, made)

    # --- a test -------------------------------------------------------------------------------------------------

    @property
    def http(self) -> Http:
        """Plain HTTP to this server, in the running test's loop."""
        if self._http is None:
            self._http = Http(self.url)
        return self._http

    async def end_of_test(self) -> None:
        """Close what the test's loop owns, and be up again for the next test."""
        await self.crowd.go_home()
        if self._http is not None:
            await self._http.close()
            self._http = None
        if not self.running:
            self.start()


def _free_port() -> int:
    for port in random.sample(_PORTS, 100):
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port below 32000 on loopback")


def main(arguments: list[str]) -> int:
    """Install, or say why not."""
    if arguments != ["install"]:
        print("usage: python -m tests.platforms.matrix.synapse install", file=sys.stderr)
        return 2
    try:
        INSTALLATION.ensure()
    except CannotInstall as error:
        print(f"Synapse cannot be installed, so the tests on a real Matrix server will be skipped: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
