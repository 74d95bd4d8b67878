"""What `heliotrope check` shows of the Matrix account; it changes nothing, there or here."""

from __future__ import annotations

import json
from typing import Any

import vodozemac

from bot.engine.errors import BadCredentials, OutcomeUnknown, Refused, TryLater
from bot.platforms.matrix import signing
from bot.platforms.matrix.http import Homeserver, path
from bot.platforms.matrix.session import DEVICE, kept_token
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import PlatformState


async def inspect(settings: MatrixSettings, state: PlatformState) -> list[str]:
    """Return lines about the account, its device, the device's fingerprint, and whether it is signed."""
    lines = [
        f"matrix: {settings.user_id} on {settings.homeserver}, encryption {settings.encryption}",
        f"matrix inviters: {', '.join(settings.allowed_inviters) or 'nobody: set matrix.allowed_inviters'}",
    ]
    kept = json.loads(await state.get(DEVICE) or "{}")
    if kept.get("user") != settings.user_id:
        return [*lines, "matrix device: none yet; the first run makes it"]
    device = str(kept["id"])
    token = settings.access_token or kept_token(settings)
    if not token:
        return [*lines, f"matrix device: {device}; its access token is not in {settings.store}"]
    server = Homeserver(settings.homeserver)
    server.token = token
    try:
        asked = await server.call("POST", path("keys", "query"), {"device_keys": {settings.user_id: []}}, timeout=15)
    except BadCredentials as problem:
        return [*lines, f"matrix device: {device}; the homeserver does not know its token: {problem}"]
    except (TryLater, OutcomeUnknown, Refused) as problem:
        return [*lines, f"matrix device: {device}; {problem}"]
    finally:
        await server.close()
    return [*lines, *await _keys(settings, state, device, asked)]


async def _keys(settings: MatrixSettings, state: PlatformState, device: str, asked: dict[str, Any]) -> list[str]:
    mine = asked.get("device_keys", {}).get(settings.user_id, {}).get(device)
    if not isinstance(mine, dict):
        return [f"matrix device: {device}, without keys: it reads and writes nothing encrypted"]
    fingerprint = str(mine.get("keys", {}).get(f"ed25519:{device}", ""))
    groups = " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
    return [
        f"matrix device: {device}, fingerprint {groups}",
        f"matrix device signed: {await _signed(settings, state, mine, asked)}",
    ]


async def _signed(settings: MatrixSettings, state: PlatformState, device: dict[str, Any], asked: dict[str, Any]) -> str:
    found = asked.get("self_signing_keys", {}).get(settings.user_id, {}).get("keys", {})
    public = str(next(iter(found.values()), ""))
    if not public or not signing.is_signed(device, settings.user_id, public):
        return "no: strict clients show nothing of it; set matrix.password and start the bot"
    kept = json.loads(await state.get(signing.SIGNING) or "{}")
    if kept.get("of") != settings.user_id:
        return "yes, by keys that are not kept here"
    try:
        key = signing.storage_key(settings.store_passphrase, settings.user_id)
        own = vodozemac.Account.from_pickle(kept["self"], key).ed25519_key.to_base64()
    except vodozemac.PickleException:
        return "yes, but matrix.store_passphrase does not open the keys that are kept"
    return "yes" if own == public else "yes, by keys that are not kept here"
