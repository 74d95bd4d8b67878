"""A style that shows what passed through it."""

from __future__ import annotations

from datetime import datetime


class Plain:
    """Writes everything as it is."""

    def text(self, written: str) -> str:
        """Return it unchanged."""
        return written

    def person(self, name: str, account: str | None) -> str:
        """Return the name, or the account that is notified."""
        return f"@{account}" if account else name

    def command(self, words: str, room: bool = False) -> str:
        """Return the words in backquotes."""
        return f"`{words}`"

    def option(self, name: str) -> str:
        """Return the name between small angles."""
        return f"‹{name}›"

    def moment(self, at: datetime, show: str) -> str | None:
        """Leave it to the localizer."""
        return None


class Marked(Plain):
    """Puts every text it is given between brackets: what is outside did not pass, what is in two passed twice."""

    def text(self, written: str) -> str:
        """Return it in brackets."""
        return f"[{written}]"


class Native(Plain):
    """A platform that shows instants in each reader's own time."""

    def moment(self, at: datetime, show: str) -> str | None:
        """Return the instant in the platform's own way."""
        return f"<t:{at:%H:%M}:{show}>"
