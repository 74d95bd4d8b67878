"""The rules for message components, old (rows under content) and new (IS_COMPONENTS_V2), and for modals.

Discord's "Component Reference": each check raises the 50035 that the API answers with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.platforms.discord.local.errors import bad_choice, bad_length, invalid_form, required
from tests.platforms.discord.local.state import Json

(ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTION_SELECT, CHANNEL_SELECT) = range(1, 9)
(SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR) = range(9, 15)
CONTAINER, LABEL, UPLOAD = 17, 18, 19
SELECTS = {STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTION_SELECT, CHANNEL_SELECT}
_TOP_V2 = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER}
_IN_CONTAINER = _TOP_V2 - {CONTAINER}
LINK, PREMIUM = 5, 6
_ADDED: dict[int, Json] = {
    CONTAINER: {"accent_color": None, "spoiler": False},
    SEPARATOR: {"divider": True, "spacing": 1},
    STRING_SELECT: {"min_values": 1, "max_values": 1},
    USER_SELECT: {"min_values": 1, "max_values": 1},
    ROLE_SELECT: {"min_values": 1, "max_values": 1},
    MENTION_SELECT: {"min_values": 1, "max_values": 1},
    CHANNEL_SELECT: {"min_values": 1, "max_values": 1},
    THUMBNAIL: {"description": None, "spoiler": False},
}
"""What the API adds to a component that does not say it."""


def check(components: Any, *, v2: bool) -> list[Json]:
    """Return a message's components as they are stored, with an id each. Raises Refused where the API does."""
    if components is None:
        return []
    if not isinstance(components, list):
        raise invalid_form("components", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    checked = _Checked(v2)
    most = 40 if v2 else 5
    if len(components) > most:
        raise bad_length("components", 0, most)
    allowed = _TOP_V2 if v2 else {ROW}
    stored = [checked.one(each, f"components.{n}", allowed) for n, each in enumerate(components)]
    checked.finish()
    return stored


def check_modal(data: Json) -> Json:
    """Return a modal as the client is given it. Raises Refused where the API does."""
    _text(data, "custom_id", "data.custom_id", 1, 100)
    _text(data, "title", "data.title", 1, 45)
    components = data.get("components")
    if not isinstance(components, list) or not 1 <= len(components) <= 5:
        raise bad_length("data.components", 1, 5)
    checked = _Checked(v2=True)
    parts = [
        checked.one(each, f"data.components.{n}", {ROW, LABEL, TEXT}, modal=True) for n, each in enumerate(components)
    ]
    checked.finish()
    return {"custom_id": data["custom_id"], "title": data["title"], "components": parts}


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield every component, also those inside others."""
    for each in components:
        yield each
        yield from walk(each.get("components", []))
        for inner in ("accessory", "component"):
            if inner in each:
                yield from walk([each[inner]])


def texts(components: list[Json]) -> list[str]:
    """Return what the text displays say, in order."""
    return [each["content"] for each in walk(components) if each["type"] == TEXT]


class _Checked:
    """Goes through a tree of components once: counts them, gives ids, and sees that no custom_id comes twice."""

    def __init__(self, v2: bool) -> None:
        self._v2 = v2
        self._ids: set[int] = set()
        self._next = 1
        self._custom: set[str] = set()
        self._count = 0
        self._characters = 0

    def one(self, component: Any, path: str, allowed: set[int], *, modal: bool = False) -> Json:
        if not isinstance(component, dict):
            raise invalid_form(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        kind = component.get("type")
        if kind not in allowed:
            raise bad_choice(f"{path}.type", f"({', '.join(map(str, sorted(allowed)))})")
        self._count += 1
        stored = {**_ADDED.get(kind, {}), **component, "id": self._id(component.get("id"), path)}
        if "custom_id" in component or kind in SELECTS | {TEXT_INPUT}:
            self._custom_id(component, path)
        if kind == ROW:
            self._row(stored, path, modal=modal)
        elif kind == LABEL:
            _text(component, "label", f"{path}.label", 1, 45)
            _text(component, "description", f"{path}.description", 1, 100, optional=True)
            inner = SELECTS | {TEXT_INPUT, UPLOAD, 21, 22, 23}
            stored["component"] = self.one(component.get("component"), f"{path}.component", inner, modal=True)
        elif kind == CONTAINER:
            self._children(stored, path, 1, 40, _IN_CONTAINER)
        elif kind == SECTION:
            self._children(stored, path, 1, 3, {TEXT})
            stored["accessory"] = self.one(component.get("accessory"), f"{path}.accessory", {BUTTON, THUMBNAIL})
        else:
            self._leaf(stored, kind, path)
        return stored

    def finish(self) -> None:
        if self._v2 and self._count > 40:
            raise bad_length("components", 1, 40)
        if self._characters > 4000:
            raise invalid_form(
                "components", "COMPONENT_MAX_TOTAL_COMPONENTS_SIZE", "The total text is longer than 4000 characters"
            )

    def _row(self, row: Json, path: str, *, modal: bool) -> None:
        children = row.get("components")
        if not isinstance(children, list) or not 1 <= len(children) <= 5:
            raise bad_length(f"{path}.components", 1, 5)
        kinds = {each.get("type") if isinstance(each, dict) else None for each in children}
        if modal or kinds != {BUTTON}:
            if len(children) > 1:
                raise invalid_form(
                    f"{path}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the width"
                )
            allowed = {TEXT_INPUT} if modal else {BUTTON, *SELECTS}
        else:
            allowed = {BUTTON}
        row["components"] = [
            self.one(each, f"{path}.components.{n}", allowed, modal=modal) for n, each in enumerate(children)
        ]

    def _children(self, stored: Json, path: str, least: int, most: int, allowed: set[int]) -> None:
        children = stored.get("components")
        if not isinstance(children, list) or not least <= len(children) <= most:
            raise bad_length(f"{path}.components", least, most)
        stored["components"] = [self.one(each, f"{path}.components.{n}", allowed) for n, each in enumerate(children)]

    def _leaf(self, component: Json, kind: int, path: str) -> None:
        if kind == BUTTON:
            _button(component, path)
        elif kind in SELECTS:
            _select(component, kind, path)
        elif kind == TEXT_INPUT:
            _input(component, path, labelled=not path.endswith(".component"))
        elif kind == TEXT:
            content = _text(component, "content", f"{path}.content", 1, 4000)
            self._characters += len(content)
        elif kind == GALLERY:
            items = component.get("items")
            if not isinstance(items, list) or not 1 <= len(items) <= 10:
                raise bad_length(f"{path}.items", 1, 10)
            component["items"] = [
                {"description": None, "spoiler": False, **each, "media": _media(each, "media", f"{path}.items.{n}")}
                for n, each in enumerate(items)
            ]
        elif kind == THUMBNAIL:
            component["media"] = _media(component, "media", path)
        elif kind == FILE:
            component["file"] = _media(component, "file", path)

    def _id(self, wanted: Any, path: str) -> int:
        if wanted:
            if wanted in self._ids:
                raise invalid_form(f"{path}.id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
            self._ids.add(int(wanted))
            return int(wanted)
        while self._next in self._ids:
            self._next += 1
        self._ids.add(self._next)
        return self._next

    def _custom_id(self, component: Json, path: str) -> None:
        custom = _text(component, "custom_id", f"{path}.custom_id", 1, 100)
        if custom in self._custom:
            raise invalid_form(
                f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        self._custom.add(custom)


def _button(button: Json, path: str) -> None:
    style = button.get("style")
    if style not in range(1, 7):
        raise bad_choice(f"{path}.style", "(1, 2, 3, 4, 5, 6)")
    label = _text(button, "label", f"{path}.label", 0, 80, optional=True)
    if style != PREMIUM and not label and not button.get("emoji"):
        raise invalid_form(path, "BUTTON_COMPONENT_MISSING_LABEL_OR_EMOJI", "A button needs a label or an emoji")
    if style == LINK:
        if not button.get("url"):
            raise required(f"{path}.url")
        if button.get("custom_id"):
            raise invalid_form(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "Not both custom id and url")
    elif style != PREMIUM:
        if button.get("url"):
            raise invalid_form(path, "BUTTON_COMPONENT_INVALID_URL", "Only link buttons have a url")
        if not button.get("custom_id"):
            raise invalid_form(f"{path}.custom_id", "BASE_TYPE_REQUIRED", "A custom id is required")


def _select(select: Json, kind: int, path: str) -> None:
    _text(select, "placeholder", f"{path}.placeholder", 0, 150, optional=True)
    if kind != STRING_SELECT:
        return
    options = select.get("options")
    if not isinstance(options, list) or not 1 <= len(options) <= 25:
        raise bad_length(f"{path}.options", 1, 25)
    values: set[str] = set()
    for n, option in enumerate(options):
        _text(option, "label", f"{path}.options.{n}.label", 1, 100)
        value = _text(option, "value", f"{path}.options.{n}.value", 1, 100)
        _text(option, "description", f"{path}.options.{n}.description", 0, 100, optional=True)
        if value in values:
            raise invalid_form(
                f"{path}.options.{n}.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The value is already used"
            )
        values.add(value)
    most = select.get("max_values", 1)
    if not 1 <= most <= len(options) or not 0 <= select.get("min_values", 1) <= most:
        raise invalid_form(f"{path}.max_values", "NUMBER_TYPE_MAX", f"Must be less than or equal to {len(options)}")


def _input(text_input: Json, path: str, *, labelled: bool) -> None:
    if text_input.get("style") not in (1, 2):
        raise bad_choice(f"{path}.style", "(1, 2)")
    if labelled:
        _text(text_input, "label", f"{path}.label", 1, 45)
    elif text_input.get("label"):
        raise invalid_form(f"{path}.label", "TEXT_INPUT_LABEL_NOT_ALLOWED", "A text input in a label has none itself")
    _text(text_input, "placeholder", f"{path}.placeholder", 0, 100, optional=True)
    least, most = text_input.get("min_length") or 0, text_input.get("max_length") or 4000
    if not 0 <= least <= 4000 or not 1 <= most <= 4000 or least > most:
        raise invalid_form(f"{path}.max_length", "NUMBER_TYPE_MAX", "int value should be between 1 and 4000")
    value = _text(text_input, "value", f"{path}.value", 0, 4000, optional=True)
    if value and not least <= len(value) <= most:
        raise bad_length(f"{path}.value", least, most)


def _media(thing: Json, key: str, path: str) -> Json:
    """Return a picture or file as the API shows it; it is a link, or one of the message's own attachments."""
    url = (thing.get(key) or {}).get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "attachment://")):
        raise invalid_form(f"{path}.{key}.url", "URL_TYPE_INVALID_SCHEME", "Scheme must be http, https or attachment")
    return {"id": "0", "url": url, "proxy_url": url}


def _text(thing: Json, key: str, path: str, least: int, most: int, *, optional: bool = False) -> str:
    value = thing.get(key)
    if value is None:
        if optional:
            return ""
        raise required(path)
    if not isinstance(value, str):
        raise invalid_form(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
    if not least <= len(value) <= most:
        raise bad_length(path, least, most)
    return value
