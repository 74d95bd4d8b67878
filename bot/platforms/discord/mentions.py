"""Texts as Discord writes them, made readable: ids of people, channels and roles become names.

Pure; the names are given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

PERSON: Final = re.compile(r"<@!?([0-9]{1,20})>")
_CHANNEL: Final = re.compile(r"<#([0-9]{1,20})>")
_ROLE: Final = re.compile(r"<@&([0-9]{1,20})>")
_EMOJI: Final = re.compile(r"<a?(:\w{1,32}:)[0-9]{1,20}>")
_AFTER_MENTION: Final = " \t\n,:;、，："

Name = Callable[[str], str | None]
"""What people call something, by its id; None for what is not known."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text without the mention of the bot that it began with, if it did."""

    text: str
    addressed: bool


def shown(user: Mapping[str, Any], member: Mapping[str, Any] | None = None) -> str:
    """Return what people call somebody: in this server, else everywhere, else their account's name."""
    nick = member.get("nick") if member is not None else None
    return str(nick or user.get("global_name") or user.get("username") or user.get("id"))


def addressed(text: str, me: str) -> Words:
    """Cut the mention of the bot off that a text begins with."""
    start = text.lstrip()
    found = PERSON.match(start)
    if found is None or found[1] != me:
        return Words(text, False)
    return Words(start[found.end() :].lstrip(_AFTER_MENTION), True)


def people_in(text: str) -> list[str]:
    """Return the ids of the people who are mentioned in a text, in their order."""
    return list(dict.fromkeys(PERSON.findall(text)))


def readable(text: str, person: Name, channel: Name, role: Name, *, command: bool = False) -> str:
    """Return a text with names in it. What is not known stays as it is.

    In a `command`, the first person's name is held together by quotes where it needs that.
    """
    first = PERSON.search(text) if command else None

    def named(found: re.Match[str]) -> str:
        name = person(found[1])
        if name is None:
            return found[0]
        if first is None or found.start() != first.start() or not re.search(r"\s", name):
            return f"@{name}"
        return f"@{found[1]}" if '"' in name else f'"@{name}"'

    text = PERSON.sub(named, text)
    text = _CHANNEL.sub(lambda found: _put("#", channel(found[1]), found[0]), text)
    text = _ROLE.sub(lambda found: _put("@", role(found[1]), found[0]), text)
    return _EMOJI.sub(lambda found: found[1], text)


def _put(sign: str, name: str | None, otherwise: str) -> str:
    return otherwise if name is None else sign + name
