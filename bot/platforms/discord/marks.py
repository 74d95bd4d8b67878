"""Values inside a sentence, marked so that one text gives the plain form and Discord's Markdown alike.

People can't write marks: they are control characters, and what people write is freed of those first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.engine.marking import marked, neutral, parted
from bot.platforms.discord.hints import Hints
from bot.platforms.discord.media import LINK, REFERENCE, parse
from bot.platforms.discord.naming import is_id

# As Discord's clients find addresses, and the punctuation behind one, which does nothing there.
_ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>.,:;\"')\]][.,:;\"')\]]*")
_SCHEME = re.compile(r"(https?)://")  # of what is no address, and would become one with the backslashes behind it
# Discord's Markdown takes a backslash before any sign; these are the signs that do something.
_SIGNS = re.compile(r"([\\`*_~|<>\[\]])")
_AT_START = re.compile(r"^([ \t]*(?=[#+-])|[ \t]*[0-9]{1,9}(?=[.)]))", re.MULTILINE)
_EVERYBODY = re.compile(r"@(?=everyone|here)")
_WORDS = re.compile(r"\S+\s*|\s+")
_STYLES: Final = {"time": "t", "date": "D", "datetime": "f", "relative": "R"}
"""Discord's styles of instants, by how much of one is shown."""


def escaped(text: str) -> str:
    """Return a text as Markdown that shows exactly it; addresses stay what they are, for nothing acts inside them."""
    parts, end = [], 0
    for address in _ADDRESS.finditer(text):
        parts += [_escaped(text[end : address.start()]), address[0]]
        end = address.end()
        if text[end : end + 1] in ("<", ">"):  # Discord would take their backslash for a part of the address
            parts.append(" ")
    return "".join((*parts, _escaped(text[end:])))


def _escaped(text: str) -> str:
    text = _SIGNS.sub(r"\\\1", text)
    text = _SCHEME.sub(r"\1\\://", text)
    text = _AT_START.sub(r"\1\\", text)
    return _EVERYBODY.sub("@\u200b", text)


def units(text: str) -> int:
    """Return how long Discord counts a text at most: in UTF-16."""
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one kind: "t" text, "b" bold, "c" code, "u" a person, "m" an instant, "f" a file.

    `to` is what is behind the last three: the account, the instant with its style, or the reference.
    """

    kind: str
    text: str
    to: str = ""

    @property
    def plain(self) -> str:
        """The run without markup."""
        return f"`{self.text}`" if self.kind == "c" else self.text

    @property
    def markdown(self) -> str:
        """The run as Discord reads it."""
        match self.kind:
            case "b":
                return f"**{escaped(self.text)}**"
            case "c":
                return f"`{self.text}`"
            case "u":
                return f"<@{self.to}>"
            case "m":
                return f"<t:{self.to}>"
            case "f":
                return self.to
            case _:
                return escaped(self.text)

    @property
    def size(self) -> int:
        """How much room it takes, at most."""
        return max(LINK, units(self.markdown)) if self.kind == "f" else units(self.markdown)

    def words(self, longest: int) -> Iterator[Run]:
        """Yield the run in parts of at most that size: where a word ends, else inside of one."""
        if self.kind not in ("t", "b", "c"):
            yield self
            return
        for word in _WORDS.findall(self.text):
            part = replace(self, text=word)
            while part.size > longest:
                at = joint(part.text, _fitting(part, longest))
                yield replace(part, text=part.text[:at])
                part = replace(part, text=part.text[at:])
            yield part


def _fitting(run: Run, longest: int) -> int:
    """Return how many characters of a run fit, at least one."""
    low, high = 1, len(run.text)
    while low < high:
        middle = (low + high + 1) // 2
        if replace(run, text=run.text[:middle]).size <= longest:
            low = middle
        else:
            high = middle - 1
    return low


def mark(run: Run) -> str:
    """Return a run as it stands inside a marked text."""
    return marked(run.kind, run.text, run.to)


def runs_of(text: str) -> tuple[Run, ...]:
    """Return a marked text's runs."""
    return tuple(Run(*run) for run in parted(text))


@dataclass(frozen=True, slots=True)
class MarkedStyle:
    """Values inside a sentence, as marked text. `plainly` writes an instant for a plain text.

    `hints` writes commands as clients take them.
    """

    plainly: Callable[[datetime, str], str]
    hints: Hints = field(default_factory=Hints)

    def text(self, written: str) -> str:
        """Neutralise what a person wrote, and indent its further lines; files in it are shown."""
        text, end, parts = neutral(written).replace("\n", "\n  "), 0, []
        for found in REFERENCE.finditer(text):
            file = parse(found[0])
            if file is not None:
                parts += [text[end : found.start()], mark(Run("f", " ".join(neutral(file.name).split()), found[0]))]
                end = found.end()
        return "".join((*parts, text[end:]))

    def person(self, name: str, account: str | None) -> str:
        """Write a name; with the account, a mention that notifies it."""
        shown = " ".join(neutral(name).split())
        return mark(Run("u", f"@{shown}", account)) if is_id(account) and account is not None else shown

    def command(self, words: str, room: bool = False) -> str:
        """Write words to type, as a slash command."""
        typed = " ".join(neutral(self.hints.slash(words)).replace("`", "'").split())
        return mark(Run("c", f"/{typed}"))

    def option(self, name: str) -> str:
        """Write an option's name, as the reader's client shows it."""
        return neutral(self.hints.option(name))

    def moment(self, at: datetime, show: str) -> str | None:
        """Write an instant so that each reader sees it in their own time."""
        return mark(Run("m", self.plainly(at, show), f"{int(at.timestamp())}:{_STYLES[show]}"))


# --- cutting --------------------------------------------------------------------------------------------------


def joint(text: str, at: int) -> int:
    """Return the last place at or before `at` that is not inside a letter with its accents or a composed emoji."""
    for place in range(at, max(at - 32, 0), -1):
        if place >= len(text) or not (_continues(text[place]) or text[place - 1] == "\u200d"):
            return place
    return at


def _continues(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Mn", "Me", "Mc")
        or character in "\u200b\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
