"""Notices that a platform has for whoever runs the bot, or looks after a place: each key is to be said once."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from bot.model.identity import Place
from bot.model.message import Sentence

log = logging.getLogger(__name__)

Tell = Callable[[str, Sentence], Awaitable[None]]
"""Takes a notice's key and its sentence."""
TellThere = Callable[[Place, str, Sentence], Awaitable[None]]
"""The same, with the place that it is about."""


async def only_log(key: str, sentence: Sentence) -> None:
    """Leave a notice in the log, where nobody else takes it."""
    log.warning("notice %s: %s %s", key, sentence.text, dict(sentence.values))


async def only_log_there(place: Place, key: str, sentence: Sentence) -> None:
    """Leave a notice about a place in the log."""
    await only_log(key, sentence)
