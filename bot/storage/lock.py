"""One process at a time: an advisory lock on a file beside the database, held until the process ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.engine.errors import DatabaseLocked

# Windows locks bytes for reading too: a byte far behind the process id that the file says.
_LOCKED_BYTE = 1 << 20


class ProcessLock:
    """The lock of one database. The system lets it go when the process ends, however it ends; the file stays."""

    def __init__(self, database: Path) -> None:
        """Name the database; `acquire` takes the lock."""
        real = database.resolve()  # by whatever link it is reached
        self.file = real.with_name(real.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; raises DatabaseLocked at once, with the holder's process id, if another has it."""
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        try:
            _lock(descriptor)
        except OSError as error:
            holder = os.pread(descriptor, 32, 0) if hasattr(os, "pread") else os.read(descriptor, 32)
            os.close(descriptor)
            said = holder.decode(errors="replace").strip() or "unknown"
            raise DatabaseLocked(f"another process (id {said}) uses the database: {self.file}") from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Let it go. The file stays: removing it would let two processes hold locks on two files of one name."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def locked(database: Path) -> Iterator[ProcessLock]:
    """Hold the lock of a database for a while. Raises DatabaseLocked."""
    lock = ProcessLock(database)
    lock.acquire()
    try:
        yield lock
    finally:
        lock.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
