"""A wrong setting is named in one line that shows the right form, and nothing is started."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from bot import config
from bot.__main__ import main
from bot.platforms.console.server import BOT
from bot.testing import platforms
from tests.cli.process import Command, Ended, heliotrope

NAMES = "a list of different names, none of them Heliotrope"
WRONG_IN_THE_FILE = {
    '[logs]\nlevel = "LOUD"': 'logs.level must be DEBUG, INFO, WARNING or ERROR, as in level = "INFO"',
    "[logs]\nlevle = 1": "there is no setting logs.levle; those of logs are level",
    "[lgs]\nlevel = 1": "there is no section 'lgs'; the sections are database, backup, logs, rooms, console",
    'level = "INFO"': "there is no section 'level'; the sections are",
    "logs = 3": "logs is a section, with the settings level",
    "[backup]\nkeep = 0": "backup.keep must be a number of files from 1 to 1000, as in keep = 7",
    "[backup]\nkeep = true": "backup.keep must be a number of files",
    '[backup]\nevery_hours = "often"': "backup.every_hours must be a number of hours from 1 to 744",
    "[database]\npath = 5": 'database.path must be a file\'s path, as in path = "heliotrope.db"',
    '[database]\npath = ""': "database.path must be a file's path",
    '[rooms]\nprefix = "hey you"': 'rooms.prefix must be 1 to 32 characters without a space, as in prefix = "!helio"',
    '[console]\npeople = "Ana"': f'console.people must be {NAMES}, as in people = ["Ana", "Bo"]',
    '[console]\npeople = ["Ana", 3]': "console.people must be a list",
    '[console]\npeople = ["Ana", "ana"]': "console.people must be a list of different names",
    '[console]\npeople = ["Ana", " "]': "console.people must be a list",
    f'[console]\npeople = ["{BOT}"]': "console.people must be a list of different names, none of them Heliotrope",
    '[console]\npeople = ["Ana"]\nspeaks = "Bo"': 'console.speaks must be one of console.people, as in speaks = "Ana"',
    '[logs]\nlevel = ""\n[backup]\nkeep = 0': "backup.keep must be a number of files from 1 to 1000, as in keep = 7 (",
    "[logs]\nlevel =": "not valid TOML",
    "[logs]\nlevel = 1\n[logs]": "not valid TOML",
}
WRONG_IN_THE_ENVIRONMENT = {
    ("HELIOTROPE_LOGS__LEVEL", "LOUD"): "logs.level must be DEBUG, INFO, WARNING or ERROR, as in INFO",
    ("HELIOTROPE_BACKUP__KEEP", ""): "backup.keep must be a number of files from 1 to 1000, as in 7",
    (
        "HELIOTROPE_CONSOLE__PEOPLE",
        "Ana",
    ): 'console.people must be a list of different names, none of them Heliotrope, as in ["Ana", "Bo"]',
    ("HELIOTROPE_LOGS__LEVLE", "INFO"): "there is no setting logs.levle; those of logs are level",
    ("HELIOTROPE_LGS__LEVEL", "INFO"): "there is no section 'lgs'",
    (
        "HELIOTROPE_LOGS",
        "INFO",
    ): "logs is a section, with the settings level; a variable is HELIOTROPE_<SECTION>__<KEY>",
    ("HELIOTROPE_", "x"): "there is no section ''",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_what_the_demo_reads_from_the_environment_is_no_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(platforms.SECRET, "kept in the same shell")
    config.load()


@pytest.mark.parametrize("text", WRONG_IN_THE_FILE)
def test_a_wrong_line_of_the_file_is_named_with_its_right_form(text: str, file: Path) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(config.BadSettings) as said:
        config.load(file)
    assert str(said.value).startswith(f"{file}: {WRONG_IN_THE_FILE[text]}")
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("variable", WRONG_IN_THE_ENVIRONMENT)
def test_a_wrong_variable_is_named_with_its_right_form(
    variable: tuple[str, str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv(*variable)
    with pytest.raises(config.BadSettings) as said:
        config.load(file)
    assert str(said.value).startswith(f"{variable[0]}: {WRONG_IN_THE_ENVIRONMENT[variable]}")
    assert "\n" not in str(said.value)


def test_a_file_that_is_named_must_exist(file: Path) -> None:
    with pytest.raises(config.BadSettings, match=r"settings\.toml: No such file or directory$"):
        config.load(file)


def test_a_file_that_is_no_text_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(config.BadSettings, match=r"settings\.toml: not valid TOML"):
        config.load(file)


def test_without_a_file_every_setting_has_its_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.load() == config.Settings()


def test_the_file_of_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "heliotrope.toml").write_text('[rooms]\nprefix = "!h"', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert config.load().rooms.prefix == "!h"


def test_a_variable_goes_before_the_file_and_leaves_the_rest_of_its_section(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('[backup]\nkeep = 3\nevery_hours = 6\n[console]\npeople = ["Bo"]', encoding="utf-8")
    monkeypatch.setenv("HELIOTROPE_BACKUP__KEEP", "4")
    monkeypatch.setenv("HELIOTROPE_CONSOLE__PEOPLE", '["Ana", "Bo"]')
    settings = config.load(file)
    assert (settings.backup.keep, settings.backup.every_hours) == (4, 6)
    assert settings.console.people == ("Ana", "Bo")


def test_no_value_of_a_wrong_setting_is_repeated(file: Path) -> None:
    file.write_text('[logs]\nlevel = "s3cret"', encoding="utf-8")
    with pytest.raises(config.BadSettings) as said:
        config.load(file)
    assert "s3cret" not in str(said.value)


def test_the_bots_own_name_is_nobodys() -> None:
    assert config.BOTS_NAME == BOT


def test_a_matrix_account_without_a_user_id_makes_nothing(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELIOTROPE_MATRIX__HOMESERVER", "http://127.0.0.1:1")
    before = list(folder.iterdir())
    ended = command("run")
    assert ended.returncode == 2
    assert ended.stderr.startswith("heliotrope run: matrix.user_id must be set with matrix.homeserver")
    assert ended.stderr.count("\n") == 1
    assert list(folder.iterdir()) == before


@pytest.mark.parametrize("wanted", ["run", "check", "migrate", "backup copy.db", "restore copy.db"])
def test_a_wrong_setting_ends_every_command_with_one_line_and_status_2(
    wanted: str, folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(folder.iterdir())
    monkeypatch.setenv("HELIOTROPE_LOGS__LEVEL", "LOUD")
    name, right = wanted.split(maxsplit=1)[0], "logs.level must be DEBUG, INFO, WARNING or ERROR, as in INFO"
    assert command(*wanted.split()) == Ended(2, "", f"heliotrope {name}: HELIOTROPE_LOGS__LEVEL: {right}\n")
    assert list(folder.iterdir()) == before


def test_python_m_bot_is_the_command_line(tmp_path: Path) -> None:
    ended = heliotrope(tmp_path, "check", "--config", "mine.toml")
    assert ended == Ended(2, "", "heliotrope check: mine.toml: No such file or directory\n")
    (script,) = entry_points(group="console_scripts", name="heliotrope")
    assert script.load() is main


def test_run_without_a_platform_says_which_setting_is_missing_and_makes_nothing(folder: Path, command: Command) -> None:
    (folder / "heliotrope.toml").unlink()
    ended = command("run")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert '[console] people = ["Ana", "Bo"]' in ended.stderr
    assert list(folder.iterdir()) == []


def test_no_command_shows_the_commands_and_ends_with_status_2(command: Command) -> None:
    ended = command()
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "restore" in ended.stderr
