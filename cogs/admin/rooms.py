"""The commands by which a workspace grows beyond the room it was made in."""

from __future__ import annotations

from collections import Counter

from bot.api import N_, Call, Identity, Message, Rest, command, to_member
from cogs.admin import codes, room_messages, store


@command(
    "workspace code",
    help=N_("Get a code with which another room joins this workspace"),
    example="workspace code",
    admin=True,
)
async def code(call: Call) -> Message:
    """Make a code that works once, within the hour; it is told in private, for it opens the workspace."""
    made, expires = codes.new_code(), call.tx.now + codes.LASTS
    await store.add_code(call.tx, codes.digest(made), call.workspace.id, expires)
    told = room_messages.code(call.workspace, made, expires)
    if call.direct:
        return told
    key = f"admin:code:{codes.digest(made)[:20]}"
    to = to_member(call.member.id)
    call.tx.send(to, told, workspace=call.workspace.id, kind="admin.workspace_code", key=key, asked=True)
    return room_messages.code_sent()


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


async def _refuse(call: Call, who: Identity) -> Message:
    await store.add_wrong_code(call.tx, who, call.workspace.id, call.tx.now - codes.LASTS)
    return room_messages.wrong_code()


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
