"""Nio's Olm machine and its store: one SQLite file per device, whose secrets are encrypted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import peewee
import vodozemac
from nio.crypto import Olm
from nio.store import SqliteStore

from bot.engine.errors import BadCredentials

ONE_TIME = "signed_curve25519"
"""The type of keys by which others begin a session with this device."""


class Machine(Olm):  # type: ignore[misc]  # nio carries no types
    """Nio's machine, with fallback keys; and a key which reads less never takes the place of one that reads more."""

    def fallback_keys(self, fresh: bool) -> dict[str, Any]:
        """Return the signed fallback key that is to be uploaded, empty if there is none; `fresh` makes one.

        The account keeps the secret of the newest and of the one before, for sessions that were begun with that.
        """
        account: Any = self.account._account  # nio knows one-time keys only
        if fresh and not account.fallback_key:
            account.generate_fallback_key()
        keys: dict[str, Any] = {}
        for id, key in account.fallback_key.items():
            described = {"key": key.to_base64(), "fallback": True}
            signature = {self.user_id: {f"ed25519:{self.device_id}": self.sign_json(described)}}
            keys[f"{ONE_TIME}:{id}"] = {**described, "signatures": signature}
        return keys

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
    """Leave out devices whose description would stop nio from reading the others.

    Anybody may upload anything as the keys of a device of theirs, and must keep nobody else from being written to.
    """
    return {
        user: {
            id: device
            for id, device in (listed.items() if isinstance(listed, Mapping) else ())
            if isinstance(device, dict) and _is_device(user, id, device)
        }
        for user, listed in devices.items()
    }


def well_formed_keys(claimed: object) -> dict[str, dict[str, Any]]:
    """Return the keys to begin sessions with in an answer, by user and device, without those that can't be used."""
    given: dict[str, dict[str, Any]] = {}
    for user, devices in claimed.items() if isinstance(claimed, Mapping) else ():
        for device, keys in devices.items() if isinstance(devices, Mapping) else ():
            key = next(iter(keys.values()), None) if isinstance(keys, Mapping) else None
            if isinstance(key, dict) and _is_curve_key(key.get("key")) and _is_signed(key, user, device):
                given.setdefault(user, {})[device] = {ONE_TIME: key}
    return given


def _is_device(user: str, id: str, device: Mapping[str, Any]) -> bool:
    keys, unsigned = device.get("keys"), device.get("unsigned", {})
    return (
        (device.get("user_id"), device.get("device_id")) == (user, id)
        and isinstance(device.get("algorithms"), list)
        and isinstance(unsigned, Mapping)
        and isinstance(unsigned.get("device_display_name", ""), str)
        and isinstance(keys, Mapping)
        and _is_curve_key(keys.get(f"curve25519:{id}"))
        and _reads(vodozemac.Ed25519PublicKey.from_base64, keys.get(f"ed25519:{id}"))
        and _is_signed(device, user, id)
    )


def _is_signed(value: Mapping[str, Any], user: str, device: str) -> bool:
    """Say whether there is a signature of the device, if not whether it is right."""
    signatures = value.get("signatures")
    mine = signatures.get(user) if isinstance(signatures, Mapping) else None
    signature = mine.get(f"ed25519:{device}") if isinstance(mine, Mapping) else None
    return _reads(vodozemac.Ed25519Signature.from_base64, signature)


def _is_curve_key(value: object) -> bool:
    return _reads(vodozemac.Curve25519PublicKey.from_base64, value)


def _reads(read: Callable[[str], object], value: object) -> bool:
    try:
        return isinstance(value, str) and read(value) is not None
    except ValueError:
        return False
