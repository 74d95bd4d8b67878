"""Forms as Discord shows them: a modal with a labelled input for each question.

https://discord.com/developers/docs/components/reference#label
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.engine.immediate import ShownForm, ShownInput
from bot.model.form import LONGEST_LABEL, LONGEST_VALUE
from bot.platforms.discord.marks import joint, units

MODAL: Final = 9
"""The type of the response that opens one."""
LABEL, TEXT_INPUT, ROW = 18, 4, 1
ONE_LINE, LINES = 1, 2
LONGEST_TITLE = 45
LONGEST_HINT = 100
"""Characters of a description, and of what is shown in an empty input."""


def modal(form: ShownForm, custom_id: str) -> dict[str, Any]:
    """Return the response that opens a form; what is sent in comes back under the custom id."""
    components = [_labelled(field) for field in form.inputs]
    data = {"custom_id": custom_id, "title": shortened(form.title, LONGEST_TITLE) or "…", "components": components}
    return {"type": MODAL, "data": data}


def sent_in(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was written in a modal that was sent in, by the inputs' names."""
    values: dict[str, str] = {}
    for each in data.get("components", ()):
        inner = [each["component"]] if each.get("type") == LABEL else each.get("components", ())
        values |= {str(field["custom_id"]): str(field.get("value") or "") for field in inner}
    return values


def _labelled(field: ShownInput) -> dict[str, Any]:
    """Return an input under its question. What a label has no room for is told below it, and then in the input."""
    question, hint = field.label.strip() or "…", field.hint
    shown: dict[str, Any] = {"type": LABEL, "label": shortened(question, LONGEST_LABEL)}
    if shown["label"] != question:
        shown["description"] = shortened(question, LONGEST_HINT)
        if shown["description"] != question and not hint:
            hint = "…" + question[len(shown["description"]) - 1 :]
    return {**shown, "component": _input(field, hint)}


def _input(field: ShownInput, hint: str) -> dict[str, Any]:
    most = min(max(field.limit, units(field.value), 1), LONGEST_VALUE)
    return {
        "type": TEXT_INPUT,
        "custom_id": field.name,
        "style": LINES if field.long else ONE_LINE,
        "required": field.required,
        "max_length": most,
        **({"min_length": 1} if field.required else {}),
        **({"value": _cut(field.value, most)} if field.value else {}),
        **({"placeholder": shortened(hint, LONGEST_HINT)} if hint.strip() else {}),
    }


def _cut(text: str, longest: int) -> str:
    """Return as much of a text as fits, without half a character at its end."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * longest].decode("utf-16-le", "ignore")


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters, with a sign where it was cut."""
    text = text.strip()
    if units(text) <= longest:
        return text
    while units(text) > longest - 1:
        text = text[: joint(text, len(text) - 1)]
    return text.rstrip() + "…"
