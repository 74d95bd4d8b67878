"""People whose client is matrix-js-sdk: encrypted, and strict about devices that their owner has not signed.

All of them live in one Node process. Python speaks to it by lines of JSON (driver.mjs).
"""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Any

import pytest

from tests.platforms.matrix.humans.plain import Event, Http, Human, Line, eventually, relation_to
from tests.platforms.matrix.installing import CannotInstall, Installation, required, run

PATIENCE = 90.0
"""Seconds until an answer that does not come means that the driver is stuck; waiting for others takes it 15."""
NODE = 20
"""The oldest major version of Node that the library supports."""

_HERE = Path(__file__).parent


def _make_modules() -> None:
    node()
    run(
        "npm",
        "install",
        "--no-package-lock",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        cwd=_HERE,
    )


INSTALLATION = Installation(_HERE / "node_modules" / ".ready", _HERE / "package.json", _make_modules)


def node() -> str:
    """The program. Raises CannotInstall if there is none, or only an old one."""
    program = shutil.which("node")
    if program is None or shutil.which("npm") is None:
        raise CannotInstall(f"there is no node, or no npm: these people need Node {NODE} or newer")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < NODE:
        raise CannotInstall(f"node is {version}: these people need Node {NODE} or newer")
    return program


class DriverError(Exception):
    """What the library or the driver said."""


class Crowd:
    """The process with all the people who use matrix-js-sdk."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._waiting: dict[int, Future[Any]] = {}
        self._numbers = count(1)
        self._lock = Lock()
        self._log: IO[str] | None = None

    def start(self) -> None:
        """Start, unless it runs. Skips the test if that cannot be, or fails it with TESTS_REQUIRE_NODE=1."""
        if self._process is not None:
            return
        try:
            program = node()
            INSTALLATION.ensure()
        except CannotInstall as error:
            reason = f"No people with matrix-js-sdk: {error}"
            if required("NODE"):
                pytest.fail(reason)
            pytest.skip(reason)
        self._log = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 as long as the process
        self._process = subprocess.Popen(
            [program, "driver.mjs"],
            cwd=_HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
        )
        Thread(target=self._read, args=(self._process,), daemon=True).start()

    async def human(
        self,
        http: Http,
        login: Mapping[str, Any],
        *,
        password: str = "pw",
        signed: bool = True,
        strict: bool = True,
        first: JsHuman | None = None,
    ) -> JsHuman:
        """Bring someone who has logged in. `first` is the same user at the device that has the keys.

        `signed` False makes no cross-signing keys; `strict` False is a client of before Matrix 1.18.
        """
        self.start()
        human = JsHuman(self, f"p{next(self._numbers)}", http, login, password)
        await self.ask(
            human.who,
            "arrive",
            url=http.url,
            user=human.user_id,
            token=human.token,
            device=human.device_id,
            password=password,
            signed=signed,
            strict=strict,
            first=None if first is None else first.who,
        )
        return human

    async def ask(self, who: str, action: str, **options: Any) -> Any:
        """Have someone do something, and return what comes of it. Raises DriverError."""
        assert self._process is not None and self._process.stdin is not None
        number, answer = next(self._numbers), Future[Any]()
        self._waiting[number] = answer
        line = json.dumps({"id": number, "who": who, "do": action, "with": options})
        try:
            with self._lock:
                self._process.stdin.write(f"{line}\n")
                self._process.stdin.flush()
            return await asyncio.wait_for(asyncio.wrap_future(answer), PATIENCE)
        except (OSError, TimeoutError, DriverError) as error:
            raise DriverError(f"{who} could not {action}: {str(error) or 'no answer'}\n{self.log()}") from None

    async def go_home(self) -> None:
        """Everybody stops; the process stays for the next test."""
        if self._process is not None:
            await self.ask("", "go_home")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def log(self) -> str:
        """The end of what the library logged."""
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read()[-4_000:]

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            answer = json.loads(line)
            waiting = self._waiting.pop(answer["id"])
            if waiting.cancelled():
                continue
            if "error" in answer:
                waiting.set_exception(DriverError(answer["error"]))
            else:
                waiting.set_result(answer["ok"])
        for waiting in self._waiting.values():
            waiting.set_exception(DriverError("the driver has ended"))


@dataclass(frozen=True)
class Comparison:
    """What one side of a verification is shown."""

    id: str
    emoji: tuple[str, ...]


@dataclass(frozen=True)
class Trust:
    """What a client thinks of a device: signed by its owner, whom this user has verified."""

    signed: bool
    verified: bool


class JsHuman(Human):
    """A Human whose client encrypts where the room asks for it.

    What `Human` does by plain HTTP and needs no keys (inviting, power levels, redacting) this one does so too.
    """

    def __init__(self, crowd: Crowd, who: str, http: Http, login: Mapping[str, Any], password: str) -> None:
        super().__init__(http, str(login["user_id"]), str(login["access_token"]), str(login["device_id"]))
        self.who = who
        self._crowd = crowd
        self._password = password

    async def ask(self, action: str, **options: Any) -> Any:
        return await self._crowd.ask(self.who, action, **options)

    # --- devices ------------------------------------------------------------------------------------------------

    async def new_device(self) -> JsHuman:
        """The same user at a further device, signed with the keys that this one keeps in the account."""
        login = await self.http.log_in(self.user_id, self._password)
        return await self._crowd.human(self.http, login, password=self._password, first=self)

    async def unsigned_device(self) -> JsHuman:
        """The same user (or whoever has the password) at a device that nobody has signed, with a lax client."""
        login = await self.http.log_in(self.user_id, self._password)
        return await self._crowd.human(self.http, login, password=self._password, signed=False, strict=False)

    async def log_out(self) -> None:
        await self.ask("log_out")

    async def devices(self, user_id: str) -> dict[str, str]:
        """The devices of a user that have encryption keys, each with its fingerprint."""
        return dict(await self.ask("devices", user=user_id))

    # --- rooms, saying and reading ------------------------------------------------------------------------------

    async def _create(self, wanted: Mapping[str, Any]) -> str:
        return str(await self.ask("create_room", wanted=wanted))

    async def join(self, room: str) -> None:
        await self.ask("join", room=room)

    async def send(self, room: str, type: str, content: Mapping[str, Any]) -> str:
        return str(await self.ask("send", room=room, type=type, content=content))

    async def picture(self, room: str, data: bytes, name: str = "cat.png", *, thread: str = "") -> str:
        """Upload a picture, encrypted if the room is, and show it in the room. Returns the event id."""
        content = {
            "msgtype": "m.image",
            "body": name,
            "info": {"mimetype": "image/png", "size": len(data)},
            "m.mentions": {},
            **relation_to(thread, ""),
        }
        return str(await self.ask("picture", room=room, data=base64.b64encode(data).decode(), content=content))

    async def download(self, line: Line) -> bytes:
        """The file that a message shows, decrypted if need be."""
        return base64.b64decode(await self.ask("download", content=line.content))

    async def messages(self, room: str) -> list[Event]:
        """What this client has seen of the room since it started (100 events back then), decrypted if it could.

        Beside the server's fields: `encrypted`, and `undecryptable` and `shield`, which say why, or "".
        """
        return list(await self.ask("events", room=room))

    # --- trust --------------------------------------------------------------------------------------------------

    async def verify(self, user_id: str, *, room: str = "", device: str = "") -> Comparison:
        """Ask someone to compare emoji, in a direct room or by their device. Returns when ours are shown."""
        shown = await self.ask("verify", user=user_id, room=room, device=device)
        return Comparison(shown["id"], tuple(shown["emoji"]))

    async def accept_verification(self, user_id: str) -> Comparison:
        """Wait until someone asks, take it up, and return when the emoji are shown."""
        shown = await self.ask("accept", user=user_id)
        return Comparison(shown["id"], tuple(shown["emoji"]))

    async def confirm(self, comparison: Comparison) -> None:
        """They match. Returns when both sides have said so."""
        await self.ask("confirm", id=comparison.id)

    async def mismatch(self, comparison: Comparison) -> None:
        """They do not match."""
        await self.ask("mismatch", id=comparison.id)

    async def trust(self, user_id: str, device_id: str) -> Trust:
        return Trust(**await self.ask("trust", user=user_id, device=device_id))

    async def until_trust(self, user_id: str, device_id: str, trust: Trust) -> None:
        """Wait until this client has heard of new signatures and thinks so of the device."""

        async def is_so() -> bool:
            return await self.trust(user_id, device_id) == trust

        await eventually(is_so)

    async def until_device_gone(self, user_id: str, device_id: str) -> None:
        """Wait until this client knows that someone has one device less."""

        async def is_so() -> bool:
            return device_id not in await self.devices(user_id)

        await eventually(is_so)
