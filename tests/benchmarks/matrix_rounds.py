"""The bot's sender and nio alone by turns on one server, so that whatever else the machine does meets both."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from bot.app import services
from bot.engine.ports import Reader
from bot.platforms.matrix.render import render
from tests.benchmarks.machine import used
from tests.benchmarks.matrix_accounts import Account, Spent
from tests.benchmarks.matrix_bot import BotSending, bot_sending, said
from tests.benchmarks.matrix_nio import NioSending, nio_sending
from tests.benchmarks.processes import Beside, beside, busy
from tests.platforms.matrix.synapse import Synapse

AT_ONCE = (1, 10, 20, 50)
"""Calls under way at once that nio is tried with; it is measured with the best."""
SWEEPS = 2
ROUNDS = 5
SETTLED = 0.7
"""Seconds after which a side that has sent has also read what it sent."""
KINDS = {False: "plain", True: "encrypted"}


@dataclass(frozen=True, slots=True)
class Round:
    """One side's turn: what it spent, the server's processor seconds in it, and cores that others used meanwhile."""

    spent: Spent
    server: float
    others: float

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.spent.messages / self.spent.seconds

    @property
    def cost(self) -> float:
        """Milliseconds of the processor for a message, the server's and the sender's: others' work changes it less."""
        return (self.server + self.spent.busy) / self.spent.messages * 1000


@dataclass(slots=True)
class Rounds:
    """What came out for one kind of room."""

    at_once: int = 0
    sweep: dict[int, float] = field(default_factory=dict)
    bot: list[Round] = field(default_factory=list)
    nio: list[Round] = field(default_factory=list)
    reading: list[Round] = field(default_factory=list)
    """Nio again, while it syncs."""
    ordered: Round | None = None
    ordered_nio: Round | None = None


def alternated(
    server: Synapse, folders: Mapping[str, Path], ours: Account, theirs: Account, messages: int
) -> Mapping[bool, Rounds]:
    """Return what came out in plain rooms (False) and in encrypted ones, with so many messages in each round."""
    with beside(nio_sending, folders["nio"], theirs) as nio, beside(bot_sending, folders["bot"], ours) as bot:
        return {encrypted: _turns(server, bot, nio, encrypted, messages) for encrypted in KINDS}


def _turns(server: Synapse, bot: Beside[BotSending], nio: Beside[NioSending], encrypted: bool, messages: int) -> Rounds:
    """Let both send in turns, each the first as often as the other; nio as many at once as suits it best."""
    contents = _contents(messages)
    rounds = Rounds()

    def theirs(at_once: int, number: int = messages) -> Round:
        return _round(server, lambda: nio.call(NioSending.everywhere, encrypted, contents[:number], at_once))

    def ours() -> Round:
        return _round(server, lambda: bot.call(BotSending.everywhere, encrypted, messages))

    def reading() -> Round:
        return _round(server, lambda: nio.call(NioSending.reading, encrypted, contents, rounds.at_once))

    tried: dict[int, list[float]] = {}
    for _ in range(SWEEPS):
        for at_once in AT_ONCE:
            tried.setdefault(at_once, []).append(theirs(at_once, messages if at_once > 1 else messages // 3).rate)
    rounds.sweep = {at_once: fmean(rates) for at_once, rates in tried.items()}
    rounds.at_once = max(rounds.sweep, key=lambda at_once: rounds.sweep[at_once])
    turns: list[Callable[[], None]] = [
        lambda: rounds.bot.append(ours()),
        lambda: rounds.nio.append(theirs(rounds.at_once)),
        lambda: rounds.reading.append(reading()),
    ]
    for number in range(ROUNDS):
        for turn in turns if number % 2 else reversed(turns):
            turn()
    in_order = messages // 2
    rounds.ordered = _round(server, lambda: bot.call(BotSending.in_order, encrypted, in_order))
    rounds.ordered_nio = _round(server, lambda: nio.call(NioSending.in_order, encrypted, contents[:in_order]))
    return rounds


def _contents(messages: int) -> list[dict[str, Any]]:
    """Return what the bot would send, for the peer to send the same."""
    reader, localizer = Reader("en", "UTC", direct=True), services(()).localizer
    return [dict(shown.content) for n in range(messages) for shown in render(said(n), reader, localizer, "!helio")]


def _round(server: Synapse, turn: Callable[[], Spent]) -> Round:
    """Let one side send; what it still asks of the server right afterwards counts, but not by the clock."""
    served, all_used, begun = busy(server.pid), used(), time.perf_counter()
    spent = turn()
    time.sleep(SETTLED)
    served, seconds = busy(server.pid) - served, time.perf_counter() - begun
    return Round(spent, served, max((used() - all_used - served - spent.busy) / seconds, 0.0))
