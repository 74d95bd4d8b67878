"""Puts a handoff's content together from the journal and the directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.api import Entry, Kind, Member, MemberId, Message, State, Transaction
from cogs.handoff import messages
from cogs.handoff.absence import away
from cogs.handoff.crew import Crew
from cogs.handoff.digest import digest, standing
from cogs.handoff.store import Handoff

OLDEST = timedelta(days=90)
"""How far back open blockers are looked for."""

Pair = tuple[MemberId, date]


@dataclass(frozen=True)
class Compiled:
    """A handoff's post, and what its members wrote by member and date, as it stands; `people` are all in it."""

    post: Message
    entries: Mapping[Pair, Sequence[Entry]]
    people: Mapping[MemberId, Member]

    def update(self, pair: Pair) -> Message:
        """What the thread shows of a member's date."""
        return messages.update(self.entries.get(pair, ()), *pair, self.people)


async def written(tx: Transaction, handoff: Handoff, pairs: Iterable[Pair]) -> Mapping[Pair, Sequence[Entry]]:
    """What stands in the journal for those members' dates."""
    wanted = set(pairs)
    days = [day for _, day in wanted]
    found = await tx.journal.entries(team=handoff.team, authors={m for m, _ in wanted}, dates=(min(days), max(days)))
    entries: dict[Pair, list[Entry]] = {}
    for entry in standing(found):
        if (entry.author, entry.date) in wanted:
            entries.setdefault((entry.author, entry.date), []).append(entry)
    return entries


async def compiled(
    tx: Transaction, crew: Crew | None, handoff: Handoff, entries: Mapping[Pair, Sequence[Entry]], pairs: Iterable[Pair]
) -> Compiled:
    """Compile a handoff; without a crew (the team is gone) nobody is shown as away."""
    authors = {member for member, _ in pairs}
    written = [entry for group in entries.values() for entry in group]
    day = handoff.leg.date
    blocked = await tx.journal.entries(
        team=handoff.team, authors=authors, dates=(day - OLDEST, day), kinds=[Kind.BLOCKER], states=[State.OPEN]
    )
    people = await _people(tx, crew, handoff, written, authors)
    known = {pair: group for pair, group in entries.items() if pair[0] in people}
    gone = away(crew.relay.times, handoff.handed, crew.members) if crew else ()
    order = [*handoff.leg.members, *sorted(authors - set(handoff.leg.members))]
    taking = handoff.receiver.members if handoff.receiver else ()
    told = [e for e in written if e.author in people]
    short = digest(told, [e for e in blocked if e.author in people], day, order, taking)
    return Compiled(messages.post(messages.Content(handoff, short, people, gone)), known, people)


async def _people(
    tx: Transaction, crew: Crew | None, handoff: Handoff, entries: Iterable[Entry], authors: Iterable[MemberId]
) -> Mapping[MemberId, Member]:
    known = dict(crew.members) if crew else {}
    wanted = {*authors, *(e.addressee for e in entries if e.addressee is not None)}
    if handoff.receiver:
        wanted |= set(handoff.receiver.members)
    if missing := wanted - known.keys():
        known.update(await tx.people.members(missing))
    return known
