"""Nio's Olm machine and its store: one SQLite file per device, whose secrets are encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import peewee
from nio.crypto import Olm
from nio.store import SqliteStore

from bot.platforms.matrix.http import BadCredentials


class Machine(Olm):  # type: ignore[misc]  # nio carries no types
    """Nio's machine, but that a key which reads less never takes the place of the same key that reads more."""

    def create_group_session(
        self, sender_key: str, sender_fp_key: str, room_id: str, session_id: str, session_key: str
    ) -> None:
        known: Any = self.inbound_group_store.get(room_id, sender_key, session_id)
        super().create_group_session(sender_key, sender_fp_key, room_id, session_id, session_key)
        if known is None:
            return
        fresh: Any = self.inbound_group_store.get(room_id, sender_key, session_id)
        if fresh.first_known_index >= known.first_known_index:
            self.inbound_group_store[room_id][sender_key][session_id] = known
            self.save_inbound_group_session(known)


def opened(user_id: str, device_id: str, file: Path, key: str) -> Any:
    """Return the device's machine, made with its keys if the file is new.

    Raises BadCredentials when the file can't be read, or not by this key.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        store: Any = SqliteStore(user_id, device_id, str(file.parent), key, database_name=file.name)
        file.chmod(0o600)
        return Machine(user_id, device_id, store)
    except ValueError:
        raise BadCredentials("matrix.store_passphrase does not open the keys that are kept") from None
    except peewee.DatabaseError as problem:
        raise BadCredentials(f"{file} can't be read ({problem}): take it away, and a new device is made") from None


def index_is_too_early(problem: str) -> bool:
    """Say whether vodozemac's words mean that a better copy of the key would help."""
    return "index" in problem.lower()


def well_formed(devices: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Leave out devices whose description would stop nio from reading the others."""
    return {
        user: {
            id: device
            for id, device in (listed.items() if isinstance(listed, Mapping) else ())
            if isinstance(device, dict) and {"user_id", "device_id", "keys", "algorithms"} <= device.keys()
        }
        for user, listed in devices.items()
    }
