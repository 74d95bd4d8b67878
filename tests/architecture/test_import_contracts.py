"""The import directions hold, and each contract that states one really fails when it is broken.

A contract that names a package wrongly, or forbids what nobody imports, passes for ever: so every contract in
pyproject.toml is broken here on purpose, in a copy of the tree.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

LAYERS = "Imports in bot point one way"
PURE = "model, engine and api need the standard library only"
PLATFORMS = "Platforms do not know each other"
TESTING = "bot.testing is for __main__ and tests"
PLUGINS = "bot never imports cogs"
API = "Cogs see bot.api and nothing else of bot"
SQL = "In cogs, store and migrations have SQL; no other library"
COGS = "No cog imports another"

VIOLATIONS = [
    (LAYERS, "bot/model/__init__.py", "import bot.engine"),
    (LAYERS, "bot/engine/__init__.py", "import bot.storage"),
    (LAYERS, "bot/api.py", "import bot.clock"),
    (LAYERS, "bot/clock.py", "import bot.i18n"),
    (LAYERS, "bot/plugins.py", "import bot.app"),
    (LAYERS, "bot/unplaced.py", "import json"),
    (PURE, "bot/model/__init__.py", "import sqlalchemy"),
    (PURE, "bot/engine/planted.py", "from pydantic import BaseModel"),
    (PURE, "bot/api.py", "import rich"),
    (PLATFORMS, "bot/platforms/matrix/__init__.py", "import bot.platforms.console"),
    (TESTING, "bot/app.py", "import bot.testing"),
    (TESTING, "cogs/standup/planted.py", "import bot.testing"),
    (PLUGINS, "bot/app.py", "from cogs import people"),
    (API, "cogs/standup/planted.py", "from bot.model import moment"),
    (API, "cogs/handoff/store.py", "from bot import storage"),
    (SQL, "cogs/standup/planted.py", "from sqlalchemy import select"),
    (SQL, "cogs/social/__init__.py", "import alembic"),
    (SQL, "cogs/social/store.py", "import babel"),
    (COGS, "cogs/standup/planted.py", "from cogs.handoff import cog"),
]

ALLOWED = [
    "cogs/standup/store/tables.py",
    "cogs/handoff/store.py",
    "cogs/standup/migrations/__init__.py",
    "cogs/standup/migrations/versions/__init__.py",
    "cogs/standup/migrations/versions/m0001_planted.py",
]


def lint(tree: Path) -> tuple[int, str]:
    """Run import-linter on a tree, as `make check` does, and give its exit status and what it said."""
    env = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=tree,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("bot", "cogs"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def plant(tree: Path, path: str, line: str) -> None:
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")


def test_the_tree_keeps_every_contract() -> None:
    status, said = lint(ROOT)
    assert status == 0, said


@pytest.mark.parametrize(("contract", "path", "line"), VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(tree: Path, contract: str, path: str, line: str) -> None:
    plant(tree, path, line)
    status, said = lint(tree)
    assert status != 0, said
    assert f"{contract} BROKEN" in said


def test_store_and_migrations_of_a_cog_may_import_sqlalchemy(tree: Path) -> None:
    for path in ALLOWED:
        plant(tree, path, "import sqlalchemy")
    status, said = lint(tree)
    assert status == 0, said


def test_no_contract_goes_unbroken() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}
    assert declared == {contract for contract, _, _ in VIOLATIONS}
