"""Matrix: what the bot's sender reaches beside nio alone, its first prompt after a start, and what its rooms take."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median

from tests.benchmarks.figures import Figure, Size
from tests.benchmarks.machine import cores
from tests.benchmarks.matrix_accounts import Account
from tests.benchmarks.matrix_nio import Held, hold
from tests.benchmarks.matrix_people import account, homeserver, residents
from tests.benchmarks.matrix_rounds import KINDS, Round, Rounds, alternated
from tests.benchmarks.matrix_start import Started, prepare, starts
from tests.benchmarks.processes import fresh
from tests.platforms.matrix.humans.plain import Human
from tests.platforms.matrix.installing import CannotInstall
from tests.platforms.matrix.synapse import Synapse

CONVERSATIONS = 50
"""Direct conversations of each kind that are sent to."""
STARTS = 3
AIM = 0.9


def measure(size: Size) -> list[Figure]:
    """Measure all of it on one server; or say why there is none."""
    try:
        with homeserver() as server, tempfile.TemporaryDirectory(prefix="heliotrope-bench-matrix-") as folder:
            people, accounts = asyncio.run(_furnished(server, size))
            places = {name: Path(folder) / name for name in ("bot", "nio", "few", "many", "held")}
            for place in places.values():
                place.mkdir()
            sending = alternated(server, places, accounts["bot"], accounts["nio"], size.messages)
            few = _started(places["few"], accounts["one room"], people[0])
            many = _started(places["many"], accounts["many rooms"], people[0])
            held = fresh(hold, places["held"], accounts["many rooms"])
    except CannotInstall as problem:
        return [Figure("nothing", "not measured", f"Synapse can't be installed: {problem}")]
    if held.rooms != size.rooms:
        raise RuntimeError(f"nio knows {held.rooms} rooms of {size.rooms}")
    figures = [figure for encrypted, rounds in sending.items() for figure in _of_sending(KINDS[encrypted], rounds)]
    return [*figures, *_of_starts(size, few, many), *_of_memory(size, few, many, held)]


async def _furnished(server: Synapse, size: Size) -> tuple[Sequence[Human], Mapping[str, Account]]:
    people = await residents(server, 2 * CONVERSATIONS)
    accounts = {
        "bot": await account(server, people, plain=CONVERSATIONS, encrypted=CONVERSATIONS),
        "nio": await account(server, people, plain=CONVERSATIONS, encrypted=CONVERSATIONS),
        "one room": await account(server, people, encrypted=1),
        "many rooms": await account(server, people, encrypted=1, groups=size.rooms - 1),
    }
    await server.end_of_test()
    return people, accounts


# --- starting -------------------------------------------------------------------------------------------------


def _started(folder: Path, of: Account, human: Human) -> list[Started]:
    fresh(prepare, folder, of, STARTS)
    return starts(folder, of, human, STARTS)


# --- what is reported -----------------------------------------------------------------------------------------


def _of_sending(kind: str, rounds: Rounds) -> list[Figure]:
    assert rounds.ordered is not None and rounds.ordered_nio is not None
    swept = ", ".join(f"{rate:.0f} with {at_once}" for at_once, rate in rounds.sweep.items())
    others = fmean(each.others for each in (*rounds.bot, *rounds.nio))
    return [
        Figure(f"{kind}: the bot, messages a second", *_rates(rounds.bot)),
        Figure(f"{kind}: nio alone, {rounds.at_once} at once", *_rates(rounds.nio, f"; tried: {swept}")),
        Figure(f"{kind}: nio while it reads too", *_rates(rounds.reading)),
        _ratio(f"{kind}: the bot to nio alone, by the clock", rounds.bot, rounds.nio, lambda each: each.rate,
               f"aim {AIM}; others used {others:.1f} of {cores()} cores meanwhile"),
        _ratio(f"{kind}: the bot to nio alone, by the processor", rounds.bot, rounds.nio, lambda each: 1 / each.cost,
               "server and sender together, which others' work disturbs less"),
        _ratio(f"{kind}: the bot to nio reading, by the processor", rounds.bot, rounds.reading,
               lambda each: 1 / each.cost, "both do what a bot does"),
        Figure(
            f"{kind}: the bot to one room, in order",
            f"{rounds.ordered.rate:.0f}",
            f"nio to one room, one after another: {rounds.ordered_nio.rate:.0f}",
        ),
    ]  # fmt: skip


def _ratio(
    what: str, ours: Sequence[Round], theirs: Sequence[Round], measure: Callable[[Round], float], more: str
) -> Figure:
    ratios = [measure(mine) / measure(other) for mine, other in zip(ours, theirs, strict=True)]
    return Figure(what, f"{median(ratios):.2f}", f"{_spread(ratios)} in {len(ratios)} alternated rounds; {more}")


def _rates(rounds: Sequence[Round], more: str = "") -> tuple[str, str]:
    rates = [each.rate for each in rounds]
    cost = median(each.cost for each in rounds)
    return f"{median(rates):.0f}", f"{_spread(rates, 0)}; {cost:.1f} ms of the processor a message{more}"


def _spread(values: Sequence[float], digits: int = 2) -> str:
    return f"{min(values):.{digits}f}-{max(values):.{digits}f}"


def _of_starts(size: Size, few: Sequence[Started], many: Sequence[Started]) -> list[Figure]:
    return [
        Figure(
            f"process start to first prompt, {rooms} room{'s' * (rooms > 1)}",
            f"{median(start.seconds for start in found):.1f} s",
            f"{_spread([start.seconds for start in found], 1)} in {len(found)} starts; "
            f"{median(start.busy for start in found):.1f} s of the bot's processor",
        )
        for rooms, found in ((1, few), (size.rooms, many))
    ]


def _of_memory(size: Size, few: Sequence[Started], many: Sequence[Started], held: Held) -> list[Figure]:
    small, large = (max(start.resident for start in found) for found in (few, many))
    return [
        Figure(
            f"the bot with {size.rooms} rooms, resident",
            f"{large:.0f} MB",
            f"{max(large - small, 0):.0f} MB more than with one room; with all cogs, languages and the database",
        ),
        Figure(
            f"nio's client with the same {held.rooms} rooms, resident",
            f"{held.after:.0f} MB",
            f"{held.before:.0f} MB before it synced; nothing else in the process",
        ),
    ]
