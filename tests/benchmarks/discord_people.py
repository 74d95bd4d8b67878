"""People who use the bot while it sends: commands, completions, buttons and forms, so many a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count, cycle

from tests.benchmarks.discord_crowd import Crowded
from tests.platforms.discord.people import NoAnswer, User

A_SECOND = 3
COMMANDS = ("me show", "team list", "standup mine", "about")
SENT_IN = 10
"""Of so many forms that are opened, one is sent in: what answers it is a message of the bot's, beside the prompts."""


class Passers:
    """What people do; each time another of those who have got their prompt, where a prompt is needed."""

    def __init__(self, crowded: Crowded, prompted: Callable[[], Sequence[str]]) -> None:
        """Take what tells in which conversations a prompt is, in their order."""
        self._crowded = crowded
        self._prompted = prompted
        self._user = {each.channel: n for n, each in enumerate(crowded.account.people)}
        self._next = count()
        self._commands = cycle(COMMANDS)
        self.used = 0
        """How many interactions were made."""
        self.pressed: set[str] = set()
        """Conversations in which a button was pressed."""

    async def on(self) -> None:
        """Go on until cancelled. Raises what one of the doings raised."""
        loop = asyncio.get_running_loop()
        begun, doings = loop.time(), cycle([self._use, self._press, self._complete])
        async with asyncio.TaskGroup() as group:
            for number in count(1):
                group.create_task(_quietly(next(doings)))
                await asyncio.sleep(max(0.0, begun + number / A_SECOND - loop.time()))

    async def _use(self) -> None:
        await self._somebody().slash(next(self._commands), self._crowded.general)
        self.used += 1

    async def _complete(self) -> None:
        made = self._somebody().complete("me timezone", "zone", "lis", self._crowded.general)
        self.used += 1
        await made

    async def _press(self) -> None:
        """Open the form for an update by the prompt's button; now and then, send it in."""
        new = [channel for channel in self._prompted() if channel not in self.pressed]
        if not new:
            await self._use()
            return
        self.pressed.add(new[-1])
        user = self._crowded.person(self._user[new[-1]])
        (prompt,) = await user.from_bot()
        made = await user.press(prompt, prompt.buttons[0])
        self.used += 1
        modal = await made.modal()
        if len(self.pressed) % SENT_IN == 1:
            await modal.submit({modal.inputs[0].custom_id: "the map"})
            self.used += 1

    def _somebody(self) -> User:
        return self._crowded.person(next(self._next) % len(self._user))


async def _quietly(doing: Callable[[], Awaitable[None]]) -> None:
    """Do it; that nobody answered in time is counted by the server."""
    with suppress(NoAnswer):
        await doing()


@asynccontextmanager
async def passing(passers: Passers) -> AsyncIterator[None]:
    """Let them go on meanwhile."""
    task = asyncio.create_task(passers.on())
    try:
        yield
    finally:
        if task.done():
            task.result()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
