"""How Discord's clients read a message's text: what they show, and what in it does something.

A small reader of our own, after the rules of Discord's fork of simple-markdown; it takes what might do something for
something that does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_RULES: tuple[tuple[str, str], ...] = (
    ("escape", r"\\([^0-9A-Za-z\s])"),
    ("link", r"https?://[^\s<]+[^<.,:;\"')\]\s]"),
    ("person", r"<@!?([0-9]+)>"),
    ("role", r"<@&([0-9]+)>"),
    ("channel", r"<#([0-9]+)>"),
    ("instant", r"<t:(-?[0-9]+(?::[tTdDfFR])?)>"),
    ("emoji", r"<a?:\w+:[0-9]+>"),
    ("command", r"</[^>]+:[0-9]+>"),
    ("address", r"<[^ >]+[:@][^ >]+>"),
    ("masked", r"\[[^\]]*\]\([^)]*\)"),
    ("code", r"(`+)(.*?[^`])\1(?!`)"),
    ("bold", r"\*\*([\s\S]+?)\*\*(?!\*)"),
    ("italics", r"\*\S|_\S|__"),
    ("struck", r"~~"),
    ("spoiler", r"\|\|"),
    ("everybody", r"@(?:everyone|here)"),
)
_AT_START = (
    ("heading", r"(?:#{1,3}|-#) +"),
    ("item", r" *(?:[-*+]|[0-9]+[.)]) +"),
    ("quote", r">(?:>>)? +"),
)


@dataclass(frozen=True)
class Read:
    """What is shown, without markup, and what does something: (what, on what), in order."""

    text: str
    acts: tuple[tuple[str, str], ...]


def read(markdown: str) -> Read:
    """Read a message's text."""
    shown, acts, at = [], [], 0
    while at < len(markdown):
        rules = (*_AT_START, *_RULES) if at == 0 or markdown[at - 1] == "\n" else _RULES
        name, found = _first(rules, markdown, at)
        if found is None:
            shown.append(markdown[at])
            at += 1
            continue
        at = found.end()
        if name == "escape":
            shown.append(found[1])
        elif name == "bold":
            inner = read(found[1])
            shown.append(inner.text)
            acts += [("bold", inner.text), *inner.acts]
        elif name == "code":
            shown.append(found[2])
            acts.append((name, found[2]))
        elif name == "link":
            shown.append(found[0])
            acts.append((name, found[0]))
        else:
            acts.append((name, found[1] if found.re.groups else found[0]))
    return Read("".join(shown), tuple(acts))


def _first(rules: tuple[tuple[str, str], ...], text: str, at: int) -> tuple[str, re.Match[str] | None]:
    for name, rule in rules:
        found = re.compile(rule).match(text, at)
        if found is not None:
            return name, found
    return "", None
