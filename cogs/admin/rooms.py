"""The commands by which a workspace grows beyond the room it was made in."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from bot.api import (
    N_,
    AskFirst,
    Call,
    Identity,
    Language,
    Message,
    Rest,
    command,
    join_workspaces,
    plan_joining,
    to_member,
)
from cogs.admin import codes, room_messages, store


@command(
    "workspace code",
    help=N_("Get a code with which another room joins this workspace"),
    example="workspace code",
    admin=True,
)
async def code(call: Call) -> Message | None:
    """Make a code that works once, within the hour; it is told in private, for it opens the workspace."""
    made, expires = codes.new_code(), call.tx.now + codes.LASTS
    await store.add_code(call.tx, codes.digest(made), call.workspace.id, expires)
    call.tx.send(
        to_member(call.member.id),
        room_messages.code(call.workspace, made, expires),
        workspace=call.workspace.id,
        kind="admin.workspace_code",
        key=f"admin:code:{codes.digest(made)[:20]}",
        asked=True,
        expires=expires,
        secret=True,
    )
    return None if call.direct else room_messages.code_sent()


@command(
    "workspace join",
    help=N_("Make this room part of the workspace that a code is from"),
    example="workspace join K7QX-M3PA",
    admin=True,
    founds=True,
)
async def join(call: Call, code: Rest) -> Message:
    """Make the room's scope part of the code's workspace. A wrong code is no error, so that it is counted."""
    tx, people, scope = call.tx, call.tx.people, call.scope
    if call.direct or scope is None or tx.cause is None:
        raise room_messages.only_in_a_room(code)
    who = tx.cause.event.author.identity
    wrong = await store.wrong_codes(tx, who, tx.now - codes.LASTS)
    if len(wrong) >= codes.MOST_WRONG:
        return room_messages.too_many(wrong[-codes.MOST_WRONG] + codes.LASTS - tx.now)
    digest = codes.digest(code)
    target = await store.workspace_of_code(tx, digest)
    if target is None:
        return await _refuse(call, who)
    if target == call.workspace.id:
        raise room_messages.joined_already(call.workspace)
    if call.workspace.id and (teams := await people.teams(call.workspace.id)):
        raise room_messages.has_teams(call.workspace, teams)
    workspace = await people.workspace(target)
    await store.use_code(tx, digest)
    await call.within(workspace)
    await people.add_scope(workspace.id, scope)
    return room_messages.joined(workspace, await people.teams(workspace.id))


@command(
    "workspace link",
    help=N_("Make this workspace, with its teams, part of the one that a code is from"),
    example="workspace link K7QX-M3PA",
    options={"code": N_("The code, from an admin of the other workspace"), "yes": N_("Do it without asking first")},
    admin=True,
)
async def link(call: Call, code: str | None = None, yes: bool = False) -> Message | AskFirst:
    """Join two workspaces: by a code it is asked first with what happens, and a yes does it.

    The code is used up by asking, so that it is kept nowhere. A wrong one is no error, so that it is counted.
    """
    tx = call.tx
    if call.direct or call.scope is None or tx.cause is None:
        raise room_messages.links_from_a_room()
    if not code:
        return await _link(call, yes)
    who = tx.cause.event.author.identity
    wrong = await store.wrong_codes(tx, who, tx.now - codes.LASTS)
    if len(wrong) >= codes.MOST_WRONG:
        return room_messages.too_many(wrong[-codes.MOST_WRONG] + codes.LASTS - tx.now)
    target = await store.workspace_of_code(tx, codes.digest(code))
    if target is None:
        return await _refuse(call, who)
    if target == call.workspace.id:
        raise room_messages.linked_already(call.workspace)
    plan = await plan_joining(tx, call.workspace, await tx.people.workspace(target))
    await store.use_code(tx, codes.digest(code))
    await store.offer_link(tx, call.workspace.id, target, tx.now + codes.LASTS)
    return room_messages.ask_link(plan)


async def _link(call: Call, yes: bool) -> Message:
    target = await store.take_link(call.tx, call.workspace.id) if yes else None
    if target is None:
        raise room_messages.needs_a_code()
    plan = await plan_joining(call.tx, call.workspace, await call.tx.people.workspace(target))
    await join_workspaces(call.tx, plan)
    return room_messages.linked(plan)


@command(
    "workspace leave",
    help=N_("Take this room out of the workspace that it joined"),
    example="workspace leave",
    admin=True,
)
async def leave(call: Call, yes: bool = False) -> Message:
    """Make the room's scope part of no workspace, after asking; nothing of the workspace is shown there then."""
    tx, people, scope = call.tx, call.tx.people, call.scope
    if call.direct or scope is None:
        raise room_messages.leaves_from_a_room()
    if await people.scopes(call.workspace.id) == [scope]:
        raise room_messages.only_room(call.workspace)
    teams = await people.teams(call.workspace.id)
    channels = {team: found for team in teams if (found := await people.channels_in(team.id, scope, call.place))}
    if not yes:
        raise room_messages.ask_leave(call.workspace, list(channels))
    await people.leave(call.workspace.id, scope, call.place)
    for place in {call.place, *(channel.place for found in channels.values() for channel in found)}:
        await tx.forget_place(place)
    return room_messages.has_left(call.workspace)


async def _refuse(call: Call, who: Identity) -> Message:
    await store.add_wrong_code(call.tx, who, call.workspace.id, call.tx.now - codes.LASTS)
    return room_messages.wrong_code()


@command(
    "workspace language",
    help=N_("Choose the language I write in here; everyone may choose their own besides"),
    example="workspace language español",
    admin=True,
    founds=True,
)
async def language(call: Call, language: Language) -> Message:
    """Set the language of a workspace's channels and of members who name none; the reply is in it already."""
    call = await call.founded()
    await call.tx.people.save_workspace(replace(call.workspace, language=language))
    return room_messages.language_set(language, call.workspace.language)


@command(
    "workspace show",
    help=N_("See a workspace's rooms, teams and admins"),
    example="workspace show",
    read=True,
)
async def show(call: Call) -> Message:
    """Show the workspace's name, how many rooms or servers it has, its teams and its admins."""
    people = call.tx.people
    scopes = Counter(scope.platform for scope in await people.scopes(call.workspace.id))
    members = await people.members_of_workspace(call.workspace.id)
    return room_messages.workspace(
        call.workspace, scopes, await people.teams(call.workspace.id), [m for m in members if m.admin], len(members)
    )
