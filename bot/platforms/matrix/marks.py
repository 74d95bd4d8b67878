"""Values inside a sentence, marked so that one text gives the plain and the HTML body alike.

People can't write marks: they are control characters, and what people write is freed of those first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from itertools import count
from urllib.parse import quote

from bot.engine.marking import has_controls, marked, neutral, parted
from bot.platforms.matrix.media import REFERENCE, parse
from bot.platforms.matrix.rights import server_of

_SPACES = re.compile(r"(?<=\n) | (?= )")  # HTML shows several spaces as one, and none at the start of a line


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one kind: "t" text, "b" bold, "c" code, "u" a person, "a" a link, "f" a file.

    `to` is the user id, address or reference behind the last three.
    """

    kind: str
    text: str
    to: str = ""

    @property
    def plain(self) -> str:
        """The run in a plain body."""
        return f"`{self.text}`" if self.kind == "c" else self.text

    @property
    def html(self) -> str:
        """The run in an HTML body, its further lines indented."""
        text = _SPACES.sub("\u00a0", self.text.replace("\t", " " * 4))
        text = escape(text).replace("\n", "<br>")
        match self.kind:
            case "b":
                return f"<strong>{text}</strong>"
            case "c":
                return f"<code>{text}</code>"
            case "u" if self.to:
                return f'<a href="https://matrix.to/#/{quote(self.to, safe="@:")}">{text}</a>'
            case "a" if self.to:
                return f'<a href="{escape(self.to)}">{text}</a>'
            case _:
                return text

    def cut(self, at: int) -> tuple[Run, Run]:
        """Return the run's two parts; what is behind it is behind the first."""
        return replace(self, text=self.text[:at]), replace(self, text=self.text[at:], to="")


def mark(run: Run) -> str:
    """Return a run as it stands inside a marked text."""
    return marked(run.kind, run.text, run.to)


def runs_of(text: str) -> tuple[Run, ...]:
    """Return a marked text's runs."""
    return tuple(Run(*run) for run in parted(text))


@dataclass(frozen=True, slots=True)
class MarkedStyle:
    """Values inside a sentence, as marked text. `prefix` goes before commands where one is needed."""

    direct: bool
    prefix: str

    def text(self, written: str) -> str:
        """Neutralise what a person wrote, and indent its further lines; pictures in it are shown."""
        text, end, parts = neutral(written).replace("\n", "\n  "), 0, []
        for found in REFERENCE.finditer(text):
            file = parse(found[0])
            if file is not None:
                shown = Run("f", file.name or file.url, found[0])
                parts += [text[end : found.start()], mark(shown)]
                end = found.end()
        return "".join((*parts, text[end:]))

    def person(self, name: str, account: str | None) -> str:
        """Write a name; with the account, a pill that notifies it."""
        shown = " ".join(neutral(name).split())
        if account is None or server_of(account) is None or has_controls(account):
            return shown
        return mark(Run("u", shown or account, account))

    def command(self, words: str, room: bool = False) -> str:
        """Write words to type, with the prefix where one is needed."""
        typed = " ".join(neutral(words).split())
        return mark(Run("c", f"{self.prefix} {typed}" if room or not self.direct else typed))

    def option(self, name: str) -> str:
        """Write an option's name in English, as it is typed."""
        return neutral(name)

    def moment(self, at: datetime, show: str) -> str | None:
        """Leave it to the localizer: Matrix can't show each reader their own time."""
        return None


# --- cutting --------------------------------------------------------------------------------------------------


def cut(runs: Iterable[Run], at: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Part runs behind their first `at` characters."""
    before: list[Run] = []
    after: list[Run] = []
    for run in runs:
        left = at - sum(len(r.text) for r in before)
        if left >= len(run.text):
            before.append(run)
        elif left <= 0:
            after.append(run)
        else:
            first, second = run.cut(left)
            before.append(first)
            after.append(second)
    return tuple(before), tuple(after)


def border(text: str, limit: int) -> int:
    """Return where to cut a text of more than `limit` characters: where a line or a word ends, if one does."""
    for end in ("\n", " "):
        at = text.rfind(end, limit // 2, limit)
        if at >= 0:
            return at + 1
    return joint(text, limit)


def joint(text: str, at: int) -> int:
    """Return the last place at or before `at` that is not inside a letter with its accents or a composed emoji."""
    for place in count(at, -1):
        if place <= max(at - 32, 0):
            return at
        if not _continues(text[place]) and text[place - 1] != "\u200d":
            return place
    raise AssertionError("the count has no end")


def _continues(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Mn", "Me", "Mc")
        or character in "\u200b\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
