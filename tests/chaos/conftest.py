"""The servers and the people of the Matrix and the Discord tests."""

from tests.platforms.discord.conftest import discord_server
from tests.platforms.matrix.conftest import crowd, synapse, synapse_server

__all__ = ["crowd", "discord_server", "synapse", "synapse_server"]
