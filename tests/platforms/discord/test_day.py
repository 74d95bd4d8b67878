"""A team's first day with the bot on Discord, the bot a process of its own: commands, forms, buttons, typed words.

Ana administers the server and lives in Lisbon; Mia's Discord is German, and she is in Auckland, 13 hours ahead; Cy
takes no direct messages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.platforms.discord.lives import Bot
from tests.platforms.discord.people import Discord, Guild, Modal, Place, Seen, User, eventually

MONDAY = datetime(2027, 3, 1, 8, 30, tzinfo=UTC)
"""Later than any day on which this runs: the local Discord's time only goes on. Lisbon has UTC."""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
WRITE, SKIP, LATER, EDIT, WITHDRAW = "Write", "Skip", "In an hour", "Edit", "Withdraw"


def monday(hour: int, minute: int = 0) -> datetime:
    """An instant of the day."""
    return MONDAY.replace(hour=hour, minute=minute)


@dataclass
class Day:
    """The server, its people, and the bot."""

    discord: Discord
    bot: Bot
    guild: Guild
    room: Place
    ana: User
    mia: User
    cy: User

    async def uses(self, user: User, words: str, place: Place | None = None, **options: object) -> Seen:
        """Use a command, and read the answer."""
        return await (await user.slash(words, place, options)).answer()

    async def opens(self, user: User, message: Seen, button: str) -> Modal:
        """Press a button that opens a form."""
        return await (await user.press(message, button)).modal()

    async def writes(self, user: User, message: Seen, button: str, values: Mapping[str, str]) -> None:
        """Press a button that opens a form, and send it in."""
        await (await (await self.opens(user, message, button)).submit(values)).acknowledged()

    async def restarts(self) -> None:
        """End the bot's process in good order, and begin another on its files."""
        await self.bot.end()
        await self.bot.start()
        await self.bot.awake()

    async def is_set_up(self) -> None:
        """Ana sets the team up: forms and buttons of /setup, and commands."""
        begun = await self.uses(self.ana, "setup", self.room)
        form = await self.opens(self.ana, begun, "Name and city")
        made = await (await form.submit({"Name": "Atlas", "City or time zone": "Lisbon"})).answer()
        assert "The team Atlas is made" in made.text
        at_standup = await (await self.ana.press(made, "Use this channel")).answer()
        assert "Next, the standup" in at_standup.text
        form = await self.opens(self.ana, at_standup, "Time, days and questions")
        assert [each.value for each in form.inputs[:2]] == ["09:30", "Mon–Fri"]
        assert "Atlas now has a standup: 09:30" in (await (await form.submit()).answer()).text
        for user in (self.mia, self.cy):
            assert (
                f"{user.name} is in Atlas now"
                in (await self.uses(self.ana, "team add", self.room, team="Atlas", member=user)).text
            )
        # She left the set-up; it goes on where it was, and ends with a test prompt.
        at_social = await self.uses(self.ana, "setup", self.room)
        last = await (await self.ana.press(at_social, "Use this channel")).answer()
        assert "Atlas is set up." in last.text
        await (await self.ana.press(last, "Send me a test prompt")).answer()
        await self.ana.reads("a test")

    async def is_met(self) -> None:
        """In their working hours all are greeted, and say where they are."""
        await self.bot.until(monday(9, 5))
        await self.ana.reads("Hello ana!")
        await self.uses(self.ana, "me timezone", zone="Europe/Lisbon")
        await self.mia.reads("Hello mia!")
        assert "Pacific/Auckland" in [value for _, value in await self.mia.complete("me timezone", "zone", "Auckland")]
        assert "Deine Zeitzone: Auckland" in (await self.uses(self.mia, "me timezone", zone="Pacific/Auckland")).text


@pytest.fixture
async def day(discord: Discord, tmp_path: Path) -> AsyncIterator[Day]:
    """A server that the bot was invited to, and nothing else."""
    ana, mia, cy = await discord.user("ana"), await discord.user("mia", locale="de"), await discord.user("cy")
    guild = await discord.guild("Polaris", owner=ana)
    room = await guild.channel("general")
    for user in (mia, cy):
        await guild.join(user)
    await cy.close_dms()
    async with Bot.make(discord, tmp_path / "bot", MONDAY) as bot:
        await bot.start()
        await bot.awake()
        yield Day(discord, bot, guild, room, ana, mia, cy)


async def gone(user: User, text: str, place: Place | None = None) -> None:
    """Wait until nothing that the bot wrote there has this in it any more."""

    async def check() -> bool:
        return all(text not in each.text for each in await user.from_bot(place))

    await eventually(check)


async def says(user: User, text: str, times: int) -> None:
    """Wait until the bot has said this to somebody so many times."""

    async def check() -> bool:
        return sum(each.text.count(text) for each in await user.from_bot()) == times

    await eventually(check)


async def test_a_team_lives_its_first_day(day: Day) -> None:
    discord, bot, ana, mia, cy, room = day.discord, day.bot, day.ana, day.mia, day.cy, day.room
    await day.is_set_up()
    await day.is_met()

    # In her morning it asks Ana, who writes in the form, and types what it left open.
    await bot.until(monday(9, 30))
    prompt = await ana.reads("time for your Atlas update")
    assert prompt.buttons == (WRITE, SKIP, LATER)
    form = await day.opens(ana, prompt, WRITE)
    assert [each.label for each in form.inputs] == ["What did you finish?", "What is next?", "Is anything in your way?"]
    await (await form.submit({"What did you finish?": "the parser"})).acknowledged()
    await ana.reads("2 of 3: What is next?")  # left empty, so asked; she types it. Nothing is in her way
    typed = await ana.say(ana.dm, "the docs")
    receipt = await ana.reads("Thank you!")
    assert EDIT in receipt.buttons and WITHDRAW in receipt.buttons
    await day.writes(ana, receipt, EDIT, {"What did you finish?": "the parser, reviewed"})
    await ana.reads("the parser, reviewed")
    await ana.edit(typed, "@mia please read them")
    await ana.reads("please read them")
    await gone(ana, "the docs")
    gossip = await ana.say(ana.dm, "update 1. heard some gossip")
    await ana.reads("gossip")
    await ana.delete(gossip)
    await gone(ana, "gossip")

    # Nobody can write to Cy, who is asked in the channel, by a button there.
    asked = await cy.reads("I ask you here", room)
    assert (asked.buttons, asked.notified) == ((WRITE,), (cy.id,))
    await day.writes(cy, asked, WRITE, {"What did you finish?": "the map"})
    assert "cy: can't be reached" in (await day.uses(ana, "team show", room, team="Atlas")).text

    # A social thread opens; Ana shows a picture in it, which stays where it is.
    await bot.until(monday(12))
    post = await ana.reads("the first word goes to Lisbon", room)
    assert post.thread is not None
    await ana.say(post.thread, "this one", files={"cat.png": PICTURE})
    (shown,) = [each for each in await mia.sees(post.thread) if each.attachments]
    assert (await discord.download(shown.attachments[0]["url"]))[1] == PICTURE

    # At the end of her day her words are handed over in a thread, and follow what she changes later.
    await bot.until(monday(17, 30))
    handoff = await mia.reads("please read them", room)
    assert handoff.thread is not None
    assert handoff.notified == (), "Mia sleeps, and is told when she is up"
    await mia.reads("the parser, reviewed", handoff.thread)
    await ana.edit(typed, "@mia please read them soon")
    assert (await mia.reads("please read them soon", room)).id == handoff.id
    assert all("gossip" not in each.text for each in [handoff, *await ana.sees(handoff.thread)])

    # Mia reads in German, puts her update off by a button, is asked again, and types it.
    await bot.until(monday(20, 31))
    await mia.reads("please read them soon")
    asked = await mia.reads("Zeit für dein Update an Atlas")
    assert asked.buttons == ("Schreiben", "Auslassen", "In einer Stunde")
    await (await mia.press(asked, "In einer Stunde")).acknowledged()
    await bot.until(monday(21, 45))
    again = (await mia.from_bot())[-1]
    assert again.id != asked.id and "Schreiben" in again.buttons
    await mia.say(mia.dm, "1. die Doku gelesen\n2. das Release\n3. nichts")
    await mia.reads("Danke! Dein Update an Atlas")


async def test_what_is_old_works_over_restarts_and_lost_sessions(day: Day) -> None:
    bot, ana, mia, room = day.bot, day.ana, day.mia, day.room
    await day.is_set_up()
    await bot.until(monday(9, 30))
    prompt, mias = await ana.reads("time for your Atlas update"), await mia.reads("time for your Atlas update")

    # A button and an open form from before a restart.
    form = await day.opens(ana, prompt, WRITE)
    await day.restarts()
    await (await form.submit({"What did you finish?": "the parser"})).acknowledged()
    await ana.reads("2 of 3: What is next?")
    await day.writes(ana, prompt, WRITE, {"What is next?": "the docs"})
    receipt = await ana.reads("Thank you!")
    assert "the parser" in receipt.text and "the docs" in receipt.text

    # What is said, changed and deleted while nobody hears it is read back by the session that begins then.
    later = await ana.say(ana.dm, "update 2. the tests")
    gossip = await ana.say(ana.dm, "update 1. heard some gossip")
    await ana.reads("gossip")
    await ana.reads("the tests")
    await day.discord.lose_sessions()
    await ana.edit(later, "update 2. the tests, twice")
    await ana.delete(gossip)
    await mia.say(mia.dm, "1. the map\n2. the legend\n3. none")
    await ana.reads("the tests, twice")
    await gone(ana, "gossip")
    await mia.reads("the legend")

    # So it is for a process that was killed.
    await bot.kill()
    await day.discord.skew(timedelta(seconds=1))  # a second change at the same instant would be no other one
    await ana.edit(later, "update 2. the tests, thrice")
    await bot.start()
    await ana.reads("the tests, thrice")

    # An old button explains itself, as often as it is pressed.
    for times in (1, 2):
        await (await mia.press(mias, SKIP)).acknowledged()
        await says(mia, "Es gibt nichts auszulassen: Keine Frage ist offen.", times)

    # A message in the channel, which the bot may not read, is taken by its menu.
    said = await mia.say(room, "the staging keys are missing")
    await (await mia.menu("Add to my update", said)).answer()
    await mia.reads("the staging keys are missing")

    # All of an update is taken back by the button on its receipt.
    receipt = [each for each in await ana.from_bot() if WITHDRAW in each.buttons][-1]
    await (await ana.press(receipt, WITHDRAW)).acknowledged()
    question = await ana.reads("Shall I take back all that you wrote")
    await (await ana.press(question, question.buttons[0])).acknowledged()
    await ana.reads("is taken back")
