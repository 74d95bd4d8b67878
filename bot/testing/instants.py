"""The instants that a message shows in its readers' own time, and their words, where it is clients who write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.engine.packing import PlainStyle
from bot.engine.ports import Localizer, Reader, Style
from bot.model.message import Value
from bot.model.moment import Moment, Show


class Noting:
    """A localizer that notes which instants it was to write for readers' own zones."""

    def __init__(self, localizer: Localizer) -> None:
        """Write as `localizer` does."""
        self.moments: dict[Moment, None] = {}
        self._localizer = localizer

    def write(self, value: Value, reader: Reader, style: Style) -> str:
        """Write it, and note its instants."""
        return self._localizer.write(value, reader, _NotingStyle(style, self.moments))

    def languages(self) -> Sequence[str]:
        """Return what the localizer does."""
        return self._localizer.languages()

    def negotiate(self, tag: str) -> str | None:
        """Return what the localizer does."""
        return self._localizer.negotiate(tag)

    def words(self, reader: Reader) -> dict[str, str]:
        """Return each instant's words for a reader, by "<seconds since 1970>:<how much is shown>"."""
        return {
            f"{int(moment.at.timestamp())}:{moment.show}": self._localizer.write(moment, reader, PlainStyle())
            for moment in self.moments
        }


@dataclass(frozen=True, slots=True)
class _NotingStyle:
    style: Style
    moments: dict[Moment, None]

    def text(self, written: str) -> str:
        return self.style.text(written)

    def person(self, name: str, account: str | None) -> str:
        return self.style.person(name, account)

    def command(self, words: str, room: bool = False) -> str:
        return self.style.command(words, room)

    def option(self, name: str) -> str:
        return self.style.option(name)

    def moment(self, at: datetime, show: str) -> str | None:
        self.moments[Moment(at, Show(show))] = None
        return self.style.moment(at, show)
