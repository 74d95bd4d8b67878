"""Commands as people type them: which one it is, and which words go to which parameter."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.model.command import CommandSpec, Parameter
from bot.model.errors import BadInput
from bot.model.message import CommandText, Sentence, catalogue

_, n_ = catalogue("bot")

_TOKEN = re.compile(r'(?:([a-z_]+):)?(?:"([^"]*)"|“([^”]*)”|(\S+))', re.IGNORECASE)
_JOINED = frozenset({"text", "zone", "language", "team", "member", "account", "weekdays", "holidays", "date"})
"""Kinds that may hold spaces: as the last parameter they take the words that are left."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was recognised: its spec, and what follows its words, as written."""

    spec: CommandSpec
    arguments: str


@dataclass(frozen=True, slots=True)
class _Token:
    name: str | None
    value: str
    start: int


def find_command(text: str, commands: Mapping[str, CommandSpec]) -> Typed | None:
    """Return the command whose words the text starts with (the longest such), or None."""
    words = [(m.group().lower(), m.end()) for m in re.finditer(r"\S+", text)][:3]
    for count in range(len(words), 0, -1):
        spec = commands.get(" ".join(word for word, _end in words[:count]))
        if spec is not None:
            return Typed(spec, text[words[count - 1][1] :])
    return None


def nearest(text: str, commands: Iterable[str], limit: int = 3) -> list[str]:
    """Return the commands that look most like what was typed, the most alike first."""
    typed = " ".join(text.lower().split()[:3])
    known = sorted(commands)
    group = [words for words in known if words.split()[0] == typed.split()[0]] if typed else []
    close = difflib.get_close_matches(typed, known, limit, 0.6)
    if not close:
        close = difflib.get_close_matches(" ".join(typed.split()[:2]), known, limit, 0.6)
    return (close + [words for words in group if words not in close])[:limit]


def bind(typed: Typed) -> dict[str, str]:
    """Return the written value of each parameter that was given, by name.

    Parameters are given in order, or as `name:value` (yes-or-no ones only so); quotes hold words together.
    Raises BadInput where one is missing, unknown, given twice, or words are left over.
    """
    spec = typed.spec
    if spec.parameters and spec.parameters[-1].kind == "rest":
        return _bind_rest(typed)
    return _bind_tokens(spec, _tokens(typed.arguments, spec.parameters))


def _bind_rest(typed: Typed) -> dict[str, str]:
    *before, rest = typed.spec.parameters
    tokens = _tokens(typed.arguments, (*before, rest))
    given: dict[str, str] = {}
    end = len(typed.arguments)
    while tokens and tokens[-1].name not in (None, rest.name, *given):  # options may follow the free text too
        option = tokens.pop()
        given[option.name or ""] = option.value
        end = option.start
    at = end
    for token in tokens:
        if token.name == rest.name:
            given[rest.name] = typed.arguments[token.start + len(rest.name) + 1 : end].strip()
            break
        if token.name is not None and token.name not in given:
            given[token.name] = token.value
            continue
        free = next((p for p in before if p.required and p.name not in given), None)
        if free is None:  # optional ones before free text are given by name only
            at = token.start
            break
        given[free.name] = token.value
    if rest.name not in given and typed.arguments[at:end].strip():
        given[rest.name] = typed.arguments[at:end].strip()
    _require(typed.spec, given)
    return given


def _bind_tokens(spec: CommandSpec, tokens: list[_Token]) -> dict[str, str]:
    given: dict[str, str] = {}
    last: str | None = None
    for token in tokens:
        if token.name is not None:
            if token.name in given:
                raise BadInput(_("“{name}” is given twice.", name=token.name), right_form(spec))
            given[token.name] = token.value
            last = None
            continue
        free = next((p for p in spec.parameters if p.name not in given and p.kind != "yes_no"), None)
        if free is not None:
            given[free.name] = token.value
            last = free.name if free.kind in _JOINED else None
        elif last is not None:
            given[last] = f"{given[last]} {token.value}"
        else:
            raise BadInput(_("I don't know what to do with “{word}”.", word=token.value), right_form(spec))
    _require(spec, given)
    return given


def _require(spec: CommandSpec, given: Mapping[str, str]) -> None:
    missing = next((p for p in spec.parameters if p.required and not given.get(p.name)), None)
    if missing is not None:
        raise BadInput(_("“{name}” is missing.", name="|".join(missing.choices) or missing.name), right_form(spec))


def _tokens(text: str, parameters: Iterable[Parameter]) -> list[_Token]:
    names = {p.name for p in parameters}
    tokens = []
    for match in _TOKEN.finditer(text):
        name, *values = match.groups()
        value = next(v for v in values if v is not None)
        if name is not None and name.lower() in names:
            tokens.append(_Token(name.lower(), value, match.start()))
        else:
            tokens.append(_Token(None, f"{name}:{value}" if name else value, match.start()))
    return tokens


def right_form(spec: CommandSpec) -> Sentence:
    """Return the sentence that shows the right form of a command, by its form and an example."""
    return _(
        "The form is {form}, for example {example}.",
        form=CommandText(spec.form),
        example=CommandText(spec.example),
    )
