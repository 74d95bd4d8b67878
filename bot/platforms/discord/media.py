"""Pictures and files by the message they stand in: their links are signed and expire, so they are fetched anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

SCHEME = "discord-file:"
REFERENCE = re.compile(r"discord-file:([0-9]{1,20})/([0-9]{1,20})/([0-9]{1,20})/([^\s/<>]{1,300})")
LINK = 500
"""Characters that a signed link takes at most; so much is kept free for each."""
_SIGNED = re.compile(r"https?://[^\s<>?]+/attachments/([0-9]{1,20})/([0-9]{1,20})/[^\s<>?]+\?[^\s<>]*")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is kept: where its message stands, its message, its own id, and its name."""

    channel: str
    message: str
    id: str
    name: str

    @property
    def reference(self) -> str:
        """The text that stands for it in messages and in the database."""
        return f"{SCHEME}{self.channel}/{self.message}/{self.id}/{quote(self.name[:80], safe='')}"


def parse(reference: str) -> File | None:
    """Return the file that a reference means, or None."""
    found = REFERENCE.fullmatch(reference)
    return File(found[1], found[2], found[3], unquote(found[4])) if found else None


def settled(text: str) -> str:
    """Return a text in which each file, linked or referred to, is written the same way: signatures change."""
    text = REFERENCE.sub(lambda found: f"{SCHEME}{found[1]}/{found[3]}", text)
    return _SIGNED.sub(lambda found: f"{SCHEME}{found[1]}/{found[2]}", text)
