"""What is built from this tree works elsewhere: catalogues, migrations and cogs travel in the wheel."""

import os
import re
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = ROOT / "requirements" / "run.txt"
DEV = ROOT / "requirements" / "dev.txt"
COGS = {"people", "admin", "standup", "handoff", "social", "setup"}
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.]+)(?: ; python_version (?:<|>=) \"3\.\d+\")?")
JUSTIFIED = re.compile(r'^    "(?P<requirement>[^"]+)",? +# \S.+$', re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    if find_spec("hatchling") is None:
        pytest.skip("the build backend is not installed (requirements/dev.txt has it)")
    folder = tmp_path_factory.mktemp("wheel")
    command = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", f"--wheel-dir={folder}"]
    subprocess.run([sys.executable, "-m", "pip", *command, str(ROOT)], check=True, stdin=subprocess.DEVNULL)
    (built,) = folder.glob("heliotrope-*.whl")
    return ZipFile(built)


def sources(pattern: str) -> set[str]:
    """Give the files of the checkout that match a pattern, relative to it."""
    found = (path for path in ROOT.glob(pattern) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in found}


def pins(requirements: Path) -> dict[str, str]:
    """Give the pinned version of each distribution in a requirements file."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    found = filter(None, (PIN.fullmatch(line) for line in lines))
    return {canonicalize_name(pin["name"]): pin["version"] for pin in found}


def test_the_wheel_carries_every_catalogue(wheel: ZipFile) -> None:
    catalogues = {path.replace("locales/", "bot/_locales/", 1) for path in sources("locales/**/*.po")}
    assert catalogues
    assert catalogues <= set(wheel.namelist())


@pytest.mark.parametrize("pattern", ["bot/storage/migrations/**/*", "cogs/*/migrations/**/*"])
def test_the_wheel_carries_every_migration(wheel: ZipFile, pattern: str) -> None:
    migrations = sources(pattern)
    assert migrations
    assert migrations <= set(wheel.namelist())


def test_the_wheel_carries_the_code_and_nothing_beside_it(wheel: ZipFile) -> None:
    names = set(wheel.namelist())
    assert sources("bot/**/*.py") | sources("cogs/**/*.py") <= names
    assert {name.partition("/")[0] for name in names} == {"bot", "cogs", "heliotrope-0.1.0.dist-info"}


def test_the_wheel_declares_the_command_and_the_cogs(wheel: ZipFile) -> None:
    entry_points = ConfigParser()
    entry_points.read_string(wheel.read("heliotrope-0.1.0.dist-info/entry_points.txt").decode())
    assert dict(entry_points["console_scripts"]) == {"heliotrope": "bot.__main__:main"}
    assert dict(entry_points["heliotrope.cogs"]) == {name: f"cogs.{name}:cog" for name in COGS}


def test_every_entry_point_loads_from_the_wheel_alone(wheel: ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    script = (
        "import pathlib, bot, sys; from importlib.metadata import entry_points, distribution\n"
        "assert pathlib.Path(bot.__file__).is_relative_to(sys.argv[1]), bot.__file__\n"
        "points = [p for p in distribution('heliotrope').entry_points]\n"
        "print(*sorted(p.name for p in points if p.load()))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=tmp_path,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"heliotrope", *COGS}


def test_every_dependency_says_what_it_is_for() -> None:
    justified = {found["requirement"] for found in JUSTIFIED.finditer((ROOT / "pyproject.toml").read_text())}
    declared = {*SETTINGS["project"]["dependencies"], *SETTINGS["dependency-groups"]["dev"]}
    assert declared == justified & declared, f"without a comment: {declared - justified}"


def test_every_dependency_is_pinned_to_a_version_it_allows() -> None:
    for dependencies, pinned in [
        (SETTINGS["project"]["dependencies"], pins(RUN)),
        (SETTINGS["dependency-groups"]["dev"], {**pins(RUN), **pins(DEV)}),
    ]:
        for requirement in map(Requirement, dependencies):
            assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


@pytest.mark.parametrize("requirements", [RUN, DEV], ids=lambda path: path.name)
def test_requirements_hold_versions_only(requirements: Path) -> None:
    lines = requirements.read_text(encoding="utf-8").splitlines()
    other = [line for line in lines if not PIN.fullmatch(line) and not line.startswith("# ")]
    assert other == ([] if requirements == RUN else ["-r run.txt"])
