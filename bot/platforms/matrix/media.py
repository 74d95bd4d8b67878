"""Pictures and files by reference: one token of text that says where a file is and, if it is encrypted, its key.

It looks like `mxc://example.org/AbC#type=image/png`, with `&key=...&iv=...&sha256=...` behind it where it has one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

MXC = r"mxc://[A-Za-z0-9.:\[\]-]{1,255}/[A-Za-z0-9_-]{1,255}"
REFERENCE = re.compile(rf"{MXC}(?:#[A-Za-z0-9%&=_./+~-]+)?")
"""A reference inside a text."""

_MXC = re.compile(MXC)
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}(?:/[a-z0-9][a-z0-9.+-]{0,63})?")
_SECRETS = {"key": re.compile(r"[A-Za-z0-9_-]{43}"), "iv": re.compile(r"[A-Za-z0-9_-]{22}")}
_SECRETS["sha256"] = _SECRETS["key"]
_KINDS = frozenset({"image", "video", "audio"})
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Media:
    """A file on a homeserver. `type` is a MIME type or its first half; the last three are "" for a plain file."""

    url: str
    type: str = "image"
    name: str = ""
    key: str = ""
    iv: str = ""
    sha256: str = ""

    @property
    def encrypted(self) -> bool:
        """Whether the file needs its key."""
        return bool(self.key)

    def reference(self) -> str:
        """Return the token that `parse` reads."""
        parts = {"type": self.type, "name": self.name, "key": self.key, "iv": self.iv, "sha256": self.sha256}
        return f"{self.url}#" + "&".join(f"{part}={quote(value)}" for part, value in parts.items() if value)

    def content(self, description: str) -> dict[str, Any]:
        """Return the content of the event that shows the file, described for people who don't see it."""
        kind, _slash, more = self.type.partition("/")
        content: dict[str, Any] = {
            "msgtype": f"m.{kind if kind in _KINDS else 'file'}",
            "body": self.name or description,
            "info": {"mimetype": self.type} if more else {},
            "m.mentions": {},
        }
        if self.name and self.name != description:
            content |= {"filename": self.name, "body": description}
        if not self.encrypted:
            return content | {"url": self.url}
        jwk = {"kty": "oct", "alg": "A256CTR", "ext": True, "k": self.key, "key_ops": ["encrypt", "decrypt"]}
        hashes = {"sha256": _standard(self.sha256)}
        return content | {"file": {"v": "v2", "url": self.url, "key": jwk, "iv": _standard(self.iv), "hashes": hashes}}


def parse(reference: str) -> Media | None:
    """Return the file that a reference is of, or None where it is none, or was cut off."""
    url, _hash, fragment = reference.partition("#")
    if not _MXC.fullmatch(url):
        return None
    found = dict(parse_qsl(fragment))
    secrets = {name: found.get(name, "") for name in _SECRETS}
    if any(secrets.values()) and not all(_SECRETS[name].fullmatch(value) for name, value in secrets.items()):
        return None
    kind = found.get("type", "image")
    return Media(url, kind if _TYPE.fullmatch(kind) else "file", _name(found.get("name")), **secrets)


def attached(content: Mapping[str, Any], kind: str) -> Media | None:
    """Return the file that a message has, or None where it has none that anybody could show; any JSON will do.

    `kind` is what the message says it is: "image", "file", "audio" or "video".
    """
    info = content.get("info")
    said = info.get("mimetype") if isinstance(info, Mapping) else None
    mime = said if isinstance(said, str) and "/" in said and _TYPE.fullmatch(said) else kind
    name = _name(content.get("filename") or content.get("body")) if kind == "file" else ""
    url, file = content.get("url"), content.get("file")
    if isinstance(url, str) and _MXC.fullmatch(url):
        return Media(url, mime, name)
    return _encrypted(file, mime, name) if isinstance(file, Mapping) else None


def _encrypted(file: Mapping[str, Any], mime: str, name: str) -> Media | None:
    url, key, hashes = file.get("url"), file.get("key"), file.get("hashes")
    if not isinstance(url, str) or not _MXC.fullmatch(url):
        return None
    found = {
        "key": key.get("k") if isinstance(key, Mapping) else None,
        "iv": file.get("iv"),
        "sha256": hashes.get("sha256") if isinstance(hashes, Mapping) else None,
    }
    secrets = {part: _url_safe(value) for part, value in found.items() if isinstance(value, str)}
    if not all(pattern.fullmatch(secrets.get(part, "")) for part, pattern in _SECRETS.items()):
        return None
    return Media(url, mime, name, **secrets)


def _name(written: object) -> str:
    return "".join(c for c in written if c.isprintable())[:_LONGEST_NAME] if isinstance(written, str) else ""


def _url_safe(base64: str) -> str:
    return base64.rstrip("=").replace("+", "-").replace("/", "_")


def _standard(base64: str) -> str:
    return base64.replace("-", "+").replace("_", "/")
