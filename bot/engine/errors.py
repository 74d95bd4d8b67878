"""What can go wrong between the engine and its ports."""

from __future__ import annotations

from datetime import timedelta

from bot.model.errors import HeliotropeError


class TryLater(HeliotropeError):
    """The platform certainly did nothing and asks to be called again, after `after` if it said when."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        """Take the platform's reason and the wait it asked for."""
        super().__init__(reason)
        self.after = after


class Refused(HeliotropeError):
    """The platform will never do it: a closed conversation, a missing right, a deleted channel."""


class OutcomeUnknown(HeliotropeError):
    """The call broke off: it may or may not have had its effect."""


class StorageFull(HeliotropeError):
    """Nothing more can be written; what was being written was rolled back."""


class NewerDatabase(HeliotropeError):
    """The database was made by a newer version; it is left untouched."""


class DatabaseLocked(HeliotropeError):
    """Another process holds the database."""
