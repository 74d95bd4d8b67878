"""Commands as people type them in their own language: the words and options' names that the catalogues have.

What a command is called in any language that there are texts in is understood wherever it is typed: a client may be
set to another language than a person reads in, and what is shown to them is to work as it stands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.engine.packing import PlainStyle
from bot.engine.ports import Localizer, Reader
from bot.model.command import CommandSpec
from bot.model.message import Sentence

_DIGRAPHS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_VOICED: Final = "\u3099\u309a"
_DOMAIN: Final = "bot"
"""Where the names of options are translated."""


@dataclass(frozen=True)
class Tongues:
    """The commands by their words in every language, and the names of options by those in other languages."""

    commands: Mapping[str, CommandSpec] = field(default_factory=dict)
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def english(self, words: str) -> str:
        """Return a command's words, or the first of them, in English; what is neither as it is."""
        if words in self.commands:
            return self.commands[words].words
        longer = (spec.words for typed, spec in self.commands.items() if typed.startswith(f"{words} "))
        count = len(words.split())
        return next((" ".join(found.split()[:count]) for found in longer), words)


def tongues(commands: Mapping[str, CommandSpec], localizer: Localizer) -> Tongues:
    """Collect what commands and their options are called; what two would be called alike is the English one's."""
    languages = localizer.languages()
    called = dict(commands)
    options: dict[str, set[str]] = {}
    for spec in commands.values():
        for typed in _all(spec.domain, spec.words, languages, localizer):
            if len(typed.split()) == len(spec.words.split()):
                called.setdefault(typed, spec)
        for parameter in spec.parameters:
            for typed in _all(_DOMAIN, parameter.name, languages, localizer):
                options.setdefault(typed, set()).add(parameter.name)
    return Tongues(called, {typed: frozenset(names) for typed, names in options.items()})


def translated(domain: str, text: str, language: str, localizer: Localizer) -> str:
    """Return a command's words, or an option's name, in a language: small letters, as they are shown and typed."""
    shown = localizer.write(Sentence(domain, text), Reader(language), PlainStyle())
    return unicodedata.normalize("NFKC", shown).lower()


def _all(domain: str, text: str, languages: Iterable[str], localizer: Localizer) -> Iterator[str]:
    for language in languages:
        if (typed := translated(domain, text, language, localizer)) != text:
            yield from _spellings(typed)


def _spellings(text: str) -> Iterator[str]:
    """Yield a word as it is, without accents ("anadir") and with two letters for an umlaut ("loeschen")."""
    yield text
    yield text.translate(_DIGRAPHS)
    apart = unicodedata.normalize("NFKD", text)
    yield unicodedata.normalize("NFC", "".join(c for c in apart if c in _VOICED or not unicodedata.combining(c)))
