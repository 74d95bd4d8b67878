"""A team's first day, compact: set-up, a prompt in DM, answers, an edit, a deletion, a handoff with thread, a reaction.

Each moment waits until its people have seen what it is about, so every life of it goes through the same doings.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime

from tests.platforms.matrix.kills import PEOPLE, ROOM, World

START = datetime(2026, 10, 26, 8, 30, tzinfo=UTC)
"""A Monday. Lisbon has UTC; in Auckland it is 13 hours later."""


def monday(hour: int, minute: int = 0) -> datetime:
    """An instant of the day."""
    return START.replace(hour=hour, minute=minute)


async def live_the_day(world: World) -> None:
    """The day, from the invitation to the end of the bot's last life."""
    await world.bot.start()
    await world.bot.until(monday(8, 31))
    await _begins(world)
    await _is_written(world)
    await _is_handed_over(world)
    for (name, where), prefix in {("Ana", ROOM): "!helio ", ("Ana", "dm"): "", ("Mia", "dm"): ""}.items():
        await world.says(name, where, f"{prefix}team show Atlas")
        await world.sees(name, where, "1 of 2 is at work now")
    await world.bot.until(monday(23))
    await world.bot.end()


async def _begins(world: World) -> None:
    """The bot is invited, the team set up, and everyone greeted."""
    ana, mia = (world.people[name] for name in PEOPLE)
    async with world.moment("invitation", monday(8, 40)):
        async with world.absence(), world.steadily():
            room = await ana.create_room("Atlas", invite=[mia.user_id], encrypted=world.encrypted)
            await mia.join(room)
            await ana.invite(room, world.bot.user_id)
            world.rooms |= {(name, ROOM): room for name in PEOPLE}
        await world.is_joined_by_the_bot("Ana", room)

    async with world.moment("set-up", monday(8, 45)):
        async with world.absence():
            await world.says("Ana", ROOM, "!helio team create Atlas zone:Lisbon")
            await world.says("Ana", ROOM, "!helio team add Atlas Mia", mention="Mia")
            await world.says("Ana", ROOM, "!helio channel set Atlas handoff here")
        await world.sees("Ana", ROOM, "hands over")
        await world.says("Ana", ROOM, "!helio standup create Atlas at:09:30 days:mon-fri")
        await world.sees("Ana", ROOM, "Atlas now has a standup")

    async with world.moment("greeting", monday(9, 5)):
        await world.bot.until(monday(9, 5))
        for name, city in (("Ana", "Lisbon"), ("Mia", "Auckland")):
            await world.meets_the_bot(name)
            await world.sees(name, "dm", "Hello")
            async with world.absence() if name == "Mia" else nullcontext():
                await world.says(name, "dm", f"me timezone {city}")
            await world.sees(name, "dm", f"Your time zone is {city}")


async def _is_written(world: World) -> None:
    """Ana is asked, answers, adds to it, corrects it, and takes back a word too much."""
    ana = world.people["Ana"]
    async with world.moment("prompt", monday(9, 31)):
        await world.bot.until(monday(9, 31))
        await world.sees("Ana", "dm", "time for your Atlas update")

    async with world.moment("answer", monday(10)):
        async with world.absence():
            answer = await world.says("Ana", "dm", "1. merged the parser\n2. the docs\n3. waiting for the keys")
        await world.sees("Ana", "dm", "Thank you!")

    async with world.moment("additions", monday(10, 30)):
        await world.around_a_kill(
            lambda: world.says("Ana", "dm", "update 2. the tests"),
            lambda: world.says("Ana", "dm", "update 2. the notes"),
            lambda: world.says("Ana", "dm", "update 2. the release"),
        )
        await world.sees("Ana", "dm", "Added to your Atlas update", n=3)
        await world.sees("Ana", "dm", "Thank you!", "the tests", "the notes", "the release")

    async with world.moment("edit", monday(11)):
        async with world.absence(), world.steadily():
            text = "1. merged the parser\n2. the docs, reviewed\n3. @Mia please read them"
            await ana.edit(world.rooms["Ana", "dm"], answer, text)
        await world.sees("Ana", "dm", "Thank you!", "the docs, reviewed")

    async with world.moment("deletion", monday(12)):
        gossip = await world.says("Ana", "dm", "update 1. heard some gossip")
        await world.sees("Ana", "dm", "Thank you!", "gossip")
        async with world.absence(), world.steadily():
            await ana.redact(world.rooms["Ana", "dm"], gossip)
        await world.stops_seeing("Ana", "dm", "gossip")


async def _is_handed_over(world: World) -> None:
    """Ana's words go to Mia, who puts her own off, and then writes them."""
    async with world.moment("handoff", monday(17, 30)):
        await world.bot.until(monday(17, 30))
        for name in PEOPLE:
            handoff = await world.sees(name, ROOM, "merged the parser", thread="")
            await world.sees(name, ROOM, "the docs, reviewed", "please read them", thread=handoff.id)

    async with world.moment("reaction", monday(20, 35)):
        await world.bot.until(monday(20, 31))
        asked = await world.sees("Mia", "dm", "time for your Atlas update")
        async with world.absence(), world.steadily():
            await world.people["Mia"].react(world.rooms["Mia", "dm"], asked.id, "⏰")
        await world.sees("Mia", "dm", "again")

    async with world.moment("answer again", monday(22, 30)):
        await world.bot.until(monday(22, 15))
        async with world.absence():
            await world.says("Mia", "dm", "1. reviewed the docs\n2. the release\n3. nothing")
        await world.sees("Mia", "dm", "Thank you!")
