"""The people cog: what the bot knows of each person, and the welcome that asks them."""

from bot.api import N_, Cog, TeamChanged
from cogs.people import commands, linking, store
from cogs.people.arrivals import welcome

cog = Cog(
    name="people",
    summary=N_("Your time zone, hours, language and leave"),
    commands=(
        commands.timezone,
        commands.hours,
        commands.language,
        commands.holidays,
        commands.away,
        commands.back,
        commands.show,
        commands.leave_team,
        linking.link,
        linking.unlink,
    ),
    listeners={TeamChanged: welcome},
    tables=store.METADATA,
    migrations="cogs.people.migrations",
)
