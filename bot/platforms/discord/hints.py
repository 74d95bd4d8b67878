"""Commands that people are told to type, in the form in which Discord's clients take them: options by their names.

Clients show, and complete, the names of commands and options in their own language. Who reads a message alone is told
those of the language that they read in; a channel's readers the English ones, which clients in any language take.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.engine.parsing import bind, find_command
from bot.engine.ports import Localizer, Reader
from bot.model.command import CommandSpec, Parameter
from bot.model.errors import BadInput
from bot.platforms.discord.commands import own_name, own_words

_BLANK: Final = re.compile(r"(<?)([A-Za-z]+)(>?)")
"""What stands for a value: `<zone>`, or CODE."""


@dataclass(frozen=True)
class Hints:
    """Writes command lines for one reader; without a localizer in English."""

    commands: Mapping[str, CommandSpec] = field(default_factory=dict)
    language: str = "en"
    localizer: Localizer | None = None

    def slash(self, words: str) -> str:
        """Return a line without its slash, each value with its option's name; what is no command as it is."""
        typed = find_command(words, self.commands)
        if typed is None:
            return words
        spec = typed.spec
        if words == spec.usage:
            options = [self._form(each) for each in sorted(spec.parameters, key=lambda each: not each.required)]
            return " ".join((self._words(spec), *options))
        try:
            given = bind(typed)
        except BadInput:
            return f"{self._words(spec)}{typed.arguments}"
        # Only a real channel can be picked for a place's option; left out, it is the one that the command is used in.
        here = {each.name for each in spec.parameters if each.kind == "place" and given.get(each.name) == "here"}
        ordered = (each.name for each in spec.parameters if each.name in given.keys() - here)
        return " ".join(
            (self._words(spec), *(f"{self.option(name)}:{self._value(name, given[name])}" for name in ordered))
        )

    def option(self, name: str) -> str:
        """Return what an option is called."""
        return own_name(name, self.language, self.localizer) if self.localizer is not None else name

    def _form(self, parameter: Parameter) -> str:
        name, value = self.option(parameter.name), "|".join(parameter.choices) or "…"
        return f"{name}:{value}" if parameter.required else f"[{name}:{value}]"

    def _value(self, name: str, value: str) -> str:
        """Return a value as it is; but a command by its words, and what stands for a value by its option's name."""
        if " " in value and value in self.commands:
            return self._words(self.commands[value])
        blank = _BLANK.fullmatch(value)
        if blank is None or blank[2].lower() != name or not (blank[1] or blank[2].isupper()):
            return value
        shown = self.option(name)
        if blank[2].islower():
            return f"{blank[1]}{shown}{blank[3]}"
        return shown.upper() if shown.upper() != shown else "…"

    def _words(self, spec: CommandSpec) -> str:
        return own_words(spec, self.language, self.localizer) if self.localizer is not None else spec.words


def hints_for(reader: Reader, localizer: Localizer, commands: Mapping[str, CommandSpec]) -> Hints:
    """Return what writes command lines for a reader: in their language if nobody else reads it."""
    return Hints(commands, reader.language, localizer) if reader.direct else Hints(commands)
