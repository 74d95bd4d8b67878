"""What can go wrong between the engine and its ports."""

from __future__ import annotations

from datetime import timedelta

from bot.model.errors import HeliotropeError
from bot.model.message import Sentence


class TryLater(HeliotropeError):
    """The platform certainly did nothing and asks to be called again, after `after` if it said when."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        """Take the platform's reason and the wait it asked for."""
        super().__init__(reason)
        self.after = after


class Refused(HeliotropeError):
    """The platform will never do it: a closed conversation, a missing right, a deleted channel."""

    def __init__(self, reason: str, advice: Sentence | None = None) -> None:
        """Take the platform's reason, and what people can do about it."""
        super().__init__(reason)
        self.advice = advice


class PlaceGone(Refused):
    """The place is there no more, or the bot is not in it: a person may be reached in another that is made anew."""


class Barred(Refused):
    """The place takes no change for now: what changes or removes a message there is tried again until it does."""


class Closed(Refused):
    """The person takes no messages from the bot in private, until they open their settings again.

    `remedy` tells the person themselves how they do that; `advice`, as ever, tells whoever looks after their team.
    """

    def __init__(self, reason: str, advice: Sentence | None = None, remedy: Sentence | None = None) -> None:
        """Take the platform's reason, and what the team's owner and the person can do about it."""
        super().__init__(reason, advice)
        self.remedy = remedy


class OutcomeUnknown(HeliotropeError):
    """The call broke off: it may or may not have had its effect."""


class BadCredentials(HeliotropeError):
    """A platform does not accept the bot's account (any more): only the operator can mend that."""


class StorageFull(HeliotropeError):
    """Nothing more can be written; what was being written was rolled back."""


class NewerDatabase(HeliotropeError):
    """The database was made by a newer version; it is left untouched."""


class DatabaseLocked(HeliotropeError):
    """Another process holds the database."""
