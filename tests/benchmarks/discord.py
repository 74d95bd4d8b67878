"""Discord: prompts that are due at one instant, against the limits that Discord has, while people use the bot."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bot.clock import SystemClock
from bot.platforms.discord.limiter import A_SECOND
from tests.benchmarks.discord_bot import BotPrompting, Used, bot_prompting
from tests.benchmarks.discord_crowd import Crowded, crowded
from tests.benchmarks.discord_people import Passers, passing
from tests.benchmarks.figures import Figure, Size
from tests.benchmarks.machine import cores, used
from tests.benchmarks.processes import Beside, beside

PROMISED = 1.05
"""Times the floor, which is one prompt after the other at 45 a second, from the instant that they were due."""
PROMISED_ACK = 0.3
"""Seconds within which 99 of 100 interactions are acknowledged."""
AHEAD = timedelta(seconds=8)
"""How long before the prompts are due everything is ready, at the least."""
BEFORE = 3.0
"""Seconds before that at which people begin to use the bot."""
PATIENCE = 2.0
"""Times the floor, and half a minute, after which what is not accepted counts as lost."""
POSTED = "/channels/{channel_id}/messages"
LOOK = 0.5
AT_LAST = 3.0
"""Seconds after which the last interactions are acknowledged, or have failed."""


@dataclass(slots=True)
class Outcome:
    """What came of one run. Seconds count from the instant that the prompts were due."""

    people: int
    accepted: list[float] = field(default_factory=list)
    """When each prompt was accepted, in order."""
    beside: int = 0
    """Calls under the same limit that the server took meanwhile, beside the prompts."""
    refused: Counter[str] = field(default_factory=Counter)
    """429s: of the limit for all calls, and of routes' own."""
    failed: int = 0
    """Other answers that were no success."""
    waits: list[float] = field(default_factory=list)
    """Seconds to each interaction's acknowledgement; without end where there was none."""
    before: Used | None = None
    after: Used | None = None
    others: float = 0.0
    """Cores that others used meanwhile."""

    @property
    def floor(self) -> float:
        """Seconds that prompts take one after the other at the pace."""
        return self.people / A_SECOND


def measure(size: Size) -> list[Figure]:
    """Measure each crowd on a server of its own."""
    return [figure for people in size.crowds for figure in _figures(asyncio.run(_run(people)))]


# --- one run ----------------------------------------------------------------------------------------------------


async def _run(people: int) -> Outcome:
    """Prompt everybody; raises RuntimeError unless each has got one prompt."""
    async with crowded(people) as there:
        with (
            tempfile.TemporaryDirectory(prefix="heliotrope-bench-discord-") as folder,
            beside(bot_prompting, Path(folder), there.account) as bot,
        ):
            due = _whole_minute(SystemClock().now() + AHEAD + timedelta(seconds=people / 500))
            await asyncio.to_thread(bot.call, BotPrompting.schedule, due)
            return await _watched(there, bot, due)


def _whole_minute(earliest: datetime) -> datetime:
    return earliest.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def _watched(there: Crowded, bot: Beside[BotPrompting], due: datetime) -> Outcome:
    outcome = Outcome(len(there.account.people))
    watch = Watch(there, due)
    passers = Passers(there, watch.prompted)
    await asyncio.sleep((due - SystemClock().now()).total_seconds() - BEFORE)
    outcome.before = await asyncio.to_thread(bot.call, BotPrompting.used)
    ours, begun = used(), asyncio.get_running_loop().time()
    async with passing(passers):
        await watch.all_prompted(outcome.floor * PATIENCE + 30 + BEFORE)
    await asyncio.sleep(AT_LAST)
    outcome.after = await asyncio.to_thread(bot.call, BotPrompting.used)
    spent = outcome.after.busy - outcome.before.busy
    outcome.others = (used() - ours - spent) / (asyncio.get_running_loop().time() - begun)
    watch.tell(outcome)
    statistics = await there.discord.statistics()
    outcome.refused = Counter(all=statistics["denied_globally"], route=statistics["denied_by_bucket"])
    outcome.waits = [*statistics["acknowledgements"]]
    outcome.waits += [inf] * (passers.used - len(outcome.waits))
    await _check(there, passers)
    return outcome


class Watch:
    """What the server takes, as it says itself."""

    def __init__(self, there: Crowded, due: datetime) -> None:
        """Look at what comes from now on."""
        self._there = there
        self._due = due
        self._requests: list[dict[str, Any]] = []
        self._prompts: dict[str, dict[str, Any]] = {}
        self._conversations = {each.channel for each in there.account.people}

    def prompted(self) -> list[str]:
        """Return the conversations that have their prompt, in order."""
        return list(self._prompts)

    async def all_prompted(self, patience: float) -> None:
        """Wait until everybody has a prompt. Raises RuntimeError when that takes longer than `patience` (seconds)."""
        async with asyncio.timeout(patience):
            while len(self._prompts) < len(self._conversations):
                await asyncio.sleep(LOOK)
                await self._look()

    async def _look(self) -> None:
        """Take the new requests, up to the first that is still under way."""
        for one in await self._there.discord.call("requests", since=len(self._requests)):
            if not one["status"]:
                return
            self._requests.append(one)
            channel = one["path"].split("/")[2] if one["route"] == POSTED else ""
            if one["method"] == "POST" and one["status"] == 200 and channel in self._conversations:
                self._prompts.setdefault(channel, one)

    def tell(self, outcome: Outcome) -> None:
        """Put it into the outcome."""
        prompts = list(self._prompts.values())
        outcome.accepted = sorted((datetime.fromisoformat(one["at"]) - self._due).total_seconds() for one in prompts)
        first, last = prompts[0]["monotonic"], prompts[-1]["monotonic"]
        during = [one for one in self._requests if first <= one["monotonic"] <= last]
        outcome.beside = sum(not _free(one) for one in during) - len(prompts)
        outcome.failed = sum(one["status"] >= 400 for one in self._requests)


def _free(request: dict[str, Any]) -> bool:
    """Say whether a request is outside of the limit for all calls: what answers interactions is."""
    return str(request["route"]).startswith(("/interactions/", "/webhooks/"))


async def _check(there: Crowded, passers: Passers) -> None:
    """Look at what people have: one message each, and what those got besides who sent a form in."""
    received = await there.discord.received()
    for one in there.account.people:
        number = len(received[int(one.user)])
        if number != 1 and not (one.channel in passers.pressed and number > 1):
            raise RuntimeError(f"{one.user} has got {number} messages")


# --- what is reported -------------------------------------------------------------------------------------------


def _figures(outcome: Outcome) -> list[Figure]:
    assert outcome.before is not None and outcome.after is not None
    n, last, floor = outcome.people, outcome.accepted[-1], outcome.floor
    first = outcome.accepted[0]
    worst = quantiles(outcome.waits, n=100)[98] if inf not in outcome.waits else inf
    missed = sum(wait > PROMISED_ACK for wait in outcome.waits)
    refused = outcome.refused
    busy = outcome.after.busy - outcome.before.busy
    return [
        Figure(
            f"{n:,} prompts: due to the last accepted",
            f"{last:.1f} s",
            f"{last / floor:.3f} of the floor ({floor:.1f} s at {A_SECOND} a second); "
            f"promised: {PROMISED}: {_kept(last / floor <= PROMISED)}",
        ),
        Figure(
            f"{n:,}: the first accepted",
            f"{first:.2f} s",
            f"from then on {(n - 1 + outcome.beside) / (last - first):.2f} calls a second, {outcome.beside} of them "
            "beside the prompts",
        ),
        Figure(
            f"{n:,}: calls refused (429)",
            f"{refused.total()}",
            f"{refused['all']} by the limit for all, {refused['route']} by routes' own; {outcome.failed} answers in "
            f"all were no success; promised: none: {_kept(not refused.total())}",
        ),
        Figure(
            f"{n:,}: {len(outcome.waits)} interactions acknowledged, 99 of 100",
            f"{worst * 1000:.0f} ms",
            f"half within {median(outcome.waits) * 1000:.0f} ms, the longest {max(outcome.waits) * 1000:.0f} ms, "
            f"{missed} over {PROMISED_ACK * 1000:.0f} ms; promised: 99 of 100 under: {_kept(worst < PROMISED_ACK)}",
        ),
        Figure(
            f"{n:,}: the bot, resident",
            f"{outcome.after.resident:.0f} MB",
            f"{outcome.after.peak:.0f} MB at the most; {outcome.before.resident:.0f} MB before they were due",
        ),
        Figure(
            f"{n:,}: the bot's processor",
            f"{busy:.1f} s",
            f"{busy / n * 1000:.1f} ms a prompt; others, the server too, used {outcome.others:.1f} of {cores()} cores",
        ),
    ]


def _kept(kept: bool) -> str:
    return "kept" if kept else "NOT KEPT"
