"""Installs what a test needs beside Python's environment: once, whole or not at all, one process at a time."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[3]

PATIENCE = 600
"""Seconds until an installation that hangs counts as failed; it takes about 30."""


class CannotInstall(Exception):
    """Why something is not there, in words for the person who runs the tests."""


class Installation:
    """A folder that is made from a file with versions, and remade when that file changes; `stamp` is a file in it."""

    def __init__(self, stamp: Path, source: Path, make: Callable[[], None]) -> None:
        self.stamp = stamp
        self.source = source
        self._make = make

    @property
    def ready(self) -> bool:
        return self.stamp.is_file() and self.stamp.read_text() == self._wanted()

    def ensure(self) -> None:
        """Install what is missing or outdated. Raises CannotInstall."""
        if self.ready:
            return
        with _alone(self.stamp.parent.with_suffix(".lock")):
            if self.ready:  # by the process that held the lock
                return
            self._make()
            self.stamp.write_text(self._wanted())

    def _wanted(self) -> str:
        return sha256(self.source.read_bytes()).hexdigest()


def run(*command: str, cwd: Path = ROOT) -> None:
    """Run an installer to its end. Raises CannotInstall with the end of what it printed."""
    try:
        ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotInstall(f"{_shown(command)}: {error}") from None
    if ended.returncode:
        last = (ended.stderr or ended.stdout).strip().splitlines()[-3:]
        raise CannotInstall(f"{_shown(command)} ended with {ended.returncode}: {' / '.join(last)}")


def required(what: str) -> bool:
    """Whether a missing `what` fails the tests that need it, rather than skipping them: TESTS_REQUIRE_NODE=1."""
    return os.environ.get(f"TESTS_REQUIRE_{what}", "") not in {"", "0"}


def _shown(command: Sequence[str]) -> str:
    return " ".join([Path(command[0]).name, *command[1:]])


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
