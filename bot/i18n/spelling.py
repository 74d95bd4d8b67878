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
_VOICED: Final = "\u3099\u309a"
"""The marks of kana that make other letters: without them Paris would be Bali."""
_KATAKANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_DIGRAPHS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_HAN_NUMBER: Final = re.compile("[〇零一二三四五六七八九十]+")
_HAN_DIGITS: Final = {sign: number for number, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a name for comparing: "São Paulo" and "sao_paulo" both give "sao paulo"."""
    return _GAPS.sub(" ", _APOSTROPHES.sub("", _bare(text))).strip()


def key(name: str) -> str:
    """Return what a place is looked up by: its name, plain; in kana without dots and spaces, キョウト for きょうと."""
    written = plain(name).translate(_KATAKANA)
    joined = written.replace(" ", "")
    return joined if spaceless(joined) else written


def keys(name: str) -> tuple[str, ...]:
    """Return what a place may be looked up by: München is found as munchen and as muenchen."""
    return tuple(dict.fromkeys((key(name), key(unicodedata.normalize("NFC", name.casefold()).translate(_DIGRAPHS)))))


def near(text: str, name: str) -> bool:
    """Whether a text is a name with a slip: one letter wrong, left out, doubled or changed with the next.

    Long names may have two; very short ones none, for most of what is typed is a slip away from some of them.
    """
    most = 0 if min(len(text), len(name)) < 3 else 1 if min(len(text), len(name)) < 8 else 2
    if abs(len(text) - len(name)) > most or (min(len(text), len(name)) < 5 and text[:1] != name[:1]):
        return False
    if len(set(text) ^ set(name)) > 2 * most:  # one that is changed takes a letter away and brings another
        return False
    return _apart(text, name) <= most


def _apart(text: str, name: str) -> int:
    """Return how many letters are to be put in, taken out, changed, or changed with the next (as Damerau counts)."""
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, a in enumerate(text, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(name, start=1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == name[j - 2] and text[i - 2] == b:
                steps = min(steps, older[j - 2] + 1)
            row.append(steps)
    return row[-1]


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
    left = "".join(letter for letter in apart if letter in _VOICED or not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", left).translate(_BASES)


def _number(match: re.Match[str]) -> str:
    tens, ten, ones = match[0].partition("十")
    if not ten:
        return "".join(str(_HAN_DIGITS[sign]) for sign in tens)
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return match[0]
    return str(10 * (_HAN_DIGITS[tens] if tens else 1) + (_HAN_DIGITS[ones] if ones else 0))
