"""Who was written to directly, and who takes nothing from the bot at present."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.engine.ports import Contact
from bot.model.identity import Identity
from bot.model.message import Sentence
from bot.model.moment import to_micros
from bot.storage.executor import Executor, batches, many, one
from bot.storage.tables import CONTACTS
from bot.storage.values import read_instant, read_value, write_value

_C = CONTACTS.c
_OF = select(CONTACTS).where(_C.platform == one("of_platform"), _C.account.in_(many("accounts")))
_IT = (_C.platform == one("of_platform")) & (_C.account == one("of_account"))
_NEW = insert(CONTACTS)
_REACHED = (
    update(CONTACTS)
    .where(_IT)
    .values(reached=func.coalesce(_C.reached, one("at")), closed=None, again=None, remedy=None)
)
_CLOSED = (
    update(CONTACTS).where(_IT).values(closed=func.coalesce(_C.closed, one("at")), again=one("next"), remedy=one("how"))
)
_RETRY = update(CONTACTS).where(_IT).values(again=one("at"))


class ContactRows:
    """The engine's `Contacts`."""

    def __init__(self, executor: Executor) -> None:
        """Work through an executor whose transaction is open."""
        self._execute = executor.execute

    async def of(self, accounts: Iterable[Identity]) -> Mapping[Identity, Contact]:
        """Return what is known of these accounts; those to whom nothing was ever sent are left out."""
        by_platform: dict[str, list[str]] = {}
        for account in dict.fromkeys(accounts):
            by_platform.setdefault(account.platform, []).append(account.account)
        found = {}
        for platform, names in by_platform.items():
            for batch in batches(names):
                for row in (await self._execute(_OF, {"of_platform": platform, "accounts": batch})).rows:
                    found[Identity(platform, row.account)] = _contact(row)
        return found

    async def reached(self, accounts: Iterable[Identity], at: datetime) -> None:
        """Note that something arrived."""
        wanted = list(accounts)
        known = await self.of(wanted) if wanted else {}
        changed = [a for a, contact in known.items() if contact.reached is None or contact.closed is not None]
        await self._execute(_REACHED, [{**_name(account), "at": to_micros(at)} for account in changed])
        await self._execute(_NEW, [_new(a, reached=to_micros(at)) for a in wanted if a not in known])

    async def closed(self, account: Identity, at: datetime, again: datetime, remedy: Sentence | None) -> bool:
        """Note that they take nothing; return whether that is news. Since when it is so stays as first noted."""
        before = (await self.of([account])).get(account)
        instant, next_, how = to_micros(at), to_micros(again), write_value(remedy)
        if before is None:
            await self._execute(_NEW, _new(account, closed=instant, again=next_, remedy=how))
        else:
            await self._execute(_CLOSED, {**_name(account), "at": instant, "next": next_, "how": how})
        return before is None or before.closed is None

    async def retry(self, account: Identity, at: datetime) -> datetime | None:
        """Let a closed one be tried now; return until when it was not to be, or None where there was no such wait."""
        known = (await self.of([account])).get(account)
        if known is None or known.again is None or known.again <= at:
            return None
        await self._execute(_RETRY, {**_name(account), "at": to_micros(at)})
        return known.again


def _name(account: Identity) -> dict[str, str]:
    return {"of_platform": account.platform, "of_account": account.account}


def _new(account: Identity, **known: Any) -> dict[str, Any]:
    nothing = {"reached": None, "closed": None, "again": None, "remedy": None}
    return {"platform": account.platform, "account": account.account, **nothing, **known}


def _contact(row: Any) -> Contact:
    return Contact(read_instant(row.reached), read_instant(row.closed), read_instant(row.again), read_value(row.remedy))
