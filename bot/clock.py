"""The time, and the time zone rules, of the machine we run on."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from bot.model.working_time import zone_info

_VERSION = re.compile(r"(\d{4})([a-z]+)")


class SystemClock:
    """The `Clock` port: the only place that asks the system for the time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


def prefer_newest_tzdata(paths: Iterable[str] | None = None) -> str:
    """Make zoneinfo read the newer of the system's tz database and the tzdata package's; return its version ("2026f").

    zoneinfo alone would take the system's, however old. A system database that does not say its version counts as
    old. Call it before any zone is used; zones read earlier are forgotten, but objects that hold one keep it.
    `paths` are the system's folders, by default those that zoneinfo was built with.
    """
    folders = zoneinfo.TZPATH if paths is None else tuple(paths)
    system = system_tzdata(folders)
    packaged = _version(resources.files("tzdata") / "zoneinfo")
    newer = system if _order(system) > _order(packaged) else packaged
    zoneinfo.reset_tzpath(to=folders if newer == system else ())
    zoneinfo.ZoneInfo.clear_cache()
    zone_info.cache_clear()
    return newer


def system_tzdata(folders: Iterable[str]) -> str:
    """Return the version of the first tz database in these folders, or "" if it does not say or there is none."""
    for folder in map(Path, folders):
        if folder.is_dir():
            return _version(folder)
    return ""


def _version(folder: Traversable) -> str:
    for name in ("tzdata.zi", "+VERSION"):
        file = folder / name
        if file.is_file():
            with file.open(encoding="utf-8", errors="replace") as opened:
                if found := _VERSION.search(opened.readline(200)):
                    return found[0]
    return ""


def _order(version: str) -> tuple[int, int, str]:
    """Return what versions sort by: 2025b is before 2025z, and that before 2025za."""
    found = _VERSION.fullmatch(version)
    return (int(found[1]), len(found[2]), found[2]) if found else (0, 0, "")
