"""Who an event comes from: a member of which workspace, with which rights, or a stranger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from bot.engine.transaction import Transaction
from bot.model.event import Inbound, MessageReceived, PersonLeft, Pressed, Reacted, Submitted
from bot.model.identity import MemberId, WorkspaceId
from bot.model.people import Member, Workspace
from bot.model.working_time import Hours, WorkingWeek

NOBODY = WorkspaceId(0)
"""The workspace of what is said to people who are in none."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who an event comes from, in the workspace it concerns; `member` is None for a stranger there."""

    workspace: Workspace | None
    member: Member | None

    @property
    def workspace_id(self) -> WorkspaceId:
        """The workspace's id, or that of none."""
        return self.workspace.id if self.workspace else NOBODY


async def speaker_of(tx: Transaction, event: Inbound) -> Speaker:
    """Return who an event comes from: in a channel its tenant's member; in private the first with that account."""
    members = list(await tx.people.members_of_identity(event.author.identity))
    if event.scope and (not event.direct or not members):
        workspace = await tx.stores.directory.workspace_of_scope(event.place.platform, event.scope)
        if workspace is not None:
            mine = next((m for m in members if m.workspace == workspace.id), None)
            return Speaker(workspace, mine)
        if not event.direct:
            return Speaker(None, None)
    if not members:
        return Speaker(None, None)
    return Speaker(await tx.people.workspace(members[0].workspace), members[0])


async def with_rights(tx: Transaction, event: Inbound, speaker: Speaker) -> Inbound:
    """In a direct conversation, count only the rights that the person has in this workspace's own scopes."""
    if not event.direct or event.admin_of is None:
        return event
    platform, administers = event.place.platform, False
    for scope in event.admin_of:
        found = await tx.stores.directory.workspace_of_scope(platform, scope)
        administers = administers or (found is not None and found.id == speaker.workspace_id)
    return replace(event, admin=administers)


async def remember(tx: Transaction, event: Inbound, member: Member) -> None:
    """Keep where a member is met in private, their name and client's language, and whether they administer."""
    if tx.read_only or isinstance(event, PersonLeft):
        return
    if event.language:
        member = await _speaks(tx, event, member)
    await remember_place(tx, event)
    accounts = (await tx.people.identities([member.id])).get(member.id, ())
    met_here_alone = all(account.platform == event.place.platform for account in accounts)
    if met_here_alone and (name := _newest_name(event)) not in ("", member.name):
        member = replace(member, name=name)
        await tx.people.save_member(member)
    # One of several rooms can't tell that somebody administers none of them; a direct conversation can, as far as
    # its platform goes.
    told = event.admin or (event.direct and met_here_alone)
    if told and member.admin != event.admin and isinstance(event, MessageReceived):
        await tx.people.save_member(replace(member, admin=event.admin))


async def remember_place(tx: Transaction, event: Inbound) -> None:
    """Keep where an account is met in private; a transaction that only reads leaves that."""
    if event.direct and not event.place.thread and not tx.read_only:
        await tx.stores.directory.set_direct_place(event.author.identity, event.place)


async def _speaks(tx: Transaction, event: Inbound, member: Member) -> Member:
    """Keep the language of somebody's client wherever they have chosen none; return the member as they are now."""
    others = await tx.people.members_of_identity(event.author.identity)
    for other in (member, *(each for each in others if each.id != member.id)):
        if other.language is None and event.language != await tx.people.language_of(other):
            spoken = replace(other, language=event.language)
            await tx.people.save_member(spoken)
            member = spoken if other is member else member
    return member


def _newest_name(event: Inbound) -> str:
    """Return what people call the speaker in a tenant, "" where it is not told: in private it may be another name."""
    shown = event.author.name
    return shown if event.scope and not event.direct and shown != event.author.identity.account else ""


def nowhere(event: Inbound) -> Workspace:
    """Return a workspace that is not stored: what the tenant's own would be."""
    return Workspace(NOBODY, event.scope_name or name_of_place(event) or event.scope, event.language or "en")


def name_of_place(event: Inbound) -> str:
    """Return what people call the channel of an event, "" where that is not told."""
    return event.place_name if isinstance(event, MessageReceived | Submitted | Pressed | Reacted) else ""


def newcomer(workspace: Workspace, event: Inbound) -> Member:
    """Return who an event comes from as a member to be stored, with settings to start from."""
    week = WorkingWeek.uniform(Hours(time(9), time(17)))
    return Member(
        MemberId(0),
        workspace.id,
        event.author.name,
        "UTC",
        week,
        language=event.language if event.language not in ("", workspace.language) else None,
        admin=event.admin,
        zone_known=False,
    )
