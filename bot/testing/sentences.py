"""Finds sentences in the code that could not be translated, or that would be written with holes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from bot.i18n.catalogues import placeholders

_SOURCES: Final = {"_": 1, "n_": 2, "N_": 1}
"""The functions that mark a sentence, and how many source texts each is given."""

_UNUSED: Final = "_n"
"""What a module that needs no plurals may call the second function."""


def misuse(files: Iterable[Path], domain: str, root: Path) -> list[str]:
    """Return a line for each fault in the sentences of a domain's modules."""
    found: list[str] = []
    plurals: dict[str, str] = {}
    for file in files:
        name = file.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"), str(file))):
            if isinstance(node, ast.Call):
                found += (f"{name}:{node.lineno}: {fault}" for fault in _faults(node, domain, plurals))
            elif isinstance(node, ast.Assign):
                found += (f"{name}:{node.lineno}: {fault}" for fault in _misnamed(node))
    return found


def _faults(call: ast.Call, domain: str, plurals: dict[str, str]) -> Iterator[str]:
    marker = call.func.id if isinstance(call.func, ast.Name) else ""
    if marker == "catalogue" and call.args and _literal(call.args[0]) not in (None, domain):
        yield f'catalogue({ast.unparse(call.args[0])}): texts found here are in the domain "{domain}"'
    if marker == _UNUSED:
        yield f"{_UNUSED}(...): extraction finds n_(...) only"
    if marker not in _SOURCES:
        return
    texts = [_literal(argument) for argument in call.args[: _SOURCES[marker]]]
    sources = [text for text in texts if text is not None]
    if len(sources) < _SOURCES[marker]:
        yield f"{marker}(...) needs its source text as a literal"
        return
    if marker == "n_" and plurals.setdefault(sources[0], sources[1]) != sources[1]:
        yield f"{sources[0]!r} has another plural elsewhere: {plurals[sources[0]]!r}"
    if marker != "N_":
        yield from _holes(call, sources, counted=marker == "n_")


def _holes(call: ast.Call, sources: list[str], counted: bool) -> Iterator[str]:
    """Say which placeholders get no value, and which values no placeholder."""
    try:
        named = frozenset[str]().union(*(placeholders(source) for source in sources))
    except ValueError as broken:
        yield str(broken)
        return
    given = {keyword.arg for keyword in call.keywords if keyword.arg}
    if all(keyword.arg for keyword in call.keywords):  # with **values one can't tell
        for name in sorted(named - given - ({"count"} if counted else set())):
            yield f"no value for {{{name}}} in {sources[0]!r}"
    for name in sorted(given - named):
        yield f"no {{{name}}} in {sources[0]!r} for the value given"


def _misnamed(assignment: ast.Assign) -> Iterator[str]:
    """Say which of the two functions that `catalogue` returns has a name that extraction does not know."""
    value, target = assignment.value, assignment.targets[0]
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "catalogue" and isinstance(target, ast.Tuple):
        for element, known in zip(target.elts, (("_",), ("n_", _UNUSED)), strict=False):
            if ast.unparse(element) not in known:
                yield f"{ast.unparse(element)} of catalogue(...): extraction finds {known[0]} only"


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
