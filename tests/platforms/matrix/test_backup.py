"""The device and the identity that signs it, over a backup and its restoring by the command line."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.engine.errors import BadCredentials
from bot.model.event import MessageReceived
from bot.platforms.matrix.adapter import NAME, MatrixPlatform
from bot.platforms.matrix.checking import inspect
from bot.storage.database import Database
from bot.storage.platform_state import StoredState
from tests.cli.process import environment
from tests.platforms.matrix.account import BotAccount
from tests.platforms.matrix.humans.js import JsHuman, Trust
from tests.platforms.matrix.synapse import Synapse


class StoredBot(BotAccount):
    """The same with its state in a database on disk, as the bot that is run has it."""

    database: Database

    async def begin(self, folder: Path) -> MatrixPlatform:
        """Start a process on the database and the device's secrets of a machine, a folder here."""
        self.database = await Database.open(folder / "heliotrope.db")
        self.state = StoredState(self.database, NAME)  # type: ignore[assignment]  # in memory otherwise
        self.change(store=folder / "device")
        self.platform = self.process()
        return await self.start()

    async def end(self) -> None:
        """End the process."""
        await self.platform.stop()
        await self.database.close()


async def heliotrope(folder: Path, *arguments: str) -> str:
    """Run a command to its end, which must be good; return what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder, env=environment(),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, problems = await process.communicate()
    assert process.returncode == 0, problems.decode()
    return out.decode()


@pytest_asyncio.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[StoredBot]:
    """A bot on a machine called "here", started; there is an empty one called "elsewhere"."""
    account = await StoredBot.make(synapse, tmp_path)
    assert isinstance(account, StoredBot)
    for machine in ("here", "elsewhere"):
        (tmp_path / machine).mkdir()
    await heliotrope(tmp_path / "here", "migrate")
    await account.begin(tmp_path / "here")
    yield account
    await account.end()


async def who_has_verified(synapse: Synapse, bot: StoredBot) -> tuple[JsHuman, str]:
    """A person who has compared emoji with the bot, and their conversation."""
    ana = await synapse.js_human("Ana")
    team = await ana.create_room("Atlas", invite=[bot.user_id], encrypted=True)
    await bot.joined(team)
    place = await bot.direct(ana.user_id)
    await ana.join(place.address)
    await bot.until(lambda: bot.platform.book.room(place.address).membership(ana.user_id) == "join")
    await bot.say(place, "hello", "k.hello")
    await ana.hear_from(place.address, bot.user_id, "hello")
    await ana.confirm(await ana.verify(bot.user_id, room=place.address))
    await ana.until_trust(bot.user_id, bot.platform.session.device_id, Trust(signed=True, verified=True))
    return ana, place.address


async def test_restored_here_it_is_the_same_device(synapse: Synapse, bot: StoredBot, tmp_path: Path) -> None:
    here, file = tmp_path / "here", tmp_path / "backup.db"
    ana, room = await who_has_verified(synapse, bot)
    device, before = bot.platform.session.device_id, await inspect(bot.settings, bot.state)
    assert before[-1] == "matrix device signed: yes"
    await heliotrope(here, "backup", str(file))  # in use
    await ana.say(room, "said after the backup")
    await bot.hear(MessageReceived)
    await bot.end()
    await heliotrope(here, "restore", str(file))
    await bot.begin(here)
    assert (bot.platform.session.device_id, bot.told) == (device, [])
    assert await inspect(bot.settings, bot.state) == before
    await bot.say(await bot.direct(ana.user_id), "back again", "k.back")
    line = await ana.hear_from(room, bot.user_id, "back again")
    assert (line.undecryptable, line.shield) == ("", "")
    await ana.say(room, "welcome back")
    await bot.hear(MessageReceived, lambda event: event.text == "welcome back")


async def test_restored_elsewhere_it_is_a_new_device_of_the_identity_that_was_verified(
    synapse: Synapse, bot: StoredBot, tmp_path: Path
) -> None:
    file, elsewhere = tmp_path / "backup.db", tmp_path / "elsewhere"
    ana, room = await who_has_verified(synapse, bot)
    device = bot.platform.session.device_id
    await bot.end()
    await heliotrope(tmp_path / "here", "backup", str(file))
    await heliotrope(elsewhere, "restore", str(file))
    await bot.begin(elsewhere)
    fresh = bot.platform.session.device_id
    assert fresh != device
    assert [key for key, _sentence in bot.told] == [f"matrix:device:{fresh}"]
    await ana.until_trust(bot.user_id, fresh, Trust(signed=True, verified=True))
    assert (await inspect(bot.settings, bot.state))[-1] == "matrix device signed: yes"
    await bot.say(await bot.direct(ana.user_id), "moved house", "k.moved")
    line = await ana.hear_from(room, bot.user_id, "moved house")
    assert (line.undecryptable, line.shield) == ("", "")


async def test_a_backup_has_no_secret_and_needs_the_passphrase(
    synapse: Synapse, bot: StoredBot, tmp_path: Path
) -> None:
    file, elsewhere = tmp_path / "backup.db", tmp_path / "elsewhere"
    token = json.loads((bot.settings.store / "token.json").read_text())["token"]
    await bot.end()
    await heliotrope(tmp_path / "here", "backup", str(file))
    kept = file.read_bytes()
    for secret in (token, "correct horse", '"pw"'):
        assert secret.encode() not in kept
    await heliotrope(elsewhere, "restore", str(file))
    bot.change(store_passphrase="wrong")
    with pytest.raises(BadCredentials, match="store_passphrase"):
        await bot.begin(elsewhere)
