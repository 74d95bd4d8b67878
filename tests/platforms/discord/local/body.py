"""A request's body: JSON, or a form with payload_json and files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.platforms.discord.local.content import Upload
from tests.platforms.discord.local.errors import Refused, refuse

_LARGEST = 10 * 1024 * 1024
"""Bytes of one file that a bot may send."""


@dataclass(slots=True)
class Body:
    json: Any = None
    files: dict[int, Upload] = field(default_factory=dict)
    broken: Refused | None = None
    """What the API says of a body that it cannot read."""
    given: bool = False


async def read_body(request: web.Request) -> Body:
    if request.method in ("GET", "HEAD") or not request.body_exists:
        return Body({})
    if request.content_type == "multipart/form-data":
        return await _form(request)
    text = await request.text()
    if not text:
        return Body({})
    if request.content_type != "application/json":
        return Body({}, broken=_not_json(request.content_type))
    return _json(text)


def _json(text: str) -> Body:
    try:
        return Body(json.loads(text), given=True)
    except ValueError:
        return Body({}, broken=refuse(50109))


def _not_json(content_type: str) -> Refused:
    return Refused(
        400,
        50035,
        "Invalid Form Body",
        {
            "_errors": [
                {
                    "code": "CONTENT_TYPE_INVALID",
                    "message": f'Expected "Content-Type" header to be one of {{application/json}}, not {content_type}.',
                }
            ]
        },
    )


async def _form(request: web.Request) -> Body:
    body = Body({}, given=True)
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        data = bytes(await part.read(decode=True))
        if part.name == "payload_json":
            read = _json(data.decode())
            body.json, body.broken = read.json, read.broken
        elif part.name and part.name.startswith("files["):
            if len(data) > _LARGEST:
                body.broken = refuse(40005)
            kind = part.headers.get("Content-Type", "application/octet-stream")
            name = part.filename or "file"
            body.files[int(part.name[6:-1])] = Upload(name, _kind(name, kind), data)
    return body


def _kind(name: str, given: str) -> str:
    """What the API takes a file for: what its name says, where the client did not."""
    known = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "txt": "text/plain"}
    return known.get(name.rpartition(".")[2].lower(), given) if given == "application/octet-stream" else given
