"""Members, the accounts they have, and their leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from bot.model.identity import Account, Identity, MemberId, WorkspaceId
from bot.model.moment import to_micros
from bot.model.people import Absence, Member
from bot.model.working_time import WorkingWeek
from bot.storage.directory_cache import CachedRows
from bot.storage.executor import many, one
from bot.storage.tables import ABSENCES, IDENTITIES, MEMBERS

_ID, _IDS, _PLATFORM, _ACCOUNT = one("of"), many("ids"), one("of_platform"), one("of_account")

_MEMBERS = select(MEMBERS).where(MEMBERS.c.id.in_(_IDS))
ACTIVE_BY_NAME: Final = select(MEMBERS).where(MEMBERS.c.active == 1).order_by(MEMBERS.c.name, MEMBERS.c.id)
_MEMBERS_OF_WORKSPACE = ACTIVE_BY_NAME.where(MEMBERS.c.workspace == _ID)
_MEMBERS_OF_IDENTITY = (
    select(MEMBERS)
    .join(IDENTITIES)
    .where(IDENTITIES.c.platform == _PLATFORM, IDENTITIES.c.account == _ACCOUNT, IDENTITIES.c.gone.is_(None))
    .where(MEMBERS.c.active == 1)
    .order_by(MEMBERS.c.id)
)
_MEMBERS_EVER = (
    select(MEMBERS)
    .join(IDENTITIES)
    .where(IDENTITIES.c.platform == _PLATFORM, IDENTITIES.c.account == _ACCOUNT)
    .order_by(MEMBERS.c.id)
)
_NEW_MEMBER = insert(MEMBERS).returning(MEMBERS.c.id)
_SAVE_MEMBER = update(MEMBERS).where(MEMBERS.c.id == _ID)

_IDENTITIES = (
    select(IDENTITIES)
    .where(IDENTITIES.c.member.in_(_IDS), IDENTITIES.c.gone.is_(None))
    .order_by(IDENTITIES.c.answered.desc(), IDENTITIES.c.id.desc())
)
_IDENTITY = (IDENTITIES.c.workspace == _ID) & (IDENTITIES.c.platform == _PLATFORM) & (IDENTITIES.c.account == _ACCOUNT)
_MEMBER_OF_IDENTITY = select(IDENTITIES.c.member).where(_IDENTITY)
_NEW_IDENTITY = insert(IDENTITIES)
_END_IDENTITY = delete(IDENTITIES).where(_IDENTITY)
_IDENTITY_GONE = update(IDENTITIES).where(_IDENTITY).values(gone=one("at"))
_OTHER = IDENTITIES.alias("other")
_ANSWERED = (
    update(IDENTITIES)
    .where(IDENTITIES.c.platform == _PLATFORM, IDENTITIES.c.account == _ACCOUNT)
    .where(
        select(_OTHER.c.id)
        .where(_OTHER.c.member == IDENTITIES.c.member, _OTHER.c.id != IDENTITIES.c.id)
        .correlate(IDENTITIES)
        .exists()
    )
    .values(answered=one("at"))
)

_ABSENCES = (
    select(ABSENCES).where(ABSENCES.c.member.in_(_IDS)).order_by(ABSENCES.c.first, ABSENCES.c.last, ABSENCES.c.id)
)
_NEW_ABSENCE = insert(ABSENCES)
_ENDING = (ABSENCES.c.member == _ID) & (ABSENCES.c.last >= one("ending_from"))
_ABSENCES_ENDING = select(ABSENCES).where(_ENDING).order_by(ABSENCES.c.first, ABSENCES.c.id)
_REMOVE_ABSENCES = delete(ABSENCES).where(_ENDING)


class MemberRows(CachedRows):
    """The directory's members."""

    async def member(self, id: MemberId) -> Member:
        """Return a member; raises KeyError for an unknown id."""
        return (await self.members((id,)))[id]

    async def members(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Member]:
        """Return members by id, active or not; unknown ids are left out."""
        return await self._each("member", ids, _MEMBERS, _by_id, None)

    async def members_of_identity(self, identity: Identity) -> Sequence[Member]:
        """Return the active members that an account is, one per workspace."""

        async def read() -> tuple[Member, ...]:
            who = {"of_platform": identity.platform, "of_account": identity.account}
            return tuple(read_member(row) for row in await self._rows(_MEMBERS_OF_IDENTITY, **who))

        return await self._cached("identity", identity, read)

    async def members_of_workspace(self, workspace: WorkspaceId) -> Sequence[Member]:
        """Return a workspace's active members, by name."""

        async def read() -> tuple[Member, ...]:
            return tuple(read_member(row) for row in await self._rows(_MEMBERS_OF_WORKSPACE, of=workspace))

        return await self._cached("members of workspace", workspace, read)

    async def identities(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Sequence[Identity]]:
        """Return each member's accounts, the one answered from last first."""
        return await self._each("identities", ids, _IDENTITIES, _identities, ())

    async def create_member(self, member: Member, account: Account) -> Member:
        """Store a new member with their first account; one who comes back keeps their id and their settings."""
        self._changed()
        identity = account.identity
        who = {"of_platform": identity.platform, "of_account": identity.account}
        for row in await self._rows(_MEMBER_OF_IDENTITY, of=member.workspace, **who):
            known = _again(await self.member(MemberId(row.member)), member)
            await self.save_member(known)
            await self._execute(_IDENTITY_GONE, {"of": member.workspace, "at": None, **who})
            return known
        (row,) = await self._rows(_NEW_MEMBER, **_member_columns(member))
        stored = replace(member, id=MemberId(row.id))
        await self.add_account(stored, account)
        return stored

    async def members_ever(self, identity: Identity) -> Sequence[Member]:
        """Return the members that an account is or was before it left, active or not, one per workspace."""
        who = {"of_platform": identity.platform, "of_account": identity.account}
        return [read_member(row) for row in await self._rows(_MEMBERS_EVER, **who)]

    async def accounts(self, member: MemberId) -> Sequence[Account]:
        """Return a member's accounts with the names displayed for them, the one answered from last first."""
        rows = await self._rows(_IDENTITIES, ids=[member])
        return [Account(Identity(row.platform, row.account), row.name) for row in rows]

    async def add_account(self, member: Member, account: Account) -> None:
        """Give a member one more account, which must be nobody's in their workspace."""
        self._changed()
        await self._rows(
            _NEW_IDENTITY,
            workspace=member.workspace,
            member=member.id,
            platform=account.identity.platform,
            account=account.identity.account,
            name=account.name,
            answered=0,
        )

    async def remove_account(self, workspace: WorkspaceId, identity: Identity) -> None:
        """Make an account nobody's in a workspace, as if it had never been there."""
        self._changed()
        who = {"of_platform": identity.platform, "of_account": identity.account}
        await self._execute(_END_IDENTITY, {"of": workspace, **who})

    async def save_member(self, member: Member) -> None:
        """Store a changed member; raises KeyError for an unknown id."""
        self._changed()
        done = await self._execute(_SAVE_MEMBER, {"of": member.id, **_member_columns(member)})
        if not done.rowcount:
            raise KeyError(member.id)

    async def account_left(self, workspace: WorkspaceId, identity: Identity, at: datetime) -> None:
        """Note that nobody is met under this account there any more, until it is made a member's again."""
        self._changed()
        who = {"of_platform": identity.platform, "of_account": identity.account}
        await self._execute(_IDENTITY_GONE, {"of": workspace, "at": to_micros(at), **who})

    async def answered_from(self, identity: Identity, at: datetime) -> None:
        """Note that a person spoke from this account, if they have others to be reached by."""
        who = {"of_platform": identity.platform, "of_account": identity.account}
        if (await self._execute(_ANSWERED, {"at": to_micros(at), **who})).rowcount:
            self._changed()

    async def absences(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Sequence[Absence]]:
        """Return each member's leave, earliest first."""
        return await self._each("absences", ids, _ABSENCES, _absences, ())

    async def add_absence(self, absence: Absence) -> None:
        """Store one more stretch of leave."""
        self._changed()
        first, last = absence.first.isoformat(), absence.last.isoformat()
        await self._rows(_NEW_ABSENCE, member=absence.member, first=first, last=last, reason=absence.reason)

    async def remove_absences(self, member: MemberId, ending_from: date) -> Sequence[Absence]:
        """Remove and return leave that ends on that local date or later."""
        which = {"of": member, "ending_from": ending_from.isoformat()}
        found = [_absence(row) for row in await self._rows(_ABSENCES_ENDING, **which)]
        if found:
            self._changed()
            await self._rows(_REMOVE_ABSENCES, **which)
        return found


_week = lru_cache(maxsize=1_000)(WorkingWeek.from_text)  # many members share a few


def read_member(row: Any) -> Member:
    """Read a member from a row of their table."""
    return Member(
        MemberId(row.id),
        WorkspaceId(row.workspace),
        row.name,
        row.zone,
        _week(row.week),
        row.language,
        row.holidays,
        bool(row.admin),
        bool(row.zone_known),
        bool(row.active),
    )


def _again(before: Member, now: Member) -> Member:
    """Return somebody who was known before as they are now; what they had told of themselves still holds."""
    zone = before.zone if before.zone_known else now.zone
    return replace(before, name=now.name, zone=zone, admin=now.admin, active=now.active)


def _member_columns(member: Member) -> dict[str, Any]:
    return {
        "workspace": member.workspace,
        "name": member.name,
        "zone": member.zone,
        "week": member.week.to_text(),
        "language": member.language,
        "holidays": member.holidays,
        "admin": int(member.admin),
        "zone_known": int(member.zone_known),
        "active": int(member.active),
    }


def _by_id(rows: Iterable[Any]) -> dict[int, Member]:
    return {row.id: read_member(row) for row in rows}


def _identities(rows: Iterable[Any]) -> dict[int, tuple[Identity, ...]]:
    found: dict[int, tuple[Identity, ...]] = {}
    for row in rows:
        found[row.member] = (*found.get(row.member, ()), Identity(row.platform, row.account))
    return found


def _absence(row: Any) -> Absence:
    return Absence(MemberId(row.member), date.fromisoformat(row.first), date.fromisoformat(row.last), row.reason)


def _absences(rows: Iterable[Any]) -> dict[int, tuple[Absence, ...]]:
    found: dict[int, tuple[Absence, ...]] = {}
    for row in rows:
        found[row.member] = (*found.get(row.member, ()), _absence(row))
    return found
