"""The social cog: prompts that open a thread, each time in another region's morning."""

from bot.api import N_, Cog, MemberChanged, SourceDeleted, SourceEdited, TeamChanged, TeamSurveyed
from cogs.social import commands, posting, suggesting
from cogs.social.store import metadata

cog = Cog(
    name="social",
    summary=N_("Prompts that open a thread, each time in another region's morning"),
    commands=(
        commands.on,
        commands.off,
        commands.show,
        commands.now,
        commands.themes,
        commands.suggest,
        commands.accept,
        commands.decline,
    ),
    jobs={posting.JOB: posting.post_due},
    listeners={
        TeamChanged: posting.team_changed,
        TeamSurveyed: posting.survey,
        MemberChanged: posting.member_changed,
        SourceEdited: suggesting.edited,
        SourceDeleted: suggesting.deleted,
    },
    tables=metadata,
    migrations="cogs.social.migrations",
)
