"""The bot is killed (`kill -9`) at every named step of the one path, on a real homeserver: nothing is lost or doubled.

Each case is one day of a team on Matrix. What its people see in their clients in the end, and what the journal holds,
is compared with the same day lived undisturbed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.platforms.matrix.planned import (
    JOIN,
    MAKE_ROOM,
    REACT,
    RECORD_ROOM,
    SEND,
    SHARE_KEYS,
    SLOWEST,
    SYNC,
    disturbed,
)
from tests.platforms.matrix.synapse import Synapse
from tests.platforms.matrix.wire import Cut
from tests.platforms.outcome import seldom, strikes

KILLS = {
    "set-up": strikes("bot", "inbox.before_commit:2", "effect.after:2", "deliver.before_call:2"),
    "greeting": strikes(
        "bot", "pack.before_commit", "deliver.after_try", "effect.before", "effect.after", "deliver.before_mark"
    ),
    "prompt": strikes(
        "bot",
        "timers.before_commit",
        "timers.after_commit",
        "pack.after_commit",
        "effect.after:2",
        "deliver.after_call",
    ),
    "answer": strikes("bot", "inbox.before_commit", "inbox.after_commit", "deliver.before_try", "deliver.after_mark"),
    "edit": strikes(
        "bot",
        *("inbox.after_commit", "pack.before_commit", "deliver.before_call", "effect.before", "deliver.before_mark"),
    ),
    "handoff": strikes(
        "bot",
        *("timers.before_commit", "timers.after_commit", "deliver.before_try", "deliver.before_call:2"),
        *("effect.after", "deliver.after_mark"),
    ),
    "reaction": strikes("bot", "inbox.before_commit", "pack.after_commit", "deliver.after_try", "deliver.after_call"),
}
"""Each step twice, at different things that the bot does: rooms, prompts, receipts, edits, threads, reactions."""


LOST = {
    "invitation": (Cut("bot", JOIN),),
    "greeting": (Cut("bot", MAKE_ROOM), Cut("bot", RECORD_ROOM)),
    "additions": (Cut("bot", SYNC), Cut("bot", SEND)),
    "deletion": (Cut("bot", SEND, "request"),),
    "reaction": (Cut("bot", REACT),),
    "answer again": (Cut("bot", SHARE_KEYS), Cut("bot", SEND)),
}
"""What the server has done, or not, for a bot that was killed before it heard of it."""
UNSAID = {
    "invitation": (Cut("server", JOIN),),
    "greeting": (Cut("server", MAKE_ROOM), Cut("server", RECORD_ROOM)),
    "deletion": (Cut("server", SEND),),
    "reaction": (Cut("server", REACT),),
}
"""What the server did and could not say, for it was killed itself."""


def test_every_named_step_has_its_kills() -> None:
    assert seldom(KILLS, 2) == []


@pytest.mark.timeout(SLOWEST)
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_the_bot_is_killed(synapse: Synapse, tmp_path: Path, encrypted: bool) -> None:
    """Half of what people say is said while the bot is down."""
    cut = LOST if encrypted else UNSAID
    await disturbed(synapse, tmp_path, encrypted, struck=KILLS, cut=cut, absences=True)
