"""Slash commands and menus as a person would type them: the line that the engine knows, and its options apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.model.command import CommandSpec
from bot.model.identity import Account, NamedPlace
from bot.platforms.discord.commands import COMMAND, GROUP_OF_COMMANDS

QUOTES: Final = (('"', '"'), ("“", "”"), ("«", "»"))
"""What holds words together in a typed line."""


@dataclass(frozen=True, slots=True)
class Used:
    """A command that was used: its words, its options as typed, and which one is being typed."""

    words: str
    options: Mapping[str, str]
    focused: str = ""
    people: tuple[Account, ...] = ()
    bots: tuple[Account, ...] = ()
    absent: tuple[Account, ...] = ()
    """Who was named besides, to be added to something, and is in no server here."""
    places: tuple[NamedPlace, ...] = ()
    attachments: tuple[str, ...] = ()
    target: Mapping[str, Any] = field(default_factory=dict)
    """The message in whose menu it was picked."""


def used(data: Mapping[str, Any]) -> Used:
    """Return the words and options of a slash command's data, without people and places."""
    words, options = [str(data["name"])], list(data.get("options", ()))
    while options and options[0].get("type") in (COMMAND, GROUP_OF_COMMANDS):
        words.append(str(options[0]["name"]))
        options = list(options[0].get("options", ()))
    given = {str(each["name"]): _written(each.get("value")) for each in options}
    focused = next((str(each["name"]) for each in options if each.get("focused")), "")
    return Used(" ".join(words), given, focused)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def line(used: Used, spec: CommandSpec | None) -> str:
    """Return a command as one would type it; free text goes last, where it needs no quotes."""
    return " ".join((used.words, *_options(used, spec)))


def _options(used: Used, spec: CommandSpec | None) -> Iterator[str]:
    free = {p.name for p in spec.parameters if p.kind == "rest"} if spec is not None else set()
    for name, value in sorted(used.options.items(), key=lambda option: option[0] in free):
        yield f"{name}:{value if name in free else _together(value)}"


def _together(value: str) -> str:
    """Return a value in quotes that it does not contain, if it needs any."""
    if value and not any(character.isspace() or character in "\"'“”„«»" for character in value):
        return value
    return next((f"{a}{value}{z}" for a, z in QUOTES if a not in value and z not in value), value)
