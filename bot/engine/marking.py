"""What the platforms' renderers share: freeing people's text of what clients act on, and marks inside a text.

A marked text carries runs of a kind (a person, code, an instant) through a translation. People can't write marks:
these are control characters, and what people write is freed of those first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# C0 and C1 control characters, those that turn the direction of the text that follows them, and halves of characters.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MARKED = re.compile("\x01([a-z])([^\x02\x03]*)\x02([^\x03]*)\x03")


def neutral(written: str) -> str:
    """Return what a person wrote with nothing in it that a client acts on, but its lines: signs stand for controls."""
    return _CONTROLS.sub(_sign, _BREAKS.sub("\n", written))


def has_controls(text: str) -> bool:
    """Say whether there is anything in a text that `neutral` puts a sign for."""
    return _CONTROLS.search(text) is not None


def _sign(control: re.Match[str]) -> str:
    code = ord(control[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def marked(kind: str, text: str, to: str = "") -> str:
    """Return a run as it stands inside a marked text: its kind, one small letter, and whom or what it leads to."""
    return f"\x01{kind}{to}\x02{text}\x03"


def parted(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the runs of a marked text that have any text, as (kind, text, to); what is unmarked is of kind "t"."""
    end = 0
    for found in _MARKED.finditer(text):
        if found.start() > end:
            yield "t", text[end : found.start()], ""
        if found[3]:
            yield found[1], found[3], found[2]
        end = found.end()
    if end < len(text):
        yield "t", text[end:], ""
