"""The standup cog: asks each member in their own morning, and keeps what they answer."""

from bot.api import N_, Cog, Expired, MemberChanged, SourceDeleted, SourceEdited, TeamChanged, TeamSurveyed, Unreached
from cogs.standup import (
    answering,
    commands,
    day,
    member_commands,
    missed,
    planning,
    prompting,
    store,
    trial,
    unreachable,
    writing,
)

cog = Cog(
    name="standup",
    summary=N_("Written updates: asked once, in everyone's own morning"),
    commands=(
        commands.create,
        commands.edit,
        commands.delete,
        commands.questions,
        commands.show,
        commands.now,
        commands.pause,
        commands.resume,
        member_commands.mine,
        member_commands.update,
        member_commands.blocker,
        member_commands.skip,
        member_commands.snooze,
        writing.write,
        writing.withdraw,
        trial.rehearse,
    ),
    jobs={
        planning.PROMPT: prompting.prompt,
        planning.REMIND: day.remind,
        planning.SNOOZE: day.ask_again,
        planning.CLOSE: day.close,
        planning.MISSED: missed.tell,
        planning.MISSED_OWNER: missed.tell_owner,
    },
    listeners={
        MemberChanged: planning.member_changed,
        TeamChanged: planning.team_changed,
        SourceEdited: answering.edited,
        SourceDeleted: answering.deleted,
        Expired: missed.expired,
        Unreached: unreachable.unreached,
        TeamSurveyed: trial.survey,
    },
    conversations={planning.CONVERSATION: answering.answer},
    tables=store.METADATA,
    migrations="cogs.standup.migrations",
)
