"""Days in a pseudo-language: whatever the bot says that did not come from a catalogue shows."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.api import ALPHABET
from bot.app import services
from bot.platforms.console.server import ConsoleServer
from bot.plugins import installed_cogs
from bot.storage.database import Database
from bot.storage.migrate import create_all
from bot.testing.assembly import Kit
from bot.testing.clock import VirtualClock
from bot.testing.installation import Installation
from bot.testing.on_console import ConsoleService
from bot.testing.pseudo import PseudoLocalizer, leaks
from bot.testing.stage import Stage
from bot.testing.transcript import Seen, Transcript
from bot.testing.world import World

# Words that people type are the same in every language: forms of zones, lengths and calendars.
TO_TYPE = ("Europe/Lisbon", "1h", "1h30", "45m", "PT", "US-CA")
CODE = rf"\b[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}\b"
# The names of holidays are data of the calendars' package.
HOLIDAYS = ("All Saints' Day", "Dia de Todos os Santos")
START = datetime(2026, 10, 25, 18, tzinfo=UTC)


def _kit() -> Kit:
    cogs = installed_cogs()
    return Kit(cogs, replace(services(cogs), localizer=PseudoLocalizer()))


async def test_eight_people_live_five_days_and_read_no_sentence_that_skipped_the_catalogue() -> None:
    kit = _kit()
    clock = VirtualClock(START)
    server = ConsoleServer(clock)
    database = Database.in_memory()
    await create_all(database, kit.cogs)
    scenario = kit.scenario(None)
    installation = Installation(clock, ConsoleService(server), database, kit.services)
    world = World(scenario, installation, start=START, end=START + timedelta(days=5), seed=1)
    await world.begin()
    await world.run()
    seen = list(Transcript(server).more())
    await database.close()

    kinds = {part.kind for message in seen for part in message.parts}
    assert {"standup.prompt", "standup.receipt", "handoff.post", "social.prompt"} <= kinds
    names = [scenario.team, scenario.handoff_channel, scenario.social_channel, *(m.name for m in scenario.members)]
    texts = [*names, *(r.data["text"] for r in server.log.after(0) if r.kind in ("said", "edited"))]
    assert _leaks(seen, texts) == {}


async def test_every_command_answers_in_the_catalogues_words() -> None:
    """Each command's example, as an admin and as a member, with arguments and without."""
    kit = _kit()
    async with Stage.create(start=START + timedelta(hours=14)) as stage:
        stage.installation.services = kit.services
        stage.kill()
        await stage.restart()
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        bo = await stage.member("Bo", zone="Asia/Kolkata")
        await stage.team("Atlas", ana, bo)
        stage.room("lobby")
        written = ["Ana", "Bo", "Atlas", "lobby", "Borealis", "console", "Console", "Stage"]
        for spec in kit.services.registry.commands.values():
            for words in (spec.words, spec.example, f"{spec.words} Nonsense nonsense:1"):
                for who in ("Ana", "Bo"):
                    written.append(words)
                    written.extend(words.replace(":", " ").replace(",", " ").split())
                    await stage.says(who, words)
                    await stage.says("Ana", f"!helio {words}", "lobby")

        options = [p.name for spec in kit.services.registry.commands.values() for p in spec.parameters]
        codes = [code for message in stage.seen for code in re.findall(CODE, message.text)]
        assert _leaks(stage.seen, [*written, *options, *codes, *TO_TYPE, *HOLIDAYS]) == {}


def _leaks(seen: list[Seen], written: list[str]) -> dict[str, list[str]]:
    return {message.text: found for message in seen if (found := leaks(message.text, written))}
