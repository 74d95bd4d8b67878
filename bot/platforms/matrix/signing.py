"""Cross-signing: the account's own three keys, made once, by which clients know the bot's device for its own.

Clients that follow the strict rules share no keys with, and show no messages of, a device that its owner did not
sign. The keys are kept through the state, encrypted by a key made from the operator's passphrase, so that they
survive a lost device.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import vodozemac

from bot.engine.errors import BadCredentials
from bot.platforms.matrix.http import Rejected, path
from bot.platforms.matrix.session import Session
from bot.platforms.matrix.state import PlatformState

log = logging.getLogger(__name__)

SIGNING = "signing"
"""The name under which the state keeps the three keys, encrypted."""
_ROLES = {"master": "master", "self": "self_signing", "user": "user_signing"}


def storage_key(passphrase: str, user_id: str) -> bytes:
    """Return the 32 bytes by which this account's secrets are encrypted at rest; slow on purpose."""
    salt = f"heliotrope matrix {user_id}".encode()
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=2**15, r=8, p=1, dklen=32, maxmem=2**26)


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return JSON as Matrix signs it: sorted, without spaces, without signatures and what is unsigned."""
    return canonical_whole({key: part for key, part in value.items() if key not in ("signatures", "unsigned")})


def canonical_whole(value: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of a value with all that is in it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True)
class SigningKeys:
    """The master, self-signing and user-signing keys of the account."""

    user_id: str
    keys: Mapping[str, vodozemac.Account]

    def public(self, role: str) -> str:
        """Return the public half, as it is named and compared."""
        return self.keys[role].ed25519_key.to_base64()

    def signed(self, role: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return the value with this key's signature added to those it has."""
        signature = self.keys[role].sign(canonical(value)).to_base64()
        return _with_signature(value, self.user_id, f"ed25519:{self.public(role)}", signature)

    def described(self, role: str) -> dict[str, Any]:
        """Return the public key as servers keep it; all but the master are signed by the master."""
        public = self.public(role)
        value = {"user_id": self.user_id, "usage": [_ROLES[role]], "keys": {f"ed25519:{public}": public}}
        return value if role == "master" else self.signed("master", value)


def _with_signature(value: Mapping[str, Any], user: str, key: str, signature: str) -> dict[str, Any]:
    there = value.get("signatures", {})
    return {**value, "signatures": {**there, user: {**there.get(user, {}), key: signature}}}


async def own_keys(session: Session, state: PlatformState, key: bytes) -> SigningKeys:
    """Return the account's keys, made now if there are none. Raises BadCredentials for another passphrase."""
    kept = await state.get(SIGNING)
    if kept is not None:
        data = json.loads(kept)
        if data.get("of") == session.user_id:
            try:
                keys = {role: vodozemac.Account.from_pickle(data[role], key) for role in _ROLES}
            except vodozemac.PickleException:
                raise BadCredentials("matrix.store_passphrase does not open the keys that are kept") from None
            return SigningKeys(session.user_id, keys)
    made = {role: vodozemac.Account() for role in _ROLES}
    pickled = {role: account.pickle(key) for role, account in made.items()}
    await state.set(SIGNING, json.dumps({"of": session.user_id, **pickled}))
    return SigningKeys(session.user_id, made)


async def sign_device(session: Session, keys: SigningKeys, device_signature: Any) -> bool:
    """See that the server has the account's keys, and this device signed by them; return whether it is.

    `device_signature` signs bytes with the device's own key. What the server does not allow is logged, and the
    bot goes on unsigned.
    """
    asked = await query_own(session)
    if _public(asked, "master_keys", session.user_id) != keys.public("master") or (
        _public(asked, "self_signing_keys", session.user_id) != keys.public("self")
    ):
        if not await _upload(session, keys, replaces=bool(_public(asked, "master_keys", session.user_id))):
            return False
        asked = await query_own(session)
    mine = asked.get("device_keys", {}).get(session.user_id, {}).get(session.device_id)
    if not isinstance(mine, dict):
        log.error("the homeserver does not know the keys of this device, %s", session.device_id)
        return False
    if is_signed(mine, session.user_id, keys.public("self")):
        return True
    master = asked["master_keys"][session.user_id]
    by_device = _with_signature(
        master, session.user_id, f"ed25519:{session.device_id}", device_signature(canonical(master))
    )
    mine.pop("unsigned", None)
    body = {session.user_id: {session.device_id: keys.signed("self", mine), keys.public("master"): by_device}}
    answer = await session.call("POST", path("keys", "signatures", "upload"), body)
    failures = answer.get("failures")
    if failures:
        log.error("the homeserver did not take the signature of this device: %s", json.dumps(failures)[:500])
        return False
    log.info("device %s of %s is signed", session.device_id, session.user_id)
    return True


def is_signed(device: Mapping[str, Any], user_id: str, self_signing: str) -> bool:
    """Say whether a device's keys, as the server has them, carry a valid signature of the self-signing key."""
    signature = device.get("signatures", {}).get(user_id, {}).get(f"ed25519:{self_signing}")
    if not isinstance(signature, str):
        return False
    try:
        vodozemac.Ed25519PublicKey.from_base64(self_signing).verify_signature(
            canonical(device), vodozemac.Ed25519Signature.from_base64(signature)
        )
    except ValueError:
        return False
    return True


async def query_own(session: Session) -> dict[str, Any]:
    """Return what the server knows of the account's keys and devices."""
    return await session.call("POST", path("keys", "query"), {"device_keys": {session.user_id: []}})


def _public(asked: Mapping[str, Any], section: str, user_id: str) -> str:
    found = asked.get(section, {}).get(user_id, {}).get("keys", {})
    return str(next(iter(found.values()), ""))


async def _upload(session: Session, keys: SigningKeys, replaces: bool) -> bool:
    body = {f"{name}_key": keys.described(role) for role, name in _ROLES.items()}
    where = path("keys", "device_signing", "upload")
    if replaces:
        log.warning("%s has cross-signing keys that the bot does not hold: it replaces them", session.user_id)
    try:
        await session.call("POST", where, body)
        return True
    except Rejected as refusal:
        started = refusal.answer.get("session")
        password = session.password()
        if refusal.status != 401 or not started or not password:
            log.error("the keys that sign the device can't be uploaded (set matrix.password once): %s", refusal)
            return False
    auth = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": session.user_id},
        "password": password,
        "session": started,
    }
    try:
        await session.call("POST", where, {**body, "auth": auth})
    except Rejected as refusal:
        log.error("the keys that sign the device can't be uploaded: %s", refusal)
        return False
    return True
