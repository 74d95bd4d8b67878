"""Whether something said is for the bot, and which command it is a use of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.conversion import Context, convert_all
from bot.engine.parsing import Typed, find_command
from bot.engine.tongues import Tongues
from bot.model.command import CommandSpec
from bot.model.errors import BadInput
from bot.model.event import Commanded, Inbound, MessageReceived


def addressed(event: MessageReceived, prefix: str) -> tuple[bool, str]:
    """Return whether the text is explicitly for the bot, and the text without the prefix."""
    stripped = event.text.strip()
    if isinstance(event, Commanded):
        return True, stripped
    head, *rest = stripped.split(maxsplit=1)[:2] or [""]
    if head.rstrip(",:").lower() == prefix.lower():
        return True, rest[0] if rest else ""
    if stripped.startswith("/") and event.direct:
        return True, stripped[1:]
    return event.addressed, stripped


def typed_in(event: Inbound, text: str, tongues: Tongues) -> Typed | None:
    """Return the command that a text starts with, in any language, with its options as they came."""
    typed = find_command(text, tongues.commands)
    if typed is not None and isinstance(event, Commanded):
        return replace(typed, given=event.options, picked=event.picked is not None)
    return replace(typed, options=tongues.options) if typed is not None else None


async def wholly(context: Context, commands: Mapping[str, CommandSpec]) -> bool:
    """Decide whether a text is a command although a question is open: only if the whole of it is one.

    One word before free text ("update the docs") reads like an answer, and is one. So do words of another language
    with more behind them than they take: "Team Liste aktualisieren" is something to do, in the order of German.
    """
    typed = context.typed
    single = " " not in typed.spec.words
    if not single and not typed.foreign:
        return True
    free = any(parameter.kind == "rest" for parameter in typed.spec.parameters)
    if single and free and typed.arguments.strip():
        known = {word for words in commands for word in (words, words.split()[0])}
        return typed.arguments.strip().lower() in known
    try:
        await convert_all(context, typed)
    except BadInput:
        return False
    return True
