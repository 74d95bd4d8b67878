"""Both servers, for tests of one bot on two platforms; each platform's own tests have theirs nearer by."""

from tests.platforms.discord.conftest import discord, discord_server
from tests.platforms.matrix.conftest import crowd, synapse, synapse_server

__all__ = ["crowd", "discord", "discord_server", "synapse", "synapse_server"]
