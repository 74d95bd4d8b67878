"""The local Discord as a process of its own, for tests and benches."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp

from tests.platforms.discord.people import Discord

_ROOT = Path(__file__).parents[3]


class LocalDiscord:
    """Starts the server, and makes worlds in it: one a test."""

    def __init__(self, *options: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.platforms.discord.local", "--with-parent", *options],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the local Discord did not start (exit {self._process.wait()})")
        started = json.loads(line)
        self.port: int = started["port"]
        self.url = f"http://127.0.0.1:{self.port}"
        self.openapi: str | None = started["openapi"]
        """The description that requests are checked against, if it is at hand."""

    async def world(self, session: aiohttp.ClientSession, token: str | None = None, **settings: Any) -> Discord:
        """Make a world of its own token; settings as in local/settings.py."""
        return await Discord.make(session, self.url, token, settings)

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
