"""The question which team something is for, to somebody in several workspaces: one at a time, until it is settled.

What they say meanwhile is kept, follows their edits and deletions, and is passed on with the answer. On screen at
most one such question is open: one that was answered, or asked again, says so in place of its choices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.engine.conversations import ENGINE, MEMORY, PATIENCE, folded, numbered, stored, taken
from bot.engine.ports import Conversation, Outgoing, Said
from bot.engine.transaction import Transaction
from bot.model.event import Commanded, Inbound, MessageReceived, Picked, Pressed, Submitted
from bot.model.identity import Account, Identity, MessageRef, Place
from bot.model.message import Bullets, Listing, Message, Sentence, Text, catalogue, say
from bot.model.people import Member, Team

_, n_ = catalogue("bot")

KIND = "bot.which_team"
"""The kind of the message that asks."""
WHICH_TEAM, LATELY, SHOWN = "which_team", "lately", "which_team_shown"
MOST_NAMED = 3
"""As many teams of a workspace are named where one of several is to be chosen."""
SETTLED = _("That is settled already, so nothing has changed.")
LAPSED = _("That question has lapsed, and what you had written went nowhere. Please write it once more.")


def home(members: Sequence[Member]) -> Member:
    """Return the member with whom it is kept what concerns all of them."""
    return min(members, key=lambda member: member.id)


async def own(tx: Transaction, member: Member, kind: str) -> Conversation | None:
    """Return what is kept with a member, of one kind."""
    asked = await tx.conversations.of_member(member.id, tx.now)
    return next((q for q in asked if (q.cog, q.kind) == (ENGINE, kind)), None)


async def keep(tx: Transaction, member: Member, kind: str, data: dict[str, Any]) -> None:
    """Keep something with a member, instead of what was kept of its kind."""
    lasts = MEMORY if kind == SHOWN else PATIENCE
    await tx.conversations.open(
        Conversation(0, member.workspace, member.id, ENGINE, kind, "", None, data, tx.now + lasts)
    )


async def ask(tx: Transaction, event: Inbound, candidates: Sequence[Member], others: Sequence[Member]) -> None:
    """Ask which of the candidates' workspaces it is, by the names of its teams, and keep what was said."""
    at_home = home((*candidates, *others))
    asked = await own(tx, at_home, WHICH_TEAM)
    kept = [*(asked.data["kept"] if asked is not None else ()), *_kept(event)]
    labels = [await label(tx, member) for member in candidates]
    names = [await _names(tx, member) for member in candidates]
    often = Counter(name for each in names for name in each)
    listed = [
        [member.id, *sorted(name for name in each if often[name] == 1)]
        for member, each in zip(candidates, names, strict=True)
    ]
    await keep(tx, at_home, WHICH_TEAM, {"kept": kept, "listed": listed})
    await _settle(tx, at_home, _("I asked again below which team this is for."))
    key = f"reply:{event.place.platform}:{event.id}:{WHICH_TEAM}"
    await keep(tx, at_home, SHOWN, {"key": key})
    question = _("Which team is this for? Answer with its number; I have kept what you wrote.")
    message = Message((Text((question,)), Bullets(tuple(labels), ordered=True)), numbered(labels))
    tx.reply(message, workspace=candidates[0].workspace, kind=KIND, key=key)


def answer(
    event: Inbound, members: Sequence[Member], asked: Conversation, text: str
) -> tuple[Member, tuple[Inbound, ...]] | None:
    """Return whom a text names as an answer, with what was kept for them; None if it names none."""
    listed: list[list[Any]] = asked.data["listed"]
    position = taken(folded(text), [names for _member, *names in listed], True)
    member = next((m for m in members if position is not None and m.id == listed[position][0]), None)
    if member is None:
        return None
    return member, tuple(_restored(event, item) for item in asked.data["kept"])


async def chosen(tx: Transaction, member: Member, others: Sequence[Member]) -> None:
    """Note what was chosen: the question is settled."""
    at_home = home((member, *others))
    await tx.conversations.close(at_home.id, ENGINE, WHICH_TEAM, "")
    await _settle(tx, at_home, _("You told me which team this was for: {team}.", team=await label(tx, member)))
    await keep(tx, at_home, LATELY, {"member": member.id})


async def closed(tx: Transaction, members: Sequence[Member], row: Outgoing) -> Sentence | None:
    """Return why a question that stands on screen can't be answered any more; None while it can."""
    shown = await own(tx, home(members), SHOWN)
    if shown is None or shown.data["key"] != row.key:
        return SETTLED
    return LAPSED if await own(tx, home(members), WHICH_TEAM) is None else None


async def revise(tx: Transaction, members: Sequence[Member], source: MessageRef, text: str | None) -> None:
    """Change a message that is kept until it is known what it was for; None takes it out."""
    if len(members) < 2:
        return
    at_home = home(members)
    asked = await own(tx, at_home, WHICH_TEAM)
    where = _place(source.place)
    if asked is None or not any(_is(item, where, source.message_id) for item in asked.data["kept"]):
        return
    revised = [_revised(item, text) if _is(item, where, source.message_id) else item for item in asked.data["kept"]]
    kept = [item for item in revised if item.get("text") is not None or "form" in item]
    if kept:
        await keep(tx, at_home, WHICH_TEAM, {**asked.data, "kept": kept})
    else:
        await tx.conversations.close(at_home.id, ENGINE, WHICH_TEAM, "")
        await _settle(tx, at_home, None)


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


async def _settle(tx: Transaction, at_home: Member, sentence: Sentence | None) -> None:
    """Say in the place of the question that stands on screen what became of it; with None, take it away."""
    shown = await own(tx, at_home, SHOWN)
    if shown is None:
        return
    key = str(shown.data["key"])
    await tx.conversations.close(at_home.id, ENGINE, SHOWN, "")
    if sentence is None:
        tx.delete(key, workspace=at_home.workspace, kind=KIND)
    else:
        tx.edit(key, say(sentence), workspace=at_home.workspace, kind=KIND, key=f"{key}:settled")


# --- what is kept ---------------------------------------------------------------------------------------------


def _place(place: Place) -> list[str | None]:
    return [place.platform, place.address, place.thread]


def _is(item: Mapping[str, Any], where: list[str | None], message: str) -> bool:
    return "form" not in item and (item["place"], item["message"]) == (where, message)


def _revised(item: Mapping[str, Any], text: str | None) -> dict[str, Any]:
    """Return what is kept of a message that says something else now; of one that is gone (None), without a text."""
    if text is None or "picked" not in item:
        return {**item, "text": text}
    return {**item, "options": dict.fromkeys(item["options"], text)}


def _kept(event: Inbound) -> list[dict[str, Any]]:
    """Return what is kept of an event: a message, or what was sent in by a form."""
    match event:
        case MessageReceived():
            item = stored(Said(event.text, event.attachments, event.ref, event.at))
            people = [[a.identity.platform, a.identity.account, a.name] for a in event.people]
            item |= {"people": people, "addressed": event.addressed or isinstance(event, Commanded)}
            return [item | _of_menu(event)]
        case Submitted():
            return [{"form": event.form, "values": dict(event.values), "message": event.message_id}]
        case Pressed():
            said = stored(Said(event.command, (), MessageRef(event.place, event.message_id), event.at))
            return [{**said, "people": [], "addressed": True}]
    return []


def _of_menu(event: MessageReceived) -> dict[str, Any]:
    """Return what is kept besides of a command that was picked in a message's menu: its text, and that message."""
    if not isinstance(event, Commanded) or event.picked is None:
        return {}
    source, author = event.picked.source, event.picked.author
    picked = [_place(source.place), source.message_id, author.identity.account, author.name]
    return {"options": dict(event.options), "picked": picked}


def _restored(event: Inbound, item: Mapping[str, Any]) -> Inbound:
    """Return what was kept as an event of now: answered where the person has just chosen."""
    common: dict[str, Any] = {
        "id": event.id,
        "place": event.place,
        "author": event.author,
        "at": event.at,
        "scope": event.scope,
        "direct": event.direct,
        "admin": event.admin,
        "admin_of": event.admin_of,
        "answer": event.answer,
        "language": event.language,
        "message_id": item["message"],
    }
    if "form" in item:
        return Submitted(**common, form=item["form"], values=item["values"])
    said: dict[str, Any] = {
        **{**common, "place": Place(*item["place"])},
        "text": item["text"],
        "attachments": tuple(item["attachments"]),
        "people": tuple(Account(Identity(platform, account), name) for platform, account, name in item["people"]),
        "addressed": item["addressed"],
    }
    if "picked" not in item:
        return MessageReceived(**said)
    where, message, account, name = item["picked"]
    place = Place(*where)
    picked = Picked(MessageRef(place, message), Account(Identity(place.platform, account), name))
    return Commanded(**said, options=item["options"], picked=picked)
