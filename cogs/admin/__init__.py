"""The admin cog: teams, who is in them, their channels, the rooms of a workspace, and help."""

from bot.api import N_, Cog
from cogs.admin import commands, guide, rooms, store

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
        commands.remove_channel,
        commands.show_channels,
        rooms.code,
        rooms.join,
        rooms.link,
        rooms.leave,
        rooms.language,
        rooms.show,
        guide.help_,
        guide.about,
    ),
    tables=store.METADATA,
    migrations="cogs.admin.migrations",
)
