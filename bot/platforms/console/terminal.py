"""One person at this terminal, as an account of the chat service: lines in, messages out."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from threading import Thread
from typing import TextIO

from bot.engine.trouble import Trouble
from bot.platforms.console.adapter import ConsolePlatform
from bot.platforms.console.log import Record
from bot.platforms.console.server import BOT, ConsoleServer, ServiceRefuses, channel, direct

log = logging.getLogger(__name__)

_SHOWN = ("said", "sent", "changed", "removed")


class Terminal:
    """Reads lines and prints what the speaker sees: their direct conversation with the bot, and all channels.

    A line is said to the bot; "#general hello" says it in a channel, which is made if there is none.
    """

    def __init__(
        self,
        server: ConsoleServer,
        platform: ConsolePlatform,
        people: Sequence[str],
        speaks: str = "",
        lines: TextIO | None = None,
        out: TextIO | None = None,
    ) -> None:
        self._server = server
        self._platform = platform
        self._speaker = speaks or people[0]
        self._lines = lines or _standard_input()
        self._out = out or sys.stdout
        for n, person in enumerate(people):
            server.add_account(person, admin=n == 0)
        self._read = len(server.log)
        self._trouble = Trouble("passing on what was said")

    async def converse(self, settle: Callable[[], Awaitable[None]]) -> None:
        """Pass on lines until the input ends; `settle` lets the bot do what is due.

        A line that was said is passed on until the bot could receive it: while the disk is full, the next one waits.
        """
        self._print(f'You are {self._speaker}. Type to {BOT}; "#general hello" speaks in a channel; end with ctrl-D.')
        showing = asyncio.create_task(self._show_on())
        try:
            async for line in _arriving(self._lines):
                if self._say(line.strip()):
                    await self._pass_on()
                    with suppress(Exception):  # the engine says what is wrong, and tries again by itself
                        await settle()
            await settle()
        finally:
            showing.cancel()
            self._show()

    def _say(self, line: str) -> bool:
        """Say a line to the chat service; return whether it took it."""
        head, _space, rest = line.partition(" ")
        try:
            if head.startswith("#") and len(head) > 1:
                self._server.add_channel(head[1:])
                line, address = rest.strip(), channel(head[1:])
            else:
                address = direct(self._speaker)
            if line:
                self._server.say(self._speaker, line, address=address)
            return bool(line)
        except ServiceRefuses as refusal:
            self._print(str(refusal))
        except OSError as error:
            log.error("the console's log took no more: %s", error)
            self._print("This was not said, as it could not be stored. Say it again later.")
        return False

    async def _pass_on(self) -> None:
        while True:
            try:
                await self._platform.read()
            except Exception as problem:
                await self._trouble.pause(problem)
            else:
                self._trouble.over()
                return

    async def _show_on(self) -> None:
        while True:
            self._show()
            await asyncio.sleep(0.2)

    def _show(self) -> None:
        for record in self._seen():
            where = record.data["address"]
            where = BOT if where == direct(self._speaker) else where
            by = record.data.get("by", BOT)
            text = record.data.get("text") or record.data.get("content", {}).get("text", "")
            sign = {"changed": " (edited)", "removed": " (taken back)"}.get(record.kind, "")
            self._print(f"[{where}] {by}{sign}: {text}")

    def _seen(self) -> Iterator[Record]:
        for record in self._server.log.after(self._read):
            self._read = record.n
            mine = record.kind == "said" and record.data["by"] == self._speaker
            private = str(record.data.get("address", "")).startswith("dm:")
            others = private and record.data["address"] != direct(self._speaker)
            if record.kind in _SHOWN and not mine and not others:
                yield record

    def _print(self, line: str) -> None:
        print(line, file=self._out, flush=True)


def _standard_input() -> TextIO:
    """Return a reader of our own, not sys.stdin: the thread that waits at it is left behind when the process ends."""
    return open(0, encoding="utf-8", errors="replace", closefd=False)


async def _arriving(lines: TextIO) -> AsyncIterator[str]:
    """Yield lines as they come. They are read in a thread that keeps no process from ending."""
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            with suppress(OSError):  # the terminal is gone, which is an end too
                while line := lines.readline():
                    loop.call_soon_threadsafe(arrived.put_nowait, line)
            loop.call_soon_threadsafe(arrived.put_nowait, "")

    Thread(target=read, name="terminal", daemon=True).start()
    while line := await arrived.get():
        yield line
