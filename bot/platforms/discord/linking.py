"""Files in a message become links to them as they are now: nothing is kept of them but where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.platforms.discord.limiter import Haste
from bot.platforms.discord.media import REFERENCE, File, parse
from bot.platforms.discord.rest import Rejected, Rest

GONE = frozenset({10003, 10008, 50001, 50013})


class Links:
    """Fetches the signed links of files from the messages that they stand in."""

    def __init__(self, rest: Rest) -> None:
        """Ask this server."""
        self._rest = rest

    async def linked(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a body whose references to files are links; a file that is gone is only named."""
        text = str(body.get("content", ""))
        for reference in dict.fromkeys(found[0] for found in REFERENCE.finditer(text)):
            file = parse(reference)
            if file is not None:
                text = text.replace(reference, await self.link(file) or file.name)
        return {**body, "content": text}

    async def link(self, file: File) -> str | None:
        """Return the link to a file, signed for a day; None where its message is gone."""
        try:
            message = await self._rest.call(
                "GET",
                "/channels/{channel_id}/messages/{message_id}",
                haste=Haste.UNASKED,
                channel_id=file.channel,
                message_id=file.message,
            )
        except Rejected as refusal:
            if refusal.code in GONE:
                return None
            raise
        for attachment in message.get("attachments", ()):
            if attachment["id"] == file.id:
                return str(attachment["url"])
        return None
