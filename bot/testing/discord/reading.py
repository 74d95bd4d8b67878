"""What a member's client shows of a message on Discord: its Markdown as text, each instant in the reader's own time.

Markup shows nothing of its own, so of a text whose markup should do something only the words are left; signs compare
for nothing (see `bot.testing.watched.words`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.engine.choices import bare
from bot.testing.watched import Accepted, words

SAID = frozenset({0, 19, 20, 23})
"""Types of messages in which somebody says something: plain ones, replies, and answers to commands."""
_BUTTON = 2
_SHOWN = {"t": "time", "D": "date", "f": "datetime", "R": "relative"}
"""Discord's styles of instants, and how much of one they show (see `bot.model.moment.Show`)."""
_PREFIX = re.compile(r"!helio ")
"""What the neutral text has before a command in a room, where Discord has a slash."""
_MARKUP = re.compile(
    r"\\(?P<sign>[^0-9A-Za-z\s])"
    r"|<@!?(?P<person>[0-9]+)>"
    r"|<t:(?P<instant>-?[0-9]+)(?::(?P<style>[tTdDfFR]))?>"
    r"|</(?P<command>[^>:]+):[0-9]+>"
    r"|(?P<address>https?://[^\s<>]+)"
)


def shown(content: str, names: Mapping[str, str], instants: Mapping[str, str]) -> str:
    """Return a text as it is shown: mentions by name, and instants by the words that they have for this reader.

    Whoever and whatever is not known stays as it is written.
    """

    def read(found: re.Match[str]) -> str:
        if found["sign"] or found["command"] or found["address"]:
            return found["sign"] or found["address"] or f"/{found['command']}"
        if found["person"]:
            return f"@{names.get(found['person'], found['person'])}"
        return instants.get(f"{found['instant']}:{_SHOWN.get(found['style'] or 'f', '')}", found[0])

    return _MARKUP.sub(read, content)


def same(text: str, one: Accepted) -> bool:
    """Say whether a text as it is shown has the words of the neutral one, its choices aside: those are buttons."""
    return words(_PREFIX.sub("", text)) == words(_PREFIX.sub("", _without_choices(one)))


def _without_choices(one: Accepted) -> str:
    text, _, last = one.text.rpartition("\n\n")
    choices = one.choices
    return text if choices and last.startswith(f"[{choices[0]} ") else one.text


def buttons(components: Any) -> Iterator[str]:
    """Yield the emojis of the buttons that can be pressed."""
    for each in components:
        yield from buttons(each.get("components", ()))
        if each.get("type") == _BUTTON and not each.get("disabled"):
            yield bare(str((each.get("emoji") or {}).get("name") or ""))
