"""The question which team something is for, to somebody in several workspaces: one at a time, until it is settled.

What they say meanwhile is kept, follows their edits and deletions, and is passed on with the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bot.engine.conversations import folded, numbered, taken
from bot.engine.kept import is_of, kept, restored, revised
from bot.engine.own_questions import OneOpen, keep, own
from bot.engine.ports import Conversation, Outgoing
from bot.engine.transaction import Transaction
from bot.model.event import Inbound
from bot.model.identity import MessageRef
from bot.model.message import Bullets, Listing, Message, Sentence, Text, catalogue
from bot.model.people import Member, Team

_, n_ = catalogue("bot")

KIND = "bot.which_team"
"""The kind of the message that asks."""
WHICH_TEAM, LATELY = "which_team", "lately"
QUESTION = OneOpen(KIND, WHICH_TEAM, _("I asked again below which team this is for."))
MOST_NAMED = 3
"""As many teams of a workspace are named where one of several is to be chosen."""


def home(members: Sequence[Member]) -> Member:
    """Return the member with whom it is kept what concerns all of them."""
    return min(members, key=lambda member: member.id)


async def ask(tx: Transaction, event: Inbound, candidates: Sequence[Member], others: Sequence[Member]) -> None:
    """Ask which of the candidates' workspaces it is, by the names of its teams, and keep what was said."""
    at_home = home((*candidates, *others))
    asked = await own(tx, at_home, WHICH_TEAM)
    said = [*(asked.data["kept"] if asked is not None else ()), *kept(event)]
    labels = [await label(tx, member) for member in candidates]
    names = [await _names(tx, member) for member in candidates]
    often = Counter(name for each in names for name in each)
    listed = [
        [member.id, *sorted(name for name in each if often[name] == 1)]
        for member, each in zip(candidates, names, strict=True)
    ]
    question = _("Which team is this for? Answer with its number; I have kept what you wrote.")
    message = Message((Text((question,)), Bullets(tuple(labels), ordered=True)), numbered(labels))
    await QUESTION.ask(tx, at_home, {"kept": said, "listed": listed}, message, candidates[0].workspace)


def answer(
    event: Inbound, members: Sequence[Member], asked: Conversation, text: str
) -> tuple[Member, tuple[Inbound, ...]] | None:
    """Return whom a text names as an answer, with what was kept for them; None if it names none."""
    listed: list[list[Any]] = asked.data["listed"]
    position = taken(folded(text), [names for _member, *names in listed], True)
    member = next((m for m in members if position is not None and m.id == listed[position][0]), None)
    if member is None:
        return None
    return member, tuple(restored(event, item) for item in asked.data["kept"])


async def chosen(tx: Transaction, member: Member, others: Sequence[Member]) -> None:
    """Note what was chosen: the question is settled."""
    at_home = home((member, *others))
    await QUESTION.settle(tx, at_home, _("You told me which team this was for: {team}.", team=await label(tx, member)))
    await keep(tx, at_home, LATELY, {"member": member.id})


async def closed(tx: Transaction, members: Sequence[Member], row: Outgoing) -> Sentence | None:
    """Return why a question that stands on screen can't be answered any more; None while it can."""
    return await QUESTION.closed(tx, home(members), row)


async def revise(tx: Transaction, members: Sequence[Member], source: MessageRef, text: str | None) -> None:
    """Change a message that is kept until it is known what it was for; None takes it out."""
    if len(members) < 2:
        return
    at_home = home(members)
    asked = await own(tx, at_home, WHICH_TEAM)
    if asked is None or not any(is_of(item, source) for item in asked.data["kept"]):
        return
    changed = [revised(item, text) if is_of(item, source) else item for item in asked.data["kept"]]
    left = [item for item in changed if item.get("text") is not None or "form" in item]
    if left:
        await keep(tx, at_home, WHICH_TEAM, {**asked.data, "kept": left})
    else:
        await QUESTION.settle(tx, at_home, None)


async def label(tx: Transaction, member: Member, team: Team | None = None) -> Sentence:
    """Return how a workspace is called among others: by one of its teams, or by those that its member is in."""
    workspace = await tx.people.workspace(member.workspace)
    found = [team] if team is not None else await tx.people.teams_of(member.id)
    teams = [each.name for each in found][:MOST_NAMED]
    if not teams:
        return _("{name}", name=workspace.name)
    return _("{teams} in {workspace}", teams=Listing(tuple(teams)), workspace=workspace.name)


async def _names(tx: Transaction, member: Member) -> set[str]:
    workspace = await tx.people.workspace(member.workspace)
    teams = await tx.people.teams_of(member.id)
    return {folded(name) for name in (workspace.name, *(team.name for team in teams))}
