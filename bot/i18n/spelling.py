"""What is left of a name when accents, case, punctuation and spacing do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart into a base and a mark.
_BASES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_APOSTROPHES = re.compile(r"['’ʼ`´.]")
_GAPS = re.compile(r"[\W_]+")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a name for comparing: "São Paulo" and "sao_paulo" both give "sao paulo"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _GAPS.sub(" ", _APOSTROPHES.sub("", bare.translate(_BASES))).strip()
