"""Checks requests (and this server's answers) against the API's own description."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from tests.platforms.discord.local.body import Body
from tests.platforms.discord.local.routing import Route
from tests.platforms.discord.local.state import Json

_BY_TYPE = "x-by-type"
_HARMLESS = {
    "MessageEditRequestPartial": "tts",
    "IncomingWebhookUpdateRequestPartial": "tts",
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": "tts",
    "ApplicationCommandUpdateRequest": "nsfw",
    "ApplicationCommandCreateRequest": "nsfw",
    "ApplicationCommandPatchRequestPartial": "nsfw",
}
"""Fields beyond the description: discord.py sends `tts` with edits, the documentation has `nsfw` in commands."""


class Description:
    """One validator an operation, made when it is first needed."""

    def __init__(self, file: Path) -> None:
        self.source = str(file)
        self._document: Json = json.loads(file.read_text(encoding="utf-8"))
        self._bodies: dict[tuple[str, str], Validator | None] = {}
        self._responses: dict[tuple[str, str, int], Validator | None] = {}
        self._queries: dict[tuple[str, str], dict[str, Json]] = {}

    def request_faults(self, route: Route, query: Mapping[str, str], body: Body) -> list[str]:
        """Return what is wrong with a request, in words."""
        operation = self._operation(route)
        if operation is None:
            return [f"{route.method} {route.path} is not in the description"]
        found = list(self._query_faults(route, operation, query))
        validator = self._body(route, operation)
        if validator is not None and body.given:
            found += [_words(error) for error in validator.iter_errors(body.json)]
        elif validator is None and body.given and body.json:
            found.append("a body, where there is none")
        return [f"{route.method} {route.path}: {each}" for each in found]

    def response_faults(self, route: Route, status: int, answer: Any) -> list[str]:
        """Return what is wrong with an answer of this server."""
        key = (route.method, route.path, status)
        if key not in self._responses:
            self._responses[key] = self._response(route, status)
        validator = self._responses[key]
        if validator is None:
            return [] if status == 204 else [f"{route.method} {route.path}: no answer {status} is described"]
        return [f"{route.method} {route.path} → {status}: {_words(error)}" for error in validator.iter_errors(answer)]

    def _operation(self, route: Route) -> Json | None:
        operation = self._document["paths"].get(route.path, {}).get(route.method.lower())
        return operation if isinstance(operation, dict) else None

    def _body(self, route: Route, operation: Json) -> Validator | None:
        key = (route.method, route.path)
        if key not in self._bodies:
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            self._bodies[key] = _REQUESTS(self._inline(content["schema"])) if content else None
        return self._bodies[key]

    def _response(self, route: Route, status: int) -> Validator | None:
        operation = self._operation(route) or {}
        content = operation.get("responses", {}).get(str(status), {}).get("content", {}).get("application/json")
        if not content:
            return None
        return Draft202012Validator({**content["schema"], "components": self._document["components"]})

    def _query_faults(self, route: Route, operation: Json, query: Mapping[str, str]) -> Iterator[str]:
        key = (route.method, route.path)
        if key not in self._queries:
            known = [each for each in operation.get("parameters", []) if each["in"] == "query"]
            self._queries[key] = {each["name"]: self._inline(each["schema"]) for each in known}
        known_ones = self._queries[key]
        for name, text in query.items():
            if name not in known_ones:
                yield f"no query parameter {name!r} is described"
            else:
                yield from (f"?{name}: {_words(each)}" for each in _REQUESTS(known_ones[name]).iter_errors(
                    _typed(text, known_ones[name].get("type"))))  # fmt: skip

    def _inline(self, schema: Any) -> Any:
        """Return a request's schema without references, unions found by `type`, snowflakes that may be numbers.

        Fields that the description does not know are refused: the real API ignores them, which hides misspellings.
        """
        if isinstance(schema, list):
            return [self._inline(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self._schemas(name)
        if all(isinstance(each, dict) and "const" in each for each in schema.get("oneOf", [None])):
            return {"enum": [each["const"] for each in schema["oneOf"]]}
        said_twice = ("allOf",) if "enum" in schema else ()
        inlined = {key: self._inline(value) for key, value in schema.items() if key not in said_twice}
        if isinstance(schema.get("properties"), dict):
            inlined["properties"] = {key: self._inline(value) for key, value in schema["properties"].items()}
            if "default_member_permissions" in schema["properties"]:
                inlined["properties"]["default_member_permissions"] = _PERMISSIONS
            inlined.setdefault("additionalProperties", False)
        for union in ("oneOf", "anyOf"):
            if union in inlined and (by_type := _discriminated(inlined[union])) is not None:
                inlined[_BY_TYPE] = by_type
                del inlined[union]
        return inlined

    def _schemas(self, name: str) -> Any:
        if name not in self._inlined:
            inlined = self._inline(self._document["components"]["schemas"][name])
            if name in _HARMLESS:
                inlined["properties"][_HARMLESS[name]] = {}
            self._inlined[name] = inlined
        return self._inlined[name]

    @cached_property
    def _inlined(self) -> dict[str, Any]:
        return {"SnowflakeType": _NUMBER_OR_TEXT}


_PERMISSIONS = {"type": ["string", "integer", "null"], "pattern": "^[0-9]+$", "minimum": 0}
"""Documented as text, described as a number; both are accepted."""
_NUMBER_OR_TEXT = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$", "minimum": 0}


def _discriminated(members: list[Any]) -> dict[str, Any] | None:
    """Return a union's members by their one `type`, if each has one."""
    by_type: dict[str, Any] = {}
    for each in members:
        kinds = each.get("properties", {}).get("type", {}).get("enum") if isinstance(each, dict) else None
        if not isinstance(kinds, list) or any(str(kind) in by_type for kind in kinds):
            return None
        by_type.update({str(kind): each for kind in kinds})
    return by_type


def _check_by_type(validator: Validator, by_type: Json, instance: Any, schema: Json) -> Iterator[ValidationError]:
    kind = instance.get("type") if isinstance(instance, dict) else None
    if str(kind) not in by_type:
        yield ValidationError(f"type {kind!r} is none of {', '.join(by_type)}")
    else:
        yield from validator.descend(instance, by_type[str(kind)])


_REQUESTS: type[Validator] = extend(Draft202012Validator, {_BY_TYPE: _check_by_type})


def _typed(text: str, kind: Any) -> Any:
    kinds = kind if isinstance(kind, list) else [kind]
    if "integer" in kinds and text.lstrip("-").isdigit():
        return int(text)
    if "boolean" in kinds and text.lower() in ("true", "false", "1", "0"):
        return text.lower() in ("true", "1")
    return text


def _words(error: ValidationError) -> str:
    where = "/".join(map(str, error.absolute_path))
    return f"{where or 'body'}: {error.message[:300]}"
