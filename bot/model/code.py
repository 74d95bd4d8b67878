"""Codes that people copy from one place to another, such as "K7QX-M3PA": how they look, and what is kept of them."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Final

ALPHABET: Final = "234679ACDEFGHJKMNPQRTUVWXY"
"""What no reader takes for another sign: of 0 and O, 1, I and L, 5 and S, 8 and B there is none, nor Z beside 2."""
GROUP: Final = 4
LENGTH: Final = 2 * GROUP


def new_code() -> str:
    """Return a new code; 26 ** 8 are too many to be tried, a few an hour."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{signs[:GROUP]}-{signs[GROUP:]}"


def digest(written: str) -> str:
    """Return what is kept of a code, however its groups and cases were typed."""
    signs = unicodedata.normalize("NFKC", written).upper()
    return hashlib.sha256("".join(sign for sign in signs if sign.isalnum()).encode()).hexdigest()
