"""The rules for what a message says: lengths, embeds, flags, mentions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.discord.local import components
from tests.platforms.discord.local.errors import NotBuilt, bad_length, invalid_form, refuse, too_long
from tests.platforms.discord.local.permissions import P, in_channel, may
from tests.platforms.discord.local.state import (
    COMPONENTS_V2,
    EPHEMERAL,
    SILENT,
    SUPPRESS_EMBEDS,
    Attachment,
    Channel,
    Json,
    Message,
)
from tests.platforms.discord.local.world import World

LONGEST = 2000
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")
_SETTABLE = SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2
_EMBED_TEXTS = {"title": 256, "description": 4096}


@dataclass(slots=True)
class Said:
    """What a request says, checked."""

    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    allowed: Json | None = None


@dataclass(slots=True)
class Upload:
    """A file that came with a request, as files[n]."""

    filename: str
    content_type: str
    data: bytes


def read(
    world: World, body: Json, files: Mapping[int, Upload], before: Message | None = None, *, ephemeral: bool = False
) -> Said:
    """Check a message's body, or an edit's where there is one `before`. Raises Refused where the API does."""
    for unknown in ("sticker_ids", "poll", "shared_client_theme"):
        if body.get(unknown):
            raise NotBuilt(f"messages with {unknown}")
    settable = _SETTABLE | (EPHEMERAL if ephemeral else 0)
    flags = _flags(body, before, settable)
    v2 = bool(flags & COMPONENTS_V2)
    said = Said(flags=flags, allowed=_allowed(body.get("allowed_mentions")))
    said.content = _content(body, before)
    said.embeds = _embeds(body["embeds"]) if body.get("embeds") is not None else []
    if before is not None and body.get("embeds") is None:
        said.embeds = before.embeds if "embeds" not in body else []
    if before is not None and "components" not in body:
        said.components = before.components
    else:
        said.components = components.check(body.get("components"), v2=v2)
    said.attachments = _attachments(world, body, files, before)
    if v2 and (said.content or said.embeds):
        name = "content" if said.content else "embeds"
        raise invalid_form(
            name,
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
        )
    if not (said.content or said.embeds or said.components or said.attachments):
        raise refuse(50006)
    return said


def apply_mentions(message: Message, said: Said, *, replied_to: int | None, ring: bool) -> None:
    """Set whom a message mentions, as far as `allowed_mentions` lets it; `ring` where it is new."""
    text = _CODE.sub("", "\n".join([message.content, *components.texts(message.components)]))
    allowed, channel = said.allowed, message.channel
    parse = allowed.get("parse") if allowed is not None else ["users", "roles", "everyone"]
    named = list(dict.fromkeys(int(each) for each in _USER.findall(text)))
    roles = list(dict.fromkeys(int(each) for each in _ROLE.findall(text)))
    known = _known_users(channel, named)
    message.mentions = [each for each in known if _passes(allowed, parse, "users", each)]
    if (
        replied_to is not None
        and (allowed is None or allowed.get("replied_user"))
        and replied_to not in message.mentions
    ):
        message.mentions.append(replied_to)
    guild = channel.guild
    known_roles = [each for each in roles if guild is not None and each in guild.roles]
    message.mention_roles = [each for each in known_roles if _passes(allowed, parse, "roles", each)]
    everyone = bool(_EVERYONE.search(text)) and "everyone" in (parse or [])
    message.mention_everyone = everyone and may(channel, message.author.id, P.MENTION_EVERYONE)
    if ring and not message.flags & SILENT:
        message.notified = _rings(message) - {message.author.id}


def _rings(message: Message) -> set[int]:
    guild = message.channel.guild
    rung = set(message.mentions)
    if guild is not None and (message.mention_everyone or message.mention_roles):
        for member in guild.members.values():
            if message.mention_everyone or member.roles.intersection(message.mention_roles):
                rung.add(member.user.id)
    return {each for each in rung if in_channel(message.channel, each) & P.VIEW_CHANNEL}


def _known_users(channel: Channel, ids: list[int]) -> list[int]:
    guild = channel.guild
    return [each for each in ids if (each in guild.members if guild is not None else each in channel.people)]


def _passes(allowed: Json | None, parse: list[str] | None, kind: str, one: int) -> bool:
    if allowed is None or kind in (parse or []):
        return True
    return str(one) in {str(each) for each in allowed.get(kind) or []}


def _allowed(allowed: Any) -> Json | None:
    if allowed is None:
        return None
    if not isinstance(allowed, dict):
        raise invalid_form("allowed_mentions", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    parse = allowed.get("parse") or []
    for kind in ("users", "roles"):
        listed = allowed.get(kind) or []
        if len(listed) > 100:
            raise bad_length(f"allowed_mentions.{kind}", 0, 100)
        if listed and kind in parse:
            raise invalid_form(
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
    return allowed


def _flags(body: Json, before: Message | None, settable: int) -> int:
    wanted = body.get("flags")
    if before is None:
        return int(wanted or 0) & settable
    if wanted is None:
        return before.flags
    if before.flags & COMPONENTS_V2 and not int(wanted) & COMPONENTS_V2:
        raise invalid_form(
            "flags", "MESSAGE_FLAGS_COMPONENTS_V2_CANNOT_BE_REMOVED", "IS_COMPONENTS_V2 cannot be removed"
        )
    changeable = SUPPRESS_EMBEDS | COMPONENTS_V2
    return before.flags & ~SUPPRESS_EMBEDS | int(wanted) & changeable


def _content(body: Json, before: Message | None) -> str:
    if before is not None and "content" not in body:
        return before.content
    content = body.get("content")
    if content is None:
        return ""
    if not isinstance(content, (str, int, float)):
        raise invalid_form("content", "STRING_TYPE_CONVERT", "Could not interpret value as string.")
    content = str(content).strip()
    if len(content) > LONGEST:
        raise too_long("content", LONGEST)
    return content


def _embeds(embeds: Any) -> list[Json]:
    if not isinstance(embeds, list) or len(embeds) > 10:
        raise bad_length("embeds", 0, 10)
    total = 0
    for n, embed in enumerate(embeds):
        path = f"embeds.{n}"
        texts = [(f"{path}.{key}", embed.get(key) or "", most) for key, most in _EMBED_TEXTS.items()]
        texts.append((f"{path}.footer.text", (embed.get("footer") or {}).get("text") or "", 2048))
        texts.append((f"{path}.author.name", (embed.get("author") or {}).get("name") or "", 256))
        fields = embed.get("fields") or []
        if len(fields) > 25:
            raise bad_length(f"{path}.fields", 0, 25)
        for m, each in enumerate(fields):
            for key, most in (("name", 256), ("value", 1024)):
                if not each.get(key):
                    raise invalid_form(f"{path}.fields.{m}.{key}", "BASE_TYPE_REQUIRED", "This field is required")
                texts.append((f"{path}.fields.{m}.{key}", each[key], most))
        for where, text, most in texts:
            if len(text) > most:
                raise too_long(where, most)
            total += len(text)
    if total > 6000:
        raise invalid_form("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    return [_whole_embed(embed) for embed in embeds]


def _whole_embed(embed: Json) -> Json:
    """Return an embed as the API shows it: with what it adds."""
    whole = {"type": "rich", **embed}
    if embed.get("fields"):
        whole["fields"] = [{"inline": False, **each} for each in embed["fields"]]
    return whole


def _attachments(world: World, body: Json, files: Mapping[int, Upload], before: Message | None) -> list[Attachment]:
    """Return what stays and what is new: an edit keeps what it lists, or everything if it lists nothing."""
    listed = body.get("attachments")
    kept = {each.id: each for each in before.attachments} if before is not None else {}
    described: dict[int, Json] = {}
    result: list[Attachment] = list(kept.values()) if listed is None else []
    for n, each in enumerate(listed or []):
        known = kept.get(int(each["id"]))
        if known is not None:
            result.append(known)
        elif int(each["id"]) in files:
            described[int(each["id"])] = each
        else:
            raise invalid_form(
                f"attachments.{n}.id", "ATTACHMENT_NOT_FOUND", f"Uploaded attachment {each['id']} not found"
            )
    if len(result) + len(files) > 10:
        raise bad_length("attachments", 0, 10)
    for index, upload in files.items():
        about = described.get(index, {})
        result.append(
            Attachment(
                world.snowflakes.next(),
                about.get("filename") or upload.filename,
                upload.content_type,
                upload.data,
                about.get("description"),
            )
        )
    return result
