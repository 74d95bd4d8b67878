"""People who can't be reached: remembered by account, left alone for a while, tried again when they do something."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.engine.ports import Contact, Stores
from bot.model.event import Inbound, MessageEdited, MessageReceived, Pressed, Reacted, Submitted, Unreadable
from bot.model.identity import Identity, MemberId
from bot.model.people import Reach, Reached

AGAIN = timedelta(days=7)
"""After this somebody who takes nothing is tried again although they did nothing; as long, anything waits for them."""


DOINGS = (MessageReceived, MessageEdited, Reacted, Pressed, Submitted, Unreadable)
"""What shows that somebody is there."""


@dataclass(frozen=True)
class Shut:
    """To whom nothing is to be sent in private now, and until when (UTC); and which accounts that is due to."""

    until: Mapping[MemberId, datetime] = field(default_factory=dict)
    accounts: Collection[Identity] = ()


async def shut(
    stores: Stores, accounts: Mapping[MemberId, Sequence[Identity]], platforms: Collection[str], now: datetime
) -> Shut:
    """Return which of these members are shut on every platform where they have an account.

    Of several on one platform the first counts: that is where messages go.
    """
    usable = {member: _first_ones(theirs, platforms) for member, theirs in accounts.items()}
    contacts = await stores.contacts.of(account for theirs in usable.values() for account in theirs)
    closed = {a: contact.again for a, contact in contacts.items() if contact.shut(now) and contact.again is not None}
    until = {
        member: min(closed[account] for account in theirs)
        for member, theirs in usable.items()
        if theirs and all(account in closed for account in theirs)
    }
    return Shut(until, frozenset(closed))


def _first_ones(accounts: Sequence[Identity], platforms: Collection[str]) -> Sequence[Identity]:
    first = {account.platform: account for account in reversed(accounts) if account.platform in platforms}
    return [account for account in accounts if first.get(account.platform) == account]


async def heard(stores: Stores, event: Inbound, now: datetime) -> None:
    """Note where somebody answers, and try them again: they may have opened their direct messages.

    Platforms' clocks differ, so none of them counts for more than ours: one that is ahead would win for hours.
    """
    if event.bot or not isinstance(event, DOINGS):
        return
    if _answers(event):
        await stores.directory.answered_from(event.author.identity, min(event.at, now))
    await again(stores, event.author.identity, now)


def _answers(event: Inbound) -> bool:
    """Whether somebody says or chooses something in private, or sends in a form; mending what was said is no answer."""
    if isinstance(event, MessageEdited) or (isinstance(event, Reacted) and event.removed):
        return False
    return event.direct or isinstance(event, Submitted)


async def again(stores: Stores, account: Identity, now: datetime) -> None:
    """Try somebody again whom nothing reached, with what waits for them."""
    until = await stores.contacts.retry(account, now)
    if until is not None:
        members = await stores.directory.members_of_identity(account)
        await stores.outbox.release([member.id for member in members], until)


async def reach_of(stores: Stores, members: Iterable[MemberId]) -> Mapping[MemberId, Reached]:
    """Return how far the bot comes with each member in private, by the best of their accounts."""
    accounts = await stores.directory.identities(members)
    contacts = await stores.contacts.of(account for theirs in accounts.values() for account in theirs)
    return {
        member: min([await _reached(stores, a, contacts.get(a, Contact())) for a in theirs], key=_worth)
        for member, theirs in accounts.items()
        if theirs
    }


async def _reached(stores: Stores, account: Identity, contact: Contact) -> Reached:
    if contact.closed is not None:
        return Reached(Reach.CLOSED, account.platform, contact.closed, contact.remedy)
    met = contact.reached is not None or await stores.directory.direct_place(account) is not None
    return Reached(Reach.REACHED if met else Reach.WAITING, account.platform)


def _worth(reached: Reached) -> int:
    return (Reach.REACHED, Reach.WAITING, Reach.CLOSED).index(reached.reach)
