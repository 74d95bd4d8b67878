"""The bot is killed (`kill -9`) at every named step of the one path, and replies are lost after their effect.

Each case is one day of a team on Discord. What its people see in the end, and what the journal holds, is compared
with the same day lived undisturbed: no prompt and no answer is lost, and none comes twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.platforms.discord.kills import Fault, World
from tests.platforms.discord.one_day import START, live_the_day
from tests.platforms.discord.people import Discord
from tests.platforms.discord.process import LocalDiscord
from tests.platforms.outcome import Outcome, seldom, strikes

SLOWEST = 240
"""Seconds that such a day may take on a machine that is busy with other things; alone it takes a tenth."""

KILLS = {
    "set-up": strikes("bot", "inbox.before_commit", "effect.after", "pack.before_commit"),
    "greeting": strikes("bot", "deliver.before_call", "effect.before", "deliver.before_mark"),
    "prompt": strikes("bot", "timers.before_commit", "timers.after_commit", "effect.after", "deliver.after_try"),
    "form": strikes("bot", "inbox.before_commit", "inbox.after_commit", "deliver.after_call"),
    "change": strikes("bot", "inbox.after_commit", "effect.before"),
    "typed": strikes("bot", "inbox.before_commit", "pack.after_commit", "deliver.before_try"),
    "edit": strikes("bot", "inbox.after_commit", "deliver.before_call", "effect.after"),
    "handoff": strikes("bot", "timers.after_commit", "effect.after", "deliver.after_call", "deliver.after_mark"),
    "later": strikes("bot", "pack.after_commit", "deliver.before_try", "timers.before_commit"),
    "answer": strikes("bot", "pack.before_commit", "deliver.after_try", "deliver.before_mark", "deliver.after_mark"),
}
"""Each step twice, at different things that the bot does: answers, prompts, receipts, edits, threads."""

SEND = {"method": "POST", "route": r"/channels/\{channel_id\}/messages$"}
EDIT = {"method": "PATCH", "route": r"/channels/\{channel_id\}/messages/\{message_id\}$"}
THREAD = {"method": "POST", "route": "/threads$"}
ACKNOWLEDGE = {"method": "POST", "route": "/callback$"}
ANSWER = {"method": "PATCH", "route": "/messages/@original$"}
OPEN = {"method": "POST", "route": "/users/@me/channels$"}
LOST: Mapping[str, Sequence[Fault]] = {
    "set-up": ({**ACKNOWLEDGE, "cut": True}, {**ANSWER, "cut": True, "times": 2}),
    "greeting": ({**OPEN, "cut": True}, {**SEND, "cut": True, "times": 2}, {**ACKNOWLEDGE, "cut": True}),
    "prompt": ({**SEND, "cut": True},),
    "form": ({**ACKNOWLEDGE, "cut": True, "times": 2}, {**SEND, "cut": True}),
    "change": ({**EDIT, "cut": True},),
    "edit": ({**EDIT, "cut": True, "times": 2},),
    "handoff": ({**THREAD, "cut": True}, {**SEND, "cut": True, "times": 2}),
    "later": ({**ACKNOWLEDGE, "cut": True}, {**SEND, "cut": True}),
}
"""What the server did, and nobody heard of."""
_UNDISTURBED: list[Outcome] = []


def test_every_named_step_has_its_kills() -> None:
    assert seldom(KILLS, 2) == []


@pytest.mark.timeout(SLOWEST)
@pytest.mark.parametrize(
    "planned",
    [{"strikes": KILLS, "absences": True}, {"faults": LOST}, {"strikes": KILLS, "faults": LOST}],
    ids=["killed", "replies lost", "both"],
)
async def test_nothing_is_lost_and_nothing_comes_twice(
    discord_server: LocalDiscord, discord: Discord, tmp_path: Path, planned: dict[str, Any]
) -> None:
    expected = await undisturbed(discord_server, tmp_path)
    async with World.make(discord, tmp_path / "disturbed", START, **planned) as world:
        await live_the_day(world)
        wrong = (await world.outcome()).differences(expected)
        assert not wrong, "\n".join([*wrong, f"after {await world.happened()}", world.bot.log()])


async def undisturbed(server: LocalDiscord, folder: Path) -> Outcome:
    """What comes of the day when nothing goes wrong; lived once by each test process."""
    if not _UNDISTURBED:
        async with aiohttp.ClientSession() as session:
            discord = await server.world(session, bucket_scale=0.1)
            async with World.make(discord, folder / "undisturbed", START) as world:
                await live_the_day(world)
                found = await world.outcome()
        assert found.seen.total() > 20, "there is too little to lose"
        assert found.entries.total() > 4
        _UNDISTURBED.append(found)
    return _UNDISTURBED[0]
