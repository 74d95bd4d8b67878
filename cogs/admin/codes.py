"""The codes by which rooms join a workspace: how they look, and what is kept of them."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from datetime import timedelta

ALPHABET = "234679ACDEFGHJKMNPQRTUVWXY"
"""What no reader takes for another sign: of 0 and O, 1, I and L, 5 and S, 8 and B there is none, nor Z beside 2."""
GROUP = 4
LENGTH = 2 * GROUP
LASTS = timedelta(hours=1)
MOST_WRONG = 5
"""Wrong codes that one account may type within `LASTS`."""


def new_code() -> str:
    """Return a new code, such as "K7QX-M3PA"; 26 ** 8 are too many to be tried, a few an hour."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{signs[:GROUP]}-{signs[GROUP:]}"


def digest(written: str) -> str:
    """Return what is kept of a code, however its groups and cases were typed."""
    signs = unicodedata.normalize("NFKC", written).upper()
    return hashlib.sha256("".join(sign for sign in signs if sign.isalnum()).encode()).hexdigest()
