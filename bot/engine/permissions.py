"""Who may do what: rights come from the platform with each event, and are checked when a command runs."""

from __future__ import annotations

from bot.model.command import CommandSpec
from bot.model.errors import NotAllowed
from bot.model.event import Inbound
from bot.model.message import CommandText, catalogue

_, n_ = catalogue("bot")


def require(spec: CommandSpec, event: Inbound) -> None:
    """Raise NotAllowed when the command asks for a right that the platform does not give the person."""
    if spec.admin and not event.admin:
        raise NotAllowed(
            _("Only admins can use {command}.", command=CommandText(spec.words)),
            _("Ask one of them, or see {help} for what you can do.", help=CommandText("help")),
        )
