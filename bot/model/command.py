"""Commands declared once: a decorator reads a handler's signature into a spec that every platform builds on."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any, Literal, NewType, TypeVar

from bot.model.form import FormOf
from bot.model.identity import Account, NamedPlace
from bot.model.people import Channel, Member, Team
from bot.model.working_time import Hours, Weekdays

Zone = NewType("Zone", str)
"""An IANA zone name, converted from a zone, a city in the caller's language, or a wall time there."""
Language = NewType("Language", str)
"""A language tag for which there are catalogues."""
HolidaysOf = NewType("HolidaysOf", str)
"""A public holidays calendar, such as "PT" or "US-CA"."""
Rest = NewType("Rest", str)
"""All remaining words as they were written, line breaks included; only as the last parameter."""


Completer = Callable[..., Awaitable[Sequence[str]]]
"""`async (call, typed: str) -> values`: what a person may mean by what they have typed of a parameter so far."""


class ParamKind(typing.NamedTuple):
    """A kind of parameter: its name in the spec and the annotation that declares it."""

    name: str
    annotation: Any


KINDS: tuple[ParamKind, ...] = (
    ParamKind("text", str),
    ParamKind("rest", Rest),
    ParamKind("number", int),
    ParamKind("yes_no", bool),
    ParamKind("time", time),
    ParamKind("date", date),
    ParamKind("duration", timedelta),
    ParamKind("hours", Hours),
    ParamKind("weekdays", Weekdays),
    ParamKind("zone", Zone),
    ParamKind("language", Language),
    ParamKind("holidays", HolidaysOf),
    ParamKind("team", Team),
    ParamKind("member", Member),
    ParamKind("account", Account),
    ParamKind("channel", Channel),
    ParamKind("place", NamedPlace),
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option of a command. `choices` lists the words of a Literal; `default` counts when it is left out."""

    name: str
    kind: str
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()
    help: str = ""
    """What it means, one English catalogue sentence; "" where its kind says enough."""
    complete: Completer | None = None
    """Suggests values while a person types one, where its kind does not do that already."""


@dataclass(frozen=True, slots=True)
class Instead:
    """What a handler returns to have another command used in its place, as if the person had typed it.

    `given` has its options by name, as written, where they come apart. `then`, `async (call) -> Message | Instead |
    None`, is asked afterwards for what to say below that command's answer, or to do after it; the call is in the
    workspace that the caller is in by then. `wrong`, `async (call, problem: BadInput) -> BadInput`, is asked how to
    tell what is wrong with it. With `brief`, only the first paragraph of its answer is said, without choices.
    """

    line: str
    then: Callable[..., Awaitable[Any]] | None = None
    given: Mapping[str, str] | None = None
    wrong: Callable[..., Awaitable[Any]] | None = None
    brief: bool = False


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What platforms, help and the dispatcher know of a command.

    `words` are what is typed ("team create"); `help` is one English catalogue sentence; `example` a whole valid
    line; `admin` asks for the platform's right to administer; `read` takes the read path (no transaction);
    `founds` may be used where there is no workspace yet, to make one or to join one (`Call.founded`, `Call.within`).
    `everywhere` means the same in each of a person's workspaces, so nobody is asked which; with `strangers`, who is a
    member of none may use it, too (neither workspace nor member is stored then: their ids are 0).
    `form` opens where the platform has forms. `menu` is what the command is called in the menu of somebody's message
    (an English catalogue text; "" for commands that are not in it): its free text is that message's then.
    """

    words: str
    handler: Callable[..., Awaitable[Any]]
    parameters: tuple[Parameter, ...]
    help: str
    example: str
    domain: str = ""
    admin: bool = False
    read: bool = False
    founds: bool = False
    everywhere: bool = False
    strangers: bool = False
    form: FormOf | None = None
    menu: str = ""

    @property
    def usage(self) -> str:
        """The right way to type it: words, then `<required>` and `[optional]` parameters."""
        shown = [self.words]
        for parameter in sorted(self.parameters, key=lambda parameter: not parameter.required):
            name = "|".join(parameter.choices) or parameter.name
            value = "|".join(parameter.choices) or _VALUES.get(parameter.kind, parameter.kind)
            shown.append(f"<{name}>" if parameter.required else f"[{parameter.name}:{value}]")
        return " ".join(shown)


_VALUES = {"yes_no": "yes", "rest": "text", "place": "here"}
"""What stands for a value in a form where it is not the kind's own name."""

LONGEST_HELP = 100
"""Characters that Discord shows of a command's or an option's description."""
LONGEST_MENU = 32
"""Characters of a command's name in a message's menu."""
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])
_WORD = re.compile(r"[a-z][a-z-]{0,31}")


def quoted(name: str) -> str:
    """Return a name as one word of a command line."""
    return f'"{name}"' if " " in name else name


def N_(text: str) -> str:
    """Mark a source text for the catalogue without translating it here."""
    return text


def command(
    words: str,
    *,
    help: str,
    example: str,
    admin: bool = False,
    read: bool = False,
    founds: bool = False,
    everywhere: bool = False,
    strangers: bool = False,
    form: FormOf | None = None,
    menu: str = "",
    options: Mapping[str, str] | None = None,
    complete: Mapping[str, Completer] | None = None,
) -> Callable[[Handler], Handler]:
    """Attach a `CommandSpec`, read from the signature, to a handler `async def (call, ...) -> Message | None`.

    `options` says what parameters mean, `complete` suggests values for them, both by name.

    Raises ValueError where a spec breaks the strictest platform's limits (Discord's application command naming:
    at most three words of 1-32 lower-case characters, descriptions of at most 100, 25 options).
    """

    def decorate(handler: Handler) -> Handler:
        names = words.split()
        if not 1 <= len(names) <= 3 or not all(_WORD.fullmatch(name) for name in names):
            raise ValueError(f"command words {words!r}: one to three lower-case words of at most 32 characters")
        if not 1 <= len(help) <= LONGEST_HELP:
            raise ValueError(f"command {words!r}: help of 1 to 100 characters, not {len(help)}")
        if example.split()[: len(names)] != names:
            raise ValueError(f"command {words!r}: the example must start with its words")
        parameters = _described(words, _parameters(handler), options or {}, complete or {})
        if len(parameters) > 25:
            raise ValueError(f"command {words!r}: at most 25 parameters")
        if menu and (len(menu) > LONGEST_MENU or not _takes_free_text_alone(parameters)):
            raise ValueError(f"command {words!r}: in a menu it takes free text alone, and 1 to {LONGEST_MENU} letters")
        spec = CommandSpec(
            words, handler, parameters, help, example, admin=admin, read=read, founds=founds, everywhere=everywhere,
            strangers=strangers, form=form, menu=menu,
        )  # fmt: skip
        handler.__command__ = spec  # type: ignore[attr-defined]  # functions take attributes; typing can't say so
        return handler

    return decorate


def spec_of(handler: Callable[..., Awaitable[Any]]) -> CommandSpec:
    """Return the spec that `command` attached; raises TypeError for a function without one."""
    spec = getattr(handler, "__command__", None)
    if not isinstance(spec, CommandSpec):
        raise TypeError(f"{handler!r} is not decorated with @command")
    return spec


def _takes_free_text_alone(parameters: tuple[Parameter, ...]) -> bool:
    return [p.kind for p in parameters if p.required or p.kind == "rest"] == ["rest"]


def _described(
    words: str,
    parameters: tuple[Parameter, ...],
    options: Mapping[str, str],
    complete: Mapping[str, Completer],
) -> tuple[Parameter, ...]:
    names = {parameter.name for parameter in parameters}
    if stray := sorted({*options, *complete} - names):
        raise ValueError(f"command {words!r} has no parameter {stray[0]!r}")
    if long := [name for name, help in options.items() if not 1 <= len(help) <= LONGEST_HELP]:
        raise ValueError(f"command {words!r}: {long[0]!r} is explained by 1 to {LONGEST_HELP} characters")
    return tuple(
        replace(parameter, help=options.get(parameter.name, ""), complete=complete.get(parameter.name))
        for parameter in parameters
    )


def _parameters(handler: Callable[..., Awaitable[Any]]) -> tuple[Parameter, ...]:
    hints = typing.get_type_hints(handler)
    names = list(inspect.signature(handler).parameters.values())[1:]
    return tuple(_parameter(parameter, hints[parameter.name]) for parameter in names)


def _parameter(parameter: inspect.Parameter, annotation: Any) -> Parameter:
    required = parameter.default is inspect.Parameter.empty
    default = None if required else parameter.default
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        (annotation,) = [a for a in typing.get_args(annotation) if a is not type(None)]
    if typing.get_origin(annotation) is Literal:
        return Parameter(parameter.name, "choice", required, default, typing.get_args(annotation))
    for kind in KINDS:
        if kind.annotation == annotation:
            return Parameter(parameter.name, kind.name, required, default)
    raise ValueError(f"parameter {parameter.name!r}: no platform has an option of type {annotation!r}")


def specs(handlers: Sequence[Callable[..., Awaitable[Any]]], domain: str) -> tuple[CommandSpec, ...]:
    """Return the specs of a cog's handlers, stamped with its catalogue's domain."""
    return tuple(replace(spec_of(handler), domain=domain) for handler in handlers)
