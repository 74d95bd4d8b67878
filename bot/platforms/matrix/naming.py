"""Names in what people write: who is meant by a pill, a user id or a display name, and whether it is the bot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from urllib.parse import unquote

from bot.model.identity import Account, Identity
from bot.platforms.matrix.rights import server_of

NAME = "matrix"
"""The platform's name, in identities and places."""

_LONGEST_NAME = 100
# What no database stores: half of a surrogate pair, and U+0000, which PostgreSQL has not.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Control characters, and those that turn the direction of the text that follows them.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
_REPLIED_TO = ("<mx-reply>", "</mx-reply>")
_MOST_PILLS = 100
_LINK = re.compile(r"""<a\s[^<>]*?\bhref\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')[^<>]*>([^<]*)</a>""", re.IGNORECASE)
_MARKDOWN = re.compile(r"\[([^\[\]\n]{1,255})\]\(<?(https://matrix\.to/#/[^()\s<>]{1,512})>?\)")
_FULL_ID = re.compile(r"@[^\s:@]{1,255}:[^\s,;!?()<>\"'“”]{1,255}")
_BEFORE_TEXT = re.compile(r"(?:\s|<p>|<br\s*/?>)*", re.IGNORECASE)
_NO_END_OF_A_NAME = "_-.'’@/"


def storable(text: str) -> str:
    """Return a text as any database can hold it, its lines ended by "\\n"."""
    return _UNSTORABLE.sub("\ufffd", text).replace("\r\n", "\n")


def shown_name(written: object, user_id: str) -> str:
    """Return a display name as one line without control characters; that part of the id before ":" if it has none."""
    name = storable(" ".join(_CONTROLS.sub(" ", written).split())) if isinstance(written, str) else ""
    return name[:_LONGEST_NAME].strip() or user_id[1:].partition(":")[0] or user_id


class Roster:
    """Who is in a room, by user id, with the display name of each ("" where they have set none).

    Made once for each change of who is there, as it keeps names ready to be found in texts.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {user: shown_name(name, user) for user, name in names.items()}
        self._users: dict[str, dict[str, list[str]]] = {}
        for user, name in self._names.items():
            self._users.setdefault(name.casefold(), {}).setdefault(name, []).append(user)
        self._lengths = sorted({len(name) for name in self._names.values()}, reverse=True)

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._names

    def account(self, user_id: str) -> Account:
        """Return a user as an account, by the name shown here."""
        return Account(Identity(NAME, user_id), self._names.get(user_id) or shown_name("", user_id))

    def named_in(self, text: str) -> Iterator[str]:
        """Yield users whose display names are in a text: as a word and written the same, or in any case behind "@".

        A name that two people have is nobody's.
        """
        for at, character in enumerate(text):
            if at and text[at - 1] != "@" and _in_a_word(text[at - 1]) and _in_a_word(character):
                continue
            for length in self._lengths:
                for name, users in self._users.get(text[at : at + length].casefold(), {}).items():
                    if len(users) == 1 and _stands(text, at, name):
                        yield users[0]


def _in_a_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _stands(text: str, at: int, name: str) -> bool:
    """Say whether a name stands at a place of a text, as a whole word."""
    end = at + len(name)
    found = text[at:end]
    called = at > 0 and text[at - 1] == "@" and (at < 2 or not _in_a_word(text[at - 2]))
    same = found.casefold() == name.casefold() if called else found == name and text[max(at - 1, 0) : at] != "@"
    return same and not (end < len(text) and _in_a_word(text[end]) and _in_a_word(name[-1]))


@dataclass(frozen=True, slots=True)
class Pill:
    """A link to a person in a formatted text: whom it is to, and how it is written there."""

    user_id: str
    label: str


def linked_user(link: str) -> str | None:
    """Return the user that a matrix.to link or a matrix: URI leads to."""
    link = unquote(link)
    for before, sigil in (("https://matrix.to/#/", ""), ("matrix:u/", "@")):
        if link.startswith(before):
            user = sigil + link.removeprefix(before).partition("?")[0]
            return user if server_of(user) else None
    return None


def pills(formatted: str) -> Iterator[Pill]:
    """Yield the pills of an HTML text, in their order, but for those in what it replies to."""
    for link in islice(_LINK.finditer(_without_reply(formatted)), _MOST_PILLS):
        user = linked_user(unescape(link[1] or link[2] or ""))
        if user is not None:
            yield Pill(user, storable(unescape(link[3])).strip())


def _without_reply(formatted: str) -> str:
    """Return an HTML text without what it replies to, which older clients repeat in it."""
    opening, closing = _REPLIED_TO
    start = formatted.find(opening)
    end = formatted.find(closing, start)
    return formatted[:start] + formatted[end + len(closing) :] if 0 <= start < end else formatted


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named in a text: the text without the mention of the bot that it began with, if it did; and people."""

    text: str
    addressed: bool
    people: tuple[Account, ...] = field(default=())


def named(text: str, formatted: str, mentioned: Iterable[str], roster: Roster, me: str, my_name: str) -> Named:
    """Return who is named in a message: its plain and its HTML text, and the users of its `m.mentions`.

    Pills that are written in another way than the person's name is shown are written as that. Only people of the
    roster are named, and the bot is no such.
    """
    links = list(pills(formatted))
    text = _MARKDOWN.sub(lambda link: _written(link, roster, me, my_name), text)
    meant = {user for user in mentioned if isinstance(user, str)} | {pill.user_id for pill in links}
    rest = _addressed(text, formatted, me, my_name, me in meant)
    text = text if rest is None else rest
    for pill in links:
        name = roster.account(pill.user_id).name
        if pill.user_id != me and pill.user_id in roster and pill.label not in ("", name):
            text = _renamed(text, pill.label, name)
    typed = (user for found in _FULL_ID.findall(text) for user in (found, found.rstrip(".:")))
    users = dict.fromkeys([*(pill.user_id for pill in links), *sorted(meant), *typed, *roster.named_in(text)])
    people = tuple(roster.account(user) for user in users if user in roster and user != me)
    return Named(text, rest is not None, people)


def _renamed(text: str, label: str, name: str) -> str:
    """Write a name where a label stands first, as a whole word."""
    at = text.find(label)
    while at >= 0 and (
        (at > 0 and _in_a_word(text[at - 1]) and _in_a_word(label[0]))
        or (_in_a_word(text[at + len(label) : at + len(label) + 1] or " ") and _in_a_word(label[-1]))
    ):
        at = text.find(label, at + 1)
    return text if at < 0 else text[:at] + name + text[at + len(label) :]


def _written(link: re.Match[str], roster: Roster, me: str, my_name: str) -> str:
    """Write a link of the plain text as the name alone, if it leads to a person."""
    user = linked_user(link[2])
    if user is None:
        return link[0]
    if user == me:
        return my_name or me
    return roster.account(user).name if user in roster else link[1]


def _addressed(text: str, formatted: str, me: str, my_name: str, meant: bool) -> str | None:
    """Return what follows the mention of the bot at the start of a text, or None where there is none."""
    labels = {my_name, me, _first_pill(formatted, me), me[1:].partition(":")[0] if meant else ""} - {""}
    start = text.lstrip()
    for label in sorted(labels | {f"@{label}" for label in labels}, key=len, reverse=True):
        rest = start[len(label) :]
        ends = not rest or not (rest[0].isalnum() or rest[0] in _NO_END_OF_A_NAME)
        if ends and start[: len(label)].casefold() == label.casefold():
            return rest.lstrip(" \t\n,:;、，：")
    return None


def _first_pill(formatted: str, me: str) -> str:
    """Return how the bot's pill is written that an HTML text begins with, or ""."""
    html = _without_reply(formatted)
    before = _BEFORE_TEXT.match(html)
    link = _LINK.match(html, before.end() if before else 0)
    if link is None or linked_user(unescape(link[1] or link[2] or "")) != me:
        return ""
    return storable(unescape(link[3])).strip()
