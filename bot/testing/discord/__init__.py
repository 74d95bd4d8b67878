"""Worlds on a local Discord: members with accounts of their own there, and the bot as it is in production."""

from bot.testing.discord.control import Application, NoControl, application
from bot.testing.discord.service import DiscordService, living

__all__ = ["Application", "DiscordService", "NoControl", "application", "living"]
