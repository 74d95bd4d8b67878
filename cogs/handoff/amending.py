"""What people add, change or take back after the baton has passed: the post is amended in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.api import JournalChanged, Kind, MemberId, Transaction
from cogs.handoff import messages, needs, planning, store
from cogs.handoff.baton import ask_for_channel, handoff_channels, publish, publish_update
from cogs.handoff.compiling import OLDEST, Compiled, compiled, written
from cogs.handoff.crew import Crew, load
from cogs.handoff.domain import USEFUL
from cogs.handoff.store import Covered, Handoff, Outcome


async def journal_changed(tx: Transaction, event: JournalChanged) -> None:
    """Amend the handoff that covers an author's date; if none does yet, see that there will be one."""
    for later, day in await _quoting(tx, event):
        await amend(tx, later, event.author, day)
    handoff = await store.handoff_of(tx, event.team, event.author, event.date)
    if handoff is not None:
        await amend(tx, handoff, event.author, event.date)
        return
    timer = await planning.timer_of(tx, event.team)
    if timer is None or planning.follows(timer, event.date):
        await planning.replan(tx, event.team, answered=event.date)


async def _quoting(tx: Transaction, event: JournalChanged) -> Sequence[tuple[Handoff, date]]:
    """The posts of the author's later dates, if they may show a blocker in words that were changed or taken back."""
    before, after = ({e.text for e in entries if e.kind is Kind.BLOCKER} for entries in (event.before, event.after))
    if before <= after:
        return ()
    return await store.posts_after(tx, event.team, event.author, event.date, event.date + OLDEST)


async def amend(tx: Transaction, handoff: Handoff, author: MemberId, day: date) -> None:
    """Show what stands now of an author's date, in the post, in the thread and to those who were asked."""
    crew = await load(tx, handoff.team, timed=False)
    covered = await store.covered_by(tx, handoff)
    pairs = [(one.member, one.date) for one in covered]
    entries = await written(tx, handoff, pairs)
    if handoff.outcome is Outcome.EMPTY:
        if not entries or crew is None or not crew.settings.enabled:
            return
        if tx.now - handoff.passed >= USEFUL:  # too late for a post of its own: the next one takes it along
            await store.uncover(tx, handoff, author, day)
            return
        handoff = replace(handoff, handed=tx.now)
        if not handoff.report:
            whole = crew.relay.leg_of(handoff.leg.members[0], handoff.leg.date) or handoff.leg
            handoff = replace(handoff, receiver=crew.relay.receiver(whole, tx.now))
    content = await compiled(tx, crew, handoff, entries, pairs)
    mine = next(one for one in covered if (one.member, one.date) == (author, day))
    if handoff.outcome is Outcome.EMPTY and crew is not None:
        await _first(tx, crew, handoff, content, covered)
        return
    if handoff.outcome is Outcome.POSTED:
        await _change(tx, handoff, content, mine)
    if author in content.people:
        person = messages.person(content.people, author)
        own = content.entries.get((author, day), ())
        await needs.retell(tx, handoff, person, day, own, content.people)


async def _first(tx: Transaction, crew: Crew, handoff: Handoff, content: Compiled, covered: Sequence[Covered]) -> None:
    """Post a handoff that had nothing to tell when its leg ended."""
    channels = await handoff_channels(tx, handoff.team)
    if not channels:
        ask_for_channel(tx, crew)
        handoff = replace(handoff, outcome=Outcome.NO_CHANNEL)
    else:
        handoff, shown = publish(tx, replace(handoff, outcome=Outcome.POSTED), content, channels, covered)
        await store.save_covered(tx, handoff, [one for one in shown if one.fingerprint])
    await store.save_handoff(tx, handoff)
    asks = [entry for group in content.entries.values() for entry in group]
    await needs.tell(tx, crew, handoff, asks, content.people, channels)


async def _change(tx: Transaction, handoff: Handoff, content: Compiled, mine: Covered) -> None:
    now = messages.fingerprint(content.post)
    if now != handoff.fingerprint:
        handoff = replace(handoff, fingerprint=now, version=handoff.version + 1)
        key = f"{handoff.key}:edit:{handoff.version}"
        tx.edit(handoff.key, content.post, workspace=handoff.workspace, kind="handoff.edit", key=key)
        await store.save_handoff(tx, handoff)
    if mine.fingerprint:
        said = content.update((mine.member, mine.date))
        if (shown := messages.fingerprint(said)) == mine.fingerprint:
            return
        mine = replace(mine, fingerprint=shown, version=mine.version + 1)
        root = f"{handoff.key}:update:{mine.member}:{mine.date.isoformat()}"
        tx.edit(root, said, workspace=handoff.workspace, kind="handoff.update.edit", key=f"{root}:edit:{mine.version}")
    elif content.entries.get((mine.member, mine.date)):
        mine = publish_update(tx, handoff, content, mine)
    else:
        return
    await store.save_covered(tx, handoff, [mine])
