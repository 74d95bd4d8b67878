"""What people do in Matrix rooms, read from events of any shape. Nothing here raises, whatever a server sends."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard

from bot.model.event import Inbound, MessageDeleted, MessageEdited, MessageReceived, Reacted
from bot.model.identity import Place
from bot.model.moment import EPOCH
from bot.platforms.matrix.media import attached
from bot.platforms.matrix.naming import NAME, Named, Roster, named, storable
from bot.platforms.matrix.rights import server_of

__all__ = ["NAME", "Ignored", "Known", "Me", "Memory", "Reread", "Room", "Roster"]
__all__ += ["instant", "known_from", "read", "refers_to", "restored"]

_EVENT_ID: Final = re.compile("\\$[^\\s\x00-\x20\x7f\ud800-\udfff]{1,254}")
_LAST_MILLISECOND: Final = 253_402_300_799_999
_LONGEST_EMOJI: Final = 100
_MESSAGES: Final = frozenset({"m.room.message", "m.sticker"})
_FILES: Final = {"m.image": "image", "m.file": "file", "m.audio": "audio", "m.video": "video", "m.sticker": "image"}
_NOTICES: Final = frozenset({"m.notice", "m.server_notice"})
# What older clients put before a reply: the replied-to message, its first line with the sender's id.
_QUOTED: Final = re.compile(r"> (?:\* )?<@[^>\n]*>[^\n]*\n(?:>[^\n]*\n)*\n?")


@dataclass(frozen=True, slots=True)
class Room:
    """A room as its events are read.

    `admins` says who administers what is decided here, by rooms' states alone (`Rights.administers`). In a direct
    conversation, where the person may do anything, that is asked of the rooms of their workspace; the roster has
    those rooms' people too, so that they can be named.
    """

    id: str
    roster: Roster
    admins: Callable[[str], bool]
    name: str = ""
    direct: bool = False
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's account, the name it shows, and the user ids of other bots."""

    user_id: str
    name: str = ""
    bots: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that is not for the bot, and why; `malformed` if it breaks the specification."""

    reason: str
    malformed: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What must be known of an earlier event to understand one that refers to it.

    `kind` is "message", "edit", "reaction" or "other"; `target` is what an edit or a reaction is about, "" where
    that was taken back with it.
    """

    kind: str
    sender: str
    thread: str | None = None
    target: str = ""
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Reread:
    """One version of a message was taken back: `restored` makes the event, given the version that stands now."""

    message_id: str
    room: Room
    me: Me
    common: Mapping[str, Any]


class Memory:
    """What must be known of the last events, `limit` of them."""

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._known: OrderedDict[str, Known] = OrderedDict()

    def take(self, event: object) -> None:
        """Keep what must be known of an event, decrypted where it was encrypted; what is known already stays."""
        known, id = known_from(event), _get(event, "event_id")
        if known is None or not _is_event_id(id) or id in self._known:
            return
        self._known[id] = known
        if len(self._known) > self._limit:
            self._known.popitem(last=False)

    def get(self, event_id: str) -> Known | None:
        """Return what is known of an event."""
        return self._known.get(event_id)


def refers_to(event: object) -> str | None:
    """Return the event that must be looked up before this one is read: the target of an edit or a redaction."""
    target: object = None
    if _get(event, "type") == "m.room.redaction":
        target = _redacted(event)
    elif _relation(event).get("rel_type") == "m.replace":
        target = _relation(event).get("event_id")
    return target if _is_event_id(target) else None


def known_from(event: object) -> Known | None:
    """Return what must be known of an event, from the event itself (decrypted) or from what is left of it."""
    kind, sender = _get(event, "type"), _get(event, "sender")
    if not isinstance(sender, str) or not isinstance(kind, str):
        return None
    relation = _relation(event)
    target = relation.get("event_id")
    target = target if _is_event_id(target) else ""
    if kind == "m.reaction":
        return Known("reaction", sender, target=target, emoji=_emoji(relation.get("key")) or "")
    if (kind not in _MESSAGES and kind != "m.room.encrypted") or _get(event, "state_key") is not None:
        return Known("other", sender)
    if relation.get("rel_type") == "m.replace":
        return Known("edit", sender, target=target)
    return Known("message", sender, thread=_thread(event))


def read(
    event: object, room: Room, me: Me, received: datetime, known: Known | None = None
) -> Inbound | Reread | Ignored:
    """Return what a timeline event, decrypted where it was encrypted, tells.

    `received` (UTC) is the latest that it can have happened, whatever it says; `known` is of what `refers_to` names.
    """
    common = _common(event, room, me, received)
    if isinstance(common, Ignored):
        return common
    match _get(event, "type"):
        case "m.room.message" | "m.sticker":
            return _message(event, room, me, common, known)
        case "m.reaction":
            return _reaction(event, room, common)
        case "m.room.redaction":
            return _redaction(event, room, me, common, known)
        case "m.room.encrypted":
            return Ignored("it could not be decrypted")
        case kind:
            return Ignored(f"events of this type are not read: {str(kind)[:100]!r}")


def restored(reread: Reread, standing: object) -> MessageEdited | MessageDeleted:
    """Return the change to the message whose text is now that of `standing`: its newest edit, or the original."""
    content = _content(standing)
    new = content.get("m.new_content") if _relation(standing).get("rel_type") == "m.replace" else content
    if not isinstance(new, Mapping) or not isinstance(new.get("body"), str):
        return MessageDeleted(**reread.common, message_id=reread.message_id)
    said = _said(new, _get(standing, "type"), reread.room, reread.me)
    return MessageEdited(**reread.common, message_id=reread.message_id, text=said.text, withdrawn=True)


# --- kinds of events ------------------------------------------------------------------------------------------


def _common(event: object, room: Room, me: Me, received: datetime) -> dict[str, Any] | Ignored:
    """Return what all inbound events have."""
    id, sender, sent = _get(event, "event_id"), _get(event, "sender"), _get(event, "origin_server_ts")
    if not _is_event_id(id):
        return Ignored("it has no event id", malformed=True)
    if not isinstance(sender, str) or server_of(sender) is None or storable(sender) != sender:
        return Ignored("it has no sender", malformed=True)
    if not _is_instant(sent):
        return Ignored("it has no time", malformed=True)
    if sender == me.user_id:
        return Ignored("the bot's own")
    if _get(event, "state_key") is not None:
        return Ignored("it is state")
    return {
        "id": id,
        "place": Place(NAME, room.id, _thread(event)),
        "at": instant(event, received),
        "scope": room.scope,
        "direct": room.direct,
        **_by(sender, room, me),
    }


def instant(event: object, received: datetime) -> datetime:
    """Return when an event was sent (UTC), at the latest when it was received; its server may say anything."""
    sent = _get(event, "origin_server_ts")
    return min(EPOCH + timedelta(milliseconds=sent), received) if _is_instant(sent) else received


def _is_instant(sent: object) -> TypeGuard[int]:
    return isinstance(sent, int) and not isinstance(sent, bool) and 0 <= sent <= _LAST_MILLISECOND


def _by(user: str, room: Room, me: Me) -> dict[str, Any]:
    return {"author": room.roster.account(user), "admin": room.admins(user), "bot": user in me.bots}


def _message(
    event: object, room: Room, me: Me, common: dict[str, Any], known: Known | None
) -> MessageReceived | MessageEdited | Ignored:
    content, kind = _content(event), _get(event, "type")
    if not content and _get(_get(event, "unsigned"), "redacted_because") is not None:
        return Ignored("it was taken back")
    if _relation(event).get("rel_type") == "m.replace":
        return _edit(event, room, me, common, known)
    said = content.get("msgtype") if kind == "m.room.message" else kind
    if not isinstance(said, str) or not isinstance(content.get("body"), str):
        return Ignored("a message without msgtype or body", malformed=True)
    if said.startswith("m.key.verification."):
        return Ignored("it is about verification")
    file = attached(content, _FILES[said]) if said in _FILES else None
    words = _said(content, kind, room, me)
    return MessageReceived(
        **common | {"bot": common["bot"] or said in _NOTICES},
        message_id=common["id"],
        text=words.text,
        attachments=(file.reference(),) if file else (),
        addressed=words.addressed,
        people=words.people,
        place_name=_name(room),
    )


def _name(room: Room) -> str:
    return "" if room.direct else storable(room.name)


def _edit(event: object, room: Room, me: Me, common: dict[str, Any], known: Known | None) -> MessageEdited | Ignored:
    target, new = refers_to(event), _content(event).get("m.new_content")
    if target is None or not isinstance(new, Mapping) or not isinstance(new.get("body"), str):
        return Ignored("an edit without its message or its new text", malformed=True)
    if known is None:
        return Ignored("an edit of a message that can't be found")
    if known.sender != common["author"].identity.account:
        return Ignored("an edit of somebody else's message", malformed=True)
    if known.kind != "message":
        return Ignored("an edit of what is no message", malformed=True)
    bot = common["bot"] or new.get("msgtype") in tuple(_NOTICES)
    place = Place(NAME, room.id, known.thread)
    text = _said(new, _get(event, "type"), room, me).text
    return MessageEdited(**common | {"bot": bot, "place": place}, message_id=target, text=text)


def _reaction(event: object, room: Room, common: dict[str, Any]) -> Reacted | Ignored:
    relation = _relation(event)
    target, emoji = relation.get("event_id"), _emoji(relation.get("key"))
    if relation.get("rel_type") != "m.annotation" or not _is_event_id(target) or emoji is None:
        if _get(_get(event, "unsigned"), "redacted_because") is not None:
            return Ignored("it was taken back")
        return Ignored("a reaction without its message or emoji", malformed=True)
    return Reacted(**common, message_id=target, emoji=emoji, place_name=_name(room))


def _redaction(
    event: object, room: Room, me: Me, common: dict[str, Any], known: Known | None
) -> MessageDeleted | Reacted | Reread | Ignored:
    target = refers_to(event)
    if target is None:
        return Ignored("a redaction of nothing", malformed=True)
    if known is None:  # nothing of ours hangs on a message that is not known
        return MessageDeleted(**common, message_id=target)
    if known.sender == me.user_id:
        return Ignored("the bot's own was taken back")
    if server_of(known.sender) is None:
        return Ignored("a redaction of what nobody sent", malformed=True)
    # A moderator may take back what a person said: to the bot it is that person's message that is gone.
    common = common | {"place": Place(NAME, room.id, known.thread)} | _by(known.sender, room, me)
    if known.kind == "reaction" and known.target and known.emoji:
        return Reacted(**common, message_id=known.target, emoji=known.emoji, removed=True)
    if known.kind == "edit" and known.target:
        return Reread(known.target, room, me, common)
    if known.kind == "message":
        return MessageDeleted(**common, message_id=target)
    return Ignored("a redaction of what is no message, or of what is not known any more")


# --- parts of events ------------------------------------------------------------------------------------------


def _said(content: Mapping[str, Any], kind: object, room: Room, me: Me) -> Named:
    """Return the words of a message, and who is named in them. A file's name is none, its caption is."""
    body, formatted = content.get("body"), content.get("formatted_body")
    words = storable(body) if isinstance(body, str) else ""
    name = content.get("filename")
    if kind == "m.sticker" or (content.get("msgtype") in tuple(_FILES) and (not isinstance(name, str) or name == body)):
        return Named("", addressed=False)
    if _in_reply(content):
        quoted = _QUOTED.match(words)
        words = words[quoted.end() :] if quoted else words
    mentions = content.get("m.mentions")
    users = mentions.get("user_ids") if isinstance(mentions, Mapping) else None
    mentioned = [user for user in users if isinstance(user, str)] if isinstance(users, list) else []
    html = formatted if isinstance(formatted, str) else ""
    return named(words, html, mentioned, room.roster, me.user_id, me.name)


def _in_reply(content: Mapping[str, Any]) -> bool:
    """Say whether a text replies to another, which older clients repeat in it."""
    relation = content.get("m.relates_to")
    return isinstance(relation, Mapping) and "m.in_reply_to" in relation


def _get(event: object, key: str) -> Any:
    return event.get(key) if isinstance(event, Mapping) else None


def _content(event: object) -> Mapping[str, Any]:
    content = _get(event, "content")
    return content if isinstance(content, Mapping) else {}


def _relation(event: object) -> Mapping[str, Any]:
    relation = _content(event).get("m.relates_to")
    return relation if isinstance(relation, Mapping) else {}


def _thread(event: object) -> str | None:
    relation = _relation(event)
    root = relation.get("event_id")
    return root if relation.get("rel_type") == "m.thread" and _is_event_id(root) else None


def _redacted(event: object) -> object:
    """Return the event that a redaction is of: up to room version 10 beside the content, later in it."""
    return _get(event, "redacts") or _content(event).get("redacts")


def _is_event_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _EVENT_ID.fullmatch(value) is not None


def _emoji(key: object) -> str | None:
    """Return a reaction's emoji (some clients allow any short text), or None where it has none."""
    return storable(key) if isinstance(key, str) and 0 < len(key) <= _LONGEST_EMOJI else None
