"""The codes by which rooms and workspaces are joined: how long they last, and how many wrong ones are looked at."""

from __future__ import annotations

from datetime import timedelta

from bot.api import ALPHABET, digest, new_code

__all__ = ["ALPHABET", "LASTS", "MOST_WRONG", "digest", "new_code"]

LASTS = timedelta(hours=1)
MOST_WRONG = 5
"""Wrong codes that one account may type within `LASTS`."""
