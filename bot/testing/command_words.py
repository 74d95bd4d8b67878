"""The words of commands in other languages: what clients show must be names that every platform takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from babel.messages.extract import extract_from_file

from bot.platforms.discord.commands import is_name

NOTE: Final = (
    "NOTE: the words of a command, shown in lower case: as many words, none with a space in it; the same first"
    " word as of the commands beside it"
)
_KEYWORDS: Final = {"command": (1,)}


def command_words(files: Iterable[Path]) -> Iterator[tuple[Path, int, str]]:
    """Yield the words that modules give to `command`, with file and line."""
    for file in files:
        for line, words, _comments, _context in extract_from_file("python", file, _KEYWORDS):
            if isinstance(words, str):
                yield file, line, words


def faults(translations: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield a line for each fault of one language, with its domain; `translations` are by domain and words."""
    shown: dict[str, tuple[str, str]] = {}
    taken: dict[tuple[str, str], str] = {}
    for domain, commands in translations.items():
        for words, text in commands.items():
            source, translated = words.split(), text.lower().split()  # as clients want them
            if len(source) != len(translated) or not all(is_name(word) for word in translated):
                yield domain, f"{words!r} must be {len(source)} words that can be names, not {text!r}"
                continue
            yield from ((domain, fault) for fault in _unlike(source, translated, shown, taken))


def _unlike(
    source: Sequence[str],
    translated: Sequence[str],
    shown: dict[str, tuple[str, str]],
    taken: dict[tuple[str, str], str],
) -> Iterator[str]:
    """Yield where a group is called differently than before, or two things in one group the same."""
    words = " ".join(source)
    for depth, word in enumerate(translated):
        beginning, parent = " ".join(source[: depth + 1]), " ".join(source[:depth])
        before, by = shown.setdefault(beginning, (word, words))
        if before != word:
            yield f"{words!r} calls {beginning!r} {word!r}, and {by!r} calls it {before!r}"
        other = taken.setdefault((parent, word), beginning)
        if other != beginning:
            yield f"{words!r} calls {beginning!r} {word!r}, as {other!r} is called"
