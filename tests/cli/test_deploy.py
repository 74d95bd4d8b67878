"""What `deploy/` tells about running the bot is so."""

from __future__ import annotations

import configparser
import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app, config
from tests.cli.process import Command, Ended

DEPLOY = Path(__file__).parents[2] / "deploy"
GUIDE = (DEPLOY / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)\.(\w+)` \| `([^`]*)` \| ([^|]*) \|", re.MULTILINE)


def test_the_guide_documents_every_setting_with_its_default_and_its_right_form_and_no_other(tmp_path: Path) -> None:
    documented = ROW.findall(GUIDE)
    described = {(section, key): right for section, key, _default, right in documented}
    assert described == {
        (section, key): field.description for section, keys in config.known().items() for key, field in keys.items()
    }
    assert len(documented) == len(described)
    file = tmp_path / "defaults.toml"
    file.write_text("\n".join(f"{section}.{key} = {value}" for section, key, value, _right in documented), "utf-8")
    assert config.load(file) == config.Settings()


def test_the_example_has_every_setting_with_its_default() -> None:
    file = DEPLOY / "heliotrope.example.toml"
    assert config.load(file) == config.Settings()
    named = re.findall(r"^(?:\[(\w+)\]|(\w+) =)", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for pair in named for name in pair if name] == [
        name for section, keys in config.known().items() for name in (section, *keys)
    ]


@pytest.mark.parametrize(
    ("section", "key"), [(section, key) for section, keys in config.known().items() for key in keys]
)
def test_the_form_that_an_error_shows_is_right(section: str, key: str, tmp_path: Path) -> None:
    file = tmp_path / "heliotrope.toml"
    shown = config._what_is_wrong(section, key).partition(", as in ")[2]
    people = 'people = ["Ana"]\n' if key == "speaks" else ""
    file.write_text(f"[{section}]\n{people}{shown}", encoding="utf-8")
    assert key in getattr(config.load(file), section).model_fields_set


def test_the_service_runs_a_command_there_is_with_options_it_has(command: Command, folder: Path) -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[method-assign,assignment]  # systemd's names have capitals
    unit.read(DEPLOY / "heliotrope.service", encoding="utf-8")
    program, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert Path(program).name == "heliotrope"
    named = arguments[arguments.index("--config") + 1]
    assert not Path(named).exists()
    assert command(*arguments) == Ended(2, "", f"heliotrope run: {named}: No such file or directory\n")
    assert unit["Service"]["RestartPreventExitStatus"] == "2"


def test_the_guide_names_how_long_things_are_kept() -> None:
    assert f"| {app.KEPT.days} days |" in GUIDE
    assert timedelta(hours=1) == app.HOUSEKEEPING
