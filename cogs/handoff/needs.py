"""Those whom an ask needs and whom the post's mention did not reach are told, once, in their own working time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.api import Channel, Entry, Member, MemberId, Person, Transaction, to_member
from cogs.handoff import messages, store
from cogs.handoff.crew import Crew
from cogs.handoff.digest import Told, asks, compare
from cogs.handoff.store import Handoff

MENTIONED = ""
"""The key of a Told whom the mention in the post reached: there is no message to change."""


async def tell(
    tx: Transaction,
    crew: Crew | None,
    handoff: Handoff,
    entries: Sequence[Entry],
    people: Mapping[MemberId, Member],
    channels: Sequence[Channel],
) -> None:
    """Tell addressees of asks; not those at work whom the post in one of `channels` mentions on their platform."""
    wanted = _for_others(entries, people)
    platforms = {channel.place.platform for channel in channels}
    reached = await _at_work(tx, crew, [people[e.addressee] for e in wanted if e.addressee]) if platforms else set()
    accounts = await tx.people.identities(reached)
    reached = {m for m in reached if platforms & {account.platform for account in accounts.get(m, ())}}
    rows = []
    for ask in wanted:
        assert ask.addressee is not None
        told = Told(ask.id, ask.addressee, MENTIONED, "")
        if ask.addressee not in reached:
            told = _send(tx, handoff, ask, people)
        rows.append((told, ask.author, ask.date))
    await store.add_told(tx, handoff, rows)


async def retell(
    tx: Transaction,
    handoff: Handoff,
    author: Person,
    day: date,
    entries: Sequence[Entry],
    people: Mapping[MemberId, Member],
) -> None:
    """Bring what addressees were told up to what the author's date says now; new asks are told at once."""
    told = await store.told_of(tx, handoff.team, author.member, day)
    wanted = _for_others(entries, people)
    if not told and not wanted:
        return
    changes = compare(told, wanted)
    rows = [_renewed(tx, handoff, one, ask, people) for one, ask in changes.same]
    for one in changes.void:
        if one.key != MENTIONED:
            gone = messages.needs_no_more(handoff, author, day)
            key = f"{one.key}:edit:{one.version + 1}"
            tx.edit(one.key, gone, workspace=handoff.workspace, kind="handoff.needs.edit", key=key)
    rows += [_send(tx, handoff, ask, people) for ask in changes.new]
    await store.replace_told(tx, handoff, told, [(row, author.member, day) for row in rows])


def _for_others(entries: Sequence[Entry], people: Mapping[MemberId, Member]) -> list[Entry]:
    found = []
    for ask in asks(entries):
        whom = people.get(ask.addressee) if ask.addressee is not None else None
        if whom is not None and whom.active and whom.id != ask.author:
            found.append(ask)
    return found


def _send(tx: Transaction, handoff: Handoff, ask: Entry, people: Mapping[MemberId, Member]) -> Told:
    assert ask.addressee is not None
    said = messages.needs_you(handoff, ask, people)
    key = f"handoff:needs:{ask.id}:{ask.addressee}"
    tx.send(
        to_member(ask.addressee),
        said,
        workspace=handoff.workspace,
        kind="handoff.needs",
        key=key,
        day=ask.date,
        asked=False,
    )
    return Told(ask.id, ask.addressee, key, messages.fingerprint(said))


def _renewed(tx: Transaction, handoff: Handoff, told: Told, ask: Entry, people: Mapping[MemberId, Member]) -> Told:
    said = messages.needs_you(handoff, ask, people)
    now = messages.fingerprint(said)
    if told.key == MENTIONED or told.fingerprint == now:
        return Told(ask.id, told.addressee, told.key, told.fingerprint, told.version)
    new = store.renewed(told, ask.id, now)
    tx.edit(
        told.key, said, workspace=handoff.workspace, kind="handoff.needs.edit", key=f"{told.key}:edit:{new.version}"
    )
    return new


async def _at_work(tx: Transaction, crew: Crew | None, members: Sequence[Member]) -> set[MemberId]:
    times = dict(crew.relay.times) if crew else {}
    if missing := {m.id: m for m in members if m.id not in times}:
        times.update(await tx.people.working_times(missing.values()))
    return {m.id for m in members if times[m.id].is_working(tx.now)}
