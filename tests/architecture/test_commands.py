"""Every command is documented, and every command is tested."""

import re
from pathlib import Path

import pytest

from bot.app import services
from bot.engine.parsing import bind, find_command
from bot.model.command import CommandSpec

TESTS = Path(__file__).parents[1]
SERVICES = services()
COMMANDS = SERVICES.registry.commands


@pytest.mark.parametrize("spec", COMMANDS.values(), ids=COMMANDS)
def test_the_example_of_a_command_has_its_right_form(spec: CommandSpec) -> None:
    typed = find_command(spec.example, COMMANDS)
    assert typed is not None
    assert typed.spec.words == spec.words
    assert set(bind(typed)) <= {p.name for p in spec.parameters}


@pytest.mark.parametrize("spec", COMMANDS.values(), ids=COMMANDS)
def test_the_help_of_a_command_is_a_short_line_that_begins_like_one(spec: CommandSpec) -> None:
    assert re.match(r"[A-Z]", spec.help)
    assert not spec.help.endswith(".")


@pytest.mark.parametrize("words", COMMANDS)
def test_a_test_uses_the_command(words: str) -> None:
    cog = SERVICES.registry.cog_of(COMMANDS[words]).name
    sources = [file.read_text(encoding="utf-8") for file in (TESTS / "cogs" / cog).glob("*.py")]
    used = re.compile(rf"""["'`(!]+(?:helio )?{re.escape(words)}(?![\w-])""")
    assert any(used.search(source) for source in sources), f"no test in tests/cogs/{cog} says {words!r}"
