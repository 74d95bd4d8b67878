"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import sqlite3
import tempfile
from importlib.metadata import version
from pathlib import Path


def described() -> list[str]:
    """Return the machine and the settings, a fact a line."""
    folder = Path(tempfile.gettempdir())
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("sqlalchemy", "aiosqlite", "apscheduler", "matrix-nio")
    )
    return [
        f"cores: {cores()} ({_processor()}); load before: {_load()}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}; {platform.system()}",
        f"files in {folder} ({_filesystem(folder)}; TMPDIR chooses another place)",
    ]


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def used() -> float:
    """Return the seconds that all processors have worked since the machine started; 0 where that is not known."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    user, nice, system, _idle, _waiting, *interrupts = stat.read_text(encoding="ascii").split("\n", 1)[0].split()[1:8]
    return sum(map(int, (user, nice, system, *interrupts))) / os.sysconf("SC_CLK_TCK")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    found = next((line.partition(":")[2].strip() for line in names if line.startswith("model name")), "")
    return found or platform.processor() or platform.machine()


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def _filesystem(folder: Path) -> str:
    """Return the type of the filesystem a folder is on; "durable" means little on tmpfs."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "filesystem unknown"
    fields = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    above = [(point, kind) for _, point, kind, *_ in fields if folder.resolve().is_relative_to(point)]
    return max(above, key=lambda mount: len(mount[0]))[1] if above else "filesystem unknown"
