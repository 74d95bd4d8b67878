"""Chunks for people who take nothing from the bot at present: put back to wait, or ended where that is too late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.engine.errors import Closed
from bot.engine.ports import Chunk, ChunkState, Op, Stores
from bot.engine.reach import AGAIN
from bot.engine.transaction import to_member
from bot.engine.undelivered import tell_unreached
from bot.model.event import Unsent
from bot.model.identity import Identity


def direct(chunk: Chunk) -> bool:
    """Return whether a chunk is a message to a member's direct conversation."""
    return chunk.op is Op.SEND and chunk.member is not None and chunk.stream == to_member(chunk.member).stream


async def spare(
    stores: Stores, chunks: Sequence[Chunk], whose: Mapping[int, Identity], now: datetime
) -> tuple[frozenset[int], Sequence[Unsent]]:
    """Put back what is for accounts (`whose`, by chunk) that were found closed since it was packed.

    Returns which chunks are not to go, and what is lost because it may have been tried before.
    """
    contacts = await stores.contacts.of(whose.values())
    shut = {account for account, contact in contacts.items() if contact.shut(now)}
    spared = [chunk for chunk in chunks if whose.get(chunk.id) in shut]
    if not spared:
        return frozenset(), ()
    back = await stores.outbox.recall(sorted({chunk.parcel for chunk in spared}), now, asked=True)
    lost: list[Unsent] = []
    for chunk in spared:
        if chunk.parcel not in back:
            lost += await _give_up(stores, chunk, "its person takes nothing at present")
    kept_back = {chunk.id for chunk in spared} | {chunk.id for chunk in chunks if chunk.parcel in back}
    return frozenset(kept_back), lost


async def note_closed(
    stores: Stores, chunk: Chunk, account: Identity, problem: Closed, now: datetime
) -> Sequence[Unsent]:
    """Remember that an account takes nothing; return what is lost by it.

    What was certainly never sent is not: it is put back the next time that somebody looks (see `spare`).
    """
    if await stores.contacts.closed(account, now, now + AGAIN, problem.remedy):
        await tell_unreached(stores, account, problem, now)
    if direct(chunk) and chunk.first_try is None:
        await stores.outbox.untried([chunk.id])
        return ()
    return await _give_up(stores, chunk, str(problem))


async def _give_up(stores: Stores, chunk: Chunk, reason: str) -> Sequence[Unsent]:
    await stores.outbox.give_up(chunk.id, ChunkState.REFUSED, reason)
    if chunk.member is None or not direct(chunk):
        return ()
    workspace = (await stores.directory.member(chunk.member)).workspace
    return [Unsent(workspace, part.kind, part.key, chunk.member, part.date) for part in chunk.parts]
