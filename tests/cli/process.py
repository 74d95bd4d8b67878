"""Runs `heliotrope` in a process of its own, as whoever runs it does."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, Any

from bot.clock import SystemClock
from bot.platforms.console.server import ConsoleServer

PATIENCE = 20
"""Seconds until a process that should have done something counts as stuck; it takes one or two."""
LOG = "heliotrope.db.console.jsonl"
CONSOLE = '[console]\npeople = ["Ana", "Bo"]\n'

_COMMAND = [sys.executable, "-m", "bot"]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Ended]
"""Runs `heliotrope` with these arguments, in this process."""


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The machine's variables without settings of ours, and the given ones."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("HELIOTROPE_")}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8", **(variables or {})}


def heliotrope(
    folder: Path,
    *arguments: str,
    typed: str = "",
    variables: Mapping[str, str] | None = None,
    program: str | None = None,
) -> Ended:
    """Run a command in a folder to its end. `program` is Python that runs instead, to change something first."""
    command = _COMMAND if program is None else [sys.executable, "-c", program]
    ended = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        input=typed,
        env=environment(variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def say(folder: Path, *lines: str) -> None:
    """Say lines as Ana while the bot is down: the chat service has them, and it reads them after its next start."""
    server = ConsoleServer(SystemClock(), path=folder / LOG)
    server.add_account("Ana", admin=True)
    for line in lines:
        server.say("Ana", line)
    server.close()


def records(folder: Path) -> list[dict[str, Any]]:
    """What the chat service has in its log."""
    return [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]


def replies(folder: Path) -> Counter[str]:
    """How often each thing that was said was answered, by its number in the log."""
    parts = [part for record in records(folder) for part in record["data"].get("note", {}).get("parts", [])]
    return Counter(part["key"].split(":")[2] for part in parts if part["key"].startswith("reply:"))


def said(folder: Path) -> Counter[str]:
    """What was said, by its number in the log."""
    return Counter(str(record["n"]) for record in records(folder) if record["kind"] == "said")


class Running:
    """A `heliotrope run` that somebody types to."""

    def __init__(self, folder: Path, *, variables: Mapping[str, str] | None = None, program: str | None = None) -> None:
        """Start it in a folder."""
        command = _COMMAND if program is None else [sys.executable, "-c", program]
        self._process = subprocess.Popen(
            [*command, "run"],
            cwd=folder,
            env=environment(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        assert isinstance(self._process.stdin, io.TextIOWrapper)
        self._typing = self._process.stdin
        self.shown: list[str] = []
        self.logged: list[str] = []
        self._readers = [
            Thread(target=_collect, args=(self._process.stdout, self.shown)),
            Thread(target=_collect, args=(self._process.stderr, self.logged)),
        ]
        for reader in self._readers:
            reader.start()
        self.until(lambda: "You are" in self.text)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def text(self) -> str:
        """All that it has shown so far."""
        return "".join(self.shown)

    @property
    def log(self) -> str:
        """All that it has logged so far."""
        return "".join(self.logged)

    def says(self, *lines: str) -> None:
        """Type lines."""
        self.types("".join(f"{line}\n" for line in lines).encode())

    def types(self, written: bytes) -> None:
        """Type bytes, whatever they are."""
        self._typing.buffer.write(written)
        self._typing.flush()

    def until(self, done: Callable[[], bool]) -> None:
        """Wait until `done()` is true."""
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, f"not in {PATIENCE} s; shown:\n{self.text}\nlogged:\n{self.log}"
            time.sleep(0.02)

    def shows(self, text: str) -> None:
        """Wait until it has shown this."""
        self.until(lambda: text in self.text)

    def logs(self, text: str) -> None:
        """Wait until it has logged this."""
        self.until(lambda: text in self.log)

    def stop(self, number: signal.Signals) -> int:
        """Send a signal, leaving the input open; return the exit status."""
        self._process.send_signal(number)
        return self._end()

    def end_input(self) -> int:
        """End the input, as ctrl-D does; return the exit status."""
        self._typing.close()
        return self._end()

    def _end(self) -> int:
        try:
            status = self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            for reader in self._readers:
                reader.join()
            for stream in (self._process.stdout, self._process.stderr):
                assert stream is not None
                stream.close()
        return status

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop(signal.SIGKILL)
        self._typing.close()


def _collect(stream: IO[str], into: list[str]) -> None:
    for line in stream:
        into.append(line)
