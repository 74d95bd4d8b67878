"""A pseudo-language: every sentence that comes from a catalogue is visibly altered, so what skips it shows.

"Hello {name}" reads "⟦Ĥēļļō Ana⟧": none of its letters is plain ASCII any more. Dates, numbers and names that CLDR
writes are altered too; words to type stay as they are, between ⟪ and ⟫, because people have to type them. Any other
ASCII word is what a person wrote, or a leak.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from bot.engine.ports import Reader, Style
from bot.i18n import BabelLocalizer
from bot.model.message import CommandText, OptionName, Sentence

_LETTERS: Final = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÅƁÇÐÉƑĜĤĪĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥīĵķļṁñöþǫŕšţûṽŵẋýž",
)
_TO_TYPE: Final = re.compile("⟪.*?⟫", re.DOTALL)
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")


@lru_cache(maxsize=8192)
def altered(text: str) -> str:
    """Return the text with other letters that still can be read."""
    return text.translate(_LETTERS)


class PseudoLocalizer(BabelLocalizer):
    """Writes English in altered letters, whatever the reader's language."""

    def own(self, text: str, style: Style) -> str:
        """Alter what no person wrote."""
        return style.text(altered(text))

    def _sentence(self, sentence: Sentence, reader: Reader, style: Style) -> str:
        return f"⟦{super()._sentence(sentence, _english(reader), style)}⟧"

    def _command(self, command: CommandText, reader: Reader, style: Style) -> str:
        return f"⟪{super()._command(command, reader, style)}⟫"

    def _option(self, option: OptionName, reader: Reader, style: Style) -> str:
        return f"⟪{super()._option(option, reader, style)}⟫"


def _english(reader: Reader) -> Reader:
    return Reader("en", reader.zone, reader.zones, reader.direct, reader.pings, reader.now)


def leaks(text: str, written: Iterable[str] = ()) -> list[str]:
    """Return the ASCII words of a text that came from no catalogue, in their order.

    `written` is what people wrote (names, answers); it is no leak, whole, line by line, or shortened with "…".
    """
    rest = _TO_TYPE.sub(" ", text)
    for value in sorted(_parts(written), key=len, reverse=True):
        rest = _without_shortened(value, _without(value, rest))
    return _WORD.findall(rest)


def _parts(written: Iterable[str]) -> set[tuple[str, ...]]:
    """Return the words of each text, and of each of its lines, with and without a number in front."""
    found = set()
    for value in written:
        for part in (value, *value.splitlines()):
            words = tuple(re.findall(r"\w+", part))
            found |= {words, words[1:] if words and words[0].isdigit() else words}
    return found - {()}


def _without(words: Sequence[str], text: str) -> str:
    """Take out those words where they follow one another, whatever signs a platform puts between them."""
    return re.sub(r"(?<!\w)" + r"[^\w⟦⟧]*".join(map(re.escape, words)) + r"(?!\w)", " ", text)


def _without_shortened(words: Sequence[str], text: str) -> str:
    """Take out what comes before a "…" where it is how those words begin; the last may be cut."""
    pieces = text.split("…")
    for index, piece in enumerate(pieces[:-1]):
        shown = list(re.finditer(r"\w+", piece))
        for count in range(min(len(shown), len(words)), 0, -1):
            *whole, last = [found[0] for found in shown[-count:]]
            if whole == list(words[: count - 1]) and words[count - 1].startswith(last):
                pieces[index] = piece[: shown[-count].start()]
                break
    return "…".join(pieces)
