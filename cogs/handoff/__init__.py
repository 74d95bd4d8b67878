"""The handoff cog: when a leg of the relay ends, its work reaches the people who start next."""

from bot.api import N_, Cog, JournalChanged, MemberChanged, MembersMerged, TeamChanged
from cogs.handoff import commands, planning, store
from cogs.handoff.amending import journal_changed
from cogs.handoff.baton import pass_batons

cog = Cog(
    name="handoff",
    summary=N_("Each part of the day hands its work to the next"),
    commands=(commands.show, commands.now, commands.legs, commands.report, commands.on, commands.off),
    jobs={planning.JOB: pass_batons},
    listeners={
        JournalChanged: journal_changed,
        MemberChanged: planning.member_changed,
        MembersMerged: planning.members_merged,
        TeamChanged: planning.team_changed,
    },
    tables=store.METADATA,
    migrations="cogs.handoff.migrations",
)
