"""Verifications reach the bot in rooms and by its device; here both find the one that answers them."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from bot.engine.errors import OutcomeUnknown, Refused, TryLater
from bot.engine.ports import Clock
from bot.model.identity import Place
from bot.platforms.matrix.crypto import VERIFICATION, Crypto
from bot.platforms.matrix.events import NAME
from bot.platforms.matrix.joined import Event
from bot.platforms.matrix.outbound import Mouth
from bot.platforms.matrix.rooms import DirectRooms
from bot.platforms.matrix.verification import Reply, Verifier

log = logging.getLogger(__name__)

WITHIN = 10 * 60_000
"""Milliseconds after which a step of a verification in a room is too old to be answered."""
REMEMBERED = 100


class Verifications:
    """Carries the steps of verifications to the verifier, and its answers back."""

    def __init__(
        self, crypto: Crypto, mouth: Mouth, direct: DirectRooms, clock: Clock, may: Callable[[str], bool]
    ) -> None:
        """Answer those of whom `may` says so."""
        self._crypto = crypto
        self._mouth = mouth
        self._direct = direct
        self._clock = clock
        self._verifier = Verifier(crypto, may, self._show)
        self._devices: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def in_room(self, room_id: str, event: Event) -> None:
        """Take a step of a verification in a room; one that is long past, or goes wrong, is let be."""
        sender, content, id = event.get("sender"), event.get("content"), str(event.get("event_id"))
        at, now, me = event.get("origin_server_ts"), self._clock.now().timestamp() * 1000, self._crypto.session.user_id
        if sender == me or not isinstance(sender, str) or not isinstance(content, Mapping):
            return
        if not isinstance(at, int) or abs(now - at) > WITHIN:
            return
        asked = event.get("type") == "m.room.message"
        relation = content.get("m.relates_to")
        about = id if asked else str(relation.get("event_id")) if isinstance(relation, Mapping) else ""
        if asked and content.get("to") != me:
            return

        async def reply(step: str, answer: dict[str, Any]) -> None:
            tied = {**answer, "m.relates_to": {"rel_type": "m.reference", "event_id": about}}
            room = await self._mouth.room(Place(NAME, room_id))
            await self._mouth.put(room, VERIFICATION + step, tied, f"verify.{about}.{step}", urgent=True)

        await self._take(sender, "request" if asked else str(event.get("type")), content, about, reply)

    async def by_device(self) -> None:
        """Take the steps of verifications that came for this device."""
        while self._crypto.verifications:
            event = self._crypto.verifications.pop(0)
            sender, content = event.get("sender"), event.get("content")
            if isinstance(sender, str) and isinstance(content, Mapping):
                await self._from_device(sender, str(event.get("type")), content)

    async def _from_device(self, sender: str, kind: str, content: Mapping[str, Any]) -> None:
        id = str(content.get("transaction_id"))
        device = self._devices.setdefault((sender, id), str(content.get("from_device")))
        while len(self._devices) > REMEMBERED:
            self._devices.popitem(last=False)

        async def reply(step: str, answer: dict[str, Any]) -> None:
            await self._crypto.tell_device(sender, device, VERIFICATION + step, {**answer, "transaction_id": id})

        await self._take(sender, kind, content, id, reply)

    async def _take(self, sender: str, step: str, content: Mapping[str, Any], id: str, reply: Reply) -> None:
        try:
            await self._verifier.take(sender, step, content, id, reply)
        except (TryLater, OutcomeUnknown, Refused) as problem:
            log.warning("a verification by %s broke off: %s", sender, problem)

    async def _show(self, user: str, emoji: str, id: str) -> None:
        """Say the emoji where the person reads them, and in the log: signs only, which need no language."""
        log.warning("%s verifies the bot; the emoji are: %s", user, emoji)
        room = await self._mouth.room(Place(NAME, await self._direct.room_with(user)))
        content = {"msgtype": "m.notice", "body": emoji, "m.mentions": {}}
        await self._mouth.put(room, "m.room.message", content, f"verify.{id}.emoji", urgent=True)
