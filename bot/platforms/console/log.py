"""The chat service's log: a numbered record of everything that happened, in memory or in a file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any

from bot.model.errors import HeliotropeError


class BrokenLog(HeliotropeError):
    """A line before the last one can't be read; the message says which."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened. `n` counts from 1, `at` is in UTC; `server` says what each `kind` holds."""

    n: int
    at: datetime
    kind: str
    data: Mapping[str, Any]


class Log:
    """Records in the order they were accepted. With a file, `append` returns once they are on the disk.

    The file holds a JSON object a line and is read back when the log is made; a last line that was cut off
    by a crash never happened, and is removed. Raises BrokenLog if another line can't be read, and OSError when
    the disk is full: then the record did not happen.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._records: list[Record] = []
        self._file: FileIO | None = None
        if path is not None:
            self._records.extend(_read_back(path))
            self._file = path.open("ab", buffering=0)

    def __len__(self) -> int:
        return len(self._records)

    def after(self, n: int) -> Iterator[Record]:
        """Return the records behind number `n`, those that are appended meanwhile included."""
        while n < len(self._records):
            yield self._records[n]
            n += 1

    def append(self, at: datetime, kind: str, data: Mapping[str, Any], *, durable: bool = True) -> Record:
        """Note what happened. Without `durable` it outlives this process, but perhaps not the machine."""
        record = Record(len(self._records) + 1, at, kind, data)
        if self._file is not None:
            _write_whole(self._file, _line(record), durable=durable)
        self._records.append(record)
        return record

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()


def _write_whole(file: FileIO, line: bytes, *, durable: bool) -> None:
    """Append a line, or nothing of it: a full disk may take a part. Raises OSError."""
    end = file.seek(0, os.SEEK_END)
    try:
        written = 0
        while written < len(line):
            written += file.write(line[written:]) or 0
        if durable:
            os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise


def _line(record: Record) -> bytes:
    head = {"n": record.n, "at": record.at.isoformat(), "kind": record.kind}
    return json.dumps({**head, "data": record.data}, ensure_ascii=False).encode() + b"\n"


def _read_back(path: Path) -> Iterator[Record]:
    if not path.exists():
        return
    whole = path.read_bytes()
    end = whole.rfind(b"\n") + 1
    if end < len(whole):
        os.truncate(path, end)
    for n, line in enumerate(whole[:end].splitlines(), start=1):
        try:
            read = json.loads(line)
            record = Record(read["n"], datetime.fromisoformat(read["at"]), read["kind"], read["data"])
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenLog(f"{path}, line {n}: {error}") from error
        if record.n != n:
            raise BrokenLog(f"{path}, line {n}: numbered {record.n}")
        yield record
