"""An installation to run, and logging as it was before."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.cli.process import CONSOLE, Command, Ended


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with settings that turn the console on, and nothing else."""
    (tmp_path / "heliotrope.toml").write_text(CONSOLE, encoding="utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("HELIOTROPE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """What `logs.configure` changes is process-wide."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    for ours in ("bot", "cogs"):
        logging.getLogger(ours).setLevel(logging.NOTSET)


@pytest.fixture
def command(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Runs commands in the folder, in this process and with no input: where that makes no difference it is quicker."""
    monkeypatch.chdir(folder)
    input_, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        status = main(arguments)
        out, err = capsys.readouterr()
        return Ended(status, out, err)

    yield run
    os.dup2(input_, 0)
    os.close(input_)
    os.close(nothing)
