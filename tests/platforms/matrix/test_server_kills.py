"""Synapse is killed (`kill -9`) at every named step of the bot's one path: nothing is lost or doubled.

The bot lives on meanwhile, and calls a server that is not there; or one whose answer is lost with it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.platforms.matrix.planned import (
    MAKE_ROOM,
    SEND,
    SHARE_KEYS,
    SLOWEST,
    disturbed,
)
from tests.platforms.matrix.synapse import Synapse
from tests.platforms.matrix.wire import Cut
from tests.platforms.outcome import seldom, strikes

KILLS = {
    "set-up": strikes("server", "inbox.before_commit:2", "effect.after:2"),
    "greeting": strikes("server", "pack.before_commit", "deliver.after_try"),
    "prompt": strikes("server", "timers.before_commit", "deliver.after_call"),
    "answer": strikes("server", "inbox.after_commit", "deliver.before_try", "deliver.after_mark"),
    "additions": strikes("server", "effect.before"),
    "edit": strikes("server", "pack.after_commit", "deliver.before_mark"),
    "handoff": strikes("server", "timers.after_commit", "deliver.before_call"),
}


UNSAID = {
    "greeting": (Cut("server", MAKE_ROOM), Cut("server", SHARE_KEYS)),
    "deletion": (Cut("server", SEND, "request"),),
}
"""What the server did and could not say, for it was killed; plain, test_kills.py has these."""


def test_every_named_step_has_its_kill() -> None:
    assert seldom(KILLS, 1) == []


@pytest.mark.timeout(SLOWEST)
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_the_server_is_killed(synapse: Synapse, tmp_path: Path, encrypted: bool) -> None:
    """During the additions, one is said just before the server dies and another as soon as it is back."""
    await disturbed(synapse, tmp_path, encrypted, struck=KILLS, cut=UNSAID if encrypted else {})
