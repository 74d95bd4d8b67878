"""Signed links to attachments, that expire."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from tests.platforms.discord.local.settings import Settings
from tests.platforms.discord.local.state import Attachment


class Links:
    """Makes and checks `…/attachments/{channel}/{attachment}/{name}?ex=…&is=…&hm=…`, as Discord's CDN has them."""

    def __init__(self, base: str, secret: str, settings: Settings) -> None:
        self._base = base
        self._secret = secret.encode()
        self._settings = settings

    def sign(self, channel_id: int, attachment: Attachment, now: datetime) -> str:
        path = f"{channel_id}/{attachment.id}/{attachment.filename}"
        issued = int(now.timestamp())
        expires = issued + int(self._settings.link_life)
        mark = self._mark(path, f"{expires:x}", f"{issued:x}")
        return f"{self._base}/attachments/{quote(path)}?ex={expires:x}&is={issued:x}&hm={mark}&"

    def allows(self, path: str, expires: str, issued: str, mark: str, now: datetime) -> bool:
        if not hmac.compare_digest(mark, self._mark(path, expires, issued)):
            return False
        return now < datetime.fromtimestamp(int(expires, 16), UTC) + timedelta(seconds=1)

    def _mark(self, path: str, expires: str, issued: str) -> str:
        return hmac.new(self._secret, f"{path} {expires} {issued}".encode(), hashlib.sha256).hexdigest()
