"""`help` and `about`: what the bot can do, how each command is typed, and what it keeps."""

from __future__ import annotations

from bot.api import N_, Call, CommandSpec, Message, Registry, Rest, command
from cogs.admin import guide_messages
from cogs.admin.domain import nearest


@command(
    "help",
    help=N_("See what I can do, or how one command is typed"),
    example="help team create",
    read=True,
    everywhere=True,
)
async def help_(call: Call, topic: Rest | None = None) -> Message:
    """Show all commands, a group of them, or one; who may not administer sees only what is theirs."""
    registry = call.tx.services.registry
    groups = _groups(registry, admin=call.admin)
    if not topic or not topic.strip():
        return guide_messages.everything(groups)
    words = registry.tongues.english(" ".join(topic.lower().removeprefix("/").split()))
    if spec := _command(registry, words):
        return guide_messages.one_command(spec, allowed=call.admin or not spec.admin)
    if chosen := _chosen(groups, words):
        return guide_messages.some(chosen)
    raise guide_messages.unknown(words, nearest(words, _names(groups)))


@command(
    "about",
    help=N_("What I am, what I keep, and who can read it"),
    example="about",
    read=True,
    everywhere=True,
    strangers=True,
)
async def about(call: Call) -> Message:
    """Say what the bot is, what it keeps, and who can read it."""
    return guide_messages.about()


def _groups(registry: Registry, *, admin: bool) -> list[guide_messages.Group]:
    groups = []
    for cog in registry.cogs:
        mine = (spec for spec in registry.commands.values() if registry.cog_of(spec) is cog)
        shown = tuple(spec for spec in mine if admin or not spec.admin)
        if shown:
            groups.append(guide_messages.Group(cog, shown))
    return groups


def _command(registry: Registry, words: str) -> CommandSpec | None:
    """Return the command that the words are, or begin with (somebody may ask for help on a whole line)."""
    names = words.split()
    lines = (" ".join(names[:count]) for count in range(min(len(names), 3), 0, -1))
    known = registry.tongues.commands
    return next((known[line] for line in lines if line in known), None)


def _chosen(groups: list[guide_messages.Group], words: str) -> list[guide_messages.Group]:
    """Return a cog's whole group by its name, or the commands that start with the words."""
    if named := [group for group in groups if group.cog.name == words]:
        return named
    begun = ((g.cog, tuple(s for s in g.commands if f"{s.words} ".startswith(f"{words} "))) for g in groups)
    return [guide_messages.Group(cog, commands) for cog, commands in begun if commands]


def _names(groups: list[guide_messages.Group]) -> list[str]:
    commands = [spec.words for group in groups for spec in group.commands]
    return [*commands, *dict.fromkeys(words.split()[0] for words in commands), *(g.cog.name for g in groups)]
