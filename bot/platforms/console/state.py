"""The chat service's state, as its log makes it: what each kind of record changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.platforms.console.log import Record

BOT = "Heliotrope"
"""The bot's own account."""


@dataclass(slots=True)
class Standing:
    """A message as it stands now."""

    id: str
    by: str
    address: str
    thread: str | None
    at: datetime
    content: Mapping[str, Any]
    deleted: bool = False
    title: str | None = None
    """The title of the thread that it opens, if it opens one."""

    @property
    def text(self) -> str:
        """What a reader sees."""
        return str(self.content.get("text", ""))


@dataclass(slots=True)
class Person:
    """An account. `closed` refuses what the bot wants to say in private; `left` are the scopes it is not in."""

    name: str
    admin: bool = False
    bot: bool = False
    closed: bool = False
    left: set[str] = field(default_factory=set)


@dataclass(slots=True)
class State:
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    """The scope of each channel, by name; "" is the main one."""
    messages: dict[str, Standing] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    last_from_bot: dict[str, str] = field(default_factory=dict)
    keys: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)


def apply(state: State, record: Record) -> None:
    """Change the state by what a record tells."""
    data = record.data
    if act := data.get("act"):
        state.acts[act] = data.get("message", "")
    if (key := data.get("key")) and key not in state.keys:
        state.keys[key] = (data["message"], record.at)
    change = _CHANGES.get(record.kind)
    if change is not None:
        change(state, data, record.at)


def _account(state: State, data: Mapping[str, Any], at: datetime) -> None:
    known = state.people.get(data["name"])
    state.people[data["name"]] = Person(data["name"], data["admin"], data["bot"])
    if known:
        state.people[data["name"]].closed, state.people[data["name"]].left = known.closed, known.left


def _door(closed: bool) -> Callable[[State, Mapping[str, Any], datetime], None]:
    def change(state: State, data: Mapping[str, Any], at: datetime) -> None:
        state.people[data["name"]].closed = closed

    return change


def _channel(state: State, data: Mapping[str, Any], at: datetime) -> None:
    state.channels[data["name"]] = data.get("scope", "")


def _left(state: State, data: Mapping[str, Any], at: datetime) -> None:
    state.people[data["by"]].left.add(data["scope"])


def _came(state: State, data: Mapping[str, Any], at: datetime) -> None:
    state.people[data["by"]].left.discard(data["scope"])


def _said(state: State, data: Mapping[str, Any], at: datetime) -> None:
    content = {"text": data["text"]}
    state.messages[data["message"]] = Standing(
        data["message"], data["by"], data["address"], data["thread"], at, content
    )
    state.said.setdefault(data["by"], []).append(data["message"])


def _sent(state: State, data: Mapping[str, Any], at: datetime) -> None:
    state.messages[data["message"]] = Standing(
        data["message"], BOT, data["address"], data["thread"], at, data["content"]
    )
    state.said.setdefault(BOT, []).append(data["message"])
    state.last_from_bot[data["address"]] = data["message"]


def _edited(state: State, data: Mapping[str, Any], at: datetime) -> None:
    state.messages[data["message"]].content = {"text": data["text"]}


def _changed(state: State, data: Mapping[str, Any], at: datetime) -> None:
    state.messages[data["message"]].content = data["content"]


def _deleted(state: State, data: Mapping[str, Any], at: datetime) -> None:
    state.messages[data["message"]].deleted = True


def _marked(state: State, data: Mapping[str, Any], at: datetime) -> None:
    state.acts[f"mark {data['message']} {data['emoji']}"] = data["message"]


def _threaded(state: State, data: Mapping[str, Any], at: datetime) -> None:
    state.messages[data["message"]].title = data["title"]


_CHANGES: Mapping[str, Callable[[State, Mapping[str, Any], datetime], None]] = {
    "account": _account,
    "closed": _door(True),
    "opened": _door(False),
    "channel": _channel,
    "left": _left,
    "came": _came,
    "said": _said,
    "edited": _edited,
    "deleted": _deleted,
    "sent": _sent,
    "changed": _changed,
    "removed": _deleted,
    "marked": _marked,
    "threaded": _threaded,
}
