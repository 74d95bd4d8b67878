"""How Discord names things: ids that carry time, keys as nonces and in buttons, and where answers go."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.engine.errors import PlaceGone
from bot.model.identity import Place

NAME: Final = "discord"
"""The platform's name, in identities and places."""
EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
"""Where Discord's ids begin to count."""
LONGEST_NONCE: Final = 25
LONGEST_CUSTOM_ID: Final = 100
ROW: Final = 1
"""A component's type: a row of buttons."""

_MILLISECOND: Final = timedelta(milliseconds=1)
_SNOWFLAKE = re.compile(r"[0-9]{1,20}")
_PLAIN_KEY = re.compile(rf"[A-Za-z0-9._:-]{{1,{LONGEST_NONCE}}}")
_OURS: Final = "helio"
_KEPT: Final = "#"
_ANSWER: Final = "answer"
_REPLY: Final = "reply:"


# --- ids ------------------------------------------------------------------------------------------------------


def is_id(text: object) -> bool:
    """Say whether a text can be one of Discord's ids."""
    return isinstance(text, str) and _SNOWFLAKE.fullmatch(text) is not None


def time_of(id: str) -> datetime:
    """Return the instant (UTC) at which an id was made."""
    return EPOCH + (int(id) >> 22) * _MILLISECOND


def snowflake_at(instant: datetime) -> str:
    """Return the smallest id of an instant."""
    return str(max(0, (instant - EPOCH) // _MILLISECOND) << 22)


# --- keys -----------------------------------------------------------------------------------------------------


def nonce(key: str) -> str:
    """Return a chunk's key as a nonce: at most 25 characters, another for each key, the same each time."""
    return key if _PLAIN_KEY.fullmatch(key) else _digest(key)


def _digest(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[: LONGEST_NONCE - 1].lower()


@dataclass(frozen=True, slots=True)
class Press:
    """What a button's custom id says: under which nonce its message was sent, and the command of its choice.

    A command that is too long for an id is kept by its `digest` instead.
    """

    nonce: str
    command: str = ""
    digest: str = ""


def custom_id(number: int, key: str, command: str) -> str:
    """Return the id of a message's button: its place in the message, the message's key, and its command."""
    start = f"{_OURS}:{number}:{nonce(key)}|"
    whole = start + command
    return whole if _fits(whole) and not command.startswith(_KEPT) else f"{start}{_KEPT}{_digest(command)}"


def _fits(text: str) -> bool:
    return len(text.encode("utf-16-le")) // 2 <= LONGEST_CUSTOM_ID


def pressed(custom_id: str) -> Press | None:
    """Return what a button's id says, or None where it is none of a choice's."""
    head, bar, command = custom_id.partition("|")
    ours, _, rest = head.partition(":")
    number, _, sent_as = rest.partition(":")
    if ours != _OURS or not bar or not number.isdigit() or not sent_as:
        return None
    if command.startswith(_KEPT):
        return Press(sent_as, digest=command.removeprefix(_KEPT))
    return Press(sent_as, command)


def stamped(content: Mapping[str, Any], key: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a content with its choices as buttons that carry the key, and the commands that are kept by digest.

    Before, a button's custom id is the choice's command alone (see `render`).
    """
    kept: dict[str, str] = {}
    rows, number = [], 0
    for row in content.get("components", ()):
        buttons = []
        for button in row["components"]:
            command = button["custom_id"]
            id = custom_id(number, key, command)
            said = pressed(id)
            if said is not None and said.digest:
                kept[said.digest] = command
            buttons.append({**button, "custom_id": id})
            number += 1
        rows.append({**row, "components": buttons})
    return {**content, "components": rows}, kept


def sent_as(components: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the nonce that a message's buttons carry, or None where it has no button of ours."""
    for row in components:
        for button in row.get("components", ()):
            found = pressed(str(button.get("custom_id", "")))
            if found is not None:
                return found.nonce
    return None


# --- places ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """The response that an interaction waits for: whose it is, and the token to write it with, for 15 minutes.

    `channel` is set where the response is an ordinary message (in a direct conversation), which can be changed later.
    """

    interaction: str
    token: str
    user: str
    channel: str = ""

    @property
    def place(self) -> Place:
        """The response as a place that an answer goes to."""
        return Place(NAME, "/".join((_ANSWER, self.interaction, self.user, self.channel, self.token)))


def answer_of(place: Place) -> Answer | None:
    """Return the response that a place stands for, or None where it is a channel."""
    first, *rest = place.address.split("/", 4)
    if first != _ANSWER or len(rest) != 4:
        return None
    interaction, user, channel, token = rest
    return Answer(interaction, token, user, channel)


def channel_of(place: Place) -> str:
    """Return the id of the channel or thread that messages of a place stand in. Raises PlaceGone for no such id."""
    inside = place.thread if place.thread is not None and replied_to(place) is None else place.address
    if not is_id(inside):
        raise PlaceGone(f"there is no channel {inside!r}")
    return inside


def replies(message_id: str) -> str:
    """Return what stands for a thread where none may be made: replies to the post."""
    return f"{_REPLY}{message_id}"


def replied_to(place: Place) -> str | None:
    """Return the post that messages of a place are replies to, where they are."""
    if place.thread is None or not place.thread.startswith(_REPLY):
        return None
    return place.thread.removeprefix(_REPLY)
