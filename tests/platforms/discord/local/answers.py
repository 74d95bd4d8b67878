"""Messages that answer interactions: they need no permission to write, and may be for one person's eyes."""

from __future__ import annotations

from collections.abc import Mapping

from tests.platforms.discord.local import posting
from tests.platforms.discord.local.content import Said, Upload, read
from tests.platforms.discord.local.interactions import COMMAND, Interaction
from tests.platforms.discord.local.state import (
    COMMAND_ANSWER,
    DEFAULT,
    EPHEMERAL,
    LOADING,
    MENU_ANSWER,
    REPLY,
    Json,
    Message,
)
from tests.platforms.discord.local.world import World


def post(world: World, interaction: Interaction, said: Said, *, followup: bool = False) -> Message:
    """Make the message that answers an interaction, or a follow-up to it (which replies to the answer)."""
    source = interaction.original if followup else interaction.message
    kind, reference = DEFAULT, None
    if source is not None:
        kind, reference = REPLY, (source.channel.id, source.id)
    elif interaction.kind == COMMAND:
        kind = MENU_ANSWER if interaction.menu else COMMAND_ANSWER
    return posting.post(
        world,
        interaction.channel,
        world.bot,
        said,
        kind=kind,
        reference=reference,
        only_for=interaction.user.id if said.flags & EPHEMERAL else None,
        interaction=interaction.metadata(),
    )


def loading(world: World, interaction: Interaction, *, ephemeral: bool) -> Message:
    """Make the "is thinking…" that a deferred answer shows."""
    return post(world, interaction, Said(flags=LOADING | (EPHEMERAL if ephemeral else 0)))


def change(world: World, message: Message, body: Json, files: Mapping[int, Upload]) -> None:
    """Edit an answer; the first edit of one that was loading is its first text."""
    filled = bool(message.flags & LOADING)
    if filled:
        keep = message.flags & EPHEMERAL
        said = read(world, body, files)
        said.flags = said.flags & ~EPHEMERAL | keep
    else:
        said = read(world, body, files, message)
    posting.change(world, message, said, filled=filled)
