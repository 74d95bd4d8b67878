"""What the admin cog says when it is asked for help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from bot.api import (
    BadInput,
    Bullets,
    Choice,
    Cog,
    CommandSpec,
    CommandText,
    Days,
    Fields,
    Heading,
    Listing,
    Message,
    OptionName,
    Parameter,
    Sentence,
    Span,
    Text,
    TimeOfDay,
    Value,
    catalogue,
    message,
)

_, n_ = catalogue("admin")


@dataclass(frozen=True)
class Group:
    """The commands of a cog that help shows together."""

    cog: Cog
    commands: Sequence[CommandSpec]


# --- overviews ----------------------------------------------------------------------------------------------


def everything(groups: Sequence[Group]) -> Message:
    """Show every command, by group; those of administrators by their names alone, so that all of it is one message."""
    blocks: list[Heading | Bullets] = []
    for group in groups:
        title, _all = _group(group)
        blocks += (title, Bullets((*(_line(spec) for spec in group.commands if not spec.admin), *_for_admins(group))))
    return message(_("This is what I can do."), *blocks, _more(_first_with_options(groups)))


def some(groups: Sequence[Group]) -> Message:
    """Show some groups, or parts of groups."""
    blocks: list[Heading | Bullets] = []
    for group in groups:
        blocks += _group(group)
    return message(*blocks, _more(groups[0].commands[0].words))


def _group(group: Group) -> tuple[Heading, Bullets]:
    title: Value = Sentence(group.cog.catalogue, group.cog.summary) if group.cog.summary else group.cog.name
    return Heading(title), Bullets(tuple(_line(spec) for spec in group.commands))


def _for_admins(group: Group) -> Sequence[Sentence]:
    names = tuple(CommandText(spec.words) for spec in group.commands if spec.admin)
    return [_("For admins: {commands}", commands=Listing(names))] if names else []


def _line(spec: CommandSpec) -> Sentence:
    purpose = Sentence(spec.domain, spec.help)
    if spec.admin:
        return _("{command}: {purpose} (admins)", command=CommandText(spec.words), purpose=purpose)
    return _("{command}: {purpose}", command=CommandText(spec.words), purpose=purpose)


def _first_with_options(groups: Sequence[Group]) -> str:
    return next((spec.words for group in groups for spec in group.commands if spec.parameters), "help")


def _more(words: str) -> Sentence:
    return _("How to type one of them, with all of its options: {form}.", form=CommandText(f"help {words}"))


# --- one command --------------------------------------------------------------------------------------------


def one_command(spec: CommandSpec, *, allowed: bool) -> Message:
    """Show what a command does, how it is typed, an example, and its options."""
    blocks: list[Heading | Text | Fields | Bullets] = [
        Heading(CommandText(spec.words)),
        Text((Sentence(spec.domain, spec.help),)),
        Fields(
            (
                (_("Form"), CommandText(spec.usage)),
                (_("Example"), CommandText(spec.example)),
            )
        ),
    ]
    if spec.parameters:
        blocks += [
            Text((_("Options:"),)),
            Bullets(tuple(option_text(p) for p in sorted(spec.parameters, key=lambda p: not p.required))),
        ]
    if not allowed:
        blocks.append(Text((_("Only admins of this workspace can use it."),)))
    elif spec.admin:
        blocks.append(Text((_("Only admins of this workspace can use it; you are one."),)))
    return message(*blocks)


def option_text(parameter: Parameter) -> Sentence:
    """Say how one option is written, and what counts without it."""
    values: dict[str, Value] = {"name": OptionName(parameter.name), "what": _what(parameter)}
    if parameter.required:
        return _("{name}: {what}", **values)
    default = _default(parameter)
    if default is not None:
        return _("{name}: {what} (optional; else {default})", **values, default=default)
    return _("{name}: {what} (optional)", **values)


_WHAT: Mapping[str, Sentence] = {
    "text": _('a word, or several in "quotation marks"'),
    "rest": _("all that follows, as you write it"),
    "number": _("a whole number, such as 3"),
    "yes_no": _("yes or no"),
    "time": _("a time of day, such as 09:30"),
    "date": _("a date, such as 2026-12-24, or today, tomorrow, friday"),
    "duration": _("a length of time, such as 1h or 90m"),
    "hours": _("working hours, such as 09:00-17:30"),
    "weekdays": _("weekdays, such as mon-fri or mon,wed,fri"),
    "zone": _("a city, a zone such as Europe/Lisbon, or the time it is there now, such as 14:35"),
    "language": _("a language, by its name or tag, such as es"),
    "holidays": _("a country's or region's holidays, such as PT or US-CA, or none"),
    "team": _("a team's name"),
    "member": _("a member's name, or a mention of them"),
    "account": _("a person's name, or a mention of them"),
    "channel": _("a channel"),
    "place": _("a channel, or here for the one that you type it in"),
}


def _what(parameter: Parameter) -> Sentence:
    if parameter.kind == "choice":
        return _("one of these words: {words}", words=Listing(parameter.choices, either=True))
    return _WHAT[parameter.kind]


def _default(parameter: Parameter) -> Value | None:
    match parameter.default:
        case bool() | None:
            return None
        case frozenset() as days:
            return Days(days)
        case time() as at:
            return TimeOfDay(at)
        case timedelta() as length:
            return Span(length)
        case int() | str() as written:
            return written
        case _:
            return None


def unknown(words: str, near: Sequence[str]) -> BadInput:
    """Say that there is no such command, and name the nearest."""
    sentences = [_("I know nothing called “{words}”.", words=words[:60])]
    if near:
        forms = Listing(tuple(CommandText(f"help {word}") for word in near), either=True)
        sentences.append(_("Did you mean {forms}?", forms=forms))
    sentences.append(_("All that I can do: {form}.", form=CommandText("help")))
    choices = (
        Choice(
            f"help {word}",
            _("Help on {words}", words=word),
            f"{n}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
        )
        for n, word in enumerate(near, start=1)
    )
    return BadInput(*sentences, choices=tuple(choices))


# --- about --------------------------------------------------------------------------------------------------


def about() -> Message:
    """Say what the bot is, what it keeps and who can read it."""
    return message(
        Heading(_("About Heliotrope")),
        _(
            "I help a team that shares no hour of the day: I ask each person in their own morning, "
            "hand the day's work to whoever wakes next, and keep people from becoming strangers."
        ),
        Fields(
            (
                (
                    _("What I keep"),
                    _(
                        "your name, account, time zone, hours, language and leave, "
                        "and what you write to me as an update"
                    ),
                ),
                (_("Who can read it"), _("the members of your teams, and the admins of this workspace")),
                (
                    _("What I don't"),
                    _("I track nobody's presence, and read only what is written to me"),
                ),
                (
                    _("Where it is"),
                    _("on the machine of whoever runs me, and nowhere else"),
                ),
            )
        ),
        _(
            "All that I know about you: {show}. All that I can do: {help}.",
            show=CommandText("me show"),
            help=CommandText("help"),
        ),
    )
