"""The setup cog: leads an administrator from nothing to a team that is asked, one step at a time."""

from bot.api import N_, Cog
from cogs.setup import commands

cog = Cog(name="setup", summary=N_("Setting a team up, step by step"), commands=(commands.setup,))
