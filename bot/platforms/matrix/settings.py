"""What the operator says about the bot's Matrix account. Secrets are never shown in a repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Encryption = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class MatrixSettings:
    """The account, its secrets, and whom it follows into rooms.

    One of `password`, `password_file` and `access_token` is needed; without a password the cross-signing keys can
    be uploaded only where the account has none yet. `allowed_inviters` are user ids ("@ana:example.org") or server
    names ("example.org"); `ignored` are the user ids of other bots, for those that don't speak in notices as bots
    should. `store` is the folder of the device's own secrets: its access token and its keys. They
    belong to this machine alone, and are neither in the database nor in a backup of it.
    """

    homeserver: str
    user_id: str
    store: Path
    password: str = field(default="", repr=False)
    password_file: Path | None = None
    access_token: str = field(default="", repr=False)
    device_id: str = ""
    device_name: str = "Heliotrope"
    allowed_inviters: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    prefix: str = "!helio"
    store_passphrase: str = field(default="", repr=False)
    encryption: Encryption = "auto"

    def secret(self) -> str:
        """Return the account's password, read from its file if it is in one; "" when there is none.

        Raises OSError when the file can't be read.
        """
        if self.password or self.password_file is None:
            return self.password
        return self.password_file.read_text(encoding="utf-8").strip()
