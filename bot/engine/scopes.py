"""Tenants that put the bot out: their people are asked nothing, and what is known of them is kept for a while.

Whoever invites it again within that time finds all as it was; after it, everything of theirs is erased.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine import reach
from bot.engine.ports import Timer
from bot.engine.transaction import Transaction, to_member
from bot.model.event import PlaceLost, ScopeBack, ScopeGone, TeamChanged
from bot.model.identity import MemberId, Place, Scope
from bot.model.message import ChannelName, CommandText, Message, catalogue, say
from bot.model.moment import Moment, Show
from bot.model.people import Channel, Member, Purpose, Team, Workspace

_, n_ = catalogue("bot")
log = logging.getLogger(__name__)

COG, ERASE = "bot", "erase"
"""The engine's own job: its timer's key is a tenant that the bot was put out of.

It is due first when its administrators are told that all is about to be erased, with `until` when; and then.
"""
BEFORE = timedelta(days=1)
"""How long before it they are told: once it is erased nobody is known any more who could be."""
LEAST = timedelta(hours=1)
"""How long they have at least, if the bot was away at that time."""


async def happened(tx: Transaction, event: ScopeGone | ScopeBack | PlaceLost, workspace: Workspace | None) -> None:
    """Do what is to be done where a workspace loses a place; nothing where there is none."""
    match event:
        case _ if workspace is None:
            pass
        case ScopeGone():
            await gone(tx, event, workspace)
        case ScopeBack():
            await back(tx, event, workspace)
        case PlaceLost():
            await lost(tx, event, workspace)


async def gone(tx: Transaction, event: ScopeGone, workspace: Workspace) -> None:
    """Ask the people of a tenant nothing more, and plan when all of it is erased."""
    scope = Scope(event.place.platform, event.scope)
    before = await tx.timers.find(COG, ERASE, [_key(scope)])
    admins = [m for m in await tx.people.members_of_workspace(workspace.id) if m.admin]
    resting = await _met_only_there(tx, workspace, scope)
    for member in resting:
        await _rest(tx, member)
    for team in await tx.people.teams(workspace.id):
        for channel in await tx.people.channels_in(team.id, scope, event.place):
            await tx.forget_place(channel.place)
    data = {"resting": [*_resting(before), *(member.id for member in resting)], "scope": scope.name}
    data["platform"] = scope.platform
    due = event.until - BEFORE
    if due > tx.now:
        data["until"] = event.until.isoformat()
    else:  # they are told just now
        due = event.until
    await tx.timers.set([Timer(COG, ERASE, _key(scope), due, workspace.id, data=data)])
    log.warning("put out of %s %s: workspace %s is kept until %s", *_named(scope), workspace.id, event.until)
    for admin in admins:
        await _tell(tx, admin, event.id, _kept(workspace, event, alone=await _alone(tx, workspace, scope)))


async def back(tx: Transaction, event: ScopeBack, workspace: Workspace) -> None:
    """Go on with the people of a tenant as before."""
    scope = Scope(event.place.platform, event.scope)
    timers = await tx.timers.find(COG, ERASE, [_key(scope)])
    if not timers:
        return
    await tx.timers.cancel(COG, ERASE, [_key(scope)])
    for member in (await tx.people.members(MemberId(id) for id in _resting(timers))).values():
        accounts = (await tx.people.identities([member.id])).get(member.id, ())
        if accounts:
            await tx.people.save_member(replace(member, active=True))
        for account in accounts:  # who met the bot nowhere else could take nothing from it meanwhile
            await reach.again(tx.stores, account, tx.now)
    log.info("in %s %s again: workspace %s goes on", *_named(scope), workspace.id)
    for admin in await tx.people.members_of_workspace(workspace.id):
        if admin.admin:
            on = say(
                _("I am in {name} again, and everything goes on as before.", name=workspace.name),
                _("Nobody was asked anything while I was away."),
            )
            await _tell(tx, admin, event.id, on)


async def erase(tx: Transaction, due: Sequence[Timer]) -> None:
    """Erase what was kept for long enough: a workspace whole, or of one with other tenants what was in this one.

    Before a workspace is erased, its administrators are told.
    """
    for timer in due:
        scope = Scope(timer.data["platform"], timer.data["scope"])
        workspace = await tx.people.workspace_of(scope)
        if workspace is None or workspace.id != timer.workspace:
            continue
        alone = await _alone(tx, workspace, scope)
        if "until" in timer.data:
            await _announce(tx, timer, workspace, alone=alone)
        elif alone:
            await tx.stores.erase(workspace.id, [cog.tables for cog in tx.services.registry.cogs if cog.tables])
            log.warning(
                "erased workspace %s: it was kept since the bot was put out of %s %s", workspace.id, *_named(scope)
            )
        else:
            await tx.people.leave(workspace.id, scope, Place(scope.platform, scope.name))
            log.warning("workspace %s goes on without %s %s", workspace.id, *_named(scope))


async def _announce(tx: Transaction, timer: Timer, workspace: Workspace, *, alone: bool) -> None:
    """Plan when it is done, and if all is erased then tell the administrators, as far as anything reaches them."""
    until = max(datetime.fromisoformat(timer.data["until"]), tx.now + LEAST)
    data = {name: value for name, value in timer.data.items() if name != "until"}
    await tx.timers.set([replace(timer, due=until, data=data)])
    if not alone:
        return
    people = await tx.people.members(MemberId(id) for id in _resting([timer]))
    people = {m.id: m for m in (*people.values(), *await tx.people.members_of_workspace(workspace.id))}
    for admin in people.values():
        if admin.admin:
            await _tell(tx, admin, f"{timer.key}:{until.isoformat()}", _erased_soon(workspace, until))


async def lost(tx: Transaction, event: PlaceLost, workspace: Workspace) -> None:
    """Take a deleted channel from the teams that used it, and tell their owners what puts it right."""
    await tx.forget_place(event.place)
    for team in await tx.people.teams(workspace.id):
        for channel in await tx.people.channels(team.id):
            if (channel.place.platform, channel.place.address) != (event.place.platform, event.place.address):
                continue
            await tx.stores.directory.remove_channel(channel.id)
            await tx.raise_event(TeamChanged(team.workspace, team.id))
            key = f"bot:lost:{channel.id}"
            told = _lost(team, channel)
            tx.send(to_member(team.owner), told, workspace=team.workspace, kind="bot.lost", key=key, asked=False)


# --- inside -----------------------------------------------------------------------------------------------------


def _key(scope: Scope) -> str:
    return f"{scope.platform}:{scope.name}"


def _named(scope: Scope) -> tuple[str, str]:
    return scope.platform, scope.name


def _resting(timers: Sequence[Timer]) -> list[int]:
    return [id for timer in timers for id in timer.data["resting"]]


async def _alone(tx: Transaction, workspace: Workspace, scope: Scope) -> bool:
    """Say whether a workspace has no other tenant."""
    return not [other for other in await tx.people.scopes(workspace.id) if other != scope]


async def _met_only_there(tx: Transaction, workspace: Workspace, scope: Scope) -> Sequence[Member]:
    """Return the members who are met nowhere else in the workspace, as far as the engine can know.

    Where there is another tenant on the platform, nobody can tell who is in which of them.
    """
    others = [other for other in await tx.people.scopes(workspace.id) if other != scope]
    if any(other.platform == scope.platform for other in others):
        return ()
    left = {other.platform for other in others}
    members = await tx.people.members_of_workspace(workspace.id)
    accounts = await tx.people.identities([member.id for member in members])
    return [m for m in members if all(account.platform not in left for account in accounts.get(m.id, ()))]


async def _rest(tx: Transaction, member: Member) -> None:
    for question in await tx.conversations.of_member(member.id, tx.now):
        await tx.conversations.close(question.member, question.cog, question.kind, question.subject)
    await tx.people.save_member(replace(member, active=False))


async def _tell(tx: Transaction, member: Member, event: str, message: Message) -> None:
    """Tell a member, though they may be asked nothing any more: what is owed to somebody counts as asked for."""
    key = f"bot:scope:{event}:{member.id}"
    tx.send(to_member(member.id), message, workspace=member.workspace, kind="bot.scope", key=key, asked=True)


def _kept(workspace: Workspace, event: ScopeGone, *, alone: bool) -> Message:
    removed = _("I was removed from {name}, so nobody there is asked anything any more.", name=workspace.name)
    until = Moment(event.until, Show.DATE)
    if alone:
        kept = _("What I know of its teams I keep until {date}; then all of it is erased.", date=until)
    else:
        kept = _("I keep its place among your teams until {date}; then they go on without it.", date=until)
    return say(removed, kept, _("Invite me again before then, and everything goes on as it was."))


def _erased_soon(workspace: Workspace, until: datetime) -> Message:
    return say(
        _("I was removed from {name}, and nobody has invited me again.", name=workspace.name),
        _("All that I know of its teams is erased soon: {moment}.", moment=Moment(until, Show.DATE_TIME)),
        _("Invite me again before then, and everything goes on as it was."),
        _("Afterwards I can't tell you any more, as I don't know you then."),
    )


def _lost(team: Team, channel: Channel) -> Message:
    quoted = f'"{team.name}"' if " " in team.name else team.name
    mend = CommandText(f"channel set {quoted} {channel.purpose}", room=True)
    name = ChannelName(channel.name)
    if channel.purpose is Purpose.HANDOFF:
        what = _("The channel {channel} was deleted: {team} has none for handoffs now.", channel=name, team=team.name)
    else:
        what = _(
            "The channel {channel} was deleted: {team} has none for social threads now.", channel=name, team=team.name
        )
    return say(what, _("To choose another, type {command} in it.", command=mend))
