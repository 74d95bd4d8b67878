"""A real Synapse with people on it whose devices decrypt, and accounts with rooms that they share with them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from nio.crypto import Olm
from nio.store import SqliteMemoryStore

from bot.platforms.matrix.rooms import MADE_FOR
from tests.benchmarks.matrix_accounts import Account, Room
from tests.platforms.matrix.humans.js import Crowd
from tests.platforms.matrix.humans.plain import Human
from tests.platforms.matrix.synapse import INSTALLATION, Synapse

AT_ONCE = 4
"""Rooms made at the same time: the server does not make more of them a second."""


@contextmanager
def homeserver() -> Iterator[Synapse]:
    """A server in a process of its own, its limits raised, on SQLite. Raises CannotInstall."""
    INSTALLATION.ensure()
    with tempfile.TemporaryDirectory(prefix="heliotrope-bench-synapse-") as folder:
        server = Synapse(Path(folder), Crowd())
        server.start()
        try:
            yield server
        finally:
            server.stop(kill=True)


async def residents(server: Synapse, number: int) -> list[Human]:
    """Make people, each with one device that has its keys on the server."""
    return [await _with_keys(await server.human(f"resident{n}")) for n in range(number)]


async def _with_keys(human: Human) -> Human:
    keys: Any = Olm(human.user_id, human.device_id, SqliteMemoryStore(human.user_id, human.device_id))
    await human.call("POST", "/keys/upload", keys.share_keys())
    return human


async def account(
    server: Synapse, people: Sequence[Human], *, plain: int = 0, encrypted: int = 0, groups: int = 0, members: int = 3
) -> Account:
    """Make a bot's account with direct conversations, each with another person, and encrypted rooms of several."""
    bot = await server.human("bot")
    turn = cycle(people)
    direct_with = people[: plain + encrypted]
    wanted = [([human], n >= plain) for n, human in enumerate(direct_with)]
    wanted += [(list(islice(turn, members)), True) for _ in range(groups)]
    gate = asyncio.Semaphore(AT_ONCE)

    async def made(guests: Sequence[Human], secret: bool) -> Room:
        async with gate:
            return await _room(bot, guests, secret)

    rooms = await asyncio.gather(*(made(guests, secret) for guests, secret in wanted))
    direct = {room.people[0]: [room.id] for room in rooms if len(room.people) == 1}
    await bot.call("PUT", f"/user/{bot.user_id}/account_data/m.direct", direct)
    await bot.log_out()
    return Account(server.url, bot.user_id, tuple(rooms))


async def _room(bot: Human, guests: Sequence[Human], encrypted: bool) -> Room:
    invited = tuple(guest.user_id for guest in guests)
    direct = len(guests) == 1
    more = {"creation_content": {MADE_FOR: invited[0]}} if direct else {"name": "Team room"}
    id = await bot.create_room(invite=invited, direct=direct, encrypted=encrypted, **more)
    for guest in guests:
        await guest.join(id)
    return Room(id, invited, encrypted)
