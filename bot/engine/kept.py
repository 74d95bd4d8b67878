"""Events that are kept until it is known what they are for: as JSON, following their messages' edits and deletions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.engine.ports import Said
from bot.model.event import Commanded, Inbound, MessageReceived, Picked, Pressed, Submitted
from bot.model.identity import Account, Identity, MessageRef, Place


def stored(said: Said) -> dict[str, Any]:
    """Return what is kept of something said."""
    return {
        "text": said.text,
        "attachments": list(said.attachments),
        "place": _place(said.source.place),
        "message": said.source.message_id,
        "at": said.at.isoformat(),
    }


def as_said(item: Mapping[str, Any]) -> Said:
    """Return what was kept of something said."""
    source = MessageRef(Place(*item["place"]), item["message"])
    return Said(item["text"], tuple(item["attachments"]), source, datetime.fromisoformat(item["at"]))


def kept(event: Inbound) -> list[dict[str, Any]]:
    """Return what is kept of an event: a message, or what was sent in by a form; of others nothing."""
    match event:
        case MessageReceived():
            item = stored(Said(event.text, event.attachments, event.ref, event.at))
            people = [[a.identity.platform, a.identity.account, a.name] for a in event.people]
            item |= {"people": people, "addressed": event.addressed or isinstance(event, Commanded)}
            return [item | _of_menu(event)]
        case Submitted():
            return [{"form": event.form, "values": dict(event.values), "message": event.message_id}]
        case Pressed():
            said = stored(Said(event.command, (), MessageRef(event.place, event.message_id), event.at))
            return [{**said, "people": [], "addressed": True}]
    return []


def _of_menu(event: MessageReceived) -> dict[str, Any]:
    """Return what is kept besides of a command that was picked in a message's menu: its text, and that message."""
    if not isinstance(event, Commanded) or event.picked is None:
        return {}
    source, author = event.picked.source, event.picked.author
    picked = [_place(source.place), source.message_id, author.identity.account, author.name]
    return {"options": dict(event.options), "picked": picked}


def is_of(item: Mapping[str, Any], message: MessageRef) -> bool:
    """Return whether that was kept of a message."""
    return "form" not in item and (item["place"], item["message"]) == (_place(message.place), message.message_id)


def revised(item: Mapping[str, Any], text: str | None) -> dict[str, Any]:
    """Return what is kept of a message that says something else now; of one that is gone (None), without a text."""
    if text is None or "picked" not in item:
        return {**item, "text": text}
    return {**item, "options": dict.fromkeys(item["options"], text)}


def restored(event: Inbound, item: Mapping[str, Any]) -> Submitted | MessageReceived:
    """Return what was kept as an event of now: answered where the person has just chosen."""
    common: dict[str, Any] = {
        "id": event.id,
        "place": event.place,
        "author": event.author,
        "at": event.at,
        "scope": event.scope,
        "direct": event.direct,
        "admin": event.admin,
        "admin_of": event.admin_of,
        "answer": event.answer,
        "language": event.language,
        "message_id": item["message"],
    }
    if "form" in item:
        return Submitted(**common, form=item["form"], values=item["values"])
    said: dict[str, Any] = {
        **{**common, "place": Place(*item["place"])},
        "text": item["text"],
        "attachments": tuple(item["attachments"]),
        "people": tuple(Account(Identity(platform, account), name) for platform, account, name in item["people"]),
        "addressed": item["addressed"],
    }
    if "picked" not in item:
        return MessageReceived(**said)
    where, message, account, name = item["picked"]
    place = Place(*where)
    picked = Picked(MessageRef(place, message), Account(Identity(place.platform, account), name))
    return Commanded(**said, options=item["options"], picked=picked)


def _place(place: Place) -> list[str | None]:
    return [place.platform, place.address, place.thread]
