"""What a member's client makes of an event: by which names it is looked for, and which words it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from bot.platforms.matrix.joined import Event
from bot.platforms.matrix.outbound import KEY

SAID = frozenset({"m.room.message", "m.room.encrypted", "m.reaction", "m.room.redaction", "m.sticker"})
"""Types of events in which somebody does something, and nobody's rights or names change."""
_LINES = frozenset({"p", "h4", "br", "li", "ul", "ol", "blockquote", "hr"})


def content_of(event: Event) -> Mapping[str, Any]:
    """Return an event's content, {} where it has none."""
    content = event.get("content")
    return content if isinstance(content, Mapping) else {}


def relation_of(event: Event) -> Mapping[str, Any]:
    """Return how an event relates to another, {} where it does not."""
    relation = content_of(event).get("m.relates_to")
    return relation if isinstance(relation, Mapping) else {}


def target_of(event: Event) -> str:
    """Return the event that one redacts, edits or reacts to, or is in the thread of; "" for none."""
    redacted = event.get("redacts") or content_of(event).get("redacts")
    return str(redacted or relation_of(event).get("event_id") or "")


def thread_of(event: Event) -> str | None:
    """Return the root of the thread that an event is in, or None."""
    relation = relation_of(event)
    return str(relation.get("event_id")) if relation.get("rel_type") == "m.thread" else None


def names_of(event: Event) -> Iterator[str]:
    """Yield the names by which an event is looked for: its id, and what it does."""
    content, relation = content_of(event), relation_of(event)
    yield str(event.get("event_id"))
    if KEY in content:
        yield keyed(str(content[KEY]))
    if event.get("type") == "m.room.redaction":
        yield gone(target_of(event))
    if event.get("type") == "m.reaction":
        yield mark(str(event.get("sender")), target_of(event), str(relation.get("key")))


def keyed(key: str) -> str:
    """Name the event that was sent under a key of the bot's."""
    return f"key {key}"


def gone(message: str) -> str:
    """Name the redaction of a message."""
    return f"gone {message}"


def mark(sender: str, message: str, emoji: str) -> str:
    """Name somebody's emoji on a message."""
    return f"mark {sender} {message} {emoji}"


def shown(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts that clients show of a message's content: the plain body, and the HTML one if there is one.

    Of an edit, that is its new content.
    """
    new = content.get("m.new_content")
    now: Mapping[str, Any] = new if isinstance(new, Mapping) else content
    yield str(now.get("body", ""))
    if now.get("format") == "org.matrix.custom.html":
        page = _Page()
        page.feed(str(now.get("formatted_body", "")))
        page.close()
        yield "".join(page.text)


class _Page(HTMLParser):
    """Shows HTML as text: blocks on lines of their own, and numbers before the items of a numbered list."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LINES:
            self.text.append("\n")
        if tag in ("ul", "ol"):
            start = dict(attrs).get("start") or "1"
            self._lists.append(int(start) if tag == "ol" else None)
        if tag == "li" and self._lists and (number := self._lists[-1]) is not None:
            self.text.append(f"{number}. ")
            self._lists[-1] = number + 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINES:
            self.text.append("\n")
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)
