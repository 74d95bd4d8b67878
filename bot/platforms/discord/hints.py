"""Commands that people are told to type, in the form in which Discord's clients take them: options by their names."""

from __future__ import annotations

from collections.abc import Mapping

from bot.engine.parsing import bind, find_command
from bot.model.command import CommandSpec, Parameter
from bot.model.errors import BadInput


def slash(words: str, commands: Mapping[str, CommandSpec]) -> str:
    """Return a command line without its slash, each value with its option's name; what is no command as it is."""
    typed = find_command(words, commands)
    if typed is None or not typed.spec.parameters:
        return words
    spec = typed.spec
    if words == spec.usage:
        options = [_form(each) for each in sorted(spec.parameters, key=lambda each: not each.required)]
        return " ".join((spec.words, *options))
    try:
        given = bind(typed)
    except BadInput:
        return words
    ordered = (each.name for each in spec.parameters if each.name in given)
    return " ".join((spec.words, *(f"{name}:{given[name]}" for name in ordered)))


def _form(parameter: Parameter) -> str:
    value = "|".join(parameter.choices) or "…"
    return f"{parameter.name}:{value}" if parameter.required else f"[{parameter.name}:{value}]"
