"""What is left of what people type when accents, case, punctuation and spacing do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Letters that Unicode does not take apart into a base and a mark.
_BASES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_APOSTROPHES = re.compile(r"['’ʼ`´.]")
_GAPS = re.compile(r"[\W_]+")
_HAN_NUMBER: Final = re.compile("[〇零一二三四五六七八九十]+")
_HAN_DIGITS: Final = {sign: number for number, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a name for comparing: "São Paulo" and "sao_paulo" both give "sao paulo"."""
    return _GAPS.sub(" ", _APOSTROPHES.sub("", _bare(text))).strip()


@lru_cache(maxsize=2048)
def folded(text: str) -> str:
    """Return a text without case, accents, full-width forms and doubled spaces; its punctuation stays."""
    return " ".join(_bare(text.replace("½", ".5").replace("’", "'")).split())


def in_digits(text: str) -> str:
    """Return a text with numbers below a hundred that are written in Chinese characters in digits: 三十分 is 30分."""
    return _HAN_NUMBER.sub(_number, text)


def spaceless(text: str) -> bool:
    """Whether these are letters of a script that is written without spaces between words."""
    return bool(text) and all(unicodedata.name(letter, "").startswith(_SPACELESS) for letter in text)


_SPACELESS: Final = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_BASES)


def _number(match: re.Match[str]) -> str:
    tens, ten, ones = match[0].partition("十")
    if not ten:
        return "".join(str(_HAN_DIGITS[sign]) for sign in tens)
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return match[0]
    return str(10 * (_HAN_DIGITS[tens] if tens else 1) + (_HAN_DIGITS[ones] if ones else 0))
