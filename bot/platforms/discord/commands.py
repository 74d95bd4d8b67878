"""The tree of Discord's application commands, made from the commands' specs alone.

https://discord.com/developers/docs/interactions/application-commands
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bot.engine.packing import PlainStyle
from bot.engine.ports import Localizer, Reader
from bot.engine.suggesting import SUGGESTED
from bot.engine.tongues import translated
from bot.model.command import N_, CommandSpec, Parameter
from bot.model.message import Sentence

CHAT, MESSAGE = 1, 3
"""Types of commands: typed with a slash, and picked from a message's menu."""
GROUP_OF_COMMANDS, COMMAND = 2, 1
STRING, INTEGER, BOOLEAN, USER, CHANNEL = 3, 4, 5, 6, 7
"""Types of options."""
MANAGE_GUILD: Final = 1 << 5
"""The right that administrators' commands are offered to; what counts is checked when one is used."""
IN_GUILDS, IN_DIRECT = 0, 1
"""Contexts in which a command is offered."""
TEXT_CHANNELS: Final = (0, 5)
MOST_OPTIONS = MOST_CHOICES = 25
MOST_COMMANDS = 100
LONGEST_NAME = 32
LONGEST_TEXT = 100
LONGEST_STRING = 6000
"""Characters of a text option: the most that Discord takes."""
LARGEST = 8000
"""Characters in one command's names, descriptions and values together."""
_NAME = re.compile(r"[-_'\w]{1,32}")

LOCALES: Final[Mapping[str, tuple[str, ...]]] = {"es": ("es-ES", "es-419"), "de": ("de",), "ja": ("ja",)}
"""Discord's locales that a catalogue serves; English is what a command has without any."""

_TYPES: Final[Mapping[str, int]] = {
    "number": INTEGER,
    "yes_no": BOOLEAN,
    "member": USER,
    "account": USER,
    "channel": CHANNEL,
    "place": CHANNEL,
}

# What each kind of option is, where its command says no more.
_KINDS: Final[Mapping[str, str]] = {
    "text": N_("A text"),
    "rest": N_("A text of any length"),
    "number": N_("A whole number"),
    "yes_no": N_("Yes or no"),
    "time": N_("A time of day, like 09:30"),
    "date": N_("A date, like 2027-01-31"),
    "duration": N_("A length of time, like 1h30"),
    "hours": N_("When the day starts and ends, like 09:00-17:30"),
    "weekdays": N_("Weekdays, like mon-fri"),
    "zone": N_("A large city near you, or a time zone"),
    "language": N_("A language"),
    "holidays": N_("A country's public holidays, like PT or US-CA"),
    "team": N_("A team"),
    "member": N_("A member"),
    "account": N_("A person on this server"),
    "channel": N_("A channel that a team uses"),
    "place": N_("A channel"),
    "choice": N_("One of these"),
}

# The names of options, as they are shown in clients: one word each, in lower case.
NAMES: Final[frozenset[str]] = frozenset(
    {
        N_("at"),
        N_("calendar"),
        N_("code"),
        N_("day"),
        N_("days"),
        N_("every"),
        N_("hours"),
        N_("keep"),
        N_("language"),
        N_("legs"),
        N_("length"),
        N_("member"),
        N_("name"),
        N_("names"),
        N_("night"),
        N_("number"),
        N_("only"),
        N_("press"),
        N_("purpose"),
        N_("reason"),
        N_("set"),
        N_("starting"),
        N_("step"),
        N_("sure"),
        N_("team"),
        N_("text"),
        N_("theme"),
        N_("topic"),
        N_("where"),
        N_("yes"),
        N_("zone"),
    }
)


class TreeTooLarge(ValueError):
    """Discord would not take the commands; the message names the one."""


def tree(specs: Iterable[CommandSpec], localizer: Localizer) -> list[dict[str, Any]]:
    """Return the body of the call that sets an application's commands. Raises TreeTooLarge."""
    return _Tree(localizer).commands(sorted(specs, key=lambda spec: spec.words))


def fingerprint(commands: Sequence[Mapping[str, Any]]) -> str:
    """Return what is the same as long as the tree is."""
    return hashlib.sha256(json.dumps(commands, sort_keys=True).encode()).hexdigest()


class _Tree:
    def __init__(self, localizer: Localizer) -> None:
        self._localizer = localizer

    def commands(self, specs: Sequence[CommandSpec]) -> list[dict[str, Any]]:
        roots: dict[str, list[CommandSpec]] = {}
        for spec in specs:
            roots.setdefault(spec.words.split()[0], []).append(spec)
        made = [self._root(name, under) for name, under in roots.items()]
        made += [self._menu(spec) for spec in specs if spec.menu]
        if len(roots) > MOST_COMMANDS:
            raise TreeTooLarge(f"Discord takes at most {MOST_COMMANDS} commands, not {len(roots)}")
        for command in made:
            _measure(command)
        return made

    def _root(self, name: str, specs: Sequence[CommandSpec]) -> dict[str, Any]:
        reach: dict[str, Any] = {"type": CHAT, "contexts": [IN_GUILDS, IN_DIRECT], "integration_types": [0]}
        if all(spec.admin for spec in specs):
            reach["default_member_permissions"] = str(MANAGE_GUILD)
        if any(spec.words == name for spec in specs):
            if len(specs) > 1:
                raise TreeTooLarge(f"/{name} can't be a command and have others under it")
            return {
                **self._named(specs[0], 0),
                **self._described(specs[0]),
                **reach,
                "options": self._options(specs[0]),
            }
        return {**self._group(name, specs, 0), **reach, "options": list(self._under(specs, 1))}

    def _under(self, specs: Sequence[CommandSpec], depth: int) -> Iterator[dict[str, Any]]:
        groups: dict[str, list[CommandSpec]] = {}
        for spec in specs:
            groups.setdefault(spec.words.split()[depth], []).append(spec)
        for name, under in groups.items():
            if len(under) == 1 and len(under[0].words.split()) == depth + 1:
                (spec,) = under
                options = self._options(spec)
                yield {"type": COMMAND, **self._named(spec, depth), **self._described(spec), "options": options}
            else:
                options = list(self._under(under, depth + 1))
                yield {"type": GROUP_OF_COMMANDS, **self._group(name, under, depth), "options": options}

    def _group(self, name: str, specs: Sequence[CommandSpec], depth: int) -> dict[str, Any]:
        described = " · ".join(spec.words.split()[depth + 1] for spec in specs)
        return {**self._named(specs[0], depth), "description": described[:LONGEST_TEXT] or name}

    def _named(self, spec: CommandSpec, depth: int) -> dict[str, Any]:
        name = spec.words.split()[depth]
        return self._called(name, lambda language: own_words(spec, language, self._localizer).split()[depth])

    def _called(self, name: str, own: Callable[[str], str]) -> dict[str, Any]:
        """Return a name with those in other languages that differ from it."""
        local = {
            locale: shown
            for language in self._localizer.languages()
            if (shown := own(language)) != name
            for locale in LOCALES.get(language, ())
        }
        return {"name": name, **({"name_localizations": local} if local else {})}

    def _described(self, spec: CommandSpec) -> dict[str, Any]:
        return self._text(spec.domain, spec.help)

    def _text(self, domain: str, text: str) -> dict[str, Any]:
        local = {locale: shown[:LONGEST_TEXT] for locale, shown in self._in_locales(domain, text)}
        return {"description": text, **({"description_localizations": local} if local else {})}

    def _menu(self, spec: CommandSpec) -> dict[str, Any]:
        local = {locale: text[:LONGEST_NAME] for locale, text in self._in_locales(spec.domain, spec.menu)}
        found: dict[str, Any] = {"type": MESSAGE, "name": spec.menu, "contexts": [IN_GUILDS, IN_DIRECT]}
        return {**found, "integration_types": [0], **({"name_localizations": local} if local else {})}

    def _options(self, spec: CommandSpec) -> list[dict[str, Any]]:
        """Return a command's options, the required ones first."""
        ordered = sorted(spec.parameters, key=lambda parameter: not parameter.required)
        return [self._option(spec, parameter) for parameter in ordered]

    def _option(self, spec: CommandSpec, parameter: Parameter) -> dict[str, Any]:
        option: dict[str, Any] = {
            "type": _TYPES.get(parameter.kind, STRING),
            **self._called(parameter.name, lambda language: own_name(parameter.name, language, self._localizer)),
            **(
                self._text(spec.domain, parameter.help) if parameter.help else self._text("bot", _KINDS[parameter.kind])
            ),
            "required": parameter.required,
        }
        if parameter.choices:
            option["choices"] = [{"name": word, "value": word} for word in parameter.choices]
        elif parameter.complete is not None or parameter.kind in SUGGESTED:
            option["autocomplete"] = True
        elif option["type"] == STRING:
            option["max_length"] = LONGEST_STRING
        elif option["type"] == CHANNEL:
            option["channel_types"] = list(TEXT_CHANNELS)
        return option

    def _in_locales(self, domain: str, text: str) -> Iterator[tuple[str, str]]:
        """Yield Discord's locales that a text is translated for, with the translation."""
        for language in self._localizer.languages():
            translated = self._localizer.write(Sentence(domain, text), Reader(language), PlainStyle())
            if translated != text:
                for locale in LOCALES.get(language, ()):
                    yield locale, translated


def own_words(spec: CommandSpec, language: str, localizer: Localizer) -> str:
    """Return a command's words as clients set to a language show them: in English where they have no others."""
    words = spec.words.split()
    shown = translated(spec.domain, spec.words, language, localizer).split() if _served(language) else words
    if len(shown) != len(words):
        return spec.words
    return " ".join(own if is_name(own) else word for own, word in zip(shown, words, strict=True))


def own_name(name: str, language: str, localizer: Localizer) -> str:
    """Return the name of an option as clients set to a language show it."""
    shown = translated("bot", name, language, localizer) if name in NAMES and _served(language) else name
    return shown if is_name(shown) else name


def _served(language: str) -> bool:
    return language.partition("-")[0] in LOCALES


def is_name(text: str) -> bool:
    """Say whether a text can name a command or an option: 1 to 32 letters, digits, `-`, `_` or `'`, none upper case."""
    return _NAME.fullmatch(text) is not None and text == text.lower()


def _measure(command: Mapping[str, Any]) -> None:
    """Raise TreeTooLarge for a command that Discord would not take."""
    for each in _all(command):
        if len(each.get("options", ())) > MOST_OPTIONS or len(each.get("choices", ())) > MOST_CHOICES:
            raise TreeTooLarge(f"/{command['name']}: {each['name']} has more than {MOST_OPTIONS} options")
    if _size(command) > LARGEST:
        raise TreeTooLarge(f"/{command['name']} has more than {LARGEST} characters in all")


def _all(command: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield command
    for option in command.get("options", ()):
        yield from _all(option)


def _size(command: Mapping[str, Any]) -> int:
    """Count a command's characters; of a text in several locales the longest counts."""
    size = 0
    for each in (*_all(command), *(choice for one in _all(command) for choice in one.get("choices", ()))):
        for key in ("name", "description", "value"):
            texts = [str(each.get(key, "")), *each.get(f"{key}_localizations", {}).values()]
            size += max(len(text) for text in texts)
    return size
