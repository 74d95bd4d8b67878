"""What the installed cogs bring, checked once at start and looked up by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.engine.ports import Localizer
from bot.engine.tongues import Tongues, tongues
from bot.model.cog import Cog, Handler
from bot.model.command import CommandSpec, specs
from bot.model.errors import HeliotropeError


class BadCog(HeliotropeError):
    """A plugin can't be registered; the message says which and why."""


@dataclass
class Registry:
    """Commands by words, jobs and conversations by cog and name, listeners by event type."""

    cogs: tuple[Cog, ...]
    commands: dict[str, CommandSpec] = field(default_factory=dict)

    def __init__(self, cogs: Iterable[Cog], localizer: Localizer | None = None) -> None:
        """Register cogs in the order of their names; raises BadCog where two bring the same name or command.

        With the localizer, commands are understood in its languages too.
        """
        self._localizer = localizer
        self.cogs = tuple(sorted(cogs, key=lambda cog: cog.name))
        self.commands = {}
        names = [cog.name for cog in self.cogs]
        if len(set(names)) < len(names):
            raise BadCog(f"two cogs have the same name: {', '.join(names)}")
        for cog in self.cogs:
            for spec in specs(cog.commands, cog.catalogue):
                if spec.words in self.commands:
                    raise BadCog(f"cog {cog.name!r}: the command {spec.words!r} exists already")
                self.commands[spec.words] = spec
        self.commands = dict(sorted(self.commands.items()))

    @cached_property
    def tongues(self) -> Tongues:
        """The commands as people type them, in every language; collected where they are first needed."""
        return tongues(self.commands, self._localizer) if self._localizer is not None else Tongues(self.commands)

    def cog(self, name: str) -> Cog | None:
        """Return a cog by name, or None if it is not installed (any more)."""
        return next((cog for cog in self.cogs if cog.name == name), None)

    def cog_of(self, spec: CommandSpec) -> Cog:
        """Return the cog that brings a command."""
        return next(cog for cog in self.cogs if spec.handler in cog.commands)

    def job(self, cog: str, name: str) -> Handler | None:
        """Return a job's handler, or None if its cog is not installed (any more)."""
        found = self.cog(cog)
        return found.jobs.get(name) if found else None

    def conversation(self, cog: str, kind: str) -> Handler | None:
        """Return the handler of answers to a kind of question, or None."""
        found = self.cog(cog)
        return found.conversations.get(kind) if found else None

    def listeners(self, event: type) -> Sequence[Handler]:
        """Return the handlers of a type of event, in the order of the cogs' names."""
        return [cog.listeners[event] for cog in self.cogs if event in cog.listeners]
