"""The admin cog: teams, who is in them, their channels, and help."""

from bot.api import N_, Cog
from cogs.admin import commands, guide

cog = Cog(
    name="admin",
    summary=N_("Teams, their channels, and help"),
    commands=(
        commands.create,
        commands.rename,
        commands.move,
        commands.delete,
        commands.add,
        commands.remove,
        commands.show,
        commands.list_teams,
        commands.set_channel,
        commands.show_channels,
        guide.help_,
        guide.about,
    ),
)
