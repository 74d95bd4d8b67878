"""Members whom nobody can write to directly are asked in their team's channel, in one message for each local date.

Whoever answers is named there no more, and neither is who has not by the end of their day. Who comes in later is
named in a new post instead of the one that stands, for an edit notifies nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set
from datetime import date

from bot.api import (
    Call,
    Channel,
    MemberId,
    Message,
    Person,
    Purpose,
    Reach,
    TeamId,
    Transaction,
    Unreached,
    Unsent,
    to_channel,
)
from cogs.standup import store, unreachable_messages
from cogs.standup.answers import Reading
from cogs.standup.records import NOWHERE, Listed, Standup, Update
from cogs.standup.vocabulary import reading_of


async def unreached(tx: Transaction, event: Unreached) -> None:
    """Ask in a channel whom a prompt does not reach, as long as nothing is answered."""
    prompts = [row for row in event.messages if row.kind == "standup.prompt" and row.member is not None]
    if not prompts:
        return
    standups = await store.standups(tx, {_standup(row) for row in prompts})
    days = {(_standup(row), row.date) for row in prompts if row.date is not None}
    for standup, day in sorted(days):
        members = {row.member for row in prompts if (_standup(row), row.date) == (standup, day) and row.member}
        channel = await _channel(tx, standups[standup].team, members)
        if channel is not None:
            await _ask(tx, standups[standup], day, members, channel)
        else:
            await _note(tx, standups[standup], day, members)


async def channels_changed(tx: Transaction, standup: Standup) -> None:
    """Ask those in a new channel whom nothing reached while there was none, for the dates that are still open."""
    waiting = await store.asked_nowhere(tx, standup.id)
    members = {each.member for each in waiting}
    channel = await _channel(tx, standup.team, members) if waiting else None
    if channel is None:
        return
    reached = await tx.reach(members)
    await store.forget_nowhere(tx, standup.id, members)
    for day in sorted({each.date for each in waiting}):
        then = {each.member for each in waiting if each.date == day}
        closed = {member for member in then if member in reached and reached[member].reach is Reach.CLOSED}
        await _ask(tx, standup, day, closed, channel)


async def settled(tx: Transaction, updates: Iterable[Update]) -> None:
    """Name these members no more: they have answered, or need not any more; and do not ask them late either."""
    about = {(u.standup, u.date, u.member): u for u in updates}
    if not about:
        return
    found = await store.asked_in_channels(tx, {s for s, _, _ in about}, {day for _, day, _ in about})
    gone = [each for each in found if each.listed and (each.standup, each.date, each.member) in about]
    for each in gone:
        for what in ("prompt", "reminder"):
            await tx.drop_unsent(about[each.standup, each.date, each.member].post(what))
    await _take_off(tx, gone, found)


async def left(tx: Transaction, standup: Standup, members: Collection[MemberId]) -> None:
    """Name these members no more: the standup asks them nothing any more."""
    await store.forget_nowhere(tx, standup.id, members)
    gone = await store.listed_for(tx, standup.id, members)
    await _take_off(tx, gone, await store.asked_in_channels(tx, [standup.id], {each.date for each in gone}))


async def is_listed(tx: Transaction, update: Update) -> bool:
    """Return whether a member is asked for an update in a channel at present, as nothing reached them directly."""
    found = await store.asked_in_channels(tx, [update.standup], [update.date])
    return any(each.listed and each.member == update.member for each in found)


async def asked_there(
    tx: Transaction, prompts: Collection[tuple[int, MemberId, date]]
) -> set[tuple[int, MemberId, date]]:
    """Return which of these (standup, member, local date) were asked in a channel, whatever became of it."""
    found = await store.asked_in_channels(tx, {s for s, _, _ in prompts}, {day for _, _, day in prompts})
    return {(each.standup, each.member, each.date) for each in found} & set(prompts)


async def answer_here(call: Call, team: str, update: Update, reading: Reading) -> Message | None:
    """Return what to say in a channel to somebody who can't be written to directly; None if that goes elsewhere."""
    if call.direct:
        return None
    reached = (await call.tx.reach([call.member.id])).get(call.member.id)
    if reached is None or reached.reach is not Reach.CLOSED:
        return None
    if reading.open:
        return unreachable_messages.open_questions(team, update.date, update.questions, reading.open)
    return unreachable_messages.thanks(team, update.date)


# --- the post -------------------------------------------------------------------------------------------------


def _standup(row: Unsent) -> int:
    """The standup whose prompt it is; its key was made by `Update.post`."""
    return int(row.key.split(":")[1])


async def _channel(tx: Transaction, team: TeamId, members: Iterable[MemberId]) -> Channel | None:
    """Where a team's members are asked: where it hands over, else where it meets; on a platform of theirs if it can."""
    platforms = {reached.platform for reached in (await tx.reach(members)).values()}
    found = [c for purpose in (Purpose.HANDOFF, Purpose.SOCIAL) for c in await tx.people.channels(team, purpose)]
    return next((channel for channel in found if channel.place.platform in platforms), next(iter(found), None))


async def _note(tx: Transaction, standup: Standup, day: date, members: Set[MemberId]) -> None:
    """Keep that these members could be asked nowhere, as their team has no channel yet."""
    known = {each.member for each in await store.asked_in_channels(tx, [standup.id], [day])}
    known |= {each.member for each in await store.asked_nowhere(tx, standup.id) if each.date == day}
    fresh = sorted(members - known)
    nowhere = [Listed(standup.workspace, standup.id, member, day, NOWHERE, listed=False) for member in fresh]
    await store.list_in_channel(tx, nowhere)


async def _ask(tx: Transaction, standup: Standup, day: date, members: Set[MemberId], channel: Channel) -> None:
    before = await store.asked_in_channels(tx, [standup.id], [day])
    known = {each.member for each in before}
    open_ = [
        kept.update
        for kept in await store.kept(tx, [standup.id], members - known, [day])
        if reading_of(tx, kept).empty and not kept.update.skipped and tx.now < kept.update.ends
    ]
    if not open_:
        return
    number = max((each.post for each in before), default=0) + 1
    fresh = [Listed(u.workspace, u.standup, u.member, u.date, number) for u in open_]
    await store.list_in_channel(tx, fresh)
    standing = [each for each in before if each.listed]
    if standing:
        tx.delete(standing[0].key(number - 1), workspace=standup.workspace, kind="standup.unreached.delete")
    tx.send(
        to_channel(channel),
        await _said(tx, standup, [*standing, *fresh], number, channel.place.platform),
        workspace=standup.workspace,
        kind="standup.unreached",
        key=fresh[0].key(number),
        day=day,
        asked=False,
        expires=max(update.ends for update in open_),
    )


async def _take_off(tx: Transaction, gone: Sequence[Listed], found: Sequence[Listed]) -> None:
    """Bring the posts up to who is still to answer; `found` is everybody who was ever named in them."""
    if not gone:
        return
    await store.list_no_more(tx, gone)
    standups = await store.standups(tx, {each.standup for each in gone})
    for standup, day in sorted({(each.standup, each.date) for each in gone}):
        own = [each for each in found if (each.standup, each.date) == (standup, day)]
        number = max(each.post for each in own)
        rest = [each for each in own if each.listed and each not in gone]
        post, workspace = own[0].key(number), own[0].workspace
        if not rest:
            tx.delete(post, workspace=workspace, kind="standup.unreached.delete")
            continue
        channel = await _channel(tx, standups[standup].team, {each.member for each in own})
        said = await _said(tx, standups[standup], rest, number, channel.place.platform if channel else "")
        left = "-".join(str(each.member) for each in rest)
        tx.edit(post, said, workspace=workspace, kind="standup.unreached.edit", key=f"{post}:{left}")


async def _said(tx: Transaction, standup: Standup, listed: Sequence[Listed], post: int, platform: str) -> Message:
    """The post with this number: who is named in it for the first time is notified."""
    members = await tx.people.members(each.member for each in listed)
    reached = await tx.reach(members)
    people = [
        Person(each.member, members[each.member].name, ping=each.post == post)
        for each in sorted(listed, key=lambda each: members[each.member].name.casefold())
        if each.member in members
    ]
    known = [reached[person.member] for person in people if person.member in reached]
    remedies = dict.fromkeys(r.remedy for r in known if r.remedy is not None and r.platform == platform)
    return unreachable_messages.ask_here(people, standup.name, listed[0].date, tuple(remedies))
