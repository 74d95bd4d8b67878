"""A team's first day with the bot: on a real homeserver, encrypted, in clients that trust only signed devices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from tests.platforms.matrix.humans.js import JsHuman
from tests.platforms.matrix.humans.plain import Human, Line, eventually
from tests.platforms.matrix.living import LivingBot
from tests.platforms.matrix.synapse import Synapse

MONDAY = datetime(2026, 10, 26, 8, 30, tzinfo=UTC)
"""Winter has begun in Lisbon (UTC); in Auckland, 13 hours ahead, it is half past nine in the evening."""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


@pytest_asyncio.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[LivingBot]:
    bot = await LivingBot.make(synapse, tmp_path, MONDAY)
    await bot.start()
    yield bot
    await bot.close()


class Colleague:
    """A person, and what passes between them and the bot."""

    def __init__(self, human: JsHuman, bot: LivingBot) -> None:
        self.human = human
        self.bot = bot
        self.direct = ""

    async def says(self, room: str, text: str, answer: str) -> Line:
        """Say something for the bot, and wait for what it answers."""
        await self.human.say(room, text)
        return await self.sees(room, answer)

    async def says_directly(self, text: str, answer: str) -> str:
        """Say something in the direct conversation, wait for the answer, and return what was said."""
        said = await self.human.say(self.direct, text)
        await self.sees(self.direct, answer)
        return said

    async def sees(self, room: str, *wanted: str, thread: str | None = None) -> Line:
        """Wait for a line of the bot that has all of this in it."""
        return await self.human.hear(
            room,
            lambda line: (
                line.sender == self.bot.user_id
                and all(words in line.text for words in wanted)
                and (thread is None or line.thread == thread)
            ),
        )

    async def stops_seeing(self, room: str, words: str) -> None:
        """Wait until no line has these words in it any more."""

        async def is_so() -> bool:
            return all(words not in line.text for line in await self.human.lines(room))

        await eventually(is_so)

    async def meets_the_bot(self) -> Line:
        """Follow the bot's invitation to a direct conversation, and read what it says there first."""
        self.direct = await self.human.until_invited(self.bot.user_id)
        await self.human.join(self.direct)
        return await self.sees(self.direct, "Hello")


@pytest.mark.parametrize("version", ["11", "12"])
async def test_a_team_lives_its_first_day(synapse: Synapse, bot: LivingBot, version: str) -> None:
    ana, mia = Colleague(await synapse.js_human("Ana"), bot), Colleague(await synapse.js_human("Mia"), bot)

    # Ana has a room with Mia, and invites the bot.
    room = await ana.human.create_room("Atlas", invite=[mia.human.user_id], encrypted=True, version=version)
    await mia.human.join(room)
    await ana.human.invite(room, bot.user_id)
    await ana.human.until_member(room, bot.user_id)

    # She sets the team up.
    await ana.says(room, "!helio team create Atlas zone:Lisbon", "The team Atlas is made")
    pill = f'!helio team add Atlas <a href="https://matrix.to/#/{mia.human.user_id}">Mia</a>'
    await ana.human.say(
        room,
        "!helio team add Atlas Mia",
        mentions=[mia.human.user_id],
        format="org.matrix.custom.html",
        formatted_body=pill,
    )
    await ana.sees(room, "Mia is in Atlas now")
    await ana.says(room, "!helio channel set Atlas handoff here", "hands over")
    await ana.says(room, "!helio channel set Atlas social here", "meets")
    await ana.says(room, "!helio standup create Atlas at:09:30 days:mon-fri", "Atlas now has a standup")
    await ana.says(room, "!helio social on Atlas days:mon", "Social threads are on")

    # It greets them in encrypted rooms of their own, and asks where they are.
    await bot.until(datetime(2026, 10, 26, 9, 5, tzinfo=UTC))
    await ana.meets_the_bot()
    assert (await ana.human.state(ana.direct, "m.room.encryption"))["algorithm"] == "m.megolm.v1.aes-sha2"
    await ana.says_directly("me timezone Lisbon", "Your time zone is Lisbon")
    await mia.meets_the_bot()
    await mia.says_directly("me timezone Auckland", "Your time zone is Auckland")

    # In her morning it asks Ana; she answers, corrects herself, and takes back a word too much.
    await bot.until(datetime(2026, 10, 26, 9, 30, tzinfo=UTC))
    await ana.sees(ana.direct, "time for your Atlas update")
    answer = await ana.says_directly("1. merged the parser\n2. the docs\n3. waiting for the staging keys", "Thank you!")
    await ana.human.edit(ana.direct, answer, "1. merged the parser\n2. the docs, reviewed\n3. @Mia please read them")
    receipt = await ana.sees(ana.direct, "Thank you!", "the docs, reviewed")
    assert "staging keys" not in receipt.text
    gossip = await ana.says_directly("update 1. heard some gossip", "gossip")
    await ana.human.redact(ana.direct, gossip)
    await ana.stops_seeing(ana.direct, "gossip")

    # A social thread opens; she shows a picture in it, and Mia sees it.
    await bot.until(datetime(2026, 10, 26, 12, tzinfo=UTC))
    post = await ana.sees(room, "the first word goes to Lisbon")
    await ana.human.thread_reply(room, post.id, "this one")
    shown = await ana.human.picture(room, PICTURE, thread=post.id)
    picture = await mia.human.hear(room, lambda line: line.id == shown)
    assert (picture.thread, await mia.human.download(picture)) == (post.id, PICTURE)

    # At her day's end her leg hands over to Auckland, with everyone's own words in the thread.
    await bot.until(datetime(2026, 10, 26, 17, 30, tzinfo=UTC))
    for who in (ana, mia):
        handoff = await who.sees(room, "merged the parser", thread="")
        words = await who.sees(room, "the docs, reviewed", "please read them", thread=handoff.id)
        assert "gossip" not in handoff.text + words.text

    # Mia's Tuesday begins while Monday is not over for Ana. She is told what waits for her, puts her update off by a
    # reaction, is asked again, and answers.
    await bot.until(datetime(2026, 10, 26, 20, 30, tzinfo=UTC))
    await mia.sees(mia.direct, "Ana needs you", "please read them")
    asked = await mia.sees(mia.direct, "time for your Atlas update")
    await mia.human.react(mia.direct, asked.id, "⏰")
    await mia.sees(mia.direct, "again")
    await bot.until(datetime(2026, 10, 26, 21, 45, tzinfo=UTC))
    await mia.says_directly("1. reviewed the docs\n2. the release\n3. nothing", "Thank you!")

    # All of it was readable to clients that trust only signed devices, and to nobody else.
    for who, where in ((ana, room), (ana, ana.direct), (mia, room), (mia, mia.direct)):
        for line in await who.human.lines(where):
            if line.sender == bot.user_id:
                assert (line.encrypted, line.undecryptable, line.shield) == (True, "", ""), line
                assert line.content["msgtype"] == "m.notice" and "m.mentions" in line.content
        stored = [event["type"] for event in await Human.messages(who.human, where)]
        assert "m.room.encrypted" in stored and "m.room.message" not in stored
