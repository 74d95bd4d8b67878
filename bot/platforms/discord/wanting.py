"""What the bot lacks where Discord refuses it something: rights by their names, and what people can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntFlag
from typing import Any

from bot.engine.errors import Barred, OutcomeUnknown, PlaceGone, Refused, TryLater
from bot.model.event import Restriction
from bot.model.identity import Place
from bot.model.message import Listing, Sentence, catalogue
from bot.platforms.discord.rest import Rejected, Rest

_, n_ = catalogue("bot")

THREADS = frozenset({10, 11, 12})
"""The types of channels that are threads."""


class Right(IntFlag):
    """Rights in a channel, as Discord numbers them."""

    ADMINISTRATOR = 1 << 3
    ADD_REACTIONS = 1 << 6
    VIEW = 1 << 10
    SEND = 1 << 11
    READ_HISTORY = 1 << 16
    MANAGE_THREADS = 1 << 34
    CREATE_THREADS = 1 << 35
    SEND_IN_THREADS = 1 << 38


EVERY = Right.ADD_REACTIONS | Right.VIEW | Right.SEND | Right.READ_HISTORY
EVERY |= Right.CREATE_THREADS | Right.SEND_IN_THREADS
NAMES: Mapping[Right, Sentence] = {
    Right.VIEW: _("View Channel"),
    Right.SEND: _("Send Messages"),
    Right.SEND_IN_THREADS: _("Send Messages in Threads"),
    Right.CREATE_THREADS: _("Create Public Threads"),
    Right.READ_HISTORY: _("Read Message History"),
    Right.ADD_REACTIONS: _("Add Reactions"),
    Right.MANAGE_THREADS: _("Manage Threads"),
}
"""As Discord's settings name them in each language."""
MISSING_ACCESS = 50001
REFUSALS = frozenset({MISSING_ACCESS, 50013, 160002})
"""Missing Access, Missing Permissions, and a reply without the right to read the history."""
GONE = frozenset({10003, 10004})
ARCHIVED, LOCKED = 50083, 160005
"""The thread is archived, or locked: https://discord.com/developers/docs/topics/threads#locked-threads"""


def granted(me: str, channel: Mapping[str, Any], guild: Mapping[str, Any], roles: Iterable[str]) -> Right:
    """Return what a member with these roles may do in a channel, by Discord's order of overwrites."""
    mine = {*roles, guild["id"]}
    allowed = 0
    for role in guild["roles"]:
        allowed |= int(role["permissions"]) if role["id"] in mine else 0
    if allowed & Right.ADMINISTRATOR or guild.get("owner_id") == me:
        return EVERY
    overwrites = {each["id"]: each for each in channel.get("permission_overwrites", ())}
    for ids in ([guild["id"]], [each for each in mine if each != guild["id"]], [me]):
        found = [overwrites[each] for each in ids if each in overwrites]
        for each in found:
            allowed &= ~int(each["deny"])
        for each in found:
            allowed |= int(each["allow"])
    return Right(allowed) & EVERY


async def rights(rest: Rest, me: str, channel_id: str) -> Right:
    """Return what the bot may do in a channel or thread; in a direct conversation everything."""
    channel = await rest.call("GET", "/channels/{channel_id}", channel_id=channel_id)
    if channel.get("type") in THREADS:
        channel = await rest.call("GET", "/channels/{channel_id}", channel_id=channel["parent_id"])
    if "guild_id" not in channel:
        return EVERY
    guild = await rest.call("GET", "/guilds/{guild_id}", guild_id=channel["guild_id"])
    member = await rest.call("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=channel["guild_id"], user_id=me)
    return granted(me, channel, guild, member["roles"])


def restriction(place: Place, granted: Right) -> Restriction | None:
    """Return what the rights in a channel don't allow the bot to do there; None where they are enough."""
    if granted & Right.ADMINISTRATOR or not (missing := EVERY & ~granted):
        return None
    return Restriction(place, advice(missing), mute=bool(missing & (Right.VIEW | Right.SEND)))


async def restricted(rest: Rest, me: str, place: Place) -> Restriction | None:
    """Return what the bot may not do in a channel, as Discord says now; None where it does not say."""
    try:
        return restriction(place, await rights(rest, me, place.address))
    except Rejected as refusal:
        return Restriction(place, advice(Right.VIEW), mute=True) if refusal.code == MISSING_ACCESS else None
    except (TryLater, OutcomeUnknown, KeyError, TypeError):
        return None


async def lacking(rest: Rest, me: str, channel_id: str, needed: Right) -> Right:
    """Return which of the needed rights the bot lacks in a channel; all of them where that can't be read."""
    try:
        return needed & ~await rights(rest, me, channel_id) or needed
    except Rejected as refusal:
        return Right.VIEW if refusal.code == MISSING_ACCESS else needed
    except (TryLater, OutcomeUnknown, KeyError, TypeError):
        return needed


def named(rights: Right) -> Listing:
    """Return rights as a list in a sentence."""
    return Listing(tuple(NAMES[each] for each in NAMES if each in rights))


def advice(rights: Right) -> Sentence:
    """Return what is lacking, and who can grant it."""
    return _(
        "I need these rights there: {rights}. Who manages the server grants them in the channel's settings, under"
        " Permissions.",
        rights=named(rights),
    )


def refused(refusal: Rejected, rights: Right) -> Refused:
    """Return a refusal for missing rights, which names them."""
    return Refused(f"{refusal}: the bot needs {english(rights)}", advice(rights))


def locked(refusal: Rejected) -> Barred:
    """Return the refusal of a locked thread, in which without a right of its own nothing said can be changed."""
    advice = _(
        "The thread is locked. Somebody unlocks it in the thread's menu, or grants me the right “{right}” in the"
        " channel's settings, under Permissions.",
        right=NAMES[Right.MANAGE_THREADS],
    )
    return Barred(f"{refusal}: it has to be unlocked, or the bot needs {english(Right.MANAGE_THREADS)}", advice)


async def asleep(rest: Rest, me: str, thread: str, refusal: Rejected) -> Barred:
    """Return why a thread that was put away can't be woken: it is locked, or a right is missing."""
    if refusal.code == LOCKED or await _is_locked(rest, thread):
        return locked(refusal)
    rights = await lacking(rest, me, thread, Right.VIEW | Right.SEND_IN_THREADS)
    return Barred(f"{refusal}: the bot needs {english(rights)}", advice(rights))


async def _is_locked(rest: Rest, thread: str) -> bool:
    try:
        found = await rest.call("GET", "/channels/{channel_id}", channel_id=thread)
    except (Refused, TryLater, OutcomeUnknown):
        return False
    return found.get("thread_metadata", {}).get("locked") is True


def english(rights: Right) -> str:
    """Return rights as a list in a log."""
    return ", ".join(NAMES[each].text for each in NAMES if each in rights)


def gone(refusal: Rejected) -> PlaceGone:
    """Return the refusal of a channel that is there no more."""
    problem = PlaceGone(str(refusal))
    problem.advice = _("The channel is not there any more, or I can't see it.")
    return problem
