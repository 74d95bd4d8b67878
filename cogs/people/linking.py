"""The commands by which a person's accounts on two platforms become one person to the bot, and part again."""

from __future__ import annotations

from datetime import timedelta

from bot.api import (
    N_,
    Account,
    Call,
    Message,
    Rest,
    command,
    digest,
    link_accounts,
    linked_accounts,
    new_code,
    part_accounts,
    partings,
    tell_account,
    to_member,
    to_place,
)
from cogs.people import link_messages, store

LASTS = timedelta(minutes=10)
"""How long a code works."""
WATCHED, MOST_WRONG = timedelta(hours=1), 5
"""Within how long an account may type how many wrong codes."""


@command(
    "me link",
    help=N_("Join your accounts on two platforms, so that I ask you once"),
    example="me link",
    options={"code": N_("The code that you got on the other platform; leave it out to get one here")},
    everywhere=True,
    strangers=True,
)
async def link(call: Call, code: Rest | None = None) -> Message | None:
    """Tell the caller a code in private, or join their account with the one that a code was told to."""
    return await _enter(call, code) if code and code.strip() else await _begin(call)


@command(
    "me unlink",
    help=N_("Part your accounts on two platforms again"),
    example="me unlink",
    everywhere=True,
)
async def unlink(call: Call, yes: bool = False) -> Message:
    """Part the caller's account from their others, after asking with what happens in each workspace."""
    mine = _account(call)
    parts = await partings(call.tx, mine.identity)
    if not parts:
        raise link_messages.nothing_linked()
    if not yes:
        raise link_messages.ask_unlink(mine, parts)
    await part_accounts(call.tx, parts)
    event = call.tx.cause.event if call.tx.cause is not None else None
    for other in link_messages.parted_from(mine, parts):
        told = link_messages.unlinked_there(mine, other, parts)
        key = f"people:unlinked:{other.identity.platform}:{other.identity.account}:{event.id if event else ''}"
        await tell_account(call.tx, other.identity, told, kind="people.unlinked", key=key)
    return link_messages.unlinked(parts)


async def _begin(call: Call) -> Message | None:
    tx, mine = call.tx, _account(call)
    if not call.direct and not call.member.id:
        raise link_messages.begin_privately()
    made, expires = new_code(), tx.now + LASTS
    await store.add_code(tx, digest(made), mine, call.workspace.id, expires)
    tx.send(
        to_member(call.member.id) if call.member.id else to_place(call.place),
        link_messages.code(made, mine, LASTS),
        workspace=call.workspace.id,
        kind="people.link_code",
        key=f"people:link:{digest(made)[:20]}",
        asked=True,
        expires=expires,
        secret=True,
    )
    waits = tx.cause is not None and tx.cause.event.answer is not None
    return link_messages.code_sent() if waits or not call.direct else None


async def _enter(call: Call, written: str) -> Message:
    """Join the accounts. A wrong code is no error, so that it is counted; nor one that others saw, which is spent."""
    tx, mine = call.tx, _account(call)
    wrong = await store.wrong_codes(tx, mine.identity, tx.now - WATCHED)
    if len(wrong) >= MOST_WRONG:
        return link_messages.too_many(wrong[-MOST_WRONG] + WATCHED - tx.now)
    kept = digest(written)
    other = await store.account_of_code(tx, kept)
    if other is None:
        await store.add_wrong_code(tx, mine.identity, call.workspace.id, tx.now - WATCHED)
        return link_messages.wrong_code()
    if not call.private:
        await store.use_code(tx, kept)
        return link_messages.seen_by_others()
    await _refuse(call, mine, other)
    await store.use_code(tx, kept)
    done = await link_accounts(tx, other, mine)
    if not done.added and not done.merged:
        raise link_messages.nobody_yet()
    told, key = link_messages.linked_there(mine), f"people:linked:{kept[:20]}"
    await tell_account(tx, other.identity, told, kind="people.linked", key=key)
    return link_messages.linked(other, mine, done)


async def _refuse(call: Call, mine: Account, other: Account) -> None:
    if mine.identity.platform == other.identity.platform:
        raise link_messages.same_platform(mine.identity.platform)
    theirs = await linked_accounts(call.tx, other.identity)
    if mine.identity in [account.identity for account in theirs]:
        raise link_messages.linked_already(other)
    ours = await linked_accounts(call.tx, mine.identity)
    for account in theirs:
        if account.identity.platform == mine.identity.platform:
            raise link_messages.other_linked(other, account)
    for account in ours:
        if account.identity.platform == other.identity.platform:
            raise link_messages.other_linked(mine, account)


def _account(call: Call) -> Account:
    if call.tx.cause is None:
        raise ValueError("nobody asked: a timer has no account")
    return call.tx.cause.event.author
