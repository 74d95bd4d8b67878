"""A team's day on the local Discord in which the bot is killed at will and replies are lost; and what comes of it.

The same day is lived undisturbed once. What its people see at the end, and what the journal holds, must be the same
in every other: nothing lost, nothing twice. A person whose button or command did nothing uses it again, as people do.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tests.platforms.discord.lives import Bot
from tests.platforms.discord.people import Discord, Guild, Interaction, NoAnswer, Place, Seen, User
from tests.platforms.lives import Strike
from tests.platforms.outcome import BETWEEN, Outcome, entries

TRIES = 12
"""Times that a person uses the same thing again."""
SOON = 3.0
"""Seconds in which a bot that lives shows what somebody's button has done; they try again then."""
# What had no answer is tried again some seconds or minutes later, and those pass.
_DRIFTS = re.compile(r"\b(it is|again at) \d+:\d\d|(<t:)\d+")
Found = TypeVar("Found")
Fault = Mapping[str, Any]
"""What `Discord.fault` is told."""


@dataclass
class World:
    """A team, its bot, and a day; `strikes` and `faults` are those planned for each moment of it.

    `absences` has the bot killed before people say some of what they say, and started again after it. `strict` fails
    the day if something that was planned for a moment did not happen in it.
    """

    discord: Discord
    bot: Bot
    guild: Guild
    room: Place
    people: Mapping[str, User]
    strikes: Mapping[str, Sequence[Strike]] = field(default_factory=dict)
    faults: Mapping[str, Sequence[Fault]] = field(default_factory=dict)
    absences: bool = False
    strict: bool = True

    @classmethod
    @asynccontextmanager
    async def make(cls, discord: Discord, folder: Path, start: datetime, **planned: Any) -> AsyncIterator[World]:
        """Bring a fresh team to a world; its bot is not started. `planned` is what is to go wrong."""
        people = {name: await discord.user(name) for name in ("ana", "mia")}
        guild = await discord.guild("Polaris", owner=people["ana"])
        room = await guild.channel("general")
        await guild.join(people["mia"])
        async with Bot.make(discord, folder, start) as bot:
            bot.impatient = bool(planned)
            yield cls(discord, bot, guild, room, people, **planned)

    @asynccontextmanager
    async def moment(self, name: str, until: datetime) -> AsyncIterator[None]:
        """A part of the day; what is due until its end happens, and all that is planned for it."""
        for fault in self.faults.get(name, ()):
            await self.discord.fault(**fault)
        await self.bot.strike(self.strikes.get(name, ()))
        yield
        await self.bot.until(until)
        waiting = (await self.discord.statistics())["faults_waiting"]
        assert not (self.strict and (self.bot.strikes or waiting)), (
            f"during {name} there was nothing to strike at: {list(self.bot.strikes)}, {waiting} faults; "
            f"what happened: {await self.happened()}"
        )
        await self.discord.clear_faults()

    async def happened(self) -> str:
        """What has gone wrong so far, as was planned."""
        faults = (await self.discord.statistics())["faults_happened"]
        return ", ".join([*map(str, self.bot.fallen), *(f"{kind} {method} {path}" for kind, method, path in faults)])

    @asynccontextmanager
    async def absence(self) -> AsyncIterator[None]:
        """The bot is down meanwhile, killed."""
        if self.absences:
            await self.bot.kill()
        yield
        if self.absences:
            await self.bot.start()

    # --- what people do and see ---------------------------------------------------------------------------------

    async def sees(self, name: str, *wanted: str, place: Place | None = None) -> Seen:
        """Wait until one message of the bot has all these words."""

        async def find() -> Seen | None:
            there = await self.people[name].from_bot(place)
            fit = [each for each in there if all(words in each.text for words in wanted)]
            return fit[-1] if fit else None

        return await self._until(find, f"{name} to see {wanted}")

    async def stops_seeing(self, name: str, words: str) -> None:
        """Wait until no message of the bot has these words any more."""

        async def check() -> bool:
            return all(words not in each.text for each in await self.people[name].from_bot())

        await self._until(check, f"{name} not to see {words!r}")

    async def uses(self, name: str, words: str, answer: str, place: Place | None = None, /, **options: Any) -> None:
        """Use a command until it is answered so: in the place, or in the direct conversation."""
        user = self.people[name]

        async def answered() -> bool:
            there = [each for where in (place, None) for each in await user.from_bot(where)]
            return any(answer in each.text for each in there)

        async def use() -> Interaction:
            return await user.slash(words, place, options)

        await self._insists(use, answered, f"{words} to be answered")

    async def presses(self, name: str, message: Seen, button: str, *wanted: str) -> None:
        """Press a button until a message has these words."""
        user = self.people[name]

        async def shown() -> bool:
            return any(all(words in each.text for words in wanted) for each in await user.from_bot())

        await self._insists(lambda: user.press(message, button), shown, f"{button} to be followed by {wanted}")

    async def writes(self, name: str, message: Seen, button: str, values: Mapping[str, str], *wanted: str) -> None:
        """Press a button that opens a form, and send it in, until a message has these words."""
        user = self.people[name]

        async def shown() -> bool:
            return any(all(words in each.text for words in wanted) for each in await user.from_bot())

        async def write() -> Interaction | None:
            pressed = await user.press(message, button)
            with suppress(NoAnswer, TimeoutError):
                async with asyncio.timeout(SOON):
                    return await (await pressed.modal()).submit(values)
            return None

        await self._insists(write, shown, f"{button} to be followed by {wanted}")

    async def _insists(
        self, do: Callable[[], Awaitable[Interaction | None]], done: Callable[[], Awaitable[bool]], what: str
    ) -> None:
        """Do something until it has come about: again where it was not acknowledged, or the bot died over it.

        What the bot has acknowledged and goes on with is waited for.
        """
        for _ in range(TRIES):
            await self.bot.awake()
            used, lives, loop = await do(), self.bot.lives, asyncio.get_running_loop()
            since, died = loop.time(), False
            while loop.time() < since + (SOON if died or used is None or not await _taken(used) else self.bot.patience):
                self.bot.check()
                if await done():
                    return
                if self.bot.lives > lives:  # what was stored is finished by the life that is now
                    await self.bot.awake()
                    lives, since, died = self.bot.lives, loop.time(), True
                await asyncio.sleep(0.02)
        raise AssertionError(f"waited for {what}, after {await self.happened()}\n{self.bot.log()}")

    async def _until(self, find: Callable[[], Awaitable[Found | None]], what: str) -> Found:
        try:
            async with asyncio.timeout(self.bot.patience):
                while not (found := await find()):
                    self.bot.check()
                    await asyncio.sleep(0.02)
                return found
        except TimeoutError:
            raise AssertionError(f"waited for {what}, after {await self.happened()}\n{self.bot.log()}") from None

    async def a_moment(self) -> None:
        """Let a second pass on the server: two changes at one instant would be one."""
        await self.discord.skew(timedelta(seconds=1))

    # --- what comes of it ---------------------------------------------------------------------------------------

    async def outcome(self) -> Outcome:
        """What people see now, and what the journal holds; the bot has ended."""
        seen: Counter[tuple[str, ...]] = Counter()
        for name, user in self.people.items():
            for where, place in (("dm", user.dm), ("room", self.room)):
                for message in await user.sees(place):
                    seen.update((name, where, *item) for item in self._shown(message))
                    if message.thread is not None:
                        title = message.text.partition("\n")[0]
                        for reply in await user.sees(message.thread):
                            seen.update((name, f"thread on {self._named(title)}", *item) for item in self._shown(reply))
        return Outcome(seen, await entries(self.bot.birth.database))

    def _shown(self, message: Seen) -> list[tuple[str, ...]]:
        if message.loading:  # a command that was used again
            return []
        buttons = ", ".join(message.buttons)
        return [
            (message.author, part, *([buttons] if buttons else [])) for part in self._named(message.text).split(BETWEEN)
        ]

    def _named(self, text: str) -> str:
        for name, user in self.people.items():
            text = text.replace(user.mention, f"@{name}")
        return _DRIFTS.sub(lambda found: f"{found[1] or found[2]} …", text)


async def _taken(used: Interaction) -> bool:
    """Return whether the bot has acknowledged it."""
    return (await used.state())["response"] is not None
