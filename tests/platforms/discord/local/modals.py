"""Modals as clients fill them in: what is required, and how long it may be, they see to before they send it."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord.local import components as parts
from tests.platforms.discord.local.errors import NotPossible
from tests.platforms.discord.local.interactions import Interaction
from tests.platforms.discord.local.state import Json
from tests.platforms.discord.local.world import World


def can_submit(world: World, opened: Interaction) -> None:
    """A modal is sent once; after a failure its sender may try again."""
    if opened.modal is None:
        raise NotPossible("no modal was opened")
    if opened.dismissed:
        raise NotPossible("the modal was dismissed")
    if opened.submissions and not world.interactions.late(opened.submissions[-1]):
        raise NotPossible("the modal was sent already")


def inputs(modal: Json) -> list[Json]:
    """Return a modal's inputs, each with the label that people see."""
    found = []
    for each in modal["components"]:
        if each["type"] == parts.LABEL:
            found.append({**each["component"], "label": each["label"], "description": each.get("description")})
        elif each["type"] == parts.ROW:
            found += each["components"]
    return found


def filled_in(modal: Json, values: dict[str, Any]) -> list[Json]:
    """Return the components of a submission. `values` are by label or custom_id; others keep what they came with."""
    known = {name for each in inputs(modal) for name in (each["label"], each["custom_id"])}
    if unknown := set(values) - known:
        raise NotPossible(f"the modal has no {unknown}; it has {[each['label'] for each in inputs(modal)]}")
    return [_component(each, values) for each in modal["components"]]


def _component(one: Json, values: dict[str, Any]) -> Json:
    if one["type"] == parts.LABEL:
        inner = _value({**one["component"], "label": one["label"]}, values)
        return {"type": parts.LABEL, "id": one["id"], "component": inner}
    if one["type"] == parts.ROW:
        return {"type": parts.ROW, "id": one["id"], "components": [_value(each, values) for each in one["components"]]}
    return {"type": one["type"], "id": one["id"]}


def _value(field: Json, values: dict[str, Any]) -> Json:
    given = values.get(field["label"], values.get(field["custom_id"]))
    sent: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    if field["type"] != parts.TEXT_INPUT:
        chosen = given if isinstance(given, list) else [] if given is None else [given]
        if not chosen and field.get("required", True):
            raise NotPossible(f"{field['label']!r} is required")
        return {**sent, "values": [str(each) for each in chosen]}
    text = str(given if given is not None else field.get("value") or "")
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if not text.strip() and field.get("required", True):
        raise NotPossible(f"{field['label']!r} is required")
    if text and not least <= len(text) <= most:
        raise NotPossible(f"{field['label']!r} takes {least} to {most} characters, not {len(text)}")
    return {**sent, "value": text}
