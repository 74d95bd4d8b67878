"""Verifying the bot by emoji (SAS): a person compares what their client shows with what the bot says.

The bot answers and never asks, and it believes nothing because of it: the person, who sees both rows of emoji, is
the one who decides. So it sends its own half as soon as the emoji are known. It works by messages between devices
and in a room alike.
"""

from __future__ import annotations

import hashlib
import logging
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import vodozemac
from nio.crypto.sas import Sas

from bot.platforms.matrix.crypto import Crypto
from bot.platforms.matrix.signing import canonical_whole

log = logging.getLogger(__name__)

PREFIX: Final = "m.key.verification."
AT_ONCE: Final = 20
"""Verifications under way at most; older ones are given up."""
_METHOD: Final = "m.sas.v1"
_AGREEMENT: Final = "curve25519-hkdf-sha256"
_MAC: Final = "hkdf-hmac-sha256.v2"
_EMOJI: Final[list[tuple[str, str]]] = Sas.emoji

Reply = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Sends one step back: its kind without the prefix, and its content without what ties it to the others."""


@dataclass(slots=True)
class _Underway:
    """One verification, from the other's request on."""

    user: str
    device: str
    reply: Reply
    sas: vodozemac.Sas | None = None
    public: str = ""
    established: vodozemac.EstablishedSas | None = None


class Verifier:
    """Answers verifications. `may` says who is answered; `show` says the emoji to them."""

    def __init__(
        self, crypto: Crypto, may: Callable[[str], bool], show: Callable[[str, str, str], Awaitable[None]]
    ) -> None:
        """Stand on an open device."""
        self._crypto = crypto
        self._may = may
        self._show = show
        self._underway: OrderedDict[tuple[str, str], _Underway] = OrderedDict()

    async def take(self, user: str, kind: str, content: Mapping[str, Any], id: str, reply: Reply) -> None:
        """Take one step of somebody's: `kind` without the prefix, `id` of the verification. Never raises for it."""
        step = kind.removeprefix(PREFIX)
        if step == "request":
            await self._requested(user, content, id, reply)
            return
        underway = self._underway.get((user, id))
        if underway is None:
            return
        try:
            match step:
                case "start":
                    await self._started(underway, content)
                case "key":
                    await self._keyed(underway, content, id)
                case "mac":
                    await self._confirmed(underway, content, id)
                case "cancel" | "done":
                    del self._underway[user, id]
        except (ValueError, KeyError, TypeError) as problem:
            log.warning("verification by %s: %s", user, problem)
            self._underway.pop((user, id), None)
            await reply("cancel", {"code": "m.invalid_message", "reason": "This step can't be understood"})

    async def _requested(self, user: str, content: Mapping[str, Any], id: str, reply: Reply) -> None:
        device, methods = content.get("from_device"), content.get("methods")
        if not isinstance(device, str) or not isinstance(methods, list):
            return
        if not self._may(user) or _METHOD not in methods:
            log.info("%s asked to verify the bot, and may not, or not by emoji", user)
            await reply("cancel", {"code": "m.user", "reason": "Only admins may verify this bot, by emoji"})
            return
        self._underway[user, id] = _Underway(user, device, reply)
        while len(self._underway) > AT_ONCE:
            self._underway.popitem(last=False)
        await reply("ready", {"from_device": self._crypto.session.device_id, "methods": [_METHOD]})

    async def _started(self, underway: _Underway, content: Mapping[str, Any]) -> None:
        offered = (content["key_agreement_protocols"], content["message_authentication_codes"], content["hashes"])
        if content["method"] != _METHOD or not all(
            wanted in among for wanted, among in zip((_AGREEMENT, _MAC, "sha256"), offered, strict=True)
        ):
            raise ValueError("no method in common")
        underway.device = str(content["from_device"])
        underway.sas = vodozemac.Sas()
        underway.public = underway.sas.public_key.to_base64()
        commitment = hashlib.sha256(underway.public.encode() + canonical_whole(content)).digest()
        answer = {
            "method": _METHOD,
            "key_agreement_protocol": _AGREEMENT,
            "hash": "sha256",
            "message_authentication_code": _MAC,
            "short_authentication_string": ["emoji", "decimal"],
            "commitment": unpadded(commitment),
        }
        await underway.reply("accept", answer)

    async def _keyed(self, underway: _Underway, content: Mapping[str, Any], id: str) -> None:
        if underway.sas is None:
            raise ValueError("a key before the start")
        theirs, session = str(content["key"]), self._crypto.session
        underway.established = underway.sas.diffie_hellman(vodozemac.Curve25519PublicKey.from_base64(theirs))
        underway.sas = None  # it is good for one exchange only
        them = f"{underway.user}|{underway.device}|{theirs}"
        us = f"{session.user_id}|{session.device_id}|{underway.public}"
        shown = underway.established.bytes(f"MATRIX_KEY_VERIFICATION_SAS|{them}|{us}|{id}")
        emoji = "  ".join(_EMOJI[index][0] for index in shown.emoji_indices)
        await underway.reply("key", {"key": underway.public})
        await self._show(underway.user, emoji, id)
        await underway.reply("mac", self._mac(underway, id))

    def _mac(self, underway: _Underway, id: str) -> dict[str, Any]:
        established, session = underway.established, self._crypto.session
        assert established is not None, "the keys were exchanged"
        keys = {f"ed25519:{session.device_id}": self._crypto.fingerprint}
        if self._crypto.signing is not None:
            master = self._crypto.signing.public("master")
            keys[f"ed25519:{master}"] = master
        info = f"MATRIX_KEY_VERIFICATION_MAC{session.user_id}{session.device_id}{underway.user}{underway.device}{id}"
        return {
            "mac": {name: established.calculate_mac(key, info + name) for name, key in keys.items()},
            "keys": established.calculate_mac(",".join(sorted(keys)), f"{info}KEY_IDS"),
        }

    async def _confirmed(self, underway: _Underway, content: Mapping[str, Any], id: str) -> None:
        established, session = underway.established, self._crypto.session
        if established is None:
            raise ValueError("a confirmation before the keys")
        info = f"MATRIX_KEY_VERIFICATION_MAC{underway.user}{underway.device}{session.user_id}{session.device_id}{id}"
        names = ",".join(sorted(content["mac"]))
        established.verify_mac(names, f"{info}KEY_IDS", str(content["keys"]))
        log.info("%s has verified the bot by emoji", underway.user)
        del self._underway[underway.user, id]
        await underway.reply("done", {})


def unpadded(data: bytes) -> str:
    """Return bytes as Matrix writes them: base64 without padding."""
    return b64encode(data).decode().rstrip("=")
