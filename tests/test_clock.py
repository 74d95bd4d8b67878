"""The system's time, and which time zone rules are used."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, timedelta
from importlib import resources
from importlib.metadata import version
from pathlib import Path

import pytest

from bot.clock import SystemClock, prefer_newest_tzdata, system_tzdata
from bot.model.working_time import UnknownZone, zone_info

PACKAGED = version("tzdata").split(".")[0]  # the year: "2026.6" is the package of 2026f


@pytest.fixture(autouse=True)
def same_zones_afterwards() -> Iterator[None]:
    """Put the time zone rules back."""
    before = zoneinfo.TZPATH
    yield
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()
    zone_info.cache_clear()


def system(folder: Path, **files: str) -> str:
    """Make a system's tz database with a zone that no other one has."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Nowhere").write_bytes((resources.files("tzdata") / "zoneinfo" / "Etc" / "UTC").read_bytes())
    for name, text in files.items():
        (folder / {"zi": "tzdata.zi", "version": "+VERSION"}[name]).write_text(text)
    return str(folder)


def has_the_systems_zone() -> bool:
    """Whether the system's tz database is in use."""
    try:
        return bool(zone_info("Nowhere").key)
    except UnknownZone:
        return False


def test_the_clock_gives_aware_instants_in_utc() -> None:
    first, second = SystemClock().now(), SystemClock().now()
    assert first.tzinfo is UTC
    assert timedelta() <= second - first < timedelta(seconds=10)


def test_a_newer_system_database_is_used(tmp_path: Path) -> None:
    folder = system(tmp_path / "zones", zi="# version 2999a\n# redo posix_only\n")
    assert prefer_newest_tzdata([folder]) == "2999a"
    assert has_the_systems_zone()


@pytest.mark.parametrize("files", [{"zi": "# version 2020a\n"}, {"zi": "no version\n"}, {}])
def test_an_older_system_database_or_one_without_a_version_is_not_used(tmp_path: Path, files: dict[str, str]) -> None:
    folder = system(tmp_path / "zones", **files)
    assert prefer_newest_tzdata([folder]).startswith(PACKAGED)
    assert not has_the_systems_zone()
    assert zone_info("Europe/Lisbon").key == "Europe/Lisbon"


def test_zones_read_before_are_read_again(tmp_path: Path) -> None:
    prefer_newest_tzdata([])
    assert not has_the_systems_zone()
    prefer_newest_tzdata([system(tmp_path / "zones", zi="# version 2999a\n")])
    assert has_the_systems_zone()


def test_asking_twice_gives_the_same_answer() -> None:
    assert prefer_newest_tzdata() == prefer_newest_tzdata()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"zi": "# version 2025b\n"}, "2025b"),
        ({"zi": "# version 2025b-debian\n"}, "2025b"),
        ({"version": "2024a\n"}, "2024a"),
        ({"zi": "# nothing\n", "version": "2024a\n"}, "2024a"),
        ({}, ""),
    ],
)
def test_the_version_is_read_where_systems_keep_it(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    assert system_tzdata([str(tmp_path / "absent"), system(tmp_path / "zones", **files)]) == expected


def test_versions_of_a_year_are_ordered_by_their_letters(tmp_path: Path) -> None:
    year = int(PACKAGED) + 1
    for letters in ("a", "z", "za"):
        folder = system(tmp_path / letters, zi=f"# version {year}{letters}\n")
        assert prefer_newest_tzdata([folder]) == f"{year}{letters}"
