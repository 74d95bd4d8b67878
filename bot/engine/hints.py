"""What is said to people whose words lead nowhere: what they may have meant, and how to begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.engine.conversations import Settled
from bot.engine.parsing import nearest
from bot.engine.ports import Said
from bot.engine.speakers import Speaker
from bot.model.command import CommandSpec
from bot.model.event import Inbound
from bot.model.message import CommandText, Listing, Sentence, catalogue

_, n_ = catalogue("bot")

NOBODY_HERE: Final = _("You are in none of the teams here, so nothing has changed.")


def unknown(said: Said, addressed: bool, commands: Mapping[str, CommandSpec]) -> Sequence[Sentence]:
    """Answer what is neither a command nor an answer to anything."""
    words = said.text.split()
    help_ = CommandText("help")
    if not words and (addressed or not said.attachments):
        return [_("Hello! {help} shows what I can do.", help=help_)]
    near = nearest(said.text, commands) if words else []
    like_a_command = addressed or len(words) <= 4
    if near and like_a_command:
        choices = Listing(tuple(CommandText(words) for words in near), either=True)
        return [
            _("I know no command “{text}”.", text=" ".join(words[:4])[:60]),
            _("Did you mean {commands}?", commands=choices),
            _("{help} shows them all.", help=help_),
        ]
    if not addressed:
        return [
            _("I have no question open for you just now, so I kept nothing of that."),
            _("Put {update} before it to add it to your update.", update=CommandText("update")),
            _("{help} shows what I can do.", help=help_),
        ]
    return [
        _("I know no command “{text}”.", text=" ".join(words[:4])[:60]),
        _("{help} shows them all.", help=help_),
    ]


def no_answer(settled: Settled) -> Sequence[Sentence]:
    """Say that a text neither agreed to nor declined what was asked."""
    offered = Listing(tuple(CommandText(command) for command in settled.offered), either=True)
    return [
        _("That is no answer to what I asked you, so nothing was changed."),
        _("If you still want it, type {commands}.", commands=offered),
    ]


def ways_in(event: Inbound, speaker: Speaker, commands: Mapping[str, CommandSpec]) -> Sequence[Sentence]:
    """Tell a stranger how to come to be in a team: who may administer makes one."""
    add = CommandText("team add TEAM @you")
    create = CommandText("team create NAME", room=not event.scope)
    if not event.admin and not event.admin_of:
        return [_("Ask an admin to add you: {command}.", command=add), *_told(commands)]
    if not event.scope:
        return [_("In a room where you are an admin, make a team: {command}.", command=create), *_told(commands)]
    if speaker.workspace is not None:
        return [
            _("You are an admin here, so add yourself to one: {command}.", command=add),
            _("To make a team of your own: {command}.", command=create),
            *_led(commands),
        ]
    ways = [_("You are an admin here, so make a team: {command}.", command=create)]
    if "workspace join" in commands:
        join = CommandText("workspace join CODE")
        ways.append(_("If your teams are somewhere else already, bring this room to them: {command}.", command=join))
    return [*ways, *_led(commands)]


def _told(commands: Mapping[str, CommandSpec]) -> Sequence[Sentence]:
    if "about" not in commands:
        return []
    return [_("{about} says what I am, what I keep, and who can read it.", about=CommandText("about"))]


def _led(commands: Mapping[str, CommandSpec]) -> Sequence[Sentence]:
    if "setup" not in commands:
        return []
    return [_("{setup} leads you through everything, step by step.", setup=CommandText("setup"))]
