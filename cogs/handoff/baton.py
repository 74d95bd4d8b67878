"""The baton passes: a leg's work is posted for the leg that takes over, once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.api import Channel, Purpose, TeamId, Timer, Transaction, to_channel, to_member, to_thread
from cogs.handoff import messages, needs, store
from cogs.handoff.compiling import Compiled, Pair, compiled, written
from cogs.handoff.crew import Crew, load
from cogs.handoff.digest import standing
from cogs.handoff.domain import USEFUL, Pass, dates_around, passes
from cogs.handoff.planning import floor_of, passes_at, plan, waiting_in
from cogs.handoff.store import Covered, Handoff, Outcome

LATEST_ANSWER = 5
"""Days after its date that an answer is still handed off: a long weekend, and one more."""


async def pass_batons(tx: Transaction, due: Sequence[Timer]) -> None:
    """Hand off what passed in each of those timers' teams since it was last looked after, and plan the next."""
    for timer in due:
        crew = await load(tx, TeamId(int(timer.key)))
        if crew is not None and crew.settings.enabled:
            waiting = await _catch_up(tx, crew, timer)
            floor = floor_of(timer) if waiting else tx.now  # what waits has passed, and is still to do
            await plan(tx, crew, floor, waiting)


async def _catch_up(tx: Transaction, crew: Crew, timer: Timer) -> date | None:
    """Hand off all legs that passed by now; return the date whose report waits for a first answer."""
    floor, waiting = floor_of(timer), waiting_in(timer)
    known = await store.covered(tx, crew.team.id, _first_date(floor))
    passed = list(passes(crew.relay, floor, known, passes_at(crew, waiting), until=tx.now))
    lost = []
    waits = None
    for number, one in enumerate(passed, start=1):
        pairs = {(member, one.leg.date) for member in one.leg.members}
        if number == len(passed):  # the others have theirs by now
            pairs |= await _strays(tx, crew, known | pairs, floor)
        handoff = await hand_off(tx, crew, one, pairs)
        if handoff is None:
            waits = one.leg.date
            continue
        known |= pairs
        if handoff.outcome is Outcome.MISSED:
            lost.append(handoff)
    if lost:
        key = f"{lost[0].key}:missed"
        owner = to_member(crew.team.owner)
        tx.send(owner, messages.not_posted(lost), workspace=crew.team.workspace, kind="handoff.missed", key=key)
    return waits


async def hand_off(tx: Transaction, crew: Crew, one: Pass, pairs: Collection[Pair]) -> Handoff | None:
    """Hand off a leg's work, with that of strays in `pairs`: post it, or note why not.

    None if it is a report with nothing to tell yet whose hour nobody set: it waits for the first answer.
    """
    handoff = await _made(tx, crew, one)
    entries = await written(tx, handoff, pairs)
    if not entries and crew.alone(one.leg) and crew.settings.report is None and one.leg.end > tx.now:
        return None
    covered = [Covered(member, day) for member, day in sorted(pairs)]
    if not entries:
        await store.add_handoff(tx, handoff, covered)
        return handoff
    content = await compiled(tx, crew, handoff, entries, pairs)
    channels = await handoff_channels(tx, handoff.team)
    outcome = Outcome.POSTED if channels else Outcome.NO_CHANNEL
    if tx.now - one.at >= USEFUL:
        outcome = Outcome.MISSED
    handoff = replace(handoff, outcome=outcome)
    if outcome is Outcome.POSTED:
        handoff, covered = publish(tx, handoff, content, channels, covered)
    elif outcome is Outcome.NO_CHANNEL:
        ask_for_channel(tx, crew)
    await store.add_handoff(tx, handoff, covered)
    asks = [entry for group in content.entries.values() for entry in group]
    await needs.tell(tx, crew, handoff, asks, content.people, channels if outcome is Outcome.POSTED else ())
    return handoff


def publish(
    tx: Transaction, handoff: Handoff, content: Compiled, channels: Sequence[Channel], covered: Sequence[Covered]
) -> tuple[Handoff, list[Covered]]:
    """Post a handoff with its thread, in each of the team's channels; return what is shown now."""
    day = handoff.leg.date
    tx.send(
        to_channel(channels[0]),
        content.post,
        workspace=handoff.workspace,
        kind="handoff.post",
        key=handoff.key,
        day=day,
        title=messages.title(handoff),
        also=[to_channel(channel) for channel in channels[1:]],
    )
    shown = [
        publish_update(tx, handoff, content, one) if content.entries.get((one.member, one.date)) else one
        for one in covered
    ]
    return replace(handoff, fingerprint=messages.fingerprint(content.post)), shown


def publish_update(tx: Transaction, handoff: Handoff, content: Compiled, one: Covered) -> Covered:
    """Put a member's update into the thread; return what is shown now."""
    said = content.update((one.member, one.date))
    tx.send(
        to_thread(handoff.key),
        said,
        workspace=handoff.workspace,
        kind="handoff.update",
        key=f"{handoff.key}:update:{one.member}:{one.date.isoformat()}",
        day=one.date,
    )
    return replace(one, fingerprint=messages.fingerprint(said))


async def handoff_channels(tx: Transaction, team: TeamId) -> Sequence[Channel]:
    """The channels that a team's handoffs are posted in: at most one on each platform."""
    return await tx.people.channels(team, Purpose.HANDOFF)


def ask_for_channel(tx: Transaction, crew: Crew) -> None:
    """Tell the owner, once, that there is nowhere to post."""
    team = crew.team
    tx.send(
        to_member(team.owner),
        messages.no_channel(team.name),
        workspace=team.workspace,
        kind="handoff.setup",
        key=f"handoff:{team.id}:no-channel",
        asked=False,
    )


async def _made(tx: Transaction, crew: Crew, one: Pass) -> Handoff:
    team, day = crew.team, one.leg.date
    whole = crew.relay.leg_of(one.leg.members[0], day) or one.leg
    receiver = None if crew.alone(one.leg) else crew.relay.receiver(whole, max(one.at, tx.now))
    key = await store.next_key(tx, team.id, day)
    return Handoff(
        key, team.workspace, team.id, team.name, one.leg, receiver, crew.alone(one.leg), one.at, tx.now, Outcome.EMPTY
    )


def _first_date(floor: datetime) -> date:
    """The first local date of which something may still be handed off that was said since the last pass."""
    return dates_around(floor, LATEST_ANSWER, 0)[0]


async def _strays(tx: Transaction, crew: Crew, known: Collection[Pair], floor: datetime) -> set[Pair]:
    """Work that no leg to come will hand off: written on a day off, by who moved or left the team, or days late.

    Of what was said since the last pass, or within a day: a move may leave behind what was said before that.
    """
    since = min(floor, tx.now - USEFUL)
    first, last = _first_date(floor), dates_around(tx.now, 0, 1)[1]
    strays = set()
    for entry in standing(await tx.journal.entries(team=crew.team.id, dates=(first, last))):
        pair = (entry.author, entry.date)
        if pair not in known and entry.at >= since:
            leg = crew.relay.leg_of(*pair)
            if leg is None or crew.passes_at(leg) <= tx.now:
                strays.add(pair)
    return strays
