"""Forms: several answers asked for at once, where a platform can show them so (a modal on Discord).

A form belongs to a command: where a platform has forms, using the command opens it, and what comes back is handled
instead of the command's own handler. Elsewhere the handler asks in writing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.model.message import Value

MOST_INPUTS = 5
"""The strictest platform's limit (Discord: five inputs in a modal)."""
LONGEST_LABEL = 45
"""Characters of a label; a longer question is shown in the input itself as far as it fits."""
LONGEST_VALUE = 4_000
"""Characters that an input takes at most, as UTF-16 counts them."""


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form. `value` is filled in beforehand, `hint` shows while it is empty."""

    name: str
    label: Value
    value: Value = ""
    hint: Value | None = None
    required: bool = False
    long: bool = True
    """Whether it has several lines."""
    limit: int = 2000
    """The most characters that are taken."""


@dataclass(frozen=True, slots=True)
class Form:
    """A title and one to five inputs."""

    title: Value
    inputs: tuple[Input, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for a form that the strictest platform can't show."""
        names = [field.name for field in self.inputs]
        if not 1 <= len(names) <= MOST_INPUTS or len(set(names)) < len(names):
            raise ValueError(f"a form has one to {MOST_INPUTS} inputs with names of their own, not {names}")


@dataclass(frozen=True, slots=True)
class FormOf:
    """How a command is used by form.

    `open`: `async (call, **arguments) -> Form | None`, which only reads, and may raise BadInput instead; with None
    the command is used as where there are no forms.
    `submit`: `async (call, values: Mapping[str, str], **arguments)`, with `values` by the inputs' names; it returns
    what a command's handler does.
    """

    open: Callable[..., Awaitable[Form | None]]
    submit: Callable[..., Awaitable[Any]]
