"""Names of people inside what others write: where one ends."""

from __future__ import annotations

import unicodedata
from typing import Final

_TITLES: Final = ("さん", "さま", "ちゃん", "くん", "せんぱい", "様", "君", "氏", "先輩", "님", "씨")
"""Titles that are written onto a name; they are no part of it."""
_SPACELESS: Final = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def after_name(text: str, end: int) -> int | None:
    """Return where a text goes on behind the name that ends at `end`, or None if the word goes on there.

    Behind "Ana" comes a space in "Ana, please", さん is passed in "Anaさん、…", and の follows in "Anaの…": what is
    written without spaces begins with another script. "Anabel" is not Ana.
    """
    rest = text[end:]
    for title in _TITLES:
        if rest.startswith(title):
            return end + len(title)
    if not rest[:1].isalnum():
        return end
    following = _script(rest[0])
    return end if following and following != _script(text[end - 1 : end]) else None


def _script(letter: str) -> str:
    """Return the script of a letter that is written without spaces between words, "" for others."""
    name = unicodedata.name(letter, "") if letter else ""
    return next((script for script in _SPACELESS if name.startswith(script)), "")
