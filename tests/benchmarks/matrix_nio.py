"""The peer: matrix-nio's own client, which sends what it is given and does nothing else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from nio import AsyncClient, AsyncClientConfig, ErrorResponse

from tests.benchmarks.matrix_accounts import PASSPHRASE, PASSWORD, Account, Spent
from tests.benchmarks.processes import resident

# What the client must be told so that it neither loses messages after a crash nor tries again on its own.
CONFIG = AsyncClientConfig(
    store_sync_tokens=False, encryption_enabled=True, max_limit_exceeded=0, max_timeouts=0, pickle_key=PASSPHRASE
)
logging.getLogger("nio").setLevel(logging.CRITICAL)  # it warns of every device that it has no session with

Content = Mapping[str, Any]


class NioSending:
    """A client that has synced once and then only sends, with nothing durable but its keys."""

    def __init__(self, client: AsyncClient, account: Account) -> None:
        """Take a client that is logged in."""
        self._client = client
        self._account = account

    async def everywhere(self, encrypted: bool, contents: Sequence[Content], at_once: int) -> Spent:
        """Send to all rooms in turn, so many calls at once."""
        rooms = [room.id for room in self._account.direct(encrypted)]
        waiting = iter([(room, dict(content)) for room, content in zip(cycle(rooms), contents, strict=False)])
        start, busy = time.perf_counter(), time.process_time()
        await asyncio.gather(*(self._lane(waiting) for _ in range(at_once)))
        return Spent(len(contents), time.perf_counter() - start, time.process_time() - busy)

    async def reading(self, encrypted: bool, contents: Sequence[Content], at_once: int) -> Spent:
        """Do the same while the client syncs, as every bot must that is to hear anything."""
        must(await self._client.sync(timeout=0))
        reading = asyncio.create_task(self._client.sync_forever(timeout=30_000))
        try:
            return await self.everywhere(encrypted, contents, at_once)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def in_order(self, encrypted: bool, contents: Sequence[Content]) -> Spent:
        """Send to one room, one after another."""
        room = self._account.direct(encrypted)[0]
        start, busy = time.perf_counter(), time.process_time()
        await self._lane(iter([(room.id, dict(content)) for content in contents]))
        return Spent(len(contents), time.perf_counter() - start, time.process_time() - busy)

    async def _lane(self, waiting: Iterator[tuple[str, dict[str, Any]]]) -> None:
        for room, content in waiting:
            must(await self._client.room_send(room, "m.room.message", content, ignore_unverified_devices=True))


def must(answer: object) -> None:
    """Nio returns errors; raise RuntimeError for one."""
    if isinstance(answer, ErrorResponse):
        raise RuntimeError(f"nio: {answer}")


@asynccontextmanager
async def nio_sending(folder: Path, account: Account) -> AsyncIterator[NioSending]:
    """A client in all of an account's rooms, with its keys shared wherever it encrypts."""
    client = await synced(folder, account)
    sending = NioSending(client, account)
    for encrypted in (False, True):
        hello = {"msgtype": "m.notice", "body": "hello", "m.mentions": {}}
        await sending.everywhere(encrypted, [hello] * len(account.direct(encrypted)), 10)
    try:
        yield sending
    finally:
        await client.close()


async def synced(folder: Path, account: Account) -> AsyncClient:
    """Log in as a new device, its keys in an empty folder, and read all rooms and the keys of everybody in them."""
    client = AsyncClient(account.url, account.user_id, store_path=str(folder), config=CONFIG)
    must(await client.login(PASSWORD))
    must(await client.sync(timeout=0, full_state=True))
    must(await client.keys_upload())
    if client.should_query_keys:
        must(await client.keys_query())
    return client


# --- memory ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """Resident memory in MB, with nio imported and when it has synced; and the rooms that it knows then."""

    before: float
    after: float
    rooms: int


def hold(folder: Path, account: Account) -> Held:
    """Sync a client to an account's rooms."""

    async def work() -> Held:
        before = resident()
        client = await synced(folder, account)
        held = Held(before, resident(), len(client.rooms))
        await client.close()
        return held

    return asyncio.run(work())
