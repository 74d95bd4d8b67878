"""A team's first day, compact: set-up, prompts, an answer by form, typed ones, edits, a deletion, a handoff, buttons.

Each moment waits until its people have seen what it is about, so every life of it goes through the same doings.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime

from tests.platforms.discord.kills import World

START = datetime(2027, 3, 1, 8, 30, tzinfo=UTC)
"""A Monday. Lisbon has UTC; in Auckland it is 13 hours later."""
MOMENTS = ("set-up", "greeting", "prompt", "form", "change", "typed", "edit", "deletion", "handoff", "later", "answer")


def monday(hour: int, minute: int = 0) -> datetime:
    """An instant of the day."""
    return START.replace(hour=hour, minute=minute)


async def live_the_day(world: World) -> None:
    """The day, from the first command to the end of the bot's last life."""
    await world.bot.start()
    await world.bot.awake()
    await world.bot.until(monday(8, 31))
    await _begins(world)
    await _is_written(world)
    await _is_typed(world)
    await _is_handed_over(world)
    await world.bot.until(monday(23))
    await world.bot.end()


async def _begins(world: World) -> None:
    """The team is set up, and everyone greeted."""
    room = world.room
    async with world.moment("set-up", monday(8, 45)):
        await world.uses("ana", "team create", "The team Atlas is made", room, name="Atlas", zone="Europe/Lisbon")
        await world.uses("ana", "team add", "mia is in Atlas now", room, team="Atlas", member=world.people["mia"])
        await world.uses("ana", "channel set", "hands over", room, team="Atlas", purpose="handoff", where=room)
        await world.uses("ana", "standup create", "Atlas now has a standup", room, team="Atlas", at="09:30")
    async with world.moment("greeting", monday(9, 5)):
        await world.bot.until(monday(9, 5))
        for name, city in (("ana", "Lisbon"), ("mia", "Auckland")):
            await world.sees(name, "Hello")
            await world.uses(name, "me timezone", f"Your time zone is {city}", zone=city)


async def _is_written(world: World) -> None:
    """Ana is asked, and answers in the form, and changes it there."""
    async with world.moment("prompt", monday(9, 31)):
        await world.bot.until(monday(9, 31))
        prompt = await world.sees("ana", "time for your Atlas update")
    async with world.moment("form", monday(10)):
        answers = {"What did you finish?": "the parser", "What is next?": "the docs", "Is anything in your way?": "-"}
        await world.writes("ana", prompt, "Write", answers, "Thank you!", "the parser")
        receipt = await world.sees("ana", "Thank you!")
    async with world.moment("change", monday(10, 15)):
        await world.writes("ana", receipt, "Edit", {"What is next?": "the legend"}, "Thank you!", "the legend")


async def _is_typed(world: World) -> None:
    """She adds by typing, corrects it, and takes back a word too much."""
    ana = world.people["ana"]
    async with world.moment("typed", monday(10, 30)):
        async with world.absence():
            said = await ana.say(ana.dm, "update 2. @mia please read the docs")
        await world.sees("ana", "Thank you!", "please read the docs")
    async with world.moment("edit", monday(11)):
        async with world.absence():
            await world.a_moment()
            await ana.edit(said, "update 2. @mia please read the notes")
        await world.sees("ana", "Thank you!", "please read the notes")
    async with world.moment("deletion", monday(12)):
        gossip = await ana.say(ana.dm, "update 1. heard some gossip")
        await world.sees("ana", "Thank you!", "gossip")
        async with world.absence():
            await ana.delete(gossip)
        await world.stops_seeing("ana", "gossip")


async def _is_handed_over(world: World) -> None:
    """Ana's words go to Mia, who puts her own off, and then types them."""
    mia = world.people["mia"]
    async with world.moment("handoff", monday(17, 30)):
        await world.bot.until(monday(17, 30))
        handoff = await world.sees("mia", "the parser", place=world.room)
        assert handoff.thread is not None
        await world.sees("mia", "please read the notes", place=handoff.thread)
    async with world.moment("later", monday(20, 35)):
        await world.bot.until(monday(20, 31))
        asked = await world.sees("mia", "time for your Atlas update")
        await world.presses("mia", asked, "In an hour", "again")
    async with world.moment("answer", monday(22, 30)):
        await world.bot.until(monday(22, 15))
        async with world.absence() if world.absences else nullcontext():
            await mia.say(mia.dm, "1. read the notes\n2. the release\n3. nothing")
        await world.sees("mia", "Thank you!", "the release")
