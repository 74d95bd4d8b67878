"""What the social cog posts in a team's channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.api import Day, Heading, Message, Person, Sentence, Text, Value, catalogue, message
from cogs.social.messages import DOMAIN, cities, titled
from cogs.social.prompts import Theme

_, n_ = catalogue("social")


def prompt_text(theme: Theme, prompt: int) -> Sentence:
    """A prompt of one of the themes."""
    return Sentence(DOMAIN, theme.prompts[prompt])


def thread_title(theme: Theme, day: date) -> Sentence:
    """The name of the thread that a prompt opens."""
    return _("{theme}, {day}", theme=titled(theme), day=Day(day, weekday=False))


def post(theme: Theme, prompt: Value, zones: Sequence[str], author: Person | None, *, extra: bool) -> Message:
    """A prompt in its channel; `zones` are those of the region that goes first, none if there is only one."""
    blocks: list[Value] = [prompt]
    if author is not None:
        blocks.append(_("(suggested by {name})", name=author))
    return message(Heading(titled(theme)), Text(tuple(blocks)), Text(_invitation(zones, extra=extra)))


def _invitation(zones: Sequence[str], *, extra: bool) -> tuple[Sentence, ...]:
    if extra:
        return (
            _("This is an extra one: whoever is awake may start."),
            _("Everyone else joins in the thread in their own day."),
        )
    if not zones:
        return (_("Answer in the thread, at any time of your day."),)
    return (
        _("Today the first word goes to {cities}.", cities=cities(zones)),
        _("Everyone else joins in the thread in their own day."),
    )
